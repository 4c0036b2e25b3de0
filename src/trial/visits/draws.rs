//! Random numbers of following a patient: functions of (seed, patient, purpose, index), the same in every arm.

use crate::tissue::random::philox;
use crate::trial::cohort::normal_quantile;

/// Marks the counters of visits. Part of the frozen counter.
const VISITS: u32 = 0x7669_0001;

/// What a number is for. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Draw {
    /// Days by which a scan is early or late; index: its number from 1.
    Jitter = 1,
    /// Error of a measured sum of diameters; index: number of the scan, 0 for the baseline.
    Noise = 2,
    /// When the next new lesion comes; index: how many came before.
    NewLesion = 3,
    /// When the patient dies.
    Death = 4,
    /// Error of what an adaptive line with a calendar of its own measures; index: the day.
    Monitor = 5,
}

/// Whose numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    /// Seed of the trial.
    pub seed: u64,
    /// Number of the patient.
    pub patient: u32,
}

impl Keyed {
    /// Uniform in (0, 1): an odd multiple of 2^-53.
    pub fn uniform(&self, draw: Draw, index: u32) -> f64 {
        let key = [self.seed as u32, (self.seed >> 32) as u32];
        let [high, low, ..] = philox([self.patient, index, draw as u32, VISITS], key);
        let bits = (u64::from(high) << 32 | u64::from(low)) >> 12;
        (bits as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    /// Standard normal.
    pub fn normal(&self, draw: Draw, index: u32) -> f64 {
        normal_quantile(self.uniform(draw, index))
    }

    /// Exponential with mean 1.
    pub fn exponential(&self, draw: Draw, index: u32) -> f64 {
        -libm::log(self.uniform(draw, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_key_matters() {
        let keyed = Keyed { seed: 1, patient: 2 };
        let base = keyed.uniform(Draw::Noise, 3);
        assert_eq!(base, keyed.uniform(Draw::Noise, 3));
        let others = [
            keyed.uniform(Draw::Noise, 4),
            keyed.uniform(Draw::Death, 3),
            Keyed { patient: 3, ..keyed }.uniform(Draw::Noise, 3),
            Keyed { seed: 2, ..keyed }.uniform(Draw::Noise, 3),
            Keyed { seed: 1 | 1 << 32, ..keyed }.uniform(Draw::Noise, 3),
        ];
        assert!(others.iter().all(|u| *u != base), "{base} {others:?}");
    }

    // Means and variances within five standard errors.
    #[test]
    fn numbers_follow_their_laws() {
        let n = 20_000_u32;
        let (mut normal, mut square, mut waiting) = (0.0, 0.0, 0.0);
        for patient in 0..n {
            let keyed = Keyed { seed: 11, patient };
            let z = keyed.normal(Draw::Noise, 5);
            (normal, square) = (normal + z, square + z * z);
            waiting += keyed.exponential(Draw::Death, 0);
        }
        let n = f64::from(n);
        assert!((normal / n).abs() < 5.0 / n.sqrt(), "{normal}");
        assert!((square / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{square}");
        assert!((waiting / n - 1.0).abs() < 5.0 / n.sqrt(), "{waiting}");
    }
}

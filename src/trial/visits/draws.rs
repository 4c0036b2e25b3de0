//! Random numbers of following a patient: functions of (seed, patient, purpose, index), the same in every arm.

use crate::tissue::random::{RandomBlock, StreamKey, log_normal};
use crate::trial::cohort::normal_quantile;

/// Marks the counters of visits. Part of the frozen counter.
const VISITS: u32 = 0x7669_0001;

/// What a number is for. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum VisitDraw {
    /// Days by which a scan is early or late; index: its number from 1.
    Jitter = 1,
    /// Error of a measured sum of diameters; index: number of the scan, 0 for the baseline, in those of a person.
    Noise = 2,
    /// When the next new lesion comes; index: how many came before.
    NewLesion = 3,
    /// When the patient dies.
    Death = 4,
    /// Error of what an adaptive line with a calendar of its own measures; index: the day.
    Monitor = 5,
    /// Day of the patient's entry.
    Entry = 6,
    /// When the patient withdraws or is lost.
    Withdrawal = 7,
    /// What a person reads otherwise than others at every scan; index: the person.
    Person = 8,
    /// Whether a reading has a gross error; index: as of `Noise`.
    Gross = 9,
    /// How large it is.
    GrossSize = 10,
    /// Whether a person overlooks a new lesion at a scan; index: as of `Noise`.
    Overlooked = 11,
    /// Variation of chromogranin A within a person; index: the day.
    Cga = 12,
    /// Variation of neuron-specific enolase within a person; index: the day.
    Nse = 13,
}

impl VisitDraw {
    /// The block of an index.
    pub fn of(self, key: StreamKey, index: u32) -> RandomBlock {
        key.block([index, self as u32, VISITS])
    }

    /// Log-normal factor with median 1 and this coefficient of variation.
    pub fn varied(self, key: StreamKey, index: u32, cv: f64) -> f64 {
        log_normal(cv, self.normal(key, index))
    }

    /// Standard normal.
    pub fn normal(self, key: StreamKey, index: u32) -> f64 {
        normal_quantile(self.of(key, index).uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Means and variances within five standard errors.
    #[test]
    fn numbers_follow_their_laws() {
        let n = 20_000_u32;
        let (mut normal, mut square, mut waiting) = (0.0, 0.0, 0.0);
        for patient in 0..n {
            let key = StreamKey { seed: 11, patient };
            let z = VisitDraw::Noise.normal(key, 5);
            (normal, square) = (normal + z, square + z * z);
            waiting += VisitDraw::Death.of(key, 0).exponential();
        }
        let n = f64::from(n);
        assert!((normal / n).abs() < 5.0 / n.sqrt(), "{normal}");
        assert!((square / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{square}");
        let varied = |patient| VisitDraw::Cga.varied(StreamKey { seed: 11, patient }, 28, 0.163).ln();
        let squares = (0..20_000).map(|patient| varied(patient) * varied(patient)).sum::<f64>() / n;
        let expected = (1.0 + 0.163_f64 * 0.163).ln();
        assert!((squares / expected - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{squares}");
        assert!((waiting / n - 1.0).abs() < 5.0 / n.sqrt(), "{waiting}");
    }
}

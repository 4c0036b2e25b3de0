//! The bootstrap of patients, with keyed draws.

use super::sample::quantile_type6;
use super::{Interval, Undefined};
use crate::tissue::random::RandomBlock;

/// How patients are drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// Key of the draws. Draw `i` of replicate `r` depends on (seed, r, i) alone.
    pub seed: u64,
    /// Replicates. With 1999 the ends of an interval are order statistics 50 and 1950.
    pub replicates: u32,
}

impl Default for Resampling {
    fn default() -> Resampling {
        Resampling { seed: 0, replicates: 1999 }
    }
}

/// What a bootstrap says of a statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrapped {
    /// The statistic of the patients themselves; may be infinite.
    pub estimate: f64,
    /// Percentile interval (Efron 1979): quantiles of the replicates that have a value. An end may be infinite.
    pub percentile: Result<Interval, Undefined>,
    /// Replicates that have a value, ascending.
    values: Vec<f64>,
}

/// A two-sided p of a bootstrap, and how much of it is chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapP {
    /// The p, above 0 and at most 1.
    pub p: f64,
    /// Its standard deviation from the finite number of replicates alone.
    pub error: f64,
}

impl Bootstrapped {
    /// The p of a value that the statistic would have if there were nothing: twice the share of replicates on the rarer side of it, those
    /// on it included, counted as (k + 1)/(B + 1). It is at most 0.05 where the percentile interval leaves the value out. None where there
    /// is no interval.
    pub fn p(&self, of: f64) -> Option<BootstrapP> {
        self.percentile.as_ref().ok()?;
        let below = self.values.partition_point(|x| *x <= of);
        let above = self.values.len() - self.values.partition_point(|x| *x < of);
        let replicates = self.values.len() as f64;
        let tail = ((below.min(above) + 1) as f64 / (replicates + 1.0)).min(0.5);
        Some(BootstrapP { p: 2.0 * tail, error: 2.0 * libm::sqrt(tail * (1.0 - tail) / replicates) })
    }
}

/// Largest share of replicates without a value at which an interval is still given.
const MAX_UNDEFINED: f64 = 0.05;

/// Last word of the counter of a draw: no other draws of the host have it.
const DRAW: u32 = 0x626f_6f74;

/// Draws patients with replacement and judges a statistic of them.
///
/// The statistic is told how often each patient is in a sample (`patients` counts); it may be infinite, which ranks beyond
/// all numbers, or have no value. Each patient brings all that belongs to it, so for two arms with the same patients
/// the replicates are paired.
///
/// # Errors
///
/// [`Undefined::NoSubjects`] without patients, [`Undefined::OutOfRange`] without replicates; an error of `statistic` for
/// the patients themselves.
pub fn bootstrap(
    patients: usize,
    resampling: Resampling,
    statistic: impl Fn(&[u32]) -> Result<f64, Undefined>,
) -> Result<Bootstrapped, Undefined> {
    if patients == 0 {
        return Err(Undefined::NoSubjects);
    }
    if resampling.replicates == 0 {
        return Err(Undefined::OutOfRange { what: "the replicates", value: 0.0, expected: "1 or more" });
    }
    let estimate = statistic(&vec![1; patients])?;
    let mut counts = vec![0; patients];
    let mut values = Vec::with_capacity(resampling.replicates as usize);
    for replicate in 0..resampling.replicates {
        draw(resampling.seed, replicate, &mut counts);
        values.extend(statistic(&counts).ok());
    }
    values.sort_by(f64::total_cmp);
    let replicates = resampling.replicates as usize;
    let undefined = replicates - values.len();
    let percentile = if undefined as f64 > MAX_UNDEFINED * replicates as f64 || values.is_empty() {
        Err(Undefined::TooManyUndefined { undefined, replicates })
    } else {
        let end = |p| quantile_type6(&values, p);
        Ok(Interval { low: end(TAIL), high: end(1.0 - TAIL) })
    };
    Ok(Bootstrapped { estimate, percentile, values })
}

/// Probability outside an interval, on each side.
const TAIL: f64 = 0.025;

/// How often each patient is in a replicate.
pub(in crate::trial) fn draw(seed: u64, replicate: u32, counts: &mut [u32]) {
    let patients = counts.len() as u64;
    counts.fill(0);
    let mut place = |bits: u64| {
        counts[((u128::from(bits) * u128::from(patients)) >> 64) as usize] += 1;
    };
    for i in (0..patients).step_by(2) {
        let [first, second] =
            RandomBlock::of(seed, [(i >> 1) as u32, (i >> 33) as u32, replicate, DRAW]).pairs();
        place(first);
        if i + 1 < patients {
            place(second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Z95;
    use super::*;

    /// The mean of values.
    fn mean_of(values: &[f64]) -> impl Fn(&[u32]) -> Result<f64, Undefined> {
        |counts| {
            let sum: f64 = values.iter().zip(counts).map(|(v, &c)| v * f64::from(c)).sum();
            Ok(sum / counts.iter().map(|&c| f64::from(c)).sum::<f64>())
        }
    }

    // Frozen: published intervals depend on these.
    #[test]
    fn draws_are_frozen_and_keyed() {
        let drawn = |seed, replicate, patients| {
            let mut counts = vec![7; patients];
            draw(seed, replicate, &mut counts);
            counts
        };
        assert_eq!(drawn(1, 0, 9), FROZEN);
        assert_ne!(drawn(1, 1, 9), FROZEN);
        assert_ne!(drawn(2, 0, 9), FROZEN);
        assert_ne!(drawn(1 << 32, 0, 9), drawn(0, 0, 9));
        for patients in [1, 2, 5, 1000] {
            assert_eq!(drawn(3, 4, patients).iter().sum::<u32>() as usize, patients);
        }
    }

    const FROZEN: [u32; 9] = [0, 1, 1, 2, 1, 2, 0, 2, 0];

    // Counts are multinomial: over 4000 replicates of 10 patients each count has mean 1, variance 0.9. Chernoff for the mean
    // of 40000 draws per patient's share 0.1: a deviation of 10 % has a probability below 2 exp(-4000*0.01/3) = 3e-6.
    #[test]
    fn draws_are_uniform() {
        let mut sums = [0_u32; 10];
        let mut counts = [0; 10];
        for replicate in 0..4000 {
            draw(5, replicate, &mut counts);
            sums.iter_mut().zip(&counts).for_each(|(s, c)| *s += c);
        }
        assert!(sums.iter().all(|&s| (3600..=4400).contains(&s)), "{sums:?}");
    }

    // The bootstrap of a mean has a known law: its variance is that of the sample over n, without Bessel's factor.
    #[test]
    fn the_error_of_a_mean_is_known() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i * i % 97)).collect();
        let found = bootstrap(200, Resampling { seed: 11, replicates: 4000 }, mean_of(&values)).unwrap();
        let mean = values.iter().sum::<f64>() / 200.0;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 200.0;
        let expected = libm::sqrt(variance / 200.0);
        assert!((found.estimate - mean).abs() < 1e-12);
        let interval = found.percentile.unwrap();
        assert!((interval.low - (mean - Z95 * expected)).abs() < 0.2 * expected);
        assert!((interval.high - (mean + Z95 * expected)).abs() < 0.2 * expected);
    }

    // A p and an interval of one bootstrap say the same: 0.05 is where the interval begins, and no p is 0.
    #[test]
    fn p_agrees_with_the_interval_and_is_never_0() {
        let values: Vec<f64> = (0..60).map(|i| f64::from(i * 29 % 61) - 20.0).collect();
        let found = bootstrap(60, Resampling { seed: 3, replicates: 1999 }, mean_of(&values)).unwrap();
        let interval = found.percentile.clone().unwrap();
        let p = |of: f64| found.p(of).unwrap().p;
        assert!(p(interval.low - 1e-9) <= 0.05 && p(interval.low + 1e-9) > 0.05, "{}", p(interval.low));
        assert!(p(interval.high + 1e-9) <= 0.05 && p(interval.high - 1e-9) > 0.05);
        assert_eq!(p(-1e9), 2.0 / 2000.0);
        let even = found.p(found.estimate).unwrap();
        assert!(even.p > 0.9 && (even.error - 2.0 * libm::sqrt(0.25 / 1999.0)).abs() < 1e-3);
        // Under the null it is uniform: by the normal law of the mean, the p of an end of an 80 % interval is 0.2, within five of its errors.
        let deviation = (interval.high - interval.low) / (2.0 * Z95);
        let end = found.p(found.estimate + 1.2816 * deviation).unwrap();
        assert!((end.p - 0.2).abs() < 5.0 * end.error, "{end:?}");
        // All alike: nothing speaks against it, or everything.
        let same = bootstrap(5, Resampling { seed: 1, replicates: 99 }, mean_of(&[2.0; 5])).unwrap();
        assert_eq!((same.p(2.0).unwrap().p, same.p(0.0).unwrap().p), (1.0, 0.02));
    }

    #[test]
    fn degenerate_samples_are_defined() {
        let few = Resampling { seed: 1, replicates: 99 };
        assert_eq!(bootstrap(0, few, |_| Ok(1.0)), Err(Undefined::NoSubjects));
        let none = Resampling { seed: 1, replicates: 0 };
        assert!(matches!(bootstrap(3, none, |_| Ok(1.0)), Err(Undefined::OutOfRange { .. })));
        // One patient: every replicate is the patient.
        let one = bootstrap(1, few, mean_of(&[4.0])).unwrap();
        assert_eq!(one.percentile, Ok(Interval { low: 4.0, high: 4.0 }));
        // All alike.
        let same = bootstrap(5, few, mean_of(&[2.0; 5])).unwrap();
        assert_eq!(same.percentile, Ok(Interval { low: 2.0, high: 2.0 }));
        // No value at all but of the whole.
        let whole =
            |counts: &[u32]| if counts.iter().all(|&c| c == 1) { Ok(1.0) } else { Err(Undefined::NoEvents) };
        let lost = bootstrap(20, few, whole).unwrap();
        assert_eq!(lost.percentile, Err(Undefined::TooManyUndefined { undefined: 99, replicates: 99 }));
        // Infinite values rank last.
        let infinite = |counts: &[u32]| Ok(if counts[0] > 0 { f64::INFINITY } else { 1.0 });
        let found = bootstrap(20, few, infinite).unwrap();
        assert_eq!(found.estimate, f64::INFINITY);
        assert_eq!(found.percentile, Ok(Interval { low: 1.0, high: f64::INFINITY }));
    }
}

//! The bootstrap of patients, with keyed draws.

use serde::Serialize;

use super::sample::quantile_type6;
use super::special::{normal_cdf, normal_quantile};
use super::{Interval, Undefined, Z95};
use crate::tissue::random::Block;

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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bootstrapped {
    /// The statistic of the patients themselves; may be infinite.
    pub estimate: f64,
    /// Replicates made.
    pub replicates: usize,
    /// Replicates in which the statistic had no value; they are left out.
    pub undefined: usize,
    /// Mean of the replicates less the estimate; none where a replicate is infinite.
    pub bias: Option<f64>,
    /// Standard deviation of the replicates; none where a replicate is infinite.
    pub std_error: Option<f64>,
    /// Percentile interval (Efron 1979): quantiles of the replicates. An end may be infinite.
    pub percentile: Result<Interval, Undefined>,
    /// Bias-corrected and accelerated interval (Efron 1987), or why there is none.
    pub bca: Result<Interval, Undefined>,
}

/// Largest share of replicates without a value at which an interval is still given.
const MOST_UNDEFINED: f64 = 0.05;

/// Most jackknife values; more patients are left out in groups.
const MOST_JACKKNIFE: usize = 1000;

/// Last word of the counter of a draw: no other draws of the host have it.
const DRAW: u32 = 0x626f_6f74;

/// Draws patients with replacement and judges a statistic of them.
///
/// The statistic is told how often each patient is in a sample (`patients` counts); it may be infinite, which ranks beyond
/// all numbers, or have no value. Each patient brings all that belongs to it, so for two arms with the same patients
/// the replicates are paired.
///
/// BCa: bias from the share of replicates below the estimate, half of those equal to it; acceleration from the skewness
/// of the jackknife, `Σd³/(6(Σd²)^1.5)`. More than 1000 patients are left out in 1000 groups of neighbours, of which
/// the same sums are estimates (their order should have nothing to do with their outcome). For a median the jackknife is known to be poor: prefer the percentile interval there.
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
    let usable = if undefined as f64 > MOST_UNDEFINED * replicates as f64 || values.is_empty() {
        Err(Undefined::TooManyUndefined { undefined, replicates })
    } else {
        Ok(())
    };
    let moments = moments(&values);
    let percentile = usable.clone().map(|()| between(&values, TAIL, 1.0 - TAIL));
    let bca = usable.and_then(|()| bca(&values, estimate, patients, &statistic));
    Ok(Bootstrapped {
        estimate,
        replicates,
        undefined,
        bias: moments.map(|(mean, _)| mean - estimate),
        std_error: moments.map(|(_, deviation)| deviation),
        percentile,
        bca,
    })
}

/// Probability outside an interval, on each side.
const TAIL: f64 = 0.025;

/// How often each patient is in a replicate.
fn draw(seed: u64, replicate: u32, counts: &mut [u32]) {
    let patients = counts.len() as u64;
    counts.fill(0);
    let mut place = |bits: u64| {
        counts[((u128::from(bits) * u128::from(patients)) >> 64) as usize] += 1;
    };
    for i in (0..patients).step_by(2) {
        let [first, second] = Block::of(seed, [(i >> 1) as u32, (i >> 33) as u32, replicate, DRAW]).pairs();
        place(first);
        if i + 1 < patients {
            place(second);
        }
    }
}

/// Mean and standard deviation, where all values are finite and there are two.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
    (values.len() > 1 && square.is_finite()).then(|| (mean, libm::sqrt(square / (count - 1.0))))
}

fn between(sorted: &[f64], low: f64, high: f64) -> Interval {
    Interval { low: quantile_type6(sorted, low), high: quantile_type6(sorted, high) }
}

/// The BCa interval: Efron 1987; Efron and Tibshirani 1993, section 14.3.
fn bca(
    sorted: &[f64],
    estimate: f64,
    patients: usize,
    statistic: &impl Fn(&[u32]) -> Result<f64, Undefined>,
) -> Result<Interval, Undefined> {
    let below = sorted.partition_point(|&v| v < estimate) as f64;
    let up_to = sorted.partition_point(|&v| v <= estimate) as f64;
    let share = 0.5 * (below + up_to) / sorted.len() as f64;
    if share <= 0.0 || share >= 1.0 {
        return Err(Undefined::OneSided);
    }
    let bias = normal_quantile(share);
    let acceleration = acceleration(patients, statistic)?;
    let level = |z: f64| {
        let room = 1.0 - acceleration * (bias + z);
        if room > 0.0 { Ok(normal_cdf(bias + (bias + z) / room)) } else { Err(Undefined::OneSided) }
    };
    Ok(between(sorted, level(-Z95)?, level(Z95)?))
}

/// Skewness of the jackknife.
fn acceleration(
    patients: usize,
    statistic: &impl Fn(&[u32]) -> Result<f64, Undefined>,
) -> Result<f64, Undefined> {
    if patients < 2 {
        return Err(Undefined::TooFew { count: patients });
    }
    let groups = patients.min(MOST_JACKKNIFE);
    let mut counts = vec![1; patients];
    let mut values = Vec::with_capacity(groups);
    for group in 0..groups {
        let members = group * patients / groups..(group + 1) * patients / groups;
        counts[members.clone()].fill(0);
        values.push(statistic(&counts).map_err(|_| Undefined::NoAcceleration)?);
        counts[members].fill(1);
    }
    let mean = values.iter().sum::<f64>() / groups as f64;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in values {
        let d = mean - value;
        squares += d * d;
        cubes += d * d * d;
    }
    match squares {
        s if !s.is_finite() => Err(Undefined::NoAcceleration),
        s if s <= 0.0 => Ok(0.0),
        s => Ok(cubes / (6.0 * s * libm::sqrt(s))),
    }
}

#[cfg(test)]
mod tests {
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
        // Relative error of a standard deviation of 4000 normal numbers: 1/sqrt(8000) = 1.1 %; six of these.
        assert!((found.std_error.unwrap() / expected - 1.0).abs() < 0.067);
        assert!((found.estimate - mean).abs() < 1e-12 && found.bias.unwrap().abs() < 6.0 * expected / 63.0);
        let interval = found.percentile.unwrap();
        assert!((interval.low - (mean - Z95 * expected)).abs() < 0.2 * expected);
        assert!((interval.high - (mean + Z95 * expected)).abs() < 0.2 * expected);
    }

    // Acceleration of a mean is the skewness of the sample over 6 root n (Efron 1987).
    #[test]
    fn bca_leans_to_the_skewed_side() {
        let values: Vec<f64> = (1..=50).map(|i| libm::exp(f64::from(i) / 10.0)).collect();
        let mean = values.iter().sum::<f64>() / 50.0;
        let power = |k: i32| values.iter().map(|v| (v - mean).powi(k)).sum::<f64>() / 50.0;
        let expected = power(3) / (power(2) * libm::sqrt(power(2))) / (6.0 * libm::sqrt(50.0));
        let found = acceleration(50, &mean_of(&values)).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-10, "{found} is not {expected}");
        let whole = bootstrap(50, Resampling { seed: 1, replicates: 1999 }, mean_of(&values)).unwrap();
        let (plain, bca) = (whole.percentile.unwrap(), whole.bca.unwrap());
        assert!(bca.low > plain.low && bca.high > plain.high);
    }

    // The levels of the formula, by hand, for replicates 1 to 999 with an estimate of 400.5 and no acceleration:
    // z0 = qnorm(400/999), ends at Phi(2 z0 -+ z).
    #[test]
    fn bca_without_acceleration_is_bias_corrected() {
        let sorted: Vec<f64> = (1..1000).map(f64::from).collect();
        let interval = bca(&sorted, 400.5, 5, &|_| Ok(1.0)).unwrap();
        let bias = normal_quantile(400.0 / 999.0);
        assert!((interval.low - 1000.0 * normal_cdf(2.0 * bias - Z95)).abs() < 1e-9);
        assert!((interval.high - 1000.0 * normal_cdf(2.0 * bias + Z95)).abs() < 1e-9);
    }

    // Levels 0.010672620266857285 and 0.9414262541674054 with acceleration 0.03589794574657297: the same sample and
    // replicates in scipy 1.17.1 (`scipy.stats.bootstrap`, its BCa levels).
    #[test]
    fn bca_levels_are_those_of_scipy() {
        let values: Vec<f64> = (1..=50).map(|i| libm::exp(f64::from(i) / 10.0)).collect();
        let sorted: Vec<f64> = (1..1000).map(f64::from).collect();
        let mean = mean_of(&values);
        let shifted = |counts: &[u32]| mean(counts).map(|m| m + 400.5 - values.iter().sum::<f64>() / 50.0);
        assert!((acceleration(50, &shifted).unwrap() - 0.035_897_945_746_572_97).abs() < 1e-12);
        let interval = bca(&sorted, 400.5, 50, &shifted).unwrap();
        assert!((interval.low - 10.672_620_266_857_285).abs() < 1e-8, "{}", interval.low);
        assert!((interval.high - 941.426_254_167_405_4).abs() < 1e-8, "{}", interval.high);
    }

    #[test]
    fn groups_of_patients_estimate_the_same_acceleration() {
        // Skewed, in an order that has nothing to do with the value.
        let value =
            |i| libm::exp(f64::from(crate::tissue::random::philox([i, 0, 0, 0], [3, 3])[0] % 5000) / 1000.0);
        let values: Vec<f64> = (0..5000).map(value).collect();
        let found = acceleration(5000, &mean_of(&values)).unwrap();
        let mean = values.iter().sum::<f64>() / 5000.0;
        let power = |k: i32| values.iter().map(|v| (v - mean).powi(k)).sum::<f64>() / 5000.0;
        let expected = power(3) / (power(2) * libm::sqrt(power(2))) / (6.0 * libm::sqrt(5000.0));
        assert!((found / expected - 1.0).abs() < 0.5, "{found} is not near {expected}");
    }

    #[test]
    fn degenerate_samples_are_defined() {
        let few = Resampling { seed: 1, replicates: 99 };
        assert_eq!(bootstrap(0, few, |_| Ok(1.0)), Err(Undefined::NoSubjects));
        let none = Resampling { seed: 1, replicates: 0 };
        assert!(bootstrap(3, none, |_| Ok(1.0)).is_err_and(|e| e.is_fault()));
        // One patient: every replicate is the patient.
        let one = bootstrap(1, few, mean_of(&[4.0])).unwrap();
        assert_eq!(one.percentile, Ok(Interval { low: 4.0, high: 4.0 }));
        assert_eq!(one.bca, Err(Undefined::TooFew { count: 1 }));
        assert_eq!(one.std_error, Some(0.0));
        // All alike.
        let same = bootstrap(5, few, mean_of(&[2.0; 5])).unwrap();
        assert_eq!(same.bca, Ok(Interval { low: 2.0, high: 2.0 }));
        // No value at all but of the whole.
        let whole =
            |counts: &[u32]| if counts.iter().all(|&c| c == 1) { Ok(1.0) } else { Err(Undefined::NoEvents) };
        let lost = bootstrap(20, few, whole).unwrap();
        assert_eq!(lost.undefined, 99);
        assert_eq!(lost.percentile, Err(Undefined::TooManyUndefined { undefined: 99, replicates: 99 }));
        assert_eq!(lost.std_error, None);
        // Infinite values rank last.
        let infinite = |counts: &[u32]| Ok(if counts[0] > 0 { f64::INFINITY } else { 1.0 });
        let found = bootstrap(20, few, infinite).unwrap();
        assert_eq!((found.estimate, found.std_error), (f64::INFINITY, None));
        assert_eq!(found.percentile, Ok(Interval { low: 1.0, high: f64::INFINITY }));
        assert_eq!(found.bca, Err(Undefined::NoAcceleration));
    }
}

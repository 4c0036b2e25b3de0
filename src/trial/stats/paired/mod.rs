//! The same patients under two arms.

mod survival;

use serde::Serialize;

pub use self::survival::{Measure, bootstrap_survival};
use super::bootstrap::{Bootstrapped, Resampling, bootstrap};
use super::special::{student_quantile, student_tails};
use super::{Interval, Undefined};

/// The mean of paired differences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairedDifference {
    /// Pairs.
    pub pairs: usize,
    /// Mean of first − second.
    pub mean: f64,
    /// Standard deviation of the differences.
    pub deviation: f64,
    /// Standard error of the mean.
    pub std_error: f64,
    /// Student's 95 % interval of the mean.
    pub interval: Interval,
    /// Two-sided p-value of Student's paired test; 1 if all differences are 0, 0 if they are all another number.
    pub p: f64,
}

/// The mean of the differences first − second over pairs of finite values, with Student's interval (Student 1908).
///
/// # Errors
///
/// [`Undefined::TooFew`] for fewer than two pairs; [`Undefined::OutOfRange`] for a value that is not finite.
pub fn paired_differences(pairs: &[(f64, f64)]) -> Result<PairedDifference, Undefined> {
    let differences: Vec<f64> = pairs.iter().map(|(first, second)| first - second).collect();
    if let Some(&value) = differences.iter().find(|d| !d.is_finite()) {
        return Err(Undefined::OutOfRange { what: "a difference", value, expected: "a finite number" });
    }
    if pairs.len() < 2 {
        return Err(Undefined::TooFew { count: pairs.len() });
    }
    let count = pairs.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let squares = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>();
    let deviation = libm::sqrt(squares / (count - 1.0));
    let std_error = deviation / libm::sqrt(count);
    let half = student_quantile(0.05, count - 1.0) * std_error;
    let p = match (std_error > 0.0, mean == 0.0) {
        (true, _) => student_tails(mean / std_error, count - 1.0),
        (false, same) => f64::from(u8::from(same)),
    };
    let interval = Interval { low: mean - half, high: mean + half };
    Ok(PairedDifference { pairs: pairs.len(), mean, deviation, std_error, interval, p })
}

/// The bootstrap of the difference of two rates of the same patients: pairs (first arm, second arm), first less second.
///
/// # Errors
///
/// As [`bootstrap`].
pub fn bootstrap_proportions(
    pairs: &[(bool, bool)],
    resampling: Resampling,
) -> Result<Bootstrapped, Undefined> {
    // Sums of whole numbers: no rounding before the division.
    let difference = |counts: &[u32]| {
        let gain = |(pair, &count): (&(bool, bool), &u32)| {
            (i64::from(pair.0) - i64::from(pair.1)) * i64::from(count)
        };
        let total: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        Ok(pairs.iter().zip(counts).map(gain).sum::<i64>() as f64 / total as f64)
    };
    bootstrap(pairs.len(), resampling, difference)
}

#[cfg(test)]
mod tests;

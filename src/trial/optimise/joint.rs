//! The bootstrap over patients for all candidates at once.
//!
//! A replicate draws patients with replacement and takes all that belongs to them, in every candidate: differences between candidates are
//! paired. Intervals of one candidate are percentile ones. Those of differences, and of a value held against a bound, hold together: their
//! half-width is the same number of standard errors for all, the quantile over replicates of the largest deviation in standard errors
//! among them (max-t; Romano and Wolf 2005, Econometrica 73:1237).

use super::measures::{COLUMNS, PatientMeasures};
use crate::trial::stats::{Resampling, draw_patients, quantile};

/// A value with the ends of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Within {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// What a candidate has, by column of [`PatientMeasures::columns`].
type Means = [f64; COLUMNS];

/// All candidates together.
pub(super) struct Joint {
    means: Vec<Means>,
    /// Means of each replicate.
    replicates: Vec<Vec<Means>>,
    /// Bessel's factor on standard errors.
    bessel: f64,
    /// Standard errors that an interval of those that hold together reaches to either side.
    critical: f64,
}

impl Joint {
    /// From the same patients in each candidate. `columns` are compared between candidates, `bounded` held against bounds; what is said of
    /// them is wrong anywhere with probability `alpha`.
    pub fn new(
        of: &[Vec<PatientMeasures>],
        seed: u64,
        (columns, bounded): (&[usize], &[usize]),
        alpha: f64,
    ) -> Self {
        let n = of.first().map_or(0, Vec::len);
        let values: Vec<Vec<Means>> =
            of.iter().map(|all| all.iter().map(PatientMeasures::columns).collect()).collect();
        let resampling = Resampling { seed, ..Resampling::default() };
        let mut counts = vec![1; n];
        let means = |counts: &[u32]| values.iter().map(|all| mean(all, counts)).collect::<Vec<Means>>();
        let whole = means(&counts);
        let mut replicate = |number| {
            draw_patients(resampling.seed, number, &mut counts);
            means(&counts)
        };
        let replicates = (0..resampling.replicates).map(&mut replicate).collect();
        let bessel = libm::sqrt(n as f64 / n.saturating_sub(1).max(1) as f64);
        let mut joint = Self { means: whole, replicates, bessel, critical: 0.0 };
        joint.critical = joint.largest_deviation((columns, bounded), alpha);
        joint
    }

    /// A value of a candidate.
    pub fn value(&self, candidate: usize, column: usize) -> f64 {
        self.means[candidate][column]
    }

    /// The same with a percentile interval of its own.
    pub fn alone(&self, candidate: usize, column: usize) -> Within {
        let all: Vec<f64> = self.replicates.iter().map(|of| of[candidate][column]).collect();
        let value = self.value(candidate, column);
        let end = |p| quantile(&all, p).unwrap_or(value);
        Within { value, low: end(0.025), high: end(0.975) }
    }

    /// A value with an interval that holds together with all others.
    pub fn together(&self, candidate: usize, column: usize) -> Within {
        self.within(&|of: &[Means]| of[candidate][column])
    }

    /// A candidate less another one, likewise.
    pub fn difference(&self, candidate: usize, other: usize, column: usize) -> Within {
        self.within(&|of: &[Means]| of[candidate][column] - of[other][column])
    }

    fn within(&self, statistic: &dyn Fn(&[Means]) -> f64) -> Within {
        let (value, half) = (statistic(&self.means), self.critical * self.error(statistic));
        Within { value, low: value - half, high: value + half }
    }

    /// Standard error of a statistic.
    fn error(&self, statistic: &dyn Fn(&[Means]) -> f64) -> f64 {
        let all: Vec<f64> = self.replicates.iter().map(|of| statistic(of)).collect();
        let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
        let squares = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
        self.bessel * libm::sqrt(squares / all.len().max(1) as f64)
    }

    /// The quantile of the largest deviation of all that hold together, in standard errors.
    fn largest_deviation(&self, (columns, bounded): (&[usize], &[usize]), alpha: f64) -> f64 {
        let mut largest = vec![0.0_f64; self.replicates.len()];
        let mut add = |statistic: &dyn Fn(&[Means]) -> f64| {
            let (value, error) = (statistic(&self.means), self.error(statistic));
            // What does not differ between patients is known.
            if error > 1e-12 {
                for (most, of) in largest.iter_mut().zip(&self.replicates) {
                    *most = most.max(libm::fabs(statistic(of) - value) / error);
                }
            }
        };
        for candidate in 0..self.means.len() {
            for other in 0..candidate {
                columns.iter().for_each(|column| add(&|of| of[candidate][*column] - of[other][*column]));
            }
            bounded.iter().for_each(|column| add(&|of| of[candidate][*column]));
        }
        quantile(&largest, 1.0 - alpha).unwrap_or(0.0)
    }
}

/// Means of patients who count several times, or not at all.
fn mean(all: &[Means], counts: &[u32]) -> Means {
    let mut sums = [0.0; COLUMNS];
    for (values, count) in all.iter().zip(counts).filter(|(_, count)| **count > 0) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value * f64::from(*count);
        }
    }
    sums.map(|sum| sum / counts.len().max(1) as f64)
}

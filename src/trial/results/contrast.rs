//! What sets two arms apart.
//!
//! Both arms have the same patients. The paired difference uses that; a hazard ratio does not and is there because trials report one.
//! There is no p-value: tests of two samples take the arms for different patients, and the interval of the paired difference says
//! what one would.

use super::{Endpoint, Results};
use crate::trial::run::Plan;
use crate::trial::stats::{HazardRatio, Interval, Resampling, Subject, bootstrap_means};

/// Replicates of the bootstrap over patients.
const REPLICATES: u32 = 2000;

/// Fewer pairs have no bootstrap interval: it would tell of these patients alone, and of one of them nothing.
const LEAST_PAIRS: usize = 10;

/// A difference between two arms over the same patients, months.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Restricted mean of the arm less that of the other one.
    pub months: f64,
    /// Interval of the bootstrap over patients; none for fewer than ten.
    pub interval: Option<Interval>,
    /// Horizon of the restricted means.
    pub horizon: f64,
}

/// What sets an arm apart from another one, by one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The arm.
    pub arm: String,
    /// The other one.
    pub against: String,
    /// The end point.
    pub endpoint: Endpoint,
    /// Patients in both.
    pub pairs: usize,
    /// Hazard ratio, as a trial with other patients in each arm would report it.
    pub hazard_ratio: Option<HazardRatio>,
    /// Difference over the same patients.
    pub paired: Option<Paired>,
}

impl Contrast {
    pub(super) fn new(
        plan: &Plan,
        results: &Results,
        (arm, against): (usize, usize),
        endpoint: Endpoint,
    ) -> Self {
        let pairs = results.pairs(arm, against, endpoint);
        Self {
            arm: plan.arms()[arm].name.clone(),
            against: plan.arms()[against].name.clone(),
            endpoint,
            pairs: pairs.len(),
            hazard_ratio: results.hazard_ratio(arm, against, endpoint),
            paired: paired(plan.scenario.seed, &pairs),
        }
    }
}

/// Difference of restricted means to the largest time that both curves reach.
fn paired(seed: u64, pairs: &[(Subject, Subject)]) -> Option<Paired> {
    let last = |of: fn(&(Subject, Subject)) -> Subject| pairs.iter().map(|p| of(p).time).fold(0.0, f64::max);
    let tau = last(|p| p.0).min(last(|p| p.1));
    let resampling = Resampling { seed, replicates: REPLICATES };
    let found = bootstrap_means(pairs, tau, resampling).ok()?;
    let interval = found.percentile.ok().filter(|_| pairs.len() >= LEAST_PAIRS);
    Some(Paired { months: found.estimate, interval, horizon: tau })
}

//! What sets two arms apart.
//!
//! Both arms have the same patients. The paired difference uses that; a hazard ratio does not and is there because trials report one.
//! There is no p-value: tests of two samples take the arms for different patients, and the interval of the paired difference says
//! what one would.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::{Endpoint, Results};
use crate::trial::run::Plan;
use crate::trial::stats::{Bootstrapped, Resampling, Subject, bootstrap_means, infinity};

/// Replicates of the bootstrap over patients.
const REPLICATES: u32 = 2000;

/// Fewer pairs have no bootstrap interval: it would tell of these patients alone, and of one of them nothing.
const LEAST_PAIRS: usize = 10;

/// One for each pair of arms and end point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct ContrastRow {
    /// Arm.
    pub arm: String,
    /// Arm that it is held against.
    pub against: String,
    /// `pfs`, `total_pfs`, `os`.
    pub endpoint: Endpoint,
    /// Patients in both.
    pub pairs: usize,
    /// Hazard ratio as of arms with different patients; `inf` where the other arm has no event.
    #[serde(serialize_with = "infinity::maybe")]
    pub hazard_ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    #[serde(serialize_with = "infinity::maybe")]
    pub hazard_ratio_low: Option<f64>,
    /// Upper end.
    #[serde(serialize_with = "infinity::maybe")]
    pub hazard_ratio_high: Option<f64>,
    /// Difference of restricted means over the same patients, months.
    pub paired_difference_months: Option<f64>,
    /// Lower end of its bootstrap interval; none below ten pairs.
    pub paired_low_months: Option<f64>,
    /// Upper end.
    pub paired_high_months: Option<f64>,
    /// Time up to which the means reach, months.
    pub horizon_months: Option<f64>,
}

impl ContrastRow {
    pub(super) fn new(
        plan: &Plan,
        results: &Results,
        (arm, against): (usize, usize),
        endpoint: Endpoint,
    ) -> Self {
        let pairs = results.pairs(arm, against, endpoint);
        let ratio = results.hazard_ratio(arm, against, endpoint);
        let (paired, tau) = paired(plan.scenario.seed, &pairs).unzip();
        let interval = paired.as_ref().and_then(|p| p.percentile.clone().ok());
        let interval = interval.filter(|_| pairs.len() >= LEAST_PAIRS);
        Self {
            arm: plan.arms()[arm].name.clone(),
            against: plan.arms()[against].name.clone(),
            endpoint,
            pairs: pairs.len(),
            hazard_ratio: ratio.map(|h| h.ratio),
            hazard_ratio_low: ratio.map(|h| h.interval.low),
            hazard_ratio_high: ratio.map(|h| h.interval.high),
            paired_difference_months: paired.map(|p| p.estimate),
            paired_low_months: interval.map(|i| i.low),
            paired_high_months: interval.map(|i| i.high),
            horizon_months: tau,
        }
    }
}

/// Difference of restricted means to the largest time that both curves reach, and that time.
fn paired(seed: u64, pairs: &[(Subject, Subject)]) -> Option<(Bootstrapped, f64)> {
    let last = |of: fn(&(Subject, Subject)) -> Subject| pairs.iter().map(|p| of(p).time).fold(0.0, f64::max);
    let tau = last(|p| p.0).min(last(|p| p.1));
    let resampling = Resampling { seed, replicates: REPLICATES };
    Some((bootstrap_means(pairs, tau, resampling).ok()?, tau))
}

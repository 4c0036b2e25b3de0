//! What sets two arms apart.
//!
//! Both arms have the same patients. Paired differences use that, with interval and p of one bootstrap over patients; a hazard ratio does
//! not and is there because trials report one. It has no p: a test of two samples takes the arms for different patients. All means
//! are restricted to one horizon ([`Results::horizon`]).

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Endpoint, MeasureUnit, Results};
use crate::trial::outcome::{DAYS_PER_MONTH, Outcome};
use crate::trial::run::Plan;
use crate::trial::stats::{
    BootstrapP, Bootstrapped, Interval, Resampling, bootstrap_difference, bootstrap_means, infinity,
};

/// Fewer patients have no bootstrap interval: it would tell of these patients alone, and of one of them nothing.
const MIN: usize = 10;

/// How patients are drawn anew in a trial.
pub(super) fn resampling(plan: &Plan) -> Resampling {
    Resampling { seed: plan.scenario.seed, ..Resampling::default() }
}

/// An estimate with what the bootstrap of so many patients says of it.
pub(super) struct Estimate {
    pub value: f64,
    pub interval: Option<Interval>,
    /// The p of 0.
    pub p: Option<BootstrapP>,
}

impl Estimate {
    pub fn new(found: &Bootstrapped, patients: usize) -> Self {
        let enough = patients >= MIN;
        let interval = found.percentile.clone().ok().filter(|_| enough);
        Self { value: found.estimate, interval, p: found.p(0.0).filter(|_| enough) }
    }
}

/// One for each pair of arms and end point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct ContrastRow {
    /// Arm.
    pub arm: String,
    /// Arm that it is held against.
    pub against: String,
    /// `tfs`, `time_to_growth`, `pfs`, `os`.
    pub endpoint: Endpoint,
    /// Patients in both.
    pub pairs: usize,
    /// Hazard ratio as of arms with different patients; `inf` where the other arm has no event.
    #[serde(serialize_with = "infinity::maybe")]
    #[schemars(with = "infinity::Maybe")]
    pub hazard_ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    #[serde(serialize_with = "infinity::maybe")]
    #[schemars(with = "infinity::Maybe")]
    pub hazard_ratio_low: Option<f64>,
    /// Upper end.
    #[serde(serialize_with = "infinity::maybe")]
    #[schemars(with = "infinity::Maybe")]
    pub hazard_ratio_high: Option<f64>,
    /// Difference of restricted means over the same patients, months; empty where a curve does not reach the horizon.
    pub paired_difference_months: Option<f64>,
    /// Lower end of its bootstrap interval; none below ten pairs.
    pub paired_low_months: Option<f64>,
    /// Upper end.
    pub paired_high_months: Option<f64>,
    /// Its two-sided p from the same bootstrap, (k + 1)/(B + 1) of either side; not adjusted for the number of comparisons.
    pub paired_p: Option<f64>,
    /// Standard deviation of that p from the finite number of replicates.
    pub paired_p_error: Option<f64>,
    /// Time up to which all restricted means of the trial reach, months.
    pub horizon_months: f64,
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
        let horizon = results.horizon_months(plan);
        let paired = bootstrap_means(&pairs, horizon, resampling(plan)).ok();
        let paired = paired.map(|found| Estimate::new(&found, pairs.len()));
        let interval = paired.as_ref().and_then(|p| p.interval);
        let p = paired.as_ref().and_then(|p| p.p);
        Self {
            arm: plan.arms()[arm].name.clone(),
            against: plan.arms()[against].name.clone(),
            endpoint,
            pairs: pairs.len(),
            hazard_ratio: ratio.map(|h| h.ratio),
            hazard_ratio_low: ratio.map(|h| h.interval.low),
            hazard_ratio_high: ratio.map(|h| h.interval.high),
            paired_difference_months: paired.map(|p| p.value),
            paired_low_months: interval.map(|i| i.low),
            paired_high_months: interval.map(|i| i.high),
            paired_p: p.map(|p| p.p),
            paired_p_error: p.map(|p| p.error),
            horizon_months: horizon,
        }
    }

    /// Whether the interval leaves out no difference.
    pub fn is_separated(&self) -> bool {
        self.paired_low_months.is_some_and(|low| low > 0.0)
            || self.paired_high_months.is_some_and(|high| high < 0.0)
    }

    /// The same from the side of the other arm, but for the ratio, which is turned over.
    pub fn turned(&self) -> Self {
        let minus = |x: Option<f64>| x.map(|x| -x);
        let over = |x: Option<f64>| x.map(|x| 1.0 / x);
        Self {
            arm: self.against.clone(),
            against: self.arm.clone(),
            hazard_ratio: over(self.hazard_ratio),
            hazard_ratio_low: over(self.hazard_ratio_high),
            hazard_ratio_high: over(self.hazard_ratio_low),
            paired_difference_months: minus(self.paired_difference_months),
            paired_low_months: minus(self.paired_high_months),
            paired_high_months: minus(self.paired_low_months),
            ..self.clone()
        }
    }
}

/// What a difference between arms costs, or what it is of the tumour itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// Days with an adverse event of a drug of grade 3 or 4.
    SevereDays,
    /// Burden.
    Burden,
}

impl Price {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::SevereDays, Self::Burden];

    /// What a patient has of it until a day, on the scale on which it is averaged.
    pub(super) fn of(self, outcome: &Outcome, horizon: u32) -> Option<f64> {
        match self {
            Self::SevereDays => Some(outcome.strategy.severe_days(horizon).into()),
            Self::Burden => outcome.strategy.burden(horizon),
        }
    }

    /// The unit of its mean, and the mean in it.
    pub(super) fn shown(self, mean: f64) -> (MeasureUnit, f64) {
        match self {
            Self::SevereDays => (MeasureUnit::Days, mean),
            Self::Burden => (MeasureUnit::Ratio, libm::exp(mean)),
        }
    }
}

/// One for each pair of arms and measure of burden and price, over the same patients and to the horizon of `contrasts.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct PriceRow {
    /// Arm.
    pub arm: String,
    /// Arm that it is held against.
    pub against: String,
    /// `severe_days`: days with an adverse event of a drug of grade 3 or 4, the mean difference. `burden`: sums of diameters over the days
    /// alive, the ratio of their geometric means.
    pub measure: Price,
    /// `days` or `ratio`.
    pub unit: MeasureUnit,
    /// Patients in both.
    pub pairs: usize,
    /// Difference, or ratio.
    pub estimate: Option<f64>,
    /// Lower end of its bootstrap interval; none below ten pairs.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Its two-sided p from the same bootstrap.
    pub p: Option<f64>,
    /// Standard deviation of that p from the finite number of replicates.
    pub p_error: Option<f64>,
    /// Time up to which days are counted, months.
    pub horizon_months: f64,
}

impl PriceRow {
    pub(super) fn new(
        plan: &Plan,
        results: &Results,
        (arm, against): (usize, usize),
        measure: Price,
    ) -> Self {
        let horizon = results.horizon(plan);
        let both = results.both(arm, against);
        let of = |o: &Outcome| measure.of(o, horizon);
        let pairs: Vec<(f64, f64)> = both.iter().filter_map(|(a, b)| Some((of(a)?, of(b)?))).collect();
        let found = bootstrap_difference(&pairs, resampling(plan)).ok();
        let found = found.map(|found| Estimate::new(&found, pairs.len()));
        let shown = |x: f64| measure.shown(x).1;
        let interval = found.as_ref().and_then(|f| f.interval);
        let p = found.as_ref().and_then(|f| f.p);
        Self {
            arm: plan.arms()[arm].name.clone(),
            against: plan.arms()[against].name.clone(),
            measure,
            unit: measure.shown(0.0).0,
            pairs: pairs.len(),
            estimate: found.map(|f| shown(f.value)),
            low: interval.map(|i| shown(i.low)),
            high: interval.map(|i| shown(i.high)),
            p: p.map(|p| p.p),
            p_error: p.map(|p| p.error),
            horizon_months: f64::from(horizon) / DAYS_PER_MONTH,
        }
    }
}

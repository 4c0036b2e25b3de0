//! How far a draw of the parameters is from the figures that are fitted to.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::Fitted;
use crate::scenario::{Published, PublishedEndpoint, ScanReader};
use crate::table::exact;
use crate::trial::output::rows::{MeasureUnit, unit};
use crate::trial::results::{Results, SimulatedFigure, figure};
use crate::trial::run::Plan;

/// Half-width of a normal 95 % interval in standard deviations.
const Z95: f64 = 1.96;
/// Tolerance of a share without an interval, percentage points.
const SHARE: f64 = 5.0;
/// Relative tolerance of a median or a ratio without an interval.
const RELATIVE: f64 = 0.15;

/// A figure that is fitted to, and what came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// Trial.
    pub trial: String,
    /// Arm.
    pub arm: String,
    /// End point.
    pub endpoint: PublishedEndpoint,
    /// Who read the scans.
    pub reader: Option<ScanReader>,
    /// As published.
    pub published: f64,
    /// Standard deviation that counts as 1.
    pub tolerance: f64,
    /// As simulated.
    pub simulated: Option<f64>,
    /// Difference in tolerances.
    pub z: f64,
}

/// One for each figure that is fitted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Documented, DocumentedFields)]
pub struct FitRow {
    /// Trial.
    pub trial: String,
    /// Arm.
    pub arm: String,
    /// What was measured, as in the trial file.
    pub endpoint: String,
    /// Whose reading of scans, as in `published.csv`.
    pub reader: Option<ScanReader>,
    /// `months`, `fraction` or `ratio`.
    pub unit: MeasureUnit,
    /// The figure as published.
    pub published: f64,
    /// Standard deviation that counts as 1.
    pub tolerance: f64,
    /// The figure as simulated; empty if it was not reached.
    pub simulated: Option<f64>,
    /// Difference in tolerances.
    pub z: f64,
}

impl From<&Fit> for FitRow {
    fn from(fit: &Fit) -> Self {
        let (unit, scale) = unit(fit.endpoint);
        Self {
            trial: fit.trial.clone(),
            arm: fit.arm.clone(),
            endpoint: fit.endpoint.name().to_owned(),
            reader: fit.reader,
            unit,
            published: scale * fit.published,
            tolerance: scale * fit.tolerance,
            simulated: fit.simulated.map(|x| scale * x),
            z: fit.z,
        }
    }
}

/// One for each draw that was kept. After these columns: the fitted values by name. These numbers read back exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct PosteriorRow {
    /// Weight of the draw; all sum to 1.
    #[serde(serialize_with = "exact")]
    pub weight: f64,
    /// How far the surrogate's figures are from the published ones, in tolerances (root mean square).
    #[serde(serialize_with = "exact")]
    pub distance: f64,
}

/// Largest difference that counts, in tolerances: what is not reached at all counts as this.
const MAX: f64 = 10.0;

/// Differences of a trial's figures from what a run of it came to.
pub fn fits(fitted: &Fitted, plan: &Plan, results: &Results) -> Vec<Fit> {
    let one = |p: &Published| {
        let simulated = figure(&plan.trial, results, p).and_then(|f: SimulatedFigure| f.value);
        let tolerance = tolerance(p, plan);
        let z = simulated.map_or(MAX, |s| difference(p, s) / tolerance).clamp(-MAX, MAX);
        Fit {
            trial: fitted.name.clone(),
            arm: plan.arms()[p.arm].name.clone(),
            endpoint: p.endpoint,
            reader: p.reader,
            published: p.value,
            tolerance,
            simulated,
            z,
        }
    };
    fitted.figures.iter().map(one).collect()
}

/// Root mean square of the differences.
pub fn distance(fits: &[Fit]) -> f64 {
    let sum: f64 = fits.iter().map(|f| f.z * f.z).sum();
    libm::sqrt(sum / fits.len().max(1) as f64)
}

/// Shares by their difference, medians and ratios by the difference of their logarithms.
fn difference(p: &Published, simulated: f64) -> f64 {
    if is_share(p.endpoint) { simulated - p.value } else { libm::log(simulated / p.value) }
}

fn is_share(endpoint: PublishedEndpoint) -> bool {
    use PublishedEndpoint::*;
    !matches!(
        endpoint,
        PfsMedian
            | PfsHazardRatio
            | TotalPfsMedian
            | TotalPfsHazardRatio
            | SecondLinePfsMedian
            | OsMedian
            | OsHazardRatio
    )
}

/// From the published interval; for a median the time between two scans besides, since it falls on one of them.
fn tolerance(p: &Published, plan: &Plan) -> f64 {
    let share = is_share(p.endpoint);
    let own = match p.interval {
        Some((low, high)) if share => (high - low) / (2.0 * Z95),
        Some((low, high)) => libm::log(high / low) / (2.0 * Z95),
        None if share => SHARE,
        None => RELATIVE,
    };
    if p.endpoint != PublishedEndpoint::PfsMedian {
        return own;
    }
    // Uniform over the interval: a twelfth of its square.
    let months = f64::from(plan.trial.assessment.visits.every) / crate::trial::outcome::DAYS_PER_MONTH;
    let grid = months / p.value / libm::sqrt(12.0);
    libm::sqrt(own * own + grid * grid)
}

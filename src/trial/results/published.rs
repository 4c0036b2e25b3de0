//! Published figures beside simulated ones.

use serde::Serialize;

use super::arm::{Median, Percent};
use super::{HazardRatio, Results, Which};
use crate::scenario::{Endpoint, Published, Role};
use crate::therapy::response::Category;
use crate::trial::outcome::{DAYS_PER_MONTH, Outcome};
use crate::trial::run::Plan;
use crate::trial::stats::KaplanMeier;

/// A simulated figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// Months, percent, or a ratio.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval over patients.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A published figure beside the simulated one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    /// Name of the arm, or of both.
    pub arm: String,
    /// What was measured.
    pub endpoint: Endpoint,
    /// Time, months, where it is a share at a time.
    pub at_months: Option<f64>,
    /// As published.
    pub published: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// What it was used for.
    pub role: Role,
    /// As simulated; absent where nothing is.
    pub simulated: Option<Figure>,
}

impl Beside {
    /// Whether the published figure lies within the simulated interval or the simulated figure within the published one; `None`
    /// where there is no interval or nothing simulated.
    pub fn agrees(&self) -> Option<bool> {
        let figure = self.simulated?;
        let value = figure.value?;
        let within = |x: f64, low: f64, high: f64| low <= x && x <= high;
        let by_published = self.interval.map(|(low, high)| within(value, low, high));
        let by_simulated = match (figure.low, figure.high) {
            (Some(low), Some(high)) => Some(within(self.published, low, high)),
            _ => None,
        };
        match (by_published, by_simulated) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(false) || b.unwrap_or(false)),
        }
    }
}

/// All published figures of a trial beside what came out.
pub fn simulated(plan: &Plan, results: &Results) -> Vec<Beside> {
    let name = |p: &Published| {
        let arm = &plan.arms()[p.arm].name;
        p.against.map_or_else(|| arm.clone(), |a| format!("{arm} / {}", plan.arms()[a].name))
    };
    let beside = |p: &Published| Beside {
        arm: name(p),
        endpoint: p.endpoint,
        at_months: p.at_months,
        published: p.value,
        interval: p.interval,
        role: p.role,
        simulated: figure(results, p),
    };
    plan.trial.published.iter().map(beside).collect()
}

/// The simulated figure beside a published one, if there is one.
pub fn figure(results: &Results, p: &Published) -> Option<Figure> {
    let outcomes = &results.arms[p.arm];
    let median = |which| Median::of(results, p.arm, which).map(Figure::from);
    let share = |has: &dyn Fn(&Outcome) -> bool| Percent::of(outcomes, has).map(Figure::from);
    let rate = |which| rate(results, p.arm, which, p.at_months?);
    let ratio = |which| ratio(results, p, which);
    match p.endpoint {
        Endpoint::PfsMedian => median(Which::Pfs),
        Endpoint::TotalPfsMedian => median(Which::TotalPfs),
        Endpoint::SecondLinePfsMedian => median(Which::SecondPfs),
        Endpoint::OsMedian => median(Which::Os),
        Endpoint::PfsRate => rate(Which::Pfs),
        Endpoint::OsRate => rate(Which::Os),
        Endpoint::PfsHazardRatio => ratio(Which::Pfs),
        Endpoint::TotalPfsHazardRatio => ratio(Which::TotalPfs),
        Endpoint::OsHazardRatio => ratio(Which::Os),
        Endpoint::ResponseRate => share(&Outcome::responded),
        Endpoint::DiseaseControl => share(&Outcome::controlled),
        Endpoint::AnyShrinkage => share(&Outcome::shrank),
        Endpoint::ProgressiveDisease => share(&|o| o.best == Some(Category::Progression)),
        Endpoint::FirstScanProgression => share(&|o| o.progressed_at_first_scan),
        Endpoint::Grade3Or4 => share(&|o| o.severe),
        Endpoint::DoseLimiting => {
            let days = p.at_months.map_or(28.0, |months| months * DAYS_PER_MONTH);
            share(&|o| o.dose_limiting.is_some_and(|day| f64::from(day) < days))
        }
        Endpoint::Discontinuation => share(&|o| o.discontinued),
        Endpoint::DoseChange => share(&|o| o.dose_changed),
        Endpoint::DoseIntensity => {
            let all: Vec<f64> =
                outcomes.iter().filter_map(|o| o.intensities.iter().copied().flatten().next()).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            (!all.is_empty()).then_some(Figure { value: Some(100.0 * mean), low: None, high: None })
        }
        Endpoint::EarlyCga => share(&Outcome::early_cga),
    }
}

fn rate(results: &Results, arm: usize, which: Which, months: f64) -> Option<Figure> {
    let curve = KaplanMeier::new(&results.subjects(arm, which)).ok()?;
    let at = curve.at(months);
    let percent = |x: f64| 100.0 * x;
    Some(Figure {
        value: (!at.beyond).then(|| percent(at.survival)),
        low: at.interval.map(|i| percent(i.low)),
        high: at.interval.map(|i| percent(i.high)),
    })
}

fn ratio(results: &Results, p: &Published, which: Which) -> Option<Figure> {
    let ratio = HazardRatio::of(results, p.arm, p.against?, which)?;
    Some(Figure { value: Some(ratio.ratio), low: Some(ratio.interval.low), high: Some(ratio.interval.high) })
}

impl From<Median> for Figure {
    fn from(m: Median) -> Self {
        Self { value: m.months, low: m.low, high: m.high }
    }
}

impl From<Percent> for Figure {
    fn from(p: Percent) -> Self {
        Self { value: Some(p.percent), low: Some(p.low), high: Some(p.high) }
    }
}

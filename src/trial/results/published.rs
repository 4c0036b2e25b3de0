//! Published figures beside simulated ones.

use super::arm::{self, Median};
use super::{Endpoint, Results, subjects};
use crate::scenario::{Published, PublishedEndpoint, Trial};
use crate::therapy::response::Category;
use crate::trial::outcome::{DAYS_PER_MONTH, Outcome};
use crate::trial::run::Plan;
use crate::trial::stats::{Interval, KaplanMeier, Proportion, hazard_ratio, proportion};
use crate::trial::visits::TrialView;

/// A simulated figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatedFigure {
    /// Months, percent, or a ratio.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval over patients; absent where it is not reached.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What is known of the figure: the interval with 0 or infinity where it is open. None where nothing is known.
    pub within: Option<Interval>,
}

impl SimulatedFigure {
    /// A figure whose interval has both ends.
    fn closed(value: f64, within: Interval) -> Self {
        Self { value: Some(value), low: Some(within.low), high: Some(within.high), within: Some(within) }
    }
}

/// A published figure beside the simulated one.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedComparison {
    /// Name of the arm, or of both.
    pub arm: String,
    /// As published.
    pub published: Published,
    /// How it is seen: by whom, at which cut-off, with which confirmation.
    pub view: TrialView,
    /// As simulated; absent where nothing is.
    pub simulated: Option<SimulatedFigure>,
    /// Whether the simulated figure lies within the published interval, or where a share has none, within the exact one of the patients
    /// who were enrolled: a verdict that does not depend on how many were simulated. `None` where neither is known.
    pub within_published: Option<bool>,
}

impl PublishedComparison {
    /// Whether the published figure lies within the simulated interval, which may be open, or the simulated figure within the published
    /// one; `None` where there is no interval or nothing simulated.
    pub fn agrees(&self) -> Option<bool> {
        let figure = self.simulated?;
        let within = |x: f64, low: f64, high: f64| low <= x && x <= high;
        let by_published =
            self.published.interval.zip(figure.value).map(|((low, high), value)| within(value, low, high));
        let by_simulated = figure.within.map(|i| within(self.published.value, i.low, i.high));
        match (by_published, by_simulated) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(false) || b.unwrap_or(false)),
        }
    }
}

/// The interval of a published figure: its own, or the exact one of a share of the patients who were enrolled.
fn published_interval(plan: &Plan, p: &Published) -> Option<(f64, f64)> {
    let exact = || {
        let enrolled = plan.arms()[p.arm].enrolled.filter(|_| p.endpoint.is_share_of_patients())?;
        let count = libm::round(p.value / 100.0 * f64::from(enrolled)) as u64;
        let found = proportion(count, enrolled.into()).ok()?.interval;
        Some((100.0 * found.low, 100.0 * found.high))
    };
    p.interval.or_else(exact)
}

/// All published figures of a trial beside what came out.
pub fn simulated(plan: &Plan, results: &Results) -> Vec<PublishedComparison> {
    let name = |p: &Published| {
        let arm = &plan.arms()[p.arm].name;
        p.against.map_or_else(|| arm.clone(), |a| format!("{arm} / {}", plan.arms()[a].name))
    };
    let within = |p: &Published, value: f64| {
        published_interval(plan, p).map(|(low, high)| low <= value && value <= high)
    };
    let compare = |p: &Published| {
        let simulated = figure(&plan.trial, results, p);
        let within_published = simulated.and_then(|f| within(p, f.value?));
        let view = TrialView::published(&plan.trial, p);
        PublishedComparison { arm: name(p), published: p.clone(), view, within_published, simulated }
    };
    plan.trial.published.iter().map(compare).collect()
}

/// The simulated figure beside a published one, if there is one: by its reader, at its cut-off.
pub fn figure(trial: &Trial, results: &Results, p: &Published) -> Option<SimulatedFigure> {
    let view = TrialView::published(trial, p);
    let outcomes = results.shown(&view, p.arm);
    let median = |endpoint| median(outcomes, endpoint);
    let share = |has: &dyn Fn(&Outcome) -> bool| arm::share(outcomes, has).map(SimulatedFigure::from);
    let rate = |endpoint| rate(outcomes, endpoint, p.at_months?);
    let ratio = |endpoint| ratio(outcomes, results.shown(&view, p.against?), endpoint);
    match p.endpoint {
        PublishedEndpoint::PfsMedian => median(Endpoint::Pfs),
        PublishedEndpoint::TotalPfsMedian => median(Endpoint::TotalPfs),
        PublishedEndpoint::SecondLinePfsMedian => median(Endpoint::SecondLinePfs),
        PublishedEndpoint::OsMedian => median(Endpoint::Os),
        PublishedEndpoint::PfsRate => rate(Endpoint::Pfs),
        PublishedEndpoint::OsRate => rate(Endpoint::Os),
        PublishedEndpoint::PfsHazardRatio => ratio(Endpoint::Pfs),
        PublishedEndpoint::TotalPfsHazardRatio => ratio(Endpoint::TotalPfs),
        PublishedEndpoint::OsHazardRatio => ratio(Endpoint::Os),
        PublishedEndpoint::ResponseRate => share(&Outcome::responded),
        PublishedEndpoint::DiseaseControl => share(&Outcome::controlled),
        PublishedEndpoint::AnyShrinkage => share(&Outcome::shrank),
        PublishedEndpoint::ProgressiveDisease => share(&|o| o.best == Some(Category::Progression)),
        PublishedEndpoint::FirstScanProgression => share(&|o| o.progressed_at_first_scan),
        PublishedEndpoint::Grade3Or4 => share(&|o| o.severe),
        PublishedEndpoint::DoseLimiting => {
            let days = p.at_months.map_or(28.0, |months| months * DAYS_PER_MONTH);
            share(&|o| o.dose_limiting.is_some_and(|day| f64::from(day) < days))
        }
        PublishedEndpoint::Discontinuation => share(&|o| o.discontinued),
        PublishedEndpoint::DoseChange => share(&|o| o.dose_changed),
        PublishedEndpoint::DoseIntensity => {
            let all: Vec<f64> =
                outcomes.iter().filter_map(|o| o.intensities.iter().copied().flatten().next()).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let value = Some(100.0 * mean);
            (!all.is_empty()).then_some(SimulatedFigure { value, low: None, high: None, within: None })
        }
        PublishedEndpoint::EarlyCga => {
            arm::share_of_some(outcomes, Outcome::early_cga).map(SimulatedFigure::from)
        }
    }
}

fn median(outcomes: &[Outcome], endpoint: Endpoint) -> Option<SimulatedFigure> {
    let Median { months, low, high, .. } = Median::of(outcomes, endpoint)?;
    let curve = KaplanMeier::new(&subjects(outcomes, endpoint)).ok()?;
    Some(SimulatedFigure { value: months, low, high, within: curve.median_within() })
}

/// A share at a time at which somebody was followed.
fn rate(outcomes: &[Outcome], endpoint: Endpoint, months: f64) -> Option<SimulatedFigure> {
    let (share, within) = KaplanMeier::new(&subjects(outcomes, endpoint)).ok()?.free_at(months).ok()?;
    Some(SimulatedFigure::closed(
        100.0 * share,
        Interval { low: 100.0 * within.low, high: 100.0 * within.high },
    ))
}

fn ratio(outcomes: &[Outcome], against: &[Outcome], endpoint: Endpoint) -> Option<SimulatedFigure> {
    let ratio = hazard_ratio(&subjects(outcomes, endpoint), &subjects(against, endpoint)).ok()?;
    Some(SimulatedFigure::closed(ratio.ratio, ratio.interval))
}

impl From<Proportion> for SimulatedFigure {
    fn from(p: Proportion) -> Self {
        let Interval { low, high } = p.interval;
        Self::closed(100.0 * p.estimate, Interval { low: 100.0 * low, high: 100.0 * high })
    }
}

#[cfg(test)]
mod tests;

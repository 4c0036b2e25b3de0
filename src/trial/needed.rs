//! The growth that a trial would need for its published median.
//!
//! Everolimus has held comparable tumours for 9.7 to 19.4 months in median, trial by trial. One number, how fast the enrolled
//! tumours grew, may explain that; nobody measured it. What it would have to be is not a prediction, and is told apart from them.

use std::sync::atomic::AtomicUsize;

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::TrialError;
use super::results::{figure, simulate};
use super::run::{Plan, TrialOptions};
use crate::biology::patient::PatientParameter;
use crate::scenario::{CohortChange, Published, PublishedEndpoint, Scenario};
use crate::simulation::BackendOptions;

/// Patients with which the median is found.
const PATIENTS: u32 = 300;
/// Growth within which it is looked for, per day.
const RANGE: (f64, f64) = (2e-4, 0.05);
/// Halvings of the range, which come to within 2 %.
const HALVINGS: u32 = 8;

/// One for each published median of progression-free survival by the trial's reader (`trial --needed-growth`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct NeededGrowthRow {
    /// Arm.
    pub arm: String,
    /// Median as published, months.
    pub published_months: f64,
    /// Median as simulated, months; empty if it was not reached.
    pub simulated_months: Option<f64>,
    /// Typical growth of the trial's population, per day.
    pub growth_per_day: f64,
    /// Growth that would give the published median, per day; empty outside of what tumours do.
    pub needed_growth_per_day: Option<f64>,
}

/// What each arm with a published median of progression-free survival would need, by the surrogate.
///
/// # Errors
///
/// [`TrialError`], as trials fail.
pub fn needed(
    scenario: &Scenario,
    threads: usize,
    stop: &AtomicUsize,
) -> Result<Vec<NeededGrowthRow>, TrialError> {
    needed_by(scenario, PATIENTS, threads, stop)
}

fn needed_by(
    scenario: &Scenario,
    patients: u32,
    threads: usize,
    stop: &AtomicUsize,
) -> Result<Vec<NeededGrowthRow>, TrialError> {
    let plan = Plan::new(scenario, Some(patients))?;
    let usual = plan.cohort.distributions()[PatientParameter::Growth.index()].typical;
    let mut all = Vec::new();
    // By the reader whom the trial's tables show.
    let own = plan.trial.assessment.reader;
    let medians = plan.trial.published.iter().filter(|p| p.endpoint == PublishedEndpoint::PfsMedian);
    for p in medians.filter(|p| p.reader.is_none_or(|reader| reader == own)) {
        let search = Median { scenario, p, patients, threads, stop };
        let (median, growth) = (search.at(usual)?, search.growth()?);
        let arm = plan.arms()[p.arm].name.clone();
        let median = median.is_finite().then_some(median);
        all.push(NeededGrowthRow {
            arm,
            published_months: p.value,
            simulated_months: median,
            growth_per_day: usual,
            needed_growth_per_day: growth,
        });
    }
    Ok(all)
}

struct Median<'a> {
    scenario: &'a Scenario,
    p: &'a Published,
    patients: u32,
    threads: usize,
    stop: &'a AtomicUsize,
}

impl Median<'_> {
    /// The median at a growth, months; infinite if it is not reached.
    fn at(&self, growth: f64) -> Result<f64, TrialError> {
        let mut own = self.scenario.clone().without_ledger();
        if let Some(trial) = &mut own.trial {
            trial.cohort.changes.push(CohortChange {
                quantity: "growth".to_owned(),
                typical: Some(growth),
                spread: None,
                fixed: None,
            });
        }
        let plan = Plan::new(&own, Some(self.patients))?;
        let backend = BackendOptions::cpu(self.threads);
        let choices = TrialOptions { backend, patients: None, arms: Some(vec![self.p.arm]), surrogate: true };
        let results = simulate(&plan, &choices, self.stop)?;
        Ok(figure(&plan.trial, &results, self.p).and_then(|f| f.value).unwrap_or(f64::INFINITY))
    }

    /// The growth at which the median falls to the published one.
    fn growth(&self) -> Result<Option<f64>, TrialError> {
        let (mut slow, mut fast) = RANGE;
        for end in [slow, fast] {
            if (self.at(end)? > self.p.value) != (end == slow) {
                return Ok(None);
            }
        }
        for _ in 0..HALVINGS {
            let middle = libm::sqrt(slow * fast);
            let end = if self.at(middle)? > self.p.value { &mut slow } else { &mut fast };
            *end = middle;
        }
        Ok(Some(libm::sqrt(slow * fast)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The fit and the predictions leave the ledger out. Responses and progressions of a trial are of cells that were there in numbers.
    #[test]
    fn the_ledger_hardly_moves_a_published_figure() {
        let scenario = review::parse(review::find("radiant-3").unwrap()).unwrap().scenario;
        let has_ledger = |scenario: &Scenario| {
            let plan = Plan::new(scenario, Some(1)).unwrap();
            plan.scenario_of(&plan.cohort.patient(0)).has_ledger()
        };
        assert!(has_ledger(&scenario) && !has_ledger(&scenario.clone().without_ledger()));
        let figures = |scenario: &Scenario| -> Vec<Option<f64>> {
            let plan = Plan::new(scenario, Some(60)).unwrap();
            let backend = BackendOptions::cpu(2);
            let choices = TrialOptions { backend, patients: None, arms: None, surrogate: true };
            let results = simulate(&plan, &choices, &AtomicUsize::new(0)).unwrap();
            let of = |p| figure(&plan.trial, &results, p).and_then(|found| found.value);
            scenario.trial.as_ref().unwrap().published.iter().map(of).collect()
        };
        let (with, without) = (figures(&scenario), figures(&scenario.clone().without_ledger()));
        assert!(with.len() > 20);
        for (i, (a, b)) in with.iter().zip(&without).enumerate() {
            let near = match (a, b) {
                // A patient more or less, or a tenth of the figure.
                (Some(a), Some(b)) => a == b || (a - b).abs() <= (0.1 * b.abs()).max(0.02),
                _ => a == b,
            };
            assert!(near, "figure {i}: {a:?} with the ledger, {b:?} without");
        }
    }
    use crate::trial::review;

    // Whoever has the median already needs the growth that he has.
    #[test]
    fn the_median_that_comes_out_needs_the_usual_growth() {
        let mut scenario = review::parse(review::find("radiant-3").unwrap()).unwrap().scenario;
        let published = &mut scenario.trial.as_mut().unwrap().published;
        published.retain(|p| p.endpoint == PublishedEndpoint::PfsMedian && p.arm == 1);
        published.truncate(1);
        let stop = AtomicUsize::new(0);
        let first = needed_by(&scenario, 100, 2, &stop).unwrap();
        let median = first[0].simulated_months.unwrap();
        scenario.trial.as_mut().unwrap().published[0].value = median;
        let again = needed_by(&scenario, 100, 2, &stop).unwrap();
        let (usual, growth) = (again[0].growth_per_day, again[0].needed_growth_per_day.unwrap());
        // Medians fall on scans, 84 days apart.
        assert!((growth / usual - 1.0).abs() < 0.25, "{again:?}");
        scenario.trial.as_mut().unwrap().published[0].value = 1.4 * median;
        let slower = needed_by(&scenario, 100, 2, &stop).unwrap();
        assert!(slower[0].needed_growth_per_day.unwrap() < 0.9 * growth, "{slower:?}");
    }
}

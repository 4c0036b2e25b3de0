//! What a planned trial comes to, by its size.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DesignQuestion;
use super::trials::DrawnTrials;
use crate::trial::stats::{Interval, proportion, quantile};

/// One for each size of a planned trial (`evotor design`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct DesignRow {
    /// Patients of both arms.
    pub patients: u32,
    /// Of them in the arm that is to be shown to be better.
    pub arm_patients: u32,
    /// Events at the cut-off, mean over draws.
    pub events: f64,
    /// Share of trials that show it, where the fitted values hold.
    pub power_fraction: f64,
    /// Lower end of its interval: what the number of draws leaves open.
    pub power_low_fraction: f64,
    /// Upper end.
    pub power_high_fraction: f64,
    /// Share of trials that show it, over draws of the posterior and of trials.
    pub assurance_fraction: f64,
    /// Lower end of its interval: what the number of draws leaves open.
    pub assurance_low_fraction: f64,
    /// Upper end.
    pub assurance_high_fraction: f64,
    /// Hazard ratio of such trials, median; empty without one.
    pub hazard_ratio: Option<f64>,
    /// 2.5 % quantile of their hazard ratios.
    pub hazard_ratio_low: Option<f64>,
    /// 97.5 % quantile.
    pub hazard_ratio_high: Option<f64>,
}

impl DesignRow {
    fn new(question: &DesignQuestion, at: usize, drawn: &[DrawnTrials], fitted: &[DrawnTrials]) -> Self {
        let (power, of_power) = share(fitted, at);
        let (assurance, of_assurance) = share(drawn, at);
        let ratios: Vec<f64> = drawn.iter().filter_map(|trials| trials.hazard_ratios[at]).collect();
        let ratio = |p: f64| quantile(&ratios, p).ok();
        let patients = question.sizes[at];
        Self {
            patients,
            arm_patients: question.split(patients)[0],
            events: drawn.iter().map(|trials| trials.events[at]).sum::<f64>() / drawn.len().max(1) as f64,
            power_fraction: power,
            power_low_fraction: of_power.low,
            power_high_fraction: of_power.high,
            assurance_fraction: assurance,
            assurance_low_fraction: of_assurance.low,
            assurance_high_fraction: of_assurance.high,
            hazard_ratio: ratio(0.5),
            hazard_ratio_low: ratio(0.025),
            hazard_ratio_high: ratio(0.975),
        }
    }
}

/// Mean share of successes over draws, with the exact interval of as many draws that succeed or fail as a whole: trials of a draw hang
/// together, and no two draws do.
fn share(of: &[DrawnTrials], at: usize) -> (f64, Interval) {
    let all = of.len().max(1) as f64;
    let mean = of.iter().map(|trials| trials.successes[at]).sum::<f64>() / all;
    let whole = proportion(libm::round(mean * all) as u64, of.len() as u64);
    let interval = whole.map_or(Interval { low: 0.0, high: 1.0 }, |whole| whole.interval);
    (mean, Interval { low: interval.low.min(mean), high: interval.high.max(mean) })
}

/// What a planned trial comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTrial {
    /// By size.
    pub sizes: Vec<DesignRow>,
    /// Smallest of the sizes at which the power is what is asked for.
    pub by_power: Option<u32>,
    /// Smallest of the sizes at which the assurance is.
    pub by_assurance: Option<u32>,
    /// Share of draws in which the arm does better in a trial of the largest size, significant or not: no assurance goes beyond it.
    pub better_fraction: f64,
    /// Draws that the posterior is worth, by its weights: 1/Σw².
    pub effective_draws: f64,
}

/// Fewer draws than this leave an assurance open.
const ENOUGH: f64 = 40.0;

impl PlannedTrial {
    pub(super) fn new(
        question: &DesignQuestion,
        drawn: &[DrawnTrials],
        fitted: &[DrawnTrials],
        effective_draws: f64,
    ) -> Self {
        let sizes: Vec<DesignRow> =
            (0..question.sizes.len()).map(|at| DesignRow::new(question, at, drawn, fitted)).collect();
        let first = |of: fn(&DesignRow) -> f64| {
            // One that a larger trial does not keep up was luck.
            let enough = sizes.iter().rposition(|row| of(row) < question.power).map_or(0, |last| last + 1);
            sizes.get(enough).map(|row| row.patients)
        };
        let better = drawn
            .iter()
            .filter(|trials| trials.hazard_ratios.last().copied().flatten().is_some_and(|ratio| ratio < 1.0));
        Self {
            by_power: first(|row| row.power_fraction),
            by_assurance: first(|row| row.assurance_fraction),
            better_fraction: better.count() as f64 / drawn.len().max(1) as f64,
            effective_draws,
            sizes,
        }
    }

    /// Whether there are too few draws to say what the assurance is.
    pub fn is_open(&self) -> bool {
        self.effective_draws < ENOUGH
    }
}

//! What a candidate came to in each patient.

use crate::trial::outcome::{DAYS_PER_MONTH, Ended, FollowedSpan, Outcome};

/// Columns of a patient by which candidates are compared.
pub(super) const COLUMNS: usize = 4;
/// Time to failure of strategy, months.
pub(super) const TFS: usize = 0;
/// Time to growth, months.
pub(super) const GROWTH: usize = 1;
/// Days with drug toxicity of grade 3 or 4.
pub(super) const DAYS: usize = 2;
/// Whether there was a dose-limiting event in the first cycle.
pub(super) const LIMITING: usize = 3;

/// What a strategy came to in a patient, to the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PatientMeasures {
    /// Number of the patient.
    pub patient: u32,
    columns: [f64; COLUMNS],
    /// Dose intensity to progression, mean over the drugs that were given; `None` without any.
    pub intensity: Option<f64>,
    /// Whether two drugs were given.
    pub second_drug: bool,
    /// Whether follow-up ended before the horizon without an event.
    pub is_cut: bool,
}

impl PatientMeasures {
    /// From an outcome, to a horizon; dose-limiting events count up to a day.
    pub fn new(outcome: &Outcome, horizon: u32, limiting: u32) -> Self {
        let strategy = &outcome.strategy;
        let months = |span: FollowedSpan| f64::from(span.days.min(horizon)) / DAYS_PER_MONTH;
        let given: Vec<f64> = strategy.intensities.iter().copied().flatten().collect();
        let is_cut = |span: FollowedSpan| span.ended == Ended::Censored && span.days < horizon;
        let limited = outcome.dose_limiting.is_some_and(|day| day <= limiting);
        Self {
            patient: outcome.patient,
            columns: [
                months(strategy.tfs),
                months(strategy.growth),
                f64::from(strategy.severe_days(horizon)),
                f64::from(u8::from(limited)),
            ],
            intensity: (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64),
            second_drug: strategy.second_drug,
            is_cut: is_cut(strategy.tfs) || is_cut(strategy.growth),
        }
    }

    /// What candidates are compared by.
    pub fn columns(&self) -> [f64; COLUMNS] {
        self.columns
    }

    #[cfg(test)]
    pub fn of(patient: u32, columns: [f64; COLUMNS]) -> Self {
        Self { patient, columns, intensity: None, second_drug: false, is_cut: false }
    }
}

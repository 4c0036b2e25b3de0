//! Whom a chart is about, and how the trial follows its patients.

use std::sync::Arc;

use super::TrialView;
use super::draws::VisitDraw;
use super::mortality::background;
use crate::biology::marker::chromogranin_a;
use crate::numbers::DAYS_PER_YEAR;
use crate::scenario::{Assessment, Conduct, Sex};
use crate::tissue::random::StreamKey;

/// Chromogranin A above which trials count it as elevated: twice the upper limit of normal, 36.4 ng/mL.
pub(in crate::trial) const ELEVATED_CGA: f64 = 72.8;
/// Typical chromogranin A at baseline: half of the patients of RADIANT-3 had it elevated (from memory; C).
const TYPICAL_CGA: f64 = ELEVATED_CGA;
/// Typical sum of diameters, mm, at which it is that.
const TYPICAL_SUM_MM: f64 = 110.0;

/// What is known of a patient before the start.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// Whose numbers.
    pub key: StreamKey,
    /// How the trial follows its patients.
    pub assessment: Arc<Assessment>,
    /// Diameters of the lesions at baseline, mm.
    pub diameters_mm: Vec<f64>,
    /// Last day that is simulated.
    pub end: u32,
    /// Day of entry, from that of the first patient.
    pub entry: u32,
    /// Day, from entry, on which the patient withdraws or is lost.
    pub withdraws: Option<u32>,
    /// The view in which tables show the patient.
    pub view: TrialView,
    /// Names of the drugs of each line.
    pub line_drugs: Arc<Vec<Vec<String>>>,
    /// Untreated net growth, per day.
    pub growth: f64,
    /// Age at the start, years.
    pub age_years: f64,
    /// Sex.
    pub sex: Sex,
    /// Chromogranin A per cell, relative to the typical patient.
    pub cga_per_cell: f64,
    /// Loci by which the composition is recorded: for each state (row) whether it has them changed.
    pub marks: Arc<Vec<Vec<bool>>>,
}

impl FollowUp {
    /// Last day, from the patient's entry, that a view shows of the patient; `None` for one who came in after the cut-off.
    pub fn limit(&self, view: &TrialView) -> Option<u32> {
        let seen = match view.cutoff {
            Some(cutoff) => cutoff.checked_sub(self.entry)?,
            None => self.end,
        };
        Some(seen.min(self.end).min(self.withdraws.unwrap_or(u32::MAX)))
    }

    /// Sum of diameters at baseline, mm, without error.
    pub fn baseline_mm(&self) -> f64 {
        self.diameters_mm.iter().sum()
    }

    /// Logarithm of the volume of all lesions relative to the start, from that of each.
    pub fn log_volume(&self, volumes: &[f64]) -> f64 {
        let cubes = |mm: &f64| mm * mm * mm;
        let start: f64 = self.diameters_mm.iter().map(cubes).sum();
        let now: f64 = self.diameters_mm.iter().zip(volumes).map(|(mm, v)| cubes(mm) * v).sum();
        // A tumour that is gone: its logarithm is not needed below this.
        libm::log((now / start).max(1e-9))
    }

    /// Chromogranin A, ng/mL, without the variation within a person, at so many live cells relative to the start and a secretion by each
    /// relative to the untreated sensitive one.
    pub fn cga(&self, cells: f64, secretion: f64) -> f64 {
        let size = self.baseline_mm() / TYPICAL_SUM_MM;
        let start = TYPICAL_CGA * self.cga_per_cell * chromogranin_a(size * size * size);
        start * chromogranin_a(cells) * secretion
    }

    /// Hazard of a death of other causes on a day.
    pub(super) fn other_death(&self, day: u32) -> f64 {
        let age = self.age_years + f64::from(day) / DAYS_PER_YEAR;
        self.assessment.other_death + self.assessment.background_mortality * background(age, self.sex)
    }

    /// Day of entry of a patient, from that of the first one.
    pub fn entry_day(conduct: &Conduct, key: StreamKey) -> u32 {
        let share = conduct.law.quantile(VisitDraw::Entry.of(key, 0).uniform());
        libm::floor(share * f64::from(conduct.accrual)) as u32
    }

    /// Day, from entry, on which a patient withdraws or is lost, if ever.
    pub fn withdrawal_day(conduct: &Conduct, key: StreamKey) -> Option<u32> {
        let waited = VisitDraw::Withdrawal.of(key, 0).exponential() / conduct.withdrawal;
        (waited < f64::from(u32::MAX)).then(|| libm::floor(waited) as u32)
    }
}

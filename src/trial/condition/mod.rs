//! One patient: from scans, troughs and markers under the therapy that was given to what is foreseen under each option.
//!
//! ```text
//! population of the file ─► simulated patients, of the baseline that was measured ─► what was given, then each option (mean field)
//!      each: weight = (density in the population / density as drawn) × likelihood of what is known ─► tail smoothed, k̂, effective size
//! weighted quantiles of the sum of diameters, probabilities of progression and death, by option and day
//! ```
//!
//! The sum of diameters at the start is drawn near the one that was measured, since hardly any patient of a population has it by chance;
//! weights make that good. Where hardly anybody fits, nothing is foreseen, and that is said.

mod answer;
mod candidates;
mod folder;
mod likelihood;
mod row;

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::TrialError;
use super::hooks::TrialHooks;
use super::run::Plan;
use super::surrogate::refusal;
use crate::biology::StateSpace;
use crate::biology::patient::{Distribution, PatientParameter};
use crate::engine::EngineError;
use crate::scenario::{CohortChange, Loaded, Scenario};
use crate::simulation::RunError;

use candidates::{Candidate, PreparedQuestion};
pub use folder::{CONDITION_FOLDER, ConditionSummary};
use likelihood::KnownPatient;
pub use row::{ConditionedPatient, FanRow, Learnt, ScanFit};

/// Effective patients below which the data do not say.
pub const ENOUGH: f64 = 50.0;
/// Days between what is foreseen.
const STEP: u32 = 14;
/// Quantiles of what is foreseen.
const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// How much wider than the error of a reading the sum at the start is drawn.
const WIDER: f64 = 1.5;
/// SDs of a reading by which the nearest patient may miss a scan.
const MISSED: f64 = 4.0;

/// What is asked of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionQuestion {
    /// Simulated patients.
    pub patients: u32,
}

impl ConditionQuestion {
    /// Answers it for the patient of a file.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a file without a record, or of what the mean field cannot compute; [`TrialError::Scenario`] for scans
    /// that nobody has, with their places; as tumours fail.
    pub fn answer(
        &self,
        loaded: &Loaded,
        threads: usize,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<ConditionedPatient, TrialError> {
        let asked = self.prepared(&loaded.scenario)?;
        let known = KnownPatient::new(asked.record, &asked.population);
        let candidates = self.candidates(&asked, &known, threads, hooks)?;
        let nearest = asked.nearest(&candidates, &known, loaded)?;
        Ok(asked.conditioned(&candidates, nearest))
    }

    /// Whether it can be asked of a file.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`], with a way out.
    pub fn check(&self, scenario: &Scenario) -> Result<(), TrialError> {
        self.prepared(scenario).map(|_| ())
    }

    fn prepared<'a>(&self, scenario: &'a Scenario) -> Result<PreparedQuestion<'a>, TrialError> {
        let refuse = |why: String| Err(TrialError::Input(why));
        let Some(record) = scenario.trial.as_ref().and_then(|trial| trial.record.as_ref()) else {
            return refuse(format!(
                "`{}` says nothing of a patient: it has no [record]; scenarios/questions/patient.toml is a file that does",
                scenario.name
            ));
        };
        if let Some(why) = refusal(scenario) {
            return refuse(format!("the mean field computes the tumours, and this file {why}"));
        }
        let mut own = scenario.clone().without_ledger();
        if let Some(trial) = &mut own.trial {
            trial.cohort.lesions = trial.cohort.lesions.or(record.lesions());
        }
        let population = Plan::new(&own, Some(self.patients))?;
        population.check()?;
        let law = population.cohort.distributions()[PatientParameter::DiameterSum.index()];
        let near = KnownPatient::new(record, &population).reading_sd().max(0.01) * WIDER;
        if let (Distribution::LogNormal { .. }, Some(trial)) = (law.distribution, &mut own.trial) {
            let (typical, spread) = (record.baseline_mm(), Some(near));
            let quantity = PatientParameter::DiameterSum.name().to_owned();
            trial.cohort.changes.push(CohortChange { quantity, typical, spread, fixed: None });
        }
        let drawn = Plan::new(&own, Some(self.patients))?;
        Ok(PreparedQuestion { record, population, drawn })
    }

    fn candidates(
        &self,
        asked: &PreparedQuestion<'_>,
        known: &KnownPatient<'_>,
        threads: usize,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<Vec<Candidate>, TrialError> {
        hooks.listener.begins("patients", self.patients.into());
        let (told, stop) = (Mutex::new((&mut hooks.listener, 0)), hooks.stop);
        let space = StateSpace::new(&asked.drawn.scenario);
        let one = |id: u32| {
            let candidate = asked.candidate(&space, known, id, stop)?;
            let (listener, done) = &mut *told.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            listener.progress(*done, self.patients.into());
            Ok(candidate)
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
        let pool = pool.map_err(|e| RunError::from(EngineError::Threads(e.to_string())))?;
        let all: Vec<Result<Candidate, TrialError>> =
            pool.install(|| (0..self.patients).into_par_iter().map(one).collect());
        all.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;

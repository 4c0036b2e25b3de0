//! Trials that leave no files.

use std::sync::atomic::AtomicUsize;

use super::Results;
use crate::simulation::RunError;
use crate::trial::error::TrialError;
use crate::trial::run::{PatientRun, PatientSink, Plan, TrialEnding, TrialOptions, run};

struct Keep<'a>(&'a mut Results);

impl PatientSink for Keep<'_> {
    fn progress(&mut self, _done: u32, _all: u32) {}

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.0.add(&run);
        Ok(())
    }
}

/// Runs a trial in memory.
///
/// # Errors
///
/// As [`run`], and [`TrialError::Stopped`].
pub fn simulate(plan: &Plan, choices: &TrialOptions, stop: &AtomicUsize) -> Result<Results, TrialError> {
    let mut results = Results::new(plan);
    match run(plan, choices, &mut Keep(&mut results), stop)? {
        TrialEnding::Done(_) => Ok(results),
        TrialEnding::Stopped(signal) => Err(TrialError::Stopped(signal)),
    }
}

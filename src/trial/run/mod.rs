//! Running a trial: every patient of the cohort through every arm.
//!
//! ```text
//! Plan ─► for each patient, on one of the workers:
//!           VirtualPatient ─► Job, starting lesions (the same in all arms)
//!           for each arm (on a GPU all at once):   PatientBatch with the arm's TreatmentSetup and a Chart ─► Outcome
//!      ─► Results, in the order of patients, whoever finished first
//! ```
//!
//! Patients share nothing but the plan, so that neither the number of workers, nor the backend, nor who else is in the cohort
//! changes a bit of anybody's outcome. Memory is that of the patients who are simulated at the moment, and of a few numbers for
//! each of those who are done.

mod lattice;
mod patient;
mod plan;
mod pool;
mod trajectory;

pub use patient::{ArmRun, PatientRun, try_out};
pub use plan::{Plan, PlanError};
pub use pool::{PatientFailure, PatientSink, TrialEnding, TrialOptions, run};
pub use trajectory::PatientTrajectory;

#[cfg(test)]
mod tests;

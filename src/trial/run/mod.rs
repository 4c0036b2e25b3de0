//! Running a trial: every patient of the cohort through every arm.
//!
//! ```text
//! Plan ─► for each patient, on one of the workers:
//!           VirtualPatient ─► Job, starting lesions (the same in all arms)
//!      many of them, all arms at once, one batch of a worker's Seat:
//!           lesions settle; then PatientBatch with the arms' TreatmentSetups and Charts ─► Outcomes, each as soon as it is there
//!      ─► Results, in the order of patients, whoever finished first
//! ```
//!
//! A worker is a thread of the CPU, or a device with a share of the threads: `room.rs` says how many patients it takes at a time. What a
//! device fails at goes back to those who are left, and to the CPU once no device is.
//!
//! Patients share nothing but the plan and a batch, so that neither the number of workers, nor the backend, nor who else is in the
//! cohort changes a bit of anybody's outcome. Memory is that of the patients who are simulated at the moment, and of a few numbers
//! for each of those who are done.

mod lattice;
mod patient;
mod plan;
mod pool;
mod room;
mod together;
mod trajectory;

pub use patient::{ArmRun, PatientRun, try_out};
pub use plan::{Plan, PlanError};
pub use pool::{PatientFailure, PatientSink, TrialEnding, TrialOptions, run};
pub use trajectory::PatientTrajectory;

#[cfg(test)]
mod tests;

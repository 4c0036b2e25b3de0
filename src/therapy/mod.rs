//! Therapy of one patient: what is given, and what becomes of it in the body.
//!
//! ```text
//! Therapy (plan) + catalogue ─► Protocol ─┐
//! Patient (id, seed, body) ───────────────┴► TreatmentCourse: a DayReport per day, a Decision per visit, a TreatmentRecord
//! ```
//!
//! Everything about one patient is a function of the plan, the patient and the measurements so far: a course is
//! replayed from its measurements. Random numbers are keyed by (seed, patient, purpose, event, day), never by order or arm.
//!
//! | in this room | what |
//! |---|---|
//! | `pk/` | compartments, differences between patients, exact propagation; `radiation.rs`; `checks/` against published figures |
//! | `local.rs` | what is at the tumour: unbound concentrations, effects on vessels, procedures |
//! | `protocol.rs`, `regimen.rs` | a plan with its drugs looked up; doses of a day, reduced doses |
//! | `course/` | one patient's days: lines, doses, visits; what it was told, and its replay |
//! | `troughs.rs` | doses that follow measured troughs |
//! | `toxicity/`, `dosing.rs` | adverse events, and what the label does about them; `populations/` against trials |
//! | `response.rs`, `record.rs` | RECIST on one volume; what is left of a course |

pub mod course;
mod dosing;
mod local;
mod multiple;
pub mod pk;
pub mod prescription;
mod protocol;
mod record;
pub mod regimen;
pub mod response;
pub mod toxicity;
mod troughs;

#[cfg(test)]
mod populations;
#[cfg(test)]
pub(crate) mod support;

pub use course::try_out;
pub use local::{Cut, LocalExposure, VesselEffect};
pub use protocol::{Protocol, ProtocolError};
pub use record::{Action, DrugRecord, EndReason, LineRecord, StopReason, TreatmentRecord};
pub use troughs::TroughDecision;

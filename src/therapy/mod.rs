//! Therapy of one patient: what is given, and what becomes of it in the body.
//!
//! ```text
//! Therapy (plan) + catalogue ─► Protocol ─┐
//! Patient (id, seed, body) ───────────────┴► Course: a DayReport per day, a Decision per visit, a Record
//! ```
//!
//! Everything about one patient is a function of the plan, the patient and the measurements so far: a course is
//! replayed from its measurements. Random numbers are keyed by (seed, patient, purpose, event, day), never by order or arm.

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

#[cfg(test)]
mod populations;
#[cfg(test)]
pub(crate) mod support;

pub use course::try_out;
pub use local::{Cut, LocalExposure, VesselEffect};
pub use protocol::{Protocol, ProtocolError};
pub use record::{Action, DrugRecord, EndReason, LineRecord, Record, StopReason};

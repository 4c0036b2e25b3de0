//! Therapy of one patient: what is given, and what becomes of it in the body.
//!
//! ```text
//! Therapy (plan) + catalogue ─► Protocol ─┐
//! Patient (id, seed, body) ───────────────┴► Course: a DayReport per day, a Decision per visit, a Record
//! ```
//!
//! Everything about one patient is a function of the plan, the patient and the measurements so far: a course is
//! replayed from its measurements. Random numbers are keyed by (seed, patient, purpose, event, day), never by order or arm.

pub mod pk;

pub mod regimen;
pub mod response;
pub mod toxicity;

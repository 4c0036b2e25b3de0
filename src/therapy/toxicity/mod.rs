//! Adverse events of one patient, day by day.
//!
//! An event of a drug has a hazard that follows the patient's exposure ([`DayHazard`]). Organ classes that two drugs
//! share have their grade 3 and 4 hazards multiplied while both are in the body. Beside that the disease itself has
//! events of grade 3 and 4. There is no frailty: patients differ by their exposure alone.

mod draws;
mod hazard;
mod watch;

pub use hazard::{DayHazard, presence};
pub use watch::{AdverseEvent, AdverseEventMonitor, DoseExposure};

pub(crate) use draws::ToxicityDraw;

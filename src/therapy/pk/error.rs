//! What can be wrong with a patient's parameters or a dose.

use thiserror::Error;

/// Why pharmacokinetics cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PkError {
    /// A parameter that is not usable.
    #[error("use {path} = {value}: expected {expected}")]
    Parameter {
        /// Its path in the drug's file, e.g. `pk.metabolite.clearance`.
        path: String,
        /// Its value.
        value: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// A dose for another day than the current one.
    #[error("give a dose on day {day}: the course is at day {current}")]
    Day {
        /// The day asked for.
        day: u32,
        /// The day that the course is at.
        current: u32,
    },
}

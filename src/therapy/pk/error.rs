//! What can be wrong with a patient's parameters or with a dose.

use thiserror::Error;

/// Why pharmacokinetics cannot be computed. Messages read well after "failed to".
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PkError {
    /// A parameter that is out of its range.
    #[error("use {path} = {value}: expected {expected}")]
    Parameter {
        /// Its path within the drug's `pk` (or `kills`) table, e.g. `metabolite.clearance`.
        path: String,
        /// Its value.
        value: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// A parameter without which another one has no meaning.
    #[error("use {path}: it needs {needed}")]
    Missing {
        /// The parameter that is there.
        path: String,
        /// What is not.
        needed: &'static str,
    },
    /// Two parameters that exclude each other.
    #[error("use {first} together with {second}: {reason}")]
    Conflict {
        /// One of them.
        first: &'static str,
        /// The other one.
        second: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A rate, made of two parameters, that is too large to compute with.
    #[error("use {path}: it makes a rate of {rate:e} per hour, expected at most {limit:e}")]
    Rate {
        /// The parameters.
        path: String,
        /// The rate, 1/h.
        rate: f64,
        /// The limit, 1/h.
        limit: f64,
    },
    /// A correlation of a parameter that does not exist or does not vary.
    #[error("use a correlation of {path}: this drug has no such parameter with a coefficient of variation")]
    Uncorrelated {
        /// The path as written.
        path: String,
    },
    /// Correlations that cannot hold together.
    #[error("use the correlations of {path}: they contradict each other (not positive semidefinite)")]
    Correlations {
        /// The parameter at which the contradiction shows.
        path: String,
    },
    /// A body weight that is none.
    #[error("use a body weight of {value} kg: expected a number above 0")]
    Weight {
        /// The value.
        value: f64,
    },
    /// A dose for another day than the current one.
    #[error("give a dose on day {day}: the course is at day {current}")]
    Day {
        /// The day asked for.
        day: u32,
        /// The day that the course is at.
        current: u32,
    },
    /// An hour that is not one of a day.
    #[error("give a dose at hour {hour}: expected 0 or more and less than 24")]
    Hour {
        /// The hour asked for.
        hour: f64,
    },
    /// An amount that is none.
    #[error("give a dose of {amount}: expected a finite number, 0 or more")]
    Amount {
        /// The amount.
        amount: f64,
    },
}

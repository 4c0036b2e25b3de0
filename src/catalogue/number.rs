//! A number that says where it comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::named;

named! {
    /// How sure a number is, as in the project's table of sources.
    #[derive(Deserialize, JsonSchema)]
    pub enum Confidence {
        /// Direct human number, or from a label or a phase III trial.
        A = "A",
        /// One good study, or a re-derivation.
        B = "B",
        /// Order of magnitude, or a choice of the model.
        C = "C",
    }
}

/// A parameter with its spread between patients and its source.
///
/// The unit is fixed by the field that holds it; the reader has converted it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Number {
    /// The typical value.
    pub value: f64,
    /// Coefficient of variation between patients of a log-normal law (ω² = ln(1 + CV²)); 0: none.
    pub cv: f64,
    /// Where it comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Number {
    /// Beginning of the source of a number that nobody gave: it says that something is not there.
    pub const DEFAULT: &str = "default";

    /// Whether this is a default of the file format, such as a Hill exponent of 1.
    pub fn is_default(&self) -> bool {
        self.source.starts_with(Self::DEFAULT)
    }

    /// Standard deviation of the logarithm between patients.
    pub fn log_sd(&self) -> f64 {
        libm::sqrt(libm::log1p(self.cv * self.cv))
    }
}

/// What a parameter is, and so its range and how it varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A clearance or flow, L/h.
    Clearance,
    /// A clearance to and from a peripheral compartment.
    PeripheralClearance,
    /// A volume, L.
    Volume,
    /// A volume of a peripheral compartment.
    PeripheralVolume,
    /// Any other number above 0.
    Positive,
    /// A share, 0 to 1; varies by its odds.
    Share,
    /// A share of a depot: varies by its weight among the shares.
    Weight,
    /// Mean time of a depot's share, 0 or more: varies by the time since the one before.
    Time,
}

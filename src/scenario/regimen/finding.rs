//! What does not fit of a regimen.

use super::Body;
use super::sound::Part;
use crate::catalogue::{Dose, DoseUnit, Drug};
use crate::scenario::error::Severity;

/// Something about a regimen that does not fit its drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Errors are impossible; warnings are computed all the same.
    pub severity: Severity,
    /// What it is about.
    pub part: Part,
    /// What was found.
    pub message: String,
    /// What is expected, beginning with that word.
    pub expected: String,
    /// The way out.
    pub help: String,
}

/// A dose as it compares with another one: mg for a body, or its own unit where that is not a mass.
pub(super) fn comparable(dose: &Dose, drug: &Drug, body: &Body) -> (f64, DoseUnit) {
    let per_mg = drug.units_per_mg.as_ref().map(|n| n.value);
    let mass = match dose.unit {
        DoseUnit::Milligram | DoseUnit::MilligramPerKilogram | DoseUnit::MilligramPerSquareMetre => true,
        DoseUnit::MegaUnit => per_mg.is_some(),
        DoseUnit::Gigabecquerel | DoseUnit::Nanomolar | DoseUnit::Percent => false,
    };
    (body.amount(dose, per_mg), if mass { DoseUnit::Milligram } else { dose.unit })
}

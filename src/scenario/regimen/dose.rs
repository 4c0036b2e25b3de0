//! Amounts and units of a dose.

use super::error::{DoseProblem, DoseTextError};
use crate::catalogue::{Dose, DoseUnit};
use crate::scenario::units::{number_length, number_text};

/// Largest number in a dose.
pub const MOST_DOSE: f64 = 1e6;

/// Units as written, what they are, and factor and divisor to the stored unit.
static UNITS: &[(&str, DoseUnit, f64, f64)] = &[
    ("mg", DoseUnit::Milligram, 1.0, 1.0),
    ("g", DoseUnit::Milligram, 1000.0, 1.0),
    ("ug", DoseUnit::Milligram, 1.0, 1000.0),
    ("µg", DoseUnit::Milligram, 1.0, 1000.0),
    ("μg", DoseUnit::Milligram, 1.0, 1000.0),
    ("mcg", DoseUnit::Milligram, 1.0, 1000.0),
    ("mg/kg", DoseUnit::MilligramPerKilogram, 1.0, 1.0),
    ("mg/m2", DoseUnit::MilligramPerSquareMetre, 1.0, 1.0),
    ("mg/m²", DoseUnit::MilligramPerSquareMetre, 1.0, 1.0),
    ("mg/m^2", DoseUnit::MilligramPerSquareMetre, 1.0, 1.0),
    ("GBq", DoseUnit::Gigabecquerel, 1.0, 1.0),
    ("MBq", DoseUnit::Gigabecquerel, 1.0, 1000.0),
    ("MU", DoseUnit::MegaUnit, 1.0, 1.0),
    ("MIU", DoseUnit::MegaUnit, 1.0, 1.0),
    ("nM", DoseUnit::Nanomolar, 1.0, 1.0),
    ("uM", DoseUnit::Nanomolar, 1000.0, 1.0),
    ("µM", DoseUnit::Nanomolar, 1000.0, 1.0),
    ("μM", DoseUnit::Nanomolar, 1000.0, 1.0),
    ("%", DoseUnit::Percent, 1.0, 1.0),
    ("percent", DoseUnit::Percent, 1.0, 1.0),
];

/// Units that people write, and what to write instead.
static FOREIGN: &[(&str, Option<&str>)] = &[
    ("ng", Some("ug")),
    ("kg", None),
    ("ml", None),
    ("tablet", Some("mg")),
    ("tablets", Some("mg")),
    ("pills", Some("mg")),
    ("capsules", Some("mg")),
    ("mCi", Some("GBq")),
    ("Ci", Some("GBq")),
    ("Bq", Some("GBq")),
    ("kBq", Some("MBq")),
    ("Gy", Some("GBq")),
    ("IU", Some("MU")),
    ("units", Some("MU")),
    ("nm", Some("nM")),
    ("um", Some("uM")),
    ("mM", Some("uM")),
    ("pM", Some("nM")),
    ("ng/mL", Some("nM")),
    ("ug/kg", Some("mg/kg")),
];

/// What a word after a number may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum UnitWord {
    /// A unit, its factor and divisor to the stored one.
    Known(DoseUnit, f64, f64),
    /// A unit per day.
    PerDay(&'static str),
    /// A unit that is not used here.
    Foreign(Option<&'static str>),
}

/// Judges a word as a unit; `None` if it does not look like one.
pub(super) fn unit(word: &str) -> Option<UnitWord> {
    if let Some(exact) = UNITS.iter().find(|u| u.0 == word) {
        return Some(UnitWord::Known(exact.1, exact.2, exact.3));
    }
    if let Some((_, instead)) = FOREIGN.iter().find(|f| f.0 == word) {
        return Some(UnitWord::Foreign(*instead));
    }
    let stem = ["/d", "/day"].iter().find_map(|day| word.strip_suffix(day));
    if let Some(known) = stem.and_then(|stem| UNITS.iter().find(|u| u.0.eq_ignore_ascii_case(stem))) {
        return Some(UnitWord::PerDay(known.0));
    }
    // Molar units differ from lengths by their capital alone, so case counts there.
    let molar = |u: &(&str, DoseUnit, f64, f64)| u.1 == DoseUnit::Nanomolar;
    let loose = UNITS.iter().find(|u| !molar(u) && u.0.eq_ignore_ascii_case(word));
    if let Some(known) = loose {
        return Some(UnitWord::Known(known.1, known.2, known.3));
    }
    FOREIGN.iter().find(|f| f.0.eq_ignore_ascii_case(word)).map(|f| UnitWord::Foreign(f.1))
}

/// A number that a word begins with, and the rest of the word.
pub(super) fn leading_number(word: &str) -> Option<(&str, &str)> {
    let length = number_length(word);
    (length > 0 && !word.starts_with('+')).then(|| word.split_at(length))
}

/// Number and unit as a dose.
pub(super) fn amount(number: &str, unit_text: &str) -> Result<Dose, DoseProblem> {
    let (unit, factor, divisor) = match unit(unit_text) {
        Some(UnitWord::Known(unit, factor, divisor)) => (unit, factor, divisor),
        Some(UnitWord::PerDay(unit)) => {
            return Err(DoseProblem::PerDay { number: number.to_owned(), unit });
        }
        Some(UnitWord::Foreign(instead)) => {
            return Err(DoseProblem::UnknownUnit { unit: unit_text.to_owned(), instead });
        }
        None if unit_text.is_empty() => return Err(DoseProblem::NoUnit { number: number.to_owned() }),
        None => return Err(DoseProblem::UnknownUnit { unit: unit_text.to_owned(), instead: None }),
    };
    let value: f64 = number.parse().unwrap_or(f64::NAN);
    Ok(Dose { amount: value * factor / divisor, unit })
}

/// Reads an amount with its unit, such as `10 mg`.
///
/// # Errors
///
/// What is wrong with it; the dose itself is not judged (see [`sound`](super::sound)).
pub fn parse_dose(text: &str) -> Result<Dose, DoseTextError> {
    let start = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let whole = start..start + trimmed.len();
    let Some((number, rest)) = leading_number(trimmed) else {
        let problem = if trimmed.is_empty() {
            DoseProblem::Empty
        } else {
            DoseProblem::NoUnit { number: trimmed.to_owned() }
        };
        return Err(DoseTextError::new(whole, problem));
    };
    let comma = rest.strip_prefix(',').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    if comma {
        let number = trimmed.split_whitespace().next().unwrap_or(trimmed).to_owned();
        return Err(DoseTextError::new(whole, DoseProblem::DecimalComma { number }));
    }
    amount(number, rest.trim()).map_err(|problem| DoseTextError::new(whole, problem))
}

/// The symbol of a unit.
pub(super) fn symbol(unit: DoseUnit) -> &'static str {
    match unit {
        DoseUnit::Milligram => "mg",
        DoseUnit::MilligramPerKilogram => "mg/kg",
        DoseUnit::MilligramPerSquareMetre => "mg/m2",
        DoseUnit::Gigabecquerel => "GBq",
        DoseUnit::MegaUnit => "MU",
        DoseUnit::Nanomolar => "nM",
        DoseUnit::Percent => "%",
    }
}

/// A dose as text that [`parse_dose`] reads back.
pub fn text(dose: &Dose) -> String {
    format!("{} {}", number_text(dose.amount), symbol(dose.unit))
}

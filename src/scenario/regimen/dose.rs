//! Amounts and units of a dose.

use super::error::{DoseProblem, DoseTextError};
use crate::catalogue::{Dose, DoseUnit};
use crate::scenario::shown::cut;
use crate::scenario::units::{DOSES, Dimension, Written, decimal_comma, number_length, number_text};

/// Largest number in a dose.
pub const MAX_DOSE: f64 = 1e6;

/// Units that are not those of doses, and what may be meant.
static FOREIGN: &[(&str, Option<&str>)] = &[
    ("kg", None),
    ("ml", None),
    ("tablet", Some("mg")),
    ("tablets", Some("mg")),
    ("pills", Some("mg")),
    ("capsules", Some("mg")),
    ("Gy", Some("GBq")),
    ("nm", Some("nM")),
    ("um", Some("uM")),
    ("ng/mL", Some("nM")),
    ("mg/week", Some("mg weekly")),
    ("mg/wk", Some("mg weekly")),
    ("mg/month", Some("mg monthly")),
];

/// What a word after a number may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum UnitWord {
    /// A unit of doses.
    Known(Written),
    /// A unit per day.
    PerDay(Written),
    /// A unit that is not one of doses, and what may be meant.
    Foreign(Option<&'static str>),
}

fn of_doses(written: Option<Written>) -> Option<Written> {
    written.filter(|w| DOSES.contains(&w.unit.dimension))
}

/// Judges a word as a unit; `None` if it does not look like one.
pub(super) fn unit(word: &str) -> Option<UnitWord> {
    if let Some(exact) = of_doses(Written::of(word)) {
        return Some(UnitWord::Known(exact));
    }
    if let Some((_, instead)) = FOREIGN.iter().find(|f| f.0 == word) {
        return Some(UnitWord::Foreign(*instead));
    }
    if let Some(known) = per_day(word).and_then(|stem| of_doses(Written::loosely(stem))) {
        return Some(UnitWord::PerDay(known));
    }
    // Molar units differ from lengths by their capital alone, so case counts there.
    let loose = of_doses(Written::loosely(word)).filter(|w| w.unit.dimension != Dimension::Molarity);
    let foreign = || FOREIGN.iter().find(|f| f.0.eq_ignore_ascii_case(word));
    loose.map(UnitWord::Known).or_else(|| foreign().map(|f| UnitWord::Foreign(f.1)))
}

/// The unit of `mg/day`.
fn per_day(word: &str) -> Option<&str> {
    ["/d", "/day"].iter().find_map(|day| word.strip_suffix(day))
}

fn kind(dimension: Dimension) -> DoseUnit {
    match dimension {
        Dimension::DoseByWeight => DoseUnit::MilligramPerKilogram,
        Dimension::DoseBySurface => DoseUnit::MilligramPerSquareMetre,
        Dimension::Activity => DoseUnit::Gigabecquerel,
        Dimension::MegaUnits => DoseUnit::MegaUnit,
        Dimension::Molarity => DoseUnit::Nanomolar,
        Dimension::Percentage => DoseUnit::Percent,
        _ => DoseUnit::Milligram,
    }
}

/// A number that a word begins with, and the rest of the word.
pub(super) fn leading_number(word: &str) -> Option<(&str, &str)> {
    let length = number_length(word);
    (length > 0 && !word.starts_with('+')).then(|| word.split_at(length))
}

/// Number and unit as a dose, and whether it is one a day: `10 mg/day`.
pub(super) fn amount(number: &str, unit_text: &str) -> Result<(Dose, bool), DoseProblem> {
    let value: f64 = number.parse().unwrap_or(f64::NAN);
    let dose = |w: Written| Dose { amount: w.canonical(value), unit: kind(w.unit.dimension) };
    match unit(unit_text) {
        Some(UnitWord::Known(written)) => Ok((dose(written), false)),
        Some(UnitWord::PerDay(written)) => Ok((dose(written), true)),
        Some(UnitWord::Foreign(instead)) => {
            Err(DoseProblem::UnknownUnit { unit: unit_text.to_owned(), instead })
        }
        None if unit_text.is_empty() => Err(DoseProblem::NoUnit { number: cut(number) }),
        None => Err(DoseProblem::UnknownUnit { unit: unit_text.to_owned(), instead: None }),
    }
}

/// The problem of a dose a day where its doses are something else.
pub(super) fn not_single(dose: &Dose) -> DoseProblem {
    DoseProblem::PerDay { dose: text(dose) }
}

/// Reads an amount with its unit, such as `10 mg`.
///
/// # Errors
///
/// What is wrong with it; the dose itself is not judged (see [`sound`](super::sound())).
pub fn parse_dose(text: &str) -> Result<Dose, DoseTextError> {
    let start = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let whole = start..start + trimmed.len();
    let Some((number, rest)) = leading_number(trimmed) else {
        let problem = if trimmed.is_empty() {
            DoseProblem::Empty
        } else {
            DoseProblem::NoUnit { number: cut(trimmed) }
        };
        return Err(DoseTextError::new(whole, problem));
    };
    if let Some(number) = decimal_comma(trimmed, number.len()) {
        return Err(DoseTextError::new(whole, DoseProblem::DecimalComma { number: cut(number) }));
    }
    match amount(number, rest.trim()) {
        Ok((dose, false)) => Ok(dose),
        Ok((dose, true)) => Err(DoseTextError::new(whole, not_single(&dose))),
        Err(problem) => Err(DoseTextError::new(whole, problem)),
    }
}

/// A dose as text that [`parse_dose`] reads back.
pub fn text(dose: &Dose) -> String {
    format!("{} {}", number_text(dose.amount), dose.unit.word())
}

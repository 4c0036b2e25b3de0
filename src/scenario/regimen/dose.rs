//! Amounts and units of a dose.

use super::error::{DoseProblem, DoseTextError};
use crate::catalogue::{Dose, DoseUnit};
use crate::scenario::units::{DOSES, Dimension, UNITS, Unit, number_length, number_text};
use crate::scenario::value::cut;

/// Largest number in a dose.
pub const MOST_DOSE: f64 = 1e6;

/// Other spellings of units of doses.
static SPELLINGS: &[(&str, &str)] = &[
    ("µg", "ug"),
    ("μg", "ug"),
    ("mcg", "ug"),
    ("mg/m²", "mg/m2"),
    ("mg/m^2", "mg/m2"),
    ("MIU", "MU"),
    ("µM", "uM"),
    ("μM", "uM"),
    ("percent", "%"),
];

/// A unit that people write: what to write instead, and how many of it one is, where it is known.
type Foreign = (&'static str, Option<&'static str>, Option<f64>);

/// Units that people write, and what to write instead.
static FOREIGN: &[Foreign] = &[
    ("ng", Some("ug"), Some(1e-3)),
    ("kg", None, None),
    ("ml", None, None),
    ("tablet", Some("mg"), None),
    ("tablets", Some("mg"), None),
    ("pills", Some("mg"), None),
    ("capsules", Some("mg"), None),
    ("mCi", Some("GBq"), Some(0.037)),
    ("Ci", Some("GBq"), Some(37.0)),
    ("Bq", Some("GBq"), Some(1e-9)),
    ("kBq", Some("MBq"), Some(1e-3)),
    ("Gy", Some("GBq"), None),
    ("IU", Some("MU"), Some(1e-6)),
    ("units", Some("MU"), Some(1e-6)),
    ("nm", Some("nM"), None),
    ("um", Some("uM"), None),
    ("mM", Some("uM"), Some(1e3)),
    ("ng/mL", Some("nM"), None),
    ("ug/kg", Some("mg/kg"), Some(1e-3)),
];

/// A dose of a foreign unit in one that is known, or that unit alone.
fn instead(number: f64, foreign: &Foreign) -> Option<String> {
    let unit = foreign.1?;
    // Twelve digits: a product such as 200 x 0.037 is 7.4 and no more.
    let amount = |factor: f64| number_text(format!("{:.11e}", number * factor).parse().unwrap_or(f64::NAN));
    let known = foreign.2.filter(|factor| (number * factor).is_finite());
    Some(known.map_or_else(|| unit.to_owned(), |factor| format!("{} {unit}", amount(factor))))
}

/// What a word after a number may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum UnitWord {
    /// A unit of doses.
    Known(&'static Unit),
    /// A unit per day.
    PerDay(&'static str),
    /// A unit that is not used here.
    Foreign(&'static Foreign),
}

fn of_doses(fits: impl Fn(&str) -> bool) -> Option<&'static Unit> {
    let spelt = SPELLINGS.iter().find(|s| fits(s.0)).map(|s| s.1);
    let named = |u: &&Unit| spelt.map_or_else(|| fits(u.symbol), |s| s == u.symbol);
    UNITS.iter().filter(|u| DOSES.contains(&u.dimension)).find(named)
}

/// Judges a word as a unit; `None` if it does not look like one.
pub(super) fn unit(word: &str) -> Option<UnitWord> {
    if let Some(exact) = of_doses(|symbol| symbol == word) {
        return Some(UnitWord::Known(exact));
    }
    if let Some(foreign) = FOREIGN.iter().find(|f| f.0 == word) {
        return Some(UnitWord::Foreign(foreign));
    }
    let stem = ["/d", "/day"].iter().find_map(|day| word.strip_suffix(day));
    if let Some(known) = stem.and_then(|stem| of_doses(|symbol| symbol.eq_ignore_ascii_case(stem))) {
        return Some(UnitWord::PerDay(known.symbol));
    }
    // Molar units differ from lengths by their capital alone, so case counts there.
    let loose = of_doses(|symbol| symbol.eq_ignore_ascii_case(word));
    if let Some(known) = loose.filter(|u| u.dimension != Dimension::Molarity) {
        return Some(UnitWord::Known(known));
    }
    FOREIGN.iter().find(|f| f.0.eq_ignore_ascii_case(word)).map(UnitWord::Foreign)
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

/// Number and unit as a dose.
pub(super) fn amount(number: &str, unit_text: &str) -> Result<Dose, DoseProblem> {
    let value: f64 = number.parse().unwrap_or(f64::NAN);
    let unknown = |instead| DoseProblem::UnknownUnit { unit: unit_text.to_owned(), instead };
    match unit(unit_text) {
        Some(UnitWord::Known(unit)) => Ok(Dose { amount: unit.canonical(value), unit: kind(unit.dimension) }),
        Some(UnitWord::PerDay(unit)) => Err(DoseProblem::PerDay { number: cut(number), unit }),
        Some(UnitWord::Foreign(foreign)) => Err(unknown(instead(value, foreign))),
        None if unit_text.is_empty() => Err(DoseProblem::NoUnit { number: cut(number) }),
        None => Err(unknown(None)),
    }
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
    let comma = rest.strip_prefix(',').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    if comma {
        let number = cut(trimmed.split_whitespace().next().unwrap_or(trimmed));
        return Err(DoseTextError::new(whole, DoseProblem::DecimalComma { number }));
    }
    amount(number, rest.trim()).map_err(|problem| DoseTextError::new(whole, problem))
}

/// A dose as text that [`parse_dose`] reads back.
pub fn text(dose: &Dose) -> String {
    format!("{} {}", number_text(dose.amount), dose.unit.word())
}

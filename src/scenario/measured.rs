//! Values with a unit: quantities, doses, and the numbers of the catalogue with their sources.

use toml::de::DeValue;

use super::asked::Asked;
use super::error::{Diagnostic, Span};
use super::regimen::{parse_dose, possible};
use super::shown::{cut, shown};
use super::table::{Bounds, Fallback, Measure};
use super::units::{Dimension, QuantityError, number_text, parse_in, parse_quantity};
use crate::catalogue::Dose;

/// A number of the catalogue in the unit in which it is kept.
pub(crate) fn measured(asked: &Asked<'_>, found: &DeValue<'_>, span: Span, measure: &Measure) -> Option<f64> {
    let (dimension, unit, above_zero) = match measure {
        Measure::Plain(bounds) => return plain(asked, found, span, bounds),
        Measure::Quantity { dimension, unit, above_zero } => (*dimension, *unit, *above_zero),
    };
    let wanted = Wanted { unit, ..Wanted::of(dimension) };
    let value = with_unit(asked, found, span.clone(), &wanted, |text| parse_in(text, dimension, unit))?;
    if value > 0.0 || !above_zero {
        return Some(value);
    }
    asked
        .error(span, format!("`{}` is 0", asked.key.name))
        .help(format!("write for example `{} = {}`", asked.key.name, asked.key.example))
        .fail(asked.cx)
}

/// A dose in any unit of doses, by the parser of dose texts.
pub(crate) fn dose(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Dose> {
    let DeValue::String(text) = found else {
        if matches!(found, DeValue::Integer(_) | DeValue::Float(_)) {
            no_unit(asked, found, span);
        } else {
            asked.mismatch(found, span);
        }
        return None;
    };
    let read = parse_dose(text).map_err(|e| e.problem);
    match read.and_then(|dose| possible(&dose).map(|()| dose)) {
        Ok(dose) => Some(dose),
        Err(problem) => {
            let message = format!("`{}`: {problem}", asked.key.name);
            Diagnostic::error(span, message).label(problem.expected()).help(problem.help()).fail(asked.cx)
        }
    }
}

/// Reports a dose that is a number alone.
fn no_unit(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) {
    let number = number_of(found);
    asked
        .error(span, format!("`{}` needs a unit", asked.key.name))
        .help(format!("write \"{number} mg\", in quotes, if mg is meant"))
        .report(asked.cx);
}

/// A number as it stands in the file.
fn number_of(found: &DeValue<'_>) -> String {
    match found {
        DeValue::Float(f) => cut(f.as_str()),
        DeValue::Integer(i) => cut(&i.to_string()),
        _ => String::new(),
    }
}

/// A number with a unit, in the canonical one of its dimension.
pub(crate) fn dimensioned(
    asked: &Asked<'_>,
    found: &DeValue<'_>,
    span: Span,
    dimension: Dimension,
) -> Option<f64> {
    with_unit(asked, found, span, &Wanted::of(dimension), |text| parse_quantity(text, dimension))
}

/// What a number with a unit has to be, in the words of messages.
struct Wanted {
    /// With its article: "a time".
    name: &'static str,
    /// Units as a list.
    units: String,
    /// The unit that a correction uses.
    unit: &'static str,
    /// A number that goes with it.
    example: &'static str,
}

impl Wanted {
    fn of(dimension: Dimension) -> Wanted {
        Wanted {
            name: dimension.name(),
            units: dimension.unit_list(),
            unit: dimension.usual(),
            example: dimension.example(),
        }
    }
}

/// A rate per day, or a probability per division, and which of them it is.
pub(crate) fn either_rate(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<(f64, Dimension)> {
    let by_division =
        matches!(found, DeValue::String(text) if parse_quantity(text, Dimension::PerDivision).is_ok());
    let dimension = if by_division { Dimension::PerDivision } else { Dimension::Rate };
    Some((dimensioned(asked, found, span, dimension)?, dimension))
}

/// A number with a unit, within bounds of its canonical unit.
pub(crate) fn within(
    asked: &Asked<'_>,
    found: &DeValue<'_>,
    span: Span,
    dimension: Dimension,
    bounds: &Bounds,
) -> Option<f64> {
    let value = dimensioned(asked, found, span.clone(), dimension)?;
    if bounds.contain(value) {
        return Some(value);
    }
    let (name, unit) = (asked.key.name, dimension.canonical());
    let help = match asked.key.default {
        Fallback::Value(text) => format!("the default is {text}"),
        _ => format!("write for example `{name} = {}`", asked.key.example),
    };
    Diagnostic::error(span, format!("`{name}` is out of range: {} {unit}", number_text(value)))
        .label(format!("expected {} {} {unit}", dimension.name(), bounds.text()))
        .help(help)
        .fail(asked.cx)
}

fn with_unit<T>(
    asked: &Asked<'_>,
    found: &DeValue<'_>,
    span: Span,
    wanted: &Wanted,
    parse: impl Fn(&str) -> Result<T, QuantityError>,
) -> Option<T> {
    let name = asked.key.name;
    let Wanted { unit, example, .. } = wanted;
    let error = |message: String| {
        Diagnostic::error(span.clone(), message).label(format!(
            "expected {} with its unit: {}{}",
            wanted.name,
            wanted.units,
            asked.key.kind.or_word()
        ))
    };
    let text = match found {
        DeValue::String(text) => text,
        DeValue::Integer(_) | DeValue::Float(_) => {
            let number = number_of(found);
            asked.cx.report(
                error(format!("`{name}` needs a unit"))
                    .help(format!("write \"{number} {unit}\", in quotes, if {unit} is meant")),
            );
            return None;
        }
        other => {
            asked.mismatch(other, span);
            return None;
        }
    };
    let problem = match parse(text) {
        Ok(value) => return Some(value),
        Err(problem) => problem,
    };
    let diagnostic = match problem {
        QuantityError::NoNumber => {
            let word = asked.word_meant(found);
            error(format!("`{name}` does not begin with a number: {}", shown(text)))
                .help(word.unwrap_or_else(|| format!("write for example \"{example} {unit}\"")))
        }
        QuantityError::NoUnit { number } => error(format!("`{name}` needs a unit"))
            .help(format!("write \"{} {unit}\" if {unit} is meant", cut(&number))),
        QuantityError::DecimalComma { number } => {
            error(format!("a comma in the number {} of `{name}`", cut(&number)))
                .help(format!("write \"{} {unit}\"", cut(&number).replace(',', ".")))
        }
        QuantityError::NotFinite => error(format!("`{name}` must be finite, found {}", shown(text)))
            .help(format!("write for example \"{example} {unit}\"")),
        QuantityError::Negative { magnitude } => {
            error(format!("`{name}` must not be negative, found {}", shown(text)))
                .help(format!("write \"{}\"", cut(&magnitude)))
        }
        QuantityError::WrongDimension { unit: found, measures } => {
            error(format!("`{name}` must be {}, but {} is {measures}", wanted.name, shown(&found)))
                .help(format!("write for example \"{example} {unit}\""))
        }
        QuantityError::UnknownUnit { unit: found, instead: Some(instead) } => {
            error(format!("unknown unit {} of `{name}`", shown(&found)))
                .help(format!("write it with the unit `{instead}`"))
        }
        QuantityError::UnknownUnit { unit: found, instead: None } => {
            error(format!("unknown unit {} of `{name}`", shown(&found)))
                .help(format!("use one of {}", wanted.units))
        }
    };
    asked.cx.report(diagnostic);
    None
}

/// A plain number within bounds.
pub(crate) fn plain(asked: &Asked<'_>, found: &DeValue<'_>, span: Span, bounds: &Bounds) -> Option<f64> {
    let name = asked.key.name;
    let value: f64 = match found {
        // What does not fit 128 bits is beyond every range.
        DeValue::Integer(i) => {
            let beyond = if i.as_str().starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
            i128::from_str_radix(i.as_str(), i.radix()).map_or(beyond, |whole| whole as f64)
        }
        DeValue::Float(f) => f.as_str().parse().unwrap_or(f64::NAN),
        other => {
            let unquoted = matches!(other, DeValue::String(s) if s.trim().parse::<f64>().is_ok());
            if unquoted {
                let DeValue::String(s) = other else {
                    return None;
                };
                asked
                    .error(span, format!("`{name}` has no unit and needs no quotes"))
                    .help(format!("write `{name} = {}`", s.trim()))
                    .report(asked.cx);
            } else {
                asked.mismatch(other, span);
            }
            return None;
        }
    };
    if bounds.contain(value) {
        return Some(value + 0.0);
    }
    let (what, number) = match found {
        DeValue::Integer(i) if value.is_infinite() => ("is out of range", cut(&i.to_string())),
        _ if value.is_finite() => ("is out of range", number_text(value)),
        _ => ("must be a finite number", number_text(value)),
    };
    Diagnostic::error(span, format!("`{name}` {what}: {number}"))
        .label(format!("expected a plain number {}{}", bounds.text(), asked.key.kind.or_word()))
        .help(format!("write for example `{name} = {}`", asked.key.example))
        .fail(asked.cx)
}

//! Whether a regimen fits its drug: unit, route, and the label's largest dose.

use super::dose::text;
use super::sound::Part;
use crate::catalogue::{Dose, DoseUnit, Drug, DrugKind, Route};
use crate::scenario::error::Severity;
use crate::scenario::model::Regimen;

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

/// Judges a regimen against its drug.
pub fn fits(regimen: &Regimen, drug: &Drug) -> Vec<Finding> {
    [dose(regimen, drug), route(regimen, drug), maximum(regimen, drug)].into_iter().flatten().collect()
}

fn error(part: Part, message: String, expected: String, help: String) -> Option<Finding> {
    Some(Finding { severity: Severity::Error, part, message, expected, help })
}

/// Units in which a drug may be dosed, the usual one first.
fn units(drug: &Drug) -> Vec<DoseUnit> {
    use DoseUnit as U;
    let by_kind: &[DoseUnit] = match drug.kind {
        DrugKind::Supportive => &[],
        DrugKind::Procedure => &[U::Percent],
        DrugKind::Radionuclide => &[U::Gigabecquerel],
        DrugKind::Medicine if drug.pk.is_none() => &[],
        DrugKind::Medicine => match label_unit(drug) {
            Some(U::MegaUnit) => &[U::MegaUnit],
            _ => &[U::Milligram, U::MilligramPerKilogram, U::MilligramPerSquareMetre],
        },
    };
    let bath = drug.routes.contains(&Route::Bath).then_some(U::Nanomolar);
    by_kind.iter().copied().chain(bath).collect()
}

fn label_unit(drug: &Drug) -> Option<DoseUnit> {
    super::parse_step(&drug.label.regimen, Some(&drug.name)).ok()?.dose.map(|d| d.unit)
}

/// The label's regimen with the drug's name.
fn usual(drug: &Drug) -> String {
    match super::parse_step(&drug.label.regimen, Some(&drug.name)) {
        Ok(regimen) => regimen.to_string(),
        Err(_) => format!("{} {}", drug.name, drug.label.regimen),
    }
}

fn dose(regimen: &Regimen, drug: &Drug) -> Option<Finding> {
    let units = units(drug);
    let symbols: Vec<&str> = units.iter().map(|u| u.word()).collect();
    let expected = format!("expected a dose in {}", symbols.join(", "));
    let write = format!("write for example \"{}\"", usual(drug));
    match &regimen.dose {
        None if units.is_empty() => None,
        None => error(Part::Dose, format!("`{}` has no dose", drug.name), expected, write),
        Some(given) if units.is_empty() => error(
            Part::Dose,
            format!("`{}` has no doses, but {} is written", drug.name, text(given)),
            "expected the name alone".to_owned(),
            format!("write \"{}\"", drug.name),
        ),
        Some(given) if !units.contains(&given.unit) => error(
            Part::Dose,
            format!("`{}` is not dosed in {}", drug.name, given.unit.word()),
            expected,
            write,
        ),
        Some(_) => None,
    }
}

fn route(regimen: &Regimen, drug: &Drug) -> Option<Finding> {
    let route = regimen.route.filter(|r| !drug.routes.contains(r))?;
    let has: Vec<&str> = drug.routes.iter().map(|r| r.word()).collect();
    error(
        Part::Dose,
        format!("`{}` is not given by this route: {}", drug.name, route.word()),
        format!("expected {}", has.join(", ")),
        "leave the route out: the drug's usual one is taken".to_owned(),
    )
}

/// A single dose above the label's largest one; doses per weight and per surface are not compared with others.
fn maximum(regimen: &Regimen, drug: &Drug) -> Option<Finding> {
    let most: &Dose = drug.label.maximum.as_ref()?;
    let given = regimen.dose.as_ref().filter(|d| d.unit == most.unit && d.amount > most.amount)?;
    Some(Finding {
        severity: Severity::Warning,
        part: Part::Dose,
        message: format!("{} of {} is above the label's largest dose", text(given), drug.name),
        expected: format!("expected at most {}", text(most)),
        help: "results say so too; lower the dose if it is not meant".to_owned(),
    })
}

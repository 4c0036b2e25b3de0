//! Whether a regimen fits its drug: unit, route, and the label's largest dose.

use super::dose::text;
use super::finding::{Finding, comparable};
use super::label::{ROUNDING, reductions};
use super::sound::Part;
use super::unlike::unlike;
use super::{Body, usual};
use crate::catalogue::{Dose, DoseUnit, Drug, DrugKind, Route};
use crate::scenario::error::Severity;
use crate::scenario::model::Regimen;
use crate::scenario::nearest::list;
use crate::scenario::units::number_text;

impl Finding {
    /// The finding with the other forms of the drug, of which one may be meant. A dose that is usual for one of them is
    /// an error: a depot's dose, given at once, is another therapy.
    pub fn with_forms(mut self, regimen: &Regimen, forms: &[&Drug], body: &Body) -> Finding {
        if let Some(form) = forms.iter().find(|form| is_usual_dose(regimen, form, body)) {
            let dose = regimen.dose.as_ref().map_or_else(String::new, text);
            let meant = Regimen { drug: form.name.clone(), route: None, ..regimen.clone() };
            self.severity = Severity::Error;
            self.message = format!("{dose} is a dose of `{}`, and not of `{}`", form.name, regimen.drug);
            self.expected = "expected the name of the form that is meant".to_owned();
            self.help = format!("write \"{meant}\" if that form is meant, or correct the dose");
        } else if !forms.is_empty() {
            let names = list(forms.iter().map(|form| form.name.as_str()));
            self.help = format!("{}; another form of the drug is {names}", self.help);
        }
        self
    }
}

/// Judges a regimen against its drug, for a body by which doses are scaled.
pub fn fits(regimen: &Regimen, drug: &Drug, body: &Body) -> Vec<Finding> {
    if let Some(wrong) = dose(regimen, drug).or_else(|| route(regimen, drug)) {
        return vec![wrong];
    }
    let above = maximum(regimen, drug, body).or_else(|| too_often(regimen, drug, body));
    above.or_else(|| unlike(regimen, drug, body)).into_iter().collect()
}

/// Whether the doses go into a vessel: past the depot, the absorption and the first pass of a drug that has them.
pub fn by_vein(regimen: &Regimen, drug: &Drug) -> bool {
    let route = regimen.route.or(drug.routes.first().copied());
    matches!(route, Some(Route::Intravenous | Route::Intraarterial))
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
    usual(drug)?.dose.map(|d| d.unit)
}

fn dose(regimen: &Regimen, drug: &Drug) -> Option<Finding> {
    let units = units(drug);
    let symbols: Vec<&str> = units.iter().map(|u| u.word()).collect();
    let expected = format!("expected a dose in {}", symbols.join(", "));
    let fits = |regimen: &Regimen| regimen.dose.is_some_and(|d| units.contains(&d.unit));
    let write = usual(drug).filter(fits).map_or_else(
        || format!("{} {} daily", drug.name, example_dose(&units)),
        |regimen| regimen.to_string(),
    );
    let write = format!("write for example \"{write}\"");
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

/// A dose in a unit that the drug has.
fn example_dose(units: &[DoseUnit]) -> String {
    format!("10 {}", units.first().map_or("mg", |u| u.word()))
}

fn route(regimen: &Regimen, drug: &Drug) -> Option<Finding> {
    let route = regimen.route?;
    let leave_out = || "leave the route out: the drug's usual one is taken".to_owned();
    if !drug.routes.contains(&route) {
        let has: Vec<&str> = drug.routes.iter().map(|r| r.word()).collect();
        let message = format!("`{}` is not given by this route: {}", drug.name, route.word());
        return error(Part::Dose, message, format!("expected {}", has.join(", ")), leave_out());
    }
    let bath = regimen.dose.is_some_and(|d| d.unit == DoseUnit::Nanomolar);
    if bath != (route == Route::Bath) {
        let message =
            format!("a dose of `{}` in {} by the route {}", drug.name, unit_of(regimen), route.word());
        return error(
            Part::Dose,
            message,
            "expected nM for a bath, and for nothing else".to_owned(),
            leave_out(),
        );
    }
    let known = drug.routes.iter().copied().find(|r| absorbs(*r).is_some())?;
    let other = absorbs(route).is_some() && absorbs(route) != absorbs(known) && drug.pk.is_some();
    if !other {
        return None;
    }
    let message = format!("the absorption of `{}` is not known for this route: {}", drug.name, route.word());
    error(Part::Dose, message, format!("expected {}, of which it is known", known.word()), leave_out())
}

fn unit_of(regimen: &Regimen) -> &'static str {
    regimen.dose.map_or("no unit", |d| d.unit.word())
}

/// Where a dose waits before it reaches the blood; `None` for a route that leads there at once.
fn absorbs(route: Route) -> Option<&'static str> {
    match route {
        Route::Oral => Some("gut"),
        Route::Subcutaneous | Route::Intramuscular => Some("tissue"),
        Route::Intravenous | Route::Intraarterial | Route::Bath | Route::None => None,
    }
}

/// A single dose above the label's largest one.
fn maximum(regimen: &Regimen, drug: &Drug, body: &Body) -> Option<Finding> {
    let (given, most) = (regimen.dose.as_ref()?, drug.label.maximum.as_ref()?);
    let ((amount, unit), (limit, same)) = (comparable(given, drug, body), comparable(most, drug, body));
    if unit != same || amount <= limit * (1.0 + ROUNDING) {
        return None;
    }
    let plain = given.unit == most.unit;
    let at = |dose: &Dose, mass: f64| {
        if plain || dose.unit == unit { text(dose) } else { format!("{} ({} mg)", text(dose), rounded(mass)) }
    };
    Some(Finding {
        severity: Severity::Warning,
        part: Part::Dose,
        message: format!("{} of {} is above the label's largest dose", at(given, amount), drug.name),
        expected: format!("expected at most {}", at(most, limit)),
        help: "results say so too; lower the dose if it is not meant".to_owned(),
    })
}

/// Whether a dose is one of a drug's label: neither above its largest one nor below its most reduced one.
fn is_usual_dose(regimen: &Regimen, drug: &Drug, body: &Body) -> bool {
    let least = reductions(drug).pop().or_else(|| usual(drug)).and_then(|step| step.dose);
    let (Some(given), Some(least), Some(most)) = (regimen.dose, least, drug.label.maximum) else {
        return false;
    };
    let [given, least, most] = [given, least, most].map(|dose| comparable(&dose, drug, body));
    given.1 == least.1 && given.1 == most.1 && (least.0..=most.0).contains(&given.0)
}

/// Doses that come to more in the long run than the label's largest one at its usual schedule.
fn too_often(regimen: &Regimen, drug: &Drug, body: &Body) -> Option<Finding> {
    let (given, most, usual) = (regimen.dose?, drug.label.maximum?, usual(drug)?);
    let ((amount, unit), (limit, same)) = (comparable(&given, drug, body), comparable(&most, drug, body));
    let often = |regimen: &Regimen| Some(regimen.intensity() / regimen.dose?.amount);
    let (daily, most_daily) = (amount * often(regimen)?, limit * often(&usual)?);
    if unit != same || most_daily <= 0.0 || daily <= most_daily * (1.0 + ROUNDING) {
        return None;
    }
    let full = Regimen { dose: Some(most), courses: None, ..usual };
    Some(Finding {
        severity: Severity::Warning,
        part: Part::Rhythm,
        message: format!("{regimen} comes to more than the label's largest dose as often as it is given"),
        expected: format!("expected at most as much as {full}"),
        help: "results say so too; lower the dose or give it less often if it is not meant".to_owned(),
    })
}

/// Three digits are enough to compare by.
fn rounded(mg: f64) -> String {
    number_text(format!("{mg:.2e}").parse().unwrap_or(mg))
}

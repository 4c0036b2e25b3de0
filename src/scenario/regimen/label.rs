//! The doses of a label: the usual regimen, and what it is reduced to.

use super::{Body, parse_step};
use crate::catalogue::{Dose, Drug};
use crate::scenario::model::Regimen;

/// The usual regimen of a drug's label; `None` where the label has none. Reading a drug refuses a text that is wrong.
pub fn usual(drug: &Drug) -> Option<Regimen> {
    parse_step(&drug.label.regimen, Some(&drug.name), &[]).ok()
}

/// The reduced doses of a drug's label, the largest first. Reading a drug refuses texts that are wrong.
pub fn reductions(drug: &Drug) -> Vec<Regimen> {
    let Some(usual) = usual(drug) else { return Vec::new() };
    let read = |text: &String| parse_step(text, Some(&drug.name), &[&usual]).ok();
    drug.label.reductions.iter().filter_map(read).collect()
}

/// The reduced doses of a planned regimen, in order.
///
/// Those of the label if the plan is the label's own regimen. For another schedule or dose: the planned schedule at
/// doses reduced in the same proportions, so that 20 mg weekly of a drug with the steps 10, 5 and 2.5 mg a day becomes 10
/// and 5 mg weekly.
pub fn label_steps(planned: &Regimen, drug: &Drug) -> Vec<Regimen> {
    let (Some(usual), Some(dose)) = (usual(drug), planned.dose) else {
        return Vec::new();
    };
    let window = |step: Regimen| Regimen {
        drug: planned.drug.clone(),
        route: planned.route,
        courses: planned.courses,
        start: planned.start,
        stop: planned.stop,
        ..step
    };
    let steps = reductions(drug).into_iter();
    if planned.same_schedule(&usual) && usual.dose == planned.dose {
        return steps.map(window).collect();
    }
    let body = Body::typical();
    let ratios = steps.map(|step| ratio(&step, &usual, drug, &body));
    ratios
        .map(|ratio| Regimen { dose: Some(Dose { amount: dose.amount * ratio, ..dose }), ..planned.clone() })
        .collect()
}

/// How much one regimen gives of what another one of the same drug gives in the long run, for a body. A list of dates
/// has no long run: single doses are compared.
pub fn ratio(one: &Regimen, other: &Regimen, drug: &Drug, body: &Body) -> f64 {
    let (Some(dose), Some(of)) = (one.dose, other.dose) else { return f64::NAN };
    let lasting = one.intensity() > 0.0 && other.intensity() > 0.0;
    let scale = |regimen: &Regimen, dose: Dose| if lasting { regimen.intensity() } else { dose.amount };
    let (one, other) = (scale(one, dose), scale(other, of));
    if dose.unit == of.unit {
        return one / other;
    }
    let per_mg = drug.units_per_mg.as_ref().map(|n| n.value);
    let mass = |amount, dose: Dose| body.amount(&Dose { amount, ..dose }, per_mg);
    mass(one, dose) / mass(other, of)
}

/// Whether one regimen gives less than another one of the same drug.
pub fn is_below(less: &Regimen, more: &Regimen, drug: &Drug, body: &Body) -> bool {
    ratio(less, more, drug, body) < 1.0 - ROUNDING
}

/// Whether one regimen gives more than another one of the same drug.
pub fn is_above(more: &Regimen, less: &Regimen, drug: &Drug, body: &Body) -> bool {
    ratio(more, less, drug, body) > 1.0 + ROUNDING
}

/// Doses that differ by less than this, relatively, are the same.
pub const ROUNDING: f64 = 1e-9;

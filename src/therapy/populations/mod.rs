//! Adverse events in populations of virtual patients of 70 kg, held against published trials. "8a" and the like are
//! sections of the project's table of sources, `biology.md`.
//!
//! **Bounds.** A published share `p` of `n` patients is known to `1.96·√(p(1 − p)/n)`; a share of N simulated ones
//! scatters by `√(p(1 − p)/N)`, of which five are allowed (a correct program breaks that with a probability below 1e-6).
//! [`within`] takes their sum. A one-sided bound stands five standard errors of the simulation away from what was
//! measured, and says what it is for.
//!
//! **What is calibrated, and what is not** (ruling 32). The incidences of the catalogue are those of the trials: that
//! they come out again is a check of the program. `background` was set by everolimus' events of any kind, `not_restarted`
//! by the discontinuations and `intolerable` by the dose changes of trials at their cut-offs, `overlap` by the concurrent phase I trial.
//! Reductions, dose intensity and what the placebo arm shows were used for nothing. What is not met is an expected failure that alarms
//! when it is met.

mod combined;
mod everolimus;
mod sunitinib;

use std::sync::OnceLock;

use super::record::Action;
use super::support::{EVENTS, line, plan, population};
use super::{StopReason, TreatmentRecord};
use crate::therapy::toxicity::AdverseEvent;

/// Patients of a population.
const PATIENTS: u32 = 1000;

/// Over which the catalogue gives incidences.
const YEAR: u32 = 365;

/// A population under regimens given together, treated once for all tests.
fn treated(
    store: &'static OnceLock<Vec<TreatmentRecord>>,
    regimens: &[&str],
    days: u32,
) -> &'static [TreatmentRecord] {
    store.get_or_init(|| population(&plan(vec![line(regimens, &[])], EVENTS), PATIENTS, days))
}

fn share(records: &[TreatmentRecord], has: impl Fn(&TreatmentRecord) -> bool) -> f64 {
    records.iter().filter(|r| has(r)).count() as f64 / records.len() as f64
}

/// Share with an event of this name and at least this grade before a day.
fn with_event(records: &[TreatmentRecord], name: &str, grade: u8, before: u32) -> f64 {
    let wanted = |e: &AdverseEvent| e.event == name && e.grade >= grade && e.day < before;
    share(records, |r| r.events.iter().any(wanted))
}

/// Share in whom a drug was stopped for good before a day.
fn discontinued(records: &[TreatmentRecord], before: u32) -> f64 {
    let stopped = |stop: Option<(u32, StopReason)>| stop.is_some_and(|(day, _)| day < before);
    share(records, |r| r.drugs.iter().any(|d| stopped(d.stopped)))
}

/// Share in whom a drug was held, reduced or stopped before a day.
fn changed(records: &[TreatmentRecord], before: u32) -> f64 {
    let change = |action: &Action| {
        matches!(action, Action::Hold { .. } | Action::Stop { .. } | Action::Resume { reduced: true, .. })
    };
    share(records, |r| r.actions.iter().any(|(day, action)| *day < before && change(action)))
}

/// Share in whom a drug was reduced.
fn reduced(records: &[TreatmentRecord]) -> f64 {
    share(records, |r| r.drugs.iter().any(|d| d.reductions > 0))
}

/// Mean relative dose intensity of a drug.
fn intensity(records: &[TreatmentRecord], drug: usize) -> f64 {
    let all: Vec<f64> =
        records.iter().filter_map(|r| r.drugs[drug].relative_dose_intensity(u32::MAX)).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

/// Five standard errors of a simulated share.
fn scatter(p: f64) -> f64 {
    5.0 * (p * (1.0 - p) / f64::from(PATIENTS)).sqrt()
}

/// Whether a simulated share agrees with a published one of `n` patients.
fn agrees(seen: f64, published: f64, n: f64) -> bool {
    let known = 1.96 * (published * (1.0 - published) / n).sqrt();
    (seen - published).abs() <= known + scatter(published)
}

#[track_caller]
fn within(what: &str, seen: f64, published: f64, n: f64) {
    println!("{what}: {seen:.3}, published {published:.3} of {n}");
    assert!(agrees(seen, published, n), "{what}: {seen:.3} against {published:.3} of {n} patients");
}

// A check that could be blind: shares that are off by twice what is allowed are told apart.
#[test]
fn the_bounds_can_fail() {
    assert!(agrees(0.59, 0.59, 204.0) && agrees(0.65, 0.59, 204.0));
    assert!(!agrees(0.80, 0.59, 204.0) && !agrees(0.38, 0.59, 204.0));
}

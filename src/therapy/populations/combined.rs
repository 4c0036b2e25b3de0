//! Everolimus and sunitinib together against the phase I trial of Molina 2012 (8c), 20 patients with renal cancer, and
//! F12. Informed: the factor of overlap, 2.5, was chosen for it.

use std::sync::OnceLock;

use super::{intensity, scatter, share, treated};
use crate::therapy::TreatmentRecord;

/// First cycle: four weeks of sunitinib and two without.
const CYCLE: u32 = 42;

/// How long doses must be delivered: four cycles.
const LONG: u32 = 168;

/// Share of the planned dose that counts as delivered.
const DELIVERED: f64 = 0.8;

const SUNITINIB_4_2: &str = "sunitinib 37.5 mg daily, 4 weeks on 2 weeks off";

fn full() -> &'static [TreatmentRecord] {
    static STORE: OnceLock<Vec<TreatmentRecord>> = OnceLock::new();
    treated(&STORE, &["everolimus 10 mg daily", "sunitinib 37.5 mg daily"], LONG)
}

fn weekly() -> &'static [TreatmentRecord] {
    static STORE: OnceLock<Vec<TreatmentRecord>> = OnceLock::new();
    treated(&STORE, &["everolimus 20 mg weekly", SUNITINIB_4_2], LONG)
}

fn five_daily() -> &'static [TreatmentRecord] {
    static STORE: OnceLock<Vec<TreatmentRecord>> = OnceLock::new();
    treated(&STORE, &["everolimus 5 mg daily", SUNITINIB_4_2], LONG)
}

/// Share with an event of a drug in the first cycle that has a drug held or stopped: grade 3 or 4, or grade 2 that is not
/// tolerated. Events of the disease do not count.
fn dose_limiting(records: &[TreatmentRecord]) -> f64 {
    let limits = |grade, decisive| grade >= 3 || (grade == 2 && decisive);
    share(records, |r| {
        r.events.iter().any(|e| e.day < CYCLE && e.drug.is_some() && limits(e.grade, e.decisive))
    })
}

/// Share with an event of a drug of grade 3 or 4 in the first cycle: what a phase I trial counts.
fn severe(records: &[TreatmentRecord]) -> f64 {
    share(records, |r| r.worst_grade(CYCLE, true) >= 3)
}

/// Share in whom both drugs were delivered: neither stopped, and at least 80 % of each dose given.
fn deliverable(records: &[TreatmentRecord]) -> f64 {
    let enough = |r: &TreatmentRecord| {
        r.drugs.iter().all(|d| {
            d.stopped.is_none() && d.relative_dose_intensity(u32::MAX).is_some_and(|share| share >= DELIVERED)
        })
    };
    share(records, enough)
}

fn show(name: &str, records: &[TreatmentRecord]) {
    println!(
        "{name}: dose-limiting in cycle 1 {:.3}, grade 3 or 4 in cycle 1 {:.3}, delivered {:.3}, intensities {:.3} {:.3}",
        dose_limiting(records),
        severe(records),
        deliverable(records),
        intensity(records, 0),
        intensity(records, 1)
    );
}

// F12: at full daily doses at least half of the patients have a dose-limiting event in cycle 1 (56 % here, four standard
// errors above). "Not tolerated" (8c): most patients do not get the doses (34 % do, ten below).
#[test]
fn full_daily_doses_cannot_be_delivered() {
    show("10 mg daily + 37.5 mg daily", full());
    assert!(dose_limiting(full()) >= 0.50, "{}", dose_limiting(full()));
    assert!(deliverable(full()) < 0.50, "{}", deliverable(full()));
}

// 8c: 20 mg weekly and 37.5 mg 4/2 are tolerated for long. A dose is tolerated in phase I if fewer than a third (2 of 6)
// have a severe event of the drugs in the first cycle (25 % here, six standard errors below; at full doses 48 %, nine
// above); delivered: in most patients (60 %, seven above).
#[test]
fn twenty_milligrams_weekly_can_be_delivered() {
    show("20 mg weekly + 37.5 mg 4/2", weekly());
    assert!(severe(weekly()) < 1.0 / 3.0, "{}", severe(weekly()));
    assert!(deliverable(weekly()) > 0.50, "{}", deliverable(weekly()));
    assert!(severe(full()) > 1.0 / 3.0, "{}", severe(full()));
    assert!(deliverable(weekly()) > deliverable(full()) + scatter(0.5));
}

/// Molina 2012: the first two patients under 5 mg daily (the trial tested 2.5 to 5 mg a day) and sunitinib 4/2 had
/// dose-limiting events, and daily doses were given up. Here a daily dose is worse than a weekly one by its exposure
/// alone, and most patients tolerate 5 mg daily in the first cycle: two of two would be seen once in six trials or so, so
/// that this is not a contradiction, but not a prediction either. If this fails, most do not: make it a check.
#[test]
fn expected_failure_five_milligrams_daily_are_tolerated() {
    show("5 mg daily + 37.5 mg 4/2", five_daily());
    let seen = dose_limiting(five_daily());
    assert!(seen < 0.50, "5 mg daily is now dose-limiting in most: {seen:.3}");
}

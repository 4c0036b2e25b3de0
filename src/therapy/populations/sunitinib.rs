//! Sunitinib 37.5 mg daily against SUN-1111 (8a; section 7).

use std::sync::OnceLock;

use super::{YEAR, discontinued, reduced, share, treated, with_event, within};
use crate::therapy::TreatmentRecord;
use crate::therapy::support::drug;

/// Patients of SUN-1111 under sunitinib whose safety was judged.
const TRIAL: f64 = 83.0;

/// Median exposure in SUN-1111: 4.6 months (Raymond 2011, from memory).
const EXPOSURE: u32 = 140;

fn sunitinib() -> &'static [TreatmentRecord] {
    static STORE: OnceLock<Vec<TreatmentRecord>> = OnceLock::new();
    treated(&STORE, &["sunitinib 37.5 mg daily"], YEAR)
}

// Calibrated: every event comes out as the catalogue has it.
#[test]
fn events_are_those_published() {
    for toxicity in &drug("sunitinib").toxicities {
        let seen = with_event(sunitinib(), &toxicity.event, 3, YEAR);
        within(&format!("{}, grade 3 or 4", toxicity.event), seen, toxicity.grade_3_4.value, TRIAL);
        let seen = with_event(sunitinib(), &toxicity.event, 1, YEAR);
        within(&format!("{}, any grade", toxicity.event), seen, toxicity.any_grade.value, TRIAL);
    }
}

// Predicted: about 50 % with any event of grade 3 or 4 (8a, from memory), over the exposure of the trial.
#[test]
fn events_of_grade_3_or_4_of_all_causes() {
    let seen = share(sunitinib(), |r| r.worst_grade(EXPOSURE, false) >= 3);
    within("any event of grade 3 or 4 by 4.6 months", seen, 0.50, TRIAL);
}

/// Within a year, by which the catalogue counts, it is more than the trial's 39 to 61 % (95 % interval of 83 patients):
/// incidences over a median of 4.6 months and over a year are not the same, and events coincide in patients more often
/// than here, where they are independent. If this fails, a year agrees too: check it in place of the exposure.
#[test]
fn expected_failure_a_year_of_sunitinib_has_more_severe_events_than_published() {
    let seen = share(sunitinib(), |r| r.worst_grade(YEAR, false) >= 3);
    println!("any event of grade 3 or 4 within a year: {seen:.3}, published about 0.50");
    assert!(seen > 0.60, "{seen:.3} within a year is now as published");
}

// Calibrated (`not_restarted`): 22 % discontinued; within the trial's exposure and within a year.
#[test]
fn discontinuations() {
    within("discontinued by 4.6 months", discontinued(sunitinib(), EXPOSURE), 0.22, TRIAL);
    within("discontinued within a year", discontinued(sunitinib(), YEAR), 0.22, TRIAL);
}

// Predicted: the dose of 31 % was reduced (section 7).
#[test]
fn reductions_are_predicted() {
    within("dose reduced", reduced(sunitinib()), 0.31, TRIAL);
}

// Houk 2010 (8b): neutrophils fall mainly in the first cycle.
#[test]
fn neutropenia_is_early() {
    let (early, all) =
        (with_event(sunitinib(), "neutropenia", 3, 42), with_event(sunitinib(), "neutropenia", 3, YEAR));
    println!("severe neutropenia: {early:.3} in six weeks of {all:.3} within a year");
    assert!(early > 0.5 * all, "{early} of {all}");
}

//! Everolimus 10 mg daily against RADIANT-3 (8a; section 7: 8.8 months of exposure), and its placebo.

use std::sync::OnceLock;

use super::{PATIENTS, YEAR, changed, discontinued, intensity, share, treated, with_event, within};
use crate::catalogue::Drug;
use crate::therapy::TreatmentRecord;
use crate::therapy::course::TreatmentCourse;
use crate::therapy::support::{EVENTS, drug, line, live, patient, plan, protocol};

/// Patients of RADIANT-3 under everolimus whose safety was judged.
const TRIAL: f64 = 204.0;

/// Median exposure in RADIANT-3: 8.8 months.
const EXPOSURE: u32 = 268;

fn everolimus() -> &'static [TreatmentRecord] {
    static STORE: OnceLock<Vec<TreatmentRecord>> = OnceLock::new();
    treated(&STORE, &["everolimus 10 mg daily"], YEAR)
}

// Calibrated: every event of grade 3 and 4 comes out as the catalogue has it, holds and reductions notwithstanding.
#[test]
fn severe_events_are_those_published() {
    for toxicity in &drug("everolimus").toxicities {
        let seen = with_event(everolimus(), &toxicity.event, 3, YEAR);
        within(&toxicity.event, seen, toxicity.grade_3_4.value, TRIAL);
    }
}

// Calibrated, but low: published incidences are those of patients whose doses were held, reduced and stopped. Taken for
// those of patients who go on at the full dose, as here, they come out lower by about a seventh.
#[test]
fn events_of_any_grade_are_those_published_less_a_seventh() {
    let mut sums = [0.0, 0.0];
    for toxicity in &drug("everolimus").toxicities {
        let seen = with_event(everolimus(), &toxicity.event, 1, YEAR);
        within(&toxicity.event, seen, toxicity.any_grade.value, TRIAL);
        sums = [sums[0] + seen, sums[1] + toxicity.any_grade.value];
    }
    let ratio = sums[0] / sums[1];
    println!("any grade, all events together: {ratio:.3} of what is published");
    assert!((0.80..0.95).contains(&ratio), "{ratio}");
}

// Calibrated (`background`): 59.3 % with any event of grade 3 or 4, whatever its cause (8a). Within a year.
#[test]
fn events_of_grade_3_or_4_of_all_causes() {
    let seen = share(everolimus(), |r| r.worst_grade(YEAR, false) >= 3);
    within("any event of grade 3 or 4", seen, 0.593, TRIAL);
}

// Rugo 2016 (8a): 89 % of first episodes of stomatitis within 8 weeks. Of those within a year, here; the bound of five
// standard errors counts the episodes.
#[test]
fn stomatitis_is_early() {
    let (early, all) =
        (with_event(everolimus(), "stomatitis", 1, 56), with_event(everolimus(), "stomatitis", 1, YEAR));
    let (seen, episodes) = (early / all, all * f64::from(PATIENTS));
    println!("first stomatitis within 8 weeks: {seen:.3} of {episodes}");
    assert!((seen - 0.89).abs() < 5.0 * (0.89 * 0.11 / episodes).sqrt(), "{seen}");
}

// Calibrated (`not_restarted`): 17.9 % in RADIANT-3 by the cut-off, over the exposure of that trial.
#[test]
fn discontinuations() {
    within("discontinued by 8.8 months", discontinued(everolimus(), EXPOSURE), 0.179, TRIAL);
}

// Predicted: RADIANT-4 (205 patients): 29 % discontinued for adverse events.
#[test]
fn discontinuations_of_a_year_are_those_of_radiant_4() {
    within("discontinued within a year", discontinued(everolimus(), YEAR), 0.29, 205.0);
}

// Calibrated (`intolerable`): the dose of 59 % was changed in RADIANT-3 (section 7).
#[test]
fn dose_changes() {
    within("dose changed by 8.8 months", changed(everolimus(), EXPOSURE), 0.59, TRIAL);
}

/// RADIANT-3: mean relative dose intensity 0.86, RADIANT-4: 0.9 (section 7). Holds of 10 days (median) with two steps down leave more, and
/// so does stopping where trials reduced. If this fails, it is reached: make it a check within 0.02 of 0.86, and drop the warning where it
/// is reported.
#[test]
fn expected_failure_the_dose_intensity_of_radiant_3_is_not_reached() {
    let seen = intensity(everolimus(), 0);
    println!("relative dose intensity of everolimus within a year: {seen:.3}, published 0.86");
    assert!(seen > 0.91, "the dose intensity {seen:.3} is now that of RADIANT-3, 0.86, or of RADIANT-4, 0.9");
    assert!(seen < 0.95, "{seen}");
}

/// Something without an event of its own, for the 3.7 months of RADIANT-3's placebo.
fn placebo() -> &'static [TreatmentRecord] {
    static STORE: OnceLock<Vec<TreatmentRecord>> = OnceLock::new();
    STORE.get_or_init(|| {
        let inert = Drug { toxicities: Vec::new(), ..drug("everolimus") };
        let protocol = protocol(&plan(vec![line(&["everolimus 10 mg daily"], &[])], EVENTS), &[inert]);
        let one = |id| {
            let mut course = TreatmentCourse::new(protocol.clone(), patient(id)).unwrap();
            live(&mut course, 112, |_| 1.0);
            course.record().clone()
        };
        (0..PATIENTS).map(one).collect()
    })
}

// What has no events of its own is never held, reduced or stopped, whatever the disease does. (Under RADIANT-3's placebo 3 % discontinued,
// the dose of 28 % was changed and the dose intensity was 0.97, section 7: what is not a drug's event has no part in doses here.)
#[test]
fn disease_related_events_change_no_dose_of_a_placebo() {
    assert!(placebo().iter().any(|r| r.worst_grade(112, false) >= 3), "there are such events");
    let (stopped, changed) = (discontinued(placebo(), 112), changed(placebo(), 112));
    assert_eq!((stopped, changed, intensity(placebo(), 0)), (0.0, 0.0, 1.0));
}

/// Events of grade 3 or 4 had 23 to 27 % of placebo arms in about 4 months. A background that leaves everolimus its 59.3 % within a year
/// is too small for that. If this fails, it is large enough: make it a check.
#[test]
fn expected_failure_placebo_has_fewer_events_than_published() {
    let severe = share(placebo(), |r| r.worst_grade(112, false) >= 3);
    println!("placebo: grade 3 or 4 {severe:.3}");
    assert!(severe < 0.23, "{severe:.3} is now as in placebo arms");
}

//! A course is a function of protocol, patient and what it was told (ruling 28).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::scenario::{AdaptiveDoses, LineEnd, Monitor, Therapy};
use crate::therapy::TreatmentRecord;
use crate::therapy::course::{DayReport, TreatmentCourse};
use crate::therapy::support::{EVENTS, course, line, live, patient, plan};

const E: &str = "everolimus 10 mg daily";
const S: &str = "sunitinib 37.5 mg daily";

/// A plan that uses everything that has a memory.
fn eventful() -> Therapy {
    let mut first = line(&[E, S], &[LineEnd::Progression]);
    first.adaptive =
        Some(AdaptiveDoses { off_below: 0.7, on_above: 0.9, monitor: Monitor::Every { days: 7 } });
    let mut turns = line(&[E, "177Lu-DOTATATE 7.4 GBq every 8 weeks x4"], &[LineEnd::After { days: 150 }]);
    turns.alternate = Some(40);
    let mut plan = plan(vec![first, turns, line(&[S], &[])], EVENTS);
    plan.background = line(&["octreotide LAR 30 mg every 28 d"], &[]).regimens;
    plan
}

fn volume(day: u32) -> f64 {
    let day = f64::from(day);
    1.0 + 0.4 * libm::cos(day / 25.0) + 0.004 * day
}

#[test]
fn a_replayed_course_goes_on_as_it_would_have() {
    let plan = eventful();
    for id in 0..6 {
        let mut whole = course(&plan, patient(id));
        let reports = live(&mut whole, 400, volume);
        for day in [0, 1, 83, 84, 85, 200, 399] {
            let inputs: Vec<_> = whole.inputs().iter().filter(|i| i.day < day).copied().collect();
            let mut again =
                TreatmentCourse::replay(Arc::clone(whole.protocol()), patient(id), &inputs, day).unwrap();
            assert_eq!(again.today(), day);
            let rest = live(&mut again, 400 - day, volume);
            assert_eq!(rest, reports[day as usize..], "patient {id} from day {day}");
            assert_eq!((again.record(), again.inputs()), (whole.record(), whole.inputs()));
        }
    }
}

// A baseline that was told is replayed too.
#[test]
fn a_baseline_is_part_of_what_was_told() {
    let plan = plan(vec![line(&[E], &[LineEnd::Progression])], EVENTS);
    let mut told = course(&plan, patient(1));
    told.advance_day().unwrap();
    told.baseline(0.5);
    live(&mut told, 100, |_| 0.9);
    let again = TreatmentCourse::replay(Arc::clone(told.protocol()), patient(1), told.inputs(), told.today())
        .unwrap();
    assert_eq!(again.record(), told.record());
    assert_eq!(told.record().lines[0].progression, Some(84), "0.9 against 0.5");
}

/// Events by day, name of the event and of its drug, grade and length, in no order.
fn events(course: &TreatmentCourse) -> BTreeSet<(u32, String, String, u8, u32)> {
    let name =
        |drug: Option<usize>| drug.map_or(String::new(), |d| course.protocol().drugs()[d].name.clone());
    let of = |record: &TreatmentRecord| {
        let events = record.events.iter();
        events.map(|e| (e.day, e.event.clone(), name(e.drug), e.grade, e.recovered)).collect()
    };
    of(course.record())
}

// The order in which a plan names its drugs is of no account.
#[test]
fn the_order_of_drugs_is_of_no_account() {
    for id in 0..20 {
        let run = |regimens: &[&str]| {
            let mut course = course(&plan(vec![line(regimens, &[])], EVENTS), patient(id));
            let days = live(&mut course, 200, |_| 1.0);
            (course, days)
        };
        let ((one, one_days), (other, other_days)) = (run(&[E, S]), run(&[S, E]));
        assert_eq!(events(&one), events(&other), "patient {id}");
        for (a, b) in one_days.iter().zip(&other_days) {
            assert_eq!((&a.drugs[0], &a.drugs[1]), (&b.drugs[1], &b.drugs[0]));
        }
        assert_eq!(one.record().drugs[0], other.record().drugs[1]);
    }
}

// Nor does it shift a patient's numbers what other lines there are, or what is given beside them without a meeting of
// the two: the first line is the same day by day.
#[test]
fn another_plan_shifts_no_draws() {
    for id in 0..20 {
        let alone = plan(vec![line(&[E], &[])], EVENTS);
        let mut more = plan(vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[])], EVENTS);
        more.background = line(&["debulking surgery 50 % on day 30"], &[]).regimens;
        let (mut one, mut other) = (course(&alone, patient(id)), course(&more, patient(id)));
        let (a, b) = (live(&mut one, 168, |_| 1.0), live(&mut other, 168, |_| 1.0));
        assert_eq!(events(&one), events(&other), "patient {id}");
        let everolimus = |days: &[DayReport], drug: usize| -> Vec<_> {
            days.iter().map(|d| d.drugs[drug].clone()).collect()
        };
        assert_eq!(everolimus(&a, 0), everolimus(&b, 1), "patient {id}");
    }
}

// Two arms share a patient's events of the disease, day by day, as long as one does not outlast another otherwise.
#[test]
fn arms_share_the_events_of_the_disease() {
    let disease = |regimen: &str, id| {
        let mut course = course(&plan(vec![line(&[regimen], &[])], EVENTS), patient(id));
        live(&mut course, 365, |_| 1.0);
        events(&course).into_iter().filter(|e| e.2.is_empty()).collect::<BTreeSet<_>>()
    };
    let mut any = 0;
    for id in 0..40 {
        let one = disease(E, id);
        assert_eq!(one, disease(S, id));
        any += one.len();
    }
    // 43 % of 40 patients within a year.
    assert!((8..30).contains(&any), "{any}");
}

// Patients and seeds differ.
#[test]
fn patients_and_seeds_differ() {
    let run = |id, seed| {
        let who = crate::therapy::course::Patient { seed, ..patient(id) };
        let mut course = course(&plan(vec![line(&[E], &[])], EVENTS), who);
        live(&mut course, 365, |_| 1.0).pop().unwrap().drugs[0].exposure
    };
    assert_ne!(run(1, 20), run(2, 20));
    assert_ne!(run(1, 20), run(1, 21));
    assert_eq!(run(1, 20), run(1, 20));
}

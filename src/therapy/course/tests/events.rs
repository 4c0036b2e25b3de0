//! Holds, stops, and who is held with whom.

use crate::catalogue::{Drug, OnsetModel, Organ};
use crate::scenario::{AdverseEvents, LineEnd, Rhythm};
use crate::therapy::course::Status;
use crate::therapy::record::{Action, StopReason};
use crate::therapy::support::{
    GRADE_3, NO_EVENTS, certain, course_with, drug, given, line, live, number, plan, typical,
};

const E: &str = "everolimus 10 mg daily";
const S: &str = "sunitinib 37.5 mg daily";

/// An event on the first day, and none later.
fn once(name: &str, organ: Organ) -> Drug {
    let mut drug = certain(name, organ, 10.0, 0);
    drug.toxicities[0].beta = number(0.0, 0.0);
    drug.toxicities[0] =
        drug.toxicities[0].clone().with_onset(OnsetModel::Early { weeks: 1.0 / 7.0, share: 1.0 });
    drug
}

fn harmless(name: &str) -> Drug {
    Drug { toxicities: Vec::new(), ..drug(name) }
}

fn days(from: u32, to: u32) -> Vec<u32> {
    (from..to).collect()
}

// 8d, grade 3: held until recovery, then a step lower. The record says so, and the dose of each day too.
#[test]
fn a_grade_3_event_holds_and_reduces() {
    let plan = plan(vec![line(&[E], &[])], GRADE_3);
    let mut course = course_with(&plan, typical(), &[once("everolimus", Organ::Mucosa)]);
    let reports = live(&mut course, 40, |_| 1.0);
    assert_eq!(given(&reports, 0), [days(0, 1), days(11, 40)].concat());
    assert_eq!((reports[0].drugs[0].status, reports[1].drugs[0].status), (Status::On, Status::Held));
    assert_eq!(reports[20].drugs[0].given, [(0.0, 5.0)]);
    let event = &course.record().events[0];
    assert_eq!((event.day, event.grade, event.recovered, event.drug), (0, 3, 11, Some(0)));
    let actions = &course.record().actions[1..];
    let resume = Action::Resume { drug: 0, step: 1, reduced: true };
    assert_eq!(actions, [(0, Action::Hold { drug: 0, until: 11 }), (11, resume)]);
    let record = &course.record().drugs[0];
    assert_eq!((record.holds, record.reductions, record.stopped), (1, 1, None));
    assert_eq!(record.relative_dose_intensity(u32::MAX), Some((10.0 + 29.0 * 5.0) / 400.0));
    // By a data cut-off it is that of the days until then.
    assert_eq!(record.relative_dose_intensity(10), Some(10.0 / 110.0));
    assert_eq!(record.relative_dose_intensity(19), Some((10.0 + 9.0 * 5.0) / 200.0));
}

// 8d: the second pneumonitis of grade 3 stops everolimus.
#[test]
fn a_recurrent_grade_3_event_stops() {
    let plan = plan(vec![line(&[E], &[])], GRADE_3);
    let mut course = course_with(&plan, typical(), &[certain("everolimus", Organ::Lung, 10.0, 2)]);
    let reports = live(&mut course, 40, |_| 1.0);
    assert_eq!(given(&reports, 0), [0, 11]);
    assert_eq!(course.record().drugs[0].stopped, Some((11, StopReason::Recurrent)));
}

// 8d: grade 4 stops, but of blood counts it is a hold and a reduction.
#[test]
fn grade_4_stops_but_not_of_the_blood() {
    let fourth = AdverseEvents { grade_4: 1.0, grade_4_blood: 1.0, ..GRADE_3 };
    for (organ, stopped, last) in
        [(Organ::Mucosa, Some((0, StopReason::Grade4)), 0), (Organ::Blood, None, 29)]
    {
        let plan = plan(vec![line(&[E], &[])], fourth);
        let mut course = course_with(&plan, typical(), &[once("everolimus", organ)]);
        let reports = live(&mut course, 30, |_| 1.0);
        assert_eq!(course.record().events[0].grade, 4);
        assert_eq!(course.record().drugs[0].stopped, stopped);
        assert_eq!(given(&reports, 0).last(), Some(&last));
    }
}

// 8d: no recovery within 4 weeks stops.
#[test]
fn a_hold_that_lasts_too_long_stops() {
    let mut own = once("everolimus", Organ::Lung);
    own.label.hold_days = number(60.0, 0.0);
    let plan = plan(vec![line(&[E], &[])], GRADE_3);
    let mut course = course_with(&plan, typical(), &[own]);
    live(&mut course, 40, |_| 1.0);
    assert_eq!(course.record().drugs[0].stopped, Some((29, StopReason::NoRecovery)));
}

// 8c, shared toxicities: a severe event of one drug holds its partner too if that shares the organ and is there, at its
// full dose; the drug to blame is reduced.
#[test]
fn a_partner_that_shares_the_organ_is_held_at_its_dose() {
    for (partner, expected) in
        [(certain("sunitinib", Organ::Mucosa, 10.0, 0), 11), (harmless("sunitinib"), 1)]
    {
        // The partner's own events never happen: their incidence is nil.
        let mut partner = partner;
        for toxicity in &mut partner.toxicities {
            toxicity.any_grade = number(0.0, 0.0);
            toxicity.grade_3_4 = number(0.0, 0.0);
        }
        let plan = plan(vec![line(&[E, S], &[])], GRADE_3);
        let own = [once("everolimus", Organ::Mucosa), partner];
        let mut course = course_with(&plan, typical(), &own);
        let reports = live(&mut course, 30, |_| 1.0);
        assert_eq!(given(&reports, 0), [days(0, 1), days(11, 30)].concat());
        assert_eq!(given(&reports, 1), [days(0, 1), days(expected, 30)].concat());
        assert_eq!(reports[29].drugs[1].given, [(0.0, 37.5)]);
        assert_eq!(reports[29].drugs[0].given, [(0.0, 5.0)]);
    }
}

// What the disease does is recorded and changes no dose: not of the line's drugs, not of the background's, not a procedure.
#[test]
fn disease_related_events_change_no_dose() {
    let certain_day = 1.0 - 1e-7;
    let disease = AdverseEvents { background: certain_day, ..GRADE_3 };
    let mut plan = plan(vec![line(&[E, "debulking surgery 1 % on day 0"], &[])], disease);
    plan.lines[0].regimens[1].rhythm = Rhythm::Dates { days: days(0, 365) };
    plan.background = line(&["octreotide LAR 30 mg daily"], &[]).regimens;
    let own = [harmless("everolimus"), harmless("octreotide LAR")];
    let mut course = course_with(&plan, typical(), &own);
    let reports = live(&mut course, 365, |_| 1.0);
    let record = course.record();
    assert!(record.events.len() > 5, "{:?}", record.events);
    assert!(record.events.iter().all(|e| e.drug.is_none() && e.grade >= 3), "{:?}", record.events);
    assert!(!record.discontinued() && !record.dose_changed());
    for drug in [0, 1] {
        assert!(reports.iter().all(|r| r.drugs[drug].status == Status::On));
    }
    assert_eq!(given(&reports, 2), days(0, 365));
}

#[test]
fn without_adverse_events_nothing_happens() {
    let plan = plan(vec![line(&[E, S], &[])], NO_EVENTS);
    let own = [certain("everolimus", Organ::Gut, 10.0, 1), certain("sunitinib", Organ::Gut, 10.0, 1)];
    let mut course = course_with(&plan, typical(), &own);
    let reports = live(&mut course, 60, |_| 1.0);
    assert!(course.record().events.is_empty() && !course.record().dose_changed());
    assert_eq!(given(&reports, 0).len() + given(&reports, 1).len(), 120);
}

// A hold that ends after its line has ended takes up nothing: "resume everolimus" once stood in the middle of the line of
// sunitinib.
#[test]
fn a_hold_beyond_its_line_ends_silently() {
    let lines = vec![line(&[E], &[LineEnd::After { days: 5 }]), line(&[S], &[])];
    let own = [once("everolimus", Organ::Mucosa), harmless("sunitinib")];
    let mut course = course_with(&plan(lines, GRADE_3), typical(), &own);
    live(&mut course, 40, |_| 1.0);
    let resumed = course.record().actions.iter().any(|(_, a)| matches!(a, Action::Resume { .. }));
    assert!(!resumed, "{:?}", course.record().actions);
    assert_eq!(course.record().drugs[0].reductions, 0);
}

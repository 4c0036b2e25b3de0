//! Amounts, cycles, missed doses, dose intensity.

use crate::catalogue::{Drug, Organ};
use crate::scenario::Therapy;
use crate::therapy::course::{DayReport, Patient, Status};
use crate::therapy::regimen::Body;
use crate::therapy::support::{
    GRADE_3, NO_EVENTS, certain, course, course_with, given, line, live, number, plan, step, typical,
};

fn together(regimens: &[&str]) -> Therapy {
    plan(vec![line(regimens, &[])], NO_EVENTS)
}

fn total_trough(day: &DayReport) -> f64 {
    let exposure = &day.drugs[0].exposure;
    exposure.parent.trough + exposure.metabolite.map_or(0.0, |m| m.trough)
}

// 2b: 50 mg, four weeks on and two off: total troughs of days 7, 14, 28, 35 and 42.
#[test]
fn four_weeks_on_two_weeks_off_reach_the_published_troughs() {
    let mut course = course(&together(&["sunitinib 50 mg daily, 4 weeks on 2 weeks off"]), typical());
    let reports = live(&mut course, 100, |_| 1.0);
    let on: Vec<u32> = (0..28).chain(42..70).chain(84..100).collect();
    assert_eq!(given(&reports, 0), on);
    for (day, trough) in [(7, 66.7), (14, 72.4), (28, 72.9), (35, 6.3), (42, 0.5)] {
        let seen = total_trough(&reports[day - 1]);
        // The table adds rounded parts.
        assert!((seen - trough).abs() < 0.15, "day {day}: {seen}");
    }
    assert_eq!(reports[35].drugs[0].status, Status::On, "off-weeks are planned");
}

// 2a: 10 mg daily, trough 12.9 ng/mL, area 575 ng·h/mL.
#[test]
fn daily_doses_reach_the_published_levels() {
    let mut course = course(&together(&["everolimus 10 mg daily"]), typical());
    let reports = live(&mut course, 40, |_| 1.0);
    let parent = reports[39].drugs[0].exposure.parent;
    assert!((parent.trough - 12.9).abs() < 0.05, "{parent:?}");
    assert!((parent.average * 24.0 - 575.0).abs() < 0.5, "{parent:?}");
}

#[test]
fn amounts_follow_the_body() {
    let body = Body::new(100.0, 144.0);
    assert!((body.surface_m2 - 2.0).abs() < 1e-12);
    let plan = together(&[
        "bevacizumab 10 mg/kg every 2 weeks",
        "temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28",
        "interferon alpha 5 MU every 2 d",
        "everolimus 5 mg twice daily",
        "177Lu-DOTATATE 7.4 GBq every 8 weeks x4",
        "debulking surgery 80 % on day 1",
    ]);
    let mut course = course(&plan, Patient { body, ..typical() });
    let per_mg = course.protocol().drugs()[2].units_per_mg.as_ref().unwrap().value;
    let days = live(&mut course, 2, |_| 1.0);
    let of = |drug: usize| days[0].drugs[drug].given.clone();
    assert_eq!((of(0), of(1)), (vec![(0.0, 1000.0)], vec![(0.0, 300.0)]));
    assert_eq!((of(2), of(3)), (vec![(0.0, 5.0 / per_mg)], vec![(0.0, 5.0), (12.0, 5.0)]));
    assert_eq!((of(4), of(5)), (vec![(0.0, 7.4)], vec![]));
    assert_eq!(days[1].drugs[5].given, [(0.0, 80.0)]);
}

/// Poisoned on the first day of each exposure; each event is over after so many days.
fn poisoned(regimen: &str, lasts: f64) -> (Vec<DayReport>, crate::therapy::TreatmentRecord) {
    let name = regimen.split_once(char::is_numeric).map_or(regimen, |(name, _)| name.trim());
    let own: Drug = certain(name, Organ::Gut, lasts, 0);
    let mut course = course_with(&plan(vec![line(&[regimen], &[])], GRADE_3), typical(), &[own]);
    let days = live(&mut course, 200, |_| 1.0);
    (days, course.record().clone())
}

// 8d: everolimus 10 mg, 5 mg, 5 mg every other day; a third reduction would go below the last step. The event of day 0
// lasts until day 11.
#[test]
fn everolimus_goes_down_its_labels_steps() {
    let (days, record) = poisoned("everolimus 10 mg daily", 10.0);
    let doses: Vec<(u32, f64)> =
        days.iter().flat_map(|d| d.drugs[0].given.iter().map(move |g| (d.day, g.1))).collect();
    // Every resumption meets the next event at once, since there is always some drug left in the body.
    assert_eq!(doses, [(0, 10.0), (11, 5.0), (22, 5.0)]);
    assert_eq!((days[15].drugs[0].step, days[30].drugs[0].step), (1, 2));
    assert_eq!((record.drugs[0].holds, record.drugs[0].reductions), (3, 2));
    assert_eq!(record.drugs[0].stopped, Some((33, crate::therapy::StopReason::BelowLastStep)));
    // 20 mg of the 330 planned until it was stopped.
    let total = record.drugs[0].total(u32::MAX);
    assert_eq!((total.given, total.planned), (20.0, 330.0));
    assert_eq!(record.drugs[0].relative_dose_intensity(u32::MAX), Some(20.0 / 330.0));
    assert_eq!(record.drugs[0].doses, Some((0, 22)));
}

// 8d: sunitinib in steps of 12.5 mg from 37.5.
#[test]
fn sunitinib_goes_down_its_labels_steps() {
    let (days, _) = poisoned("sunitinib 37.5 mg daily", 10.0);
    let doses: Vec<f64> = days.iter().flat_map(|d| d.drugs[0].given.iter().map(|g| g.1)).collect();
    assert_eq!(doses, [37.5, 25.0, 12.5]);
}

// Another schedule is reduced in the proportions of the label's steps: 20 mg weekly to 10 and 5 mg weekly.
#[test]
fn another_schedule_is_reduced_in_proportion() {
    let (days, record) = poisoned("everolimus 20 mg weekly", 10.0);
    let doses: Vec<(u32, f64)> =
        days.iter().flat_map(|d| d.drugs[0].given.iter().map(move |g| (d.day, g.1))).collect();
    // Day 7 is missed, and made up for on day 11: the week counts from there.
    assert_eq!(doses[..2], [(0, 20.0), (11, 10.0)]);
    assert_eq!(doses[2..], [(22, 5.0)]);
    assert_eq!(record.drugs[0].reductions, 2);
}

#[test]
fn steps_of_ones_own_take_the_place_of_the_labels() {
    let mut own = line(&["everolimus 10 mg daily"], &[]);
    own.steps = vec![step("7.5 mg daily", "everolimus"), step("2.5 mg daily", "everolimus")];
    let poison = certain("everolimus", Organ::Gut, 10.0, 0);
    let mut course = course_with(&plan(vec![own], GRADE_3), typical(), &[poison]);
    let days = live(&mut course, 50, |_| 1.0);
    let doses: Vec<f64> = days.iter().flat_map(|d| d.drugs[0].given.iter().map(|g| g.1)).collect();
    assert_eq!(doses, [10.0, 7.5, 2.5]);
}

// Missed doses: of a daily drug they are gone; of one with an interval the next is given when the hold is over, and the
// interval counts from there (8d: 177Lu, 8 to 16 weeks). All four courses are given.
#[test]
fn a_missed_course_is_given_later() {
    let name = "177Lu-DOTATATE";
    let mut own = certain(name, Organ::Blood, 69.0, 0);
    own.label.reductions = vec!["7.4 GBq every 8 weeks".into(), "3.7 GBq every 8 weeks".into()];
    // One event, on the first day.
    own.toxicities[0].reference = Some(number(1.0, 0.0));
    own.toxicities[0].beta = number(0.0, 0.0);
    own.toxicities[0] = own.toxicities[0]
        .clone()
        .with_onset(crate::catalogue::OnsetModel::Early { weeks: 1.0 / 7.0, share: 1.0 });
    let mut plan = plan(vec![line(&["177Lu-DOTATATE 7.4 GBq every 8 weeks x4"], &[])], GRADE_3);
    plan.toxicity.longest_hold = 100;
    let mut course = course_with(&plan, typical(), &[own]);
    let days = live(&mut course, 400, |_| 1.0);
    assert_eq!(given(&days, 0), [0, 70, 126, 182]);
    assert_eq!((days[60].drugs[0].status, days[300].drugs[0].status), (Status::Held, Status::Off));
    let record = &course.record().drugs[0];
    assert_eq!((record.holds, record.total(u32::MAX).planned), (1, 4.0 * 7.4));
}

// A hold between two injections moves nothing.
#[test]
fn a_hold_between_doses_moves_nothing() {
    let mut own = certain("octreotide LAR", Organ::Gut, 10.0, 0);
    own.toxicities[0].beta = number(0.0, 0.0);
    own.toxicities[0] = own.toxicities[0]
        .clone()
        .with_onset(crate::catalogue::OnsetModel::Early { weeks: 1.0 / 7.0, share: 1.0 });
    own.label.reductions = Vec::new();
    let mut plan = plan(vec![line(&["octreotide LAR 30 mg every 28 d"], &[])], GRADE_3);
    plan.lines[0].steps = vec![step("20 mg every 28 d", "octreotide LAR")];
    let mut course = course_with(&plan, typical(), &[own]);
    let days = live(&mut course, 90, |_| 1.0);
    assert_eq!(given(&days, 0), [0, 28, 56, 84]);
    assert_eq!(course.record().drugs[0].total(u32::MAX).given, 30.0 + 3.0 * 20.0);
}

// Cycles keep their calendar: a hold in the second week of a 4/2 cycle takes days from it and moves none.
#[test]
fn cycles_keep_their_calendar() {
    let mut own = certain("sunitinib", Organ::Gut, 9.0, 0);
    own.toxicities[0].beta = number(0.0, 0.0);
    own.toxicities[0] = own.toxicities[0]
        .clone()
        .with_onset(crate::catalogue::OnsetModel::Early { weeks: 1.0 / 7.0, share: 1.0 });
    let plan = plan(vec![line(&["sunitinib 37.5 mg daily, 4/2"], &[])], GRADE_3);
    let mut course = course_with(&plan, typical(), &[own]);
    let days = live(&mut course, 84, |_| 1.0);
    let expected: Vec<u32> = (0..1).chain(10..28).chain(42..70).collect();
    assert_eq!(given(&days, 0), expected);
    let record = &course.record().drugs[0];
    assert!((record.total(u32::MAX).planned - 56.0 * 37.5).abs() < 1e-9);
    // 37.5 mg once, then 25 mg on 46 days.
    assert!((record.total(u32::MAX).given - (37.5 + 46.0 * 25.0)).abs() < 1e-9, "{record:?}");
}

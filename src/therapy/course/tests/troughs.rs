//! Doses that follow troughs (section 7.20 of the model).

use std::sync::Arc;

use crate::scenario::{DrugMonitoring, Therapy, TroughAnalyte};
use crate::therapy::TroughDecision;
use crate::therapy::course::{DayReport, TreatmentCourse};
use crate::therapy::record::{Action, TreatmentRecord};
use crate::therapy::support::{EVENTS, NO_EVENTS, course, line, live, patient, plan, step, typical};

const E: &str = "everolimus 10 mg daily";

fn rule(drug: &str, lower: f64, upper: f64, levels: &[&str]) -> DrugMonitoring {
    DrugMonitoring {
        drug: drug.into(),
        lower,
        upper: Some(upper),
        analyte: TroughAnalyte::Parent,
        levels: levels.iter().map(|level| step(level, drug)).collect(),
        after: 14,
        every: None,
        turnaround: 7,
        cv: Some(0.0),
        raise_after_toxicity: false,
    }
}

fn monitored(regimen: &str, toxicity: crate::scenario::AdverseEvents, rule: DrugMonitoring) -> Therapy {
    let mut plan = plan(vec![line(&[regimen], &[])], toxicity);
    plan.monitoring = vec![rule];
    plan
}

/// Samples and decisions, with their days.
fn followed(record: &TreatmentRecord) -> Vec<(u32, Action)> {
    let actions = record.actions.iter().copied();
    actions.filter(|(_, a)| matches!(a, Action::Trough { .. } | Action::Adjust { .. })).collect()
}

/// Amounts of a drug by day.
fn amounts(days: &[DayReport], drug: usize) -> Vec<f64> {
    days.iter().map(|day| day.drugs[drug].given.iter().map(|(_, mg)| mg).sum()).collect()
}

/// The trough of a typical patient on the morning of day 14.
fn usual(regimen: &str, total: bool) -> f64 {
    let mut course = course(&plan(vec![line(&[regimen], &[])], NO_EVENTS), typical());
    let exposure = live(&mut course, 14, |_| 1.0)[13].drugs[0].exposure;
    exposure.parent.trough + exposure.metabolite.filter(|_| total).map_or(0.0, |m| m.trough)
}

// A target about 1.5 times the trough asks for 15 mg: the sample of day 14 is acted on on day 21, and the next one, of 14 days at the
// new dose, finds it in range, since pharmacokinetics are linear. The trough is that before the dose of its day.
#[test]
fn a_trough_moves_the_dose_in_proportion_after_the_turnaround() {
    let trough = usual(E, false);
    let levels = ["5 mg daily", "10 mg daily", "12.5 mg daily", "15 mg daily", "20 mg daily"];
    let rule = rule("everolimus", 1.4 * trough, 1.6 * trough, &levels);
    let mut course = course(&monitored(E, NO_EVENTS, rule), typical());
    let days = live(&mut course, 60, |_| 1.0);
    let expected: Vec<f64> = (0..60).map(|day| if day < 21 { 10.0 } else { 15.0 }).collect();
    assert_eq!(amounts(&days, 0), expected);
    let followed = followed(course.record());
    let [first, raised, (35, Action::Trough { measured, until: 42, .. }), last] = followed[..] else {
        panic!("{followed:?}")
    };
    assert_eq!(first, (14, Action::Trough { drug: 0, measured: trough, until: 21 }));
    assert_eq!(raised, (21, Action::Adjust { drug: 0, relative_dose: 1.5, reason: TroughDecision::Raised }));
    assert!((measured / trough - 1.5).abs() < 1e-3, "{measured} after {trough}");
    assert_eq!(last, (42, Action::Adjust { drug: 0, relative_dose: 1.5, reason: TroughDecision::InRange }));
}

// The metabolite counts where it is said to; and in a schedule with days off samples wait for 14 days of doses on end.
#[test]
fn totals_and_cycles() {
    let regimen = "sunitinib 50 mg daily, 4 weeks on 2 weeks off";
    let total = usual(regimen, true);
    assert!(total > 1.1 * usual(regimen, false));
    let levels = ["37.5 mg", "50 mg"].map(|dose| format!("{dose} daily, 4 weeks on 2 weeks off"));
    let rule = DrugMonitoring {
        analyte: TroughAnalyte::Total,
        ..rule("sunitinib", 0.9 * total, 1.1 * total, &levels.each_ref().map(String::as_str))
    };
    let mut course = course(&monitored(regimen, NO_EVENTS, rule), typical());
    live(&mut course, 70, |_| 1.0);
    let samples: Vec<u32> = followed(course.record()).into_iter().step_by(2).map(|(day, _)| day).collect();
    assert_eq!(samples, [14, 42 + 14], "one in each cycle");
    assert_eq!(followed(course.record())[0].1, Action::Trough { drug: 0, measured: total, until: 21 });
}

// No dose reaches this target: all are raised to 20 mg. From there adverse events lead to the planned dose, as they lead from that to
// 5 mg, and no trough raises what they have reduced.
#[test]
fn adverse_events_go_first() {
    let levels = ["10 mg daily", "20 mg daily"];
    let out_of_reach = rule("everolimus", 900.0, 1000.0, &levels);
    let (mut from_raised, mut held_down, mut raised_again) = (0, 0, 0);
    for id in 0..40 {
        let run = |raise_after_toxicity: bool| {
            let rule = DrugMonitoring { raise_after_toxicity, ..out_of_reach.clone() };
            let mut course = course(&monitored(E, EVENTS, rule), patient(id));
            let days = live(&mut course, 300, |_| 1.0);
            let record = course.record().clone();
            let reduced = record.actions.iter().find_map(|(day, action)| match action {
                Action::Resume { reduced: true, .. } => Some(*day as usize),
                _ => None,
            });
            (amounts(&days, 0), record, reduced)
        };
        let (amounts, record, reduced) = run(false);
        let Some(day) = reduced else { continue };
        let before = amounts[..day].iter().copied().rev().find(|mg| *mg > 0.0).unwrap();
        assert_eq!(amounts[day], if before == 20.0 { 10.0 } else { 5.0 }, "patient {id} from {before} mg");
        assert!(amounts[day..].iter().all(|mg| *mg <= amounts[day]), "patient {id}: {amounts:?}");
        from_raised += u32::from(before == 20.0);
        let is = |reason| move |(_, a): &&(u32, Action)| matches!(a, Action::Adjust { reason: r, .. } if *r == reason);
        held_down += record.actions.iter().filter(is(TroughDecision::HeldDown)).count();
        let (amounts, _, again) = run(true);
        raised_again +=
            u32::from(again.is_some_and(|day| amounts[day..].iter().any(|mg| *mg > amounts[day])));
    }
    assert!(
        from_raised > 2 && held_down > 2 && raised_again > 2,
        "{from_raised}, {held_down}, {raised_again}"
    );
}

// What a course is told is all that a stop keeps of it: samples that wait for their result are taken again.
#[test]
fn a_stop_between_a_sample_and_its_result_loses_nothing() {
    let rule = DrugMonitoring { every: Some(28), cv: None, ..rule("everolimus", 10.0, 15.0, &[]) };
    for id in 0..6 {
        let mut whole = course(&monitored(E, EVENTS, rule.clone()), patient(id));
        let days = live(&mut whole, 90, |_| 1.0);
        for day in [14, 15, 20, 21, 22, 60] {
            let inputs: Vec<_> = whole.inputs().iter().filter(|i| i.day < day).copied().collect();
            let mut again =
                TreatmentCourse::replay(Arc::clone(whole.protocol()), patient(id), &inputs, day).unwrap();
            assert_eq!(live(&mut again, 90 - day, |_| 1.0), days[day as usize..], "patient {id}, day {day}");
            assert_eq!(again.record(), whole.record());
        }
    }
}

// A measurement with an error changes what is decided, and nothing that is drawn.
#[test]
fn measuring_shifts_no_draws() {
    let never = DrugMonitoring { cv: Some(0.5), ..rule("everolimus", 1e-6, 1e6, &[]) };
    let plain = plan(vec![line(&[E], &[])], EVENTS);
    for id in 0..10 {
        let run = |plan: &Therapy| {
            let mut course = course(plan, patient(id));
            let days = live(&mut course, 200, |_| 1.0);
            (amounts(&days, 0), course.record().events.clone())
        };
        assert_eq!(run(&plain), run(&monitored(E, EVENTS, never.clone())), "patient {id}");
    }
}

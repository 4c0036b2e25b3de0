//! Lines that a marker of the blood pauses or ends (section 7.21 of the model).

use std::sync::Arc;

use crate::scenario::{
    AfterLastLine, LineEnd, MarkerAction, MarkerReference, MarkerTrigger, Therapy, TriggerMarker,
};
use crate::therapy::course::{DayReport, TreatmentCourse};
use crate::therapy::record::{Action, EndReason};
use crate::therapy::support::{NO_EVENTS, course, given, line, plan, typical};

fn rule(action: MarkerAction) -> MarkerTrigger {
    MarkerTrigger {
        marker: TriggerMarker::Cga,
        locus: None,
        above: Some(1.5),
        fraction: None,
        detection_limit: None,
        reference: Some(MarkerReference::Nadir),
        samples: 2,
        every: 28,
        turnaround: 7,
        cv: 0.0,
        action,
        resume_at: None,
        locus_number: None,
    }
}

fn triggered(rule: MarkerTrigger) -> Therapy {
    let mut first = line(&["everolimus 10 mg daily"], &[LineEnd::Progression]);
    first.trigger = Some(rule);
    plan(vec![first, line(&["sunitinib 37.5 mg daily"], &[])], NO_EVENTS)
}

/// Lives through days with a marker, at an unchanged volume.
fn live(course: &mut TreatmentCourse, days: u32, level: impl Fn(u32) -> f64) -> Vec<DayReport> {
    let day = |_| {
        let today = course.today();
        if course.visit_due() {
            course.visit(1.0);
        }
        if course.marker_due().is_some() {
            course.marker(level(today));
        }
        course.advance_day().unwrap()
    };
    (0..days).map(day).collect()
}

fn samples(course: &TreatmentCourse) -> Vec<(u32, f64)> {
    let of = |(day, action): &(u32, Action)| match action {
        Action::Marker { measured, .. } => Some((*day, *measured)),
        _ => None,
    };
    course.record().actions.iter().filter_map(of).collect()
}

/// Falls to 0.8, rises to twice that on day 100, and falls again on day 200.
fn level(day: u32) -> f64 {
    match day {
        0..=27 => 1.0,
        100..200 => 1.6,
        _ => 0.8,
    }
}

// Samples of days 112 and 140 are above 1.5 times 0.8; the second result is there on day 147.
#[test]
fn two_samples_in_a_row_end_a_line_after_the_turnaround() {
    let mut course = course(&triggered(rule(MarkerAction::EndLine)), typical());
    let days = live(&mut course, 200, level);
    let expected = [(0, 1.0), (28, 0.8), (56, 0.8), (84, 0.8), (112, 1.6), (140, 1.6)];
    assert_eq!(samples(&course), expected, "the second line has no marker");
    assert_eq!(course.record().lines[0].ended, Some((147, EndReason::Marker)));
    assert_eq!(given(&days, 0), (0..147).collect::<Vec<_>>());
    assert_eq!(given(&days, 1), (147..200).collect::<Vec<_>>());
}

// Against the first sample, of 1.0, a rise to 1.6 shows as well; to 1.4 it does against the nadir alone.
#[test]
fn nadir_or_baseline() {
    let ended = |reference, high: f64| {
        let rule = MarkerTrigger { reference: Some(reference), ..rule(MarkerAction::EndLine) };
        let mut course = course(&triggered(rule), typical());
        live(&mut course, 200, |day| if day >= 100 { high } else { level(day) });
        course.record().lines[0].ended.map(|(day, _)| day)
    };
    assert_eq!(ended(MarkerReference::Baseline, 1.6), Some(147));
    assert_eq!(ended(MarkerReference::Baseline, 1.4), None);
    assert_eq!(ended(MarkerReference::Nadir, 1.4), Some(147));
    assert_eq!(ended(MarkerReference::Nadir, 1.19), None);
}

// Paused from day 147 until the sample of day 224 is low, whose result is there on day 231.
#[test]
fn a_pause_lasts_until_a_low_sample() {
    let hold = MarkerTrigger { resume_at: Some(1.2), ..rule(MarkerAction::Hold) };
    let mut course = course(&triggered(hold), typical());
    let days = live(&mut course, 280, level);
    assert_eq!(given(&days, 0), (0..147).chain(231..280).collect::<Vec<_>>());
    let pauses = |a: &Action| matches!(a, Action::Pause | Action::Continue);
    let done: Vec<_> = course.record().actions.iter().copied().filter(|(_, a)| pauses(a)).collect();
    assert_eq!(done, [(147, Action::Pause), (231, Action::Continue)]);
    // Without a way back they stay paused.
    let mut course = self::course(&triggered(rule(MarkerAction::Hold)), typical());
    assert_eq!(given(&live(&mut course, 280, level), 0), (0..147).collect::<Vec<_>>());
}

// A variant below the limit of detection is not reported, and the first sample above the threshold may be the baseline.
#[test]
fn a_mutation_is_seen_from_its_detection_limit_on() {
    let rule = MarkerTrigger {
        marker: TriggerMarker::Ctdna,
        above: None,
        fraction: Some(0.1),
        detection_limit: Some(0.005),
        reference: None,
        samples: 1,
        ..rule(MarkerAction::EndLine)
    };
    let mut course = course(&triggered(rule), typical());
    live(&mut course, 100, |day| 0.002 * f64::from(day / 28).powi(4));
    assert_eq!(samples(&course), [(0, 0.0), (28, 0.0), (56, 0.032), (84, 0.162)]);
    assert_eq!(course.record().lines[0].ended, Some((91, EndReason::Marker)));
}

// Errors of the assay are keyed by the day: of median 1, and the same when a course is repeated. A stop between a sample and its
// result loses nothing.
#[test]
fn a_stop_between_a_sample_and_its_result_loses_nothing() {
    let plan = triggered(MarkerTrigger { cv: 0.3, ..rule(MarkerAction::EndLine) });
    let mut whole = course(&plan, typical());
    let days = live(&mut whole, 200, level);
    assert!(samples(&whole).iter().all(|(day, measured)| *measured != level(*day)));
    for day in [28, 29, 35, 112, 113, 140, 141, 146, 147, 148] {
        let inputs: Vec<_> = whole.inputs().iter().filter(|i| i.day < day).copied().collect();
        let mut again =
            TreatmentCourse::replay(Arc::clone(whole.protocol()), typical(), &inputs, day).unwrap();
        assert_eq!(live(&mut again, 200 - day, level), days[day as usize..], "day {day}");
        assert_eq!((again.record(), again.inputs()), (whole.record(), whole.inputs()));
    }
}

// A line that goes on beyond its end is not ended again.
#[test]
fn a_last_line_that_goes_on_is_not_ended_twice() {
    let mut plan = triggered(rule(MarkerAction::EndLine));
    plan.lines.truncate(1);
    plan.after_last_line = AfterLastLine::Continue;
    let mut course = course(&plan, typical());
    let days = live(&mut course, 300, level);
    let ends = course.record().actions.iter().filter(|(_, a)| matches!(a, Action::LineEnds { .. })).count();
    assert_eq!((ends, given(&days, 0).len()), (1, 300));
}

//! From line to line.

use crate::catalogue::Organ;
use crate::scenario::{AfterLastLine, LineEnd, Visits};
use crate::therapy::course::{Status, TreatmentCourse};
use crate::therapy::record::{Action, EndReason, LineRecord, StopReason};
use crate::therapy::response::Category;
use crate::therapy::support::{
    GRADE_3, NO_EVENTS, certain, course, course_with, given, line, live, plan, typical,
};

const E: &str = "everolimus 10 mg daily";
const S: &str = "sunitinib 37.5 mg daily";

fn ends(line: usize, reason: EndReason) -> Action {
    Action::LineEnds { line, reason, goes_on: false }
}

fn days(from: u32, to: u32) -> Vec<u32> {
    (from..to).collect()
}

// The order of Angelousi 2017 (9a, hold out): everolimus to progression, then sunitinib to progression. Each line has
// a baseline and nadir of its own (ruling 30).
#[test]
fn sequence_switches_at_progression() {
    let lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[LineEnd::Progression])];
    let mut course = course(&plan(lines, NO_EVENTS), typical());
    // Volumes at the visits of days 84, 168, 252, 336: +20 % in diameter is a factor of 1.728.
    let volume = |day| match day {
        84 => 1.70,
        168 => 1.75,
        252 => 2.9,
        _ => 3.1,
    };
    let reports = live(&mut course, 400, volume);
    assert_eq!(given(&reports, 0), days(0, 168));
    assert_eq!(given(&reports, 1), days(168, 336));
    let record = course.record();
    // 2.9 is more than 1.728 of day 0, and less than that of the second line's baseline of 1.75.
    let first = LineRecord {
        line: 0,
        began: 0,
        progression: Some(168),
        ended: Some((168, EndReason::Progression)),
        last_dose: Some(167),
    };
    assert_eq!(record.lines[0], first);
    assert_eq!(record.lines[0].time_on_treatment(), 168);
    assert_eq!((record.lines[1].began, record.lines[1].progression), (168, Some(336)));
    let expected = [
        (0, Action::LineBegins { line: 0 }),
        (168, ends(0, EndReason::Progression)),
        (168, Action::LineBegins { line: 1 }),
        (336, ends(1, EndReason::Progression)),
    ];
    assert_eq!(record.actions, expected);
    assert_eq!((reports[167].line, reports[168].line, reports[399].line), (Some(0), Some(1), None));
    assert!(reports[168].line_begins && !reports[169].line_begins && !reports[399].on_treatment);
}

#[test]
fn a_decision_says_what_was_measured() {
    let lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[])];
    let mut course = course(&plan(lines, NO_EVENTS), typical());
    assert_eq!(course.visit(1.0).judgement, None, "no line has begun");
    live(&mut course, 84, |_| 1.0);
    let decision = course.visit(0.3);
    let judgement = decision.judgement.unwrap();
    assert_eq!(judgement.category, Category::PartialResponse);
    assert_eq!(judgement.change, Some(libm::cbrt(0.3) - 1.0));
    assert!(!decision.progression && decision.actions.is_empty());
    let decision = course.visit(0.52);
    assert!(decision.progression, "{decision:?}");
    assert_eq!(decision.actions, [ends(0, EndReason::Progression)]);
    let again = course.visit(0.6);
    assert!(!again.progression && again.actions.is_empty(), "{again:?}");
}

// RECIST 1.1: a new lesion is progression even while the old ones shrink; and a repeated course hears of it too.
#[test]
fn a_new_lesion_is_progression() {
    let lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[])];
    let mut course = course(&plan(lines, NO_EVENTS), typical());
    live(&mut course, 84, |_| 1.0);
    let decision = course.visit_with_new_lesion(0.3);
    assert_eq!(decision.judgement.unwrap().category, Category::Progression);
    assert!(decision.progression && decision.judgement.unwrap().change.unwrap() < -0.3);
    course.advance_day().unwrap();
    assert_eq!(course.record().lines[0].progression, Some(84));
    assert_eq!(course.line(), Some(1));
    let again =
        TreatmentCourse::replay(course.protocol().clone(), *course.patient(), course.inputs(), 85).unwrap();
    assert_eq!(again.record(), course.record());
}

#[test]
fn a_gap_lies_between_lines_and_a_line_may_go_on_beyond_progression() {
    let mut lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[])];
    lines[0].beyond_progression = 30;
    lines[1].delay = 14;
    let mut course = course(&plan(lines, NO_EVENTS), typical());
    let reports = live(&mut course, 200, |_| 2.0);
    assert_eq!(given(&reports, 0), days(0, 84 + 30));
    assert_eq!(given(&reports, 1), days(84 + 30 + 14, 200));
    let first = &course.record().lines[0];
    assert_eq!((first.progression, first.ended), (Some(84), Some((114, EndReason::Progression))));
    assert_eq!((reports[120].line, reports[120].drugs[1].status), (None, Status::Off));
}

#[test]
fn sequence_switches_at_a_date_and_after_a_time() {
    let mut lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[LineEnd::After { days: 50 }])];
    lines[1].start = Some(100);
    lines.push(line(&[E], &[]));
    let mut course = course(&plan(lines, NO_EVENTS), typical());
    let reports = live(&mut course, 170, |_| 1.0);
    assert_eq!(given(&reports, 0), [days(0, 100), days(150, 170)].concat());
    assert_eq!(given(&reports, 1), days(100, 150));
    let ended: Vec<_> = course.record().lines.iter().map(|l| l.ended).collect();
    assert_eq!(ended, [Some((100, EndReason::NextLine)), Some((150, EndReason::Duration)), None]);
}

// A line that ends before the date of the next one leaves a gap without its drugs.
#[test]
fn a_date_is_waited_for() {
    let mut lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[])];
    lines[1].start = Some(100);
    let mut course = course(&plan(lines, NO_EVENTS), typical());
    let reports = live(&mut course, 110, |_| 2.0);
    assert_eq!(given(&reports, 0), days(0, 84));
    assert_eq!(given(&reports, 1), days(100, 110));
}

// Ruling 30: a stop for adverse events switches the line only if the arm says so.
#[test]
fn sequence_switches_at_toxicity_if_the_plan_says_so() {
    let poison = certain("everolimus", Organ::Lung, 10.0, 1);
    for (until, first) in [
        (vec![LineEnd::Toxicity], Some((1, EndReason::Toxicity))),
        (vec![LineEnd::Progression], Some((84, EndReason::Progression))),
    ] {
        let lines = vec![line(&[E], &until), line(&[S], &[])];
        let mut course = course_with(&plan(lines, GRADE_3), typical(), std::slice::from_ref(&poison));
        let reports = live(&mut course, 100, |_| 2.0);
        assert_eq!(given(&reports, 0), [0], "stopped by the event of the first day");
        assert_eq!(course.record().drugs[0].stopped, Some((0, StopReason::Recurrent)));
        assert_eq!(course.record().lines[0].ended, first);
        assert_eq!(given(&reports, 1).first(), Some(&first.unwrap().0));
        assert_eq!(
            reports[1].drugs[0].status,
            if first.unwrap().0 == 1 { Status::Off } else { Status::Stopped }
        );
    }
}

#[test]
fn a_drug_that_an_earlier_line_had_to_stop_ends_a_later_line_at_once() {
    let poison = certain("everolimus", Organ::Lung, 10.0, 1);
    let lines = vec![line(&[E], &[LineEnd::Toxicity]), line(&[E, S], &[LineEnd::Toxicity]), line(&[S], &[])];
    let mut course = course_with(&plan(lines, GRADE_3), typical(), &[poison]);
    let reports = live(&mut course, 10, |_| 1.0);
    assert_eq!(given(&reports, 0), [0]);
    let ended: Vec<_> = course.record().lines.iter().map(|l| l.ended).collect();
    assert_eq!(ended, [Some((1, EndReason::Toxicity)), Some((2, EndReason::Toxicity)), None]);
    // The other drug of the line in between is not given up by it.
    assert_eq!(given(&reports, 1), days(1, 10));
}

#[test]
fn the_last_line_stops_or_goes_on() {
    for after in [AfterLastLine::Stop, AfterLastLine::Continue] {
        let mut plan = plan(vec![line(&[E], &[LineEnd::Progression])], NO_EVENTS);
        plan.background = line(&["octreotide LAR 30 mg every 28 d"], &[]).regimens;
        plan.after_last_line = after;
        let mut course = course(&plan, typical());
        let reports = live(&mut course, 120, |_| 2.0);
        let goes_on = after == AfterLastLine::Continue;
        assert_eq!(given(&reports, 1), days(0, if goes_on { 120 } else { 84 }));
        assert_eq!(given(&reports, 0), [0, 28, 56, 84, 112], "the background goes on");
        let end = Action::LineEnds { line: 0, reason: EndReason::Progression, goes_on };
        assert_eq!(course.record().actions[1..], [(84, end)]);
        assert_eq!(reports[100].line, goes_on.then_some(0));
        assert_eq!(course.protocol().remarks(&course.patient().body).is_empty(), !goes_on);
    }
}

#[test]
fn a_line_may_give_drugs_together() {
    let mut course = course(&plan(vec![line(&[E, S], &[])], NO_EVENTS), typical());
    let reports = live(&mut course, 30, |_| 1.0);
    assert_eq!((given(&reports, 0), given(&reports, 1)), (days(0, 30), days(0, 30)));
    assert_eq!(reports[9].drugs[0].given, [(0.0, 10.0)]);
    assert_eq!(reports[9].drugs[1].given, [(0.0, 37.5)]);
}

// EVERSUN and SUNRISES (9a, hold out): turns of 12 weeks.
#[test]
fn a_line_may_take_turns() {
    let mut turns = line(&[E, "sunitinib 50 mg daily, 4/2"], &[]);
    turns.alternate = Some(84);
    let mut course = course(&plan(vec![turns], NO_EVENTS), typical());
    let reports = live(&mut course, 260, |_| 1.0);
    assert_eq!(given(&reports, 0), [days(0, 84), days(168, 252)].concat());
    // Its cycle begins anew with every turn.
    let cycles = [days(84, 112), days(126, 154), days(252, 260)].concat();
    assert_eq!(given(&reports, 1), cycles);
    let actions: Vec<_> = course.record().actions.iter().skip(1).copied().collect();
    let turn = |drug| Action::TurnBegins { drug };
    assert_eq!(actions, [(84, turn(1)), (168, turn(0)), (252, turn(1))]);
    assert_eq!((reports[90].drugs[0].status, reports[120].drugs[1].status), (Status::Off, Status::On));
    assert!(reports[120].on_treatment, "an off-day of a cycle is on treatment");
}

// The calendar of SUN-1111: weeks 5 and 9, then every 8 weeks.
#[test]
fn visits_follow_the_plan() {
    let mut plan = plan(vec![line(&[S], &[])], NO_EVENTS);
    plan.visits = Visits { at: vec![35, 63], every: 56, baseline_mm: None };
    let mut course = course(&plan, typical());
    let mut due = Vec::new();
    for day in 0..200 {
        due.extend(course.visit_due().then_some(day));
        course.advance_day().unwrap();
    }
    assert_eq!(due, [35, 63, 119, 175]);
}

//! Adaptive therapy (section 7 of the model): off below a fraction of the baseline burden, on above another one.

use crate::scenario::{AdaptiveDoses, LineEnd, Monitor};
use crate::therapy::course::Status;
use crate::therapy::record::{Action, EndReason};
use crate::therapy::support::{NO_EVENTS, course, given, line, live, plan, typical};

fn adaptive(regimens: &[&str], monitor: Monitor) -> crate::scenario::Line {
    let mut line = line(regimens, &[]);
    line.adaptive = Some(AdaptiveDoses { off_below: 0.5, on_above: 0.9, monitor });
    line
}

fn days(from: u32, to: u32) -> Vec<u32> {
    (from..to).collect()
}

/// Falls by 1 % of the baseline a day to day 60, rises by as much to day 120, falls again.
fn swing(day: u32) -> f64 {
    let turned = f64::from(day % 120);
    1.0 - 0.01 * if turned <= 60.0 { turned } else { 120.0 - turned }
}

#[test]
fn doses_pause_at_a_low_burden_and_resume_at_a_high_one() {
    let plan = plan(vec![adaptive(&["everolimus 10 mg daily"], Monitor::Every { days: 1 })], NO_EVENTS);
    let mut course = course(&plan, typical());
    let reports = live(&mut course, 180, swing);
    // Below 0.5 on day 51 (0.49), 0.9 again on day 110; then 0.49 on day 171.
    assert_eq!(given(&reports, 0), [days(0, 51), days(110, 171)].concat());
    let actions: Vec<_> = course.record().actions.iter().skip(1).copied().collect();
    assert_eq!(actions, [(51, Action::Pause), (110, Action::Continue), (171, Action::Pause)]);
    assert_eq!(reports[80].drugs[0].status, Status::Paused);
    assert!(!reports[80].on_treatment && reports[50].on_treatment);
    // A pause is the plan's own: it takes nothing from the dose intensity.
    assert_eq!(course.record().drugs[0].relative_dose_intensity(u32::MAX), Some(1.0));
}

// 5 of 10 cells are not below half of them, and 9 are nine tenths, whatever the start is that all are divided by.
#[test]
fn thresholds_are_met_by_counts_exactly() {
    for start in [10_u32, 30, 49, 70, 1000, 2047, 100_003] {
        let plan = plan(vec![adaptive(&["everolimus 10 mg daily"], Monitor::Every { days: 1 })], NO_EVENTS);
        let mut course = course(&plan, typical());
        let of = |cells: u32| f64::from(cells) / f64::from(start);
        let cells = |day: u32| [10, 5, 4, 8, 9][day as usize];
        course.visit(of(10));
        live(&mut course, 5, |day| of(cells(day)));
        let actions: Vec<_> = course.record().actions.iter().skip(1).copied().collect();
        assert_eq!(actions, [(2, Action::Pause), (4, Action::Continue)], "{start}");
    }
}

#[test]
fn a_slower_look_reacts_later() {
    for (monitor, expected) in [
        (Monitor::Every { days: 20 }, [days(0, 60), days(120, 180)].concat()),
        // At visits, on days 84 (0.64) and 168 (0.52): never below one half.
        (Monitor::Visit, days(0, 180)),
    ] {
        let plan = plan(vec![adaptive(&["everolimus 10 mg daily"], monitor)], NO_EVENTS);
        let mut course = course(&plan, typical());
        let reports = live(&mut course, 180, swing);
        assert_eq!(given(&reports, 0), expected, "{monitor:?}");
    }
}

// The reference is the burden at the line's beginning, not that of day 0.
#[test]
fn each_line_has_its_own_reference() {
    let first = line(&["everolimus 10 mg daily"], &[LineEnd::Progression]);
    let second = adaptive(&["sunitinib 37.5 mg daily"], Monitor::Visit);
    let mut course = course(&plan(vec![first, second], NO_EVENTS), typical());
    // Begins at 2 on day 84; 0.95 is less than half of it, though nearly the whole of day 0; 1.8 is nine tenths.
    let volume = |day| match day {
        84 => 2.0,
        168 => 0.95,
        _ => 1.8,
    };
    let reports = live(&mut course, 300, volume);
    assert_eq!(given(&reports, 1), [days(84, 168), days(252, 300)].concat());
    // The caller may know the volume at the beginning of a line better than from the visit before it.
    course.baseline(4.0);
    live(&mut course, 36, |_| 1.0);
    assert_eq!(course.visit(1.9).actions, [Action::Pause], "1.9 of 4.0");
}

// All drugs of the line pause, none of the background; what is not due meanwhile is not missed.
#[test]
fn a_pause_is_the_lines_alone_and_moves_no_calendar() {
    let depot = "lanreotide 120 mg every 28 d";
    let mut plan =
        plan(vec![adaptive(&["everolimus 10 mg daily", depot], Monitor::Every { days: 1 })], NO_EVENTS);
    plan.background = line(&["octreotide LAR 30 mg every 28 d"], &[]).regimens;
    let mut course = course(&plan, typical());
    // Paused on days 30 to 39, between two injections; then on days 80 to 89, when one is due.
    let volume = |day| if (30..40).contains(&day) || (80..90).contains(&day) { 0.4 } else { 1.0 };
    let reports = live(&mut course, 130, volume);
    assert_eq!(given(&reports, 0), [0, 28, 56, 84, 112]);
    assert_eq!(given(&reports, 1), [days(0, 30), days(40, 80), days(90, 130)].concat());
    assert_eq!(given(&reports, 2), [0, 28, 56, 90, 118], "the missed one is given at once");
}

// Regrowth from nadir by a factor of 1.728 in volume is progression by RECIST, also during a pause: an adaptive line that
// ends at progression needs thresholds that are closer than that.
#[test]
fn a_pause_that_lasts_too_long_ends_in_progression() {
    let mut line = adaptive(&["everolimus 10 mg daily"], Monitor::Visit);
    line.until = vec![LineEnd::Progression];
    let mut course = course(&plan(vec![line], NO_EVENTS), typical());
    let volume = |day| if day < 100 { 0.45 } else { 0.80 };
    live(&mut course, 200, volume);
    assert_eq!(course.record().lines[0].ended, Some((168, EndReason::Progression)));
    assert!(!course.record().actions.iter().any(|(_, a)| *a == Action::Continue));
}

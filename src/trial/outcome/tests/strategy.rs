//! Strategies on equal terms: the same tumours under one drug, under a sequence that begins with it, and when it is stopped.

use super::*;
use crate::therapy::toxicity::AdverseEvent;
use crate::trial::stats::First;

/// Half the diameters within 84 days, then growth by 0.006 a day by volume.
fn responds(day: u32) -> [f64; 2] {
    let log = if day < 84 { -f64::from(day) / 40.0 } else { -2.1 + 0.006 * f64::from(day - 84) };
    [libm::exp(log); 2]
}

// +20 % at day 168, for one line and for two; the sequence fails when its second line has progressed too. What the tumour does is the
// same in both, and so is the time to 1.2 times the first sum.
#[test]
fn a_sequence_fails_on_its_last_line() {
    let one = outcome_of(one_line(), 1, assessment(), grow(0.004)).strategy;
    let two = outcome_of(two_lines(), 2, assessment(), grow(0.004)).strategy;
    assert_eq!((one.tfs, two.tfs), (span(168, Ended::Progression), span(336, Ended::Progression)));
    assert_eq!((one.growth, two.growth), (span(168, Ended::Progression), one.growth));
    assert!(!one.after_leaving && !two.after_leaving);
    assert_eq!((one.second_drug, two.second_drug), (false, true));
}

// After a response the one drug fails at 0.6 of the first sum, where its patient leaves. That is no growth beyond day 0: the
// tumour goes on untreated, as it is seen at the scans to come. The nadir is exp(-0.7); 20 % above it is reached 91.2 days
// later, which the scan of day 252 sees at exp(-0.7 + 0.002·168), and 1.2 is then reached after 546 days at 0.001 a day.
#[test]
fn who_leaves_early_does_not_grow_earlier() {
    let one = outcome_of(one_line(), 1, assessment(), responds).strategy;
    assert_eq!(one.tfs, span(252, Ended::Progression));
    let reached = 252.0 + (libm::log(1.2) + 0.7 - 0.002 * 168.0) / 0.001;
    assert!((reached - 798.3).abs() < 0.1);
    assert_eq!((one.growth, one.after_leaving), (span(840, Ended::Progression), true));
    // A second line fails 168 days later, and from there on it is the same.
    let two = outcome_of(two_lines(), 2, assessment(), responds).strategy;
    assert_eq!((two.tfs, two.after_leaving), (span(420, Ended::Progression), true));
    let reached = 420.0 + (libm::log(1.2) + 0.7 - 0.002 * 336.0) / 0.001;
    assert!((reached - 630.3).abs() < 0.1);
    assert_eq!(two.growth, span(672, Ended::Progression));
}

// 5 mm of a small sum are more than 20 % of it.
#[test]
fn growth_is_by_5_mm_at_least() {
    let follow = FollowUp { diameters_mm: vec![12.0, 8.0], ..follow(assessment(), 1000) };
    let (chart, course) =
        walk(one_line(), Chart::new(follow, 1), &mut Script { day: 0, volumes: grow(0.004) }).unwrap();
    let small = Outcome::new(&chart, course.record(), 1).strategy;
    // 1.25 is reached on day 167.4, and 1.2 on day 136.7; both are seen on day 168. One day of the calendar tells them apart.
    assert_eq!(small.growth.days, 168);
    let early = Assessment { visits: Visits { at: vec![150], every: 50, baseline_mm: None }, ..assessment() };
    let follow = FollowUp { diameters_mm: vec![12.0, 8.0], ..super::follow(early, 1000) };
    let (chart, course) =
        walk(one_line(), Chart::new(follow, 1), &mut Script { day: 0, volumes: grow(0.004) }).unwrap();
    assert_eq!(Outcome::new(&chart, course.record(), 1).strategy.growth.days, 200);
}

// A planned line that never begins: by death it has failed, by the end of follow-up it is not known.
#[test]
fn a_line_that_never_begins_is_a_failure_only_by_death() {
    let gap = || {
        let mut lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[LineEnd::Progression])];
        lines[1].delay = 2000;
        course(&plan(lines, NO_EVENTS), typical())
    };
    let alive = outcome_of(gap(), 2, assessment(), grow(0.004)).strategy;
    assert_eq!((alive.tfs, alive.second_drug), (span(924, Ended::Censored), false));
    let mortal = Assessment { tumour_death: 1e-3, ..assessment() };
    let dead = outcome_of(gap(), 2, mortal, grow(0.004));
    assert_eq!((dead.pfs.ended, dead.os.ended), (Ended::Progression, Ended::Death));
    assert_eq!(dead.strategy.tfs, dead.os);
    assert!(dead.pfs.days < dead.os.days && dead.os.days < 900, "{:?}", dead.os);
}

// A drug that is stopped for toxicity: alone, its patient is followed until progression; in a sequence the next line comes. Neither stop
// is a failure. The dose of the drug alone stays planned until progression.
#[test]
fn a_stop_for_toxicity_is_no_failure() {
    let toxic = certain("everolimus", Organ::Skin, 5.0, 1);
    let until = [LineEnd::Progression, LineEnd::Toxicity];
    let alone =
        course_with(&plan(vec![line(&[E], &until)], GRADE_3), typical(), std::slice::from_ref(&toxic));
    let one = outcome_of(alone, 1, assessment(), grow(0.004));
    assert_eq!(one.strategy.tfs, span(168, Ended::Progression));
    let stopped = one.strategy.discontinuation;
    assert!(stopped.first == First::Event && stopped.day < 84, "{stopped:?}");
    assert_eq!((one.strategy.severe.first, one.strategy.response.first), (First::Event, First::Competing));
    assert_eq!(one.strategy.response.day, 168);
    let (to_stop, to_progression) = (one.intensities[0].unwrap(), one.strategy.intensities[0].unwrap());
    let dosed = f64::from(stopped.day + 1) / 168.0;
    assert!((to_progression - to_stop * dosed).abs() < 1e-12, "{to_progression} of {to_stop}");
    let lines = vec![line(&[E], &until), line(&[S], &[LineEnd::Progression])];
    let switched = course_with(&plan(lines, GRADE_3), typical(), &[toxic]);
    let two = outcome_of(switched, 2, assessment(), grow(0.004));
    assert_eq!(two.strategy.tfs.days, two.second_line.unwrap() + two.second_pfs.unwrap().days);
    assert_eq!(two.strategy.discontinuation, stopped);
    // The first line is over with the second one's beginning: a response later is not one of it.
    assert_eq!(
        (two.strategy.response.first, two.strategy.response.day),
        (First::Competing, two.second_line.unwrap())
    );
    assert!(two.strategy.intensities[0].unwrap() > to_progression);
}

#[test]
fn firsts_are_those_of_the_first_line() {
    let shrunk =
        |day: u32| if day < 80 { [1.0; 2] } else { [0.3 * libm::exp(0.006 * f64::from(day - 80)); 2] };
    let o = outcome_of(one_line(), 1, assessment(), shrunk).strategy;
    assert_eq!((o.response.day, o.response.first), (84, First::Event));
    assert_eq!((o.severe.day, o.severe.first), (o.tfs.days, First::Competing));
    let still = outcome_of(one_line(), 1, assessment(), |_| [1.0; 2]).strategy;
    assert_eq!((still.response.day, still.response.first), (1000, First::Neither));
    let certain = Assessment { other_death: 1e3, ..assessment() };
    let dead = outcome_of(one_line(), 1, certain, |_| [1.0; 2]).strategy;
    assert_eq!(
        (dead.response.day, dead.response.first, dead.tfs),
        (1, First::Competing, span(1, Ended::Death))
    );
}

// ln of the sum rises by 0.004/3 a day, straight, so that its mean is half of what it comes to; a patient who leaves goes on by 0.001.
#[test]
fn burden_is_the_mean_over_days_alive() {
    let o = outcome_of(one_line(), 1, assessment(), grow(0.004)).strategy;
    let close = |found: Option<f64>, expected: f64| {
        assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?} is not {expected}");
    };
    let rate = 0.004 / 3.0;
    close(o.burden(168), rate * 84.0);
    close(o.burden(100), rate * 50.0);
    // 84 days more.
    close(o.burden(252), (rate * 168.0 * 84.0 + (rate * 168.0 + 0.042) * 84.0) / 252.0);
    assert_eq!(o.burden(0), None);
    let gone = outcome_of(one_line(), 1, assessment(), |_| [0.0; 2]).strategy;
    // Nothing to measure counts as 5 mm of 100, from the first scan on.
    close(gone.burden(420), libm::log(0.05) * (42.0 + 336.0) / 420.0);
    let certain = Assessment { other_death: 1e3, ..assessment() };
    close(outcome_of(one_line(), 1, certain, |_| [1.0; 2]).strategy.burden(500), 0.0);
}

#[test]
fn severe_days_are_counted_once_and_to_the_horizon() {
    let event = |day, recovered, grade, drug| AdverseEvent {
        day,
        event: String::new(),
        organ: None,
        drug,
        partners: Vec::new(),
        grade,
        recovered,
        decisive: false,
    };
    let record = TreatmentRecord {
        events: vec![
            event(10, 20, 3, Some(0)),
            event(15, 30, 4, Some(1)),
            event(40, 50, 3, None),
            event(60, 90, 2, Some(0)),
            event(95, 200, 3, Some(0)),
        ],
        ..TreatmentRecord::default()
    };
    let chart = Chart::new(follow(assessment(), 100), 1);
    let of = |until, death| Strategy::new(&chart, &record, 1, until, death, None);
    let whole = of(1000, None);
    assert_eq!([5, 12, 30, 95, 100, 1000].map(|h| whole.severe_days(h)), [0, 2, 20, 20, 25, 125]);
    assert_eq!(of(1000, Some(100)).severe_days(1000), 25);
    assert_eq!(of(27, None).severe_days(1000), 18);
}

use std::path::Path;

use super::trials::DrawnTrials;
use super::*;
use crate::trial::file;

const TRIAL: &str = include_str!("../../../tests/data/small-trial.toml");

fn question(sizes: &[u32]) -> DesignQuestion {
    DesignQuestion {
        arm: 1,
        against: 0,
        endpoint: Endpoint::Pfs,
        alpha: 0.05,
        power: 0.8,
        sizes: sizes.to_vec(),
        ratio: 1.0,
        draws: 2,
        between: None,
    }
}

/// Exponential times, all followed to a horizon.
fn exponential(patients: u32, rate: f64, seed: u64, horizon: f64) -> Vec<Subject> {
    let of = |i: u32| {
        let waited = RandomBlock::of(seed, [i, 0, 0, 0]).exponential() / rate;
        if waited < horizon { Subject::event(waited) } else { Subject::censored(horizon) }
    };
    (0..patients).map(of).collect()
}

// Schoenfeld 1981: with d events in equal arms the score has mean ln(HR)·√d/2 and variance 1. A hazard ratio of 0.6 and 120 of 200 events
// have a power of 0.80; the share of 400 such trials has an error of 0.02, so five of them are 0.1.
#[test]
fn the_power_is_that_of_schoenfeld() {
    let asked = question(&[200]);
    let (hazard, ratio) = (0.1, 0.6);
    let (mut power, mut events) = (0.0, 0.0);
    for draw in 0..40 {
        let seed = 1000 + u64::from(draw);
        let pools =
            [exponential(1000, hazard * ratio, seed, 12.0), exponential(1000, hazard, seed + 5000, 12.0)];
        let trials = DrawnTrials::new(&asked, 7, draw, &pools);
        power += trials.successes[0] / 40.0;
        events += trials.events[0] / 40.0;
    }
    let mean = -libm::log(ratio) * libm::sqrt(events) / 2.0;
    let beyond = |z: f64| 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
    let expected = beyond(asked.critical() - mean);
    assert!((power - expected).abs() < 0.1, "{power} and not {expected}, {events} events");
    assert!((0.6..0.95).contains(&expected), "{expected} tells nothing");
}

// Where nothing is different a test at 5 % shows the arm to be better in 2.5 %; 800 trials have an error of 0.6 %.
#[test]
fn without_a_difference_as_many_succeed_as_the_level_says() {
    let asked = question(&[100]);
    let of = |draw: u32| {
        let seed = 100 + u64::from(draw);
        let pools = [exponential(50, 0.1, seed, 12.0), exponential(50, 0.1, seed + 5000, 12.0)];
        DrawnTrials::new(&asked, 7, draw, &pools).successes[0]
    };
    // All patients of a draw are in each of its trials, which are one.
    let share = (0..800).map(of).sum::<f64>() / 800.0;
    assert!((share - 0.025).abs() < 0.03, "{share}");
}

#[test]
fn what_cannot_be_planned_is_refused_with_a_way_out() {
    let scenario = |text: &str| file::parse(text, "small-trial", Path::new("")).unwrap().scenario;
    let small = scenario(TRIAL);
    let refused = |question: &DesignQuestion, of: &Scenario| question.check(of).unwrap_err().to_string();
    let mut endless = small.clone();
    endless.trial.as_mut().unwrap().conduct.cutoff = None;
    assert!(refused(&question(&[40]), &endless).contains("has no data cut-off"));
    let mut cut = small.clone();
    cut.trial.as_mut().unwrap().conduct.cutoff = Some(300);
    assert!(refused(&DesignQuestion { against: 1, ..question(&[40]) }, &cut).contains("--against"));
    assert!(refused(&question(&[9]), &cut).contains("fewer than 5"));
    assert!(refused(&question(&[40]), &Scenario { trial: None, ..cut.clone() }).contains("is not a trial"));
    question(&[40]).check(&cut).unwrap();
}

#[test]
fn a_plan_is_the_same_whoever_computes_it() {
    let mut small = file::parse(TRIAL, "small-trial", Path::new("")).unwrap().scenario;
    small.trial.as_mut().unwrap().conduct.cutoff = Some(300);
    let stop = AtomicUsize::new(0);
    let with = |threads| {
        question(&[10, 14]).plan(&small, threads, &mut TrialHooks { listener: &mut (), stop: &stop }).unwrap()
    };
    let (one, two) = (with(1), with(2));
    assert_eq!(one, two);
    assert!(one.sizes[0].events <= one.sizes[1].events && one.sizes[1].arm_patients == 7, "{one:?}");
    stop.store(2, std::sync::atomic::Ordering::Relaxed);
    let stopped = question(&[10]).plan(&small, 1, &mut TrialHooks { listener: &mut (), stop: &stop });
    assert!(matches!(stopped, Err(TrialError::Stopped(2))), "{stopped:?}");
}

// A size that succeeded by luck, and not the larger ones, is not what is needed.
#[test]
fn the_size_that_is_needed_keeps_what_it_promises() {
    let asked = question(&[40, 60, 80, 100]);
    let of = |successes: [f64; 4]| {
        let trials = DrawnTrials {
            successes: successes.to_vec(),
            events: vec![10.0; 4],
            hazard_ratios: vec![Some(0.5), Some(0.6), None, Some(1.2)],
        };
        PlannedTrial::new(&asked, std::slice::from_ref(&trials), std::slice::from_ref(&trials), 64.0)
    };
    assert_eq!(of([0.7, 0.85, 0.75, 0.9]).by_power, Some(100));
    assert_eq!(of([0.8, 0.85, 0.9, 0.9]).by_assurance, Some(40));
    let none = of([0.1, 0.2, 0.3, 0.4]);
    assert_eq!((none.by_power, none.better_fraction), (None, 0.0));
    assert!(!none.is_open());
}

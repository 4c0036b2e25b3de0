//! Patients beside one another are who they are alone.

use std::sync::atomic::AtomicUsize;

use super::{EVEROLIMUS, SUNITINIB, SUPPORT, all, on_cpu, plan};
use crate::simulation::BackendOptions;
use crate::simulation::backends::Seat;
use crate::trial::outcome::Outcome;
use crate::trial::run::together::{Unfinished, through};
use crate::trial::run::{PatientRun, Plan, TrialOptions};

fn outcomes(runs: &[PatientRun]) -> Vec<(u32, Vec<Outcome>)> {
    let arms = |run: &PatientRun| run.arms.iter().map(|(_, arm)| arm.as_ref().unwrap().0.clone()).collect();
    runs.iter().map(|run| (run.patient.id, arms(run))).collect()
}

/// A trial in which one arm is the beginning of another, and patients have lattices and supplies of their own.
fn trial() -> Plan {
    let sequence = format!("{EVEROLIMUS}{SUNITINIB}");
    plan(5, 400, &[("sequence", &sequence), ("first", EVEROLIMUS), ("support", SUPPORT)])
}

/// These patients in one batch, so many arms at once.
fn together(plan: &Plan, ids: &[u32], at_once: usize, seat: &mut Seat) -> Vec<PatientRun> {
    let arms: Vec<usize> = (0..plan.arms().len()).collect();
    let mut runs = Vec::new();
    let mut take = |(_, run): (u32, Result<PatientRun, String>)| runs.push(run.unwrap());
    through(plan, seat, ids, (&arms, at_once), &AtomicUsize::new(0), &mut take).unwrap();
    runs.sort_by_key(|run| run.patient.id);
    runs
}

#[test]
fn who_else_is_in_a_batch_changes_nobody() {
    let plan = trial();
    let sizes: Vec<[u32; 3]> =
        plan.cohort.patients().map(|patient| plan.scenario_of(&patient).lattice.size).collect();
    assert!(sizes.iter().any(|size| *size != sizes[0]), "{sizes:?}");
    let alone = |id| all(&plan, &TrialOptions { patients: Some(vec![id]), ..on_cpu(1) }).remove(0);
    let expected = outcomes(&(0..5).map(alone).collect::<Vec<_>>());
    assert_eq!(outcomes(&all(&plan, &on_cpu(1))), expected);
    assert_eq!(outcomes(&all(&plan, &on_cpu(3))), expected);
    let mut seat = Seat::new(BackendOptions::cpu(2));
    for at_once in [1, 2, 9] {
        assert_eq!(outcomes(&together(&plan, &[3, 0, 4, 1, 2], at_once, &mut seat)), expected, "{at_once}");
    }
    // The seat is taken by one batch after the other.
    assert_eq!(outcomes(&together(&plan, &[2], 9, &mut seat)), expected[2..3]);
}

// Whoever is through when a device is lost was handed over before.
#[test]
fn who_is_through_when_a_device_is_lost_is_through() {
    let plan = trial();
    let expected = outcomes(&together(&plan, &[0, 1, 2, 3, 4], 9, &mut Seat::new(BackendOptions::cpu(1))));
    let arms = [0, 1, 2];
    let mut numbers = Vec::new();
    for step in [100, 500, 700, 799] {
        let mut seat = Seat::new(BackendOptions { lose_at: Some(step), ..BackendOptions::cpu(1) });
        let mut runs = Vec::new();
        let mut take = |(_, run): (u32, Result<PatientRun, String>)| runs.push(run.unwrap());
        let ended = through(&plan, &mut seat, &[0, 1, 2, 3, 4], (&arms, 9), &AtomicUsize::new(0), &mut take);
        assert!(matches!(ended, Err(Unfinished::Failed(_))), "{step}: {ended:?}");
        assert!(outcomes(&runs).iter().all(|run| expected.contains(run)), "{step}");
        numbers.push(runs.len());
    }
    assert!(numbers.is_sorted() && numbers[0] == 0, "{numbers:?}");
}

// A signal ends a batch within a day of it.
#[test]
fn a_batch_is_stopped_by_a_signal() {
    let plan = trial();
    let mut seat = Seat::new(BackendOptions::cpu(1));
    let ended = through(&plan, &mut seat, &[0, 1], (&[0], 9), &AtomicUsize::new(15), &mut |_| unreachable!());
    assert!(matches!(ended, Err(Unfinished::Stopped(15))), "{ended:?}");
}

//! Patients are themselves, whoever else is there.

use super::{EVEROLIMUS, SUNITINIB, SUPPORT, all, on_cpu, plan};
use crate::trial::outcome::{Ended, Outcome};
use crate::trial::run::{PatientRun, TrialOptions};

fn outcomes(runs: &[PatientRun]) -> Vec<(usize, Outcome)> {
    let of =
        |r: &PatientRun| r.arms.iter().map(|(a, o)| (*a, o.as_ref().unwrap().0.clone())).collect::<Vec<_>>();
    runs.iter().flat_map(of).collect()
}

// Ruling 34: an arm that is how another one begins is not simulated again, and nobody can tell.
#[test]
fn an_arm_that_another_begins_with_comes_out_as_if_simulated() {
    let both = format!("{EVEROLIMUS}{SUNITINIB}");
    let plan = plan(6, 700, &[("both", &both), ("everolimus", EVEROLIMUS)]);
    assert_eq!(plan.longer_arms(), [None, Some(0)]);
    let together = outcomes(&all(&plan, &on_cpu(2)));
    let alone = outcomes(&all(&plan, &TrialOptions { arms: Some(vec![1]), ..on_cpu(1) }));
    let second: Vec<_> = together.iter().filter(|(arm, _)| *arm == 1).cloned().collect();
    assert_eq!(second, alone);
    let progressed = alone.iter().filter(|(_, o)| o.pfs.ended == Ended::Progression).count();
    assert!((2..6).contains(&progressed), "{progressed}: both ways are wanted");
}

// A patient is a function of seed and number: not of the cohort's size, of other arms, of workers, of who is asked for.
#[test]
fn patients_keep_their_outcomes() {
    let arms = [("support", SUPPORT), ("sunitinib", SUNITINIB)];
    let large = outcomes(&all(&plan(5, 300, &arms), &on_cpu(2)));
    let small = outcomes(&all(&plan(2, 300, &arms), &on_cpu(1)));
    assert_eq!(large[..4], small[..]);
    let one = TrialOptions { patients: Some(vec![3]), arms: Some(vec![1]), ..on_cpu(1) };
    let one = outcomes(&all(&plan(5, 300, &arms), &one));
    assert_eq!(one[..], large[7..8]);
    let turned = outcomes(&all(&plan(2, 300, &[arms[1], arms[0]]), &on_cpu(1)));
    assert_eq!(turned[1].1, small[0].1);
}

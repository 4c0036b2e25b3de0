//! The mean-field surrogate beside agents.

use std::time::Instant;

use super::{EVEROLIMUS, SUNITINIB, SUPPORT, all, on_cpu, plan};
use crate::biology::StateSpace;
use crate::trial::run::Plan;
use crate::trial::surrogate;

// What the surrogate is for: it must rank and place patients as agents do. Errors of measurement are the same, so that the day of
// progression is the same scan in most patients, and next to it in nearly all.
#[test]
fn patients_progress_at_the_same_scans() {
    let mut scenario =
        plan(24, 700, &[("everolimus", EVEROLIMUS), ("sunitinib", SUNITINIB), ("support", SUPPORT)]).scenario;
    scenario.trial.as_mut().unwrap().cohort.agents = Some(5000);
    let plan = Plan::new(&scenario, None).unwrap();
    let begun = Instant::now();
    let agents = all(&plan, &on_cpu(2));
    let took = begun.elapsed();
    let space = StateSpace::new(&plan.scenario);
    let begun = Instant::now();
    let (mut same, mut near, mut patients) = ([0; 3], [0; 3], 0);
    for run in &agents {
        patients += 1;
        let fast = surrogate::through(&plan, &space, &run.patient, &[0, 1, 2]).unwrap();
        for (arm, (_, slow)) in run.arms.iter().enumerate() {
            let slow = &slow.as_ref().unwrap().0;
            let apart = i64::from(slow.pfs.days) - i64::from(fast[arm].0.pfs.days);
            same[arm] += u32::from(apart.abs() < 42);
            near[arm] += u32::from(apart.abs() < 126);
            println!(
                "{} arm {arm}: agents {:?} {:.2?}, surrogate {:?} {:.2?}",
                run.patient.id, slow.pfs, slow.best_change, fast[arm].0.pfs, fast[arm].0.best_change
            );
        }
    }
    println!("agents {took:?}, surrogate {:?}; same {same:?}, near {near:?} of {patients}", begun.elapsed());
    assert!(same.iter().all(|n| n * 10 >= patients * 7), "{same:?}");
    assert!(near.iter().all(|n| n * 10 >= patients * 9), "{near:?}");
}

// Embolisation with a radionuclide once killed more cells in a step of the mean field than there were, which swelled the tumour. Lesions
// of the liver alone shrink, and both engines tell them from the others.
#[test]
fn microspheres_do_the_same_without_a_lattice() {
    let sirt =
        "[[therapy.line]]\nregimens = \"90Y SIRT 1.5 GBq on days 9 and 37\"\nuntil = \"progression\"\n";
    let plan = plan(12, 200, &[("sirt", sirt)]);
    let space = StateSpace::new(&plan.scenario);
    let agents = all(&plan, &on_cpu(2));
    let (mut same, mut shrunk) = (0, 0);
    for run in &agents {
        let slow = &run.arms[0].1.as_ref().unwrap().0;
        let fast = &surrogate::through(&plan, &space, &run.patient, &[0]).unwrap()[0].0;
        println!("{:?} {:?}, {:?} {:?}", slow.pfs, slow.best_change, fast.pfs, fast.best_change);
        same += usize::from((i64::from(slow.pfs.days) - i64::from(fast.pfs.days)).abs() < 42);
        shrunk += usize::from(fast.best_change < Some(-0.05));
    }
    assert!(same * 10 >= agents.len() * 8, "{same} of {}", agents.len());
    assert!(shrunk * 2 >= agents.len(), "{shrunk} of {}", agents.len());
}

// Each was computed all the same: a tumour of nests in place of the one that was asked for.
#[test]
fn what_a_mean_field_cannot_do_is_refused_by_name() {
    let why = |change: fn(&mut crate::scenario::Scenario)| {
        let mut scenario = plan(1, 200, &[("support", SUPPORT)]).scenario;
        change(&mut scenario);
        surrogate::refusal(&scenario)
    };
    use crate::scenario::StartShape;
    assert_eq!(why(|_| {}), None);
    assert_eq!(why(|s| s.start.shape = StartShape::Random { density: 0.1 }), None);
    assert!(why(|s| s.start.shape = StartShape::Saved { path: "x".into() }).unwrap().contains("another run"));
    for shape in [StartShape::Single, StartShape::Count { cells: 9 }, StartShape::Ball { radius_um: 90.0 }] {
        let mut scenario = plan(1, 200, &[("support", SUPPORT)]).scenario;
        scenario.start.shape = shape;
        assert!(surrogate::refusal(&scenario).unwrap().contains("in one place"));
    }
    assert_eq!(why(|s| s.mutation_amplification = 10.0), None, "mutants are in a ledger");
    let cells = |s: &mut crate::scenario::Scenario| {
        (s.mutation_amplification, s.cells_per_agent) = (10.0, Some(1.0));
    };
    assert!(why(cells).unwrap().contains("amplifies"));
    let single = |s: &mut crate::scenario::Scenario| {
        s.start.cells = vec![crate::scenario::StateCells { levels: vec![0; s.loci.len()], cells: 1 }];
    };
    assert!(why(single).unwrap().contains("single cells"));
}

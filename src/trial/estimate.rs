//! What a trial will cost, worked out before any tumour is made: for `--dry-run`. [`super::forecast`] measures instead, and takes half a
//! minute for it.
//!
//! By agents the seconds are those of [`cost`], between a tumour that stays as it starts and one that grows as its fastest cells would; by
//! the surrogate they are those of one patient, who is simulated. Nobody is taken to leave early.

use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use super::error::TrialError;
use super::forecast::{OUTCOME, as_run};
use super::results::simulate;
use super::run::{Plan, TrialOptions};
use crate::simulation::{BackendOptions, Job, cost, memory};
use crate::trial::cohort::VirtualPatient;

/// Most patients whose lattices are looked at.
const LOOKED_AT: usize = 12;
/// Bytes that a patient leaves on the disk in an arm, in tables and outcomes.
const ON_DISK: u64 = 6000;
/// Bytes that a trial leaves whatever its size: summary, report, plots.
const REPORT: u64 = 8_000_000;
/// Bytes of a process with nobody in it.
const PROCESS: u64 = 64 << 20;

/// What some patients take in some arms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrialCost {
    /// Core-seconds of all of them: the least and the most.
    pub core_seconds: [f64; 2],
    /// Bytes of memory, with so many patients at the same time.
    pub memory: u64,
    /// Bytes of the output folder.
    pub disk: u64,
}

/// Estimates what patients take in arms, `threads` of them at the same time.
///
/// # Errors
///
/// [`TrialError`] for a trial that cannot be run.
pub fn estimate(
    plan: &Plan,
    choices: &TrialOptions,
    threads: usize,
    stop: &AtomicUsize,
) -> Result<TrialCost, TrialError> {
    let everybody = || (0..plan.cohort.spec().patients).collect();
    let patients: Vec<u32> = choices.patients.clone().unwrap_or_else(everybody);
    let arms = choices.arms.as_ref().map_or(plan.arms().len(), Vec::len);
    let (number, courses) = (patients.len(), (patients.len() * arms) as u64);
    let (each, lesions) = match choices.surrogate {
        true => (by_surrogate(plan, choices, &patients, stop)?, 0),
        false => by_agents(plan, &patients, arms)?,
    };
    let at_once = threads.min(number.max(1)) as u64;
    Ok(TrialCost {
        core_seconds: each.map(|seconds| seconds * number as f64),
        memory: PROCESS + at_once * lesions + courses * OUTCOME,
        disk: REPORT + courses * ON_DISK,
    })
}

/// Core-seconds of a patient through all arms: those that the one in the middle takes.
fn by_surrogate(
    plan: &Plan,
    choices: &TrialOptions,
    patients: &[u32],
    stop: &AtomicUsize,
) -> Result<[f64; 2], TrialError> {
    let one = patients.get(patients.len() / 2).copied().into_iter().collect();
    let choices = TrialOptions { patients: Some(one), backend: BackendOptions::cpu(1), ..choices.clone() };
    let begun = Instant::now();
    simulate(plan, &choices, stop)?;
    Ok([begun.elapsed().as_secs_f64(); 2])
}

/// Core-seconds of a patient through so many arms, and the bytes of the largest one's lesions.
fn by_agents(plan: &Plan, patients: &[u32], arms: usize) -> Result<([f64; 2], u64), TrialError> {
    let looked_at = patients.iter().step_by(patients.len().div_ceil(LOOKED_AT).max(1));
    let all: Vec<VirtualPatient> = looked_at.map(|id| plan.cohort.patient(*id)).collect();
    let (mut seconds, mut bytes) = ([0.0; 2], 0);
    for patient in &all {
        // In a trial it leaves no pictures.
        let mut own = as_run(plan, patient);
        own.output.snapshots.clear();
        bytes = memory::estimate_scenario(&own).host.max(bytes);
        let found = cost::estimate(&Job::new(&own, Path::new(""))?).core_seconds;
        seconds.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
    }
    Ok((seconds.map(|sum| sum * arms as f64 / all.len().max(1) as f64), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::file;

    fn plan(agents: u32) -> Plan {
        let text = include_str!("../../tests/data/small-trial.toml");
        let mut scenario = file::parse(text, "small-trial", Path::new("")).unwrap().scenario;
        scenario.trial.as_mut().unwrap().cohort.agents = Some(agents);
        Plan::new(&scenario, Some(40)).unwrap()
    }

    fn cost(plan: &Plan, surrogate: bool, patients: u32) -> TrialCost {
        let backend = BackendOptions::cpu(1);
        let choices =
            TrialOptions { backend, patients: Some((0..patients).collect()), arms: None, surrogate };
        estimate(plan, &choices, 2, &AtomicUsize::new(0)).unwrap()
    }

    // A hundred million agents would take hours to make: what they cost is known at once.
    #[test]
    fn no_tumour_is_made_and_a_larger_one_costs_more() {
        let begun = Instant::now();
        let (small, large) = (cost(&plan(1000), false, 40), cost(&plan(100_000_000), false, 40));
        assert!(begun.elapsed().as_secs() < 30);
        assert!(large.core_seconds[0] > 1000.0 * small.core_seconds[0] && large.memory > 100 * small.memory);
        assert!(small.core_seconds[0] <= small.core_seconds[1], "{small:?}");
        let ratio = small.core_seconds[0] / cost(&plan(1000), false, 10).core_seconds[0];
        assert!((2.0..8.0).contains(&ratio), "four times as many patients: {ratio}");
    }

    #[test]
    fn by_the_surrogate_a_patient_is_measured() {
        let found = cost(&plan(100_000_000), true, 7);
        assert!(found.core_seconds[0] > 0.0 && found.core_seconds[0] == found.core_seconds[1]);
        assert!(found.memory < 100 << 20);
    }
}

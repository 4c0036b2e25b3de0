//! What a trial will cost, from a few of its patients with small tumours.
//!
//! A patient takes some time for its days, whatever its tumour, and some for each site of its lattices. Both are measured on lattices of
//! two sizes that are smaller than those of the trial, so that no large tumour is made; by the surrogate, or where the tumours are
//! small anyway, patients are measured as they are.

use std::path::Path;
use std::time::{Duration, Instant};

use super::error::TrialError;
use super::hooks::TrialHooks;
use super::output::{Extras, GROWING};
use super::run::Plan;
use super::session::{Selection, Session};
use crate::scenario::Scenario;
use crate::simulation::{BackendOptions, RunError, memory};
use crate::trial::cohort::VirtualPatient;
use crate::trial::results::simulate;

/// Agents of a patient on the smaller lattice, and on the larger one.
const AGENTS: [u32; 2] = [500, 1000];
/// Time after which no further patient is measured.
const ENOUGH: Duration = Duration::from_secs(20);
/// Time after which no further one is measured where there are [`FEW`] already.
const SOON: Duration = Duration::from_secs(4);
/// Patients that are measured, unless each takes long.
const FEW: u32 = 8;
/// Most patients that are measured, and whose lattices are looked at: where each takes milliseconds, a few of them tell little.
const LOOKED_AT: u32 = 200;
/// Bytes of what is kept in memory of a patient in an arm.
pub(super) const OUTCOME: u64 = 2000;

/// What the patients of a trial take.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Patients of the cohort.
    pub patients: u32,
    /// Patients who were measured.
    pub measured: u32,
    /// Seconds that this took.
    pub seconds: f64,
    /// Core-seconds of a patient through all arms: the mean, and of those who were measured the least and the most, as their
    /// tumours are in the trial.
    pub core_seconds: [f64; 3],
    /// Bytes of memory that a thread takes.
    pub thread_bytes: u64,
    /// Bytes that a patient leaves on the disk.
    pub disk: u64,
    /// Bytes of what is kept in memory of each patient.
    pub kept: u64,
}

/// A patient who was measured.
struct Sample {
    /// Seconds and sites, on each lattice.
    taken: Vec<(f64, f64)>,
    /// Sites in the trial.
    sites: f64,
}

/// Measures some patients of a trial.
///
/// # Errors
///
/// As trials fail; [`TrialError::Stopped`].
pub fn forecast(
    scenario: &Scenario,
    selection: &Selection,
    hooks: &mut TrialHooks<'_>,
) -> Result<Forecast, TrialError> {
    let session = Session::new(scenario.clone(), selection, BackendOptions::cpu(1))?;
    let plan = &session.plan;
    let patients = plan.cohort.spec().patients;
    let temp = tempfile::tempdir().map_err(RunError::write(std::env::temp_dir()))?;
    let begun = Instant::now();
    let (mut samples, mut disk) = (Vec::new(), 0);
    let most = LOOKED_AT.min(patients);
    hooks.listener.begins("patients measured", u64::from(most));
    for number in 0..most {
        samples.push(measure(&session, selection, number, hooks)?);
        if number < FEW {
            disk += written(&session, selection, number, &temp.path().join(number.to_string()), hooks)?;
        }
        hooks.listener.progress(u64::from(number) + 1, u64::from(most));
        let is_enough = if number + 1 < FEW { ENOUGH } else { SOON };
        if begun.elapsed() > is_enough {
            break;
        }
    }
    let (fixed, by_site) = line(&samples);
    let of = |sites: f64| fixed + by_site * sites;
    // A patient's number says nothing of it: the first ones are as good as any.
    let looked: Vec<VirtualPatient> = (0..most).map(|number| plan.cohort.patient(number)).collect();
    let all = looked.iter().map(|patient| of(sites(plan, patient)));
    let mean = all.sum::<f64>() / looked.len().max(1) as f64;
    let own = samples.iter().map(|sample| match sample.taken.last() {
        Some((seconds, sites)) => seconds + by_site * (sample.sites - sites).max(0.0),
        None => mean,
    });
    let (low, high) = own.fold((f64::INFINITY, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let thread_bytes = match selection.surrogate {
        true => 0,
        false => looked.iter().map(|patient| bytes(plan, patient)).max().unwrap_or(0),
    };
    Ok(Forecast {
        patients,
        measured: samples.len() as u32,
        seconds: begun.elapsed().as_secs_f64(),
        core_seconds: [mean, low, high],
        thread_bytes,
        disk: disk / (samples.len() as u64).clamp(1, FEW.into()),
        kept: OUTCOME * plan.arms().len() as u64,
    })
}

/// Sites of a patient's lattices.
fn sites(plan: &Plan, patient: &VirtualPatient) -> f64 {
    let size = plan.scenario_of(patient).lattice.size;
    size.map(f64::from).iter().product::<f64>() * patient.lesions.len() as f64
}

/// A patient's lesions as replicates of a run.
pub(super) fn as_run(plan: &Plan, patient: &VirtualPatient) -> Scenario {
    Scenario { replicates: (patient.lesions.len() as u32).max(1), ..plan.scenario_of(patient) }
}

/// Memory of a patient's lesions.
fn bytes(plan: &Plan, patient: &VirtualPatient) -> u64 {
    memory::estimate_scenario(&as_run(plan, patient)).host
}

/// A trial of one patient, on a lattice of so many agents where its own is larger; whether it is.
fn alone(
    session: &Session,
    selection: &Selection,
    patient: u32,
    agents: u32,
) -> Result<(Session, bool), TrialError> {
    let plan = &session.plan;
    let virtual_patient = plan.cohort.patient(patient);
    let mut small = plan.scenario.clone();
    small.trial.iter_mut().for_each(|trial| trial.cohort.agents = Some(agents));
    let is_small = !selection.surrogate
        && sites(&Plan::new(&small, Some(plan.cohort.spec().patients))?, &virtual_patient)
            < sites(plan, &virtual_patient);
    let scenario = if is_small { small } else { plan.scenario.clone() };
    let asked = Selection { only: vec![patient], shard: None, agents: None, ..selection.clone() };
    Ok((Session::new(scenario, &asked, BackendOptions::cpu(1))?, is_small))
}

/// Takes a patient through all arms, on small lattices if its own are large. Nothing is written: what a folder takes that is made once
/// for all patients would be counted for each.
fn measure(
    session: &Session,
    selection: &Selection,
    patient: u32,
    hooks: &TrialHooks<'_>,
) -> Result<Sample, TrialError> {
    let virtual_patient = session.plan.cohort.patient(patient);
    let mut taken = Vec::new();
    for agents in AGENTS {
        let (part, is_small) = alone(session, selection, patient, agents)?;
        let begun = Instant::now();
        simulate(&part.plan, &part.choices, hooks.stop)?;
        taken.push((begun.elapsed().as_secs_f64(), sites(&part.plan, &virtual_patient)));
        // What is not larger than this is measured as it is, once.
        if !is_small {
            break;
        }
    }
    Ok(Sample { taken, sites: sites(&session.plan, &virtual_patient) })
}

/// Bytes that a patient leaves in a folder, whatever its lattice.
fn written(
    session: &Session,
    selection: &Selection,
    patient: u32,
    dir: &Path,
    hooks: &TrialHooks<'_>,
) -> Result<u64, TrialError> {
    let (part, _) = alone(session, selection, patient, AGENTS[0])?;
    let mut silent = TrialHooks { listener: &mut (), stop: hooks.stop };
    part.run(dir, false, Extras::default(), &mut silent)?.folder.finish()?;
    hooks.go_on()?;
    Ok(folder_bytes(dir))
}

/// Bytes of the files of a folder that grow with every patient.
fn folder_bytes(dir: &Path) -> u64 {
    GROWING.iter().filter_map(|name| dir.join(name).metadata().ok()).map(|about| about.len()).sum()
}

/// Seconds whatever the lattice, and seconds a site: those that fit the sums of both lattices. Where only one was measured, all is by site.
fn line(samples: &[Sample]) -> (f64, f64) {
    let sum = |at: fn(&Sample) -> Option<&(f64, f64)>| {
        samples.iter().filter_map(at).fold((0.0, 0.0), |(t, x), (seconds, sites)| (t + seconds, x + sites))
    };
    let ((small, x_small), (large, x_large)) = (sum(|s| s.taken.first()), sum(|s| s.taken.last()));
    let n = samples.len().max(1) as f64;
    if x_large <= x_small {
        return (0.0, large / x_large.max(1.0));
    }
    let by_site = ((large - small) / (x_large - x_small)).max(0.0);
    (((large - by_site * x_large) / n).max(0.0), by_site)
}

/// How a trial is cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShardCut {
    /// Shards.
    pub shards: u32,
    /// Hours that a shard takes, as far as is known.
    pub hours: f64,
    /// Memory to ask for, MiB.
    pub mebibytes: u64,
}

/// Memory of a process with nobody in it.
const PROCESS: u64 = 128 << 20;
/// What memory is asked for in.
const STEP: u64 = 256 << 20;

impl Forecast {
    /// Shards of about so many hours, each with so many cores.
    pub fn cut(&self, hours: f64, cores: u16) -> ShardCut {
        let all = f64::from(self.patients) * self.core_seconds[0] / f64::from(cores.max(1)) / 3600.0;
        let shards = (libm::ceil(all / hours) as u32).clamp(1, self.patients);
        let of_shard = u64::from(self.patients.div_ceil(shards));
        let bytes = PROCESS + u64::from(cores) * self.thread_bytes + self.kept * of_shard;
        // A quarter more, for what an estimate does not know.
        let mebibytes = ((bytes + bytes / 4).div_ceil(STEP) * STEP) >> 20;
        ShardCut { shards, hours: all / f64::from(shards), mebibytes }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::trial::file;

    fn forecast_of(agents: u32, surrogate: bool) -> Forecast {
        let text = include_str!("../../tests/data/small-trial.toml");
        let mut scenario = file::parse(text, "small-trial", Path::new("")).unwrap().scenario;
        scenario.trial.as_mut().unwrap().cohort.agents = Some(agents);
        let selection = Selection { surrogate, patients: Some(2), ..Selection::default() };
        let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
        forecast(&scenario, &selection, &mut hooks).unwrap()
    }

    // A trial of a million agents a patient would take hours; its forecast does not.
    #[test]
    fn large_tumours_are_not_made_and_cost_more() {
        let begun = Instant::now();
        let large = forecast_of(1_000_000, true);
        assert_eq!((large.patients, large.measured), (2, 2));
        assert!(
            large.disk > 1000 && large.core_seconds[0] > 0.0 && begun.elapsed() < Duration::from_secs(60)
        );
    }

    #[test]
    fn the_line_through_two_sizes_is_found() {
        let sample = |taken: &[(f64, f64)], sites| Sample { taken: taken.to_vec(), sites };
        let two =
            [sample(&[(3.0, 100.0), (5.0, 200.0)], 1000.0), sample(&[(3.0, 100.0), (5.0, 200.0)], 1000.0)];
        let (fixed, by_site) = line(&two);
        assert!((fixed - 1.0).abs() < 1e-12 && (by_site - 0.02).abs() < 1e-12, "{fixed} {by_site}");
        assert_eq!(line(&[sample(&[(4.0, 200.0)], 200.0)]), (0.0, 0.02));
        // Noise may have the larger lattice faster: it then costs as much, not less.
        assert_eq!(line(&[sample(&[(3.0, 100.0), (2.0, 200.0)], 1000.0)]), (2.0, 0.0));
    }

    #[test]
    fn shards_take_about_the_hours_that_are_asked_for() {
        let forecast = Forecast {
            patients: 1000,
            measured: 8,
            seconds: 1.0,
            core_seconds: [36.0, 30.0, 40.0],
            thread_bytes: 100 << 20,
            disk: 1000,
            kept: 2000,
        };
        assert_eq!(forecast.cut(1.0, 1), ShardCut { shards: 10, hours: 1.0, mebibytes: 512 });
        assert_eq!(forecast.cut(1.0, 4).shards, 3);
        assert_eq!(forecast.cut(1000.0, 4).shards, 1);
        assert_eq!(forecast.cut(1e-9, 4).shards, 1000);
    }
}

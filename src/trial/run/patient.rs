//! One patient through all arms.

use std::sync::atomic::AtomicUsize;

use crate::biology::StateSpace;
use crate::simulation::care::{Admitted, TreatmentSetup};
use crate::simulation::patient_batch::{PatientBatch, Rounds};
use crate::simulation::{BackendOptions, Choice, Job, RunError};
use crate::therapy::TreatmentRecord;
use crate::tissue::{LesionId, LesionState};
use crate::trial::cohort::VirtualPatient;
use crate::trial::outcome::Outcome;
use crate::trial::surrogate;
use crate::trial::visits::Chart;

use super::plan::Plan;
use super::trajectory::PatientTrajectory;

/// What became of a patient in an arm, or why nothing is known of it.
pub type ArmRun = Result<(Outcome, PatientTrajectory), String>;

/// A patient who has been through the arms.
#[derive(Debug, Clone)]
pub struct PatientRun {
    /// Who it is.
    pub patient: VirtualPatient,
    /// Outcome of each arm that was asked for, in order, or why there is none.
    pub arms: Vec<(usize, ArmRun)>,
}

/// Why a patient was not finished.
#[derive(Debug)]
pub enum Unfinished {
    /// A signal stopped the trial.
    Stopped(usize),
    /// It could not even begin.
    Failed(String),
    /// The device failed; the CPU can take the patient from the start.
    Lost(RunError),
}

/// Takes a patient through arms by the mean-field surrogate.
pub fn by_surrogate(plan: &Plan, id: u32, arms: &[usize]) -> Result<PatientRun, Unfinished> {
    let patient = plan.cohort.patient(id);
    let space = StateSpace::new(&plan.scenario);
    let done = surrogate::through(plan, &space, &patient, arms);
    let done = done.map_err(|e| Unfinished::Failed(e.to_string()))?;
    Ok(PatientRun { patient, arms: arms.iter().copied().zip(done.into_iter().map(Ok)).collect() })
}

/// Takes a patient through arms.
pub fn through(
    plan: &Plan,
    options: &BackendOptions,
    id: u32,
    arms: &[usize],
    stop: &AtomicUsize,
) -> Result<PatientRun, Unfinished> {
    let mut run = Through { plan, options, stop, patient: plan.cohort.patient(id), done: Vec::new() };
    let begun = begin(plan, &run.patient, |job, lesion| job.start_of(lesion, options.threads));
    let (job, states) = begun.map_err(Unfinished::Failed)?;
    let longer = plan.longer_arms();
    let is_covered = |arm: &usize| longer[*arm].is_some_and(|other| arms.contains(&other));
    let (covered, whole): (Vec<usize>, Vec<usize>) = arms.iter().copied().partition(is_covered);
    // A GPU has room for all arms at once.
    let at_once = if options.choice == Choice::Cpu { 1 } else { whole.len().max(1) };
    for arms in whole.chunks(at_once) {
        run.simulate(&job, &states, arms)?;
    }
    // Arms that are the beginning of another one follow from it, where they do; longer ones first.
    let mut left = covered;
    left.sort_by_key(|arm| std::cmp::Reverse(plan.arms()[*arm].therapy.lines.len()));
    for arm in left {
        if !longer[arm].is_some_and(|other| run.follows(arm, other)) {
            run.simulate(&job, &states, &[arm])?;
        }
    }
    run.done.sort_by_key(|(arm, _)| *arm);
    Ok(PatientRun { patient: run.patient, arms: run.done })
}

/// A patient's scenario and lesions as they begin; or why they cannot.
fn begin(
    plan: &Plan,
    patient: &VirtualPatient,
    start: impl Fn(&Job, LesionId) -> Result<LesionState, RunError>,
) -> Result<(Job, Vec<LesionState>), String> {
    let failed = |e: RunError| e.to_string();
    let job = Job::new(&plan.scenario_of(patient), std::path::Path::new("")).map_err(failed)?;
    let lesions = (0..patient.lesions.len() as u32).map(|lesion| LesionId::new(patient.id, lesion));
    let states: Vec<LesionState> =
        lesions.map(|lesion| start(&job, lesion)).collect::<Result<_, _>>().map_err(failed)?;
    match states.iter().position(|state| state.burden().0 == 0) {
        None => Ok((job, states)),
        Some(lesion) => Err(format!(
            "begin: lesion {} has no live cell; give lesions more cells, by `agents` in [cohort] or by [start]",
            lesion + 1
        )),
    }
}

/// Most patients whose beginning is tried out, and most sites of all their lesions.
const TRIED: (u32, u64) = (200, 1 << 24);

/// Tries out how the first patients begin, without simulating them: as many as that takes a moment for. How many there were.
///
/// # Errors
///
/// The first one who cannot begin, and why, in the words of `through`.
pub fn try_out(plan: &Plan) -> Result<u32, (u32, String)> {
    let (patients, mut left) = TRIED;
    let all = plan.cohort.spec().patients.min(patients);
    for id in 0..all {
        let patient = plan.cohort.patient(id);
        let size = plan.scenario_of(&patient).lattice.size;
        let sites = size.iter().map(|edge| u64::from(*edge)).product::<u64>() * patient.lesions.len() as u64;
        let Some(rest) = left.checked_sub(sites) else { return Ok(id) };
        left = rest;
        begin(plan, &patient, Job::placed).map_err(|why| (id, why))?;
    }
    Ok(all)
}

struct Through<'a> {
    plan: &'a Plan,
    options: &'a BackendOptions,
    stop: &'a AtomicUsize,
    patient: VirtualPatient,
    done: Vec<(usize, ArmRun)>,
}

impl Through<'_> {
    fn lines(&self, arm: usize) -> usize {
        self.plan.arms()[arm].therapy.lines.len()
    }

    fn simulate(&mut self, job: &Job, states: &[LesionState], arms: &[usize]) -> Result<(), Unfinished> {
        match self.batch(job, states, arms) {
            Ok(Rounds::Stopped(signal)) => return Err(Unfinished::Stopped(signal)),
            Ok(Rounds::Over(left)) => {
                for (arm, (chart, course)) in arms.iter().zip(left) {
                    self.note(*arm, chart, course.record().clone());
                }
            }
            Err(error) if self.options.after(&error).is_some() => return Err(Unfinished::Lost(error)),
            Err(error) => self.done.extend(arms.iter().map(|arm| (*arm, Err(error.to_string())))),
        }
        Ok(())
    }

    fn batch(&self, job: &Job, states: &[LesionState], arms: &[usize]) -> Result<Rounds<Chart>, RunError> {
        let in_arm = |arm: &usize| {
            let therapy = self.plan.therapy_in(*arm, &self.patient);
            let care = TreatmentSetup::new(&job.scenario, Some(&therapy), &job.space)?;
            care.ok_or_else(|| RunError::Signalling("a trial needs `phenotype = \"signalling\"`".to_owned()))
        };
        let cares: Vec<TreatmentSetup> = arms.iter().map(in_arm).collect::<Result<_, _>>()?;
        let admitted = cares.iter().zip(arms).map(|(care, arm)| Admitted {
            care,
            treated: self.plan.treated(&self.patient),
            lesions: states.len(),
            observer: Chart::new(self.plan.follow(&self.patient, *arm), self.lines(*arm)),
        });
        let lesions: Vec<LesionState> = arms.iter().flat_map(|_| states.iter().cloned()).collect();
        PatientBatch::open(job, self.options, admitted.collect(), &lesions)?.run(self.stop)
    }

    /// Notes what an arm came to from the chart and record of a longer one, which knows more drugs; those of this one come first.
    fn note_of_longer(&mut self, arm: usize, chart: Chart, mut record: TreatmentRecord) {
        record.drugs.truncate(self.plan.arms()[arm].therapy.drugs().len());
        let chart = chart.of_arm(self.plan.follow(&self.patient, arm), self.lines(arm));
        self.note(arm, chart, record);
    }

    fn note(&mut self, arm: usize, chart: Chart, record: TreatmentRecord) {
        let outcome = Outcome::new(&chart, &record, self.lines(arm));
        self.done.push((arm, Ok((outcome, PatientTrajectory { chart, record }))));
    }

    /// Takes an arm's outcome from a longer one that was simulated; whether that is possible.
    fn follows(&mut self, arm: usize, other: usize) -> bool {
        let lines = self.lines(arm);
        let Some((_, Ok((_, chronicle)))) = self.done.iter().find(|(a, _)| *a == other) else {
            return false;
        };
        if let Some(snapshot) = chronicle.chart.snapshots.iter().find(|s| s.line + 1 == lines) {
            let (chart, record) = (snapshot.chart.clone(), snapshot.record.clone());
            self.note_of_longer(arm, *chart, record);
            return true;
        }
        // Without that line having ended nothing later has begun, unless it ended by toxicity or on a date.
        if chronicle.record.lines.len() > lines || chronicle.record.lines.iter().any(|l| l.ended.is_some()) {
            return false;
        }
        let PatientTrajectory { chart, record } = chronicle.clone();
        self.note_of_longer(arm, chart, record);
        true
    }
}

//! One patient on the way through arms: how it begins, what is simulated next, and what became of it.

use crate::biology::StateSpace;
use crate::simulation::care::TreatmentSetup;
use crate::simulation::{Job, RunError};
use crate::therapy::TreatmentRecord;
use crate::therapy::course::TreatmentCourse;
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

/// Takes a patient through arms by the mean-field surrogate.
pub fn by_surrogate(plan: &Plan, id: u32, arms: &[usize]) -> Result<PatientRun, String> {
    let patient = plan.cohort.patient(id);
    let space = StateSpace::new(&plan.scenario);
    let done = surrogate::through(plan, &space, &patient, arms).map_err(|e| e.to_string())?;
    Ok(PatientRun { patient, arms: arms.iter().copied().zip(done.into_iter().map(Ok)).collect() })
}

/// Most patients whose beginning is tried out, and most sites of all their lesions.
const TRIED: (u32, u64) = (200, 1 << 24);

/// Tries out how the first patients begin, without simulating them: as many as that takes a moment for. How many there were.
///
/// # Errors
///
/// The first one who cannot begin, and why, in the words of a trial.
pub fn try_out(plan: &Plan) -> Result<u32, (u32, String)> {
    let (patients, mut left) = TRIED;
    let all = plan.cohort.spec().patients.min(patients);
    for id in 0..all {
        let patient = plan.cohort.patient(id);
        let size = plan.scenario_of(&patient).lattice.size;
        let sites = size.iter().map(|edge| u64::from(*edge)).product::<u64>() * patient.lesions.len() as u64;
        let Some(rest) = left.checked_sub(sites) else { return Ok(id) };
        left = rest;
        Underway::begin(plan, id, &[]).map_err(|why| (id, why))?;
    }
    Ok(all)
}

/// The arms that are asked for, and what follows from them.
pub fn wholly_simulated(plan: &Plan, arms: &[usize]) -> Vec<usize> {
    let longer = plan.longer_arms();
    let is_covered = |arm: usize| longer[arm].is_some_and(|other| arms.contains(&other));
    arms.iter().copied().filter(|arm| !is_covered(*arm)).collect()
}

/// A patient on the way through arms.
pub struct Underway<'a> {
    plan: &'a Plan,
    /// Who it is.
    pub patient: VirtualPatient,
    /// Its scenario, without a therapy.
    pub job: Job,
    /// Its lesions as they begin.
    pub states: Vec<LesionState>,
    done: Vec<(usize, ArmRun)>,
    /// Arms that are to be simulated next.
    pub next: Vec<usize>,
    /// Arms that may follow from others, the longest first.
    covered: Vec<usize>,
}

impl<'a> Underway<'a> {
    /// A patient at the beginning of some arms, with lesions that have not settled yet; or why it cannot begin.
    pub fn begin(plan: &'a Plan, id: u32, arms: &[usize]) -> Result<Self, String> {
        let patient = plan.cohort.patient(id);
        let failed = |e: RunError| e.to_string();
        let job = Job::new(&plan.scenario_of(&patient), std::path::Path::new("")).map_err(failed)?;
        let lesions = (0..patient.lesions.len() as u32).map(|lesion| LesionId::new(patient.id, lesion));
        let states: Vec<LesionState> =
            lesions.map(|lesion| job.placed(lesion)).collect::<Result<_, _>>().map_err(failed)?;
        if let Some(lesion) = states.iter().position(|state| state.burden().0 == 0) {
            return Err(format!(
                "begin: lesion {} has no live cell; give lesions more cells, by `agents` in [cohort] or by [start]",
                lesion + 1
            ));
        }
        let next = wholly_simulated(plan, arms);
        let mut covered: Vec<usize> = arms.iter().copied().filter(|arm| !next.contains(arm)).collect();
        covered.sort_by_key(|arm| std::cmp::Reverse(plan.arms()[*arm].therapy.lines.len()));
        Ok(Self { plan, patient, job, states, done: Vec::new(), next, covered })
    }

    /// How it is treated in an arm.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for what cannot be given to this patient.
    pub fn setup(&self, arm: usize) -> Result<TreatmentSetup, RunError> {
        let therapy = self.plan.therapy_in(arm, &self.patient);
        let care = TreatmentSetup::new(&self.job.scenario, Some(&therapy), &self.job.space)?;
        care.ok_or_else(|| RunError::Signalling("a trial needs `phenotype = \"signalling\"`".to_owned()))
    }

    /// Who follows it in an arm.
    pub fn chart(&self, arm: usize) -> Chart {
        Chart::new(self.plan.follow(&self.patient, arm), self.lines(arm))
    }

    /// Takes what became of it in an arm; whether it has been through all that was to be simulated.
    pub fn take(&mut self, arm: usize, end: Result<(Chart, TreatmentCourse), RunError>) -> bool {
        self.next.retain(|next| *next != arm);
        match end {
            Ok((chart, course)) => self.note(arm, chart, course.record().clone()),
            Err(error) => self.done.push((arm, Err(error.to_string()))),
        }
        self.next.is_empty() && self.follow_up()
    }

    /// Arms that are the beginning of another one follow from it, where they do; the others are simulated next. Whether there are none.
    fn follow_up(&mut self) -> bool {
        let longer = self.plan.longer_arms();
        for arm in std::mem::take(&mut self.covered) {
            match longer[arm] {
                Some(other) if self.next.contains(&other) => self.covered.push(arm),
                Some(other) if self.follows(arm, other) => (),
                _ => self.next.push(arm),
            }
        }
        self.next.is_empty()
    }

    /// What is known of it at the end.
    pub fn finish(mut self) -> PatientRun {
        self.done.sort_by_key(|(arm, _)| *arm);
        PatientRun { patient: self.patient, arms: self.done }
    }

    fn lines(&self, arm: usize) -> usize {
        self.plan.arms()[arm].therapy.lines.len()
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

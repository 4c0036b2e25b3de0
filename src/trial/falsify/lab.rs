//! The laboratory: trials are run once, whichever falsifiers look at them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::files::{STEP, find_file};
use crate::scenario::Scenario;
use crate::simulation::{
    BackendOptions, CheckpointError, Choice, Job, LesionSnapshot, RunError, lesion_snapshots,
};
use crate::trial::error::TrialError;
use crate::trial::hooks::{Listener, TrialHooks};
use crate::trial::outcome::{Outcome, is_response};
use crate::trial::results::{Endpoint, Results};
use crate::trial::run::{PatientRun, PatientSink, Plan, TrialEnding, TrialOptions, run};
use crate::trial::stats::Subject;

/// Arms of a file that a falsifier looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Name of the file.
    pub file: &'static str,
    /// Step, hours.
    pub step_hours: u32,
    /// Names of the arms.
    pub arms: &'static [&'static str],
}

impl Need {
    /// Arms at the usual step.
    pub const fn new(file: &'static str, arms: &'static [&'static str]) -> Self {
        Self { file, step_hours: STEP, arms }
    }

    /// The same at another step.
    pub const fn at_step(self, step_hours: u32) -> Self {
        Self { step_hours, ..self }
    }
}

/// What the user may choose.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Patients of each trial.
    pub patients: u32,
    /// Seed in place of that of the files.
    pub seed: Option<u64>,
    /// Where steps are computed.
    pub backend: BackendOptions,
}

/// Share of division attempts without a free site above which results depend on the lattice.
const MAX_BLOCKED: f64 = 0.01;

/// Patients of each trial unless the user says otherwise.
pub const PATIENTS: u32 = 60;

/// Keeps a trial that was run, so that it need not be run again.
pub type KeepTrial<'a> = dyn FnMut(KeptTrial) -> Result<(), RunError> + 'a;

/// What is kept of a trial that was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTrial {
    file: String,
    step_hours: u32,
    results: Results,
    second_responses: Vec<BTreeSet<u32>>,
    failed: usize,
}

impl KeptTrial {
    /// The trial of a plan that was run; `None` if it cannot be that one.
    fn ran(self, plan: Plan) -> Option<Ran> {
        let (arms, loci) = (plan.arms().len(), plan.loci().len());
        let patients = plan.cohort.spec().patients;
        let is_whole = |all: &Vec<Outcome>| {
            let fits = |o: &Outcome| o.patient < patients && o.fits(loci);
            all.is_sorted_by(|a, b| a.patient < b.patient) && all.iter().all(fits)
        };
        let Self { results, second_responses, failed, .. } = self;
        let fits = results.fit(&plan) && second_responses.len() == arms;
        (fits && results.all().all(is_whole)).then_some(Ran { plan, results, second_responses, failed })
    }
}

/// A trial that was run.
#[derive(Debug)]
pub struct Ran {
    /// What was run.
    pub plan: Plan,
    /// What came out.
    pub results: Results,
    /// Patients who responded in the second line, by arm.
    second_responses: Vec<BTreeSet<u32>>,
    /// Patients who could not be simulated.
    pub failed: usize,
}

/// A trial by file and step.
type TrialKey = (&'static str, u32);

/// The laboratory.
pub struct Lab<'a> {
    setup: Setup,
    hooks: TrialHooks<'a>,
    keep: &'a mut KeepTrial<'a>,
    wanted: BTreeMap<TrialKey, BTreeSet<&'static str>>,
    done: BTreeMap<TrialKey, Rc<Ran>>,
    kept: Vec<KeptTrial>,
}

impl<'a> Lab<'a> {
    /// A laboratory with what falsifiers need: of each trial the arms that any of them looks at.
    /// Those that are kept of an earlier look are not run again.
    pub fn new(
        setup: Setup,
        needs: impl IntoIterator<Item = Need>,
        kept: Vec<KeptTrial>,
        hooks: TrialHooks<'a>,
        keep: &'a mut KeepTrial<'a>,
    ) -> Self {
        let mut wanted: BTreeMap<TrialKey, BTreeSet<&'static str>> = BTreeMap::new();
        for need in needs {
            wanted.entry((need.file, need.step_hours)).or_default().extend(need.arms);
        }
        Self { setup, hooks, keep, wanted, done: BTreeMap::new(), kept }
    }

    /// What the user chose.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// A scenario of a file, with regimens given from the start.
    pub(super) fn scenario(
        &self,
        file: &str,
        step_hours: u32,
        regimens: &[&str],
    ) -> Result<Scenario, TrialError> {
        let found = find_file(file).ok_or_else(|| TrialError::Missing(format!("`{file}`")))?;
        let mut scenario = found.load(step_hours, regimens)?.scenario;
        scenario.seed = self.setup.seed.unwrap_or(scenario.seed);
        Ok(scenario)
    }

    /// A trial ready to run, without being run.
    pub(super) fn plan(&self, file: &str, step_hours: u32, patients: u32) -> Result<Plan, TrialError> {
        Ok(Plan::new(&self.scenario(file, step_hours, &[])?, Some(patients))?)
    }

    /// The trial of a file at the usual step.
    pub(super) fn trial(&mut self, file: &'static str) -> Result<Rc<Ran>, TrialError> {
        self.trial_at(file, STEP)
    }

    /// The same at another step.
    pub(super) fn trial_at(&mut self, file: &'static str, step_hours: u32) -> Result<Rc<Ran>, TrialError> {
        if let Some(ran) = self.done.get(&(file, step_hours)) {
            return Ok(Rc::clone(ran));
        }
        let ran = Rc::new(self.kept_or_run(file, step_hours)?);
        let what = format!("{file} at {step_hours} h");
        if ran.failed > 0 {
            let all = self.setup.patients;
            self.hooks
                .listener
                .note(&format!("{what}: {} of {all} patients cannot be simulated", ran.failed));
        }
        let blocked = ran.most_blocked();
        if blocked > MAX_BLOCKED {
            self.hooks.listener.note(&format!(
                "{what}: up to {:.1} % of division attempts found no site; results depend on the lattice above 1 %",
                100.0 * blocked
            ));
        }
        self.done.insert((file, step_hours), Rc::clone(&ran));
        Ok(ran)
    }

    /// A trial as it was kept, else as it is run now, and kept.
    fn kept_or_run(&mut self, file: &'static str, step_hours: u32) -> Result<Ran, TrialError> {
        let patients = self.setup.patients;
        if let Some(at) = self.kept.iter().position(|k| k.file == file && k.step_hours == step_hours) {
            let ran = self.kept.swap_remove(at).ran(self.plan(file, step_hours, patients)?);
            let malformed = CheckpointError::Malformed("a trial in it is not one of the falsifiers'");
            return ran.ok_or_else(|| TrialError::Run(malformed.into()));
        }
        let arms: Vec<&str> = self.wanted.get(&(file, step_hours)).into_iter().flatten().copied().collect();
        let ran = self.run(file, step_hours, &arms, patients, self.setup.backend.clone())?;
        let Ran { results, second_responses, failed, .. } = &ran;
        let (results, second_responses) = (results.clone(), second_responses.clone());
        let kept =
            KeptTrial { file: file.to_owned(), step_hours, results, second_responses, failed: *failed };
        (self.keep)(kept)?;
        Ok(ran)
    }

    /// Runs arms of a trial, whether or not it was run before.
    pub(super) fn run(
        &mut self,
        file: &str,
        step_hours: u32,
        arms: &[&str],
        patients: u32,
        backend: BackendOptions,
    ) -> Result<Ran, TrialError> {
        let plan = self.plan(file, step_hours, patients)?;
        let mut numbers = arms.iter().map(|name| arm_of(&plan, name)).collect::<Result<Vec<_>, _>>()?;
        numbers.sort_unstable();
        let step = if step_hours == STEP { String::new() } else { format!(", steps of {step_hours} h") };
        let on = if backend.choice == Choice::Gpu { ", GPU" } else { "" };
        self.hooks.listener.begins(&format!("{file}{step}{on}"), patients.into());
        let mut recorder = CaseRecorder {
            results: Results::new(&plan),
            second_responses: vec![BTreeSet::new(); plan.arms().len()],
            listener: &mut *self.hooks.listener,
        };
        let choices = TrialOptions { backend, patients: None, arms: Some(numbers), surrogate: false };
        let finished = run(&plan, &choices, &mut recorder, self.hooks.stop)?;
        let CaseRecorder { results, second_responses, .. } = recorder;
        match finished {
            TrialEnding::Stopped(signal) => Err(TrialError::Stopped(signal)),
            TrialEnding::Done(failures) => {
                Ok(Ran { plan, results, second_responses, failed: failures.len() })
            }
        }
    }

    /// Looks at the replicates of a single tumour on some days.
    pub(super) fn tumours(
        &mut self,
        file: &str,
        regimens: &[&str],
        days: &[u32],
    ) -> Result<(Job, Vec<Vec<LesionSnapshot>>), TrialError> {
        self.go_on()?;
        let with = if regimens.is_empty() { "no drug".to_owned() } else { regimens.join(" and ") };
        let job = Job::new(&self.scenario(file, STEP, regimens)?, Path::new(""))?;
        self.hooks.listener.begins(&format!("{file}, {with}"), job.lesions().into());
        let seen = lesion_snapshots(&job, &self.setup.backend, days)?;
        self.hooks.listener.progress(job.lesions().into(), job.lesions().into());
        Ok((job, seen))
    }

    /// Tells that patients go through something without a tumour.
    pub(super) fn listener(&mut self) -> &mut dyn Listener {
        self.hooks.listener
    }

    /// Whether a signal came.
    pub(super) fn go_on(&self) -> Result<(), TrialError> {
        self.hooks.go_on()
    }

    /// Seed of resampling.
    pub fn seed(&self) -> u64 {
        self.setup.seed.unwrap_or(1)
    }
}

/// Number of an arm.
pub(super) fn arm_of(plan: &Plan, name: &str) -> Result<usize, TrialError> {
    let found = plan.arms().iter().position(|arm| arm.name == name);
    found.ok_or_else(|| TrialError::Missing(format!("the arm `{name}` of `{}`", plan.scenario.name)))
}

impl Ran {
    /// Outcomes of an arm, in the order of patients.
    pub fn arm(&self, name: &str) -> Result<&[Outcome], TrialError> {
        Ok(&self.results.arms[arm_of(&self.plan, name)?])
    }

    /// Times of an arm, months.
    pub fn times(&self, name: &str, endpoint: Endpoint) -> Result<Vec<Subject>, TrialError> {
        Ok(self.results.subjects(arm_of(&self.plan, name)?, endpoint))
    }

    /// Times of the patients who are in both arms, months.
    pub fn pairs(
        &self,
        arm: &str,
        against: &str,
        endpoint: Endpoint,
    ) -> Result<Vec<(Subject, Subject)>, TrialError> {
        Ok(pairs(self.arm(arm)?, self.arm(against)?, endpoint))
    }

    /// Largest share of division attempts without a free site, of any patient in any arm.
    pub fn most_blocked(&self) -> f64 {
        self.results.arms.iter().flatten().map(|o| o.blocked).fold(0.0, f64::max)
    }

    /// Whether a patient responded in the second line of an arm.
    pub fn responded_later(&self, name: &str, patient: u32) -> Result<bool, TrialError> {
        Ok(self.second_responses[arm_of(&self.plan, name)?].contains(&patient))
    }

    /// Number of a locus in compositions.
    pub fn locus(&self, name: &str) -> Result<usize, TrialError> {
        let found = self.plan.loci().iter().position(|locus| *locus == name);
        found.ok_or_else(|| TrialError::Missing(format!("the locus `{name}`")))
    }
}

/// Patients of two arms, perhaps of two trials over the same cohort, who are in both.
pub(super) fn both<'o>(arm: &'o [Outcome], against: &'o [Outcome]) -> Vec<(&'o Outcome, &'o Outcome)> {
    let other = |patient: u32| against.iter().find(|o| o.patient == patient);
    arm.iter().filter_map(|o| Some((o, other(o.patient)?))).collect()
}

/// Times of these patients, months.
pub(super) fn pairs(arm: &[Outcome], against: &[Outcome], endpoint: Endpoint) -> Vec<(Subject, Subject)> {
    let times = |(a, b): (&Outcome, &Outcome)| Some((endpoint.of(a)?.subject(), endpoint.of(b)?.subject()));
    both(arm, against).into_iter().filter_map(times).collect()
}

/// Takes patients of a trial.
struct CaseRecorder<'t> {
    results: Results,
    second_responses: Vec<BTreeSet<u32>>,
    listener: &'t mut dyn Listener,
}

impl PatientSink for CaseRecorder<'_> {
    fn progress(&mut self, done: u32, all: u32) {
        self.listener.progress(done.into(), all.into());
    }

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.results.add(&run);
        for (arm, result) in &run.arms {
            let Ok((outcome, chronicle)) = result else { continue };
            if chronicle.chart.scans_until_progression(1).iter().any(|s| is_response(s.category)) {
                self.second_responses[*arm].insert(outcome.patient);
            }
        }
        Ok(())
    }
}

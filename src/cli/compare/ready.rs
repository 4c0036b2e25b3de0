//! A trial that is ready to run, or to go on.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crate::scenario::{Loaded, Scenario, Style, effective_toml};
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::naming::{counted, shell_word};
use crate::simulation::{CheckpointError, RunError};
use crate::trial::file;
use crate::trial::output::kept::CHECKPOINT;
use crate::trial::output::{Extras, Progress, RunInfo, TrialFolder};
use crate::trial::results::{Contrast, Endpoint, Results};
use crate::trial::run::{Choices, Failure as PatientFailure, Finished, Plan, PlanError, run};

use super::super::ending::stopped;
use super::super::options::BackendArgs;
use super::super::outcome::{FAILED, Failure, complain, show};
use super::super::signals;
use super::Who;
use super::desk::Desk;
use super::made::Through;

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        Self::Input(format!("failed to {error}"))
    }
}

/// Seconds between two checkpoints of a trial.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);

/// A trial that is ready to run.
pub struct Ready {
    /// The trial.
    pub plan: Plan,
    pub(super) choices: Choices,
}

/// A trial that was stopped, ready to go on.
pub struct Stopped {
    /// The trial.
    pub ready: Ready,
    progress: Progress,
}

impl Stopped {
    /// Reads how far the trial of a folder has come.
    pub fn load(dir: &Path, backend: &BackendArgs) -> Result<Self, Failure> {
        backend.check().map_err(Failure::Input)?;
        let missing = || CheckpointError::Missing(dir.join(CHECKPOINT).display().to_string());
        let progress = Progress::read(dir)?.ok_or_else(|| RunError::from(missing()))?;
        let loaded = file::parse(&progress.scenario, &dir.join(EFFECTIVE).display().to_string(), dir)?;
        let course = &progress.course;
        let plan = Plan::new(&loaded.scenario, Some(course.patients))?;
        let choices = Choices {
            backend: backend.options(),
            patients: course.only.clone(),
            arms: course.arms.as_ref().map(|names| arms(&plan, names)).transpose()?.flatten(),
            surrogate: course.surrogate,
        };
        Ok(Self { ready: Ready { plan, choices }, progress })
    }

    /// Goes on with it.
    pub fn run(mut self, dir: &Path, quiet: bool, every: Duration) -> Result<(Ready, Through), Failure> {
        self.ready.check_backend()?;
        let folder = TrialFolder::reopen(dir, &self.ready.plan, &mut self.progress)?;
        let through = self.ready.go(folder, self.progress, quiet, every)?;
        Ok((self.ready, through))
    }
}

impl Ready {
    /// Reads a trial and who goes through it.
    pub fn load(path: &Path, who: &Who, backend: &BackendArgs, quiet: bool) -> Result<Self, Failure> {
        let loaded = file::load(path)?;
        let warnings = loaded.render_warnings(Style::for_stderr());
        if !warnings.is_empty() && !quiet {
            show(warnings.trim_end());
        }
        Self::of(loaded, who, backend)
    }

    /// A trial that was read.
    pub fn of(loaded: Loaded, who: &Who, backend: &BackendArgs) -> Result<Self, Failure> {
        backend.check().map_err(Failure::Input)?;
        let mut scenario = loaded.scenario;
        scenario.seed = who.seed.unwrap_or(scenario.seed);
        if let Some(agents) = who.agents {
            scenario = with_agents(scenario, agents)?;
        }
        let plan = Plan::new(&scenario, who.patients)?;
        plan.check()?;
        let choices = Choices {
            backend: backend.options(),
            patients: only(&plan, &who.only)?,
            arms: arms(&plan, &who.arm)?,
            surrogate: who.surrogate,
        };
        Ok(Self { plan, choices })
    }

    /// Runs it into a folder.
    pub fn run(&self, dir: &Path, force: bool, extras: Extras, quiet: bool) -> Result<Through, Failure> {
        self.check_backend()?;
        let mut progress = self.nobody(extras);
        let folder = TrialFolder::create(dir, force, &self.plan, &mut progress)?;
        self.go(folder, progress, quiet, CHECKPOINT_EVERY)
    }

    /// Goes on with it where it was stopped in a folder, else runs it there, in place of whatever is there.
    pub fn take_up(&self, dir: &Path, extras: Extras, quiet: bool) -> Result<Through, Failure> {
        let nobody = self.nobody(extras);
        match Progress::read(dir)? {
            Some(mut progress) if progress.asks_the_same(&nobody) => {
                let folder = TrialFolder::reopen(dir, &self.plan, &mut progress)?;
                self.go(folder, progress, quiet, CHECKPOINT_EVERY)
            }
            _ => self.run(dir, true, nobody.extras, quiet),
        }
    }

    /// The progress of a trial in which nobody is through.
    fn nobody(&self, extras: Extras) -> Progress {
        let by = if self.choices.surrogate {
            "# computed by the mean-field surrogate, not cell by cell\n"
        } else {
            ""
        };
        let version = env!("CARGO_PKG_VERSION");
        let scenario = &self.plan.scenario;
        let text = format!("# evotor {version}, seed {}\n{by}#\n{}", scenario.seed, effective_toml(scenario));
        Progress::new(text, self.course(), extras, Results::new(&self.plan))
    }

    /// Number of CPU threads.
    pub(super) fn threads(&self) -> usize {
        self.choices.backend.cpu_threads()
    }

    /// Refuses a device that cannot be had, before anything is written.
    fn check_backend(&self) -> Result<(), Failure> {
        Ok(if self.choices.surrogate { Ok(()) } else { self.choices.backend.check() }?)
    }

    /// Takes those through who are not yet.
    fn go(
        &self,
        folder: TrialFolder,
        progress: Progress,
        quiet: bool,
        every: Duration,
    ) -> Result<Through, Failure> {
        let stop = signals::watch()?;
        let mut left = progress.course.asked();
        left.drain(..left.len().min(progress.through as usize));
        let choices = Choices { patients: Some(left), ..self.choices.clone() };
        let mut desk = Desk::new(&self.plan, folder, progress, quiet, every);
        let finished = run(&self.plan, &choices, &mut desk, &stop);
        // What made it useless to go on is told, and not what follows from it.
        Ok(desk.close(finished)?)
    }

    /// What is asked for, before anybody is through.
    fn course(&self) -> RunInfo {
        let named = |arms: &Vec<usize>| arms.iter().map(|a| self.plan.arms()[*a].name.clone()).collect();
        RunInfo {
            surrogate: self.choices.surrogate,
            patients: self.plan.cohort.spec().patients,
            only: self.choices.patients.clone(),
            arms: self.choices.arms.as_ref().map(named),
            stopped: false,
            failed: Vec::new(),
        }
    }

    /// Numbers of the arms that take part.
    pub fn arms(&self) -> Vec<usize> {
        self.choices.arms.clone().unwrap_or_else(|| (0..self.plan.arms().len()).collect())
    }

    /// What sets arms apart, of the pairs that the trial names and that took part.
    pub(super) fn contrasts(&self, results: &Results, times: &[Endpoint]) -> Vec<Contrast> {
        let took_part = |arm: &usize| self.arms().contains(arm) && !results.arms[*arm].is_empty();
        let pairs = self.plan.trial.comparisons.iter().filter(|(a, b)| took_part(a) && took_part(b));
        pairs.flat_map(|(a, b)| times.iter().map(|w| results.contrast(&self.plan, *a, *b, *w))).collect()
    }

    /// Tells of patients who failed, and how to repeat each of them.
    pub fn tell(&self, failures: &[PatientFailure], dir: &Path) {
        for failure in failures {
            let arm = failure.arm.map(|arm| format!(" in arm `{}`", self.plan.arms()[arm].name));
            complain(format_args!(
                "error: patient {} (seed {}){} failed to {}\n  to repeat it alone: {}",
                failure.patient,
                self.plan.scenario.seed,
                arm.unwrap_or_default(),
                failure.message,
                self.alone(failure, dir)
            ));
        }
    }

    /// The command that repeats a patient who failed, from the folder of the trial.
    fn alone(&self, failure: &PatientFailure, dir: &Path) -> String {
        let (number, cohort) = (failure.patient, self.plan.cohort.spec().patients);
        let arm = failure.arm.map(|arm| shell_word(&self.plan.arms()[arm].name));
        let arm = arm.map(|arm| format!(" --arm {arm}")).unwrap_or_default();
        let surrogate = if self.choices.surrogate { " --surrogate" } else { "" };
        let [file, out] = [EFFECTIVE.to_owned(), format!("patient-{number}")]
            .map(|name| shell_word(&dir.join(name).display().to_string()));
        format!("evotor compare {file} --patients {cohort} --only {number}{arm}{surrogate} --out {out}")
    }

    /// What a command ends with.
    pub fn end(&self, finished: &Finished, dir: &Path) -> ExitCode {
        match finished {
            Finished::Stopped(signal) => {
                let reached = format!("; the patients who were done are in {}", dir.display());
                stopped(*signal, &reached, dir)
            }
            Finished::Done(failures) if failures.is_empty() => ExitCode::SUCCESS,
            Finished::Done(failures) => {
                self.tell(failures, dir);
                ExitCode::from(FAILED)
            }
        }
    }
}

/// A trial with another number of agents, as its effective file says it: lattices as large as these need follow from it.
fn with_agents(mut scenario: Scenario, agents: u32) -> Result<Scenario, Failure> {
    let Some(trial) = &mut scenario.trial else { return Ok(scenario) };
    if trial.cohort.agents.replace(agents).is_none() {
        return Err(Failure::Input(
            "--agents makes lattices as large as the agents need, but this trial gives them a size: remove `size` from \
             [lattice] and give `agents` in [cohort], or leave out --agents"
                .to_owned(),
        ));
    }
    Ok(file::parse(&effective_toml(&scenario), "the trial with --agents", Path::new(""))?.scenario)
}

/// Patients who are named, each once and in the order of their numbers; `None`: all.
fn only(plan: &Plan, named: &[u32]) -> Result<Option<Vec<u32>>, Failure> {
    let patients = plan.cohort.spec().patients;
    if let Some(beyond) = named.iter().find(|number| **number >= patients) {
        return Err(Failure::Input(format!(
            "there is no patient {beyond}: the cohort has {}, with numbers from 0; a larger one has more (--patients)",
            counted(u64::from(patients), "patient")
        )));
    }
    let numbers: BTreeSet<u32> = named.iter().copied().collect();
    Ok((!numbers.is_empty()).then(|| numbers.into_iter().collect()))
}

fn arms(plan: &Plan, names: &[String]) -> Result<Option<Vec<usize>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    let find = |name: &String| {
        let all = || plan.arms().iter().map(|a| a.name.as_str());
        all().position(|own| own == name).ok_or_else(|| {
            let near = crate::scenario::nearest_name(name, all());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Failure::Input(format!("there is no arm `{name}`{hint}"))
        })
    };
    let mut numbers = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(Some(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The command once named a trial of the review as a file, forgot a larger cohort, and led into the folder that was taken.
    #[test]
    fn a_patient_who_failed_is_repeated_from_the_folder() {
        let text = include_str!("../../../tests/data/small-trial.toml");
        let loaded = file::parse(text, "small-trial", Path::new("")).unwrap();
        let plan = Plan::new(&loaded.scenario, Some(400)).unwrap();
        let backend = crate::simulation::BackendOptions::cpu(1);
        let choices = Choices { backend, patients: None, arms: None, surrogate: true };
        let ready = Ready { plan, choices };
        let failure = PatientFailure { patient: 300, arm: Some(1), message: String::new() };
        let words = ready.alone(&failure, Path::new("my results"));
        let expected = "evotor compare 'my results/effective.toml' --patients 400 --only 300 --arm 'supportive care' \
                        --surrogate --out 'my results/patient-300'";
        assert_eq!(words, expected);
    }
}

//! A trial in a folder, from its file to its tables: what a program does that runs one.
//!
//! ```text
//! scenario + Selection ─► Session ─► run, or StoppedSession::go_on ─► SessionRun: results, and the folder
//!                                                                      └─► Extras ─► folder.finish()
//! ```
//!
//! # Examples
//!
//! Four patients through all arms, by the mean field:
//!
//! ```
//! use std::path::Path;
//! use std::sync::atomic::AtomicUsize;
//!
//! use evotor::simulation::BackendOptions;
//! use evotor::trial::hooks::TrialHooks;
//! use evotor::trial::file;
//! use evotor::trial::output::Extras;
//! use evotor::trial::session::{Selection, Session};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let trial = file::load(Path::new("tests/data/small-trial.toml")).map_err(|e| e.to_string())?.scenario;
//! let selection = Selection { patients: Some(4), surrogate: true, ..Selection::default() };
//! let session = Session::new(trial, &selection, BackendOptions::cpu(1))?;
//! let dir = tempfile::tempdir()?;
//! let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
//! let run = session.run(dir.path(), false, Extras::default(), &mut hooks)?;
//! for arm in session.arms() {
//!     let summary = run.results.arm(&session.plan, arm);
//!     assert_eq!(summary.patients, 4);
//! }
//! run.folder.finish()?;
//! assert!(dir.path().join("survival.csv").exists());
//! # Ok(())
//! # }
//! ```

mod done;
mod extras;
mod selection;
mod stopped;
mod writer;

use std::path::Path;
use std::time::Duration;

pub use done::DoneTrial;
pub use extras::{ExtraResults, Repetition};
pub use selection::Selection;
pub use stopped::{Continued, StoppedSession};

use crate::scenario::{Scenario, effective_toml};
use crate::simulation::{BackendOptions, RunError};
use writer::ResultWriter;
pub use writer::SessionRun;

use super::error::TrialError;
use super::hooks::TrialHooks;
use super::output::{Extras, RunInfo, TrialFolder, TrialProgress};
use super::results::{ContrastRow, Endpoint, Price, PriceRow, Results};
use super::run::{Plan, TrialEnding, TrialOptions, run};
use super::surrogate::refusal;

/// Time between two checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);

/// A trial that is ready to run.
#[derive(Debug, Clone)]
pub struct Session {
    /// The trial.
    pub plan: Plan,
    /// Who goes through which arms, and how it is computed.
    pub choices: TrialOptions,
    /// What is asked for, before anybody is through.
    pub course: RunInfo,
    /// Time between two checkpoints.
    pub checkpoint_every: Duration,
}

impl Session {
    /// A trial, and who goes through it.
    ///
    /// # Errors
    ///
    /// [`TrialError::Plan`] for a trial that cannot be, [`TrialError::Input`] for patients or arms that it does not have.
    pub fn new(
        mut scenario: Scenario,
        selection: &Selection,
        backend: BackendOptions,
    ) -> Result<Self, TrialError> {
        scenario.seed = selection.seed.unwrap_or(scenario.seed);
        if let Some(agents) = selection.agents {
            scenario = selection::with_agents(scenario, agents)?;
        }
        if let Some(reader) = selection.reader {
            scenario = selection::read_by(scenario, reader)?;
        }
        if let Some(estimand) = selection.estimand {
            scenario = selection::with_estimand(scenario, estimand)?;
        }
        let plan = Plan::new(&scenario, selection.patients)?;
        plan.check()?;
        let arms = selection::arms(&plan, &selection.arms)?;
        let named = |arms: Vec<usize>| arms.iter().map(|a| plan.arms()[*a].name.clone()).collect();
        let course = RunInfo {
            surrogate: selection.surrogate,
            patients: plan.cohort.spec().patients,
            shard: selection::shard(&plan, selection.shard)?,
            only: selection::patients(&plan, &selection.only)?,
            missing: Vec::new(),
            arms: arms.clone().map(named),
            tables: selection::tables(&selection.tables)?,
            stopped: false,
            failed: Vec::new(),
        };
        let (patients, surrogate) = (course.chosen(), selection.surrogate);
        let choices = TrialOptions { backend, patients, arms, surrogate };
        let session = Self { plan, choices, course, checkpoint_every: CHECKPOINT_EVERY };
        if session.choices.surrogate {
            session.check_surrogate("leave --surrogate out")?;
        }
        Ok(session)
    }

    /// A trial of which is known what was asked for.
    pub(in crate::trial) fn of(
        scenario: &Scenario,
        course: RunInfo,
        backend: BackendOptions,
    ) -> Result<Self, TrialError> {
        let plan = Plan::new(scenario, Some(course.patients))?;
        let arms = course.arms.as_ref().map(|names| selection::arms(&plan, names)).transpose()?.flatten();
        let choices = TrialOptions { backend, patients: course.chosen(), arms, surrogate: course.surrogate };
        Ok(Self { plan, choices, course, checkpoint_every: CHECKPOINT_EVERY })
    }

    /// Refuses what the mean field cannot do; `way_out` is what to do instead.
    fn check_surrogate(&self, way_out: &str) -> Result<(), TrialError> {
        let scenario = &self.plan.scenario;
        refusal(scenario).map_or(Ok(()), |why| {
            let name = &scenario.name;
            Err(TrialError::Input(format!(
                "compute `{name}` by the mean-field surrogate: the trial {why}; {way_out}"
            )))
        })
    }

    /// Runs it into a folder; with `force` in place of another trial.
    ///
    /// # Errors
    ///
    /// What makes the whole trial fail: no backend, a folder that is taken, a full disk. A patient's failure is among the results.
    pub fn run(
        &self,
        dir: &Path,
        force: bool,
        extras: Extras,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<SessionRun, TrialError> {
        self.check_backend()?;
        let repeats = extras.repeat && !self.plan.trial.cohort.repeat.is_empty();
        if extras.predict.is_some() || extras.needed_growth || repeats {
            self.check_surrogate("leave out --predict, --needed-growth and `repeat`, which it computes")?;
        }
        let mut progress = self.nobody(extras);
        let folder = TrialFolder::create(dir, force, &self.plan, &mut progress)?;
        self.go(folder, progress, hooks)
    }

    /// Goes on with the same trial in a folder, else runs it there, in place of whatever is there.
    ///
    /// # Errors
    ///
    /// As [`Session::run`].
    pub fn take_up(
        &self,
        dir: &Path,
        extras: Extras,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<SessionRun, TrialError> {
        let nobody = self.nobody(extras);
        match TrialProgress::read(dir)? {
            Some(mut progress) if progress.differs(&nobody).is_none() => {
                let folder = TrialFolder::reopen(dir, &self.plan, &mut progress)?;
                self.go(folder, progress, hooks)
            }
            _ => self.run(dir, true, nobody.extras, hooks),
        }
    }

    /// The progress of a trial in which nobody is through.
    fn nobody(&self, extras: Extras) -> TrialProgress {
        let by = if self.choices.surrogate {
            "# computed by the mean-field surrogate, not cell by cell\n"
        } else {
            ""
        };
        let version = env!("CARGO_PKG_VERSION");
        let scenario = &self.plan.scenario;
        let text = format!("# evotor {version}, seed {}\n{by}#\n{}", scenario.seed, effective_toml(scenario));
        TrialProgress::new(text, self.course.clone(), extras, Results::new(&self.plan))
    }

    /// Number of CPU threads.
    pub fn threads(&self) -> usize {
        self.choices.backend.cpu_threads()
    }

    /// Refuses a device that cannot be had, before anything is written.
    fn check_backend(&self) -> Result<(), TrialError> {
        let checked = if self.choices.surrogate { Ok(()) } else { self.choices.backend.check() };
        Ok(checked.map_err(RunError::from)?)
    }

    /// Takes those through who are not yet.
    fn go(
        &self,
        folder: TrialFolder,
        progress: TrialProgress,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<SessionRun, TrialError> {
        let mut left = progress.course.asked();
        left.drain(..left.len().min(progress.through as usize));
        let choices = TrialOptions { patients: Some(left), ..self.choices.clone() };
        let mut writer =
            ResultWriter::new(&self.plan, folder, progress, self.checkpoint_every, hooks.listener);
        let finished = run(&self.plan, &choices, &mut writer, hooks.stop);
        Ok(writer.close(finished)?)
    }

    /// Numbers of the arms that take part.
    pub fn arms(&self) -> Vec<usize> {
        self.choices.arms.clone().unwrap_or_else(|| (0..self.plan.arms().len()).collect())
    }

    /// What is made of all patients of a folder in which they are through.
    pub(in crate::trial) fn assembled(
        &self,
        folder: TrialFolder,
        progress: TrialProgress,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<SessionRun, TrialError> {
        let writer = ResultWriter::new(&self.plan, folder, progress, self.checkpoint_every, hooks.listener);
        Ok(writer.close(Ok(TrialEnding::Done(Vec::new())))?)
    }

    /// What sets arms apart, of the pairs that the trial names and that took part.
    pub fn contrasts(&self, results: &Results, times: &[Endpoint]) -> Vec<ContrastRow> {
        let compared = self.compared(results);
        let of = |time: &Endpoint| {
            let time = *time;
            compared.iter().map(move |(a, b)| results.contrast(&self.plan, *a, *b, time))
        };
        times.iter().flat_map(of).collect()
    }

    /// What they cost.
    pub fn prices(&self, results: &Results) -> Vec<PriceRow> {
        let of = |(a, b): (usize, usize)| Price::ALL.map(|price| results.price(&self.plan, a, b, price));
        self.compared(results).into_iter().flat_map(of).collect()
    }

    /// The pairs that the trial names and that took part.
    fn compared(&self, results: &Results) -> Vec<(usize, usize)> {
        let took_part = |arm: &usize| self.arms().contains(arm) && !results.arms[*arm].is_empty();
        let pairs = self.plan.trial.comparisons.iter().copied();
        pairs.filter(|(a, b)| took_part(a) && took_part(b)).collect()
    }
}

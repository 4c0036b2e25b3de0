//! A batch made ready, and its rows computed: several at once where each is a small run, one after another where a row has work for
//! all threads. Results are kept in the order of rows, whoever was first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::design::{Design, SEED};
use super::figures::{NamedFigure, of_run, of_trial};
use super::folder::{BatchFolder, BatchSummary};
use super::question::BatchQuestion;
use super::row::{RowError, RowFault, RowResult, RowStatus};
use crate::engine::EngineError;
use crate::scenario::{self, Overlay, Scenario, Setting, effective_toml};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::digest::hex;
use crate::simulation::{
    BackendOptions, Ending, Hooks, Job, RunError, Settings, Unwatched, cost, memory, run_without_files,
};
use crate::trial::error::TrialError;
use crate::trial::estimate::{TrialCost, estimate};
use crate::trial::file;
use crate::trial::hooks::{Listener, TrialHooks};
use crate::trial::results::simulate;
use crate::trial::run::{Plan, TrialOptions};
use crate::trial::shard::{COMMIT, Shard, effective_hash};
use crate::trial::surrogate::refusal;

/// Stack of a worker, whatever the shell's limit is.
const STACK: usize = 4 << 20;

/// Bytes that a row leaves, as `results.csv` and `rows.jsonl` have it.
const BYTES: u64 = 2000;

/// What is asked of a batch.
#[derive(Debug, Clone)]
pub struct BatchAsk {
    /// The scenario's or trial's file.
    pub scenario: PathBuf,
    /// Its keys that have another value in every row.
    pub settings: Vec<Setting>,
    /// Size of a trial's cohort, in place of the file's.
    pub patients: Option<u32>,
    /// Whether trials are computed by the mean field.
    pub surrogate: bool,
    /// This part of the rows alone.
    pub shard: Option<Shard>,
    /// Where to compute.
    pub backend: BackendOptions,
}

/// What a row is before it is computed.
enum RowSubject {
    Run(Box<Job>),
    Trial(Box<Plan>),
}

/// A batch made ready.
pub struct ParameterSweep {
    ask: BatchAsk,
    text: String,
    base: PathBuf,
    design: Design,
    /// States that have a figure each.
    states: Vec<String>,
    /// The file without a row, with every default.
    pub(super) effective: String,
    /// What sets this batch apart from another.
    pub question: BatchQuestion,
    /// Rows that are as an earlier one.
    pub repeated: BTreeMap<u32, u32>,
    /// Rows that are at fault, of those that were asked for.
    pub faults: BTreeMap<u32, RowFault>,
    /// What runs take, one at a time.
    bytes: u64,
}

impl ParameterSweep {
    /// Reads the file, and checks each row of the design as if it stood there.
    ///
    /// # Errors
    ///
    /// [`TrialError`] for a file that cannot be used without a row, and for a shard without rows.
    pub fn new(ask: BatchAsk, design: Design) -> Result<Self, TrialError> {
        let text = scenario::read_file(&ask.scenario)?;
        let base = ask.scenario.parent().unwrap_or(Path::new("")).to_owned();
        let overlay = Overlay::of_command_line(&ask.settings);
        let name = ask.scenario.display().to_string();
        let scenario = file::parse_with(&text, &name, &base, &overlay)?.scenario;
        let rows = design.rows.len() as u32;
        let shard = ask.shard.map_or(Ok(()), |shard| shard.check(rows, "a design", "row"));
        shard.map_err(TrialError::Input)?;
        let subject = subject(&ask, &scenario, &base)?;
        let (states, names, bytes) = match &subject {
            RowSubject::Run(job) => {
                let states = if job.has_long_states() { Vec::new() } else { job.names.clone() };
                let names = of_run(job, &states, None);
                (states, names, memory::estimate(&job.scenario, &job.model, None).host)
            }
            RowSubject::Trial(plan) => (Vec::new(), of_trial(plan, None), 0),
        };
        let effective =
            format!("# evotor {PROGRAM}, seed {}\n#\n{}", scenario.seed, effective_toml(&scenario));
        let asked = format!("{text}\n{:?}", ask.settings);
        let question = BatchQuestion {
            evotor: PROGRAM.to_owned(),
            commit: COMMIT.map(str::to_owned),
            scenario: scenario.name.clone(),
            source: effective_hash(asked.as_bytes()),
            effective: effective_hash(effective.as_bytes()),
            design: effective_hash(
                format!("{:?}", design.rows.iter().map(|r| (&r.cells, &r.settings)).collect::<Vec<_>>())
                    .as_bytes(),
            ),
            columns: design.heads.clone(),
            figures: names.into_iter().map(|(name, _)| name).collect(),
            rows,
            patients: ask.patients,
            surrogate: ask.surrogate,
            shard: ask.shard,
        };
        let repeated = design.repeated();
        let mut batch = Self {
            ask,
            text,
            base,
            design,
            states,
            effective,
            question,
            repeated,
            faults: BTreeMap::new(),
            bytes,
        };
        batch.faults = batch.numbers().filter_map(|row| Some((row, batch.read(row).err()?))).collect();
        Ok(batch)
    }

    /// Numbers of the rows that are asked for.
    pub fn numbers(&self) -> std::ops::RangeInclusive<u32> {
        self.question.range().numbers()
    }

    /// Line of the design on which a row stands.
    pub fn line(&self, row: u32) -> u64 {
        self.design.rows.get(row as usize).map_or(0, |row| row.line)
    }

    /// The file with a row laid over it.
    fn read(&self, row: u32) -> Result<Scenario, RowFault> {
        let settings = match &self.design.rows[row as usize].settings {
            Ok(settings) => settings,
            Err(why) => return Err(RowFault::Words(why.clone())),
        };
        let all: Vec<Setting> = self.ask.settings.iter().chain(settings).cloned().collect();
        let overlay = Overlay::new(&format!("row {row} of the design"), "", &all);
        let name = self.ask.scenario.display().to_string();
        Ok(file::parse_with(&self.text, &name, &self.base, &overlay)?.scenario)
    }

    /// What its rows take, each as the file without a row does.
    ///
    /// # Errors
    ///
    /// [`TrialError`] for a file that cannot be run.
    pub fn cost(&self, stop: &AtomicUsize) -> Result<TrialCost, TrialError> {
        let overlay = Overlay::of_command_line(&self.ask.settings);
        let name = self.ask.scenario.display().to_string();
        let scenario = file::parse_with(&self.text, &name, &self.base, &overlay)?.scenario;
        let rows = self.numbers().count() as u64;
        let (workers, options) = self.workers();
        let one = match subject(&self.ask, &scenario, &self.base)? {
            RowSubject::Run(job) => {
                let core_seconds = cost::estimate(&job).core_seconds;
                TrialCost { core_seconds, memory: self.bytes * workers as u64, disk: 0 }
            }
            RowSubject::Trial(plan) => {
                let threads = options.cpu_threads();
                let choices = TrialOptions {
                    backend: options,
                    patients: None,
                    arms: None,
                    surrogate: self.ask.surrogate,
                };
                estimate(&plan, &choices, threads, stop)?
            }
        };
        let core_seconds = one.core_seconds.map(|seconds| seconds * rows as f64);
        Ok(TrialCost { core_seconds, disk: rows * BYTES, ..one })
    }

    /// Runs the rows that are not through into a folder, in place of another batch or, with `go_on`, from where this one was.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder that holds something else, [`TrialError::Stopped`], and what ends a batch: no disk, no memory, no
    /// device. Rows that are done are kept.
    pub fn run(
        &self,
        dir: &Path,
        force: bool,
        go_on: bool,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<BatchSummary, TrialError> {
        if !self.ask.surrogate {
            self.ask.backend.check().map_err(RunError::from)?;
        }
        let mut folder = BatchFolder::open(dir, force, go_on, &self.question, &self.effective)?;
        let all: Vec<u32> = self.numbers().skip(folder.results.len()).collect();
        let what = if self.question.columns == [SEED] { "seeds" } else { "rows" };
        hooks.listener.begins(what, self.numbers().count() as u64);
        self.compute(&all, &mut folder, hooks)?;
        folder.finish(&self.question, &[])
    }

    /// Computes rows, and keeps each in its turn.
    fn compute(
        &self,
        all: &[u32],
        folder: &mut BatchFolder,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        let (workers, options) = self.workers();
        let (next, halt) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let kept = Mutex::new(InOrder {
            waiting: BTreeMap::new(),
            next: folder.results.len(),
            folder,
            error: None,
            rows: self.numbers().count() as u64,
            first: *self.numbers().start(),
            repeated: &self.repeated,
            listener: hooks.listener,
        });
        let stop = hooks.stop;
        let work = || {
            while halt.load(Ordering::Relaxed) == 0 && stop.load(Ordering::Relaxed) == 0 {
                let Some(row) = all.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                let result = self.row(*row, &options, stop);
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = result.and_then(|result| kept.take(*row, result)) {
                    halt.store(1, Ordering::Relaxed);
                    kept.error.get_or_insert(error);
                }
            }
        };
        std::thread::scope(|scope| {
            for others in 0..workers.min(all.len()) {
                let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
                match worker {
                    Err(error) if others == 0 => {
                        return Err(RunError::from(EngineError::Threads(error.to_string())));
                    }
                    // Those who are there do the work.
                    Err(_) => break,
                    Ok(_) => (),
                }
            }
            Ok(())
        })?;
        let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        match kept.error {
            Some(error) => Err(error),
            None if kept.next as u64 == kept.rows => Ok(()),
            None => hooks.go_on(),
        }
    }

    /// Number of CPU threads.
    pub fn threads(&self) -> usize {
        self.ask.backend.cpu_threads()
    }

    /// How many rows are computed at once, and by what each.
    fn workers(&self) -> (usize, BackendOptions) {
        let backend = &self.ask.backend;
        if self.bytes == 0 || !backend.is_on_cpu() {
            return (1, backend.clone());
        }
        let threads = backend.cpu_threads();
        let fit = memory::available().free / 2 / self.bytes.max(1);
        match usize::try_from(fit).unwrap_or(usize::MAX).min(threads) {
            // Lattices that fill the memory are computed by all threads.
            0 | 1 => (1, backend.clone()),
            several => (several, BackendOptions { threads: (threads / several).max(1), ..backend.on_cpu() }),
        }
    }

    /// What a row comes to; `None` for one that is as an earlier one.
    fn row(
        &self,
        row: u32,
        backend: &BackendOptions,
        stop: &AtomicUsize,
    ) -> Result<Option<RowResult>, TrialError> {
        let earlier = self.repeated.get(&row).filter(|first| self.numbers().contains(first));
        if earlier.is_some() {
            return Ok(None);
        }
        let cells = self.design.rows[row as usize].cells.clone();
        let empty = RowResult {
            row,
            status: RowStatus::Done,
            cells,
            figures: Vec::new(),
            digest: String::new(),
            error: String::new(),
        };
        Ok(Some(match self.figures(row, backend, stop) {
            Ok((figures, digest)) => RowResult { figures, digest, ..empty },
            Err(RowError::Refused(fault)) => {
                RowResult { status: RowStatus::Refused, error: fault.line(), ..empty }
            }
            Err(RowError::Failed(error)) => RowResult { status: RowStatus::Failed, error, ..empty },
            Err(RowError::Ends(error)) => return Err(error),
        }))
    }

    fn figures(
        &self,
        row: u32,
        backend: &BackendOptions,
        stop: &AtomicUsize,
    ) -> Result<(Vec<Option<f64>>, String), RowError> {
        let scenario = self.read(row).map_err(RowError::Refused)?;
        let (named, digest) = match subject(&self.ask, &scenario, &self.base)? {
            RowSubject::Run(job) => {
                let settings = Settings { backend: backend.clone(), ..Settings::default() };
                let hooks = Hooks { watch: &mut Unwatched, painter: None, stop };
                match run_without_files(&job, &settings, hooks).map_err(TrialError::from)? {
                    Ending::Stopped { signal, .. } => {
                        return Err(RowError::Ends(TrialError::Stopped(signal)));
                    }
                    Ending::Done(finished) => {
                        self.has_states(&job)?;
                        (of_run(&job, &self.states, Some(&finished)), hex(&finished.digest))
                    }
                }
            }
            RowSubject::Trial(plan) => {
                let choices = TrialOptions {
                    backend: backend.clone(),
                    patients: None,
                    arms: None,
                    surrogate: self.ask.surrogate,
                };
                let results = simulate(&plan, &choices, stop)?;
                (of_trial(&plan, Some(&results)), hex(&results.digest()))
            }
        };
        Ok((self.in_order(named)?, digest))
    }

    /// Refuses a run with states that the table has no column for.
    fn has_states(&self, job: &Job) -> Result<(), RowError> {
        let other = job.names.iter().find(|name| !self.states.is_empty() && !self.states.contains(name));
        other.map_or(Ok(()), |name| Err(self.other_figures(&format!("state {name}"))))
    }

    /// The figures of a row, which must be those of the table.
    fn in_order(&self, named: Vec<NamedFigure>) -> Result<Vec<Option<f64>>, RowError> {
        let names = &self.question.figures;
        match named.iter().map(|(name, _)| name).find(|name| !names.contains(name)) {
            Some(other) => Err(self.other_figures(other)),
            None if named.len() == names.len() => Ok(named.into_iter().map(|(_, value)| value).collect()),
            None => Err(self.other_figures("fewer of them")),
        }
    }

    fn other_figures(&self, what: &str) -> RowError {
        RowError::Refused(RowFault::Words(format!(
            "it has other figures than the scenario without a row ({what}): loci, states, targets and names of arms must be the same"
        )))
    }
}

/// A scenario made ready to be computed.
fn subject(ask: &BatchAsk, scenario: &Scenario, base: &Path) -> Result<RowSubject, TrialError> {
    if scenario.trial.is_none() {
        if ask.surrogate || ask.patients.is_some() {
            return Err(TrialError::Input(format!(
                "--surrogate and --patients are for trials, and `{}` is a scenario without [cohort]: leave them out",
                scenario.name
            )));
        }
        let estimate = memory::estimate_scenario(scenario);
        estimate.check(memory::available())?;
        return Ok(RowSubject::Run(Box::new(Job::new(scenario, base)?)));
    }
    let plan = Plan::new(scenario, ask.patients)?;
    plan.check()?;
    match refusal(scenario).filter(|_| ask.surrogate) {
        None => Ok(RowSubject::Trial(Box::new(plan))),
        Some(why) => Err(TrialError::Input(format!(
            "compute `{}` by the mean-field surrogate: the trial {why}; leave --surrogate out",
            scenario.name
        ))),
    }
}

/// Keeps results in the order of their rows.
struct InOrder<'a> {
    waiting: BTreeMap<u32, Option<RowResult>>,
    /// How many are kept.
    next: usize,
    folder: &'a mut BatchFolder,
    error: Option<TrialError>,
    rows: u64,
    first: u32,
    repeated: &'a BTreeMap<u32, u32>,
    listener: &'a mut dyn Listener,
}

impl InOrder<'_> {
    /// Takes a row's result, and keeps those that can be.
    fn take(&mut self, row: u32, result: Option<RowResult>) -> Result<(), TrialError> {
        self.waiting.insert(row, result);
        let mut next = self.first + self.next as u32;
        while let Some(result) = self.waiting.remove(&next) {
            self.folder.keep(next, result, self.repeated.get(&next).copied())?;
            self.next += 1;
            next += 1;
        }
        self.listener.progress((self.next + self.waiting.len()) as u64, self.rows);
        Ok(())
    }
}

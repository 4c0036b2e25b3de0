//! `--dry-run`: what would be computed, and what it takes in time, memory and on the disk. No tumour is made, and nothing is written.

use std::path::Path;
use std::process::ExitCode;

use crate::simulation::folder::Folder;
use crate::simulation::memory::{self, MemoryEstimate};
use crate::simulation::naming::{bytes_text, counted};
use crate::simulation::{BackendOptions, Job, RunError, backends, cost, frame};
use crate::trial::batch::{ParameterSweep, is_batch};
use crate::trial::calibrate::{self, CalibrationQuestion};
use crate::trial::error::TrialError;
use crate::trial::estimate::{TrialCost, estimate};
use crate::trial::output::TrialFolder;
use crate::trial::run::TrialOptions;
use crate::trial::session::Session;

use super::ending;
use super::options::BackendArgs;
use super::outcome::{Failure, say};
use super::signals;
use super::table::TextTable;

/// Where it would be computed, and into which folder.
pub struct DryRun<'a> {
    /// The folder.
    pub dir: &'a Path,
    /// Whether what is there would be replaced.
    pub force: bool,
    /// Where it would be computed.
    pub backend: &'a BackendArgs,
}

/// Tells of a run.
pub fn run(job: &Job, estimate: &MemoryEstimate, place: &DryRun<'_>) -> Result<ExitCode, Failure> {
    let occupied = match Folder::refuse_occupied(place.dir, place.force) {
        Ok(()) => "",
        Err(RunError::Occupied { .. }) => " (holds another run: needs --force or another --out)",
        Err(error) => return Err(error.into()),
    };
    let cost = cost::estimate(job);
    let states = job.names.len();
    if let Some(shard) = job.shard {
        let range = shard.range(job.lesions());
        line("shard:", format!("{shard}: replicates {range} of {}", job.lesions()));
    }
    line("scenario:", format!("{}, seed {}", job.scenario.name, job.scenario.seed));
    line("size:", ending::extent(job));
    line("states:", format!("{states}; drugs: {}; checks: {}", job.drug_names().len(), checks(job)));
    line("blocks:", format!("{} of up to {} replicates", estimate.blocks, estimate.block));
    let pool = bytes_text(estimate.pool);
    let whole = format!("{pool} on a GPU, where the lattice lies as a whole");
    line("memory:", format!("at most {}; {whole}; {}", bytes_text(estimate.host), available()));
    line("time:", format!("{} on one core, roughly", grown(cost.core_seconds.map(cost::seconds_text))));
    line("disk:", format!("{}, roughly", grown(cost.disk.map(bytes_text))));
    if let Some(frames) = frames(job) {
        line("frames:", frames);
    }
    line("backend:", backends::expected(&place.backend.options()));
    line("results:", format!("{}{occupied}", place.dir.display()));
    Ok(ExitCode::SUCCESS)
}

/// Tells of a batch, whose rows are called `what`.
pub fn batch(sweep: &ParameterSweep, dir: &Path, may_hold: bool, what: &str) -> Result<ExitCode, Failure> {
    let cost = sweep.cost(&*signals::watch()?)?;
    line("scenario:", sweep.question.scenario.clone());
    line("size:", format!("{} {what}, each as the file without it", sweep.numbers().count()));
    show(&cost, sweep.threads());
    let occupied = if may_hold || !is_batch(dir) {
        ""
    } else {
        " (holds a batch: needs --continue, --force or another --out)"
    };
    line("results:", format!("{}{occupied}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

/// What a trial takes.
fn cost_of(session: &Session) -> Result<TrialCost, Failure> {
    Ok(estimate(&session.plan, &session.choices, session.threads(), &*signals::watch()?)?)
}

/// Tells of a trial.
pub fn trial(session: &Session, dir: &Path, may_hold: bool) -> Result<ExitCode, Failure> {
    let cost = cost_of(session)?;
    let patients = counted(session.course.asked().len() as u64, "patient");
    let arms = counted(session.arms().len() as u64, "arm");
    let by = if session.choices.surrogate { "by the mean-field surrogate" } else { "by agents" };
    let (name, seed) = (&session.plan.scenario.name, session.plan.scenario.seed);
    line("trial:", format!("{name}, seed {seed}"));
    line(
        "size:",
        format!("{patients} through {arms}, {by}; {} days each, if nobody leaves early", session.plan.end()),
    );
    show(&cost, session.threads());
    line("results:", format!("{}{}", dir.display(), occupied(dir, may_hold)));
    Ok(ExitCode::SUCCESS)
}

/// Tells of several trials, one after another.
pub fn trials(sessions: &[Session], root: &Path) -> Result<ExitCode, Failure> {
    let mut table = TextTable::new(&["trial", "#patients", "#arms", "#time on one core"]);
    let mut all = TrialCost { core_seconds: [0.0; 2], memory: 0, disk: 0 };
    for session in sessions {
        let cost = cost_of(session)?;
        let (patients, arms) = (session.course.asked().len(), session.arms().len());
        let name = session.plan.scenario.name.clone();
        table.row([
            name,
            patients.to_string(),
            arms.to_string(),
            between(cost.core_seconds.map(cost::seconds_text), " to ", ""),
        ]);
        all.core_seconds.iter_mut().zip(cost.core_seconds).for_each(|(sum, own)| *sum += own);
        all.memory = all.memory.max(cost.memory);
        all.disk += cost.disk;
    }
    table.print();
    say(format_args!(""));
    show(&all, sessions.first().map_or(1, Session::threads));
    line("results:", root.display().to_string());
    Ok(ExitCode::SUCCESS)
}

/// Tells of a calibration: the draws that it keeps, of which some take several attempts, and those that agents judge.
pub fn calibration(
    question: &CalibrationQuestion,
    dir: &Path,
    goes_on: bool,
    threads: usize,
) -> Result<ExitCode, Failure> {
    let asked = &question.calibration;
    let trials = asked.trials(&question.own)?;
    let draws = asked.particles as u64 * (u64::from(asked.generations) + 1);
    let judged = asked.judged as u64 + 1;
    let middle: Vec<f64> = asked.parameters.iter().map(|p| p.value(0.5)).collect();
    let of = |surrogate: bool| -> Result<TrialCost, Failure> {
        let mut all = TrialCost { core_seconds: [0.0; 2], memory: 0, disk: draws * 1000 };
        for trial in &trials {
            let patients = Some((0..asked.patients).collect());
            let choices = TrialOptions {
                backend: BackendOptions::cpu(1),
                patients,
                arms: Some(trial.arms()),
                surrogate,
            };
            let plan = calibrate::at(asked, trial, &middle, (!surrogate).then_some(asked.agents));
            let plan = plan.map_err(TrialError::from)?;
            let cost = estimate(&plan, &choices, threads, &*signals::watch()?)?;
            all.core_seconds.iter_mut().zip(cost.core_seconds).for_each(|(sum, own)| *sum += own);
            all.memory = all.memory.max(cost.memory);
        }
        Ok(all)
    };
    let (search, judgement) = (of(true)?, of(false)?);
    let parameters = counted(asked.parameters.len() as u64, "parameter");
    let of_trials = counted(trials.len() as u64, "trial");
    line(
        "fit:",
        format!(
            "{}: {parameters} by {of_trials} of {} each",
            asked.name,
            counted(asked.patients.into(), "patient")
        ),
    );
    line(
        "search:",
        format!(
            "{draws} draws are kept, of which each may take several attempts; {judged} are judged by agents"
        ),
    );
    let sum = |n: usize| search.core_seconds[n] * draws as f64 + judgement.core_seconds[n] * judged as f64;
    show(
        &TrialCost { core_seconds: [sum(0), sum(1)], memory: judgement.memory.max(search.memory), ..search },
        threads,
    );
    line(
        "results:",
        format!(
            "{}{}",
            dir.display(),
            if goes_on { " (holds draws already: they are kept, unless --force is given)" } else { "" }
        ),
    );
    Ok(ExitCode::SUCCESS)
}

fn show(cost: &TrialCost, threads: usize) {
    let [low, high] = cost.core_seconds.map(|seconds| cost::seconds_text(seconds / threads.max(1) as f64));
    line("memory:", format!("about {}; {}", bytes_text(cost.memory), available()));
    line("time:", format!("{} with {}, roughly", grown([low, high]), counted(threads as u64, "thread")));
    line("disk:", format!("{}, roughly", bytes_text(cost.disk)));
}

/// Whether a folder of trials is taken, in words.
fn occupied(dir: &Path, may_hold: bool) -> &'static str {
    if may_hold || TrialFolder::found_in(dir).is_none() {
        ""
    } else {
        " (holds another trial: needs --force, --continue or another --out)"
    }
}

fn available() -> String {
    format!("{} available here", bytes_text(memory::available().free))
}

fn line(what: &str, text: String) {
    say(format_args!("{what:<11}{text}"));
}

/// Bounds of a tumour in words.
fn grown(bounds: [String; 2]) -> String {
    between(bounds, " if tumours stay as they start, up to ", " if they grow as they can")
}

/// Two bounds in words, or one where they are the same.
fn between([low, high]: [String; 2], and: &str, end: &str) -> String {
    if low == high { low } else { format!("{low}{and}{high}{end}") }
}

/// What recorded lattices may take on the disk; `None` if there are none.
fn frames(job: &Job) -> Option<String> {
    let output = &job.scenario.output;
    let count = output.snapshots.len() as u64 * u64::from(output.detailed_replicates);
    let most = frame::most_bytes(&job.shape(), job.model.oxygen.as_ref().map_or(0, |o| o.fields()));
    let each = bytes_text(most);
    (output.frames && count > 0)
        .then(|| format!("{count}, each at most {each} and 16 bytes a clone (usually a tenth of that)"))
}

fn checks(job: &Job) -> u32 {
    job.scenario.time.end / job.scenario.time.check + 1
}

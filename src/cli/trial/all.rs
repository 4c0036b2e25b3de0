//! `evotor trial --all`: every trial of the review, one after another, and how far they have come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::simulation::RunError;
use crate::simulation::disk;
use crate::simulation::folder::{SUMMARY, lock};
use crate::trial::output::kept::{self, KeptKind};
use crate::trial::output::{Extras, TrialFolder};
use crate::trial::results::simulated;
use crate::trial::review;
use crate::trial::run::TrialEnding;
use crate::trial::session::ExtraResults;

use super::super::compare::{self, Who, tell, with_bar};
use super::super::dry_run;
use super::super::ending::stopped;
use super::super::json::{self, TrialCommandResult, TrialResult};
use super::super::options::BackendArgs;
use super::super::outcome::{FAILED, Failure, complain, say};
use super::super::predictions::{needed_cells, needed_head};
use super::super::report::ReportArgs;
use super::Args;
use super::figures::{cells, head};

/// What is asked of every trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TrialsRequest {
    patients: Option<u32>,
    seed: Option<u64>,
    agents: Option<u32>,
    surrogate: bool,
    extras: Extras,
}

/// How far the trials have come.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialsProgress {
    asked: TrialsRequest,
    /// Trials that are done, the first of the review.
    through: usize,
    /// Whether a patient of them failed.
    failed: bool,
    /// Their rows of the table of figures.
    figures: Vec<Vec<String>>,
    /// Their rows of the table of growth.
    growth: Vec<Vec<String>>,
}

/// How to go on.
struct How<'a> {
    backend: &'a BackendArgs,
    report: ReportArgs,
    quiet: bool,
}

/// Runs every trial of the review, or goes on with those of the same question.
pub fn all(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let root = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join("trials"));
    let Who { patients, seed, agents, surrogate, .. } = args.who;
    if args.dry_run {
        let who = Who { patients, seed, agents, surrogate, ..Who::default() };
        let sessions =
            review::ALL.iter().map(|file| compare::session(review::parse(file)?, &who, &args.backend));
        return dry_run::trials(&sessions.collect::<Result<Vec<_>, _>>()?, &root);
    }
    let asked = TrialsRequest { patients, seed, agents, surrogate, extras: args.extras() };
    let how = How { backend: &args.backend, report: args.report, quiet: args.quiet };
    let found = if args.force { None } else { read(&root)? };
    match found {
        Some(progress) if progress.asked == asked => go_on(&root, progress, &how),
        Some(_) => Err(RunError::Unfinished(root).into()),
        None => {
            refuse_occupied(&root, args.force)?;
            let (figures, growth) = (Vec::new(), Vec::new());
            go_on(&root, TrialsProgress { asked, through: 0, failed: false, figures, growth }, &how)
        }
    }
}

/// Goes on with the trials of a folder.
pub fn resume(
    root: &Path,
    backend: &BackendArgs,
    report: ReportArgs,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    let how = How { backend, report, quiet };
    match read(root)? {
        Some(progress) => go_on(root, progress, &how),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Whether a folder holds all of them, done.
pub fn is_done(root: &Path) -> bool {
    review::ALL.iter().all(|file| TrialFolder::is_done(&root.join(file.name)))
}

fn read(root: &Path) -> Result<Option<TrialsProgress>, RunError> {
    let found: Option<TrialsProgress> = kept::read(root, KeptKind::Trials)?;
    match found {
        Some(progress) if progress.through > review::ALL.len() => {
            Err(crate::simulation::CheckpointError::Malformed("it counts more trials than there are").into())
        }
        found => Ok(found),
    }
}

/// Finds out whether the folders can be used, before anything is written.
fn refuse_occupied(root: &Path, force: bool) -> Result<(), RunError> {
    let used = review::ALL.iter().map(|file| root.join(file.name));
    let mut used = used.filter(|dir| TrialFolder::found_in(dir).is_some());
    match used.next() {
        Some(dir) if !force => {
            let found = format!("the trial {}", dir.file_name().unwrap_or_default().display());
            Err(RunError::Occupied { dir: root.to_owned(), found })
        }
        _ => Ok(()),
    }
}

/// Runs the trials that are not done. The folder is done when its checkpoint is gone, which is the last thing of all.
fn go_on(root: &Path, mut progress: TrialsProgress, how: &How<'_>) -> Result<ExitCode, Failure> {
    disk::make_folder(root).map_err(RunError::write(root))?;
    let folder = lock(root)?;
    kept::write(&folder, KeptKind::Trials, &progress)?;
    while progress.through < review::ALL.len() {
        let signal = next(root, &mut progress, how)?;
        if let Some(signal) = signal {
            print(&progress);
            return Ok(stopped(signal, "", root));
        }
        progress.through += 1;
        kept::write(&folder, KeptKind::Trials, &progress)?;
    }
    print(&progress);
    say(format_args!("\nresults in {}", root.display()));
    add_results(root)?;
    how.report.write_own(root, how.quiet);
    kept::remove(root)?;
    Ok(if progress.failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// Runs the next trial, or goes on with it; the signal that stopped it.
fn next(root: &Path, progress: &mut TrialsProgress, how: &How<'_>) -> Result<Option<usize>, Failure> {
    let file = &review::ALL[progress.through];
    let TrialsRequest { patients, seed, agents, surrogate, extras } = progress.asked.clone();
    let who = Who { patients, seed, agents, surrogate, ..Who::default() };
    let session = compare::session(review::parse(file)?, &who, how.backend)?;
    if !how.quiet {
        complain(format_args!("{} of {}: {}", progress.through + 1, review::ALL.len(), file.name));
    }
    let dir = root.join(file.name);
    let run = with_bar(how.quiet, |hooks| Ok(session.take_up(&dir, extras, hooks)?))?;
    let beside = simulated(&session.plan, &run.results);
    let made = with_bar(how.quiet, |hooks| Ok(ExtraResults::make(&session, &run, &beside, hooks)?))?;
    how.report.write_own(&dir, true);
    let about = &session.plan.trial.about;
    let name = vec![format!("{} {}", about.id, about.title)];
    let figures =
        beside.iter().enumerate().map(|(j, b)| [name.clone(), cells(b, made.predicted(j))].concat());
    progress.figures.extend(figures);
    progress.growth.extend(made.needed.iter().map(|n| [name.clone(), needed_cells(n)].concat()));
    match &run.finished {
        TrialEnding::Stopped(signal) => return Ok(Some(*signal)),
        TrialEnding::Done(_) if made.signal.is_some() => return Ok(made.signal),
        TrialEnding::Done(failures) if !failures.is_empty() => {
            tell(&session, failures, Some(&dir));
            progress.failed = true;
        }
        TrialEnding::Done(_) => {}
    }
    run.folder.finish()?;
    Ok(None)
}

/// What each trial came to, for who asked for data.
fn add_results(root: &Path) -> Result<(), Failure> {
    let mut trials = BTreeMap::new();
    for file in review::ALL {
        let found = json::read(&root.join(file.name).join(SUMMARY))?;
        trials.extend(found.map(|summary| (file.name.to_owned(), summary)));
    }
    let one = TrialResult::default().in_folder(Some(root));
    json::add(|| TrialCommandResult { one, trials: Some(trials), listed: None });
    Ok(())
}

fn print(progress: &TrialsProgress) {
    let extras = &progress.asked.extras;
    let mut table = head(&["trial"], extras.predict.is_some());
    progress.figures.iter().for_each(|row| table.row(row.clone()));
    table.print();
    if extras.needed_growth {
        say(format_args!(""));
        let mut table = needed_head(&["trial"]);
        progress.growth.iter().for_each(|row| table.row(row.clone()));
        table.print();
    }
}

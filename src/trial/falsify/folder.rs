//! The folder of what was looked for: the tables, and until they are whole how far it has come.

use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::lab::{KeptTrial, Lab, Setup};
use super::report::{FalsifierFinding, FalsifyReport, TABLES, table};
use super::table::{FALSIFIERS, Falsifier, find};
use crate::simulation::disk;
use crate::simulation::folder::{Lock, lock};
use crate::simulation::{BackendOptions, RunError};
use crate::table::{csv, json};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::output::kept::{self, CHECKPOINT, KeptKind};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Patients of each trial.
    pub patients: u32,
    /// Seed in place of that of the files.
    pub seed: Option<u64>,
    /// These falsifiers alone; empty: all.
    pub only: Vec<String>,
}

/// How far it has come.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookProgress {
    asked: Question,
    trials: Vec<KeptTrial>,
}

/// The falsifiers that are asked for, in their order.
///
/// # Errors
///
/// [`TrialError::Input`] for one that does not exist.
pub fn chosen(only: &[String]) -> Result<Vec<&'static Falsifier>, TrialError> {
    let asked = only.iter().map(|id| find(id).map(|f| f.id)).collect::<Result<Vec<_>, _>>();
    let asked = asked.map_err(TrialError::Input)?;
    Ok(FALSIFIERS.iter().filter(|f| asked.is_empty() || asked.contains(&f.id)).collect())
}

/// Whether a folder holds all that was looked for.
pub fn is_done(dir: &Path) -> bool {
    !dir.join(CHECKPOINT).exists() && TABLES.iter().all(|name| dir.join(name).exists())
}

/// Looks at all falsifiers that are asked for, or goes on with the same question; with `force` in place of what is there. What was
/// found is in the folder then; and the signal that stopped it.
///
/// # Errors
///
/// [`RunError::Unfinished`] for a folder with another question, [`RunError::Occupied`] for one with results; else as trials fail.
pub fn examine(
    dir: &Path,
    asked: Question,
    force: bool,
    backend: BackendOptions,
    hooks: &mut TrialHooks<'_>,
) -> Result<(FalsifyReport, Option<usize>), TrialError> {
    let found: Option<LookProgress> = if force { None } else { kept::read(dir, KeptKind::Falsifiers)? };
    let progress = match found {
        Some(progress) if progress.asked != asked => return Err(RunError::Unfinished(dir.to_owned()).into()),
        Some(progress) => progress,
        None => {
            let found = TABLES.iter().find(|name| !force && dir.join(name).exists());
            if let Some(found) = found {
                let found = format!("results already ({found})");
                return Err(RunError::Occupied { dir: dir.to_owned(), found }.into());
            }
            LookProgress { asked, trials: Vec::new() }
        }
    };
    go_on(dir, progress, backend, hooks)
}

/// Goes on with the falsifiers of a folder; `None` if there are none.
///
/// # Errors
///
/// As [`examine`].
pub fn resume(
    dir: &Path,
    backend: BackendOptions,
    hooks: &mut TrialHooks<'_>,
) -> Result<Option<(FalsifyReport, Option<usize>)>, TrialError> {
    let found: Option<LookProgress> = kept::read(dir, KeptKind::Falsifiers)?;
    found.map(|progress| go_on(dir, progress, backend, hooks)).transpose()
}

/// Looks at all falsifiers, with the trials that are known already, and writes what was found. The checkpoint goes last.
fn go_on(
    dir: &Path,
    mut progress: LookProgress,
    backend: BackendOptions,
    hooks: &mut TrialHooks<'_>,
) -> Result<(FalsifyReport, Option<usize>), TrialError> {
    let Question { patients, seed, only } = progress.asked.clone();
    let chosen = chosen(&only)?;
    disk::make_folder(dir).map_err(RunError::write(dir))?;
    let folder = lock(dir)?;
    kept::write(&folder, KeptKind::Falsifiers, &progress)?;
    for path in TABLES.map(|name| dir.join(name)) {
        disk::remove(&path).map_err(RunError::write(&path))?;
    }
    let known = progress.trials.clone();
    let mut keep = |trial| {
        progress.trials.push(trial);
        kept::write(&folder, KeptKind::Falsifiers, &progress)
    };
    let hooks = TrialHooks { listener: &mut *hooks.listener, stop: hooks.stop };
    let needs = chosen.iter().flat_map(|f| f.needs.iter().copied());
    let mut lab = Lab::new(Setup { patients, seed, backend }, needs, known, hooks, &mut keep);
    let (mut findings, mut stopped) = (Vec::new(), None);
    for falsifier in &chosen {
        match FalsifierFinding::examine(falsifier, &mut lab) {
            Ok(finding) => findings.push(finding),
            Err(TrialError::Stopped(signal)) => {
                stopped = Some(signal);
                break;
            }
            Err(error) => return Err(error),
        }
    }
    let (seed, complete) = (lab.seed(), stopped.is_none());
    let report = FalsifyReport { version: env!("CARGO_PKG_VERSION"), patients, seed, complete, findings };
    write(&folder, &report)?;
    if complete {
        kept::remove(dir)?;
    }
    Ok((report, stopped))
}

fn write(folder: &Lock, report: &FalsifyReport) -> Result<(), RunError> {
    for (name, bytes) in TABLES.iter().zip([csv(table(report)), json(report).into_bytes()]) {
        folder.write(name, |file| file.write_all(&bytes))?;
    }
    Ok(())
}

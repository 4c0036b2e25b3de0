//! What a folder holds.

use std::fs;
use std::path::{Path, PathBuf};

use crate::report::ReportError;
use crate::scenario::{self, Loaded};
use crate::simulation::folder::{EFFECTIVE, is_being_written};
use crate::trial::assurance::DESIGN_FOLDER;
use crate::trial::batch::is_batch;
use crate::trial::condition::CONDITION_FOLDER;
use crate::trial::discriminate::RIVALS_FOLDER;
use crate::trial::optimise::SEARCH_FOLDER;

/// What a folder holds.
#[derive(Debug)]
pub enum FolderKind {
    /// A run.
    Run(Box<Loaded>),
    /// A trial.
    Trial(Box<Loaded>),
    /// A batch: a scenario or trial with many sets of values.
    Batch(Box<Loaded>),
    /// One patient, and what is foreseen.
    Condition(Box<Loaded>),
    /// A planned trial.
    Design(Box<Loaded>),
    /// A search for strategies: the trial of its candidates.
    Search(Box<Loaded>),
    /// A comparison of rival models: the trial of the first one.
    Rivals(Box<Loaded>),
    /// Folders of trials, in alphabetical order.
    Trials(Vec<PathBuf>),
}

/// Looks at a folder that nobody writes.
///
/// # Errors
///
/// [`ReportError::Writing`], and as [`look`].
pub fn kind(dir: &Path) -> Result<FolderKind, ReportError> {
    match is_being_written(dir) && dir.join(EFFECTIVE).exists() {
        true => Err(ReportError::Writing(dir.to_owned())),
        false => look(dir),
    }
}

/// Looks at a folder.
///
/// # Errors
///
/// [`ReportError::Missing`], [`ReportError::File`], [`ReportError::Foreign`], [`ReportError::Several`] and [`ReportError::Scenario`].
pub fn look(dir: &Path) -> Result<FolderKind, ReportError> {
    let there = fs::metadata(dir);
    match there {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(ReportError::read(dir)(error));
        }
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(ReportError::File(dir.to_owned())),
        Err(_) => return Err(ReportError::Missing(dir.to_owned())),
    }
    let effective = dir.join(EFFECTIVE);
    // A folder that may not be entered has no files to be found missing.
    match fs::metadata(&effective) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return trials(dir),
        Err(error) => return Err(ReportError::read(&effective)(error)),
    }
    let loaded = Box::new(scenario::load(&effective)?);
    Ok(match loaded.scenario.trial {
        _ if is_batch(dir) => FolderKind::Batch(loaded),
        _ if CONDITION_FOLDER.is(dir) => FolderKind::Condition(loaded),
        _ if DESIGN_FOLDER.is(dir) => FolderKind::Design(loaded),
        _ if RIVALS_FOLDER.is(dir) => FolderKind::Rivals(loaded),
        _ if SEARCH_FOLDER.is(dir) => FolderKind::Search(loaded),
        Some(_) => FolderKind::Trial(loaded),
        None => FolderKind::Run(loaded),
    })
}

/// Folders of trials in a folder.
fn trials(dir: &Path) -> Result<FolderKind, ReportError> {
    let entries = fs::read_dir(dir).map_err(ReportError::read(dir))?;
    let mut all: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    all.sort();
    let one = all.iter().find(|p| p.join(EFFECTIVE).exists()).cloned();
    all.retain(|p| p.join("published.csv").exists());
    match one {
        _ if !all.is_empty() => Ok(FolderKind::Trials(all)),
        Some(one) => Err(ReportError::Several { dir: dir.to_owned(), one }),
        None => Err(ReportError::Foreign(dir.to_owned())),
    }
}

//! What a folder holds.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::report::ReportError;
use crate::scenario::{self, Loaded};

/// What a folder holds.
#[derive(Debug)]
pub enum Kind {
    /// A run.
    Run(Box<Loaded>),
    /// A trial.
    Trial(Box<Loaded>),
    /// Folders of trials, in alphabetical order.
    Trials(Vec<PathBuf>),
}

/// Looks at a folder.
///
/// # Errors
///
/// [`ReportError::Missing`], [`ReportError::Foreign`], [`ReportError::Writing`] and [`ReportError::Scenario`].
pub fn kind(dir: &Path) -> Result<Kind, ReportError> {
    let there = fs::metadata(dir);
    match there {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(ReportError::read(dir)(error));
        }
        Ok(found) if found.is_dir() => {}
        _ => return Err(ReportError::Missing(dir.to_owned())),
    }
    let effective = dir.join("effective.toml");
    // A folder that may not be entered has no files to be found missing.
    match fs::metadata(&effective) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return trials(dir),
        Err(error) => return Err(ReportError::read(&effective)(error)),
    }
    if is_being_written(dir) {
        return Err(ReportError::Writing(dir.to_owned()));
    }
    let loaded = Box::new(scenario::load(&effective)?);
    Ok(if loaded.scenario.trial.is_some() { Kind::Trial(loaded) } else { Kind::Run(loaded) })
}

/// Folders of trials in a folder.
fn trials(dir: &Path) -> Result<Kind, ReportError> {
    let entries = fs::read_dir(dir).map_err(ReportError::read(dir))?;
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.join("published.csv").exists()).collect();
    found.sort();
    if found.is_empty() { Err(ReportError::Foreign(dir.to_owned())) } else { Ok(Kind::Trials(found)) }
}

/// Whether another process holds the folder's lock. The lock's file is not made where there is none.
fn is_being_written(dir: &Path) -> bool {
    let Ok(lock) = File::open(dir.join("run.lock")) else { return false };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

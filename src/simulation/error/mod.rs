//! What can go wrong with a run, and whether the user or the machine has to do with it.

mod checkpoint;
mod frame;
mod saved;

pub use checkpoint::CheckpointError;
pub use frame::FrameError;
pub use saved::SavedError;

use std::io;
use std::path::{Path, PathBuf};

use crate::engine::EngineError;
use crate::scenario::ScenarioError;
use crate::tissue::start::StartError;

/// Why a run failed. Messages read well after "failed to ".
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The engine could not start or go on.
    #[error("{0}")]
    Engine(#[from] EngineError),
    /// The starting tumour does not fit its lattice.
    #[error("{0}")]
    Start(#[from] StartError),
    /// A saved state cannot be the start of this scenario.
    #[error("{0}")]
    Saved(#[from] SavedError),
    /// A patient, a drug or a plan cannot be used.
    #[error("{0}")]
    Signalling(String),
    /// A trial is not a run.
    #[error("run `{0}`: it is a trial of arms over a cohort; use `evotor compare`")]
    Trial(String),
    /// A checkpoint cannot be used.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// A recorded lattice cannot be used.
    #[error("{0}")]
    Frame(#[from] FrameError),
    /// The scenario kept with a run cannot be read.
    #[error("{0}")]
    Scenario(Box<ScenarioError>),
    /// The folder holds another run.
    #[error(
        "use `{}` for the results: it holds {found}; choose another folder with --out, \
         or let --force replace it", dir.display()
    )]
    Occupied {
        /// The folder.
        dir: PathBuf,
        /// What was found in it, in words.
        found: String,
    },
    /// The folder holds what was stopped.
    #[error(
        "use `{}` for the results: what it holds is not done; go on with it by `evotor resume`, choose another \
         folder with --out, or let --force replace it", .0.display()
    )]
    Unfinished(PathBuf),
    /// Another process writes this folder.
    #[error("use `{}`: another evotor is writing there; wait for it, or choose another folder", .0.display())]
    Locked(PathBuf),
    /// The folder was removed or replaced.
    #[error("write `{}`: the folder was removed or replaced since the run began to write there", .0.display())]
    Gone(PathBuf),
    /// A table is shorter than the checkpoint says.
    #[error(
        "resume: `{}` has {found} bytes, {expected} belong to the checkpoint; the file was changed after \
         evotor wrote it: start over with --force", path.display()
    )]
    Shortened {
        /// The table.
        path: PathBuf,
        /// Its length.
        found: u64,
        /// Its length at the checkpoint.
        expected: u64,
    },
    /// A table is not what it was at the checkpoint.
    #[error(
        "resume: `{}` was changed after evotor wrote it; restore it from a copy, or start over with --force", .0.display()
    )]
    Changed(PathBuf),
    /// A file could not be written.
    #[error("write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be read.
    #[error("read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The run needs more memory than there is.
    #[error("fit the run in memory: it needs {needed}, {available} is available; {way_out}")]
    Memory {
        /// Memory needed, as text.
        needed: String,
        /// Memory available, as text.
        available: String,
        /// What the user can do.
        way_out: String,
        /// Whether it would fit if other programs needed none.
        may_pass: bool,
    },
}

/// Whether the same may go well when it is tried again, because there is no room on the disk or in memory just now.
pub fn may_pass(error: &io::Error) -> bool {
    use io::ErrorKind::{OutOfMemory, QuotaExceeded, StorageFull, WouldBlock};
    matches!(error.kind(), StorageFull | QuotaExceeded | OutOfMemory | WouldBlock)
}

impl RunError {
    /// Whether the input is at fault rather than the machine.
    pub fn is_input(&self) -> bool {
        match self {
            Self::Start(_)
            | Self::Saved(_)
            | Self::Signalling(_)
            | Self::Trial(_)
            | Self::Checkpoint(_)
            | Self::Frame(_)
            | Self::Scenario(_)
            | Self::Occupied { .. }
            | Self::Unfinished(_)
            | Self::Shortened { .. }
            | Self::Changed(_)
            | Self::Engine(EngineError::Ambiguous(_)) => true,
            Self::Memory { may_pass, .. } => !may_pass,
            Self::Read { source, .. } => {
                matches!(source.kind(), io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory)
            }
            Self::Engine(_) | Self::Write { .. } | Self::Gone(_) | Self::Locked(_) => false,
        }
    }

    /// Whether the same may go well when it is tried again: what was lost or has no room now may be there later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Engine(error) => error.may_pass(),
            Self::Write { source, .. } | Self::Read { source, .. } => may_pass(source),
            Self::Memory { may_pass, .. } => *may_pass,
            // The process that writes there may be on its last legs.
            Self::Locked(_) => true,
            _ => false,
        }
    }

    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }
}

impl From<ScenarioError> for RunError {
    fn from(error: ScenarioError) -> Self {
        Self::Scenario(Box::new(error))
    }
}

impl From<crate::therapy::pk::PkError> for RunError {
    fn from(error: crate::therapy::pk::PkError) -> Self {
        Self::Signalling(error.to_string())
    }
}

//! What can go wrong with a report.

use std::io;
use std::path::{Path, PathBuf};

use crate::scenario::ScenarioError;
use crate::simulation::may_pass;

use crate::plot::raster::RasterError;

/// Why there is no report. Messages read well after "failed to ".
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is no such folder.
    #[error("read `{}`: there is no such folder", .0.display())]
    Missing(PathBuf),
    /// It is a file.
    #[error(
        "read `{}`: it is a file; name the folder that `evotor run`, `evotor compare` or `evotor trial` wrote", .0.display()
    )]
    File(PathBuf),
    /// The folder holds something else.
    #[error(
        "report on `{}`: it is not the folder of a run or trial: there is no effective.toml in it; name one that \
         `evotor run`, `evotor compare` or `evotor trial` wrote", .0.display()
    )]
    Foreign(PathBuf),
    /// Its folders hold runs, or trials without published figures.
    #[error(
        "report on `{}`: it holds folders of runs or trials, but none of a trial with published figures, which can be shown together; \
         name one of them, such as `{}`", dir.display(), one.display()
    )]
    Several {
        /// The folder.
        dir: PathBuf,
        /// The first of its folders.
        one: PathBuf,
    },
    /// Another process writes the folder.
    #[error("report on `{}`: it is still being written by another evotor; wait until that is done", .0.display())]
    Writing(PathBuf),
    /// A part of a run has no results of its own.
    #[error(
        "report on `{}`: it holds a part of a run's replicates; put all parts together by `evotor merge` first", .0.display()
    )]
    PartOfRun(PathBuf),
    /// A run was stopped, or broke off.
    #[error(
        "report on `{}`: the run in it has not come to its end (no summary.json); go on with `evotor resume {}`",
        .0.display(), .0.display()
    )]
    Unfinished(PathBuf),
    /// A trial broke off.
    #[error(
        "report on `{}`: the trial in it has not come to its end (no {file}); {way_out}",
        dir.display()
    )]
    BrokenOff {
        /// The folder.
        dir: PathBuf,
        /// What is not there.
        file: &'static str,
        /// What the user can do.
        way_out: String,
    },
    /// What was asked for needs another kind of folder.
    #[error("{what} of `{}`: {why}", dir.display())]
    Kind {
        /// What was asked for.
        what: &'static str,
        /// The folder.
        dir: PathBuf,
        /// Why it cannot be had.
        why: &'static str,
    },
    /// A batch that cannot be read.
    #[error("read a batch: {0}")]
    Batch(String),
    /// A patient's answer that cannot be read.
    #[error("read a patient's answer: {0}")]
    Condition(String),
    /// A planned trial that cannot be read.
    #[error("read a planned trial: {0}")]
    Design(String),
    /// A table is not as it was written.
    #[error("read `{}`{}: {why}", path.display(), line.map_or_else(String::new, |l| format!(", line {l}")))]
    Table {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: Option<u64>,
        /// What is wrong.
        why: String,
    },
    /// The effective scenario cannot be read.
    #[error("{0}")]
    Scenario(Box<ScenarioError>),
    /// A file could not be read.
    #[error("read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A plot could not be rasterised.
    #[error("{0}")]
    Raster(#[from] RasterError),
    /// The page could not be filled in.
    #[error("fill in the page: {0}")]
    Page(#[from] askama::Error),
}

impl ReportError {
    /// Whether the input is at fault rather than the machine.
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Write { .. } | Self::Raster(_) | Self::Page(_) | Self::Writing(_))
    }

    /// Whether the same may go well when it is tried again.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Write { source, .. } | Self::Read { source, .. } => may_pass(source),
            Self::Writing(_) => true,
            _ => false,
        }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}

impl From<ScenarioError> for ReportError {
    fn from(error: ScenarioError) -> Self {
        Self::Scenario(Box::new(error))
    }
}

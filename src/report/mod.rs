//! Plots, clone histories and the page that tells of a run or of a trial, made from the files of its folder.

pub mod colours;
mod error;
pub mod files;
pub mod lineage;
pub mod plot;
pub mod read;
pub mod run;
pub mod trial;

use std::path::{Path, PathBuf};

pub use error::ReportError;
pub use files::Output;
pub use run::Choices as RunChoices;

use plot::Figure;
use read::{Kind, RunFolder, TrialFolder, kind};

/// Draws all plots of a folder into another one; the paths that were written.
///
/// # Errors
///
/// [`ReportError`], for a folder that cannot be read or written.
pub fn plots(dir: &Path, out: &Path, choices: RunChoices, output: Output) -> Result<Vec<PathBuf>, ReportError> {
    files::plots(out, &figures(dir, choices)?, output)
}

fn figures(dir: &Path, choices: RunChoices) -> Result<Vec<Figure>, ReportError> {
    Ok(match kind(dir)? {
        Kind::Run(loaded) => run::figures(&RunFolder::read(dir, *loaded)?, choices),
        Kind::Trial(loaded) => trial::figures(&TrialFolder::read(dir, *loaded)?),
        Kind::Trials(_) => {
            let why = "it holds several trials: name one of its folders, or use `evotor report`";
            return Err(ReportError::Kind { what: "draw plots", dir: dir.to_owned(), why });
        }
    })
}

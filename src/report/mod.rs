//! Plots, clone histories and the page that tells of a run or of a trial, made from the files of its folder.
//!
//! ```text
//! folder ─► read (typed rows) ─► run, trial (figures) ─► plot (scene ─► SVG ─► PNG)
//!                             └► lineage (trees)      └► page (data ─► HTML)
//! ```
//!
//! It reads files alone, so that a report can be made of any folder at any time. It writes `report.html`, `plots/` and
//! `lineage/`, and changes nothing else. Same folder, same bytes; but a run's page tells how long it took and on what.

pub mod adam;
mod error;
pub mod fan;
pub mod files;
pub mod front;
pub mod lineage;
pub mod nonmem;
pub mod overlay;
pub mod own_data;
pub mod page;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod power;
pub mod read;
pub mod rivals;
pub mod ro_crate;
pub mod run;
pub mod trial;

use std::path::{Path, PathBuf};

pub use error::ReportError;
pub use files::PlotFormat;
pub use run::Choices as RunChoices;

use crate::plot::Figure;
use crate::scenario::Scenario;
use crate::trial::assurance::{DESIGN_FOLDER, DesignSummary};
use crate::trial::batch::DoneBatch;
use crate::trial::condition::{CONDITION_FOLDER, ConditionSummary};
use crate::trial::discriminate::{RIVALS_FOLDER, RivalSummary};
use crate::trial::optimise::{SEARCH_FOLDER, SearchSummary};
use read::{FolderKind, ReadTrial, RunFolder, kind, look};

pub use crate::simulation::folder::REPORT as PAGE;

/// Draws all plots of a folder into another one; the paths that were written. Nothing else is removed there, unless it is the
/// folder's own for plots.
///
/// # Errors
///
/// [`ReportError`], for a folder that cannot be read or written.
pub fn plots(
    dir: &Path,
    out: &Path,
    choices: RunChoices,
    output: PlotFormat,
) -> Result<Vec<PathBuf>, ReportError> {
    let figures: Vec<Figure> = match kind(dir)? {
        FolderKind::Run(loaded) => run::figures(&RunFolder::read(dir, *loaded)?, choices)?,
        FolderKind::Trial(loaded) => trial::figures(&ReadTrial::read(dir, *loaded)?),
        FolderKind::Batch(_) => {
            let why = "it holds a batch, whose figures are in results.csv; draw them with R or Python";
            return Err(ReportError::Kind { what: "draw plots", dir: dir.to_owned(), why });
        }
        FolderKind::Design(loaded) => power::figures(&loaded.scenario, &planned(dir)?),
        FolderKind::Search(_) => front::figures(&searched(dir)?),
        FolderKind::Rivals(_) => rivals::figures(&compared(dir)?),
        FolderKind::Condition(loaded) => fan::figures(&loaded.scenario, &foreseen(dir)?),
        FolderKind::Trials(_) => {
            let why = "it holds several trials: name one of its folders, or use `evotor report`";
            return Err(ReportError::Kind { what: "draw plots", dir: dir.to_owned(), why });
        }
    };
    if crate::simulation::disk::is_same(out, &dir.join(files::PLOTS)) {
        return own_plots(dir, &figures, output);
    }
    files::plots(out, &figures, output)
}

/// Writes plots into the folder that a run or trial has for them, and removes those of another time. Elsewhere there may be plots of
/// other runs.
fn own_plots(dir: &Path, figures: &[Figure], output: PlotFormat) -> Result<Vec<PathBuf>, ReportError> {
    let own = dir.join(files::PLOTS);
    files::clear(&own)?;
    files::plots(&own, figures, output)
}

/// Writes the page of a folder, with its plots and clone histories beside it; the path of the page. With `page` the page alone is
/// written, to that path.
///
/// # Errors
///
/// [`ReportError`], for a folder that cannot be read or written.
pub fn report(dir: &Path, page: Option<&Path>, output: PlotFormat) -> Result<PathBuf, ReportError> {
    write_page(dir, kind(dir)?, page, output)
}

/// The same for a folder that this process itself still holds.
///
/// # Errors
///
/// As [`report`].
pub fn own_report(dir: &Path, output: PlotFormat) -> Result<PathBuf, ReportError> {
    write_page(dir, look(dir)?, None, output)
}

fn write_page(
    dir: &Path,
    of: FolderKind,
    page: Option<&Path>,
    output: PlotFormat,
) -> Result<PathBuf, ReportError> {
    let own = dir.join(PAGE);
    let path = page.unwrap_or(&own).to_owned();
    let beside = page.is_none();
    let plots = if beside { files::PLOTS } else { "" };
    let whole = match of {
        FolderKind::Run(loaded) => {
            let folder = RunFolder::read(dir, *loaded)?;
            let figures = run::figures(&folder, RunChoices::default())?;
            if beside {
                own_plots(dir, &figures, output)?;
                lineage::tables::write(dir, &dir.join(files::LINEAGE), &folder.lineages)?;
            }
            page::run(&folder, &figures, plots, output.png)
        }
        FolderKind::Trial(loaded) => {
            let folder = ReadTrial::read(dir, *loaded)?;
            let figures = trial::figures(&folder);
            if beside {
                own_plots(dir, &figures, output)?;
            }
            page::trial(&folder, &figures, plots, output.png)
        }
        FolderKind::Batch(loaded) => batch(dir, &loaded.scenario, &loaded.text)?,
        FolderKind::Design(loaded) => {
            let summary = planned(dir)?;
            let figures = power::figures(&loaded.scenario, &summary);
            if beside {
                own_plots(dir, &figures, output)?;
            }
            page::design(&loaded.scenario, &loaded.text, &summary, (&figures, plots, output.png))
        }
        FolderKind::Search(loaded) => {
            let summary = searched(dir)?;
            let figures = front::figures(&summary);
            if beside {
                own_plots(dir, &figures, output)?;
            }
            page::optimise(&loaded.scenario, &loaded.text, &summary, (&figures, plots, output.png))
        }
        FolderKind::Rivals(loaded) => {
            let summary = compared(dir)?;
            let figures = rivals::figures(&summary);
            if beside {
                own_plots(dir, &figures, output)?;
            }
            page::discriminate(&loaded.scenario, &loaded.text, &summary, (&figures, plots, output.png))
        }
        FolderKind::Condition(loaded) => {
            let summary = foreseen(dir)?;
            let figures = fan::figures(&loaded.scenario, &summary);
            if beside {
                own_plots(dir, &figures, output)?;
            }
            page::condition(&loaded.scenario, &loaded.text, &summary, (&figures, plots, output.png))
        }
        FolderKind::Trials(dirs) => trials(dir, &dirs, &path, output)?,
    };
    files::write(path, page::html(&whole)?.as_bytes())
}

/// The patient's answer of a folder.
fn foreseen(dir: &Path) -> Result<ConditionSummary, ReportError> {
    CONDITION_FOLDER.read(dir).map_err(|e| ReportError::Answer(e.to_string()))
}

/// The planned trial of a folder.
fn planned(dir: &Path) -> Result<DesignSummary, ReportError> {
    DESIGN_FOLDER.read(dir).map_err(|e| ReportError::Answer(e.to_string()))
}

/// The search of a folder.
fn searched(dir: &Path) -> Result<SearchSummary, ReportError> {
    SEARCH_FOLDER.read(dir).map_err(|e| ReportError::Answer(e.to_string()))
}

/// The comparison of rivals of a folder.
fn compared(dir: &Path) -> Result<RivalSummary, ReportError> {
    RIVALS_FOLDER.read(dir).map_err(|e| ReportError::Answer(e.to_string()))
}

/// The page of a batch over seeds.
fn batch(dir: &Path, scenario: &Scenario, effective: &str) -> Result<page::Page, ReportError> {
    let refuse = |why| ReportError::Kind { what: "write a report", dir: dir.to_owned(), why };
    let done = DoneBatch::read(dir).map_err(|e| ReportError::Batch(e.to_string()))?;
    match done.filter(DoneBatch::is_done) {
        None => {
            Err(refuse("the batch in it has not come to its end; go on with the same command and --continue"))
        }
        Some(done) if done.summary.quantiles.is_empty() => Err(refuse(
            "it holds a batch, or a shard of one, whose figures are in results.csv; a report is of a whole one over seeds",
        )),
        Some(done) => Ok(page::over_seeds(scenario, effective, &done)),
    }
}

/// The page of many trials, to be written to a path. Those that cannot be read are named in it.
fn trials(dir: &Path, dirs: &[PathBuf], path: &Path, output: PlotFormat) -> Result<page::Page, ReportError> {
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for one in dirs {
        let folder = kind(one).and_then(|kind| match kind {
            FolderKind::Trial(loaded) => ReadTrial::read(one, *loaded),
            _ => Err(ReportError::Foreign(one.clone())),
        });
        match folder {
            Ok(folder) => found.push(folder),
            Err(error) => left_out.push((one.clone(), error.to_string())),
        }
    }
    if found.is_empty() {
        return Err(ReportError::Foreign(dir.to_owned()));
    }
    let figures = page::overview_figures(&found);
    let beside = path == dir.join(PAGE);
    if beside {
        own_plots(dir, &figures, output)?;
    }
    let plots = if beside { files::PLOTS } else { "" };
    // A path without a folder is in the one from which the program was called.
    let from = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(page::overview(&found, &left_out, (&figures, plots, output.png), from))
}

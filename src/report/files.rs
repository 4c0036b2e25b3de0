//! The files that plots and clone histories become.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ReportError;
use super::lineage::{Lineage, newick, tables};
use super::plot::raster::png;
use super::plot::svg::{Dress, svg};
use super::plot::{Figure, Theme, Width};
use crate::simulation::disk;
use crate::simulation::rows::Rows;

pub use crate::simulation::folder::{LINEAGE, PLOTS};

/// Names of all figures: files of these names in a folder of plots are this program's.
pub const NAMES: [&str; 26] = [
    "burden",
    "composition",
    "clones-population",
    "clones-frequency",
    "exposure",
    "toxicity",
    "environment",
    "survival-pfs",
    "survival-second_line_pfs",
    "survival-total_pfs",
    "survival-pfs2",
    "survival-os",
    "survival-pfs-arms",
    "survival-second_line_pfs-arms",
    "survival-total_pfs-arms",
    "survival-pfs2-arms",
    "survival-os-arms",
    "waterfall",
    "spider",
    "swimmer",
    "forest",
    "resistance",
    "published",
    "convergence",
    "published-all",
    "agreement",
];

/// What plots are written as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// Light or dark.
    pub theme: Theme,
    /// Whether PNGs are written beside SVGs.
    pub png: bool,
    /// Dots per inch of PNGs.
    pub dots_per_inch: f64,
}

impl Default for Output {
    fn default() -> Self {
        Self { theme: Theme::Light, png: true, dots_per_inch: 200.0 }
    }
}

/// Writes figures into a folder: `NAME.svg` at a page's width, `NAME-column.svg` at a column's, PNGs beside them. The paths that were
/// written.
///
/// # Errors
///
/// [`ReportError::Write`] and [`ReportError::Raster`].
pub fn plots(dir: &Path, figures: &[Figure], output: Output) -> Result<Vec<PathBuf>, ReportError> {
    disk::make_folder(dir).map_err(ReportError::write(dir))?;
    let all: Vec<(&Figure, Width)> = figures.iter().flat_map(|f| Width::ALL.map(|w| (f, w))).collect();
    let written: Result<Vec<Vec<PathBuf>>, ReportError> = all
        .par_iter()
        .map(|(figure, width)| {
            let stem = format!("{}{}", figure.name, width.choose("", "-column"));
            let dress = Dress { theme: output.theme, inline: None };
            let scene = figure.at(*width);
            let mut paths = vec![write(dir.join(format!("{stem}.svg")), svg(scene, dress).as_bytes())?];
            if output.png {
                let bytes = png(scene, dress, output.dots_per_inch)?;
                paths.push(write(dir.join(format!("{stem}.png")), &bytes)?);
            }
            Ok(paths)
        })
        .collect();
    Ok(written?.into_iter().flatten().collect())
}

/// Writes trees of clones: for replicate 0 `0-phylogeny.nwk`, `0-ggmuller-adjacency.csv`, `0-ggmuller-population.csv` and `0-evofreq.csv`.
///
/// # Errors
///
/// [`ReportError::Write`].
pub fn lineages(dir: &Path, lineages: &[Lineage]) -> Result<Vec<PathBuf>, ReportError> {
    if lineages.is_empty() {
        return Ok(Vec::new());
    }
    disk::make_folder(dir).map_err(ReportError::write(dir))?;
    let mut written = Vec::new();
    for lineage in lineages {
        let path = |name: &str| dir.join(format!("{}-{name}", lineage.replicate));
        written.push(write(path("phylogeny.nwk"), newick::newick(lineage).as_bytes())?);
        let all: [(&str, Rows); 3] = [
            ("ggmuller-adjacency.csv", tables::adjacency(lineage)),
            ("ggmuller-population.csv", tables::population(lineage)),
            ("evofreq.csv", tables::evofreq(lineage)),
        ];
        for (name, rows) in all {
            written.push(write(path(name), rows.bytes())?);
        }
    }
    Ok(written)
}

/// Writes a file aside and renames it into place. It is not forced through to the disk, as results are: it can be made again.
///
/// # Errors
///
/// [`ReportError::Write`].
pub fn write(path: PathBuf, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    disk::write_again(&path, bytes).map_err(ReportError::write(&path))?;
    Ok(path)
}

/// Removes plots of another time from the folder of plots of a run or trial. Files of other names are left alone.
///
/// # Errors
///
/// [`ReportError::Write`].
pub fn clear(dir: &Path) -> Result<(), ReportError> {
    for name in NAMES {
        for end in [".svg", ".png", "-column.svg", "-column.png"] {
            let path = dir.join(format!("{name}{end}"));
            if path.exists() {
                disk::remove(&path).map_err(ReportError::write(&path))?;
            }
        }
    }
    Ok(())
}

//! The files that plots and clone histories become.

use std::fmt::Arguments;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ReportError;
use crate::plot::png_file::png;
use crate::plot::raster::{RasterError, raster};
use crate::plot::svg::{SvgOptions, svg};
use crate::plot::{Figure, Theme, Width};
use crate::simulation::disk;

pub use crate::simulation::folder::{LINEAGE, PLOTS};

/// Names of all figures: files of these names in a folder of plots are this program's.
pub const NAMES: [&str; 35] = [
    "burden",
    "composition",
    "clones-population",
    "clones-frequency",
    "exposure",
    "toxicity",
    "environment",
    "survival-tfs",
    "survival-time_to_growth",
    "survival-pfs",
    "survival-second_line_pfs",
    "survival-pfs2",
    "survival-os",
    "survival-tfs-arms",
    "survival-time_to_growth-arms",
    "survival-pfs-arms",
    "survival-second_line_pfs-arms",
    "survival-pfs2-arms",
    "survival-os-arms",
    "waterfall",
    "spider",
    "swimmer",
    "forest",
    "incidence",
    "resistance",
    "published",
    "convergence",
    "published-all",
    "agreement",
    "power",
    "front",
    "naming",
    "measured",
    "fan",
    "fan-progression",
];

/// What plots are written as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotFormat {
    /// Light or dark.
    pub theme: Theme,
    /// Whether PNGs are written beside SVGs.
    pub png: bool,
    /// Dots per inch of PNGs.
    pub dots_per_inch: f64,
}

impl Default for PlotFormat {
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
pub fn plots(dir: &Path, figures: &[Figure], output: PlotFormat) -> Result<Vec<PathBuf>, ReportError> {
    disk::make_folder(dir).map_err(ReportError::write(dir))?;
    // Of a table that somebody has emptied there may be nothing to show.
    let drawn = |(figure, width): &(&Figure, Width)| figure.at(*width).height >= 1.0;
    let all = figures.iter().flat_map(|f| Width::ALL.map(|w| (f, w)));
    let all: Vec<(&Figure, Width)> = all.filter(drawn).collect();
    let written: Result<Vec<Vec<PathBuf>>, ReportError> = all
        .par_iter()
        .map(|(figure, width)| {
            let stem = format!("{}{}", figure.name, width.choose("", "-column"));
            let options = SvgOptions { theme: output.theme, inline: None };
            let scene = figure.at(*width);
            let mut paths = vec![write(dir.join(format!("{stem}.svg")), svg(scene, options).as_bytes())?];
            if output.png {
                let image = raster(scene, output.theme, output.dots_per_inch / 72.0)?;
                let bytes =
                    png(&image, Some(output.dots_per_inch), &Vec::new()).map_err(RasterError::from)?;
                paths.push(write(dir.join(format!("{stem}.png")), &bytes)?);
            }
            Ok(paths)
        })
        .collect();
    Ok(written?.into_iter().flatten().collect())
}

/// A file that is written aside and then renamed into place. It is not forced through to the disk, as results are: it can be made
/// again.
#[derive(Debug)]
pub struct Aside {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Aside {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn new(path: PathBuf) -> Result<Self, ReportError> {
        let file = disk::create(&disk::aside(&path)).map_err(ReportError::write(&path))?;
        Ok(Self { file: BufWriter::new(file), path })
    }

    /// Writes a whole file; its path.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn write(
        path: PathBuf,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<PathBuf, ReportError> {
        let mut file = Self::new(path)?;
        let filled = fill(&mut file.file);
        file.check(filled)?;
        file.done()
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn line(&mut self, line: Arguments<'_>) -> Result<(), ReportError> {
        let written = writeln!(self.file, "{line}");
        self.check(written)
    }

    /// Adds bytes.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        let written = self.file.write_all(bytes);
        self.check(written)
    }

    /// Ends it; its path.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn done(mut self) -> Result<PathBuf, ReportError> {
        let ended = self.file.flush().and_then(|()| disk::settle(&self.path));
        self.check(ended)?;
        Ok(self.path)
    }

    /// What cannot be ended is not left behind.
    fn check(&self, result: io::Result<()>) -> Result<(), ReportError> {
        if result.is_err() {
            // The message is about the failure itself.
            let _ = disk::remove(&disk::aside(&self.path));
        }
        result.map_err(ReportError::write(&self.path))
    }
}

/// Writes a file aside and renames it into place.
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

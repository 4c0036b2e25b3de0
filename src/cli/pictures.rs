//! What the commands that draw have in common: how to draw, which run, where to write.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use crate::plot::palette::Theme;
use crate::render::animation::go_on;
use crate::render::gallery::Gallery;
use crate::render::{Plane, RenderError, Scope, SnapshotStyle, View, What, drugs};
use crate::simulation::RunError;
use crate::simulation::disk::write_aside;
use crate::simulation::naming::slug;

use super::outcome::Failure;

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Run(error) => error.into(),
            RenderError::Stopped(signal) => Self::Stopped(signal),
            RenderError::Busy(_) => Self::Passing(format!("failed to {error}")),
            error if error.is_input() => Self::Input(format!("failed to {error}")),
            error => Self::Machine(format!("failed to {error}")),
        }
    }
}

/// How to draw.
#[derive(Debug, clap::Args)]
pub struct StyleArgs {
    /// What cells are coloured by
    #[arg(long, value_enum, default_value_t, hide_possible_values = false)]
    pub what: What,

    /// The drug of `--what drug` [default: the first of the plan]
    #[arg(long, value_name = "NAME")]
    pub drug: Option<String>,

    /// From where a 3D lattice is looked at
    #[arg(long, value_enum, default_value_t)]
    pub view: View,

    /// Plane of a slice, or axis of a projection: x, y or z, or a layer as in z=12 [default: the middle across z]
    #[arg(long, value_name = "PLANE")]
    pub plane: Option<Plane>,

    /// Light or dark background
    #[arg(long, value_enum, default_value_t)]
    pub theme: Theme,

    /// Which replicate
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub replicate: u32,
}

impl StyleArgs {
    /// The style of snapshots of a width.
    pub fn style(&self, size: u32) -> Result<SnapshotStyle, Failure> {
        let style = SnapshotStyle { view: self.view, plane: self.plane, size, theme: self.theme };
        style.check()?;
        Ok(style)
    }

    /// What all pictures of a run share; given up after a signal in `stop`.
    pub fn scope(&self, gallery: &Gallery, steps: &[u32], stop: &AtomicUsize) -> Result<Scope, Failure> {
        self.what.check(&gallery.job)?;
        let mut scope = Scope::new(self.what, self.drug_of(gallery)?);
        for step in steps {
            go_on(stop)?;
            scope.see(&gallery.frame(*step)?.picture(&gallery.job));
        }
        Ok(scope)
    }

    /// Number of the drug that is shown.
    fn drug_of(&self, gallery: &Gallery) -> Result<usize, Failure> {
        let Some(name) = &self.drug else {
            return Ok(0);
        };
        let plan = drugs(&gallery.job);
        let found = plan.iter().position(|d| d.name == *name);
        let known = plan.iter().map(|d| d.name.as_str()).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "none".to_owned() } else { known };
        Ok(found.ok_or(RenderError::NoDrug { found: name.clone(), known })?)
    }

    /// What is told apart in names of files.
    pub fn suffix(&self) -> String {
        let mut parts = vec![self.what.name().to_owned()];
        parts.extend(self.drug.as_deref().filter(|_| self.what == What::Drug).map(slug));
        if self.view != View::Slice {
            parts.push(self.view.name().to_owned());
        }
        if let Some(plane) = self.plane {
            let layer = plane.at.map_or(String::new(), |at| at.to_string());
            parts.push(format!("{}{layer}", ["x", "y", "z"][plane.axis]));
        }
        if self.theme == Theme::Dark {
            parts.push("dark".into());
        }
        parts.join("-")
    }
}

/// Folder of pictures that were asked for later, within that of a run.
pub use crate::simulation::folder::PICTURES;

/// Endings by which a path is taken for a file, whether it can be written or not.
const ENDINGS: [&str; 22] = [
    "png", "apng", "gif", "jpg", "jpeg", "webp", "tif", "tiff", "bmp", "svg", "pdf", "eps", "mp4", "webm",
    "mov", "avi", "npy", "npz", "vti", "vtk", "json", "csv",
];

/// The ending of a path that is meant as a file, in small letters; none for that of a folder.
pub fn ending_of(out: &Path) -> Option<String> {
    let ending = out.extension()?.to_str()?.to_ascii_lowercase();
    (ENDINGS.contains(&ending.as_str()) && !out.is_dir()).then_some(ending)
}

/// Refuses a path that is meant as a file of another kind than those that are written.
pub fn refuse_ending(out: &Path, written: &str, instead: &str) -> Result<(), Failure> {
    let Some(ending) = ending_of(out).filter(|ending| ending != written) else {
        return Ok(());
    };
    Err(Failure::Input(format!(
        "`--out {}` ends in .{ending}, but {written} is what is written; name {instead}",
        out.display()
    )))
}

/// Where files go: into the run's folder of pictures, into a folder, or one file into a file of an ending.
pub fn targets(
    out: Option<&Path>,
    dir: &Path,
    names: &[String],
    ending: &str,
) -> Result<Vec<PathBuf>, Failure> {
    let is_file = |out: &Path| ending_of(out).is_some();
    if let Some(out) = out {
        refuse_ending(out, ending, &format!("a file that ends in .{ending}, or a folder"))?;
    }
    let folder = match out {
        Some(out) if is_file(out) && names.len() == 1 => {
            make(out.parent().unwrap_or(Path::new("")))?;
            return Ok(vec![out.to_owned()]);
        }
        Some(out) if is_file(out) => {
            return Err(Failure::Input(format!(
                "`--out {}` is one file, and there are {} times; name a folder, or one time with --at",
                out.display(),
                names.len()
            )));
        }
        Some(out) => out.to_owned(),
        None => dir.join(PICTURES),
    };
    make(&folder)?;
    Ok(names.iter().map(|name| folder.join(format!("{name}.{ending}"))).collect())
}

fn make(folder: &Path) -> Result<(), Failure> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    Ok(std::fs::create_dir_all(folder).map_err(RunError::write(folder))?)
}

/// Writes a whole file.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(write_aside(path, |file| std::io::Write::write_all(file, bytes))?)
}

/// What should be known of a run that is not done.
pub fn note_unfinished(gallery: &Gallery) {
    if !gallery.is_finished() {
        super::outcome::complain(format_args!(
            "note: the run was stopped before its end; go on with: evotor resume {}",
            gallery.dir().display()
        ));
    }
}

//! Why a picture cannot be drawn.

use std::path::PathBuf;

use crate::plot::raster::RasterError;
use crate::simulation::RunError;

/// Why a picture, an animation or an export cannot be made. Messages read well after "failed to ".
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The folder, or a file in it.
    #[error("{0}")]
    Run(#[from] RunError),
    /// It is no folder of a run.
    #[error("find a run in `{}`: {why}", dir.display())]
    NoRun {
        /// The folder.
        dir: PathBuf,
        /// What is there instead, and what to do.
        why: String,
    },
    /// Another process writes the folder.
    #[error(
        "read `{}`: another evotor is writing there; wait until its run is done, or stop it with Ctrl-C and draw what it has \
         recorded", .0.display()
    )]
    Busy(PathBuf),
    /// Nothing was recorded.
    #[error("draw `{}`: {why}", dir.display())]
    NoFrames {
        /// The folder.
        dir: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// The time was not recorded.
    #[error("draw {wanted}: it was not recorded{replicate}; {offer}")]
    NotRecorded {
        /// The time.
        wanted: String,
        /// Of which replicate, if there are several.
        replicate: String,
        /// The nearest times that were, and what else can be done.
        offer: String,
    },
    /// It is no time.
    #[error("read `--at {found}`: {why}; expected days as in `--at 90d,180d`, or `all`")]
    NoTime {
        /// What was given.
        found: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A run cannot show it.
    #[error("colour by {what}: {why}; this run can show {can}")]
    NotThere {
        /// What was asked for.
        what: &'static str,
        /// Why not.
        why: &'static str,
        /// What it can show.
        can: String,
    },
    /// No drug of the plan.
    #[error("colour by the drug `{found}`: the plan has {known}")]
    NoDrug {
        /// What was asked for.
        found: String,
        /// The drugs of the plan.
        known: String,
    },
    /// A view that a lattice does not have.
    #[error("draw a {view}: {why}")]
    View {
        /// The view.
        view: &'static str,
        /// Why not, and what to do.
        why: String,
    },
    /// A size that cannot be drawn.
    #[error("draw a picture {0} pixels wide: expected 200 to 8000")]
    Size(u32),
    /// The files of a run contradict each other.
    #[error("{0}")]
    Differs(String),
    /// A signal came before all was drawn; its number.
    #[error("finish: it was stopped by signal {0}")]
    Stopped(usize),
    /// It could not be made pixels.
    #[error("{0}")]
    Raster(#[from] RasterError),
    /// An encoder failed.
    #[error("encode `{}`: {why}", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        why: String,
    },
}

impl RenderError {
    /// Whether the input is at fault rather than the machine.
    pub fn is_input(&self) -> bool {
        match self {
            Self::Run(error) => error.is_input(),
            Self::Encode { .. } | Self::Raster(_) | Self::Stopped(_) | Self::Busy(_) => false,
            _ => true,
        }
    }
}

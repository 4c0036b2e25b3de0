//! Pictures: snapshots and animations of a lesion, and its lattice as files for other programs.
//!
//! A pixel of the lattice is a function of integers: states, levels of scales, the fixed palette and ramps, rays in fixed point. Where
//! floats prepare them (scales, concentrations) and in what surrounds the lattice they use operations that every machine rounds
//! alike (`plot/raster.rs`). So a picture has the same bytes on every machine, with any number of threads.
//!
//! | in this room | what |
//! |---|---|
//! | `what`, `scheme` | the colour of every site, and what it means |
//! | `view`, `cutaway`, `lattice` | from a lattice to a flat image |
//! | `snapshot`, `legend` | the image with what is around it, as a scene |
//! | `gallery` | what a run has recorded |
//! | `animation` | many snapshots |
//! | `export` | lattices for NumPy and ParaView |

pub mod animation;
mod cutaway;
mod error;
pub mod export;
pub mod gallery;

mod lattice;
mod legend;
mod scheme;
pub mod snapshot;
mod view;
mod what;

pub use error::RenderError;
pub use snapshot::{Burden, Snapshot, SnapshotStyle, WholeRun, check_view};
pub use view::{Plane, View};
pub use what::{Scope, What, drugs};

use crate::plot::Theme;
use crate::simulation::{CellPaint, LatticePicture};

/// Width of the pictures that a run leaves, in pixels.
const RUN_SIZE: u32 = 1000;

/// Draws snapshots: the states of cells, in 3D those of the central slice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Painter;

impl CellPaint for Painter {
    fn paint(&self, picture: &LatticePicture<'_>) -> Vec<u8> {
        let style = SnapshotStyle { view: View::Slice, plane: None, size: RUN_SIZE, theme: Theme::Light };
        let scope = Scope::of(What::State, 0, picture);
        let drawn = Snapshot::new(picture, &scope, &style, None).and_then(|drawn| Ok(drawn.png()?));
        drawn.expect("every lattice has a central slice, which fits into a thousand pixels")
    }
}

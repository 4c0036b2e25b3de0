//! Pictures: snapshots and films of a lesion, and its lattice as files for other programs.
//!
//! A pixel is a function of integers: states, levels of scales, the fixed [`palette`] and ramps, rays in fixed point. Where floats
//! prepare them (scales, concentrations, glyphs) they use operations that every machine rounds alike. So a picture has
//! the same bytes on every machine, with any number of threads.
//!
//! | in this room | what |
//! |---|---|
//! | `what`, `scheme`, `palette`, `ramp` | the colour of every site, and what it means |
//! | `view`, `cutaway` | from a lattice to a flat image |
//! | `page`, `legend`, `scale`, `strip` | what is around it |
//! | `canvas`, `text` | pixels, lines, letters |
//! | `gallery` | what a run has recorded |
//! | `film`, `animation` | many pages |
//! | `export` | lattices for NumPy and ParaView |

pub mod animation;
pub mod canvas;
mod cutaway;
mod error;
pub mod export;
pub mod film;
pub mod gallery;
mod image;
mod legend;
pub mod page;
mod scale;
mod scheme;
mod strip;
pub mod text;
mod view;
mod what;

pub use error::RenderError;
pub use page::{Story, Style};
pub use strip::Burden;
pub use view::{Plane, View};
pub use what::{Scope, What, drugs};

use crate::simulation::{Paint, Picture};

use crate::plot::Theme;

/// Width of the pictures that a run leaves, in pixels.
const RUN_SIZE: u32 = 1000;

/// Draws snapshots: the states of cells, in 3D those of the central slice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Painter;

impl Paint for Painter {
    fn paint(&self, picture: &Picture<'_>) -> Vec<u8> {
        let style = Style { view: View::Slice, plane: None, size: RUN_SIZE, theme: Theme::Light };
        let scope = Scope::of(What::State, 0, picture);
        let page = page::page(picture, &scope, &style, None);
        page.expect("every lattice has a central slice").png(&page::notes(picture, &scope))
    }
}

//! Pictures: snapshots of a lesion as PNG files.
//!
//! A pixel is a function of integers: states, the fixed [`palette`], and glyphs that were rasterised when
//! the font was packed. So a picture has the same bytes on every machine. The one use of floats, the length of the
//! scale bar, is a division, which every machine rounds alike.

pub mod canvas;
mod legend;
mod lattice;
pub mod palette;
mod scale;
mod snapshot;
mod therapy;

use crate::simulation::{Paint, Picture};

/// Draws snapshots.
#[derive(Debug, Clone, Copy, Default)]
pub struct Painter;

impl Paint for Painter {
    fn paint(&self, picture: &Picture<'_>) -> Vec<u8> {
        snapshot::png(picture)
    }
}

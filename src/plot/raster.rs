//! A scene as pixels: its shapes and text drawn by `resvg` with the program's own typeface and no other, its pictures laid over
//! them at whole pixels by `image`.
//!
//! Snapshots must have the same bytes on every machine. `tiny-skia` has SIMD paths, but what they compute for opaque fills and
//! strokes of straight lines is made of the four operations, roots and comparisons of IEEE numbers, each rounded alike
//! everywhere: edges become fixed point, coverage and colours are mixed in integers. Its approximate reciprocals
//! (`rcpps`, `rsqrtps`), which differ between makers of CPUs, serve two blend modes and nothing else, and sines and cosines, which differ
//! between systems, serve text that is turned or follows a path. So a snapshot has neither, nor opacity, nor gradients, and
//! cells are never scaled by `resvg`. Text is not hinted.

use std::sync::{Arc, LazyLock};

use image::{Rgb, RgbImage, imageops};
use resvg::{tiny_skia, usvg};

use super::font::{FAMILY, Face};
use super::scene::{Item, Paint, Scene};
use super::svg::{SvgOptions, svg};
use super::theme::Theme;

/// Why a scene could not be rasterised. Messages read well after "failed to ".
#[derive(Debug, thiserror::Error)]
pub enum RasterError {
    /// It is no SVG; a fault of this program.
    #[error("rasterise a plot: {0}")]
    Svg(#[from] usvg::Error),
    /// It would be too large.
    #[error("rasterise a plot of {width} x {height} pixels; ask for fewer dots per inch")]
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// It could not be packed.
    #[error("write a plot as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// Fonts, read once.
fn fonts() -> usvg::Options<'static> {
    static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = usvg::fontdb::Database::new();
        Face::ALL.iter().for_each(|face| fonts.load_font_data(face.bytes().to_vec()));
        fonts.set_sans_serif_family(FAMILY);
        Arc::new(fonts)
    });
    usvg::Options { fontdb: FONTS.clone(), font_family: FAMILY.to_owned(), ..Default::default() }
}

/// The pixels of a scene with so many of them in a point.
///
/// # Errors
///
/// [`RasterError`].
pub fn raster(scene: &Scene, theme: Theme, scale: f64) -> Result<RgbImage, RasterError> {
    let vector = Scene {
        items: scene.items.iter().filter(|item| !matches!(item, Item::Image(..))).cloned().collect(),
        ..Scene::new(scene.width, "", "")
    };
    let vector = Scene { height: scene.height, ..vector };
    // Without a size of its own the figure has that of its view box, which is not rounded to millimetres.
    let text = svg(&vector, SvgOptions { theme, inline: Some("figure") });
    let tree = usvg::Tree::from_str(&text, &fonts())?;
    let pixels = |points: f64| (points * scale - 1e-6).ceil() as u32;
    let (width, height) = (pixels(scene.width), pixels(scene.height));
    let mut canvas = tiny_skia::Pixmap::new(width, height).ok_or(RasterError::Size { width, height })?;
    let [red, green, blue] = theme.colour(Paint::Paper);
    canvas.fill(tiny_skia::Color::from_rgba8(red, green, blue, 255));
    let (sx, sy) = (width as f32 / tree.size().width(), height as f32 / tree.size().height());
    resvg::render(&tree, tiny_skia::Transform::from_scale(sx, sy), &mut canvas.as_mut());
    // Nothing shines through the paper.
    let mut image = RgbImage::from_fn(width, height, |x, y| {
        let at = (y as usize * width as usize + x as usize) * 4;
        let [r, g, b] = [0, 1, 2].map(|channel| canvas.data()[at + channel]);
        Rgb([r, g, b])
    });
    for item in &scene.items {
        if let Item::Image([x, y, w, h], picture) = item {
            let whole = |points: f64| (points * scale).round() as u32;
            let (w, h) = (whole(*w).max(1), whole(*h).max(1));
            let (x, y) = (i64::from(whole(*x)), i64::from(whole(*y)));
            if picture.dimensions() == (w, h) {
                imageops::replace(&mut image, &**picture, x, y);
            } else {
                imageops::replace(&mut image, &imageops::resize(&**picture, w, h, imageops::Nearest), x, y);
            }
        }
    }
    Ok(image)
}

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
use super::palette::Paint;
use super::scene::{Item, Scene};
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
    let mut vector = scene.clone();
    vector.items.retain(|item| !matches!(item, Item::Image(..)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Style;

    #[test]
    fn pictures_keep_their_very_colours_over_shapes() {
        let mut scene = Scene::new(20.0, "", "");
        scene.height = 10.0;
        let picture = RgbImage::from_fn(4, 3, |x, y| Rgb([40 * x as u8, 70 * y as u8, 5]));
        scene.image([2.0, 1.0, 4.0, 3.0], Arc::new(picture.clone()));
        scene.image([10.0, 1.0, 2.0, 1.5], Arc::new(picture.clone()));
        scene.rect([0.0, 0.0, 20.0, 8.0], Style::fill(Paint::Colour([9, 8, 7])));
        let drawn = raster(&scene, Theme::Light, 2.0).unwrap();
        assert_eq!(drawn.dimensions(), (40, 20));
        // Twice as large, and as large as it is.
        assert!(
            (0..8).all(|x| (0..6).all(|y| drawn.get_pixel(4 + x, 2 + y) == picture.get_pixel(x / 2, y / 2)))
        );
        assert!((0..4).all(|x| (0..3).all(|y| drawn.get_pixel(20 + x, 2 + y) == picture.get_pixel(x, y))));
        assert_eq!(
            [drawn.get_pixel(0, 0).0, drawn.get_pixel(39, 15).0, drawn.get_pixel(0, 16).0],
            [[9, 8, 7], [9, 8, 7], [255; 3]]
        );
    }
}

//! A plot as PNG: its SVG drawn by `resvg` with the program's own typeface and no other.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

use super::font::{FAMILY, Face};
use super::scene::Scene;
use super::svg::{SvgOptions, svg};

/// Why a plot could not be rasterised. Messages read well after "failed to ".
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

/// The bytes of a PNG file with so many dots per inch.
///
/// # Errors
///
/// [`RasterError`].
pub fn png(scene: &Scene, options: SvgOptions<'_>, dots_per_inch: f64) -> Result<Vec<u8>, RasterError> {
    let tree = usvg::Tree::from_str(&svg(scene, options), &fonts())?;
    // A point is 1/72 inch; the tree's size is in CSS pixels.
    let scale = dots_per_inch / 72.0;
    let pixels = |points: f64| (points * scale).ceil() as u32;
    let (width, height) = (pixels(scene.width), pixels(scene.height));
    let mut image = tiny_skia::Pixmap::new(width, height).ok_or(RasterError::Size { width, height })?;
    let (sx, sy) = (width as f32 / tree.size().width(), height as f32 / tree.size().height());
    resvg::render(&tree, tiny_skia::Transform::from_scale(sx, sy), &mut image.as_mut());
    pack(image.data(), width, height, dots_per_inch)
}

/// Packs pixels that nothing shines through.
fn pack(rgba: &[u8], width: u32, height: u32, dots_per_inch: f64) -> Result<Vec<u8>, RasterError> {
    let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let per_metre = (dots_per_inch / 0.0254).round() as u32;
    let unit = png::Unit::Meter;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

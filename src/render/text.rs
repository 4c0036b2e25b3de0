//! Text in the program's own typeface (Evotor Sans, a subset of Lato; see `fonts/README.md`), rasterised by `ab_glyph`.
//!
//! Outlines are scaled and covered in single floats, by the four operations, roots and comparisons alone, which every machine
//! rounds alike; coverage becomes one of 256 parts before it touches a pixel.

use std::sync::LazyLock;

use ab_glyph::{Font as _, FontRef, Glyph, PxScale, ScaleFont, point};

static REGULAR: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../plot/fonts/EvotorSans-Regular.ttf")).ok());
static BOLD: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../plot/fonts/EvotorSans-Bold.ttf")).ok());

/// A weight and a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Font {
    /// Whether it is bold.
    pub bold: bool,
    /// Size of the em in pixels.
    pub em: u32,
}

impl Font {
    /// Ordinary text.
    pub const fn text(em: u32) -> Self {
        Self { bold: false, em }
    }

    /// Bold text.
    pub const fn bold(em: u32) -> Self {
        Self { bold: true, em }
    }

    /// Height of a line.
    pub const fn height(self) -> u32 {
        self.em * 13 / 10
    }

    fn face(self) -> Option<&'static FontRef<'static>> {
        let face = if self.bold { &BOLD } else { &REGULAR };
        face.as_ref()
    }

    fn scale(self, face: &FontRef<'static>) -> PxScale {
        let per_em = face.units_per_em().unwrap_or(1000.0);
        PxScale::from(self.em as f32 * face.height_unscaled() / per_em)
    }

    /// Width of a text in pixels, rounded up.
    pub fn width(self, text: &str) -> u32 {
        let Some(face) = self.face() else {
            return 0;
        };
        let scaled = face.as_scaled(self.scale(face));
        let advance = text.chars().fold(0.0, |sum, c| sum + scaled.h_advance(scaled.glyph_id(c)));
        advance.ceil() as u32
    }

    /// Calls `put` with each pixel that a text covers, right of and below its line's upper left corner, and by how many of
    /// 255 parts. Characters that the typeface lacks are blanks.
    pub fn draw(self, text: &str, mut put: impl FnMut(i32, i32, u8)) {
        let Some(face) = self.face() else {
            return;
        };
        let scale = self.scale(face);
        let scaled = face.as_scaled(scale);
        // The line is a little higher than ascent and descent together; what is over goes to both.
        let baseline = ((self.height() as f32 + scaled.ascent() + scaled.descent()) / 2.0).round();
        let mut left = 0.0;
        for c in text.chars() {
            let id = scaled.glyph_id(c);
            let glyph = Glyph { id, scale, position: point(left, baseline) };
            left += scaled.h_advance(id);
            if id.0 == 0 {
                continue;
            }
            if let Some(outline) = face.outline_glyph(glyph) {
                let corner = outline.px_bounds().min;
                outline.draw(|x, y, cover| {
                    let parts = (cover.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
                    put(corner.x as i32 + x as i32, corner.y as i32 + y as i32, parts);
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_one_width_and_signs_are_there() {
        let font = Font::text(20);
        let width = font.width("0000");
        assert!(["1111", "7294", "8888"].iter().all(|t| font.width(t) == width));
        for sign in "µ−≤≥≈×±→²³α…–".chars() {
            let mut inked = false;
            font.draw(&sign.to_string(), |_, _, parts| inked |= parts > 0);
            assert!(inked, "{sign}");
        }
        assert!(Font::bold(20).width("Width") > font.width("Width"));
    }
}

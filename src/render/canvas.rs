//! A page of pixels: rectangles, text, and its PNG file.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::palette::Colour;

/// A size and weight of the font (Noto Sans Mono, SIL Open Font License, rasterised beforehand).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Font {
    /// Ordinary text.
    Text,
    /// Ordinary text, bold.
    Strong,
    /// Headings.
    Title,
}

impl Font {
    fn raster(self) -> (FontWeight, RasterHeight) {
        match self {
            Self::Text => (FontWeight::Regular, RasterHeight::Size20),
            Self::Strong => (FontWeight::Bold, RasterHeight::Size20),
            Self::Title => (FontWeight::Bold, RasterHeight::Size24),
        }
    }

    /// Height of a line.
    pub fn height(self) -> u32 {
        self.raster().1.val() as u32
    }

    /// Width of a text.
    pub fn width(self, text: &str) -> u32 {
        let (weight, height) = self.raster();
        (get_raster_width(weight, height) * text.chars().count()) as u32
    }
}

/// A page of pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A page of one colour.
    pub fn new(width: u32, height: u32, paper: Colour) -> Self {
        Self { width, height, pixels: vec![paper; width as usize * height as usize] }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The colour at a place on the page.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Colour> {
        self.index(x, y).map(|i| self.pixels[i])
    }

    fn index(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width && y < self.height).then(|| y as usize * self.width as usize + x as usize)
    }

    /// Fills a rectangle, clipped at the edge of the page.
    pub fn fill(&mut self, [x, y]: [u32; 2], [w, h]: [u32; 2], colour: Colour) {
        let (right, bottom) = ((x + w).min(self.width), (y + h).min(self.height));
        for row in y..bottom {
            let first = row as usize * self.width as usize;
            if x < right {
                self.pixels[first + x as usize..first + right as usize].fill(colour);
            }
        }
    }

    /// Draws a frame of one pixel just outside a rectangle.
    pub fn frame(&mut self, [x, y]: [u32; 2], [w, h]: [u32; 2], colour: Colour) {
        self.fill([x - 1, y - 1], [w + 2, 1], colour);
        self.fill([x - 1, y + h], [w + 2, 1], colour);
        self.fill([x - 1, y], [1, h], colour);
        self.fill([x + w, y], [1, h], colour);
    }

    /// Mixes a colour in by 0 to 255 parts.
    fn blend(&mut self, x: u32, y: u32, colour: Colour, parts: u8) {
        let Some(i) = self.index(x, y) else {
            return;
        };
        let parts = u32::from(parts);
        for (old, new) in self.pixels[i].iter_mut().zip(colour) {
            *old = ((u32::from(new) * parts + u32::from(*old) * (255 - parts) + 127) / 255) as u8;
        }
    }

    /// Writes text with its upper left corner at a place. Characters that the font lacks are blanks.
    pub fn text(&mut self, [x, y]: [u32; 2], text: &str, font: Font, colour: Colour) {
        let (weight, height) = font.raster();
        let advance = get_raster_width(weight, height) as u32;
        for (c, left) in text.chars().zip((x..).step_by(advance as usize)) {
            let Some(glyph) = get_raster(c, weight, height) else {
                continue;
            };
            for (row, parts) in glyph.rows().zip(y..).flat_map(|(r, y)| r.iter().zip(left..).map(move |(p, x)| ((x, y), *p))) {
                self.blend(row.0, row.1, colour, parts);
            }
        }
    }

    /// Writes text that ends at a place on the right.
    pub fn text_right(&mut self, [right, y]: [u32; 2], text: &str, font: Font, colour: Colour) {
        self.text([right.saturating_sub(font.width(text)), y], text, font, colour);
    }

    /// The page as a PNG file with text chunks (keyword, text).
    pub fn png(&self, notes: &[(&str, String)]) -> Vec<u8> {
        let mut file = Vec::new();
        let written = self.encode(&mut file, notes);
        written.expect("memory takes what is written, and keywords are short");
        file
    }

    fn encode(&self, file: &mut Vec<u8>, notes: &[(&str, String)]) -> Result<(), png::EncodingError> {
        let mut encoder = png::Encoder::new(file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        for (keyword, text) in notes {
            // tEXt holds Latin-1 only.
            let text = text.chars().map(|c| if u32::from(c) < 256 { c } else { '?' }).collect();
            encoder.add_text_chunk((*keyword).to_owned(), text)?;
        }
        let mut writer = encoder.write_header()?;
        writer.write_image_data(bytemuck::cast_slice(&self.pixels))?;
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::palette::{INK, PAPER};

    #[test]
    fn rectangles_are_clipped() {
        let mut page = Canvas::new(4, 3, PAPER);
        page.fill([2, 1], [10, 10], INK);
        assert_eq!(page.pixel(3, 2), Some(INK));
        assert_eq!(page.pixel(1, 2), Some(PAPER));
        assert_eq!(page.pixel(4, 2), None);
        page.fill([9, 9], [1, 1], INK);
    }

    #[test]
    fn text_leaves_ink_within_its_box() {
        let mut page = Canvas::new(100, 40, PAPER);
        page.text([10, 10], "µm", Font::Text, INK);
        let inked: Vec<(u32, u32)> =
            (0..40).flat_map(|y| (0..100).map(move |x| (x, y))).filter(|(x, y)| page.pixel(*x, *y) != Some(PAPER)).collect();
        assert!(inked.len() > 40);
        let (right, bottom) = (10 + Font::Text.width("µm"), 10 + Font::Text.height());
        assert!(inked.iter().all(|(x, y)| (10..right).contains(x) && (10..bottom).contains(y)));
    }

    #[test]
    fn a_file_holds_its_notes_and_its_pixels() {
        let mut page = Canvas::new(5, 2, PAPER);
        page.fill([1, 0], [1, 1], [1, 2, 3]);
        let file = page.png(&[("seed", "7".into()), ("scenario", "naïve ∆".into())]);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let notes: Vec<(String, String)> = reader
            .info()
            .uncompressed_latin1_text
            .iter()
            .map(|t| (t.keyword.clone(), t.text.clone()))
            .collect();
        assert_eq!(notes, [("seed".into(), "7".into()), ("scenario".into(), "naïve ?".into())]);
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[3..6], [1, 2, 3]);
        assert_eq!(page.png(&[]), page.png(&[]));
    }
}

//! A page of pixels: rectangles, lines, text, and its PNG file.

use super::text::Font;
use crate::plot::palette::{Colour, mix};

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

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[Colour] {
        &self.pixels
    }

    /// The colour at a place on the page.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Colour> {
        self.index(x, y).map(|i| self.pixels[i])
    }

    fn index(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width && y < self.height).then(|| y as usize * self.width as usize + x as usize)
    }

    /// Sets a pixel, if it is on the page.
    pub fn set(&mut self, x: u32, y: u32, colour: Colour) {
        if let Some(i) = self.index(x, y) {
            self.pixels[i] = colour;
        }
    }

    /// The page cut or filled up to a size.
    pub fn fitted(self, width: u32, height: u32, paper: Colour) -> Self {
        if (self.width, self.height) == (width, height) {
            return self;
        }
        let mut page = Self::new(width, height, paper);
        for y in 0..height.min(self.height) {
            for x in 0..width.min(self.width) {
                page.set(x, y, self.pixels[y as usize * self.width as usize + x as usize]);
            }
        }
        page
    }

    /// Copies an image to a place; it must lie on the page.
    pub fn copy(&mut self, [x, y]: [u32; 2], width: u32, pixels: &[Colour]) {
        for (row, line) in (y as usize..).zip(pixels.chunks(width.max(1) as usize)) {
            let first = row * self.width as usize + x as usize;
            self.pixels[first..first + line.len()].copy_from_slice(line);
        }
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

    /// Draws a frame of some pixels just outside a rectangle.
    pub fn frame(&mut self, [x, y]: [u32; 2], [w, h]: [u32; 2], wide: u32, colour: Colour) {
        let (left, top) = (x.saturating_sub(wide), y.saturating_sub(wide));
        self.fill([left, top], [w + 2 * wide, wide], colour);
        self.fill([left, y + h], [w + 2 * wide, wide], colour);
        self.fill([left, y], [wide, h], colour);
        self.fill([x + w, y], [wide, h], colour);
    }

    /// Mixes a colour in by 0 to 255 parts.
    pub fn blend(&mut self, x: u32, y: u32, colour: Colour, parts: u8) {
        if let Some(i) = self.index(x, y) {
            self.pixels[i] = mix(self.pixels[i], colour, u32::from(parts));
        }
    }

    /// Draws a line through points, in sixteenths of a pixel, `wide` sixteenths wide, with round joints.
    pub fn line(&mut self, points: &[[i32; 2]], wide: i32, colour: Colour) {
        let reach = wide / 2 + 16;
        let bound = |of: fn(i32, i32) -> i32, axis: usize, start: i32| {
            points.iter().fold(start, |b, p| of(b, p[axis]))
        };
        let low = [0, 1].map(|a| ((bound(i32::min, a, i32::MAX) - reach) >> 4).max(0));
        let high = [0, 1].map(|a| ((bound(i32::max, a, i32::MIN) + reach) >> 4).max(0) + 1);
        let (columns, rows) = ((high[0] - low[0]).max(0) as usize, (high[1] - low[1]).max(0) as usize);
        let mut covered = vec![0_u8; columns * rows];
        for pair in points.windows(2) {
            let from = [0, 1].map(|a| ((pair[0][a].min(pair[1][a]) - reach) >> 4).max(low[a]));
            let to = [0, 1].map(|a| ((pair[0][a].max(pair[1][a]) + reach) >> 4).min(high[a] - 1));
            for y in from[1]..=to[1] {
                for x in from[0]..=to[0] {
                    let far = distance([16 * x + 8, 16 * y + 8], pair[0], pair[1]);
                    let parts = (i64::from(wide) / 2 + 8 - far).clamp(0, 16) * 255 / 16;
                    let at = &mut covered[(y - low[1]) as usize * columns + (x - low[0]) as usize];
                    *at = (*at).max(parts as u8);
                }
            }
        }
        for (i, parts) in covered.iter().enumerate().filter(|(_, parts)| **parts > 0) {
            let (x, y) = (low[0] as usize + i % columns, low[1] as usize + i / columns);
            self.blend(x as u32, y as u32, colour, *parts);
        }
    }

    /// Writes text with the upper left corner of its line at a place.
    pub fn text(&mut self, [x, y]: [u32; 2], text: &str, font: Font, colour: Colour) {
        font.draw(text, |dx, dy, parts| {
            if let (Some(x), Some(y)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) {
                self.blend(x, y, colour, parts);
            }
        });
    }

    /// Writes text that ends at a place on the right.
    pub fn text_right(&mut self, [right, y]: [u32; 2], text: &str, font: Font, colour: Colour) {
        self.text([right.saturating_sub(font.width(text)), y], text, font, colour);
    }

    /// Writes text about a middle, within bounds from left to right.
    pub fn text_middle(
        &mut self,
        [middle, y]: [u32; 2],
        [least, most]: [u32; 2],
        text: &str,
        font: Font,
        colour: Colour,
    ) {
        let width = font.width(text);
        let left = middle.saturating_sub(width / 2).min(most.saturating_sub(width)).max(least);
        self.text([left, y], text, font, colour);
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
        encoder.set_depth(png::BitDepth::Eight);
        add_notes(&mut encoder, notes)?;
        // Most pages have few colours, which take a third of the space and of the time.
        match indexed(&self.pixels) {
            Some((palette, pixels)) => {
                encoder.set_color(png::ColorType::Indexed);
                encoder.set_palette(palette.concat());
                // A site takes several rows, of which all but the first are differences of nothing.
                encoder.set_filter(png::Filter::Up);
                // A quarter of the time of a better compression, for files a third larger.
                encoder.set_deflate_compression(png::DeflateCompression::FdeflateUltraFast);
                let mut writer = encoder.write_header()?;
                writer.write_image_data(&pixels)?;
                writer.finish()
            }
            None => {
                encoder.set_color(png::ColorType::Rgb);
                let mut writer = encoder.write_header()?;
                writer.write_image_data(bytemuck::cast_slice(&self.pixels))?;
                writer.finish()
            }
        }
    }
}

/// Adds text chunks. Latin-1 goes to tEXt, other text to iTXt.
pub fn add_notes<W: std::io::Write>(
    encoder: &mut png::Encoder<'_, W>,
    notes: &[(&str, String)],
) -> Result<(), png::EncodingError> {
    for (keyword, text) in notes {
        if text.chars().all(|c| u32::from(c) < 256) {
            encoder.add_text_chunk((*keyword).to_owned(), text.clone())?;
        } else {
            encoder.add_itxt_chunk((*keyword).to_owned(), text.clone())?;
        }
    }
    Ok(())
}

/// Colours in the order of their first pixel, and pixels as their numbers; `None` if there are more than 256.
pub fn indexed(pixels: &[Colour]) -> Option<(Vec<Colour>, Vec<u8>)> {
    const SLOTS: usize = 1024;
    let mut slots = [u16::MAX; SLOTS];
    let mut palette: Vec<Colour> = Vec::new();
    let mut numbers = Vec::with_capacity(pixels.len());
    let (mut last, mut number) = (None, 0);
    for colour in pixels {
        if last != Some(*colour) {
            let [r, g, b] = colour.map(usize::from);
            let mut slot = (r * 7 + g * 59 + b * 331) % SLOTS;
            while slots[slot] != u16::MAX && palette[usize::from(slots[slot])] != *colour {
                slot = (slot + 1) % SLOTS;
            }
            if slots[slot] == u16::MAX {
                if palette.len() == 256 {
                    return None;
                }
                slots[slot] = palette.len() as u16;
                palette.push(*colour);
            }
            number = slots[slot] as u8;
            last = Some(*colour);
        }
        numbers.push(number);
    }
    Some((palette, numbers))
}

/// Distance of a place from a line between two points.
fn distance(at: [i32; 2], from: [i32; 2], to: [i32; 2]) -> i64 {
    let minus = |a: [i32; 2], b: [i32; 2]| [i64::from(a[0] - b[0]), i64::from(a[1] - b[1])];
    let dot = |a: [i64; 2], b: [i64; 2]| a[0] * b[0] + a[1] * b[1];
    let (along, off) = (minus(to, from), minus(at, from));
    let length = dot(along, along);
    let done = if length == 0 { 0 } else { dot(along, off).clamp(0, length) };
    let near = |axis: usize| off[axis] - if length == 0 { 0 } else { along[axis] * done / length };
    let apart = [near(0), near(1)];
    dot(apart, apart).isqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::{INK, PAPER};

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
        page.text([10, 5], "µmÅg", Font::text(20), INK);
        let inked: Vec<(u32, u32)> = (0..40)
            .flat_map(|y| (0..100).map(move |x| (x, y)))
            .filter(|(x, y)| page.pixel(*x, *y) != Some(PAPER))
            .collect();
        assert!(inked.len() > 40);
        let (right, bottom) = (11 + Font::text(20).width("µmÅg"), 5 + Font::text(20).height());
        assert!(inked.iter().all(|(x, y)| (9..right).contains(x) && (5..bottom).contains(y)));
    }

    #[test]
    fn lines_are_as_wide_as_asked() {
        let mut page = Canvas::new(40, 40, PAPER);
        page.line(&[[5 * 16, 20 * 16], [20 * 16, 20 * 16], [35 * 16, 20 * 16]], 64, INK);
        let inked = (0..40).filter(|y| page.pixel(20, *y) == Some(INK)).count();
        assert!((3..=4).contains(&inked), "{inked}");
        assert_eq!(page.pixel(20, 10), Some(PAPER));
    }

    #[test]
    fn a_file_holds_its_notes_and_its_pixels() {
        let mut page = Canvas::new(5, 2, PAPER);
        page.fill([1, 0], [1, 1], [1, 2, 3]);
        let file = page.png(&[("seed", "7".into()), ("scenario", "naïve".into()), ("other", "∆".into())]);
        let mut decoder = png::Decoder::new(std::io::Cursor::new(&file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let notes: Vec<(String, String)> = reader
            .info()
            .uncompressed_latin1_text
            .iter()
            .map(|t| (t.keyword.clone(), t.text.clone()))
            .collect();
        assert_eq!(notes, [("seed".into(), "7".into()), ("scenario".into(), "naïve".into())]);
        assert_eq!(reader.info().utf8_text[0].get_text().unwrap(), "∆");
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[3..6], [1, 2, 3]);
    }

    #[test]
    fn many_colours_are_no_palette() {
        let many: Vec<Colour> = (0..257_u32).map(|i| [(i / 2) as u8, (i % 2) as u8, 9]).collect();
        assert!(indexed(&many).is_none());
        let (palette, numbers) = indexed(&many[..256]).unwrap();
        assert!(numbers.iter().zip(&many).all(|(n, c)| palette[usize::from(*n)] == *c));
    }
}

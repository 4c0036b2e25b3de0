//! Pages as an animated PNG or as a GIF. Of each page but the first only what has changed is stored.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use super::canvas::{Canvas, add_notes};
use crate::plot::palette::Colour;

/// A kind of film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// An animated PNG: all colours, shown by browsers and most viewers
    #[default]
    Png,
    /// A GIF: at most 256 colours, shown everywhere
    Gif,
}

impl Format {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Gif => "gif",
        }
    }
}

/// How long the last page stands, in seconds.
const LAST: u16 = 2;

/// The part of a page that differs from the one before: corner and size; one pixel if none does.
fn changed(before: &Canvas, now: &Canvas) -> ([u32; 2], [u32; 2]) {
    let width = now.width() as usize;
    let rows: Vec<(&[Colour], &[Colour])> =
        before.pixels().chunks(width).zip(now.pixels().chunks(width)).collect();
    let differs = |row: &&(&[Colour], &[Colour])| row.0 != row.1;
    let Some(top) = rows.iter().position(|row| differs(&row)) else {
        return ([0, 0], [1, 1]);
    };
    let bottom = rows.iter().rposition(|row| differs(&row)).unwrap_or(top);
    let (mut left, mut right) = (width, 0);
    for (a, b) in &rows[top..=bottom] {
        let pairs = || a.iter().zip(b.iter());
        if let Some(first) = pairs().position(|(a, b)| a != b) {
            left = left.min(first);
            right = right.max(pairs().rposition(|(a, b)| a != b).unwrap_or(first));
        }
    }
    ([left as u32, top as u32], [(right - left + 1) as u32, (bottom - top + 1) as u32])
}

/// The colours of a part of a page, row by row.
fn part(page: &Canvas, [x, y]: [u32; 2], [w, h]: [u32; 2]) -> Vec<Colour> {
    let width = page.width() as usize;
    let rows = (y..y + h).map(|row| row as usize * width + x as usize);
    rows.flat_map(|first| page.pixels()[first..first + w as usize].iter().copied()).collect()
}

/// An animated PNG that is being written.
pub struct AnimatedPng<W: Write> {
    writer: png::Writer<W>,
    before: Option<Canvas>,
    left: u32,
    fps: u16,
}

impl<W: Write> AnimatedPng<W> {
    /// Begins a film of so many pages of a size, with text chunks.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn new(
        file: W,
        [width, height]: [u32; 2],
        pages: u32,
        fps: u16,
        notes: &[(&str, String)],
    ) -> Result<Self, png::EncodingError> {
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_animated(pages, 0)?;
        encoder.set_frame_delay(1, fps)?;
        add_notes(&mut encoder, notes)?;
        Ok(Self { writer: encoder.write_header()?, before: None, left: pages, fps })
    }

    /// Adds a page.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn add(&mut self, page: Canvas) -> Result<(), png::EncodingError> {
        self.left -= 1;
        let (numerator, denominator) = if self.left == 0 { (LAST, 1) } else { (1, self.fps) };
        self.writer.set_frame_delay(numerator, denominator)?;
        let (corner, size) = match &self.before {
            Some(before) => changed(before, &page),
            None => ([0, 0], [page.width(), page.height()]),
        };
        if self.before.is_some() {
            self.writer.reset_frame_position()?;
            self.writer.set_frame_dimension(size[0], size[1])?;
            self.writer.set_frame_position(corner[0], corner[1])?;
        }
        self.writer.write_image_data(bytemuck::cast_slice(&part(&page, corner, size)))?;
        self.before = Some(page);
        Ok(())
    }

    /// Ends the film.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn finish(self) -> Result<(), png::EncodingError> {
        self.writer.finish()
    }
}

/// How often each colour is there.
#[derive(Debug, Clone, Default)]
pub struct Histogram(BTreeMap<Colour, u64>);

impl Histogram {
    /// Takes in a page.
    pub fn see(&mut self, page: &Canvas) {
        for run in page.pixels().chunk_by(|a, b| a == b) {
            *self.0.entry(run[0]).or_insert(0) += run.len() as u64;
        }
    }

    /// At most this many colours that stand for all, and which of them each colour is shown as. Up to that number colours
    /// stay as they are; beyond it boxes of colours are halved at their median (Heckbert 1982), the fullest and widest first.
    pub fn palette(&self, most: usize) -> (Vec<Colour>, BTreeMap<Colour, u8>) {
        let all: Vec<(Colour, u64)> = self.0.iter().map(|(c, n)| (*c, *n)).collect();
        let mut boxes = vec![all];
        while boxes.len() < most {
            // Roots, so that large plain grounds do not take all the boxes.
            let weight = |b: &Vec<(Colour, u64)>| b.iter().map(|(_, n)| n.isqrt()).sum::<u64>() * widest(b).1;
            let Some(at) =
                (0..boxes.len()).filter(|i| boxes[*i].len() > 1).max_by_key(|i| (weight(&boxes[*i]), *i))
            else {
                break;
            };
            let mut half = std::mem::take(&mut boxes[at]);
            let axis = widest(&half).0;
            half.sort_by_key(|(colour, _)| (colour[axis], *colour));
            let total: u64 = half.iter().map(|(_, n)| n.isqrt()).sum();
            let mut sum = 0;
            let middle = half.iter().position(|(_, n)| {
                sum += n.isqrt();
                2 * sum >= total
            });
            let cut = (middle.unwrap_or(0) + 1).clamp(1, half.len() - 1);
            boxes.push(half.split_off(cut));
            boxes[at] = half;
        }
        let mut number = BTreeMap::new();
        let mut palette = Vec::new();
        for group in &boxes {
            number.extend(group.iter().map(|(colour, _)| (*colour, palette.len() as u8)));
            palette.push(mean(group));
        }
        (palette, number)
    }
}

/// The channel in which colours differ most, and by how much.
fn widest(colours: &[(Colour, u64)]) -> (usize, u64) {
    let range = |axis: usize| {
        let of = |(colour, _): &(Colour, u64)| u64::from(colour[axis]);
        colours.iter().map(of).max().unwrap_or(0) - colours.iter().map(of).min().unwrap_or(0)
    };
    let axis = (0..3).max_by_key(|axis| (range(*axis), 3 - axis)).unwrap_or(0);
    (axis, range(axis))
}

fn mean(colours: &[(Colour, u64)]) -> Colour {
    let all: u64 = colours.iter().map(|(_, n)| n).sum::<u64>().max(1);
    [0, 1, 2].map(|a| (colours.iter().map(|(c, n)| u64::from(c[a]) * n).sum::<u64>() / all) as u8)
}

/// Most colours of a page of a GIF: one more says that a pixel stays as it was.
const GIF_COLOURS: usize = 255;

/// A GIF that is being written.
pub struct Gif<W: Write> {
    encoder: gif::Encoder<W>,
    number: BTreeMap<Colour, u8>,
    before: Option<Canvas>,
    left: u32,
    delay: u16,
}

impl<W: Write> Gif<W> {
    /// Begins a film of so many pages of a size, whose colours were all seen.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn new(
        file: W,
        [width, height]: [u32; 2],
        pages: u32,
        fps: u16,
        colours: &Histogram,
    ) -> Result<Self, gif::EncodingError> {
        let (palette, number) = colours.palette(GIF_COLOURS);
        let mut bytes = palette.concat();
        bytes.resize(3 * 256, 0);
        let mut encoder = gif::Encoder::new(file, width as u16, height as u16, &bytes)?;
        encoder.set_repeat(gif::Repeat::Infinite)?;
        Ok(Self { encoder, number, before: None, left: pages, delay: ((100 + fps / 2) / fps).max(2) })
    }

    /// Adds a page.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn add(&mut self, page: Canvas) -> Result<(), gif::EncodingError> {
        self.left -= 1;
        let number = |colour: &Colour| self.number.get(colour).copied().unwrap_or(0);
        let (corner, size) = match &self.before {
            Some(before) => changed(before, &page),
            None => ([0, 0], [page.width(), page.height()]),
        };
        let now = part(&page, corner, size);
        let pixels: Vec<u8> = match &self.before {
            None => now.iter().map(number).collect(),
            Some(before) => {
                let same =
                    |(now, before): (&Colour, &Colour)| if now == before { u8::MAX } else { number(now) };
                now.iter().zip(&part(before, corner, size)).map(same).collect()
            }
        };
        let frame = gif::Frame {
            delay: if self.left == 0 { 100 * LAST } else { self.delay },
            dispose: gif::DisposalMethod::Keep,
            transparent: self.before.is_some().then_some(u8::MAX),
            left: corner[0] as u16,
            top: corner[1] as u16,
            width: size[0] as u16,
            height: size[1] as u16,
            buffer: Cow::Owned(pixels),
            ..gif::Frame::default()
        };
        self.encoder.write_frame(&frame)?;
        self.before = Some(page);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Vec<Canvas> {
        let page = |x: u32| {
            let mut page = Canvas::new(20, 10, [255; 3]);
            page.fill([x, 3], [2, 2], [200, 10, x as u8]);
            page
        };
        vec![page(2), page(5), page(5), page(9)]
    }

    #[test]
    fn an_animated_png_shows_every_page() {
        let mut file = Vec::new();
        let notes = [("seed", "7".to_owned())];
        let mut film = AnimatedPng::new(&mut file, [20, 10], 4, 12, &notes).unwrap();
        pages().into_iter().for_each(|page| film.add(page).unwrap());
        film.finish().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 4);
        let mut shown = vec![[0_u8; 3]; 200];
        for page in pages() {
            let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut buffer).unwrap();
            let part = *reader.info().frame_control().unwrap();
            for row in 0..part.height {
                for column in 0..part.width {
                    let from = 3 * (row * part.width + column) as usize;
                    let to = ((part.y_offset + row) * 20 + part.x_offset + column) as usize;
                    shown[to].copy_from_slice(&buffer[from..from + 3]);
                }
            }
            assert_eq!(shown, page.pixels());
        }
    }

    #[test]
    fn a_gif_shows_every_page() {
        let mut colours = Histogram::default();
        pages().iter().for_each(|page| colours.see(page));
        let mut file = Vec::new();
        let mut film = Gif::new(&mut file, [20, 10], 4, 12, &colours).unwrap();
        pages().into_iter().for_each(|page| film.add(page).unwrap());
        drop(film);
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(std::io::Cursor::new(&file)).unwrap();
        let mut shown = vec![[0_u8; 3]; 200];
        for page in pages() {
            let frame = decoder.read_next_frame().unwrap().unwrap();
            for (i, pixel) in frame.buffer.chunks(4).enumerate().filter(|(_, p)| p[3] > 0) {
                let (column, row) = (i % usize::from(frame.width), i / usize::from(frame.width));
                let to = (usize::from(frame.top) + row) * 20 + usize::from(frame.left) + column;
                shown[to].copy_from_slice(&pixel[..3]);
            }
            assert_eq!(shown, page.pixels());
        }
    }

    #[test]
    fn many_colours_become_few_that_are_near() {
        let mut page = Canvas::new(40, 40, [0; 3]);
        for i in 0..1600_u32 {
            page.set(i % 40, i / 40, [(i % 40 * 6) as u8, (i / 40 * 6) as u8, 128]);
        }
        let mut colours = Histogram::default();
        colours.see(&page);
        let (palette, number) = colours.palette(255);
        assert_eq!(palette.len(), 255);
        for (colour, at) in &number {
            let shown = palette[usize::from(*at)];
            let far = colour.iter().zip(shown).map(|(a, b)| a.abs_diff(b)).max().unwrap();
            assert!(far <= 24, "{colour:?} {shown:?}");
        }
    }
}

//! PNG files with text chunks, still or animated, and what stands in their heads.
//!
//! `image` carries all pixels, but writes neither text chunks nor the resolution nor animated PNGs, and does not tell of text
//! chunks that it reads. So these, and nothing else, go to the `png` crate on which it is built.

use std::io::{BufRead, Seek, Write};

use image::RgbImage;
use png::{Compression, Decoder, Encoder, EncodingError, Info, Limits};

/// Text chunks: keyword and text.
pub type Notes = Vec<(&'static str, String)>;

fn encoder<W: Write>(
    file: W,
    (width, height): (u32, u32),
    notes: &Notes,
) -> Result<Encoder<'static, W>, EncodingError> {
    let mut encoder = Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    for (keyword, text) in notes {
        // Latin-1 goes to tEXt, other text to iTXt.
        if text.chars().all(|c| u32::from(c) < 256) {
            encoder.add_text_chunk((*keyword).to_owned(), text.clone())?;
        } else {
            encoder.add_itxt_chunk((*keyword).to_owned(), text.clone())?;
        }
    }
    Ok(encoder)
}

/// The bytes of a still picture, with its dots per inch where these mean something.
///
/// # Errors
///
/// What the encoder says.
pub fn png(image: &RgbImage, dots_per_inch: Option<f64>, notes: &Notes) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = encoder(&mut bytes, image.dimensions(), notes)?;
    encoder.set_pixel_dims(dots_per_inch.map(|dots| {
        let per_metre = (dots / 0.0254).round() as u32;
        png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(image)?;
    writer.finish()?;
    Ok(bytes)
}

/// An animated PNG that is being written.
pub struct AnimatedPng<W: Write>(png::Writer<W>);

impl<W: Write> AnimatedPng<W> {
    /// Begins an animation of so many frames of a size.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn new(file: W, size: (u32, u32), frames: u32, notes: &Notes) -> Result<Self, EncodingError> {
        let mut encoder = encoder(file, size, notes)?;
        encoder.set_animated(frames, 0)?;
        Ok(Self(encoder.write_header()?))
    }

    /// Adds a frame that stands for so many milliseconds.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn add(&mut self, frame: &RgbImage, milliseconds: u16) -> Result<(), EncodingError> {
        self.0.set_frame_delay(milliseconds, 1000)?;
        self.0.write_image_data(frame)
    }

    /// Ends the animation.
    ///
    /// # Errors
    ///
    /// What the encoder says.
    pub fn finish(self) -> Result<(), EncodingError> {
        self.0.finish()
    }
}

/// What stands in a file before its pixels.
pub struct PngHead(Info<'static>);

impl PngHead {
    /// Reads it; nothing of what is no PNG. No pixel is decoded, and no more than a megabyte is taken.
    pub fn read(file: impl BufRead + Seek) -> Option<Self> {
        let reader = Decoder::new_with_limits(file, Limits { bytes: 1 << 20 }).read_info().ok()?;
        Some(Self(reader.info().clone()))
    }

    /// Width times height.
    pub fn pixels(&self) -> u64 {
        u64::from(self.0.width) * u64::from(self.0.height)
    }

    /// The text of Latin-1 with a keyword.
    pub fn note(&self, keyword: &str) -> Option<&str> {
        self.0.uncompressed_latin1_text.iter().find(|t| t.keyword == keyword).map(|t| t.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{AnimationDecoder, Rgb, codecs::png::PngDecoder};
    use std::io::Cursor;

    #[test]
    fn a_file_holds_its_notes_and_its_pixels() {
        let mut image = RgbImage::from_pixel(5, 2, Rgb([255; 3]));
        image.put_pixel(1, 0, Rgb([1, 2, 3]));
        let notes = vec![("seed", "7".to_owned()), ("scenario", "naïve".into()), ("other", "∆".into())];
        let file = png(&image, Some(254.0), &notes).unwrap();
        let head = PngHead::read(Cursor::new(&file)).unwrap();
        assert_eq!(["seed", "scenario", "none"].map(|k| head.note(k)), [Some("7"), Some("naïve"), None]);
        assert_eq!(head.pixels(), 10);
        let reader = Decoder::new(Cursor::new(&file)).read_info().unwrap();
        assert_eq!(reader.info().utf8_text[0].get_text().unwrap(), "∆");
        assert_eq!(reader.info().pixel_dims.unwrap().xppu, 10_000);
        assert_eq!(image::load_from_memory(&file).unwrap().into_rgb8(), image);
    }

    #[test]
    fn an_animation_shows_every_frame_for_its_time() {
        let frames: Vec<RgbImage> = (0..3).map(|i| RgbImage::from_pixel(4, 3, Rgb([i, 9, 9]))).collect();
        let mut file = Vec::new();
        let mut writer = AnimatedPng::new(&mut file, (4, 3), 3, &vec![("seed", "7".into())]).unwrap();
        for (frame, time) in frames.iter().zip([80, 80, 2000]) {
            writer.add(frame, time).unwrap();
        }
        writer.finish().unwrap();
        let decoder = PngDecoder::new(Cursor::new(&file)).unwrap().apng().unwrap();
        let shown = decoder.into_frames().collect_frames().unwrap();
        let times: Vec<u32> = shown.iter().map(|f| f.delay().numer_denom_ms().0).collect();
        assert_eq!(times, [80, 80, 2000]);
        for (frame, shown) in frames.into_iter().zip(shown) {
            assert_eq!(image::DynamicImage::from(shown.into_buffer()).into_rgb8(), frame);
        }
    }
}

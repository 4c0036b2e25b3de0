//! Snapshots within a page: few, and not too large.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// At most so many pictures.
const MOST: usize = 12;
/// Bytes of all pictures together, before they are written as text.
const BUDGET: usize = 3 << 20;
/// Pictures that are wider are made smaller, pixels.
const WIDEST: u32 = 1200;
/// A file that is larger is no snapshot.
const LARGEST: u64 = 64 << 20;

/// A picture within a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub words: String,
    /// Width, pixels.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// A PNG file as base64.
    pub data: String,
}

/// Pictures of a folder, evenly chosen where there are many; those that cannot be read are left out.
pub fn pictures(dir: &Path) -> Vec<Picture> {
    let chosen = choose(names(dir), MOST);
    let mut left = BUDGET;
    let mut out = Vec::new();
    for path in chosen {
        let Some((bytes, width, height)) = load(&path) else { continue };
        if bytes.len() > left {
            break;
        }
        left -= bytes.len();
        out.push(Picture { words: words(&path), width, height, data: STANDARD.encode(bytes) });
    }
    out
}

/// Pictures of the first replicate in order of time; of the tissue itself where there are other kinds too.
fn names(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut all: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "png")).collect();
    all.sort();
    let stem = |p: &PathBuf| p.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let first = all.first().map(|p| stem(p).split('-').next().unwrap_or("").to_owned()).unwrap_or_default();
    all.retain(|p| stem(p).split('-').next() == Some(&first));
    let plain: Vec<PathBuf> = all.iter().filter(|p| stem(p).split('-').count() == 2).cloned().collect();
    if plain.is_empty() { all } else { plain }
}

/// So many of a list, the first and the last among them.
fn choose(all: Vec<PathBuf>, most: usize) -> Vec<PathBuf> {
    if all.len() <= most {
        return all;
    }
    (0..most).map(|i| all[i * (all.len() - 1) / (most - 1)].clone()).collect()
}

/// What a file's name says: `0-day060h12` is day 60, 12 h.
fn words(path: &Path) -> String {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((replicate, day)) = stem.split_once("-day") else { return stem };
    let digits: String = day.chars().take_while(char::is_ascii_digit).collect();
    let rest = &day[digits.len()..];
    let hour: String =
        rest.strip_prefix('h').unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
    let zero = |text: &str| text.trim_start_matches('0').to_owned();
    let number = |text: &str| if zero(text).is_empty() { "0".to_owned() } else { zero(text) };
    let hour = if hour.is_empty() { String::new() } else { format!(", {} h", number(&hour)) };
    let what =
        rest.split_once('-').map_or_else(String::new, |(_, what)| format!(", {}", what.replace('-', " ")));
    format!("Replicate {}, day {}{hour}{what}", number(replicate), number(&digits))
}

/// A file's bytes and size, made smaller where it is large.
fn load(path: &Path) -> Option<(Vec<u8>, u32, u32)> {
    if fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width <= WIDEST && bytes.len() <= BUDGET / 6 {
        return Some((bytes, width, height));
    }
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    let channels = frame.color_type.samples();
    let factor = width.div_ceil(WIDEST).max(if bytes.len() > BUDGET / 6 { 2 } else { 1 });
    let (small, w, h) = shrink(&pixels, (width, height), channels, factor);
    Some((pack(&small, w, h)?, w, h))
}

/// Means of squares of pixels, as RGB.
fn shrink(pixels: &[u8], (width, height): (u32, u32), channels: usize, factor: u32) -> (Vec<u8>, u32, u32) {
    let (w, h) = ((width / factor).max(1), (height / factor).max(1));
    let mut out = Vec::with_capacity((w * h * 3) as usize);
    for y in 0..h {
        for x in 0..w {
            let mut sum = [0u32; 3];
            for (dy, dx) in (0..factor).flat_map(|dy| (0..factor).map(move |dx| (dy, dx))) {
                let (px, py) = ((x * factor + dx).min(width - 1), (y * factor + dy).min(height - 1));
                let at = (py as usize * width as usize + px as usize) * channels;
                for (channel, sum) in sum.iter_mut().enumerate() {
                    // Grey pictures have one channel for all three.
                    *sum += u32::from(pixels[at + if channels < 3 { 0 } else { channel }]);
                }
            }
            out.extend(sum.map(|s| (s / (factor * factor)) as u8));
        }
    }
    (out, w, h)
}

fn pack(rgb: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(rgb).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(words(Path::new("x/0-day060h12.png")), "Replicate 0, day 60, 12 h");
        assert_eq!(words(Path::new("03-day000.png")), "Replicate 3, day 0");
        assert_eq!(words(Path::new("0-day90-oxygen.png")), "Replicate 0, day 90, oxygen");
    }

    #[test]
    fn pictures_are_chosen_evenly_and_made_smaller() {
        let all: Vec<PathBuf> = (0..100).map(|i| PathBuf::from(format!("{i}"))).collect();
        let chosen = choose(all, 12);
        assert_eq!((chosen.len(), &chosen[0], &chosen[11]), (12, &PathBuf::from("0"), &PathBuf::from("99")));
        let (small, w, h) = shrink(&[0, 100, 200, 100, 0, 0, 0, 0], (4, 2), 1, 2);
        assert_eq!((small, w, h), (vec![25, 25, 25, 75, 75, 75], 2, 1));
    }

    #[test]
    fn a_picture_that_is_none_is_left_out() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("0-day1.png"), "no picture").unwrap();
        fs::write(temp.path().join("0-day2.png"), pack(&[9; 2000 * 3], 2000, 1).unwrap()).unwrap();
        let found = pictures(temp.path());
        assert_eq!(found.len(), 1);
        assert!(found[0].width <= WIDEST);
    }
}

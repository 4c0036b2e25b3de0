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

/// Pictures of a folder, evenly chosen where there are many, and how many there are in all; those that cannot be read are left
/// out. The first and the last are always among them: pictures that are too large together are made smaller until they fit.
pub fn pictures(dir: &Path) -> (Vec<Picture>, usize) {
    let all = files(dir);
    let count = all.len();
    let mut loaded: Vec<(PathBuf, Small)> =
        choose(names(all), MOST).into_iter().filter_map(|p| Some((p.clone(), load(&p)?))).collect();
    if loaded.iter().map(|(_, small)| small.bytes.len()).sum::<usize>() > BUDGET {
        let most = BUDGET / loaded.len();
        loaded = loaded.into_iter().filter_map(|(p, small)| Some((p, smaller(small, most)?))).collect();
    }
    let picture = |(path, Small { bytes, width, height }): (PathBuf, Small)| Picture {
        words: words(&path),
        width,
        height,
        data: STANDARD.encode(bytes),
    };
    (loaded.into_iter().map(picture).collect(), count)
}

/// All pictures of a folder in the order of their names.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut all: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "png")).collect();
    all.sort();
    all
}

/// Pictures of the first replicate in order of time; of the tissue itself where there are other kinds too.
fn names(mut all: Vec<PathBuf>) -> Vec<PathBuf> {
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

/// A PNG file with its size.
struct Small {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

/// A file's bytes and size, made smaller where it is wide.
fn load(path: &Path) -> Option<Small> {
    if fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    drop(reader);
    let picture = Small { bytes, width, height };
    if width <= WIDEST { Some(picture) } else { divided(&picture, width.div_ceil(WIDEST)) }
}

/// A picture in at most so many bytes; it gets smaller by whole factors.
fn smaller(picture: Small, most: usize) -> Option<Small> {
    if picture.bytes.len() <= most {
        return Some(picture);
    }
    let fits = |small: &Small| small.bytes.len() <= most || small.width.max(small.height) < 16;
    (2..=picture.width.max(picture.height)).filter_map(|factor| divided(&picture, factor)).find(fits)
}

/// A picture with its sides divided by a factor.
fn divided(picture: &Small, factor: u32) -> Option<Small> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&picture.bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    let channels = frame.color_type.samples();
    let (small, width, height) = shrink(&pixels, (picture.width, picture.height), channels, factor);
    Some(Small { bytes: pack(&small, width, height)?, width, height })
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
    encoder.set_compression(png::Compression::Balanced);
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
        let (found, all) = pictures(temp.path());
        assert_eq!((found.len(), all), (1, 2));
        assert!(found[0].width <= WIDEST);
    }

    // Once all pictures together were too large, those of the end were dropped without a word.
    #[test]
    fn pictures_that_are_too_large_together_shrink_and_none_is_dropped() {
        let temp = tempfile::tempdir().unwrap();
        let noise = |salt: u32| -> Vec<u8> {
            let mut x = salt;
            let mut next = || {
                x ^= x << 13;
                x ^= x >> 17;
                x ^= x << 5;
                x as u8
            };
            (0..500 * 500 * 3).map(|_| next()).collect()
        };
        for day in 1..=8 {
            let path = temp.path().join(format!("0-day{day}.png"));
            fs::write(path, pack(&noise(day), 500, 500).unwrap()).unwrap();
        }
        let (found, all) = pictures(temp.path());
        assert_eq!((found.len(), all), (8, 8));
        assert!(found.iter().map(|p| p.data.len() * 3 / 4).sum::<usize>() <= BUDGET);
        assert!(
            found[0].words.ends_with("day 1") && found[7].words.ends_with("day 8") && found[7].width >= 250
        );
    }
}

//! Snapshots within a page: few, and not too large.

use std::fs;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, ImageReader, Limits, RgbImage, imageops};

use crate::plot::png_file::{PngHead, png};
use crate::simulation::disk;

/// At most so many pictures.
const MAX_PICTURES: usize = 12;
/// Bytes of all pictures together, before they are written as text.
const MAX_PAGE_BYTES: usize = 3 << 20;
/// Pictures that are wider are made smaller, pixels.
const MAX_WIDTH: u32 = 1200;
/// A file that is larger is not a snapshot.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Nor is a picture of more pixels: what a run writes is a few thousand wide and high at most.
const MAX_PIXELS: u64 = 1 << 26;

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

/// Pictures that a run with a seed wrote to a folder, evenly chosen where there are many, and how many there are in all. What
/// somebody else put there is left out. The first and the last are always among them: pictures that are too large together are
/// made smaller until they fit.
pub fn pictures(dir: &Path, seed: u64) -> (Vec<Picture>, usize) {
    let mut all = files(dir);
    all.retain(|path| is_own(path, seed));
    let count = all.len();
    let mut loaded: Vec<(PathBuf, Small)> =
        choose(names(all), MAX_PICTURES).into_iter().filter_map(|p| Some((p.clone(), load(&p)?))).collect();
    if loaded.iter().map(|(_, small)| small.bytes.len()).sum::<usize>() > MAX_PAGE_BYTES {
        let most = MAX_PAGE_BYTES / loaded.len();
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

/// All files of a folder that have names as pictures of a run have, in the order of these.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut all: Vec<PathBuf> = entries.filter(|p| is_named(p) && p.is_file()).collect();
    all.sort();
    all
}

/// Whether a file has the name of a picture, as in `0-day060h12.png`.
fn is_named(path: &Path) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let parts = name.strip_suffix(".png").and_then(|stem| stem.split_once("-day"));
    parts.is_some_and(|(replicate, time)| {
        let time = time.split('-').next().unwrap_or("");
        let (day, hour) = time.split_once('h').unwrap_or((time, "0"));
        number(replicate) && number(day) && number(hour)
    })
}

/// Whether a file is a picture that a run with a seed wrote, as its head says, and not too large. No pixel is decoded for that.
fn is_own(path: &Path, seed: u64) -> bool {
    let size = fs::metadata(path).map(|m| m.len());
    let file = disk::open(path).map(BufReader::new);
    let (Ok(..=MAX_FILE_BYTES), Ok(file)) = (size, file) else { return false };
    PngHead::read(file).is_some_and(|head| {
        let own = head.note("Software").is_some_and(|program| program.starts_with("evotor "));
        own && head.pixels() <= MAX_PIXELS && head.note("seed") == Some(&seed.to_string())
    })
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
    let bytes = disk::read(path).ok()?;
    let (width, height) = reader(&bytes).into_dimensions().ok()?;
    let picture = Small { bytes, width, height };
    if width <= MAX_WIDTH { Some(picture) } else { narrowed(&decoded(&picture.bytes)?, MAX_WIDTH) }
}

/// A picture in at most so many bytes.
fn smaller(picture: Small, most: usize) -> Option<Small> {
    if picture.bytes.len() <= most {
        return Some(picture);
    }
    let pixels = decoded(&picture.bytes)?;
    let fits = |small: &Small| small.bytes.len() <= most || small.width < 16;
    (2..=picture.width).filter_map(|factor| narrowed(&pixels, picture.width / factor)).find(fits)
}

fn reader(bytes: &[u8]) -> ImageReader<Cursor<&[u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let mut limits = Limits::default();
    // Of each pixel three or four bytes, twice for those of 16 bits.
    limits.max_alloc = Some(8 * MAX_PIXELS);
    reader.limits(limits);
    reader
}

fn decoded(bytes: &[u8]) -> Option<RgbImage> {
    Some(reader(bytes).decode().ok()?.into_rgb8())
}

/// A picture made so many pixels wide: each is the mean of those that it stands for.
fn narrowed(pixels: &RgbImage, width: u32) -> Option<Small> {
    let height = u64::from(pixels.height()) * u64::from(width) / u64::from(pixels.width().max(1));
    let small = imageops::thumbnail(pixels, width.max(1), (height as u32).max(1));
    Some(Small { bytes: png(&small, None, &Vec::new()).ok()?, width: small.width(), height: small.height() })
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
        let pixels = RgbImage::from_fn(4, 2, |x, y| {
            image::Rgb([[[0, 100, 200, 100], [0; 4]][y as usize][x as usize]; 3])
        });
        let small = narrowed(&pixels, 2).unwrap();
        assert_eq!((small.width, small.height), (2, 1));
        assert_eq!(decoded(&small.bytes).unwrap().into_raw(), [25, 25, 25, 75, 75, 75]);
    }

    /// A picture as a run with seed 7 writes it.
    fn own(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
        noted(rgb, width, height, &[("Software", "evotor 0"), ("seed", "7")])
    }

    fn noted(rgb: &[u8], width: u32, height: u32, notes: &[(&str, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        for (keyword, text) in notes {
            encoder.add_text_chunk((*keyword).to_owned(), (*text).to_owned()).unwrap();
        }
        let mut writer = encoder.write_header().unwrap();
        if rgb.is_empty() {
            drop(writer);
        } else {
            writer.write_image_data(rgb).unwrap();
            writer.finish().unwrap();
        }
        bytes
    }

    // A picture of somebody else's of 100,000 times 20,000 pixels took 5.8 GB.
    #[test]
    fn pictures_that_the_run_did_not_write_are_left_out_before_a_pixel_is_decoded() {
        let temp = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(temp.path().join(name), bytes).unwrap();
        put("0-day1.png", b"no picture");
        put("0-day2.png", &own(&[9; 2000 * 3], 2000, 1));
        put("0-day3.png", &noted(&[9; 3], 1, 1, &[("seed", "7")]));
        put("0-day4.png", &noted(&[9; 3], 1, 1, &[("Software", "evotor 0"), ("seed", "8")]));
        put("cover.png", &own(&[9; 3], 1, 1));
        put("0-day5.png", &own(&[], 100_000, 20_000));
        fs::create_dir(temp.path().join("0-day6.png")).unwrap();
        let (found, all) = pictures(temp.path(), 7);
        assert_eq!((found.len(), all), (1, 1));
        assert!(found[0].width <= MAX_WIDTH && found[0].words.ends_with("day 2"));
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
            fs::write(path, own(&noise(day), 500, 500)).unwrap();
        }
        let (found, all) = pictures(temp.path(), 7);
        assert_eq!((found.len(), all), (8, 8));
        assert!(found.iter().map(|p| p.data.len() * 3 / 4).sum::<usize>() <= MAX_PAGE_BYTES);
        assert!(
            found[0].words.ends_with("day 1") && found[7].words.ends_with("day 8") && found[7].width >= 250
        );
    }
}

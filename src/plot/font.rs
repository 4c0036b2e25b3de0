//! The typeface of plots and pages, and how wide its words are.

use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Name of the family.
pub const FAMILY: &str = "Evotor Sans";

/// Families for a viewer who has not got it.
pub const FAMILIES: &str = "'Evotor Sans', Lato, Helvetica, Arial, sans-serif";

/// A face of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Upright.
    Regular,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
}

impl Face {
    /// All faces.
    pub const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Italic];

    /// The font's file.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/EvotorSans-Regular.ttf"),
            Self::Bold => include_bytes!("fonts/EvotorSans-Bold.ttf"),
            Self::Italic => include_bytes!("fonts/EvotorSans-Italic.ttf"),
        }
    }
}

/// Characters whose widths are kept, by their code.
const KEPT: usize = 0x2300;

/// Advance widths of a face in ems, by character; characters that it lacks count as wide as an `n`.
fn advances(face: Face) -> &'static [f32] {
    static ALL: LazyLock<[Vec<f32>; 3]> = LazyLock::new(|| Face::ALL.map(read));
    &ALL[face as usize]
}

fn read(face: Face) -> Vec<f32> {
    let Ok(font) = FontRef::new(face.bytes()) else { return vec![0.55; KEPT] };
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    let of = |c: char| font.charmap().map(c).and_then(|glyph| metrics.advance_width(glyph));
    let other = of('n').unwrap_or(0.55);
    (0..KEPT as u32).map(|code| char::from_u32(code).and_then(of).unwrap_or(other)).collect()
}

/// Width of some words, points, without kerning (which narrows them by a per cent or so).
pub fn width(words: &str, size: f64, face: Face) -> f64 {
    let advances = advances(face);
    let ems = words.chars().map(|c| f64::from(advances.get(c as usize).copied().unwrap_or(0.6))).sum::<f64>();
    ems * size
}

/// Words cut so that they fit, with an ellipsis where something is missing.
pub fn fit(words: &str, size: f64, face: Face, most: f64) -> String {
    if width(words, size, face) <= most {
        return words.to_owned();
    }
    let mut cut: String = words.to_owned();
    while cut.pop().is_some() {
        let short = format!("{}…", cut.trim_end());
        if width(&short, size, face) <= most {
            return short;
        }
    }
    String::new()
}

/// Words in at most so many lines, broken at blanks; what does not fit is cut from the last one.
pub fn wrap(words: &str, size: f64, face: Face, most: f64, lines: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut left = words.trim();
    while all.len() + 1 < lines && width(left, size, face) > most {
        let fits = |at: &usize| width(&left[..*at], size, face) <= most;
        let Some(at) = left.match_indices(' ').map(|(at, _)| at).take_while(fits).last() else { break };
        all.push(left[..at].to_owned());
        left = left[at..].trim_start();
    }
    all.push(fit(left, size, face, most));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_one_width_and_words_add_up() {
        let one = width("1", 10.0, Face::Regular);
        assert!("0123456789".chars().all(|c| width(&c.to_string(), 10.0, Face::Regular) == one));
        assert!(one > 4.0 && one < 7.0, "{one}");
        assert!((width("11", 10.0, Face::Regular) - 2.0 * one).abs() < 1e-9);
        assert!(width("mmm", 10.0, Face::Bold) > width("iii", 10.0, Face::Bold));
    }

    #[test]
    fn words_are_cut_to_fit() {
        assert_eq!(fit("short", 7.0, Face::Regular, 100.0), "short");
        let cut = fit("everolimus then sunitinib", 7.0, Face::Regular, 50.0);
        assert!(cut.ends_with('…') && width(&cut, 7.0, Face::Regular) <= 50.0, "{cut}");
    }

    #[test]
    fn long_words_are_broken_at_blanks_before_they_are_cut() {
        let of = |words: &str, most: f64, lines| wrap(words, 6.0, Face::Bold, most, lines);
        let name = "everolimus then sunitinib";
        assert_eq!(of(name, 1000.0, 2), [name]);
        let most = width("everolimus then", 6.0, Face::Bold) + 0.1;
        assert_eq!(of(name, most, 2), ["everolimus then", "sunitinib"]);
        assert_eq!(of(name, most, 1).len(), 1);
        assert!(of(name, most, 1)[0].ends_with('…'));
        // A word that is too long by itself is cut.
        assert!(of("everolimus", 12.0, 2)[0].ends_with('…'));
        assert!(of(&format!("{name} then lanreotide"), most, 2)[1].ends_with('…'));
        assert_eq!(of("", 10.0, 2), [""]);
    }
}

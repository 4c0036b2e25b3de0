//! Colours of states, arms and clones by their names in tables. All of them come from [`palette`].

use super::palette::{self, Colour};
use crate::scenario::Locus;

use super::{Paint, Style};

/// The colour of a state by its name in tables, as in `rtk=up+gsk3=overactive`.
pub fn state(loci: &[Locus], name: &str) -> Paint {
    let mut levels = vec![0; loci.len()];
    for part in name.split('+') {
        let Some((locus, level)) = part.split_once('=') else { continue };
        let Some(at) = loci.iter().position(|l| l.name == locus) else { continue };
        let named = loci[at].levels.iter().position(|l| l == level).or_else(|| level.parse().ok());
        levels[at] = named.unwrap_or(1).min(usize::from(u8::MAX)) as u8;
    }
    Paint::Colour(palette::state_colour(loci, &levels))
}

/// The colour of all states in which a locus is changed.
pub fn locus(loci: &[Locus], name: &str) -> Paint {
    let levels: Vec<u8> = loci.iter().map(|l| u8::from(l.name == name)).collect();
    Paint::Colour(palette::state_colour(loci, &levels))
}

/// The colour of an arm, a drug or another series by its number.
pub fn series(number: usize) -> Paint {
    Paint::Colour(palette::SERIES[number % palette::SERIES.len()])
}

/// The line of an arm by its number; dashed where arms before it have all colours.
pub fn arm(number: usize, width: f64) -> Style {
    let line = Style::line(series(number), width);
    match number / palette::SERIES.len() {
        0 => line,
        1 => line.dashed(4.0, 1.6),
        _ => line.dashed(1.4, 1.4),
    }
}

/// The colour of a drug or treatment by its number: none that could be taken for a grade of adverse events.
pub fn drug(number: usize) -> Paint {
    const ORDER: [usize; 8] = [0, 2, 3, 5, 6, 7, 4, 1];
    series(ORDER[number % ORDER.len()])
}

/// The colour of adverse events of a grade, from 1.
pub fn grade(grade: u8) -> Paint {
    Paint::Colour(palette::GRADES[usize::from(grade.clamp(1, 4)) - 1])
}

/// Black or white, whichever is read better on a colour.
pub fn text_on(paint: Paint) -> Paint {
    let Paint::Colour([r, g, b]) = paint else { return Paint::Ink };
    let brightness = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    let dark = brightness <= 140_000;
    let colour: Colour = if dark { palette::PAPER } else { palette::Theme::Dark.paper() };
    Paint::Colour(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_the_colour_of_the_pictures() {
        let loci = crate::scenario::catalogue_loci();
        let rtk = loci.iter().position(|l| l.name == "rtk").unwrap();
        let levels: Vec<u8> = (0..loci.len()).map(|l| u8::from(l == rtk)).collect();
        let name = format!("rtk={}", loci[rtk].levels[1]);
        assert_eq!(state(loci, &name), Paint::Colour(palette::state_colour(loci, &levels)));
        assert_eq!(state(loci, "sensitive"), Paint::Colour(palette::SENSITIVE));
        assert_eq!(locus(loci, "rtk"), state(loci, &name));
    }

    // The ninth arm of a trial was not to be told from its first.
    #[test]
    fn arms_beyond_the_last_colour_differ_by_their_dashes() {
        let all: Vec<Style> = (0..24).map(|n| arm(n, 1.0)).collect();
        for (number, line) in all.iter().enumerate() {
            assert!(!all[..number].contains(line), "arm {number}");
        }
    }
}

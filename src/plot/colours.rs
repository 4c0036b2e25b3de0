//! Colours of states, arms and clones by their names in tables. All of them come from [`palette`].

use super::palette::{self, Colour};
use crate::scenario::Locus;

use super::{Paint, Style};

/// The colour of a state by its name in tables, as in `rtk=up+gsk3=overactive`.
pub fn state(loci: &[Locus], name: &str) -> Paint {
    palette::state_paint(loci, &levels(loci, name))
}

/// Levels of all loci of a state by its name.
fn levels(loci: &[Locus], name: &str) -> Vec<u8> {
    let mut levels = vec![0; loci.len()];
    for part in name.split('+') {
        let Some((locus, level)) = part.split_once('=') else { continue };
        let Some(at) = loci.iter().position(|l| l.name == locus) else { continue };
        let named = loci[at].levels.iter().position(|l| l == level).or_else(|| level.parse().ok());
        levels[at] = named.unwrap_or(1).min(usize::from(u8::MAX)) as u8;
    }
    levels
}

/// States of one colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// Their colour.
    pub paint: Paint,
    /// Numbers of the states, of all that are shown.
    pub states: Vec<usize>,
    /// What the colour stands for among them.
    pub words: String,
}

/// States by their names in tables, those of one colour together, in the order in which colours come first; `words` is how a name is
/// written for readers.
pub fn shared(loci: &[Locus], names: &[&str], words: impl Fn(&str) -> String) -> Vec<Shared> {
    let mut all: Vec<Shared> = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let paint = state(loci, name);
        match all.iter_mut().find(|shared| shared.paint == paint) {
            Some(shared) => shared.states.push(number),
            None => all.push(Shared { paint, states: vec![number], words: String::new() }),
        }
    }
    for shared in &mut all {
        let of: Vec<&str> = shared.states.iter().map(|number| names[*number]).collect();
        shared.words = together(&of, words(of[0]));
    }
    all
}

/// What stands for states of one colour, the first of them in words: levels of one locus, or several changes.
fn together(names: &[&str], first: String) -> String {
    let single = names.iter().filter(|name| !name.contains('+'));
    let levels: Vec<(&str, &str)> = single.filter_map(|name| name.split_once('=')).collect();
    match names {
        [_] => first,
        _ if levels.len() == names.len() && levels.iter().all(|(locus, _)| *locus == levels[0].0) => {
            let others = levels[1..].iter().map(|(_, level)| format!(", {}", level.replace('_', " ")));
            first + &others.collect::<String>()
        }
        _ => format!("other changes: {}\u{a0}states", names.len()),
    }
}

/// The colour of all states in which a locus is changed.
pub fn locus(loci: &[Locus], name: &str) -> Paint {
    let levels: Vec<u8> = loci.iter().map(|l| u8::from(l.name == name)).collect();
    palette::state_paint(loci, &levels)
}

/// The colour of an arm, a drug or another series by its number.
pub fn series(number: usize) -> Paint {
    Paint::Colour(palette::SERIES[number % palette::SERIES.len()])
}

/// Lengths of dash and gap, points, of lines of arms after the first one.
const DASHES: [(f64, f64); 4] = [(5.0, 1.6), (1.5, 1.4), (9.0, 1.6), (2.8, 1.2)];

/// The line of an arm by its number: neighbours differ by their dashes too, for who cannot tell colours apart.
pub fn arm(number: usize, width: f64) -> Style {
    let line = Style::line(series(number), width);
    // Five patterns and eight colours come together again after forty arms.
    match number % (DASHES.len() + 1) {
        0 => line,
        dashed => {
            let (dash, gap) = DASHES[dashed - 1];
            line.dashed(dash, gap)
        }
    }
}

/// The colour of a drug by its number: none that an arm has.
pub fn drug(number: usize) -> Paint {
    Paint::Colour(palette::DRUGS[number % palette::DRUGS.len()])
}

/// The same colour for a lesser dose, the paler the more doses are larger.
pub fn lesser_dose(paint: Paint, larger: usize) -> Paint {
    match paint {
        Paint::Colour(colour) => {
            let parts = [0, 100, 160][larger.min(2)];
            Paint::Colour(palette::mix(colour, palette::PAPER, parts))
        }
        themed => themed,
    }
}

/// The colour of adverse events of a grade, from 1.
pub fn grade(grade: u8) -> Paint {
    Paint::Colour(palette::GRADES[usize::from(grade.clamp(1, 4)) - 1])
}

/// Black or white, whichever is read better on a colour.
pub fn text_on(paint: Paint) -> Paint {
    let Paint::Colour([r, g, b]) = paint else {
        return if paint == Paint::Other { Paint::Paper } else { Paint::Ink };
    };
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
        assert_eq!(state(loci, &name), palette::state_paint(loci, &levels));
        assert_eq!(state(loci, "sensitive"), Paint::Colour(palette::SENSITIVE));
        assert_eq!(locus(loci, "rtk"), state(loci, &name));
    }

    #[test]
    fn states_of_one_colour_are_told_of_together() {
        let loci = crate::scenario::catalogue_loci();
        let names =
            ["sensitive", "rtk=up", "rtk=highest", "gsk3=overactive", "tsc=lost", "gsk3=overactive+rtk=up"];
        let all = shared(loci, &names, str::to_owned);
        let words: Vec<&str> = all.iter().map(|s| s.words.as_str()).collect();
        assert_eq!(
            words,
            ["sensitive", "rtk=up, highest", "gsk3=overactive", "other changes: 2\u{a0}states"]
        );
        assert_eq!(all[3].states, [4, 5]);
        assert_eq!(shared(loci, &["tsc=lost"], str::to_owned)[0].words, "tsc=lost");
    }

    // The ninth arm of a trial was not to be told from its first, nor any from another without colours.
    #[test]
    fn arms_differ_by_dashes_as_well_as_by_colours() {
        let all: Vec<Style> = (0..24).map(|n| arm(n, 1.0)).collect();
        assert!((1..5).all(|n| all[..n].iter().all(|other| other.dash != all[n].dash)));
        for (number, line) in all.iter().enumerate() {
            assert!(!all[..number].contains(line), "arm {number}");
        }
    }
}

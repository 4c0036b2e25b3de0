//! Colours: the same state has the same colour in every picture, for people of any colour vision.
//!
//! A locus has a hue (after Okabe and Ito's set and Tol's muted one); higher levels are darker. A state with several changed
//! loci has the mean of their colours, darker with each further locus: the darker, the more is changed.

use crate::scenario::Locus;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// What lies behind the cells, and what is written on it. Colours of states are the same on every ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Theme {
    /// On white, for paper.
    #[default]
    Light,
    /// On nearly black, for screens and talks.
    Dark,
}

impl Theme {
    /// The page.
    pub const fn paper(self) -> Colour {
        match self {
            Self::Light => PAPER,
            Self::Dark => [20, 22, 26],
        }
    }

    /// Text and lines.
    pub const fn ink(self) -> Colour {
        match self {
            Self::Light => INK,
            Self::Dark => [236, 238, 241],
        }
    }

    /// Lesser text and frames.
    pub const fn faint(self) -> Colour {
        match self {
            Self::Light => [112, 112, 112],
            Self::Dark => [150, 152, 156],
        }
    }

    /// An empty site.
    pub const fn empty(self) -> Colour {
        match self {
            Self::Light => EMPTY,
            Self::Dark => [32, 35, 41],
        }
    }

    /// A dead cell.
    pub const fn dead(self) -> Colour {
        match self {
            Self::Light => DEAD,
            Self::Dark => [104, 94, 86],
        }
    }

    /// The time during which a drug is on.
    pub const fn drug(self) -> Colour {
        match self {
            Self::Light => DRUG,
            Self::Dark => [156, 166, 180],
        }
    }

    /// Tissue between the cells, where a tumour is cut.
    pub const fn tissue(self) -> Colour {
        match self {
            Self::Light => [236, 231, 222],
            Self::Dark => [58, 57, 58],
        }
    }
}

/// The page.
pub const PAPER: Colour = [255, 255, 255];
/// Text and lines.
pub const INK: Colour = [34, 34, 34];
/// Lesser text and frames.
pub const FAINT: Colour = [140, 140, 140];
/// An empty site.
pub const EMPTY: Colour = [247, 246, 243];
/// A dead cell.
pub const DEAD: Colour = [188, 174, 160];
/// A cell without any changed locus.
pub const SENSITIVE: Colour = [126, 154, 184];
/// The time during which a drug is on.
pub const DRUG: Colour = [88, 98, 112];

/// Hues of the loci of the catalogue.
const KNOWN: [(&str, Colour); 10] = [
    ("rtk", [230, 159, 0]),
    ("gsk3", [170, 68, 153]),
    ("mtor_kinase", [0, 158, 115]),
    ("fkbp12_frb", [0, 114, 178]),
    ("tsc", [213, 94, 0]),
    ("pten", [136, 34, 85]),
    ("pik3ca", [68, 170, 153]),
    ("kras", [204, 51, 51]),
    ("vegf", [153, 153, 51]),
    ("aurka", [102, 51, 204]),
];

/// Hues of other loci, by their place among these in the scenario.
const OTHERS: [Colour; 6] =
    [[0, 158, 115], [230, 159, 0], [170, 68, 153], [0, 114, 178], [213, 94, 0], [136, 34, 85]];

/// The colour of a state with these levels.
pub fn state_colour(loci: &[Locus], levels: &[u8]) -> Colour {
    let mut sum = [0; 3];
    let mut changed = 0;
    let mut others = 0;
    for (locus, level) in loci.iter().zip(levels) {
        let known = KNOWN.iter().find(|(name, _)| *name == locus.name).map(|(_, colour)| *colour);
        let hue = known.unwrap_or_else(|| {
            others += 1;
            OTHERS[(others - 1) % OTHERS.len()]
        });
        if *level > 0 {
            changed += 1;
            let shade = darker(hue, [100, 78, 60][usize::from(*level - 1).min(2)]);
            sum.iter_mut().zip(shade).for_each(|(s, c)| *s += u32::from(c));
        }
    }
    if changed == 0 {
        return SENSITIVE;
    }
    let mean = sum.map(|s| (s / changed) as u8);
    darker(mean, [100, 80, 64][(changed as usize - 1).min(2)])
}

/// Clones that are told apart, in the order of their founding: Tol's muted set without its grey, its indigo lighter so that it
/// shows on black, and an orange.
pub const CLONES: [Colour; 9] = [
    [92, 76, 196],
    [136, 204, 238],
    [221, 204, 119],
    [204, 102, 119],
    [17, 119, 51],
    [170, 68, 153],
    [221, 119, 34],
    [153, 153, 51],
    [68, 170, 153],
];
/// Clones beyond those.
pub const OTHER_CLONES: Colour = [120, 120, 120];

/// Clones with colours of their own, in the order of their founding: those that were largest, of clones with their largest sizes.
pub fn told_apart(clones: impl Iterator<Item = (u32, u64)>) -> Vec<u32> {
    let mut by_size: Vec<(u32, u64)> = clones.collect();
    by_size.sort_by_key(|(clone, cells)| (std::cmp::Reverse(*cells), *clone));
    let mut largest: Vec<u32> = by_size.iter().take(CLONES.len()).map(|c| c.0).collect();
    largest.sort_unstable();
    largest
}

/// Their colours. Where the first of them is one of sensitive cells, it is the ground on which others stand out.
pub fn clone_colours(count: usize, ground: bool) -> Vec<Colour> {
    let first = ground.then_some(SENSITIVE);
    first.into_iter().chain(CLONES).take(count).collect()
}

/// `parts` of 255 of the second colour, the rest of the first.
pub fn mix(first: Colour, second: Colour, parts: u32) -> Colour {
    let channel = |i: usize| {
        ((u32::from(second[i]) * parts + u32::from(first[i]) * (255 - parts.min(255)) + 127) / 255) as u8
    };
    [channel(0), channel(1), channel(2)]
}

/// A colour at so many per cent of its brightness.
pub fn darker(colour: Colour, per_cent: u32) -> Colour {
    colour.map(|c| (u32::from(c) * per_cent / 100) as u8)
}

/// Colours of arms, drugs and other series that are no states, in order: after Okabe and Ito, without the yellow, which is lost on
/// white paper. Neighbours in the order differ in brightness too.
pub const SERIES: [Colour; 8] = [
    [0, 114, 178],
    [213, 94, 0],
    [0, 158, 115],
    [204, 121, 167],
    [230, 159, 0],
    [86, 180, 233],
    [128, 82, 46],
    [130, 130, 138],
];

/// Grades of adverse events, 1 to 4: one hue that darkens, after ColorBrewer's oranges.
pub const GRADES: [Colour; 4] = [[253, 208, 162], [253, 141, 60], [217, 72, 1], [127, 39, 4]];

#[cfg(test)]
mod tests {
    use super::*;

    fn locus(name: &str) -> Locus {
        Locus {
            name: name.into(),
            description: String::new(),
            levels: ["a", "b", "c", "d"].map(String::from).to_vec(),
            birth_factor: vec![1.0; 4],
            network: Vec::new(),
            changes: Vec::new(),
        }
    }

    #[test]
    fn the_largest_clones_are_told_apart_in_the_order_of_their_founding() {
        let sizes = (0..20).map(|clone| (clone, u64::from(clone % 10)));
        let shown = told_apart(sizes);
        assert_eq!(shown, [5, 6, 7, 8, 9, 16, 17, 18, 19]);
        let colours = clone_colours(shown.len(), false);
        assert_eq!(colours, CLONES);
        assert_eq!(clone_colours(3, true), [SENSITIVE, CLONES[0], CLONES[1]]);
    }

    #[test]
    fn a_state_has_its_colour_whatever_other_loci_there_are() {
        let alone = state_colour(&[locus("rtk")], &[1]);
        assert_eq!(alone, [230, 159, 0]);
        assert_eq!(state_colour(&[locus("gsk3"), locus("mine"), locus("rtk")], &[0, 0, 1]), alone);
        assert_eq!(state_colour(&[locus("rtk")], &[0]), SENSITIVE);
    }

    #[test]
    fn levels_and_further_loci_darken() {
        let loci = [locus("rtk"), locus("gsk3")];
        let brightness = |levels: &[u8]| state_colour(&loci, levels).map(u32::from).iter().sum::<u32>();
        assert!(brightness(&[1, 0]) > brightness(&[2, 0]) && brightness(&[2, 0]) > brightness(&[3, 0]));
        assert!(brightness(&[1, 1]) < brightness(&[1, 0]).min(brightness(&[0, 1])));
    }

    // A dead cell, an empty site and each single change must be told apart even in grey.
    #[test]
    fn the_hues_are_apart() {
        let mut all: Vec<Colour> = KNOWN.iter().map(|k| k.1).collect();
        all.extend([SENSITIVE, DEAD, EMPTY]);
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                let distance: i32 =
                    a.iter().zip(b).map(|(x, y)| (i32::from(*x) - i32::from(*y)).pow(2)).sum();
                assert!(distance > 1500, "{a:?} {b:?}: {distance}");
            }
        }
    }
}

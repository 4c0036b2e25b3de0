//! Colours: the same state has the same colour in every picture, for people of any colour vision.
//!
//! There are eight colours for what covers area: a pale one, a dark one, and six between whose lightness falls in equal steps. So
//! any two of them are told apart by deuteranopes, protanopes and in print without colour (`tests.rs` measures it in CAM16-UCS). No
//! more than eight can be, so several states share one: a locus has a colour whatever its level, and all states in which several
//! loci are changed have the end that a background leaves free, dark on paper. Legends say which states a colour stands for.

use crate::scenario::Locus;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// A colour by what it is for, or a fixed one that no theme changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Text that must be read.
    Ink,
    /// Lesser text.
    Soft,
    /// Axes and frames.
    Rule,
    /// Lines of a grid.
    Grid,
    /// The ground of the figure.
    Paper,
    /// Marks that carry data but belong to no state, arm or drug.
    Data,
    /// Cells with several changed loci.
    Other,
    /// A fixed colour.
    Colour(Colour),
}

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

    /// A site without a cell.
    pub const fn empty(self) -> Colour {
        match self {
            Self::Light => PALE,
            Self::Dark => DARK,
        }
    }

    /// Cells with several changed loci, and with loci that have no colour of their own.
    pub const fn other(self) -> Colour {
        match self {
            Self::Light => DARK,
            Self::Dark => PALE,
        }
    }
}

/// The page.
pub const PAPER: Colour = [255, 255, 255];
/// Text and lines.
pub const INK: Colour = [34, 34, 34];
/// The pale end: sites without a cell on paper, several changes on a dark background.
const PALE: Colour = [247, 246, 243];
/// The dark end: several changes on paper, sites without a cell on a dark background.
const DARK: Colour = [20, 21, 24];
/// A dead cell.
pub const DEAD: Colour = [224, 203, 186];
/// A cell without any changed locus.
pub const SENSITIVE: Colour = [139, 172, 232];
const ORANGE: Colour = [224, 104, 0];
const GREEN: Colour = [16, 123, 97];
const VIOLET: Colour = [130, 11, 170];
const NAVY: Colour = [0, 52, 96];

/// Colours of changes of one locus: those of the catalogue that trials follow have theirs in every scenario, other loci take what is
/// free, in the order of the scenario.
const CHANGES: [(&str, Colour); 4] =
    [("rtk", ORANGE), ("mtor_kinase", GREEN), ("gsk3", VIOLET), ("fkbp12_frb", NAVY)];

/// The colour of a locus by its number; none where those before it have taken all.
fn locus_colour(loci: &[Locus], at: usize) -> Option<Colour> {
    let known = |name: &str| CHANGES.iter().find(|(own, _)| *own == name).map(|(_, colour)| *colour);
    let others = loci[..at].iter().filter(|locus| known(&locus.name).is_none()).count();
    let free = CHANGES.iter().filter(|(name, _)| loci.iter().all(|locus| locus.name != *name));
    known(&loci[at].name).or_else(|| free.map(|(_, colour)| *colour).nth(others))
}

/// The colour of a state with these levels.
pub fn state_paint(loci: &[Locus], levels: &[u8]) -> Paint {
    let changed: Vec<usize> = (0..loci.len()).filter(|l| levels.get(*l).is_some_and(|x| *x > 0)).collect();
    match changed[..] {
        [] => Paint::Colour(SENSITIVE),
        [only] => locus_colour(loci, only).map_or(Paint::Other, Paint::Colour),
        _ => Paint::Other,
    }
}

/// Clones that are told apart.
pub const MAX_CLONES: usize = 5;

/// Clones with colours of their own, in the order of their founding: those that were largest, of clones with their largest sizes.
pub fn told_apart(clones: impl Iterator<Item = (u32, u64)>) -> Vec<u32> {
    let mut by_size: Vec<(u32, u64)> = clones.collect();
    by_size.sort_by_key(|(clone, cells)| (std::cmp::Reverse(*cells), *clone));
    let mut largest: Vec<u32> = by_size.iter().take(MAX_CLONES).map(|c| c.0).collect();
    largest.sort_unstable();
    largest
}

/// Their colours, and that of all other clones. Where the first of them is one of sensitive cells, it is the ground on which others
/// stand out, else all others are.
pub fn clone_paints(ground: bool) -> ([Paint; MAX_CLONES], Paint) {
    let [sensitive, orange, green, violet, navy] =
        [SENSITIVE, ORANGE, GREEN, VIOLET, NAVY].map(Paint::Colour);
    match ground {
        true => ([sensitive, orange, green, violet, navy], Paint::Other),
        false => ([navy, orange, green, violet, Paint::Other], sensitive),
    }
}

/// `parts` of 255 of the second colour, the rest of the first.
pub fn mix(first: Colour, second: Colour, parts: u32) -> Colour {
    let channel = |i: usize| {
        ((u32::from(second[i]) * parts + u32::from(first[i]) * (255 - parts.min(255)) + 127) / 255) as u8
    };
    [channel(0), channel(1), channel(2)]
}

/// A colour in more light, or in less of it: so many parts of 255 of the way to white or to black, no further than that the colour of
/// the legend stays the nearest one.
pub fn shaded(colour: Colour, parts: i64) -> Colour {
    let darkest = if colour == PALE { -24 } else { -46 };
    let parts = parts.clamp(darkest, 30);
    mix(colour, if parts < 0 { [0; 3] } else { [255; 3] }, parts.unsigned_abs() as u32)
}

/// Colours of drugs, in order: Tol's muted set, which shares none with arms, those that are seen on both backgrounds first.
pub const DRUGS: [Colour; 6] =
    [[136, 204, 238], [204, 102, 119], [17, 119, 51], [51, 34, 136], [68, 170, 153], [221, 204, 119]];

/// Colours of arms and other series that are neither states nor drugs, in order: after Okabe and Ito, without the yellow, which is lost
/// on white paper. Neighbours in the order differ in brightness too.
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
mod tests;

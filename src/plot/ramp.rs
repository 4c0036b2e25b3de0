//! Colours of quantities: perceptually uniform, rising in lightness, safe for colour-blind readers and in grey.
//!
//! The four ramps are `viridis`, `plasma`, `magma` and `inferno` by Stéfan van der Walt and Nathaniel Smith (2015, for
//! matplotlib), which their authors gave to the public domain (CC0 1.0). Every eighth of their 256 colours is here; those between
//! are interpolated, which is off by 2 of 255 at most.

use super::palette::{Colour, mix};

type Anchors = [Colour; 33];

/// A ramp of 256 colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ramp {
    /// Purple over green to yellow: ages, divisions.
    Viridis,
    /// Blue over red to yellow: oxygen.
    Plasma,
    /// Black over red to pale yellow: vessels.
    Magma,
    /// Black over orange to pale yellow: drugs.
    Inferno,
}

impl Ramp {
    /// The colour of a level, 0 to 255.
    pub fn colour(self, level: u8) -> Colour {
        let anchors = match self {
            Self::Viridis => &VIRIDIS,
            Self::Plasma => &PLASMA,
            Self::Magma => &MAGMA,
            Self::Inferno => &INFERNO,
        };
        let (at, part) = (usize::from(level) / 8, u32::from(level) % 8);
        mix(anchors[at], anchors[at + 1], part * 255 / 8)
    }
}

/// `viridis`.
const VIRIDIS: Anchors = [
    [68, 1, 84],
    [71, 13, 96],
    [72, 24, 106],
    [72, 35, 116],
    [71, 45, 123],
    [69, 55, 129],
    [66, 64, 134],
    [62, 73, 137],
    [59, 82, 139],
    [55, 91, 141],
    [51, 99, 141],
    [47, 107, 142],
    [44, 114, 142],
    [41, 122, 142],
    [38, 130, 142],
    [35, 137, 142],
    [33, 145, 140],
    [31, 152, 139],
    [31, 160, 136],
    [34, 167, 133],
    [40, 174, 128],
    [50, 182, 122],
    [63, 188, 115],
    [78, 195, 107],
    [94, 201, 98],
    [112, 207, 87],
    [132, 212, 75],
    [152, 216, 62],
    [173, 220, 48],
    [194, 223, 35],
    [216, 226, 25],
    [236, 229, 27],
    [253, 231, 37],
];

/// `plasma`.
const PLASMA: Anchors = [
    [13, 8, 135],
    [34, 6, 144],
    [49, 5, 151],
    [63, 4, 156],
    [76, 2, 161],
    [89, 1, 165],
    [102, 0, 167],
    [114, 1, 168],
    [126, 3, 168],
    [138, 9, 165],
    [149, 17, 161],
    [160, 26, 156],
    [170, 35, 149],
    [179, 44, 142],
    [188, 53, 135],
    [196, 62, 127],
    [204, 71, 120],
    [211, 81, 113],
    [218, 90, 106],
    [224, 99, 99],
    [230, 108, 92],
    [235, 118, 85],
    [240, 128, 78],
    [245, 139, 71],
    [248, 149, 64],
    [251, 161, 57],
    [253, 172, 51],
    [254, 184, 44],
    [253, 197, 39],
    [252, 210, 37],
    [248, 223, 37],
    [244, 237, 39],
    [240, 249, 33],
];

/// `magma`.
const MAGMA: Anchors = [
    [0, 0, 4],
    [3, 3, 18],
    [10, 8, 34],
    [19, 13, 52],
    [29, 17, 71],
    [41, 17, 90],
    [54, 16, 107],
    [68, 15, 118],
    [81, 18, 124],
    [93, 23, 127],
    [106, 28, 129],
    [118, 33, 129],
    [131, 38, 129],
    [144, 42, 129],
    [156, 46, 127],
    [170, 51, 125],
    [183, 55, 121],
    [196, 60, 117],
    [208, 65, 111],
    [220, 72, 105],
    [231, 82, 99],
    [239, 93, 94],
    [245, 107, 92],
    [249, 121, 93],
    [252, 137, 97],
    [253, 152, 105],
    [254, 167, 114],
    [254, 182, 124],
    [254, 196, 136],
    [254, 211, 149],
    [253, 226, 163],
    [252, 240, 178],
    [252, 253, 191],
];

/// `inferno`.
const INFERNO: Anchors = [
    [0, 0, 4],
    [4, 3, 18],
    [11, 7, 36],
    [21, 11, 55],
    [33, 12, 74],
    [47, 10, 91],
    [61, 9, 101],
    [74, 12, 107],
    [87, 16, 110],
    [100, 21, 110],
    [113, 25, 110],
    [125, 30, 109],
    [138, 34, 106],
    [151, 39, 102],
    [163, 44, 97],
    [176, 49, 91],
    [188, 55, 84],
    [199, 62, 76],
    [210, 70, 68],
    [219, 80, 59],
    [228, 90, 49],
    [235, 102, 40],
    [241, 115, 29],
    [246, 128, 19],
    [249, 142, 9],
    [251, 157, 7],
    [252, 172, 17],
    [251, 188, 33],
    [249, 203, 53],
    [245, 219, 76],
    [242, 234, 105],
    [243, 246, 138],
    [252, 255, 164],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_rises_all_the_way() {
        for ramp in [Ramp::Viridis, Ramp::Plasma, Ramp::Magma, Ramp::Inferno] {
            let light = |level| {
                let [r, g, b] = ramp.colour(level).map(u32::from);
                2126 * r + 7152 * g + 722 * b
            };
            for level in (8..=248).step_by(8) {
                assert!(light(level) > light(level - 8), "{ramp:?} at {level}");
            }
        }
        assert_eq!(Ramp::Viridis.colour(0), [68, 1, 84]);
    }
}

//! Colours of paper and ink, light and dark, and the colours of arms and drugs.

use super::palette::Colour;
pub use super::palette::Theme;

use super::palette::Paint;

impl Theme {
    /// The colour of a paint of a plot.
    pub const fn colour(self, paint: Paint) -> Colour {
        match (self, paint) {
            (_, Paint::Colour(colour)) => colour,
            (_, Paint::Paper) => self.paper(),
            (_, Paint::Other) => self.other(),
            (Self::Light, Paint::Ink) => [28, 30, 34],
            (Self::Light, Paint::Soft) => [92, 96, 104],
            (Self::Light, Paint::Rule) => [120, 124, 132],
            (Self::Light, Paint::Grid) => [228, 230, 234],
            (Self::Light, Paint::Data) => [46, 52, 64],
            (Self::Dark, Paint::Ink) => self.ink(),
            (Self::Dark, Paint::Soft) => [168, 173, 182],
            (Self::Dark, Paint::Rule) => [128, 134, 144],
            (Self::Dark, Paint::Grid) => [48, 52, 60],
            (Self::Dark, Paint::Data) => [206, 212, 222],
        }
    }
}

impl Paint {
    /// The paints that a theme decides, with the class that stands for each in a page.
    pub const THEMED: [(Self, &'static str); 7] = [
        (Self::Ink, "ink"),
        (Self::Soft, "soft"),
        (Self::Rule, "rule"),
        (Self::Grid, "grid"),
        (Self::Paper, "paper"),
        (Self::Data, "data"),
        (Self::Other, "other"),
    ];

    /// The class that stands for it in a page; none for a fixed colour.
    pub fn class(self) -> Option<&'static str> {
        Self::THEMED.iter().find(|(paint, _)| *paint == self).map(|(_, class)| *class)
    }
}

/// A colour as SVG and CSS write it.
pub fn hex(colour: Colour) -> String {
    let [red, green, blue] = colour;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

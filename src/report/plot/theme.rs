//! Colours of paper and ink, light and dark, and the colours of arms and drugs.

use crate::render::palette::Colour;

use super::scene::Paint;

/// On which ground a figure is drawn. States and arms have the same colours on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark ink on white paper.
    #[default]
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Theme {
    /// The colour of a paint.
    pub const fn colour(self, paint: Paint) -> Colour {
        match (self, paint) {
            (_, Paint::Colour(colour)) => colour,
            (Self::Light, Paint::Ink) => [28, 30, 34],
            (Self::Light, Paint::Soft) => [92, 96, 104],
            (Self::Light, Paint::Rule) => [120, 124, 132],
            (Self::Light, Paint::Grid) => [228, 230, 234],
            (Self::Light, Paint::Paper) => [255, 255, 255],
            (Self::Light, Paint::Data) => [46, 52, 64],
            (Self::Dark, Paint::Ink) => [236, 238, 241],
            (Self::Dark, Paint::Soft) => [168, 173, 182],
            (Self::Dark, Paint::Rule) => [128, 134, 144],
            (Self::Dark, Paint::Grid) => [48, 52, 60],
            (Self::Dark, Paint::Paper) => [20, 22, 26],
            (Self::Dark, Paint::Data) => [206, 212, 222],
        }
    }
}

impl Paint {
    /// The paints that a theme decides, with the class that stands for each in a page.
    pub const THEMED: [(Self, &'static str); 6] = [
        (Self::Ink, "ink"),
        (Self::Soft, "soft"),
        (Self::Rule, "rule"),
        (Self::Grid, "grid"),
        (Self::Paper, "paper"),
        (Self::Data, "data"),
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

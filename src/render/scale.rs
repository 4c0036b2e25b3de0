//! The scale bar.

use super::canvas::{Canvas, Font};
use super::palette::INK;

/// A bar of a round length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Length in micrometres.
    pub um: u64,
    /// Length in pixels.
    pub pixels: u32,
}

/// The longest bar of 1, 2 or 5 times a power of ten that takes at most a third of the width.
pub fn bar(width_pixels: u32, sites: u32, site_um: f64) -> Bar {
    let width_um = f64::from(sites) * site_um;
    let fits = |um: &u64| 3.0 * *um as f64 <= width_um;
    let lengths = (0..9).flat_map(|power| [1, 2, 5].map(|first| first * 10u64.pow(power)));
    let um = lengths.take_while(fits).last().unwrap_or(1);
    Bar { um, pixels: ((um as f64 * f64::from(width_pixels) / width_um) as u32).max(1) }
}

impl Bar {
    /// The length in words: `200 µm`, `1 mm`.
    pub fn label(&self) -> String {
        match (self.um / 1000, self.um % 1000) {
            (0, um) => format!("{um} µm"),
            (mm, _) => format!("{mm} mm"),
        }
    }

    /// Draws the bar with its label on the right.
    pub fn draw(&self, page: &mut Canvas, [x, y]: [u32; 2]) {
        page.fill([x, y + 8], [self.pixels, 4], INK);
        page.text([x + self.pixels + 10, y], &self.label(), Font::Text, INK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_round_and_fit() {
        assert_eq!(bar(768, 256, 20.0), Bar { um: 1000, pixels: 150 });
        assert_eq!(bar(768, 32, 20.0), Bar { um: 200, pixels: 240 });
        assert_eq!(bar(100, 1, 0.5).um, 1);
        assert_eq!(bar(768, 256, 20.0).label(), "1 mm");
        assert_eq!(bar(768, 32, 20.0).label(), "200 µm");
    }
}

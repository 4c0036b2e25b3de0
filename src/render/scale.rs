//! Scales: the bar of a length, round numbers for the ends and ticks of colour bars and axes.

use super::canvas::Canvas;
use super::text::Font;
use crate::plot::palette::Theme;

/// A bar of a round length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Length in micrometres.
    pub um: u64,
    /// Length in pixels.
    pub pixels: u32,
}

/// The longest bar of 1, 2 or 5 times a power of ten that takes at most a third of the width.
pub fn bar(width_pixels: u32, sites: f64, site_um: f64) -> Bar {
    let width_um = sites * site_um;
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

    /// Draws the bar in the upper left corner of a line, with its label on the right.
    pub fn draw(&self, page: &mut Canvas, [x, y]: [u32; 2], font: Font, theme: Theme) {
        let thick = (font.em / 6).max(2);
        page.fill([x, y + (font.height() - thick) / 2], [self.pixels, thick], theme.ink());
        page.text([x + self.pixels + font.em / 2, y], &self.label(), font, theme.ink());
    }
}

/// The smallest 1, 2, 2.5 or 5 times a power of ten that is no smaller than a number above 0.
pub fn nice_above(value: f64) -> f64 {
    let mut power = 1.0;
    while power > value {
        power /= 10.0;
    }
    while power * 10.0 <= value {
        power *= 10.0;
    }
    [1.0, 2.0, 2.5, 5.0].into_iter().map(|first| first * power).find(|n| *n >= value).unwrap_or(10.0 * power)
}

/// About `count` round numbers from 0 to the end of a scale, with their texts.
pub fn ticks(top: f64, count: u32) -> Vec<(f64, String)> {
    let step = nice_above(top / f64::from(count) * 0.999_999);
    let mut decimals = 0;
    let mut scaled = step;
    while decimals < 6 && (scaled - libm::rint(scaled)).abs() > 1e-6 * scaled {
        scaled *= 10.0;
        decimals += 1;
    }
    let number = |i: u32| f64::from(i) * step;
    let inside = (0..).take_while(|i| number(*i) <= top * 1.000_001);
    inside.map(|i| (number(i), format!("{:.decimals$}", number(i)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_round_and_fit() {
        assert_eq!(bar(768, 256.0, 20.0), Bar { um: 1000, pixels: 150 });
        assert_eq!(bar(768, 32.0, 20.0), Bar { um: 200, pixels: 240 });
        assert_eq!(bar(100, 1.0, 0.5).um, 1);
        assert_eq!(bar(768, 256.0, 20.0).label(), "1 mm");
        assert_eq!(bar(768, 32.0, 20.0).label(), "200 µm");
    }

    #[test]
    fn scales_are_round() {
        assert_eq!([0.9, 1.0, 1.1, 2.2, 3.0, 7.0].map(nice_above), [1.0, 1.0, 2.0, 2.5, 5.0, 10.0]);
        assert!((nice_above(0.013) - 0.02).abs() < 1e-12);
        let texts = |top, count| ticks(top, count).into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(texts(40.0, 4), ["0", "10", "20", "30", "40"]);
        assert_eq!(texts(2.0, 4), ["0.0", "0.5", "1.0", "1.5", "2.0"]);
        assert_eq!(texts(728.0, 4), ["0", "200", "400", "600"]);
    }
}

//! Legends: keys in rows that are as long as the figure is wide.

use super::palette::Paint;
use super::scene::{Point, Scene, Style, Text};
use super::{Face, SMALL, font};

/// What stands before the words of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LegendMark {
    /// A patch.
    Patch(Style),
    /// A line.
    Line(Style),
    /// A dot.
    Dot(Style),
    /// A dot on a short line: a figure with its interval.
    Interval(Style),
    /// A small triangle that points down.
    Wedge(Style),
    /// A short upright tick: a censored time.
    Upright(Style),
    /// A diagonal cross.
    Cross(Style),
    /// An hour-glass: the end of follow-up of who had no event.
    HourGlass(Style),
}

/// A key of a legend.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendKey {
    /// Its mark.
    pub mark: LegendMark,
    /// Its words.
    pub words: String,
    /// Name of the series that a page lets its reader switch; empty for none.
    pub series: String,
}

impl LegendKey {
    /// A key.
    pub fn new(mark: LegendMark, words: impl Into<String>) -> Self {
        Self { mark, words: words.into(), series: String::new() }
    }

    /// A patch of a colour.
    pub fn patch(paint: Paint, words: impl Into<String>) -> Self {
        Self::new(LegendMark::Patch(Style::fill(paint)), words)
    }

    /// A line of a colour.
    pub fn line(paint: Paint, words: impl Into<String>) -> Self {
        Self::new(LegendMark::Line(Style::line(paint, 1.3)), words)
    }
}

const MARK: f64 = 13.0;
const BETWEEN: f64 = 10.0;
/// Height of a row.
pub const ROW: f64 = 10.0;

/// Draws keys in rows at the top of a figure; the bottom of the last row.
pub fn legend(scene: &mut Scene, keys: &[LegendKey]) -> f64 {
    let (left, top, width) = (4.0, 2.0, scene.width - 8.0);
    if keys.is_empty() {
        return top;
    }
    let (mut x, mut y) = (left, top);
    for key in keys {
        let words = font::fit(&key.words, SMALL, Face::Regular, width - MARK);
        let wide = MARK + font::width(&words, SMALL, Face::Regular);
        if x > left && x + wide > left + width {
            (x, y) = (left, y + ROW);
        }
        draw(scene, key.mark, x, y + ROW / 2.0);
        scene.text(Text::new((x + MARK, y + ROW / 2.0 + 0.35 * SMALL), words, SMALL));
        x += wide + BETWEEN;
    }
    y + ROW
}

/// Draws a mark about a height.
pub fn draw(scene: &mut Scene, mark: LegendMark, x: f64, y: f64) {
    match mark {
        LegendMark::Patch(style) => scene.rect([x, y - 3.0, 9.0, 6.0], style),
        LegendMark::Line(style) => scene.line((x, y), (x + 10.0, y), style),
        LegendMark::Dot(style) => scene.circle((x + 5.0, y), 2.0, style),
        LegendMark::Interval(style) => {
            let line = Style { fill: None, stroke: style.stroke.or(style.fill), width: 1.0, ..style };
            scene.line((x, y), (x + 10.0, y), line);
            scene.circle((x + 5.0, y), 2.0, style);
        }
        LegendMark::Wedge(style) => {
            scene.polygon(vec![(x + 2.4, y - 2.0), (x + 7.6, y - 2.0), (x + 5.0, y + 2.0)], style);
        }
        LegendMark::Upright(style) => scene.line((x + 5.0, y - 3.0), (x + 5.0, y + 3.0), style),
        LegendMark::HourGlass(style) => hour_glass(scene, (x + 5.0, y), 3.0, style),
        LegendMark::Cross(style) => {
            scene.line((x + 3.0, y - 2.0), (x + 7.0, y + 2.0), style);
            scene.line((x + 3.0, y + 2.0), (x + 7.0, y - 2.0), style);
        }
    }
}

/// An hour-glass about a place, twice `half` high.
pub fn hour_glass(scene: &mut Scene, (x, y): Point, half: f64, style: Style) {
    let wide = 0.7 * half;
    let corners = [(-wide, -half), (wide, -half), (-wide, half), (wide, half)];
    scene.polygon(corners.map(|(dx, dy)| (x + dx, y + dy)).to_vec(), style);
}

//! A panel with its two axes.

use super::palette::Paint;
use super::scene::{Anchor, Point, Scene, Style, Tag, Text};
use super::svg::number;
use super::{Axis, Face, NORMAL, SMALL, Scale, font};

const TICK: f64 = 2.5;
/// From the axis to the words of its ticks.
const GAP: f64 = 4.5;
const RULE: Style = Style::line(Paint::Rule, 0.6);
const GRID: Style = Style::line(Paint::Grid, 0.5);

/// Where panels may be: the ends of the room between the margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margins {
    /// Left edge, points.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Top edge of the panel itself.
    pub top: f64,
    /// Height of the panel itself.
    pub height: f64,
}

impl Margins {
    /// From edge to edge of a figure.
    pub fn across(scene: &Scene, top: f64, height: f64) -> Self {
        Self { left: 3.0, right: scene.width - 8.0, top, height }
    }
}

/// A panel: a rectangle with a horizontal and a vertical axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axes {
    /// Left edge of the panel, points.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
}

/// Width that a vertical axis takes at the left of its panel: title, words, ticks.
pub fn left_of(axis: &Axis) -> f64 {
    let widest = axis.ticks.iter().map(|t| font::width(&t.label, SMALL, Face::Regular)).fold(0.0, f64::max);
    let title = if axis.title.is_empty() { 0.0 } else { NORMAL + 4.0 };
    title + widest + GAP + 1.0
}

/// Series that are not longer are drawn point by point.
pub const MAX_POINTS: usize = 2000;
/// What is said of series that are longer.
pub const CROWDED: &str = " Of points closer together than half a point of print the first, the last, the lowest and the highest are drawn.";
/// Points within such a width are not told apart.
const COLUMN: f64 = 0.5;

/// The points of a line from left to right that can be seen: in every narrow column the first, the last, the lowest and the highest.
fn seen(points: Vec<Point>) -> Vec<Point> {
    if points.len() <= MAX_POINTS || !points.is_sorted_by(|a, b| a.0 <= b.0) {
        return points;
    }
    let same = |a: &Point, b: &Point| libm::floor(a.0 / COLUMN) == libm::floor(b.0 / COLUMN);
    points.chunk_by(same).flat_map(corners).collect()
}

fn corners(column: &[Point]) -> Vec<Point> {
    let by_height = |a: &&usize, b: &&usize| column[**a].1.total_cmp(&column[**b].1);
    let all: Vec<usize> = (0..column.len()).collect();
    let ends = [Some(0), column.len().checked_sub(1)];
    let heights = [all.iter().min_by(by_height).copied(), all.iter().max_by(by_height).copied()];
    let mut kept: Vec<usize> = ends.into_iter().chain(heights).flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().map(|at| column[at]).collect()
}

impl Axes {
    /// A panel in a room; the vertical axis takes its place at the left of it.
    pub fn new(room: Margins, x: Axis, y: Axis) -> Self {
        let left = room.left + left_of(&y);
        Self { left, top: room.top, width: room.right - left, height: room.height, x, y }
    }

    /// A panel whose left edge is given, so that several are aligned.
    pub fn aligned(left: f64, room: Margins, x: Axis, y: Axis) -> Self {
        Self { left, top: room.top, width: room.right - left, height: room.height, x, y }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Where a value lies horizontally.
    pub fn px(&self, x: f64) -> f64 {
        self.left + self.width * self.x.scale.place(x)
    }

    /// Where a value lies vertically.
    pub fn py(&self, y: f64) -> f64 {
        self.bottom() - self.height * self.y.scale.place(y)
    }

    /// Where a pair of values lies.
    pub fn at(&self, (x, y): Point) -> Point {
        (self.px(x), self.py(y))
    }

    /// Places of a series; of a long one those that can be seen.
    pub fn points(&self, series: &[Point]) -> Vec<Point> {
        seen(series.iter().map(|p| self.at(*p)).collect())
    }

    /// Places of a curve that keeps its value until the next time, to the last time.
    pub fn steps(&self, series: &[Point]) -> Vec<Point> {
        let mut out = Vec::new();
        let mut height = None;
        for (x, y) in series {
            if let Some(before) = height {
                out.push(self.at((*x, before)));
            }
            out.push(self.at((*x, *y)));
            height = Some(*y);
        }
        seen(out)
    }

    /// Draws grid, axes, words and titles; the bottom of all of it.
    pub fn draw(&self, scene: &mut Scene) -> f64 {
        self.grid(scene);
        self.vertical(scene);
        self.horizontal(scene)
    }

    /// Horizontal lines at the ticks of the vertical axis.
    pub fn grid(&self, scene: &mut Scene) {
        for tick in &self.y.ticks {
            let y = self.py(tick.at);
            scene.line((self.left, y), (self.right(), y), GRID);
        }
    }

    /// Draws the vertical axis.
    pub fn vertical(&self, scene: &mut Scene) {
        scene.line((self.left, self.top), (self.left, self.bottom()), RULE);
        for tick in &self.y.ticks {
            let y = self.py(tick.at);
            scene.line((self.left - TICK, y), (self.left, y), RULE);
            let at = (self.left - GAP, y + 0.35 * SMALL);
            scene.text(Text::new(at, tick.label.clone(), SMALL).anchor(Anchor::End));
        }
        if !self.y.title.is_empty() {
            let at = (self.left - left_of(&self.y) + 0.8 * NORMAL, self.top + self.height / 2.0);
            let fitted = font::fit(&self.y.title, NORMAL, Face::Regular, self.height + 12.0);
            scene.text(Text::new(at, fitted, NORMAL).anchor(Anchor::Middle).upwards());
        }
    }

    /// Draws the horizontal axis; the bottom of its title.
    pub fn horizontal(&self, scene: &mut Scene) -> f64 {
        let bottom = self.bottom();
        scene.line((self.left, bottom), (self.right(), bottom), RULE);
        for tick in &self.x.ticks {
            let x = self.px(tick.at);
            scene.line((x, bottom), (x, bottom + TICK), RULE);
            let at = (x, bottom + GAP + 0.85 * SMALL);
            scene.text(Text::new(at, tick.label.clone(), SMALL).anchor(Anchor::Middle));
        }
        let words = if self.x.ticks.is_empty() { bottom + 1.0 } else { bottom + GAP + 0.85 * SMALL };
        if self.x.title.is_empty() {
            return words + 2.0;
        }
        let at = (self.left + self.width / 2.0, words + NORMAL + 3.5);
        scene.text(Text::new(at, self.x.title.clone(), NORMAL).anchor(Anchor::Middle));
        at.1 + 2.5
    }

    /// Draws the horizontal axis without words, for a panel above another one.
    pub fn bare(&self, scene: &mut Scene) {
        let bottom = self.bottom();
        scene.line((self.left, bottom), (self.right(), bottom), RULE);
        for tick in &self.x.ticks {
            let x = self.px(tick.at);
            scene.line((x, bottom), (x, bottom + TICK), RULE);
        }
    }

    /// The group of what is drawn in the panel; it tells scripts how to read values from places.
    pub fn tag(&self) -> Tag {
        let ends = |from: f64, to: f64, axis: &Axis| {
            let (low, high) = axis.scale.ends();
            let log = if matches!(axis.scale, Scale::Log(..)) { " log" } else { "" };
            format!("{} {} {low} {high}{log}", number(from), number(to))
        };
        Tag::class("panel")
            .with("x", ends(self.left, self.right(), &self.x))
            .with("y", ends(self.bottom(), self.top, &self.y))
            .with("xt", self.x.title.clone())
            .with("yt", self.y.title.clone())
            .with("xu", self.unit())
    }

    /// Length of the unit of the horizontal axis in that of its values, for a time axis in days that is told in months.
    fn unit(&self) -> String {
        let of = |pair: &[super::Tick]| {
            let step = pair[1].label.replace(',', "").parse::<f64>().ok()?
                - pair[0].label.replace(',', "").parse::<f64>().ok()?;
            Some((pair[1].at - pair[0].at) / step)
        };
        let length = self.x.ticks.get(..2).and_then(of).filter(|l| l.is_finite()).unwrap_or(1.0);
        format!("{length}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pages grew with the length of a series, to hundreds of megabytes.
    #[test]
    fn of_a_long_line_all_that_can_be_seen_is_drawn() {
        let place = |i: usize| (i as f64 * 500.0 / 1e6, if i == 123_457 { 9.0 } else { (i % 5) as f64 });
        let all: Vec<Point> = (0..1_000_000).map(place).collect();
        let drawn = seen(all.clone());
        assert!(drawn.len() <= 4 * 1001, "{}", drawn.len());
        assert_eq!((drawn[0], drawn.last()), (all[0], all.last()));
        assert!(drawn.contains(&place(123_457)) && drawn.is_sorted_by(|a, b| a.0 <= b.0));
        let short = all[..MAX_POINTS].to_vec();
        assert_eq!(seen(short.clone()), short);
    }
}

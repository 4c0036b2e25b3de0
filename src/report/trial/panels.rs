//! Panels of arms side by side.

use crate::plot::axes::left_of;
use crate::plot::colours;
use crate::plot::{Axes, Axis, Face, Margins, Paint, SMALL, Scene, Style, Text, Width, font};

/// A panel of an arm.
pub struct ArmPanel {
    /// Number of the arm.
    pub arm: usize,
    /// The panel.
    pub axes: Axes,
    /// Whether it is at the bottom of its column.
    pub last: bool,
    /// Whether it is at the left of its row.
    pub first: bool,
}

/// Lines of a title at most.
const TITLE_LINES: usize = 2;
/// Room of the patch before a title, and of a note behind it.
const PATCH: f64 = 9.0;
const NOTE: f64 = 28.0;

/// The lines of a title in a panel of a width.
fn title_lines(name: &str, wide: f64) -> Vec<String> {
    font::wrap(name, SMALL, Face::Bold, wide - PATCH - NOTE, TITLE_LINES)
}

/// Panels of arms with these names, in rows of at most `across`, of one height and with the same axes. The top of the first row's titles
/// is `top`.
pub fn panels(
    names: &[impl AsRef<str>],
    width: Width,
    top: f64,
    height: f64,
    across: usize,
    axes: (&Axis, &Axis),
) -> Vec<ArmPanel> {
    let arms = names.len();
    let across = across.min(arms).max(1);
    let (x, y) = axes;
    let left = 3.0 + left_of(y);
    let between = 12.0;
    let wide = (width.points() - 8.0 - left - between * (across - 1) as f64) / across as f64;
    let lines = names.iter().map(|name| title_lines(name.as_ref(), wide).len()).max().unwrap_or(1);
    let title = SMALL + 6.0 + LINE * (lines - 1) as f64;
    let panel = |arm: usize| {
        let (row, column) = (arm / across, arm % across);
        let from = left + (wide + between) * column as f64;
        let margins = Margins {
            left: from,
            right: from + wide,
            top: top + title + (height + title + 9.0) * row as f64,
            height,
        };
        let axes = Axes::aligned(from, margins, x.clone(), y.clone());
        ArmPanel { arm, axes, last: arm + across >= arms, first: column == 0 }
    };
    (0..arms).map(panel).collect()
}

/// From one line of a title to the next.
const LINE: f64 = SMALL + 1.5;

impl ArmPanel {
    /// Draws the arm's name with its colour above the panel, and a note of a few letters behind it.
    pub fn title(&self, scene: &mut Scene, name: &str, note: &str) {
        let lines = title_lines(name, self.axes.width);
        let y = self.axes.top - 4.0;
        let first = y - LINE * (lines.len() - 1) as f64;
        scene.rect([self.axes.left, first - 5.0, 6.0, 6.0], Style::fill(colours::series(self.arm)));
        let used = lines.last().map_or(0.0, |last| font::width(last, SMALL, Face::Bold));
        self.words(scene, lines, self.axes.left + PATCH);
        if !note.is_empty() {
            let at = (self.axes.left + PATCH + used + 4.0, y);
            scene.text(Text::new(at, note, SMALL).paint(Paint::Soft));
        }
    }

    /// Draws the arm's name alone, where colours mean something else.
    pub fn plain_title(&self, scene: &mut Scene, name: &str) {
        self.words(scene, title_lines(name, self.axes.width), self.axes.left);
    }

    /// Draws the lines of a title, the last one just above the panel.
    fn words(&self, scene: &mut Scene, lines: Vec<String>, left: f64) {
        let last = lines.len() - 1;
        for (line, words) in lines.into_iter().enumerate() {
            let y = self.axes.top - 4.0 - LINE * (last - line) as f64;
            scene.text(Text::new((left, y), words, SMALL).face(Face::Bold));
        }
    }

    /// Draws the axes: words only at the edges of the whole. The bottom of what was drawn.
    pub fn draw_axes(&self, scene: &mut Scene) -> f64 {
        let axes = &self.axes;
        if self.first {
            axes.vertical(scene);
        } else {
            scene.line((axes.left, axes.top), (axes.left, axes.bottom()), Style::line(Paint::Rule, 0.6));
        }
        if self.last {
            axes.horizontal(scene)
        } else {
            axes.bare(scene);
            axes.bottom() + 4.0
        }
    }
}

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

/// Panels of so many arms, in rows of at most `across`, of one height and with the same axes. The top of the first row's titles is
/// `top`.
pub fn panels(
    arms: usize,
    width: Width,
    top: f64,
    height: f64,
    across: usize,
    axes: (&Axis, &Axis),
) -> Vec<ArmPanel> {
    let across = across.min(arms).max(1);
    let (x, y) = axes;
    let left = 3.0 + left_of(y);
    let (between, title) = (12.0, SMALL + 6.0);
    let wide = (width.points() - 8.0 - left - between * (across - 1) as f64) / across as f64;
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

impl ArmPanel {
    /// Draws the arm's name with its colour above the panel.
    pub fn title(&self, scene: &mut Scene, name: &str, note: &str) {
        let y = self.axes.top - 4.0;
        scene.rect([self.axes.left, y - 5.0, 6.0, 6.0], Style::fill(colours::series(self.arm)));
        let room = self.axes.width - 9.0 - font::width(note, SMALL, Face::Regular);
        let words = font::fit(name, SMALL, Face::Bold, room.max(40.0));
        let used = font::width(&words, SMALL, Face::Bold);
        scene.text(Text::new((self.axes.left + 9.0, y), words, SMALL).face(Face::Bold));
        if !note.is_empty() {
            let at = (self.axes.left + 9.0 + used + 4.0, y);
            scene.text(Text::new(at, note, SMALL).paint(Paint::Soft));
        }
    }

    /// Draws the arm's name alone, where colours mean something else.
    pub fn plain_title(&self, scene: &mut Scene, name: &str) {
        let words = font::fit(name, SMALL, Face::Bold, self.axes.width);
        scene.text(Text::new((self.axes.left, self.axes.top - 4.0), words, SMALL).face(Face::Bold));
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

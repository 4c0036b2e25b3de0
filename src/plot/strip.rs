//! A strip above a plot that shows when drugs were on.

use super::{Anchor, Axes, Face, Paint, SMALL, Scene, Style, Tag, Text, colours, font};

/// Height of the row of a drug.
const ROW: f64 = 9.0;

/// A time over which a drug was on, and in what share of the replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct On {
    /// First day.
    pub from: f64,
    /// Day after the last one.
    pub to: f64,
    /// Share of the replicates that still ran.
    pub share: f64,
}

/// The bars of a drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Its name.
    pub name: String,
    /// When it was on.
    pub times: Vec<On>,
    /// Its colour.
    pub paint: Paint,
}

/// Height of the strip for so many drugs.
pub fn height(drugs: usize) -> f64 {
    if drugs == 0 { 0.0 } else { ROW * drugs as f64 + 4.0 }
}

/// Draws the strip above a panel; names stand at its left where there is room, else in the bars.
pub fn draw(scene: &mut Scene, axes: &Axes, drugs: &[Bars]) {
    let top = axes.top - height(drugs.len());
    for (number, Bars { name, times, paint }) in drugs.iter().enumerate() {
        let y = top + ROW * number as f64;
        scene.line((axes.left, y + 6.5), (axes.right(), y + 6.5), Style::line(Paint::Grid, 0.5));
        for on in times {
            let (x, end) = (axes.px(on.from), axes.px(on.to));
            let share = if on.share < 1.0 {
                format!(" in {:.0} % of replicates", 100.0 * on.share)
            } else {
                String::new()
            };
            let hint = format!("{name}: day {} to {}{share}", on.from, on.to);
            scene.group(Tag::class("mark").hint(hint), |scene| {
                let style = Style::fill(*paint).opacity(0.25 + 0.75 * on.share);
                scene.rect([x, y, (end - x).max(0.6), 6.5], style);
            });
        }
        label(scene, axes, name, times, y, *paint);
    }
}

/// The drug's name: before its first bar, or at the end of the strip, or else in a bar.
fn label(scene: &mut Scene, axes: &Axes, name: &str, times: &[On], y: f64, bar: Paint) {
    let size = SMALL - 0.5;
    let wide = font::width(name, size, Face::Bold) + 4.0;
    if wide + 2.0 <= axes.left {
        let at = (axes.left - 4.0, y + 5.4);
        return scene.text(Text::new(at, name, size).face(Face::Bold).anchor(Anchor::End));
    }
    let (left, right) = times.iter().fold((axes.right(), axes.left), |(low, high), on| {
        (axes.px(on.from).min(low), axes.px(on.to).max(high))
    });
    let text =
        |x, anchor, paint| Text::new((x, y + 5.4), name, size).face(Face::Bold).anchor(anchor).paint(paint);
    if left - axes.left >= wide {
        scene.text(text(left - 2.0, Anchor::End, Paint::Ink));
    } else if axes.right() - right >= wide {
        // At the end, where a mark of the day seldom stands.
        scene.text(text(axes.right(), Anchor::End, Paint::Ink));
    } else {
        // What goes on beyond its bar, or is in a pale one, is read best in ink on paper.
        let holds = |on: &&On| on.share > 0.8 && axes.px(on.to) - axes.px(on.from) >= wide;
        let (from, paint) = times
            .iter()
            .find(holds)
            .map_or((left, Paint::Ink), |on| (axes.px(on.from), colours::text_on(bar)));
        if paint == Paint::Ink {
            let behind = [from + 1.0, y, wide, 6.5];
            scene.rect(behind, Style::fill(Paint::Paper).opacity(0.8));
        }
        scene.text(text(from + 3.0, Anchor::Start, paint));
    }
}

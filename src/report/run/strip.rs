//! A strip above a plot that shows when drugs were on.

use super::drugs::{self, On};
use crate::report::colours;
use crate::report::plot::{Anchor, Face, Frame, Paint, SMALL, Scene, Style, Tag, Text, font};
use crate::report::read::RunFolder;

/// Height of the row of a drug.
const ROW: f64 = 9.0;

/// The bars of a drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    name: String,
    times: Vec<On>,
    paint: Paint,
}

/// Drugs of a run with the times when they were on, those that never were left out, and their colours.
pub fn drugs(run: &RunFolder) -> Vec<Bars> {
    let all = drugs::drugs(run);
    let bars = |name: &String| Bars {
        times: drugs::times(run, name),
        paint: drugs::paint(&all, name),
        name: name.clone(),
    };
    all.iter().map(bars).filter(|b| !b.times.is_empty()).collect()
}

/// Height of the strip for so many drugs.
pub fn height(drugs: usize) -> f64 {
    if drugs == 0 { 0.0 } else { ROW * drugs as f64 + 4.0 }
}

/// Draws the strip above a panel; names stand at its left where there is room, else in the bars.
pub fn draw(scene: &mut Scene, frame: &Frame, drugs: &[Bars]) {
    let top = frame.top - height(drugs.len());
    for (number, Bars { name, times, paint }) in drugs.iter().enumerate() {
        let y = top + ROW * number as f64;
        scene.line((frame.left, y + 6.5), (frame.right(), y + 6.5), Style::line(Paint::Grid, 0.5));
        for on in times {
            let (x, end) = (frame.px(on.from), frame.px(on.to));
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
        label(scene, frame, name, times, y, *paint);
    }
}

/// The drug's name: in its longest bar, or else before or after it.
fn label(scene: &mut Scene, frame: &Frame, name: &str, times: &[On], y: f64, bar: Paint) {
    let size = SMALL - 0.5;
    let wide = font::width(name, size, Face::Bold) + 4.0;
    if wide + 2.0 <= frame.left {
        let at = (frame.left - 4.0, y + 5.4);
        return scene.text(Text::new(at, name, size).face(Face::Bold).anchor(Anchor::End));
    }
    let (left, right) = times.iter().fold((frame.right(), frame.left), |(low, high), on| {
        (frame.px(on.from).min(low), frame.px(on.to).max(high))
    });
    let text =
        |x, anchor, paint| Text::new((x, y + 5.4), name, size).face(Face::Bold).anchor(anchor).paint(paint);
    if left - frame.left >= wide {
        scene.text(text(left - 2.0, Anchor::End, Paint::Ink));
    } else if frame.right() - right >= wide {
        scene.text(text(right + 2.0, Anchor::Start, Paint::Ink));
    } else {
        // What goes on beyond its bar, or is in a pale one, is read best in ink.
        let holds = |on: &&On| on.share > 0.8 && frame.px(on.to) - frame.px(on.from) >= wide;
        let (from, paint) = times
            .iter()
            .find(holds)
            .map_or((left, Paint::Ink), |on| (frame.px(on.from), colours::text_on(bar)));
        scene.text(text(from + 3.0, Anchor::Start, paint));
    }
}

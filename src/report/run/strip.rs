//! A strip above a plot that shows when drugs were on.

use crate::report::colours;
use crate::report::plot::{Anchor, Face, Frame, Paint, SMALL, Scene, Style, Tag, Text, font};
use crate::report::read::RunFolder;

/// Height of the row of a drug.
const ROW: f64 = 9.0;

/// A time over which a drug was on, and in what share of the replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct On {
    from: f64,
    to: f64,
    share: f64,
}

/// Drugs in the order in which they first are on, with the times when they were.
pub fn drugs(run: &RunFolder) -> Vec<(String, Vec<On>)> {
    let mut names: Vec<String> = Vec::new();
    for drug in run.checks.iter().flat_map(|c| &c.drugs) {
        if !names.contains(drug) {
            names.push(drug.clone());
        }
    }
    names.into_iter().map(|name| (times(run, &name), name)).map(|(times, name)| (name, times)).collect()
}

fn times(run: &RunFolder, drug: &str) -> Vec<On> {
    let mut days: Vec<(u32, f64, u32, u32)> = Vec::new();
    let mut checks: Vec<_> = run.checks.iter().collect();
    checks.sort_by_key(|c| c.step);
    for check in checks {
        if days.last().is_none_or(|d| d.0 != check.step) {
            days.push((check.step, check.day, 0, 0));
        }
        if let Some(last) = days.last_mut() {
            last.2 += u32::from(check.drugs.iter().any(|d| d == drug));
            last.3 += 1;
        }
    }
    let mut out: Vec<On> = Vec::new();
    for pair in days.windows(2) {
        let (from, to, share) = (pair[0].1, pair[1].1, f64::from(pair[1].2) / f64::from(pair[1].3));
        match out.last_mut() {
            Some(last) if last.to == from && last.share == share => last.to = to,
            _ if share > 0.0 => out.push(On { from, to, share }),
            _ => {}
        }
    }
    out
}

/// Height of the strip for so many drugs.
pub fn height(drugs: usize) -> f64 {
    if drugs == 0 { 0.0 } else { ROW * drugs as f64 + 4.0 }
}

/// Draws the strip above a panel; names stand at its left where there is room, else in the bars.
pub fn draw(scene: &mut Scene, frame: &Frame, drugs: &[(String, Vec<On>)]) {
    let top = frame.top - height(drugs.len());
    for (number, (name, times)) in drugs.iter().enumerate() {
        let y = top + ROW * number as f64;
        let paint = colours::drug(number);
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
                let style = Style::fill(paint).opacity(0.25 + 0.75 * on.share);
                scene.rect([x, y, (end - x).max(0.6), 6.5], style);
            });
        }
        label(scene, frame, name, times, y, paint);
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

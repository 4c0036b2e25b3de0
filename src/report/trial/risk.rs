//! The table of patients at risk under a survival curve, its columns at the ticks of the axis.

use crate::plot::colours;
use crate::plot::{Anchor, Axes, Face, Paint, SMALL, Scene, Tag, Text, Width, font};
use crate::report::read::TrialFolder;
use crate::trial::output::rows::SurvivalRow;
use crate::trial::results::Endpoint;

const ROW: f64 = SMALL + 2.5;

/// Patients at risk at a time: those whose own time is at least as long.
pub fn at_risk(rows: &[&SurvivalRow], months: f64) -> usize {
    rows.iter().find(|r| r.time_months >= months - 1e-9).map_or(0, |r| r.at_risk)
}

/// Width of the names at the left of the table at a page's width.
pub fn names_width(arms: &[String], width: Width) -> f64 {
    let widest = arms.iter().map(|a| font::width(a, SMALL, Face::Regular)).fold(0.0, f64::max);
    // In a column the names stand above their numbers.
    width.choose(widest.min(130.0) + 23.0, 0.0)
}

/// Draws the table below a height; its bottom.
pub fn table(
    scene: &mut Scene,
    axes: &Axes,
    trial: &TrialFolder,
    endpoint: Endpoint,
    top: f64,
    width: Width,
) -> f64 {
    let mut y = top + ROW;
    let left = width.choose(4.0, axes.left - 8.0);
    let head = width.choose("Patients at risk", "Patients at risk; median, months (95 %)");
    scene.text(Text::new((left, y), head, SMALL).face(Face::Bold));
    for (number, arm) in trial.arms.iter().enumerate() {
        let rows: Vec<&SurvivalRow> = trial.curve(arm, endpoint).collect();
        if rows.is_empty() {
            continue;
        }
        y += ROW;
        let tag = Tag::class("arm").with("arm", arm.clone());
        scene.group(tag, |scene| {
            let mark = colours::arm(number, 1.6);
            scene.line((left, y - 2.3), (left + 8.0, y - 2.3), mark);
            let room = width.choose(axes.left - left - 18.0, axes.width - 8.0);
            let words = match width {
                Width::Page => arm.clone(),
                Width::Column => format!("{arm}: {}", trial.median(arm, endpoint).1),
            };
            let words = font::fit(&words, SMALL, Face::Regular, room);
            scene.text(Text::new((left + 11.0, y), words, SMALL));
            if width == Width::Column {
                y += ROW - 1.0;
            }
            for tick in &axes.x.ticks {
                let count = at_risk(&rows, tick.at);
                let paint = if count == 0 { Paint::Soft } else { Paint::Ink };
                let at = (axes.px(tick.at), y);
                scene.text(Text::new(at, count.to_string(), SMALL).anchor(Anchor::Middle).paint(paint));
            }
        });
    }
    y + 4.0
}

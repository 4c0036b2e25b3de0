//! The table under a survival curve, its columns at the ticks of the axis: for each arm patients at risk, and how many were censored or
//! had the event before (the layout of KMunicate, Morris et al., BMJ Open 2019, doi:10.1136/bmjopen-2019-030215).

use crate::plot::{Anchor, Axes, Face, SMALL, Scene, Style, Tag, Text, Width, font};
use crate::trial::output::rows::SurvivalRow;

const ROW: f64 = SMALL + 2.0;
/// Names of the rows of an arm.
const NAMES: [&str; 3] = ["At risk", "Censored", "Events"];
/// From the names to the first column, points.
const GAP: f64 = 11.0;

/// A survival curve.
pub struct SurvivalLine<'a> {
    /// Number of its arm; none for a user's own data.
    pub arm: Option<usize>,
    /// Its name.
    pub name: String,
    /// Its median in words.
    pub median: String,
    /// Its line.
    pub style: Style,
    /// Its rows, rising in time.
    pub rows: Vec<&'a SurvivalRow>,
}

impl SurvivalLine<'_> {
    /// Its name with its median.
    pub fn label(&self) -> String {
        format!("{}: {}", font::fit(&self.name, SMALL, Face::Regular, 100.0), self.median)
    }
}

/// Patients at risk at a time, those whose own time is at least as long; censored ones and events before it. Where follow-up is over
/// nobody is at risk, and no number is shown; what it came to is told once, at the first time after it.
pub fn counts(rows: &[&SurvivalRow], months: f64, before: Option<f64>) -> [Option<usize>; 3] {
    let from = months - 1e-9;
    let at_risk = rows.iter().find(|r| r.time_months >= from).map(|r| r.at_risk);
    let last = rows.last().map_or(0.0, |r| r.time_months);
    let is_told = at_risk.is_some() || before.is_none_or(|before| before <= last + 1e-9);
    let sum = |of: fn(&SurvivalRow) -> usize| {
        is_told.then(|| rows.iter().filter(|r| r.time_months < from).map(|r| of(r)).sum())
    };
    [at_risk, sum(|r| r.censored), sum(|r| r.events)]
}

/// Width of the names at the left of the table.
pub fn names_width(names: &[String], width: Width) -> f64 {
    let wide = |words: &str| font::width(words, SMALL, Face::Regular);
    let widest = names.iter().map(|name| wide(name)).fold(0.0, f64::max);
    let of_rows = NAMES.into_iter().map(wide).fold(0.0, f64::max);
    // In a column the names of curves stand above their numbers.
    width.choose(11.0 + widest.min(130.0) + 6.0, 0.0) + of_rows + GAP
}

/// Draws the table below a height; its bottom.
pub fn table(scene: &mut Scene, axes: &Axes, lines: &[SurvivalLine<'_>], top: f64, width: Width) -> f64 {
    let mut y = top + ROW;
    let head = width.choose("Patients", "Patients; median, months (95 %)");
    scene.text(Text::new((4.0, y), head, SMALL).face(Face::Bold));
    y += 1.5;
    for line in lines {
        y += ROW + 2.0;
        let tag = Tag::class("arm").with("arm", line.name.clone());
        scene.group(tag, |scene| {
            scene.line((4.0, y - 2.3), (12.0, y - 2.3), line.style);
            // In a column the curve has no label of its own.
            let words = width.choose(line.name.clone(), format!("{}: {}", line.name, line.median));
            let room = width.choose(130.0, scene.width - 20.0);
            scene.text(Text::new((15.0, y), font::fit(&words, SMALL, Face::Regular, room), SMALL));
            y += width.choose(0.0, ROW);
            numbers(scene, axes, &line.rows, y);
            y += 2.0 * ROW;
        });
    }
    y + 4.0
}

/// The three rows of a curve, from a baseline on.
fn numbers(scene: &mut Scene, axes: &Axes, rows: &[&SurvivalRow], y: f64) {
    let ticks = &axes.x.ticks;
    let before = |number: usize| number.checked_sub(1).map(|before| ticks[before].at);
    let all: Vec<[Option<usize>; 3]> =
        ticks.iter().enumerate().map(|(number, tick)| counts(rows, tick.at, before(number))).collect();
    for (row, name) in NAMES.into_iter().enumerate() {
        let y = y + ROW * row as f64;
        scene.text(Text::new((axes.left - GAP, y), name, SMALL).anchor(Anchor::End));
        for (tick, counts) in ticks.iter().zip(&all) {
            let Some(count) = counts[row] else { continue };
            let at = (axes.px(tick.at), y);
            scene.text(Text::new(at, count.to_string(), SMALL).anchor(Anchor::Middle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::results::Endpoint;
    use crate::trial::stats::{KaplanMeier, Subject};

    // A 0 stood under month 60, where follow-up had ended at 59.8: it looked as if all had progressed.
    #[test]
    fn numbers_end_with_follow_up_and_add_up() {
        let subjects =
            [Subject::event(5.0), Subject::censored(30.0), Subject::event(12.0), Subject::censored(30.0)];
        let rows = SurvivalRow::of("a", Endpoint::Pfs, &KaplanMeier::new(&subjects).unwrap());
        let rows: Vec<&SurvivalRow> = rows.iter().collect();
        assert_eq!(counts(&rows, 0.0, None), [Some(4), Some(0), Some(0)]);
        // Who has the event at that very time is still at risk.
        assert_eq!(counts(&rows, 12.0, Some(0.0)), [Some(3), Some(0), Some(1)]);
        assert_eq!(counts(&rows, 24.0, Some(12.0)), [Some(2), Some(0), Some(2)]);
        assert_eq!(counts(&rows, 36.0, Some(24.0)), [None, Some(2), Some(2)]);
        assert_eq!(counts(&rows, 48.0, Some(36.0)), [None; 3]);
    }
}

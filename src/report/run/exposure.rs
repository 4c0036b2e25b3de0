//! Concentrations of drugs, and the doses that gave them.

use super::{Bar, Choices, drugs, few};
use crate::plot::axes::left_of;
use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, LegendKey, LegendMark, Margins, Paint, SMALL, Scene, Style, Tag, Text,
    Width, legend, short,
};
use crate::report::read::RunFolder;
use crate::simulation::ExposureRow;

/// Height of the strip of doses under a panel.
const DOSES: f64 = 9.0;

/// Days in a row with the same dose above 0: first day, day after the last one, amount.
type GivenDose = (f64, f64, f64);

impl Bar for GivenDose {
    fn span(&self) -> (f64, f64) {
        (self.0, self.1)
    }
    fn join(self, next: Self) -> Self {
        (self.0, next.1, self.2.max(next.2))
    }
}

/// Doses of a drug; those too close together to be told apart are one, the largest.
pub fn doses<'a>(rows: impl Iterator<Item = &'a ExposureRow>, last_day: f64) -> Vec<GivenDose> {
    let mut out: Vec<GivenDose> = Vec::new();
    for row in rows.filter(|r| r.given > 0.0) {
        match out.last_mut() {
            Some(last) if last.1 == row.day && last.2 == row.given => last.1 = row.day + 1.0,
            _ => out.push((row.day, row.day + 1.0, row.given)),
        }
    }
    few(out, last_day)
}

/// A panel per drug, of the first detailed replicate.
pub fn figures(run: &RunFolder, choices: Choices) -> Vec<Figure> {
    let Some(replicate) = run.exposure.iter().map(|r| r.replicate).min() else { return Vec::new() };
    let measured = |drug: &str| of(run, replicate, drug).any(|r| r.average_ng_per_ml > 0.0);
    let all = drugs::drugs(run);
    let shown: Vec<&String> = all.iter().filter(|d| measured(d)).collect();
    if shown.is_empty() {
        return Vec::new();
    }
    let whose =
        if run.summary.replicates > 1 { format!(", of replicate {replicate}") } else { String::new() };
    let caption = format!(
        "Daily average of each drug in the matrix in which it is measured (line), from its value at the end of the day (C24) to its peak (band){whose}. Bars \
         below are doses, their height relative to the largest one."
    );
    let draw = |width: Width, mut scene: Scene| {
        let keys = [
            LegendKey::line(Paint::Data, "daily average"),
            LegendKey::new(LegendMark::Patch(Style::fill(Paint::Data).opacity(0.25)), "C24 to peak"),
        ];
        let mut top = legend(&mut scene, &keys) + 10.0;
        let x = Axis::days(run.last_day(), width.choose(9, 6));
        let axes: Vec<Axis> = shown.iter().map(|d| axis(run, replicate, d, choices)).collect();
        let left = 3.0 + axes.iter().map(left_of).fold(0.0, f64::max);
        for (number, (drug, y)) in shown.iter().zip(axes).enumerate() {
            let height = width.choose(62.0, 56.0);
            let margins = Margins::across(&scene, top, height);
            let axes = Axes::aligned(left, margins, x.clone(), y);
            panel(&mut scene, &axes, run, replicate, drug, drugs::paint(&all, drug));
            top = axes.bottom() + DOSES + 16.0;
            let below = Axes { height: axes.height + DOSES + 1.0, ..axes };
            if number + 1 == shown.len() {
                scene.height = below.horizontal(&mut scene) + 2.0;
            } else {
                below.bare(&mut scene);
            }
        }
        scene
    };
    vec![Figure::new("exposure", "Concentrations and doses", &caption, draw)]
}

fn of<'a>(run: &'a RunFolder, replicate: u32, drug: &'a str) -> impl Iterator<Item = &'a ExposureRow> {
    run.exposure.iter().filter(move |r| r.replicate == replicate && r.drug == drug)
}

fn axis(run: &RunFolder, replicate: u32, drug: &str, choices: Choices) -> Axis {
    let peaks = of(run, replicate, drug).map(|r| r.peak_ng_per_ml);
    let most = peaks.fold(0.0, f64::max);
    let title = "ng/mL";
    if choices.log { Axis::log(most / 1000.0, most * 1.2, title) } else { Axis::linear(0.0, most, 3, title) }
}

fn panel(scene: &mut Scene, axes: &Axes, run: &RunFolder, replicate: u32, drug: &str, paint: Paint) {
    axes.grid(scene);
    let rows: Vec<&ExposureRow> = of(run, replicate, drug).collect();
    scene.group(axes.tag(), |scene| {
        for part in stretches(&rows) {
            let series = |value: fn(&ExposureRow) -> f64| -> Vec<_> {
                let points: Vec<_> = part.iter().map(|r| (r.day + 0.5, value(r))).collect();
                axes.points(&points)
            };
            let mut around = series(|r| r.peak_ng_per_ml);
            around.extend(series(|r| r.c24_ng_per_ml).into_iter().rev());
            scene.polygon(around, Style::fill(paint).opacity(0.25));
            scene.group(Tag::class("series").with("name", drug), |scene| {
                scene.polyline(series(|r| r.average_ng_per_ml), Style::line(paint, 1.1));
            });
        }
    });
    axes.vertical(scene);
    let name = Text::new((axes.left + 3.0, axes.top - 2.5), drug, SMALL + 0.5).face(Face::Bold);
    scene.text(name);
    let all = doses(rows.iter().copied(), run.last_day());
    let largest = all.iter().map(|d| d.2).fold(0.0, f64::max);
    let words = if largest > 0.0 { format!("largest dose {} mg", short(largest)) } else { String::new() };
    let at = (axes.right(), axes.top - 2.5);
    scene.text(Text::new(at, words, SMALL).anchor(Anchor::End).paint(Paint::Soft));
    let base = axes.bottom() + DOSES + 1.0;
    for (from, to, given) in all {
        let (x, end) = (axes.px(from), axes.px(to));
        let high = DOSES * given / largest;
        let hint = format!("{drug} {} mg a day, day {from} to {to}", short(given));
        scene.group(Tag::class("mark").hint(hint), |scene| {
            scene.rect([x, base - high, (end - x).max(0.5), high], Style::fill(paint).opacity(0.8));
        });
    }
}

/// Rows of days in a row.
fn stretches<'a>(rows: &'a [&'a ExposureRow]) -> Vec<&'a [&'a ExposureRow]> {
    rows.chunk_by(|a, b| b.day - a.day < 1.5).collect()
}

//! Vessels, oxygen and VEGF as live cells see them.

use super::Choices;
use crate::plot::axes::left_of;
use crate::plot::colours;
use crate::plot::{
    Axes, Axis, Figure, LegendKey, LegendMark, Margins, Paint, Point, Scene, Style, Tag, Width, legend,
};
use crate::report::read::RunFolder;
use crate::simulation::EnvironmentRow;

/// A quantity of a panel.
type Quantity = (&'static str, fn(&EnvironmentRow) -> f64, Style);

/// Panels one above the other; nothing where the environment was not averaged.
pub fn figures(run: &RunFolder, _: Choices) -> Vec<Figure> {
    if run.environment.len() < 2 {
        return Vec::new();
    }
    let line = |paint| Style::line(paint, 1.3);
    let vessels: [Quantity; 3] = [
        ("vessels", |e| e.vessels, line(colours::series(1))),
        // Dashed: without drugs against vessels it lies on the line of these.
        ("perfusion", |e| e.perfusion, line(colours::series(0)).dashed(4.0, 2.0)),
        ("VEGF", |e| e.vegf, line(colours::series(2))),
    ];
    let oxygen: [Quantity; 1] = [("oxygen", |e| e.oxygen_mmhg, line(Paint::Data))];
    let hypoxic: [Quantity; 1] =
        [("hypoxic cells", |e| 100.0 * e.hypoxic_fraction, line(colours::series(3)))];
    let many = run.environment.iter().any(|e| e.replicate != run.environment[0].replicate);
    let caption = format!(
        "Averages over live cells. Vessels and perfusion are relative to the patient's mean before therapy, VEGF to what cells of \
         the untreated starting tumour see.{}",
        if many { " Thin lines are further replicates." } else { "" }
    );
    let draw = |width: Width, mut scene: Scene| {
        let keys: Vec<LegendKey> =
            vessels.iter().map(|(name, _, line)| LegendKey::new(LegendMark::Line(*line), *name)).collect();
        let mut top = legend(&mut scene, &keys) + 5.0;
        let x = Axis::days(run.last_day(), width.choose(9, 6));
        let most = |all: &[Quantity]| {
            run.environment.iter().flat_map(|e| all.iter().map(move |q| q.1(e))).fold(0.0, f64::max)
        };
        let mut panels: Vec<(&[Quantity], Axis)> = vec![
            (&vessels, Axis::linear(0.0, most(&vessels).max(1.0), 4, "Relative to baseline")),
            (&oxygen, Axis::linear(0.0, most(&oxygen).max(1.0), 4, "Oxygen (mmHg)")),
            (&hypoxic, Axis::linear(0.0, most(&hypoxic).clamp(5.0, 100.0), 4, "Hypoxic cells (%)")),
        ];
        if most(&hypoxic) < 0.1 {
            panels.pop();
        }
        let count = panels.len();
        let left = 3.0 + panels.iter().map(|(_, axis)| left_of(axis)).fold(0.0, f64::max);
        for (number, (quantities, y)) in panels.into_iter().enumerate() {
            let margins = Margins::across(&scene, top, 72.0);
            let axes = Axes::aligned(left, margins, x.clone(), y);
            axes.grid(&mut scene);
            scene.group(axes.tag(), |scene| lines(scene, &axes, run, quantities));
            axes.vertical(&mut scene);
            top = axes.bottom() + 12.0;
            if number + 1 == count {
                scene.height = axes.horizontal(&mut scene) + 2.0;
            } else {
                axes.bare(&mut scene);
            }
        }
        scene
    };
    vec![Figure::new("environment", "Vessels and oxygen", &caption, draw)]
}

fn lines(scene: &mut Scene, axes: &Axes, run: &RunFolder, quantities: &[Quantity]) {
    let first = run.environment[0].replicate;
    let mut replicates: Vec<u32> = run.environment.iter().map(|e| e.replicate).collect();
    replicates.sort_unstable();
    replicates.dedup();
    for (name, of, line) in quantities {
        for replicate in &replicates {
            let rows = run.environment.iter().filter(|e| e.replicate == *replicate);
            let series: Vec<Point> = rows.map(|e| (e.day, of(e))).collect();
            let (line, name) = if *replicate == first {
                (*line, (*name).to_owned())
            } else {
                (Style { width: 0.5, ..line.opacity(0.55) }, format!("{name}, replicate {replicate}"))
            };
            scene.group(Tag::class("series").with("name", name), |scene| {
                scene.polyline(axes.points(&series), line);
            });
        }
    }
}

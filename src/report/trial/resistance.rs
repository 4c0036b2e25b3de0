//! What the tumours of an arm are made of, over time.

use super::panels::panels;
use crate::numbers::DAYS_PER_MONTH as MONTH;
use crate::plot::colours;
use crate::plot::{Axes, Axis, Figure, LegendKey, Paint, Point, Scene, Style, Tag, Width, legend};
use crate::report::read::ReadTrial;
use crate::trial::output::rows::ResistanceRow;

/// Loci below this share, percent, in all arms at all times are left out.
const MIN_PERCENT: f64 = 0.5;
/// Times at which a smaller share of an arm is still followed are left out.
const MIN: f64 = 0.2;

/// A row with its fractions of cells with each locus changed.
type Composed = (ResistanceRow, Vec<f64>);

/// A panel per arm. A cell with several changed loci counts for each of them, so shares may add up to more than 100 %: they are
/// lines and no stack.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    let enough = |(r, _): &&Composed| f64::from(r.patients) >= MIN * trial.patients_of(&r.arm).count() as f64;
    let rows: Vec<&Composed> = trial.resistance.iter().filter(enough).collect();
    let loci: Vec<usize> =
        (0..trial.loci.len()).filter(|l| rows.iter().any(|r| 100.0 * r.1[*l] >= MIN_PERCENT)).collect();
    if rows.is_empty() || loci.is_empty() {
        return Vec::new();
    }
    let caption = format!(
        "Mean share of sensitive cells (no locus changed) and of those with each locus changed, over the patients who are still followed. A cell with \
         several changes counts for each. Loci below {MIN_PERCENT} % throughout are left out, and times at which less than {:.0} % of the patients are followed.",
        100.0 * MIN
    );
    let model = &trial.loaded.scenario.loci;
    let paint = |l: usize| colours::locus(model, &trial.loci[l]);
    let draw = |width: Width, mut scene: Scene| {
        let mut keys = vec![LegendKey::line(colours::state(model, "sensitive"), "sensitive")];
        keys.extend(loci.iter().map(|l| LegendKey::line(paint(*l), trial.loci[*l].replace('_', " "))));
        let top = legend(&mut scene, &keys);
        let last = rows.iter().map(|r| r.0.day).fold(0.0, f64::max) / MONTH;
        let x = Axis::months(last, width.choose(5, 4), "Time (months)");
        let y = Axis::percent("Share of cells (%)");
        let across = width.choose(4, 2);
        let all = panels(&trial.arms, width, top + 1.0, width.choose(80.0, 68.0), across, (&x, &y));
        for panel in &all {
            let arm = &trial.arms[panel.arm];
            let own: Vec<&Composed> = rows.iter().copied().filter(|r| r.0.arm == *arm).collect();
            panel.axes.grid(&mut scene);
            scene.group(panel.axes.tag(), |scene| {
                line(
                    scene,
                    &panel.axes,
                    &own,
                    |r| r.0.sensitive_fraction,
                    "sensitive",
                    colours::state(model, "sensitive"),
                );
                for locus in &loci {
                    line(scene, &panel.axes, &own, |r| r.1[*locus], &trial.loci[*locus], paint(*locus));
                }
            });
            panel.title(&mut scene, arm, "");
            scene.height = scene.height.max(panel.draw_axes(&mut scene) + 2.0);
        }
        scene
    };
    vec![Figure::new("resistance", "Resistance over time", &caption, draw)]
}

fn line(
    scene: &mut Scene,
    axes: &Axes,
    rows: &[&Composed],
    of: impl Fn(&Composed) -> f64,
    name: &str,
    paint: Paint,
) {
    let series: Vec<Point> = rows.iter().map(|r| (r.0.day / MONTH, 100.0 * of(r))).collect();
    scene.group(Tag::class("series").with("name", name.replace('_', " ")), |scene| {
        scene.polyline(axes.points(&series), Style::line(paint, 1.3));
    });
}

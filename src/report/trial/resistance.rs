//! What the tumours of an arm are made of, over time.

use super::panels::panels;
use crate::report::colours;
use crate::report::plot::stack::Layer;
use crate::report::plot::{Axis, Figure, Frame, Key, Paint, Point, Scene, Style, Tag, Width, legend, stack};
use crate::report::read::{ResistanceRow, TrialFolder};
use crate::trial::outcome::DAYS_PER_MONTH as MONTH;

/// Loci below this share, percent, in all arms at all times are left out.
const LEAST: f64 = 0.5;
/// Times at which fewer patients are followed are left out.
const FEWEST: u32 = 2;

/// A panel per arm. A cell with several changed loci counts for each of them, so shares may add up to more than 100 %: loci are lines,
/// and the share of cells without any is an area.
pub fn figures(trial: &TrialFolder) -> Vec<Figure> {
    let rows: Vec<&ResistanceRow> = trial.resistance.iter().filter(|r| r.patients >= FEWEST).collect();
    let loci: Vec<usize> = (0..trial.loci.len()).filter(|l| rows.iter().any(|r| r.changed[*l] >= LEAST)).collect();
    if rows.is_empty() || loci.is_empty() {
        return Vec::new();
    }
    let caption = format!(
        "Mean share of cells without any changed locus (area) and with each locus changed (lines), over the patients who are still followed. A cell with \
         several changes counts for each. Loci below {LEAST} % throughout are left out, and times with fewer than {FEWEST} patients."
    );
    let model = &trial.loaded.scenario.loci;
    let paint = |l: usize| colours::locus(model, &trial.loci[l]);
    let draw = |width: Width, mut scene: Scene| {
        let mut keys = vec![Key::patch(colours::state(model, "sensitive"), "no locus changed")];
        keys.extend(loci.iter().map(|l| Key::line(paint(*l), trial.loci[*l].replace('_', " "))));
        let top = legend(&mut scene, &keys, (4.0, 2.0), width.points() - 8.0);
        let last = rows.iter().map(|r| r.day).fold(0.0, f64::max) / MONTH;
        let x = Axis::months(last, width.choose(5, 4), "Time (months)");
        let y = Axis::percent("Share of cells (%)");
        let across = width.choose(4, 2);
        let all = panels(trial.arms.len(), width, top + 1.0, width.choose(80.0, 68.0), across, (&x, &y));
        for panel in &all {
            let arm = &trial.arms[panel.arm];
            let own: Vec<&ResistanceRow> = rows.iter().copied().filter(|r| r.arm == *arm).collect();
            panel.frame.grid(&mut scene);
            scene.group(panel.frame.tag(), |scene| {
                area(scene, &panel.frame, &own, colours::state(model, "sensitive"));
                for locus in &loci {
                    line(scene, &panel.frame, &own, *locus, &trial.loci[*locus], paint(*locus));
                }
            });
            panel.title(&mut scene, arm, "");
            scene.height = scene.height.max(panel.axes(&mut scene) + 2.0);
        }
        scene
    };
    vec![Figure::new("resistance", "Resistance over time", &caption, draw)]
}

fn area(scene: &mut Scene, frame: &Frame, rows: &[&ResistanceRow], paint: Paint) {
    let times: Vec<f64> = rows.iter().map(|r| r.day / MONTH).collect();
    let heights = rows.iter().map(|r| r.sensitive).collect();
    stack(scene, frame, &times, &[Layer { name: "no locus changed".to_owned(), paint, heights }]);
}

fn line(scene: &mut Scene, frame: &Frame, rows: &[&ResistanceRow], locus: usize, name: &str, paint: Paint) {
    let series: Vec<Point> = rows.iter().map(|r| (r.day / MONTH, r.changed[locus])).collect();
    scene.group(Tag::class("series").with("name", name.replace('_', " ")), |scene| {
        scene.polyline(frame.points(&series), Style::line(Paint::Paper, 2.4));
        scene.polyline(frame.points(&series), Style::line(paint, 1.4));
    });
}

//! Waterfall plot: the best change of each patient, from worst to best.

use super::chosen;
use super::panels::panels;
use crate::plot::colours;
use crate::plot::{Axis, Figure, Paint, Scene, Style, Tag, Width, value_text};
use crate::report::read::{MAX_DRAWN, ReadTrial, evenly};
use crate::trial::output::rows::PatientRow;

/// Change up to which the axis reaches at least; beyond the axis bars are cut.
const MAX_CHANGE: f64 = 0.6;

/// A panel per arm.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    if trial.patients.iter().all(|p| p.best_change.is_none()) {
        return Vec::new();
    }
    let y = axis(trial);
    let caption = format!(
        "Best change of the sum of diameters from baseline until progression, each bar one patient, by rank. Dashed lines: +20 % and −30 %, \
         the bounds of progression and partial response by diameter.{} Patients without a scan are left out.{}",
        cut(trial, y.scale.ends().1),
        chosen(trial, "their ranks")
    );
    let draw = |width: Width, mut scene: Scene| {
        let x = Axis { title: "Patients".to_owned(), ..Axis::bare() };
        let across = width.choose(4, 2);
        let all = panels(&trial.arms, width, 2.0, width.choose(90.0, 76.0), across, (&x, &y));
        for panel in &all {
            let arm = &trial.arms[panel.arm];
            let mut rows: Vec<(&PatientRow, f64)> =
                trial.patients_of(arm).filter_map(|p| Some((p, 100.0 * p.best_change?))).collect();
            rows.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.patient.cmp(&b.0.patient)));
            panel.axes.grid(&mut scene);
            bars(&mut scene, panel, &evenly(&rows, MAX_DRAWN));
            for bound in [20.0, -30.0] {
                let y = panel.axes.py(bound);
                let style = Style::line(Paint::Ink, 0.6).dashed(2.0, 1.5);
                scene.line((panel.axes.left, y), (panel.axes.right(), y), style);
            }
            panel.title(&mut scene, arm, &format!("n = {}", rows.len()));
            scene.height = scene.height.max(panel.draw_axes(&mut scene) + 2.0);
        }
        scene
    };
    vec![Figure::new("waterfall", "Best change of each patient", &caption, draw)]
}

fn axis(trial: &ReadTrial) -> Axis {
    let changes = || trial.patients.iter().filter_map(|p| p.best_change);
    let (least, most) = (changes().fold(-0.4, f64::min), changes().fold(0.2, f64::max).min(MAX_CHANGE));
    Axis::linear(100.0 * least, 100.0 * most, 7, "Best change (%)")
}

/// What a caption says of bars that go beyond the axis; nothing where none does.
fn cut(trial: &ReadTrial, end: f64) -> String {
    let beyond = trial.patients.iter().filter_map(|p| p.best_change).any(|change| 100.0 * change > end);
    if beyond { format!(" Bars that end in a notch go on beyond +{end:.0} %.") } else { String::new() }
}

fn bars(scene: &mut Scene, panel: &super::panels::ArmPanel, rows: &[(&PatientRow, f64)]) {
    let axes = &panel.axes;
    let wide = axes.width / rows.len().max(1) as f64;
    let zero = axes.py(0.0);
    scene.line((axes.left, zero), (axes.right(), zero), Style::line(Paint::Rule, 0.6));
    for (rank, (patient, change)) in rows.iter().enumerate() {
        let y = axes.py(*change);
        let place =
            [axes.left + wide * (rank as f64 + 0.08), y.min(zero), wide * 0.84, (y - zero).abs().max(0.5)];
        let hint =
            format!("patient {}: {} %, {}", patient.patient, value_text(*change, 0.1), patient.best_response);
        scene.group(Tag::class("mark").hint(hint), |scene| {
            scene.rect(place, Style::fill(colours::series(panel.arm)));
            if !axes.y.scale.holds(*change) {
                // A notch of paper across the bar: it goes on.
                scene.rect([place[0], y + 2.0, place[2], 1.5], Style::fill(Paint::Paper));
            }
        });
    }
}

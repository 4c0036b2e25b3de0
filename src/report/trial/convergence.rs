//! How the median of each arm settles as patients are added.

use crate::numbers::DAYS_PER_MONTH as MONTH;
use crate::plot::colours;
use crate::plot::{
    Axes, Axis, Figure, LegendKey, LegendMark, Margins, Point, Scene, Tag, TextLabel, Width, label, legend,
};
use crate::report::read::ReadTrial;
use crate::trial::outcome::Ended;
use crate::trial::output::rows::PatientRow;
use crate::trial::stats::{KaplanMeier, Subject};

/// Fewer patients than this show nothing.
const MIN: usize = 6;

/// One figure; nothing for a handful of patients.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    if trial.cohort() < MIN {
        return Vec::new();
    }
    let caption = "Median progression-free survival of the first patients of each arm, by their number, in the order in which they were drawn. What still \
                   moves at the right would move with more patients; it says nothing about whether the model is right.";
    let series: Vec<Vec<Point>> = trial.arms.iter().map(|arm| running(trial, arm)).collect();
    let most = series.iter().flatten().map(|p| p.1).fold(0.0, f64::max);
    if most <= 0.0 {
        return Vec::new();
    }
    let draw = |width: Width, mut scene: Scene| {
        let keys: Vec<LegendKey> = trial
            .arms
            .iter()
            .enumerate()
            .map(|(n, a)| LegendKey::new(LegendMark::Line(colours::arm(n, 1.3)), a.clone()))
            .collect();
        // In a column there is no room for names at the right.
        let top = if width == Width::Column { legend(&mut scene, &keys) } else { 2.0 };
        let room_right = width.choose(label::room(&trial.arms), 8.0);
        let right = width.points() - room_right;
        let margins = Margins { left: 3.0, right, top: top + 6.0, height: width.choose(110.0, 95.0) };
        let x = Axis::linear(0.0, trial.cohort() as f64, width.choose(8, 5), "Patients");
        let y = Axis::linear(0.0, most, 5, "Median PFS (months)");
        let axes = Axes::new(margins, x, y);
        axes.grid(&mut scene);
        scene.group(axes.tag(), |scene| {
            for (number, (arm, points)) in trial.arms.iter().zip(&series).enumerate() {
                let tag = Tag::class("series arm").with("name", arm.clone()).with("arm", arm.clone());
                scene.group(tag, |scene| {
                    scene.polyline(axes.points(points), colours::arm(number, 1.1));
                });
            }
        });
        if width == Width::Page {
            let end = |(number, points): (usize, &Vec<Point>)| {
                let at = axes.py(points.last()?.1);
                Some(TextLabel {
                    at,
                    words: trial.arms[number].clone(),
                    paint: Some(colours::series(number)),
                })
            };
            let labels: Vec<TextLabel> = series.iter().enumerate().filter_map(end).collect();
            label::draw(&mut scene, &labels, axes.right(), (axes.top + 3.0, axes.bottom() - 3.0));
        }
        axes.vertical(&mut scene);
        scene.height = axes.horizontal(&mut scene) + 2.0;
        scene
    };
    vec![Figure::new("convergence", "Convergence with the number of patients", caption, draw)]
}

/// Medians of the first patients, where there is one; at most some hundred steps.
fn running(trial: &ReadTrial, arm: &str) -> Vec<Point> {
    let mut rows: Vec<&PatientRow> = trial.patients_of(arm).collect();
    rows.sort_by_key(|p| p.patient);
    let subjects: Vec<Subject> = rows
        .iter()
        .map(|p| Subject { time: p.pfs_days / MONTH, event: p.pfs_ended != Ended::Censored })
        .collect();
    let step = (subjects.len() / 100).max(1);
    let at = |n: usize| {
        let median = KaplanMeier::new(&subjects[..n]).ok()?.median();
        Some((n as f64, median.estimate.ok()?))
    };
    (3..=subjects.len()).filter(|n| n % step == 0 || *n == subjects.len()).filter_map(at).collect()
}

//! Spider plot: change from baseline of each patient over time.

use super::chosen;
use super::panels::panels;
use crate::plot::colours;
use crate::plot::{Axis, Figure, LegendKey, LegendMark, Paint, Point, Scene, Style, Tag, Width, legend};
use crate::report::read::ReadTrial;
use crate::trial::output::rows::ScanRow;

/// Days in a month, as scales have them.
const MONTH: f64 = crate::numbers::DAYS_PER_MONTH;

/// A panel per arm, of the first line.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    let first = &trial.scans;
    if first.is_empty() {
        return Vec::new();
    }
    let changes = || first.iter().filter_map(|s| s.change);
    let (least, most) = (changes().fold(-0.3, f64::min), changes().fold(0.2, f64::max).min(1.0));
    let y = Axis::linear(100.0 * least, 100.0 * most, 6, "Change from baseline (%)");
    let end = y.scale.ends().1;
    let cut = match changes().any(|change| 100.0 * change > end) {
        true => format!(" Values beyond +{end:.0} % are drawn at the edge."),
        false => String::new(),
    };
    let caption = format!(
        "Change of the sum of diameters from baseline at each scan on the first line, a line for each patient. Dots: new lesions. Dashed \
         lines: +20 % and −30 % from baseline.{cut}{}",
        chosen(trial, "their numbers")
    );
    let draw = |width: Width, mut scene: Scene| {
        let dot = LegendKey::new(LegendMark::Dot(Style::fill(Paint::Data)), "new lesion");
        let top = legend(&mut scene, &[dot][..usize::from(first.iter().any(|s| s.new_lesion))]);
        let last = first.iter().map(|s| s.day).fold(0.0, f64::max) / MONTH;
        let x = Axis::months(last, width.choose(5, 4), "Time (months)");
        let across = width.choose(4, 2);
        let all = panels(&trial.arms, width, top, width.choose(90.0, 76.0), across, (&x, &y));
        for panel in &all {
            let arm = &trial.arms[panel.arm];
            let scans: Vec<&ScanRow> = first.iter().filter(|s| s.arm == *arm).collect();
            let axes = &panel.axes;
            axes.grid(&mut scene);
            for bound in [20.0, -30.0] {
                let y = axes.py(bound);
                let style = Style::line(Paint::Ink, 0.6).dashed(2.0, 1.5);
                scene.line((axes.left, y), (axes.right(), y), style);
            }
            scene.group(axes.tag(), |scene| {
                for course in scans.chunk_by(|a, b| a.patient == b.patient) {
                    line(scene, panel, course);
                }
            });
            panel.title(&mut scene, arm, "");
            scene.height = scene.height.max(panel.draw_axes(&mut scene) + 2.0);
        }
        scene
    };
    vec![Figure::new("spider", "Change from baseline over time", &caption, draw)]
}

fn line(scene: &mut Scene, panel: &super::panels::ArmPanel, course: &[&ScanRow]) {
    let axes = &panel.axes;
    let point = |s: &&ScanRow| Some((s.day / MONTH, 100.0 * s.change?));
    let series: Vec<Point> = std::iter::once((0.0, 0.0)).chain(course.iter().filter_map(point)).collect();
    let paint = colours::series(panel.arm);
    let name = format!("patient {}", course[0].patient);
    scene.group(Tag::class("series").with("name", name.clone()).hint(name), |scene| {
        scene.polyline(axes.points(&series), Style::line(paint, 0.8).opacity(0.75));
        for at in course.iter().filter(|s| s.new_lesion).filter_map(point) {
            let style = Style::fill(paint).outlined(Paint::Paper, 0.4);
            scene.circle(axes.at(at), 1.7, style);
        }
    });
}

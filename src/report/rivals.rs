//! What tells rival models apart: how often the right one is named, and what is found under each.

use crate::plot::colours;
use crate::plot::{
    Axes, Axis, Figure, LegendKey, LegendMark, Margins, Paint, Point, SMALL, Scene, Style, Tag, Text, Width,
    legend,
};
use crate::trial::discriminate::{MeasuredRow, RivalSummary};

/// Both figures.
pub fn figures(summary: &RivalSummary) -> Vec<Figure> {
    let naming = "How often the right rival has the largest likelihood, by the number of patients who are measured, where the rival is true that is named least \
                  often. The line is what was asked for.";
    let found = "What each measurement finds under each rival, noise included: median, and 10 % to 90 % of patients. Each measurement has an axis of its own.";
    let first = |width: Width, scene: Scene| draw_naming(summary, width, scene);
    let second = |width: Width, scene: Scene| draw_found(summary, width, scene);
    vec![
        Figure::new("naming", &format!("Naming the right rival in {}", summary.name), naming, first),
        Figure::new("measured", &format!("What is found in {}", summary.name), found, second),
    ]
}

fn draw_naming(summary: &RivalSummary, width: Width, mut scene: Scene) -> Scene {
    let needed = &summary.found.needed;
    let key = |(at, one): (usize, &crate::trial::discriminate::NeededPatients)| {
        LegendKey::new(LegendMark::Line(colours::arm(at, 1.3)), one.measurement.clone())
    };
    let keys: Vec<LegendKey> = needed.iter().enumerate().map(key).collect();
    let top = legend(&mut scene, &keys);
    let right = width.points() - 8.0;
    let margins = Margins { left: 3.0, right, top: top + 6.0, height: width.choose(130.0, 100.0) };
    let most = f64::from(summary.found.most.max(2));
    let x = Axis::log(1.0, most, "Patients who are measured");
    let axes = Axes::new(margins, x, Axis::percent("Right rival named (%)"));
    axes.grid(&mut scene);
    let asked = axes.py(100.0 * summary.found.power);
    scene.line((axes.left, asked), (axes.right(), asked), Style::line(Paint::Ink, 0.6).dashed(2.0, 2.0));
    scene.group(axes.tag(), |scene| {
        for (at, one) in needed.iter().enumerate() {
            let at_size = |n: u32| (f64::from(n), 100.0 * summary.least_right(&one.measurement, n));
            let points: Vec<Point> = (1..=summary.found.most).map(at_size).collect();
            let tag = Tag::class("series arm")
                .with("name", one.measurement.clone())
                .with("arm", one.measurement.clone());
            scene.group(tag, |scene| scene.polyline(axes.points(&points), colours::arm(at, 1.3)));
        }
    });
    axes.vertical(&mut scene);
    scene.height = axes.horizontal(&mut scene) + 2.0;
    scene
}

/// Height of a rival's row, and of the title of a panel.
const ROW: f64 = 9.0;
const TITLE: f64 = 12.0;
/// Below a panel: its axis.
const BELOW: f64 = 8.0;

fn draw_found(summary: &RivalSummary, width: Width, mut scene: Scene) -> Scene {
    let rivals = &summary.found.rivals;
    let key = |(at, name): (usize, &String)| {
        LegendKey::new(LegendMark::Interval(Style::fill(colours::series(at))), name.clone())
    };
    let keys: Vec<LegendKey> = rivals.iter().enumerate().map(key).collect();
    let mut top = legend(&mut scene, &keys) + 4.0;
    for needed in &summary.found.needed {
        let rows: Vec<&MeasuredRow> =
            summary.found.measured.iter().filter(|row| row.measurement == needed.measurement).collect();
        scene.text(Text::new((4.0, top + 8.0), needed.measurement.clone(), SMALL));
        top = panel(&mut scene, &rows, rivals, (top + TITLE, width)) + BELOW;
    }
    scene.height = top;
    scene
}

/// A measurement; the bottom of its panel.
fn panel(scene: &mut Scene, rows: &[&MeasuredRow], rivals: &[String], (top, width): (f64, Width)) -> f64 {
    let ends =
        rows.iter().fold((f64::MAX, f64::MIN), |(low, high), row| (low.min(row.low), high.max(row.high)));
    let (low, high) = if ends.0 < ends.1 { ends } else { (ends.0.min(0.0) - 0.5, ends.0.max(0.0) + 0.5) };
    let quantity = rows.first().map_or("", |row| row.quantity.as_str());
    let margins =
        Margins { left: 8.0, right: width.points() - 12.0, top, height: ROW * (rivals.len() as f64 + 0.5) };
    let axes = Axes::new(margins, Axis::linear(low, high, width.choose(8, 5), quantity), Axis::bare());
    axes.grid(scene);
    scene.group(axes.tag(), |scene| {
        for (at, row) in rivals
            .iter()
            .enumerate()
            .filter_map(|(at, name)| rows.iter().find(|row| row.rival == *name).map(|row| (at, *row)))
        {
            let y = top + ROW * (at as f64 + 0.75);
            let paint = colours::series(at);
            let tag = Tag::class("series arm").with("name", row.rival.clone()).with("arm", row.rival.clone());
            let hint = format!("{}: {:.1} ({:.1} to {:.1})", row.rival, row.median, row.low, row.high);
            scene.group(tag.hint(hint), |scene| {
                scene.line((axes.px(row.low), y), (axes.px(row.high), y), Style::line(paint, 1.2));
                scene.circle((axes.px(row.median), y), 2.2, Style::fill(paint));
            });
        }
    });
    axes.horizontal(scene)
}

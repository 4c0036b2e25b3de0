//! Power and assurance of a planned trial by its size.

use crate::plot::colours;
use crate::plot::{
    Axes, Axis, Figure, LegendKey, LegendMark, Margins, Paint, Point, Scene, Style, Tag, Width, legend,
};
use crate::scenario::Scenario;
use crate::trial::assurance::{DesignRow, DesignSummary};

/// What a curve shows: its name, the share, and the ends of its interval.
struct Shown {
    name: &'static str,
    of: fn(&DesignRow) -> [f64; 3],
}

const SHOWN: [Shown; 2] = [
    Shown {
        name: "assurance",
        of: |row| [row.assurance_fraction, row.assurance_low_fraction, row.assurance_high_fraction],
    },
    Shown {
        name: "power at the fitted values",
        of: |row| [row.power_fraction, row.power_low_fraction, row.power_high_fraction],
    },
];

/// One figure.
pub fn figures(scenario: &Scenario, summary: &DesignSummary) -> Vec<Figure> {
    let caption = "Share of trials that show the arm to be better, by the number of patients. Power: where the fitted values hold. Assurance: over draws of the \
                   posterior, and of how trials differ in growth. Shaded: what the number of draws leaves open. The line is what was asked for.";
    let draw = |width: Width, scene: Scene| draw(summary, width, scene);
    let title = format!("Power and assurance of {}", scenario.name);
    vec![Figure::new("power", &title, caption, draw)]
}

fn draw(summary: &DesignSummary, width: Width, mut scene: Scene) -> Scene {
    let sizes = &summary.planned.sizes;
    let key =
        |(at, shown): (usize, &Shown)| LegendKey::new(LegendMark::Line(colours::arm(at, 1.3)), shown.name);
    let keys: Vec<LegendKey> = SHOWN.iter().enumerate().map(key).collect();
    let top = legend(&mut scene, &keys);
    let most = sizes.last().map_or(1.0, |row| f64::from(row.patients));
    let right = width.points() - 8.0;
    let margins = Margins { left: 3.0, right, top: top + 6.0, height: width.choose(130.0, 100.0) };
    let x = Axis::linear(0.0, most, width.choose(8, 5), "Patients of both arms");
    let axes = Axes::new(margins, x, Axis::percent("Trials that succeed (%)"));
    axes.grid(&mut scene);
    let asked = axes.py(100.0 * summary.question.power);
    scene.line((axes.left, asked), (axes.right(), asked), Style::line(Paint::Ink, 0.6).dashed(2.0, 2.0));
    scene.group(axes.tag(), |scene| {
        for (at, shown) in SHOWN.iter().enumerate() {
            curve(scene, &axes, sizes, (at, shown));
        }
    });
    axes.vertical(&mut scene);
    scene.height = axes.horizontal(&mut scene) + 2.0;
    scene
}

fn curve(scene: &mut Scene, axes: &Axes, sizes: &[DesignRow], (at, shown): (usize, &Shown)) {
    let points = |of: usize| -> Vec<Point> {
        sizes.iter().map(|row| (f64::from(row.patients), 100.0 * (shown.of)(row)[of])).collect()
    };
    let mut band = axes.points(&points(1));
    band.extend(axes.points(&points(2)).into_iter().rev());
    let tag = Tag::class("series arm").with("name", shown.name).with("arm", shown.name);
    scene.group(tag, |scene| {
        scene.polygon(band, Style::fill(colours::series(at)).opacity(0.15));
        scene.polyline(axes.points(&points(0)), colours::arm(at, 1.3));
        for point in axes.points(&points(0)) {
            scene.circle(point, 1.6, Style::fill(colours::series(at)));
        }
    });
}

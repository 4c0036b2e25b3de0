//! What is foreseen of a patient under each option: the sum of diameters with the scans, and how likely progression is by when.

use super::trial::panels::{ArmPanel, panels};
use crate::numbers::DAYS_PER_MONTH as MONTH;
use crate::plot::colours;
use crate::plot::{
    Axes, Axis, Figure, LegendKey, LegendMark, Margins, Paint, Point, Scene, Style, Tag, Width, legend,
};
use crate::scenario::Scenario;
use crate::trial::condition::{ConditionSummary, ConditionedPatient, FanRow};

/// Quantiles at the ends of a band, by their numbers, and how dark it is.
const BANDS: [([usize; 2], f64); 2] = [([0, 4], 0.16), ([1, 3], 0.3)];
/// Number of the median.
const MEDIAN: usize = 2;

/// Two figures; where the data do not say, the scans alone.
pub fn figures(scenario: &Scenario, summary: &ConditionSummary) -> Vec<Figure> {
    let of = summary.conditioned.clone();
    let caption = "Sum of the diameters of target lesions under each option, without the error of reading. Dots: the patient's scans. Line: median of the simulated \
                   patients, weighted by how well they fit what is known. Bands: their central 50 and 90 %, among those alive. Upright line: the day of the question.";
    let told = |caption: &str| match of.is_open {
        true => "The patient's scans. The data do not say what to foresee: too few simulated patients fit."
            .to_owned(),
        false => caption.to_owned(),
    };
    let copy = of.clone();
    let draw = move |width: Width, scene: Scene| sums(&copy, width, scene);
    let title = format!("What is foreseen of {}", scenario.name);
    let mut all = vec![Figure::new("fan", &title, &told(caption), draw)];
    if !of.is_open {
        let caption = "Probability of progression on the option, at the scans that the trial's calendar has, or of death, since the day of the question. Shaded: what the number of \
                       simulated patients leaves open (two standard errors).";
        let draw = move |width: Width, scene: Scene| chances(&of, width, scene);
        all.push(Figure::new("fan-progression", "Progression or death by option", caption, draw));
    }
    all
}

fn months(day: u32) -> f64 {
    f64::from(day) / MONTH
}

fn sums(of: &ConditionedPatient, width: Width, mut scene: Scene) -> Scene {
    let scans: Vec<Point> = of.scans.iter().map(|scan| (months(scan.day), scan.measured_mm)).collect();
    let top = of.fan.iter().filter_map(|row| row.sum_q95_mm).chain(scans.iter().map(|scan| scan.1));
    let most = top.fold(10.0, f64::max);
    let scanned = of.scans.iter().map(|scan| scan.day).chain([of.today]);
    let last = of.fan.iter().map(|row| row.day).chain(scanned).max().unwrap_or(1);
    let x = Axis::months(months(last.max(28)), width.choose(6, 4), "Months since the start");
    let y = Axis::linear(0.0, most, 5, "Sum of diameters (mm)");
    let across = width.choose(2, 1);
    let drawn = panels(&of.arms, width, 2.0, width.choose(110.0, 90.0), across, (&x, &y));
    for panel in &drawn {
        let name = &of.arms[panel.arm];
        panel.title(&mut scene, name, "");
        panel.axes.grid(&mut scene);
        let rows: Vec<&FanRow> = of.of_arm(name).collect();
        let tag = panel.axes.tag().with("arm", name.clone());
        scene.group(tag, |scene| fan(scene, panel, &rows, (&scans, of.today)));
        let bottom = panel.draw_axes(&mut scene);
        scene.height = scene.height.max(bottom + 2.0);
    }
    scene
}

fn fan(scene: &mut Scene, panel: &ArmPanel, rows: &[&FanRow], (scans, today): (&[Point], u32)) {
    let axes = &panel.axes;
    let line = |of: usize| -> Vec<Point> {
        rows.iter().filter_map(|row| Some((months(row.day), row.quantiles_mm()?[of]))).collect()
    };
    let at = axes.px(months(today));
    scene.line((at, axes.top), (at, axes.bottom()), Style::line(Paint::Ink, 0.6).dashed(2.0, 2.0));
    if !rows.is_empty() {
        for ([low, high], dark) in BANDS {
            let mut band = axes.points(&line(low));
            band.extend(axes.points(&line(high)).into_iter().rev());
            scene.polygon(band, Style::fill(colours::series(panel.arm)).opacity(dark));
        }
        scene.polyline(axes.points(&line(MEDIAN)), colours::arm(panel.arm, 1.3));
    }
    for scan in axes.points(scans) {
        scene.circle(scan, 2.0, Style::fill(Paint::Ink));
    }
}

fn chances(of: &ConditionedPatient, width: Width, mut scene: Scene) -> Scene {
    let key = |(arm, name): (usize, &String)| {
        LegendKey::new(LegendMark::Line(colours::arm(arm, 1.3)), name.clone())
    };
    let keys: Vec<LegendKey> = of.arms.iter().enumerate().map(key).collect();
    let top = legend(&mut scene, &keys);
    let last = of.fan.iter().map(|row| row.day).max().unwrap_or(of.today);
    let right = width.points() - 8.0;
    let margins = Margins { left: 3.0, right, top: top + 6.0, height: width.choose(130.0, 100.0) };
    let x = Axis::months(
        months(last.saturating_sub(of.today).max(28)),
        width.choose(8, 5),
        "Months since the day of the question",
    );
    let axes = Axes::new(margins, x, Axis::percent("Progressed or died (%)"));
    axes.grid(&mut scene);
    scene.group(axes.tag(), |scene| {
        for (arm, name) in of.arms.iter().enumerate() {
            let rows: Vec<&FanRow> = of.of_arm(name).filter(|row| row.day >= of.today).collect();
            chance(scene, &axes, &rows, (arm, name, of.today));
        }
    });
    axes.vertical(&mut scene);
    scene.height = axes.horizontal(&mut scene) + 2.0;
    scene
}

fn chance(scene: &mut Scene, axes: &Axes, rows: &[&FanRow], (arm, name, today): (usize, &str, u32)) {
    let line = |errors: f64| -> Vec<Point> {
        let at = |row: &&FanRow| {
            let share = row.progressed_fraction + errors * row.standard_error_fraction;
            (months(row.day - today), 100.0 * share.clamp(0.0, 1.0))
        };
        rows.iter().map(at).collect()
    };
    let mut band = axes.steps(&line(-2.0));
    band.extend(axes.steps(&line(2.0)).into_iter().rev());
    let tag = Tag::class("series arm").with("name", name.to_owned()).with("arm", name.to_owned());
    scene.group(tag, |scene| {
        scene.polygon(band, Style::fill(colours::series(arm)).opacity(0.15));
        scene.polyline(axes.steps(&line(0.0)), colours::arm(arm, 1.3));
    });
}

//! The front of a search: benefit against price, with their intervals.

use crate::plot::colours;
use crate::plot::{
    Anchor, Axes, Axis, Figure, LegendKey, LegendMark, Margins, Paint, Point, SMALL, Scene, Style, Tag, Text,
    Width, legend,
};
use crate::trial::optimise::{FrontRow, FrontStatus, SearchSummary};

/// Kinds of candidates that are shown in one way each.
const KINDS: [(&str, &[FrontStatus]); 3] = [
    ("on the front", &[FrontStatus::Front]),
    ("not separated from the front", &[FrontStatus::Open]),
    (
        "behind, left on the way, or over the bound",
        &[FrontStatus::Dominated, FrontStatus::Dropped, FrontStatus::SetAside, FrontStatus::OverBound],
    ),
];

/// One figure.
pub fn figures(summary: &SearchSummary) -> Vec<Figure> {
    let benefit = summary.found.benefit.endpoint().names().0.to_lowercase();
    let caption = format!(
        "What each candidate gains ({benefit}, restricted mean to month {:.0}) at which price, over the same virtual patients. Bars: 95 % intervals of \
         each value alone. Line: the front by estimates, from which nobody is ahead in both. Numbers are those of the table. {}",
        summary.found.horizon_months,
        bound_words(summary)
    );
    let draw = |width: Width, scene: Scene| draw(summary, width, scene);
    vec![Figure::new("front", &format!("Benefit and price in {}", summary.name), &caption, draw)]
}

fn bound_words(summary: &SearchSummary) -> &'static str {
    if summary.bound.severe_days.is_some() { "Dashed: the bound." } else { "" }
}

fn paint(kind: usize) -> Paint {
    if kind == 2 { Paint::Rule } else { colours::series(kind) }
}

fn draw(summary: &SearchSummary, width: Width, mut scene: Scene) -> Scene {
    let rows = &summary.found.candidates;
    let kinds =
        KINDS.iter().enumerate().filter(|(_, (_, of))| rows.iter().any(|row| of.contains(&row.status)));
    let keys: Vec<LegendKey> = kinds
        .map(|(kind, (words, _))| LegendKey::new(LegendMark::Interval(Style::fill(paint(kind))), *words))
        .collect();
    let top = legend(&mut scene, &keys);
    let right = width.points() - 8.0;
    let margins = Margins { left: 3.0, right, top: top + 6.0, height: width.choose(190.0, 150.0) };
    let axes = axes(summary, margins, width);
    axes.grid(&mut scene);
    if let Some(most) = summary.bound.severe_days.filter(|most| axes.x.scale.holds(*most)) {
        let x = axes.px(most);
        scene.line((x, axes.top), (x, axes.bottom()), Style::line(Paint::Ink, 0.6).dashed(2.0, 2.0));
    }
    let benefit = summary.found.benefit;
    let mut front: Vec<Point> =
        summary.found.front().map(|row| (row.severe_days, row.benefit(benefit)[0])).collect();
    front.sort_by(|a, b| a.0.total_cmp(&b.0));
    scene.polyline(axes.points(&front), Style::line(paint(0), 0.8));
    scene.group(axes.tag(), |scene| {
        // The front lies on top.
        for (kind, (_, of)) in KINDS.iter().enumerate().rev() {
            rows.iter()
                .filter(|row| of.contains(&row.status))
                .for_each(|row| candidate(scene, &axes, (row, row.benefit(benefit)), paint(kind)));
        }
    });
    numbers(&mut scene, &axes, summary);
    axes.vertical(&mut scene);
    scene.height = axes.horizontal(&mut scene) + 2.0;
    scene
}

/// Axes that hold all values, and the intervals of those that came to the end.
fn axes(summary: &SearchSummary, margins: Margins, width: Width) -> Axes {
    let rows = &summary.found.candidates;
    let benefits = rows.iter().map(|row| row.benefit(summary.found.benefit));
    let (low, high) = benefits.fold((f64::MAX, f64::MIN), |(low, high), [_, l, h]| (low.min(l), high.max(h)));
    let dearest = rows.iter().map(|row| row.severe_high_days).fold(1.0, f64::max);
    let bound = summary.bound.severe_days.filter(|most| *most < 1.5 * dearest).unwrap_or(0.0);
    let x = Axis::linear(0.0, dearest.max(bound), width.choose(8, 5), "Days with drug toxicity of grade 3-4");
    let title = format!("{} (months)", summary.found.benefit.endpoint().names().0);
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    Axes::new(margins, x, Axis::linear(low, high, 6, &title))
}

fn candidate(scene: &mut Scene, axes: &Axes, (row, [value, low, high]): (&FrontRow, [f64; 3]), paint: Paint) {
    let line = Style::line(paint, 0.7);
    let tag = Tag::class("series arm").with("name", row.candidate.clone()).with("arm", row.candidate.clone());
    let hint =
        format!("{}: {value:.1} months, {:.0} days, {}", row.candidate, row.severe_days, row.status.words());
    scene.group(tag.hint(hint), |scene| {
        scene.line(axes.at((row.severe_days, low)), axes.at((row.severe_days, high)), line);
        scene.line(axes.at((row.severe_low_days, value)), axes.at((row.severe_high_days, value)), line);
        scene.circle(axes.at((row.severe_days, value)), 2.0, Style::fill(paint));
    });
}

/// Numbers at the ends of the upright intervals, where there is room.
fn numbers(scene: &mut Scene, axes: &Axes, summary: &SearchSummary) {
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for row in &summary.found.candidates {
        let [_, low, high] = row.benefit(summary.found.benefit);
        let (x, top, bottom) = (axes.px(row.severe_days), axes.py(high), axes.py(low));
        let places = [
            (0.0, top - 2.0),
            (-4.0, top - 2.0),
            (4.0, top - 2.0),
            (0.0, bottom + SMALL),
            (0.0, top - 2.0 - SMALL),
        ];
        let text = places
            .into_iter()
            .map(|(dx, y)| Text::new((x + dx, y), row.number.to_string(), SMALL).anchor(Anchor::Middle));
        let free = |text: &Text| {
            let own = text.bounds();
            let inside = own[0] > axes.left && own[2] < axes.right() && own[3] < axes.bottom();
            inside && taken.iter().all(|other| !overlap(&own, other))
        };
        if let Some(text) = text.into_iter().find(free) {
            taken.push(text.bounds());
            scene.text(text);
        }
    }
}

/// Whether two boxes (left, top, right, bottom) have a point in common.
fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

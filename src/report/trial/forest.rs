//! Forest plot: hazard ratios with their intervals, and the differences over the same patients.

use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, Margins, Paint, SMALL, Scale, Scene, Style, Tag, Text, Tick, Width,
    font,
};
use crate::report::read::ReadTrial;
use crate::simulation::naming::signed;
use crate::trial::output::rows::ContrastRow;
use crate::trial::results::Endpoint;

const ROW: f64 = 10.5;

/// One figure of all contrasts; nothing where no arms were compared.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    let endpoints = trial.endpoints();
    let told = |of: &Endpoint| {
        let of = *of;
        trial.contrasts.iter().filter(move |c| c.hazard_ratio.is_some() && c.endpoint == of)
    };
    let rows: Vec<&ContrastRow> = endpoints.iter().flat_map(told).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let caption = "Hazard ratios (Cox) with 95 % intervals, as a trial with other patients in each arm would report them; arrows show intervals \
                   that go on, and a ratio of 0 or ∞ stands at the edge. Below 1 the arm that is named does better than the one that it is held against. Patients are the same in \
                   all arms, which the paired differences of restricted mean times use and hazard ratios do not; all these means reach to one \
                   horizon"
        .to_owned()
        + &horizon(&rows);
    let draw = |width: Width, scene: Scene| draw(&rows, width, scene);
    vec![Figure::new("forest", "Hazard ratios", &caption, draw)]
}

/// The horizon of the restricted means, to end a sentence with.
fn horizon(rows: &[&ContrastRow]) -> String {
    rows.first().map_or_else(|| ".".to_owned(), |c| format!(" (month {:.0}).", c.horizon_months))
}

fn ratio(x: f64) -> String {
    if x.is_infinite() {
        "∞".to_owned()
    } else if x >= 100.0 {
        "≥100".to_owned()
    } else {
        format!("{x:.2}")
    }
}

fn words(c: &ContrastRow) -> String {
    let value = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), ratio);
    format!("{} ({}–{})", value(c.hazard_ratio), value(c.hazard_ratio_low), value(c.hazard_ratio_high))
}

fn difference(c: &ContrastRow) -> String {
    let signed = |x: f64| signed(x, 1).replace('-', "−");
    match (c.paired_difference_months, c.paired_low_months, c.paired_high_months) {
        (Some(d), Some(low), Some(high)) => format!("{} ({} to {})", signed(d), signed(low), signed(high)),
        (Some(d), ..) => signed(d),
        _ => "–".to_owned(),
    }
}

/// Groups of contrasts by time, each with its rows.
fn groups<'a>(rows: &[&'a ContrastRow]) -> Vec<(Endpoint, Vec<&'a ContrastRow>)> {
    let mut out: Vec<(Endpoint, Vec<&ContrastRow>)> = Vec::new();
    for row in rows {
        match out.iter_mut().find(|g| g.0 == row.endpoint) {
            Some(group) => group.1.push(row),
            None => out.push((row.endpoint, vec![row])),
        }
    }
    out
}

fn draw(rows: &[&ContrastRow], width: Width, mut scene: Scene) -> Scene {
    let against: Vec<&str> = rows.iter().map(|r| r.against.as_str()).collect();
    let one = against.iter().all(|a| *a == against[0]);
    let name = |c: &ContrastRow| if one { c.arm.clone() } else { format!("{} v. {}", c.arm, c.against) };
    let size = width.choose(SMALL, 6.0);
    let widest = |face, of: &dyn Fn(&ContrastRow) -> String| {
        rows.iter().map(|r| font::width(&of(r), size, face)).fold(0.0, f64::max)
    };
    let names = widest(Face::Regular, &name).min(width.choose(150.0, 84.0));
    let numbers = widest(Face::Regular, &words).max(56.0);
    let extra = width.choose(widest(Face::Regular, &difference).max(80.0) + 10.0, 0.0);
    let left = 6.0 + names + 6.0;
    let right = width.points() - 6.0 - numbers - extra - 6.0;
    let mut y = 4.0 + size;
    let head = |scene: &mut Scene, x: f64, y: f64, words: &str, anchor| {
        scene.text(Text::new((x, y), words, size).face(Face::Bold).anchor(anchor));
    };
    head(&mut scene, right + 8.0, y, "HR (95 %)", Anchor::Start);
    if width == Width::Page {
        head(&mut scene, width.points() - 6.0, y, "paired difference, months", Anchor::End);
    }
    let words_of_head = if one { format!("Against {}", against[0]) } else { "Arms".to_owned() };
    let fitted = font::fit(&words_of_head, size, Face::Italic, right - 8.0);
    scene.text(Text::new((4.0, y), fitted, size).face(Face::Italic));
    y += 5.0;
    let top = y;
    let groups = groups(rows);
    let height = groups.iter().map(|g| 13.0 + ROW * g.1.len() as f64).sum::<f64>() + 2.0;
    let axes = Axes::aligned(left, Margins { left, right, top, height }, axis(rows, width), Axis::bare());
    let line = axes.px(1.0);
    scene.line((line, top), (line, axes.bottom()), Style::line(Paint::Rule, 0.7));
    for (time, rows) in groups {
        y += 9.5;
        head(&mut scene, 4.0, y, time.names().1, Anchor::Start);
        y += 3.5;
        for c in rows {
            y += ROW;
            row(&mut scene, &axes, c, y - ROW / 2.0);
            let base = y - ROW / 2.0 + 0.35 * size;
            let fitted = font::fit(&name(c), size, Face::Regular, names);
            scene.text(Text::new((8.0, base), fitted, size));
            scene.text(Text::new((right + 8.0, base), words(c), size));
            if width == Width::Page {
                let at = (width.points() - 6.0, base);
                scene.text(Text::new(at, difference(c), size).anchor(Anchor::End));
            }
        }
    }
    let bottom = axes.horizontal(&mut scene);
    scene.height = favours(&mut scene, &axes, (one.then_some(against[0]), size), bottom) + 2.0;
    scene
}

/// Below the axis, which arm does better on which side of 1. The bottom of it.
fn favours(scene: &mut Scene, axes: &Axes, (against, size): (Option<&str>, f64), top: f64) -> f64 {
    let (middle, y) = (axes.px(1.0), top + 1.3 * size);
    let arrow = Style::line(Paint::Soft, 0.7);
    let other = against.unwrap_or("the second arm");
    let own = if against.is_some() { "the arm named" } else { "the first arm" };
    // Names may be longer than a side is wide: then they go on below the numbers, or are cut.
    let room = [middle - 4.0 - 12.0, scene.width - middle - 4.0 - 12.0];
    for (side, (words, room)) in [-1.0, 1.0].into_iter().zip([own, other].into_iter().zip(room)) {
        let (from, to) = (middle + 3.0 * side, middle + 11.0 * side);
        scene.line((from, y - 2.2), (to, y - 2.2), arrow);
        let tip = to - 2.5 * side;
        scene.polyline(vec![(tip, y - 4.0), (to, y - 2.2), (tip, y - 0.4)], arrow);
        let words = font::fit(&format!("favours {words}"), size, Face::Regular, room);
        let anchor = if side < 0.0 { Anchor::End } else { Anchor::Start };
        scene.text(Text::new((to + 3.0 * side, y), words, size).anchor(anchor).paint(Paint::Soft));
    }
    y + 2.0
}

/// A logarithmic axis about 1 that holds all ratios and, within reason, their intervals.
fn axis(rows: &[&ContrastRow], width: Width) -> Axis {
    let ratios: Vec<f64> = rows.iter().filter_map(|r| r.hazard_ratio).collect();
    let ends = rows
        .iter()
        .flat_map(|r| [r.hazard_ratio_low, r.hazard_ratio_high])
        .flatten()
        .filter(|x| *x > 0.0 && x.is_finite());
    let furthest = ends.map(|x| libm::fabs(libm::log(x))).fold(0.0, f64::max).min(libm::log(10.0));
    let reach = ratios
        .iter()
        .filter(|x| **x > 0.0 && x.is_finite())
        .map(|x| libm::fabs(libm::log(*x)))
        .fold(furthest, f64::max)
        .max(0.75);
    let end = libm::exp(reach * 1.04);
    let all: &[f64] = if reach > 1.7 {
        width.choose(&[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0], &[0.1, 0.3, 1.0, 3.0, 10.0])
    } else {
        &[0.25, 0.5, 1.0, 2.0, 4.0]
    };
    let ticks =
        all.iter().filter(|t| **t * end >= 1.0 && **t <= end).map(|t| Tick { at: *t, label: format!("{t}") });
    let title = width.choose("Hazard ratio (log scale)", "HR (log scale)").to_owned();
    Axis { scale: Scale::Log(1.0 / end, end), ticks: ticks.collect(), title }
}

fn row(scene: &mut Scene, axes: &Axes, c: &ContrastRow, y: f64) {
    let Some(value) = c.hazard_ratio else { return };
    let hint = format!("{} against {}, {}: {}", c.arm, c.against, c.endpoint.names().1, words(c));
    let (low, high) = axes.x.scale.ends();
    scene.group(Tag::class("mark").hint(hint), |scene| {
        let ink = Style::line(Paint::Data, 0.9);
        if let (Some(from), Some(to)) = (c.hazard_ratio_low, c.hazard_ratio_high) {
            let (x, end) = (axes.px(from), axes.px(to));
            scene.line((x, y), (end, y), ink);
            if from < low {
                scene.polyline(vec![(x + 3.0, y - 2.0), (x, y), (x + 3.0, y + 2.0)], ink);
            }
            if to > high {
                scene.polyline(vec![(end - 3.0, y - 2.0), (end, y), (end - 3.0, y + 2.0)], ink);
            }
        }
        let x = axes.px(value);
        scene.rect([x - 2.3, y - 2.3, 4.6, 4.6], Style::fill(Paint::Data));
    });
}

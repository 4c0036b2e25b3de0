//! Burden over time, with nadir and progression marked.

use super::{Choices, drugs, thinned};
use crate::plot::strip;
use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, LegendKey, LegendMark, Margins, Paint, Point, SMALL, Scale, Scene,
    Style, Tag, Text, Width, font, legend, short,
};
use crate::report::read::{Check, RunFolder};
use crate::simulation::VisitRow;

/// Up to this many replicates have a line each; more become a fan of quantiles.
const MAX_LINES: usize = 12;

/// The burden of one replicate, of several, or of many.
pub fn figures(run: &RunFolder, choices: Choices) -> Vec<Figure> {
    if !run.has_series {
        return Vec::new();
    }
    let replicates = run.replicates();
    let caption = caption(run, replicates.len());
    let draw = |width: Width, mut scene: Scene| {
        let bars = drugs::bars(run);
        let keys = keys(run, replicates.len(), choices.log);
        let top = legend(&mut scene, &keys);
        let series = &run.series;
        let most = series.most.0.max(series.most.1).max(1) as f64;
        let least = if series.least == u64::MAX { 1.0 } else { series.least as f64 };
        let y = if choices.log {
            Axis::log((least * 0.7).max(0.7), most * 1.3, "Cells")
        } else {
            Axis::linear(0.0, most * 1.08, 5, "Cells")
        };
        let first = top + 5.0 + strip::height(bars.len());
        let margins = Margins::across(&scene, first, width.choose(150.0, 120.0));
        let axes = Axes::new(margins, Axis::days(run.last_day(), width.choose(9, 6)), y);
        strip::draw(&mut scene, &axes, &bars);
        scene.height = axes.draw(&mut scene) + 2.0;
        scene.group(axes.tag(), |scene| {
            if replicates.len() <= MAX_LINES {
                lines(scene, &axes, run, &replicates)
            } else {
                fan(scene, &axes, run)
            }
        });
        if let (Some(day), true) = (run.series.first_halt(), replicates.len() > MAX_LINES) {
            let x = axes.px(day);
            scene.line((x, axes.top), (x, axes.bottom()), HALTED);
        }
        if let [only] = replicates[..] {
            marks(&mut scene, &axes, run, only);
        } else if replicates.len() <= MAX_LINES {
            ends(&mut scene, &axes, run);
        }
        scene
    };
    vec![Figure::new("burden", "Burden over time", &caption, draw)]
}

/// Where the first replicate with live cells was halted while others went on.
const HALTED: Style = Style::line(Paint::Ink, 0.7).dashed(1.0, 1.5);

fn keys(run: &RunFolder, replicates: usize, log: bool) -> Vec<LegendKey> {
    let halted =
        run.series.first_halt().map(|_| LegendKey::new(LegendMark::Line(HALTED), "first one halted"));
    let any = |is: &dyn Fn(u32) -> bool, mark, words| {
        run.replicates().into_iter().any(is).then(|| LegendKey::new(mark, words))
    };
    match replicates {
        1 if log => vec![LegendKey::line(Paint::Data, "live cells")],
        1 => vec![
            LegendKey::line(Paint::Data, "live cells"),
            LegendKey::new(LegendMark::Line(Style::line(Paint::Rule, 0.9).dashed(2.5, 1.5)), "dead cells"),
        ],
        n if n <= MAX_LINES => [
            Some(LegendKey::line(Paint::Data, format!("live cells of each of {n} replicates"))),
            any(
                &|r| nadir(run, r).is_some(),
                LegendMark::Dot(Style::fill(Paint::Paper).outlined(Paint::Data, 1.0)),
                "nadir",
            ),
            any(
                &|r| !progressions(run, r).is_empty(),
                LegendMark::Wedge(Style::fill(Paint::Ink)),
                "progression",
            ),
        ]
        .into_iter()
        .flatten()
        .collect(),
        n => [
            LegendKey::line(Paint::Data, format!("median of {n} replicates")),
            LegendKey::new(LegendMark::Patch(Style::fill(Paint::Data).opacity(0.35)), "central half"),
            LegendKey::new(
                LegendMark::Patch(Style::fill(Paint::Data).opacity(0.15)),
                "5th to 95th percentile",
            ),
        ]
        .into_iter()
        .chain(halted)
        .collect(),
    }
}

fn caption(run: &RunFolder, replicates: usize) -> String {
    let bars = drugs::words(run);
    let what = match replicates {
        1 => format!(
            "Live and dead cells at every observation{bars}. The nadir is the smallest burden after the start."
        ),
        n if n <= MAX_LINES => format!(
            "Live cells at every observation{bars}. The line of a replicate ends where it was halted, or had died out."
        ),
        _ => format!(
            "Live cells at every observation{bars}. A replicate that died out counts as 0 from then on; one that was halted for another \
             reason counts as at its end from then on, so that beyond the first of these (dotted) quantiles are no longer those of \
             growing tumours."
        ),
    };
    let what = what + &thinned(&run.series);
    let days = &run.summary.progression_days;
    match (days.len(), replicates) {
        (0, _) => what,
        (1, 1) => format!("{what} Progression on day {}.", short(days[0])),
        (n, all) => {
            format!("{what} {n} of {all} replicates progressed, the first on day {}.", short(days[0]))
        }
    }
}

fn lines(scene: &mut Scene, axes: &Axes, run: &RunFolder, replicates: &[u32]) {
    let one = replicates.len() == 1;
    for replicate in replicates {
        let series = |of: fn(&Check) -> u64| -> Vec<Point> {
            run.series.of(*replicate).iter().map(|c| (c.day, of(c) as f64)).collect()
        };
        // A logarithmic axis has no place for the time when nobody has died.
        if one && matches!(axes.y.scale, Scale::Linear(..)) {
            scene.group(Tag::class("series").with("name", "dead cells"), |scene| {
                scene.polyline(
                    axes.points(&series(|c| c.dead)),
                    Style::line(Paint::Rule, 0.9).dashed(2.5, 1.5),
                );
            });
        }
        let name = if one { "live cells".to_owned() } else { format!("replicate {replicate}") };
        scene.group(Tag::class("series").with("name", name), |scene| {
            let style = Style::line(Paint::Data, if one { 1.4 } else { 0.9 });
            scene.polyline(axes.points(&series(|c| c.live)), style.opacity(if one { 1.0 } else { 0.75 }));
        });
    }
}

/// Quantiles over replicates at every observation.
fn fan(scene: &mut Scene, axes: &Axes, run: &RunFolder) {
    let (days, at) = by_day(run);
    let line = |p: f64| -> Vec<Point> {
        days.iter().zip(&at).map(|(day, live)| (*day, quantile(live, p))).collect()
    };
    for (low, high, opacity) in [(0.05, 0.95, 0.15), (0.25, 0.75, 0.35)] {
        let mut around = axes.points(&line(high));
        around.extend(axes.points(&line(low)).into_iter().rev());
        scene.polygon(around, Style::fill(Paint::Data).opacity(opacity));
    }
    scene.group(Tag::class("series").with("name", "median"), |scene| {
        scene.polyline(axes.points(&line(0.5)), Style::line(Paint::Data, 1.4));
    });
}

/// Days of checks, with live cells of all replicates on each, rising.
fn by_day(run: &RunFolder) -> (Vec<f64>, Vec<Vec<f64>>) {
    let rising = |checks: &mut dyn Iterator<Item = &Check>| {
        let mut all: Vec<f64> = checks.map(|c| c.live as f64).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    run.series.on_days().map(|(day, mut checks)| (day, rising(&mut checks))).unzip()
}

/// A quantile of rising values, between the two nearest.
fn quantile(rising: &[f64], p: f64) -> f64 {
    let Some(last) = rising.len().checked_sub(1) else { return 0.0 };
    let at = p * last as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    rising[low] + (rising[high] - rising[low]) * (at - at.floor())
}

/// Days on which a replicate progressed, with words for each.
fn progressions(run: &RunFolder, replicate: u32) -> Vec<(f64, String)> {
    let judged = run.visits.iter().filter(|v| v.replicate == replicate && v.progression);
    let word = |v: &VisitRow| match v.line {
        Some(line) if run.visits.iter().any(|o| o.line.is_some_and(|l| l > 1)) => {
            format!("progression, line {line}")
        }
        _ => "progression".to_owned(),
    };
    let mut all: Vec<(f64, String)> = judged.map(|v| (v.day, word(v))).collect();
    if all.is_empty() && run.summary.replicates == 1 {
        all.extend(run.summary.progression_days.iter().map(|d| (*d, "progression".to_owned())));
    }
    all
}

/// Smallest burden after the start, where it is below the start and not at the end.
fn nadir(run: &RunFolder, replicate: u32) -> Option<Point> {
    let all: Vec<Point> = run.series.of(replicate).iter().map(|c| (c.day, c.live as f64)).collect();
    let (least, day) =
        all.iter().skip(1).map(|(day, live)| (*live, *day)).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let (start, last) = (all.first()?.1, all.last()?.0);
    (least < 0.98 * start && day < last).then_some((day, least))
}

fn marks(scene: &mut Scene, axes: &Axes, run: &RunFolder, replicate: u32) {
    let mut height = axes.top + SMALL;
    for (day, words) in progressions(run, replicate) {
        let x = axes.px(day);
        scene.line((x, axes.top), (x, axes.bottom()), Style::line(Paint::Ink, 0.7).dashed(1.0, 1.5));
        let words = format!("{words}, day {}", short(day));
        let left = font::width(&words, SMALL, Face::Regular) + 4.0 > axes.right() - x;
        let (x, anchor) = if left { (x - 3.0, Anchor::End) } else { (x + 3.0, Anchor::Start) };
        scene.text(Text::new((x, height), words, SMALL).anchor(anchor));
        height += SMALL + 2.0;
    }
    if let Some((day, live)) = nadir(run, replicate) {
        let (x, y) = axes.at((day, live));
        scene.circle((x, y), 2.2, Style::fill(Paint::Paper).outlined(Paint::Data, 1.1));
        let words = format!("nadir {}, day {}", short(live), short(day));
        let half = font::width(&words, SMALL, Face::Regular) / 2.0;
        let x = x.clamp(axes.left + half + 3.0, (axes.right() - half).max(axes.left + half + 3.0));
        let below = y + 4.0 + SMALL < axes.bottom() - 1.0;
        let y = if below { y + 4.0 + SMALL } else { y - 5.0 };
        scene.text(Text::new((x, y), words, SMALL).anchor(Anchor::Middle));
    }
}

/// Dots where replicates progressed, and where they had their nadir.
fn ends(scene: &mut Scene, axes: &Axes, run: &RunFolder) {
    for replicate in run.replicates() {
        let live = |day: f64| run.series.of(replicate).iter().find(|c| c.day >= day).map(|c| c.live as f64);
        for (day, words) in progressions(run, replicate) {
            let Some(live) = live(day) else { continue };
            let (x, y) = axes.at((day, live));
            let hint = format!("replicate {replicate}: {words} on day {day}");
            scene.group(Tag::class("mark").hint(hint), |scene| {
                scene.polygon(
                    vec![(x - 2.6, y - 4.6), (x + 2.6, y - 4.6), (x, y - 0.6)],
                    Style::fill(Paint::Ink),
                );
            });
        }
        if let Some(nadir) = nadir(run, replicate) {
            let hint = format!("replicate {replicate}: nadir of {} cells on day {}", nadir.1, nadir.0);
            scene.group(Tag::class("mark").hint(hint), |scene| {
                scene.circle(axes.at(nadir), 1.8, Style::fill(Paint::Paper).outlined(Paint::Data, 1.0));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[0.0, 10.0, 20.0], 0.5), 10.0);
        assert_eq!(quantile(&[0.0, 10.0], 0.25), 2.5);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}

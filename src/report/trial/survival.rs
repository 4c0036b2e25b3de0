//! Kaplan–Meier curves with interval bands, censoring ticks, medians and patients at risk.

use super::panels::panels;
use super::risk::{self, SurvivalLine};
use crate::plot::axes::left_of;
use crate::plot::colours;
use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, LegendKey, LegendMark, Margins, Paint, Point, SMALL, Scene, Style, Tag,
    Text, TextLabel, Width, font, label, legend, short,
};
use crate::report::read::ReadTrial;
use crate::simulation::naming::counted;
use crate::trial::output::rows::SurvivalRow;
use crate::trial::results::Endpoint;

/// Up to this many arms have their bands in one panel; more have a panel each.
const MAX_BANDS: usize = 3;

/// A figure for each time that any arm measures, and with many arms one with a panel for each.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    let mut out = Vec::new();
    for endpoint in trial.endpoints() {
        out.push(together(trial, endpoint));
        let arms = trial.arms.iter().filter(|arm| trial.curve(arm, endpoint).next().is_some()).count();
        if arms > MAX_BANDS {
            out.push(apart(trial, endpoint));
        }
    }
    out
}

fn months(trial: &ReadTrial, endpoint: Endpoint, width: Width) -> Axis {
    let own = trial.own.iter().flat_map(|own| &own.rows);
    let rows = trial.curves.iter().chain(own).filter(|r| r.endpoint == endpoint);
    let last = rows.map(|r| r.time_months).fold(0.0, f64::max);
    Axis::months(last, width.choose(9, 6), "Time (months)")
}

fn caption(trial: &ReadTrial, endpoint: Endpoint, bands: bool) -> String {
    let band = if bands { " Bands are pointwise 95 % intervals (log-log)." } else { "" };
    let own = match trial.own.iter().any(|own| own.endpoint == endpoint) {
        true => " Dotted curves are own data that were laid over it (overlay.csv).",
        false => "",
    };
    format!(
        "{}{}: Kaplan–Meier estimates of {} in each arm. Upright marks are censored times.{band}{own} Medians are in \
         months with 95 % intervals; NR: not reached.{}",
        endpoint.names().0,
        meaning(trial, endpoint),
        counted(trial.cohort() as u64, "virtual patient"),
        switched(trial, endpoint)
    )
}

/// What a curve is the share of, on an axis.
fn share(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Tfs => "TFS (%)",
        Endpoint::TimeToGrowth => "No growth (%)",
        Endpoint::Pfs => "PFS (%)",
        Endpoint::SecondLinePfs => "PFS, line 2 (%)",
        Endpoint::TotalPfs => "Total PFS (%)",
        Endpoint::Pfs2 => "PFS2 (%)",
        Endpoint::Os => "OS (%)",
    }
}

/// What an event is, where a name does not say it.
fn meaning(trial: &ReadTrial, endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Tfs => {
            " (TFS), to progression on the last planned line or death, by which strategies are compared"
        }
        Endpoint::TimeToGrowth => {
            ", to a sum of diameters of 1.2 times that of day 0 and 5 mm more, or death, whatever the line; after the last one tumours \
             are taken to grow untreated"
        }
        Endpoint::Pfs if trial.has_one_line() => {
            ", which with one line in every arm is the time to failure of strategy (TFS)"
        }
        Endpoint::Pfs => " of the first line, which does not compare strategies",
        _ => "",
    }
}

/// How many were censored because the next line began; nothing where nobody was.
fn switched(trial: &ReadTrial, endpoint: Endpoint) -> String {
    let word = endpoint.word();
    let of = trial.measures.iter().filter(|row| row.measure == word);
    match of.filter_map(|row| row.censored_at_switch).sum::<usize>() as u64 {
        0 => String::new(),
        n => format!(
            " {} censored because the next line began without progression, which is not by chance: curves of one drug differ between arms by what \
             follows it.",
            counted(n, "patient") + if n == 1 { " in an arm was" } else { " in an arm were" }
        ),
    }
}

/// All arms in one panel, and a user's own curves, with the patients at risk under it.
fn together(trial: &ReadTrial, endpoint: Endpoint) -> Figure {
    let lines = lines(trial, endpoint);
    let arms = lines.iter().filter(|line| line.arm.is_some()).count();
    let bands = arms <= MAX_BANDS;
    let name = format!("survival-{}", endpoint.word());
    Figure::new(&name, endpoint.names().0, &caption(trial, endpoint, bands), |width, mut scene| {
        let top = legend(&mut scene, &keys(bands, lines.len() > arms));
        let y = Axis::percent(share(endpoint));
        let words: Vec<String> = lines.iter().map(SurvivalLine::label).collect();
        let shown: Vec<String> = lines.iter().map(|line| line.name.clone()).collect();
        let left = (4.0 + risk::names_width(&shown, width)).max(3.0 + left_of(&y));
        let room = (label::room(&words) + 6.0).max(16.0 + font::width(HEAD, SMALL, Face::Bold));
        let right = width.points() - width.choose(room, 8.0);
        let margins = Margins { left, right, top: top + 6.0, height: width.choose(165.0, 140.0) };
        let axes = Axes::aligned(left, margins, months(trial, endpoint, width), y);
        axes.grid(&mut scene);
        scene.group(axes.tag(), |scene| {
            for arm in lines.iter().filter_map(|line| line.arm).filter(|_| bands) {
                band(scene, &axes, trial, arm, endpoint);
            }
            lines.iter().for_each(|line| curve(scene, &axes, line));
        });
        if bands {
            halves(&mut scene, &axes, trial, &lines, endpoint);
        }
        if width == Width::Page {
            names(&mut scene, &axes, &lines);
        }
        axes.vertical(&mut scene);
        let bottom = axes.horizontal(&mut scene);
        scene.height = risk::table(&mut scene, &axes, &lines, bottom + 1.0, width);
        scene
    })
}

/// What signs mean, with bands and with a user's own curves.
fn keys(bands: bool, own: bool) -> Vec<LegendKey> {
    let censored = LegendKey::new(LegendMark::Upright(Style::line(Paint::Ink, 0.9)), "censored");
    let interval = LegendKey::new(LegendMark::Patch(Style::fill(Paint::Data).opacity(0.2)), "95 % interval");
    let mine = LegendKey::new(LegendMark::Line(own_style(None)), "own data, which are not simulated");
    [Some(censored), bands.then_some(interval), own.then_some(mine)].into_iter().flatten().collect()
}

/// The line of a user's own curve: thin and dotted, in the colour of the arm of its name.
fn own_style(arm: Option<usize>) -> Style {
    let paint = arm.map_or(Paint::Ink, colours::series);
    Style::line(paint, 1.0).dashed(0.9, 1.3)
}

/// The curves of an end point: of all arms, then of a user's own data.
fn lines(trial: &ReadTrial, endpoint: Endpoint) -> Vec<SurvivalLine<'_>> {
    let simulated = trial.arms.iter().enumerate().map(|(arm, name)| SurvivalLine {
        arm: Some(arm),
        name: name.clone(),
        median: trial.median(name, endpoint).1,
        style: colours::arm(arm, 1.3),
        rows: rows_of(trial, arm, endpoint),
    });
    let own = trial.own.iter().filter(|own| own.endpoint == endpoint).map(|own| SurvivalLine {
        arm: None,
        name: format!("{}, own data", own.arm),
        median: own.median.clone(),
        style: own_style(trial.arms.iter().position(|arm| *arm == own.arm)),
        rows: own.rows.iter().collect(),
    });
    simulated.chain(own).filter(|line| !line.rows.is_empty()).collect()
}

/// What names and medians are headed by.
const HEAD: &str = "Median, months (95 %)";

/// Names and medians at the right: few of them at the ends of their curves, many in a list.
fn names(scene: &mut Scene, axes: &Axes, lines: &[SurvivalLine<'_>]) {
    if lines.len() <= MAX_BANDS {
        let ends = (axes.top + 3.0, axes.bottom() - 3.0);
        let mut labels: Vec<TextLabel> = lines.iter().map(|line| end_label(scene, axes, line)).collect();
        let at = labels.iter().map(|l| l.at).fold(axes.bottom(), f64::min);
        labels.insert(0, TextLabel { at, words: HEAD.to_owned(), paint: None });
        return label::draw(scene, &labels, axes.right(), ends);
    }
    let x = axes.right() + 6.0;
    scene.text(Text::new((x, axes.top + 4.0), HEAD, SMALL).face(Face::Bold));
    for (row, line) in lines.iter().enumerate() {
        let y = axes.top + 4.0 + 10.0 * (row + 1) as f64;
        scene.group(Tag::class("arm").with("arm", line.name.clone()), |scene| {
            scene.line((x, y - 2.3), (x + 13.0, y - 2.3), line.style);
            scene.text(Text::new((x + 15.0, y), line.label(), SMALL));
        });
    }
}

/// The label of a curve, joined to its end where that is before the edge.
fn end_label(scene: &mut Scene, axes: &Axes, line: &SurvivalLine<'_>) -> TextLabel {
    let (months, share) = line.rows.last().map_or((0.0, 0.0), |r| (r.time_months, r.survival));
    let (at, paint) = (axes.py(100.0 * share), line.style.stroke.unwrap_or(Paint::Ink));
    let thin = Style::line(paint, 0.5).dashed(0.8, 1.6);
    scene.line((axes.px(months) + 2.0, at), (axes.right() + 1.0, at), thin);
    TextLabel { at, words: line.label(), paint: Some(paint) }
}

/// Rows as a curve in percent, from 1 at time 0, also where a patient left on that day.
fn steps(rows: &[&SurvivalRow], of: impl Fn(&SurvivalRow) -> f64) -> Vec<Point> {
    let later = rows.iter().filter(|r| r.time_months > 0.0 || r.events + r.censored > 0);
    std::iter::once((0.0, 100.0)).chain(later.map(|r| (r.time_months, 100.0 * of(r)))).collect()
}

fn curve(scene: &mut Scene, axes: &Axes, line: &SurvivalLine<'_>) {
    let SurvivalLine { name, style, rows, .. } = line;
    let tag = Tag::class("series arm").with("name", name.clone()).with("arm", name.clone());
    scene.group(tag, |scene| {
        scene.polyline(axes.steps(&steps(rows, |r| r.survival)), *style);
        for row in rows.iter().filter(|r| r.censored > 0) {
            let (x, y) = axes.at((row.time_months, 100.0 * row.survival));
            scene.line((x, y - 2.6), (x, y + 2.6), Style { width: 0.9, dash: None, ..*style });
        }
    });
}

/// The interval between events; where R has none, the band is as narrow as the curve.
fn band(scene: &mut Scene, axes: &Axes, trial: &ReadTrial, arm: usize, endpoint: Endpoint) {
    let name = &trial.arms[arm];
    let rows: Vec<&SurvivalRow> = trial
        .curve(name, endpoint)
        .filter(|r| r.survival_low.is_some() && r.survival_high.is_some())
        .collect();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let next = trial.curve(name, endpoint).map(|r| r.time_months).find(|m| *m > last.time_months);
    let edge = |of: fn(&SurvivalRow) -> Option<f64>| -> Vec<Point> {
        let from = (first.time_months, 100.0 * of(first).unwrap_or(first.survival));
        let rest = rows.iter().skip(1).map(|r| (r.time_months, 100.0 * of(r).unwrap_or(r.survival)));
        // The last interval holds until the next time, at which there is none any more.
        let until =
            rows.last().zip(next).map(|(last, next)| (next, 100.0 * of(last).unwrap_or(last.survival)));
        std::iter::once(from).chain(rest).chain(until).collect()
    };
    let mut around = axes.steps(&edge(|r| r.survival_high));
    around.extend(axes.steps(&edge(|r| r.survival_low)).into_iter().rev());
    let tag = Tag::class("arm").with("arm", name.clone());
    scene.group(tag, |scene| {
        scene.polygon(around, Style::fill(colours::series(arm)).opacity(0.16));
    });
}

/// Dashed lines from one half to each median.
fn halves(scene: &mut Scene, axes: &Axes, trial: &ReadTrial, lines: &[SurvivalLine<'_>], endpoint: Endpoint) {
    let arms = lines.iter().filter_map(|line| line.arm);
    let medians: Vec<(usize, f64)> =
        arms.filter_map(|a| Some((a, trial.median(&trial.arms[a], endpoint).0?))).collect();
    let Some(last) = medians.iter().map(|m| m.1).max_by(f64::total_cmp) else { return };
    let thin = |paint| Style::line(paint, 0.6).dashed(1.5, 1.5);
    scene.line(axes.at((0.0, 50.0)), axes.at((last, 50.0)), thin(Paint::Rule));
    for (arm, months) in medians {
        let tag = Tag::class("arm")
            .with("arm", trial.arms[arm].clone())
            .hint(format!("median {} months", short(months)));
        scene.group(tag, |scene| {
            scene.line(axes.at((months, 50.0)), axes.at((months, 0.0)), thin(colours::series(arm)));
        });
    }
}

fn rows_of(trial: &ReadTrial, arm: usize, endpoint: Endpoint) -> Vec<&SurvivalRow> {
    trial.curve(&trial.arms[arm], endpoint).collect()
}

/// A median in the upper right corner of a panel, or where the curve goes through there, in the lower left one.
fn median_text(axes: &Axes, rows: &[&SurvivalRow], words: String) -> Text {
    let corner = Text::new((axes.right() - 2.0, axes.top + 7.0), words.clone(), 6.0).anchor(Anchor::End);
    let left = axes.right() - 4.0 - corner.width();
    // A curve only falls: it is highest where the words begin.
    let there = rows.iter().rfind(|r| axes.px(r.time_months) <= left).map_or(1.0, |r| r.survival);
    let goes_on = rows.last().is_some_and(|r| axes.px(r.time_months) >= left);
    if goes_on && axes.py(100.0 * there) < axes.top + 12.0 {
        return Text::new((axes.left + 2.0, axes.bottom() - 3.0), words, 6.0);
    }
    corner
}

/// A panel for each arm with its band, the other arms behind it.
fn apart(trial: &ReadTrial, endpoint: Endpoint) -> Figure {
    let (arms, own): (Vec<SurvivalLine<'_>>, Vec<SurvivalLine<'_>>) =
        lines(trial, endpoint).into_iter().partition(|line| line.arm.is_some());
    let name = format!("survival-{}-arms", endpoint.word());
    let title = format!("{}, arm by arm", endpoint.names().0);
    let caption = format!(
        "{} Each panel shows one arm in colour and the others in grey.",
        caption(trial, endpoint, true)
    );
    Figure::new(&name, &title, &caption, |width, mut scene| {
        let (x, y) = (
            Axis::months(months(trial, endpoint, width).scale.ends().1, width.choose(5, 4), "Months"),
            Axis::percent(share(endpoint)),
        );
        let names: Vec<&str> = arms.iter().map(|line| line.name.as_str()).collect();
        let all = panels(&names, width, 2.0, width.choose(78.0, 68.0), width.choose(4, 2), (&x, &y));
        for panel in &all {
            let (line, axes) = (&arms[panel.arm], &panel.axes);
            axes.grid(&mut scene);
            for other in arms.iter().filter(|other| other.arm != line.arm) {
                let style = Style::line(Paint::Rule, 0.5).opacity(0.5);
                scene.polyline(axes.steps(&steps(&other.rows, |r| r.survival)), style);
            }
            let arm = line.arm.unwrap_or_default();
            scene.group(axes.tag(), |scene| {
                band(scene, axes, trial, arm, endpoint);
                curve(scene, axes, line);
                // Of a user's own curves that of the same arm.
                let same = |own: &&SurvivalLine<'_>| own.style == own_style(line.arm);
                own.iter().filter(same).for_each(|own| curve(scene, axes, own));
            });
            let panel = super::panels::ArmPanel { arm, axes: axes.clone(), ..*panel };
            panel.title(&mut scene, &line.name, "");
            scene.text(median_text(axes, &line.rows, line.median.clone()));
            let bottom = panel.draw_axes(&mut scene);
            scene.height = scene.height.max(bottom + 2.0);
        }
        scene
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // "NR (NR–NR)" was written over a curve that stays high.
    #[test]
    fn a_median_leaves_the_corner_to_a_curve_that_goes_there() {
        let margins = Margins { left: 20.0, right: 140.0, top: 10.0, height: 78.0 };
        let axes = Axes::aligned(20.0, margins, Axis::months(24.0, 5, ""), Axis::percent(""));
        let row = |time_months: f64, survival: f64| SurvivalRow {
            arm: String::new(),
            endpoint: Endpoint::Pfs,
            time_months,
            at_risk: 9,
            events: 0,
            censored: 0,
            survival,
            survival_low: None,
            survival_high: None,
        };
        let at = |rows: &[SurvivalRow]| {
            median_text(&axes, &rows.iter().collect::<Vec<_>>(), "NR (NR–NR)".to_owned()).anchor
        };
        assert_eq!(at(&[row(6.0, 0.98), row(24.0, 0.95)]), Anchor::Start);
        assert_eq!(at(&[row(6.0, 0.4), row(24.0, 0.3)]), Anchor::End);
        // It falls under the words, or ends before them.
        assert_eq!(at(&[row(23.0, 0.2), row(24.0, 0.1)]), Anchor::Start);
        assert_eq!(at(&[row(6.0, 1.0)]), Anchor::End);
    }
}

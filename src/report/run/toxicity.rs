//! Doses given and adverse events, lane by lane.

use super::exposure::doses;
use super::{Choices, drugs, few};
use crate::plot::colours;
use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, LegendKey, LegendMark, Margins, Paint, SMALL, Scene, Style, Tag, Text,
    Width, font, legend, short,
};
use crate::report::read::RunFolder;
use crate::simulation::naming::counted;

/// At most so many replicates are shown.
const MAX_REPLICATES: usize = 4;
const LANE: f64 = 9.5;

/// A lane of a replicate.
struct Lane {
    words: String,
    bold: bool,
    bars: Vec<EventSpan>,
}

/// A bar of a lane: days, colour, opacity and words.
struct EventSpan {
    from: f64,
    to: f64,
    /// Grade of an event.
    grade: u8,
    style: Style,
    hint: String,
}

impl super::Bar for EventSpan {
    fn span(&self) -> (f64, f64) {
        (self.from, self.to)
    }
    fn join(self, next: Self) -> Self {
        let (from, to) = (self.from, self.to.max(next.to));
        let worse = if next.grade > self.grade { next } else { self };
        Self { from, to, ..worse }
    }
}

/// Lanes of the first replicates; nothing without a therapy.
pub fn figures(run: &RunFolder, _: Choices) -> Vec<Figure> {
    if run.exposure.is_empty() && run.adverse_events.is_empty() {
        return Vec::new();
    }
    let detailed = |r: &u32| run.exposure.iter().any(|e| e.replicate == *r);
    let all = run.replicates();
    let shown: Vec<u32> = all.iter().copied().filter(detailed).take(MAX_REPLICATES).collect();
    let of = if shown.len() < all.len() {
        format!(" Shown: {} of {}.", shown.len(), counted(all.len() as u64, "replicate"))
    } else {
        String::new()
    };
    let caption = format!(
        "Doses, paler where reduced, with gaps where they were held, and adverse events by grade until they had recovered. Lines of \
         therapy begin at upright marks.{of}"
    );
    let draw = |width: Width, mut scene: Scene| {
        let keys: Vec<LegendKey> =
            (1..=4).map(|g| LegendKey::new(LegendMark::Patch(of_grade(g)), format!("grade {g}"))).collect();
        let mut top = legend(&mut scene, &keys) + 4.0;
        let lanes: Vec<(u32, Vec<Lane>)> = shown.iter().map(|r| (*r, lanes(run, *r))).collect();
        let widest = lanes
            .iter()
            .flat_map(|(_, l)| l)
            .map(|l| font::width(&l.words, SMALL, Face::Bold))
            .fold(0.0, f64::max);
        let left = 9.0 + widest.min(width.choose(120.0, 72.0));
        let x = Axis::days(run.last_day(), width.choose(9, 6));
        for (number, (replicate, lanes)) in lanes.iter().enumerate() {
            if shown.len() > 1 {
                top += 8.0;
                let name = format!("Replicate {replicate}");
                scene.text(Text::new((left, top), name, SMALL + 0.5).face(Face::Bold));
                top += 4.0;
            }
            let height = LANE * lanes.len() as f64;
            let margins = Margins::across(&scene, top, height);
            let axes = Axes::aligned(left, margins, x.clone(), Axis::bare());
            draw_lanes(&mut scene, &axes, lanes);
            begin(&mut scene, &axes, run, *replicate);
            top = axes.bottom() + 4.0;
            if number + 1 == shown.len() {
                scene.height = axes.horizontal(&mut scene) + 2.0;
            } else {
                axes.bare(&mut scene);
            }
        }
        scene
    };
    vec![Figure::new("toxicity", "Doses and adverse events", &caption, draw)]
}

fn lanes(run: &RunFolder, replicate: u32) -> Vec<Lane> {
    let mut out = Vec::new();
    let all = drugs::drugs(run);
    for drug in &all {
        let rows = run.exposure.iter().filter(|e| e.replicate == replicate && e.drug == *drug);
        let given = doses(rows, run.last_day());
        let largest = run.exposure.iter().filter(|e| e.drug == *drug).map(|e| e.given).fold(0.0, f64::max);
        let bar = |(from, to, amount): (f64, f64, f64)| EventSpan {
            from,
            to,
            grade: 0,
            style: Style::fill(drugs::paint(&all, drug))
                .opacity(0.25 + 0.75 * (amount / largest) * (amount / largest)),
            hint: format!("{drug} {} a day, day {from} to {to}", short(amount)),
        };
        if !given.is_empty() {
            out.push(Lane { bars: given.into_iter().map(bar).collect(), words: drug.clone(), bold: true });
        }
    }
    out.extend(events(run, replicate));
    out
}

/// Bars of a grade have an outline, since the darkest can hardly be seen on dark ground and the palest on white.
fn of_grade(grade: u8) -> Style {
    Style::fill(colours::grade(grade)).outlined(Paint::Ink, 0.3)
}

/// A lane for each kind of adverse event, in the order of their first days.
fn events(run: &RunFolder, replicate: u32) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for event in run.adverse_events.iter().filter(|e| e.replicate == replicate) {
        let to = event.recovered_day;
        let (words, cause) = match event.event.as_str() {
            "disease" => ("disease-related event".to_owned(), String::new()),
            other => (other.replace('_', " "), format!(" on {}", event.drug)),
        };
        let hint = format!(
            "{words} of grade {}{cause}, day {}, recovered on day {}",
            event.grade,
            short(event.day),
            short(to)
        );
        let bar = EventSpan { from: event.day, to, grade: event.grade, style: of_grade(event.grade), hint };
        match lanes.iter_mut().find(|l| l.words == words) {
            Some(lane) => lane.bars.push(bar),
            None => lanes.push(Lane { words, bold: false, bars: vec![bar] }),
        }
    }
    for lane in &mut lanes {
        lane.bars = few(std::mem::take(&mut lane.bars), run.last_day());
    }
    lanes
}

fn draw_lanes(scene: &mut Scene, axes: &Axes, lanes: &[Lane]) {
    for (number, lane) in lanes.iter().enumerate() {
        let y = axes.top + LANE * number as f64;
        scene.line(
            (axes.left, y + LANE / 2.0),
            (axes.right(), y + LANE / 2.0),
            Style::line(Paint::Grid, 0.5),
        );
        for bar in &lane.bars {
            let (x, end) = (axes.px(bar.from), axes.px(bar.to));
            scene.group(Tag::class("mark").hint(bar.hint.clone()), |scene| {
                scene.rect([x, y + 1.5, (end - x).max(0.8), LANE - 3.0], bar.style);
            });
        }
        let face = if lane.bold { Face::Bold } else { Face::Regular };
        let words = font::fit(&lane.words, SMALL, face, axes.left - 6.0);
        let at = (axes.left - 4.0, y + LANE / 2.0 + 0.35 * SMALL);
        scene.text(Text::new(at, words, SMALL).face(face).anchor(Anchor::End));
    }
}

/// Upright marks where lines of therapy begin.
fn begin(scene: &mut Scene, axes: &Axes, run: &RunFolder, replicate: u32) {
    for action in run.therapy.iter().filter(|a| a.replicate == replicate && a.action == "line_begins") {
        let x = axes.px(action.day);
        let hint = format!("line {} begins on day {}", action.line.unwrap_or(1), short(action.day));
        scene.group(Tag::class("mark").hint(hint), |scene| {
            scene.line((x, axes.top), (x, axes.bottom()), Style::line(Paint::Ink, 0.9));
        });
    }
}

//! Published figures beside simulated ones: a row each, its own scale within the row's group.

use crate::plot::colours;
use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, LegendKey, LegendMark, Margins, Paint, SMALL, Scale, Scene, Style, Tag,
    Text, Tick, Width, font,
    legend::{self, legend},
    short,
};
use crate::report::read::ReadTrial;
use crate::scenario::PublishedEndpoint;
use crate::simulation::naming::capital;
use crate::trial::output::rows::{MeasureUnit, PublishedRow};

const ROW: f64 = 14.0;
/// Sign of a pair that differs.
const DIFFER: LegendMark = LegendMark::Cross(Style::line(Paint::Ink, 1.1));

/// A row with the name of its trial, which is empty within one trial.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedPoint {
    /// Name of the trial.
    pub trial: String,
    /// The figures.
    pub beside: PublishedRow,
}

impl PublishedPoint {
    /// Trial, arm, and who read the scans.
    pub fn who(&self) -> String {
        let reader = self.beside.reader.map(|by| by.word());
        let parts = [self.trial.as_str(), &self.beside.arm, reader.unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// Units in which figures are told; figures of one unit share an axis.
pub(super) const UNITS: [MeasureUnit; 3] = [MeasureUnit::Months, MeasureUnit::Fraction, MeasureUnit::Ratio];

fn axis(unit: MeasureUnit, rows: &[&PublishedPoint], width: Width) -> Axis {
    let values = rows.iter().flat_map(|r| {
        let b = &r.beside;
        let published = [Some(b.published), b.published_low, b.published_high];
        published.into_iter().chain([b.simulated, b.simulated_low, b.simulated_high]).flatten()
    });
    let most = values.filter(|x| x.is_finite()).fold(0.0, f64::max);
    match unit {
        MeasureUnit::Fraction => Axis::within(0.0, 100.0, width.choose(10.0, 25.0), "Percent"),
        MeasureUnit::Ratio => {
            let ticks = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
            let ticks = ticks.map(|at| Tick { at, label: format!("{at}") }).to_vec();
            Axis { scale: Scale::Log(0.1, 5.0), ticks, title: "Hazard ratio (log scale)".to_owned() }
        }
        MeasureUnit::Months | MeasureUnit::Days => {
            Axis::months(most.min(120.0), width.choose(8, 5), "Median (months)")
        }
    }
}

/// The role of a published figure as a colour.
pub(super) fn role(word: &str) -> Paint {
    match word {
        "calibrated" => colours::series(0),
        "informed" => colours::series(4),
        _ => colours::series(1),
    }
}

/// The figures of one trial; nothing where none were published.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    let rows: Vec<PublishedPoint> =
        trial.published.iter().map(|b| PublishedPoint { trial: String::new(), beside: b.clone() }).collect();
    all("published", &rows).into_iter().collect()
}

/// A figure of many rows; nothing for none.
pub fn all(name: &str, rows: &[PublishedPoint]) -> Option<Figure> {
    if rows.is_empty() {
        return None;
    }
    let caption = "Published figures (filled) and simulated ones (open) with their 95 % intervals. Colours tell what a published figure was used for: the \
                   model was fitted to it (calibrated), it shaped a default (informed), or it was held out (predicted). A cross marks a \
                   simulated figure that lies beyond the published interval, or for a share without one beyond the exact interval of those \
                   enrolled; how many are simulated does not matter for it.";
    Some(Figure::new(name, "Published and simulated", caption, |width, scene| draw(rows, width, scene)))
}

fn words(row: &PublishedPoint) -> (String, String) {
    let b = &row.beside;
    let at = b.at_months.map_or_else(String::new, |m| format!(" at {} months", short(m)));
    let endpoint = capital(&PublishedEndpoint::words(&b.endpoint));
    (format!("{endpoint}{at}"), row.who())
}

fn draw(rows: &[PublishedPoint], width: Width, mut scene: Scene) -> Scene {
    let fill = |paint| Style::fill(paint);
    let keys = [
        LegendKey::new(LegendMark::Interval(fill(Paint::Data)), "published"),
        LegendKey::new(
            LegendMark::Interval(Style::fill(Paint::Paper).outlined(Paint::Data, 0.9)),
            "simulated",
        ),
        LegendKey::patch(role("calibrated"), "calibrated"),
        LegendKey::patch(role("informed"), "informed"),
        LegendKey::patch(role("predicted"), "predicted"),
        LegendKey::new(DIFFER, "beyond the published interval"),
    ];
    let mut y = legend(&mut scene, &keys) + 2.0;
    let wide = |words: &str| font::width(words, SMALL - 0.5, Face::Regular);
    let widest = rows.iter().map(words).map(|(a, b)| wide(&a).max(wide(&b))).fold(0.0, f64::max);
    let left = 11.0 + widest.min(width.choose(190.0, 96.0));
    let right = width.points() - 14.0;
    for unit in UNITS {
        let own: Vec<&PublishedPoint> = rows.iter().filter(|r| r.beside.unit == unit).collect();
        if own.is_empty() {
            continue;
        }
        y += 6.0;
        let height = ROW * own.len() as f64;
        let y_axis = Axis::bare();
        let axes =
            Axes::aligned(left, Margins { left, right, top: y, height }, axis(unit, &own, width), y_axis);
        for tick in &axes.x.ticks {
            let x = axes.px(tick.at);
            scene.line((x, axes.top), (x, axes.bottom()), Style::line(Paint::Grid, 0.5));
        }
        for (number, row) in own.iter().enumerate() {
            pair(&mut scene, &axes, row, y + ROW * (number as f64 + 0.5));
        }
        y = axes.horizontal(&mut scene);
    }
    scene.height = y + 2.0;
    scene
}

fn pair(scene: &mut Scene, axes: &Axes, row: &PublishedPoint, y: f64) {
    let b = &row.beside;
    let (endpoint, who) = words(row);
    let small = SMALL - 0.5;
    let room = axes.left - 10.0;
    let text = |scene: &mut Scene, y: f64, words: &str, paint| {
        let words = font::fit(words, small, Face::Regular, room);
        scene.text(Text::new((axes.left - 5.0, y), words, small).anchor(Anchor::End).paint(paint));
    };
    text(scene, y - 0.8, &endpoint, Paint::Ink);
    text(scene, y + small - 0.8, &who, Paint::Soft);
    let paint = role(&b.role);
    let hint = format!(
        "{who}, {endpoint}: published {}, simulated {}; {}",
        told(Some(b.published), b.published_low, b.published_high),
        told(b.simulated, b.simulated_low, b.simulated_high),
        b.role
    );
    scene.group(Tag::class("mark").hint(hint), |scene| {
        interval(scene, axes, (Some(b.published), b.published_low, b.published_high), y - 2.8, paint, true);
        interval(scene, axes, (b.simulated, b.simulated_low, b.simulated_high), y + 2.8, paint, false);
    });
    if b.within_published == Some(false) {
        legend::draw(scene, DIFFER, axes.right() + 2.0, y);
    }
}

/// A value with its interval, as far as there is one: an end that is not reached is NR.
pub fn told(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    let end = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), short);
    match (value, low, high) {
        (None, None, None) => "–".to_owned(),
        (_, None, None) => end(value),
        _ => format!("{} ({} to {})", end(value), end(low), end(high)),
    }
}

fn interval(
    scene: &mut Scene,
    axes: &Axes,
    (value, low, high): (Option<f64>, Option<f64>, Option<f64>),
    y: f64,
    paint: Paint,
    filled: bool,
) {
    let end = axes.x.scale.ends().1;
    if let Some(from) = low.or(value) {
        // An interval without an upper end goes on to the edge.
        let to = high.or(if low.is_some() { Some(end) } else { value }).unwrap_or(from);
        scene.line((axes.px(from), y), (axes.px(to), y), Style::line(paint, 1.0));
    }
    if let Some(value) = value {
        let style = if filled { Style::fill(paint) } else { Style::fill(Paint::Paper) };
        scene.circle((axes.px(value), y), 2.1, style.outlined(paint, 1.0));
    }
}

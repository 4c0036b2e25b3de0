//! Published against simulated: a dot for each figure, a panel for each unit.

use super::published::{PublishedPoint, UNITS, role};
use crate::plot::{
    Axes, Axis, Face, Figure, LegendKey, LegendMark, Margins, Paint, SMALL, Scale, Scene, Style, Tag, Text,
    Tick, Width, legend, short,
};
use crate::scenario::PublishedEndpoint;
use crate::trial::output::rows::MeasureUnit;

/// A scatter plot of all figures; nothing without any that was simulated.
pub fn agreement(rows: &[PublishedPoint]) -> Option<Figure> {
    rows.iter().find(|r| r.beside.simulated.is_some())?;
    let caption = "Every published figure against the simulated one; on the line both are the same. Colours tell what a published figure was used for.";
    Some(Figure::new("agreement", "Published against simulated", caption, |width, scene| {
        draw(rows, width, scene)
    }))
}

fn draw(rows: &[PublishedPoint], width: Width, mut scene: Scene) -> Scene {
    let keys: Vec<LegendKey> = ["calibrated", "informed", "predicted"]
        .map(|r| LegendKey::new(LegendMark::Dot(Style::fill(role(r))), r))
        .to_vec();
    let mut top = legend(&mut scene, &keys) + 14.0;
    let mut left = 3.0;
    let across = width.choose(3.0, 1.0);
    let wide = (width.points() - 8.0) / across;
    for (unit, title) in UNITS.into_iter().zip(["Medians (months)", "Shares (%)", "Hazard ratios"]) {
        let own: Vec<&PublishedPoint> = rows.iter().filter(|r| r.beside.unit == unit).collect();
        let side = wide - 44.0;
        let (x, y) = (axis(unit, &own, "Published"), axis(unit, &own, "Simulated"));
        let margins = Margins { left: left + 36.0, right: left + 36.0 + side, top, height: side };
        let axes = Axes::aligned(margins.left, margins, x, y);
        axes.grid(&mut scene);
        let (low, high) = axes.x.scale.ends();
        scene.line(axes.at((low, low)), axes.at((high, high)), Style::line(Paint::Rule, 0.7));
        scene.text(Text::new((axes.left, top - 4.0), title, SMALL).face(Face::Bold));
        for row in own {
            dot(&mut scene, &axes, row);
        }
        axes.vertical(&mut scene);
        let bottom = axes.horizontal(&mut scene);
        scene.height = scene.height.max(bottom + 2.0);
        match width {
            Width::Page => left += wide,
            Width::Column => top = bottom + 16.0,
        }
    }
    scene
}

fn axis(unit: MeasureUnit, rows: &[&PublishedPoint], title: &str) -> Axis {
    let values = rows.iter().flat_map(|r| [Some(r.beside.published), r.beside.simulated]).flatten();
    match unit {
        MeasureUnit::Fraction => Axis { title: format!("{title} (%)"), ..Axis::percent("") },
        MeasureUnit::Months | MeasureUnit::Days => {
            let most = values.filter(|v| v.is_finite()).fold(12.0, f64::max);
            Axis::months(most.min(96.0), 5, &format!("{title} (months)"))
        }
        MeasureUnit::Ratio => {
            let ticks = [0.2, 0.5, 1.0, 2.0].map(|at| Tick { at, label: format!("{at}") }).to_vec();
            Axis { scale: Scale::Log(0.15, 3.0), ticks, title: format!("{title} (log scale)") }
        }
    }
}

fn dot(scene: &mut Scene, axes: &Axes, row: &PublishedPoint) {
    let b = &row.beside;
    let Some(simulated) = b.simulated else { return };
    let hint = format!(
        "{}, {}: published {}, simulated {}",
        row.who(),
        PublishedEndpoint::words(&b.endpoint),
        short(b.published),
        short(simulated)
    );
    scene.group(Tag::class("mark").hint(hint), |scene| {
        let style = Style::fill(role(&b.role)).outlined(Paint::Paper, 0.5);
        scene.circle(axes.at((b.published, simulated)), 2.3, style);
    });
}

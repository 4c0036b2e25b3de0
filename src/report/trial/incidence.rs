//! Cumulative incidences of events that others compete with: a panel for each event, the arms in it.

use super::panels::{ArmPanel, panels};
use crate::plot::colours;
use crate::plot::{Axis, Figure, LegendKey, LegendMark, Point, Scene, Tag, Width, legend};
use crate::report::read::ReadTrial;
use crate::simulation::naming::capital;
use crate::trial::output::rows::IncidenceRow;
use crate::trial::results::CountedEvent;

/// One figure, of the events that anybody had.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    let had = |event: &CountedEvent| trial.incidences.iter().any(|r| r.event == *event && r.incidence > 0.0);
    let events: Vec<CountedEvent> = CountedEvent::ALL.into_iter().filter(had).collect();
    if events.is_empty() {
        return Vec::new();
    }
    let caption = "Cumulative incidence (Aalen–Johansen) of the first such event in the first line. Progression, death and the beginning of the next line \
                   compete with it: who has had one of these first never counts, unlike in a Kaplan–Meier estimate. Arms with the same first line \
                   have the same curve.";
    let draw = |width: Width, scene: Scene| draw(trial, &events, width, scene);
    vec![Figure::new("incidence", "Cumulative incidences in the first line", caption, draw)]
}

fn draw(trial: &ReadTrial, events: &[CountedEvent], width: Width, mut scene: Scene) -> Scene {
    let key = |(number, name): (usize, &String)| LegendKey {
        series: name.clone(),
        ..LegendKey::new(LegendMark::Line(colours::arm(number, 1.3)), name.clone())
    };
    let keys: Vec<LegendKey> = trial.arms.iter().enumerate().map(key).collect();
    let top = legend(&mut scene, &keys);
    let last = trial.incidences.iter().map(|r| r.time_months).fold(0.0, f64::max);
    let x = Axis::months(last, width.choose(5, 4), "Time (months)");
    let y = Axis::percent("Patients (%)");
    let across = width.choose(2, 1);
    let names: Vec<String> = events.iter().map(|event| capital(event.name())).collect();
    for panel in panels(&names, width, top, width.choose(90.0, 80.0), across, (&x, &y)) {
        panel.axes.grid(&mut scene);
        scene.group(panel.axes.tag(), |scene| {
            for (number, arm) in trial.arms.iter().enumerate() {
                curve(scene, &panel, trial, (number, arm), events[panel.arm]);
            }
        });
        panel.plain_title(&mut scene, &names[panel.arm]);
        scene.height = scene.height.max(panel.draw_axes(&mut scene) + 2.0);
    }
    scene
}

fn curve(
    scene: &mut Scene,
    panel: &ArmPanel,
    trial: &ReadTrial,
    (number, arm): (usize, &String),
    event: CountedEvent,
) {
    let rows = trial.incidences.iter().filter(|r| r.arm == *arm && r.event == event);
    let at = |r: &IncidenceRow| (r.time_months, 100.0 * r.incidence);
    let points: Vec<Point> = rows.map(at).collect();
    let tag = Tag::class("series arm").with("name", arm.clone()).with("arm", arm.clone());
    scene.group(tag, |scene| scene.polyline(panel.axes.steps(&points), colours::arm(number, 1.1)));
}

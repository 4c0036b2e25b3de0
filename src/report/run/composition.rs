//! Live cells by state over time: numbers above, shares below.

use super::{Choices, drugs, thinned};
use crate::plot::axes::left_of;
use crate::plot::colours;
use crate::plot::stack::{shares, totals};
use crate::plot::strip;
use crate::plot::{Axes, Axis, Figure, Layer, Margins, Scene, Width, legend, stack};
use crate::report::read::RunFolder;
use crate::simulation::naming::state_words;

/// Composition of the tumour, or of all replicates together.
pub fn figures(run: &RunFolder, _: Choices) -> Vec<Figure> {
    let (days, layers) = layers(run);
    if layers.len() < 2 {
        return Vec::new();
    }
    let many = run.replicates().len() > 1;
    let whose =
        if many { ", summed over the replicates; one that was halted counts as at its end" } else { "" };
    let caption = format!(
        "Live cells by state at every observation{whose}; numbers above, shares below{}. A state has the same colour in every picture; \
         states of one colour are shown together.{}",
        drugs::words(run),
        thinned(&run.series)
    );
    let draw = |width: Width, mut scene: Scene| {
        let bars = drugs::bars(run);
        let keys: Vec<_> = layers.iter().map(Layer::key).collect();
        let top = legend(&mut scene, &keys);
        let x = Axis::days(run.last_day(), width.choose(9, 6));
        let numbers = Axis::linear(0.0, totals(&layers).into_iter().fold(1.0, f64::max), 4, "Live cells");
        let percent = Axis::percent("Share (%)");
        let left = 3.0 + left_of(&numbers).max(left_of(&percent));
        let height = width.choose(95.0, 80.0);
        let first = top + 5.0 + strip::height(bars.len());
        let upper = Axes::aligned(left, Margins::across(&scene, first, height), x.clone(), numbers);
        let lower = Axes::aligned(left, Margins::across(&scene, upper.bottom() + 14.0, height), x, percent);
        strip::draw(&mut scene, &upper, &bars);
        upper.grid(&mut scene);
        scene.group(upper.tag(), |scene| stack(scene, &upper, &days, &layers));
        scene.group(lower.tag(), |scene| stack(scene, &lower, &days, &shares(&layers)));
        upper.bare(&mut scene);
        upper.vertical(&mut scene);
        lower.vertical(&mut scene);
        scene.height = lower.horizontal(&mut scene) + 2.0;
        scene
    };
    vec![Figure::new("composition", "Composition by state", &caption, draw)]
}

/// Days of checks, and live cells by state on each.
fn layers(run: &RunFolder) -> (Vec<f64>, Vec<Layer>) {
    let days = run.series.days.clone();
    let mut counts = vec![vec![0.0; days.len()]; run.series.states.len()];
    for (at, (_, checks)) in run.series.on_days().enumerate() {
        for check in checks {
            counts.iter_mut().zip(&check.by_state).for_each(|(row, live)| row[at] += f64::from(*live));
        }
    }
    let was_seen = |state: &usize| counts[*state].iter().any(|live| *live > 0.0);
    let seen: Vec<usize> = (0..counts.len()).filter(was_seen).collect();
    let names: Vec<&str> = seen.iter().map(|state| run.series.states[*state].as_str()).collect();
    let layer = |shared: colours::Shared| {
        let of = |at: usize| shared.states.iter().map(|number| counts[seen[*number]][at]).sum::<f64>();
        Layer { heights: (0..days.len()).map(of).collect(), paint: shared.paint, name: shared.words }
    };
    let layers =
        colours::shared(&run.loaded.scenario.loci, &names, state_words).into_iter().map(layer).collect();
    (days, layers)
}

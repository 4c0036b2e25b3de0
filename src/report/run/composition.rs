//! Live cells by state over time: numbers above, shares below.

use super::{Choices, drugs, thinned};
use crate::plot::axes::left_of;
use crate::plot::colours;
use crate::plot::palette;
use crate::plot::stack::{shares, totals};
use crate::plot::strip;
use crate::plot::{Axes, Axis, Figure, Layer, Margins, Paint, Scene, Width, legend, stack};
use crate::report::read::RunFolder;
use crate::simulation::naming::state_words;

/// States below this share at all times are shown together.
const MIN_SHARE: f64 = 0.01;
/// At most so many states have a colour each.
const MAX_STATES: usize = 11;

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
        "Live cells by state at every observation{whose}; numbers above, shares below{}. States that never reached {:.0} % are shown \
         together. A state has the same colour in every picture.{}",
        drugs::words(run),
        100.0 * MIN_SHARE,
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
    let loci = &run.loaded.scenario.loci;
    let layer = |(name, heights): (&String, Vec<f64>)| Layer {
        name: state_words(name),
        paint: colours::state(loci, name),
        heights,
    };
    (days, few(run.series.states.iter().zip(counts).map(layer).collect()))
}

/// The states that matter, in their order, and all others in one layer on top.
fn few(layers: Vec<Layer>) -> Vec<Layer> {
    let all = totals(&layers);
    let mut shares: Vec<f64> = layers.iter().map(|l| l.largest_share(&all)).collect();
    shares.sort_by(|a, b| b.total_cmp(a));
    let least = shares.get(MAX_STATES).map_or(MIN_SHARE, |s| s.max(MIN_SHARE));
    let base = Paint::Colour(palette::SENSITIVE);
    let (large, small): (Vec<Layer>, Vec<Layer>) =
        layers.into_iter().partition(|l| l.largest_share(&all) > least || l.paint == base);
    let mut out = large;
    let others: Vec<Layer> = small.into_iter().filter(|l| l.heights.iter().any(|h| *h > 0.0)).collect();
    if let [one] = &others[..] {
        out.push(one.clone());
    } else if !others.is_empty() {
        let name = format!("{} other states", others.len());
        out.push(Layer { name, paint: Paint::Colour(palette::FAINT), heights: totals(&others) });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_states_are_put_together_and_nothing_is_lost() {
        let layer = |name: &str, heights: [f64; 2]| Layer {
            name: name.into(),
            paint: if name == "sensitive" { Paint::Colour(palette::SENSITIVE) } else { Paint::Ink },
            heights: heights.into(),
        };
        let all = vec![
            layer("sensitive", [990.0, 0.0]),
            layer("a", [5.0, 999.0]),
            layer("b", [5.0, 1.0]),
            layer("c", [1.0, 1.0]),
        ];
        let shown = few(all.clone());
        assert_eq!(
            shown.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(),
            ["sensitive", "a", "2 other states"]
        );
        assert_eq!(totals(&shown), totals(&all));
    }
}

//! Stacked areas.

use super::palette::Paint;
use super::scene::{Point, Scene, Style, Tag};
use super::{Axes, LegendKey};

/// A layer of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub paint: Paint,
    /// Its height at each time.
    pub heights: Vec<f64>,
}

impl Layer {
    /// Its key in a legend.
    pub fn key(&self) -> LegendKey {
        LegendKey::patch(self.paint, self.name.clone())
    }
}

/// Sums of all layers at each time.
pub fn totals(layers: &[Layer]) -> Vec<f64> {
    let times = layers.first().map_or(0, |l| l.heights.len());
    (0..times).map(|t| layers.iter().map(|l| l.heights[t]).sum()).collect()
}

/// The same layers as shares of 100 %; nothing where there is nothing.
pub fn shares(layers: &[Layer]) -> Vec<Layer> {
    let totals = totals(layers);
    let of = |l: &Layer| {
        l.heights.iter().zip(&totals).map(|(h, t)| if *t > 0.0 { 100.0 * h / t } else { 0.0 }).collect()
    };
    layers.iter().map(|l| Layer { heights: of(l), ..l.clone() }).collect()
}

/// Draws layers, the first at the bottom.
pub fn stack(scene: &mut Scene, axes: &Axes, times: &[f64], layers: &[Layer]) {
    let mut below = vec![0.0; times.len()];
    for layer in layers {
        let above: Vec<f64> = below.iter().zip(&layer.heights).map(|(b, h)| b + h).collect();
        if layer.heights.iter().any(|h| *h > 0.0) {
            let at = |heights: &[f64]| -> Vec<Point> {
                axes.points(&times.iter().copied().zip(heights.iter().copied()).collect::<Vec<_>>())
            };
            let mut around = at(&above);
            around.extend(at(&below).into_iter().rev());
            let tag = Tag::class("series").with("name", layer.name.clone()).with("kind", "area");
            scene.group(tag, |scene| {
                scene.polygon(around, Style::fill(layer.paint).outlined(Paint::Paper, 0.25));
            });
        }
        below = above;
    }
}

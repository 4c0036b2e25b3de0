//! Labels at the ends of lines, kept apart.

use super::palette::Paint;
use super::scene::{Anchor, Scene, Style, Text};
use super::{Face, SMALL, font};

/// A label beside the end of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct TextLabel {
    /// Height at which it belongs, points.
    pub at: f64,
    /// Its words.
    pub words: String,
    /// Colour of its line; none of words that head others.
    pub paint: Option<Paint>,
}

/// Heights as near as possible to those that are wanted, at least `gap` apart, between `top` and `bottom`, in the same order.
///
/// Labels that touch are joined into a cluster, which is centred on the mean of what its members want.
pub fn spread(wanted: &[f64], gap: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]).then(a.cmp(b)));
    // First height and members of each cluster.
    let mut clusters: Vec<(f64, Vec<usize>)> = Vec::new();
    let settle = |members: &[usize]| {
        let mean: f64 = members.iter().enumerate().map(|(i, m)| wanted[*m] - gap * i as f64).sum::<f64>();
        let length = gap * (members.len() - 1) as f64;
        (mean / members.len() as f64).min(bottom - length).max(top)
    };
    for label in order {
        clusters.push((settle(&[label]), vec![label]));
        while let [.., (above, members), (below, _)] = &clusters[..] {
            if *below >= above + gap * members.len() as f64 - 1e-9 {
                break;
            }
            let (_, last) = clusters.pop().unwrap_or_default();
            if let Some((first, members)) = clusters.last_mut() {
                members.extend(last);
                *first = settle(members);
            }
        }
    }
    let mut out = vec![0.0; wanted.len()];
    for (first, members) in clusters {
        members.iter().enumerate().for_each(|(i, m)| out[*m] = first + gap * i as f64);
    }
    out
}

/// Width that labels take at the right of a panel.
pub fn room(labels: &[String]) -> f64 {
    labels.iter().map(|words| font::width(words, SMALL, Face::Regular)).fold(0.0, f64::max) + 16.0
}

/// Draws labels at the right of a panel's edge, each joined to the end of its line.
pub fn draw(scene: &mut Scene, labels: &[TextLabel], edge: f64, ends: (f64, f64)) {
    let wanted: Vec<f64> = labels.iter().map(|l| l.at).collect();
    for (label, y) in labels.iter().zip(spread(&wanted, SMALL + 2.0, ends)) {
        if let Some(paint) = label.paint {
            let points = vec![(edge + 1.0, label.at), (edge + 8.0, y), (edge + 12.0, y)];
            scene.polyline(points, Style::line(paint, 0.8));
        }
        let at = (edge + 14.0, y + 0.35 * SMALL);
        scene.text(Text::new(at, label.words.clone(), SMALL).anchor(Anchor::Start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart_and_within() {
        let wanted = [50.0, 51.0, 52.0, 90.0, 99.0, 10.0];
        let placed = spread(&wanted, 9.0, (5.0, 100.0));
        let mut sorted = placed.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|w| w[1] - w[0] >= 9.0 - 1e-9), "{placed:?}");
        assert!(sorted[0] >= 5.0 && sorted[5] <= 100.0 + 1e-9);
        assert!((placed[1] - 51.0).abs() < 1e-9 && placed[5] == 10.0, "{placed:?}");
    }
}

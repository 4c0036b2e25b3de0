//! The layout of a Muller plot: every clone is a band within that of its parent.
//!
//! A clone's own cells are shared out evenly above, below and between its children, so that each child emerges inside of its
//! parent and is parted from its siblings; the firstborn is in the middle. Between two counts sizes change evenly with time; a clone
//! has no cells until its birth. So bands never cross.

use super::tree::Lineage;

/// What the height of a band means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Live cells, about a middle line at 0.
    Population,
    /// Share of all live cells, from 0 to 1.
    Frequency,
}

/// A clone's band.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Index of the clone in its tree.
    pub node: usize,
    /// Day, lower edge and upper edge, rising in time, from its birth until it has died out.
    pub edges: Vec<[f64; 3]>,
}

/// Bands of the clones that ever reached a share of all live cells, parents before children. Cells of smaller clones count as
/// their parents'.
pub fn bands(lineage: &Lineage, form: Form, share: f64) -> Vec<Band> {
    let shown = lineage.reach(share);
    let children: Vec<Vec<usize>> = lineage
        .nodes
        .iter()
        .map(|n| about_the_middle(n.children.iter().copied().filter(|c| shown[*c])))
        .collect();
    let mut bands: Vec<Band> =
        (0..lineage.nodes.len()).map(|node| Band { node, edges: Vec::new() }).collect();
    for day in columns(lineage, &shown) {
        let sizes: Vec<f64> =
            (0..lineage.nodes.len()).map(|n| if shown[n] { size(lineage, n, day) } else { 0.0 }).collect();
        let scale = match form {
            Form::Population => 1.0,
            Form::Frequency if sizes[0] > 0.0 => 1.0 / sizes[0],
            Form::Frequency => 0.0,
        };
        let bottom = if form == Form::Population { -sizes[0] / 2.0 } else { 0.0 };
        let mut low = vec![0.0; sizes.len()];
        low[0] = bottom;
        for node in 0..sizes.len() {
            if !shown[node] {
                continue;
            }
            let (from, height) = (low[node], sizes[node] * scale);
            bands[node].edges.push([day, from, from + height]);
            let inside: f64 = children[node].iter().map(|c| sizes[*c] * scale).sum();
            let gap = ((height - inside) / (children[node].len() + 1) as f64).max(0.0);
            let mut next = from + gap;
            for child in &children[node] {
                low[*child] = next;
                next += sizes[*child] * scale + gap;
            }
        }
    }
    bands.into_iter().filter(|b| shown[b.node]).map(alive).filter(|b| b.edges.len() > 1).collect()
}

/// The first in the middle, the others by turns below and above.
fn about_the_middle(items: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut out = std::collections::VecDeque::new();
    for (i, item) in items.enumerate() {
        if i % 2 == 0 { out.push_back(item) } else { out.push_front(item) }
    }
    out.into()
}

/// Days of counts and of births of the clones that are shown.
fn columns(lineage: &Lineage, shown: &[bool]) -> Vec<f64> {
    let (first, last) = (lineage.days[0], lineage.days[lineage.days.len() - 1]);
    let births = lineage.nodes.iter().zip(shown).filter(|(_, shown)| **shown).map(|(n, _)| n.birth);
    let mut days: Vec<f64> =
        lineage.days.iter().copied().chain(births.filter(|b| *b > first && *b < last)).collect();
    days.sort_by(f64::total_cmp);
    days.dedup();
    days
}

/// Live cells of a clone with its descendants on a day.
fn size(lineage: &Lineage, node: usize, day: f64) -> f64 {
    let node = &lineage.nodes[node];
    let after = lineage.days.partition_point(|d| *d < day);
    let Some(at) = lineage.days.get(after) else { return 0.0 };
    if *at == day {
        return node.inclusive[after] as f64;
    }
    let Some(before) = after.checked_sub(1) else { return 0.0 };
    // From its birth on, if that is within these two counts.
    let from = lineage.days[before].max(node.birth);
    let (small, large) = (node.inclusive[before] as f64, node.inclusive[after] as f64);
    if day <= from && node.birth > lineage.days[before] {
        0.0
    } else {
        small + (large - small) * (day - from) / (at - from)
    }
}

/// A band from its birth until it has died out.
fn alive(mut band: Band) -> Band {
    let high = |e: &[f64; 3]| e[2] - e[1] > 0.0;
    let (Some(first), Some(last)) = (band.edges.iter().position(high), band.edges.iter().rposition(high))
    else {
        band.edges.clear();
        return band;
    };
    band.edges.truncate(last + 2);
    band.edges.drain(..first.saturating_sub(1));
    band
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::nested;
    use super::*;

    fn at(bands: &[Band], node: usize, day: f64) -> Option<(f64, f64)> {
        let band = bands.iter().find(|b| b.node == node)?;
        band.edges.iter().find(|e| e[0] == day).map(|e| (e[1], e[2]))
    }

    #[test]
    fn children_lie_within_their_parents_and_apart() {
        for form in [Form::Population, Form::Frequency] {
            let bands = bands(&nested(), form, 0.0);
            assert_eq!(bands.len(), 4);
            for day in [0.0, 5.0, 10.0, 12.0, 20.0, 30.0] {
                let root = at(&bands, 0, day).unwrap();
                for (child, parent) in [(1, 0), (3, 0), (2, 1)] {
                    let (Some(inner), Some(outer)) = (at(&bands, child, day), at(&bands, parent, day)) else {
                        continue;
                    };
                    assert!(inner.0 >= outer.0 - 1e-9 && inner.1 <= outer.1 + 1e-9, "{form:?} {day} {child}");
                }
                if let (Some(one), Some(three)) = (at(&bands, 1, day), at(&bands, 3, day)) {
                    assert!(one.1 <= three.0 + 1e-9 || three.1 <= one.0 + 1e-9, "{day}");
                }
                if form == Form::Population {
                    assert!((root.0 + root.1).abs() < 1e-9, "symmetric about 0");
                }
            }
        }
    }

    #[test]
    fn heights_are_sizes_and_a_clone_begins_at_its_birth() {
        let bands = bands(&nested(), Form::Population, 0.0);
        let height = |node, day| at(&bands, node, day).map(|(low, high)| high - low);
        assert_eq!(height(0, 20.0), Some(125.0));
        assert_eq!(height(1, 20.0), Some(100.0));
        assert_eq!(height(2, 5.0), Some(0.0));
        assert_eq!(bands.iter().find(|b| b.node == 2).unwrap().edges[0][0], 5.0);
        // Died out at the count of day 30.
        assert_eq!(bands.iter().find(|b| b.node == 3).unwrap().edges.last().unwrap()[0], 30.0);
    }

    #[test]
    fn a_lone_child_is_in_the_middle_of_its_parent() {
        let bands = bands(&nested(), Form::Population, 0.06);
        let (low, high) = at(&bands, 1, 10.0).unwrap();
        assert_eq!((low + high) / 2.0, 0.0);
    }
}

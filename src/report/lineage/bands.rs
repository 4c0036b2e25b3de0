//! The layout of a Muller plot: every clone is a band within that of its nearest ancestor that is shown.
//!
//! A clone's own cells are shared out evenly above, below and between its children, so that each child emerges inside of its
//! parent and is parted from its siblings; the firstborn is in the middle. Between two counts sizes change evenly with time; a clone
//! has no cells until its birth. So bands never cross.

use super::history::{History, Shown};
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
    /// Index of the clone in its history.
    pub clone: usize,
    /// Day, lower edge and upper edge, rising in time, from its birth until it has died out.
    pub edges: Vec<[f64; 3]>,
}

/// Bands of the clones of a history, parents before children.
pub fn bands(lineage: &Lineage, history: &History, form: Form) -> Vec<Band> {
    let births: Vec<f64> = history.clones.iter().map(|c| lineage.nodes[c.node].birth).collect();
    let children: Vec<Vec<usize>> =
        history.clones.iter().map(|c| about_the_middle(c.children.iter().copied())).collect();
    let mut bands: Vec<Band> = (0..children.len()).map(|clone| Band { clone, edges: Vec::new() }).collect();
    let mut before: Vec<f64> = Vec::new();
    for day in columns(&history.days, &births) {
        let mut sizes: Vec<f64> = history
            .clones
            .iter()
            .zip(&births)
            .map(|(c, birth)| size(&history.days, c, *birth, day))
            .collect();
        let is_extinct = sizes[0] == 0.0;
        if form == Form::Frequency && is_extinct && before.first().is_some_and(|all| *all > 0.0) {
            // Shares stay what they were until the last cell has died.
            sizes.clone_from(&before);
        }
        place(&mut bands, &children, &sizes, form, day);
        before = if is_extinct { Vec::new() } else { sizes };
    }
    bands.into_iter().map(alive).filter(|b| b.edges.len() > 1).collect()
}

/// Adds the edges of all bands on a day.
fn place(bands: &mut [Band], children: &[Vec<usize>], sizes: &[f64], form: Form, day: f64) {
    let scale = match form {
        Form::Population => 1.0,
        Form::Frequency if sizes[0] > 0.0 => 1.0 / sizes[0],
        Form::Frequency => 0.0,
    };
    let mut low = vec![0.0; sizes.len()];
    low[0] = if form == Form::Population { -sizes[0] / 2.0 } else { 0.0 };
    for clone in 0..sizes.len() {
        let (from, height) = (low[clone], sizes[clone] * scale);
        bands[clone].edges.push([day, from, from + height]);
        let inside: f64 = children[clone].iter().map(|c| sizes[*c] * scale).sum();
        let gap = ((height - inside) / (children[clone].len() + 1) as f64).max(0.0);
        let mut next = from + gap;
        for child in &children[clone] {
            low[*child] = next;
            next += sizes[*child] * scale + gap;
        }
    }
}

/// The first in the middle, the others by turns below and above.
fn about_the_middle(items: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut out = std::collections::VecDeque::new();
    for (i, item) in items.enumerate() {
        if i % 2 == 0 { out.push_back(item) } else { out.push_front(item) }
    }
    out.into()
}

/// Days of counts and of births.
fn columns(counts: &[f64], births: &[f64]) -> Vec<f64> {
    let (first, last) = (counts[0], counts[counts.len() - 1]);
    let within = births.iter().copied().filter(|b| *b > first && *b < last);
    let mut days: Vec<f64> = counts.iter().copied().chain(within).collect();
    days.sort_by(f64::total_cmp);
    days.dedup();
    days
}

/// Live cells of a clone with its descendants on a day.
fn size(days: &[f64], clone: &Shown, birth: f64, day: f64) -> f64 {
    let after = days.partition_point(|d| *d < day);
    let Some(at) = days.get(after) else { return 0.0 };
    if *at == day {
        return clone.inclusive[after] as f64;
    }
    let Some(before) = after.checked_sub(1) else { return 0.0 };
    // From its birth on, if that is within these two counts.
    let from = days[before].max(birth);
    let (small, large) = (clone.inclusive[before] as f64, clone.inclusive[after] as f64);
    if day <= from && birth > days[before] {
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
    use super::super::history::tests::history;
    use super::super::tree::tests::size as count;
    use super::*;

    fn drawn(form: Form, share: f64) -> Vec<Band> {
        let (lineage, history) = history(share);
        bands(&lineage, &history, form)
    }

    fn at(bands: &[Band], clone: usize, day: f64) -> Option<(f64, f64)> {
        let band = bands.iter().find(|b| b.clone == clone)?;
        band.edges.iter().find(|e| e[0] == day).map(|e| (e[1], e[2]))
    }

    #[test]
    fn children_lie_within_their_parents_and_apart() {
        for form in [Form::Population, Form::Frequency] {
            let bands = drawn(form, 0.0);
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
        let bands = drawn(Form::Population, 0.0);
        let height = |clone, day| at(&bands, clone, day).map(|(low, high)| high - low);
        assert_eq!(height(0, 20.0), Some(125.0));
        assert_eq!(height(1, 20.0), Some(100.0));
        assert_eq!(height(2, 5.0), Some(0.0));
        assert_eq!(bands.iter().find(|b| b.clone == 2).unwrap().edges[0][0], 5.0);
        // Died out at the count of day 30.
        assert_eq!(bands.iter().find(|b| b.clone == 3).unwrap().edges.last().unwrap()[0], 30.0);
    }

    // Plots ended at the last count that had cells.
    #[test]
    fn bands_reach_to_the_count_at_which_no_cell_is_left() {
        let (mut lineage, _) = history(0.0);
        lineage.count(&[count(40, 0, 0, 0)]);
        let mut extinct = History::new(&lineage, 0.0, (9, 9));
        extinct.add(&count(30, 0, 10, 100));
        extinct.add(&count(40, 0, 0, 0));
        let height = |form, day| at(&bands(&lineage, &extinct, form), 0, day).map(|(low, high)| high - low);
        assert_eq!(
            (height(Form::Population, 30.0), height(Form::Population, 40.0)),
            (Some(100.0), Some(0.0))
        );
        assert_eq!((height(Form::Frequency, 30.0), height(Form::Frequency, 40.0)), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn a_lone_child_is_in_the_middle_of_its_parent() {
        let bands = drawn(Form::Population, 0.06);
        let (low, high) = at(&bands, 1, 10.0).unwrap();
        assert_eq!((low + high) / 2.0, 0.0);
    }
}

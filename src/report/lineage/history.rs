//! Sizes over time of the clones that a Muller plot shows.

use std::collections::BTreeMap;
use std::path::Path;

use super::tree::Lineage;
use crate::report::ReportError;
use crate::report::read::each;
use crate::simulation::CloneSizeRow;

/// At most so many clones have a band of their own.
pub const MAX_BANDS: usize = 200;
/// At most so many counts are drawn: more lie closer together than eyes can tell.
pub const MAX_COUNTS: usize = 400;

/// A clone that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Index in its tree.
    pub node: usize,
    /// Index in the history of its nearest ancestor that is shown; none for the root.
    pub parent: Option<usize>,
    /// Indices in the history of the clones whose nearest ancestor it is.
    pub children: Vec<usize>,
    /// Live cells with all descendants at each count.
    pub inclusive: Vec<u64>,
}

/// Clones that are shown, parents before children, with their sizes. Cells of others count as their nearest ancestor's that is.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Days of the counts that are shown.
    pub days: Vec<f64>,
    /// The clones; the first one is the root.
    pub clones: Vec<Shown>,
    /// Places of clones by their numbers.
    places: BTreeMap<u32, usize>,
    /// Places of counts by their steps.
    counts: BTreeMap<u32, usize>,
}

impl History {
    /// Reads the sizes of the clones of a tree that ever reached a share of all live cells.
    ///
    /// # Errors
    ///
    /// As for [`each`].
    pub fn read(sizes: &Path, lineage: &Lineage, share: f64) -> Result<Self, ReportError> {
        let mut out = Self::new(lineage, share, (MAX_BANDS, MAX_COUNTS));
        each(sizes, |size: CloneSizeRow| {
            if size.replicate == lineage.replicate {
                out.add(&size);
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// A history before its sizes are known, of at most so many clones at at most so many counts.
    pub fn new(lineage: &Lineage, share: f64, (clones, counts): (usize, usize)) -> Self {
        let counts = few(&lineage.days, counts);
        let empty = vec![0; counts.len()];
        let (mut shown, mut place_of): (Vec<Shown>, BTreeMap<usize, usize>) = Default::default();
        for node in chosen(lineage, share, clones) {
            let parent = ancestor(lineage, node, &place_of);
            let (place, inclusive) = (shown.len(), empty.clone());
            place_of.insert(node, place);
            parent.into_iter().for_each(|p| shown[p].children.push(place));
            shown.push(Shown { node, parent, children: Vec::new(), inclusive });
        }
        if lineage.has_origin() {
            shown[0].inclusive = counts.iter().map(|c| lineage.totals[*c]).collect();
        }
        let origin = usize::from(lineage.has_origin());
        let places = place_of.range(origin..).map(|(node, place)| (lineage.nodes[*node].clone, *place));
        Self {
            places: places.collect(),
            days: counts.iter().map(|c| lineage.days[*c]).collect(),
            counts: counts.iter().enumerate().map(|(i, c)| (lineage.steps[*c], i)).collect(),
            clones: shown,
        }
    }

    /// Takes in a size.
    pub fn add(&mut self, size: &CloneSizeRow) {
        if let (Some(clone), Some(count)) = (self.places.get(&size.clone), self.counts.get(&size.step)) {
            self.clones[*clone].inclusive[*count] = size.inclusive;
        }
    }

    /// Live cells of all clones at each count.
    pub fn totals(&self) -> &[u64] {
        &self.clones[0].inclusive
    }
}

/// Indices of the clones that are shown: the root, and of those that reached the share the ones that had the largest share of their
/// own.
fn chosen(lineage: &Lineage, share: f64, most: usize) -> Vec<usize> {
    let large = |n: &usize| *n == 0 || lineage.nodes[*n].share >= share as f32 && lineage.nodes[*n].most > 0;
    let mut all: Vec<usize> = (0..lineage.nodes.len()).filter(large).collect();
    if all.len() > most {
        let own = |n: &usize| lineage.nodes[*n].share_own;
        all[1..].sort_by(|a, b| own(b).total_cmp(&own(a)).then(a.cmp(b)));
        all.truncate(most);
        all.sort_unstable();
    }
    all
}

/// The place of the nearest ancestor that has one.
fn ancestor(lineage: &Lineage, node: usize, places: &BTreeMap<usize, usize>) -> Option<usize> {
    let mut at = lineage.nodes[node].parent? as usize;
    loop {
        match places.get(&at) {
            Some(place) => return Some(*place),
            None => at = lineage.nodes[at].parent? as usize,
        }
    }
}

/// Indices of at most so many of rising values, the first and the last among them, evenly over their span.
fn few(values: &[f64], most: usize) -> Vec<usize> {
    if values.len() <= most {
        return (0..values.len()).collect();
    }
    let (first, last) = (values[0], values[values.len() - 1]);
    let part = |i: usize| ((values[i] - first) / (last - first) * (most - 1) as f64) as usize;
    (0..values.len()).filter(|i| *i == 0 || part(*i) != part(*i - 1)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tree::tests::{clone, nested, size};
    use super::*;

    pub fn history(share: f64) -> (Lineage, History) {
        let (lineage, sizes) = nested();
        let mut history = History::new(&lineage, share, (MAX_BANDS, MAX_COUNTS));
        sizes.iter().for_each(|s| history.add(s));
        (lineage, history)
    }

    #[test]
    fn clones_below_the_share_are_left_out() {
        let nodes = |share| history(share).1.clones.iter().map(|c| c.node).collect::<Vec<_>>();
        assert_eq!(nodes(0.0), [0, 1, 2, 3]);
        assert_eq!(nodes(0.05), [0, 1, 2]);
        assert_eq!(history(0.05).1.totals(), [100, 100, 125, 100]);
    }

    // A clone that every cell descends from has no share of its own to be seen.
    #[test]
    fn of_a_deep_line_those_with_most_cells_of_their_own_are_shown_and_no_cell_is_lost() {
        let depth = 1000;
        let clones = (0..depth).map(|c| clone(c, c.saturating_sub(1), f64::from(c), "a"));
        let mut lineage = Lineage::new(0, clones);
        let sizes = |step: u32| -> Vec<CloneSizeRow> {
            let own = |c: u32| u64::from(c % 10 + 1);
            (0..=step).map(|c| size(step, c, own(c), (c..=step).map(own).sum())).collect()
        };
        let counts: Vec<Vec<CloneSizeRow>> = (0..depth).step_by(9).map(sizes).collect();
        counts.iter().for_each(|count| lineage.count(count));
        let mut history = History::new(&lineage, 0.0, (50, 20));
        counts.iter().flatten().for_each(|s| history.add(s));
        assert_eq!((history.clones.len(), history.clones[0].node), (50, 0));
        assert!(history.days.len() <= 20 && *history.days.last().unwrap() == 999.0);
        for (count, day) in history.days.iter().enumerate() {
            let total: u64 = (0..=*day as u64).map(|c| c % 10 + 1).sum();
            let own = |c: &Shown| {
                let inner: u64 = c.children.iter().map(|c| history.clones[*c].inclusive[count]).sum();
                c.inclusive[count] - inner
            };
            assert_eq!((history.totals()[count], history.clones.iter().map(own).sum()), (total, total));
        }
    }
}

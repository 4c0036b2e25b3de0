//! The clones of a replicate as a tree with their largest sizes.
//!
//! Sizes at every count are many: they stay in their table, which is read again by whoever needs them, row by row
//! ([`super::History`], [`super::tables`]).

use std::collections::BTreeMap;
use std::path::Path;

use crate::report::ReportError;
use crate::report::read::each;
use crate::simulation::folder::RunTable;
use crate::simulation::{CloneRow, CloneSizeRow};

/// A clone in its tree.
#[derive(Debug, Clone, PartialEq)]
pub struct CloneNode {
    /// Its number in tables; one more than the largest for a common origin that no table has.
    pub clone: u32,
    /// Index of its parent; none for the root.
    pub parent: Option<u32>,
    /// Day of its birth.
    pub birth: f64,
    /// Index of the state in which it was founded; the first one, without a name, for an origin of several.
    pub state: u32,
    /// Most live cells of the clone itself at any count.
    pub most_own: u32,
    /// Most live cells with all descendants at any count.
    pub most: u32,
    /// Its largest share of all live cells at any count.
    pub share_own: f32,
    /// The same with all descendants.
    pub share: f32,
}

/// A tree of clones: the first node is the one root, and parents stand before their children.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    /// Replicate.
    pub replicate: u32,
    /// Steps of the counts, rising.
    pub steps: Vec<u32>,
    /// Their days.
    pub days: Vec<f64>,
    /// Live cells of all clones at each count.
    pub totals: Vec<u64>,
    /// Clones, after a common origin if there were several founders by their numbers.
    pub nodes: Vec<CloneNode>,
    /// Names of states.
    pub states: Vec<String>,
}

impl Lineage {
    /// The trees of all replicates of a folder whose clones were counted.
    ///
    /// # Errors
    ///
    /// As for [`each`].
    pub fn read_all(dir: &Path) -> Result<Vec<Self>, ReportError> {
        let mut all: BTreeMap<u32, Self> = BTreeMap::new();
        each(&dir.join(RunTable::Clones.file_name()), |clone: CloneRow| {
            all.entry(clone.replicate).or_insert_with(|| Self::empty(clone.replicate)).add(clone);
            Ok(())
        })?;
        all.values_mut().for_each(Self::join);
        let mut count: Vec<CloneSizeRow> = Vec::new();
        let mut close = |count: &mut Vec<CloneSizeRow>| {
            let lineage = count.first().and_then(|size| all.get_mut(&size.replicate));
            lineage.into_iter().for_each(|lineage| lineage.count(count));
            count.clear();
        };
        each(&dir.join(RunTable::CloneSizes.file_name()), |size: CloneSizeRow| {
            if count.first().is_some_and(|s| (s.replicate, s.step) != (size.replicate, size.step)) {
                close(&mut count);
            }
            count.push(size);
            Ok(())
        })?;
        close(&mut count);
        Ok(all.into_values().filter(|lineage| !lineage.days.is_empty()).collect())
    }

    /// The tree of some clones before any count.
    pub fn new(replicate: u32, clones: impl IntoIterator<Item = CloneRow>) -> Self {
        let mut out = Self::empty(replicate);
        clones.into_iter().for_each(|clone| out.add(clone));
        out.join();
        out
    }

    fn empty(replicate: u32) -> Self {
        let (steps, days, totals) = (Vec::new(), Vec::new(), Vec::new());
        Self { replicate, steps, days, totals, nodes: Vec::new(), states: vec![String::new()] }
    }

    /// Takes in a clone; until they are joined its parent is that clone's number.
    fn add(&mut self, clone: CloneRow) {
        let parent = (clone.parent != clone.clone).then_some(clone.parent);
        let state = self.state(clone.state);
        self.nodes.push(CloneNode::new(clone.clone, parent, clone.birth_day, state));
    }

    /// Joins the clones to a tree. Several founders get a common origin without cells of its own.
    fn join(&mut self) {
        self.nodes.sort_by_key(|n| n.clone);
        let founders = self.nodes.iter().filter(|n| n.parent.is_none()).count();
        if let (Some(last), false) = (self.nodes.last(), founders == 1) {
            let origin = CloneNode::new(last.clone + 1, None, self.nodes[0].birth, 0);
            self.nodes.insert(0, origin);
        }
        for node in 1..self.nodes.len() {
            let parent = self.nodes[node].parent.and_then(|clone| self.place(clone));
            self.nodes[node].parent = Some(parent.unwrap_or(0) as u32);
        }
    }

    fn state(&mut self, name: String) -> u32 {
        let known = self.states.iter().position(|s| *s == name);
        known.unwrap_or_else(|| {
            self.states.push(name);
            self.states.len() - 1
        }) as u32
    }

    /// Whether the root is a common origin that is not a clone.
    pub fn has_origin(&self) -> bool {
        self.nodes[0].state == 0
    }

    /// Index of a clone by its number.
    pub fn place(&self, clone: u32) -> Option<usize> {
        let first = usize::from(self.nodes.first().is_some_and(|n| n.state == 0));
        let found = self.nodes.get(first..)?.binary_search_by_key(&clone, |n| n.clone);
        found.ok().map(|at| first + at)
    }

    /// Index of a count by its step.
    pub fn count_of(&self, step: u32) -> Option<usize> {
        self.steps.binary_search(&step).ok()
    }

    /// Name of the state in which a clone was founded; empty for a common origin.
    pub fn state_of(&self, node: usize) -> &str {
        &self.states[self.nodes[node].state as usize]
    }

    /// Takes in the sizes of a later count.
    pub fn count(&mut self, sizes: &[CloneSizeRow]) {
        let Some(first) = sizes.first() else { return };
        let total: u64 = sizes.iter().map(|s| s.exclusive).sum();
        self.steps.push(first.step);
        self.days.push(first.day);
        self.totals.push(total);
        if self.has_origin() {
            self.nodes[0].see(0, total, total);
        }
        for size in sizes {
            if let Some(node) = self.place(size.clone) {
                self.nodes[node].see(size.exclusive, size.inclusive, total);
            }
        }
    }
}

impl CloneNode {
    fn new(clone: u32, parent: Option<u32>, birth: f64, state: u32) -> Self {
        Self { clone, parent, birth, state, most_own: 0, most: 0, share_own: 0.0, share: 0.0 }
    }

    fn see(&mut self, own: u64, all: u64, total: u64) {
        let share = |cells: u64| (cells as f64 / total.max(1) as f64) as f32;
        self.most_own = self.most_own.max(own as u32);
        self.most = self.most.max(all as u32);
        self.share_own = self.share_own.max(share(own));
        self.share = self.share.max(share(all));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn clone(clone: u32, parent: u32, birth_day: f64, state: &str) -> CloneRow {
        let (x, y, z, state) = (0, 0, 0, state.into());
        CloneRow { replicate: 0, clone, parent, birth_step: 0, birth_day, x, y, z, state }
    }

    pub fn size(step: u32, clone: u32, exclusive: u64, inclusive: u64) -> CloneSizeRow {
        CloneSizeRow { replicate: 0, step, day: f64::from(step), clone, exclusive, inclusive }
    }

    pub const SIZES: [(u32, u32, u64, u64); 11] = [
        (0, 0, 90, 100),
        (0, 1, 10, 10),
        (10, 0, 60, 100),
        (10, 1, 30, 40),
        (10, 2, 10, 10),
        (20, 0, 20, 125),
        (20, 1, 40, 100),
        (20, 2, 60, 60),
        (20, 3, 5, 5),
        (30, 0, 10, 100),
        (30, 2, 90, 90),
    ];

    /// Nested: 0 holds 1 and 3, 1 holds 2; 3 dies out.
    pub fn nested() -> (Lineage, Vec<CloneSizeRow>) {
        let clones =
            vec![clone(0, 0, 0.0, "a"), clone(1, 0, 0.0, "b"), clone(2, 1, 5.0, "c"), clone(3, 0, 12.0, "d")];
        let mut sizes: Vec<CloneSizeRow> = SIZES.map(|(step, c, own, all)| size(step, c, own, all)).into();
        sizes.push(size(30, 1, 0, 90));
        sizes.sort_by_key(|s| (s.step, s.clone));
        let mut lineage = Lineage::new(0, clones);
        sizes.chunk_by(|a, b| a.step == b.step).for_each(|count| lineage.count(count));
        (lineage, sizes)
    }

    #[test]
    fn a_count_adds_up_and_largest_sizes_are_remembered() {
        let (lineage, _) = nested();
        assert_eq!((lineage.totals, lineage.days), (vec![100, 100, 125, 100], vec![0.0, 10.0, 20.0, 30.0]));
        assert_eq!(lineage.nodes[1].most, 100);
        assert_eq!((lineage.nodes[3].most_own, lineage.nodes[3].share), (5, 0.04));
        assert_eq!(
            lineage.nodes.iter().map(|n| n.parent).collect::<Vec<_>>(),
            [None, Some(0), Some(1), Some(0)]
        );
    }

    #[test]
    fn several_founders_get_one_origin() {
        let clones = vec![clone(0, 0, 0.0, "a"), clone(1, 1, 0.0, "b"), clone(2, 1, 3.0, "c")];
        let mut lineage = Lineage::new(0, clones);
        lineage.count(&[size(0, 0, 4, 4), size(0, 1, 5, 5)]);
        lineage.count(&[size(4, 1, 0, 6), size(4, 2, 6, 6)]);
        assert_eq!(lineage.nodes.iter().filter(|n| n.parent.is_none()).count(), 1);
        assert_eq!((lineage.nodes[0].clone, lineage.totals.as_slice()), (3, &[9, 6][..]));
        assert_eq!(
            lineage.nodes.iter().map(|n| n.parent).collect::<Vec<_>>(),
            [None, Some(0), Some(0), Some(2)]
        );
    }
}

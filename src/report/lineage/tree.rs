//! The clones of a replicate as a tree with sizes.

use std::collections::BTreeMap;

use crate::report::read::{CellClone, Size};

/// A clone in its tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its number in tables; one more than the largest for a common origin that no table has.
    pub clone: u32,
    /// Index of its parent; none for the root.
    pub parent: Option<usize>,
    /// Indices of its children, by birth.
    pub children: Vec<usize>,
    /// Day of its birth.
    pub birth: f64,
    /// State in which it was founded; empty for an origin of several.
    pub state: String,
    /// Live cells of the clone itself at each count.
    pub exclusive: Vec<u64>,
    /// Live cells with all descendants at each count.
    pub inclusive: Vec<u64>,
}

/// A tree of clones: the first node is the one root, and parents stand before their children.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    /// Replicate.
    pub replicate: u32,
    /// Days of the counts, rising.
    pub days: Vec<f64>,
    /// Clones.
    pub nodes: Vec<Node>,
}

impl Lineage {
    /// The tree of a replicate; `None` where no clone of it was counted. Several founders get a common origin without cells of
    /// its own.
    pub fn new(replicate: u32, clones: &[CellClone], sizes: &[Size]) -> Option<Self> {
        let mut own: Vec<&CellClone> = clones.iter().filter(|c| c.replicate == replicate).collect();
        own.sort_by_key(|c| c.clone);
        let sizes: Vec<&Size> = sizes.iter().filter(|s| s.replicate == replicate).collect();
        let mut days: Vec<(u32, f64)> = sizes.iter().map(|s| (s.step, s.day)).collect();
        days.sort_by_key(|d| d.0);
        days.dedup_by_key(|d| d.0);
        if own.is_empty() || days.is_empty() {
            return None;
        }
        let founders = own.iter().filter(|c| c.parent == c.clone).count();
        let mut nodes = Vec::new();
        if founders != 1 {
            nodes.push(Node::new(own.iter().map(|c| c.clone).max()? + 1, None, days[0].1, "", days.len()));
        }
        let mut places = BTreeMap::new();
        for clone in own {
            // A parent has a smaller number than its children, so it is there already.
            let parent = places.get(&clone.parent).copied().or(Some(0));
            let parent = if clone.parent == clone.clone { (founders != 1).then_some(0) } else { parent };
            places.insert(clone.clone, nodes.len());
            nodes.push(Node::new(clone.clone, parent, clone.birth_day, &clone.state, days.len()));
        }
        for size in sizes {
            let day = days.binary_search_by_key(&size.step, |d| d.0).ok()?;
            if let Some(place) = places.get(&size.clone) {
                nodes[*place].exclusive[day] = size.exclusive;
            }
        }
        let mut lineage = Self { replicate, days: days.into_iter().map(|d| d.1).collect(), nodes };
        lineage.complete();
        Some(lineage)
    }

    /// Children by birth, and sizes with descendants. A clone that was too small to be counted is left out of both, so that sizes
    /// add up in any case.
    fn complete(&mut self) {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            node.parent.into_iter().for_each(|parent| children[parent].push(index));
        }
        for (node, mut own) in self.nodes.iter_mut().zip(children) {
            node.inclusive.clone_from(&node.exclusive);
            own.sort_by_key(|c| *c);
            node.children = own;
        }
        for index in (1..self.nodes.len()).rev() {
            let Some(parent) = self.nodes[index].parent else { continue };
            let (before, after) = self.nodes.split_at_mut(index);
            before[parent].inclusive.iter_mut().zip(&after[0].inclusive).for_each(|(all, own)| *all += own);
        }
    }

    /// Live cells of all clones at each count.
    pub fn totals(&self) -> &[u64] {
        &self.nodes[0].inclusive
    }

    /// Whether each clone, with its descendants, ever was at least this share of all live cells. The root always is.
    pub fn reach(&self, share: f64) -> Vec<bool> {
        let ever = |node: &Node| {
            node.inclusive
                .iter()
                .zip(self.totals())
                .any(|(own, all)| *all > 0 && *own as f64 >= share * *all as f64)
        };
        let mut out: Vec<bool> = self.nodes.iter().map(ever).collect();
        out[0] = true;
        out
    }
}

impl Node {
    fn new(clone: u32, parent: Option<usize>, birth: f64, state: &str, counts: usize) -> Self {
        let (exclusive, inclusive) = (vec![0; counts], vec![0; counts]);
        Self { clone, parent, children: Vec::new(), birth, state: state.to_owned(), exclusive, inclusive }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn clone(clone: u32, parent: u32, birth_day: f64, state: &str) -> CellClone {
        CellClone { replicate: 0, clone, parent, birth_step: 0, birth_day, state: state.into() }
    }

    pub fn size(step: u32, clone: u32, exclusive: u64) -> Size {
        Size { replicate: 0, step, day: f64::from(step), clone, exclusive, inclusive: 0 }
    }

    /// Nested: 0 holds 1 and 3, 1 holds 2; 3 dies out.
    pub fn nested() -> Lineage {
        let clones =
            [clone(0, 0, 0.0, "a"), clone(1, 0, 0.0, "b"), clone(2, 1, 5.0, "c"), clone(3, 0, 12.0, "d")];
        let sizes = [
            size(0, 0, 90),
            size(0, 1, 10),
            size(10, 0, 60),
            size(10, 1, 30),
            size(10, 2, 10),
            size(20, 0, 20),
            size(20, 1, 40),
            size(20, 2, 60),
            size(20, 3, 5),
            size(30, 0, 10),
            size(30, 1, 0),
            size(30, 2, 90),
        ];
        Lineage::new(0, &clones, &sizes).unwrap()
    }

    #[test]
    fn sizes_add_up_to_the_root() {
        let lineage = nested();
        assert_eq!(lineage.totals(), [100, 100, 125, 100]);
        assert_eq!(lineage.nodes[1].inclusive, [10, 40, 100, 90]);
        assert_eq!(lineage.nodes[0].children, [1, 3]);
        assert_eq!(lineage.reach(0.05), [true, true, true, false]);
    }

    #[test]
    fn several_founders_get_one_origin() {
        let clones = [clone(0, 0, 0.0, "a"), clone(1, 1, 0.0, "b"), clone(2, 1, 3.0, "c")];
        let lineage = Lineage::new(0, &clones, &[size(0, 0, 4), size(0, 1, 5), size(4, 2, 6)]).unwrap();
        assert_eq!(lineage.nodes.iter().filter(|n| n.parent.is_none()).count(), 1);
        assert_eq!((lineage.nodes[0].clone, lineage.totals()), (3, &[9, 6][..]));
        assert_eq!(lineage.nodes[0].children, [1, 2]);
    }
}

//! How strongly drugs act on the nodes of the network, and what they make of the hormones that feed it.

use std::fmt;

use crate::catalogue::{Hormone, Node};

/// All nodes where drugs bind, in the order of [`Node`].
pub const NODES: [Node; 11] = [
    Node::MtorAllosteric,
    Node::MtorKinase,
    Node::MtorBivalent,
    Node::Pi3k,
    Node::Mek,
    Node::Raf,
    Node::Rtk,
    Node::GrowthFactor,
    Node::Sstr,
    Node::Gsk3,
    Node::Aurora,
];

/// Inhibition (for somatostatin receptors: engagement) of every node, 0 to 1, and hormones of the blood relative to no drug.
#[derive(Clone, Copy, PartialEq)]
pub struct Inhibition {
    nodes: [f64; NODES.len()],
    hormones: [f64; Hormone::ALL.len()],
}

impl Default for Inhibition {
    /// No drug.
    fn default() -> Self {
        Self::NONE
    }
}

impl Inhibition {
    /// No drug.
    pub const NONE: Self = Self { nodes: [0.0; NODES.len()], hormones: [1.0; Hormone::ALL.len()] };

    /// Only this node is inhibited.
    pub fn only(node: Node, inhibition: f64) -> Self {
        Self::NONE.with(node, inhibition)
    }

    /// The same, with one node more; effects on one node combine as independent events (Bliss 1939).
    #[must_use]
    pub fn with(mut self, node: Node, inhibition: f64) -> Self {
        self.add(node, inhibition);
        self
    }

    /// Adds an effect on a node: `1 − (1 − a)(1 − b)`.
    pub fn add(&mut self, node: Node, inhibition: f64) {
        let slot = &mut self.nodes[node as usize];
        *slot = 1.0 - (1.0 - *slot) * (1.0 - inhibition.clamp(0.0, 1.0));
    }

    /// Inhibition of a node.
    #[inline]
    pub fn get(&self, node: Node) -> f64 {
        self.nodes[node as usize]
    }

    /// What is left of a node.
    #[inline]
    pub fn left(&self, node: Node) -> f64 {
        1.0 - self.nodes[node as usize]
    }

    /// Multiplies a hormone: two drugs that move it act one upon the other.
    pub fn scale(&mut self, hormone: Hormone, factor: f64) {
        self.hormones[hormone as usize] *= factor;
    }

    /// A hormone of the blood, relative to no drug.
    #[inline]
    pub fn hormone(&self, hormone: Hormone) -> f64 {
        self.hormones[hormone as usize]
    }

    /// Whether no node is inhibited and no hormone is moved.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

impl fmt::Debug for Inhibition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = NODES.iter().map(|node| (node, self.get(*node))).filter(|(_, x)| *x != 0.0);
        let moved = Hormone::ALL.iter().map(|h| (h, self.hormone(*h))).filter(|(_, x)| *x != 1.0);
        f.debug_map().entries(on).entries(moved).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_in_the_order_of_their_numbers() {
        for (index, node) in NODES.into_iter().enumerate() {
            assert_eq!(node as usize, index);
        }
    }

    // Bliss CI, Ann Appl Biol 1939;26:585.
    #[test]
    fn effects_on_one_node_combine_as_independent_events() {
        let both = Inhibition::only(Node::Mek, 0.5).with(Node::Mek, 0.4);
        assert!((both.get(Node::Mek) - 0.7).abs() < 1e-15);
        assert_eq!(both.get(Node::Pi3k), 0.0);
        assert_eq!(Inhibition::only(Node::Mek, 7.0).get(Node::Mek), 1.0);
        assert!(Inhibition::only(Node::Mek, 0.0).is_none());
    }

    #[test]
    fn hormones_are_as_without_drugs_until_one_moves_them() {
        let mut drugs = Inhibition::NONE;
        assert_eq!(Hormone::ALL.iter().map(|h| drugs.hormone(*h)).sum::<f64>(), 2.0);
        drugs.scale(Hormone::Insulin, 2.0);
        drugs.scale(Hormone::Insulin, 0.25);
        assert_eq!((drugs.hormone(Hormone::Insulin), drugs.hormone(Hormone::Igf1)), (0.5, 1.0));
        assert!(!drugs.is_none());
    }
}

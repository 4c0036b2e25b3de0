//! How strongly drugs act on the nodes of the network.

use std::fmt;

use crate::catalogue::Node;

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

/// Inhibition (for somatostatin receptors: engagement) of every node, 0 to 1.
#[derive(Clone, Copy, PartialEq, Default)]
pub struct Inhibition([f64; NODES.len()]);

impl Inhibition {
    /// No drug.
    pub const NONE: Self = Self([0.0; NODES.len()]);

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
        let slot = &mut self.0[node as usize];
        *slot = 1.0 - (1.0 - *slot) * (1.0 - inhibition.clamp(0.0, 1.0));
    }

    /// Inhibition of a node.
    #[inline]
    pub fn get(&self, node: Node) -> f64 {
        self.0[node as usize]
    }

    /// What is left of a node.
    #[inline]
    pub fn left(&self, node: Node) -> f64 {
        1.0 - self.0[node as usize]
    }

    /// Whether no node is inhibited.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

impl fmt::Debug for Inhibition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = NODES.iter().map(|node| (node, self.get(*node))).filter(|(_, x)| *x != 0.0);
        f.debug_map().entries(on).finish()
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
}

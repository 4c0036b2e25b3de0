//! Answers of the network to any exposure: solved at the nodes of a grid, interpolated between them.
//!
//! Levels drift for weeks, so that new combinations of bins come every day, and perfusion brings as many more; but growth, deaths and
//! secretion follow the logarithm of a level smoothly. So the network is solved at nodes a few bins apart, once for each kind of
//! cell, and in between answers are those of the corners in proportion. Without drugs there is one corner, and the answer is exact.

use std::collections::HashMap;

use super::super::exposure::{DrugBins, Grid, corners};
use super::super::phenotype::{Answer, Regime, StatePhenotype};

/// Nodes beyond which they are forgotten with the tables.
const MAX_NODES: usize = 1 << 12;

/// Answers of all kinds of cells.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    /// What tells networks apart: with oxygen, and without where there are such places.
    regimes: Vec<Regime>,
    /// Bins between nodes, by drug.
    spacings: Vec<i32>,
    known: HashMap<Vec<DrugBins>, u32>,
    nodes: Vec<Vec<Answer>>,
}

impl Answers {
    /// None yet, for drugs on these grids; `starved` where there are places without oxygen.
    pub fn new(grids: &[Grid], starved: bool) -> Self {
        let regimes = if starved { vec![Regime::Normoxic, Regime::Hypoxic] } else { vec![Regime::Normoxic] };
        let spacings = grids.iter().map(Grid::spacing).collect();
        Self { regimes, spacings, known: HashMap::new(), nodes: Vec::new() }
    }

    /// Answers under a local exposure: of every kind with oxygen, then of every kind without if there are such places.
    pub fn of(&mut self, kinds: &[StatePhenotype], local: &[DrugBins]) -> Vec<Answer> {
        let mut all = vec![Answer::default(); kinds.len() * self.regimes.len()];
        for (corner, weight) in corners(local, &self.spacings) {
            let node = self.node(kinds, corner);
            for (sum, answer) in all.iter_mut().zip(&self.nodes[node as usize]) {
                sum.multiplier += weight * answer.multiplier;
                sum.death += weight * answer.death;
                sum.s6k += weight * answer.s6k;
                sum.vegf += weight * answer.vegf;
                sum.cga += weight * answer.cga;
                sum.mass += weight * answer.mass;
            }
        }
        all
    }

    /// Whether there are so many nodes that they had better be forgotten.
    pub fn is_full(&self) -> bool {
        self.nodes.len() > MAX_NODES
    }

    /// Forgets all nodes.
    pub fn forget(&mut self) {
        self.known.clear();
        self.nodes.clear();
    }

    /// Number of a node.
    fn node(&mut self, kinds: &[StatePhenotype], at: Vec<DrugBins>) -> u32 {
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        let exposures: Vec<_> = at.iter().map(DrugBins::exposure).collect();
        let effects: Vec<_> = kinds.iter().map(|kind| kind.effects(&exposures)).collect();
        let mut node = Vec::with_capacity(kinds.len() * self.regimes.len());
        for regime in &self.regimes {
            let answer = |(kind, effects): (&StatePhenotype, _)| kind.answer(&kind.network(effects, *regime));
            node.extend(kinds.iter().zip(&effects).map(answer));
        }
        let number = self.nodes.len() as u32;
        self.nodes.push(node);
        self.known.insert(at, number);
        number
    }
}

#[cfg(test)]
mod tests;

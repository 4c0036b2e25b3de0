//! Plots of a run.

mod burden;
mod clones;
mod composition;
mod drugs;
mod environment;
mod exposure;
mod strip;
mod toxicity;

use rayon::prelude::*;

use super::lineage::Lineage;
use super::plot::Figure;
use super::read::RunFolder;

/// What a reader may choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choices {
    /// Whether axes of counts and concentrations are logarithmic.
    pub log: bool,
    /// Smallest share of all live cells that a clone must ever have reached to be a band of its own.
    pub clone_share: f64,
    /// Whether clones have a colour each, in place of that of the state in which they were founded.
    pub by_clone: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { log: false, clone_share: 0.01, by_clone: false }
    }
}

/// All plots that a run has data for, in the order of a report.
pub fn figures(run: &RunFolder, choices: Choices) -> Vec<Figure> {
    type Draw = fn(&RunFolder, Choices) -> Vec<Figure>;
    let all: [Draw; 6] = [
        burden::figures,
        composition::figures,
        clones::figures,
        exposure::figures,
        toxicity::figures,
        environment::figures,
    ];
    all.par_iter().map(|draw| draw(run, choices)).collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Trees of the clones of all replicates that were counted.
pub fn lineages(run: &RunFolder) -> Vec<Lineage> {
    let mut replicates: Vec<u32> = run.clones.iter().map(|c| c.replicate).collect();
    replicates.sort_unstable();
    replicates.dedup();
    replicates.into_iter().filter_map(|r| Lineage::new(r, &run.clones, &run.sizes)).collect()
}

//! Vessels of each class of perfusion: what its cells do to them, and what its oxygen does to their secretion of VEGF.
//!
//! ```text
//! v_jk' = p·h·formation·(1 − v_jk/v_max) − (d + (1 − e_jk)·d_rx)·v_jk,   h = H(f·g_j) + e_jk·(H(1) − H(f·g_j))⁺
//! g_j   = secretion·(a·x_j + (1 − a)·x)     x_j: HIF at the oxygen of the class relative to the untreated tumour, x its mean over classes,
//!                                           a: what a voxel gives to itself
//! e_jk  = (1 − r)·e_j + r·i_k               e_j: share of the vessels of the class that its cells keep without VEGF; i_k: the same of the cells of
//!                                           kind k, about which these vessels are; r: a cell's share of its own voxel,
//!                                           1/(1 + n) in the mean over n other cells, a Poisson number
//! ```
//!
//! So cells that keep their vessels are selected as far as they feed themselves. That cells of a voxel are kin beside that is not in it.

use crate::biology::oxygen::MeanOxygen;
use crate::biology::vessels::{hypoxic_secretion, independence, own_share, untreated_secretion};
use crate::scenario::{Locus, Scenario, Vessels};
use crate::simulation::care::Vasculature;
use crate::simulation::perfusion_classes::{ClassDensity, occupied};
use crate::tissue::shape::VOXEL;

/// Days in which vessels come to their untreated equilibrium: a dozen times 1/d and more.
const SETTLING: usize = 400;
/// Change in a day below which they have come there.
const SETTLED: f64 = 1e-6;

/// Vessels by class.
#[derive(Debug, Clone)]
pub(super) struct ClassVessels {
    /// Density of each class about cells of each kind, relative to its base density.
    density: Vec<Vec<f64>>,
    /// Kinds of cells: how far vessels about them live without VEGF. There is one at least.
    kinds: Vec<f64>,
    /// Kind of each state.
    kind_of: Vec<usize>,
    /// A cell's share of its own voxel.
    own_cell: f64,
    /// The rule; `None` where vessels never change.
    rule: Option<Vessels>,
    /// What a voxel gives to itself of the VEGF that it sees.
    own: f64,
    /// Mean factor of hypoxia in the untreated tumour.
    untreated: f64,
}

impl ClassVessels {
    /// Those of an untreated tumour with these states.
    pub fn new(scenario: &Scenario, levels: &[Vec<u8>], base: &[ClassDensity], oxygen: &MeanOxygen) -> Self {
        let (rule, lattice) = (scenario.vessels.clone(), &scenario.lattice);
        let own = rule.as_ref().map_or(0.0, |v| own_share(v, lattice));
        let section = rule.as_ref().zip(scenario.oxygen.as_ref());
        let untreated = section.map_or(1.0, |(v, o)| untreated_secretion(v, o, lattice, occupied(scenario)));
        let parts: Vec<f64> = levels.iter().map(|l| independence(&scenario.loci, l)).collect();
        let mut kinds = parts.clone();
        kinds.sort_by(f64::total_cmp);
        kinds.dedup();
        let mut all = Self {
            density: vec![vec![1.0; base.len()]; kinds.len()],
            kind_of: parts.iter().map(|part| kind(&kinds, *part)).collect(),
            kinds,
            own_cell: own_cell(occupied(scenario)),
            rule,
            own,
            untreated,
        };
        let nothing = Vasculature::new(scenario.vessels.as_ref());
        let nobody = vec![Vec::new(); base.len()];
        for _ in 0..SETTLING {
            let before = all.density.clone();
            all.advance_day(&nothing, (base, oxygen), 1.0, &nobody);
            let mut changes = all.density.iter().flatten().zip(before.iter().flatten());
            if changes.all(|(now, before)| (now - before).abs() < SETTLED) {
                break;
            }
        }
        all
    }

    /// Density of each class about cells of each kind.
    pub fn densities(&self) -> &[Vec<f64>] {
        &self.density
    }

    /// Kind of a state, by its place among those that the tumour was made with.
    pub fn kind_of(&self, state: usize) -> usize {
        self.kind_of[state]
    }

    /// Kind of a state with these levels.
    pub fn kind(&self, loci: &[Locus], levels: &[u8]) -> usize {
        kind(&self.kinds, independence(loci, levels))
    }

    /// Share of the vessels about these cells, by state, that live without VEGF; 0 where there are none.
    pub fn independent<'a>(&self, cells: impl IntoIterator<Item = &'a Vec<f64>>) -> f64 {
        let (mut kept, mut all) = (0.0, 0.0);
        for class in cells {
            kept += class.iter().zip(&self.kind_of).map(|(n, kind)| n * self.kinds[*kind]).sum::<f64>();
            all += class.iter().sum::<f64>();
        }
        if all > 0.0 { kept / all } else { 0.0 }
    }

    /// Mean density of each class about its cells; about those of the first kind where there are none.
    pub fn of_cells(&self, cells: &[Vec<f64>]) -> Vec<f64> {
        let of = |(class, cells): (usize, &Vec<f64>)| {
            let all: f64 = cells.iter().sum();
            let about = cells.iter().zip(&self.kind_of).map(|(n, kind)| n * self.density[*kind][class]);
            if all > 0.0 { about.sum::<f64>() / all } else { self.density[0][class] }
        };
        cells.iter().enumerate().map(of).collect()
    }

    /// A day under what drugs do, with such a mean secretion and these cells by class and state.
    pub fn advance_day(
        &mut self,
        vasculature: &Vasculature,
        (base, oxygen): (&[ClassDensity], &MeanOxygen),
        vegf: f64,
        cells: &[Vec<f64>],
    ) {
        let Some(rule) = &self.rule else { return };
        let perfusions = perfusions(base, &self.of_cells(cells), vasculature.flow());
        let around = oxygen.around(perfusions.iter().sum::<f64>() / perfusions.len() as f64);
        let raised = |perfusion: &f64| {
            oxygen.pressure(*perfusion, around).map_or(1.0, |(o, mmhg)| hypoxic_secretion(rule, o, mmhg))
        };
        let raised: Vec<f64> = perfusions.iter().map(raised).collect();
        let mean = raised.iter().sum::<f64>() / raised.len() as f64;
        let own_cell = self.own_cell;
        for class in 0..raised.len() {
            let seen = vegf * (self.own * raised[class] + (1.0 - self.own) * mean) / self.untreated;
            let others = self.independent([&cells[class]]);
            for (density, kind) in self.density.iter_mut().zip(&self.kinds) {
                let independent = (1.0 - own_cell) * others + own_cell * kind;
                density[class] = vasculature.grown(density[class], seen, independent);
            }
        }
    }
}

/// Number of the kind of cells that keep this part of their vessels; the nearest one.
fn kind(kinds: &[f64], part: f64) -> usize {
    let off = |kind: &usize| (kinds[*kind] - part).abs();
    (0..kinds.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
}

/// A cell's share of its own voxel, in the mean, where such a share of all sites is occupied.
fn own_cell(occupied: f64) -> f64 {
    let cells = f64::from(VOXEL) * occupied;
    if cells > 0.0 { -libm::expm1(-cells) / cells } else { 1.0 }
}

/// Perfusion of each class, relative to the patient's mean.
pub(super) fn perfusions(base: &[ClassDensity], vessels: &[f64], flow: f64) -> Vec<f64> {
    base.iter().zip(vessels).map(|(class, density)| class.mean * density * flow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Mean of 1/(1 + n) over a Poisson number n of other cells of the voxel, term by term.
    #[test]
    fn a_cell_is_its_share_of_its_own_voxel() {
        for occupied in [0.01, 0.12, 0.5] {
            let cells = f64::from(VOXEL) * occupied;
            let mut term = libm::exp(-cells);
            let mut mean = 0.0;
            for others in 0..400 {
                mean += term / f64::from(others + 1);
                term *= cells / f64::from(others + 1);
            }
            assert!((own_cell(occupied) - mean).abs() < 1e-12, "{occupied}: {mean}");
        }
        assert_eq!(own_cell(0.0), 1.0);
    }

    #[test]
    fn the_nearest_kind_is_that_of_a_state() {
        assert_eq!([0.0, 0.4, 0.6, 1.0].map(|part| kind(&[0.0, 1.0], part)), [0, 0, 1, 1]);
    }
}

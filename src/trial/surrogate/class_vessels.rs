//! Vessels of each class of perfusion: what its cells do to them, and what its oxygen does to their secretion of VEGF.
//!
//! ```text
//! v_j' = p·h·formation·(1 − v_j/v_max) − (d + (1 − e_j)·d_rx)·v_j,   h = H(f·g_j) + e_j·(H(1) − H(f·g_j))⁺
//! g_j  = secretion·(a·x_j + (1 − a)·x)      x_j: HIF at the oxygen of the class relative to the untreated tumour, x its mean over classes,
//!                                           a: what a voxel gives to itself
//! e_j                                       share of the cells of the class that keep vessels without VEGF
//! ```

use crate::biology::oxygen::MeanOxygen;
use crate::biology::vessels::{hypoxic_secretion, independence, own_share, untreated_secretion};
use crate::scenario::{Scenario, Vessels};
use crate::simulation::care::Vasculature;
use crate::simulation::perfusion_classes::{ClassDensity, occupied};

/// Days in which vessels come to their untreated equilibrium: a dozen times 1/d and more.
const SETTLING: usize = 400;
/// Change in a day below which they have come there.
const SETTLED: f64 = 1e-6;

/// Vessels by class.
#[derive(Debug, Clone)]
pub(super) struct ClassVessels {
    /// Density of each class, relative to its base density.
    density: Vec<f64>,
    /// Of each state, how far vessels about it live without VEGF.
    independence: Vec<f64>,
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
        let independence = levels.iter().map(|l| independence(&scenario.loci, l)).collect();
        let mut all = Self { density: vec![1.0; base.len()], independence, rule, own, untreated };
        let nothing = Vasculature::new(scenario.vessels.as_ref());
        let nobody = vec![Vec::new(); base.len()];
        for _ in 0..SETTLING {
            let before = all.density.clone();
            all.advance_day(&nothing, (base, oxygen), 1.0, &nobody);
            if all.density.iter().zip(&before).all(|(now, before)| (now - before).abs() < SETTLED) {
                break;
            }
        }
        all
    }

    /// Density of each class.
    pub fn densities(&self) -> &[f64] {
        &self.density
    }

    /// Share of the vessels about these cells, by state, that live without VEGF; 0 where there are none.
    pub fn independent<'a>(&self, cells: impl IntoIterator<Item = &'a Vec<f64>>) -> f64 {
        let (mut kept, mut all) = (0.0, 0.0);
        for class in cells {
            kept += class.iter().zip(&self.independence).map(|(n, part)| n * part).sum::<f64>();
            all += class.iter().sum::<f64>();
        }
        if all > 0.0 { kept / all } else { 0.0 }
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
        let perfusions = perfusions(base, &self.density, vasculature.flow());
        let around = oxygen.around(perfusions.iter().sum::<f64>() / perfusions.len() as f64);
        let raised = |perfusion: &f64| {
            oxygen.pressure(*perfusion, around).map_or(1.0, |(o, mmhg)| hypoxic_secretion(rule, o, mmhg))
        };
        let raised: Vec<f64> = perfusions.iter().map(raised).collect();
        let mean = raised.iter().sum::<f64>() / raised.len() as f64;
        for class in 0..self.density.len() {
            let seen = vegf * (self.own * raised[class] + (1.0 - self.own) * mean) / self.untreated;
            let independent = self.independent([&cells[class]]);
            self.density[class] = vasculature.grown(self.density[class], seen, independent);
        }
    }
}

/// Perfusion of each class, relative to the patient's mean.
pub(super) fn perfusions(base: &[ClassDensity], vessels: &[f64], flow: f64) -> Vec<f64> {
    base.iter().zip(vessels).map(|(class, density)| class.mean * density * flow).collect()
}

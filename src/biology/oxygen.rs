//! Oxygen as the engine's integer relaxation rule.
//!
//! Per voxel of edge `h`: diffusion from its neighbours, supply from vessels, uptake by live cells,
//!
//! ```text
//! D/h² · Σ(c_j − c) + s·(c_v − c) − k·(n/64)·c = 0,   sqrt(D/k) = L
//! ```
//!
//! Vessels of density ρ each supply `2πD / ln(R/a)` per unit length (Krogh cylinder, R = 1/√(πρ) the
//! half distance between vessels, a = 5 µm the capillary's radius), so `s·h²/D = 2πρh² / ln(R/a)`.
//! One sweep sets every voxel to the balance with its neighbours; the field follows within a few
//! steps, since oxygen diffuses over a voxel in seconds.

use crate::engine::model::OxygenRule;
use crate::scenario::{Lattice, Oxygen, Scenario};
use crate::tissue::shape::VOXEL;

use super::phenotype::{OxygenEffects, Regime};

/// Radius of a capillary, µm (textbook value).
const CAPILLARY_UM: f64 = 5.0;
/// The vessels' pressure in 16.16 fixed point: the top of the 16-bit scale.
const FULL: u32 = 0xffff << 16;

/// Right shift from a 16-bit oxygen value to its bin: 64 bins.
pub const BIN_SHIFT: u32 = 10;
/// Number of oxygen bins.
pub const BINS: u32 = 1 << (16 - BIN_SHIFT);

/// Pressure at the middle of a bin, mmHg.
pub fn bin_mmhg(oxygen: &Oxygen, bin: u32) -> f64 {
    (f64::from(bin) + 0.5) / f64::from(BINS) * oxygen.vessel_mmhg
}

/// Oxygen regimes: the class of each bin, and the regime of each class. A scenario without oxygen has one class.
pub(super) fn regimes_of_bins(oxygen: Option<&Oxygen>) -> (Vec<u32>, Vec<Regime>) {
    let Some(oxygen) = oxygen else {
        return (vec![0], vec![Regime::Normoxic]);
    };
    let effects = OxygenEffects::from(oxygen);
    let (mut class_of, mut regimes) = (Vec::new(), Vec::new());
    for bin in 0..BINS {
        let here = effects.regime(bin_mmhg(oxygen, bin));
        let known = regimes.iter().position(|r| *r == here);
        class_of.push(known.unwrap_or(regimes.len()) as u32);
        if known.is_none() {
            regimes.push(here);
        }
    }
    (class_of, regimes)
}

/// Balance of a voxel: what its neighbours and its vessels bring, in units of `D/h²`.
pub(super) struct Supply {
    neighbours: f64,
    supply: f64,
    uptake: f64,
}

impl Supply {
    /// A voxel whose vessels carry this perfusion, relative to the patient's mean.
    pub fn new(oxygen: &Oxygen, lattice: &Lattice, perfusion: f64) -> Self {
        let (edge_sites, neighbours) = if lattice.dimension == 3 { (4.0, 6.0) } else { (8.0, 4.0) };
        let h2 = libm::pow(edge_sites * lattice.site_um, 2.0);
        let density = oxygen.vessels_per_mm2 * 1e-6 * perfusion;
        let half_distance = 1.0 / libm::sqrt(std::f64::consts::PI * density);
        // Krogh's formula is for vessels apart: nearer ones count as a radius and a half from the middle between them.
        let ratio = (half_distance / CAPILLARY_UM).max(1.5);
        Self {
            neighbours,
            supply: 2.0 * std::f64::consts::PI * density * h2 / libm::log(ratio),
            uptake: h2 / libm::pow(oxygen.diffusion_length_um, 2.0),
        }
    }

    /// What live cells of a voxel take, relative to the pressure there.
    fn used(&self, live: f64) -> f64 {
        self.uptake * live / f64::from(VOXEL)
    }

    /// Weight of each neighbour and source, with a number of live cells.
    ///
    /// Rounded down, so that a sweep never leaves the scale: its terms sum to at most
    /// `FULL · (neighbours + supply) / all`, plus half a unit for each rounded product.
    pub fn terms(&self, live: u32) -> (u32, u32) {
        let all = self.neighbours + self.supply + self.used(live.into());
        ((4_294_967_296.0 / all) as u32, (f64::from(FULL) * self.supply / all) as u32)
    }
}

/// The relaxation rule of a scenario's oxygen, with vessels whose density never changes.
pub fn rule(oxygen: &Oxygen, lattice: &Lattice) -> OxygenRule {
    let supply = Supply::new(oxygen, lattice, 1.0);
    let (weight, source) = (0..=VOXEL).map(|live| supply.terms(live)).unzip();
    let (patients, hypoxia) = (Vec::new(), Vec::new());
    OxygenRule { patients, weight, source, hypoxia, free: FULL, sweeps: oxygen.sweeps, vessels: None }
}

/// Oxygen of tissue without places: where vessels are sparse, what they bring is helped by the mean of what surrounds them.
#[derive(Debug, Clone)]
pub struct MeanOxygen {
    of: Option<(Oxygen, Lattice)>,
    /// Live cells of a voxel.
    live: f64,
}

impl MeanOxygen {
    /// The oxygen of a scenario whose cells take this share of the sites.
    pub fn new(scenario: &Scenario, occupied: f64) -> Self {
        Self::of(scenario.oxygen.as_ref().map(|oxygen| (oxygen, &scenario.lattice)), occupied)
    }

    /// The same from its parts.
    pub fn of(tissue: Option<(&Oxygen, &Lattice)>, occupied: f64) -> Self {
        let of = tissue.map(|(oxygen, lattice)| (oxygen.clone(), lattice.clone()));
        Self { of, live: occupied * f64::from(VOXEL) }
    }

    /// Oxygen of tissue at its mean perfusion, relative to the patient's, as a share of the vessels' pressure.
    pub fn around(&self, mean: f64) -> f64 {
        self.of.as_ref().map_or(1.0, |(oxygen, lattice)| {
            let around = Supply::new(oxygen, lattice, mean);
            around.supply / (around.supply + around.used(self.live))
        })
    }

    /// Oxygen regime where perfusion is this, in tissue of such oxygen.
    pub fn regime(&self, perfusion: f64, around: f64) -> Regime {
        self.pressure(perfusion, around)
            .map_or(Regime::Normoxic, |(oxygen, mmhg)| OxygenEffects::from(oxygen).regime(mmhg))
    }

    /// The pressure there, mmHg, with the scenario's oxygen; `None` where it has none.
    pub fn pressure(&self, perfusion: f64, around: f64) -> Option<(&Oxygen, f64)> {
        let (oxygen, lattice) = self.of.as_ref()?;
        let here = Supply::new(oxygen, lattice, perfusion);
        let all = here.neighbours + here.supply + here.used(self.live);
        let share = (here.supply + here.neighbours * around) / all;
        Some((oxygen, share * oxygen.vessel_mmhg))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Boundary, Neighbourhood, Placement};

    fn oxygen(vessels_per_mm2: f64) -> Oxygen {
        Oxygen {
            vessels_per_mm2,
            vessel_mmhg: 40.0,
            diffusion_length_um: 150.0,
            hypoxic_mmhg: 5.0,
            hypoxic_birth_factor: 0.3,
            anoxic_mmhg: 1.0,
            anoxic_death_add: 0.01,
            sweeps: 4,
        }
    }

    fn lattice(dimension: u32) -> Lattice {
        Lattice {
            size: [64, 64, if dimension == 3 { 64 } else { 1 }],
            dimension,
            neighbourhood: Neighbourhood::Moore,
            boundary: Boundary::Closed,
            site_um: 20.0,
            placement: Placement::Neighbour,
        }
    }

    #[test]
    fn a_sweep_cannot_leave_the_scale() {
        for dimension in [2, 3] {
            for vessels in [0.01, 1.0, 300.0, 4000.0] {
                let rule = rule(&oxygen(vessels), &lattice(dimension));
                for (weight, source) in rule.weight.iter().zip(&rule.source) {
                    let neighbours = 2 * u64::from(dimension);
                    let product = (u64::from(FULL) * u64::from(*weight) + (1 << 31)) >> 32;
                    let sum = u64::from(*source) + neighbours * product;
                    assert!(sum <= u64::from(FULL) + neighbours, "{sum}");
                }
            }
        }
    }

    // The well-mixed balance: a block of tissue full of cells settles at supply / (supply + uptake).
    #[test]
    fn full_tissue_settles_at_the_balance_of_supply_and_uptake() {
        let rule = rule(&oxygen(30.0), &lattice(3));
        let mut c = f64::from(rule.free);
        for _ in 0..200 {
            c = f64::from(rule.source[64]) + 6.0 * c * f64::from(rule.weight[64]) / 4_294_967_296.0;
        }
        let half = 1.0 / libm::sqrt(std::f64::consts::PI * 30e-6);
        let supply = 2.0 * std::f64::consts::PI * 30e-6 / libm::log(half / 5.0);
        let expected = supply / (supply + 1.0 / 22_500.0);
        assert!((c / f64::from(FULL) / expected - 1.0).abs() < 1e-4);
    }
}

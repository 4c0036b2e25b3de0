//! Standard workloads, on which benchmarks measure the engine.
//!
//! Each is a tumour in balance: births, deaths and migrations together change about one live cell in a hundred
//! per step, one daughter in a thousand founds a clone, dead cells stay until they are cleared. On the dense lattices
//! one live cell in eighteen tries to divide, and nearly all of them find no room.

use std::sync::Arc;

use super::model::{
    Model, NEVER, ONE, OxygenRule, PERFUSION_BINS, PlacementRule, QUANTILES, SUPPLY_BINS, StopRule, Targets,
    VesselRule,
};
use super::tables::{RateRow, RateTables, TableHead, Transition};
use crate::tissue::fixed::Threshold;
use crate::tissue::shape::VOXEL;
use crate::tissue::start::{self, CodeShare, StartError, StartForm};
use crate::tissue::{LesionId, LesionState, Shape};

/// Where the cells of a workload are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// 3D, nests that fill 27 % of the sites: what a tumour looks like.
    Nests,
    /// 3D, 30 % of the sites filled at random: cells in every tile.
    Scattered,
    /// 3D, one ball in a large empty lattice, 2 % of the sites: the empty space should be free.
    Sparse,
    /// 2D, nests that fill 30 % of the sites.
    Flat,
    /// As `Nests`, with a switching locus, so that every live cell draws twice.
    Switching,
    /// As `Nests`, with oxygen, VEGF and vessels: four sweeps a step.
    Vessels,
    /// 3D, full of cells that divide into the six sites next to them: most attempts find no room.
    Dense,
    /// 2D, full of cells that divide into the eight sites around them.
    DenseFlat,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Nests,
        Self::Scattered,
        Self::Sparse,
        Self::Flat,
        Self::Switching,
        Self::Vessels,
        Self::Dense,
        Self::DenseFlat,
    ];

    /// Name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nests => "nests",
            Self::Scattered => "scattered",
            Self::Sparse => "sparse",
            Self::Flat => "flat",
            Self::Switching => "switching",
            Self::Vessels => "vessels",
            Self::Dense => "dense",
            Self::DenseFlat => "dense-flat",
        }
    }

    const fn is_dense(self) -> bool {
        matches!(self, Self::Dense | Self::DenseFlat)
    }

    /// The lattice, of about `edge` cubed sites.
    pub fn shape(self, edge: u32) -> Shape {
        match self {
            Self::Flat | Self::DenseFlat => {
                let side = libm::sqrt(f64::from(edge) * f64::from(edge) * f64::from(edge)) as u32;
                Shape::new(2, [side, side, 1], false)
            }
            _ => Shape::new(3, [edge; 3], false),
        }
    }

    /// The model and the starting lesion.
    ///
    /// # Errors
    ///
    /// [`StartError`] where the lattice is too small for the nests.
    pub fn build(self, edge: u32) -> Result<(Arc<Model>, LesionState), StartError> {
        let shape = self.shape(edge);
        let cells = |share: f64| (share * shape.sites() as f64) as u64;
        let form = match self {
            Self::Nests | Self::Switching | Self::Vessels => {
                StartForm::Nests { cells: cells(0.27), radius: 6.0, packing: 1.0 }
            }
            Self::Flat => StartForm::Nests { cells: cells(0.3), radius: 12.0, packing: 1.0 },
            Self::Scattered => StartForm::Random { density: 0.3 },
            Self::Dense | Self::DenseFlat => StartForm::Random { density: 1.0 },
            Self::Sparse => {
                let radius = libm::cbrt(0.02 * shape.sites() as f64 * 0.75 / std::f64::consts::PI);
                StartForm::Ball { radius }
            }
        };
        let shares = [CodeShare { code: 1, fraction: 0.01 }];
        let state = start::start(1, LesionId(0), shape, form, &shares)?;
        Ok((Arc::new(self.model(shape)), state))
    }

    fn model(self, shape: Shape) -> Model {
        Model {
            seed: 1,
            dimension: shape.dimension,
            periodic: shape.periodic,
            offsets: Model::neighbourhood(shape.dimension, self != Self::Dense),
            placement: PlacementRule::Neighbour,
            tables: self.tables(),
            drugs: Vec::new(),
            stop: StopRule {
                check: 4,
                end: 1 << 30,
                extinction: true,
                burden: NEVER,
                factor: None,
                checks: 0,
                halt: false,
            },
            targets: Targets::default(),
            oxygen: (self == Self::Vessels).then(|| oxygen(shape.dimension)),
        }
    }

    fn tables(self) -> RateTables {
        let below = Threshold::from_probability;
        let outcome = |p: f64, code| {
            let Threshold { hi, lo } = below(p);
            Transition { hi, lo, code }
        };
        let (divide, migrate) = if self.is_dense() { (0.056, 0.0) } else { (0.004, 0.002) };
        let row = RateRow {
            die: below(0.003),
            divide: below(0.003 + divide),
            migrate: below(0.003 + divide + migrate),
            switches: if self == Self::Switching { (1, 1) } else { (0, 0) },
            mutations: (0, 1),
            ..RateRow::default()
        };
        let back = if self == Self::Switching { (2, 1) } else { (0, 0) };
        let mut tables = RateTables {
            codes: vec![0, 1],
            row_of: vec![0, 1],
            block_of: vec![0],
            blocks: 1,
            bin_shift: 10,
            heads: vec![TableHead { clear: below(0.05), ..TableHead::default() }],
            rows: vec![row, RateRow { switches: back, mutations: (0, 0), ..row }],
            outcomes: vec![outcome(1e-3, 1), outcome(2e-4, 1), outcome(0.0125, 0)],
            immediate_clearance: false,
            table_of_drugs: vec![0],
            ..RateTables::default()
        };
        if self == Self::Vessels {
            // Every environment has the same rates, so that the cells do what they do in nests.
            tables.block_of = vec![0; OXYGEN_BINS as usize];
            tables.perfusion_bins = PERFUSION_BINS;
            tables.maps = vec![0; PERFUSION_BINS as usize];
        }
        tables.seal();
        tables
    }
}

/// Bins of oxygen.
const OXYGEN_BINS: u32 = 64;

/// Oxygen, VEGF and vessels of a plain kind: supply and uptake of a tenth each, the same base density almost
/// everywhere, vessels that grow while there is VEGF.
fn oxygen(dimension: u32) -> OxygenRule {
    let neighbours = f64::from(2 * dimension);
    let (mut weight, mut source) = (Vec::new(), Vec::new());
    let free = 0xffff_0000_u32;
    for live in 0..=VOXEL {
        for bin in 0..SUPPLY_BINS {
            let supply = 0.1 * (f64::from(bin) + 0.5) * 4.0 / f64::from(SUPPLY_BINS);
            let all = neighbours + supply + 0.1 * f64::from(live) / f64::from(VOXEL);
            weight.push((4_294_967_296.0 / all) as u32);
            source.push((f64::from(free) * supply / all) as u32);
        }
    }
    let vessels = VesselRule {
        quantiles: (0..QUANTILES as u32).map(|q| ONE / 2 + (q << 22)).collect(),
        spread: (4_294_967_296.0 / (neighbours + 0.1)) as u32,
        gain: ONE >> 8,
        growth: 1 << 24,
        half: 1 << 12,
        ceiling: ONE + ONE / 2,
        saturation: 0,
        loss: 0,
        independence: Vec::new(),
        secretion: Vec::new(),
    };
    let hypoxia = (0..OXYGEN_BINS).map(|bin| (OXYGEN_BINS - bin) * (ONE >> 5)).collect();
    OxygenRule { patients: Vec::new(), weight, source, hypoxia, free, sweeps: 4, vessels: Some(vessels) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Backend, CpuBackend, PoolOptions};

    // The benchmarks promise about 1 % of the live cells changing per step; that must stay true.
    #[test]
    fn about_one_cell_in_a_hundred_changes_per_step() {
        for workload in Workload::ALL {
            let (model, state) = workload.build(48).unwrap();
            let live = state.burden().0 as f64;
            let mut backend = CpuBackend::new(model, &[state], PoolOptions::default(), 1).unwrap();
            backend.advance(20).unwrap();
            let c = backend.state(0).unwrap().counters;
            let changed = (c.births + c.deaths + c.moves + c.cleared) as f64 / 20.0 / live;
            assert!((0.004..0.015).contains(&changed), "{}: {changed}", workload.name());
            assert!(c.founders > 0 || workload == Workload::Sparse, "{}: no clone", workload.name());
            let attempts = (c.births + c.blocked + c.lost) as f64 / 20.0 / live;
            let expected = if workload.is_dense() { 0.045..0.06 } else { 0.003..0.006 };
            assert!(expected.contains(&attempts), "{}: {attempts} attempts", workload.name());
        }
    }
}

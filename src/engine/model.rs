//! What the engine is told to do: integers only, the same for both backends.

use std::collections::BTreeSet;

use crate::tissue::fixed::{Decimal, mul_round};
use crate::tissue::lesion::MAX_DRUGS;
use crate::tissue::shape::VOXEL;

use super::tables::RateTables;

/// A value that never comes: no duration, no burden limit.
pub const NEVER: u32 = u32::MAX;

/// How a site is found for a daughter or a mover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacementRule {
    /// A uniform choice among the empty ones of [`Model::offsets`].
    Neighbour,
    /// The first empty one of this many uniform draws from [`Model::offsets`].
    Candidates(u32),
    /// Any empty site: births and empty sites are matched by a draw without replacement.
    Mixed,
}

/// A drug's schedule in steps and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugRule {
    /// Begins at the first check with at least this many live cells; `None`: at `begin_step`.
    pub begin_burden: Option<u32>,
    /// Begins at this step (with an adaptive rule: at the first check from there).
    pub begin_step: u32,
    /// Steps after the beginning when it ends; [`NEVER`] if it does not.
    pub duration: u32,
    /// Half-open windows in steps after the beginning; empty: always.
    pub windows: Vec<(u32, u32)>,
    /// Steps on and off; on = 0: no cycle.
    pub cycle: (u32, u32),
    /// Adaptive rule, if any.
    pub adaptive: Option<AdaptiveRule>,
}

/// Adaptive therapy in integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdaptiveRule {
    /// Off below this fraction of the burden at the beginning.
    pub off_below: Decimal,
    /// On again from this fraction.
    pub on_above: Decimal,
    /// Steps between two monitorings.
    pub every: u32,
}

/// Most targets of a scenario: each has a bit of a log entry, and one of the status.
pub const MAX_TARGETS: usize = 8;
/// Parts of the live cells in which a target counts its share.
pub const SHARE_PARTS: u32 = 1_000_000_000;

/// What live cells of some states are to reach, judged at checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetRule {
    /// Live cells that it takes, at least 1.
    pub cells: u32,
    /// Share of all live cells that it takes, in [`SHARE_PARTS`]; 0: any.
    pub share: u32,
    /// Halt there.
    pub halt: bool,
}

/// Targets, and which states they count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Targets {
    /// At most [`MAX_TARGETS`].
    pub rules: Vec<TargetRule>,
    /// By row of the rate tables: bit `t` is set where target `t` counts the state. Empty without targets.
    pub of_row: Vec<u32>,
}

/// Rules judged at checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRule {
    /// Steps between two checks.
    pub check: u32,
    /// Last step.
    pub end: u32,
    /// Halt when no live cell is left.
    pub extinction: bool,
    /// Halt at this many live cells; [`NEVER`] if not.
    pub burden: u32,
    /// Progression from this factor on the starting burden, if there is such a rule.
    pub factor: Option<Decimal>,
    /// Consecutive checks that make a progression.
    pub checks: u32,
    /// Halt at progression.
    pub halt: bool,
}

/// Oxygen in integers: relaxation of a diffusion-consumption balance towards its steady state.
///
/// A sweep sets each voxel to `source[k] + Σ round(weight[k] · neighbour)`, where `k` is its number
/// of live cells, with vessels `live · SUPPLY_BINS + supply bin`; a missing neighbour counts as the voxel itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OxygenRule {
    /// Patients with a supply of their own, ascending: the tables `weight`, `source` and `hypoxia` of each follow one another. Empty: one
    /// supply for all.
    pub patients: Vec<u32>,
    /// Weight of each of the 4 or 6 neighbours by live cells (0..=64), 0.32 fixed point.
    pub weight: Vec<u32>,
    /// Source term by live cells, 16.16 fixed point.
    pub source: Vec<u32>,
    /// Factor of hypoxia on the secretion of VEGF by oxygen bin, 2.30 fixed point; empty without vessels that live.
    pub hypoxia: Vec<u32>,
    /// Value of tissue without tumour cells, 16.16 fixed point; bricks without cells hold it.
    pub free: u32,
    /// Sweeps a step (even).
    pub sweeps: u32,
    /// Vessels that live, if the scenario has them; else supply is the same everywhere, for ever.
    pub vessels: Option<VesselRule>,
}

impl OxygenRule {
    /// Entries of `weight`, and of `source`, for one supply.
    pub fn columns(&self) -> u32 {
        (VOXEL + 1) * if self.vessels.is_some() { SUPPLY_BINS } else { 1 }
    }

    /// First entry of a patient's supply in `weight` and `source`.
    pub fn supply_of(&self, patient: u32) -> u32 {
        self.columns() * self.number_of(patient)
    }

    /// First entry of a patient in `hypoxia`.
    pub fn hypoxia_of(&self, patient: u32) -> u32 {
        (self.hypoxia.len() / self.patients.len().max(1)) as u32 * self.number_of(patient)
    }

    fn number_of(&self, patient: u32) -> u32 {
        self.patients.binary_search(&patient).unwrap_or(0) as u32
    }

    /// Whether a patient's rule is the same but for the supply.
    fn is_alike(&self, other: &Self) -> bool {
        let Self { patients, weight: _, source: _, hypoxia: _, free, sweeps, vessels } = self;
        patients.is_empty()
            && other.patients.is_empty()
            && (free, sweeps, vessels) == (&other.free, &other.sweeps, &other.vessels)
    }

    /// Fields that belong to a lesion's state: oxygen, and with vessels VEGF and vessels.
    pub fn fields(&self) -> u32 {
        if self.vessels.is_some() { 3 } else { 1 }
    }

    /// Planes of voxels that a pool keeps: the fields, scratch for those that diffuse, the base density.
    pub fn planes(&self) -> u32 {
        if self.vessels.is_some() { 6 } else { 2 }
    }

    /// What a field holds in tissue without tumour cells.
    pub fn free_of(&self, field: u32) -> u32 {
        match field {
            0 => self.free,
            1 => ONE_VEGF,
            _ => ONE,
        }
    }
}

/// 1 in the 2.30 fixed point of vessels, perfusion and secretion.
pub const ONE: u32 = 1 << 30;
/// 1 in the 4.28 fixed point of VEGF.
pub const ONE_VEGF: u32 = 1 << 28;
/// Largest VEGF.
pub const MAX_VEGF: u32 = (1 << 31) - 1;
/// Largest secretion of VEGF into a voxel, 6.26 fixed point.
pub const MAX_SECRETION: u32 = (1 << 29) - 1;
/// Number of bins of local supply, over 0 to 4 times the patient's mean.
pub const SUPPLY_BINS: u32 = 256;
/// Right shift from perfusion to its bin of supply: the upper bits.
pub const SUPPLY_SHIFT: u32 = 32 - SUPPLY_BINS.ilog2();
/// Number of bins of perfusion, over 0 to 4 times the patient's mean.
pub const PERFUSION_BINS: u32 = 64;
/// Right shift from perfusion to its bin: the upper bits.
pub const PERFUSION_SHIFT: u32 = 32 - PERFUSION_BINS.ilog2();
/// A cell that keeps all of its share of the vessels without VEGF. 64 of them stay below 2^32 when shifted by [`INDEPENDENCE_SHIFT`].
pub const INDEPENDENT: u32 = 1 << 10;
/// Bits that a share of independent cells has beyond [`INDEPENDENT`].
pub const INDEPENDENCE_SHIFT: u32 = 14;
/// A state's factor 1 on the secretion of VEGF.
pub const ONE_FACTOR: u32 = 1 << 12;
/// Largest of these factors, just below 16. 64 of them stay below 2^32 when shifted by [`FACTOR_SHIFT`].
pub const MAX_FACTOR: u32 = (ONE_FACTOR << 4) - 1;
/// Bits that a mean of factors has beyond [`ONE_FACTOR`].
pub const FACTOR_SHIFT: u32 = 10;
/// Largest secretion of VEGF of a voxel with oxygen, 8.24 fixed point.
pub const MAX_NORMAL: u32 = (1 << 28) - 1;
/// Number of base densities that are told apart.
pub const QUANTILES: usize = 256;

/// Vessels, VEGF and perfusion in integers; `inputs` are the lesion's [`Inputs`](super::pool::Inputs).
///
/// VEGF `g` diffuses and decays: a sweep sets it to `Σ round(spread · g_j) + secretion` over the 4 or 6 neighbours, a
/// missing one counts as the voxel itself, and secretion is `gain · inputs.secretion · hypoxia[oxygen bin]` (the last of [`OxygenRule`]), whatever the number of cells: a
/// voxel is a sample of tissue that contracts and expands with its cells. Where states put factors of their own on it (`secretion`), it is
/// `gain · inputs.plain_secretion · m · hypoxia[oxygen bin]` in voxels with live cells, `m` the mean factor over these. Relative
/// vessel density `v` grows with free VEGF `f = inputs.free_vegf · g` and is lost, once a step:
/// `v += growth · h · (ceiling − v) − p · v` with `h = f/(f + half)` and `p = inputs.pruning`. Where a share `e` of a voxel's live cells keeps
/// vessels without VEGF (`independence`), `h` is moved by `e` towards `saturation` if it is below, and `p` by `e` towards `loss`. Perfusion is `base · v · inputs.flow`, with a base
/// density that is drawn for each voxel from `quantiles`. The fixed points are in `src/engine/cpu/environment.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VesselRule {
    /// Base density relative to the patient's mean, by quantile ([`QUANTILES`] of them), below 2, 2.30 fixed point.
    pub quantiles: Vec<u32>,
    /// Weight of each neighbour's VEGF, 0.32 fixed point; 4 or 6 of them make one at most, what is missing decays.
    pub spread: u32,
    /// Secretion into a voxel, 2.30 fixed point.
    pub gain: u32,
    /// Growth a step, 0.32 fixed point.
    pub growth: u32,
    /// VEGF of half the growth, 4.12 fixed point (not 0).
    pub half: u32,
    /// Relative density that growth comes to a halt at, below 2, 2.30 fixed point.
    pub ceiling: u32,
    /// Saturation of growth by VEGF in the untreated tumour, 0.32 fixed point.
    pub saturation: u32,
    /// Loss a step without drugs, 0.32 fixed point.
    pub loss: u32,
    /// Of each state, by row, the part of its share of the live cells by which vessels live without VEGF and its receptors, in parts of
    /// [`INDEPENDENT`]; empty where no state has any.
    pub independence: Vec<u32>,
    /// Of each state, by row, its factor on the secretion of VEGF, in parts of [`ONE_FACTOR`], at most [`MAX_FACTOR`]; empty where all are 1.
    pub secretion: Vec<u32>,
}

/// Everything a step needs to know beside the lesions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The seed.
    pub seed: u64,
    /// 2 or 3.
    pub dimension: u32,
    /// Whether opposite edges are joined.
    pub periodic: bool,
    /// Displacements from which a site is chosen, in frozen order (z, y, x ascending).
    pub offsets: Vec<[i32; 3]>,
    /// How it is chosen.
    pub placement: PlacementRule,
    /// Rates.
    pub tables: RateTables,
    /// Drug schedules, at most [`MAX_DRUGS`].
    pub drugs: Vec<DrugRule>,
    /// Stop rules.
    pub stop: StopRule,
    /// What states are to reach.
    pub targets: Targets,
    /// Oxygen, if the scenario has it.
    pub oxygen: Option<OxygenRule>,
}

impl Model {
    /// Displacements of the von Neumann or Moore neighbourhood.
    pub fn neighbourhood(dimension: u32, moore: bool) -> Vec<[i32; 3]> {
        displacements(dimension, 1).filter(|d| moore || d.iter().map(|c| c.abs()).sum::<i32>() == 1).collect()
    }

    /// Displacements of the ball (disc in 2D) of a radius in site edges.
    pub fn ball(dimension: u32, radius: u32) -> Vec<[i32; 3]> {
        let r = radius as i32;
        displacements(dimension, r).filter(|d| d.iter().map(|c| c * c).sum::<i32>() <= r * r).collect()
    }

    /// Those displacements that lead from some site of a lattice to another one, each other site once: on a thin lattice
    /// some never do, and across a periodic edge several are the same. Those that are left are shorter than its sides.
    pub fn within(offsets: Vec<[i32; 3]>, size: [u32; 3], periodic: bool) -> Vec<[i32; 3]> {
        let sides = size.map(|s| s as i32);
        let place = |d: &[i32; 3]| [0, 1, 2].map(|a| if periodic { d[a].rem_euclid(sides[a]) } else { d[a] });
        let fits = |d: &[i32; 3]| (0..3).all(|a| d[a].abs() < sides[a]);
        let mut seen = BTreeSet::from([[0; 3]]);
        offsets.into_iter().filter(|d| fits(d) && seen.insert(place(d))).collect()
    }

    /// Whether lesions of two patients can be advanced in one batch: their models differ in what follows from the patient alone, rates and
    /// the supply of oxygen.
    pub fn is_alike(&self, other: &Self) -> bool {
        let Self { seed, dimension, periodic, offsets, placement, tables, drugs, stop, targets, oxygen } =
            self;
        let same_supply = match (oxygen, &other.oxygen) {
            (Some(own), Some(other)) => own.is_alike(other),
            (own, other) => own.is_none() && other.is_none(),
        };
        same_supply
            && tables.is_alike(&other.tables)
            && (seed, dimension, periodic) == (&other.seed, &other.dimension, &other.periodic)
            && (offsets, placement, drugs) == (&other.offsets, &other.placement, &other.drugs)
            && (stop, targets) == (&other.stop, &other.targets)
    }

    /// One model for lesions of several patients, from models that are [alike](Self::is_alike) in the ascending order of the patients' numbers:
    /// with the supply of each, and the rate tables of the first one. `None` without a patient.
    pub fn of_patients<'a>(mut models: impl Iterator<Item = (u32, &'a Self)>) -> Option<Self> {
        let (first, model) = models.next()?;
        let mut all = model.clone();
        if let Some(oxygen) = &mut all.oxygen {
            oxygen.patients.push(first);
            for (patient, own) in
                models.filter_map(|(patient, model)| Some((patient, model.oxygen.as_ref()?)))
            {
                oxygen.patients.push(patient);
                oxygen.weight.extend_from_slice(&own.weight);
                oxygen.source.extend_from_slice(&own.source);
                oxygen.hypoxia.extend_from_slice(&own.hypoxia);
            }
        }
        Some(all)
    }

    /// Checks the limits that packing relies on.
    ///
    /// # Panics
    ///
    /// If a limit is broken: a programming error, since scenarios are checked first.
    pub fn assert_valid(&self) {
        assert!(self.drugs.len() <= MAX_DRUGS, "too many drugs");
        assert!(self.targets.rules.len() <= MAX_TARGETS, "too many targets");
        assert!(self.targets.rules.iter().all(|t| t.cells > 0), "a target takes a cell");
        if !self.targets.rules.is_empty() {
            assert_eq!(self.targets.of_row.len() as u32, self.tables.states(), "a mask for every state");
        }
        assert!(self.offsets.len() <= u16::MAX as usize, "too many displacements");
        assert!(self.stop.check > 0 && self.stop.end.is_multiple_of(self.stop.check), "end is not a check");
        assert_eq!(self.tables.table_of_drugs.len(), 1 << self.drugs.len());
        if let PlacementRule::Candidates(n) = self.placement {
            assert!((1..=31).contains(&n), "1 to 31 candidates");
        }
        if self.placement == PlacementRule::Neighbour {
            // The CPU has them as bits of the 27 sites around, where each stands once and in this order.
            let place = |[x, y, z]: &[i32; 3]| 13 + x + 3 * y + 9 * z;
            assert!(self.offsets.as_flattened().iter().all(|c| c.abs() <= 1), "a neighbour touches");
            assert!(self.offsets.is_sorted_by(|a, b| place(a) < place(b)), "neighbours stand in order");
        }
        self.assert_tables(&self.tables);
        if let Some(oxygen) = &self.oxygen {
            oxygen.assert_valid(self.dimension);
        }
    }

    /// Checks that rate tables can take the place of the model's own.
    ///
    /// # Panics
    ///
    /// If they cannot: a programming error.
    pub fn assert_tables(&self, tables: &RateTables) {
        let own = &self.tables;
        assert_eq!((&tables.codes, &tables.row_of), (&own.codes, &own.row_of), "tables of the same states");
        assert_eq!(tables.table_of_drugs, own.table_of_drugs, "tables of the same drugs");
        let environments = tables.environments() as usize;
        assert_eq!(tables.maps.len(), tables.heads.len() * environments, "tables are sealed");
        let blocks = tables.rows.len() as u32 / tables.states().max(1);
        assert!(tables.maps.iter().all(|block| *block < blocks), "a block that is mapped exists");
        assert!(
            tables.block_of.iter().all(|class| *class < tables.blocks),
            "an oxygen class that is mapped exists"
        );
        if let Some(oxygen) = &self.oxygen {
            assert_eq!(tables.block_of.len(), 1 << (16 - tables.bin_shift), "a class for every oxygen bin");
            if let Some(vessels) = &oxygen.vessels {
                let bins = tables.block_of.len() * oxygen.patients.len().max(1);
                assert_eq!(oxygen.hypoxia.len(), bins, "hypoxia for every oxygen bin");
                assert_eq!(tables.perfusion_bins, PERFUSION_BINS, "tables by perfusion");
                for of_row in [&vessels.independence, &vessels.secretion] {
                    let states = of_row.len();
                    assert!(states == 0 || states == tables.states() as usize, "a part of every state");
                }
            }
        }
    }
}

impl OxygenRule {
    /// Checks that no sweep leaves the fixed point of a field.
    fn assert_valid(&self, dimension: u32) {
        assert!(self.sweeps.is_multiple_of(2), "an even number of sweeps");
        assert!(self.patients.is_sorted_by(|a, b| a < b), "each patient once, in order");
        assert_eq!(self.weight.len(), self.columns() as usize * self.patients.len().max(1));
        assert_eq!(self.source.len(), self.weight.len());
        let neighbours = 2 * u64::from(dimension);
        let settled = |(source, weight): (&u32, &u32)| {
            u64::from(*source) + neighbours * u64::from(mul_round(self.free, *weight))
        };
        let most = self.source.iter().zip(&self.weight).map(settled).max();
        assert!(most <= Some(u64::from(self.free) + neighbours), "oxygen is at most that of free tissue");
        if let Some(vessels) = &self.vessels {
            assert!(self.sweeps > 0, "vessels change with the last sweep");
            vessels.assert_valid(dimension);
        }
    }
}

impl VesselRule {
    /// Checks what keeps every sum and product of the environment below 2^32 (see there).
    fn assert_valid(&self, dimension: u32) {
        assert_eq!(self.quantiles.len(), QUANTILES);
        assert!(
            u64::from(self.spread) * 2 * u64::from(dimension) <= 1 << 32,
            "VEGF does not multiply by itself"
        );
        assert!(
            (1..1 << 16).contains(&self.half) && self.ceiling < 2 * ONE,
            "vessels within their fixed point"
        );
        assert!(self.quantiles.iter().all(|q| *q < 2 * ONE), "base densities within their fixed point");
        assert!(self.independence.iter().all(|part| *part <= INDEPENDENT), "shares of vessels");
        assert!(self.secretion.iter().all(|factor| *factor <= MAX_FACTOR), "factors on secretion");
    }
}

fn displacements(dimension: u32, r: i32) -> impl Iterator<Item = [i32; 3]> {
    let depth = if dimension == 3 { r } else { 0 };
    (-depth..=depth)
        .flat_map(move |z| (-r..=r).flat_map(move |y| (-r..=r).map(move |x| [x, y, z])))
        .filter(|d| *d != [0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbourhoods_have_the_known_sizes() {
        assert_eq!(Model::neighbourhood(2, false).len(), 4);
        assert_eq!(Model::neighbourhood(2, true).len(), 8);
        assert_eq!(Model::neighbourhood(3, false).len(), 6);
        assert_eq!(Model::neighbourhood(3, true).len(), 26);
        assert_eq!(Model::ball(2, 2).len(), 12);
        assert_eq!(Model::ball(3, 3).len(), 122);
    }

    // On a row of sites most of a disc's displacements led beyond it, so that nearly every division was blocked; across a
    // periodic edge of two sites a neighbour was met from both sides and so twice as likely.
    #[test]
    fn displacements_of_thin_lattices_are_those_that_lead_somewhere() {
        let within = |offsets, size, periodic| Model::within(offsets, size, periodic).len();
        let moore = || Model::neighbourhood(2, true);
        for periodic in [false, true] {
            assert_eq!(Model::within(moore(), [64, 48, 1], periodic), moore());
            assert_eq!(Model::within(Model::ball(3, 3), [8, 8, 8], periodic), Model::ball(3, 3));
            assert_eq!(within(moore(), [100, 1, 1], periodic), 2);
            assert_eq!(within(Model::ball(2, 3), [100, 1, 1], periodic), 6);
            // Those that wrapped a side of one site more than once led out of the lattice.
            for size in [[100, 1, 1], [1, 100, 1], [9, 1, 1]] {
                let kept = Model::within(Model::ball(2, 3), size, periodic);
                assert!(kept.iter().all(|d| (0..3).all(|a| d[a].unsigned_abs() < size[a])), "{kept:?}");
            }
            assert_eq!(within(Model::neighbourhood(3, true), [1, 9, 1], periodic), 2);
        }
        assert_eq!((within(moore(), [100, 2, 1], false), within(moore(), [100, 2, 1], true)), (8, 5));
    }
}

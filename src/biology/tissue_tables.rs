//! Rate tables of mode `signalling`: made from a patient's phenotype when exposure changes.
//!
//! A table maps every environment, an oxygen regime and a bin of perfusion, to a block of rows. Perfusion acts twice: it
//! delivers drugs ([`Delivery`]), and it feeds (see [`Nutrients`]). Everything is worked out once and kept: the network's answers at
//! the nodes of a grid of exposures, from them the fates of each *kind* of cell under a local exposure, whatever it is fed, then
//! blocks, then tables. A combination of bins that comes back costs nothing. States of one kind differ only in what is silent and in
//! what they change to.

mod answers;
mod assembly;
mod changes;
mod means;

use std::collections::HashMap;

use answers::Answers;
pub use assembly::{Assembly, TableRequest, assemble};
use changes::{Changes, Law};
pub use means::{EnvironmentShare, MeanRates, StateMeans};

use super::exposure::{Delivery, DrugBins, Grid};
use super::nutrients::Nutrients;
use super::oxygen::regimes_of_bins;
use super::patient::PatientBiology;
use super::phenotype::{Answer, Extents, OxygenEffects, Phenotype, Regime, StatePhenotype};
use super::potency::{Effects, Exposure, PotencyError};
use super::rates::row;
use super::signalling::Parameters;
use super::states::StateSpace;
use super::vessels::VesselTraits;
use crate::catalogue::Drug;
use crate::engine::tables::RateRow;
use crate::scenario::{CellRates, Locus, Scenario};
use crate::tissue::fixed::Threshold;

/// Blocks of a patient beyond which [`TissueTables::is_full`].
const MAX_BLOCKS: usize = 1 << 13;

/// What decides a block: fates (their number), class of nutrients.
type BlockKey = (u32, u32);

/// What cells do in one regime under one local exposure, well fed.
#[derive(Debug, Clone)]
struct Fates {
    /// Rates of each kind of cell.
    rates: Vec<CellRates>,
    /// Numbers of the lists of what they switch and mutate to.
    switches: u32,
    mutations: u32,
}

/// What cells do in one environment under one exposure.
#[derive(Debug, Clone)]
struct RowBlock {
    fates: u32,
    /// Row of each kind of cell, but for what it changes to.
    rows: Vec<RateRow>,
}

/// A table of one patient.
#[derive(Debug, Clone)]
struct TissueTable {
    /// Block of each environment.
    map: Vec<u32>,
    /// Secretion of VEGF by kind of cell, relative to the untreated sensitive cell with oxygen, at mean perfusion.
    vegf: Vec<f64>,
    /// Secretion of chromogranin A by kind of cell, relative to the same.
    cga: Vec<f64>,
    /// Drive of cell size by kind of cell, relative to the same kind untreated.
    mass: Vec<f64>,
}

/// Number of a table of a [`TissueTables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(u32);

/// How one patient's cells answer to any exposure and environment, as table rows.
#[derive(Debug, Clone)]
pub struct TissueTables {
    /// A state of each kind of cell: those that drugs or the network tell apart.
    kinds: Vec<StatePhenotype>,
    /// Kind of each state.
    kind_of: Vec<u32>,
    /// Codes of the states.
    codes: Vec<u32>,
    /// What each state does to vessels.
    traits: Vec<VesselTraits>,
    /// Whether mutants go into a ledger, and none arises on a lattice.
    has_ledger: bool,
    grids: Vec<Grid>,
    regimes: Vec<Regime>,
    nutrients: Nutrients,
    step_days: f64,
    migration: f64,
    clear: Threshold,
    /// Blocks beyond which they are forgotten.
    pub(crate) most_blocks: usize,
    answers: Answers,
    switching: Changes,
    mutation: Changes,
    fates: Vec<Fates>,
    /// First of the fates under a local exposure, in the order of regimes.
    of_local: HashMap<Vec<DrugBins>, u32>,
    blocks: Vec<RowBlock>,
    known: HashMap<BlockKey, u32>,
    tables: Vec<TissueTable>,
    of_bins: HashMap<Vec<DrugBins>, TableId>,
}

impl TissueTables {
    /// The cells of a patient in a scenario, under a list of drugs.
    ///
    /// # Errors
    ///
    /// [`PotencyError`] if a drug's targets cannot be used.
    pub fn new(
        scenario: &Scenario,
        space: &StateSpace,
        patient: &PatientBiology,
        drugs: &[Drug],
    ) -> Result<Self, PotencyError> {
        let oxygen = scenario.oxygen.as_ref().map_or_else(OxygenEffects::default, OxygenEffects::from);
        let loci: &[Locus] = &scenario.loci;
        let phenotype = Phenotype::new(patient, Parameters::default(), loci, drugs, oxygen)?;
        let states: Vec<StatePhenotype> =
            space.codes.iter().map(|code| phenotype.state(&space.levels(*code))).collect();
        let (kinds, kind_of) = kinds(&states);
        let regimes = regimes_of_bins(scenario.oxygen.as_ref()).1;
        let step_days = scenario.time.step_days();
        let grids: Vec<Grid> = drugs.iter().map(|drug| Grid::new(drug, patient).for_loci(loci)).collect();
        let changes = |law| Changes::new(law, space, &states, &kind_of);
        Ok(Self {
            switching: changes(Law::Switching(step_days)),
            mutation: changes(Law::Mutation(scenario.mutation_amplification)),
            answers: Answers::new(&grids, regimes.iter().any(|regime| *regime != Regime::Normoxic)),
            kinds,
            kind_of,
            codes: space.codes.clone(),
            traits: VesselTraits::by_row(loci, space),
            has_ledger: scenario.has_ledger(),
            grids,
            regimes,
            nutrients: scenario.vessels.as_ref().map_or_else(Nutrients::none, Nutrients::new),
            step_days,
            migration: scenario.rates.base.migration,
            clear: clearing(scenario),
            most_blocks: MAX_BLOCKS,
            fates: Vec::new(),
            of_local: HashMap::new(),
            blocks: Vec::new(),
            known: HashMap::new(),
            tables: Vec::new(),
            of_bins: HashMap::new(),
        })
    }

    /// Bins of an exposure to each drug, as plasma would bring it at the mean perfusion.
    pub fn bins(&self, exposures: &[Exposure]) -> Vec<DrugBins> {
        self.grids.iter().zip(exposures).map(|(grid, e)| grid.bins(e)).collect()
    }

    /// Bins without any drug.
    pub fn no_drugs(&self) -> Vec<DrugBins> {
        vec![DrugBins::ABSENT; self.grids.len()]
    }

    /// The table of an exposure, made if there is none yet.
    pub fn table(&mut self, bins: &[DrugBins]) -> TableId {
        if let Some(known) = self.of_bins.get(bins) {
            return *known;
        }
        let delivery = Delivery::new(&self.grids, bins);
        let classes: Vec<i32> = self.nutrients.perfusions().iter().map(|p| delivery.class(*p)).collect();
        let fates: Vec<u32> = classes.iter().map(|class| self.fates(delivery.local(*class, bins))).collect();
        let mut map = Vec::with_capacity(self.regimes.len() * fates.len());
        for regime in 0..self.regimes.len() as u32 {
            for (perfusion, first) in fates.iter().enumerate() {
                map.push(self.block(first + regime, perfusion));
            }
        }
        let answers = self.answers.of(&self.kinds, bins);
        let with_oxygen = &answers[..self.kinds.len()];
        let vegf = with_oxygen.iter().map(|answer| answer.vegf).collect();
        let cga = with_oxygen.iter().map(|answer| answer.cga).collect();
        let mass = with_oxygen.iter().map(|answer| answer.mass).collect();
        let id = TableId(self.tables.len() as u32);
        self.tables.push(TissueTable { map, vegf, cga, mass });
        self.of_bins.insert(bins.to_vec(), id);
        id
    }

    /// Whether there is so much that it is better to forget it.
    pub fn is_full(&self) -> bool {
        self.blocks.len() > self.most_blocks || self.answers.is_full()
    }

    /// Forgets all tables; numbers given before mean nothing afterwards.
    pub fn forget(&mut self) {
        if self.answers.is_full() {
            self.answers.forget();
        }
        self.switching.forget();
        self.mutation.forget();
        self.fates.clear();
        self.of_local.clear();
        self.blocks.clear();
        self.known.clear();
        self.tables.clear();
        self.of_bins.clear();
    }

    /// Number of the block of fates in a bin of perfusion.
    fn block(&mut self, fates: u32, perfusion: usize) -> u32 {
        let key = (fates, self.nutrients.class(perfusion));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (fed, starved) = (self.nutrients.factor(perfusion), self.nutrients.starved(perfusion));
        let replace = self.kinds[0].replace();
        let made = |rates: &CellRates| {
            let here = CellRates { birth: rates.birth * fed, death: rates.death + starved, ..*rates };
            row(&here, replace, self.step_days)
        };
        let rows = self.fates[fates as usize].rates.iter().map(made).collect();
        let number = self.blocks.len() as u32;
        self.blocks.push(RowBlock { fates, rows });
        self.known.insert(key, number);
        number
    }

    /// Number of the fates under a local exposure in the first regime; those in the others follow.
    fn fates(&mut self, local: Vec<DrugBins>) -> u32 {
        if let Some(known) = self.of_local.get(&local) {
            return *known;
        }
        let first = self.fates.len() as u32;
        let exposures: Vec<Exposure> = local.iter().map(DrugBins::exposure).collect();
        let effects: Vec<Effects> = self.kinds.iter().map(|kind| kind.effects(&exposures)).collect();
        let answers = self.answers.of(&self.kinds, &local);
        for regime in self.regimes.clone() {
            let starved = usize::from(regime != Regime::Normoxic);
            let answers = &answers[starved * self.kinds.len()..][..self.kinds.len()];
            let made = self.make(regime, &effects, answers);
            self.fates.push(made);
        }
        self.of_local.insert(local, first);
        first
    }

    fn make(&mut self, regime: Regime, effects: &[Effects], answers: &[Answer]) -> Fates {
        let cells = || self.kinds.iter().zip(effects).zip(answers);
        let extents: Vec<Extents> =
            cells().map(|((kind, effects), answer)| kind.extents(effects, answer, regime)).collect();
        let rates = |((kind, effects), answer): ((&StatePhenotype, &Effects), &Answer)| CellRates {
            birth: kind.division(answer, regime),
            death: kind.death(effects, answer, regime),
            migration: self.migration,
            kill_at_division: effects.kill_at_division,
        };
        Fates {
            rates: cells().map(rates).collect(),
            switches: self.switching.number(&extents),
            mutations: self.mutation.number(&extents),
        }
    }

    /// Secretion of VEGF by a population under a table, relative to as many untreated sensitive cells with oxygen.
    pub fn secretion(&self, table: TableId, live_by_row: &[u32]) -> f64 {
        self.mean(&self.tables[table.0 as usize].vegf, live_by_row)
    }

    /// Share of the vessels about a population that live without VEGF; 0 where there are no cells.
    pub fn independence(&self, live_by_row: &[u32]) -> f64 {
        self.mean_trait(live_by_row, |state| state.independence).unwrap_or(0.0)
    }

    /// Factor of the loci of a population on its secretion of VEGF; 1 where there are no cells.
    pub fn secretion_factor(&self, live_by_row: &[u32]) -> f64 {
        self.mean_trait(live_by_row, |state| state.secretion).unwrap_or(1.0)
    }

    /// Mean over live cells of what their states do to vessels; `None` where there are none.
    fn mean_trait(&self, live_by_row: &[u32], of: impl Fn(&VesselTraits) -> f64) -> Option<f64> {
        let all: f64 = live_by_row.iter().map(|n| f64::from(*n)).sum();
        let sum: f64 = live_by_row.iter().zip(&self.traits).map(|(n, state)| f64::from(*n) * of(state)).sum();
        (all > 0.0).then(|| sum / all)
    }

    /// Secretion of chromogranin A by a population under a table, relative to as many untreated sensitive cells.
    pub fn cga_secretion_of(&self, table: TableId, live_by_row: &[u32]) -> f64 {
        self.mean(&self.tables[table.0 as usize].cga, live_by_row)
    }

    /// Drive of cell size in a population under a table, relative to the same cells untreated.
    pub fn mass(&self, table: TableId, live_by_row: &[u32]) -> f64 {
        self.mean(&self.tables[table.0 as usize].mass, live_by_row)
    }

    /// Mean over live cells of what each kind does; 1 where there are none.
    fn mean(&self, of_kind: &[f64], live_by_row: &[u32]) -> f64 {
        let all: f64 = live_by_row.iter().map(|n| f64::from(*n)).sum();
        let of = |(n, kind): (&u32, &u32)| f64::from(*n) * of_kind[*kind as usize];
        let sum: f64 = live_by_row.iter().zip(&self.kind_of).map(of).sum();
        if all > 0.0 { sum / all } else { 1.0 }
    }

    /// Number of blocks made so far.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Number of tables made so far.
    pub fn tables(&self) -> usize {
        self.tables.len()
    }

    /// Factor on division attempts in a bin of perfusion.
    pub fn fed(&self, perfusion: usize) -> f64 {
        self.nutrients.factor(perfusion)
    }

    /// Deaths of want per day in a bin of perfusion.
    pub fn starved(&self, perfusion: usize) -> f64 {
        self.nutrients.starved(perfusion)
    }

    /// Middle of each bin of perfusion, relative to the patient's mean.
    pub fn perfusions(&self) -> &[f64] {
        self.nutrients.perfusions()
    }
}

/// A state of each kind, and the kind of each state.
fn kinds(states: &[StatePhenotype]) -> (Vec<StatePhenotype>, Vec<u32>) {
    let mut kinds: Vec<StatePhenotype> = Vec::new();
    let kind_of = states.iter().map(|state| {
        let known = kinds.iter().position(|kind| kind.is_alike(state));
        known.unwrap_or_else(|| {
            kinds.push(state.clone());
            kinds.len() - 1
        }) as u32
    });
    let kind_of = kind_of.collect();
    (kinds, kind_of)
}

/// Clearing of a dead cell in a step.
fn clearing(scenario: &Scenario) -> Threshold {
    scenario.rates.clearance.map_or(Threshold::NEVER, |rate| {
        Threshold::from_probability(-libm::expm1(-rate * scenario.time.step_days()))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::rates::{mutation_law, push, switch_law};
    use super::*;
    use crate::scenario::ChangeKind;

    fn scenario() -> Scenario {
        let text = "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\n\
                    size = [64, 64]\n[start]\n[patient]\n[oxygen]\n[vessels]\n[therapy]\n\
                    regimen = \"everolimus 10 mg daily\"\n";
        crate::scenario::parse(text, "test.toml", Path::new("")).unwrap().scenario
    }

    fn drugs(scenario: &Scenario) -> Vec<Drug> {
        scenario.catalogue.iter().filter(|d| d.name == "everolimus").cloned().collect()
    }

    fn everolimus() -> TissueTables {
        let scenario = scenario();
        let drugs = drugs(&scenario);
        TissueTables::new(&scenario, &StateSpace::new(&scenario), &PatientBiology::typical(), &drugs).unwrap()
    }

    fn at(tissue: &mut TissueTables, parent_nm: f64) -> TableId {
        let bins = tissue.bins(&[Exposure::bath(parent_nm)]);
        tissue.table(&bins)
    }

    #[test]
    fn a_table_is_made_only_when_a_bin_changes() {
        let mut tissue = everolimus();
        // An eighth of an octave about 1 nM is one bin, and what does not reach the smallest effect is none.
        let first = at(&mut tissue, 1.0);
        for level in [0.96, 1.0, 1.04] {
            assert_eq!(at(&mut tissue, level), first, "{level}");
        }
        assert_eq!(tissue.tables(), 1);
        let absent = at(&mut tissue, 0.0);
        assert_eq!(at(&mut tissue, 1e-6), absent);
        assert_eq!(tissue.tables(), 2);
        // Three octaves up and down again: a table for each of 24 bins, and no block more on the way back.
        let up: Vec<TableId> = (1..=24).map(|i| at(&mut tissue, libm::exp2(f64::from(i) / 8.0))).collect();
        let (tables, blocks) = (tissue.tables(), tissue.blocks());
        assert_eq!(tables, 2 + 24);
        let down: Vec<TableId> =
            (1..=24).rev().map(|i| at(&mut tissue, libm::exp2(f64::from(i) / 8.0))).collect();
        assert!(up.iter().eq(down.iter().rev()));
        assert_eq!((tissue.tables(), tissue.blocks()), (tables, blocks));
    }

    // Delivery shifts by whole bins, so that neighbouring tables share most of what poorly and well perfused voxels see.
    #[test]
    fn tables_share_local_exposures() {
        let mut tissue = everolimus();
        at(&mut tissue, 1.0);
        let first = tissue.fates.len();
        at(&mut tissue, libm::exp2(1.0 / 8.0));
        let added = tissue.fates.len() - first;
        assert!(added > 0 && added * 3 < first, "{added} of {first}");
    }

    // 1 nM is a node, so that nothing is interpolated: kinds, twins and lists known by their rates give every state what its
    // own phenotype says, to the bit.
    #[test]
    fn fates_at_a_node_are_those_of_each_state() {
        let (scenario, mut tissue) = (scenario(), everolimus());
        let (space, exposure) = (StateSpace::new(&scenario), [Exposure::bath(1.0)]);
        let oxygen = scenario.oxygen.as_ref().map(OxygenEffects::from).unwrap();
        let (patient, drugs) = (PatientBiology::typical(), drugs(&scenario));
        let phenotype =
            Phenotype::new(&patient, Parameters::default(), &scenario.loci, &drugs, oxygen).unwrap();
        let first = tissue.fates(tissue.bins(&exposure)) as usize;
        assert!(tissue.kinds.len() * 2 < space.codes.len(), "{} kinds", tissue.kinds.len());
        assert_eq!(tissue.regimes.len(), 3);
        for (at, regime) in tissue.regimes.iter().enumerate() {
            let fates = &tissue.fates[first + at];
            for (row, code) in space.codes.iter().enumerate() {
                let fate = phenotype.state(&space.levels(*code)).fate(&exposure, *regime);
                let rates = &fates.rates[tissue.kind_of[row] as usize];
                assert_eq!((rates.birth, rates.death), (fate.division, fate.death));
                for (kind, lists) in [
                    (ChangeKind::Switching, tissue.switching.lists(fates.switches)),
                    (ChangeKind::Mutation, tissue.mutation.lists(fates.mutations)),
                ] {
                    let moves = fate.moves.iter().filter(|m| m.kind == kind && m.rate > 0.0);
                    let moves: Vec<_> = moves.map(|m| (m.locus, m.to, m.rate)).collect();
                    let law = match kind {
                        ChangeKind::Switching => switch_law(&space, *code, &moves, tissue.step_days),
                        _ => mutation_law(&space, *code, &moves, scenario.mutation_amplification),
                    };
                    let mut expected = Vec::new();
                    push(&mut expected, &law);
                    let (from, count) = lists.ranges[row];
                    assert_eq!(lists.outcomes[from as usize..(from + count) as usize], expected[..]);
                }
            }
        }
    }

    // Half of the cells secrete twice as much: one and a half in the mean, of which the factors of their loci are all without drugs. Everolimus takes
    // its part of every cell's.
    #[test]
    fn factors_on_secretion_are_those_of_the_loci() {
        let text = "name = \"a\"\nphenotype = \"signalling\"\nloci = [\"vegf\"]\n[time]\nend = \"1 d\"\n[lattice]\n\
                    size = [64, 64]\n[start]\n[patient]\n[oxygen]\n[vessels]\n[therapy]\n\
                    regimen = \"everolimus 10 mg daily\"\n";
        let scenario = crate::scenario::parse(text, "test.toml", Path::new("")).unwrap().scenario;
        let (space, patient) = (StateSpace::new(&scenario), PatientBiology::typical());
        let mut tissue = TissueTables::new(&scenario, &space, &patient, &drugs(&scenario)).unwrap();
        let (untreated, treated) = (at(&mut tissue, 0.0), at(&mut tissue, 5.0));
        for (cells, factor) in [([10, 0], 1.0), ([10, 10], 1.5), ([0, 10], 2.0), ([0, 0], 1.0)] {
            assert_eq!(tissue.secretion_factor(&cells), factor);
            assert!((tissue.secretion(untreated, &cells) - factor).abs() < 1e-12);
        }
        let plain = |cells: &[u32]| tissue.secretion(treated, cells) / tissue.secretion_factor(cells);
        let (both, sensitive) = (plain(&[10, 10]), plain(&[10, 0]));
        assert!(both < 0.98 && (both - sensitive).abs() < 1e-12, "{both} {sensitive}");
    }

    #[test]
    fn what_was_forgotten_is_made_again_as_it_was() {
        let mut tissue = everolimus();
        let id = at(&mut tissue, 1.0);
        let before = (tissue.blocks(), tissue.tables[id.0 as usize].map.clone());
        tissue.forget();
        assert_eq!((tissue.blocks(), tissue.tables()), (0, 0));
        let id = at(&mut tissue, 1.0);
        assert_eq!((tissue.blocks(), tissue.tables[id.0 as usize].map.clone()), before);
    }
}

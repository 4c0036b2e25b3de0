//! Rate tables of mode `signalling`: made from a patient's phenotype when exposure changes.
//!
//! A table maps every environment, an oxygen regime and a bin of perfusion, to a block of rows. Perfusion acts twice: it
//! delivers drugs ([`Grid::delivery`]), and it feeds (see [`Nutrients`]). Blocks are kept: a combination of bins
//! that comes back costs nothing. The network is solved once for each local exposure, whatever it is fed.

use std::collections::HashMap;

use crate::engine::model::PERFUSION_BINS;
use crate::engine::tables::{Outcome, RateRow, RateTables};
use crate::scenario::{CellRates, ChangeKind, Locus, Scenario};
use crate::tissue::fixed::Threshold;

use super::exposure::{DrugBins, Grid};
use super::nutrients::Nutrients;
use super::oxygen::{BIN_SHIFT, regimes_of_bins};
use super::patient::Patient;
use super::phenotype::{Fate, OxygenEffects, Phenotype, Regime, StatePhenotype};
use super::potency::{Effects, Exposure, PotencyError};
use super::rates::{mutation_law, push, row, switch_law};
use super::signalling::{Parameters, SteadyState};
use super::states::StateSpace;
use crate::catalogue::Drug;

/// Blocks of a patient beyond which [`TissueTables::is_full`].
const MOST_BLOCKS: usize = 1 << 13;

/// What decides the fates of cells: regime, local bins of each drug.
type FatesKey = (Regime, Vec<DrugBins>);

/// What decides a block: fates (their number), class of nutrients.
type BlockKey = (u32, u32);

/// What all states do in one regime under one local exposure, well fed.
#[derive(Debug, Clone, Default)]
struct Fates {
    cells: Vec<CellFate>,
    /// What the ranges of [`CellFate`] point to.
    outcomes: Vec<Outcome>,
}

/// What one state does.
#[derive(Debug, Clone, Copy)]
struct CellFate {
    rates: CellRates,
    replace: Threshold,
    switches: (u32, u32),
    mutations: (u32, u32),
}

/// Rows of all states in one environment under one exposure.
#[derive(Debug, Clone, Default)]
struct Block {
    /// Fates to whose outcomes the rows' ranges point.
    fates: u32,
    rows: Vec<RateRow>,
}

/// A table of one patient.
#[derive(Debug, Clone)]
struct Table {
    /// Block of each environment.
    map: Vec<u32>,
    /// Secretion of VEGF by state, relative to the untreated sensitive cell with oxygen, at mean perfusion.
    vegf: Vec<f64>,
    /// Secretion of chromogranin A by state, relative to the same.
    cga: Vec<f64>,
}

/// Number of a table of a [`TissueTables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(u32);

/// How one patient's cells answer to any exposure and environment, as table rows.
#[derive(Debug, Clone)]
pub struct TissueTables {
    states: Vec<StatePhenotype>,
    /// First state that is alike, of each.
    alike: Vec<usize>,
    /// Mutations of each state without drugs, and their outcomes.
    mutations: Vec<(Vec<Moved>, Vec<Outcome>)>,
    space: StateSpace,
    grids: Vec<Grid>,
    regimes: Vec<Regime>,
    nutrients: Nutrients,
    step_days: f64,
    anoxic_death_add: f64,
    migration: f64,
    amplification: f64,
    clear: Threshold,
    /// eIF4E of the untreated sensitive cell.
    untreated_eif4e: f64,
    /// Blocks beyond which they are forgotten.
    pub(crate) most_blocks: usize,
    fates: Vec<Fates>,
    of_local: HashMap<FatesKey, u32>,
    blocks: Vec<Block>,
    known: HashMap<BlockKey, u32>,
    tables: Vec<Table>,
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
        patient: &Patient,
        drugs: &[Drug],
    ) -> Result<Self, PotencyError> {
        let oxygen = scenario.oxygen.as_ref().map_or_else(OxygenEffects::default, OxygenEffects::from);
        let loci: &[Locus] = &scenario.loci;
        let phenotype = Phenotype::new(patient, Parameters::default(), loci, drugs, oxygen)?;
        let states: Vec<StatePhenotype> =
            space.codes.iter().map(|code| phenotype.state(&space.levels(*code))).collect();
        let first = |state: &StatePhenotype| states.iter().position(|s| s.is_alike(state));
        let alike = states.iter().enumerate().map(|(row, state)| first(state).unwrap_or(row)).collect();
        let amplification = scenario.mutation_amplification;
        let calm = |(code, state): (&u32, &StatePhenotype)| {
            let moves = moves(&state.fate(&[], Regime::Normoxic), ChangeKind::Mutation);
            let mut outcomes = Vec::new();
            push(&mut outcomes, &mutation_law(space, *code, &moves, amplification));
            (moves, outcomes)
        };
        let sensitive = phenotype.state(&vec![0; loci.len()]);
        let untreated_eif4e = sensitive.fate(&[], Regime::Normoxic).network.eif4e;
        Ok(Self {
            untreated_eif4e,
            alike,
            mutations: space.codes.iter().zip(&states).map(calm).collect(),
            states,
            space: space.clone(),
            grids: drugs.iter().map(|drug| Grid::new(drug, patient)).collect(),
            regimes: regimes_of_bins(scenario.oxygen.as_ref()).1,
            nutrients: scenario.vessels.as_ref().map_or_else(Nutrients::none, Nutrients::new),
            step_days: scenario.time.step_days(),
            anoxic_death_add: oxygen.anoxic_death_add,
            migration: scenario.rates.base.migration,
            amplification,
            clear: clearing(scenario),
            most_blocks: MOST_BLOCKS,
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

    /// The table of an exposure, made if there is none yet.
    pub fn table(&mut self, bins: &[DrugBins]) -> TableId {
        if let Some(known) = self.of_bins.get(bins) {
            return *known;
        }
        let mut map = Vec::with_capacity(self.regimes.len() * self.nutrients.perfusions().len());
        for regime in self.regimes.clone() {
            for bin in 0..self.nutrients.perfusions().len() {
                map.push(self.block(regime, bin, bins));
            }
        }
        let networks = self.networks(Regime::Normoxic, bins);
        let vegf = networks.iter().map(|(_, network)| network.vegf).collect();
        let cga = networks.iter().map(|(_, network)| self.granules(network.eif4e)).collect();
        let id = TableId(self.tables.len() as u32);
        self.tables.push(Table { map, vegf, cga });
        self.of_bins.insert(bins.to_vec(), id);
        id
    }

    /// Whether there are so many blocks that it is better to forget them.
    pub fn is_full(&self) -> bool {
        self.blocks.len() > self.most_blocks
    }

    /// Forgets all tables; numbers given before mean nothing afterwards.
    pub fn forget(&mut self) {
        self.fates.clear();
        self.of_local.clear();
        self.blocks.clear();
        self.known.clear();
        self.tables.clear();
        self.of_bins.clear();
    }

    fn block(&mut self, regime: Regime, perfusion: usize, bins: &[DrugBins]) -> u32 {
        let relative = self.nutrients.perfusions()[perfusion];
        let local: Vec<DrugBins> =
            bins.iter().zip(&self.grids).map(|(b, grid)| b.shifted(grid.delivery(relative))).collect();
        let key = (self.fates(regime, local), self.nutrients.class(perfusion));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let fed = self.nutrients.factor(perfusion);
        let cells = &self.fates[key.0 as usize].cells;
        let rows = cells.iter().map(|cell| fed_row(cell, fed, self.step_days)).collect();
        let number = self.blocks.len() as u32;
        self.blocks.push(Block { fates: key.0, rows });
        self.known.insert(key, number);
        number
    }

    /// Number of the fates in a regime under a local exposure.
    fn fates(&mut self, regime: Regime, local: Vec<DrugBins>) -> u32 {
        let key = (regime, local);
        if let Some(known) = self.of_local.get(&key) {
            return *known;
        }
        let made = match regime {
            Regime::Anoxic => self.anoxic(&key.1),
            _ => self.make(regime, &key.1),
        };
        let number = self.fates.len() as u32;
        self.fates.push(made);
        self.of_local.insert(key, number);
        number
    }

    /// Without oxygen cells are as in hypoxia, and die of it besides.
    fn anoxic(&mut self, local: &[DrugBins]) -> Fates {
        let hypoxic = self.fates(Regime::Hypoxic, local.to_vec());
        let mut made = self.fates[hypoxic as usize].clone();
        for cell in &mut made.cells {
            cell.rates.death += self.anoxic_death_add;
        }
        made
    }

    /// What drugs do in every state, and its network; solved once for states that are alike.
    fn networks(&self, regime: Regime, local: &[DrugBins]) -> Vec<(Effects, SteadyState)> {
        let exposures: Vec<Exposure> = local.iter().map(DrugBins::exposure).collect();
        let mut solved: Vec<(Effects, SteadyState)> = Vec::with_capacity(self.states.len());
        for (row, state) in self.states.iter().enumerate() {
            let known = solved.get(self.alike[row]).copied();
            solved.push(known.unwrap_or_else(|| {
                let effects = state.effects(&exposures);
                (effects, state.network(&effects, regime))
            }));
        }
        solved
    }

    /// Outcomes of a state's mutations; those that no drug changes are known.
    fn mutated(&self, row: usize, moves: &[Moved], outcomes: &mut Vec<Outcome>) -> (u32, u32) {
        let (known, list) = &self.mutations[row];
        if known == moves {
            let first = outcomes.len() as u32;
            outcomes.extend_from_slice(list);
            return (first, list.len() as u32);
        }
        push(outcomes, &mutation_law(&self.space, self.space.codes[row], moves, self.amplification))
    }

    fn make(&self, regime: Regime, local: &[DrugBins]) -> Fates {
        let mut made = Fates::default();
        for (row, (effects, network)) in self.networks(regime, local).into_iter().enumerate() {
            let fate = self.states[row].fate_in(&effects, network, regime);
            let moves = |kind| moves(&fate, kind);
            let code = self.space.codes[row];
            let switches = switch_law(&self.space, code, &moves(ChangeKind::Switching), self.step_days);
            made.cells.push(CellFate {
                rates: CellRates {
                    birth: fate.division,
                    death: fate.death,
                    migration: self.migration,
                    kill_at_division: fate.kill_at_division,
                },
                replace: Threshold::from_probability(fate.replace),
                switches: push(&mut made.outcomes, &switches),
                mutations: self.mutated(row, &moves(ChangeKind::Mutation), &mut made.outcomes),
            });
        }
        made
    }

    /// Secretion of VEGF by a population under a table, relative to as many untreated sensitive cells with oxygen.
    pub fn secretion(&self, table: TableId, live_by_row: &[u32]) -> f64 {
        mean(&self.tables[table.0 as usize].vegf, live_by_row)
    }

    /// Secretion of chromogranin A by a population under a table, relative to as many untreated sensitive cells.
    pub fn granules_of(&self, table: TableId, live_by_row: &[u32]) -> f64 {
        mean(&self.tables[table.0 as usize].cga, live_by_row)
    }

    /// Secretion of chromogranin A follows translation: 0.4 + 0.6 of eIF4E relative to the untreated sensitive cell (C).
    fn granules(&self, eif4e: f64) -> f64 {
        0.4 + 0.6 * eif4e / self.untreated_eif4e
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

    /// Middle of each bin of perfusion, relative to the patient's mean.
    pub fn perfusions(&self) -> &[f64] {
        self.nutrients.perfusions()
    }
}

/// Mean over live cells of what each state does; 1 where there are none.
fn mean(of_state: &[f64], live_by_row: &[u32]) -> f64 {
    let all: f64 = live_by_row.iter().map(|n| f64::from(*n)).sum();
    let sum: f64 = live_by_row.iter().zip(of_state).map(|(n, s)| f64::from(*n) * s).sum();
    if all > 0.0 { sum / all } else { 1.0 }
}

/// Row of a cell whose division attempts nutrients multiply by a factor.
fn fed_row(cell: &CellFate, fed: f64, step_days: f64) -> RateRow {
    let rates = CellRates { birth: cell.rates.birth * fed, ..cell.rates };
    RateRow {
        replace: cell.replace,
        switches: cell.switches,
        mutations: cell.mutations,
        ..row(&rates, step_days)
    }
}

/// A change of a locus: which, the level after, and its rate.
type Moved = (usize, u8, f64);

/// Moves of one kind that happen at all.
fn moves(fate: &Fate, kind: ChangeKind) -> Vec<Moved> {
    let of_kind = fate.moves.iter().filter(|m| m.kind == kind && m.rate > 0.0);
    of_kind.map(|m| (m.locus, m.to, m.rate)).collect()
}

/// Clearing of a dead cell in a step.
fn clearing(scenario: &Scenario) -> Threshold {
    scenario.rates.clearance.map_or(Threshold::NEVER, |rate| {
        Threshold::from_probability(-libm::expm1(-rate * scenario.time.step_days()))
    })
}

/// A table that is to be in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted {
    /// Of a patient's tissue (its number), under an exposure.
    Of(usize, TableId),
    /// The same, and every dead cell is cleared.
    Cleared(usize, TableId),
    /// Nothing happens but this: each live cell dies with this probability.
    Killed(f64),
}

/// Puts tables together for a backend, in the order wanted; blocks that several share stand there once.
pub fn assemble(
    scenario: &Scenario,
    space: &StateSpace,
    tissues: &[TissueTables],
    wanted: &[Wanted],
) -> RateTables {
    let (block_of, regimes) = regimes_of_bins(scenario.oxygen.as_ref());
    let mut row_of = vec![u32::MAX; 1 << space.code_bits()];
    for (row, code) in space.codes.iter().enumerate() {
        row_of[*code as usize] = row as u32;
    }
    let mut out = RateTables {
        codes: space.codes.clone(),
        row_of,
        block_of,
        blocks: regimes.len() as u32,
        bin_shift: BIN_SHIFT,
        perfusion_bins: if scenario.vessels.is_some() { PERFUSION_BINS } else { 0 },
        immediate_clearance: scenario.rates.clearance.is_none(),
        table_of_drugs: vec![0],
        ..RateTables::default()
    };
    let mut placed = Placed::default();
    for want in wanted {
        let (clear, map) = match *want {
            Wanted::Of(t, id) => (tissues[t].clear, place(&mut out, &mut placed, tissues, t, id)),
            Wanted::Cleared(t, id) => (Threshold::CERTAIN, place(&mut out, &mut placed, tissues, t, id)),
            Wanted::Killed(share) => {
                let block = out.rows.len() as u32 / out.states();
                let die = Threshold::from_probability(share);
                let row = RateRow { die, divide: die, migrate: die, ..RateRow::default() };
                out.rows.extend(vec![row; space.codes.len()]);
                (Threshold::NEVER, vec![block; out.environments() as usize])
            }
        };
        out.push_table(clear, &map);
    }
    out
}

/// Where blocks, and the outcomes of fates, of each tissue stand.
#[derive(Default)]
struct Placed {
    blocks: HashMap<(usize, u32), u32>,
    fates: HashMap<(usize, u32), u32>,
}

fn place(
    out: &mut RateTables,
    placed: &mut Placed,
    tissues: &[TissueTables],
    tissue: usize,
    id: TableId,
) -> Vec<u32> {
    let from = &tissues[tissue];
    let map = &from.tables[id.0 as usize].map;
    let mut numbers = Vec::with_capacity(map.len());
    for block in map {
        let number = *placed.blocks.entry((tissue, *block)).or_insert_with(|| {
            let number = out.rows.len() as u32 / out.states();
            let block = &from.blocks[*block as usize];
            let base = *placed.fates.entry((tissue, block.fates)).or_insert_with(|| {
                let base = out.outcomes.len() as u32;
                out.outcomes.extend_from_slice(&from.fates[block.fates as usize].outcomes);
                base
            });
            let moved = |(first, count): (u32, u32)| (first + base, count);
            out.rows.extend(block.rows.iter().map(|r| RateRow {
                switches: moved(r.switches),
                mutations: moved(r.mutations),
                ..*r
            }));
            number
        });
        numbers.push(number);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn everolimus() -> TissueTables {
        let text = "name = \"a\"\nphenotype = \"signalling\"\nloci = [\"rtk\"]\n[time]\nend = \"1 d\"\n[lattice]\n\
                    size = [64, 64]\n[start]\n[patient]\n[oxygen]\n[vessels]\n[therapy]\n\
                    regimen = \"everolimus 10 mg daily\"\n";
        let scenario = crate::scenario::parse(text, "test.toml", Path::new("")).unwrap().scenario;
        let drug = scenario.catalogue.iter().find(|d| d.name == "everolimus").unwrap().clone();
        TissueTables::new(&scenario, &StateSpace::new(&scenario), &Patient::typical(), &[drug]).unwrap()
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

    // The shortcut by way of hypoxia gives what the phenotype itself says, to the bit.
    #[test]
    fn fates_without_oxygen_are_exact() {
        let mut tissue = everolimus();
        let bins = tissue.bins(&[Exposure::bath(0.3)]);
        let number = tissue.fates(Regime::Anoxic, bins.clone()) as usize;
        let direct = tissue.make(Regime::Anoxic, &bins);
        let found = &tissue.fates[number];
        assert_eq!(found.outcomes, direct.outcomes);
        for (a, b) in found.cells.iter().zip(&direct.cells) {
            assert_eq!(a.rates, b.rates);
            assert_eq!((a.replace, a.switches, a.mutations), (b.replace, b.switches, b.mutations));
        }
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

//! Putting tables together for a backend.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::changes::Lists;
use super::{TableId, TissueTables};
use crate::biology::oxygen::{BIN_SHIFT, regimes_of_bins};
use crate::biology::states::StateSpace;
use crate::engine::model::PERFUSION_BINS;
use crate::engine::tables::{RateRow, RateTables, Transition};
use crate::scenario::Scenario;
use crate::tissue::fixed::Threshold;

/// A table that is to be in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TableRequest {
    /// Of a patient's tissue (its number), under an exposure.
    Of(usize, TableId),
    /// The same, and every dead cell is cleared.
    Cleared(usize, TableId),
    /// Nothing happens but this: each live cell dies with this probability.
    Killed(f64),
}

impl Eq for TableRequest {}

impl Hash for TableRequest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match *self {
            Self::Of(tissue, table) => (0, tissue, table).hash(state),
            Self::Cleared(tissue, table) => (1, tissue, table).hash(state),
            Self::Killed(share) => (2, share.to_bits()).hash(state),
        }
    }
}

/// Puts tables together for a backend, in the order wanted.
pub fn assemble(
    scenario: &Scenario,
    space: &StateSpace,
    tissues: &[TissueTables],
    wanted: &[TableRequest],
) -> RateTables {
    let (mut assembly, mut out) = Assembly::begin(scenario, space);
    for want in wanted {
        assembly.add(&mut out, tissues, want);
    }
    out
}

/// Tables that are put together one after the other; blocks that several share stand there once.
#[derive(Debug, Default)]
pub struct Assembly {
    /// Where blocks, and the first outcome of lists, of each tissue stand.
    blocks: HashMap<(usize, u32), u32>,
    switches: HashMap<(usize, u32), u32>,
    mutations: HashMap<(usize, u32), u32>,
}

impl Assembly {
    /// Tables of a scenario's states and environments, none yet.
    pub fn begin(scenario: &Scenario, space: &StateSpace) -> (Self, RateTables) {
        let (block_of, regimes) = regimes_of_bins(scenario.oxygen.as_ref());
        let mut row_of = vec![u32::MAX; 1 << space.code_bits()];
        for (row, code) in space.codes.iter().enumerate() {
            row_of[*code as usize] = row as u32;
        }
        let tables = RateTables {
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
        (Self::default(), tables)
    }

    /// Adds a table to those that were begun with this. Tissues must not have forgotten what stands there.
    pub fn add(&mut self, out: &mut RateTables, tissues: &[TissueTables], want: &TableRequest) {
        let (clear, map) = match *want {
            TableRequest::Of(t, id) => (tissues[t].clear, self.place(out, (t, &tissues[t]), id)),
            TableRequest::Cleared(t, id) => (Threshold::CERTAIN, self.place(out, (t, &tissues[t]), id)),
            TableRequest::Killed(share) => {
                let block = out.rows.len() as u32 / out.states();
                let die = Threshold::from_probability(share);
                let row = RateRow { die, divide: die, migrate: die, ..RateRow::default() };
                out.rows.extend(std::iter::repeat_n(row, out.codes.len()));
                (Threshold::NEVER, vec![block; out.environments() as usize])
            }
        };
        out.push_table(clear, &map);
    }

    /// Places the blocks of a table that do not stand there yet; the number of each environment's.
    fn place(
        &mut self,
        out: &mut RateTables,
        (number, tissue): (usize, &TissueTables),
        id: TableId,
    ) -> Vec<u32> {
        let map = &tissue.tables[id.0 as usize].map;
        let mut new: Vec<u32> =
            map.iter().copied().filter(|b| !self.blocks.contains_key(&(number, *b))).collect();
        new.sort_unstable();
        new.dedup();
        out.rows.reserve(new.len() * out.codes.len());
        for block in new {
            self.blocks.insert((number, block), out.rows.len() as u32 / out.states());
            let block = &tissue.blocks[block as usize];
            let fates = &tissue.fates[block.fates as usize];
            let (switches, mutations) =
                (tissue.switching.lists(fates.switches), tissue.mutation.lists(fates.mutations));
            let outcomes = &mut out.outcomes;
            let of_switches = base(outcomes, &mut self.switches, (number, fates.switches), switches);
            let of_mutations = base(outcomes, &mut self.mutations, (number, fates.mutations), mutations);
            let moved = |(first, count): (u32, u32), base: u32| (first + base, count);
            let lists = switches.ranges.iter().zip(&mutations.ranges);
            let mutates = u32::from(!tissue.has_ledger);
            out.rows.extend(tissue.kind_of.iter().zip(lists).map(|(kind, (switches, mutations))| RateRow {
                switches: moved(*switches, of_switches),
                mutations: moved((mutations.0, mutations.1 * mutates), of_mutations),
                ..block.rows[*kind as usize]
            }));
        }
        map.iter().map(|block| self.blocks[&(number, *block)]).collect()
    }
}

/// First outcome of lists, which are put there if they are not yet.
fn base(
    outcomes: &mut Vec<Transition>,
    known: &mut HashMap<(usize, u32), u32>,
    key: (usize, u32),
    lists: &Lists,
) -> u32 {
    *known.entry(key).or_insert_with(|| {
        outcomes.extend_from_slice(&lists.outcomes);
        (outcomes.len() - lists.outcomes.len()) as u32
    })
}

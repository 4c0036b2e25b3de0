//! Phenotype mode `rates`: a table of rates per state and per set of drugs, as thresholds.
//!
//! The probability of an event in a step is its expected number, `rate · (exp(r·Δt) − 1)/r` with net growth r. So the mean of a
//! growing population, and births and deaths on the way, are those of the linear birth-death process in continuous time, and
//! so is extinction in the end, since the ratio of deaths to births is. An event that leads nowhere (no site, no space to move in) takes
//! nothing from the others.

use crate::engine::tables::{RateRow, RateTables, TableHead, Transition};
use crate::scenario::{CellRates, Change, ChangeKind, Oxygen, Scenario};
use crate::tissue::fixed::Threshold;

use super::oxygen::{BIN_SHIFT, BINS, bin_mmhg};
use super::states::StateSpace;

/// Builds the rate tables of a scenario: one table per set of drugs that can be on together.
pub fn tables(scenario: &Scenario, space: &StateSpace) -> RateTables {
    let blocks = blocks(scenario.oxygen.as_ref());
    let clear = scenario.rates.clearance.map_or(Threshold::NEVER, |rate| {
        Threshold::from_probability(-libm::expm1(-rate * scenario.time.step_days()))
    });
    let mut row_of = vec![u32::MAX; 1 << space.code_bits()];
    for (row, code) in space.codes.iter().enumerate() {
        row_of[*code as usize] = row as u32;
    }
    let mut tables = RateTables {
        codes: space.codes.clone(),
        row_of,
        block_of: blocks.of_bin,
        blocks: blocks.surroundings.len() as u32,
        bin_shift: BIN_SHIFT,
        immediate_clearance: scenario.rates.clearance.is_none(),
        ..RateTables::default()
    };
    for drugs in 0..1u32 << scenario.drugs.len() {
        tables.table_of_drugs.push(drugs);
        tables.heads.push(TableHead { clear, ..TableHead::default() });
        let lists: Vec<_> = space
            .codes
            .iter()
            .map(|code| {
                let switches = switching(scenario, space, *code, drugs);
                let mutations = mutation(scenario, space, *code, drugs);
                (push(&mut tables.outcomes, &switches), push(&mut tables.outcomes, &mutations))
            })
            .collect();
        for surroundings in &blocks.surroundings {
            for (code, (switches, mutations)) in space.codes.iter().zip(&lists) {
                let rates = cell_rates(scenario, &space.levels(*code), drugs, *surroundings);
                let row = row(&rates, 0.0, scenario.time.step_days());
                tables.rows.push(RateRow { switches: *switches, mutations: *mutations, ..row });
            }
        }
    }
    tables.seal();
    tables
}

/// What oxygen does to a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RateSurroundings {
    birth_factor: f64,
    death_add: f64,
}

/// Oxygen bins that make no difference share a block.
struct Blocks {
    of_bin: Vec<u32>,
    surroundings: Vec<RateSurroundings>,
}

fn blocks(oxygen: Option<&Oxygen>) -> Blocks {
    let mut blocks = Blocks { of_bin: Vec::new(), surroundings: Vec::new() };
    let Some(oxygen) = oxygen else {
        blocks.of_bin.push(0);
        blocks.surroundings.push(RateSurroundings { birth_factor: 1.0, death_add: 0.0 });
        return blocks;
    };
    for bin in 0..BINS {
        let mmhg = bin_mmhg(oxygen, bin);
        let here = RateSurroundings {
            birth_factor: if mmhg < oxygen.hypoxic_mmhg { oxygen.hypoxic_birth_factor } else { 1.0 },
            death_add: if mmhg < oxygen.anoxic_mmhg { oxygen.anoxic_death_add } else { 0.0 },
        };
        let known = blocks.surroundings.iter().position(|s| *s == here);
        let block = known.unwrap_or_else(|| {
            blocks.surroundings.push(here);
            blocks.surroundings.len() - 1
        });
        blocks.of_bin.push(block as u32);
    }
    blocks
}

fn is_on(scenario: &Scenario, drugs: u32, name: &str) -> bool {
    scenario.drugs.iter().position(|d| d.name == name).is_some_and(|d| drugs & (1 << d) != 0)
}

fn cell_rates(scenario: &Scenario, levels: &[u8], drugs: u32, here: RateSurroundings) -> CellRates {
    let on: Vec<bool> = (0..scenario.drugs.len()).map(|d| drugs & (1 << d) != 0).collect();
    let mut rates = scenario.cell_rates(levels, &on);
    rates.birth *= here.birth_factor;
    rates.death += here.death_add;
    rates
}

/// Thresholds of a cell with these rates (per day) in a step of `step_days`, if a share `replace` of its divisions puts a daughter in
/// its place. Births and deaths come first: migration has what they leave, if that is less than its share.
pub fn row(rates: &CellRates, replace: f64, step_days: f64) -> RateRow {
    let days = rates.days_of_step(replace, step_days);
    let below = |rate: f64| Threshold::from_probability(rate * days);
    RateRow {
        die: below(rates.death),
        divide: below(rates.death + rates.birth),
        migrate: below(rates.death + rates.birth + rates.migration),
        replace: Threshold::from_probability(replace),
        kill: Threshold::from_probability(rates.kill_at_division),
        ..RateRow::default()
    }
}

/// The rate of a change while a set of drugs is on.
fn rate_with(scenario: &Scenario, change: &Change, drugs: u32) -> f64 {
    let on = change.with.iter().filter(|(drug, _)| is_on(scenario, drugs, drug)).map(|(_, rate)| *rate);
    on.reduce(f64::max).unwrap_or(change.rate)
}

/// Changes of one kind that a state can make: locus, new level, rate.
fn changes(
    scenario: &Scenario,
    space: &StateSpace,
    code: u32,
    drugs: u32,
    kind: ChangeKind,
) -> Vec<(usize, u8, f64)> {
    let mut found = Vec::new();
    for (l, locus) in scenario.loci.iter().enumerate() {
        for change in &locus.changes {
            let rate = rate_with(scenario, change, drugs);
            if change.kind == kind && change.from == space.level(code, l) && rate > 0.0 {
                found.push((l, change.to, rate));
            }
        }
    }
    found
}

/// Switching moves of a state with their probabilities in a step.
fn switching(scenario: &Scenario, space: &StateSpace, code: u32, drugs: u32) -> Vec<(u32, f64)> {
    let moves = changes(scenario, space, code, drugs, ChangeKind::Switching);
    switch_law(space, code, &moves, scenario.time.step_days())
}

/// States that one daughter may mutate to, with their probabilities.
fn mutation(scenario: &Scenario, space: &StateSpace, code: u32, drugs: u32) -> Vec<(u32, f64)> {
    let moves = changes(scenario, space, code, drugs, ChangeKind::Mutation);
    mutation_law(space, code, &moves, scenario.mutation_amplification)
}

/// Switching as competing risks: states with their probabilities in a step, from moves (locus, new level, rate per
/// day).
pub(super) fn switch_law(
    space: &StateSpace,
    code: u32,
    moves: &[(usize, u8, f64)],
    step_days: f64,
) -> Vec<(u32, f64)> {
    let hazard: f64 = moves.iter().map(|m| m.2).sum();
    let any = -libm::expm1(-hazard * step_days);
    moves.iter().map(|(l, to, rate)| (space.with_level(code, *l, *to), any * (rate / hazard))).collect()
}

/// The joint law of all loci, which mutate independently, each daughter at half the rate per completed division:
/// states with their probabilities, from moves (locus, new level, rate per division).
pub(super) fn mutation_law(
    space: &StateSpace,
    code: u32,
    moves: &[(usize, u8, f64)],
    amplification: f64,
) -> Vec<(u32, f64)> {
    let mut joint = vec![(code, 1.0)];
    let loci: std::collections::BTreeSet<usize> = moves.iter().map(|m| m.0).collect();
    for l in loci {
        let here: Vec<(u8, f64)> =
            moves.iter().filter(|c| c.0 == l).map(|c| (c.1, c.2 * amplification / 2.0)).collect();
        let stays = (1.0 - here.iter().map(|c| c.1).sum::<f64>()).max(0.0);
        let mut next = Vec::with_capacity(joint.len() * (here.len() + 1));
        for (code, p) in &joint {
            next.push((*code, p * stays));
            next.extend(here.iter().map(|(to, q)| (space.with_level(*code, l, *to), p * q)));
        }
        joint = next;
    }
    joint.retain(|(to, _)| *to != code);
    // Likelier outcomes first, so that the search is short; ties in order of codes.
    joint.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    joint
}

/// Appends a list of outcomes as cumulative thresholds, summed in integers so that a sum near 1 does not
/// swallow the rare ones; outcomes that round to nothing are left out.
pub(super) fn push(outcomes: &mut Vec<Transition>, list: &[(u32, f64)]) -> (u32, u32) {
    let first = outcomes.len() as u32;
    let mut below = 0u64;
    for (code, p) in list {
        let alone = Threshold::from_probability(*p).bits();
        below = below.saturating_add(alone);
        if alone > 0 {
            let Threshold { hi, lo } = Threshold::from_bits(below);
            outcomes.push(Transition { hi, lo, code: *code });
        }
    }
    (first, outcomes.len() as u32 - first)
}

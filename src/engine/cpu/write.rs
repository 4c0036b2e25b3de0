//! Write: carries the intents out. Winners place daughters, daughters mutate, the dying become dead, the
//! dead are cleared, movers move. A word without intent is not touched. Twin: `shaders/write.wgsl`.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::births::{Births, Mutated};
use super::placement;
use crate::engine::model::PlacementRule;
use crate::engine::pool::{CENSUS_DEAD, CENSUS_HEAD, CLONE_WORDS, Pool, count, rank};
use crate::tissue::shape::{BRICK_LEAVES, BRICK_SHIFT, LEAF, LEAF_SHIFT};
use crate::tissue::word;

/// The stage, for one brick.
pub fn write(pool: &Pool, brick: u32) {
    let births = Births::new(pool, brick);
    if births.record.overflow != 0 {
        return;
    }
    let stripe = births.record.stripe(brick, pool.census_stride());
    for leaf in brick * BRICK_LEAVES..(brick + 1) * BRICK_LEAVES {
        let events = pool.events(leaf).load(Relaxed);
        if events != 0 {
            let winners = pool.winners(leaf).load(Relaxed);
            let mutates = pool.leaf_counts(leaf).load(Relaxed) & 0xff != 0;
            Leaf { births: &births, stripe, leaf, winners, mutates, founded: 0, divisions: 0, rank: None }
                .write_leaf(events);
        }
    }
}

/// The events of one leaf, in site order.
struct Leaf<'a> {
    births: &'a Births<'a>,
    stripe: u32,
    leaf: u32,
    /// Sites whose cells have won.
    winners: u32,
    /// Whether any birth of the leaf mutates.
    mutates: bool,
    /// Clones founded so far in this leaf.
    founded: u32,
    /// Divisions seen so far in this leaf.
    divisions: u32,
    /// Clones founded before this leaf, once it is asked for.
    rank: Option<u32>,
}

impl Leaf<'_> {
    fn write_leaf(&mut self, mut events: u32) {
        while events != 0 {
            let address = (self.leaf << LEAF_SHIFT) + events.trailing_zeros();
            events &= events - 1;
            let now = self.births.pool.sites[address as usize].load(Relaxed);
            match word::action(now) {
                word::CLEAR => self.clear(address),
                word::DIE => self.die(address, now, count::DEATHS),
                word::KILLED => self.die(address, now, count::KILLS),
                word::REPLACE => self.replace(address, now),
                word::DIVIDE => self.divide(address, now),
                word::MIGRATE => self.migrate(address, now),
                action => {
                    if action == word::BLOCKED {
                        self.tally(count::BLOCKED, 1);
                    }
                    let code = self.switch_state(address, now);
                    self.settle(address, code);
                }
            }
        }
    }

    /// The site that a dividing or migrating cell has won.
    fn won(&self, address: u32, now: u32) -> Option<u32> {
        if (self.winners >> (address & (LEAF - 1))) & 1 == 0 {
            return None;
        }
        self.births.wanted(address, now, self.divisions)
    }

    fn mutate_in(&self, address: u32, code: u32, placed: bool) -> Mutated {
        if self.mutates { self.births.mutate(address, code, placed) } else { Mutated::default() }
    }

    /// Adds to a word of the census stripe.
    fn tally(&self, index: u32, amount: u32) {
        self.births.pool.census[(self.stripe + index) as usize].fetch_add(amount, Relaxed);
    }

    /// Adds to the live count of a state.
    fn tally_state(&self, code: u32, amount: u32) {
        self.tally(CENSUS_HEAD + self.births.pool.tables.row_of[code as usize], amount);
    }

    fn settle(&self, address: u32, code: u32) {
        self.births.pool.sites[address as usize].store(word::live(code), Relaxed);
    }

    /// The state after the switching move, which is counted.
    fn switch_state(&self, address: u32, now: u32) -> u32 {
        let code = self.births.switched(address, now);
        if word::moved(now) != 0 {
            self.tally(count::SWITCHES, 1);
            self.tally_state(word::code(now), 1u32.wrapping_neg());
            self.tally_state(code, 1);
        }
        code
    }

    /// The occupancy words of an address (live, not empty), and its bit.
    fn occupancy(&self, address: u32) -> (&AtomicU32, &AtomicU32, u32) {
        let at = 2 * (address >> LEAF_SHIFT) as usize;
        let words = &self.births.pool.occupancy;
        (&words[at], &words[at + 1], 1 << (address & (LEAF - 1)))
    }

    /// A live cell has come to an address.
    fn arrive(&self, address: u32) {
        let pool = self.births.pool;
        let (live, full, bit) = self.occupancy(address);
        live.fetch_or(bit, Relaxed);
        full.fetch_or(bit, Relaxed);
        if pool.brick_cells(address >> BRICK_SHIFT).fetch_add(1, Relaxed) == 0 {
            pool.dirty.store(1, Relaxed);
        }
    }

    /// The cell at an address is gone.
    fn leave(&self, address: u32) {
        let pool = self.births.pool;
        let (live, full, bit) = self.occupancy(address);
        live.fetch_and(!bit, Relaxed);
        full.fetch_and(!bit, Relaxed);
        pool.sites[address as usize].store(word::EMPTY, Relaxed);
        pool.clones[address as usize].store(0, Relaxed);
        if pool.brick_cells(address >> BRICK_SHIFT).fetch_sub(1, Relaxed) == 1 {
            pool.dirty.store(1, Relaxed);
        }
    }

    fn clear(&self, address: u32) {
        self.leave(address);
        self.tally(CENSUS_DEAD, 1u32.wrapping_neg());
        self.tally(count::CLEARED, 1);
    }

    fn die(&self, address: u32, now: u32, reason: u32) {
        self.tally(reason, 1);
        self.tally_state(word::code(now), 1u32.wrapping_neg());
        if self.births.pool.tables.immediate_clearance {
            self.leave(address);
        } else {
            let (live, _, bit) = self.occupancy(address);
            live.fetch_and(!bit, Relaxed);
            self.births.pool.sites[address as usize].store(word::dead(word::code(now)), Relaxed);
            self.tally(CENSUS_DEAD, 1);
        }
    }

    fn replace(&mut self, address: u32, now: u32) {
        let code = self.switch_state(address, now);
        let mutated = self.mutate_in(address, code, false);
        self.tally(count::BIRTHS, 1);
        self.settle_mother(address, code, mutated);
    }

    /// The mother's site after a birth; returns the clone that she came from.
    fn settle_mother(&mut self, address: u32, code: u32, mutated: Mutated) -> u32 {
        let pool = self.births.pool;
        let clone = pool.clones[address as usize].load(Relaxed);
        if let Some(new) = mutated.mother {
            let founded = self.found(clone, address, new);
            pool.clones[address as usize].store(founded, Relaxed);
            self.tally_state(code, 1u32.wrapping_neg());
            self.tally_state(new, 1);
        }
        self.settle(address, mutated.mother.unwrap_or(code));
        clone
    }

    fn divide(&mut self, address: u32, now: u32) {
        let won = self.won(address, now);
        self.divisions += 1;
        let code = self.switch_state(address, now);
        let Some(target) = won else {
            let mixed = self.births.pool.model.placement == PlacementRule::Mixed;
            self.tally(if mixed { count::BLOCKED } else { count::LOST }, 1);
            self.settle(address, code);
            return;
        };
        let pool = self.births.pool;
        let there = target + (self.births.record.brick_base << BRICK_SHIFT);
        let mutated = self.mutate_in(address, code, true);
        self.tally(count::BIRTHS, 1);
        let clone = self.settle_mother(address, code, mutated);
        let founded = mutated.daughter.map(|new| self.found(clone, there, new));
        let daughter = mutated.daughter.unwrap_or(code);
        pool.clones[there as usize].store(founded.unwrap_or(clone), Relaxed);
        self.settle(there, daughter);
        self.tally_state(daughter, 1);
        self.arrive(there);
    }

    fn migrate(&mut self, address: u32, now: u32) {
        let won = self.won(address, now);
        let code = self.switch_state(address, now);
        let Some(target) = won else {
            self.tally(count::LOST, 1);
            self.settle(address, code);
            return;
        };
        let pool = self.births.pool;
        let there = target + (self.births.record.brick_base << BRICK_SHIFT);
        let clone = pool.clones[address as usize].load(Relaxed);
        pool.clones[there as usize].store(clone, Relaxed);
        self.settle(there, code);
        self.arrive(there);
        self.leave(address);
        self.tally(count::MOVES, 1);
    }

    /// Enters a new clone into the table; its id.
    fn found(&mut self, parent: u32, address: u32, code: u32) -> u32 {
        let births = self.births;
        let (pool, record) = (births.pool, births.record);
        let before =
            *self.rank.get_or_insert_with(|| placement::rank_before(pool, record, rank::FOUNDERS, self.leaf));
        let id = record.clone_count + before + self.founded;
        self.founded += 1;
        self.tally(count::FOUNDERS, 1);
        let entry = ((record.clone_base + id) * CLONE_WORDS) as usize;
        let words = [parent, record.step + 1, births.site(address), code];
        for (word, value) in pool.clone_table[entry..].iter().zip(words) {
            word.store(value, Relaxed);
        }
        id
    }
}

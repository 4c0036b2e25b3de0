//! Write: carries the intents out. Winners place daughters, daughters mutate, the dying become dead, the
//! dead are cleared, movers move. A word without intent is not touched. Twin: `shaders/write.wgsl`.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::births::{Births, Mutated};
use super::decide::set_bits;
use super::placement;
use crate::engine::model::PlacementRule;
use crate::engine::pool::{
    BrickRun, CENSUS_DEAD, CENSUS_HEAD, CLONE_WORDS, NO_SITE, Pool, SiteEvent, count, rank,
};
use crate::tissue::shape::{BRICK_SHIFT, LEAF, LEAF_SHIFT};
use crate::tissue::word;

/// The stage, for a run of bricks: lesion by lesion, or brick by brick where the stripes of the census are looked at one by one.
pub fn write(pool: &Pool, run: &mut BrickRun) {
    let mut events = std::mem::take(&mut run.events);
    for event in events.iter_mut().filter(|event| event.target != NO_SITE) {
        event.ahead = pool.clones[event.address as usize].load(Relaxed);
    }
    let mut rest = &events[..];
    while let Some(first) = rest.first() {
        let births = Births::new(pool, first.brick());
        let is_here = |brick| if run.publishes { brick == first.brick() } else { births.record.holds(brick) };
        let count = rest.iter().take_while(|event| is_here(event.brick())).count();
        let (here, after) = rest.split_at(count);
        if births.record.overflow == 0 {
            run.census.clear();
            run.census.resize(pool.census_stride() as usize, 0);
            let mut writing = Writing { births: &births, run, founded: Founded::default() };
            here.iter().for_each(|event| writing.write_event(event));
            count_in(&births, first.brick(), &run.census);
        }
        rest = after;
    }
    run.events = events;
}

/// Adds the changes of the census to the stripe of a brick.
fn count_in(births: &Births, brick: u32, changes: &[u32]) {
    let pool = births.pool;
    let stripe = births.record.stripe(brick, pool.census_stride());
    for (word, change) in pool.census[stripe as usize..].iter().zip(changes).filter(|(_, c)| **c != 0) {
        word.fetch_add(*change, Relaxed);
    }
}

/// The events of one lesion, in site order.
struct Writing<'a> {
    births: &'a Births<'a>,
    run: &'a mut BrickRun,
    founded: Founded,
}

/// Clones that a leaf has founded so far.
#[derive(Default)]
struct Founded {
    leaf: Option<u32>,
    /// Clones founded before the leaf.
    rank: u32,
    count: u32,
}

impl Writing<'_> {
    #[inline(always)]
    fn write_event(&mut self, event: &SiteEvent) {
        let (address, now) = (event.address, event.word);
        match word::action(now) {
            word::CLEAR => self.clear(address),
            word::DIE => self.die(address, now, count::DEATHS),
            word::KILLED => self.die(address, now, count::KILLS),
            word::REPLACE => self.replace(event),
            word::DIVIDE => self.divide(event),
            word::MIGRATE => self.migrate(event),
            action => {
                if action == word::BLOCKED {
                    self.tally(count::BLOCKED, 1);
                }
                let code = self.switch_state(address, now);
                self.stay(event, code);
            }
        }
    }

    #[inline(always)]
    fn mutate_in(&self, event: &SiteEvent, code: u32, placed: bool) -> Mutated {
        if event.founds { self.births.mutate(event.address, code, placed) } else { Mutated::default() }
    }

    /// Adds to a word of the census stripe.
    #[inline(always)]
    fn tally(&mut self, index: u32, amount: u32) {
        let word = &mut self.run.census[index as usize];
        *word = word.wrapping_add(amount);
    }

    /// Adds to the live count of a state.
    #[inline(always)]
    fn tally_state(&mut self, code: u32, amount: u32) {
        self.tally(CENSUS_HEAD + self.births.pool.tables.row_of[code as usize], amount);
    }

    #[inline(always)]
    fn settle(&self, address: u32, code: u32) {
        self.births.pool.sites[address as usize].store(word::live(code), Relaxed);
    }

    /// A cell stays where it is, as what it is now.
    #[inline(always)]
    fn stay(&self, event: &SiteEvent, code: u32) {
        if self.run.publishes || code != word::code(event.word) {
            self.settle(event.address, code);
        }
    }

    /// The state after the switching move, which is counted.
    #[inline(always)]
    fn switch_state(&mut self, address: u32, now: u32) -> u32 {
        if word::moved(now) == 0 {
            return word::code(now);
        }
        let code = self.births.switched(address, now);
        self.tally(count::SWITCHES, 1);
        self.tally_state(word::code(now), 1u32.wrapping_neg());
        self.tally_state(code, 1);
        code
    }

    /// A live cell has come to an address.
    #[inline(always)]
    fn arrive(&mut self, address: u32) {
        if self.run.owns(address) {
            arrive(self.births.pool, address);
        } else {
            self.run.beyond.push((address, 0));
        }
    }

    /// The cell at an address is gone.
    #[inline(always)]
    fn leave(&self, address: u32) {
        let pool = self.births.pool;
        let (live, full, bit) = occupancy(pool, address);
        clear_bits(live, bit);
        clear_bits(full, bit);
        pool.sites[address as usize].store(word::EMPTY, Relaxed);
        pool.clones[address as usize].store(0, Relaxed);
        let cells = pool.brick_cells(address >> BRICK_SHIFT);
        let left = cells.load(Relaxed) - 1;
        cells.store(left, Relaxed);
        if left == 0 {
            pool.dirty.store(1, Relaxed);
        }
    }

    #[inline(always)]
    fn clear(&mut self, address: u32) {
        self.leave(address);
        self.tally(CENSUS_DEAD, 1u32.wrapping_neg());
        self.tally(count::CLEARED, 1);
    }

    #[inline(always)]
    fn die(&mut self, address: u32, now: u32, reason: u32) {
        let pool = self.births.pool;
        self.tally(reason, 1);
        self.tally_state(word::code(now), 1u32.wrapping_neg());
        if pool.tables.immediate_clearance {
            self.leave(address);
        } else {
            let (live, _, bit) = occupancy(pool, address);
            clear_bits(live, bit);
            pool.sites[address as usize].store(word::dead(word::code(now)), Relaxed);
            self.tally(CENSUS_DEAD, 1);
        }
    }

    fn replace(&mut self, event: &SiteEvent) {
        let code = self.switch_state(event.address, event.word);
        let mutated = self.mutate_in(event, code, false);
        self.tally(count::BIRTHS, 1);
        let clone = if mutated.mother.is_some() {
            self.births.pool.clones[event.address as usize].load(Relaxed)
        } else {
            0
        };
        self.settle_mother(event, clone, code, mutated);
    }

    /// The mother's site after a birth; she came from `clone`.
    #[inline(always)]
    fn settle_mother(&mut self, event: &SiteEvent, clone: u32, code: u32, mutated: Mutated) {
        if let Some(new) = mutated.mother {
            let founded = self.found(clone, event, event.address, new);
            self.births.pool.clones[event.address as usize].store(founded, Relaxed);
            self.tally_state(code, 1u32.wrapping_neg());
            self.tally_state(new, 1);
        }
        self.stay(event, mutated.mother.unwrap_or(code));
    }

    #[inline(always)]
    fn divide(&mut self, event: &SiteEvent) {
        let code = self.switch_state(event.address, event.word);
        if event.target == NO_SITE {
            let mixed = self.births.pool.model.placement == PlacementRule::Mixed;
            self.tally(if mixed { count::BLOCKED } else { count::LOST }, 1);
            self.stay(event, code);
            return;
        }
        let (pool, there) = (self.births.pool, event.target);
        let mutated = self.mutate_in(event, code, true);
        self.tally(count::BIRTHS, 1);
        let clone = event.ahead;
        self.settle_mother(event, clone, code, mutated);
        let founded = mutated.daughter.map(|new| self.found(clone, event, there, new));
        let daughter = mutated.daughter.unwrap_or(code);
        pool.clones[there as usize].store(founded.unwrap_or(clone), Relaxed);
        self.settle(there, daughter);
        self.tally_state(daughter, 1);
        self.arrive(there);
    }

    #[inline(always)]
    fn migrate(&mut self, event: &SiteEvent) {
        let (address, there) = (event.address, event.target);
        let code = self.switch_state(address, event.word);
        if there == NO_SITE {
            self.tally(count::LOST, 1);
            self.stay(event, code);
            return;
        }
        self.births.pool.clones[there as usize].store(event.ahead, Relaxed);
        self.settle(there, code);
        self.arrive(there);
        self.leave(address);
        self.tally(count::MOVES, 1);
    }

    /// Enters a new clone into the table; its id.
    #[cold]
    fn found(&mut self, parent: u32, event: &SiteEvent, address: u32, code: u32) -> u32 {
        let births = self.births;
        let (pool, record, leaf) = (births.pool, births.record, event.leaf());
        if self.founded.leaf != Some(leaf) {
            let rank = placement::rank_before(pool, record, rank::FOUNDERS, leaf);
            self.founded = Founded { leaf: Some(leaf), rank, count: 0 };
        }
        let id = record.clone_count + self.founded.rank + self.founded.count;
        self.founded.count += 1;
        self.tally(count::FOUNDERS, 1);
        let entry = ((record.clone_base + id) * CLONE_WORDS) as usize;
        let words = [parent, record.step + 1, births.site(address), code];
        for (word, value) in pool.clone_table[entry..].iter().zip(words) {
            word.store(value, Relaxed);
        }
        id
    }
}

/// The occupancy words of an address (live, not empty), and its bit.
#[inline(always)]
fn occupancy(pool: &Pool, address: u32) -> (&AtomicU32, &AtomicU32, u32) {
    let words = &pool.occupancy[2 * (address >> LEAF_SHIFT) as usize..][..2];
    (&words[0], &words[1], 1 << (address & (LEAF - 1)))
}

/// Clears bits of a word that no other thread changes.
#[inline(always)]
fn clear_bits(word: &AtomicU32, bits: u32) {
    word.store(word.load(Relaxed) & !bits, Relaxed);
}

/// A live cell has come to an address of a brick that no other thread changes.
#[inline(always)]
pub fn arrive(pool: &Pool, address: u32) {
    let (live, full, bit) = occupancy(pool, address);
    set_bits(live, bit);
    set_bits(full, bit);
    let cells = pool.brick_cells(address >> BRICK_SHIFT);
    let before = cells.load(Relaxed);
    cells.store(before + 1, Relaxed);
    if before == 0 {
        pool.dirty.store(1, Relaxed);
    }
}

//! Decide: what every cell of a run of bricks is about to do, on the state at the step's start.
//!
//! Reads words and emptiness, lists what happens, and stores claims in empty sites. Divisions without room are counted here where nobody
//! looks at the arrays in between. Twin: `shaders/decide.wgsl`, leaf by leaf, with intents in the cells' own words; here the sites come
//! from a filter (`filter.rs`).

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::environment;
use super::filter::Filter;
use super::placement::{self, Vicinity};
use crate::engine::model::{PERFUSION_SHIFT, PlacementRule};
use crate::engine::pool::{BrickRun, LesionRecord, NO_SITE, Pool, SiteEvent, SiteHit, count};
use crate::engine::tables::{RateRow, TableHead};
use crate::tissue::fixed::Threshold;
use crate::tissue::key;
use crate::tissue::random::{Draws, Purpose};
use crate::tissue::shape::{BRICK_LEAVES, BRICK_SHIFT, LEAF, VOXEL_SHIFT};
use crate::tissue::word;

/// What the sites of one brick share.
pub struct BrickView<'a> {
    pool: &'a Pool,
    record: &'a LesionRecord,
    draws: Draws,
    table: u32,
    head: &'a TableHead,
    around: Vicinity<'a>,
    /// Divisions that found no room and change nothing else: no stage after this one hears of them.
    blocked: u32,
}

impl<'a> BrickView<'a> {
    fn new(pool: &'a Pool, brick: u32) -> Self {
        let record = pool.record_of(brick);
        let draws = Draws::new(pool.model.seed, record.id, record.step);
        let (table, around) = (record.table(), Vicinity::new(pool, record, brick));
        Self { pool, record, draws, table, head: &pool.tables.heads[table as usize], around, blocked: 0 }
    }

    /// The same of another brick.
    #[inline(always)]
    fn enter(&mut self, brick: u32) {
        if self.record.holds(brick) {
            self.around.enter(brick);
        } else {
            self.count_blocked();
            *self = Self::new(self.pool, brick);
        }
    }

    /// Adds the blocked divisions to a stripe of the census.
    fn count_blocked(&self) {
        let stripe = self.record.stripe(self.record.brick_base, self.pool.census_stride());
        self.pool.census[(stripe + count::BLOCKED) as usize].fetch_add(self.blocked, Relaxed);
    }
}

/// The stage, for a run of bricks.
///
/// The words of the sites that the filter lets through are read in one sweep, so that the waits for memory overlap.
#[inline(always)]
pub fn decide(pool: &Pool, bricks: &[u32], run: &mut BrickRun) {
    let mut filter = Filter::new();
    let mut hits = std::mem::take(&mut run.hits);
    hits.clear();
    run.events.clear();
    for brick in bricks {
        begin(pool, *brick);
    }
    filter.hits(pool, bricks, &mut hits);
    for hit in &mut hits {
        hit.now = pool.sites[hit.address as usize].load(Relaxed);
    }
    decide_hits(pool, &hits, run);
    run.hits = hits;
    claim_own(pool, run);
    if run.publishes {
        publish(pool, &run.events);
    }
}

/// Posts the claims on the run's own sites, in one sweep; those on others stay.
#[inline(always)]
fn claim_own(pool: &Pool, run: &mut BrickRun) {
    let mut kept = 0;
    for i in 0..run.beyond.len() {
        let (address, claim) = run.beyond[i];
        if run.owns(address) {
            raise(pool, address, claim);
        } else {
            run.beyond[kept] = (address, claim);
            kept += 1;
        }
    }
    run.beyond.truncate(kept);
}

/// Sets a brick's counts to those of this step, and clears the events of the one before.
#[inline(always)]
fn begin(pool: &Pool, brick: u32) {
    pool.brick_stamp(brick).store(pool.record_of(brick).step, Relaxed);
    pool.brick_counts(brick).store(0, Relaxed);
    let eventful = &pool.eventful[brick as usize];
    let mut leaves = eventful.load(Relaxed);
    if leaves != 0 {
        eventful.store(0, Relaxed);
    }
    while leaves != 0 {
        pool.events(brick * BRICK_LEAVES + leaves.trailing_zeros()).store(0, Relaxed);
        leaves &= leaves - 1;
    }
}

#[inline(always)]
fn decide_hits(pool: &Pool, hits: &[SiteHit], run: &mut BrickRun) {
    let Some(first) = hits.first() else {
        return;
    };
    let mut brick = first.address >> BRICK_SHIFT;
    let mut view = BrickView::new(pool, brick);
    let is_crowded = |at: usize, brick: u32| {
        hits.get(at + placement::ROWS_FROM).is_some_and(|hit| hit.address >> BRICK_SHIFT == brick)
    };
    if is_crowded(0, brick) {
        view.around.make_rows();
    }
    for (at, hit) in hits.iter().enumerate() {
        if hit.address >> BRICK_SHIFT != brick {
            brick = hit.address >> BRICK_SHIFT;
            view.enter(brick);
            if is_crowded(at, brick) {
                view.around.make_rows();
            }
        }
        let Some((word, target)) = decide_site(&view, run, hit) else {
            continue;
        };
        if run.publishes || word::action(word) != word::BLOCKED || word::moved(word) != 0 {
            run.events.push(SiteEvent { address: hit.address, word, target, ahead: 0, founds: false });
        } else {
            view.blocked += 1;
        }
    }
    view.count_blocked();
}

/// Puts the intents into the sites' words and the bits of the events into the leaves'.
#[inline(always)]
fn publish(pool: &Pool, events: &[SiteEvent]) {
    for event in events {
        pool.sites[event.address as usize].store(event.word, Relaxed);
        mark_event(pool, event);
    }
}

/// Puts the bit of an event into its leaf's word.
#[inline(always)]
pub fn mark_event(pool: &Pool, event: &SiteEvent) {
    let leaf = event.leaf();
    set_bits(pool.events(leaf), 1 << (event.address & (LEAF - 1)));
    set_bits(&pool.eventful[event.brick() as usize], 1 << (leaf % BRICK_LEAVES));
}

/// Sets bits of a word that no other thread changes.
#[inline(always)]
pub fn set_bits(word: &AtomicU32, bits: u32) {
    word.store(word.load(Relaxed) | bits, Relaxed);
}

/// The word with its intent and the address that it claims, or `None` if nothing happens.
#[inline(always)]
fn decide_site(view: &BrickView, run: &mut BrickRun, hit: &SiteHit) -> Option<(u32, u32)> {
    let site = hit.address - (view.record.brick_base << BRICK_SHIFT);
    let now = word::settled(hit.now);
    if word::is_dead(now) {
        let clears = draw_is_below(view.head.clear, hit.fate, || view.low(site, Purpose::FateLow));
        return clears.then(|| (word::with_intent(now, word::CLEAR, 0, 0), NO_SITE));
    }
    if !word::is_live(now) {
        return None;
    }
    let row = row(view.pool, view.table, hit.address, word::code(now));
    let deed = act(view, run, row, site, hit.fate);
    let moved = if deed.action == word::DIE { 0 } else { switching(view, row, site, hit.switch) };
    let happens = deed.action != word::REST || moved != 0;
    happens.then(|| (word::with_intent(now, deed.action, deed.choice, moved), deed.target))
}

impl BrickView<'_> {
    #[cold]
    fn low(&self, site: u32, purpose: Purpose) -> u32 {
        self.draws.block(site, purpose, 0)[0]
    }
}

/// Compares with the high word, and draws the low word only on equality.
#[inline(always)]
fn draw_is_below(threshold: Threshold, hi: u32, low: impl FnOnce() -> u32) -> bool {
    hi < threshold.hi || (hi == threshold.hi && threshold.is_below(hi, low()))
}

/// The row of a state at an address under a table.
#[inline(always)]
pub fn row(pool: &Pool, table: u32, address: u32, code: u32) -> &RateRow {
    let tables = &pool.tables;
    let (mut class, mut perfused) = (0, 0);
    if let Some(rule) = &pool.model.oxygen {
        let voxel = address >> VOXEL_SHIFT;
        let value = pool.field(environment::plane::OXYGEN, voxel) >> 16;
        class = tables.block_of[(value >> tables.bin_shift) as usize];
        if rule.vessels.is_some() {
            let inputs = &pool.record_of(address >> BRICK_SHIFT).inputs;
            perfused = environment::perfusion(pool, inputs, voxel) >> PERFUSION_SHIFT;
        }
    }
    &tables.rows[tables.row_index(table, class, perfused, code)]
}

/// What a live cell does, with the choice that is stored and the address that it claims.
struct Act {
    action: u32,
    choice: u32,
    target: u32,
}

impl Act {
    const fn only(action: u32) -> Self {
        Self { action, choice: 0, target: NO_SITE }
    }
}

/// The action that a live cell's fate draw means, with the site chosen for it.
#[inline(always)]
fn act(view: &BrickView, run: &mut BrickRun, row: &RateRow, site: u32, fate: u32) -> Act {
    let low = || view.low(site, Purpose::FateLow);
    if draw_is_below(row.die, fate, low) {
        Act::only(word::DIE)
    } else if draw_is_below(row.divide, fate, low) {
        divide(view, run, row, site)
    } else if draw_is_below(row.migrate, fate, low) {
        migrate(view, run, site)
    } else {
        Act::only(word::REST)
    }
}

#[inline(always)]
fn divide(view: &BrickView, run: &mut BrickRun, row: &RateRow, site: u32) -> Act {
    let mut draw = [u32::MAX; 4];
    if row.replace != Threshold::NEVER || row.kill != Threshold::NEVER {
        draw = view.draws.block(site, Purpose::Division, 0);
    }
    let killed = row.kill.is_below(draw[2], draw[3]);
    if row.replace.is_below(draw[0], draw[1]) {
        return Act::only(if killed { word::KILLED } else { word::REPLACE });
    }
    if view.pool.model.placement == PlacementRule::Mixed {
        return Act::only(if killed { word::KILLED } else { word::DIVIDE });
    }
    match placement::search(&view.around, &view.draws, site) {
        None => Act::only(word::BLOCKED),
        Some(_) if killed => Act::only(word::KILLED),
        Some((choice, target)) => {
            let target = post(view, run, site, target);
            Act { action: word::DIVIDE, choice, target }
        }
    }
}

#[inline(always)]
fn migrate(view: &BrickView, run: &mut BrickRun, site: u32) -> Act {
    match placement::search(&view.around, &view.draws, site) {
        None => Act::only(word::REST),
        Some((choice, target)) => {
            let target = post(view, run, site, target);
            Act { action: word::MIGRATE, choice, target }
        }
    }
}

/// Posts a claim; the smallest key wins. Returns the address that is claimed.
#[inline(always)]
fn post(view: &BrickView, run: &mut BrickRun, site: u32, target: u32) -> u32 {
    let address = target + (view.record.brick_base << BRICK_SHIFT);
    run.beyond.push((address, key::claim(site, view.record.salt)));
    address
}

/// Leaves the larger of two claims in a word that no other thread changes.
#[inline(always)]
pub fn raise(pool: &Pool, address: u32, claim: u32) {
    let word = &pool.sites[address as usize];
    word.store(word.load(Relaxed).max(claim), Relaxed);
}

/// The switching move of a live cell: 0 for none, else one more than its index.
#[inline(always)]
fn switching(view: &BrickView, row: &RateRow, site: u32, switch: u32) -> u32 {
    let (first, number) = row.switches;
    if number == 0 {
        return 0;
    }
    let outcomes = &view.pool.tables.outcomes[first as usize..][..number as usize];
    if switch > outcomes[outcomes.len() - 1].hi {
        return 0;
    }
    let low = || view.low(site, Purpose::SwitchLow);
    outcomes.iter().position(|o| draw_is_below(o.below(), switch, low)).map_or(0, |i| i as u32 + 1)
}

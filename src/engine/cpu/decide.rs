//! Decide: what every cell of a brick is about to do, on the state at the step's start.
//!
//! Reads words and emptiness, stores intents in the cells' own words and claims in empty sites. Nothing
//! else changes, so the stage can be repeated. Twin: `shaders/decide.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use super::placement;
use crate::engine::model::PlacementRule;
use crate::engine::pool::{LesionRecord, Pool};
use crate::engine::tables::{RateRow, TableHead};
use crate::tissue::fixed::Threshold;
use crate::tissue::key;
use crate::tissue::random::{Draws, Purpose, shared_words};
use crate::tissue::shape::{BRICK_SHIFT, BRICK_VOXELS, VOXEL_SHIFT};
use crate::tissue::word;

/// What the sites of one brick share.
pub struct Brick<'a> {
    pool: &'a Pool,
    record: &'a LesionRecord,
    draws: Draws,
    salt: [u32; 4],
    table: u32,
    head: TableHead,
}

impl<'a> Brick<'a> {
    fn new(pool: &'a Pool, brick: u32) -> Self {
        let record = pool.record_of(brick);
        let draws = Draws::new(pool.model.seed, record.id, record.step);
        let table = record.table_base + record.control.table;
        let head = pool.model.tables.heads[table as usize];
        Self { pool, record, draws, salt: key::salt(&draws), table, head }
    }
}

/// Random blocks of a voxel.
const VOXEL_BLOCKS: usize = 16;
/// Random blocks of a brick.
const BRICK_BLOCKS: usize = VOXEL_BLOCKS * BRICK_VOXELS as usize;

/// Shared random words of a brick, see [`shared_words`].
type Words = [[u32; BRICK_BLOCKS]; 4];

/// The stage, for one brick.
///
/// Four sites share a random block, and a word above the table's reject word cannot be an event in any
/// state, so most sites cost a quarter of a block and a comparison, and their words are not read.
#[inline(always)]
pub fn decide(pool: &Pool, brick: u32) {
    let context = Brick::new(pool, brick);
    pool.brick_stamp(brick).store(context.record.step, Relaxed);
    pool.brick_counts(brick).store(0, Relaxed);
    let first = brick * BRICK_VOXELS;
    let wide = |low: u32, high: u32| u64::from(low) | (u64::from(high) << 32);
    let mut live = [0; BRICK_VOXELS as usize];
    let mut dead = [0; BRICK_VOXELS as usize];
    for v in 0..BRICK_VOXELS {
        let leaf = 2 * (first + v);
        live[v as usize] = wide(pool.live(leaf), pool.live(leaf + 1));
        dead[v as usize] = wide(pool.full(leaf), pool.full(leaf + 1)) & !live[v as usize];
    }
    let (mut fates, mut switches) = ([[0; BRICK_BLOCKS]; 4], [[0; BRICK_BLOCKS]; 4]);
    draw(&context, brick, Purpose::Fate, &mut fates, |v| live[v] | dead[v] != 0);
    if context.head.switches {
        draw(&context, brick, Purpose::Switch, &mut switches, |v| live[v] != 0);
    }
    for v in 0..BRICK_VOXELS as usize {
        let mut hits = 0;
        if live[v] != 0 {
            hits |= below(&fates, v, context.head.fate_reject) & live[v];
            if context.head.switches {
                hits |= below(&switches, v, context.head.switch_reject) & live[v];
            }
        }
        if dead[v] != 0 {
            hits |= below(&fates, v, context.head.clear.hi) & dead[v];
        }
        let voxel = first + v as u32;
        let events = decide_voxel(&context, voxel, hits, &fates, &switches);
        pool.events(2 * voxel).store(events as u32, Relaxed);
        pool.events(2 * voxel + 1).store((events >> 32) as u32, Relaxed);
    }
}

/// Draws the shared words of the voxels that are wanted, a run of them at a time.
#[inline(always)]
fn draw(context: &Brick, brick: u32, purpose: Purpose, words: &mut Words, wanted: impl Fn(usize) -> bool) {
    let block = ((brick - context.record.brick_base) << BRICK_SHIFT) >> 2;
    let mut v = 0;
    while v < BRICK_VOXELS as usize {
        let from = v;
        while v < BRICK_VOXELS as usize && wanted(v) {
            v += 1;
        }
        let run = from * VOXEL_BLOCKS..v * VOXEL_BLOCKS;
        if !run.is_empty() {
            let slices = words.each_mut().map(|w| &mut w[run.clone()]);
            shared_words(&context.draws, block + run.start as u32, purpose, slices);
        }
        v += 1;
    }
}

/// The sites of a voxel whose word is at most `reject`.
#[inline(always)]
fn below(words: &Words, voxel: usize, reject: u32) -> u64 {
    let mut bits = 0;
    for i in 0..VOXEL_BLOCKS {
        let block = voxel * VOXEL_BLOCKS + i;
        let hits = u64::from(words[0][block] <= reject)
            | (u64::from(words[1][block] <= reject) << 1)
            | (u64::from(words[2][block] <= reject) << 2)
            | (u64::from(words[3][block] <= reject) << 3);
        bits |= hits << (4 * i);
    }
    bits
}

/// The hits of one voxel; the result has a bit set for every site where something happens.
#[inline(always)]
fn decide_voxel(context: &Brick, voxel: u32, mut hits: u64, fates: &Words, switches: &Words) -> u64 {
    let mut events = 0;
    while hits != 0 {
        let bit = hits.trailing_zeros();
        hits &= hits - 1;
        let address = (voxel << VOXEL_SHIFT) + bit;
        let (w, i) = ((bit & 3) as usize, ((address >> 2) as usize) % BRICK_BLOCKS);
        let happens = decide_site(context, address, fates[w][i], switches[w][i]);
        events |= u64::from(happens) << bit;
    }
    events
}

/// One site; returns whether something happens there.
#[inline(never)]
fn decide_site(context: &Brick, address: u32, fate: u32, switch: u32) -> bool {
    let site = address - (context.record.brick_base << BRICK_SHIFT);
    let here = &context.pool.sites[address as usize];
    let now = word::settled(here.load(Relaxed));
    if word::is_dead(now) {
        let clears = exceeds(context.head.clear, fate, || context.low(site, Purpose::FateLow));
        if clears {
            here.store(word::with_intent(now, word::CLEAR, 0, 0), Relaxed);
        }
        return clears;
    }
    if !word::is_live(now) {
        return false;
    }
    let row = *row(context.pool, context.table, address, word::code(now));
    let (action, choice) = act(context, &row, site, fate);
    let moved = if action == word::DIE { 0 } else { switching(context, &row, site, switch) };
    if action == word::REST && moved == 0 {
        return false;
    }
    here.store(word::with_intent(now, action, choice, moved), Relaxed);
    true
}

impl Brick<'_> {
    fn low(&self, site: u32, purpose: Purpose) -> u32 {
        self.draws.block(site, purpose, 0)[0]
    }
}

/// Compares with the high word, and draws the low word only on equality.
fn exceeds(threshold: Threshold, hi: u32, low: impl FnOnce() -> u32) -> bool {
    hi <= threshold.hi && threshold.exceeds(hi, if hi == threshold.hi { low() } else { 0 })
}

/// The row of a state at an address under a table.
pub fn row(pool: &Pool, table: u32, address: u32, code: u32) -> &RateRow {
    let tables = &pool.model.tables;
    let block = match pool.model.oxygen {
        None => 0,
        Some(_) => {
            let value = pool.oxygen[(address >> VOXEL_SHIFT) as usize].load(Relaxed) >> 16;
            tables.block_of[(value >> tables.bin_shift) as usize]
        }
    };
    &tables.rows[tables.row_index(table, block, code)]
}

/// The action that a live cell's fate draw means, with the site chosen for it.
fn act(context: &Brick, row: &RateRow, site: u32, fate: u32) -> (u32, u32) {
    let low = || context.low(site, Purpose::FateLow);
    if exceeds(row.die, fate, low) {
        (word::DIE, 0)
    } else if exceeds(row.divide, fate, low) {
        divide(context, row, site)
    } else if exceeds(row.migrate, fate, low) {
        migrate(context, site)
    } else {
        (word::REST, 0)
    }
}

fn divide(context: &Brick, row: &RateRow, site: u32) -> (u32, u32) {
    let mut draw = [u32::MAX; 4];
    if row.replace != Threshold::NEVER || row.kill != Threshold::NEVER {
        draw = context.draws.block(site, Purpose::Division, 0);
    }
    let killed = row.kill.exceeds(draw[2], draw[3]);
    if row.replace.exceeds(draw[0], draw[1]) {
        return if killed { (word::KILLED, 0) } else { (word::REPLACE, 0) };
    }
    if context.pool.model.placement == PlacementRule::Mixed {
        return if killed { (word::KILLED, 0) } else { (word::DIVIDE, 0) };
    }
    match placement::search(context.pool, context.record, &context.draws, site) {
        None => (word::BLOCKED, 0),
        Some(_) if killed => (word::KILLED, 0),
        Some((choice, target)) => {
            post(context, site, target);
            (word::DIVIDE, choice)
        }
    }
}

fn migrate(context: &Brick, site: u32) -> (u32, u32) {
    match placement::search(context.pool, context.record, &context.draws, site) {
        None => (word::REST, 0),
        Some((choice, target)) => {
            post(context, site, target);
            (word::MIGRATE, choice)
        }
    }
}

/// Posts a claim; the smallest key wins.
fn post(context: &Brick, site: u32, target: u32) {
    let address = target + (context.record.brick_base << BRICK_SHIFT);
    context.pool.sites[address as usize].fetch_max(key::claim(site, context.salt), Relaxed);
}

/// The switching move of a live cell: 0 for none, else one more than its index.
fn switching(context: &Brick, row: &RateRow, site: u32, switch: u32) -> u32 {
    let (first, number) = row.switches;
    if number == 0 {
        return 0;
    }
    let outcomes = &context.pool.model.tables.outcomes[first as usize..][..number as usize];
    if switch > outcomes[outcomes.len() - 1].hi {
        return 0;
    }
    let low = || context.low(site, Purpose::SwitchLow);
    outcomes.iter().position(|o| exceeds(o.below(), switch, low)).map_or(0, |i| i as u32 + 1)
}

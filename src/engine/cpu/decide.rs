//! Decide: what every cell of a brick is about to do, on the state at the step's start.
//!
//! Reads words and emptiness, stores intents in the cells' own words and claims in empty sites. Nothing
//! else changes, so the stage can be repeated. Twin: `shaders/decide.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use super::environment;
use super::placement;
use crate::engine::model::{PERFUSION_SHIFT, PlacementRule};
use crate::engine::pool::{LesionRecord, Pool};
use crate::engine::tables::{RateRow, TableHead};
use crate::tissue::fixed::Threshold;
use crate::tissue::key;
use crate::tissue::random::{Draws, Purpose, shared_words};
use crate::tissue::shape::{BRICK_SHIFT, BRICK_VOXELS, LEAF, LEAF_SHIFT, VOXEL_SHIFT};
use crate::tissue::word;

/// What the sites of one brick share.
pub struct BrickView<'a> {
    pool: &'a Pool,
    record: &'a LesionRecord,
    draws: Draws,
    table: u32,
    head: &'a TableHead,
}

impl<'a> BrickView<'a> {
    fn new(pool: &'a Pool, brick: u32) -> Self {
        let record = pool.record_of(brick);
        let draws = Draws::new(pool.model.seed, record.id, record.step);
        let table = record.table();
        Self { pool, record, draws, table, head: &pool.tables.heads[table as usize] }
    }
}

/// Random blocks of a voxel.
const VOXEL_BLOCKS: usize = 16;
/// Random blocks of a brick.
const BRICK_BLOCKS: usize = VOXEL_BLOCKS * BRICK_VOXELS as usize;

/// Shared random words of a brick, see [`shared_words`].
type Words = [[u32; BRICK_BLOCKS]; 4];

/// A site whose random words are low enough for an event in some state.
struct CellDraw {
    address: u32,
    fate: u32,
    switch: u32,
    now: u32,
}

/// The stage, for a run of bricks.
///
/// Four sites share a random block, and a word above the table's reject word cannot be an event in any
/// state, so most sites cost a quarter of a block and a comparison, and their words are not read. The words
/// of the others are read in one sweep, so that the waits for memory overlap.
#[inline(always)]
pub fn decide(pool: &Pool, bricks: &[u32]) {
    let mut hits = Vec::with_capacity(8 * bricks.len());
    let (mut fates, mut switches) = ([[0; BRICK_BLOCKS]; 4], [[0; BRICK_BLOCKS]; 4]);
    for brick in bricks {
        collect(pool, *brick, &mut fates, &mut switches, &mut hits);
    }
    for hit in &mut hits {
        hit.now = pool.sites[hit.address as usize].load(Relaxed);
    }
    for hit in &hits {
        decide_hit(pool, hit);
    }
}

/// Finds the hits of one brick, and clears its events.
#[inline(always)]
fn collect(pool: &Pool, brick: u32, fates: &mut Words, switches: &mut Words, hits: &mut Vec<CellDraw>) {
    let context = BrickView::new(pool, brick);
    let head = context.head;
    pool.brick_stamp(brick).store(context.record.step, Relaxed);
    pool.brick_counts(brick).store(0, Relaxed);
    let (mut live, mut dead) = ([0; BRICK_VOXELS as usize], [0; BRICK_VOXELS as usize]);
    for v in 0..BRICK_VOXELS {
        let leaf = 2 * (brick * BRICK_VOXELS + v);
        live[v as usize] = wide(pool.live(leaf), pool.live(leaf + 1));
        dead[v as usize] = wide(pool.full(leaf), pool.full(leaf + 1)) & !live[v as usize];
        pool.events(leaf).store(0, Relaxed);
        pool.events(leaf + 1).store(0, Relaxed);
    }
    draw(&context, brick, Purpose::Fate, fates, |v| live[v] | dead[v] != 0);
    let fate_marks = mark(fates, head.fate_reject, head.clear.hi);
    let mut switch_marks = [0; BRICK_BLOCKS];
    if head.switches {
        draw(&context, brick, Purpose::Switch, switches, |v| live[v] != 0);
        switch_marks = mark(switches, head.switch_reject, 0);
    }
    for v in 0..BRICK_VOXELS as usize {
        let blocks = v * VOXEL_BLOCKS..(v + 1) * VOXEL_BLOCKS;
        let (low, high) = gather(&fate_marks[blocks.clone()]);
        let mut hit = (low & live[v]) | (high & dead[v]);
        if head.switches {
            hit |= gather(&switch_marks[blocks]).0 & live[v];
        }
        let first = (brick * BRICK_VOXELS + v as u32) << VOXEL_SHIFT;
        while hit != 0 {
            let address = first + hit.trailing_zeros();
            hit &= hit - 1;
            let (w, i) = ((address & 3) as usize, ((address >> 2) as usize) % BRICK_BLOCKS);
            hits.push(CellDraw { address, fate: fates[w][i], switch: switches[w][i], now: 0 });
        }
    }
}

#[inline(always)]
const fn wide(low: u32, high: u32) -> u64 {
    low as u64 | ((high as u64) << 32)
}

/// Draws the shared words of the voxels that are wanted, a run of them at a time.
#[inline(always)]
fn draw(
    context: &BrickView,
    brick: u32,
    purpose: Purpose,
    words: &mut Words,
    wanted: impl Fn(usize) -> bool,
) {
    let block = ((brick - context.record.brick_base) << BRICK_SHIFT) >> 2;
    let mut v = 0;
    while v < BRICK_VOXELS as usize {
        let from = v;
        while v < BRICK_VOXELS as usize && wanted(v) {
            v += 1;
        }
        let run = from * VOXEL_BLOCKS..v * VOXEL_BLOCKS;
        if !run.is_empty() {
            let [a, b, c, d] = words;
            let slices = [&mut a[run.clone()], &mut b[run.clone()], &mut c[run.clone()], &mut d[run.clone()]];
            shared_words(&context.draws, block + run.start as u32, purpose, slices);
        }
        v += 1;
    }
}

/// Per block, bit `w` where its word `w` is at most `low`, bit `4 + w` where it is at most `high`.
#[inline(always)]
fn mark(words: &Words, low: u32, high: u32) -> [u8; BRICK_BLOCKS] {
    let mut marks = [0u8; BRICK_BLOCKS];
    for (i, mark) in marks.iter_mut().enumerate() {
        let [a, b, c, d] = [words[0][i], words[1][i], words[2][i], words[3][i]];
        let bits = u32::from(a <= low)
            | (u32::from(b <= low) << 1)
            | (u32::from(c <= low) << 2)
            | (u32::from(d <= low) << 3)
            | (u32::from(a <= high) << 4)
            | (u32::from(b <= high) << 5)
            | (u32::from(c <= high) << 6)
            | (u32::from(d <= high) << 7);
        *mark = bits as u8;
    }
    marks
}

/// The low and the high halves of sixteen bytes, as 64 bits each.
#[inline(always)]
fn gather(marks: &[u8]) -> (u64, u64) {
    let mut halves = [(0, 0); 2];
    for (half, bytes) in halves.iter_mut().zip(marks.chunks_exact(8)) {
        let bytes = bytes.iter().rev().fold(0u64, |all, b| (all << 8) | u64::from(*b));
        *half = (squeeze(bytes), squeeze(bytes >> 4));
    }
    (wide(halves[0].0, halves[1].0), wide(halves[0].1, halves[1].1))
}

/// The low four bits of eight bytes, side by side.
#[inline(always)]
const fn squeeze(bytes: u64) -> u32 {
    let x = bytes & 0x0f0f_0f0f_0f0f_0f0f;
    let x = (x | (x >> 4)) & 0x00ff_00ff_00ff_00ff;
    let x = (x | (x >> 8)) & 0x0000_ffff_0000_ffff;
    (x | (x >> 16)) as u32
}

/// One site: what happens there, if anything, goes into its word, and its bit into the leaf's events.
fn decide_hit(pool: &Pool, hit: &CellDraw) {
    let context = BrickView::new(pool, hit.address >> BRICK_SHIFT);
    if let Some(intent) = decide_site(&context, hit) {
        pool.sites[hit.address as usize].store(intent, Relaxed);
        let events = pool.events(hit.address >> LEAF_SHIFT);
        events.store(events.load(Relaxed) | (1 << (hit.address & (LEAF - 1))), Relaxed);
    }
}

/// The word with its intent, or `None` if nothing happens.
fn decide_site(context: &BrickView, hit: &CellDraw) -> Option<u32> {
    let site = hit.address - (context.record.brick_base << BRICK_SHIFT);
    let now = word::settled(hit.now);
    if word::is_dead(now) {
        let clears = draw_is_below(context.head.clear, hit.fate, || context.low(site, Purpose::FateLow));
        return clears.then(|| word::with_intent(now, word::CLEAR, 0, 0));
    }
    if !word::is_live(now) {
        return None;
    }
    let row = row(context.pool, context.table, hit.address, word::code(now));
    let (action, choice) = act(context, row, site, hit.fate);
    let moved = if action == word::DIE { 0 } else { switching(context, row, site, hit.switch) };
    let happens = action != word::REST || moved != 0;
    happens.then(|| word::with_intent(now, action, choice, moved))
}

impl BrickView<'_> {
    fn low(&self, site: u32, purpose: Purpose) -> u32 {
        self.draws.block(site, purpose, 0)[0]
    }
}

/// Compares with the high word, and draws the low word only on equality.
fn draw_is_below(threshold: Threshold, hi: u32, low: impl FnOnce() -> u32) -> bool {
    hi <= threshold.hi && threshold.is_below(hi, if hi == threshold.hi { low() } else { 0 })
}

/// The row of a state at an address under a table.
pub fn row(pool: &Pool, table: u32, address: u32, code: u32) -> &RateRow {
    let tables = &pool.tables;
    let (mut class, mut perfused) = (0, 0);
    if let Some(rule) = &pool.model.oxygen {
        let voxel = address >> VOXEL_SHIFT;
        let value = pool.field(environment::plane::OXYGEN, voxel).load(Relaxed) >> 16;
        class = tables.block_of[(value >> tables.bin_shift) as usize];
        if rule.vessels.is_some() {
            let inputs = &pool.record_of(address >> BRICK_SHIFT).inputs;
            perfused = environment::perfusion(pool, inputs, voxel) >> PERFUSION_SHIFT;
        }
    }
    &tables.rows[tables.row_index(table, class, perfused, code)]
}

/// The action that a live cell's fate draw means, with the site chosen for it.
fn act(context: &BrickView, row: &RateRow, site: u32, fate: u32) -> (u32, u32) {
    let low = || context.low(site, Purpose::FateLow);
    if draw_is_below(row.die, fate, low) {
        (word::DIE, 0)
    } else if draw_is_below(row.divide, fate, low) {
        divide(context, row, site)
    } else if draw_is_below(row.migrate, fate, low) {
        migrate(context, site)
    } else {
        (word::REST, 0)
    }
}

fn divide(context: &BrickView, row: &RateRow, site: u32) -> (u32, u32) {
    let mut draw = [u32::MAX; 4];
    if row.replace != Threshold::NEVER || row.kill != Threshold::NEVER {
        draw = context.draws.block(site, Purpose::Division, 0);
    }
    let killed = row.kill.is_below(draw[2], draw[3]);
    if row.replace.is_below(draw[0], draw[1]) {
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

fn migrate(context: &BrickView, site: u32) -> (u32, u32) {
    match placement::search(context.pool, context.record, &context.draws, site) {
        None => (word::REST, 0),
        Some((choice, target)) => {
            post(context, site, target);
            (word::MIGRATE, choice)
        }
    }
}

/// Posts a claim; the smallest key wins.
fn post(context: &BrickView, site: u32, target: u32) {
    let address = target + (context.record.brick_base << BRICK_SHIFT);
    context.pool.sites[address as usize].fetch_max(key::claim(site, context.record.salt), Relaxed);
}

/// The switching move of a live cell: 0 for none, else one more than its index.
fn switching(context: &BrickView, row: &RateRow, site: u32, switch: u32) -> u32 {
    let (first, number) = row.switches;
    if number == 0 {
        return 0;
    }
    let outcomes = &context.pool.tables.outcomes[first as usize..][..number as usize];
    if switch > outcomes[outcomes.len() - 1].hi {
        return 0;
    }
    let low = || context.low(site, Purpose::SwitchLow);
    outcomes.iter().position(|o| draw_is_below(o.below(), switch, low)).map_or(0, |i| i as u32 + 1)
}

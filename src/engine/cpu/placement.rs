//! Where a daughter or a mover goes: the search of *decide*, and what *resolve* and *write* make of
//! the choice that it stored. Twin: `shaders/shared/placement.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::{Model, PlacementRule};
use crate::engine::pool::{LesionRecord, Pool, rank};
use crate::tissue::fixed::nth_bit;
use crate::tissue::random::{Draws, Purpose, choose};
use crate::tissue::shape::{BRICK_LEAVES, BRICK_SHIFT, GROUP_SHIFT, LEAF, LEAF_SHIFT};

/// No site: beyond a closed edge.
const NO_SITE: u32 = u32::MAX;

/// Looks for an empty site: the choice to store and the site found.
pub fn search(pool: &Pool, record: &LesionRecord, draws: &Draws, site: u32) -> Option<(u32, u32)> {
    match pool.model.placement {
        PlacementRule::Neighbour => search_neighbour(pool, record, draws, site),
        PlacementRule::Candidates(n) => (0..n).find_map(|c| {
            candidate(&pool.model, record, draws, site, c)
                .filter(|target| is_empty_site(pool, record, *target))
                .map(|target| (c, target))
        }),
        PlacementRule::Mixed => None,
    }
}

fn search_neighbour(pool: &Pool, record: &LesionRecord, draws: &Draws, site: u32) -> Option<(u32, u32)> {
    let shape = record.shape(&pool.model);
    let position = shape.position(site);
    // The parts of the coordinates one back, here and one on, on each axis.
    let beside =
        |axis: usize| [-1, 0, 1].map(|d| shape.part_beside(axis, position[axis], d).unwrap_or(NO_SITE));
    let parts = [beside(0), beside(1), beside(2)];
    let near = |[dx, dy, dz]: [i32; 3]| {
        let [x, y, z] =
            [parts[0][(dx + 1) as usize], parts[1][(dy + 1) as usize], parts[2][(dz + 1) as usize]];
        if x == NO_SITE || y == NO_SITE || z == NO_SITE { NO_SITE } else { x + y + z }
    };
    let mut empty = 0u32;
    for (direction, offset) in pool.model.offsets.iter().enumerate() {
        let site = near(*offset);
        let found = site != NO_SITE && is_empty_site(pool, record, site);
        empty |= u32::from(found) << direction;
    }
    if empty == 0 {
        return None;
    }
    let word = draws.block(site, Purpose::Place, 0)[0];
    let direction = nth_bit(empty, choose(word, empty.count_ones()));
    Some((direction, near(pool.model.offsets[direction as usize])))
}

fn candidate(model: &Model, record: &LesionRecord, draws: &Draws, site: u32, c: u32) -> Option<u32> {
    let word = draws.block(site, Purpose::Place, c >> 2)[(c & 3) as usize];
    let offset = model.offsets[choose(word, model.offsets.len() as u32) as usize];
    let shape = record.shape(model);
    shape.neighbour(shape.position(site), offset)
}

/// The site that a stored choice means.
pub fn chosen(pool: &Pool, record: &LesionRecord, draws: &Draws, site: u32, choice: u32) -> u32 {
    let found = match pool.model.placement {
        PlacementRule::Neighbour => {
            let shape = record.shape(&pool.model);
            shape.neighbour(shape.position(site), pool.model.offsets[choice as usize])
        }
        PlacementRule::Candidates(_) => candidate(&pool.model, record, draws, site, choice),
        PlacementRule::Mixed => None,
    };
    found.unwrap_or(site)
}

/// Whether nobody is at a site of a lesion (claimed or not).
fn is_empty_site(pool: &Pool, record: &LesionRecord, site: u32) -> bool {
    let address = site + (record.brick_base << BRICK_SHIFT);
    (pool.full(address >> LEAF_SHIFT) >> (address & (LEAF - 1))) & 1 == 0
}

/// How many of a channel come before a leaf in its lesion, in site order.
pub fn rank_before(pool: &Pool, record: &LesionRecord, channel: u32, leaf: u32) -> u32 {
    let brick = leaf / BRICK_LEAVES;
    let local = brick - record.brick_base;
    let group = record.group_base + (local >> GROUP_SHIFT);
    let first = record.brick_base + ((local >> GROUP_SHIFT) << GROUP_SHIFT);
    let mut before = pool.group_sum(channel, group).load(Relaxed);
    for b in first..brick {
        before += brick_rank(pool, record, channel, b);
    }
    for l in brick * BRICK_LEAVES..leaf {
        before += leaf_rank(pool, channel, l);
    }
    before
}

/// A brick's count of a channel in this step.
pub fn brick_rank(pool: &Pool, record: &LesionRecord, channel: u32, brick: u32) -> u32 {
    if pool.brick_stamp(brick).load(Relaxed) != record.step {
        return 0;
    }
    let counts = pool.brick_counts(brick).load(Relaxed);
    match channel {
        rank::FOUNDERS => counts & 0x7ff,
        rank::BIRTHS => (counts >> rank::BRICK_BIRTHS) & 0x3ff,
        _ => counts >> rank::BRICK_EMPTIES,
    }
}

/// A leaf's count of a channel in this step.
pub fn leaf_rank(pool: &Pool, channel: u32, leaf: u32) -> u32 {
    let counts = pool.leaf_counts(leaf).load(Relaxed);
    match channel {
        rank::FOUNDERS if pool.events(leaf).load(Relaxed) == 0 => 0,
        rank::FOUNDERS => counts & 0xff,
        rank::BIRTHS => (counts >> rank::LEAF_BIRTHS) & 0xff,
        _ => counts >> rank::LEAF_EMPTIES,
    }
}

/// The `n`-th empty site of a lesion at the start of the step, in site order (mixed placement).
pub fn nth_empty(pool: &Pool, record: &LesionRecord, n: u32) -> u32 {
    let sum = |group: u32| pool.group_sum(rank::EMPTIES, record.group_base + group).load(Relaxed);
    // The last group whose sum is at most n.
    let (mut low, mut high) = (0, record.group_count);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if sum(middle) <= n {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mut left = n - sum(low);
    let mut brick = record.brick_base + (low << GROUP_SHIFT);
    loop {
        let here = brick_rank(pool, record, rank::EMPTIES, brick);
        if left < here {
            break;
        }
        left -= here;
        brick += 1;
    }
    let mut leaf = brick * BRICK_LEAVES;
    loop {
        let here = leaf_rank(pool, rank::EMPTIES, leaf);
        if left < here {
            break;
        }
        left -= here;
        leaf += 1;
    }
    let bit = nth_bit(pool.empties(leaf).load(Relaxed), left);
    (leaf << LEAF_SHIFT) + bit - (record.brick_base << BRICK_SHIFT)
}

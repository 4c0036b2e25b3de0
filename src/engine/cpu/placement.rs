//! Where a daughter or a mover goes: the search of *decide*, and ranks of births and empty sites.
//! Twin: `shaders/shared/placement.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::PlacementRule;
use crate::engine::pool::{LesionRecord, NO_SITE, Pool, rank};
use crate::tissue::fixed::nth_bit;
use crate::tissue::random::{Draws, Purpose, choose};
use crate::tissue::shape::{BRICK_LEAVES, BRICK_SHIFT, GROUP_SHIFT, LEAF, LEAF_SHIFT, Shape};

/// What the searches from the sites of one brick share.
pub struct Surroundings<'a> {
    pool: &'a Pool,
    record: &'a LesionRecord,
    shape: Shape,
    /// Sites along a voxel's edge.
    edge: u32,
    /// Which sites of the box of 27 around a site are neighbours: a bit each, x, y, z ascending.
    neighbours: u32,
    /// Position of the brick's first site.
    corner: [u32; 3],
}

impl<'a> Surroundings<'a> {
    /// Those of a brick.
    pub fn new(pool: &'a Pool, record: &'a LesionRecord, brick: u32) -> Self {
        let (model, shape) = (&pool.model, record.shape(&pool.model));
        let mut neighbours = 0;
        if model.placement == PlacementRule::Neighbour {
            neighbours = model.offsets.iter().fold(0, |all, [x, y, z]| all | 1 << (13 + x + 3 * y + 9 * z));
        }
        let edge = shape.voxel_size()[0];
        let mut around = Self { pool, record, shape, edge, neighbours, corner: [0; 3] };
        around.enter(brick);
        around
    }

    /// Goes to another brick of the lesion.
    #[inline(always)]
    pub fn enter(&mut self, brick: u32) {
        self.corner = self.shape.position((brick - self.record.brick_base) << BRICK_SHIFT);
    }

    /// The position of a site of the brick.
    #[inline(always)]
    fn position(&self, site: u32) -> [u32; 3] {
        let ([x, y, z], [i, j, k]) = (self.corner, self.shape.position_in_brick(site));
        [x + i, y + j, z + k]
    }

    /// Sites from one on, along x, that are empty, a bit each; those after the end of its voxel are of no meaning.
    #[inline(always)]
    fn empty_from(&self, site: u32) -> u32 {
        let address = site + (self.record.brick_base << BRICK_SHIFT);
        !self.pool.full(address >> LEAF_SHIFT) >> (address & (LEAF - 1))
    }
}

/// Looks for an empty site: the choice to store and the site found.
#[inline(always)]
pub fn search(around: &Surroundings, draws: &Draws, site: u32) -> Option<(u32, u32)> {
    match around.pool.model.placement {
        PlacementRule::Neighbour => search_neighbour(around, draws, site),
        PlacementRule::Candidates(n) => search_candidates(around, draws, site, n),
        PlacementRule::Mixed => None,
    }
}

/// The parts of a coordinate one back, here and one on, [`NO_SITE`] beyond a closed edge.
#[inline(always)]
fn parts_beside(shape: &Shape, axis: usize, at: u32) -> [u32; 3] {
    let part = |d| shape.part_beside(axis, at, d).unwrap_or(NO_SITE);
    [part(-1), part(0), part(1)]
}

/// Three sites side by side are three bits of a word, unless the edge of a voxel lies between them.
#[inline(always)]
fn search_neighbour(around: &Surroundings, draws: &Draws, site: u32) -> Option<(u32, u32)> {
    let shape = &around.shape;
    let [x, y, z] = around.position(site);
    let (xs, ys, zs) = (parts_beside(shape, 0, x), parts_beside(shape, 1, y), parts_beside(shape, 2, z));
    let in_voxel = x & (around.edge - 1);
    let first = xs[1] - in_voxel;
    let (at_left, at_right) = (in_voxel == 0, in_voxel == around.edge - 1);
    let side = if at_left { xs[0] } else { xs[2] };
    let has_side = (at_left || at_right) && side != NO_SITE;
    let within = (1 << around.edge) - 1;
    let mut empty = 0u32;
    for row in 0..9 {
        let (y, z) = (ys[row % 3], zs[row / 3]);
        if (around.neighbours >> (3 * row)) & 7 == 0 || y == NO_SITE || z == NO_SITE {
            continue;
        }
        let mut bits = ((around.empty_from(first + y + z) & within) << 1) >> in_voxel;
        if has_side {
            bits |= (around.empty_from(side + y + z) & 1) << if at_left { 0 } else { 2 };
        }
        empty |= (bits & 7) << (3 * row);
    }
    empty &= around.neighbours;
    if empty == 0 {
        return None;
    }
    let mut found = empty;
    if empty & (empty - 1) != 0 {
        let word = draws.block(site, Purpose::Place, 0)[0];
        found = 1 << nth_bit(empty, choose(word, empty.count_ones()));
    }
    let direction = (around.neighbours & (found - 1)).count_ones();
    let bit = found.trailing_zeros() as usize;
    Some((direction, xs[bit % 3] + ys[bit / 3 % 3] + zs[bit / 9]))
}

/// The first candidate that is empty. Four of them share a block.
fn search_candidates(around: &Surroundings, draws: &Draws, site: u32, n: u32) -> Option<(u32, u32)> {
    let position = around.position(site);
    let mut words = [0; 4];
    (0..n).find_map(|c| {
        if c % 4 == 0 {
            words = draws.block(site, Purpose::Place, c >> 2);
        }
        candidate(around, position, words[(c & 3) as usize])
            .filter(|target| around.empty_from(*target) & 1 != 0)
            .map(|target| (c, target))
    })
}

/// The site that a word means.
fn candidate(around: &Surroundings, position: [u32; 3], word: u32) -> Option<u32> {
    let offsets = &around.pool.model.offsets;
    around.shape.neighbour(position, offsets[choose(word, offsets.len() as u32) as usize])
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

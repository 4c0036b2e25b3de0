//! Where a daughter or a mover goes: the search of *decide*, and ranks of births and empty sites.
//! Twin: `shaders/shared/placement.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::PlacementRule;
use crate::engine::pool::{LesionRecord, NO_SITE, Pool, rank};
use crate::tissue::fixed::nth_bit;
use crate::tissue::random::{Draws, Purpose, choose};
use crate::tissue::shape::{BRICK_LEAVES, BRICK_SHIFT, GROUP_SHIFT, LEAF, LEAF_SHIFT, Shape};

/// What the searches from the sites of one brick share.
pub struct Vicinity<'a> {
    pool: &'a Pool,
    record: &'a LesionRecord,
    shape: Shape,
    /// Sites along a voxel's edge.
    edge: u32,
    /// Which sites of the box of 27 around a site are neighbours: a bit each, x, y, z ascending.
    neighbours: u32,
    /// Position of the brick's first site.
    corner: [u32; 3],
    /// Which sites of the brick and around it are empty, a bit each: rows along x from one site before the brick to one
    /// after it, by y and z likewise.
    rows: [u64; ROWS],
    /// Whether the rows are those of this brick; they pay where many cells search.
    has_rows: bool,
}

/// The neighbours that differ in more than one coordinate.
const CORNERS: u32 = 0b111_101_111_101_000_101_111_101_111;
/// Most rows of a brick with those around it: 10 × 10 in 3D, 18 × 3 in 2D.
const ROWS: usize = 100;
/// From how many sites of a brick that may have an event on its rows are made.
pub const ROWS_FROM: usize = 8;

impl<'a> Vicinity<'a> {
    /// Those of a brick.
    pub fn new(pool: &'a Pool, record: &'a LesionRecord, brick: u32) -> Self {
        let (model, shape) = (&pool.model, record.shape(&pool.model));
        let mut neighbours = 0;
        if model.placement == PlacementRule::Neighbour {
            neighbours = model.offsets.iter().fold(0, |all, [x, y, z]| all | 1 << (13 + x + 3 * y + 9 * z));
        }
        let edge = shape.voxel_size()[0];
        let (corner, rows) = ([0; 3], [0; ROWS]);
        let mut around = Self { pool, record, shape, edge, neighbours, corner, rows, has_rows: false };
        around.enter(brick);
        around
    }

    /// Goes to another brick of the lesion.
    #[inline(always)]
    pub fn enter(&mut self, brick: u32) {
        self.corner = self.shape.position((brick - self.record.brick_base) << BRICK_SHIFT);
        self.has_rows = false;
    }

    /// Makes the brick's rows, where its neighbours are those of whole bricks and lie in one plane or along the axes.
    #[inline(always)]
    pub fn make_rows(&mut self) {
        let (shape, is_flat) = (self.shape, self.shape.dimension == 2);
        let edges = shape.brick_size();
        let is_ragged = shape.periodic && (0..3).any(|a| !shape.size[a].is_multiple_of(edges[a]));
        if is_ragged || self.neighbours & if is_flat { 0 } else { CORNERS } != 0 {
            return;
        }
        if is_flat {
            self.fill_rows::<8, 4, 3>([(0, 0), (-1, 0), (1, 0)]);
        } else {
            self.fill_rows::<4, 2, 5>([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]);
        }
        self.has_rows = true;
    }

    /// The rows of the brick and of those beside it by y and z; voxels are so wide, and so many of them side by side.
    #[inline(always)]
    fn fill_rows<const EDGE: usize, const VOXELS: usize, const BRICKS: usize>(
        &mut self,
        beside: [(i32, i32); BRICKS],
    ) {
        let [_, height, depth] = self.shape.brick_size().map(|edge| edge as usize);
        let width = EDGE * VOXELS;
        // The rows of a brick that are taken, and where the first of them goes.
        let taken = |step: i32, size: usize| match step {
            -1 => (size - 1..size, 0),
            0 => (0..size, 1),
            _ => (0..1, size + 1),
        };
        for (dy, dz) in beside {
            let here = self.empty_words([0, dy, dz]);
            let mut ends = [[0; BRICK_LEAVES as usize]; 2];
            if EDGE == 8 || (dy, dz) == (0, 0) {
                ends = [self.empty_words([-1, dy, dz]), self.empty_words([1, dy, dz])];
            }
            let ((js, to_j), (ks, to_k)) = (taken(dy, height), taken(dz, depth));
            for (k, to_k) in ks.zip(to_k..) {
                for (j, to_j) in js.clone().zip(to_j..) {
                    let row = |words| row_of::<EDGE, VOXELS>(words, j, k);
                    let [left, right] = [row(&ends[0]) >> (width - 1), row(&ends[1]) & 1];
                    self.rows[to_k * (height + 2) + to_j] = left | row(&here) << 1 | right << (width + 1);
                }
            }
        }
    }

    /// Which sites of the brick so many bricks further are empty, leaf by leaf; none beyond a closed edge.
    #[inline(always)]
    fn empty_words(&self, steps: [i32; 3]) -> [u32; BRICK_LEAVES as usize] {
        let mut empty = [0; BRICK_LEAVES as usize];
        let (mut at, edges) = (self.corner, self.shape.brick_size());
        for axis in 0..3 {
            let last = (self.shape.size[axis] - 1) / edges[axis] * edges[axis];
            at[axis] = match steps[axis] {
                -1 if at[axis] > 0 => at[axis] - edges[axis],
                1 if at[axis] < last => at[axis] + edges[axis],
                0 => at[axis],
                _ if !self.shape.periodic => return empty,
                -1 => last,
                _ => 0,
            };
        }
        let first = self.shape.site(at) + (self.record.brick_base << BRICK_SHIFT);
        for (leaf, empty) in (first >> LEAF_SHIFT..).zip(&mut empty) {
            *empty = !self.pool.full(leaf);
        }
        empty
    }

    /// Empty sites of the box of 27 around a site, from the brick's rows.
    #[inline(always)]
    fn look_up(&self, site: u32) -> u32 {
        let ([x, y, z], stride) =
            (self.shape.position_in_brick(site), self.shape.brick_size()[1] as usize + 2);
        let first = z as usize * stride + y as usize;
        let row = |dy: usize, dz: usize| {
            let bits = self.rows[(first + dz * stride + dy) % ROWS] >> x;
            (bits as u32 & 7) << (3 * dy + 9 * dz)
        };
        let mut empty = row(0, 1) | row(1, 1) | row(2, 1);
        if self.shape.dimension == 3 {
            empty |= row(1, 0) | row(1, 2);
        }
        empty & self.neighbours
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

/// A row along x of a brick, from its leaves' words.
#[inline(always)]
fn row_of<const EDGE: usize, const VOXELS: usize>(words: &[u32; 16], j: usize, k: usize) -> u64 {
    // The voxel of the row at its beginning, the leaf within the voxel, the row within the leaf.
    let (voxel, leaf, row) = if EDGE == 4 {
        (2 * (j / 4) + 4 * (k / 4), k / 2 % 2, j % 4 + k % 2 * 4)
    } else {
        (4 * (j / 8), j / 4 % 2, j % 4)
    };
    let mut bits = 0;
    for x in 0..VOXELS {
        let word = words[(2 * (voxel + x) + leaf) % 16] >> (EDGE * row);
        bits |= (u64::from(word) & ((1 << EDGE) - 1)) << (EDGE * x);
    }
    bits
}

/// Looks for an empty site: the choice to store and the site found.
#[inline(always)]
pub fn search(around: &Vicinity, draws: &Draws, site: u32) -> Option<(u32, u32)> {
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

#[inline(always)]
fn search_neighbour(around: &Vicinity, draws: &Draws, site: u32) -> Option<(u32, u32)> {
    if around.has_rows {
        let empty = around.look_up(site);
        return if empty == 0 { None } else { pick(around, draws, site, empty) };
    }
    let empty = look_around(around, site);
    if empty == 0 { None } else { pick(around, draws, site, empty) }
}

/// Empty sites of the box of 27 around a site. Three sites side by side are three bits of a word, unless the edge of a voxel lies
/// between them.
#[inline(always)]
fn look_around(around: &Vicinity, site: u32) -> u32 {
    let shape = &around.shape;
    let [x, y, z] = around.position(site);
    let (xs, ys, zs) = (parts_beside(shape, 0, x), parts_beside(shape, 1, y), parts_beside(shape, 2, z));
    let in_voxel = x & (around.edge - 1);
    let first = xs[1] - in_voxel;
    // The sites before and after it that are not beside it in its voxel; after the lattice's last site that can be anywhere in one.
    let left = if in_voxel == 0 { xs[0] } else { NO_SITE };
    let right = if xs[2] == xs[1] + 1 { NO_SITE } else { xs[2] };
    let within = (1 << around.edge) - 1;
    let mut empty = 0u32;
    for row in 0..9 {
        let (y, z) = (ys[row % 3], zs[row / 3]);
        if (around.neighbours >> (3 * row)) & 7 == 0 || y == NO_SITE || z == NO_SITE {
            continue;
        }
        let mut bits = ((around.empty_from(first + y + z) & within) << 1) >> in_voxel;
        if left != NO_SITE {
            bits |= around.empty_from(left + y + z) & 1;
        }
        if right != NO_SITE {
            bits |= (around.empty_from(right + y + z) & 1) << 2;
        }
        empty |= (bits & 7) << (3 * row);
    }
    empty & around.neighbours
}

/// One of the empty neighbours: its direction, and its site.
fn pick(around: &Vicinity, draws: &Draws, site: u32, empty: u32) -> Option<(u32, u32)> {
    let mut found = empty;
    if empty & (empty - 1) != 0 {
        let word = draws.block(site, Purpose::Place, 0)[0];
        found = 1 << nth_bit(empty, choose(word, empty.count_ones()));
    }
    let direction = (around.neighbours & (found - 1)).count_ones();
    let offset = around.pool.model.offsets[direction as usize];
    around.shape.neighbour(around.position(site), offset).map(|target| (direction, target))
}

/// The first candidate that is empty. Four of them share a block.
fn search_candidates(around: &Vicinity, draws: &Draws, site: u32, n: u32) -> Option<(u32, u32)> {
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
fn candidate(around: &Vicinity, position: [u32; 3], word: u32) -> Option<u32> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::{Model, PoolOptions, Workload};
    use crate::tissue::{LesionId, LesionState};

    /// A pool of two lesions, a random third of whose sites is empty.
    fn pool(dimension: u32, size: [u32; 3], periodic: bool, moore: bool) -> Pool {
        let (model, _) = Workload::Nests.build(32).unwrap();
        let mut model = Arc::unwrap_or_clone(model);
        (model.dimension, model.periodic) = (dimension, periodic);
        model.offsets = Model::within(Model::neighbourhood(dimension, moore), size, periodic);
        let shape = Shape::new(dimension, size, periodic);
        let pool = Pool::new(
            Arc::new(model),
            &[5, 6].map(|id| LesionState::empty(LesionId(id), shape)),
            PoolOptions::default(),
        );
        let draws = Draws::new(1, 2, 3);
        for leaf in 0..pool.brick_total() * BRICK_LEAVES {
            let [a, b, ..] = draws.block(leaf, Purpose::Place, 0);
            let word = &pool.occupancy[2 * leaf as usize + 1];
            word.store(word.load(Relaxed) | a | b & a.rotate_left(7), Relaxed);
        }
        pool
    }

    /// The same by offsets, one after the other, as the shader does it.
    fn plain(pool: &Pool, record: &LesionRecord, site: u32) -> u32 {
        let shape = record.shape(&pool.model);
        let base = record.brick_base << BRICK_SHIFT;
        let is_empty = |site: u32| (pool.full((site + base) >> LEAF_SHIFT) >> (site % LEAF)) & 1 == 0;
        let empty = pool
            .model
            .offsets
            .iter()
            .filter(|offset| shape.neighbour(shape.position(site), **offset).is_some_and(is_empty));
        empty.fold(0, |all, [x, y, z]| all | 1 << (13 + x + 3 * y + 9 * z))
    }

    #[test]
    fn a_box_is_what_its_sites_are_and_rows_hold_the_same() {
        let mut with_rows = 0;
        for (dimension, size) in [
            (3, [24, 16, 16]),
            (3, [20, 11, 9]),
            (3, [8; 3]),
            (2, [96, 48, 1]),
            (2, [70, 33, 1]),
            (2, [3, 1, 1]),
        ] {
            for (periodic, moore) in [(false, false), (false, true), (true, false), (true, true)] {
                let pool = pool(dimension, size, periodic, moore);
                for record in &pool.lesions {
                    for brick in record.brick_base..record.brick_base + record.brick_count {
                        let mut around = Vicinity::new(&pool, record, brick);
                        around.make_rows();
                        with_rows += u32::from(around.has_rows);
                        let first = (brick - record.brick_base) << BRICK_SHIFT;
                        let shape = record.shape(&pool.model);
                        for site in
                            (first..first + (1 << BRICK_SHIFT)).filter(|s| shape.contains(shape.position(*s)))
                        {
                            let expected = plain(&pool, record, site);
                            let what = format!("site {site} of {size:?}, {periodic}, {moore}");
                            assert_eq!(look_around(&around, site), expected, "{what}");
                            assert!(!around.has_rows || around.look_up(site) == expected, "{what}, rows");
                        }
                    }
                }
            }
        }
        assert!(with_rows > 100, "{with_rows} bricks with rows");
    }
}

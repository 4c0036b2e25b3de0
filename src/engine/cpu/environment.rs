//! Environment: one relaxation sweep over the voxels of the active bricks.
//!
//! Oxygen settles between supply and uptake; where vessels live, VEGF between secretion and decay, and the last
//! sweep of a step lets vessels grow and wither. Bricks without cells hold the values of free tissue. In units of one,
//! with `Σ` over the 4 or 6 neighbours and `round` half up (the products are [`mul_round`]):
//!
//! | field | fixed point | a sweep |
//! |---|---|---|
//! | oxygen `c` | 16.16 | `source[live, supply] + Σ round(weight[live, supply] · c_j)` |
//! | VEGF `g` | 4.28 | `secretion + Σ round(spread · g_j)`, `secretion = normal · hypoxia[c]`, each below 8 |
//! | secretion with oxygen, `normal` | 4.28 | `gain · inputs.secretion`; where states differ in it and the voxel has live cells, `gain · inputs.plain_secretion · m`, below 16 |
//! | mean factor `m` | 4.28 | `Σ secretion[row] / live`, over the voxel's live cells |
//! | vessels `v` | 2.30 | once a step: `v + growth · formation · h · (ceiling − v) − p · v`, `f = free_vegf · g` |
//! | saturation `h`, loss `p` | 0.32 | `f/(f + half)` and `pruning`; a share `e` of cells that need no VEGF moves `h` up towards `saturation`, `p` down towards `loss` |
//! | share `e` | 0.32 | `Σ independence[row] / live`, over the voxel's live cells |
//! | perfusion `p` | 2.30 | `base · v · flow`, its upper bits are bins; derived, not stored |
//!
//! No sum leaves 32 bits: secretion and the spread of VEGF are below 2^31 each, since weights of VEGF sum to one at
//! most; 64 factors are below 2^22, their mean is below 16, as secretion of the factor 1 is, and their product below 2^32 in 8.24; gain of vessels is at most `ceiling − v`, loss at most `v`; oxygen's weights and source sum to one at most.
//! Twin: `shaders/environment.wgsl`, voxel by voxel; here a brick at a time, so that vectors are filled.

use std::array::from_fn;
use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::{
    FACTOR_SHIFT, INDEPENDENCE_SHIFT, MAX_NORMAL, MAX_SECRETION, MAX_VEGF, ONE, OxygenRule, SUPPLY_BINS,
    SUPPLY_SHIFT, VesselRule,
};
use crate::engine::pool::{Inputs, LesionRecord, Pool};
use crate::tissue::fixed::mul_round;
use crate::tissue::shape::{BRICK_SHIFT, BRICK_VOXELS, LEAF_SHIFT, Shape, VOXEL_SHIFT};
use crate::tissue::word::CODE_MASK;

/// Planes of [`Pool::fields`].
pub mod plane {
    /// Oxygen; its scratch follows the last field.
    pub const OXYGEN: u32 = 0;
    /// VEGF; its scratch follows that of oxygen.
    pub const VEGF: u32 = 1;
    /// Relative vessel density.
    pub const VESSELS: u32 = 2;
    /// Base density.
    pub const BASE: u32 = 5;
}

/// Voxels of a brick.
const VOXELS: usize = BRICK_VOXELS as usize;
/// A value for each voxel of a brick. (Loops over these are written out: `map` and `from_fn` are not inlined everywhere,
/// and what is not inlined is compiled for the narrowest vectors.)
type FieldValues = [u32; VOXELS];
const NONE: FieldValues = [0; VOXELS];

/// Planes that a sweep reads; those of vessels are empty where there are none.
#[derive(Debug, Clone, Copy)]
pub struct Planes<'a> {
    /// Oxygen.
    pub oxygen: &'a [u32],
    /// VEGF.
    pub vegf: &'a [u32],
    /// Base density of vessels.
    pub base: &'a [u32],
}

/// What a sweep writes: a run of bricks of each plane, from the first of them on.
#[derive(Debug)]
pub struct SweepOutput<'a> {
    /// The first brick.
    pub first: u32,
    /// Oxygen.
    pub oxygen: &'a mut [u32],
    /// VEGF.
    pub vegf: &'a mut [u32],
    /// Vessels; changed by the last sweep.
    pub vessels: &'a mut [u32],
}

/// What is the same in all sweeps of a step.
#[derive(Debug)]
pub struct SweepInput {
    around: Around,
    weight: FieldValues,
    source: FieldValues,
    /// VEGF that is secreted without hypoxia.
    normal: FieldValues,
}

impl SweepInput {
    /// That of a brick.
    #[inline(always)]
    pub fn new(pool: &Pool, rule: &OxygenRule, brick: u32, base: &[u32], written: &SweepOutput) -> Self {
        let record = pool.record_of(brick);
        let mut column = live_cells(pool, brick);
        let mut normal = NONE;
        if let Some(vessels) = &rule.vessels {
            normal = normal_secretion(pool, vessels, &record.inputs, brick, &column);
            let (base, now) = (load(base, brick), load(written.vessels, brick - written.first));
            for v in 0..VOXELS {
                let supply = perfuse(base[v], now[v], record.inputs.flow) >> SUPPLY_SHIFT;
                column[v] = column[v] * SUPPLY_BINS + supply;
            }
        }
        let (mut weight, mut source) = (NONE, NONE);
        let (weights, sources) =
            (&rule.weight[record.supply as usize..], &rule.source[record.supply as usize..]);
        for v in 0..VOXELS {
            weight[v] = weights[column[v] as usize];
            source[v] = sources[column[v] as usize];
        }
        Self { around: Around::new(pool, record, brick), weight, source, normal }
    }
}

/// The stage, for one brick and sweep.
#[inline(always)]
pub fn sweep(
    pool: &Pool,
    rule: &OxygenRule,
    brick: u32,
    known: &SweepInput,
    read: Planes,
    written: &mut SweepOutput,
    is_last: bool,
) {
    let record = pool.record_of(brick);
    if record.redo != 0 {
        return;
    }
    let at = brick - written.first;
    let mut oxygen = known.source;
    known.around.add_neighbours(read.oxygen, &known.weight, &mut oxygen);
    store(written.oxygen, at, &oxygen);
    let of_bin = &rule.hypoxia[record.hypoxia as usize..];
    let Some(rule) = &rule.vessels else {
        return;
    };
    let (mut hypoxia, mut vegf) = (NONE, NONE);
    let bin_shift = pool.tables.bin_shift;
    for v in 0..VOXELS {
        hypoxia[v] = of_bin[((oxygen[v] >> 16) >> bin_shift) as usize];
    }
    for v in 0..VOXELS {
        vegf[v] = secretion(known.normal[v], hypoxia[v]);
    }
    known.around.add_neighbours(read.vegf, &[rule.spread; VOXELS], &mut vegf);
    for value in &mut vegf {
        *value = (*value).min(MAX_VEGF);
    }
    store(written.vegf, at, &vegf);
    if is_last {
        let mut now = load(written.vessels, at);
        let independent = if rule.independence.is_empty() { NONE } else { independent(pool, rule, brick) };
        for v in 0..VOXELS {
            now[v] = grow(rule, &record.inputs, now[v], vegf[v], independent[v]);
        }
        store(written.vessels, at, &now);
    }
}

/// Live cells of each voxel.
#[inline(always)]
fn live_cells(pool: &Pool, brick: u32) -> FieldValues {
    let mut live = NONE;
    for (v, live) in live.iter_mut().enumerate() {
        let leaf = 2 * (brick * BRICK_VOXELS + v as u32);
        *live = pool.live(leaf).count_ones() + pool.live(leaf + 1).count_ones();
    }
    live
}

/// Sums of a number by row over the live cells of each voxel.
fn sum_over_cells(pool: &Pool, of_row: &[u32], brick: u32) -> FieldValues {
    let mut sums = NONE;
    for (v, sum) in sums.iter_mut().enumerate() {
        let voxel = brick * BRICK_VOXELS + v as u32;
        for leaf in [2 * voxel, 2 * voxel + 1] {
            let mut live = pool.live(leaf);
            while live != 0 {
                let site = (leaf << LEAF_SHIFT) + live.trailing_zeros();
                live &= live - 1;
                let code = pool.sites[site as usize].load(Relaxed) & CODE_MASK;
                *sum += of_row[pool.tables.row_of[code as usize] as usize];
            }
        }
    }
    sums
}

/// Share of the vessels of each voxel that live without VEGF and its receptors, 0.32 fixed point.
fn independent(pool: &Pool, rule: &VesselRule, brick: u32) -> FieldValues {
    let (mut shares, live) = (sum_over_cells(pool, &rule.independence, brick), live_cells(pool, brick));
    for v in 0..VOXELS {
        shares[v] = share_of(shares[v], live[v]);
    }
    shares
}

/// VEGF that each voxel secretes without hypoxia, 4.28 fixed point: what its live cells do, and where it has none what the lesion does in the
/// mean, since a voxel is a sample of tissue.
fn normal_secretion(
    pool: &Pool,
    rule: &VesselRule,
    inputs: &Inputs,
    brick: u32,
    live: &FieldValues,
) -> FieldValues {
    let mut normal = [mul_round(rule.gain, inputs.secretion); VOXELS];
    if rule.secretion.is_empty() {
        return normal;
    }
    let plain = mul_round(rule.gain, inputs.plain_secretion);
    let factors = sum_over_cells(pool, &rule.secretion, brick);
    for v in 0..VOXELS {
        if live[v] > 0 {
            normal[v] = raised(plain, factors[v], live[v]);
        }
    }
    normal
}

/// VEGF that a voxel secretes without hypoxia, 4.28 fixed point, from what it would with the factor 1, and the factors of its cells.
#[inline(always)]
fn raised(plain: u32, factors: u32, cells: u32) -> u32 {
    let mean = ((factors << FACTOR_SHIFT) / cells) << 6;
    mul_round(plain, mean).min(MAX_NORMAL) << 4
}

/// Parts of [`INDEPENDENT`](crate::engine::model::INDEPENDENT) over a number of cells as 0.32 fixed point; all of them come to the largest.
#[inline(always)]
fn share_of(parts: u32, cells: u32) -> u32 {
    let share = (parts << INDEPENDENCE_SHIFT) / cells.max(1);
    (share << 8).wrapping_sub(share >> 24)
}

/// Perfusion of a voxel relative to the patient's mean, 2.30 fixed point, at most just below 4.
pub fn perfusion(pool: &Pool, inputs: &Inputs, voxel: u32) -> u32 {
    perfuse(pool.field(plane::BASE, voxel), pool.field(plane::VESSELS, voxel), inputs.flow)
}

/// Perfusion from base density, relative density (2.30 fixed point) and flow (0.32).
#[inline(always)]
pub fn perfuse(base: u32, vessels: u32, flow: u32) -> u32 {
    mul_round(mul_round(base, vessels).min(ONE - 1) << 2, flow)
}

/// VEGF that a voxel secretes in a sweep, 4.28 fixed point, from what it would with oxygen and a factor, both in 2.30.
#[inline(always)]
fn secretion(normal: u32, hypoxia: u32) -> u32 {
    mul_round(normal, hypoxia).min(MAX_SECRETION) << 2
}

/// Relative vessel density after a step, 2.30 fixed point, where such a share (0.32) needs no VEGF.
#[inline(always)]
fn grow(rule: &VesselRule, inputs: &Inputs, vessels: u32, vegf: u32, independent: u32) -> u32 {
    let free = mul_round(vegf, inputs.free_vegf) >> 16;
    let driven = ((free << 16) / (free + rule.half)) << 16;
    let saturation = driven + mul_round(rule.saturation - driven.min(rule.saturation), independent);
    let room = rule.ceiling - vessels.min(rule.ceiling);
    let growth = mul_round(rule.growth, inputs.formation);
    let gained = mul_round(mul_round(growth, saturation), room);
    let added = inputs.pruning - inputs.pruning.min(rule.loss);
    let pruning = inputs.pruning - mul_round(added, independent);
    vessels + gained - mul_round(vessels, pruning)
}

/// The values of a brick of a plane.
#[inline(always)]
fn load(plane: &[u32], brick: u32) -> FieldValues {
    let mut values = NONE;
    values.copy_from_slice(&plane[brick as usize * VOXELS..][..VOXELS]);
    values
}

#[inline(always)]
fn store(plane: &mut [u32], brick: u32, values: &FieldValues) {
    plane[brick as usize * VOXELS..][..VOXELS].copy_from_slice(values);
}

/// Adds what neighbours bring: `near(v)` is the neighbour's value, of voxel `v`.
#[inline(always)]
fn add(sum: &mut FieldValues, weight: &FieldValues, near: impl Fn(usize) -> u32) {
    for v in 0..VOXELS {
        sum[v] += mul_round(near(v), weight[v]);
    }
}

/// Where the neighbours of a brick's voxels are.
#[derive(Debug)]
enum Around {
    /// In the bricks beside it, backward and forward along each axis; `None` beyond a closed edge.
    Bricks { brick: u32, is_flat: bool, beside: [[Option<u32>; 2]; 3] },
    /// The brick lies at an edge of the lattice that is none of bricks: the neighbours of each voxel, by direction.
    Voxels(Vec<FieldValues>),
}

impl Around {
    #[inline(always)]
    fn new(pool: &Pool, record: &LesionRecord, brick: u32) -> Self {
        let (is_flat, periodic) = (pool.model.dimension == 2, pool.model.periodic);
        let grid = [record.voxels_x, record.voxels_y, record.voxels_z];
        let local = brick - record.brick_base;
        let (x, row) = (local % record.bricks_x, local / record.bricks_x);
        let at = [x, row % record.bricks_y, row / record.bricks_y];
        let step = [1, record.bricks_x, record.bricks_x * record.bricks_y];
        // 4 × 2 voxels in 2D, 2 × 2 × 2 in 3D.
        let shift = if is_flat { [2, 1, 0] } else { [1, 1, 1] };
        let mut beside = [[None; 2]; 3];
        for axis in 0..if is_flat { 2 } else { 3 } {
            let here = at[axis];
            let is_ragged = grid[axis] & ((1 << shift[axis]) - 1) != 0;
            let is_last = ((here + 1) << shift[axis]) >= grid[axis];
            if is_ragged && (is_last || periodic && here == 0) {
                return Self::Voxels(voxels_around(pool, record, brick));
            }
            let far = (grid[axis] >> shift[axis]).saturating_sub(1) * step[axis];
            beside[axis] = [
                if here > 0 { Some(brick - step[axis]) } else { periodic.then_some(brick + far) },
                if !is_last { Some(brick + step[axis]) } else { periodic.then(|| brick - far) },
            ];
        }
        Self::Bricks { brick, is_flat, beside }
    }

    /// Adds the weighted sum of a plane over each voxel's neighbours; one beyond a closed edge counts as the voxel
    /// itself.
    #[inline(always)]
    fn add_neighbours(&self, plane: &[u32], weight: &FieldValues, sum: &mut FieldValues) {
        let (brick, is_flat, beside) = match self {
            Self::Bricks { brick, is_flat, beside } => (*brick, *is_flat, beside),
            Self::Voxels(ways) => {
                for near in ways {
                    add(sum, weight, |v| plane[near[v] as usize]);
                }
                return;
            }
        };
        let own = load(plane, brick);
        // Voxels are numbered x, y, z. The brick beyond a closed edge is the mirror image of this one.
        let side = |axis: usize, way: usize, mirror: FieldValues| match beside[axis][way] {
            Some(brick) => load(plane, brick),
            None => mirror,
        };
        let [a, b, c, d, e, f, g, h] = own;
        if is_flat {
            let over = [e, f, g, h, a, b, c, d];
            let (back, on) = (side(1, 0, over), side(1, 1, over));
            add(sum, weight, |v| over[v]);
            add(sum, weight, |v| if v < 4 { back[v + 4] } else { on[v - 4] });
            let mirror = [d, c, b, a, h, g, f, e];
            let (back, on) = (side(0, 0, mirror), side(0, 1, mirror));
            add(sum, weight, |v| if v % 4 > 0 { own[v - 1] } else { back[v + 3] });
            add(sum, weight, |v| if v % 4 < 3 { own[v + 1] } else { on[v - 3] });
            return;
        }
        let over = [b, a, d, c, f, e, h, g];
        let (back, on) = (side(0, 0, over), side(0, 1, over));
        add(sum, weight, |v| over[v]);
        add(sum, weight, |v| if v % 2 == 0 { back[v + 1] } else { on[v - 1] });
        let over = [c, d, a, b, g, h, e, f];
        let (back, on) = (side(1, 0, over), side(1, 1, over));
        add(sum, weight, |v| over[v]);
        add(sum, weight, |v| if v % 4 < 2 { back[v + 2] } else { on[v - 2] });
        let over = [e, f, g, h, a, b, c, d];
        let (back, on) = (side(2, 0, over), side(2, 1, over));
        add(sum, weight, |v| over[v]);
        add(sum, weight, |v| if v < 4 { back[v + 4] } else { on[v - 4] });
    }
}

/// The neighbours of a brick's voxels, two along each axis; one beyond a closed edge is the voxel itself.
#[cold]
fn voxels_around(pool: &Pool, record: &LesionRecord, brick: u32) -> Vec<FieldValues> {
    let shape = record.shape(&pool.model);
    let voxel = |v| brick * BRICK_VOXELS + v as u32;
    let near = |v, way| neighbour_voxel(&shape, record, voxel(v), way / 2, way % 2 == 1).unwrap_or(voxel(v));
    (0..2 * shape.dimension as usize).map(|way| from_fn(|v| near(v, way))).collect()
}

/// The voxel next to one along an axis, or `None` beyond a closed edge.
fn neighbour_voxel(
    shape: &Shape,
    record: &LesionRecord,
    voxel: u32,
    axis: usize,
    forward: bool,
) -> Option<u32> {
    let edge = shape.voxel_size();
    let mut at = shape.position((voxel << VOXEL_SHIFT) - (record.brick_base << BRICK_SHIFT));
    (0..3).for_each(|a| at[a] /= edge[a]);
    let last = [record.voxels_x, record.voxels_y, record.voxels_z][axis] - 1;
    at[axis] = match (forward, at[axis]) {
        (true, here) if here < last => here + 1,
        (false, here) if here > 0 && here <= last => here - 1,
        (true, here) if shape.periodic && here == last => 0,
        (false, 0) if shape.periodic => last,
        _ => return None,
    };
    let site = shape.site([at[0] * edge[0], at[1] * edge[1], at[2] * edge[2]]);
    Some((site >> VOXEL_SHIFT) + record.brick_base * BRICK_VOXELS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{PoolOptions, Workload};
    use crate::tissue::{LesionId, LesionState};
    use std::sync::Arc;

    // The form by bricks and the form by voxels are one law; lattices whose edges cut bricks use the second there.
    #[test]
    fn bricks_and_voxels_have_the_same_neighbours() {
        for (dimension, size) in
            [(3, [24, 16, 40]), (3, [20, 12, 28]), (3, [8; 3]), (2, [96, 48, 1]), (2, [72, 40, 1])]
        {
            for periodic in [false, true] {
                let (model, _) = Workload::Vessels.build(32).unwrap();
                let mut model = Arc::unwrap_or_clone(model);
                (model.dimension, model.periodic) = (dimension, periodic);
                let states =
                    [5, 6].map(|id| LesionState::empty(LesionId(id), Shape::new(dimension, size, periodic)));
                let pool = Pool::new(Arc::new(model), &states, PoolOptions::default());
                let field: Vec<u32> =
                    (0..pool.voxel_total()).map(|i| i.wrapping_mul(0x9e37_79b9) >> 3).collect();
                let weight = std::array::from_fn(|v| 0x0800_0001 * (v as u32 + 1));
                let mut by_brick = 0;
                for brick in 0..pool.brick_total() {
                    let record = pool.record_of(brick);
                    let around = Around::new(&pool, record, brick);
                    by_brick += usize::from(matches!(around, Around::Bricks { .. }));
                    let (mut found, mut expected) = (NONE, NONE);
                    around.add_neighbours(&field, &weight, &mut found);
                    let slow = Around::Voxels(voxels_around(&pool, record, brick));
                    slow.add_neighbours(&field, &weight, &mut expected);
                    assert_eq!(found, expected, "brick {brick} of {size:?}, periodic: {periodic}");
                }
                assert!(by_brick > 0 || periodic || size[0] % 8 != 0, "{size:?}");
            }
        }
    }
}

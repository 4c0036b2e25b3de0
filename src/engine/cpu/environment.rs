//! Environment: one relaxation sweep over the voxels of the active bricks.
//!
//! Oxygen settles between supply and uptake; where vessels live, VEGF between secretion and decay, and the last
//! sweep of a step lets vessels grow and wither. Bricks without cells hold the values of free tissue.
//! Twin: `shaders/environment.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::{MOST_VEGF, ONE, OxygenRule, SUPPLY_BINS, VesselRule};
use crate::engine::pool::{Inputs, LesionRecord, Pool};
use crate::engine::tables::RateTables;
use crate::tissue::fixed::mul_round;
use crate::tissue::shape::{BRICK_VOXELS, Shape, VOXEL_SHIFT};

/// Planes of [`Pool::fields`].
pub mod plane {
    /// Oxygen; its scratch follows the last field.
    pub const OXYGEN: u32 = 0;
    /// VEGF.
    pub const VEGF: u32 = 1;
    /// Relative vessel density.
    pub const VESSELS: u32 = 2;
    /// Base density.
    pub const BASE: u32 = 5;
}

/// Bins of supply are the upper bits of perfusion.
const SUPPLY_SHIFT: u32 = 32 - SUPPLY_BINS.ilog2();

/// The stage, for one brick: reads the fields or their scratch (`from` 0 or 1), writes the other.
pub fn sweep(pool: &Pool, rule: &OxygenRule, brick: u32, from: u32, is_last: bool) {
    let record = pool.record_of(brick);
    if record.redo != 0 {
        return;
    }
    for voxel in brick * BRICK_VOXELS..(brick + 1) * BRICK_VOXELS {
        let here = Voxel::new(pool, record, voxel);
        let mut column = here.live;
        if rule.vessels.is_some() {
            column = column * SUPPLY_BINS + (perfusion(pool, &record.inputs, voxel) >> SUPPLY_SHIFT);
        }
        let read = plane::OXYGEN + from * rule.fields();
        let write = plane::OXYGEN + (1 - from) * rule.fields();
        let oxygen = rule.source[column as usize] + here.neighbours(read, rule.weight[column as usize]);
        pool.field(write, voxel).store(oxygen, Relaxed);
        if let Some(vessels) = &rule.vessels {
            let read = plane::VEGF + from * rule.fields();
            let write = plane::VEGF + (1 - from) * rule.fields();
            let secreted = secretion(vessels, &pool.tables, &record.inputs, here.live, oxygen);
            let vegf = (secreted + here.neighbours(read, vessels.spread)).min(MOST_VEGF);
            pool.field(write, voxel).store(vegf, Relaxed);
            if is_last {
                let now = pool.field(plane::VESSELS, voxel);
                now.store(grow(vessels, &record.inputs, now.load(Relaxed), vegf), Relaxed);
            }
        }
    }
}

/// Perfusion of a voxel relative to the patient's mean, 2.30 fixed point, at most just below 4.
pub fn perfusion(pool: &Pool, inputs: &Inputs, voxel: u32) -> u32 {
    let base = pool.field(plane::BASE, voxel).load(Relaxed);
    let density = mul_round(base, pool.field(plane::VESSELS, voxel).load(Relaxed));
    mul_round(density.min(ONE - 1) << 2, inputs.flow)
}

/// VEGF that the cells of a voxel secrete in a sweep, 4.28 fixed point.
fn secretion(rule: &VesselRule, tables: &RateTables, inputs: &Inputs, live: u32, oxygen: u32) -> u32 {
    let hypoxia = rule.hypoxia[((oxygen >> 16) >> tables.bin_shift) as usize];
    let normal = mul_round(rule.gain[live as usize], inputs.secretion);
    mul_round(normal, hypoxia).min((1 << 29) - 1) << 2
}

/// Relative vessel density after a step.
fn grow(rule: &VesselRule, inputs: &Inputs, vessels: u32, vegf: u32) -> u32 {
    let free = mul_round(vegf, inputs.free_vegf) >> 16;
    let saturation = ((free << 16) / (free + rule.half)) << 16;
    let room = rule.ceiling - vessels.min(rule.ceiling);
    vessels + mul_round(mul_round(rule.growth, saturation), room) - mul_round(vessels, inputs.pruning)
}

/// A voxel and where its neighbours are.
struct Voxel<'a> {
    pool: &'a Pool,
    record: &'a LesionRecord,
    shape: Shape,
    voxel: u32,
    at: [u32; 3],
    live: u32,
}

impl<'a> Voxel<'a> {
    fn new(pool: &'a Pool, record: &'a LesionRecord, voxel: u32) -> Self {
        let shape = record.shape(&pool.model);
        let edge = shape.voxel_size();
        let corner = shape.position((voxel - record.brick_base * BRICK_VOXELS) << VOXEL_SHIFT);
        let at = [corner[0] / edge[0], corner[1] / edge[1], corner[2] / edge[2]];
        let live = pool.live(2 * voxel).count_ones() + pool.live(2 * voxel + 1).count_ones();
        Self { pool, record, shape, voxel, at, live }
    }

    /// Weighted sum of a plane over the neighbours; one beyond a closed edge counts as the voxel itself.
    fn neighbours(&self, plane: u32, weight: u32) -> u32 {
        let here = self.pool.field(plane, self.voxel).load(Relaxed);
        let grid = [self.record.voxels_x, self.record.voxels_y, self.record.voxels_z];
        let mut sum = 0;
        for axis in 0..self.shape.dimension as usize {
            for forward in [false, true] {
                let near = neighbour(&self.shape, self.record, grid, self.at, axis, forward);
                let other = near.map_or(here, |v| self.pool.field(plane, v).load(Relaxed));
                sum += mul_round(other, weight);
            }
        }
        sum
    }
}

/// The voxel next to one along an axis, or `None` beyond a closed edge.
fn neighbour(
    shape: &Shape,
    record: &LesionRecord,
    grid: [u32; 3],
    mut at: [u32; 3],
    axis: usize,
    forward: bool,
) -> Option<u32> {
    let last = grid[axis] - 1;
    at[axis] = match (forward, at[axis]) {
        (true, here) if here < last => here + 1,
        (false, here) if here > 0 && here <= last => here - 1,
        (true, here) if shape.periodic && here == last => 0,
        (false, 0) if shape.periodic => last,
        _ => return None,
    };
    let edge = shape.voxel_size();
    let site = shape.site([at[0] * edge[0], at[1] * edge[1], at[2] * edge[2]]);
    Some((site >> VOXEL_SHIFT) + record.brick_base * BRICK_VOXELS)
}

//! Oxygen: one relaxation sweep over the voxels of the active bricks.
//!
//! Bricks without cells hold the value of free tissue. Twin: `shaders/environment.wgsl`.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::engine::model::OxygenRule;
use crate::engine::pool::{LesionRecord, Pool};
use crate::tissue::fixed::mul_round;
use crate::tissue::shape::{BRICK_VOXELS, Shape, VOXEL_SHIFT};

/// The stage, for one brick: reads one half of the oxygen words (0 or 1), writes the other.
pub fn sweep(pool: &Pool, rule: &OxygenRule, brick: u32, from: usize) {
    let record = pool.record_of(brick);
    let half = pool.oxygen.len() / 2;
    let (read, write) = (&pool.oxygen[from * half..][..half], &pool.oxygen[(1 - from) * half..][..half]);
    if record.redo != 0 {
        return;
    }
    for voxel in brick * BRICK_VOXELS..(brick + 1) * BRICK_VOXELS {
        let value = relax(pool, rule, record, voxel, read);
        write[voxel as usize].store(value, Relaxed);
    }
}

fn relax(pool: &Pool, rule: &OxygenRule, record: &LesionRecord, voxel: u32, field: &[AtomicU32]) -> u32 {
    let shape = record.shape(&pool.model);
    let here = field[voxel as usize].load(Relaxed);
    let local = voxel - record.brick_base * BRICK_VOXELS;
    let edge = shape.voxel_size();
    let corner = shape.position(local << VOXEL_SHIFT);
    let at = [corner[0] / edge[0], corner[1] / edge[1], corner[2] / edge[2]];
    let grid = [record.voxels_x, record.voxels_y, record.voxels_z];
    let live = (pool.live(2 * voxel).count_ones() + pool.live(2 * voxel + 1).count_ones()) as usize;
    let weight = rule.weight[live];
    let mut value = rule.source[live];
    for axis in 0..shape.dimension as usize {
        for forward in [false, true] {
            let near = neighbour(&shape, record, grid, at, axis, forward);
            let other = near.map_or(here, |v| field[v as usize].load(Relaxed));
            value += mul_round(other, weight);
        }
    }
    value
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

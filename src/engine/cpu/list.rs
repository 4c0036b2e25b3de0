//! Which bricks a step visits: those that hold a cell, of lesions that run. With mixed placement
//! every brick of a running lesion, since a daughter may go anywhere.
//!
//! The list is made anew only when a brick was filled or emptied, or a lesion halted.
//! Twin: `shaders/list.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::PlacementRule;
use crate::engine::pool::{NO_STEP, Pool};
use crate::tissue::shape::BRICK_VOXELS;

/// A brick that has lost its last cell goes back to the fields of free tissue.
fn forget(pool: &mut Pool, brick: u32) {
    let emptied =
        pool.brick_cells(brick).load(Relaxed) == 0 && pool.brick_stamp(brick).load(Relaxed) != NO_STEP;
    let all = pool.voxel_total();
    let Some(rule) = pool.model.oxygen.as_ref().filter(|_| emptied) else {
        return;
    };
    let scratch = (0..rule.fields().min(2)).map(|field| (field, rule.fields() + field));
    for (field, plane) in (0..rule.fields()).map(|field| (field, field)).chain(scratch) {
        let first = (plane * all + brick * BRICK_VOXELS) as usize;
        pool.fields[first..][..BRICK_VOXELS as usize].fill(rule.free_of(field));
    }
    pool.brick_stamp(brick).store(NO_STEP, Relaxed);
}

/// The stage.
pub fn list(pool: &mut Pool) {
    if pool.dirty.swap(0, Relaxed) == 0 {
        return;
    }
    let mixed = pool.model.placement == PlacementRule::Mixed;
    let mut active = std::mem::take(&mut pool.active);
    active.clear();
    for record in &pool.lesions {
        if !record.runs() {
            continue;
        }
        for brick in record.brick_base..record.brick_base + record.brick_count {
            if mixed || pool.brick_cells(brick).load(Relaxed) != 0 {
                active.push(brick);
            }
        }
    }
    for brick in 0..pool.brick_total() {
        forget(pool, brick);
    }
    pool.active = active;
}

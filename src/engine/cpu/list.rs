//! Which bricks a step visits: those that hold a cell, of lesions that run. With mixed placement
//! every brick of a running lesion, since a daughter may go anywhere.
//!
//! The list is made anew only when a brick was filled or emptied, or a lesion halted.
//! Twin: `shaders/list.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::model::PlacementRule;
use crate::engine::pool::Pool;

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
    pool.active = active;
}

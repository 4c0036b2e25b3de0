//! Resolve: who has won, and how many clones each leaf founds. Changes no site, so the stage can be
//! repeated. Twin: `shaders/resolve.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use super::births::Births;
use super::rank::add;
use crate::engine::pool::{Pool, rank};
use crate::tissue::shape::{BRICK_LEAVES, GROUP_SHIFT, LEAF_SHIFT};
use crate::tissue::word;

/// The stage, for one brick.
pub fn resolve(pool: &Pool, brick: u32) {
    let births = Births::new(pool, brick);
    let record = births.record;
    let group = record.group_base + ((brick - record.brick_base) >> GROUP_SHIFT);
    for leaf in brick * BRICK_LEAVES..(brick + 1) * BRICK_LEAVES {
        // What a leaf without events holds is of an earlier step and is not read.
        if pool.events(leaf).load(Relaxed) == 0 {
            continue;
        }
        let (winners, founders) = resolve_leaf(&births, leaf);
        pool.winners(leaf).store(winners, Relaxed);
        let counts = pool.leaf_counts(leaf).load(Relaxed) & !0xff;
        pool.leaf_counts(leaf).store(counts | founders, Relaxed);
        if founders > 0 {
            pool.brick_counts(brick).fetch_add(founders, Relaxed);
            add(pool, rank::FOUNDERS, group, founders);
        }
    }
}

/// Winners of a leaf as a mask, and the clones that its births found.
fn resolve_leaf(births: &Births, leaf: u32) -> (u32, u32) {
    let mut events = births.pool.events(leaf).load(Relaxed);
    let (mut winners, mut founders, mut divisions) = (0, 0, 0);
    while events != 0 {
        let bit = events.trailing_zeros();
        let address = (leaf << LEAF_SHIFT) + bit;
        events &= events - 1;
        let now = births.pool.sites[address as usize].load(Relaxed);
        let action = word::action(now);
        let wins = match action {
            word::REPLACE => true,
            word::DIVIDE | word::MIGRATE => births.wins(address, now, divisions),
            _ => false,
        };
        divisions += u32::from(action == word::DIVIDE);
        winners |= u32::from(wins) << bit;
        if wins && action != word::MIGRATE {
            let code = births.switched(address, now);
            founders += births.mutate(address, code, action == word::DIVIDE).founders();
        }
    }
    (winners, founders)
}

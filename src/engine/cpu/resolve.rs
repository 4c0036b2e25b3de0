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
        let founders = founders(&births, leaf);
        let counts = pool.leaf_counts(leaf).load(Relaxed) & !0xff;
        pool.leaf_counts(leaf).store(counts | founders, Relaxed);
        if founders > 0 {
            pool.brick_counts(brick).fetch_add(founders, Relaxed);
            add(pool, rank::FOUNDERS, group, founders);
        }
    }
}

/// Clones that the births of a leaf found.
fn founders(births: &Births, leaf: u32) -> u32 {
    let mut events = births.pool.events(leaf).load(Relaxed);
    let (mut founders, mut divisions) = (0, 0);
    while events != 0 {
        let address = (leaf << LEAF_SHIFT) + events.trailing_zeros();
        events &= events - 1;
        let now = births.pool.sites[address as usize].load(Relaxed);
        let (born, placed) = match word::action(now) {
            word::REPLACE => (true, false),
            word::DIVIDE => {
                divisions += 1;
                (births.won(address, now, divisions - 1).is_some(), true)
            }
            _ => (false, false),
        };
        if born {
            let code = births.switched(address, now);
            founders += births.mutate(address, code, placed).founders();
        }
    }
    founders
}

//! Rank (mixed placement only): counts the births and the empty sites of every leaf, so that both have
//! numbers by which they can be matched. Twin: `shaders/rank.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use crate::engine::pool::{Pool, rank};
use crate::tissue::shape::{BRICK_LEAVES, GROUP_SHIFT, LEAF_SHIFT};
use crate::tissue::word;

/// The stage, for one brick.
pub fn rank(pool: &Pool, brick: u32) {
    let record = pool.record_of(brick);
    let group = record.group_base + ((brick - record.brick_base) >> GROUP_SHIFT);
    for leaf in brick * BRICK_LEAVES..(brick + 1) * BRICK_LEAVES {
        let (births, empty) = count_leaf(pool, leaf);
        let empties = empty.count_ones();
        pool.empties(leaf).store(empty, Relaxed);
        let packed = (births << rank::LEAF_BIRTHS) | (empties << rank::LEAF_EMPTIES);
        pool.leaf_counts(leaf).store(packed, Relaxed);
        let packed = (births << rank::BRICK_BIRTHS) | (empties << rank::BRICK_EMPTIES);
        pool.brick_counts(brick).fetch_add(packed, Relaxed);
        add(pool, rank::BIRTHS, group, births);
        add(pool, rank::EMPTIES, group, empties);
    }
}

/// Adds to a group's count of a channel.
pub fn add(pool: &Pool, channel: u32, group: u32, count: u32) {
    if count > 0 {
        pool.group_count(channel, group).fetch_add(count, Relaxed);
    }
}

/// Births drawn in a leaf, and its empty sites as a mask.
fn count_leaf(pool: &Pool, leaf: u32) -> (u32, u32) {
    let mut events = pool.events(leaf).load(Relaxed);
    let mut births = 0;
    while events != 0 {
        let address = (leaf << LEAF_SHIFT) + events.trailing_zeros();
        events &= events - 1;
        let now = pool.sites[address as usize].load(Relaxed);
        births += u32::from(word::action(now) == word::DIVIDE);
    }
    (births, !pool.full(leaf))
}

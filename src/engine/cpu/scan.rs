//! Scan: turns the groups' counts of a lesion into sums over the groups before, and its totals. A lesion
//! whose new clones do not fit is halted here, before anything is written. Twin: `shaders/scan.wgsl`.

use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

use crate::engine::pool::{LesionRecord, Pool, rank};

/// The stage, for all lesions and some channels.
pub fn scan(pool: &mut Pool, channels: Range<u32>) {
    let mut lesions = std::mem::take(&mut pool.lesions);
    for record in lesions.iter_mut().filter(|r| r.runs()) {
        for channel in channels.clone() {
            let total = scan_channel(pool, record, channel);
            take_total(record, channel, total);
            if record.overflow != 0 {
                // Its bricks leave the list, so that the steps that were submitted already pass it by.
                pool.dirty.store(1, Relaxed);
            }
        }
    }
    pool.lesions = lesions;
}

fn scan_channel(pool: &Pool, record: &LesionRecord, channel: u32) -> u32 {
    let mut total = 0;
    for group in record.group_base..record.group_base + record.group_count {
        pool.group_sum(channel, group).store(total, Relaxed);
        total += pool.group_count(channel, group).swap(0, Relaxed);
    }
    total
}

fn take_total(record: &mut LesionRecord, channel: u32, total: u32) {
    match channel {
        rank::FOUNDERS => {
            record.founders = total;
            record.overflow = u32::from(total > record.clone_capacity - record.clone_count);
        }
        rank::BIRTHS => record.births = total,
        _ => record.empties = total,
    }
}

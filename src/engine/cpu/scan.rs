//! Scan: turns the groups' counts of a lesion into sums over the groups before, and its totals. A lesion
//! whose new clones do not fit is halted here, before anything is written. Twin: `shaders/scan.wgsl`.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::engine::pool::{LesionRecord, Pool, rank};

/// The stage, for all lesions and some channels.
pub fn scan(pool: &mut Pool, channels: Range<u32>) {
    let groups = pool.groups();
    for record in &mut pool.lesions {
        if !record.runs() {
            continue;
        }
        for channel in channels.clone() {
            let first = (channel * groups + record.group_base) as usize;
            let range = first..first + record.group_count as usize;
            let total = scan_groups(&pool.group_counts[range.clone()], &mut pool.group_sums[range]);
            take_total(record, channel, total);
        }
    }
}

fn scan_groups(counts: &[AtomicU32], sums: &mut [u32]) -> u32 {
    let mut total = 0;
    for (count, sum) in counts.iter().zip(sums) {
        *sum = total;
        total += count.swap(0, Relaxed);
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

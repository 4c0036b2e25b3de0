//! The log of a batch: the census of each lesion at its checks, until the host takes it.

use bytemuck::{Pod, Zeroable};
use evotor_derive::DeviceWords;

use super::Pool;
use crate::tissue::lesion::{COUNTERS, Counters};

/// Words of a log entry before the live counts per row.
pub const LOG_HEAD: u32 = (size_of::<LogHead>() / 4) as u32;

/// What stands before the live counts per row; what it means is said at [`LogEntry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
#[expect(
    missing_docs,
    reason = "the fields are those of `LogEntry`; counters are pairs of low and high words"
)]
pub struct LogHead {
    pub step: u32,
    pub drugs_on: u32,
    pub table: u32,
    pub status: u32,
    pub progressed: u32,
    pub live: u32,
    pub dead: u32,
    pub targets: u32,
    pub counters: [u32; 2 * COUNTERS],
}

/// One entry of the log: the census at a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Position of the lesion in the batch.
    pub lesion: usize,
    /// Step.
    pub step: u32,
    /// Drugs on during the step before this check (bit mask).
    pub drugs_on: u32,
    /// Rate table that the integer rules put in force from here; the lesion's [`super::Inputs::table`] comes on top.
    pub table: u32,
    /// Status bits after this check.
    pub status: u32,
    /// One more than the step of progression; 0 before it.
    pub progressed: u32,
    /// Live cells.
    pub live: u32,
    /// Dead cells.
    pub dead: u32,
    /// Targets that are met at this check (bit mask).
    pub targets: u32,
    /// Events so far.
    pub counters: Counters,
    /// Live cells per row of the rate tables.
    pub live_by_row: Vec<u32>,
}

impl Pool {
    /// Words of a log entry.
    pub fn log_stride(&self) -> u32 {
        LOG_HEAD + self.tables.states()
    }

    /// Whether some lesion has no room for another log entry.
    pub fn is_log_full(&self) -> bool {
        self.lesions.iter().any(|l| l.log_length == l.log_capacity)
    }

    /// Takes the log entries of all lesions, in batch order, and empties the log.
    pub fn take_log(&mut self) -> Vec<LogEntry> {
        let stride = self.log_stride() as usize;
        let mut entries = Vec::new();
        for (lesion, record) in self.lesions.iter_mut().enumerate() {
            let first = record.log_base as usize;
            for words in self.log[first..].chunks_exact(stride).take(record.log_length as usize) {
                entries.push(LogEntry::from_words(lesion, words));
            }
            record.log_length = 0;
        }
        entries
    }
}

impl LogEntry {
    /// Reads an entry as the control stage wrote it.
    pub fn from_words(lesion: usize, words: &[u32]) -> Self {
        let (head, live_by_row) = words.split_at(LOG_HEAD as usize);
        let head: LogHead = bytemuck::pod_read_unaligned(bytemuck::cast_slice(head));
        let mut counters = [0; COUNTERS];
        for (count, pair) in counters.iter_mut().zip(head.counters.chunks_exact(2)) {
            *count = u64::from(pair[0]) | (u64::from(pair[1]) << 32);
        }
        Self {
            lesion,
            step: head.step,
            drugs_on: head.drugs_on,
            table: head.table,
            status: head.status,
            progressed: head.progressed,
            live: head.live,
            dead: head.dead,
            targets: head.targets,
            counters: Counters::from_array(counters),
            live_by_row: live_by_row.to_vec(),
        }
    }
}

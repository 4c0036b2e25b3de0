//! Words of a pool as others see them.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Words of a pool, which threads share or do not.
#[derive(Debug, Clone, Copy)]
pub enum HostWords<'a> {
    /// Shared by threads.
    Shared(&'a [AtomicU32]),
    /// Each changed by one thread alone.
    Plain(&'a [u32]),
}

impl<'a> HostWords<'a> {
    /// How many there are.
    pub const fn count(self) -> usize {
        match self {
            Self::Shared(words) => words.len(),
            Self::Plain(words) => words.len(),
        }
    }

    /// Some of them.
    pub fn part(self, part: Range<usize>) -> Self {
        match self {
            Self::Shared(words) => Self::Shared(&words[part]),
            Self::Plain(words) => Self::Plain(&words[part]),
        }
    }

    /// Copies of them, so many at a time.
    pub fn chunks(self, size: usize) -> impl Iterator<Item = Vec<u32>> + 'a {
        (0..self.count()).step_by(size).map(move |from| {
            let some = from..self.count().min(from + size);
            match self {
                Self::Shared(words) => words[some].iter().map(|w| w.load(Relaxed)).collect(),
                Self::Plain(words) => words[some].to_vec(),
            }
        })
    }

    /// A copy of them all.
    pub fn to_vec(self) -> Vec<u32> {
        self.chunks(self.count().max(1)).next().unwrap_or_default()
    }
}

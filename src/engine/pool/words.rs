//! Words of a pool as others see them.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::Pool;

/// The arrays of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolArray {
    /// Words of sites.
    Sites,
    /// Clones of sites.
    Clones,
    /// Per brick.
    Bricks,
    /// Per leaf.
    Leaves,
    /// Per leaf: live and full.
    Occupancy,
    /// Per group of bricks.
    Groups,
    /// Per voxel.
    Fields,
    /// Census stripes.
    Census,
    /// Clone tables.
    CloneTable,
}

impl PoolArray {
    /// Those that lie on a device in one piece, in the order in which they lie there; planes of sites and clones are cut into slabs.
    pub const WHOLE: [Self; 7] = [
        Self::Bricks,
        Self::Leaves,
        Self::Occupancy,
        Self::Groups,
        Self::Fields,
        Self::Census,
        Self::CloneTable,
    ];

    /// Name, for reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Clones => "clones",
            Self::Bricks => "bricks",
            Self::Leaves => "leaves",
            Self::Occupancy => "occupancy",
            Self::Groups => "groups",
            Self::Fields => "fields",
            Self::Census => "census",
            Self::CloneTable => "clone table",
        }
    }

    /// The array in a pool.
    pub fn of(self, pool: &Pool) -> HostWords<'_> {
        HostWords::Shared(match self {
            Self::Sites => &pool.sites,
            Self::Clones => &pool.clones,
            Self::Bricks => &pool.bricks,
            Self::Leaves => &pool.leaves,
            Self::Occupancy => &pool.occupancy,
            Self::Groups => &pool.groups,
            Self::Fields => return HostWords::Plain(&pool.fields),
            Self::Census => &pool.census,
            Self::CloneTable => &pool.clone_table,
        })
    }
}

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

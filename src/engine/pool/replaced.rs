//! Another state in the place of a lesion: what lies where, for whoever holds the arrays.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::{
    BRICK_LESION, BRICK_WORDS, CLONE_WORDS, HostWords, LesionRecord, OCCUPANCY_WORDS, Pool, PoolArray,
    PoolOptions,
};
use crate::tissue::LesionState;
use crate::tissue::shape::{BRICK, BRICK_LEAVES, BRICK_VOXELS};

/// A part of a lesion: the array, and where the words stand in a pool of this lesion alone, and in that of the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePart {
    /// The array.
    pub array: PoolArray,
    /// Words in the pool of this lesion alone.
    pub own: Range<usize>,
    /// The first of them in the pool of the batch.
    pub at: usize,
}

impl Pool {
    /// A state that takes the place of that of a lesion of the same lattice and no more clones than there is room for: a pool of it alone,
    /// and where its parts go. The record of the lesion is changed here.
    pub fn replacement(&mut self, lesion: usize, state: &LesionState, voxels: u32) -> (Self, Vec<StatePart>) {
        let options = PoolOptions { spare_clones: 0, log_entries: 1, ..PoolOptions::default() };
        let one = Self::new(Arc::clone(&self.model), std::slice::from_ref(state), options);
        for brick in one.bricks.chunks(BRICK_WORDS as usize) {
            brick[BRICK_LESION as usize].store(lesion as u32, Relaxed);
        }
        let (here, own) = (&mut self.lesions[lesion], &one.lesions[0]);
        assert_eq!(own.shape(&one.model), here.shape(&one.model), "another lattice");
        assert!(own.clone_count <= here.clone_capacity, "more clones than there is room for");
        *here = LesionRecord {
            brick_base: here.brick_base,
            group_base: here.group_base,
            until: here.until,
            clone_base: here.clone_base,
            clone_capacity: here.clone_capacity,
            census_base: here.census_base,
            log_base: here.log_base,
            log_capacity: here.log_capacity,
            log_length: here.log_length,
            fold: here.fold,
            inputs: here.inputs,
            ..*own
        };
        let parts = parts(here, &one, voxels as usize);
        (one, parts)
    }

    /// Puts another state in the place of that of a lesion, as [`Pool::replacement`] says.
    pub fn replace(&mut self, lesion: usize, state: &LesionState) {
        let (one, parts) = self.replacement(lesion, state, self.voxel_total());
        for StatePart { array, own, at } in parts {
            let here = at..at + own.len();
            if array == PoolArray::Fields {
                self.fields[here].copy_from_slice(&one.fields[own]);
            } else if let (HostWords::Shared(to), HostWords::Shared(from)) =
                (array.of(self).part(here), array.of(&one).part(own))
            {
                to.iter().zip(from).for_each(|(to, from)| to.store(from.load(Relaxed), Relaxed));
            }
        }
    }
}

/// Where the parts of a lesion stand: in a pool of it alone, and in one of so many voxels.
fn parts(here: &LesionRecord, one: &Pool, voxels: usize) -> Vec<StatePart> {
    let base = here.brick_base as usize;
    let whole = |array, at| StatePart { array, own: 0..array.of(one).count(), at };
    let mut all = vec![
        whole(PoolArray::Sites, base * BRICK as usize),
        whole(PoolArray::Clones, base * BRICK as usize),
        whole(PoolArray::Bricks, base * BRICK_WORDS as usize),
        whole(PoolArray::Occupancy, base * (OCCUPANCY_WORDS * BRICK_LEAVES) as usize),
        whole(PoolArray::Census, here.census_base as usize),
        whole(PoolArray::CloneTable, (here.clone_base * CLONE_WORDS) as usize),
    ];
    let own = one.voxel_total() as usize;
    let planes = one.fields.len() / own.max(1);
    all.extend((0..planes).map(|plane| StatePart {
        array: PoolArray::Fields,
        own: plane * own..(plane + 1) * own,
        at: plane * voxels + base * BRICK_VOXELS as usize,
    }));
    all
}

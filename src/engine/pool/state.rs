//! From the pool back to the canonical state of a lesion.

use std::sync::atomic::Ordering::Relaxed;

use super::fields::forget_empty_bricks;
use super::{CLONE_WORDS, LesionRecord, Pool};
use crate::engine::model::OxygenRule;
use crate::tissue::clones::{CloneTable, Founding};
use crate::tissue::lesion::{COUNTERS, Counters, LesionId, LesionState};
use crate::tissue::shape::{BRICK_SHIFT, BRICK_VOXELS};
use crate::tissue::word;

impl Pool {
    /// The canonical state of a lesion.
    pub fn state(&self, lesion: usize) -> LesionState {
        let record = &self.lesions[lesion];
        let addresses = (record.brick_base << BRICK_SHIFT) as usize
            ..((record.brick_base + record.brick_count) << BRICK_SHIFT) as usize;
        let sites: Vec<u32> =
            self.sites[addresses.clone()].iter().map(|w| word::canonical(w.load(Relaxed))).collect();
        let clones = self.clones[addresses].iter().map(|c| c.load(Relaxed)).collect();
        let voxels =
            record.brick_base * BRICK_VOXELS..(record.brick_base + record.brick_count) * BRICK_VOXELS;
        let count = self.model.oxygen.as_ref().map_or(0, OxygenRule::fields);
        let fields = (0..count)
            .flat_map(|field| voxels.clone().map(move |voxel| (field, voxel)))
            .map(|(field, voxel)| self.field(field, voxel).load(Relaxed))
            .collect();
        let table = self.clone_table[(record.clone_base * CLONE_WORDS) as usize..]
            .chunks_exact(CLONE_WORDS as usize)
            .take(record.clone_count as usize)
            .map(|entry| Founding {
                parent: entry[0].load(Relaxed),
                step: entry[1].load(Relaxed),
                site: entry[2].load(Relaxed),
                code: entry[3].load(Relaxed),
            })
            .collect();
        self.assemble(lesion, sites, clones, fields, table)
    }

    /// The canonical state from its parts: what is in the lesion's record, and what was read back.
    pub fn assemble(
        &self,
        lesion: usize,
        sites: Vec<u32>,
        clones: Vec<u32>,
        mut fields: Vec<u32>,
        table: Vec<Founding>,
    ) -> LesionState {
        let record = &self.lesions[lesion];
        if let Some(rule) = &self.model.oxygen {
            forget_empty_bricks(&sites, &mut fields, rule);
        }
        let mut counters = [0; COUNTERS];
        for (count, pair) in counters.iter_mut().zip(record.counters.chunks_exact(2)) {
            *count = u64::from(pair[0]) | (u64::from(pair[1]) << 32);
        }
        self.add_uncollected(record, &mut counters);
        LesionState {
            id: LesionId(record.id),
            shape: record.shape(&self.model),
            step: record.step,
            sites,
            clones,
            fields,
            table: CloneTable(table),
            control: record.control,
            counters: Counters::from_array(counters),
        }
    }

    /// Adds what the census stripes have counted since the last check.
    fn add_uncollected(&self, record: &LesionRecord, counters: &mut [u64; COUNTERS]) {
        let stride = self.census_stride();
        for stripe in 0..=record.stripe_mask {
            let first = record.census_base + stripe * stride;
            for (k, count) in counters.iter_mut().enumerate() {
                *count += u64::from(self.census[first as usize + k].load(Relaxed));
            }
        }
    }
}

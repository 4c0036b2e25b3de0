//! From the pool back to the canonical state of a lesion.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use super::{CLONE_WORDS, LesionRecord, Pool};
use crate::tissue::clones::{CloneTable, Founding};
use crate::tissue::lesion::{COUNTERS, Counters, LesionId, LesionState};
use crate::tissue::shape::{BRICK_SHIFT, BRICK_VOXELS};
use crate::tissue::{Brick, Bricks, word};

impl Pool {
    /// The canonical state of a lesion.
    pub fn state(&self, lesion: usize) -> LesionState {
        let record = &self.lesions[lesion];
        let load = |words: &[AtomicU32]| words.iter().map(|w| w.load(Relaxed)).collect::<Vec<_>>();
        let mut bricks = self.no_bricks(record);
        for number in 0..record.brick_count {
            let brick = record.brick_base + number;
            if self.brick_cells(brick).load(Relaxed) == 0 {
                continue;
            }
            let addresses = (brick << BRICK_SHIFT) as usize..((brick + 1) << BRICK_SHIFT) as usize;
            let sites = self.sites[addresses.clone()].iter().map(|w| word::canonical(w.load(Relaxed)));
            let voxels = brick * BRICK_VOXELS..(brick + 1) * BRICK_VOXELS;
            let fields = (0..bricks.free().len() as u32)
                .flat_map(|field| voxels.clone().map(move |voxel| self.field(field, voxel)));
            let (sites, fields): (Vec<_>, Vec<_>) = (sites.collect(), fields.collect());
            let clones = &load(&self.clones[addresses]);
            let brick = Brick { number, sites: &sites, clones, fields: &fields };
            bricks.put_brick(&record.shape(&self.model), brick);
        }
        let table = &self.clone_table[(record.clone_base * CLONE_WORDS) as usize..];
        let table = load(&table[..(record.clone_count * CLONE_WORDS) as usize]);
        self.assemble(lesion, bricks, bytemuck::cast_slice(&table).to_vec())
    }

    /// No bricks, with the fields of the model.
    pub fn no_bricks(&self, record: &LesionRecord) -> Bricks {
        let mut bricks = Bricks::none(record.brick_count);
        if let Some(rule) = &self.model.oxygen {
            bricks.set_free(&(0..rule.fields()).map(|field| rule.free_of(field)).collect::<Vec<_>>());
        }
        bricks
    }

    /// The canonical state from its parts: what is in the lesion's record, and what was read back.
    pub fn assemble(&self, lesion: usize, bricks: Bricks, table: Vec<Founding>) -> LesionState {
        let record = &self.lesions[lesion];
        let mut counters = [0; COUNTERS];
        for (count, pair) in counters.iter_mut().zip(record.counters.chunks_exact(2)) {
            *count = u64::from(pair[0]) | (u64::from(pair[1]) << 32);
        }
        self.add_uncollected(record, &mut counters);
        LesionState {
            id: LesionId(record.id),
            shape: record.shape(&self.model),
            step: record.step,
            bricks,
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

//! The planes of the environment: oxygen, and with vessels VEGF, vessels and their base density.

use std::sync::Arc;

use super::{LesionRecord, Pool};
use crate::engine::model::{QUANTILES, VesselRule};
use crate::tissue::LesionState;
use crate::tissue::random::{Draws, Purpose};
use crate::tissue::shape::BRICK_VOXELS;

impl Pool {
    /// Copies the fields of a state, and makes the base density of its vessels.
    pub(super) fn fill_fields(&mut self, state: &LesionState, record: &LesionRecord) {
        let model = Arc::clone(&self.model);
        let Some(rule) = &model.oxygen else {
            return;
        };
        // Not the number of voxels so far: lesions are appended one by one, planes are laid out for all of them.
        let all = self.fields.len() / rule.planes() as usize;
        let base = (record.brick_base * BRICK_VOXELS) as usize;
        let voxels = (record.brick_count * BRICK_VOXELS) as usize;
        for field in 0..rule.fields() {
            let plane = field as usize * all + base;
            self.fields[plane..plane + voxels].fill(rule.free_of(field));
        }
        for brick in state.bricks.iter() {
            let first = base + (brick.number * BRICK_VOXELS) as usize;
            let values = brick.fields.chunks(BRICK_VOXELS as usize).take(rule.fields() as usize);
            for (field, values) in values.enumerate() {
                self.fields[field * all + first..][..values.len()].copy_from_slice(values);
            }
        }
        // The scratch planes: bricks that are not visited are read there too.
        for (field, plane) in (0..rule.fields().min(2)).zip(rule.fields()..) {
            let from = field as usize * all + base;
            self.fields.copy_within(from..from + voxels, plane as usize * all + base);
        }
        let Some(vessels) = &rule.vessels else {
            return;
        };
        for voxel in 0..voxels {
            let density = base_density(vessels, model.seed, record.id, voxel as u32);
            self.fields[5 * all + base + voxel] = density;
        }
    }

    /// Number of voxels in the pool.
    #[inline]
    pub fn voxel_total(&self) -> u32 {
        self.brick_total() * BRICK_VOXELS
    }

    /// The word of a plane of [`Pool::fields`] at a voxel.
    #[inline]
    pub fn field(&self, plane: u32, voxel: u32) -> u32 {
        self.fields[(plane * self.voxel_total() + voxel) as usize]
    }
}

/// Base density of the vessels of a voxel, drawn once for its lesion, 2.30 fixed point.
pub fn base_density(rule: &VesselRule, seed: u64, lesion: u32, voxel: u32) -> u32 {
    let [word, ..] = Draws::new(seed, lesion, 0).block(voxel, Purpose::Vessels, 0);
    rule.quantiles[(word >> (u32::BITS - QUANTILES.ilog2())) as usize]
}

//! The planes of the environment: oxygen, and with vessels VEGF, vessels and their base density.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use super::{LesionRecord, Pool};
use crate::engine::model::{OxygenRule, QUANTILES, VesselRule};
use crate::tissue::LesionState;
use crate::tissue::random::{Draws, Purpose};
use crate::tissue::shape::{BRICK, BRICK_VOXELS};
use crate::tissue::word;

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
        let mut fields = state.fields.clone();
        for field in fields.len() as u32 / voxels as u32..rule.fields() {
            fields.extend(std::iter::repeat_n(rule.free_of(field), voxels));
        }
        forget_empty_bricks(&state.sites, &mut fields, rule);
        for (field, values) in fields.chunks(voxels).enumerate() {
            for (voxel, value) in values.iter().enumerate() {
                *self.fields[field * all + base + voxel].get_mut() = *value;
            }
        }
        // The scratch planes: bricks that are not visited are read there too.
        for (field, plane) in (0..rule.fields().min(2)).zip(rule.fields()..) {
            for voxel in base..base + voxels {
                let value = *self.fields[field as usize * all + voxel].get_mut();
                *self.fields[plane as usize * all + voxel].get_mut() = value;
            }
        }
        let Some(vessels) = &rule.vessels else {
            return;
        };
        for voxel in 0..voxels {
            let density = base_density(vessels, model.seed, record.id, voxel as u32);
            *self.fields[5 * all + base + voxel].get_mut() = density;
        }
    }

    /// Number of voxels in the pool.
    #[inline]
    pub fn voxel_total(&self) -> u32 {
        self.brick_total() * BRICK_VOXELS
    }

    /// The word of a plane of [`Pool::fields`] at a voxel.
    #[inline]
    pub fn field(&self, plane: u32, voxel: u32) -> &AtomicU32 {
        &self.fields[(plane * self.voxel_total() + voxel) as usize]
    }
}

/// Base density of the vessels of a voxel, drawn once for its lesion, 2.30 fixed point.
pub fn base_density(rule: &VesselRule, seed: u64, lesion: u32, voxel: u32) -> u32 {
    let [word, ..] = Draws::new(seed, lesion, 0).block(voxel, Purpose::Vessels, 0);
    rule.quantiles[(word >> (u32::BITS - QUANTILES.ilog2())) as usize]
}

/// Sets the fields of bricks without cells to those of free tissue, as the list stage does in the step
/// after a brick was emptied.
pub(super) fn forget_empty_bricks(sites: &[u32], fields: &mut [u32], rule: &OxygenRule) {
    let voxels = fields.len() / rule.fields() as usize;
    for (field, values) in (0..).zip(fields.chunks_mut(voxels)) {
        for (sites, values) in sites.chunks(BRICK as usize).zip(values.chunks_mut(BRICK_VOXELS as usize)) {
            if !sites.iter().any(|w| word::is_cell(*w)) {
                values.fill(rule.free_of(field));
            }
        }
    }
}

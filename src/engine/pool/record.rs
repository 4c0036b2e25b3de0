//! What the pool knows of a lesion, beside its arrays.

use bytemuck::{Pod, Zeroable};
use evotor_derive::DeviceWords;

use crate::engine::model::{Model, ONE};
use crate::tissue::lesion::{COUNTERS, Control, status};
use crate::tissue::shape::Shape;

/// What one lesion is doing: where its parts lie in the pool, and the state of its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
#[expect(missing_docs, reason = "the fields are explained by the comments between them")]
pub struct LesionRecord {
    // Who and where: id, first brick and number of bricks, first group and number of groups.
    pub id: u32,
    pub brick_base: u32,
    pub brick_count: u32,
    pub group_base: u32,
    pub group_count: u32,
    // Lattice size in sites, in bricks (x, y) and in voxels.
    pub size_x: u32,
    pub size_y: u32,
    pub size_z: u32,
    pub bricks_x: u32,
    pub bricks_y: u32,
    pub voxels_x: u32,
    pub voxels_y: u32,
    pub voxels_z: u32,
    // Steps done, step to stop at; set when the clone table is full; set when a step is repeated.
    pub step: u32,
    pub until: u32,
    pub overflow: u32,
    pub redo: u32,
    // Clone table: first entry, room, entries; clones founded in this step.
    pub clone_base: u32,
    pub clone_capacity: u32,
    pub clone_count: u32,
    pub founders: u32,
    // Mixed placement: births drawn and empty sites in this step.
    pub births: u32,
    pub empties: u32,
    // Census stripes (a power of two, less one), first census word; log: first word, room, entries.
    pub stripe_mask: u32,
    pub census_base: u32,
    pub log_base: u32,
    pub log_capacity: u32,
    pub log_length: u32,
    // First entry of the patient's supply of oxygen, and of what hypoxia does there.
    pub supply: u32,
    pub hypoxia: u32,
    // Steps between two additions of the stripes' event counts to the 64-bit counters, at most.
    pub fold: u32,
    // What the host has set.
    pub inputs: Inputs,
    // Words under which claims are keyed in the next step.
    pub salt: [u32; 4],
    pub control: Control,
    pub counters: [u32; 2 * COUNTERS],
}

/// What the host sets for a lesion between submissions: its tables and what drugs do to its vessels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub struct Inputs {
    /// Added to the table index of the integer rules.
    pub table: u32,
    /// Perfusion per vessel, 0.32 fixed point.
    pub flow: u32,
    /// Loss of vessels a step, drugs included, 0.32 fixed point.
    pub pruning: u32,
    /// Share of VEGF that is free, 0.32 fixed point.
    pub free_vegf: u32,
    /// Growth of vessels relative to none of the drugs that slow it, 0.32 fixed point.
    pub formation: u32,
    /// Secretion of VEGF relative to the untreated cell in the mean of the lesion, 2.30 fixed point.
    pub secretion: u32,
    /// The same of a cell whose state puts no factor on it: read where states differ in theirs.
    pub plain_secretion: u32,
}

impl Default for Inputs {
    /// No drugs, and vessels that are not lost.
    fn default() -> Self {
        Self {
            table: 0,
            flow: u32::MAX,
            pruning: 0,
            free_vegf: u32::MAX,
            formation: u32::MAX,
            secretion: ONE,
            plain_secretion: ONE,
        }
    }
}

impl LesionRecord {
    /// Number of the rate table in force.
    #[inline]
    pub fn table(&self) -> u32 {
        self.inputs.table + self.control.table
    }

    /// Whether the lesion takes part in the next step.
    pub fn runs(&self) -> bool {
        self.control.status == status::RUNNING && self.overflow == 0 && self.step < self.until
    }

    /// Whether a brick is one of this lesion's.
    #[inline]
    pub fn holds(&self, brick: u32) -> bool {
        brick.wrapping_sub(self.brick_base) < self.brick_count
    }

    /// The census stripe that a brick of this lesion counts into (first word).
    #[inline]
    pub fn stripe(&self, brick: u32, stride: u32) -> u32 {
        self.census_base + ((brick - self.brick_base) & self.stripe_mask) * stride
    }

    /// The lattice.
    #[inline]
    pub fn shape(&self, model: &Model) -> Shape {
        let size = [self.size_x, self.size_y, self.size_z];
        Shape::counted(model.dimension, size, model.periodic, [self.bricks_x, self.bricks_y])
    }
}

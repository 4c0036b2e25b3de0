//! The buffers of a pool on the device: one table, from which come the bindings in the shaders, the layout of each stage and what an
//! adapter must offer.
//!
//! A stage binds what it uses and no more. Eight storage buffers are what every device of WebGPU has, so no stage takes more than that
//! with one slab of sites and one of clones; where a device offers more, there may be as many more slabs.

use std::fmt::Write as _;

use crate::engine::stage::Stage;

/// How the planes of sites and clones are cut into storage bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slabs {
    /// Number of slabs of each plane.
    pub count: u32,
    /// `log2` of the sites in a slab.
    pub shift: u32,
}

/// A buffer of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceBuffer {
    /// Scalars of the model, and where each array begins.
    Config,
    /// Tables of the model.
    Tables,
    /// Records of lesions.
    Lesions,
    /// What several invocations change: the list of bricks, then bricks, occupancy, groups and census stripes.
    Atomics,
    /// Words of leaves.
    Leaves,
    /// Planes of the environment.
    Fields,
    /// The census log.
    Journal,
    /// Clone tables.
    CloneTable,
    /// Sizes of dispatches.
    Dispatch,
    /// A slab of sites.
    Sites,
    /// A slab of clones.
    Clones,
}

/// What shaders may do with a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The uniform block.
    Uniform,
    /// A storage buffer that is read.
    Read,
    /// A storage buffer that is read and written.
    ReadWrite,
}

/// A row of the table.
struct BufferRow {
    bound: DeviceBuffer,
    /// Name and type in the shaders.
    name: &'static str,
    kind: &'static str,
    access: Access,
    /// The stages that use it.
    stages: &'static [Stage],
}

/// Stages that go over the leaves of listed bricks.
const LEAVES: &[Stage] = &[Stage::Decide, Stage::Rank, Stage::Resolve, Stage::Write];
/// Stages that read or write cells: those, and the environment where states differ in what they do to vessels.
const CELLS: &[Stage] = &[Stage::Environment, Stage::Decide, Stage::Rank, Stage::Resolve, Stage::Write];
/// Stages that ask for rates or apply rules.
const RATES: &[Stage] = &[Stage::Environment, Stage::Decide, Stage::Resolve, Stage::Write, Stage::Control];
/// Stages that know the environment.
const FIELDS: &[Stage] = &[Stage::List, Stage::Environment, Stage::Decide, Stage::Resolve, Stage::Write];

const fn row(
    bound: DeviceBuffer,
    name: &'static str,
    kind: &'static str,
    access: Access,
    stages: &'static [Stage],
) -> BufferRow {
    BufferRow { bound, name, kind, access, stages }
}

/// All buffers in the order of their bindings; slabs come last.
const TABLE: [BufferRow; 11] = [
    row(DeviceBuffer::Config, "config", "Config", Access::Uniform, &Stage::ALL),
    row(DeviceBuffer::Tables, "tables", "array<u32>", Access::Read, RATES),
    row(DeviceBuffer::Lesions, "lesions", "array<LesionRecord>", Access::ReadWrite, &Stage::ALL),
    row(DeviceBuffer::Atomics, "atomics", "array<atomic<u32>>", Access::ReadWrite, &Stage::ALL),
    row(DeviceBuffer::Leaves, "leaves", "array<u32>", Access::ReadWrite, LEAVES),
    row(DeviceBuffer::Fields, "fields", "array<u32>", Access::ReadWrite, FIELDS),
    row(DeviceBuffer::Journal, "journal", "array<u32>", Access::ReadWrite, &[Stage::Control]),
    row(DeviceBuffer::CloneTable, "clone_table", "array<u32>", Access::ReadWrite, &[Stage::Write]),
    row(DeviceBuffer::Dispatch, "dispatch", "array<u32>", Access::ReadWrite, &[Stage::List]),
    row(DeviceBuffer::Sites, "sites", "array<atomic<u32>>", Access::ReadWrite, CELLS),
    row(DeviceBuffer::Clones, "clones", "array<u32>", Access::ReadWrite, &[Stage::Write]),
];

/// A binding of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageBinding {
    /// Its number.
    pub number: u32,
    /// The buffer.
    pub bound: DeviceBuffer,
    /// Which slab of it.
    pub slab: u32,
    /// What the stage may do with it.
    pub access: Access,
}

/// Whether a buffer is cut into slabs.
const fn is_plane(bound: DeviceBuffer) -> bool {
    matches!(bound, DeviceBuffer::Sites | DeviceBuffer::Clones)
}

/// The bindings of a row.
fn of_row(row: &BufferRow, slabs: Slabs) -> impl Iterator<Item = StageBinding> {
    let plain = DeviceBuffer::Sites as u32;
    let (first, count) = match row.bound {
        DeviceBuffer::Sites => (plain, slabs.count),
        DeviceBuffer::Clones => (plain + slabs.count, slabs.count),
        bound => (bound as u32, 1),
    };
    let (bound, access) = (row.bound, row.access);
    (0..count).map(move |slab| StageBinding { number: first + slab, bound, slab, access })
}

/// What a stage binds.
pub fn of_stage(stage: Stage, slabs: Slabs) -> Vec<StageBinding> {
    TABLE.iter().filter(|row| row.stages.contains(&stage)).flat_map(|row| of_row(row, slabs)).collect()
}

/// Storage buffers that some stage takes with so many slabs of sites and of clones.
pub fn storage_buffers(slabs: u32) -> u32 {
    let slabs = Slabs { count: slabs, shift: 0 };
    let storage = |stage: &Stage| {
        of_stage(*stage, slabs).iter().filter(|binding| binding.access != Access::Uniform).count() as u32
    };
    Stage::ALL.iter().map(storage).max().unwrap_or(0)
}

/// Slabs that a device can bind that offers so many storage buffers.
pub fn most_slabs(storage_buffers_offered: u32) -> u32 {
    let (one, two) = (storage_buffers(1), storage_buffers(2));
    (storage_buffers_offered + (two - one)).saturating_sub(one) / (two - one)
}

/// The bindings in WGSL: of all buffers but the slabs, or of the slabs. What a stage does not use, it need not bind.
pub(super) fn declarations(slabs: Slabs, planes: bool) -> String {
    let mut out = String::new();
    for row in TABLE.iter().filter(|row| is_plane(row.bound) == planes) {
        let space = match row.access {
            Access::Uniform => "uniform",
            Access::Read => "storage, read",
            Access::ReadWrite => "storage, read_write",
        };
        for binding in of_row(row, slabs) {
            let name = if planes { format!("{}_{}", row.name, binding.slab) } else { row.name.to_owned() };
            let (number, kind) = (binding.number, row.kind);
            let _ = writeln!(out, "@group(0) @binding({number}) var<{space}> {name}: {kind};");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_every_webgpu_device_are_enough() {
        assert_eq!(storage_buffers(1), 8);
        assert_eq!([7, 8, 9, 10, 32].map(most_slabs), [0, 1, 1, 2, 13]);
    }

    #[test]
    fn rows_stand_in_the_order_of_their_numbers() {
        let slabs = Slabs { count: 3, shift: 9 };
        let numbers: Vec<u32> =
            TABLE.iter().flat_map(|row| of_row(row, slabs)).map(|binding| binding.number).collect();
        assert_eq!(numbers, (0..15).collect::<Vec<u32>>());
    }
}

//! What a stage dispatches: entry points, constants, how many invocations. Pipelines are made from it, and so is whatever else runs the
//! shaders.

use crate::engine::pool::rank;
use crate::engine::stage::Stage;

/// Largest number of workgroups in a direction of a dispatch, on every device.
pub const MAX_GROUPS: u32 = 65_535;
/// Bricks of a workgroup of the stage that lists them.
pub const LIST_BLOCK: u32 = 256;

/// How many workgroups a kernel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// One for a block of [`LIST_BLOCK`] bricks.
    Blocks,
    /// One a lesion.
    Lesions,
    /// As the stage `list` has left it from this word of the dispatch buffer on.
    Listed(u32),
}

/// Over the leaves of the listed bricks.
const LEAVES: Extent = Extent::Listed(0);
/// Over their voxels.
const VOXELS: Extent = Extent::Listed(4);

/// A kernel: an entry point with its constants.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    /// Name in the stage's shader.
    pub entry: &'static str,
    /// Constants.
    pub constants: Vec<(&'static str, f64)>,
    /// How many workgroups.
    pub extent: Extent,
}

/// The sizes that never change results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Invocations in a workgroup.
    pub workgroup: u32,
    /// Most workgroups in a direction of a dispatch.
    pub max_groups: u32,
}

/// The kernels of a stage.
pub fn of_stage(stage: Stage, sizes: Sizes) -> Vec<Kernel> {
    let workgroup = ("WORKGROUP", f64::from(sizes.workgroup));
    let scan = |first: u32, last: u32| {
        let channels = vec![("CHANNEL_FIRST", f64::from(first)), ("CHANNEL_LAST", f64::from(last))];
        vec![Kernel { entry: "scan", constants: channels, extent: Extent::Lesions }]
    };
    let over_leaves = |entry| vec![Kernel { entry, constants: vec![workgroup], extent: LEAVES }];
    match stage {
        Stage::List => {
            let listed = vec![
                ("LEAF_WORKGROUP", f64::from(sizes.workgroup)),
                ("MAX_GROUPS", f64::from(sizes.max_groups)),
            ];
            let kernel = |entry, constants| Kernel { entry, constants, extent: Extent::Blocks };
            vec![kernel("count", vec![]), kernel("list", listed)]
        }
        Stage::Environment => [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
            .map(|(from, last)| Kernel {
                entry: "environment",
                constants: vec![workgroup, ("SWEEP_FROM", from), ("SWEEP_LAST", last)],
                extent: VOXELS,
            })
            .to_vec(),
        Stage::Decide => over_leaves("decide"),
        Stage::Rank => over_leaves("rank"),
        Stage::ScanBirths => scan(rank::BIRTHS, rank::EMPTIES),
        Stage::Resolve => over_leaves("resolve"),
        Stage::ScanFounders => scan(rank::FOUNDERS, rank::FOUNDERS),
        Stage::Write => over_leaves("write"),
        Stage::Control => vec![Kernel { entry: "control", constants: vec![], extent: Extent::Lesions }],
    }
}

/// Which of a stage's kernels a step dispatches, in order.
pub fn sequence(stage: Stage, sweeps: u32) -> Vec<usize> {
    match stage {
        Stage::List => vec![0, 1],
        // The fields are read, their scratch, and their scratch with the step's last sweep.
        Stage::Environment => {
            (0..sweeps).map(|sweep| ((sweep & 1) + u32::from(sweep + 1 == sweeps)) as usize).collect()
        }
        _ => vec![0],
    }
}

/// So many workgroups in two directions.
pub fn folded(groups: u32, max_groups: u32) -> [u32; 2] {
    let x = groups.min(max_groups);
    [x, if x == 0 { 1 } else { groups.div_ceil(x) }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dispatches_are_folded_at_the_edge() {
        let fold = |groups| folded(groups, MAX_GROUPS);
        assert_eq!([0, 1, 65_535].map(fold), [[0, 1], [1, 1], [65_535, 1]]);
        assert_eq!([65_536, 131_070, 131_071].map(fold), [[65_535, 2], [65_535, 2], [65_535, 3]]);
    }
}

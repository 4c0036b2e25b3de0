//! Stages that a device has compiled. Drivers take up to seconds for them, so a device keeps them for its next user.

use super::kernels::{Extent, Sizes};
use crate::engine::stage::Stage;

/// What a compiled stage depends on: its text, which says all of the variant too, and its constants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StageRecipe {
    pub stage: Stage,
    pub sizes: Sizes,
    pub text: String,
}

/// A compiled stage: its kernels, and the layout of what they bind.
#[derive(Debug, Clone)]
pub(super) struct CompiledStage {
    pub kernels: Vec<(wgpu::ComputePipeline, Extent)>,
    pub layout: wgpu::BindGroupLayout,
}

/// All that a device has compiled: a process needs few variants.
pub(super) type CompiledStages = Vec<(StageRecipe, CompiledStage)>;

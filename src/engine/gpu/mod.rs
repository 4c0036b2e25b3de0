//! The GPU backend: not in this build.

use std::sync::Arc;

use crate::tissue::LesionState;

use super::backend::{Backend, BackendInfo, EngineError};
use super::model::Model;
use super::pool::{LogEntry, PoolOptions};
use super::stage::Stage;

/// How a GPU is chosen and driven; nothing here changes results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuOptions {
    /// Part of the adapter's name.
    pub adapter: Option<String>,
    /// Threads in a workgroup.
    pub workgroup: u32,
    /// Steps in a submission; `None`: as many as fit a fraction of a second.
    pub steps_per_submit: Option<u32>,
    /// Most sites in a slab; `None`: as many as the device binds.
    pub slab_sites: Option<u32>,
    /// Whether a software adapter may be taken.
    pub allow_software: bool,
}

/// What is known about an adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterReport {
    /// Position in the list.
    pub index: usize,
    /// Name.
    pub name: String,
    /// discrete, integrated, virtual, cpu or other.
    pub kind: String,
    /// Vulkan, Metal, DX12.
    pub backend: String,
    /// Driver and its version.
    pub driver: String,
    /// Largest storage binding in bytes.
    pub binding_bytes: u64,
    /// Largest buffer in bytes.
    pub buffer_bytes: u64,
    /// Storage buffers that a stage may bind.
    pub storage_buffers: u32,
    /// Whether shaders have 64-bit integers.
    pub int64: bool,
    /// Why it cannot be used.
    pub refused: Option<String>,
}

/// The first difference between CPU and GPU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Step in which it appeared.
    pub step: u32,
    /// Stage after which it appeared.
    pub stage: Stage,
    /// Buffer.
    pub buffer: String,
    /// Word of the buffer.
    pub index: usize,
    /// Id of the lesion.
    pub lesion: u32,
    /// Site, where the word belongs to one.
    pub site: Option<u32>,
    /// Word on the CPU.
    pub cpu: u32,
    /// Word on the GPU.
    pub gpu: u32,
}

/// What a lockstep comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockstepReport {
    /// Steps compared.
    pub steps: u32,
    /// The first difference, if any.
    pub mismatch: Option<Mismatch>,
}

/// All adapters of this machine.
pub fn adapters() -> Vec<AdapterReport> {
    Vec::new()
}

/// The GPU backend.
pub struct GpuBackend {
    info: BackendInfo,
}

fn none<T>() -> Result<T, EngineError> {
    Err(EngineError::NoAdapter("this build has no GPU backend".to_owned()))
}

impl GpuBackend {
    /// A batch on a GPU.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoAdapter`].
    pub fn new(
        _model: Arc<Model>,
        _states: &[LesionState],
        _options: PoolOptions,
        _gpu: &GpuOptions,
    ) -> Result<Self, EngineError> {
        none()
    }
}

impl Backend for GpuBackend {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    fn lesions(&self) -> usize {
        0
    }

    fn is_running(&self) -> bool {
        false
    }

    fn advance(&mut self, _until: u32) -> Result<Vec<LogEntry>, EngineError> {
        none()
    }

    fn state(&mut self, _lesion: usize) -> Result<LesionState, EngineError> {
        none()
    }
}

/// Runs CPU and GPU side by side, the GPU from a stage on, and compares after every stage.
///
/// # Errors
///
/// [`EngineError::NoAdapter`].
pub fn lockstep(
    _model: Arc<Model>,
    _states: &[LesionState],
    _gpu: &GpuOptions,
    _from: Stage,
    _steps: u32,
) -> Result<LockstepReport, EngineError> {
    none()
}

//! The bisecting tool: runs every step on the CPU and, from a given stage on, on the GPU as well, and
//! names the first stage, array and place where the two differ.
//!
//! # Finding a mismatch
//!
//! 1. `evotor selftest` (`--adapter llvmpipe` for the software adapter) says whether there is one, on small scenarios that
//!    reach every stage, and names the first step, stage and site that differ.
//! 2. `evotor run SCENARIO --adapter NAME --gpu-from STAGE` does so for any scenario. The stages before STAGE run on the CPU
//!    only; from STAGE on the GPU runs too, and every array but the log is compared after every stage
//!    (`src/engine/gpu/lockstep.rs`). Each step starts from the CPU's state, so the first difference is the fault itself and
//!    not its consequence. Begin with `--gpu-from list`.
//! 3. If the stages agree and the digests do not, the fault is in what lies between: submissions, overflow, collecting the
//!    log, reading back. Try `--steps-per-submit 1`.
//! 4. If both backends agree and a digest has still changed, the change is in both. Compare `effective.toml`, then
//!    `series.csv`: the first check that differs bounds the step.
//! 5. A mismatch in the field becomes a case in `tests/parity.rs`, or a known answer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::adapter::GpuOptions;
use super::backend::{GpuBackend, stages};
use super::bindings::DeviceBuffer;
use super::buffers;
use crate::engine::backend::EngineError;
use crate::engine::cpu;
use crate::engine::model::Model;
use crate::engine::pool::{BRICK_WORDS, Inputs, LEAF_WORDS, LesionRecord, Pool, PoolArray, PoolOptions};
use crate::engine::stage::Stage;
use crate::tissue::LesionState;
use crate::tissue::shape::{BRICK, BRICK_SHIFT, LEAF, VOXEL};

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockstepReport {
    /// Steps compared.
    pub steps: u32,
    /// The first difference, if there is one.
    pub mismatch: Option<Mismatch>,
}

/// A difference between the CPU and the GPU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Step in which it arose.
    pub step: u32,
    /// Stage after which it was seen.
    pub stage: Stage,
    /// The array that differs.
    pub buffer: String,
    /// Index of the first word that differs.
    pub index: usize,
    /// Position in the batch of the lesion that the word belongs to (0 where it belongs to none).
    pub lesion: u32,
    /// Site of the lesion that the word belongs to, where it belongs to one.
    pub site: Option<u32>,
    /// The word on the CPU.
    pub cpu: u32,
    /// The word on the GPU.
    pub gpu: u32,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let site = self.site.map_or(String::new(), |s| format!(", site {s}"));
        let (step, stage, lesion) = (self.step, self.stage.name(), self.lesion);
        write!(f, "CPU and GPU differ: step {step}, stage `{stage}`, lesion {lesion}{site}, ")?;
        write!(f, "{}[{}]: CPU {:#010x}, GPU {:#010x}", self.buffer, self.index, self.cpu, self.gpu)
    }
}

/// Compares CPU and GPU over some steps, stage by stage from `from` on; each step starts from the CPU's state. Lesions
/// for which there are no inputs have [`Inputs::default`].
///
/// # Errors
///
/// As for [`GpuBackend::new`].
pub fn lockstep(
    model: Arc<Model>,
    states: &[LesionState],
    inputs: &[Inputs],
    options: &GpuOptions,
    from: Stage,
    steps: u32,
) -> Result<LockstepReport, EngineError> {
    lockstep_with_sabotage(model, states, inputs, options, (from, steps), None)
}

/// As [`lockstep`], with a piece of shader text replaced, to show that it notices.
///
/// # Errors
///
/// As for [`GpuBackend::new`].
pub fn lockstep_with_sabotage(
    model: Arc<Model>,
    states: &[LesionState],
    inputs: &[Inputs],
    options: &GpuOptions,
    (from, steps): (Stage, u32),
    sabotage: Option<(&str, &str)>,
) -> Result<LockstepReport, EngineError> {
    let roomy = PoolOptions { spare_clones: 1 << 16, ..PoolOptions::default() };
    let mut pool = Pool::new(Arc::clone(&model), states, roomy);
    cpu::control::begin(&mut pool);
    for (record, inputs) in pool.lesions.iter_mut().zip(inputs) {
        record.inputs = *inputs;
    }
    let gpu = GpuBackend::with_sabotage(model, states, roomy, options, sabotage)?;
    let cpu = cpu::Stages::new(1).map_err(|e| EngineError::Threads(e.to_string()))?.publishing();
    pool.set_until(pool.lesions.iter().map(|l| l.step).min().unwrap_or(0).saturating_add(steps));
    for done in 0..steps {
        if !pool.lesions.iter().any(LesionRecord::runs) {
            return Ok(LockstepReport { steps: done, mismatch: None });
        }
        pool.take_log();
        if let Some(mismatch) = step(&mut pool, &cpu, &gpu, from, done)? {
            return Ok(LockstepReport { steps: done, mismatch: Some(mismatch) });
        }
        pool.grow_clone_tables();
    }
    Ok(LockstepReport { steps, mismatch: None })
}

/// One step; the GPU takes over the CPU's state before stage `from`.
fn step(
    pool: &mut Pool,
    cpu: &cpu::Stages,
    gpu: &GpuBackend,
    from: Stage,
    step: u32,
) -> Result<Option<Mismatch>, EngineError> {
    let mut taken_over = false;
    for stage in stages(pool) {
        if stage >= from && !taken_over {
            gpu.buffers.write_all(&gpu.gpu, pool, gpu.options.sizes())?;
            taken_over = true;
        }
        cpu.run(stage, pool);
        if taken_over {
            gpu.submit_stages(&[stage], None, 1)?;
            if let Some(mut mismatch) = compare(pool, gpu)? {
                (mismatch.step, mismatch.stage) = (step, stage);
                return Ok(Some(mismatch));
            }
        }
    }
    Ok(None)
}

/// The first word that differs. The list's *dirty* flag is left out: it may be raised in vain, depending on order.
fn compare(pool: &Pool, gpu: &GpuBackend) -> Result<Option<Mismatch>, EngineError> {
    let device = &gpu.gpu;
    let (words, buffers) = (pool.sites.len() as u64, &gpu.buffers);
    for (name, plane, host) in
        [("sites", DeviceBuffer::Sites, &pool.sites), ("clones", DeviceBuffer::Clones, &pool.clones)]
    {
        let found = buffers.read_plane(device, plane, 0, words)?;
        let host = host.iter().map(|w| w.load(Relaxed));
        if let Some(mismatch) = differ(pool, name, host, &found, |i| Some(i as u32)) {
            return Ok(Some(mismatch));
        }
    }
    for array in PoolArray::WHOLE {
        let host = array.of(pool).to_vec();
        let found = buffers.read_array(device, array, 0, host.len() as u64)?;
        if let Some(mismatch) =
            differ(pool, array.name(), host.into_iter(), &found, |i| address_of(pool, array, i))
        {
            return Ok(Some(mismatch));
        }
    }
    let lesions: &[u32] = bytemuck::cast_slice(&pool.lesions);
    let found = buffers::read(device, &buffers.lesions, 0, lesions.len() as u64)?;
    if let Some(mismatch) = differ(pool, "lesions", lesions.iter().copied(), &found, |_| None) {
        return Ok(Some(mismatch));
    }
    let active = pool.active.iter().copied();
    let listed = std::iter::once(pool.active.len() as u32).chain(active);
    Ok(differ(pool, "queue", listed, &buffers.read_queue(device)?, |_| None))
}

fn differ(
    pool: &Pool,
    name: &str,
    host: impl Iterator<Item = u32>,
    found: &[u32],
    address: impl Fn(usize) -> Option<u32>,
) -> Option<Mismatch> {
    let (index, (cpu, gpu)) = host.zip(found.iter().copied()).enumerate().find(|(_, (a, b))| a != b)?;
    let address = address(index);
    let lesion = address.map_or(0, |a| pool.lesion_of(a >> BRICK_SHIFT));
    let site = address.map(|a| a - (pool.lesions[lesion as usize].brick_base << BRICK_SHIFT));
    Some(Mismatch { step: 0, stage: Stage::List, buffer: name.to_owned(), index, lesion, site, cpu, gpu })
}

/// The first address that a word of an array speaks of.
fn address_of(pool: &Pool, array: PoolArray, index: usize) -> Option<u32> {
    let voxels = (pool.voxel_total() as usize).max(1);
    let index = if array == PoolArray::Fields { index % voxels } else { index } as u32;
    match array {
        PoolArray::Bricks => Some(index / BRICK_WORDS * BRICK),
        PoolArray::Leaves => Some(index / LEAF_WORDS * LEAF),
        PoolArray::Occupancy => Some(index / 2 * LEAF),
        PoolArray::Fields => Some(index * VOXEL),
        PoolArray::Sites | PoolArray::Clones => Some(index),
        PoolArray::Groups | PoolArray::Census | PoolArray::CloneTable => None,
    }
}

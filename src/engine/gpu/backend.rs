//! The GPU backend: the same stages, many steps in a submission.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use super::adapter::GpuOptions;
use super::bindings::DeviceBuffer;
use super::buffers::{self, Buffers};
use super::device::Gpu;
use super::kernels;
use super::pipelines::{Pipelines, Recipe};
use super::source::Variant;
use crate::engine::backend::{Backend, BackendInfo, EngineError};
use crate::engine::cpu;
use crate::engine::model::{Model, PlacementRule};
use crate::engine::pool::{
    BRICK_CELLS, BRICK_WORDS, CLONE_WORDS, Inputs, LesionRecord, LogEntry, Pool, PoolArray, PoolOptions,
};
use crate::engine::stage::Stage;
use crate::engine::tables::RateTables;
use crate::tissue::clones::Founding;
use crate::tissue::shape::{BRICK, BRICK_SHIFT, BRICK_VOXELS};
use crate::tissue::{Brick, Bricks, LesionState, word};

/// Time that a submission should take: Ctrl-C acts between submissions, and some drivers end long ones.
const SUBMISSION: Duration = Duration::from_millis(50);
/// A step that takes longer is submitted kernel by kernel: Windows resets a device after two seconds without an end.
const LONG_STEP: Duration = Duration::from_millis(300);
/// Most steps in a submission.
const MAX_STEPS: u32 = 1024;
/// Bricks with cells this near to each other are read together: a read costs about as much as copying a mebibyte.
const NEAR_BRICKS: u32 = 256;

/// A batch of lesions on a GPU.
pub struct GpuBackend {
    pub(super) gpu: Gpu,
    pub(super) buffers: Buffers,
    pub(super) pipelines: Pipelines,
    /// The pool without its large arrays, which live on the device; records are read back after every submission.
    pub(super) pool: Pool,
    pub(super) options: GpuOptions,
    info: BackendInfo,
    steps: u32,
    /// Whether single steps are submitted kernel by kernel.
    is_split: bool,
    /// Voxels of the pool.
    voxels: u32,
}

impl GpuBackend {
    /// Opens a GPU and moves a batch there.
    ///
    /// # Errors
    ///
    /// Any [`EngineError`] but that of threads.
    pub fn new(
        model: Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
        gpu_options: &GpuOptions,
    ) -> Result<Self, EngineError> {
        Self::with_sabotage(model, states, options, gpu_options, None)
    }

    /// As [`GpuBackend::new`], with a piece of shader text replaced. Parity tests use it to show that they can fail.
    ///
    /// # Errors
    ///
    /// As for [`GpuBackend::new`].
    pub fn with_sabotage(
        model: Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
        gpu_options: &GpuOptions,
        sabotage: Option<(&str, &str)>,
    ) -> Result<Self, EngineError> {
        let gpu = Gpu::open(gpu_options)?;
        let mut pool = Pool::new(model, states, options);
        cpu::control::begin(&mut pool);
        let slabs = buffers::cut(&gpu.report, &pool, gpu_options.slab_sites)?;
        let buffers = Buffers::new(&gpu, &pool, slabs, gpu_options.sizes())?;
        let pipelines = pipelines(&gpu, &buffers, &pool, gpu_options, sabotage)?;
        let voxels = pool.voxel_total();
        pool.release();
        let info = gpu.info();
        let (options, is_split) = (gpu_options.clone(), gpu_options.split_steps);
        Ok(Self { gpu, buffers, pipelines, pool, options, info, steps: 1, is_split, voxels })
    }

    /// Destroys the device, as a driver reset would. For tests of what follows.
    pub fn lose_device(&self) {
        self.gpu.destroy();
    }

    fn steps_left(&self) -> u32 {
        let left = self.pool.lesions.iter().filter(|l| l.runs()).map(|l| l.until - l.step);
        left.max().unwrap_or(0)
    }

    /// Steps of the next submission: no more than the log has room for.
    fn next_steps(&self) -> u32 {
        let room = self.pool.lesions.iter().map(|l| l.log_capacity - l.log_length).min().unwrap_or(1);
        let room = room.max(1).saturating_mul(self.pool.model.stop.check);
        self.options
            .steps_per_submit
            .unwrap_or(self.steps)
            .clamp(1, MAX_STEPS)
            .min(room)
            .min(self.steps_left())
    }

    fn submit(&mut self, steps: u32) -> Result<(), EngineError> {
        let started = Instant::now();
        let stages = stages(&self.pool);
        let sweeps = self.sweeps();
        if steps == 1 && self.is_split {
            for stage in &stages {
                for position in 0..kernels::sequence(*stage, sweeps).len() {
                    self.submit_stages(&[*stage], Some(position), 1)?;
                }
            }
        } else {
            self.submit_stages(&stages, None, steps)?;
        }
        self.read_lesions()?;
        let took = started.elapsed();
        self.is_split |= steps == 1 && took > LONG_STEP;
        if took < SUBMISSION / 2 {
            self.steps = (self.steps * 2).min(MAX_STEPS);
        } else if took > SUBMISSION * 2 {
            self.steps = (self.steps / 2).max(1);
        }
        Ok(())
    }

    /// Sweeps of the environment in a step.
    fn sweeps(&self) -> u32 {
        self.pool.model.oxygen.as_ref().map_or(0, |o| o.sweeps)
    }

    /// Submits some stages, so many times, or only one of their kernels.
    pub(super) fn submit_stages(
        &self,
        stages: &[Stage],
        only: Option<usize>,
        times: u32,
    ) -> Result<(), EngineError> {
        let sizes = (self.pool.lesions.len() as u32, self.sweeps());
        self.gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for _ in 0..times {
                for stage in stages {
                    self.pipelines.record(&mut pass, *stage, only, &self.buffers, sizes);
                }
            }
        })
    }

    fn read_lesions(&mut self) -> Result<(), EngineError> {
        let words = size_of_val(&*self.pool.lesions) as u64 / 4;
        let read = buffers::read(&self.gpu, &self.buffers.lesions, 0, words)?;
        self.pool.lesions.copy_from_slice(bytemuck::cast_slice(&read));
        Ok(())
    }

    /// Takes the log from the device.
    fn collect(&mut self) -> Result<Vec<LogEntry>, EngineError> {
        if self.pool.lesions.iter().all(|l| l.log_length == 0) {
            return Ok(Vec::new());
        }
        let words = self.pool.log.len() as u64;
        self.pool.log = buffers::read(&self.gpu, &self.buffers.of(DeviceBuffer::Journal)[0], 0, words)?;
        let entries = self.pool.take_log();
        self.buffers.write_lesions(&self.gpu, &self.pool.lesions)?;
        Ok(entries)
    }

    /// Reads the bricks of a lesion that hold cells, run by run.
    fn read_bricks(&self, record: &LesionRecord) -> Result<Bricks, EngineError> {
        let read = |array, first, words| self.buffers.read_array(&self.gpu, array, first, words);
        let words = u64::from(BRICK_WORDS);
        let (base, count) = (u64::from(record.brick_base), u64::from(record.brick_count));
        let heads = read(PoolArray::Bricks, base * words, count * words)?;
        let cells = heads.chunks(BRICK_WORDS as usize).map(|head| head[BRICK_CELLS as usize]);
        let filled: Vec<u32> = (0..).zip(cells).filter(|(_, cells)| *cells > 0).map(|(n, _)| n).collect();
        let mut bricks = self.pool.no_bricks(record);
        let (shape, fields) = (record.shape(&self.pool.model), bricks.free().len());
        for run in filled.chunk_by(|a, b| b - a <= NEAR_BRICKS) {
            let (first, last) = (run[0], run[run.len() - 1]);
            let (at, length) = (base + u64::from(first), u64::from(last - first + 1));
            let plane =
                |plane| self.buffers.read_plane(&self.gpu, plane, at << BRICK_SHIFT, length << BRICK_SHIFT);
            let mut sites = plane(DeviceBuffer::Sites)?;
            sites.iter_mut().for_each(|w| *w = word::canonical(*w));
            let clones = plane(DeviceBuffer::Clones)?;
            let voxels = u64::from(BRICK_VOXELS);
            let values = (0..fields as u64).map(|field| {
                read(PoolArray::Fields, field * u64::from(self.voxels) + at * voxels, length * voxels)
            });
            let values = values.collect::<Result<Vec<_>, _>>()?;
            for number in run {
                let place = (number - first) as usize;
                let within = |words: u32| place * words as usize..(place + 1) * words as usize;
                let values: Vec<u32> =
                    values.iter().flat_map(|v| &v[within(BRICK_VOXELS)]).copied().collect();
                let (sites, clones) = (&sites[within(BRICK)], &clones[within(BRICK)]);
                bricks.put_brick(&shape, Brick { number: *number, sites, clones, fields: &values });
            }
        }
        Ok(bricks)
    }

    /// Gives lesions with a full clone table a larger one, so that they repeat their step.
    fn grow(&mut self) -> Result<(), EngineError> {
        if self.pool.lesions.iter().all(|l| l.overflow == 0) {
            return Ok(());
        }
        let words = self.buffers.read_clone_table(&self.gpu)?;
        self.pool.clone_table = words.into_iter().map(std::sync::atomic::AtomicU32::new).collect();
        self.pool.grow_clone_tables();
        self.buffers.replace_clone_table(&self.gpu, &self.pool)?;
        self.pool.clone_table = Vec::new();
        self.pipelines.rebind(&self.gpu, &self.buffers)?;
        self.buffers.write_lesions(&self.gpu, &self.pool.lesions)?;
        self.buffers.mark_dirty(&self.gpu)
    }
}

/// The stages of a pool with its buffers bound. What the device has compiled before is not compiled again.
fn pipelines(
    gpu: &Gpu,
    buffers: &Buffers,
    pool: &Pool,
    options: &GpuOptions,
    sabotage: Option<(&str, &str)>,
) -> Result<Pipelines, EngineError> {
    let recipe = Recipe {
        stages: &stages(pool),
        sizes: options.sizes(),
        variant: Variant { int64: gpu.report.int64, slabs: buffers.slabs },
        sabotage,
    };
    Pipelines::new(gpu, buffers, &recipe)
}

/// The stages of a pool's scenario.
pub(super) fn stages(pool: &Pool) -> Vec<Stage> {
    let mixed = pool.model.placement == PlacementRule::Mixed;
    Stage::ALL.into_iter().filter(|s| s.applies(mixed, pool.model.oxygen.is_some())).collect()
}

impl Backend for GpuBackend {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    fn lesions(&self) -> usize {
        self.pool.lesions.len()
    }

    fn is_running(&self) -> bool {
        self.pool.is_running()
    }

    fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError> {
        let mut entries = self.pool.take_log();
        self.pool.set_until(until);
        self.buffers.write_lesions(&self.gpu, &self.pool.lesions)?;
        self.buffers.mark_dirty(&self.gpu)?;
        while self.steps_left() > 0 {
            self.submit(self.next_steps())?;
            entries.extend(self.collect()?);
            self.grow()?;
        }
        entries.sort_by_key(|e| (e.lesion, e.step));
        Ok(entries)
    }

    fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.pool.change_tables(change);
        self.buffers.replace_tables(&self.gpu, &self.pool)?;
        self.pipelines.rebind(&self.gpu, &self.buffers)
    }

    fn add_tables(&mut self, add: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.pool.change_tables(add);
        if self.buffers.add_tables(&self.gpu, &self.pool.tables)? {
            return Ok(());
        }
        self.buffers.replace_tables(&self.gpu, &self.pool)?;
        self.pipelines.rebind(&self.gpu, &self.buffers)
    }

    fn set_inputs(&mut self, lesion: usize, inputs: Inputs) {
        // The records go to the device with the next advance.
        self.pool.lesions[lesion].inputs = inputs;
    }

    fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        let record = self.pool.lesions[lesion];
        let bricks = self.read_bricks(&record)?;
        let read = |array, first, words| self.buffers.read_array(&self.gpu, array, first, words);
        let first = record.census_base as usize;
        let words = (record.stripe_mask as usize + 1) * self.pool.census_stride() as usize;
        let census = read(PoolArray::Census, first as u64, words as u64)?;
        for (here, there) in self.pool.census[first..].iter().zip(census) {
            here.store(there, Relaxed);
        }
        let entry = u64::from(CLONE_WORDS);
        let table = read(
            PoolArray::CloneTable,
            u64::from(record.clone_base) * entry,
            u64::from(record.clone_count) * entry,
        )?;
        let table: Vec<Founding> = bytemuck::cast_slice(&table).to_vec();
        Ok(self.pool.assemble(lesion, bricks, table))
    }

    fn replace(&mut self, lesion: usize, state: &LesionState) -> Result<(), EngineError> {
        let (one, parts) = self.pool.replacement(lesion, state, self.voxels);
        self.buffers.replace(&self.gpu, &one, parts)
    }

    fn halt(&mut self, lesion: usize) {
        self.pool.halt(lesion);
    }

    fn load(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
    ) -> Result<(), EngineError> {
        let mut pool = Pool::new(Arc::clone(model), states, options);
        cpu::control::begin(&mut pool);
        let slabs = buffers::cut(&self.gpu.report, &pool, self.options.slab_sites)?;
        self.buffers.destroy(&self.gpu)?;
        self.buffers = Buffers::new(&self.gpu, &pool, slabs, self.options.sizes())?;
        self.pipelines = pipelines(&self.gpu, &self.buffers, &pool, &self.options, None)?;
        self.voxels = pool.voxel_total();
        pool.release();
        self.pool = pool;
        Ok(())
    }
}

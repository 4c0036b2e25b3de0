//! How fast the engine is on this machine, held against what the machine can do in the same run.

use std::time::Instant;

use super::cpu::{self, Stages};
use super::gpu::{self, GpuBackend, GpuOptions};
use super::{Backend, EngineError, LogEntry, Model, Pool, PoolOptions, Workload};
use crate::tissue::random::{Draws, Purpose, shared_words};
use crate::tissue::shape::{BRICK_LEAVES, LEAF};
use crate::tissue::start::StartError;
use crate::tissue::{LesionState, Shape};

/// What the machine can do at most.
#[derive(Debug, Clone, Copy)]
pub struct Ceiling {
    /// Bytes copied per second, read and written.
    pub copy_bytes: f64,
    /// Random blocks drawn per second.
    pub blocks: f64,
}

/// A workload, measured on a backend.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The workload.
    pub workload: Workload,
    /// The backend in words.
    pub backend: String,
    /// CPU cores; 0 on a GPU.
    pub cores: f64,
    /// Steps per second.
    pub steps_per_second: f64,
    /// What a step did, in the mean.
    pub work: Work,
    /// Memory, bytes a site.
    pub memory: f64,
    /// What the machine can do at most.
    pub ceiling: Ceiling,
}

/// What a step did, in the mean of those that were timed.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// Live cells.
    pub live: f64,
    /// Sites.
    pub sites: f64,
    /// Leaves that were visited.
    pub leaves: f64,
    /// Random blocks.
    pub blocks: f64,
    /// Cells that changed.
    pub events: f64,
}

impl Work {
    /// Bytes that it moved, roughly.
    pub fn moved(&self) -> f64 {
        self.leaves * LEAF_BYTES + self.events * EVENT_BYTES
    }
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The lattice is too small for the workload.
    #[error("{0}")]
    Start(#[from] StartError),
    /// The backend failed.
    #[error("{0}")]
    Engine(#[from] EngineError),
}

/// Bytes that a visited leaf moves per step: occupancy, events, counts and winners, read and written by the stages.
const LEAF_BYTES: f64 = 60.0;
/// Bytes that an event moves: words, claims, clones, occupancy and census, read and written by the stages.
const EVENT_BYTES: f64 = 64.0;

fn memory(model: &Model, shape: Shape) -> f64 {
    Pool::bytes(model, &[shape], PoolOptions::default()) as f64 / shape.sites() as f64
}

/// Measures a workload on a lattice with this edge on the CPU, over so many steps after a tenth of them to warm up.
///
/// # Errors
///
/// [`BenchError`].
pub fn on_cpu(workload: Workload, edge: u32, steps: u32, threads: u16) -> Result<Timing, BenchError> {
    let (model, state) = workload.build(edge)?;
    let shape = state.shape;
    let memory = memory(&model, shape);
    let stages = Stages::new(usize::from(threads)).map_err(|e| EngineError::Threads(e.to_string()))?;
    let ceiling = cpu_ceiling(threads);
    let mut pool = Pool::new(model, &[state], PoolOptions::default());
    cpu::control::begin(&mut pool);
    pool.take_log();
    pool.set_until(u32::MAX);
    advance(&stages, &mut pool, steps / 10 + 1);
    let before = pool.state(0);
    let started = Instant::now();
    advance(&stages, &mut pool, steps);
    let seconds = started.elapsed().as_secs_f64();
    let leaves = pool.active.len() as f64 * f64::from(BRICK_LEAVES);
    let work = work(workload, &before, &pool.state(0), leaves, steps);
    let backend = on_threads(threads);
    let steps_per_second = f64::from(steps) / seconds;
    Ok(Timing { workload, backend, cores: f64::from(threads), steps_per_second, work, memory, ceiling })
}

/// The CPU backend in words.
pub fn on_threads(threads: u16) -> String {
    format!("cpu, {threads} thread{}", if threads == 1 { "" } else { "s" })
}

fn advance(stages: &Stages, pool: &mut Pool, steps: u32) {
    stages.among(|| {
        for _ in 0..steps {
            stages.step(pool);
            if pool.is_log_full() {
                pool.take_log();
            }
        }
    });
}

/// The same on a GPU.
///
/// # Errors
///
/// [`BenchError`].
pub fn on_gpu(
    workload: Workload,
    edge: u32,
    steps: u32,
    options: &GpuOptions,
    ceiling: Ceiling,
) -> Result<Timing, BenchError> {
    let (model, state) = workload.build(edge)?;
    let memory = memory(&model, state.shape);
    let mut backend = GpuBackend::new(model, &[state], PoolOptions::default(), options)?;
    let warm = steps / 10 + 8;
    let _: Vec<LogEntry> = backend.advance(warm)?;
    let before = backend.state(0)?;
    let started = Instant::now();
    backend.advance(warm + steps)?;
    let seconds = started.elapsed().as_secs_f64();
    let after = backend.state(0)?;
    let leaves = before.bricks.iter().count() as f64 * f64::from(BRICK_LEAVES);
    let work = work(workload, &before, &after, leaves, steps);
    let backend = backend.info().device.clone();
    let steps_per_second = f64::from(steps) / seconds;
    Ok(Timing { workload, backend, cores: 0.0, steps_per_second, work, memory, ceiling })
}

/// What a GPU can do at most.
///
/// # Errors
///
/// As the device says.
pub fn gpu_ceiling(options: &GpuOptions) -> Result<Ceiling, EngineError> {
    let rates = gpu::measure(options)?;
    Ok(Ceiling { copy_bytes: rates.copy_bytes, blocks: rates.blocks })
}

/// Averages per step over the timed steps.
fn work(workload: Workload, before: &LesionState, after: &LesionState, leaves: f64, steps: u32) -> Work {
    let live = (before.burden().0 + after.burden().0) as f64 / 2.0;
    let sum = |s: &LesionState| {
        let c = s.counters;
        c.births + c.deaths + c.kills + c.switches + c.moves + c.cleared
    };
    let filled = before
        .bricks
        .iter()
        .flat_map(|b| b.sites.chunks(LEAF as usize))
        .filter(|l| l.iter().any(|w| *w != 0))
        .count() as f64;
    let draws = if workload == Workload::Switching { 2.0 } else { 1.0 };
    Work {
        live,
        sites: after.shape.sites() as f64,
        leaves,
        blocks: filled * f64::from(LEAF / 4) * draws,
        events: (sum(after) - sum(before)) as f64 / f64::from(steps),
    }
}

/// Copy bandwidth and random blocks of this many threads at once.
fn cpu_ceiling(threads: u16) -> Ceiling {
    Ceiling { copy_bytes: best_of(threads, copy_once), blocks: best_of(threads, draw_once) }
}

/// The best total rate of some trials, in which every thread does the same.
fn best_of(threads: u16, trial: fn() -> f64) -> f64 {
    let mut best = 0.0f64;
    for _ in 0..3 {
        let started = Instant::now();
        let amount: f64 = std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(trial)).collect();
            running.into_iter().filter_map(|r| r.join().ok()).sum()
        });
        best = best.max(amount / started.elapsed().as_secs_f64());
    }
    best
}

/// Bytes read plus bytes written by copies that are larger than any cache.
fn copy_once() -> f64 {
    const WORDS: usize = 16 << 20;
    let from = vec![1u32; WORDS];
    let mut to = vec![0u32; WORDS];
    for _ in 0..4 {
        to.copy_from_slice(std::hint::black_box(&from));
        std::hint::black_box(&mut to);
    }
    4.0 * 8.0 * WORDS as f64
}

/// Random blocks, made as the engine makes them.
fn draw_once() -> f64 {
    const RUNS: u32 = 40_000;
    let draws = Draws::new(1, 2, 3);
    pulp::Arch::new().dispatch(DrawOnce { draws, runs: RUNS });
    128.0 * f64::from(RUNS)
}

struct DrawOnce {
    draws: Draws,
    runs: u32,
}

impl pulp::NullaryFnOnce for DrawOnce {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let mut words = [[0; 128]; 4];
        for run in 0..self.runs {
            let [a, b, c, d] = &mut words;
            shared_words(&self.draws, run * 128, Purpose::Fate, [a, b, c, d]);
            std::hint::black_box(&mut words);
        }
    }
}

//! `evotor bench`: how fast the engine is on this machine, held against what the machine can do.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;

use crate::engine::cpu::{self, Stages};
use crate::engine::gpu::{self, GpuBackend, GpuOptions};
use crate::engine::{Backend, EngineError, LogEntry, Model, Pool, PoolOptions, Workload};
use crate::tissue::random::{Draws, Purpose, shared_words};
use crate::tissue::shape::{BRICK_LEAVES, LEAF};
use crate::tissue::{LesionState, Shape};

use super::outcome::{Failure, complain, say};

/// Measure the engine on this machine
///
/// Runs standard workloads (3D nests and scattered cells at 30 % of the sites, a ball in empty space, 2D nests, nests
/// with a switching locus, and nests with vessels; about one live cell in a hundred changes per step, lineage recorded)
/// and prints, for
/// each backend: live-cell updates and sites per second, per core on the CPU; the bytes of memory and the bytes
/// moved per site and step; and what share that is of the copy bandwidth and of the random-number rate that were
/// measured in the same run. Nothing is written but the table. Compare figures of one run only: machines drift.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor bench\n  \
    evotor bench --backend cpu --threads 1 --edge 192\n  \
    evotor bench --backend gpu --edge 1000 --workload nests --csv\n\n\
    Exit codes:\n  0  done\n  1  a measurement failed")]
pub struct Args {
    /// Backend to measure: the CPU, every hardware GPU, or both
    #[arg(long, value_enum, default_value = "all", value_name = "WHICH")]
    backend: Which,

    /// Measure the GPU adapter whose name holds NAME, also a software one
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,

    /// Numbers of CPU threads to measure [default: 1 and one per core]
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Vec<u16>,

    /// Edge of the cubic lattice in sites; the 2D lattice has about as many sites
    #[arg(long, default_value_t = 128, value_name = "SITES", value_parser = clap::value_parser!(u32).range(32..=1280))]
    edge: u32,

    /// Steps to time, after a tenth of them to warm up
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    steps: u32,

    /// Measure only these workloads [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    workload: Vec<String>,

    /// Invocations in a GPU workgroup
    #[arg(long, value_name = "N", default_value_t = 64)]
    workgroup: u32,

    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
}

/// Which backends are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// The CPU and every hardware GPU
    All,
    /// The CPU
    Cpu,
    /// Every hardware GPU
    Gpu,
}

/// What the machine can do at most.
#[derive(Debug, Clone, Copy)]
struct Ceiling {
    copy_bytes: f64,
    blocks: f64,
}

/// One measurement.
struct Row {
    workload: &'static str,
    backend: String,
    cores: f64,
    seconds: f64,
    steps: f64,
    work: Work,
    memory: f64,
    ceiling: Ceiling,
}

/// What the timed steps did.
#[derive(Debug, Clone, Copy)]
struct Work {
    live: f64,
    sites: f64,
    leaves: f64,
    blocks: f64,
    events: f64,
}

/// Bytes that a visited leaf moves per step: occupancy, events, counts and winners, read and written by the stages.
const LEAF_BYTES: f64 = 60.0;
/// Bytes that an event moves: words, claims, clones, occupancy and census, read and written by the stages.
const EVENT_BYTES: f64 = 64.0;

const HEADER: [&str; 11] = [
    "workload",
    "backend",
    "live",
    "changed/step %",
    "ms/step",
    "live updates/s",
    "per core",
    "sites/s",
    "memory B/site",
    "moved B/site/step",
    "% copy, % random",
];

/// Runs the command.
pub fn bench(args: &Args) -> Result<ExitCode, Failure> {
    let workloads = workloads(args)?;
    print_row(args.csv, &HEADER.map(str::to_owned));
    if args.backend != Which::Gpu && args.adapter.is_none() {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u16;
        let mut threads = args.threads.clone();
        if threads.is_empty() {
            threads = if cores > 1 { vec![1, cores] } else { vec![1] };
        }
        for threads in threads {
            for workload in &workloads {
                print_row(args.csv, &cells(&on_cpu(*workload, args, threads)?));
            }
        }
    }
    if args.backend != Which::Cpu {
        for adapter in adapters(args) {
            let options =
                GpuOptions { adapter: Some(adapter), workgroup: args.workgroup, ..GpuOptions::default() };
            let rates = gpu::measure(&options)?;
            let ceiling = Ceiling { copy_bytes: rates.copy_bytes, blocks: rates.blocks };
            for workload in &workloads {
                print_row(args.csv, &cells(&on_gpu(*workload, args, &options, ceiling)?));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn workloads(args: &Args) -> Result<Vec<Workload>, Failure> {
    if args.workload.is_empty() {
        return Ok(Workload::ALL.to_vec());
    }
    let known = Workload::ALL.map(Workload::name).join(", ");
    args.workload
        .iter()
        .map(|name| {
            Workload::ALL
                .into_iter()
                .find(|w| w.name() == name)
                .ok_or_else(|| Failure::Input(format!("there is no workload `{name}`; there are {known}")))
        })
        .collect()
}

fn adapters(args: &Args) -> Vec<String> {
    if let Some(name) = &args.adapter {
        return vec![name.clone()];
    }
    let found: Vec<String> =
        gpu::adapters().into_iter().filter(|a| a.refused.is_none()).map(|a| a.index.to_string()).collect();
    if found.is_empty() {
        complain(format_args!("no hardware GPU to measure"));
    }
    found
}

fn build(workload: Workload, edge: u32) -> Result<(Arc<Model>, LesionState), Failure> {
    workload.build(edge).map_err(|e| Failure::Input(format!("failed to {e}")))
}

fn memory(model: &Model, shape: Shape) -> f64 {
    Pool::bytes(model, &[shape], PoolOptions::default()) as f64 / shape.sites() as f64
}

fn on_cpu(workload: Workload, args: &Args, threads: u16) -> Result<Row, Failure> {
    let (model, state) = build(workload, args.edge)?;
    let shape = state.shape;
    let memory = memory(&model, shape);
    let stages = Stages::new(usize::from(threads)).map_err(|e| EngineError::Threads(e.to_string()))?;
    let ceiling = cpu_ceiling(threads);
    let mut pool = Pool::new(model, &[state], PoolOptions::default());
    cpu::control::begin(&mut pool);
    pool.take_log();
    pool.set_until(u32::MAX);
    advance(&stages, &mut pool, args.steps / 10 + 1);
    let before = pool.state(0);
    let started = Instant::now();
    advance(&stages, &mut pool, args.steps);
    let seconds = started.elapsed().as_secs_f64();
    let leaves = pool.active.len() as f64 * f64::from(BRICK_LEAVES);
    let work = work(workload, &before, &pool.state(0), leaves, args.steps);
    let backend = format!("cpu, {threads} thread{}", if threads == 1 { "" } else { "s" });
    let steps = f64::from(args.steps);
    Ok(Row {
        workload: workload.name(),
        backend,
        cores: f64::from(threads),
        seconds,
        steps,
        work,
        memory,
        ceiling,
    })
}

fn advance(stages: &Stages, pool: &mut Pool, steps: u32) {
    for _ in 0..steps {
        stages.step(pool);
        if pool.is_log_full() {
            pool.take_log();
        }
    }
}

fn on_gpu(workload: Workload, args: &Args, options: &GpuOptions, ceiling: Ceiling) -> Result<Row, Failure> {
    let (model, state) = build(workload, args.edge)?;
    let memory = memory(&model, state.shape);
    let mut backend = GpuBackend::new(model, &[state], PoolOptions::default(), options)?;
    let warm = args.steps / 10 + 8;
    let _: Vec<LogEntry> = backend.advance(warm)?;
    let before = backend.state(0)?;
    let started = Instant::now();
    backend.advance(warm + args.steps)?;
    let seconds = started.elapsed().as_secs_f64();
    let after = backend.state(0)?;
    let leaves = before.bricks.iter().count() as f64 * f64::from(BRICK_LEAVES);
    let work = work(workload, &before, &after, leaves, args.steps);
    let (backend, steps) = (backend.info().device.clone(), f64::from(args.steps));
    Ok(Row { workload: workload.name(), backend, cores: 0.0, seconds, steps, work, memory, ceiling })
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

fn cells(row: &Row) -> [String; 11] {
    let Work { live, sites, leaves, blocks, events } = row.work;
    let per_second = row.steps / row.seconds;
    let moved = leaves * LEAF_BYTES + events * EVENT_BYTES;
    let per_core =
        if row.cores > 0.0 { format!("{:.2e}", live * per_second / row.cores) } else { "-".to_owned() };
    let copy = 100.0 * moved * per_second / row.ceiling.copy_bytes;
    let random = 100.0 * blocks * per_second / row.ceiling.blocks;
    [
        row.workload.to_owned(),
        row.backend.clone(),
        format!("{live:.3e}"),
        format!("{:.2}", 100.0 * events / live),
        format!("{:.3}", 1e3 / per_second),
        format!("{:.2e}", live * per_second),
        per_core,
        format!("{:.2e}", sites * per_second),
        format!("{:.2}", row.memory),
        format!("{:.2}", moved / sites),
        format!("{copy:.0} %, {random:.0} %"),
    ]
}

fn print_row(csv: bool, cells: &[String; 11]) {
    if csv {
        let quoted: Vec<String> = cells.iter().map(|c| format!("\"{c}\"")).collect();
        say(format_args!("{}", quoted.join(",")));
        return;
    }
    let widths = [10, 22, 10, 14, 9, 14, 9, 9, 13, 17, 16];
    let padded: Vec<String> = cells.iter().zip(widths).map(|(c, w)| format!("{c:<w$}")).collect();
    say(format_args!("{}", padded.join(" ").trim_end()));
}

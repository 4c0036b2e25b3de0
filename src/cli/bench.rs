//! `evotor bench`: how fast the engine is on this machine, held against what the machine can do.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::engine::Workload;
use crate::engine::bench::{self, BenchError, Timing, Work};
use crate::engine::cpu;
use crate::engine::gpu::{self, GpuOptions};

use super::json::{self, BenchResult};
use super::options::JsonArgs;
use super::outcome::{Failure, complain, say};
use super::range;

impl From<BenchError> for Failure {
    fn from(error: BenchError) -> Self {
        match error {
            BenchError::Start(error) => Self::Input(format!("failed to {error}")),
            BenchError::Engine(error) => error.into(),
        }
    }
}

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
    backend: BenchKind,

    /// Measure the GPU adapter whose name holds NAME, also a software one
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,

    /// Numbers of CPU threads to measure [default: 1 and as many as the process was given]
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = range::count::<u16>(1..=1024))]
    threads: Vec<u16>,

    /// Edge of the cubic lattice in sites; the 2D lattice has about as many sites
    #[arg(long, default_value_t = 128, value_name = "SITES", value_parser = range::count::<u32>(32..=1280))]
    edge: u32,

    /// Steps to time, after a tenth of them to warm up
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = range::count::<u32>(1..=100_000))]
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

    #[command(flatten)]
    pub json: JsonArgs,
}

/// Which backends are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BenchKind {
    /// The CPU and every hardware GPU
    All,
    /// The CPU
    Cpu,
    /// Every hardware GPU
    Gpu,
}

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
    let mut rows = Vec::new();
    let mut tell = |row: &Timing| {
        let cells = cells(row);
        print_row(args.csv, &cells);
        rows.push(HEADER.map(str::to_owned).into_iter().zip(cells).collect());
    };
    if args.backend != BenchKind::Gpu && args.adapter.is_none() {
        let cores = cpu::granted() as u16;
        let mut threads = args.threads.clone();
        if threads.is_empty() {
            threads = if cores > 1 { vec![1, cores] } else { vec![1] };
        }
        for threads in threads {
            for workload in &workloads {
                tell(&bench::on_cpu(*workload, args.edge, args.steps, threads)?);
            }
        }
    }
    if args.backend != BenchKind::Cpu {
        for adapter in adapters(args) {
            let options =
                GpuOptions { adapter: Some(adapter), workgroup: args.workgroup, ..GpuOptions::default() };
            let ceiling = bench::gpu_ceiling(&options)?;
            for workload in &workloads {
                tell(&bench::on_gpu(*workload, args.edge, args.steps, &options, ceiling)?);
            }
        }
    }
    json::add(|| BenchResult { rows });
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

fn cells(row: &Timing) -> [String; 11] {
    let Work { live, sites, blocks, events, .. } = row.work;
    let (per_second, moved) = (row.steps_per_second, row.work.moved());
    let per_core =
        if row.cores > 0.0 { format!("{:.2e}", live * per_second / row.cores) } else { "-".to_owned() };
    let copy = 100.0 * moved * per_second / row.ceiling.copy_bytes;
    let random = 100.0 * blocks * per_second / row.ceiling.blocks;
    [
        row.workload.name().to_owned(),
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

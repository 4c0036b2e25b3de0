//! `evotor bench`: how fast the engine is on this machine, held against what the machine can do.

mod versus;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use crate::engine::Workload;
use crate::engine::bench::{self, BenchError, Timing, Work, on_threads};
use crate::engine::cpu;
use crate::engine::gpu::{self, GpuOptions};

use super::json::{self, BenchResult};
use super::outcome::{Failure, complain, say};
use super::range;
use versus::{BenchQuestion, Round, Spread};

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
/// measured in the same run. Two more are dense: 3D and 2D lattices full of cells, of which one in eighteen tries to divide. Nothing is
/// written but the table. Compare figures of one run only: machines drift. To compare two builds, use `--vs`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor bench\n  \
    evotor bench --backend cpu --threads 1 --edge 192\n  \
    evotor bench --backend gpu --edge 1000 --workload nests --csv\n  \
    evotor bench --vs ./evotor-before --threads 1 --rounds 9\n\n\
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

    /// Measure this program against OLD, another build of it, on the CPU: both run in turns, and what is printed is their
    /// live-cell updates per second and core, and the ratio of the two in the same round (median, lowest, highest)
    #[arg(long, value_name = "OLD", conflicts_with_all = ["adapter", "backend", "workgroup"])]
    vs: Option<PathBuf>,

    /// Rounds of `--vs`
    #[arg(long, value_name = "N", default_value_t = 5, requires = "vs", value_parser = range::count::<u32>(1..=1000))]
    rounds: u32,

    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
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

const WIDTHS: [usize; 11] = [10, 22, 10, 14, 9, 14, 9, 9, 13, 17, 16];

const VERSUS_HEADER: [&str; 7] =
    ["workload", "backend", "old per core", "new per core", "new / old", "lowest", "highest"];
const VERSUS_WIDTHS: [usize; 7] = [10, 22, 12, 12, 9, 9, 9];

/// Runs the command.
pub fn bench(args: &Args) -> Result<ExitCode, Failure> {
    let workloads = workloads(args)?;
    if let Some(old) = &args.vs {
        return compare(args, old, &workloads);
    }
    print_row(args.csv, &HEADER.map(str::to_owned), &WIDTHS);
    let mut rows = Vec::new();
    let mut tell = |row: &Timing| {
        let cells = cells(row);
        print_row(args.csv, &cells, &WIDTHS);
        rows.push(HEADER.map(str::to_owned).into_iter().zip(cells).collect());
    };
    if args.backend != BenchKind::Gpu && args.adapter.is_none() {
        for threads in threads(args) {
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

/// This program and another build of it, in turns.
fn compare(args: &Args, old: &Path, workloads: &[Workload]) -> Result<ExitCode, Failure> {
    print_row(args.csv, &VERSUS_HEADER.map(str::to_owned), &VERSUS_WIDTHS);
    let mut rows = Vec::new();
    for threads in threads(args) {
        for workload in workloads {
            let asked = BenchQuestion { workload: *workload, threads, edge: args.edge, steps: args.steps };
            let Some(rounds) = versus::rounds(old, asked, args.rounds)? else {
                complain(format_args!("`{}` has no workload `{}`", old.display(), workload.name()));
                continue;
            };
            let cells = versus_cells(asked, &rounds);
            print_row(args.csv, &cells, &VERSUS_WIDTHS);
            rows.push(VERSUS_HEADER.map(str::to_owned).into_iter().zip(cells).collect());
        }
    }
    json::add(|| BenchResult { rows });
    Ok(ExitCode::SUCCESS)
}

fn versus_cells(asked: BenchQuestion, rounds: &[Round]) -> [String; 7] {
    let ratio = Spread::of(rounds.iter().map(|round| round.new / round.old));
    let median = |of: fn(&Round) -> f64| Spread::of(rounds.iter().map(of)).median;
    [
        asked.workload.name().to_owned(),
        on_threads(asked.threads),
        format!("{:.2e}", median(|round| round.old)),
        format!("{:.2e}", median(|round| round.new)),
        format!("{:.2}", ratio.median),
        format!("{:.2}", ratio.least),
        format!("{:.2}", ratio.largest),
    ]
}

fn threads(args: &Args) -> Vec<u16> {
    let cores = cpu::granted() as u16;
    match &args.threads[..] {
        [] if cores > 1 => vec![1, cores],
        [] => vec![1],
        threads => threads.to_vec(),
    }
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

fn print_row(csv: bool, cells: &[String], widths: &[usize]) {
    if csv {
        let quoted: Vec<String> = cells.iter().map(|c| format!("\"{c}\"")).collect();
        say(format_args!("{}", quoted.join(",")));
        return;
    }
    let padded: Vec<String> = cells.iter().zip(widths).map(|(c, w)| format!("{c:<w$}")).collect();
    say(format_args!("{}", padded.join(" ").trim_end()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_a_round() {
        let asked = BenchQuestion { workload: Workload::Dense, threads: 2, edge: 32, steps: 1 };
        // The machine was three times as slow in the second round: what each round compares is as it was.
        let rounds = [(3e8, 6e8), (1e8, 2.1e8), (3e8, 5.4e8)].map(|(old, new)| Round { old, new });
        let cells = versus_cells(asked, &rounds);
        assert_eq!(
            cells.each_ref().map(String::as_str)[..4],
            ["dense", "cpu, 2 threads", "3.00e8", "5.40e8"]
        );
        assert_eq!(cells.each_ref().map(String::as_str)[4..], ["2.00", "1.80", "2.10"]);
    }
}

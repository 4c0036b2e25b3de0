//! `evotor selftest`: parity of this machine's GPUs with its CPU.

use std::path::Path;
use std::process::ExitCode;

use crate::engine::gpu::{self, AdapterReport, Mismatch};
use crate::engine::{EngineError, Stage};
use crate::scenario;
use crate::simulation::backends::{is_hardware, is_usable, named};
use crate::simulation::digest::hex;
use crate::simulation::{BackendOptions, Choice, Job, RunError, Settings, run_in_memory};

use super::outcome::{FAILED, Failure, complain, say};

/// Small scenarios that between them reach every stage and rule.
const SCENARIOS: [(&str, &str); 4] = [
    ("nests", include_str!("selftest/nests.toml")),
    ("ball", include_str!("selftest/ball.toml")),
    ("mixed", include_str!("selftest/mixed.toml")),
    ("crowd", include_str!("selftest/crowd.toml")),
];

/// Compare this machine's GPUs with its CPU
///
/// Runs a handful of small built-in scenarios on the CPU with one thread and with all of them, and on every hardware
/// GPU, and compares the digests. All must be equal, bit for bit. Where a GPU differs, the first step, stage and
/// site are named: please put that line into a report, with the output of `evotor adapters`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor selftest\n  \
    evotor selftest --adapter llvmpipe\n  \
    evotor selftest --all --steps 40\n\n\
    Exit codes:\n  0  all digests are equal\n  1  something differs, or no adapter has the given name")]
pub struct Args {
    /// Test the adapter whose name holds NAME, also a software one
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    adapter: Option<String>,

    /// Test software adapters too
    #[arg(long)]
    all: bool,

    /// Stop each scenario after this many steps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    steps: Option<u32>,
}

/// Runs the command.
pub fn selftest(args: &Args) -> Result<ExitCode, Failure> {
    let adapters = chosen(args, gpu::adapters())?;
    if adapters.is_empty() {
        say(format_args!("no hardware GPU: comparing the CPU with itself, one thread against all"));
    }
    let mut same = true;
    for (name, text) in SCENARIOS {
        let job = job(name, text, args.steps)?;
        let expected = hex(&run_in_memory(&job, &settings(BackendOptions::cpu(1)))?.digest);
        say(format_args!("{name}: {expected}"));
        same &= judge("cpu, all threads", &expected, run_on(&job, BackendOptions::cpu(0)), &job, None);
        for adapter in &adapters {
            let options = BackendOptions {
                choice: Choice::Gpu,
                adapter: Some(adapter.name.clone()),
                ..Default::default()
            };
            same &= judge(&adapter.name, &expected, run_on(&job, options.clone()), &job, Some(&options));
        }
    }
    if same {
        say(format_args!("ok: all digests are equal"));
        return Ok(ExitCode::SUCCESS);
    }
    complain(format_args!("error: some digests differ, see above"));
    Ok(ExitCode::from(FAILED))
}

/// The adapters to test.
fn chosen(args: &Args, all: Vec<AdapterReport>) -> Result<Vec<AdapterReport>, Failure> {
    let fits = |a: &AdapterReport| match &args.adapter {
        Some(name) => named(a, Some(name)),
        None => is_usable(a) || (args.all && !is_hardware(a)),
    };
    let names: Vec<String> = all.iter().map(|a| a.name.clone()).collect();
    let chosen: Vec<AdapterReport> = all.into_iter().filter(fits).collect();
    match &args.adapter {
        Some(name) if chosen.is_empty() => {
            let there = if names.is_empty() {
                "there is none".into()
            } else {
                format!("there are: {}", names.join(", "))
            };
            Err(Failure::Machine(format!("no adapter has a name with `{name}`; {there}")))
        }
        _ => Ok(chosen),
    }
}

fn job(name: &str, text: &str, steps: Option<u32>) -> Result<Job, Failure> {
    let mut loaded = scenario::parse(text, name, Path::new(""))?;
    let time = &mut loaded.scenario.time;
    if let Some(steps) = steps {
        time.end = (steps.div_ceil(time.check) * time.check).min(time.end);
        let end = time.end;
        loaded.scenario.output.clones.retain(|step| *step <= end);
    }
    Ok(Job::new(&loaded.scenario, Path::new(""))?)
}

fn settings(backend: BackendOptions) -> Settings {
    Settings { backend, ..Settings::default() }
}

fn run_on(job: &Job, backend: BackendOptions) -> Result<String, RunError> {
    Ok(hex(&run_in_memory(job, &settings(backend))?.digest))
}

/// Says whether a digest is the expected one; where it is not, looks for the first difference.
fn judge(
    what: &str,
    expected: &str,
    found: Result<String, RunError>,
    job: &Job,
    gpu: Option<&BackendOptions>,
) -> bool {
    match found {
        Ok(digest) if digest == expected => {
            say(format_args!("   ok       {what}"));
            true
        }
        Ok(digest) => {
            say(format_args!("   DIFFERS  {what}: {digest}"));
            if let Some(options) = gpu {
                say(format_args!("            {}", first_difference(job, options)));
            }
            false
        }
        Err(error) => {
            say(format_args!("   FAILED   {what}: failed to {error}"));
            false
        }
    }
}

fn first_difference(job: &Job, options: &BackendOptions) -> String {
    let states: Result<Vec<_>, _> = (0..job.lesions()).map(|l| job.starting_lesion(l, 1)).collect();
    let found = states.map_err(|e| e.to_string()).and_then(|states| {
        let report = gpu::lockstep(
            job.model.clone(),
            &states,
            &[],
            &options.gpu(),
            Stage::List,
            job.scenario.time.end,
        );
        report.map_err(|e: EngineError| e.to_string())
    });
    match found {
        Ok(report) => match &report.mismatch {
            Some(mismatch) => mismatch_text(mismatch),
            None => format!("stage by stage there is no difference in {} steps", report.steps),
        },
        Err(error) => format!("failed to look for the first difference: failed to {error}"),
    }
}

/// A difference between CPU and GPU in words.
pub fn mismatch_text(m: &Mismatch) -> String {
    let site = m.site.map_or(String::new(), |s| format!(", site {s}"));
    format!(
        "CPU and GPU differ: step {}, stage `{}`, lesion {}{site}, {}[{}]: CPU {:#010x}, GPU {:#010x}",
        m.step,
        m.stage.name(),
        m.lesion,
        m.buffer,
        m.index,
        m.cpu,
        m.gpu
    )
}

//! `evotor selftest`: parity of this machine's GPUs with its CPU.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::engine::gpu::{self, AdapterReport};
use crate::scenario::{self, Overlay};
use crate::simulation::backends::{is_hardware, is_usable};
use crate::simulation::selftest::{self, Comparison, SCENARIOS};
use crate::simulation::{BackendOptions, Choice, Job};

use super::adapters::describe;
use super::json::{self, SelftestComparison, SelftestResult};
use super::outcome::{Failure, say};
use super::{range, run};

/// Compare this machine's GPUs with its CPU
///
/// Runs a handful of small built-in scenarios, or those that are named, on the CPU with one thread and with all of them, and on every hardware
/// GPU, and compares the digests. All must be equal, bit for bit. Where a GPU differs, the first step, stage and
/// site are named. With `--all` what is printed is a report of a page to send in, with the version and all adapters, software ones too.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor selftest\n  \
    evotor selftest --adapter llvmpipe\n  \
    evotor selftest my-tumour.toml --steps 100\n  \
    evotor selftest --all --steps 40 > selftest.txt\n\n\
    Exit codes:\n  0  all digests are equal\n  1  something differs, or no adapter has the given name\n  2  a scenario has a mistake")]
pub struct Args {
    /// Scenarios of runs to compare in place of the built-in ones; not trials
    #[arg(value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,

    /// Test the adapter whose name holds NAME, or the one at an address as pci:0000:41:00.0, also a software one
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    adapter: Option<String>,

    /// Test software adapters too, and begin with what every adapter is
    #[arg(long)]
    all: bool,

    /// Stop each scenario after this many steps
    #[arg(long, value_name = "N", value_parser = range::count::<u32>(1..=u64::from(u32::MAX)))]
    steps: Option<u32>,
}

/// Runs the command.
pub fn selftest(args: &Args) -> Result<ExitCode, Failure> {
    let adapters = chosen(args, gpu::adapters())?;
    if adapters.is_empty() {
        say(format_args!("no hardware GPU: comparing the CPU with itself, one thread against all"));
    }
    if args.all {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        say(format_args!("evotor {} on {system}, {machine}", env!("CARGO_PKG_VERSION")));
        adapters.iter().for_each(describe);
    }
    let mut comparisons = Vec::new();
    for (name, job) in jobs(args)? {
        let expected = selftest::digest(&job, BackendOptions::cpu(1))?;
        say(format_args!("{name}: {expected}"));
        let mut compare = |on: &str, options: &BackendOptions| {
            let same = tell(on, &job, options, &expected);
            let (scenario, digest, on) = (name.clone(), expected.clone(), on.to_owned());
            comparisons.push(SelftestComparison { scenario, digest, on, same });
        };
        compare("cpu, all threads", &BackendOptions::cpu(0));
        for adapter in &adapters {
            let options = BackendOptions {
                choice: Choice::Gpu,
                adapter: Some(adapter.index.to_string()),
                ..Default::default()
            };
            compare(&format!("{}: {}", adapter.index, adapter.name), &options);
        }
    }
    let same = comparisons.iter().all(|comparison| comparison.same);
    json::add(|| SelftestResult { comparisons });
    if same {
        say(format_args!("ok: all digests are equal"));
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Machine("some digests differ, see above".to_owned()))
}

/// The scenarios to compare, by name.
fn jobs(args: &Args) -> Result<Vec<(String, Job)>, Failure> {
    if args.scenarios.is_empty() {
        let job = |(name, text): (&str, &str)| Ok((name.to_owned(), selftest::job(name, text, args.steps)?));
        return SCENARIOS.into_iter().map(job).collect();
    }
    let job = |path: &PathBuf| {
        let loaded = run::only_a_run(scenario::load_with(path, &Overlay::default())?)?;
        run::fits(&loaded)?;
        let base = path.parent().map(PathBuf::from).unwrap_or_default();
        Ok((loaded.scenario.name.clone(), selftest::job_of(loaded.scenario, &base, args.steps)?))
    };
    args.scenarios.iter().map(job).collect()
}

/// The adapters to test.
fn chosen(args: &Args, all: Vec<AdapterReport>) -> Result<Vec<AdapterReport>, Failure> {
    let fits = |a: &AdapterReport| match &args.adapter {
        Some(name) => a.answers_to(name),
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

/// Says whether a digest is the expected one; where it is not, looks for the first difference.
fn tell(what: &str, job: &Job, options: &BackendOptions, expected: &str) -> bool {
    match selftest::compare(job, options.clone(), expected) {
        Comparison::Same => {
            say(format_args!("   ok       {what}"));
            return true;
        }
        Comparison::Differs(digest) => {
            say(format_args!("   DIFFERS  {what}: {digest}"));
            if options.choice == Choice::Gpu {
                say(format_args!("            {}", selftest::first_difference(job, options)));
            }
        }
        Comparison::Failed(error) => say(format_args!("   FAILED   {what}: failed to {error}")),
    }
    false
}

//! `evotor run`: runs a scenario.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::engine::{Stage, gpu};
use crate::render::Painter;
use crate::scenario::{self, Loaded, MessageStyle, keys};
use crate::simulation::memory::{self, MemoryEstimate};
use crate::simulation::placed::{at_key, at_start, does_not_fit, states_note};
use crate::simulation::{self, Ending, Hooks, Job, Resumable, RunError, Settings};
use crate::trial::batch::BatchAsk;
use crate::trial::shard::{Shard, is_run};

use super::batch::BatchPlace;
use super::codes::later_codes;
use super::compare::GoOn;
use super::dry_run::{self, DryRun};
use super::options::{BackendArgs, SetArgs};
use super::outcome::{Failure, complain, say, show};
use super::progress::RunBar;
use super::report::ReportArgs;
use super::seeds::{self, SeedList};
use super::{ending, range, signals};

/// Run a scenario
///
/// Reads a scenario file, runs it to its end and writes one folder: the effective scenario with every default
/// (effective.toml), a time series (series.csv), the clones and their sizes (clones.csv, clone_sizes.csv), a row per
/// replicate (replicates.csv), pictures (snapshots/), the lattice at the same times (frames/), a summary (summary.json) and a checkpoint.
///
/// The last line on standard output is the digest: a hash of everything that the run decided. It depends on
/// the scenario and its seed alone. Ctrl-C and SIGTERM write a checkpoint first; `evotor resume` goes on from it.
///
/// With --seeds it is run once for each seed, in memory, and a table has the figures of each seed (results.csv) and their quantiles
/// (quantiles.csv). Courses over time are those of `replicates`: --set replicates=50 has quantiles of the burden at every observation.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor run scenarios/01-first-run.toml\n  \
    evotor run scenarios/01-first-run.toml --seed 2 --out results/seed-2\n  \
    evotor run scenarios/01-first-run.toml --seeds 1-50\n  \
    evotor run scenarios/03-everolimus.toml --set patient.growth=\"0.006 /d\" --set time.end=\"1 y\"\n  \
    evotor run big.toml --dry-run\n  \
    evotor run big.toml --backend gpu --quiet | tail -1\n  \
    evotor run scenarios/01-first-run.toml --json --no-out\n\n\
    Exit codes:\n  0  done\n  1  the run failed (no GPU that fits, no right to write)\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,

    #[command(flatten)]
    set: SetArgs,

    /// Folder for the results [default: results/<scenario's name>]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the scenario's seed
    #[arg(long, value_name = "N", value_parser = range::of::<u64>(keys::ROOT, "seed"), allow_negative_numbers = true)]
    seed: Option<u64>,

    /// Run it once for each of these seeds, and show quantiles: `1-50`, or `1,5,9`
    ///
    /// Each is the run that `--seed N` would be, with the same digest. The folder is results/<scenario's name>-seeds unless --out names
    /// another. What was stopped goes on with the same command and --continue; --shard I/N runs a part, and `evotor merge` puts parts together.
    #[arg(long, value_name = "SEEDS", allow_hyphen_values = true, conflicts_with_all = ["seed", "no_out", "gpu_from"])]
    seeds: Option<SeedList>,

    /// Write nothing: the results are what is printed
    #[arg(long, conflicts_with_all = ["out", "force", "dry_run"])]
    no_out: bool,

    /// Say what would be computed and how much memory it takes; write nothing
    #[arg(long)]
    dry_run: bool,

    /// Replace the results of another run in the same folder
    ///
    /// Only files that a run writes are removed.
    #[arg(long)]
    force: bool,

    /// Print the digest only: no progress, no summary
    #[arg(long, short)]
    quiet: bool,

    /// Seconds between two checkpoints
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    checkpoint_every: f64,

    /// Compare the GPU with the CPU stage by stage, the GPU computing from STAGE on; write nothing
    ///
    /// Names the first step, stage and site that differ. STAGE is one of list, environment, decide, rank,
    /// scan-births, resolve, scan-founders, write, control.
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    gpu_from: Option<Stage>,

    /// This part alone of the replicates, or with --seeds of the seeds: shard I of N, with I from 0 as SLURM_ARRAY_TASK_ID has it by
    /// `--array=0-15`
    ///
    /// Shards are contiguous ranges, as equal as can be; replicates keep their numbers. The folder then has their tables
    /// and pictures and shard.json; `evotor merge` makes of all shards what one process would have written.
    #[arg(long, value_name = "I/N", value_parser = str::parse::<Shard>, conflicts_with_all = ["no_out", "gpu_from"])]
    shard: Option<Shard>,

    #[command(flatten)]
    go_on: GoOn,

    #[command(flatten)]
    report: ReportArgs,

    #[command(flatten)]
    backend: BackendArgs,
}

fn stage(name: &str) -> Result<Stage, String> {
    let names = || Stage::ALL.map(Stage::name).join(", ");
    Stage::from_name(name).ok_or_else(|| format!("expected one of {}", names()))
}

impl Args {
    /// The scenario as a batch takes it.
    fn ask(&self) -> BatchAsk {
        BatchAsk {
            scenario: self.scenario.clone(),
            settings: self.set.set.clone(),
            patients: None,
            surrogate: false,
            shard: self.shard,
            backend: self.backend.options(),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let mut loaded = only_a_run(scenario::load_with(&args.scenario, &args.set.overlay())?)?;
    let warnings = loaded.render_warnings(MessageStyle::for_stderr());
    if !warnings.is_empty() && !args.quiet {
        show(warnings.trim_end());
    }
    if let Some(seed) = args.seed {
        loaded.scenario.seed = seed;
    }
    let base = args.scenario.parent().map(PathBuf::from).unwrap_or_default();
    let estimate = fits(&loaded)?;
    let shard = args.shard.filter(|_| args.seeds.is_none());
    let checked = shard.map_or(Ok(()), |shard| shard.check(loaded.scenario.replicates, "a run", "replicate"));
    checked.map_err(Failure::Input)?;
    let job = Job::new(&loaded.scenario, &base)?.of_shard(shard);
    if let Some(from) = args.gpu_from {
        return lockstep(args, &job, from);
    }
    let name = &loaded.scenario.name;
    let own = || args.seeds.as_ref().map_or_else(|| Path::new("results").join(name), |_| seeds::folder(name));
    let dir = args.out.clone().unwrap_or_else(own);
    if args.dry_run && args.seeds.is_none() {
        return dry_run::run(
            &job,
            &estimate,
            &DryRun { dir: &dir, force: args.force, backend: &args.backend },
        );
    }
    if let Some(note) = states_note(&loaded, &job).filter(|_| !args.quiet) {
        complain(format_args!("note: {note}"));
    }
    if let Some(list) = &args.seeds {
        let place =
            BatchPlace { dir: &dir, force: args.force, go_on: args.go_on.is_wanted(), quiet: args.quiet };
        return seeds::run(args.ask(), list, &place, args.report, args.dry_run);
    }
    let dir = (!args.no_out).then_some(dir.as_path());
    let begun = dir.filter(|_| args.go_on.is_wanted()).map(|dir| begun(&job, dir)).transpose()?.flatten();
    let stop = signals::watch()?;
    let mut bar = RunBar::new(&job.scenario.time, args.quiet);
    let hooks = Hooks { watch: &mut bar, painter: Some(&Painter), stop: &stop };
    let settings = settings(args.checkpoint_every, &args.backend)?;
    let ending = match (&begun, dir) {
        (Some(begun), _) => begun.go(&settings, hooks),
        (None, Some(dir)) => simulation::run(&job, &settings, dir, args.force, hooks),
        (None, None) => simulation::run_without_files(&job, &settings, Hooks { painter: None, ..hooks }),
    };
    bar.finish();
    let ending = ending.map_err(|e| at_start(&loaded, e))?;
    if begun.is_some_and(|begun| begun.is_finished()) {
        return ending::ending(&job, &ending, dir, args.quiet);
    }
    conclude(&job, &ending, dir, args.report, args.quiet)
}

/// The same run in a folder where it was begun before; `None` where none was.
fn begun(job: &Job, dir: &Path) -> Result<Option<Resumable>, Failure> {
    if !is_run(dir) {
        return Ok(None);
    }
    let begun = Resumable::open(dir)?;
    match begun.differs(job) {
        None => Ok(Some(begun)),
        Some(what) => Err(Failure::Input(format!(
            "`{}` holds another run than this one: it has {what}; choose another folder with --out, or replace it by --force without \
             --continue",
            dir.display()
        ))),
    }
}

/// What a run ends with: its report, and what is said of it.
pub fn conclude(
    job: &Job,
    ending: &Ending,
    dir: Option<&Path>,
    report: ReportArgs,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    if let (Ending::Done(_), Some(dir), None) = (ending, dir, job.shard) {
        report.write(dir, quiet);
    }
    ending::ending(job, ending, dir, quiet)
}

/// What was loaded, unless it is a trial, which another command runs.
pub fn only_a_run(loaded: Loaded) -> Result<Loaded, Failure> {
    if loaded.scenario.trial.is_none() {
        return Ok(loaded);
    }
    let help = format!("use `evotor compare {}`", loaded.file);
    let found = "this file is a trial: many patients in arms, and not one lesion";
    let expected = "expected a scenario without [cohort] and [[arm]]";
    Err(at_key(&loaded, &["cohort"], found, expected, &help).into())
}

/// Settings of a run from the command line.
pub fn settings(checkpoint_every: f64, backend: &BackendArgs) -> Result<Settings, Failure> {
    let every = Duration::try_from_secs_f64(checkpoint_every)
        .map_err(|_| Failure::Input("--checkpoint-every takes a number of seconds, 0 or more".into()))?;
    Ok(Settings { backend: backend.options(), checkpoint_every: every, ..Settings::default() })
}

/// Refuses a scenario that does not fit in memory, at the place in its file.
pub fn fits(loaded: &Loaded) -> Result<MemoryEstimate, Failure> {
    let estimate = memory::estimate_scenario(&loaded.scenario);
    match estimate.check(memory::available()) {
        Ok(()) => Ok(estimate),
        Err(error) => Err(does_not_fit(loaded, error).into()),
    }
}

/// Compares GPU and CPU stage by stage over the whole run, for the first replicates.
fn lockstep(args: &Args, job: &Job, from: Stage) -> Result<ExitCode, Failure> {
    let block = memory::estimate(&job.scenario, &job.model, None).block;
    let threads = args.backend.options().threads;
    let states = job.starting_lesions(0..block, threads)?;
    let options = args.backend.options().gpu();
    let report = gpu::lockstep(job.model.clone(), &states, &[], &options, from, job.scenario.time.end);
    let report = report.map_err(RunError::from)?;
    let Some(found) = report.mismatch else {
        say(format_args!("no difference in {} steps, with the GPU from `{}` on", report.steps, from.name()));
        return Ok(ExitCode::SUCCESS);
    };
    Err(Failure::Machine(found.to_string()))
}

//! `evotor run`: runs a scenario.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::engine::{Stage, gpu};
use crate::render::Painter;
use crate::scenario::{self, Loaded, MessageStyle, keys};
use crate::simulation::folder::Folder;
use crate::simulation::frame;
use crate::simulation::memory::{self, MemoryEstimate};
use crate::simulation::naming::bytes_text;
use crate::simulation::placed::{at_key, at_start, does_not_fit, states_note};
use crate::simulation::{self, Ending, Hooks, Job, Resumable, RunError, Settings, backends, cost};
use crate::trial::shard::{Shard, is_run};

use super::codes::later_codes;
use super::compare::GoOn;
use super::options::{BackendArgs, JsonArgs, SetArgs};
use super::outcome::{Failure, complain, say, show};
use super::progress::RunBar;
use super::report::ReportArgs;
use super::{ending, range, signals};

/// Run a scenario
///
/// Reads a scenario file, runs it to its end and writes one folder: the effective scenario with every default
/// (effective.toml), a time series (series.csv), the clones and their sizes (clones.csv, clone_sizes.csv), a row per
/// replicate (replicates.csv), pictures (snapshots/), the lattice at the same times (frames/), a summary (summary.json) and a checkpoint.
///
/// The last line on standard output is the digest: a hash of everything that the run decided. It depends on
/// the scenario and its seed alone. Ctrl-C and SIGTERM write a checkpoint first; `evotor resume` goes on from it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor run scenarios/01-first-run.toml\n  \
    evotor run scenarios/01-first-run.toml --seed 2 --out results/seed-2\n  \
    evotor run scenarios/03-everolimus.toml --set patient.growth=\"0.006 /d\" --set time.end=\"1 y\"\n  \
    evotor run big.toml --dry-run\n  \
    evotor run many-replicates.toml --shard $SLURM_ARRAY_TASK_ID/16 --out parts/$SLURM_ARRAY_TASK_ID --continue\n  \
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
    #[arg(long, value_name = "N", value_parser = range::of::<u64>(&keys::ROOT, "seed"))]
    seed: Option<u64>,

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

    /// This part of the replicates alone: shard I of N, with I from 0 as SLURM_ARRAY_TASK_ID has it by `--array=0-15`
    ///
    /// Shards are contiguous ranges of replicates, as equal as can be; replicates keep their numbers. The folder then has their tables
    /// and pictures and shard.json; `evotor merge` makes of all shards what one process would have written.
    #[arg(long, value_name = "I/N", value_parser = str::parse::<Shard>, conflicts_with_all = ["no_out", "gpu_from"])]
    shard: Option<Shard>,

    #[command(flatten)]
    go_on: GoOn,

    #[command(flatten)]
    report: ReportArgs,

    #[command(flatten)]
    backend: BackendArgs,

    #[command(flatten)]
    pub json: JsonArgs,
}

fn stage(name: &str) -> Result<Stage, String> {
    let names = || Stage::ALL.map(Stage::name).join(", ");
    Stage::from_name(name).ok_or_else(|| format!("expected one of {}", names()))
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let mut loaded = scenario::load_with(&args.scenario, &args.set.overlay())?;
    if loaded.scenario.trial.is_some() {
        return Err(trial(&loaded));
    }
    let warnings = loaded.render_warnings(MessageStyle::for_stderr());
    if !warnings.is_empty() && !args.quiet {
        show(warnings.trim_end());
    }
    if let Some(seed) = args.seed {
        loaded.scenario.seed = seed;
    }
    let base = args.scenario.parent().map(PathBuf::from).unwrap_or_default();
    let estimate = fits(&loaded)?;
    let shard =
        args.shard.map_or(Ok(()), |shard| shard.check(loaded.scenario.replicates, "a run", "replicate"));
    shard.map_err(Failure::Input)?;
    let job = Job::new(&loaded.scenario, &base)?.of_shard(args.shard);
    if let Some(from) = args.gpu_from {
        return lockstep(args, &job, from);
    }
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&loaded.scenario.name));
    if args.dry_run {
        return dry_run(args, &job, &estimate, &dir);
    }
    if let Some(note) = states_note(&loaded, &job).filter(|_| !args.quiet) {
        complain(format_args!("note: {note}"));
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

/// Refuses a trial, which another command runs.
fn trial(loaded: &Loaded) -> Failure {
    let help = format!("use `evotor compare {}`", loaded.file);
    let found = "this file is a trial: many patients in arms, and not one lesion";
    at_key(loaded, &["cohort"], found, "expected a scenario without [cohort] and [[arm]]", &help).into()
}

/// Settings of a run from the command line.
pub fn settings(checkpoint_every: f64, backend: &BackendArgs) -> Result<Settings, Failure> {
    let every = Duration::try_from_secs_f64(checkpoint_every)
        .map_err(|_| Failure::Input("--checkpoint-every takes a number of seconds, 0 or more".into()))?;
    Ok(Settings { backend: backend.options(), checkpoint_every: every, ..Settings::default() })
}

/// Refuses a scenario that does not fit in memory, at the place in its file.
fn fits(loaded: &Loaded) -> Result<MemoryEstimate, Failure> {
    let estimate = memory::estimate_scenario(&loaded.scenario);
    match estimate.check(memory::available()) {
        Ok(()) => Ok(estimate),
        Err(error) => Err(does_not_fit(loaded, error).into()),
    }
}

fn dry_run(
    args: &Args,
    job: &Job,
    estimate: &MemoryEstimate,
    dir: &std::path::Path,
) -> Result<ExitCode, Failure> {
    let occupied = match Folder::refuse_occupied(dir, args.force) {
        Ok(()) => "",
        Err(RunError::Occupied { .. }) => " (holds another run: needs --force or another --out)",
        Err(error) => return Err(error.into()),
    };
    let cost = cost::estimate(job);
    let between = |bounds: [String; 2]| {
        let [low, high] = bounds;
        if low == high {
            low
        } else {
            format!("{low} if the tumour stays as it starts, up to {high} if it grows as it can")
        }
    };
    let states = job.names.len();
    if let Some(shard) = job.shard {
        let range = shard.range(job.lesions());
        say(format_args!("shard:     {shard}: replicates {range} of {}", job.lesions()));
    }
    say(format_args!("scenario:  {}, seed {}", job.scenario.name, job.scenario.seed));
    say(format_args!("size:      {}", ending::extent(job)));
    say(format_args!("states:    {states}; drugs: {}; checks: {}", job.drug_names().len(), checks(job)));
    say(format_args!("blocks:    {} of up to {} replicates", estimate.blocks, estimate.block));
    say(format_args!(
        "memory:    at most {}; {} on a GPU, where the lattice lies as a whole; {} available here",
        bytes_text(estimate.host),
        bytes_text(estimate.pool),
        bytes_text(memory::available().free)
    ));
    say(format_args!(
        "time:      {} on one core, roughly",
        between(cost.core_seconds.map(cost::seconds_text))
    ));
    say(format_args!("disk:      {}, roughly", between(cost.disk.map(bytes_text))));
    if let Some(frames) = frames(job) {
        say(format_args!("frames:    {frames}"));
    }
    say(format_args!("backend:   {}", backends::expected(&args.backend.options())));
    say(format_args!("results:   {}{occupied}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

/// What recorded lattices may take on the disk; `None` if there are none.
fn frames(job: &Job) -> Option<String> {
    let output = &job.scenario.output;
    let count = output.snapshots.len() as u64 * u64::from(output.detailed_replicates);
    let most = frame::most_bytes(&job.shape(), job.model.oxygen.as_ref().map_or(0, |o| o.fields()));
    let each = bytes_text(most);
    (output.frames && count > 0)
        .then(|| format!("{count}, each at most {each} and 16 bytes a clone (usually a tenth of that)"))
}

fn checks(job: &Job) -> u32 {
    job.scenario.time.end / job.scenario.time.check + 1
}

/// Compares GPU and CPU stage by stage over the whole run, for the first replicates.
fn lockstep(args: &Args, job: &Job, from: Stage) -> Result<ExitCode, Failure> {
    let block = memory::estimate(&job.scenario, &job.model, None).block;
    let threads = args.backend.options().threads;
    let states = (0..block).map(|l| job.starting_lesion(l, threads)).collect::<Result<Vec<_>, _>>()?;
    let options = args.backend.options().gpu();
    let report = gpu::lockstep(job.model.clone(), &states, &[], &options, from, job.scenario.time.end);
    let report = report.map_err(RunError::from)?;
    let Some(found) = report.mismatch else {
        say(format_args!("no difference in {} steps, with the GPU from `{}` on", report.steps, from.name()));
        return Ok(ExitCode::SUCCESS);
    };
    Err(Failure::Machine(found.to_string()))
}

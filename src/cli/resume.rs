//! `evotor resume`: goes on with a run or a trial.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::render::Painter;
use crate::simulation::{Hooks, Resumable, memory};
use crate::trial::batch::is_batch;
use crate::trial::output::kept::{self, KeptKind};
use crate::trial::session::{DoneTrial, StoppedSession};

use super::codes::later_codes;
use super::compare::{Manner, already, conclude, with_bar};
use super::options::BackendArgs;
use super::outcome::{Failure, say};
use super::progress::RunBar;
use super::report::ReportArgs;
use super::trial::all;
use super::{calibrate, falsify, run, signals};

/// Go on with what was stopped: a run, a trial, all trials, a calibration, falsifiers
///
/// Reads how far the command has come that wrote a folder (`evotor run`, `compare`, `trial`, `calibrate` or `falsify`), checks the
/// checkpoint and the tables that belong to it, cuts these back to it, and goes on to the end, report and all: on any backend, with the same
/// digest and the same files as if nothing had been stopped. It does not matter how it was stopped: by Ctrl-C, by `kill -9`, or by a
/// power cut. Patients of a trial who were not through are simulated from their start.
///
/// What is done is left as it is; the digest of a run or a trial is printed again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor resume results/first-run\n  \
    evotor resume results/first-run --backend cpu --threads 4\n  \
    evotor resume results/everolimus-sunitinib\n\n\
    Exit codes:\n  0  done\n  1  the run, or a patient of the trial, failed\n  \
    2  the checkpoint is missing, damaged, or of another version or scenario\n  ", later_codes!()))]
pub struct Args {
    /// The folder of the run, of the trial, or of whatever else was stopped
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// No progress, and of a run the digest only
    #[arg(long, short)]
    quiet: bool,

    /// Seconds between two checkpoints
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    checkpoint_every: f64,

    #[command(flatten)]
    report: ReportArgs,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn resume(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let settings = run::settings(args.checkpoint_every, &args.backend)?;
    if args.dir.exists() && !args.dir.is_dir() {
        let what = args.dir.display();
        return Err(Failure::Input(format!("`{what}` is not the folder of a run or of a trial")));
    }
    match kept::kind(&args.dir)? {
        Some(KeptKind::Trial) => return trial(args, settings.checkpoint_every),
        Some(KeptKind::Trials) => return all::resume(&args.dir, &args.backend, args.report, args.quiet),
        Some(KeptKind::Falsifiers) => return falsify::resume(&args.dir, &args.backend, args.quiet),
        None => {}
    }
    if crate::trial::calibrate::is_calibration(&args.dir) {
        return calibrate::resume(&args.dir, args.backend.threads, args.quiet);
    }
    if is_batch(&args.dir) {
        return Err(Failure::Input(format!(
            "`{}` is the folder of a batch: the command that wrote it goes on with --continue",
            args.dir.display()
        )));
    }
    if let Some(trial) = DoneTrial::read(&args.dir)? {
        return already(&trial);
    }
    if let Some(what) = done(&args.dir) {
        say(format_args!("{what} in {} is done", args.dir.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let resumable = Resumable::open(&args.dir)?;
    let job = &resumable.job;
    if !resumable.is_finished() {
        memory::estimate(&job.scenario, &job.model, Some(resumable.block())).check(memory::available())?;
    }
    let stop = signals::watch()?;
    let mut bar = RunBar::new(&job.scenario.time, args.quiet);
    let hooks = Hooks { watch: &mut bar, painter: Some(&Painter), stop: &stop };
    let ending = resumable.go(&settings, hooks);
    bar.finish();
    let ending = ending?;
    run::conclude(job, &ending, Some(&args.dir), args.report, args.quiet)
}

/// What is done in a folder, if anything that could be gone on with until then.
fn done(dir: &Path) -> Option<&'static str> {
    if crate::trial::falsify::folder::is_done(dir) {
        return Some("all that was looked at");
    }
    all::is_done(dir).then_some("every trial")
}

/// Goes on with a trial.
fn trial(args: &Args, every: Duration) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let mut stopped = StoppedSession::load(&args.dir, args.backend.options())?;
    stopped.session.checkpoint_every = every;
    let (session, run) = with_bar(args.quiet, |hooks| Ok(stopped.go_on(&args.dir, hooks)?))?;
    conclude(&session, run, Manner { report: args.report, quiet: args.quiet, is_kept: true })
}

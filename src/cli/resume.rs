//! `evotor resume`: goes on with a run.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::render::Painter;
use crate::simulation::{Ending, Hooks, Resumable, memory};

use super::options::BackendArgs;
use super::outcome::Failure;
use super::progress::Bar;
use super::report::ReportArgs;
use super::{ending, run, signals};

/// Go on with a run that was stopped
///
/// Reads the checkpoint in a folder that `evotor run` wrote, cuts the tables there back to it, and goes on to the
/// end: on any backend, with the same digest and the same tables as if the run had never been stopped. It
/// does not matter how it was stopped: by Ctrl-C, by `kill -9`, or by a power cut.
///
/// A run that is done is left as it is; its digest is printed again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor resume results/first-run\n  \
    evotor resume results/first-run --backend cpu --threads 4\n\n\
    Exit codes:\n  0  done\n  1  the run failed\n  \
    2  the checkpoint is missing, damaged, or of another version or scenario\n  \
    130, 143  stopped by Ctrl-C or SIGTERM, after a checkpoint")]
pub struct Args {
    /// The folder of the run
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Print the digest only: no progress, no summary
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
    let resumable = Resumable::open(&args.dir)?;
    let job = &resumable.job;
    if !resumable.is_finished() {
        memory::estimate(&job.scenario, &job.model, Some(resumable.block())).check(memory::available())?;
    }
    let stop = signals::watch().map_err(|e| Failure::Machine(format!("failed to watch for signals: {e}")))?;
    let mut bar = Bar::new(&job.scenario.time, args.quiet);
    let hooks = Hooks { watch: &mut bar, painter: Some(&Painter), stop: &stop };
    let ending = resumable.go(&settings, hooks);
    bar.finish();
    let ending = ending?;
    if matches!(ending, Ending::Done(_)) {
        args.report.write(&args.dir, args.quiet);
    }
    Ok(ending::ending(job, &ending, &args.dir, args.quiet))
}

//! `evotor calibrate`: fits a few numbers to the figures that were set aside for it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::PublishedEndpoint;
use crate::simulation::BackendOptions;
use crate::simulation::naming::{shell_word, signed};
use crate::trial::calibrate::{
    self as folder, Calibration, CalibrationError, CalibrationQuestion, FitParameter, FitRow, JudgedDraw,
    Marginal, Particle,
};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::shard::Shard;

use super::codes::{later_codes, of_signal};
use super::dry_run;
use super::json::{self, CalibrateResult, CommandError, FittedParameter};
use super::outcome::{Failure, complain, say};
use super::progress::TrialBar;
use super::range;
use super::signals;
use super::table::{TextTable, or_dash};

/// Fit numbers of the model to published figures
///
/// Reads what is fitted and to what: figures of trials of the review, by their names, or of your own, by the paths of their files
/// (`trial = "my-trial.toml"`). Only figures that a trial marks as calibrated may choose a number; the rest is held out. The mean-field surrogate searches by approximate Bayesian computation (sequential Monte Carlo), then agents judge the best
/// draws. Stopped at any moment, the same command or `evotor resume` goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  evotor calibrate scenarios/calibration.toml\n  evotor calibrate scenarios/calibration.toml --dry-run\n\n\
    Files: attempts.jsonl (every draw that was tried), posterior.csv (draws that were kept, with weights), fit.csv (figure by \
    figure), fitted.toml (the fitted values with the interval of the posterior)\n\n\
    Exit codes:\n  0  done\n  1  the machine failed\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The calibration's file
    #[arg(value_name = "CALIBRATION")]
    file: PathBuf,

    /// Folder for the results [default: results/NAME, its name]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Start over, and forget the draws of an earlier search in the same folder
    #[arg(long)]
    force: bool,

    /// Number of CPU threads [default: as many as the process was given]
    #[arg(long, value_name = "N", value_parser = range::count::<u16>(1..=1024))]
    threads: Option<u16>,

    /// Refused: how a calibration is spread is said there
    #[arg(long, value_name = "I/N", hide = true, value_parser = str::parse::<Shard>)]
    shard: Option<Shard>,

    /// Say what would be computed, and what it takes in time, memory and on the disk; make no tumour and write nothing
    #[arg(long)]
    dry_run: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

impl From<CalibrationError> for Failure {
    fn from(error: CalibrationError) -> Self {
        Self::Input(format!("failed to {error}"))
    }
}

/// Runs the command.
pub fn calibrate(args: &Args) -> Result<ExitCode, Failure> {
    if let Some(shard) = args.shard {
        return Err(Failure::Input(format!(
            "a calibration has no shards, and so no shard {shard}: every generation is drawn from the whole of the one before it. \
             Give one process more cores (--threads), which try as many draws at once; run calibrations that do not depend on each \
             other (another `seed` and `name`) as jobs of their own; or try a design of draws by `evotor batch --shard {shard}` and \
             weigh its rows yourself"
        )));
    }
    let question = folder::question(&args.file)?;
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&question.calibration.name));
    if args.dry_run {
        let threads = BackendOptions::cpu(args.threads.map_or(0, usize::from)).cpu_threads();
        let occupied = folder::is_calibration(&dir) && !args.force;
        return dry_run::calibration(&question, &dir, occupied, threads);
    }
    search(&question, &dir, args.force, args.threads, args.quiet)
}

/// Goes on with the calibration of a folder.
pub fn resume(dir: &Path, threads: Option<u16>, quiet: bool) -> Result<ExitCode, Failure> {
    if folder::is_done(dir) {
        say(format_args!("the calibration in {} is done", dir.display()));
        return Ok(ExitCode::SUCCESS);
    }
    search(&folder::question(dir)?, dir, false, threads, quiet)
}

fn search(
    question: &CalibrationQuestion,
    dir: &Path,
    force: bool,
    threads: Option<u16>,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    let threads = BackendOptions::cpu(threads.map_or(0, usize::from)).cpu_threads();
    let mut bar = TrialBar::new("{bar:32} {pos} of {len} draws, {msg}  {elapsed}", quiet);
    let mut hooks = TrialHooks { listener: &mut bar, stop: &*signals::watch()? };
    let found = folder::run(question, dir, force, threads, &mut hooks);
    bar.finish();
    let (posterior, judged) = match found {
        Err(TrialError::Stopped(signal)) => return Ok(stopped(dir, signal)),
        found => found?,
    };
    show(&question.calibration, &posterior, &judged);
    json::add(|| data(&question.calibration, &posterior, &judged, dir));
    say(format_args!("\nresults in {}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

fn stopped(dir: &Path, signal: usize) -> ExitCode {
    let words = format!(
        "stopped by {}; go on with the same command, or: evotor resume {}",
        signals::name(signal),
        shell_word(&dir.display().to_string())
    );
    complain(format_args!("{words}"));
    json::fail(CommandError::new(of_signal(signal), &words));
    ExitCode::from(of_signal(signal))
}

/// What was fitted, as data.
fn data(
    calibration: &Calibration,
    posterior: &[Particle],
    judged: &[JudgedDraw],
    dir: &Path,
) -> CalibrateResult {
    let best = judged.first();
    let parameter = |(at, of): (usize, &FitParameter)| {
        let marginal = Marginal::new(of, posterior, at);
        FittedParameter {
            parameter: of.name.clone(),
            prior_low: of.low,
            prior_high: of.high,
            mean: marginal.mean(),
            low: marginal.quantile(0.025),
            high: marginal.quantile(0.975),
            fitted: best.map(|best| best.values[at]),
        }
    };
    CalibrateResult {
        folder: Some(dir.display().to_string()),
        parameters: Some(calibration.parameters.iter().enumerate().map(parameter).collect()),
        fits: best.map(|best| best.fits.iter().map(FitRow::from).collect()),
    }
}

fn show(calibration: &Calibration, posterior: &[Particle], judged: &[JudgedDraw]) {
    let columns = ["parameter", "#prior", "#posterior, mean (95 %)", "#fitted"];
    let mut table = TextTable::new(&columns);
    for (j, parameter) in calibration.parameters.iter().enumerate() {
        let marginal = Marginal::new(parameter, posterior, j);
        let at = |share| number(marginal.quantile(share));
        table.row([
            parameter.name.clone(),
            format!("{} to {}", number(parameter.low), number(parameter.high)),
            format!("{} ({} to {})", number(marginal.mean()), at(0.025), at(0.975)),
            judged.first().map_or_else(String::new, |best| number(best.values[j])),
        ]);
    }
    table.print();
    let Some(best) = judged.first() else { return };
    say(format_args!(
        "\n{} draws judged by agents; the best differs by {:.2} tolerances (root mean square), {:.2} by the surrogate\n",
        judged.len(),
        best.distance,
        best.surrogate
    ));
    let columns =
        ["trial", "arm", "end point", "reader", "#published", "#simulated", "#difference, tolerances"];
    let mut table = TextTable::new(&columns);
    for fit in &best.fits {
        table.row([
            fit.trial.clone(),
            fit.arm.clone(),
            PublishedEndpoint::words(fit.endpoint.name()),
            or_dash(fit.reader, |reader| reader.word().to_owned()),
            number(fit.published),
            or_dash(fit.simulated, number),
            signed(fit.z, 2),
        ]);
    }
    table.print();
}

/// Three significant digits.
fn number(x: f64) -> String {
    let short: f64 = format!("{x:.2e}").parse().unwrap_or(x);
    short.to_string()
}

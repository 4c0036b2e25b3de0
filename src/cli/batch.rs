//! `evotor batch`: one scenario with many sets of keys.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::keys;
use crate::simulation::BackendOptions;
use crate::simulation::naming::{counted, shell_word};
use crate::trial::batch::{BatchAsk, BatchSummary, Design, DoneBatch, ParameterSweep, RowFault, is_batch};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::shard::Shard;

use super::codes::{INPUT, later_codes, of_signal};
use super::compare::GoOn;
use super::dry_run;
use super::json::{self, BatchResult, CommandError};
use super::options::{BackendArgs, SetArgs};
use super::outcome::{FAILED, Failure, complain, say, show};
use super::progress::{COUNTED, TrialBar};
use super::{quantiles, range, signals};

/// Rows at fault that are shown in full.
const SHOWN: usize = 5;

/// Run one scenario or trial with many sets of values
///
/// DESIGN has a set in each row: CSV whose first line names keys of the file (`patient.growth`, `arm.everolimus.therapy.regimen`; a unit
/// of its numbers may stand behind, as in `patient.growth [/d]`), or, in a file that ends in `.jsonl`, an object of keys and values in
/// each line. Every row is laid over the file, checked with the file's errors, and run or simulated in memory; rows at fault are named
/// and the others go on.
///
/// Writes results.csv: a row for each row of the design, in its order, with what it sets and as many named figures in every row. Of a run
/// these are counts, times to progression and extinction, and shares of states, over its replicates; of a trial medians, restricted means and
/// rates by arm. A row that is run alone by `evotor run` or `evotor compare` with `--set` gives the same digest.
/// Where `seed` is the only column, as by `evotor run --seeds`, quantiles.csv has quantiles of each figure over the seeds.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor batch design.csv --scenario scenarios/03-everolimus.toml --out sweep\n  \
    evotor batch design.csv --scenario my-trial.toml --surrogate --patients 100 --out sweep\n  \
    evotor batch design.jsonl --scenario S.toml --set replicates=8 --out sweep --continue\n  \
    evotor batch design.csv --scenario S.toml --shard $SLURM_ARRAY_TASK_ID/16 --out parts/$SLURM_ARRAY_TASK_ID --continue\n  \
    evotor merge parts/* --out sweep\n\n\
    Exit codes:\n  0  done\n  1  a row failed, or the whole batch\n  2  the input is at fault, if only that of some rows; the others are done\n  ", later_codes!()))]
pub struct Args {
    /// The design: CSV, or lines of JSON (.jsonl)
    #[arg(value_name = "DESIGN")]
    design: PathBuf,

    /// The scenario's or trial's file
    #[arg(long, short, value_name = "SCENARIO")]
    scenario: PathBuf,

    #[command(flatten)]
    set: SetArgs,

    /// Folder for the results
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,

    /// This part of the rows alone: shard I of N, with I from 0
    #[arg(long, value_name = "I/N", value_parser = str::parse::<Shard>)]
    shard: Option<Shard>,

    #[command(flatten)]
    go_on: GoOn,

    /// Replace another batch in the same folder
    #[arg(long)]
    force: bool,

    /// Number of patients of a trial, in place of the file's
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "patients"))]
    patients: Option<u32>,

    /// Compute tumours of trials as a mean field, not cell by cell: an approximation, some thirty times faster
    #[arg(long)]
    surrogate: bool,

    /// Say what would be computed, and what it takes in time, memory and on the disk; make no tumour and write nothing
    #[arg(long)]
    dry_run: bool,

    /// No progress, and rows at fault in a line each
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn batch(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let backend: BackendOptions = args.backend.options();
    let ask = BatchAsk {
        scenario: args.scenario.clone(),
        settings: args.set.set.clone(),
        patients: args.patients,
        surrogate: args.surrogate,
        shard: args.shard,
        backend,
    };
    let batch = ParameterSweep::new(ask, Design::load(&args.design)?)?;
    tell(args, &batch);
    if batch.faults.len() == batch.numbers().count() {
        return Err(Failure::Input(format!(
            "no row of `{}` can be used; nothing was written",
            args.design.display()
        )));
    }
    if args.dry_run {
        return dry_run::batch(&batch, &args.out, args.force || args.go_on.is_wanted(), "rows");
    }
    let place =
        BatchPlace { dir: &args.out, force: args.force, go_on: args.go_on.is_wanted(), quiet: args.quiet };
    Ok(match compute(&batch, &place, "rows")? {
        BatchEnding::Done(summary) => tell_all(&summary, &args.out),
        BatchEnding::Already(summary) => {
            say(format_args!("the batch in {} is done", args.out.display()));
            tell_all(&summary, &args.out)
        }
        BatchEnding::Stopped(code) => code,
    })
}

/// What a batch came to, in words and as data; the exit code.
pub fn tell_all(summary: &BatchSummary, dir: &Path) -> ExitCode {
    json::add(|| BatchResult::new(summary, dir));
    conclude(summary, dir, false)
}

/// Where a batch is computed, and what becomes of what is there.
pub struct BatchPlace<'a> {
    /// The folder.
    pub dir: &'a Path,
    /// Whether another batch there is replaced.
    pub force: bool,
    /// Whether the same one there is gone on with.
    pub go_on: bool,
    /// Whether nothing is said on the way.
    pub quiet: bool,
}

/// What became of a batch.
pub enum BatchEnding {
    /// All of its rows are through.
    Done(BatchSummary),
    /// They were before.
    Already(BatchSummary),
    /// It was stopped, which was told; the exit code.
    Stopped(ExitCode),
}

/// Computes the rows that are not through, which are called `what`.
pub fn compute(
    batch: &ParameterSweep,
    place: &BatchPlace<'_>,
    what: &'static str,
) -> Result<BatchEnding, Failure> {
    let BatchPlace { dir, force, go_on, quiet } = *place;
    if go_on
        && is_batch(dir)
        && let Some(done) = DoneBatch::read(dir)?.filter(DoneBatch::is_done)
        && done.summary.question == batch.question
    {
        return Ok(BatchEnding::Already(done.summary));
    }
    let mut bar = TrialBar::new(COUNTED, quiet).of(what);
    let mut hooks = TrialHooks { listener: &mut bar, stop: &*signals::watch()? };
    let found = batch.run(dir, force, go_on, &mut hooks);
    bar.finish();
    match found {
        Ok(summary) => Ok(BatchEnding::Done(summary)),
        Err(TrialError::Stopped(signal)) => Ok(BatchEnding::Stopped(stopped(signal, dir))),
        Err(error) => Err(error.into()),
    }
}

/// Names the rows at fault, and those that repeat another one.
fn tell(args: &Args, batch: &ParameterSweep) {
    let place = |row: u32| format!("row {row} (line {} of {})", batch.line(row), args.design.display());
    for (number, (row, fault)) in batch.faults.iter().enumerate() {
        match fault {
            RowFault::File(error) if !args.quiet && number < SHOWN => {
                complain(format_args!("{}:", place(*row)));
                show(error.render(crate::scenario::MessageStyle::for_stderr()).trim_end());
            }
            _ if number < SHOWN || args.quiet => {
                complain(format_args!("error: {}: {}", place(*row), fault.line()))
            }
            _ => {}
        }
    }
    let more = batch.faults.len().saturating_sub(SHOWN);
    if more > 0 && !args.quiet {
        complain(format_args!(
            "and {} at fault; `--quiet` names each in a line",
            counted(more as u64, "more row")
        ));
    }
    let own = |row: &&u32| batch.numbers().contains(*row);
    let again: Vec<&u32> = batch.repeated.keys().filter(own).collect();
    if let Some(first) = again.first().filter(|_| !args.quiet) {
        let others = match again.len() {
            1 => String::new(),
            n => format!(", and {} likewise", counted(n as u64 - 1, "other row")),
        };
        complain(format_args!(
            "note: {} is the same as row {}{others}: computed once",
            place(**first),
            batch.repeated[*first]
        ));
    }
}

/// The last words of a batch; the exit code. With `quiet` they are the digest, beside what is missing or at fault.
pub fn conclude(summary: &BatchSummary, dir: &Path, quiet: bool) -> ExitCode {
    if !quiet {
        quantiles::show(summary);
    }
    let range = summary.question.range();
    let all =
        range.numbers().count() - summary.missing.iter().map(|gap| gap.numbers().count()).sum::<usize>();
    let without = summary.refused.len() + summary.failed.len();
    let figures = counted((all - without) as u64, "row");
    let shard = summary.question.shard.map_or_else(String::new, |shard| format!("shard {shard}: "));
    let faults = match (summary.refused.len(), summary.failed.len()) {
        (0, 0) => String::new(),
        (refused, failed) => format!(" ({refused} refused, {failed} failed: `error` in the table says why)"),
    };
    if !quiet || without > 0 {
        say(format_args!(
            "{shard}{figures} of {all} with figures{faults}, in {}",
            dir.join("results.csv").display()
        ));
    }
    let missing = summary.missing_words();
    if !missing.is_empty() {
        say(format_args!("{missing}"));
    }
    say(format_args!("digest: {}", summary.digest));
    let code = match (summary.failed.is_empty(), summary.refused.is_empty()) {
        (false, _) => FAILED,
        (true, false) => INPUT,
        (true, true) => return ExitCode::SUCCESS,
    };
    json::fail(CommandError::new(code, &format!("rows without figures:{faults}")));
    ExitCode::from(code)
}

fn stopped(signal: usize, dir: &Path) -> ExitCode {
    let words = format!(
        "stopped by {}; the rows that were done are in {}; go on with the same command and --continue",
        signals::name(signal),
        shell_word(&dir.display().to_string())
    );
    complain(format_args!("{words}"));
    json::fail(CommandError::new(of_signal(signal), &words));
    ExitCode::from(of_signal(signal))
}

//! `evotor compare`, and what `evotor trial` and `evotor resume` share with it: a cohort through its arms.

mod conclusion;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::report::overlay::{self, OverlayRow};
use crate::scenario::{Estimand, Loaded, MessageStyle, ScanReader, keys};
use crate::simulation::may_pass;
use crate::trial::file;
use crate::trial::output::Extras;
use crate::trial::session::{Continued, Selection, Session};
use crate::trial::shard::Shard;
use crate::trial::unfiled::trial_of;

use super::codes::later_codes;
use super::dry_run;
use super::options::{BackendArgs, SetArgs};
use super::outcome::{Failure, show};
use super::range::{self, words};
use super::report::ReportArgs;

pub use conclusion::{Manner, already, conclude, tell, with_bar};

/// Compare arms of therapy over the same virtual patients
///
/// Reads a trial: a scenario with a cohort and an arm for each therapy. Every patient goes through every arm with the same
/// body, the same tumour and the same random numbers, so that arms differ by therapy alone. Prints a table of the arms and the differences
/// between them, and writes a folder with a row per patient and arm (patients.csv), the arms (arms.csv), the differences
/// (contrasts.csv), survival curves (survival.csv), the composition of the tumours (resistance.csv), scans, events, and more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml --patients 400 --out results/large\n  \
    evotor compare --arm \"everolimus 10 mg daily\" --arm \"sunitinib 37.5 mg daily\" --surrogate\n  \
    evotor compare my-trial.toml --only 17 --arm everolimus\n  \
    evotor compare my-trial.toml --overlay my-km.csv\n  \
    evotor compare my-trial.toml --patients 10000 --dry-run\n  \
    evotor compare my-trial.toml --shard $SLURM_ARRAY_TASK_ID/16 --out parts/$SLURM_ARRAY_TASK_ID --continue\n  \
    evotor compare my-trial.toml --estimand while-on-treatment\n  \
    evotor compare my-trial.toml --set cohort.change.growth.typical=0.006 --set arm.0.therapy.regimen=\"everolimus 5 mg daily\"\n  \
    evotor compare my-trial.toml --surrogate --json --no-out\n\n\
    Exit codes:\n  0  done\n  1  a patient failed, or the whole trial\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The trial's file; without one, the arms are those of `--arm`
    #[arg(value_name = "TRIAL", required_unless_present = "arm")]
    pub trial: Option<PathBuf>,

    #[command(flatten)]
    pub who: Who,

    /// Folder for the results [default: results/<trial's name>]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Replace the results of another trial in the same folder
    #[arg(long)]
    pub force: bool,

    #[command(flatten)]
    pub go_on: GoOn,

    #[command(flatten)]
    pub no_out: NoOut,

    #[command(flatten)]
    pub own: OverlayArgs,

    /// Say what would be computed, and what it takes in time, memory and on the disk; make no tumour and write nothing
    #[arg(long, conflicts_with_all = ["is_asked", "overlay"])]
    pub dry_run: bool,

    /// No progress
    #[arg(long, short)]
    pub quiet: bool,

    #[command(flatten)]
    pub report: ReportArgs,

    #[command(flatten)]
    pub backend: BackendArgs,
}

/// Who goes through which arms.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Who")]
pub struct Who {
    #[command(flatten)]
    pub set: SetArgs,

    /// Number of patients [default: as the file says]
    ///
    /// Patients keep their numbers: those of a smaller cohort are the first of a larger one.
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "patients"))]
    pub patients: Option<u32>,

    /// This part of the cohort alone: shard I of N, with I from 0 as SLURM_ARRAY_TASK_ID has it by `--array=0-15`
    ///
    /// Shards are contiguous ranges of patients, as equal as can be; patients keep their numbers. The folder then has the tables of
    /// patients and shard.json; `evotor merge` makes of all shards what one process would have written.
    #[arg(long, value_name = "I/N", value_parser = str::parse::<Shard>, conflicts_with = "only")]
    pub shard: Option<Shard>,

    /// This patient alone, by its number from 0; may be repeated
    #[arg(long, value_name = "PATIENT")]
    pub only: Vec<u32>,

    /// This arm alone, by its name; may be repeated. Without a file, an arm in words: `everolimus 10 mg daily then sunitinib
    /// 37.5 mg daily`, with ` + ` between drugs that are given together
    #[arg(long, value_name = "ARM")]
    pub arm: Vec<String>,

    /// Write these tables alone, by their names without `.csv`, such as `patients,arms`; there is no report then
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    pub tables: Vec<String>,

    /// Replace the trial's seed
    #[arg(long, value_name = "N", value_parser = range::of::<u64>(keys::ROOT, "seed"))]
    pub seed: Option<u64>,

    /// Live agents of a patient at the start, at least, in place of the file's number
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "agents"))]
    pub agents: Option<u32>,

    /// Show what this reader of the scans sees, beside the figures published by this reader: `investigator`, `central` or
    /// `adjudicated`, in place of the file's `reader`
    #[arg(long, value_name = "READER", value_parser = words::<ScanReader>())]
    pub reader: Option<ScanReader>,

    /// What a stop of drugs means for times to progression, in every arm: `treatment-policy` (nothing), `while-on-treatment` (the
    /// time is censored), `composite` (a stop for adverse events is an event) or `hypothetical` (nobody stops; simulated)
    #[arg(long, value_name = "ESTIMAND", value_parser = words::<Estimand>())]
    pub estimand: Option<Estimand>,

    /// Compute the tumours as a mean field, not cell by cell: an approximation, some thirty times faster
    ///
    /// Over many patients it differs little from agents (docs/validation.md shows both); a single tumour may differ much.
    #[arg(long)]
    pub surrogate: bool,
}

/// A user's own survival times.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OverlayArgs {
    /// Lay your own survival times over the curves: a CSV file with the columns `time_months` or `time_days`, `event` (1, or 0 for
    /// censored) and `arm`, a row for each subject
    ///
    /// An arm of a name that the trial has is drawn in its colour. A column `endpoint` says of what the times are (`pfs` without it; `os`,
    /// `tfs`, `pfs2`, `time_to_growth`, `second_line_pfs`). They are kept as overlay.csv, and are in every report of the folder.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["shard", "no_report", "is_asked"])]
    overlay: Option<PathBuf>,
}

impl OverlayArgs {
    /// Reads them, if there are any.
    pub fn read(&self) -> Result<Option<Vec<OverlayRow>>, Failure> {
        let own = self.overlay.as_deref().map(overlay::read).transpose();
        own.map_err(|e| Failure::Input(format!("failed to {e}")))
    }
}

/// What becomes of what is in the folder already.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct GoOn {
    /// Begin in a new folder, go on in one that was stopped, do nothing in one that is done: one command for every try
    ///
    /// A folder of another scenario, seed, version or shard is refused.
    #[arg(long = "continue", conflicts_with = "force")]
    is_wanted: bool,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct NoOut {
    /// Write nothing: the results are what is printed
    ///
    /// A temporary folder is removed at the end.
    #[arg(long = "no-out", conflicts_with_all = ["out", "force", "is_wanted", "shard", "tables"])]
    is_asked: bool,
}

impl GoOn {
    /// Whether what is there is gone on with.
    pub fn is_wanted(self) -> bool {
        self.is_wanted
    }
}

/// Where a trial is written.
pub struct TrialPlace<'a> {
    /// The folder.
    pub dir: &'a Path,
    /// Whether another trial there is replaced.
    pub force: bool,
    /// Whether the same one there is gone on with.
    pub go_on: GoOn,
    /// Whether it is written elsewhere, and removed at the end.
    pub no_out: NoOut,
    /// A user's own survival times, to be laid over the curves.
    pub overlay: Option<Vec<OverlayRow>>,
}

impl TrialPlace<'_> {
    /// Runs a trial there, to its end.
    pub fn run(
        &self,
        session: &Session,
        extras: Extras,
        report: ReportArgs,
        quiet: bool,
    ) -> Result<ExitCode, Failure> {
        let Self { dir, force, go_on, no_out, ref overlay } = *self;
        if no_out.is_asked {
            return without_folder(session, extras, quiet);
        }
        let found = with_bar(quiet, |hooks| {
            Ok(match go_on.is_wanted {
                true => session.continue_in(dir, extras, hooks)?,
                false => Continued::Ran(Box::new(session.run(dir, force, extras, hooks)?)),
            })
        })?;
        if let Some(own) = overlay {
            overlay::keep(own, dir)?;
        }
        match found {
            Continued::Ran(run) => conclude(session, *run, Manner { report, quiet, is_kept: true }),
            Continued::Done(done) => {
                if overlay.is_some() {
                    report.write(dir, quiet);
                }
                already(&done)
            }
        }
    }
}

/// Runs a trial of which nothing is left but what is said.
fn without_folder(session: &Session, extras: Extras, quiet: bool) -> Result<ExitCode, Failure> {
    let made = tempfile::tempdir();
    let dir = made
        .map_err(|e| Failure::of_machine(format!("failed to make a temporary folder: {e}"), may_pass(&e)))?;
    let run = with_bar(quiet, |hooks| Ok(session.run(dir.path(), false, extras, hooks)?))?;
    let manner = Manner { report: ReportArgs { no_report: true }, quiet, is_kept: false };
    conclude(session, run, manner)
}

/// Runs the command.
pub fn compare(args: &Args) -> Result<ExitCode, Failure> {
    let session = match &args.trial {
        Some(path) => load(path, &args.who, &args.backend, args.quiet)?,
        None => unfiled(args)?,
    };
    let overlay = args.own.read()?;
    let name = &session.plan.scenario.name;
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(name));
    if args.dry_run {
        return dry_run::trial(&session, &dir, args.force || args.go_on.is_wanted());
    }
    let extras = Extras { repeat: true, ..Extras::default() };
    let place = TrialPlace { dir: &dir, force: args.force, go_on: args.go_on, no_out: args.no_out, overlay };
    place.run(&session, extras, args.report, args.quiet)
}

/// Reads a trial and who goes through it.
pub fn load(path: &Path, who: &Who, backend: &BackendArgs, quiet: bool) -> Result<Session, Failure> {
    let loaded = file::load_with(path, &who.set.overlay())?;
    let warnings = loaded.render_warnings(MessageStyle::for_stderr());
    if !warnings.is_empty() && !quiet {
        show(warnings.trim_end());
    }
    session(loaded, who, backend)
}

/// A trial of the arms of the command line.
fn unfiled(args: &Args) -> Result<Session, Failure> {
    let loaded = file::parse_with(&trial_of(&args.who.arm), "--arm", Path::new(""), &args.who.set.overlay())?;
    session(loaded, &Who { arm: Vec::new(), ..args.who.clone() }, &args.backend)
}

/// A trial that was read.
pub fn session(loaded: Loaded, who: &Who, backend: &BackendArgs) -> Result<Session, Failure> {
    backend.check().map_err(Failure::Input)?;
    let selection = Selection {
        patients: who.patients,
        shard: who.shard,
        tables: who.tables.clone(),
        only: who.only.clone(),
        arms: who.arm.clone(),
        seed: who.seed,
        agents: who.agents,
        reader: who.reader,
        estimand: who.estimand,
        surrogate: who.surrogate,
    };
    Ok(Session::new(loaded.scenario, &selection, backend.options())?)
}

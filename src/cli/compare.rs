//! `evotor compare`, and what `evotor trial` and `evotor resume` share with it: a cohort through its arms.

mod conclusion;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::{Estimand, Loaded, ScanReader, Style, keys};
use crate::trial::file;
use crate::trial::output::Extras;
use crate::trial::session::{Selection, Session};

use super::codes::later_codes;
use super::options::BackendArgs;
use super::outcome::{Failure, show};
use super::range::{self, words};
use super::report::ReportArgs;

pub use conclusion::{conclude, tell, with_bar};

/// Compare arms of therapy over the same virtual patients
///
/// Reads a trial: a scenario with a cohort and an arm for each therapy. Every patient goes through every arm with the same
/// body, the same tumour and the same luck, so that arms differ by therapy alone. Prints a table of the arms and the differences
/// between them, and writes a folder with a row per patient and arm (patients.csv), the arms (arms.csv), the differences
/// (contrasts.csv), survival curves (survival.csv), the composition of the tumours (resistance.csv), scans, events, and more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml --patients 400 --out results/large\n  \
    evotor compare my-trial.toml --only 17 --arm everolimus\n  \
    evotor compare my-trial.toml --estimand while-on-treatment\n\n\
    Exit codes:\n  0  done\n  1  a patient failed, or the whole trial\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The trial's file
    #[arg(value_name = "TRIAL")]
    pub trial: PathBuf,

    #[command(flatten)]
    pub who: Who,

    /// Folder for the results [default: results/<trial's name>]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Replace the results of another trial in the same folder
    #[arg(long)]
    pub force: bool,

    /// No progress
    #[arg(long, short)]
    pub quiet: bool,

    #[command(flatten)]
    pub report: ReportArgs,

    #[command(flatten)]
    pub backend: BackendArgs,
}

/// Who goes through which arms.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Who")]
pub struct Who {
    /// Number of patients [default: as the file says]
    ///
    /// Patients keep their numbers: those of a smaller cohort are the first of a larger one.
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "patients"))]
    pub patients: Option<u32>,

    /// This patient alone, by its number from 0; may be repeated
    #[arg(long, value_name = "PATIENT")]
    pub only: Vec<u32>,

    /// This arm alone, by its name; may be repeated
    #[arg(long, value_name = "ARM")]
    pub arm: Vec<String>,

    /// Replace the trial's seed
    #[arg(long, value_name = "N", value_parser = range::of::<u64>(&keys::ROOT, "seed"))]
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
    /// It spreads blood evenly, so that drugs against vessels kill less than by agents: not for comparing them, together with others,
    /// with a sequence.
    #[arg(long)]
    pub surrogate: bool,
}

/// Runs the command.
pub fn compare(args: &Args) -> Result<ExitCode, Failure> {
    let session = load(&args.trial, &args.who, &args.backend, args.quiet)?;
    let name = &session.plan.scenario.name;
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(name));
    let extras = Extras { repeat: true, ..Extras::default() };
    let run = with_bar(args.quiet, |hooks| Ok(session.run(&dir, args.force, extras, hooks)?))?;
    conclude(&session, run, args.report, args.quiet)
}

/// Reads a trial and who goes through it.
pub fn load(path: &Path, who: &Who, backend: &BackendArgs, quiet: bool) -> Result<Session, Failure> {
    let loaded = file::load(path)?;
    let warnings = loaded.render_warnings(Style::for_stderr());
    if !warnings.is_empty() && !quiet {
        show(warnings.trim_end());
    }
    session(loaded, who, backend)
}

/// A trial that was read.
pub fn session(loaded: Loaded, who: &Who, backend: &BackendArgs) -> Result<Session, Failure> {
    backend.check().map_err(Failure::Input)?;
    let selection = Selection {
        patients: who.patients,
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

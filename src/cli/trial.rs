//! `evotor trial`: published trials, simulated beside what was published of them.

pub mod all;
pub mod figures;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::{Loaded, Overlay, nearest_name};
use crate::trial::file;
use crate::trial::output::Extras;
use crate::trial::review;
use crate::trial::session::Session;

use super::compare::{self, GoOn, NoOut, OverlayArgs, TrialPlace, Who};
use super::dry_run;
use super::json::{self, ListedTrial, TrialCommandResult};
use super::options::BackendArgs;
use super::outcome::Failure;
use super::range;
use super::report::ReportArgs;
use super::table::TextTable;

/// Simulate published trials beside their published figures
///
/// TRIAL is a file, or the name of a trial of the review that is part of the program (`evotor trial --list`). Prints what `evotor
/// compare` prints, and each published figure beside the simulated one by the same reader at the same cut-off, with the role that it had for this model: calibrated,
/// informed, or predicted. With --predict also between which values 95 % of trials of the published size would lie, over draws
/// of the posterior of the fit and of patients.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor trial scenarios/trials/radiant-3.toml\n  \
    evotor trial radiant-4 --patients 400\n  \
    evotor trial radiant-3 --reader central\n  \
    evotor trial radiant-4 --surrogate --patients 300 --predict 100\n  \
    evotor trial radiant-3 --overlay my-km.csv\n  \
    evotor trial --all --patients 40\n  \
    evotor trial --all --patients 40 --dry-run\n\n\
    Exit codes: as for `evotor compare`")]
pub struct Args {
    /// A trial's file, or the name of a trial of the review
    #[arg(value_name = "TRIAL", required_unless_present_any = ["all", "list"])]
    trial: Option<String>,

    /// Every trial of the review, in one table
    #[arg(long, conflicts_with_all = ["trial", "list", "only", "arm", "reader", "estimand", "shard", "tables", "set", "is_wanted", "is_asked", "overlay"])]
    all: bool,

    /// List the trials of the review
    #[arg(long, conflicts_with = "trial")]
    list: bool,

    /// Predict each published figure with trials of the published size, by the mean-field surrogate [default: 40 draws]
    #[arg(long, value_name = "DRAWS", num_args = 0..=1, default_missing_value = "40",
          value_parser = range::count::<u32>(2..=10_000))]
    predict: Option<u32>,

    /// Find the typical growth at which each arm would have its published median, by the mean-field surrogate
    ///
    /// No prediction: how fast a trial's patients grew is not known, and may explain why medians of one drug differ.
    #[arg(long)]
    needed_growth: bool,

    #[command(flatten)]
    who: Who,

    /// Folder for the results [default: results/<trial's name>; with --all: results/trials]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the results of another trial in the same folder
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    go_on: GoOn,

    #[command(flatten)]
    no_out: NoOut,

    #[command(flatten)]
    own: OverlayArgs,

    /// Say what would be computed, and what it takes in time, memory and on the disk; make no tumour and write nothing
    #[arg(long, conflicts_with_all = ["list", "is_asked", "overlay"])]
    dry_run: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    report: ReportArgs,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn trial(args: &Args) -> Result<ExitCode, Failure> {
    if args.list {
        list()?;
        return Ok(ExitCode::SUCCESS);
    }
    match &args.trial {
        Some(name) => one(args, name),
        None => all::all(args),
    }
}

fn list() -> Result<(), Failure> {
    let mut listed = Vec::new();
    for file in review::ALL {
        let trial = review::parse(file)?.scenario.trial;
        let (about, arms) = trial.map(|t| (t.about, t.arms)).unwrap_or_default();
        let arms = arms.into_iter().map(|a| a.name).collect();
        listed.push(ListedTrial { trial: about.id, name: file.name.to_owned(), title: about.title, arms });
    }
    let mut table = TextTable::new(&["trial", "name", "title", "arms"]);
    for ListedTrial { trial, name, title, arms } in &listed {
        table.row([trial.clone(), name.clone(), title.clone(), arms.join(", ")]);
    }
    table.print();
    json::add(|| TrialCommandResult { listed: Some(listed), ..TrialCommandResult::default() });
    Ok(())
}

/// A trial by the path of its file, or else by its name.
fn session(args: &Args, name: &str) -> Result<Session, Failure> {
    if Path::new(name).exists() {
        return compare::load(Path::new(name), &args.who, &args.backend, args.quiet);
    }
    let loaded = of_review(name, &args.who.set.overlay())?;
    compare::session(loaded, &args.who, &args.backend)
}

/// A trial by the path of its file, or else by its name.
pub fn load(name: &str, overlay: &Overlay) -> Result<Loaded, Failure> {
    match Path::new(name) {
        path if path.exists() => Ok(file::load_with(path, overlay)?),
        _ => of_review(name, overlay),
    }
}

/// A trial of the review by its name.
pub fn of_review(name: &str, overlay: &Overlay) -> Result<Loaded, Failure> {
    let Some(file) = review::find(name) else {
        let near = nearest_name(name, review::ALL.iter().map(|f| f.name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let text = format!(
            "there is no file and no trial of the review called `{name}`{hint}\n  `evotor trial --list` shows them all"
        );
        return Err(Failure::Input(text));
    };
    Ok(review::parse_with(file, overlay)?)
}

fn one(args: &Args, name: &str) -> Result<ExitCode, Failure> {
    let session = session(args, name)?;
    let own = || PathBuf::from("results").join(&session.plan.scenario.name);
    let dir = args.out.clone().unwrap_or_else(own);
    if args.dry_run {
        return dry_run::trial(&session, &dir, args.force || args.go_on.is_wanted());
    }
    let overlay = args.own.read()?;
    let place = TrialPlace { dir: &dir, force: args.force, go_on: args.go_on, no_out: args.no_out, overlay };
    place.run(&session, args.extras(), args.report, args.quiet)
}

impl Args {
    /// What is made beside the tables.
    fn extras(&self) -> Extras {
        Extras { repeat: false, predict: self.predict, needed_growth: self.needed_growth }
    }
}

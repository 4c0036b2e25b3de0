//! `evotor trial`: published trials, simulated beside what was published of them.

pub mod all;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::{Endpoint, Role, nearest_name};
use crate::table::word;
use crate::trial::output::Extras;
use crate::trial::predict::Predicted;
use crate::trial::results::Beside;
use crate::trial::review;

use super::compare::{Ready, Who, conclude};
use super::options::BackendArgs;
use super::outcome::{Failure, say};
use super::predictions;
use super::report::ReportArgs;
use super::table::{Align, Table};

/// Simulate published trials beside their published figures
///
/// TRIAL is a file, or the name of a trial of the review that is part of the program (`evotor trial --list`). Prints what `evotor
/// compare` prints, and each published figure beside the simulated one, with the role that it had for this model: calibrated,
/// informed, or predicted. With --predict also between which values 95 % of trials of the published size would lie, over draws
/// of the posterior of the fit and of patients.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor trial scenarios/trials/radiant-3.toml\n  \
    evotor trial radiant-4 --patients 400\n  \
    evotor trial radiant-4 --surrogate --patients 300 --predict 100\n  \
    evotor trial --all --patients 40\n\n\
    Exit codes: as for `evotor compare`")]
pub struct Args {
    /// A trial's file, or the name of a trial of the review
    #[arg(value_name = "TRIAL", required_unless_present_any = ["all", "list"])]
    trial: Option<String>,

    /// Every trial of the review, in one table
    #[arg(long, conflicts_with_all = ["trial", "list", "only", "arm"])]
    all: bool,

    /// List the trials of the review
    #[arg(long, conflicts_with = "trial")]
    list: bool,

    /// Predict each published figure with trials of the published size, by the mean-field surrogate [default: 40 draws]
    #[arg(long, value_name = "DRAWS", num_args = 0..=1, default_missing_value = "40",
          value_parser = clap::value_parser!(u32).range(2..=10_000))]
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
    let columns = ["trial", "name", "title", "arms"].map(|c| (c, Align::Left));
    let mut table = Table::new(&columns);
    for file in review::ALL {
        let trial = review::parse(file)?.scenario.trial;
        let (about, arms) = trial.map(|t| (t.about, t.arms)).unwrap_or_default();
        let arms: Vec<&str> = arms.iter().map(|a| a.name.as_str()).collect();
        table.row([about.id, file.name.to_owned(), about.title, arms.join(", ")]);
    }
    table.print();
    Ok(())
}

/// A trial by the path of its file, or else by its name.
fn ready(args: &Args, name: &str) -> Result<Ready, Failure> {
    if Path::new(name).exists() {
        return Ready::load(Path::new(name), &args.who, &args.backend, args.quiet);
    }
    let Some(file) = review::find(name) else {
        let near = nearest_name(name, review::ALL.iter().map(|f| f.name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let text = format!(
            "there is no file and no trial of the review called `{name}`{hint}\n  `evotor trial --list` shows them all"
        );
        return Err(Failure::Input(text));
    };
    Ready::of(review::parse(file)?, &args.who, &args.backend)
}

fn one(args: &Args, name: &str) -> Result<ExitCode, Failure> {
    let ready = ready(args, name)?;
    let own = || PathBuf::from("results").join(&ready.plan.scenario.name);
    let dir = args.out.clone().unwrap_or_else(own);
    let through = ready.run(&dir, args.force, args.extras(), args.quiet)?;
    conclude(&ready, through, args.report, args.quiet)
}

impl Args {
    /// What is made beside the tables.
    fn extras(&self) -> Extras {
        Extras { repeat: false, predict: self.predict, needed_growth: self.needed_growth }
    }
}

/// Prints published figures beside simulated ones, and beside what was predicted of each if there are predictions.
pub fn published<'p>(
    beside: &[Beside],
    with_predictions: bool,
    predicted: impl Fn(usize) -> Option<Option<&'p Predicted>>,
) {
    if beside.is_empty() {
        return;
    }
    say(format_args!(""));
    let mut table = head(&[], with_predictions);
    beside.iter().enumerate().for_each(|(j, b)| table.row(cells(b, predicted(j))));
    table.print();
}

/// Prints what a trial is.
pub fn title(ready: &Ready) {
    let about = &ready.plan.trial.about;
    if !about.title.is_empty() {
        say(format_args!(
            "{}{}",
            about.title,
            if about.id.is_empty() { String::new() } else { format!(" ({})", about.id) }
        ));
    }
    if !about.citation.is_empty() {
        say(format_args!("{}", about.citation));
    }
    for line in &about.not_represented {
        say(format_args!("not represented: {line}"));
    }
    if !about.title.is_empty() {
        say(format_args!(""));
    }
}

fn head(first: &[(&str, Align)], predicted: bool) -> Table {
    let mut columns = first.to_vec();
    columns.extend([("arm", Align::Left), ("end point", Align::Left)]);
    columns.extend([("published", Align::Right), ("simulated", Align::Right)]);
    if predicted {
        columns.push(("95 % of trials", Align::Right));
    }
    columns.extend([("role", Align::Left), ("", Align::Left)]);
    Table::new(&columns)
}

/// A row: what was published, what came out, and with `predicted` between what trials of that size lie.
fn cells(beside: &Beside, predicted: Option<Option<&Predicted>>) -> Vec<String> {
    let number = |x: f64| if x.abs() < 3.0 { format!("{x:.2}") } else { format!("{x:.1}") };
    let end = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), number);
    let with = |value: Option<f64>, low: Option<f64>, high: Option<f64>| match (value, low, high) {
        (None, None, None) => "-".to_owned(),
        (_, None, None) => end(value),
        _ => format!("{} ({}-{})", end(value), end(low), end(high)),
    };
    let (low, high) = beside.interval.unzip();
    let simulated = beside.simulated.map_or_else(|| "-".to_owned(), |f| with(f.value, f.low, f.high));
    let at = beside.at_months.map_or_else(String::new, |at| format!(" at {} months", number(at)));
    let verdict = match (predicted, beside.agrees()) {
        (Some(Some(p)), _) if p.verdict(beside.published) == Some(false) => "outside",
        (None, Some(false)) => "differs",
        _ => "",
    };
    let mut cells = vec![
        beside.arm.clone(),
        format!("{}{at}", Endpoint::words(&word(&beside.endpoint))),
        with(Some(beside.published), low, high),
        simulated,
    ];
    cells.extend(predicted.map(|p| predictions::interval(p, number)));
    let role = match beside.role {
        Role::Calibrated => "calibrated",
        Role::Informed => "informed",
        Role::Predicted => "predicted",
    };
    cells.extend([role, verdict].map(str::to_owned));
    cells
}

//! `evotor trial`: published trials, simulated beside what was published of them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::{Endpoint, Role, nearest_name};
use crate::trial::needed::Needed;
use crate::trial::output::word;
use crate::trial::predict::Predicted;
use crate::trial::results::{Beside, simulated};
use crate::trial::review;
use crate::trial::run::Finished;

use super::compare::{Ready, Who, show};
use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::predictions::{self, growth, needed_cells, needed_head, predict};
use super::report::ReportArgs;
use super::signals;
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
        None => all(args),
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
    let (results, finished) = ready.run(&dir, args.force, args.quiet)?;
    title(&ready);
    show(&ready, &results);
    let beside = simulated(&ready.plan, &results);
    let more = More::of(args, &ready, &finished, &dir, &beside)?;
    published(&beside, args.predict.is_some(), |j| more.predicted(j));
    if !more.needed.is_empty() {
        say(format_args!(""));
        let mut table = needed_head(&[]);
        more.needed.iter().for_each(|n| table.row(needed_cells(n)));
        table.print();
    }
    say(format_args!("\nresults in {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(more.stopped().unwrap_or_else(|| ready.end(&finished, &dir)))
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

/// What is asked for beside the trial.
#[derive(Default)]
struct More {
    /// Whether there are predictions, of each published figure.
    predictions: Option<Vec<Option<Predicted>>>,
    needed: Vec<Needed>,
    signal: Option<usize>,
}

impl More {
    fn of(
        args: &Args,
        ready: &Ready,
        finished: &Finished,
        dir: &Path,
        beside: &[Beside],
    ) -> Result<Self, Failure> {
        let mut more = Self::default();
        if matches!(finished, Finished::Stopped(_)) {
            return Ok(more);
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = args.backend.threads.map_or(cores, usize::from);
        let scenario = &ready.plan.scenario;
        if let Some(draws) = args.predict.filter(|_| !beside.is_empty()) {
            match predict(scenario, draws, threads, args.quiet)? {
                Ok(found) => {
                    predictions::write_predictions(dir, beside, &found)?;
                    more.predictions = Some(found);
                }
                Err(signal) => return Ok(Self { signal: Some(signal), ..more }),
            }
        }
        if args.needed_growth {
            match growth(scenario, threads)? {
                Ok(found) => more.needed = found,
                Err(signal) => return Ok(Self { signal: Some(signal), ..more }),
            }
            predictions::write_needed(dir, &more.needed)?;
        }
        Ok(more)
    }

    /// The prediction of a figure, if there are predictions.
    fn predicted(&self, figure: usize) -> Option<Option<&Predicted>> {
        self.predictions.as_ref().map(|all| all.get(figure).and_then(Option::as_ref))
    }

    /// How the command ends if a signal stopped it here.
    fn stopped(&self) -> Option<ExitCode> {
        let signal = self.signal?;
        complain(format_args!("stopped by {}; the trial itself is whole", signals::name(signal)));
        Some(ExitCode::from(128 + signal as u8))
    }
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

fn all(args: &Args) -> Result<ExitCode, Failure> {
    let root = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join("trials"));
    let mut table = head(&[("trial", Align::Left)], args.predict.is_some());
    let mut growth = needed_head(&[("trial", Align::Left)]);
    let mut code = ExitCode::SUCCESS;
    for (number, file) in review::ALL.iter().enumerate() {
        let ready = Ready::of(review::parse(file)?, &args.who, &args.backend)?;
        if !args.quiet {
            complain(format_args!("{} of {}: {}", number + 1, review::ALL.len(), file.name));
        }
        let dir = root.join(file.name);
        let (results, finished) = ready.run(&dir, args.force, args.quiet)?;
        let beside = simulated(&ready.plan, &results);
        let more = More::of(args, &ready, &finished, &dir, &beside)?;
        args.report.write(&dir, true);
        let about = &ready.plan.trial.about;
        let name = vec![format!("{} {}", about.id, about.title)];
        for (j, b) in beside.iter().enumerate() {
            table.row([name.clone(), cells(b, more.predicted(j))].concat());
        }
        more.needed.iter().for_each(|n| growth.row([name.clone(), needed_cells(n)].concat()));
        let end = more.stopped().or_else(|| {
            let whole = matches!(&finished, Finished::Done(failures) if failures.is_empty());
            (!whole).then(|| ready.end(&finished, &dir))
        });
        if more.signal.is_some() || matches!(finished, Finished::Stopped(_)) {
            table.print();
            return Ok(end.unwrap_or(code));
        }
        code = end.unwrap_or(code);
    }
    table.print();
    if args.needed_growth {
        say(format_args!(""));
        growth.print();
    }
    say(format_args!("\nresults in {}", root.display()));
    args.report.write(&root, args.quiet);
    Ok(code)
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
    let with = |value: f64, ends: Option<(f64, f64)>| match ends {
        Some((low, high)) => format!("{} ({}-{})", number(value), number(low), number(high)),
        None => number(value),
    };
    let figure = beside.simulated.and_then(|f| Some((f.value?, f.low.zip(f.high))));
    let at = beside.at_months.map_or_else(String::new, |at| format!(" at {} months", number(at)));
    let verdict = match (predicted, beside.agrees()) {
        (Some(Some(p)), _) if !p.holds(beside.published) => "outside",
        (None, Some(false)) => "differs",
        _ => "",
    };
    let mut cells = vec![
        beside.arm.clone(),
        format!("{}{at}", Endpoint::words(&word(&beside.endpoint))),
        with(beside.published, beside.interval),
        figure.map_or_else(|| "-".to_owned(), |(value, ends)| with(value, ends)),
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

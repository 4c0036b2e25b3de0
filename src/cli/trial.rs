//! `evotor trial`: published trials, simulated beside what was published of them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::{Role, nearest_name};
use crate::trial::output::word;
use crate::trial::results::{Beside, Results, simulated};
use crate::trial::review;
use crate::trial::run::Finished;

use super::compare::{Ready, Who, show};
use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::report::ReportArgs;
use super::table::{Align, Table};

/// Simulate published trials beside their published figures
///
/// TRIAL is a file, or the name of a trial of the review that is part of the program (`evotor trial --list`). Prints what `evotor
/// compare` prints, and each published figure beside the simulated one, with the role that it had for this model: calibrated,
/// informed, or predicted.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor trial scenarios/trials/radiant-3.toml\n  \
    evotor trial radiant-4 --patients 400\n  \
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
    if !beside.is_empty() {
        say(format_args!(""));
        let mut table = head(&[]);
        beside.iter().for_each(|b| table.row(cells(b)));
        table.print();
    }
    say(format_args!("\nresults in {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(ready.end(&finished, &dir))
}

fn title(ready: &Ready) {
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
    let mut table = head(&[("trial", Align::Left)]);
    let mut code = ExitCode::SUCCESS;
    for (number, file) in review::ALL.iter().enumerate() {
        let ready = Ready::of(review::parse(file)?, &args.who, &args.backend)?;
        if !args.quiet {
            complain(format_args!("{} of {}: {}", number + 1, review::ALL.len(), file.name));
        }
        let dir = root.join(file.name);
        let (results, finished) = ready.run(&dir, args.force, args.quiet)?;
        rows(&mut table, &ready, &results);
        args.report.write(&dir, true);
        match &finished {
            Finished::Done(failures) if failures.is_empty() => {}
            Finished::Done(_) => code = ready.end(&finished, &dir),
            Finished::Stopped(_) => {
                table.print();
                return Ok(ready.end(&finished, &dir));
            }
        }
    }
    table.print();
    say(format_args!("\nresults in {}", root.display()));
    args.report.write(&root, args.quiet);
    Ok(code)
}

fn rows(table: &mut Table, ready: &Ready, results: &Results) {
    let about = &ready.plan.trial.about;
    let name = format!("{} {}", about.id, about.title);
    for beside in simulated(&ready.plan, results) {
        table.row([vec![name.clone()], cells(&beside)].concat());
    }
}

fn head(first: &[(&str, Align)]) -> Table {
    let columns = [
        ("arm", Align::Left),
        ("end point", Align::Left),
        ("published", Align::Right),
        ("simulated", Align::Right),
        ("role", Align::Left),
        ("", Align::Left),
    ];
    Table::new(&[first, &columns].concat())
}

fn cells(beside: &Beside) -> Vec<String> {
    let number = |x: f64| if x.abs() < 3.0 { format!("{x:.2}") } else { format!("{x:.1}") };
    let with = |value: f64, ends: Option<(f64, f64)>| match ends {
        Some((low, high)) => format!("{} ({}-{})", number(value), number(low), number(high)),
        None => number(value),
    };
    let figure = beside.simulated.and_then(|f| Some((f.value?, f.low.zip(f.high))));
    let at = beside.at_months.map_or_else(String::new, |at| format!(" at {} months", number(at)));
    let verdict = match beside.agrees() {
        Some(true) => "",
        Some(false) => "differs",
        None => "",
    };
    vec![
        beside.arm.clone(),
        format!("{}{at}", word(&beside.endpoint).replace('_', " ")),
        with(beside.published, beside.interval),
        figure.map_or_else(|| "-".to_owned(), |(value, ends)| with(value, ends)),
        match beside.role {
            Role::Calibrated => "calibrated",
            Role::Informed => "informed",
            Role::Predicted => "predicted",
        }
        .to_owned(),
        verdict.to_owned(),
    ]
}

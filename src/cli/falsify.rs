//! `evotor falsify`: what would falsify the model, looked for.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::keys;
use crate::trial::error::TrialError;
use crate::trial::falsify::folder::{self, Question};
use crate::trial::falsify::{Estimate, Falsifier, FalsifierFinding, FalsifyReport, FigurePart, Verdict};
use crate::trial::hooks::TrialHooks;

use super::codes::later_codes;
use super::json::{self, FalsifyResult};
use super::options::BackendArgs;
use super::outcome::{Failure, say};
use super::progress::TrialBar;
use super::table::{TextTable, or_dash};
use super::{ending, range, signals};

/// Look for what would falsify the model
///
/// Nineteen observations, each with a bound that was set before anything was run, and a figure with its 95 % interval: a
/// falsifier holds if the whole interval lies within the bound, fails if all of it lies outside, and is undecided otherwise. The
/// trials are part of the program (scenarios/falsify in its sources). Prints a table, and writes falsify.csv and falsify.json.
/// Falsifiers that fail are a result: the exit code is 0.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor falsify\n  \
    evotor falsify --patients 240 --out results/falsify-240\n  \
    evotor falsify --only F6 --only F9\n  \
    evotor falsify --list\n\n\
    Exit codes:\n  0  done, whatever the verdicts\n  1  the machine failed\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// Patients of each trial
    ///
    /// Intervals narrow with its root, time grows with it.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = range::count::<u32>(2..=1_000_000))]
    patients: u32,

    /// This falsifier alone, by its number; may be repeated
    #[arg(long, value_name = "F")]
    only: Vec<String>,

    /// Replace the seed of the trials
    #[arg(long, value_name = "N", value_parser = range::of::<u64>(keys::ROOT, "seed"))]
    seed: Option<u64>,

    /// Folder for the results
    #[arg(long, short, value_name = "DIR", default_value = "results/falsify")]
    out: PathBuf,

    /// Replace results in the same folder
    #[arg(long)]
    force: bool,

    /// Only show the falsifiers, their bounds, and what is wrong where they fail
    #[arg(long)]
    list: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn falsify(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let chosen = folder::chosen(&args.only)?;
    if args.list {
        list(&chosen);
        return Ok(ExitCode::SUCCESS);
    }
    let only = chosen.iter().map(|f| f.id.to_owned()).collect();
    let question = Question { patients: args.patients, seed: args.seed, only };
    with_bar(args.quiet, |hooks| {
        folder::examine(&args.out, question, args.force, args.backend.options(), hooks).map(Some)
    })
    .and_then(|found| conclude(&args.out, found))
}

/// Goes on with the falsifiers of a folder.
pub fn resume(dir: &Path, backend: &BackendArgs, quiet: bool) -> Result<ExitCode, Failure> {
    with_bar(quiet, |hooks| folder::resume(dir, backend.options(), hooks))
        .and_then(|found| conclude(dir, found))
}

/// What was found, and the signal that stopped it; `None` if nothing was asked for.
type Examined = Option<(FalsifyReport, Option<usize>)>;

fn with_bar(
    quiet: bool,
    look: impl FnOnce(&mut TrialHooks<'_>) -> Result<Examined, TrialError>,
) -> Result<Examined, Failure> {
    let mut bar = TrialBar::new_without_notes("{bar:32} {percent:>3} %  {msg}  {eta} left", quiet);
    let found = look(&mut TrialHooks { listener: &mut bar, stop: &*signals::watch()? });
    bar.finish();
    Ok(found?)
}

fn conclude(dir: &Path, found: Examined) -> Result<ExitCode, Failure> {
    let Some((report, stopped)) = found else { return Ok(ExitCode::SUCCESS) };
    json::add(|| FalsifyResult {
        folder: Some(dir.display().to_string()),
        falsifiers: serde_json::to_value(&report).ok(),
    });
    if report.findings.is_empty() {
        say(format_args!("no falsifier was examined"));
    } else {
        show(&report);
    }
    say(format_args!("\nresults in {}", dir.display()));
    Ok(match stopped {
        Some(signal) => ending::stopped(signal, "; the rest was not looked at", dir),
        None => ExitCode::SUCCESS,
    })
}

/// Prints the falsifiers themselves.
fn list(chosen: &[&Falsifier]) {
    let mut listed = Vec::new();
    for f in chosen {
        say(format_args!("{:<4} {}", f.id, f.observed));
        say(format_args!("     must be:    {}", f.bound));
        say(format_args!("     else wrong: {}", f.wrong));
        listed.push(
            serde_json::json!({ "id": f.id, "observed": f.observed, "bound": f.bound, "wrong": f.wrong }),
        );
    }
    json::add(|| FalsifyResult { folder: None, falsifiers: Some(listed.into()) });
}

fn show(report: &FalsifyReport) {
    let mut table = TextTable::new(&["", "verdict", "figure", "#must be", "#is (95 %)", "#of", "part"]);
    for finding in &report.findings {
        finding.parts.iter().enumerate().for_each(|(i, part)| table.row(cells(finding, i == 0, part)));
    }
    table.print();
    notes(report);
}

/// The row of a part; the falsifier's number and verdict stand on the first one.
fn cells(finding: &FalsifierFinding, first: bool, part: &FigurePart) -> [String; 7] {
    let unit = if part.unit.is_empty() { String::new() } else { format!(" {}", part.unit) };
    let head = if first { [finding.id, finding.verdict.word()] } else { [""; 2] };
    [
        head[0].to_owned(),
        head[1].to_owned(),
        part.what.clone(),
        format!("{}{unit}", part.bound),
        or_dash(part.figure, figure),
        or_dash(part.figure, |f| f.of.to_string()),
        of_part(part),
    ]
}

/// A verdict; where it is undecided, also the side on which the figure itself lies.
fn of_part(part: &FigurePart) -> String {
    let side = |f: Estimate| if part.bound.allows(f.value) { ", figure inside" } else { ", figure outside" };
    let side = part.figure.filter(|_| part.verdict == Verdict::Undecided).map_or("", side);
    format!("{}{side}", part.verdict.word())
}

fn figure(f: Estimate) -> String {
    let interval = f.interval.map(|i| format!("{} to {}", number(i.low), number(i.high)));
    format!("{} ({})", number(f.value), interval.as_deref().unwrap_or("?"))
}

/// Two decimals below 10, one above; what is not reached is NR.
fn number(x: f64) -> String {
    match x {
        x if x.is_infinite() => "NR".to_owned(),
        x if x.abs() < 9.995 => format!("{x:.2}"),
        x => format!("{x:.1}"),
    }
}

fn notes(report: &FalsifyReport) {
    say(format_args!(""));
    for (finding, part) in report.findings.iter().flat_map(|f| f.parts.iter().map(move |p| (f, p))) {
        if !part.note.is_empty() {
            say(format_args!("{}, {}: {}", finding.id, part.what, part.note));
        }
    }
    for finding in report.findings.iter().filter(|f| f.verdict == Verdict::Fails) {
        say(format_args!("{} fails: {}", finding.id, finding.wrong));
    }
    let count = |verdict| report.count(verdict);
    say(format_args!(
        "{} hold, {} fail, {} undecided, {} not tested; {} patients a trial, seed {}",
        count(Verdict::Holds),
        count(Verdict::Fails),
        count(Verdict::Undecided),
        count(Verdict::NotTested),
        report.patients,
        report.seed
    ));
}

//! `evotor falsify`: what would falsify the model, looked for.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use crate::scenario::keys;
use crate::simulation::RunError;
use crate::simulation::disk::{self, write_aside};
use crate::simulation::folder::lock;
use crate::table::csv;
use crate::trial::falsify::{
    Estimate, FALSIFIERS, Falsifier, Finding, Kept, Lab, LabError, Part, Report, Setup, TABLES, Tell,
    Verdict, find, table,
};
use crate::trial::output::kept::{self, CHECKPOINT, Kind};

use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::progress::bar;
use super::table::{Align, Table};
use super::{ending, range, signals};

/// Look for what would falsify the model
///
/// Nineteen observations, each with a bound that was set before anything was run, and a figure with its 95 % interval: a
/// falsifier holds if the whole interval lies within the bound, fails if all of it lies outside, and is undecided otherwise. The
/// trials are part of the program (scenarios/falsify in its sources). Prints a table, and writes falsify.csv and falsify.json.
/// Falsifiers that fail are a result: the exit code is 0.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor falsify\n  \
    evotor falsify --patients 240 --out results/falsify-240\n  \
    evotor falsify --only F6 --only F9\n  \
    evotor falsify --list\n\n\
    Exit codes:\n  0  done, whatever the verdicts\n  1  the machine failed (disk full)\n  2  the input is at fault\n  \
    130, 143  stopped by Ctrl-C or SIGTERM; what was found by then is written, the same command or `evotor resume` goes on")]
pub struct Args {
    /// Patients of each trial
    ///
    /// Intervals narrow with its root, time grows with it.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    patients: u32,

    /// This falsifier alone, by its number; may be repeated
    #[arg(long, value_name = "F")]
    only: Vec<String>,

    /// Replace the seed of the trials
    #[arg(long, value_name = "N", value_parser = range::of::<u64>(&keys::ROOT, "seed"))]
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
    let chosen = chosen(&args.only)?;
    if args.list {
        list(&chosen);
        return Ok(ExitCode::SUCCESS);
    }
    let only = chosen.iter().map(|f| f.id.to_owned()).collect();
    let asked = Asked { patients: args.patients, seed: args.seed, only };
    let found = if args.force { None } else { kept::read(&args.out, Kind::Falsifiers)? };
    let progress = match found {
        Some(Progress { asked: other, .. }) if other != asked => {
            return Err(RunError::Unfinished(args.out.clone()).into());
        }
        Some(progress) => progress,
        None => {
            refuse_occupied(&args.out, args.force)?;
            Progress { asked, trials: Vec::new() }
        }
    };
    go_on(&args.out, progress, &args.backend, args.quiet)
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    patients: u32,
    seed: Option<u64>,
    only: Vec<String>,
}

/// How far it has come.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Progress {
    asked: Asked,
    trials: Vec<Kept>,
}

/// Goes on with the falsifiers of a folder.
pub fn resume(dir: &Path, backend: &BackendArgs, quiet: bool) -> Result<ExitCode, Failure> {
    match kept::read(dir, Kind::Falsifiers)? {
        Some(progress) => go_on(dir, progress, backend, quiet),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Whether a folder holds all that was looked for.
pub fn is_done(dir: &Path) -> bool {
    !dir.join(CHECKPOINT).exists() && TABLES.iter().all(|name| dir.join(name).exists())
}

/// Looks at all falsifiers, with the trials that are known already, and writes what was found. The checkpoint goes last.
fn go_on(dir: &Path, progress: Progress, backend: &BackendArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let Asked { patients, seed, only } = &progress.asked;
    let (patients, seed, chosen) = (*patients, *seed, chosen(only)?);
    disk::make_folder(dir).map_err(RunError::write(dir))?;
    let _lock = lock(dir)?;
    kept::write(dir, Kind::Falsifiers, &progress)?;
    for path in TABLES.map(|name| dir.join(name)) {
        disk::remove(&path).map_err(RunError::write(&path))?;
    }
    let stop = signals::watch()?;
    let setup = Setup { patients, seed, backend: backend.options() };
    let known = progress.trials.clone();
    let mut bar = Bar::new(dir, progress, quiet);
    let mut lab = Lab::new(setup, &chosen, known, &stop, &mut bar);
    let mut findings = Vec::new();
    let mut stopped = None;
    for falsifier in &chosen {
        match lab.examine(falsifier) {
            Ok(finding) => findings.push(finding),
            Err(LabError::Stopped(signal)) => {
                stopped = Some(signal);
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let (seed, complete) = (lab.seed(), stopped.is_none());
    bar.bar.finish_and_clear();
    let report = Report { version: env!("CARGO_PKG_VERSION"), patients, seed, complete, findings };
    write(dir, &report)?;
    if report.findings.is_empty() {
        say(format_args!("no falsifier was examined"));
    } else {
        show(&report);
    }
    say(format_args!("\nresults in {}", dir.display()));
    if let Some(signal) = stopped {
        return Ok(ending::stopped(signal, "; the rest was not looked at", dir));
    }
    kept::remove(dir)?;
    Ok(ExitCode::SUCCESS)
}

impl From<LabError> for Failure {
    fn from(error: LabError) -> Self {
        match error {
            LabError::Run(error) => error.into(),
            LabError::Scenario(error) => error.into(),
            other => Self::Machine(format!("failed to {other}")),
        }
    }
}

/// The falsifiers that are asked for, in their order.
fn chosen(only: &[String]) -> Result<Vec<&'static Falsifier>, Failure> {
    let asked = only
        .iter()
        .map(|id| find(id).map(|f| f.id))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::Input)?;
    Ok(FALSIFIERS.iter().filter(|f| asked.is_empty() || asked.contains(&f.id)).collect())
}

/// Finds out whether the folder can be used, before anything is computed.
fn refuse_occupied(dir: &Path, force: bool) -> Result<(), RunError> {
    let found = TABLES.iter().find(|name| dir.join(name).exists());
    match found {
        Some(found) if !force => Err(RunError::Occupied { dir: dir.to_owned(), found: (*found).to_owned() }),
        _ => Ok(()),
    }
}

fn write(dir: &Path, report: &Report) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(report)
        .map_err(|e| Failure::Machine(format!("failed to write the findings as JSON: {e}")))?;
    for (name, bytes) in TABLES.iter().zip([csv(table(report)), (json + "\n").into_bytes()]) {
        write_aside(&dir.join(name), |file| file.write_all(&bytes))?;
    }
    Ok(())
}

/// Prints the falsifiers themselves.
fn list(chosen: &[&Falsifier]) {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("observed", Align::Left),
        ("must be", Align::Left),
        ("else wrong", Align::Left),
    ]);
    for f in chosen {
        table.row([f.id, f.observed, f.bound, f.wrong].map(str::to_owned));
    }
    table.print();
}

fn show(report: &Report) {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("verdict", Align::Left),
        ("figure", Align::Left),
        ("must be", Align::Right),
        ("is (95 %)", Align::Right),
        ("of", Align::Right),
        ("part", Align::Left),
    ]);
    for finding in &report.findings {
        finding.parts.iter().enumerate().for_each(|(i, part)| table.row(cells(finding, i == 0, part)));
    }
    table.print();
    notes(report);
}

/// The row of a part; the falsifier's number and verdict stand on the first one.
fn cells(finding: &Finding, first: bool, part: &Part) -> [String; 7] {
    let unit = if part.unit.is_empty() { String::new() } else { format!(" {}", part.unit) };
    let head = if first { [finding.id, finding.verdict.word()] } else { [""; 2] };
    [
        head[0].to_owned(),
        head[1].to_owned(),
        part.what.clone(),
        format!("{}{unit}", part.bound),
        part.figure.map_or_else(|| "-".to_owned(), figure),
        part.figure.map_or_else(|| "-".to_owned(), |f| f.of.to_string()),
        of_part(part),
    ]
}

/// A verdict; where it is undecided, also the side on which the figure itself lies.
fn of_part(part: &Part) -> String {
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

fn notes(report: &Report) {
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

/// Shows on a terminal what is computed, and keeps it.
struct Bar<'a> {
    dir: &'a Path,
    progress: Progress,
    bar: ProgressBar,
    quiet: bool,
}

impl<'a> Bar<'a> {
    fn new(dir: &'a Path, progress: Progress, quiet: bool) -> Self {
        Self { dir, progress, bar: bar(1, "{bar:32} {percent:>3} %  {msg}  {eta} left", quiet), quiet }
    }
}

impl Tell for Bar<'_> {
    fn keep(&mut self, trial: Kept) -> Result<(), RunError> {
        self.progress.trials.push(trial);
        kept::write(self.dir, Kind::Falsifiers, &self.progress)
    }

    fn begins(&mut self, what: &str, patients: u32) {
        self.bar.reset();
        self.bar.set_length(u64::from(patients));
        self.bar.set_message(what.to_owned());
    }

    fn progress(&mut self, done: u32, all: u32) {
        self.bar.set_length(u64::from(all));
        self.bar.set_position(u64::from(done));
    }

    fn note(&mut self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| complain(format_args!("note: {text}")));
        }
    }
}

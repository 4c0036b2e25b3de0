//! `evotor calibrate`: fits a few numbers to the figures that were set aside for it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::ProgressBar;

use crate::scenario::{Endpoint, load_text};
use crate::simulation::disk::{self, write_aside};
use crate::simulation::folder::lock;
use crate::simulation::naming::{shell_word, signed};
use crate::simulation::{BackendOptions, RunError};
use crate::table::{Rows, csv};
use crate::trial::calibrate::{
    Attempt, Book, Calibration, CalibrationError, FitRow, Found, Judged, Ledger, Parameter, Particle,
    PosteriorRow, Search,
};
use crate::trial::fitted::Part;

use super::outcome::{Failure, complain, say};
use super::progress::bar;
use super::signals;
use super::table::{Align, Table};

/// Fit numbers of the model to published figures
///
/// Reads what is fitted and to what. Only figures that the review's trials mark as calibrated may choose a number; the rest is held
/// out. The mean-field surrogate searches by approximate Bayesian computation (sequential Monte Carlo), then agents judge the best
/// draws. Stopped at any moment, the same command or `evotor resume` goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  evotor calibrate scenarios/calibration.toml\n\n\
    Files: attempts.jsonl (every draw that was tried), posterior.csv (draws that were kept, with weights), fit.csv (figure by \
    figure), fitted.toml (the fitted values with the interval of the posterior)")]
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

    /// Number of CPU threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

impl From<CalibrationError> for Failure {
    fn from(error: CalibrationError) -> Self {
        Self::Input(format!("failed to {error}"))
    }
}

const ATTEMPTS: &str = "attempts.jsonl";
const ASKED: &str = "calibration.toml";
/// What is made of the attempts; the last of them is written last.
const MADE: [&str; 3] = ["posterior.csv", "fit.csv", "fitted.toml"];

/// Keeps attempts in a file, and shows how far the search is.
struct Desk {
    book: Book,
    bar: ProgressBar,
}

impl Ledger for Desk {
    fn note(&mut self, attempt: &Attempt) -> Result<(), RunError> {
        self.book.note(attempt)
    }

    fn progress(&mut self, what: &str, done: usize, all: usize) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(what.to_owned());
    }
}

/// Runs the command.
pub fn calibrate(args: &Args) -> Result<ExitCode, Failure> {
    let text = read(&args.file)?;
    let calibration = Calibration::parse(&text)?;
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&calibration.name));
    search(&calibration, &text, &dir, args.force, args.threads, args.quiet)
}

/// Goes on with the calibration of a folder.
pub fn resume(dir: &Path, threads: Option<u16>, quiet: bool) -> Result<ExitCode, Failure> {
    if dir.join(MADE[2]).exists() {
        say(format_args!("the calibration in {} is done", dir.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let text = read(&dir.join(ASKED))?;
    search(&Calibration::parse(&text)?, &text, dir, false, threads, quiet)
}

/// Whether a folder is that of a calibration.
pub fn is_one(dir: &Path) -> bool {
    dir.join(ASKED).exists()
}

fn read(path: &Path) -> Result<String, Failure> {
    load_text(path).map_err(|e| Failure::Input(format!("failed to read `{}`: {e}", path.display())))
}

/// Searches from where an earlier search of the same question was, and writes what comes out.
fn search(
    calibration: &Calibration,
    text: &str,
    dir: &Path,
    force: bool,
    threads: Option<u16>,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    let trials = calibration.trials()?;
    disk::make_folder(dir).map_err(RunError::write(dir))?;
    let _lock = lock(dir)?;
    let (book, known) = open(dir, text, calibration, force)?;
    let mut desk = Desk { book, bar: bar(1, "{bar:32} {pos} of {len} draws, {msg}  {elapsed}", quiet) };
    let stop = signals::watch()?;
    let threads = BackendOptions::cpu(threads.map_or(0, usize::from)).cpu_threads();
    let mut search = Search { calibration, trials: &trials, known, threads, stop: &stop };
    let posterior = match search.run(&mut desk)? {
        Found::Posterior(posterior) => posterior,
        Found::Stopped(signal) => return Ok(stopped(&desk, dir, signal)),
    };
    write(&dir.join(MADE[0]), posterior_csv(calibration, &posterior))?;
    let judged = match search.judge(&posterior, &mut desk)? {
        Ok(judged) => judged,
        Err(signal) => return Ok(stopped(&desk, dir, signal)),
    };
    desk.bar.finish_and_clear();
    show(calibration, &posterior, &judged);
    if let Some(best) = judged.first() {
        write(&dir.join(MADE[1]), fit_csv(best))?;
        write(&dir.join(MADE[2]), fitted(calibration, &posterior, best))?;
    }
    say(format_args!("\nresults in {}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

fn stopped(desk: &Desk, dir: &Path, signal: usize) -> ExitCode {
    desk.bar.finish_and_clear();
    complain(format_args!(
        "stopped by {}; go on with the same command, or: evotor resume {}",
        signals::name(signal),
        shell_word(&dir.display().to_string())
    ));
    ExitCode::from(128 + signal as u8)
}

/// The book of a search, and what its draws came to by stage and number.
type Opened = (Book, BTreeMap<(u32, u32), f64>);

/// Prepares the folder; draws of an earlier search of the same question.
fn open(dir: &Path, text: &str, calibration: &Calibration, force: bool) -> Result<Opened, Failure> {
    let (asked, attempts) = (dir.join(ASKED), dir.join(ATTEMPTS));
    let before = fs::read_to_string(&asked).ok().filter(|_| attempts.exists() && !force);
    if before.is_some_and(|before| before != text) {
        return Err(Failure::Input(format!(
            "`{}` holds the draws of another calibration; choose another folder with --out, or start over with --force",
            dir.display()
        )));
    }
    if force || !attempts.exists() {
        // First what says that there is a search, and that it is done.
        for path in [ASKED].iter().chain(MADE.iter().rev()).chain([&ATTEMPTS]).map(|name| dir.join(name)) {
            disk::remove(&path).map_err(RunError::write(&path))?;
        }
        write(&asked, text)?;
    }
    let (book, known) = Book::open(&attempts, text, calibration)?;
    if !asked.exists() {
        write(&asked, text)?;
    }
    Ok((book, known.into_iter().map(|a| ((a.generation, a.number), a.distance)).collect()))
}

fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), RunError> {
    write_aside(path, |file| file.write_all(text.as_ref()))
}

fn posterior_csv(calibration: &Calibration, posterior: &[Particle]) -> Vec<u8> {
    let mut rows = Rows::default();
    rows.head::<PosteriorRow>().cells(calibration.parameters.iter().map(|p| &p.name)).end();
    for Particle { weight, distance, places } in posterior {
        let values = calibration.parameters.iter().zip(places).map(|(p, place)| p.value(*place).to_string());
        rows.row(&PosteriorRow { weight: *weight, distance: *distance }).cells(values).end();
    }
    rows.bytes().to_vec()
}

fn fit_csv(best: &Judged) -> Vec<u8> {
    csv(best.fits.iter().map(FitRow::from))
}

/// The fitted values as the program keeps them.
fn fitted(calibration: &Calibration, posterior: &[Particle], best: &Judged) -> String {
    let mut text = format!(
        "# Fitted by `evotor calibrate`, seed {}: of {} draws of the posterior that agents judged the nearest, {:.2} tolerances off (root\n\
         # mean square). `low` and `high` are the posterior's 95 % interval.\n",
        calibration.seed, calibration.judged, best.distance
    );
    for (j, (parameter, value)) in calibration.parameters.iter().zip(&best.values).enumerate() {
        text.push_str(&format!(
            "\n[[fitted]]\nname = \"{}\"\nquantity = \"{}\"\n",
            parameter.name, parameter.quantity
        ));
        match parameter.part {
            None => {}
            Some(Part::Typical) => text.push_str("part = \"typical\"\n"),
            Some(Part::Spread) => text.push_str("part = \"spread\"\n"),
        }
        if !parameter.populations.is_empty() {
            let names: Vec<String> = parameter.populations.iter().map(|p| format!("\"{p}\"")).collect();
            text.push_str(&format!("populations = [{}]\n", names.join(", ")));
        }
        let all = weighted(parameter, posterior, j);
        let (low, high) = (share(&all, 0.025), share(&all, 0.975));
        text.push_str(&format!("value = {value}\nlow = {low}\nhigh = {high}\n"));
    }
    text
}

/// Values of a parameter in a posterior, ascending, with their weights.
fn weighted(parameter: &Parameter, posterior: &[Particle], j: usize) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> =
        posterior.iter().map(|p| (parameter.value(p.places[j]), p.weight)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

/// The value below which this share of the weights lies.
fn share(all: &[(f64, f64)], share: f64) -> f64 {
    let mut sum = 0.0;
    let found = all.iter().find(|(_, weight)| {
        sum += weight;
        sum >= share
    });
    found.or(all.last()).map_or(f64::NAN, |f| f.0)
}

fn show(calibration: &Calibration, posterior: &[Particle], judged: &[Judged]) {
    let columns = [
        ("parameter", Align::Left),
        ("prior", Align::Right),
        ("posterior, mean (95 %)", Align::Right),
        ("fitted", Align::Right),
    ];
    let mut table = Table::new(&columns);
    for (j, parameter) in calibration.parameters.iter().enumerate() {
        let all = weighted(parameter, posterior, j);
        let mean: f64 = all.iter().map(|(value, weight)| value * weight).sum();
        let at = |place| share(&all, place);
        table.row([
            parameter.name.clone(),
            format!("{} to {}", number(parameter.low), number(parameter.high)),
            format!("{} ({} to {})", number(mean), number(at(0.025)), number(at(0.975))),
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
    let columns = [
        ("trial", Align::Left),
        ("arm", Align::Left),
        ("end point", Align::Left),
        ("published", Align::Right),
        ("simulated", Align::Right),
        ("difference, tolerances", Align::Right),
    ];
    let mut table = Table::new(&columns);
    for fit in &best.fits {
        table.row([
            fit.trial.clone(),
            fit.arm.clone(),
            Endpoint::words(fit.endpoint.name()),
            number(fit.published),
            fit.simulated.map_or_else(|| "-".to_owned(), number),
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

//! The folder of a calibration.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::search::{JudgedDraw, Ledger, Search};
use super::{
    Attempt, Calibration, CalibrationError, FitParameter, FitRow, OwnTrials, Particle, PosteriorRow,
};
use crate::scenario::load_text;
use crate::simulation::RunError;
use crate::simulation::disk;
use crate::simulation::folder::{Lock, lock};
use crate::table::{Rows, csv};
use crate::trial::book::Book;
use crate::trial::error::TrialError;
use crate::trial::fitted::LawPart;
use crate::trial::hooks::TrialHooks;

const ATTEMPTS: &str = "attempts.jsonl";
const ASKED: &str = "calibration.toml";
/// Trials of a user's own, as the calibration was begun with them.
const OWN: &str = "trials.json";
/// What is made of the attempts; the last of them is written last.
const MADE: [&str; 3] = ["posterior.csv", "fit.csv", "fitted.toml"];

/// Whether a folder is that of a calibration.
pub fn is_calibration(dir: &Path) -> bool {
    dir.join(ASKED).exists()
}

/// Whether the calibration of a folder is done.
pub fn is_done(dir: &Path) -> bool {
    dir.join(MADE[2]).exists()
}

/// What a calibration is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationQuestion {
    /// The text of its file.
    pub text: String,
    /// What it says.
    pub calibration: Calibration,
    /// Trials that are not of the review.
    pub own: OwnTrials,
}

impl CalibrationQuestion {
    /// What is noted follows from: the text, and the trials that are not of the review.
    fn whole(&self) -> String {
        if self.own.is_empty() { self.text.clone() } else { format!("{}\n{:?}", self.text, self.own) }
    }
}

/// That of a calibration's file, or of the calibration of a folder.
///
/// # Errors
///
/// [`TrialError::Input`], and as its trials are refused.
pub fn question(path: &Path) -> Result<CalibrationQuestion, TrialError> {
    let is_folder = path.is_dir();
    let file = if is_folder { &path.join(ASKED) } else { path };
    let wrong = |why: String| TrialError::Input(format!("failed to read `{}`: {why}", file.display()));
    let text = load_text(file).map_err(|e| wrong(e.to_string()))?;
    let calibration = Calibration::parse(&text).map_err(|e| match e {
        CalibrationError::File(why) => wrong(why),
        other => TrialError::Input(format!("failed to {other}")),
    })?;
    let own = match is_folder && !calibration.own_paths().is_empty() {
        true => kept(path)?,
        false => calibration.own_trials(file.parent().unwrap_or(Path::new("")))?,
    };
    Ok(CalibrationQuestion { text, calibration, own })
}

/// The trials that a folder keeps.
fn kept(dir: &Path) -> Result<OwnTrials, TrialError> {
    let path = dir.join(OWN);
    let text = load_text(&path)
        .map_err(|e| TrialError::Input(format!("failed to read `{}`: {e}", path.display())))?;
    let damaged =
        |e| TrialError::Input(format!("`{}` is damaged ({e}); start over with --force", path.display()));
    serde_json::from_str(&text).map_err(damaged)
}

/// Searches from where an earlier search of the same question in the folder was, and writes what comes out: the posterior, and the
/// draws of it that agents judged, the best one first. With `force` it starts over.
///
/// # Errors
///
/// [`TrialError::Input`] for a folder with another calibration or one that cannot be, else as trials fail.
pub fn run(
    question: &CalibrationQuestion,
    dir: &Path,
    force: bool,
    threads: usize,
    hooks: &mut TrialHooks<'_>,
) -> Result<(Vec<Particle>, Vec<JudgedDraw>), TrialError> {
    let calibration = &question.calibration;
    let trials =
        calibration.trials(&question.own).map_err(|e| TrialError::Input(format!("failed to {e}")))?;
    disk::make_folder(dir).map_err(RunError::write(dir))?;
    let folder = lock(dir)?;
    let (book, known) = open(dir, &folder, question, force)?;
    let search = Search { calibration, trials: &trials, threads, stop: hooks.stop };
    let mut ledger = Ledger { book, known, listener: hooks.listener };
    let posterior = search.run(&mut ledger)?;
    write(&folder, MADE[0], posterior_csv(calibration, &posterior))?;
    let judged = search.judge(&posterior, ledger.listener)?;
    if let Some(best) = judged.first() {
        write(&folder, MADE[1], fit_csv(best))?;
        write(&folder, MADE[2], fitted(calibration, &posterior, best))?;
    }
    Ok((posterior, judged))
}

/// The book of a search, and what its draws came to by stage and number.
type OpenedBook = (Book<Attempt>, BTreeMap<(u32, u32), f64>);

/// Prepares the folder; draws of an earlier search of the same question.
fn open(
    dir: &Path,
    folder: &Lock,
    question: &CalibrationQuestion,
    force: bool,
) -> Result<OpenedBook, TrialError> {
    let (asked, attempts) = (dir.join(ASKED), dir.join(ATTEMPTS));
    let before = disk::read_text(&asked).ok().filter(|_| attempts.exists() && !force);
    let is_other = |before: String| {
        before != question.text || !question.own.is_empty() && kept(dir).ok().as_ref() != Some(&question.own)
    };
    if before.is_some_and(is_other) {
        return Err(TrialError::Input(format!(
            "`{}` holds the draws of another calibration; choose another folder with --out, or start over with --force",
            dir.display()
        )));
    }
    if force || !attempts.exists() {
        // First what says that there is a search, and that it is done.
        for path in [ASKED, OWN].iter().chain(MADE.iter().rev()).chain([&ATTEMPTS]).map(|name| dir.join(name))
        {
            disk::remove(&path).map_err(RunError::write(&path))?;
        }
        ask(folder, question)?;
    }
    let (book, known) =
        Book::open(&attempts, &question.whole(), |attempts| question.calibration.can_have(attempts))?;
    if !asked.exists() {
        ask(folder, question)?;
    }
    Ok((book, known.into_iter().map(|a| ((a.generation, a.number), a.distance)).collect()))
}

/// Writes what is asked, so that it can be gone on with; the file by which a calibration is known comes last.
fn ask(folder: &Lock, question: &CalibrationQuestion) -> Result<(), RunError> {
    if !question.own.is_empty() {
        let text = serde_json::to_string_pretty(&question.own);
        write(folder, OWN, text.unwrap_or_else(|e| unreachable!("plain data becomes text: {e}")))?;
    }
    write(folder, ASKED, &question.text)
}

fn write(folder: &Lock, name: &str, text: impl AsRef<[u8]>) -> Result<(), RunError> {
    folder.write(name, |file| file.write_all(text.as_ref()))
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

fn fit_csv(best: &JudgedDraw) -> Vec<u8> {
    csv(best.fits.iter().map(FitRow::from))
}

/// The fitted values as the program keeps them.
fn fitted(calibration: &Calibration, posterior: &[Particle], best: &JudgedDraw) -> String {
    let mut text = format!(
        "# Fitted by `evotor calibrate`, seed {}: of the middle of the posterior and its {} nearest draws that which agents judged best, {:.2}\n\
         # tolerances off (root mean square). `low` and `high` are the posterior's 95 % interval.\n",
        calibration.seed, calibration.judged, best.distance
    );
    for (j, (parameter, value)) in calibration.parameters.iter().zip(&best.values).enumerate() {
        text.push_str(&format!(
            "\n[[fitted]]\nname = \"{}\"\nquantity = \"{}\"\n",
            parameter.name, parameter.quantity
        ));
        match parameter.part {
            None => {}
            Some(LawPart::Typical) => text.push_str("part = \"typical\"\n"),
            Some(LawPart::Spread) => text.push_str("part = \"spread\"\n"),
        }
        if !parameter.populations.is_empty() {
            let names: Vec<String> = parameter.populations.iter().map(|p| format!("\"{p}\"")).collect();
            text.push_str(&format!("populations = [{}]\n", names.join(", ")));
        }
        let marginal = Marginal::new(parameter, posterior, j);
        let (low, high) = (marginal.quantile(0.025), marginal.quantile(0.975));
        text.push_str(&format!("value = {value}\nlow = {low}\nhigh = {high}\n"));
    }
    text
}

/// Values of one parameter in a posterior, ascending, with their weights.
pub struct Marginal(Vec<(f64, f64)>);

impl Marginal {
    /// Of the parameter with this place in the calibration.
    pub fn new(parameter: &FitParameter, posterior: &[Particle], place: usize) -> Self {
        let value = |p: &Particle| (parameter.value(p.places[place]), p.weight);
        let mut all: Vec<(f64, f64)> = posterior.iter().map(value).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(all)
    }

    /// Weighted mean.
    pub fn mean(&self) -> f64 {
        self.0.iter().map(|(value, weight)| value * weight).sum()
    }

    /// The value below which this share of the weights lies; NaN without any.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sum = 0.0;
        let found = self.0.iter().find(|(_, weight)| {
            sum += weight;
            sum >= share
        });
        found.or(self.0.last()).map_or(f64::NAN, |f| f.0)
    }
}

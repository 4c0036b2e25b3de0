//! The files of a trial.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::progress::{CHECKPOINT, Progress};
use super::whole::Course;
use super::{rows, whole};
use crate::simulation::RunError;
use crate::simulation::folder::{EFFECTIVE, Growing, forget_report, lock, write_aside};
use crate::trial::results::Results;
use crate::trial::run::{PatientRun, Plan};

/// Tables that grow with every patient.
const GROWING: [&str; 5] = ["patients.csv", "cohort.csv", "visits.csv", "laboratory.csv", "events.csv"];
/// Place of the cohort among them.
const COHORT: usize = 1;
/// Files that are written at the end.
const WHOLE: [&str; 6] =
    ["arms.csv", "contrasts.csv", "survival.csv", "resistance.csv", "published.csv", "summary.json"];

/// Bytes of the tables that grow.
pub(super) type Lengths = [u64; GROWING.len()];

/// Tables that some commands add to a trial.
pub const PREDICTIONS: &str = "predictions.csv";
/// Growth that arms would need.
pub const NEEDED_GROWTH: &str = "needed_growth.csv";

/// Files of another trial that commands have added to it: predictions, and repetitions in other populations.
fn beside(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let added = |name: &str| {
        [PREDICTIONS, NEEDED_GROWTH].contains(&name)
            || name.ends_with("-arms.csv")
            || name.ends_with("-contrasts.csv")
    };
    entries.map(|e| e.path()).filter(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(added)).collect()
}

/// Removes files of a trial, what commands have added to it, and what was drawn of it.
fn remove<'a>(dir: &Path, names: impl Iterator<Item = &'a str>) -> Result<(), RunError> {
    for path in names.map(|name| dir.join(name)).chain(beside(dir)).filter(|path| path.exists()) {
        fs::remove_file(&path).map_err(RunError::write(&path))?;
    }
    forget_report(dir)
}

/// The output folder of a trial, which this process alone writes.
#[derive(Debug)]
pub struct TrialFolder {
    dir: PathBuf,
    tables: Vec<Growing>,
    _lock: File,
}

impl TrialFolder {
    /// Makes the folder, with the heads of its tables. With `force` the files of another trial are removed first.
    ///
    /// # Errors
    ///
    /// [`RunError::Occupied`], [`RunError::Unfinished`], [`RunError::Locked`], [`RunError::Write`].
    pub fn create(dir: &Path, force: bool, plan: &Plan, text: &str) -> Result<Self, RunError> {
        let names = || [CHECKPOINT].into_iter().chain(GROWING).chain(WHOLE).chain([EFFECTIVE]);
        let found = names().find(|name| dir.join(name).exists());
        if let (Some(found), false) = (found, force) {
            return Err(match found {
                CHECKPOINT => RunError::Unfinished(dir.to_owned()),
                _ => RunError::Occupied { dir: dir.to_owned(), found: found.to_owned() },
            });
        }
        fs::create_dir_all(dir).map_err(RunError::write(dir))?;
        let lock = lock(dir)?;
        remove(dir, names())?;
        let tables = GROWING.iter().map(|name| Growing::create(&dir.join(name))).collect::<Result<_, _>>()?;
        let mut folder = Self { dir: dir.to_owned(), tables, _lock: lock };
        let [patients, _, visits, laboratory, events] = folder.rows();
        rows::heads(plan, [patients, visits, laboratory, events]);
        folder.write(EFFECTIVE, text)?;
        folder.flush()?;
        Ok(folder)
    }

    /// Whether a folder holds a trial that was stopped and can go on.
    pub fn can_go_on(dir: &Path) -> bool {
        dir.join(CHECKPOINT).exists()
    }

    /// Whether a folder holds a trial that is done.
    pub fn is_done(dir: &Path) -> bool {
        let has = |name: &str| dir.join(name).exists();
        !has(CHECKPOINT) && GROWING.iter().chain(&["summary.json"]).all(|name| has(name))
    }

    /// Opens the folder of a trial that goes on, and cuts its tables back to those who are through.
    ///
    /// # Errors
    ///
    /// [`RunError::Locked`], [`RunError::Write`], and [`RunError::Shortened`] where a table lacks what it should have.
    pub fn reopen(dir: &Path, progress: &Progress) -> Result<Self, RunError> {
        let lock = lock(dir)?;
        remove(dir, WHOLE.into_iter())?;
        let reopen = |(name, length): (&&str, &u64)| Growing::reopen(&dir.join(name), *length);
        let tables = GROWING.iter().zip(&progress.lengths).map(reopen).collect::<Result<_, _>>()?;
        Ok(Self { dir: dir.to_owned(), tables, _lock: lock })
    }

    fn rows(&mut self) -> [&mut crate::simulation::rows::Rows; 5] {
        let mut tables = self.tables.iter_mut().map(Growing::rows);
        std::array::from_fn(|_| tables.next().unwrap_or_else(|| unreachable!("there are as many tables")))
    }

    fn flush(&mut self) -> Result<(), RunError> {
        self.tables.iter_mut().try_for_each(Growing::flush)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), RunError> {
        write_aside(&self.dir.join(name), |file| file.write_all(text.as_bytes()))
    }

    /// Adds a patient.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn add(&mut self, plan: &Plan, run: &PatientRun) -> Result<(), RunError> {
        let first = self.tables[COHORT].is_empty();
        let [patients, cohort, visits, laboratory, events] = self.rows();
        rows::cohort(cohort, &run.patient, first);
        for (arm, result) in &run.arms {
            if let Ok((outcome, chronicle)) = result {
                rows::patient(patients, plan, *arm, outcome);
                rows::visits(visits, plan, *arm, outcome.patient, chronicle);
                rows::laboratory(laboratory, plan, *arm, outcome.patient, chronicle);
                rows::events(events, plan, *arm, outcome.patient, chronicle);
            }
        }
        self.flush()
    }

    /// Writes how far the trial has come, after what its tables have.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn save(&mut self, progress: &mut Progress) -> Result<(), RunError> {
        for (table, length) in self.tables.iter_mut().zip(&mut progress.lengths) {
            *length = table.sync()?;
        }
        progress.write(&self.dir)
    }

    /// Writes what is made of all patients. A trial that was not stopped needs no more to go on with.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn finish(&self, plan: &Plan, results: &Results, course: &Course) -> Result<(), RunError> {
        for (name, text) in whole::tables(plan, results) {
            self.write(name, &text)?;
        }
        self.write("summary.json", &whole::summary(plan, results, course))?;
        let checkpoint = self.dir.join(CHECKPOINT);
        if !course.stopped && checkpoint.exists() {
            fs::remove_file(&checkpoint).map_err(RunError::write(&checkpoint))?;
        }
        Ok(())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

//! The files of a trial.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::files::{GROWING, WHOLE};
use super::kept::{self, CHECKPOINT};
use super::outcomes::{self, OUTCOMES};
use super::progress::TrialProgress;
use super::rows::{DoseIntensityRow, EventRow, LaboratoryRow, PatientRow, ScanRow};
use super::whole::{RunInfo, WholeTrial};
use super::{rows, whole};
use crate::simulation::RunError;
use crate::simulation::checkpoint::CheckpointError;
use crate::simulation::disk;
use crate::simulation::folder::{
    EFFECTIVE, Growing, Lock, MANIFEST, Mark, SUMMARY, forget_report, lock, refuse_others,
};
use crate::simulation::staging::Staging;
use crate::table::Rows;
use crate::trial::cohort::{CohortRow, LesionRow, StartingStateRow};
use crate::trial::results::{PatientOutcomes, Results};
use crate::trial::run::{PatientRun, Plan};

/// Tables that some commands add to a trial.
pub const PREDICTIONS: &str = "predictions.csv";
/// Growth that arms would need.
pub const NEEDED_GROWTH: &str = "needed_growth.csv";
/// A user's own survival times, laid over the curves.
pub const OVERLAY: &str = "overlay.csv";

/// Whether commands add a file of this name to a trial: predictions, and repetitions in other populations.
fn is_beside(name: &str) -> bool {
    [PREDICTIONS, NEEDED_GROWTH, OVERLAY].contains(&name)
        || name.ends_with("-arms.csv")
        || name.ends_with("-contrasts.csv")
}

/// Names of the tables of a trial, as `--tables` has them.
pub fn table_names() -> impl Iterator<Item = &'static str> {
    GROWING.into_iter().chain(WHOLE).filter_map(|name| name.strip_suffix(".csv"))
}

/// Names of all files of a trial but what commands add.
fn own_names() -> impl Iterator<Item = &'static str> {
    [CHECKPOINT].into_iter().chain(GROWING).chain(WHOLE).chain([EFFECTIVE])
}

/// Removes files of a trial, what commands have added to it, what was drawn of it, and what was half written.
fn remove<'a>(dir: &Path, names: impl Iterator<Item = &'a str>) -> Result<(), RunError> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let beside = entries.filter(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(is_beside));
    for path in names.map(|name| dir.join(name)).chain(beside).filter(|path| path.exists()) {
        disk::remove(&path).map_err(RunError::write(&path))?;
    }
    disk::sweep(dir, |name| is_beside(name) || own_names().any(|own| own == name))?;
    forget_report(dir)
}

/// The output folder of a trial, which this process alone writes.
#[derive(Debug)]
pub struct TrialFolder {
    dir: PathBuf,
    tables: Vec<Growing>,
    /// Where it is put together, until it is whole.
    staging: Option<Staging>,
    lock: Lock,
}

impl TrialFolder {
    /// Makes the folder, with the heads of its tables. With `force` the files of another trial are removed first. Its checkpoint is the
    /// first file that is written: whatever moment a trial is ended at, it can be gone on with.
    ///
    /// # Errors
    ///
    /// [`RunError::Occupied`], [`RunError::Unfinished`], [`RunError::Locked`], [`RunError::Write`].
    pub fn create(
        dir: &Path,
        force: bool,
        plan: &Plan,
        progress: &mut TrialProgress,
    ) -> Result<Self, RunError> {
        let mut folder = Self::claim(dir, force)?;
        folder.save(progress)?;
        folder.begin(plan, progress)?;
        Ok(folder)
    }

    /// Makes the folder of a trial that is not simulated here. Its tables are put together beside what is there, which stays as it is until
    /// they are [put in place](Self::exchange); it has no checkpoint until then.
    ///
    /// # Errors
    ///
    /// As [`TrialFolder::create`].
    pub fn assemble(dir: &Path, force: bool, progress: &TrialProgress) -> Result<Self, RunError> {
        let mut folder = Self::claim(dir, force)?;
        folder.staging = Some(Staging::new(dir)?);
        match folder.make_tables(progress) {
            Ok(()) => Ok(folder),
            Err(error) => Err(folder.discard().err().unwrap_or(error)),
        }
    }

    /// Puts what was assembled in the place of what was there.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn exchange(&mut self) -> Result<(), RunError> {
        let Some(staging) = self.staging.take() else { return Ok(()) };
        for table in &mut self.tables {
            table.sync()?;
        }
        self.lock.check()?;
        remove(&self.dir, own_names())?;
        self.tables.iter_mut().for_each(|table| table.moved(&self.dir));
        staging.settle()
    }

    /// Removes what was assembled so far, and the folder if nothing else is in it.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn discard(self) -> Result<(), RunError> {
        drop(self.tables);
        self.staging.map_or(Ok(()), |staging| staging.abandon(self.lock))
    }

    /// Takes a folder, and changes nothing that is in it.
    fn claim(dir: &Path, force: bool) -> Result<Self, RunError> {
        if let (Some(found), false) = (Self::found_in(dir), force) {
            return Err(match found {
                CHECKPOINT => RunError::Unfinished(dir.to_owned()),
                found => RunError::Occupied {
                    dir: dir.to_owned(),
                    found: format!("a run or trial that is done ({found})"),
                },
            });
        }
        refuse_others(dir)?;
        disk::make_folder(dir).map_err(RunError::write(dir))?;
        Ok(Self { dir: dir.to_owned(), tables: Vec::new(), staging: None, lock: lock(dir)? })
    }

    /// Makes empty tables of those that are asked for, and the file of the trial.
    fn make_tables(&mut self, progress: &TrialProgress) -> Result<(), RunError> {
        let dir = self.staging.as_ref().map_or_else(|| self.dir.clone(), Staging::dir);
        let make = |name: &&str| {
            let path = dir.join(name);
            if progress.course.wants(name) { Growing::create(&path) } else { Ok(Growing::none(&path)) }
        };
        self.tables = GROWING.iter().map(make).collect::<Result<_, _>>()?;
        let effective = self.staging.as_ref().map_or_else(|| EFFECTIVE.to_owned(), |to| to.name(EFFECTIVE));
        self.write(&effective, progress.scenario.as_bytes())
    }

    /// Makes the files with which a trial begins, in place of those of another one.
    fn begin(&mut self, plan: &Plan, progress: &mut TrialProgress) -> Result<(), RunError> {
        remove(&self.dir, own_names().filter(|name| *name != CHECKPOINT))?;
        self.make_tables(progress)?;
        let [patients, intensities, cohort, lesions, states, scans, laboratory, events, _] = self.rows();
        let loci = plan.loci().into_iter().map(|locus| format!("{locus}_fraction_at_progression"));
        patients.head::<PatientRow>().cells(loci).end();
        intensities.head::<DoseIntensityRow>().end();
        cohort.head::<CohortRow>().end();
        lesions.head::<LesionRow>().end();
        states.head::<StartingStateRow>().end();
        scans.head::<ScanRow>().end();
        laboratory.head::<LaboratoryRow>().end();
        events.head::<EventRow>().end();
        self.save(progress)
    }

    /// A file of a trial in a folder, if there is one.
    pub fn found_in(dir: &Path) -> Option<&'static str> {
        own_names().find(|name| dir.join(name).exists())
    }

    /// Whether a folder holds a trial that was stopped and can go on.
    pub fn can_go_on(dir: &Path) -> bool {
        dir.join(CHECKPOINT).exists()
    }

    /// Whether a folder holds a trial, or a part of one, that is done.
    pub fn is_done(dir: &Path) -> bool {
        let has = |name: &str| dir.join(name).exists();
        !has(CHECKPOINT) && has(OUTCOMES) && (has(SUMMARY) || has(MANIFEST))
    }

    /// Opens the folder of a trial that goes on. All that its checkpoint counts on is checked before the tables are cut back to those
    /// who are through, and what was made of them is removed.
    ///
    /// # Errors
    ///
    /// [`RunError::Locked`], [`RunError::Write`], [`RunError::Shortened`] or [`RunError::Changed`] where a table is not what it was, and
    /// [`RunError::Checkpoint`] where the scenario is another one.
    pub fn reopen(dir: &Path, plan: &Plan, progress: &mut TrialProgress) -> Result<Self, RunError> {
        progress.check(plan)?;
        let lock = lock(dir)?;
        if progress.tables.iter().all(|mark| mark.length == 0) {
            progress.take_outcomes(plan, dir)?;
            let mut folder = Self { dir: dir.to_owned(), tables: Vec::new(), staging: None, lock };
            folder.begin(plan, progress)?;
            return Ok(folder);
        }
        let effective = dir.join(EFFECTIVE);
        if disk::read_text(&effective).map_err(RunError::read(&effective))? != progress.scenario {
            return Err(CheckpointError::OtherScenario.into());
        }
        let reopen = |(name, mark): (&&str, &Mark)| Growing::reopen(&dir.join(name), mark);
        let mut tables = GROWING.iter().zip(&progress.tables).map(reopen).collect::<Result<Vec<_>, _>>()?;
        progress.take_outcomes(plan, dir)?;
        tables.iter_mut().try_for_each(Growing::cut_off)?;
        remove(dir, WHOLE.into_iter())?;
        Ok(Self { dir: dir.to_owned(), tables, staging: None, lock })
    }

    fn rows(&mut self) -> [&mut Rows; GROWING.len()] {
        let mut tables = self.tables.iter_mut().map(Growing::rows);
        std::array::from_fn(|_| tables.next().unwrap_or_else(|| unreachable!("there are as many tables")))
    }

    fn flush(&mut self) -> Result<(), RunError> {
        self.tables.iter_mut().try_for_each(Growing::flush)
    }

    /// Writes a small file.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        self.lock.write(name, |file| file.write_all(bytes))
    }

    /// Adds a patient.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn add(&mut self, plan: &Plan, run: &PatientRun, own: &PatientOutcomes) -> Result<(), RunError> {
        let [patients, intensities, cohort, lesions, states, scans, laboratory, events, outcomes] =
            self.rows();
        outcomes::add(outcomes, own);
        cohort.add(&CohortRow::of(&run.patient));
        LesionRow::of(&run.patient).for_each(|row| lesions.add(&row));
        StartingStateRow::of(&run.patient).for_each(|row| states.add(&row));
        for (arm, result) in &run.arms {
            if let Ok((outcome, chronicle)) = result {
                let (name, patient) = (&plan.arms()[*arm].name, outcome.patient);
                rows::patient(patients, plan, *arm, outcome);
                rows::intensities(intensities, plan, *arm, outcome);
                rows::scans(scans, name, patient, chronicle);
                rows::laboratory(laboratory, name, patient, chronicle);
                rows::events(events, plan, *arm, patient, chronicle);
            }
        }
        self.flush()
    }

    /// Adds lines to one of the tables that grow, by its place among them.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn append(&mut self, table: usize, lines: &[u8]) -> Result<(), RunError> {
        self.tables[table].rows().lines(lines);
        self.tables[table].settle()
    }

    /// Writes how far the trial has come, after what its tables have.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn save(&mut self, progress: &mut TrialProgress) -> Result<(), RunError> {
        self.lock.check()?;
        for (table, mark) in self.tables.iter_mut().zip(&mut progress.tables) {
            *mark = table.sync()?;
        }
        progress.write(&self.lock)
    }

    /// Writes what is made of all patients.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn conclude(&self, plan: &Plan, results: &Results, course: &RunInfo) -> Result<(), RunError> {
        for (name, text) in whole::tables(plan, results).into_iter().filter(|(name, _)| course.wants(name)) {
            self.write(name, &[course.remark().as_bytes(), &text].concat())?;
        }
        self.write(SUMMARY, WholeTrial::new(plan, results, course).json().as_bytes())
    }

    /// The last thing of all: there is nothing left to go on with.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn finish(self) -> Result<(), RunError> {
        kept::remove(&self.dir)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

//! A library that was made: its tumours, and what a trial of other patients would have shown with them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::trajectory::volumes_between;
use super::{ImportanceWeights, KeptTumour, LibraryManifest, blocks};
use crate::numbers::DAYS_PER_MONTH;
use crate::scenario::ScanReader;
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::{RunError, naming::shell_word};
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::run::Plan;
use crate::trial::visits::{FirstProgression, FollowUp, first_progression};

/// A library that was made.
#[derive(Debug, Clone)]
pub struct Library {
    /// Its trial, with the wide laws.
    pub plan: Plan,
    /// What it is of.
    pub manifest: LibraryManifest,
    /// The file of each block.
    files: Vec<PathBuf>,
}

/// One for each arm and month of a trial whose patients are those of a library, weighted (`evotor library --from`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct ReweightedRow {
    /// The arm.
    pub arm: String,
    /// Months since the start.
    pub month: u32,
    /// Share of patients alive without progression.
    pub progression_free_fraction: f64,
    /// Its standard error: what the number of patients and their weights leave open.
    pub standard_error_fraction: f64,
    /// Patients of equal weight that the weighted ones are worth.
    pub effective_patients: f64,
    /// Shape of the tail of the weights: from 0.7 on the figures are unreliable; empty where all weigh alike.
    pub k_hat: Option<f64>,
}

impl Library {
    /// Opens a library, whose shards may lie in several folders.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for one that is stale, or has blocks missing, with the way out.
    pub fn open(dirs: &[PathBuf]) -> Result<Self, TrialError> {
        let Some(first) = dirs.first() else {
            return Err(TrialError::Input("no folder of a library is given".to_owned()));
        };
        let manifest = LibraryManifest::read(first)?;
        let scenario = file::load(&first.join(EFFECTIVE))?.scenario;
        let plan = Plan::new(&scenario, Some(manifest.patients))?;
        for dir in dirs {
            fresh(dir, &plan, &manifest)?;
        }
        let place = |block: u32| {
            let name = LibraryManifest::file(block);
            dirs.iter().map(|dir| dir.join(&name)).find(|path| path.exists()).ok_or(block)
        };
        let (found, missing): (Vec<_>, Vec<_>) = (0..manifest.blocks()).map(place).partition(Result::is_ok);
        if !missing.is_empty() {
            let dir = first.display();
            return Err(TrialError::Input(format!(
                "{} of {} blocks of the library in `{dir}` are missing: `evotor library {} --out {}` goes on with it, and folders of \
                 other shards are given beside it",
                missing.len(),
                manifest.blocks(),
                shell_word(&first.join(EFFECTIVE).display().to_string()),
                shell_word(&dir.to_string()),
            )));
        }
        Ok(Self { plan, manifest, files: found.into_iter().flatten().collect() })
    }

    /// The tumours of an arm, by the number of the patient.
    ///
    /// # Errors
    ///
    /// [`TrialError::Run`] for blocks that cannot be read.
    pub fn tumours(&self, arm: usize) -> Result<Vec<KeptTumour>, TrialError> {
        let mut all = Vec::new();
        for path in &self.files {
            let block = blocks::read(path, &self.manifest.shape).map_err(RunError::read(path))?;
            all.extend(block.into_iter().filter(|kept| kept.arm == arm));
        }
        Ok(all)
    }

    /// Weights by which its patients are those of a plan.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a cohort that weights cannot reach.
    pub fn weights(&self, target: &Plan) -> Result<ImportanceWeights, TrialError> {
        let of = |id: u32| self.plan.cohort.log_weight(&target.cohort, id);
        let logs: Result<Vec<f64>, _> = (0..self.manifest.patients).map(of).collect();
        logs.map(|logs| ImportanceWeights::of_logs(&logs)).map_err(|why| {
            TrialError::Input(format!(
                "the patients of the library cannot stand for those of `{}`: {why}; make a library of a trial with that",
                target.scenario.name
            ))
        })
    }

    /// What a trial with other laws, readers, visits or another end would have shown: one row for each of its arms and month.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for arms that the library does not have, a longer follow-up, adjudicated readings, and as
    /// [`weights`](Self::weights).
    pub fn reweighted(&self, target: &Plan) -> Result<Vec<ReweightedRow>, TrialError> {
        let person = self.reader(target)?;
        let weights = self.weights(target)?;
        let mut rows = Vec::new();
        for own in target.arms() {
            let Some(arm) = self.plan.arms().iter().position(|arm| arm.name == own.name) else {
                let names = self.manifest.arms.join("`, `");
                return Err(TrialError::Input(format!(
                    "the library has no arm `{}`: its arms are `{names}`",
                    own.name
                )));
            };
            if self.plan.arms()[arm].therapy.lines != own.therapy.lines {
                return Err(TrialError::Input(format!(
                    "arm `{}` is another therapy in the library",
                    own.name
                )));
            }
            let seen: Vec<FirstProgression> = self.seen(target, arm, person)?;
            let last = f64::from(self.end(target)) / DAYS_PER_MONTH;
            for month in 1..=last as u32 {
                let day = f64::from(month) * DAYS_PER_MONTH;
                let free = |patient: usize| {
                    f64::from(u8::from(f64::from(seen[patient].day) > day || !seen[patient].event))
                };
                rows.push(ReweightedRow {
                    arm: own.name.clone(),
                    month,
                    progression_free_fraction: weights.mean(free),
                    standard_error_fraction: weights.standard_error(free),
                    effective_patients: weights.effective,
                    k_hat: weights.k_hat,
                });
            }
        }
        Ok(rows)
    }

    /// Progression or death of each patient in an arm as a trial sees it.
    fn seen(&self, target: &Plan, arm: usize, person: usize) -> Result<Vec<FirstProgression>, TrialError> {
        let assessment = Arc::new(target.trial.assessment.clone());
        let one = |kept: &KeptTumour| {
            let patient = self.plan.cohort.patient(kept.patient);
            let own = self.plan.follow(&patient, arm);
            let follow = FollowUp { assessment: assessment.clone(), end: self.end(target), ..own };
            first_progression(&follow, person, kept.died, |day| volumes_between(&kept.states, day))
        };
        Ok(self.tumours(arm)?.iter().map(one).collect())
    }

    fn end(&self, target: &Plan) -> u32 {
        target.trial.conduct.cutoff.unwrap_or(u32::MAX).min(target.end()).min(self.plan.end())
    }

    fn reader(&self, target: &Plan) -> Result<usize, TrialError> {
        if target.end() > self.plan.end() {
            return Err(TrialError::Input(format!(
                "the library is of {} days, and `{}` goes on to day {}: give it an earlier end with --set time.end",
                self.plan.end(),
                target.scenario.name,
                target.end()
            )));
        }
        match target.trial.assessment.reader {
            ScanReader::Investigator => Ok(0),
            ScanReader::Central => Ok(1),
            ScanReader::Adjudicated => Err(TrialError::Input(
                "adjudicated readings are chosen patient by patient over a whole trial: give `reader = \"central\"` or \"investigator\" in \
                 [assessment]"
                    .to_owned(),
            )),
        }
    }
}

/// Refuses a folder of another library, or of another model or other data than those of this program.
fn fresh(dir: &Path, plan: &Plan, first: &LibraryManifest) -> Result<(), TrialError> {
    let there = LibraryManifest::read(dir)?;
    let now = LibraryManifest::of(plan, there.shard)?;
    let again = shell_word(&dir.join(EFFECTIVE).display().to_string());
    let out = shell_word(&dir.display().to_string());
    if let Some(what) = there.differs(&now) {
        return Err(TrialError::Input(format!(
            "the library in `{}` is stale: another {what}; make it again: `evotor library {again} --out {out} --force`",
            dir.display()
        )));
    }
    match there.differs(first) {
        Some(what) => {
            Err(TrialError::Input(format!("`{}` is of another library: its {what} differs", dir.display())))
        }
        None => Ok(()),
    }
}

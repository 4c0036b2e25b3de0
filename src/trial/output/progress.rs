//! How far a trial has come: what going on with it needs.
//!
//! Its checkpoint ([`kept`]) holds the scenario, what was asked for, the outcomes of all patients who are through, and the lengths and
//! hashes of the tables that hold them. Patients who came after it are simulated again, to the same bits. When the last one is
//! through it stays until all is made that is made of them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::RunInfo;
use super::folder::Marks;
use super::kept::{self, Kind};
use crate::scenario::keys::MOST_PATIENTS;
use crate::simulation::RunError;
use crate::simulation::checkpoint::CheckpointError;
use crate::simulation::folder::Lock;
use crate::trial::outcome::Outcome;
use crate::trial::results::Results;
use crate::trial::run::{PatientFailure, Plan};

/// What is made beside the tables when all patients are through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Extras {
    /// The comparison repeated with the growth of other populations, as its file asks.
    pub repeat: bool,
    /// Predictions of the published figures, with this many draws.
    pub predict: Option<u32>,
    /// The growth that its arms would need.
    pub needed_growth: bool,
}

/// How far a trial has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The scenario with every default, as `effective.toml` has it.
    pub scenario: String,
    /// What was asked for.
    pub course: RunInfo,
    /// What is made at the end.
    pub extras: Extras,
    /// Number of patients who are through, failed ones among them; they are the first of those who were asked for.
    pub through: u32,
    /// Who failed.
    pub failures: Vec<PatientFailure>,
    /// Outcomes of those who are through.
    pub results: Results,
    /// What the tables held.
    pub(super) tables: Marks,
}

impl Progress {
    /// Nobody is through yet.
    pub fn new(scenario: String, course: RunInfo, extras: Extras, results: Results) -> Self {
        let (failures, tables) = (Vec::new(), Marks::default());
        Self { scenario, course, extras, through: 0, failures, results, tables }
    }

    /// How far the trial of a folder has come; `None` where no trial was stopped there.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], and [`RunError::Checkpoint`] for one that is damaged or of another version.
    pub fn read(dir: &Path) -> Result<Option<Self>, RunError> {
        let found: Option<Self> = kept::read(dir, Kind::Trial)?;
        match &found {
            Some(progress) if u64::from(progress.course.patients) > MOST_PATIENTS => Err(malformed().into()),
            _ => Ok(found),
        }
    }

    /// Whether it answers the same question as another one.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        (&self.scenario, &self.course, &self.extras) == (&other.scenario, &other.course, &other.extras)
    }

    /// Whether it can be that of a plan.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Malformed`].
    pub fn check(&self, plan: &Plan) -> Result<(), CheckpointError> {
        let asked = self.course.asked();
        let through = asked.get(..self.through as usize).ok_or_else(malformed)?;
        let is_through = |patient: &u32| through.binary_search(patient).is_ok();
        let patients = asked.is_sorted_by(|a, b| a < b) && asked.last() < Some(&self.course.patients);
        let arms = plan.arms().len();
        let of_arm = |all: &Vec<Outcome>| {
            all.is_sorted_by(|a, b| a.patient < b.patient) && all.iter().all(|o| is_through(&o.patient))
        };
        let results = self.results.fit(plan) && self.results.all().all(of_arm);
        let loci = plan.loci().len();
        let outcomes = self.results.all().flatten().all(|o| o.fits(loci));
        let is_one = |f: &PatientFailure| is_through(&f.patient) && f.arm.is_none_or(|arm| arm < arms);
        let failures = self.failures.iter().all(is_one);
        if patients && results && outcomes && failures { Ok(()) } else { Err(malformed()) }
    }

    /// Writes it into the folder of the trial.
    pub(super) fn write(&self, folder: &Lock) -> Result<(), RunError> {
        kept::write(folder, Kind::Trial, self)
    }
}

fn malformed() -> CheckpointError {
    CheckpointError::Malformed("its patients are not those of its trial")
}

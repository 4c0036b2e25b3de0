//! How far a trial has come: what going on with it needs.
//!
//! Its checkpoint ([`kept`]) holds the scenario, what was asked for, and the lengths and hashes of the files that grow: tables, and the
//! outcomes of all patients who are through. So it is as small at the end of a trial as at its beginning. Patients who came after it are simulated again, to the same bits. When the last one is
//! through it stays until all is made that is made of them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::RunInfo;
use super::files::{GROWING, TrialMarks};
use super::kept::{self, KeptKind};
use super::outcomes;
use crate::scenario::limits::MAX_PATIENTS;
use crate::simulation::RunError;
use crate::simulation::checkpoint::CheckpointError;
use crate::simulation::folder::Lock;
use crate::trial::results::{ArmComposition, Results};
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
pub struct TrialProgress {
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
    /// What the compositions of their tumours add up to, by arm.
    composition: Vec<ArmComposition>,
    /// What came out of those who are through: [`outcomes`] hold it.
    #[serde(skip)]
    pub results: Results,
    /// What the tables held.
    pub(in crate::trial) tables: TrialMarks,
}

impl TrialProgress {
    /// Nobody is through yet.
    pub fn new(scenario: String, course: RunInfo, extras: Extras, results: Results) -> Self {
        let (failures, tables) = (Vec::new(), TrialMarks::default());
        Self { scenario, course, extras, through: 0, failures, composition: Vec::new(), results, tables }
    }

    /// How far the trial of a folder has come; `None` where no trial was stopped there.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], and [`RunError::Checkpoint`] for one that is damaged or of another version.
    pub fn read(dir: &Path) -> Result<Option<Self>, RunError> {
        let found: Option<Self> = kept::read(dir, KeptKind::Trial)?;
        match &found {
            Some(Self { course: RunInfo { patients, shard, .. }, .. })
                if u64::from(*patients) > MAX_PATIENTS
                    || shard.is_some_and(|shard| !shard.is_part_of(*patients)) =>
            {
                Err(malformed().into())
            }
            _ => Ok(found),
        }
    }

    /// What sets another trial apart from this one, in words; `None` for the same question.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let extras = (self.extras != other.extras).then_some("other predictions or repetitions");
        self.is_another(&other.scenario, &other.course).or(extras)
    }

    /// What sets another trial apart from this one, whatever is made beside it.
    pub(in crate::trial) fn is_another(&self, scenario: &str, course: &RunInfo) -> Option<&'static str> {
        let scenario = self.scenario != scenario;
        let scenario = scenario.then_some("another scenario or seed, or is of another version");
        scenario.or_else(|| self.course.differs(course))
    }

    /// Patients who are through.
    fn through(&self) -> Option<Vec<u32>> {
        let mut asked = self.course.asked();
        let through = self.through as usize;
        (through <= asked.len()).then(|| {
            asked.truncate(through);
            asked
        })
    }

    /// Whether it can be that of a plan.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Malformed`].
    pub fn check(&self, plan: &Plan) -> Result<(), CheckpointError> {
        let (arms, loci) = (plan.arms().len(), plan.loci().len());
        let through = self.through().ok_or_else(malformed)?;
        let asked = self.course.asked();
        let patients = asked.is_sorted_by(|a, b| a < b) && asked.last() < Some(&self.course.patients);
        let composition =
            self.composition.len() == arms && self.composition.iter().all(|of_arm| of_arm.fits(loci));
        let is_one = |f: &PatientFailure| {
            through.binary_search(&f.patient).is_ok() && f.arm.is_none_or(|arm| arm < arms)
        };
        let failures = self.failures.iter().all(is_one);
        if patients && composition && failures { Ok(()) } else { Err(malformed()) }
    }

    /// Takes up what came out of those who are through, from the file that holds it and was checked.
    pub(super) fn take_outcomes(&mut self, plan: &Plan, dir: &Path) -> Result<(), RunError> {
        let through = self.through().ok_or_else(malformed)?;
        self.results = Results::new(plan);
        self.results.take_composition(&self.composition);
        let length = self.tables[GROWING.len() - 1].length;
        let whole = outcomes::read(dir, length, plan, &through, &mut self.results)?;
        if whole { Ok(()) } else { Err(malformed().into()) }
    }

    /// Writes it into the folder of the trial.
    pub(super) fn write(&mut self, folder: &Lock) -> Result<(), RunError> {
        self.composition = self.results.composition().to_vec();
        kept::write(folder, KeptKind::Trial, self)
    }
}

fn malformed() -> CheckpointError {
    CheckpointError::Malformed("its patients are not those of its trial")
}

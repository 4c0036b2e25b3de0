//! The folder of a patient's answer.
//!
//! | file | what it holds |
//! |---|---|
//! | `condition.csv` | a row for each option and day |
//! | `condition.json` | what was asked, and what came out |
//! | `effective.toml` | the patient's file with every default |

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ConditionQuestion, ConditionedPatient};
use crate::scenario::Scenario;
use crate::simulation::checkpoint::PROGRAM;
use crate::table::csv;
use crate::trial::error::TrialError;
use crate::trial::question::{AnswerFolder, AnswerKind};

/// The folder of a patient's answer.
pub const CONDITION_FOLDER: AnswerKind =
    AnswerKind { summary: "condition.json", what: "a patient's answer", again: "ask" };

/// What was asked of a patient, and what came out: `condition.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionSummary {
    /// Version of the program.
    pub evotor: String,
    /// Seed of the simulated patients.
    pub seed: u64,
    /// What was asked.
    pub question: ConditionQuestion,
    /// What came out.
    pub conditioned: ConditionedPatient,
}

impl ConditionSummary {
    /// That of a patient.
    pub fn new(scenario: &Scenario, question: ConditionQuestion, conditioned: ConditionedPatient) -> Self {
        Self { evotor: PROGRAM.to_owned(), seed: scenario.seed, question, conditioned }
    }

    /// Writes it into its folder.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn write(&self, folder: AnswerFolder, dir: &Path, scenario: &Scenario) -> Result<(), TrialError> {
        let fan = csv(self.conditioned.fan.iter().cloned());
        folder.finish(dir, scenario, &[("condition.csv", &fan)], self)
    }
}

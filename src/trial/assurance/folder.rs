//! The folder of a planned trial.
//!
//! | file | what it holds |
//! |---|---|
//! | `design.csv` | a row for each size of the trial |
//! | `design.json` | what was asked, and what came out |
//! | `effective.toml` | the trial with every default |

use serde::{Deserialize, Serialize};

use super::{DesignQuestion, PlannedTrial};
use crate::scenario::Scenario;
use crate::simulation::checkpoint::PROGRAM;
use crate::table::csv;
use crate::trial::error::TrialError;
use crate::trial::question::{AnswerFolder, AnswerKind};

/// The folder of a planned trial.
pub const DESIGN_FOLDER: AnswerKind =
    AnswerKind { summary: "design.json", what: "a planned trial", again: "plan the trial" };

const TABLE: &str = "design.csv";

/// What was asked of a trial, and what came out: `design.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DesignSummary {
    /// Version of the program.
    pub evotor: String,
    /// Seed of the trial.
    pub seed: u64,
    /// What was asked.
    pub question: DesignQuestion,
    /// What came out.
    pub planned: PlannedTrial,
}

impl DesignSummary {
    /// That of a trial.
    pub fn new(scenario: &Scenario, question: DesignQuestion, planned: PlannedTrial) -> Self {
        Self { evotor: PROGRAM.to_owned(), seed: scenario.seed, question, planned }
    }

    /// Writes it into its folder.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn write(
        &self,
        folder: AnswerFolder,
        dir: &std::path::Path,
        scenario: &Scenario,
    ) -> Result<(), TrialError> {
        let table = csv(self.planned.sizes.iter().cloned());
        folder.finish(dir, scenario, &[(TABLE, &table)], self)
    }
}

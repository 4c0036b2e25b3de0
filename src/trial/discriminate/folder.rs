//! The folder of a comparison of rivals.
//!
//! | file | what it holds |
//! |---|---|
//! | `naming.csv` | a row for each measurement, true rival and number of patients |
//! | `measured.csv` | a row for each measurement and rival |
//! | `rivals.json` | what was asked, and what came out |
//! | `effective.toml` | the trial of the first rival with every default; those of the others are `rival-2.toml` and so on |

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::plan::RivalPlan;
use super::row::FoundDifference;
use crate::scenario::effective_toml;
use crate::simulation::checkpoint::PROGRAM;
use crate::table::csv;
use crate::trial::error::TrialError;
use crate::trial::question::{AnswerFolder, AnswerKind};

/// The folder of a comparison of rivals.
pub const RIVALS_FOLDER: AnswerKind =
    AnswerKind { summary: "rivals.json", what: "a comparison of rivals", again: "compare them" };

/// What was asked of rivals, and what came out: `rivals.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RivalSummary {
    /// Version of the program.
    pub evotor: String,
    /// Name of the comparison.
    pub name: String,
    /// What is asked.
    pub description: String,
    /// Seed of the patients.
    pub seed: u64,
    /// The file, as it was read.
    pub asked: String,
    /// What came out.
    pub found: FoundDifference,
}

impl RivalSummary {
    /// That of a comparison; `asked` is its file.
    pub fn new(plan: &RivalPlan, asked: &str, found: FoundDifference) -> Self {
        Self {
            evotor: PROGRAM.to_owned(),
            name: plan.question.name.clone(),
            description: plan.question.description.clone(),
            seed: plan.scenario().seed,
            asked: asked.to_owned(),
            found,
        }
    }

    /// Writes it into its folder.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn write(&self, folder: AnswerFolder, dir: &Path, plan: &RivalPlan) -> Result<(), TrialError> {
        let naming = csv(self.found.naming.iter().cloned());
        let measured = csv(self.found.measured.iter().cloned());
        let others: Vec<(String, String)> = (1..)
            .zip(plan.scenarios())
            .skip(1)
            .map(|(number, (_, scenario))| (format!("rival-{number}.toml"), effective_toml(scenario)))
            .collect();
        let mut files = vec![("naming.csv", naming.as_slice()), ("measured.csv", measured.as_slice())];
        files.extend(others.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
        folder.finish(dir, plan.scenario(), &files, self)
    }
}

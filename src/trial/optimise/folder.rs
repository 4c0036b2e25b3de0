//! The folder of a search.
//!
//! | file | what it holds |
//! |---|---|
//! | `front.csv` | a row for each candidate |
//! | `search.json` | what was asked, and what came out |
//! | `effective.toml` | the trial of all candidates, an arm for each, with every default |
//! | `search.toml`, `base.toml` | the question, to be asked again |

use serde::{Deserialize, Serialize};
use std::path::Path;

use super::file::{Indifference, PriceBound};
use super::row::FoundFront;
use super::search::SearchPlan;
use crate::scenario::effective_toml;
use crate::simulation::checkpoint::PROGRAM;
use crate::table::csv;
use crate::trial::error::TrialError;
use crate::trial::question::{AnswerFolder, AnswerKind, QuestionText};

/// The folder of a search.
pub const SEARCH_FOLDER: AnswerKind =
    AnswerKind { summary: "search.json", what: "a search", again: "search" };

const TABLE: &str = "front.csv";
const ASKED: &str = "search.toml";
const BASE: &str = "base.toml";

/// What was asked of a search, and what came out: `search.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchSummary {
    /// Version of the program.
    pub evotor: String,
    /// Name of the search.
    pub name: String,
    /// What is searched for.
    pub description: String,
    /// Seed of the patients.
    pub seed: u64,
    /// Patients by agents that were asked for.
    pub confirm: Option<u32>,
    /// What is not allowed.
    pub bound: PriceBound,
    /// Differences that nobody would act on.
    pub indifference: Indifference,
    /// What came out.
    pub found: FoundFront,
}

impl SearchSummary {
    /// That of a search.
    pub fn new(plan: &SearchPlan, confirm: Option<u32>, found: FoundFront) -> Self {
        Self {
            evotor: PROGRAM.to_owned(),
            name: plan.search.name.clone(),
            description: plan.search.description.clone(),
            seed: plan.base.seed,
            confirm,
            bound: plan.search.bound.get_ref().clone(),
            indifference: *plan.search.indifference.get_ref(),
            found,
        }
    }

    /// Writes it into its folder.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn write(
        &self,
        folder: AnswerFolder,
        dir: &Path,
        plan: &SearchPlan,
        text: &QuestionText,
    ) -> Result<(), TrialError> {
        let table = csv(self.found.candidates.iter().cloned());
        let (asked, base) = (text.about(BASE), effective_toml(&plan.base));
        let files = [(TABLE, table.as_slice()), (ASKED, asked.as_bytes()), (BASE, base.as_bytes())];
        folder.finish(dir, plan.scenario(), &files, self)
    }
}

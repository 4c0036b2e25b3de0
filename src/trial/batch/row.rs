//! What becomes of a row.

use serde::{Deserialize, Serialize};

use crate::scenario::{ScenarioError, Severity};
use crate::trial::error::TrialError;

/// How a row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowStatus {
    /// It has its figures.
    Done,
    /// The row is at fault: a key, a value, a cell that is missing.
    Refused,
    /// It could not be computed.
    Failed,
}

/// A row's results, as `rows.jsonl` keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowResult {
    /// Number of the row in its design, from 0.
    pub row: u32,
    /// How it ended.
    pub status: RowStatus,
    /// What the design gives, a cell for each of its columns.
    pub cells: Vec<Option<String>>,
    /// Its figures; none of a row without.
    pub figures: Vec<Option<f64>>,
    /// The digest of the run or trial; empty without.
    pub digest: String,
    /// Why it has no figures, in one line; empty otherwise.
    pub error: String,
}

/// What is wrong with a row.
#[derive(Debug)]
pub enum RowFault {
    /// In words.
    Words(String),
    /// What the file's checks found.
    File(ScenarioError),
}

impl RowFault {
    /// In one line.
    pub fn line(&self) -> String {
        match self {
            Self::Words(words) => words.lines().next().unwrap_or_default().to_owned(),
            Self::File(ScenarioError::Invalid(report)) => {
                let error = report.diagnostics.iter().find(|found| found.severity == Severity::Error);
                error.map_or_else(String::new, |found| match found.label.is_empty() {
                    true => found.message.clone(),
                    false => format!("{}: {}", found.message, found.label),
                })
            }
            Self::File(other) => other.to_string(),
        }
    }
}

impl From<ScenarioError> for RowFault {
    fn from(error: ScenarioError) -> Self {
        Self::File(error)
    }
}

/// Why a row has no figures.
#[derive(Debug)]
pub(super) enum RowError {
    /// The row is at fault.
    Refused(RowFault),
    /// It failed, and would again.
    Failed(String),
    /// What ends the batch for now: a signal, a device that was lost, no memory.
    Ends(TrialError),
}

impl From<TrialError> for RowError {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Stopped(_) => Self::Ends(error),
            TrialError::Run(why) if why.may_pass() => Self::Ends(why.into()),
            TrialError::Run(why) if why.is_input() => {
                Self::Refused(RowFault::Words(format!("failed to {why}")))
            }
            TrialError::Scenario(why) => Self::Refused(why.into()),
            TrialError::Input(why) => Self::Refused(RowFault::Words(why)),
            TrialError::Plan(why) => Self::Refused(RowFault::Words(format!("failed to {why}"))),
            other => Self::Failed(format!("failed to {other}")),
        }
    }
}

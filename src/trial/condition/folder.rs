//! The folder of a patient's answer.
//!
//! | file | what it holds |
//! |---|---|
//! | `condition.csv` | a row for each option and day |
//! | `condition.json` | what was asked, and what came out |
//! | `effective.toml` | the patient's file with every default |

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ConditionQuestion, ConditionedPatient};
use crate::scenario::{Scenario, effective_toml};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::folder::{EFFECTIVE, Lock, METADATA, REPORT, lock};
use crate::simulation::{RunError, disk};
use crate::table::{csv, json};
use crate::trial::error::TrialError;

const TABLE: &str = "condition.csv";
const SUMMARY: &str = "condition.json";

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

    /// That of a folder.
    ///
    /// # Errors
    ///
    /// [`TrialError`] for a file that cannot be read, or is damaged.
    pub fn read(dir: &Path) -> Result<Self, TrialError> {
        let path = dir.join(SUMMARY);
        let text = disk::read(&path).map_err(RunError::read(&path))?;
        serde_json::from_slice(&text).map_err(|why| {
            let path = path.display();
            TrialError::Input(format!("`{path}` is damaged ({why}); ask again with --force"))
        })
    }
}

/// Whether a folder is that of a patient's answer.
pub fn is_condition(dir: &Path) -> bool {
    dir.join(SUMMARY).exists()
}

/// A folder for an answer, before there is one.
#[derive(Debug)]
pub struct ConditionFolder(Lock);

impl ConditionFolder {
    /// Takes a folder: a new one, or with `force` that of another answer.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder with something else; as folders fail.
    pub fn take(dir: &Path, force: bool) -> Result<Self, TrialError> {
        let refuse = |what: &str| Err(TrialError::Input(format!("`{}` {what}", dir.display())));
        match (is_condition(dir), dir.join(EFFECTIVE).exists()) {
            (true, _) if !force => {
                return refuse(
                    "holds a patient's answer already; replace it by --force, or choose another folder with --out",
                );
            }
            (false, true) => {
                return refuse("holds the results of another command; choose another folder with --out");
            }
            _ => {}
        }
        disk::make_folder(dir).map_err(RunError::write(dir))?;
        Ok(Self(lock(dir)?))
    }

    /// Writes what came out; what says that there is an answer comes last.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn finish(
        self,
        dir: &Path,
        scenario: &Scenario,
        summary: &ConditionSummary,
    ) -> Result<(), TrialError> {
        for path in [SUMMARY, REPORT, METADATA].map(|name| dir.join(name)) {
            disk::remove(&path).map_err(RunError::write(&path))?;
        }
        let write = |name: &str, bytes: &[u8]| self.0.write(name, |file| file.write_all(bytes));
        write(EFFECTIVE, effective_toml(scenario).as_bytes())?;
        write(TABLE, &csv(summary.conditioned.fan.iter().cloned()))?;
        write(SUMMARY, json(summary).as_bytes())?;
        Ok(())
    }
}

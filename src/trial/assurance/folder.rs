//! The folder of a planned trial.
//!
//! | file | what it holds |
//! |---|---|
//! | `design.csv` | a row for each size of the trial |
//! | `design.json` | what was asked, and what came out |
//! | `effective.toml` | the trial with every default |

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{DesignQuestion, PlannedTrial};
use crate::scenario::{Scenario, effective_toml};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::folder::{EFFECTIVE, Lock, METADATA, REPORT, lock};
use crate::simulation::{RunError, disk};
use crate::table::{csv, json};
use crate::trial::error::TrialError;

const TABLE: &str = "design.csv";
const SUMMARY: &str = "design.json";

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
            TrialError::Input(format!("`{path}` is damaged ({why}); plan the trial again with --force"))
        })
    }
}

/// Whether a folder is that of a planned trial.
pub fn is_design(dir: &Path) -> bool {
    dir.join(SUMMARY).exists()
}

/// A folder for a planned trial, before it is planned.
#[derive(Debug)]
pub struct DesignFolder(Lock);

impl DesignFolder {
    /// Takes a folder: a new one, or with `force` that of another planned trial.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder with something else; as folders fail.
    pub fn take(dir: &Path, force: bool) -> Result<Self, TrialError> {
        let refuse = |what: &str| Err(TrialError::Input(format!("`{}` {what}", dir.display())));
        match (is_design(dir), dir.join(EFFECTIVE).exists()) {
            (true, _) if !force => {
                return refuse(
                    "holds a planned trial already; replace it by --force, or choose another folder with --out",
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

    /// Writes what came out; what says that there is a planned trial comes last.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn finish(self, dir: &Path, scenario: &Scenario, summary: &DesignSummary) -> Result<(), TrialError> {
        for path in [SUMMARY, REPORT, METADATA].map(|name| dir.join(name)) {
            disk::remove(&path).map_err(RunError::write(&path))?;
        }
        let write = |name: &str, bytes: &[u8]| self.0.write(name, |file| file.write_all(bytes));
        write(EFFECTIVE, effective_toml(scenario).as_bytes())?;
        write(TABLE, &csv(summary.planned.sizes.iter().cloned()))?;
        write(SUMMARY, json(summary).as_bytes())?;
        Ok(())
    }
}

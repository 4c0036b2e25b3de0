//! How far a trial has come: what going on with it needs.
//!
//! `checkpoint.json` holds the scenario, what was asked for, the outcomes of all patients who are through, and the lengths of the
//! tables that hold them. It is written aside and renamed, so that it is whole however the trial is stopped; patients who came
//! after it are simulated again, to the same bits. A trial that is done has none.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Course;
use super::folder::Lengths;
use crate::simulation::RunError;
use crate::simulation::checkpoint::{CheckpointError, PROGRAM};
use crate::simulation::folder::write_aside;
use crate::trial::results::Results;
use crate::trial::run::Failure;

/// Name of the file.
pub(super) const CHECKPOINT: &str = "checkpoint.json";

/// How far a trial has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Version of the program; another one may compute other bits.
    pub evotor: String,
    /// The scenario with every default, as `effective.toml` has it.
    pub scenario: String,
    /// What was asked for.
    pub course: Course,
    /// Number of patients who are through, failed ones among them; they are the first of those who were asked for.
    pub through: u32,
    /// Who failed.
    pub failures: Vec<Failure>,
    /// Outcomes of those who are through.
    pub results: Results,
    /// Bytes of the tables.
    pub(super) lengths: Lengths,
}

impl Progress {
    /// Nobody is through yet.
    pub fn new(scenario: String, course: Course, results: Results) -> Self {
        let evotor = PROGRAM.to_owned();
        Self {
            evotor,
            scenario,
            course,
            through: 0,
            failures: Vec::new(),
            results,
            lengths: Lengths::default(),
        }
    }

    /// How far the trial of a folder has come; `None` where no trial was stopped there.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], and [`RunError::Checkpoint`] for one that is damaged or of another version.
    pub fn read(dir: &Path) -> Result<Option<Self>, RunError> {
        let path = dir.join(CHECKPOINT);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(RunError::read(&path))?;
        /// What every version writes.
        #[derive(Deserialize)]
        struct Head {
            evotor: String,
        }
        let head: Head = serde_json::from_str(&text).map_err(|_| CheckpointError::Foreign)?;
        if head.evotor != PROGRAM {
            return Err(CheckpointError::Program { found: head.evotor }.into());
        }
        let read = serde_json::from_str(&text);
        Ok(Some(read.map_err(|_| CheckpointError::Malformed("a part of it is missing or changed"))?))
    }

    /// Writes it into the folder of the trial.
    pub(super) fn write(&self, dir: &Path) -> Result<(), RunError> {
        let text = serde_json::to_string(self);
        let text = text.unwrap_or_else(|e| unreachable!("plain data becomes text: {e}"));
        write_aside(&dir.join(CHECKPOINT), |file| file.write_all(text.as_bytes()))
    }
}

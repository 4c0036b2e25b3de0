//! What a batch is.

use serde::{Deserialize, Serialize};

use super::row::{RowResult, RowStatus};
use crate::table::json;
use crate::trial::shard::{PatientRange, Shard};

/// What a batch is: what sets it apart from another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchQuestion {
    /// Version of the program.
    pub evotor: String,
    /// The source that the program was built from, if known.
    pub commit: Option<String>,
    /// Name of the scenario or trial.
    pub scenario: String,
    /// BLAKE3 of its file and of what is set in every row.
    pub source: String,
    /// BLAKE3 of `effective.toml`.
    pub effective: String,
    /// BLAKE3 of the design.
    pub design: String,
    /// Heads of the design's columns.
    pub columns: Vec<String>,
    /// Names of the figures.
    pub figures: Vec<String>,
    /// Rows of the design.
    pub rows: u32,
    /// Size of each cohort, where it is not the file's.
    pub patients: Option<u32>,
    /// Whether by the mean-field surrogate.
    pub surrogate: bool,
    /// Which part of the rows this is; `None`: all.
    pub shard: Option<Shard>,
}

impl BatchQuestion {
    /// The rows that are asked for.
    pub fn range(&self) -> PatientRange {
        self.shard.unwrap_or(Shard { index: 0, of: 1 }).range(self.rows)
    }

    /// What the lines of rows follow.
    pub(super) fn text(&self) -> String {
        json(self)
    }

    /// The first in which two batches differ, the shard apart: what it is, and both values.
    pub fn differs(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let facts = |of: &Self| {
            let by = if of.surrogate { "by the surrogate" } else { "by agents" };
            [
                ("version", of.evotor.clone()),
                ("commit", of.commit.clone().unwrap_or_else(|| "unknown".to_owned())),
                ("scenario", of.scenario.clone()),
                ("number of rows", of.rows.to_string()),
                ("columns", of.columns.join(", ")),
                ("design (BLAKE3)", of.design.clone()),
                ("scenario's file (BLAKE3)", of.source.clone()),
                ("size of cohorts", of.patients.map_or_else(|| "as the file".to_owned(), |n| n.to_string())),
                ("way of computing", by.to_owned()),
                ("effective.toml (BLAKE3)", of.effective.clone()),
                ("figures", of.figures.join(", ")),
            ]
        };
        let mut differing =
            facts(self).into_iter().zip(facts(other)).filter(|((_, one), (_, two))| one != two);
        differing.next().map(|((what, one), (_, two))| (what, one, two))
    }

    /// Whether lines can be those of its rows.
    pub(super) fn can_have(&self, rows: &[RowResult]) -> bool {
        let numbers = self.range().numbers();
        let is_one = |row: &RowResult| {
            let figures = if row.status == RowStatus::Done { self.figures.len() } else { 0 };
            row.cells.len() == self.columns.len() && row.figures.len() == figures
        };
        rows.iter().all(is_one)
            && rows.iter().zip(numbers.clone()).all(|(row, number)| row.row == number)
            && rows.len() <= numbers.count()
    }
}

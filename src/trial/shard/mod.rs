//! A cohort in parts, each computed by a process of its own, and the whole that they are merged to.
//!
//! ```text
//! compare TRIAL --shard 0/4 ─► folder: tables of its patients, outcomes.jsonl, shard.json ─┐
//! compare TRIAL --shard 1/4 ─► …                                                         ─┼─► merge ─► the folder of one process
//! ```
//!
//! A patient is a function of trial, seed and number, so a shard's tables are a part of the whole's. What is made of all patients is
//! made anew from their outcomes, but for compositions, which are sums of integers.

mod coverage;
mod manifest;
mod merge;

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::output::MANIFEST;
pub use coverage::{Coverage, Overlap};
pub(in crate::trial) use manifest::{COMMIT, effective_hash};
pub use manifest::{ShardManifest, TableSeal};
pub use merge::Merge;

/// One of so many parts of a cohort: contiguous ranges of patients, as equal as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which one, from 0.
    pub index: u32,
    /// How many there are.
    pub of: u32,
}

/// Patients with neighbouring numbers, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientRange {
    /// Number of the first patient.
    pub first: u32,
    /// Number of the last patient.
    pub last: u32,
}

impl Shard {
    /// Whether there is such a part of a cohort of this size, and somebody in it.
    pub fn is_part_of(self, patients: u32) -> bool {
        self.index < self.of && self.of <= patients
    }

    /// Its patients; there must be some.
    pub fn range(self, patients: u32) -> PatientRange {
        let begin = |index: u32| (u64::from(index) * u64::from(patients) / u64::from(self.of.max(1))) as u32;
        PatientRange { first: begin(self.index), last: begin(self.index + 1).saturating_sub(1) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((index, of)) if index < of => Ok(Self { index, of }),
            Some((index, of)) if of > 0 => Err(format!(
                "there is no shard {index} of {of}: they are numbered from 0 to {}, as by `--array=0-{0}` of Slurm",
                of - 1
            )),
            _ => Err("a shard is I/N, its number from 0 and how many there are, such as 3/16".to_owned()),
        }
    }
}

impl PatientRange {
    /// Their numbers.
    pub fn numbers(self) -> std::ops::RangeInclusive<u32> {
        self.first..=self.last
    }
}

impl fmt::Display for PatientRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{} to {}", self.first, self.last),
        }
    }
}

#[cfg(test)]
mod tests;

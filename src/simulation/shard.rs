//! A part of many of a kind: patients of a cohort, replicates of a run, rows of a design.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::naming::counted;

/// One of so many parts of a whole: contiguous ranges, as equal as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which one, from 0.
    pub index: u32,
    /// How many there are.
    pub of: u32,
}

/// Patients, replicates or rows with neighbouring numbers, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientRange {
    /// Number of the first one.
    pub first: u32,
    /// Number of the last one.
    pub last: u32,
}

impl Shard {
    /// Whether there is such a part of so many, and something in it.
    pub fn is_part_of(self, all: u32) -> bool {
        self.index < self.of && self.of <= all
    }

    /// Refuses a part of so many that would be empty.
    ///
    /// # Errors
    ///
    /// What is wrong, and the way out; `whole` is what is cut: "a cohort", and `name` what it is made of: "patient".
    pub fn check(self, all: u32, whole: &str, name: &str) -> Result<(), String> {
        if self.is_part_of(all) {
            return Ok(());
        }
        let (all_text, of) = (counted(all.into(), name), self.of);
        Err(format!(
            "{whole} of {all_text} cannot be cut into {of} shards: some would be empty; make at most {all} of it"
        ))
    }

    /// Its numbers; there must be some.
    pub fn range(self, all: u32) -> PatientRange {
        let begin = |index: u32| (u64::from(index) * u64::from(all) / u64::from(self.of.max(1))) as u32;
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

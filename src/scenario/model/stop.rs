//! What ends a run before its time, and what of its states is timed.

use serde::Serialize;

use super::Selector;
use crate::scenario::declare::*;
use crate::scenario::limits::MAX_CELLS;

/// Progression: a live burden of at least `factor` times its start at `observations` consecutive observations. A diameter
/// up by 20 % is a volume up by 1.73.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "stop.progression", heading = "progression = { … }")]
pub struct Progression {
    /// Factor on the burden at step 0.
    #[key(above(1.0, 65_535.0), required, example = 1.73)]
    pub factor: f64,
    /// Number of consecutive observations.
    #[key(name = "observations", formerly = "checks", integer(1, 1_000_000), default = 1, example = 2)]
    pub checks: u32,
    /// Whether a replicate halts there.
    #[key(default = false)]
    pub halt: bool,
}

/// How many of its states a target takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach {
    /// This many live cells (at least 1).
    Cells {
        /// Number of cells.
        cells: u32,
    },
    /// This share of the live cells; 1 is fixation.
    Share {
        /// Share, above 0, at most 1.
        share: f64,
    },
}

/// Rules judged at every observation, for each replicate by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "stop")]
pub struct Stop {
    /// Halt when no live cell is left. In a trial it is `false`: nothing halts, the dead that are left are measured
    /// and cleared.
    #[key(default = true)]
    pub extinction: bool,
    /// Halt when there are at least this many live cells.
    #[key(integer(1, MAX_CELLS), absent = "no limit", example = 50000)]
    pub burden: Option<u32>,
    /// What counts as progression.
    #[key(section, absent = "progression is not judged", example = { factor = 1.73, observations = 2 })]
    pub progression: Option<Progression>,
    /// What states are to reach; at most 8.
    #[key(name = "state", section, absent = "no state is watched")]
    pub targets: Vec<StateTarget>,
}

/// What the live cells of some states are to reach: a first cell, a number, a share, fixation. Give `cells` or
/// `share`. The first observation at which it holds is the replicate's first-passage time, the column `NAME_day` of
/// `replicates.csv`; with `every` as long as the step it is exact to the step.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "stop.state", heading = "[[stop.state]]", given = one_reach)]
pub struct StateTarget {
    /// Name, in the column and as the outcome of a replicate that halts there.
    #[key(name(Word), required, example = "resistant")]
    pub name: String,
    /// Which states count, all together.
    #[key(required, example = "rtk>=1")]
    pub states: Selector,
    /// Live cells of these states that it takes; 1 for the first one.
    #[key(integer(1, MAX_CELLS), absent = "judged by `share`", example = 1)]
    pub cells: Option<u32>,
    /// Share of all live cells that it takes; 1.0 for fixation. Compared exactly, to a billionth.
    #[key(SHARE, absent = "judged by `cells`", example = 1.0)]
    pub share: Option<f64>,
    /// Whether a replicate halts there; if not, its time is noted and it goes on.
    #[key(default = true)]
    pub halt: bool,
}

impl StateTarget {
    /// How many of its states it takes.
    pub fn reach(&self) -> Reach {
        match (self.cells, self.share) {
            (Some(cells), _) => Reach::Cells { cells },
            (None, share) => Reach::Share { share: share.unwrap_or(1.0) },
        }
    }
}

/// A target is either a number of cells or a share.
fn one_reach(reader: &Reader<'_>) {
    reader.exclusive("cells", "share", "remove one: a target is either a number of cells or a share");
    if !reader.has("cells") && !reader.has("share") {
        reader.refuse(
            "",
            "a target without a number",
            "expected `cells` or `share`",
            "write `cells = 1` for the first cell of these states, `share = 1.0` for fixation",
        );
    }
}

//! What ends a run before its time, and what of its states is timed.

use serde::Serialize;

use super::Selector;
use crate::scenario::declare::*;

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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
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

/// What the live cells of some states are to reach.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateTarget {
    /// Name of its column, and of the outcome of a lesion that halts there.
    pub name: String,
    /// Which states count.
    pub states: Selector,
    /// How many it takes.
    pub reach: Reach,
    /// Whether a lesion halts there.
    pub halt: bool,
}

/// Rules judged at every observation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stop {
    /// Halt when no live cell is left (default true).
    pub extinction: bool,
    /// Halt when the live burden is at least this many cells.
    pub burden: Option<u32>,
    /// Progression rule.
    pub progression: Option<Progression>,
    /// Targets of states, in file order.
    pub targets: Vec<StateTarget>,
}

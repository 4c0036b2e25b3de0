//! `[stop]` and its parts: rules judged at every check.

use super::{MOST_CELLS, SHARE, key};
use crate::scenario::table::Fallback::{Absent, Required, Value};
use crate::scenario::table::{Bounds, Kind, NamePattern, Section};

/// `[stop]`.
pub static STOP: Section = Section {
    path: "stop",
    heading: "[stop]",
    doc: "Rules judged at every check, for each replicate by itself.",
    keys: &[
        key(
            "extinction",
            Kind::Flag,
            Value("true"),
            "Halt when no live cell is left. In a trial nothing halts: the dead that are left are measured and cleared.",
            "true",
        ),
        key(
            "burden",
            Kind::Integer { min: 1, max: MOST_CELLS },
            Absent("no limit"),
            "Halt when there are at least this many live cells.",
            "50000",
        ),
        key(
            "progression",
            Kind::Table(&PROGRESSION),
            Absent("progression is not judged"),
            "What counts as progression.",
            "{ factor = 1.73, checks = 2 }",
        ),
        key(
            "state",
            Kind::Tables(&STATE_TARGET),
            Absent("no state is watched"),
            "What states are to reach; at most 8.",
            "[]",
        ),
    ],
};

/// `stop.progression`.
pub static PROGRESSION: Section = Section {
    path: "stop.progression",
    heading: "progression = { … }",
    doc: "Progression: a live burden of at least `factor` times its start at `checks` consecutive checks. A diameter up by 20 % is a volume up by 1.73.",
    keys: &[
        key(
            "factor",
            Kind::Number(Bounds::above(1.0, 65_535.0)),
            Required,
            "Factor on the burden at step 0.",
            "1.73",
        ),
        key(
            "checks",
            Kind::Integer { min: 1, max: 1_000_000 },
            Value("1"),
            "Number of consecutive checks.",
            "2",
        ),
        key("halt", Kind::Flag, Value("false"), "Whether a replicate halts there.", "false"),
    ],
};

/// `[[stop.state]]`.
pub static STATE_TARGET: Section = Section {
    path: "stop.state",
    heading: "[[stop.state]]",
    doc: "What the live cells of some states are to reach: a first cell, a number, a share, fixation. Give `cells` or `share`. The first check at which it holds is the replicate's first-passage time, the column `NAME_day` of `replicates.csv`; with `check` as long as the step it is exact to the step.",
    keys: &[
        key(
            "name",
            Kind::Name(NamePattern::Word),
            Required,
            "Name, in the column and as the outcome of a replicate that halts there.",
            "\"resistant\"",
        ),
        key("states", Kind::Selector, Required, "Which states count, all together.", "\"rtk>=1\""),
        key(
            "cells",
            Kind::Integer { min: 1, max: MOST_CELLS },
            Absent("judged by `share`"),
            "Live cells of these states that it takes; 1 for the first one.",
            "1",
        ),
        key(
            "share",
            Kind::Number(SHARE),
            Absent("judged by `cells`"),
            "Share of all live cells that it takes; 1.0 for fixation. Compared exactly, to a billionth.",
            "1.0",
        ),
        key(
            "halt",
            Kind::Flag,
            Value("true"),
            "Whether a replicate halts there; if not, its time is noted and it goes on.",
            "true",
        ),
    ],
};

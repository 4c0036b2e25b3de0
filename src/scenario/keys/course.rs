//! `[[drug]]` and `[output]`: what happens in the course of a run.

use super::{MOST_CELLS, key};
use crate::scenario::table::Fallback::{Absent, Derived, Required, Value};
use crate::scenario::table::{Bounds, Kind, NamePattern, Section};
use crate::scenario::units::Dimension::Time;

/// `[[drug]]`.
pub static DRUG: Section = Section {
    path: "drug",
    heading: "[[drug]]",
    doc: "A drug and its schedule; what it does stands in `[[rates.effect]]`, `[[rates.rule]]` and `with`.",
    keys: &[
        key("name", Kind::Name(NamePattern::Word), Required, "Name.", "\"rapalog\""),
        key(
            "start",
            Kind::Quantity(Time),
            Value("\"0 d\""),
            "When the schedule begins; not together with `start_burden`.",
            "\"60 d\"",
        ),
        key(
            "start_burden",
            Kind::Integer { min: 1, max: MOST_CELLS },
            Absent("the schedule begins at `start`"),
            "The schedule begins at the first check with at least this many live cells.",
            "20000",
        ),
        key(
            "duration",
            Kind::Quantity(Time),
            Absent("for ever"),
            "Time after the beginning when the schedule ends for good.",
            "\"360 d\"",
        ),
        key(
            "windows",
            Kind::Windows,
            Absent("the whole time"),
            "Half-open windows after the beginning during which the drug may be on, in order and apart.",
            "[[\"0 d\", \"28 d\"], [\"42 d\", \"70 d\"]]",
        ),
        key(
            "cycle",
            Kind::Table(&CYCLE),
            Absent("no cycles"),
            "Repeated on and off phases, counted from the beginning.",
            "{ on = \"28 d\", off = \"14 d\" }",
        ),
        key(
            "adaptive",
            Kind::Table(&ADAPTIVE),
            Absent("not adaptive"),
            "Adaptive therapy; not together with `cycle` or `windows`.",
            "{ off_below = 0.5, on_above = 1.0, every = \"14 d\" }",
        ),
    ],
};

/// `drug.cycle`.
pub static CYCLE: Section = Section {
    path: "drug.cycle",
    heading: "cycle = { … }",
    doc: "Repeated on and off phases, counted from the beginning of the schedule.",
    keys: &[
        key("on", Kind::Quantity(Time), Required, "Length of the on phase, which comes first.", "\"28 d\""),
        key("off", Kind::Quantity(Time), Required, "Length of the off phase.", "\"14 d\""),
    ],
};

/// `drug.adaptive`.
pub static ADAPTIVE: Section = Section {
    path: "drug.adaptive",
    heading: "adaptive = { … }",
    doc: "Adaptive therapy, judged against the live burden at the beginning of the schedule.",
    keys: &[
        key(
            "off_below",
            Kind::Number(Bounds::above(0.0, 1.0)),
            Required,
            "The drug goes off when the burden falls below this fraction.",
            "0.5",
        ),
        key(
            "on_above",
            Kind::Number(Bounds::above(0.0, 16.0)),
            Required,
            "It goes on again when the burden reaches this fraction; above `off_below`.",
            "1.0",
        ),
        key(
            "every",
            Kind::Quantity(Time),
            Required,
            "Time between two monitorings; a whole number of checks.",
            "\"14 d\"",
        ),
    ],
};

/// `[output]`.
pub static OUTPUT: Section = Section {
    path: "output",
    heading: "[output]",
    doc: "Optional outputs.",
    keys: &[
        key(
            "series",
            Kind::Flag,
            Value("true"),
            "Whether the census of every check is written (`series.csv`, `states.csv`). Without it, runs of very many replicates write `replicates.csv` alone; the digest and what halts them are the same.",
            "false",
        ),
        key(
            "snapshots",
            Kind::Times,
            Absent("none"),
            "When pictures of the lattice are written.",
            "[\"0 d\", \"90 d\"]",
        ),
        key(
            "snapshots_every",
            Kind::Quantity(Time),
            Absent("none"),
            "Pictures at the start and after each such time, beside those of `snapshots`.",
            "\"90 d\"",
        ),
        key(
            "frames",
            Kind::Flag,
            Value("true"),
            "Whether the lattice itself is recorded at the times of snapshots (`frames/`), so that `evotor render`, `evotor film` and `evotor export` can draw it later in any view.",
            "false",
        ),
        key(
            "clones",
            Kind::Times,
            Derived("20 evenly spaced checks with the start and the end, unless `clones_every` is given"),
            "When clone sizes are counted.",
            "[\"0 d\", \"360 d\"]",
        ),
        key(
            "clones_every",
            Kind::Quantity(Time),
            Absent("see `clones`"),
            "Clone sizes at the start and after each such time, beside those of `clones`.",
            "\"30 d\"",
        ),
        key(
            "environment",
            Kind::Times,
            Derived("with [vessels] every check, unless `environment_every` is given; else never"),
            "When vessels, perfusion, oxygen and VEGF are averaged over the live cells. With [oxygen].",
            "[\"0 d\", \"14 d\"]",
        ),
        key(
            "environment_every",
            Kind::Quantity(Time),
            Absent("see `environment`"),
            "The same at the start and after each such time, beside `environment`.",
            "\"7 d\"",
        ),
        key(
            "clone_minimum",
            Kind::Integer { min: 1, max: MOST_CELLS },
            Value("1"),
            "Clones smaller than this at every count are left out of the clone tables, unless they are founders or ancestors of others; their cells count as those of the nearest ancestor that is there.",
            "10",
        ),
        key(
            "detailed_replicates",
            Kind::Integer { min: 0, max: 1_000_000 },
            Value("1"),
            "How many replicates (the first ones) get snapshots, frames, clone tables, and rows of the environment and of daily exposure.",
            "1",
        ),
    ],
};

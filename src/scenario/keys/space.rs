//! `[time]`, `[lattice]`, `[start]` and `[oxygen]`.

use super::{FRACTION, MOST_CELLS, SHARE, key, only};
use crate::scenario::table::Fallback::{Derived, Required, RequiredThere, RequiredUnless, Value};
use crate::scenario::table::{Bounds, Kind, Section};
use crate::scenario::units::Dimension::{Density, Length, Pressure, Rate, Time};

/// `[time]`.
pub static TIME: Section = Section {
    path: "time",
    heading: "[time]",
    doc: "The time axis. Every time in the file must be a whole number of steps.",
    keys: &[
        key(
            "step",
            Kind::Quantity(Time),
            Value("\"12 h\""),
            "Length of a step: 1, 2, 3, 4, 6, 8, 12 or 24 h.",
            "\"12 h\"",
        ),
        key(
            "end",
            Kind::Quantity(Time),
            Required,
            "When the run ends; a whole number of checks. In a trial the follow-up of every patient.",
            "\"720 d\"",
        ),
        key(
            "check",
            Kind::Quantity(Time),
            Value("\"1 d\""),
            "Time between two checks: census, stop rules, progression, adaptive therapy. With [therapy] whole days, and such that every visit falls on a check. In a trial a day.",
            "\"1 d\"",
        ),
    ],
};

/// `[lattice]`.
pub static LATTICE: Section = Section {
    path: "lattice",
    heading: "[lattice]",
    doc: "The lattice of one lesion, and where daughters are placed on it.",
    keys: &[
        key(
            "size",
            Kind::Size,
            RequiredUnless("[cohort] has `agents`"),
            "Sites along x, y (up to 65536 each) or along x, y, z (up to 2048 each). `[1000]` or `[1000, 1]` is a row of sites, in one dimension.",
            "[256, 256]",
        ),
        key(
            "neighbourhood",
            Kind::Choice(&["moore", "von_neumann"]),
            Value("\"moore\""),
            "Neighbours of a site: those that share at least a corner, or those that share a face.",
            "\"moore\"",
        ),
        key(
            "boundary",
            Kind::Choice(&["closed", "periodic"]),
            Value("\"closed\""),
            "Beyond the edge lies nothing, or the opposite edge.",
            "\"closed\"",
        ),
        key("site", Kind::Quantity(Length), Value("\"20 um\""), "Edge of a site, at most 1 mm.", "\"20 um\""),
        key(
            "placement",
            Kind::Choice(&["neighbour", "radius", "mixed"]),
            Value("\"neighbour\""),
            "Where a daughter or a migrating cell goes: an empty neighbour; the first empty of some random sites within a radius; any empty site of the lesion (no space, as in branching-process theory).",
            "\"neighbour\"",
        ),
        only(
            key("radius", Kind::Integer { min: 2, max: 8 }, Value("3"), "Radius in site edges.", "3"),
            "placement",
            &["radius"],
        ),
        only(
            key(
                "candidates",
                Kind::Integer { min: 1, max: 31 },
                Value("8"),
                "Number of random sites that are tried.",
                "8",
            ),
            "placement",
            &["radius"],
        ),
    ],
};

/// `[start]`.
pub static START: Section = Section {
    path: "start",
    heading: "[start]",
    doc: "The tumour at step 0.",
    keys: &[
        key(
            "shape",
            Kind::Choice(&["nests", "ball", "disc", "random", "single", "count", "saved"]),
            Value("\"nests\""),
            "Small nests scattered over the lattice; one ball (3D) or disc (2D) at its centre; each site at random; one cell at the centre; a number of cells at random sites; the state that an earlier run saved.",
            "\"nests\"",
        ),
        only(
            key(
                "fraction",
                Kind::Number(SHARE),
                Value("0.12"),
                "Share of all sites that hold a cell.",
                "0.12",
            ),
            "shape",
            &["nests"],
        ),
        only(
            key(
                "radius",
                Kind::Quantity(Length),
                Derived(
                    "80 um for nests, or as near to it as the lattice allows; required for a ball or disc",
                ),
                "Radius of a nest, ball or disc.",
                "\"80 um\"",
            ),
            "shape",
            &["nests", "ball", "disc"],
        ),
        only(
            key(
                "packing",
                Kind::Number(SHARE),
                Value("0.6"),
                "Probability that a site within a nest holds a cell; loose nests leave room to divide.",
                "0.6",
            ),
            "shape",
            &["nests"],
        ),
        only(
            key(
                "density",
                Kind::Number(SHARE),
                RequiredThere,
                "Probability that a site holds a cell.",
                "0.1",
            ),
            "shape",
            &["random"],
        ),
        only(
            key("cells", Kind::Integer { min: 1, max: MOST_CELLS }, RequiredThere, "Number of cells.", "100"),
            "shape",
            &["count"],
        ),
        only(
            key(
                "path",
                Kind::Text,
                RequiredThere,
                "Saved state, relative to the scenario file.",
                "\"results/first-run/checkpoint.evotor\"",
            ),
            "shape",
            &["saved"],
        ),
        key(
            "composition",
            Kind::Shares,
            Derived(
                "every cell is sensitive; with phenotype = \"signalling\" the fractions of [patient], of the loci that the scenario has",
            ),
            "Starting states, each with a fraction, such as `\"rtk=1\" = 0.02`, or with an exact number of live cells, such as `\"rtk=1\" = \"50 cells\"`; loci that are not named are at level 0. A fraction is the probability of each cell, so that numbers vary by chance. Where both stand together, the exact numbers are drawn first, from all live cells, and fractions are of the cells that are left. What is left is sensitive; `sensitive` itself may be written: fractions must then sum to 1, and numbers to those of the start, where it has a known one.",
            "{ \"rtk=1\" = 0.02 }",
        ),
        only(
            key(
                "dead",
                Kind::NumberOr(Bounds::closed(0.0, 0.99), "equilibrium"),
                Derived("0; with phenotype = \"signalling\" \"equilibrium\""),
                "Share of dead cells among the cells, or \"equilibrium\": the share at which deaths and clearance balance in the untreated tumour.",
                "0.1",
            ),
            "shape",
            &["nests", "ball", "disc", "random", "single", "count"],
        ),
    ],
};

/// `[oxygen]`.
pub static OXYGEN: Section = Section {
    path: "oxygen",
    heading: "[oxygen]",
    doc: "Oxygen that diffuses from vessels, whose density is constant unless there is [vessels], and is consumed by live cells.",
    keys: &[
        key(
            "vessels",
            Kind::Quantity(Density),
            Value("\"300 /mm2\""),
            "Microvessel density.",
            "\"300 /mm2\"",
        ),
        key(
            "vessel_pressure",
            Kind::Quantity(Pressure),
            Value("\"40 mmHg\""),
            "Partial pressure in the vessels.",
            "\"40 mmHg\"",
        ),
        key(
            "diffusion_length",
            Kind::Quantity(Length),
            Value("\"150 um\""),
            "Diffusion length in tissue full of cells.",
            "\"150 um\"",
        ),
        key(
            "hypoxic",
            Kind::Quantity(Pressure),
            Value("\"5 mmHg\""),
            "Below this pressure birth is slowed.",
            "\"5 mmHg\"",
        ),
        key(
            "hypoxic_birth_factor",
            Kind::Number(FRACTION),
            Value("0.3"),
            "Factor on birth below `hypoxic`.",
            "0.3",
        ),
        key(
            "anoxic",
            Kind::Quantity(Pressure),
            Value("\"1 mmHg\""),
            "Below this pressure death is raised.",
            "\"1 mmHg\"",
        ),
        key(
            "anoxic_death",
            Kind::Quantity(Rate),
            Value("\"0.01 /d\""),
            "Added to the death rate below `anoxic`.",
            "\"0.01 /d\"",
        ),
        key("sweeps", Kind::Integer { min: 2, max: 16 }, Value("4"), "Relaxation sweeps a step; even.", "4"),
    ],
};

//! The sections and keys of a scenario file, format version 1.

use super::table::{Bounds, Fallback, Key, Kind, NamePattern, Only, Section};
use super::units::Dimension;

use Dimension::{Density, Length, PerDivision, Pressure, Rate, Time};
use Fallback::{Absent, Derived, Required, RequiredThere, Value};

/// The format version that this program writes and reads.
pub const FORMAT: u64 = 1;

/// Largest number of steps in a run.
pub const MOST_STEPS: u32 = 10_000_000;

/// Largest number of cells or sites that a scenario may name: site numbers have 31 bits.
pub const MOST_CELLS: u64 = (1 << 31) - 1;

const FACTOR: Bounds = Bounds::closed(0.0, 1000.0);
const FRACTION: Bounds = Bounds::closed(0.0, 1.0);
const SHARE: Bounds = Bounds::above(0.0, 1.0);

const fn key(
    name: &'static str,
    kind: Kind,
    default: Fallback,
    doc: &'static str,
    example: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        only: None,
        doc,
        example,
    }
}

const fn only(mut key: Key, other: &'static str, values: &'static [&'static str]) -> Key {
    key.only = Some(Only { key: other, values });
    key
}

/// The top level of the file.
pub static ROOT: Section = Section {
    path: "",
    heading: "top level",
    doc: "Keys that stand before the first section.",
    keys: &[
        key(
            "format",
            Kind::Integer {
                min: 0,
                max: u32::MAX as u64,
            },
            Value("1"),
            "Version of this file format; this program reads version 1.",
            "1",
        ),
        key(
            "name",
            Kind::Name(NamePattern::Slug),
            Required,
            "Short name, used in file names and pictures.",
            "\"first-run\"",
        ),
        key(
            "description",
            Kind::Text,
            Value("\"\""),
            "Free text that is shown in summaries.",
            "\"A first run.\"",
        ),
        key(
            "seed",
            Kind::Integer {
                min: 0,
                max: i64::MAX as u64,
            },
            Value("1"),
            "Seed that, with the scenario, decides every bit of the result.",
            "1",
        ),
        key(
            "replicates",
            Kind::Integer {
                min: 1,
                max: 1_000_000,
            },
            Value("1"),
            "Number of independent replicates that run as one batch.",
            "200",
        ),
        key(
            "mutation_amplification",
            Kind::Number(Bounds::closed(0.0, 1e9)),
            Value("1.0"),
            "Factor on every mutation rate per division; 1 leaves the rates of the literature. Results repeat it when it is not 1.",
            "1000.0",
        ),
        key(
            "loci",
            Kind::Names(NamePattern::Word),
            Derived("the catalogue's loci that are on by default"),
            "Loci taken from the catalogue, in the order in which they are packed into a cell's state; `[]` for none.",
            "[\"tsc\", \"rtk\"]",
        ),
        key(
            "time",
            Kind::Table(&TIME),
            Required,
            "Time axis.",
            "{ end = \"720 d\" }",
        ),
        key(
            "lattice",
            Kind::Table(&LATTICE),
            Required,
            "Lattice and placement.",
            "{ size = [256, 256] }",
        ),
        key(
            "start",
            Kind::Table(&START),
            Required,
            "Tumour at step 0.",
            "{ shape = \"single\" }",
        ),
        key(
            "locus",
            Kind::Tables(&LOCUS),
            Absent("no locus beside those of `loci`"),
            "Loci that are added to those of `loci`, or that override one of the catalogue by having its name.",
            "[]",
        ),
        key(
            "rates",
            Kind::Table(&RATES),
            Required,
            "Rates of cells.",
            "{ birth = \"0.025 /d\", death = \"0.02 /d\" }",
        ),
        key(
            "drug",
            Kind::Tables(&DRUG),
            Absent("no drugs"),
            "Drugs and their schedules; at most 8.",
            "[]",
        ),
        key(
            "oxygen",
            Kind::Table(&OXYGEN),
            Absent("every site is well supplied"),
            "Oxygen field; the section itself, even empty, switches it on.",
            "{}",
        ),
        key(
            "stop",
            Kind::Table(&STOP),
            Value("{}"),
            "Rules judged at every check.",
            "{}",
        ),
        key(
            "output",
            Kind::Table(&OUTPUT),
            Value("{}"),
            "Optional outputs.",
            "{}",
        ),
    ],
};

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
            "When the run ends; a whole number of checks.",
            "\"720 d\"",
        ),
        key(
            "check",
            Kind::Quantity(Time),
            Value("\"1 d\""),
            "Time between two checks: census, stop rules, progression, adaptive therapy.",
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
            Required,
            "Sites along x, y (8 to 65536 each) or along x, y, z (8 to 2048 each).",
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
        key(
            "site",
            Kind::Quantity(Length),
            Value("\"20 um\""),
            "Edge of a site, at most 1 mm.",
            "\"20 um\"",
        ),
        key(
            "placement",
            Kind::Choice(&["neighbour", "radius", "mixed"]),
            Value("\"neighbour\""),
            "Where a daughter or a migrating cell goes: an empty neighbour; the first empty of some random sites within a radius; any empty site of the lesion (no space, as in branching-process theory).",
            "\"neighbour\"",
        ),
        only(
            key(
                "radius",
                Kind::Integer { min: 2, max: 8 },
                Value("3"),
                "Radius in site edges.",
                "3",
            ),
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
            Kind::Choice(&[
                "nests", "ball", "disc", "random", "single", "count", "saved",
            ]),
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
                Derived("80 um for nests; required for a ball or disc"),
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
            key(
                "cells",
                Kind::Integer {
                    min: 1,
                    max: MOST_CELLS,
                },
                RequiredThere,
                "Number of cells.",
                "100",
            ),
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
            Absent("every cell is sensitive"),
            "Fractions of the starting states, such as `\"rtk=1\" = 0.02`; loci that are not named are at level 0. What is left is sensitive; `sensitive` itself may be written, and then the fractions must sum to 1.",
            "{ \"rtk=1\" = 0.02 }",
        ),
    ],
};

/// `[[locus]]`.
pub static LOCUS: Section = Section {
    path: "locus",
    heading: "[[locus]]",
    doc: "A heritable trait with two to four levels; level 0 is the sensitive one. All loci together have at most 12 bits: one for two levels, two for three or four.",
    keys: &[
        key(
            "name",
            Kind::Name(NamePattern::Word),
            Required,
            "Name, as used in selectors.",
            "\"rtk\"",
        ),
        key(
            "description",
            Kind::Text,
            Value("\"\""),
            "What it is, in one sentence.",
            "\"RTK upregulation\"",
        ),
        key(
            "levels",
            Kind::Names(NamePattern::Word),
            Required,
            "Names of the levels, level 0 first.",
            "[\"normal\", \"up\"]",
        ),
        key(
            "birth_factor",
            Kind::Numbers(FACTOR),
            Derived("1 at every level"),
            "Factor on the birth rate at each level (fitness cost or gain); 1 at level 0.",
            "[1.0, 0.9]",
        ),
        key(
            "change",
            Kind::Tables(&CHANGE),
            Absent("the locus never changes"),
            "Possible changes of the level.",
            "[]",
        ),
    ],
};

/// `[[locus.change]]`.
pub static CHANGE: Section = Section {
    path: "locus.change",
    heading: "[[locus.change]]",
    doc: "One possible change of a locus: either `mutation` or `switching` is given.",
    keys: &[
        key(
            "from",
            Kind::Integer { min: 0, max: 3 },
            Required,
            "Level before.",
            "0",
        ),
        key(
            "to",
            Kind::Integer { min: 0, max: 3 },
            Required,
            "Level after.",
            "1",
        ),
        key(
            "mutation",
            Kind::Quantity(PerDivision),
            Absent("the change is a switching"),
            "Probability per completed division; each daughter draws at half of it. A mutation founds a clone.",
            "\"1e-4 /division\"",
        ),
        key(
            "switching",
            Kind::Quantity(Rate),
            Absent("the change is a mutation"),
            "Rate of a live cell; inherited, founds no clone.",
            "\"4e-4 /d\"",
        ),
        key(
            "with",
            Kind::Induced,
            Absent("drugs do not alter the rate"),
            "Rates that replace the one above while the named drug is on; the largest where several are on.",
            "{ rapalog = \"4e-4 /d\" }",
        ),
        key(
            "source",
            Kind::Text,
            Value("\"\""),
            "Where the number comes from.",
            "\"BMC Cancer 10:3\"",
        ),
        key(
            "confidence",
            Kind::Choice(&["A", "B", "C"]),
            Value("\"C\""),
            "A: direct human number; B: one good study; C: order of magnitude or a choice of the model.",
            "\"C\"",
        ),
    ],
};

/// `[rates]`.
pub static RATES: Section = Section {
    path: "rates",
    heading: "[rates]",
    doc: "Rates of a cell. For a state and a set of drugs that are on: the rates of this section, changed by every matching rule in file order; birth multiplied by the birth factors of the cell's levels; then the effects of every drug that is on.",
    keys: &[
        key(
            "birth",
            Kind::Quantity(Rate),
            Required,
            "Division attempts of the sensitive cell.",
            "\"0.025 /d\"",
        ),
        key(
            "death",
            Kind::Quantity(Rate),
            Required,
            "Deaths of the sensitive cell.",
            "\"0.0215 /d\"",
        ),
        key(
            "migration",
            Kind::Quantity(Rate),
            Value("\"0 /d\""),
            "Moves of the sensitive cell.",
            "\"0.01 /d\"",
        ),
        key(
            "kill_at_division",
            Kind::Number(FRACTION),
            Value("0.0"),
            "Probability that a division attempt kills the mother instead.",
            "0.1",
        ),
        key(
            "clearance",
            Kind::QuantityOr(Rate, "at once"),
            Value("\"0.1 /d\""),
            "Rate at which dead cells give their site free, or \"at once\".",
            "\"0.1 /d\"",
        ),
        key(
            "rule",
            Kind::Tables(&RULE),
            Absent("no rules"),
            "Rates that replace those above for some states.",
            "[]",
        ),
        key(
            "effect",
            Kind::Tables(&EFFECT),
            Absent("no effects"),
            "What drugs do.",
            "[]",
        ),
    ],
};

/// `[[rates.rule]]`.
pub static RULE: Section = Section {
    path: "rates.rule",
    heading: "[[rates.rule]]",
    doc: "Replaces rates of the selected states, while all of the named drugs are on.",
    keys: &[
        key(
            "states",
            Kind::Selector,
            Value("\"any\""),
            "Which states.",
            "\"rtk>=1\"",
        ),
        key(
            "drugs",
            Kind::Names(NamePattern::Word),
            Value("[]"),
            "Drugs that must all be on; none means always.",
            "[\"rapalog\"]",
        ),
        key(
            "birth",
            Kind::Quantity(Rate),
            Absent("unchanged"),
            "New birth rate.",
            "\"0.02 /d\"",
        ),
        key(
            "death",
            Kind::Quantity(Rate),
            Absent("unchanged"),
            "New death rate.",
            "\"0.02 /d\"",
        ),
        key(
            "migration",
            Kind::Quantity(Rate),
            Absent("unchanged"),
            "New migration rate.",
            "\"0.02 /d\"",
        ),
        key(
            "kill_at_division",
            Kind::Number(FRACTION),
            Absent("unchanged"),
            "New kill probability.",
            "0.1",
        ),
    ],
};

/// `[[rates.effect]]`.
pub static EFFECT: Section = Section {
    path: "rates.effect",
    heading: "[[rates.effect]]",
    doc: "What a drug does to the selected states while it is on. Several effects combine: factors multiply, additions add, kill probabilities a and b become 1-(1-a)(1-b).",
    keys: &[
        key(
            "drug",
            Kind::Name(NamePattern::Word),
            Required,
            "Name of the drug.",
            "\"rapalog\"",
        ),
        key(
            "states",
            Kind::Selector,
            Value("\"any\""),
            "Which states.",
            "\"sensitive\"",
        ),
        key(
            "birth_factor",
            Kind::Number(FACTOR),
            Value("1.0"),
            "Factor on the birth rate.",
            "0.3",
        ),
        key(
            "death_factor",
            Kind::Number(FACTOR),
            Value("1.0"),
            "Factor on the death rate.",
            "1.2",
        ),
        key(
            "death_add",
            Kind::Quantity(Rate),
            Value("\"0 /d\""),
            "Added to the death rate.",
            "\"0.0008 /d\"",
        ),
        key(
            "migration_factor",
            Kind::Number(FACTOR),
            Value("1.0"),
            "Factor on the migration rate.",
            "0.5",
        ),
        key(
            "kill_at_division",
            Kind::Number(FRACTION),
            Value("0.0"),
            "Probability that a division attempt kills the mother instead.",
            "0.1",
        ),
    ],
};

/// `[[drug]]`.
pub static DRUG: Section = Section {
    path: "drug",
    heading: "[[drug]]",
    doc: "A drug and its schedule; what it does stands in `[[rates.effect]]`, `[[rates.rule]]` and `with`.",
    keys: &[
        key(
            "name",
            Kind::Name(NamePattern::Word),
            Required,
            "Name.",
            "\"rapalog\"",
        ),
        key(
            "start",
            Kind::Quantity(Time),
            Value("\"0 d\""),
            "When the schedule begins; not together with `start_burden`.",
            "\"60 d\"",
        ),
        key(
            "start_burden",
            Kind::Integer {
                min: 1,
                max: MOST_CELLS,
            },
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
        key(
            "on",
            Kind::Quantity(Time),
            Required,
            "Length of the on phase, which comes first.",
            "\"28 d\"",
        ),
        key(
            "off",
            Kind::Quantity(Time),
            Required,
            "Length of the off phase.",
            "\"14 d\"",
        ),
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

/// `[oxygen]`.
pub static OXYGEN: Section = Section {
    path: "oxygen",
    heading: "[oxygen]",
    doc: "Oxygen that diffuses from vessels of constant density and is consumed by live cells.",
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
        key(
            "sweeps",
            Kind::Integer { min: 2, max: 16 },
            Value("4"),
            "Relaxation sweeps a step; even.",
            "4",
        ),
    ],
};

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
            "Halt when no live cell is left.",
            "true",
        ),
        key(
            "burden",
            Kind::Integer {
                min: 1,
                max: MOST_CELLS,
            },
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
            Kind::Integer {
                min: 1,
                max: 1_000_000,
            },
            Value("1"),
            "Number of consecutive checks.",
            "2",
        ),
        key(
            "halt",
            Kind::Flag,
            Value("false"),
            "Whether a replicate halts there.",
            "false",
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
            "clones",
            Kind::Times,
            Derived(
                "20 evenly spaced checks with the start and the end, unless `clones_every` is given",
            ),
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
            "clone_minimum",
            Kind::Integer {
                min: 1,
                max: MOST_CELLS,
            },
            Value("1"),
            "Clones smaller than this at every count are left out of the clone tables, unless they are ancestors of others.",
            "10",
        ),
        key(
            "detailed_replicates",
            Kind::Integer {
                min: 0,
                max: 1_000_000,
            },
            Value("1"),
            "How many replicates (the first ones) get snapshots and clone tables.",
            "1",
        ),
    ],
};

/// The catalogue of loci, which is a file of its own.
pub static CATALOGUE: Section = Section {
    path: "catalogue",
    heading: "catalogue",
    doc: "The catalogue of loci that is part of the program.",
    keys: &[
        key(
            "on_by_default",
            Kind::Names(NamePattern::Word),
            Required,
            "Loci that a scenario has unless it says otherwise.",
            "[\"tsc\"]",
        ),
        key("locus", Kind::Tables(&LOCUS), Required, "The loci.", "[]"),
    ],
};

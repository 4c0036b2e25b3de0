//! What a drug of the catalogue does: in the body, on nodes of the network, to vessels and to cells.

use super::{FACTOR, FRACTION, SHARE, key, only};
use crate::scenario::table::Fallback::{Absent, Required, RequiredThere, Value};
use crate::scenario::table::{Bounds, Key, Kind, Measure, Section};
use crate::scenario::units::Dimension::{
    AbsorbedDose, Clearance, Concentration, DoseByActivity, MolarMass, Molarity, PerGray, Rate, Time, Volume,
    Weight,
};

const FLOW: Kind = Kind::Sourced(Measure::positive(Clearance, "L/h"));
const VOLUME: Kind = Kind::Sourced(Measure::positive(Volume, "L"));
const PER_HOUR: Kind = Kind::Sourced(Measure::positive(Rate, "/h"));
const HOURS: Kind = Kind::Sourced(Measure::positive(Time, "h"));
const PART: Kind = Kind::Sourced(Measure::Plain(FRACTION));
const UNBOUND: Kind = Kind::Sourced(Measure::Plain(SHARE));
const TIMES: Kind = Kind::Sourced(Measure::Plain(FACTOR));
const SHIFT: Kind = Kind::Sourced(Measure::Plain(Bounds::closed(0.0, 1e9)));
const HILL: Kind = Kind::Sourced(Measure::Plain(Bounds::above(0.0, 20.0)));
const EXPONENT: Kind = Kind::Sourced(Measure::Plain(Bounds::closed(-3.0, 3.0)));
const CV: Kind = Kind::Sourced(Measure::Plain(Bounds::closed(0.0, 10.0)));

/// A value with a source for a default that leaves things as they are.
const ONE: &str = "{ value = 1.0, source = \"default\", confidence = \"C\" }";
const NONE: &str = "{ value = 0.0, source = \"default\", confidence = \"C\" }";
const NO_RATE: &str = "{ value = \"0 /d\", source = \"default\", confidence = \"C\" }";

const NODES: &[&str] = &[
    "mtor_allosteric",
    "mtor_kinase",
    "mtor_bivalent",
    "pi3k",
    "mek",
    "raf",
    "rtk",
    "growth_factor",
    "sstr",
    "gsk3",
    "aurora",
];

const ANALYTE: Key = key(
    "analyte",
    Kind::Choice(&["parent", "metabolite", "sum"]),
    Value("\"parent\""),
    "Which concentration counts.",
    "\"sum\"",
);

/// `[catalogue.drug.pk]`.
pub static PK: Section = Section {
    path: "catalogue.drug.pk",
    heading: "[catalogue.drug.pk]",
    doc: "A linear compartment model. A dose goes into the depot if there is a `release`, else into the gut if there is an `absorption`, else into the central compartment.",
    keys: &[
        key(
            "matrix",
            Kind::Choice(&["whole blood", "plasma", "serum"]),
            Value("\"plasma\""),
            "What concentrations are measured in.",
            "\"whole blood\"",
        ),
        key("clearance", FLOW, Required, "Clearance; apparent, CL/F, for an oral drug.", "\"17.4 L/h\""),
        key("volume", VOLUME, Required, "Central volume; apparent, V/F, for an oral drug.", "\"25.2 L\""),
        key(
            "bioavailability",
            Kind::Sourced(Measure::Plain(Bounds::above(0.0, 10.0))),
            Value(ONE),
            "Bioavailability relative to the apparent values.",
            "1.0",
        ),
        key(
            "occasion_cv",
            CV,
            Value(NONE),
            "Coefficient of variation of bioavailability between days of one patient.",
            "0.192",
        ),
        key("unbound", UNBOUND, Required, "Unbound share of the measured concentration.", "0.05"),
        key(
            "hepatic_flow",
            FLOW,
            Absent("no first pass through the liver"),
            "Hepatic blood flow of a well-stirred first pass.",
            "\"80 L/h\"",
        ),
        key(
            "infusion",
            HOURS,
            Absent("an instant dose"),
            "Duration of an infusion, at most a year.",
            "\"0.5 h\"",
        ),
        key("residual_cv", CV, Absent("unknown"), "Proportional error of a measured concentration.", "0.273"),
        key(
            "residence",
            HOURS,
            Absent("the effect follows at once"),
            "Half-life at the site of action, by which effects lag behind concentrations.",
            "\"72 h\"",
        ),
        key("exchange", Kind::Table(&EXCHANGE), Absent("one compartment"), "Peripheral compartment.", "{}"),
        key(
            "absorption",
            Kind::Table(&ABSORPTION),
            Absent("none"),
            "Absorption from the gut or from under the skin.",
            "{}",
        ),
        key("release", Kind::Tables(&RELEASE), Absent("no depot"), "Release from a depot.", "[]"),
        key("recirculation", Kind::Table(&RECIRCULATION), Absent("none"), "Enterohepatic circulation.", "{}"),
        key(
            "metabolite",
            Kind::Table(&METABOLITE),
            Absent("none that is active"),
            "Active metabolite.",
            "{}",
        ),
        key(
            "correlation",
            Kind::Tables(&CORRELATION),
            Absent("none"),
            "Correlations between patients.",
            "[]",
        ),
        key(
            "allometry",
            Kind::Table(&ALLOMETRY),
            Absent("body weight does not matter"),
            "Scaling with body weight.",
            "{}",
        ),
    ],
};

const EXCHANGE_KEYS: &[Key] = &[
    key("clearance", FLOW, Required, "Clearance between the compartments, Q.", "\"51.1 L/h\""),
    key("volume", VOLUME, Required, "Volume of the peripheral compartment.", "\"400 L\""),
];

/// `[catalogue.drug.pk.exchange]`.
pub static EXCHANGE: Section = Section {
    path: "catalogue.drug.pk.exchange",
    heading: "[catalogue.drug.pk.exchange]",
    doc: "Peripheral compartment of the drug.",
    keys: EXCHANGE_KEYS,
};

/// `[catalogue.drug.pk.metabolite.exchange]`.
pub static METABOLITE_EXCHANGE: Section = Section {
    path: "catalogue.drug.pk.metabolite.exchange",
    heading: "[catalogue.drug.pk.metabolite.exchange]",
    doc: "Peripheral compartment of the metabolite.",
    keys: EXCHANGE_KEYS,
};

/// `[catalogue.drug.pk.absorption]`.
pub static ABSORPTION: Section = Section {
    path: "catalogue.drug.pk.absorption",
    heading: "[catalogue.drug.pk.absorption]",
    doc: "First-order absorption, after transit compartments if there are any.",
    keys: &[
        key("rate", PER_HOUR, Required, "Absorption rate, ka.", "\"0.647 /h\""),
        key("transit", Kind::Integer { min: 0, max: 40 }, Value("0"), "Transit compartments before.", "4"),
        key(
            "transit_time",
            HOURS,
            Absent("needed if there are transit compartments"),
            "Mean time through them.",
            "\"1.6 h\"",
        ),
    ],
};

/// `[[catalogue.drug.pk.release]]`.
pub static RELEASE: Section = Section {
    path: "catalogue.drug.pk.release",
    heading: "[[catalogue.drug.pk.release]]",
    doc: "A share of a depot and when it is released, in the order of time; the shares sum to 1.",
    keys: &[
        key("fraction", PART, Required, "Share of the dose.", "0.8"),
        key(
            "transit",
            Kind::Integer { min: 0, max: 40 },
            Value("1"),
            "Compartments of the chain: 0 a burst, 1 a first-order release, more a delayed one.",
            "6",
        ),
        key(
            "mean_time",
            Kind::Sourced(Measure::quantity(Time, "h")),
            Value("{ value = \"0 h\", source = \"default: a burst\", confidence = \"C\" }"),
            "Mean time to release; 0 for a burst.",
            "\"806 h\"",
        ),
    ],
};

/// `[catalogue.drug.pk.recirculation]`.
pub static RECIRCULATION: Section = Section {
    path: "catalogue.drug.pk.recirculation",
    heading: "[catalogue.drug.pk.recirculation]",
    doc: "Enterohepatic circulation: part of what is eliminated waits in the bile and is absorbed again.",
    keys: &[
        key(
            "fraction",
            Kind::Sourced(Measure::Plain(Bounds::closed(0.0, 0.99))),
            Required,
            "Share of the elimination that goes to the bile.",
            "0.5",
        ),
        key("rate", PER_HOUR, Required, "Rate at which the bile is emptied.", "\"0.1 /h\""),
    ],
};

/// `[catalogue.drug.pk.metabolite]`.
pub static METABOLITE: Section = Section {
    path: "catalogue.drug.pk.metabolite",
    heading: "[catalogue.drug.pk.metabolite]",
    doc: "An active metabolite.",
    keys: &[
        key("name", Kind::Text, Required, "Its name.", "\"SU12662\""),
        key("fraction", UNBOUND, Required, "Share of the parent's clearance that forms it, by mass.", "0.21"),
        key("clearance", FLOW, Required, "Its clearance.", "\"17.1 L/h\""),
        key("volume", VOLUME, Required, "Its central volume.", "\"635 L\""),
        key("unbound", UNBOUND, Required, "Its unbound share.", "0.1"),
        key(
            "molar_mass",
            Kind::Sourced(Measure::positive(MolarMass, "g/mol")),
            Required,
            "Its molar mass.",
            "\"370.4 g/mol\"",
        ),
        key(
            "exchange",
            Kind::Table(&METABOLITE_EXCHANGE),
            Absent("one compartment"),
            "Its peripheral compartment.",
            "{}",
        ),
    ],
};

/// `[[catalogue.drug.pk.correlation]]`.
pub static CORRELATION: Section = Section {
    path: "catalogue.drug.pk.correlation",
    heading: "[[catalogue.drug.pk.correlation]]",
    doc: "Correlation between patients of two parameters that have a `cv`, named by their keys: `clearance`, `metabolite.volume`, `release[1].fraction`.",
    keys: &[
        key("first", Kind::Text, Required, "One parameter.", "\"clearance\""),
        key("second", Kind::Text, Required, "The other one.", "\"metabolite.clearance\""),
        key(
            "value",
            Kind::Number(Bounds::closed(-1.0, 1.0)),
            Required,
            "Correlation of their logarithms.",
            "0.53",
        ),
    ],
};

/// `[catalogue.drug.pk.allometry]`.
pub static ALLOMETRY: Section = Section {
    path: "catalogue.drug.pk.allometry",
    heading: "[catalogue.drug.pk.allometry]",
    doc: "How body weight scales the model: (weight / reference)^exponent.",
    keys: &[
        key(
            "reference",
            Kind::Quantity(Weight),
            Value("\"70 kg\""),
            "Weight at which the numbers hold.",
            "\"70 kg\"",
        ),
        key(
            "clearance",
            EXPONENT,
            Value("{ value = 0.75, source = \"default: allometry\", confidence = \"C\" }"),
            "Exponent on clearances.",
            "0.75",
        ),
        key(
            "volume",
            EXPONENT,
            Value("{ value = 1.0, source = \"default: allometry\", confidence = \"C\" }"),
            "Exponent on volumes.",
            "1.0",
        ),
        key("peripheral", Kind::Flag, Value("true"), "Whether peripheral compartments scale too.", "true"),
    ],
};

/// `[[catalogue.drug.target]]`.
pub static TARGET: Section = Section {
    path: "catalogue.drug.target",
    heading: "[[catalogue.drug.target]]",
    doc: "What it does at a node of the network: maximum x C^hill / (ec50^hill + C^hill), C unbound.",
    keys: &[
        key("node", Kind::Choice(NODES), Required, "The node.", "\"mtor_allosteric\""),
        ANALYTE,
        key(
            "ec50",
            Kind::Sourced(Measure::positive(Molarity, "nM")),
            Required,
            "Unbound concentration of half the effect.",
            "\"0.1 nM\"",
        ),
        key("hill", HILL, Value(ONE), "Hill exponent.", "1.0"),
        key("maximum", PART, Value(ONE), "Largest effect.", "1.0"),
        key(
            "shift",
            Kind::Tables(&TARGET_SHIFT),
            Absent("the same in all states"),
            "Changes by state.",
            "[]",
        ),
    ],
};

const SHIFT_KEYS: &[Key] = &[
    key("states", Kind::Selector, Required, "Which states.", "\"fkbp12_frb!=none\""),
    key(
        "tsc_context",
        Kind::Choice(&["H", "R"]),
        Absent("all patients"),
        "Only in patients whose TSC loss is hypersensitive (H) or resistant (R).",
        "\"H\"",
    ),
    key("ec50", SHIFT, Value(ONE), "Factor on the concentration of half the effect.", "1e6"),
    key("maximum", TIMES, Value(ONE), "Factor on the largest effect, or on the strength of a kill.", "1.0"),
];

/// `[[catalogue.drug.target.shift]]`.
pub static TARGET_SHIFT: Section = Section {
    path: "catalogue.drug.target.shift",
    heading: "[[catalogue.drug.target.shift]]",
    doc: "How a state changes the effect at the node.",
    keys: SHIFT_KEYS,
};

/// `[[catalogue.drug.kill.shift]]`.
pub static KILL_SHIFT: Section = Section {
    path: "catalogue.drug.kill.shift",
    heading: "[[catalogue.drug.kill.shift]]",
    doc: "How a state changes the kill.",
    keys: SHIFT_KEYS,
};

/// `[catalogue.drug.vascular]`.
pub static VASCULAR: Section = Section {
    path: "catalogue.drug.vascular",
    heading: "[catalogue.drug.vascular]",
    doc: "What it does to vessels, following the daily average of the measured concentration. With the effect E = maximum x C^hill / (ec50^hill + C^hill): VEGF x (1 - trap E), growth of vessels x (1 - formation E), flow x (1 - flow E), loss of vessels + pruning E.",
    keys: &[
        ANALYTE,
        key(
            "ec50",
            Kind::Sourced(Measure::positive(Concentration, "ng/mL")),
            Required,
            "Concentration of half the effect.",
            "\"1 mg*h/L/d\"",
        ),
        key("hill", HILL, Value(ONE), "Hill exponent.", "1.0"),
        key("maximum", PART, Value(ONE), "Largest effect.", "1.0"),
        key("trap", PART, Value(NONE), "Share of VEGF that is trapped at full effect.", "0.5"),
        key(
            "formation",
            PART,
            Value(NONE),
            "Share of the growth of vessels that is lost at full effect.",
            "0.5",
        ),
        key("flow", PART, Value(NONE), "Share of flow that is lost at full effect, after a day.", "0.4"),
        key(
            "pruning",
            Kind::Sourced(Measure::quantity(Rate, "/d")),
            Value(NO_RATE),
            "Added to the loss of vessels at full effect.",
            "\"0.08 /d\"",
        ),
    ],
};

const KILLS: [&str; 3] = ["at_division", "removal", "ablation"];

/// `[[catalogue.drug.kill]]`.
pub static KILL: Section = Section {
    path: "catalogue.drug.kill",
    heading: "[[catalogue.drug.kill]]",
    doc: "How cells are killed directly.",
    keys: &[
        key(
            "kind",
            Kind::Choice(&["death", "at_division", "radiation", "removal", "ablation"]),
            Required,
            "Added to the death rate; at a division attempt; by ionising dose; removed at once; killed at once.",
            "\"death\"",
        ),
        key(
            "node",
            Kind::Choice(NODES),
            Absent("`ec50`, or the dose itself, sets the effect"),
            "Node whose inhibition scales the kill. With kind = \"radiation\" `sstr` alone: the dose is that of a tumour with somatostatin receptors, and in proportion to the patient's.",
            "\"mtor_allosteric\"",
        ),
        only(
            key(
                "rate",
                Kind::Sourced(Measure::quantity(Rate, "/d")),
                RequiredThere,
                "Deaths at full effect.",
                "\"0.0008 /d\"",
            ),
            "kind",
            &["death"],
        ),
        only(
            key(
                "probability",
                PART,
                RequiredThere,
                "Probability of being killed at full effect; of the treated share for procedures.",
                "0.5",
            ),
            "kind",
            &KILLS,
        ),
        only(
            key(
                "dose",
                Kind::Sourced(Measure::quantity(DoseByActivity, "Gy/GBq")),
                RequiredThere,
                "Dose that the tumour absorbs by activity given.",
                "\"3.41 Gy/GBq\"",
            ),
            "kind",
            &["radiation"],
        ),
        key(
            "ec50",
            Kind::Sourced(Measure::positive(Concentration, "ng/mL")),
            Absent("`node`, or the dose itself, sets the effect"),
            "Daily average concentration of half the effect.",
            "\"500 ng/mL\"",
        ),
        only(
            key(
                "mgmt",
                Kind::Sourced(Measure::Plain(Bounds::closed(1.0, 100.0))),
                Absent("MGMT does not matter"),
                "Of an alkylating drug: factor on `ec50` in patients whose cells have MGMT, which repairs what it does, and one over it in those without. Patients of a trial have it or not (`mgmt_low`); in a run it is left out.",
                "2.3",
            ),
            "kind",
            &["death", "at_division"],
        ),
        only(
            key(
                "alpha",
                Kind::Sourced(Measure::positive(PerGray, "/Gy")),
                RequiredThere,
                "Linear coefficient of the linear-quadratic law.",
                "\"0.15 /Gy\"",
            ),
            "kind",
            &["radiation"],
        ),
        only(
            key(
                "alpha_beta",
                Kind::Sourced(Measure::positive(AbsorbedDose, "Gy")),
                RequiredThere,
                "Ratio of its two coefficients.",
                "\"10 Gy\"",
            ),
            "kind",
            &["radiation"],
        ),
        only(
            key("repair", HOURS, RequiredThere, "Half-time of repair.", "\"1.5 h\""),
            "kind",
            &["radiation"],
        ),
        only(
            key("half_life", HOURS, RequiredThere, "Effective half-life in the tumour.", "\"100 h\""),
            "kind",
            &["radiation"],
        ),
        only(
            key(
                "fall_per_cycle",
                Kind::Sourced(Measure::Plain(Bounds::closed(0.0, 0.99))),
                Absent("the same dose in every cycle"),
                "Relative fall of the absorbed dose from cycle to cycle.",
                "0.1",
            ),
            "kind",
            &["radiation"],
        ),
        key("shift", Kind::Tables(&KILL_SHIFT), Absent("the same in all states"), "Changes by state.", "[]"),
    ],
};

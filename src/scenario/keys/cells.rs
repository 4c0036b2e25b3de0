//! `[[locus]]`, `[rates]` and their parts.

use super::{FACTOR, FRACTION, RATES_MODE, key};
use crate::catalogue::{Inducer, NetworkInput};
use crate::scenario::table::Fallback::{Absent, Derived, Required, RequiredIn, Value};
use crate::scenario::table::{Bounds, Key, Kind, NamePattern, Section};
use crate::scenario::units::Dimension::{PerDivision, Rate};

/// `[[locus]]`.
pub static LOCUS: Section = Section {
    path: "locus",
    heading: "[[locus]]",
    doc: "A heritable trait with two to four levels; level 0 is the sensitive one. All loci together have at most 12 bits: one for two levels, two for three or four.",
    keys: &[
        key("name", Kind::Name(NamePattern::Word), Required, "Name, as used in selectors.", "\"rtk\""),
        key("description", Kind::Text, Value("\"\""), "What it is, in one sentence.", "\"RTK upregulation\""),
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
            "network",
            Kind::Tables(&NETWORK),
            Absent("the locus does nothing in the signalling network"),
            "What the levels do in the signalling network.",
            "[]",
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
        key("from", Kind::Integer { min: 0, max: 3 }, Required, "Level before.", "0"),
        key("to", Kind::Integer { min: 0, max: 3 }, Required, "Level after.", "1"),
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
            "induced",
            Kind::Table(&INDUCED),
            Absent("drugs add nothing to the rate through the network"),
            "What drugs add to the rate through the signalling network; without effect on the phenotype of [rates].",
            "{ rate = \"4e-4 /d\", by = \"s6k_inhibition\" }",
        ),
        key(
            "suppressed",
            Kind::Table(&SUPPRESSED),
            Absent("drugs take nothing from the rate through the network"),
            "What drugs take from the rate through the signalling network; without effect on the phenotype of [rates].",
            "{ share = 1.0, by = \"s6k_inhibition\" }",
        ),
        SOURCE,
        CONFIDENCE,
    ],
};

const SOURCE: Key =
    key("source", Kind::Text, Value("\"\""), "Where the number comes from.", "\"BMC Cancer 10:3\"");

const CONFIDENCE: Key = key(
    "confidence",
    Kind::Choice(&["A", "B", "C"]),
    Value("\"C\""),
    "A: direct human number; B: one good study; C: order of magnitude or a choice of the model.",
    "\"C\"",
);

const CV: Key = key(
    "cv",
    Kind::Number(Bounds::closed(0.0, 10.0)),
    Value("0.0"),
    "Coefficient of variation between patients, log-normal; 0 for none.",
    "0.5",
);

const BY: Key = key(
    "by",
    Kind::Choice(&Inducer::NAMES),
    Required,
    "Which inhibition, 0 to 1: the fall of S6K below the same state without drugs, or the share of mTORC1 that a rapalog holds.",
    "\"s6k_inhibition\"",
);

/// `induced = { … }` of a change.
pub static INDUCED: Section = Section {
    path: "locus.change.induced",
    heading: "induced = { … }",
    doc: "Drugs add `rate` times an inhibition to the rate of the change.",
    keys: &[
        key(
            "rate",
            Kind::EitherRate,
            Required,
            "Added at full inhibition, in the unit of the change: per division for a mutation, per day for a switching.",
            "\"4e-4 /d\"",
        ),
        BY,
        CV,
        SOURCE,
        CONFIDENCE,
    ],
};

/// `suppressed = { … }` of a change.
pub static SUPPRESSED: Section = Section {
    path: "locus.change.suppressed",
    heading: "suppressed = { … }",
    doc: "The rate of the change is multiplied by one minus `share` times an inhibition.",
    keys: &[
        key(
            "share",
            Kind::Number(FRACTION),
            Required,
            "Share of the rate that full inhibition removes.",
            "1.0",
        ),
        BY,
        CV,
        SOURCE,
        CONFIDENCE,
    ],
};

/// `[[locus.network]]`.
pub static NETWORK: Section = Section {
    path: "locus.network",
    heading: "[[locus.network]]",
    doc: "What a level of the locus does to one input of the signalling network. Values of several loci for one input are summed (`rtk`, `kras`, `aurka`, `gsk3`, `gsk3_death`); the largest counts (`growth_weights`), the smallest (`coupling`), or they are multiplied (all others).",
    keys: &[
        key(
            "level",
            Kind::Integer { min: 1, max: 3 },
            Required,
            "The level; level 0 is the sensitive cell, to which all is compared.",
            "1",
        ),
        key("input", Kind::Choice(&NetworkInput::NAMES), Required, "The input.", "\"rtk\""),
        key(
            "value",
            Kind::Number(Bounds::closed(0.0, 100.0)),
            Required,
            "Its value; at most 1 for `tsc`, `pten`, `growth_weights` and `coupling`.",
            "1.3",
        ),
        CV,
        SOURCE,
        CONFIDENCE,
    ],
};

/// `[rates]`.
pub static RATES: Section = Section {
    path: "rates",
    heading: "[rates]",
    doc: "Rates of a cell, with phenotype = \"rates\". (With phenotype = \"signalling\" births, deaths and what drugs do follow from the patient and the signalling network: then only `migration` and `clearance` may be given, and the section may be left out.) For a state and a set of drugs that are on: the rates of this section, changed by every matching rule in file order; birth multiplied by the birth factors of the cell's levels; then the effects of every drug that is on.",
    keys: &[
        key(
            "birth",
            Kind::Quantity(Rate),
            RequiredIn(RATES_MODE),
            "Division attempts of the sensitive cell.",
            "\"0.025 /d\"",
        ),
        key(
            "death",
            Kind::Quantity(Rate),
            RequiredIn(RATES_MODE),
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
            "Rate at which dead cells give their site free, or \"at once\" (C; an order of magnitude).",
            "\"0.1 /d\"",
        ),
        key(
            "rule",
            Kind::Tables(&RULE),
            Absent("no rules"),
            "Rates that replace those above for some states.",
            "[]",
        ),
        key("effect", Kind::Tables(&EFFECT), Absent("no effects"), "What drugs do.", "[]"),
    ],
};

/// `[[rates.rule]]`.
pub static RULE: Section = Section {
    path: "rates.rule",
    heading: "[[rates.rule]]",
    doc: "Replaces rates of the selected states, while all of the named drugs are on.",
    keys: &[
        key("states", Kind::Selector, Value("\"any\""), "Which states.", "\"rtk>=1\""),
        key(
            "drugs",
            Kind::Names(NamePattern::Word),
            Value("[]"),
            "Drugs that must all be on; none means always.",
            "[\"rapalog\"]",
        ),
        key("birth", Kind::Quantity(Rate), Absent("unchanged"), "New birth rate.", "\"0.02 /d\""),
        key("death", Kind::Quantity(Rate), Absent("unchanged"), "New death rate.", "\"0.02 /d\""),
        key("migration", Kind::Quantity(Rate), Absent("unchanged"), "New migration rate.", "\"0.02 /d\""),
        key("kill_at_division", Kind::Number(FRACTION), Absent("unchanged"), "New kill probability.", "0.1"),
    ],
};

/// `[[rates.effect]]`.
pub static EFFECT: Section = Section {
    path: "rates.effect",
    heading: "[[rates.effect]]",
    doc: "What a drug does to the selected states while it is on. Effects apply in file order: the death rate is multiplied by `death_factor`, then `death_add` is added; kill probabilities a and b become 1-(1-a)(1-b).",
    keys: &[
        key("drug", Kind::Name(NamePattern::Word), Required, "Name of the drug.", "\"rapalog\""),
        key("states", Kind::Selector, Value("\"any\""), "Which states.", "\"sensitive\""),
        key("birth_factor", Kind::Number(FACTOR), Value("1.0"), "Factor on the birth rate.", "0.3"),
        key("death_factor", Kind::Number(FACTOR), Value("1.0"), "Factor on the death rate.", "1.2"),
        key(
            "death_add",
            Kind::Quantity(Rate),
            Value("\"0 /d\""),
            "Added to the death rate.",
            "\"0.0008 /d\"",
        ),
        key("migration_factor", Kind::Number(FACTOR), Value("1.0"), "Factor on the migration rate.", "0.5"),
        key(
            "kill_at_division",
            Kind::Number(FRACTION),
            Value("0.0"),
            "Probability that a division attempt kills the mother instead.",
            "0.1",
        ),
    ],
};

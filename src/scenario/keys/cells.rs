//! `[[locus]]`, `[rates]` and their parts.

use super::{FACTOR, FRACTION, key};
use crate::scenario::table::Fallback::{Absent, Derived, Required, Value};
use crate::scenario::table::{Kind, NamePattern, Section};
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
        key("source", Kind::Text, Value("\"\""), "Where the number comes from.", "\"BMC Cancer 10:3\""),
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
        key("death", Kind::Quantity(Rate), Required, "Deaths of the sensitive cell.", "\"0.0215 /d\""),
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

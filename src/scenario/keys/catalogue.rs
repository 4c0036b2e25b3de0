//! `[catalogue]`, `[[catalogue.drug]]`, its label and its adverse events; the table of a number.

use super::key;
use crate::catalogue::Drug;
use crate::scenario::declare::Section as _;
use crate::scenario::table::Fallback::{Absent, Required, Value};
use crate::scenario::table::{Bounds, Kind, Section};

/// `[catalogue]`.
pub static DRUGS: Section = Section {
    path: "catalogue",
    heading: "[catalogue]",
    doc: "Drugs of one's own, beside those of the program (`evotor drugs` lists these). A drug that has the name of one of the program takes its place.",
    keys: &[
        key(
            "files",
            Kind::Texts,
            Value("[]"),
            "Files with drugs, relative to the scenario. There the sections below stand without `catalogue.`: `[[drug]]`, `[drug.pk]`.",
            "[\"my-drugs.toml\"]",
        ),
        key(
            "drug",
            Kind::Tables(Drug::SECTION),
            Absent("none in this file"),
            "Drugs defined in this file.",
            "[]",
        ),
    ],
};

/// A file with drugs: one of the catalogue's, or one that `catalogue.files` names.
pub static DRUG_FILE: Section = Section {
    path: "",
    heading: "top level",
    doc: "A file with drugs.",
    keys: &[key("drug", Kind::Tables(Drug::SECTION), Required, "The drugs.", "[]")],
};

/// The table that stands for a number: `{ value = …, cv = …, source = …, confidence = … }`.
pub static NUMBER: Section = Section {
    path: "number",
    heading: "{ value = … }",
    doc: "A number of the catalogue is given with its spread and its source: `clearance = { value = \"17.4 L/h\", cv = 0.351, source = \"de Wit 2016\", confidence = \"A\" }`. In a drug of one's own the value may stand alone: `clearance = \"17.4 L/h\"`.",
    keys: &[
        key(
            "value",
            Kind::Text,
            Required,
            "The number: with its unit in quotes where it has one, else plain.",
            "\"17.4 L/h\"",
        ),
        key(
            "cv",
            Kind::Number(Bounds::closed(0.0, 10.0)),
            Value("0.0"),
            "Coefficient of variation between patients, of a log-normal law; 0: all patients have the value.",
            "0.351",
        ),
        key("source", Kind::Text, Value("\"scenario\""), "Where the number comes from.", "\"de Wit 2016\""),
        key(
            "confidence",
            Kind::Choice(&["A", "B", "C"]),
            Value("\"C\""),
            "A: direct human number; B: one good study; C: order of magnitude or a choice of the model.",
            "\"A\"",
        ),
    ],
};

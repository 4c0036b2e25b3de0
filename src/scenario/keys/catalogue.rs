//! `[catalogue]`, and files of drugs.

use crate::catalogue::Drug;
use crate::scenario::declare::Section as _;
use crate::scenario::table::Fallback::{Absent, Required, Value};
use crate::scenario::table::{Kind, Section, key};

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

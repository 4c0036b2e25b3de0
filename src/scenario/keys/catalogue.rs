//! `[catalogue]`, and files of drugs.

use crate::catalogue::Drug;
use crate::scenario::declare::*;

/// Drugs of one's own, beside those of the program (`evotor drugs` lists these). A drug that has the name of one of the
/// program takes its place.
#[derive(Section)]
#[section(path = "catalogue", keys)]
#[expect(dead_code, reason = "its keys are all that is wanted of it")]
pub(super) struct DrugsKeys {
    /// Files with drugs, relative to the scenario. There the sections below stand without `catalogue.`: `[[drug]]`,
    /// `[drug.pk]`.
    #[key(default = [], example = ["my-drugs.toml"])]
    files: Vec<String>,
    /// Drugs defined in this file.
    #[key(section, absent = "none in this file")]
    drug: Vec<Drug>,
}

/// A file with drugs.
#[derive(Section)]
#[section(path = "", heading = "top level", keys)]
#[expect(dead_code, reason = "its keys are all that is wanted of it")]
pub(super) struct DrugFileKeys {
    /// The drugs.
    #[key(section, required)]
    drug: Vec<Drug>,
}

//! Files of drugs by themselves: a scenario names them, and they can be read without one.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::declare::Section as _;
use super::error::{Diagnostic, MessageStyle, Severity};
use super::keys;
use super::read::catalogue;
use super::render;
use super::report::ScenarioError;
use super::table::Kind;
use crate::catalogue::Drug;

/// A file of drugs with the text that it was read from.
#[derive(Debug, Clone)]
pub struct LoadedDrugs {
    /// The drugs.
    pub drugs: Vec<Drug>,
    /// The file's text.
    pub text: String,
    /// Name of the file, as shown in messages.
    pub file: String,
    /// What is probably not meant.
    pub warnings: Vec<Diagnostic>,
}

impl LoadedDrugs {
    /// The warnings as text, in the manner of a compiler; empty if there are none.
    pub fn render_warnings(&self, style: MessageStyle) -> String {
        render::diagnostics(&self.file, &self.text, &self.warnings, style)
    }
}

/// Reads a file of drugs; `None` if the text is not one.
pub fn parse_drugs(text: &str, file_name: &str) -> Option<Result<LoadedDrugs, ScenarioError>> {
    let (document, _) = DeTable::parse_recoverable(text);
    is_file_of_drugs(document.get_ref()).then(|| read(text, file_name))
}

fn read(text: &str, file_name: &str) -> Result<LoadedDrugs, ScenarioError> {
    let (drugs, found) = catalogue::alone(text);
    match drugs {
        Some(drugs) if found.iter().all(|d| d.severity == Severity::Warning) => {
            let (text, file) = (text.to_owned(), file_name.to_owned());
            Ok(LoadedDrugs { drugs, text, file, warnings: found })
        }
        _ => Err(ScenarioError::Invalid(Box::new(super::report(text, file_name, found)))),
    }
}

/// Sections of which every scenario has one.
const OF_SCENARIOS: [&str; 8] =
    ["format", "time", "lattice", "start", "rates", "therapy", "catalogue", "phenotype"];

/// Whether a file holds drugs of the catalogue and nothing of a scenario.
pub(super) fn is_file_of_drugs(document: &DeTable<'_>) -> bool {
    let Some(drugs) = document.get("drug") else { return false };
    if OF_SCENARIOS.iter().any(|key| document.contains_key(*key)) {
        return false;
    }
    let schedule = keys::ROOT.find("drug").map(|key| &key.kind);
    let of_schedules = |key: &str| matches!(schedule, Some(Kind::Tables(s)) if s.find(key).is_some());
    let known = |key: &str| Drug::SECTION.find(key).is_some() && !of_schedules(key);
    let medicine = |drug: &DeValue<'_>| drug.as_table().is_some_and(|t| t.keys().any(|k| known(k.get_ref())));
    let any = match drugs.get_ref() {
        DeValue::Array(all) => all.iter().any(|drug| medicine(drug.get_ref())),
        other => medicine(other),
    };
    any || document.len() == 1
}

/// The finding about a file of drugs in place of a scenario.
pub(super) fn no_scenario(file_name: &str) -> Diagnostic {
    let name = Path::new(file_name).file_name().unwrap_or_default().to_string_lossy();
    Diagnostic::error(0..0, "this is a file of drugs, and not a scenario")
        .label("expected a scenario, which may name this file")
        .help(format!("write `files = [{name:?}]` into [catalogue] of a scenario; `evotor validate` checks the drugs alone"))
}

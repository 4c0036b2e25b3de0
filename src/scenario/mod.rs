//! The file format: parsing, units, spans, the catalogue, validation.
//!
//! [`load`] and [`parse`] turn a file into a [`Scenario`], with every unit converted and every
//! default filled in, or into a [`Report`] of everything that is wrong with it. [`effective_toml`]
//! writes a scenario out again. What a file may contain is one table of sections and keys
//! ([`keys::ROOT`]), from which reading, [`json_schema`] and [`reference_markdown`] all come.

mod advice;
mod amount;
mod asked;
mod catalogue;
mod catalogue_page;
mod check;
pub(crate) mod context;
mod days;
pub(crate) mod declare;
mod drugs;
mod effective;
pub(crate) mod error;
mod files;
pub mod keys;
pub mod limits;
mod measured;
mod model;
pub(crate) mod nearest;
mod overlay;
mod phenotype;
mod places;
pub(crate) mod read;
mod reader;
mod reference;
pub mod regimen;
mod render;
mod report;
mod schema;
mod selector;
pub(crate) mod shown;
mod sourced;
mod step;
mod syntax;
pub mod table;
mod text_file;
mod typed;
pub mod units;
pub(crate) mod value;
mod words;
mod writer;

pub use advice::cost_of_step;
pub use catalogue::{Catalogue, UnknownDrug};
pub use catalogue_page::catalogue_markdown;
pub use drugs::{LoadedDrugs, parse_drugs};
pub use effective::effective_toml;
pub use error::{Diagnostic, MessageStyle, Severity, SourceText, Span};
pub use model::*;
pub use nearest::nearest;
pub use overlay::{Overlay, Setting};
pub use places::{ChangeSpans, TrialSpans};
pub(crate) use read::arms::MAX_NAME;
pub use reference::reference_markdown;
pub use report::{Report, ScenarioError};
pub use schema::json_schema;
pub use selector::{SelectorError, parse_selector, parse_state, state_text};
pub(crate) use shown::{cut, shown};
use syntax::syntax;
pub use text_file::{TextError, load_text};
pub use words::therapy_text;

use std::path::Path;

use toml::de::DeTable;

use context::Context;
use reader::Reader;

/// The name nearest to a word, if one is near enough to be what was meant.
pub fn nearest_name<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest::nearest(word, names)
}

/// All loci of the catalogue that is part of the program.
pub fn catalogue_loci() -> &'static [Locus] {
    &read::LocusCatalogue::embedded().loci
}

/// Names of the catalogue's loci that a scenario has unless it says otherwise.
pub fn default_loci() -> &'static [String] {
    &read::LocusCatalogue::embedded().on_by_default
}

/// Those that it has beside these where vessels live.
pub fn default_loci_of_vessels() -> &'static [String] {
    &read::LocusCatalogue::embedded().on_with_vessels
}

/// Most findings that a report keeps.
const MAX_FINDINGS: usize = 50;

/// A scenario with the text that it was read from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// The file's text.
    pub text: String,
    /// Name of the file, as shown in messages.
    pub file: String,
    /// What is probably not meant; the scenario runs all the same.
    pub warnings: Vec<Diagnostic>,
    /// Places of what the room of trials judges, of a trial.
    pub trial_spans: Option<TrialSpans>,
    /// What was said in place of the file.
    pub overlay: Overlay,
}

impl Loaded {
    /// The warnings as text, in the manner of a compiler; empty if there are none.
    pub fn render_warnings(&self, style: MessageStyle) -> String {
        render::diagnostics(&self.file, &self.text, &self.warnings, style)
    }

    /// Where a key's value stands, in the file or in what was said in its place.
    pub fn span_of(&self, path: &[&str]) -> Option<Span> {
        let (last, tables) = path.split_last()?;
        let parts = self.overlay.parts(&self.text);
        let mut document = DeTable::parse(&self.text).ok()?.into_inner();
        self.overlay.lay(&parts, &mut document, keys::ROOT);
        let mut table = &document;
        for name in tables {
            table = table.get(*name)?.get_ref().as_table()?;
        }
        table.get(*last).map(|value| value.span())
    }

    /// The scenario refused after all, for what was found at places of it.
    pub fn refused(&self, found: Vec<Diagnostic>) -> ScenarioError {
        let found = self.overlay.placed(&self.text, found);
        ScenarioError::Invalid(Box::new(report(&self.text, &self.file, found)))
    }
}

/// Loads a scenario file.
///
/// # Errors
///
/// [`ScenarioError::Read`] if the file cannot be read as text; else as for [`parse`].
pub fn load(path: &Path) -> Result<Loaded, ScenarioError> {
    load_with(path, &Overlay::default())
}

/// The same with other values of some keys.
///
/// # Errors
///
/// As for [`load`].
pub fn load_with(path: &Path, overlay: &Overlay) -> Result<Loaded, ScenarioError> {
    let text = read_file(path)?;
    let base = path.parent().unwrap_or(Path::new(""));
    parse_with(&text, &path.display().to_string(), base, overlay)
}

/// The text of a file.
///
/// # Errors
///
/// [`ScenarioError::Read`].
pub fn read_file(path: &Path) -> Result<String, ScenarioError> {
    let failed = |source| ScenarioError::Read { path: path.to_owned(), source };
    load_text(path).map_err(failed)
}

/// Reads a scenario from its text. `file_name` is shown in messages; a saved start's path is
/// relative to `base_dir`.
///
/// # Errors
///
/// [`ScenarioError::Invalid`] with all problems of the file and their places.
pub fn parse(text: &str, file_name: &str, base_dir: &Path) -> Result<Loaded, ScenarioError> {
    parse_with(text, file_name, base_dir, &Overlay::default())
}

/// The same with other values of some keys.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_with(
    text: &str,
    file_name: &str,
    base_dir: &Path,
    overlay: &Overlay,
) -> Result<Loaded, ScenarioError> {
    let (scenario, found) = read_text(text, file_name, base_dir, overlay);
    let found = overlay.placed(text, found);
    match scenario {
        Some((scenario, trial_spans)) if found.iter().all(|d| d.severity == Severity::Warning) => {
            let (text, file, overlay) = (text.to_owned(), file_name.to_owned(), overlay.clone());
            Ok(Loaded { scenario, text, file, warnings: found, trial_spans, overlay })
        }
        _ => Err(ScenarioError::Invalid(Box::new(report(text, file_name, found)))),
    }
}

/// A scenario with places of a trial.
type ReadScenario = (Scenario, Option<TrialSpans>);

/// What a text with an overlay behind it says, and what was found in both.
fn read_text(
    text: &str,
    file_name: &str,
    base_dir: &Path,
    overlay: &Overlay,
) -> (Option<ReadScenario>, Vec<Diagnostic>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return (None, errors.iter().take(MAX_FINDINGS).map(|e| syntax(text, e)).collect());
    }
    if drugs::is_file_of_drugs(document.get_ref()) {
        return (None, vec![drugs::no_scenario(file_name)]);
    }
    let (whole, parts) = (overlay.behind(text), overlay.parts(text));
    let mut document = document.into_inner();
    let cx = Context::new(&whole).in_format(keys::ROOT).shown_as(file_name).in_folder(base_dir);
    cx.absorb(overlay.lay(&parts, &mut document, keys::ROOT));
    let root = Reader::root(&cx, keys::ROOT, &document);
    let scenario = read::scenario(&root, base_dir);
    let mut found = cx.finish();
    if scenario.is_none() && found.iter().all(|d| d.severity == Severity::Warning) {
        found.push(unexplained());
    }
    (scenario, found)
}

/// No file is refused without a word, even where a reader forgot to say why: that is a fault of this program, and
/// tests hold that nobody gets to see it.
fn unexplained() -> Diagnostic {
    Diagnostic::error(0..0, "this file cannot be used, and evotor does not know why")
        .label("expected a reason here")
        .help("please report it together with the file")
}

fn report(text: &str, file_name: &str, mut found: Vec<Diagnostic>) -> Report {
    let errors = found.iter().skip(MAX_FINDINGS).filter(|d| d.severity == Severity::Error).count();
    found.truncate(MAX_FINDINGS);
    Report { file: file_name.to_owned(), text: text.into(), diagnostics: found, left_out: errors }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use table::Kind;

    #[test]
    fn keys_are_documented_once_and_their_texts_are_toml() {
        for section in keys::ROOT.walk() {
            let names: BTreeSet<&str> = section.keys.iter().map(|k| k.name).collect();
            assert_eq!(names.len(), section.keys.len(), "{}", section.heading);
            for key in section.keys {
                assert!(key.doc.ends_with('.'), "{} {}", section.heading, key.name);
                assert!(schema::literal(key.example).is_some(), "{}", key.example);
                if let table::Fallback::Value(text) = key.default {
                    assert!(schema::literal(text).is_some(), "{text}");
                }
                if let Some(only) = key.only {
                    let Some(Kind::Choice(words)) = section.find(only.key).map(|k| &k.kind) else {
                        panic!("{} depends on `{}`, which is not a choice", key.name, only.key);
                    };
                    assert!(only.values.iter().all(|v| words.contains(v)), "{}", key.name);
                }
            }
        }
    }

    #[test]
    fn every_finding_is_reported_at_once() {
        let (scenario, found) = read_text(
            "name = 'A b'\nsed = 1\n[time]\nend = 3\nstep = '5 h'",
            "x.toml",
            Path::new(""),
            &Overlay::default(),
        );
        assert!(scenario.is_none());
        let messages: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        for part in
            ["`name` cannot", "unknown key `sed`", "`end` needs a unit", "a step of 5 h", "missing section"]
        {
            assert!(messages.iter().any(|m| m.contains(part)), "{part}: {messages:#?}");
        }
    }
}

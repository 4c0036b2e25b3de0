//! Drugs of a file or a section, one by one.

use std::sync::Arc;

use toml::de::DeTable;

use super::LocusCatalogue;
use super::catalogue::judge_names;
use super::parts::all;
use crate::catalogue::Drug;
use crate::scenario::declare::Section as _;
use crate::scenario::error::{Diagnostic, Report, Source, Span};
use crate::scenario::keys::DRUG_FILE;
use crate::scenario::model::Locus;
use crate::scenario::reader::{Context, Reader};
use crate::scenario::{MOST_FINDINGS, syntax};

/// A drug with its place: the span of its name, and the file if it is not the scenario itself.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub drug: Drug,
    pub name: Span,
    pub file: Option<Arc<Source>>,
}

/// The loci that a selector of a drug may name: the scenario's, and the others of the catalogue.
pub(super) fn known_loci(scenario: Option<&[Locus]>) -> Vec<Locus> {
    let mut loci = scenario.unwrap_or_default().to_vec();
    for locus in &LocusCatalogue::embedded().loci {
        if loci.iter().all(|l| l.name != locus.name) {
            loci.push(locus.clone());
        }
    }
    loci
}

/// Reads a file of the catalogue that is part of the program.
///
/// # Errors
///
/// Everything that is wrong with it; a warning counts.
pub(crate) fn embedded_file(name: &str, text: &str) -> Result<Vec<Drug>, Report> {
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
    let cx = Context::of_file(&source);
    let found = parsed(&cx, known_loci(None)).unwrap_or_default();
    let diagnostics = cx.finish();
    if diagnostics.is_empty() {
        return Ok(found.into_iter().map(|f| f.drug).collect());
    }
    Err(Report { file: name.to_owned(), text: text.into(), diagnostics, left_out: 0 })
}

/// Reads a file of drugs without a scenario: the drugs, if all could be read, and what was found.
pub(crate) fn alone(text: &str) -> (Option<Vec<Drug>>, Vec<Diagnostic>) {
    let source = Arc::new(Source { name: String::new(), text: text.to_owned() });
    let cx = Context::of_file(&source);
    let found = parsed(&cx, known_loci(None));
    if let Some(found) = &found {
        judge_names(&cx, found);
    }
    let here = cx.finish().into_iter().map(|d| Diagnostic { file: None, ..d }).collect();
    (found.map(|all| all.into_iter().map(|f| f.drug).collect()), here)
}

/// The drugs of a file; `None` if one of them could not be read.
pub(super) fn parsed(cx: &Context<'_>, loci: Vec<Locus>) -> Option<Vec<Found>> {
    let (document, errors) = DeTable::parse_recoverable(cx.text);
    if !errors.is_empty() {
        errors.iter().take(MOST_FINDINGS).for_each(|e| cx.report(syntax(cx.text, e)));
        return None;
    }
    cx.set_drug_loci(loci);
    let root = Reader::root(cx, &DRUG_FILE, document.get_ref());
    root.check_keys();
    if !root.has("drug") {
        cx.report(
            Diagnostic::error(0..0, "a file without drugs")
                .label("expected [[drug]]")
                .help("add a drug with `[[drug]]`, or leave the file out"),
        );
    }
    drugs(&root)
}

/// The drugs of a section or a file; `None` if one of them could not be read.
pub(super) fn drugs(reader: &Reader<'_>) -> Option<Vec<Found>> {
    let read =
        |r: &Reader<'_>| Some(Found { drug: Drug::read(r)?, name: r.place("name"), file: r.cx.file() });
    all(reader.tables("drug").iter().map(read))
}

//! Drugs of a file or a section, one by one.

use std::sync::Arc;

use toml::de::DeTable;

use super::LocusCatalogue;
use super::medicine;
use crate::catalogue::Drug;
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
    let found = parsed(&cx, &known_loci(None));
    let diagnostics = cx.finish();
    if diagnostics.is_empty() {
        return Ok(found.into_iter().map(|f| f.drug).collect());
    }
    Err(Report { file: name.to_owned(), text: text.into(), diagnostics, left_out: 0 })
}

/// The drugs of a file.
pub(super) fn parsed(cx: &Context<'_>, loci: &[Locus]) -> Vec<Found> {
    let (document, errors) = DeTable::parse_recoverable(cx.text);
    if !errors.is_empty() {
        errors.iter().take(MOST_FINDINGS).for_each(|e| cx.report(syntax(cx.text, e)));
        return Vec::new();
    }
    let root = Reader::root(cx, &DRUG_FILE, document.get_ref());
    root.check_keys();
    if !root.has("drug") {
        cx.report(
            Diagnostic::error(0..0, "a file without drugs")
                .label("expected [[drug]]")
                .help("add a drug with `[[drug]]`, or leave the file out"),
        );
    }
    drugs(&root, loci, cx.file())
}

/// The drugs of a section or a file.
pub(super) fn drugs(reader: &Reader<'_>, loci: &[Locus], file: Option<Arc<Source>>) -> Vec<Found> {
    let read = |r: &Reader<'_>| {
        let (name, drug) = medicine::read(r, loci)?;
        Some(Found { drug, name, file: file.clone() })
    };
    reader.tables("drug").iter().filter_map(read).collect()
}

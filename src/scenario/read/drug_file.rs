//! Drugs of a file or a section, one by one.

use std::sync::{Arc, LazyLock};

use toml::de::DeTable;

use super::LocusCatalogue;
use super::label;
use super::parts::all;
use crate::catalogue::Drug;
use crate::scenario::catalogue::Catalogue;
use crate::scenario::context::Context;
use crate::scenario::declare::Section as _;
use crate::scenario::error::{Diagnostic, SourceText, Span};
use crate::scenario::files::FILES;
use crate::scenario::keys::{DRUG_FILE, ROOT};
use crate::scenario::model::Locus;
use crate::scenario::reader::Reader;
use crate::scenario::report::Report;
use crate::scenario::{MAX_FINDINGS, syntax};

/// A drug with its place: the span of its name, and the file if it is not the scenario itself.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub drug: Drug,
    pub name: Span,
    pub file: Option<Arc<SourceText>>,
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

static EMBEDDED: LazyLock<Catalogue> = LazyLock::new(|| {
    let drugs = FILES.iter().flat_map(|(name, text)| match embedded_file(name, text) {
        Ok(drugs) => drugs,
        Err(report) => unreachable!("the catalogue of drugs is valid, a test holds it to that:\n{report}"),
    });
    Catalogue::of(drugs.collect())
});

impl Catalogue {
    /// The catalogue that is part of the program.
    pub fn embedded() -> &'static Catalogue {
        &EMBEDDED
    }
}

/// Reads a file of the catalogue that is part of the program.
///
/// # Errors
///
/// Everything that is wrong with it; a warning counts.
fn embedded_file(name: &str, text: &str) -> Result<Vec<Drug>, Report> {
    let source = Arc::new(SourceText { name: name.to_owned(), text: text.to_owned() });
    let cx = Context::of_file(&source).in_format(ROOT);
    let found = parsed(&cx, known_loci(None)).unwrap_or_default();
    let diagnostics = cx.finish();
    if diagnostics.is_empty() {
        return Ok(found.into_iter().map(|f| f.drug).collect());
    }
    Err(Report { file: name.to_owned(), text: text.into(), diagnostics, left_out: 0 })
}

/// The drugs of a file; `None` if one of them could not be read.
pub(super) fn parsed(cx: &Context<'_>, loci: Vec<Locus>) -> Option<Vec<Found>> {
    let (document, errors) = DeTable::parse_recoverable(cx.text);
    if !errors.is_empty() {
        errors.iter().take(MAX_FINDINGS).for_each(|e| cx.report(syntax(cx.text, e)));
        return None;
    }
    cx.set_drug_loci(loci);
    let root = Reader::root(cx, DRUG_FILE, document.get_ref());
    root.check_keys();
    if !root.has("drug") {
        Diagnostic::error(0..0, "a file without drugs")
            .label("expected [[drug]]")
            .help("add a drug with `[[drug]]`, or leave the file out")
            .report(cx);
    }
    drugs(&root)
}

/// The drugs of a section or a file; `None` if one of them could not be read.
pub(super) fn drugs(reader: &Reader<'_>) -> Option<Vec<Found>> {
    let read = |r: &Reader<'_>| {
        let drug = Drug::read(r)?;
        label::judge(r, &drug);
        Some(Found { drug, name: r.place("name"), file: r.cx.file() })
    };
    all(reader.tables("drug").iter().map(read))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_valid_and_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/catalogue/drugs");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| format!("scenarios/catalogue/drugs/{}", e.unwrap().file_name().to_string_lossy()))
            .collect();
        found.sort();
        let mut listed: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
        for (name, text) in FILES {
            if let Err(report) = embedded_file(name, text) {
                panic!("{report}");
            }
        }
    }
}

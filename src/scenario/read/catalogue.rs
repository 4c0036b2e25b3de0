//! `[catalogue]`: drugs of a scenario, in its text and in the files that it names.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::LocusCatalogue;
use super::medicine;
use crate::catalogue::{Drug, plain_name};
use crate::scenario::catalogue::Catalogue;
use crate::scenario::error::{Diagnostic, Report, Severity, Source, Span};
use crate::scenario::keys::DRUG_FILE;
use crate::scenario::model::Locus;
use crate::scenario::reader::{At, Context, Reader};
use crate::scenario::value::shown;
use crate::scenario::{LARGEST, syntax};

/// A drug with its place: the span of its name, and the file if it is not the scenario itself.
#[derive(Debug, Clone)]
struct Found {
    drug: Drug,
    name: Span,
    file: Option<Arc<Source>>,
}

/// The scenario's own drugs, those of `files` first. Selectors may name loci of the scenario and of the catalogue.
pub(crate) fn read(root: &Reader<'_>, loci: Option<&[Locus]>, base_dir: &Path) -> Option<Vec<Drug>> {
    let Some(reader) = root.table("catalogue") else {
        return if root.has("catalogue") { None } else { Some(Vec::new()) };
    };
    let loci = known_loci(loci);
    let files = reader.texts("files")?;
    let mut found = Vec::new();
    for name in &files.value {
        found.extend(file(&reader, name, &loci, base_dir).unwrap_or_default());
    }
    found.extend(drugs(&reader, &loci, None));
    judge_names(root.cx, &found);
    Some(found.into_iter().map(|f| f.drug).collect())
}

/// The loci that a selector of a drug may name: the scenario's, and the others of the catalogue.
fn known_loci(scenario: Option<&[Locus]>) -> Vec<Locus> {
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

/// The drugs of a file that the scenario names.
fn file(reader: &Reader<'_>, name: &At<String>, loci: &[Locus], base_dir: &Path) -> Option<Vec<Found>> {
    let wrong = |why: String| {
        reader.cx.report(
            Diagnostic::error(
                name.span.clone(),
                format!("cannot read the drugs in {}: {why}", shown(&name.value)),
            )
            .label("expected a file with drugs")
            .note("the path is relative to the scenario file")
            .help("correct the path, or write the drugs into the scenario as [[catalogue.drug]]"),
        );
    };
    let text = match text(&base_dir.join(&name.value)) {
        Ok(text) => text,
        Err(why) => {
            wrong(why);
            return None;
        }
    };
    let source = Arc::new(Source { name: base_dir.join(&name.value).display().to_string(), text });
    let cx = Context::of_file(&source);
    let found = parsed(&cx, loci);
    reader.cx.absorb(cx.finish());
    Some(found)
}

fn text(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("more than {LARGEST} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

fn parsed(cx: &Context<'_>, loci: &[Locus]) -> Vec<Found> {
    let (document, errors) = DeTable::parse_recoverable(cx.text);
    if !errors.is_empty() {
        errors.iter().for_each(|e| cx.report(syntax(cx.text, e)));
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

fn drugs(reader: &Reader<'_>, loci: &[Locus], file: Option<Arc<Source>>) -> Vec<Found> {
    let read = |r: &Reader<'_>| {
        let (name, drug) = medicine::read(r, loci)?;
        Some(Found { drug, name, file: file.clone() })
    };
    reader.tables("drug").iter().filter_map(read).collect()
}

/// Names must be apart; a drug that takes the place of one of the program is noted if it is another.
fn judge_names(cx: &Context<'_>, found: &[Found]) {
    let report = |at: &Found, mut diagnostic: Diagnostic| {
        diagnostic.file = at.file.clone();
        cx.absorb(vec![diagnostic]);
    };
    for (index, drug) in found.iter().enumerate() {
        for name in drug.drug.names() {
            if found[..index].iter().any(|f| f.drug.is_called(name)) {
                let error =
                    Diagnostic::error(drug.name.clone(), format!("a second drug that is called `{name}`"));
                let error = error.label("expected names and aliases that no other drug of the scenario has");
                report(drug, error.help("rename one of them, or remove the alias"));
            }
        }
        for alias in &drug.drug.aliases {
            let name = |d: &&Drug| plain_name(&d.name) == plain_name(alias);
            let other = Catalogue::embedded().drugs().iter().find(name);
            if let Some(other) = other.filter(|o| plain_name(&o.name) != plain_name(&drug.drug.name)) {
                let found = format!("the alias `{alias}` is the name of a drug of the catalogue");
                let error = Diagnostic::error(drug.name.clone(), found);
                let error = error.label("expected aliases that are no names of the catalogue");
                report(
                    drug,
                    error.help(format!("remove it; a drug called `{}` takes that one's place", other.name)),
                );
            }
        }
        if let Some(warning) = takes_a_place(drug) {
            report(drug, warning);
        }
    }
}

fn takes_a_place(own: &Found) -> Option<Diagnostic> {
    let name = |d: &&Drug| plain_name(&d.name) == plain_name(&own.drug.name);
    let other = Catalogue::embedded().drugs().iter().find(name)?;
    let differs = differences(&own.drug, other);
    if differs.is_empty() {
        return None;
    }
    let found = format!("`{}` takes the place of the catalogue's drug", own.drug.name);
    let warning = Diagnostic { severity: Severity::Warning, ..Diagnostic::error(own.name.clone(), found) };
    let warning =
        warning.label("expected a name of its own, unless the catalogue's numbers are to be replaced");
    let warning = warning.note(format!("it differs in {}", differs.join(", ")));
    Some(warning.help(format!("`evotor drugs {:?}` shows the catalogue's drug", other.name)))
}

/// Fields in which two drugs differ.
fn differences(one: &Drug, other: &Drug) -> Vec<String> {
    let fields = |d: &Drug| serde_json::to_value(d).unwrap_or_default();
    let (one, other) = (fields(one), fields(other));
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return Vec::new() };
    let differs = |(key, value): &(&String, &serde_json::Value)| other.get(*key) != Some(value);
    one.iter().filter(differs).map(|(key, _)| format!("`{key}`")).collect()
}

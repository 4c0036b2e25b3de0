//! `[catalogue]`: drugs of a scenario, in its text and in the files that it names.

use std::path::Path;
use std::sync::Arc;

use super::drug_file::{Found, drugs, known_loci, parsed};
use super::parts::all;
use crate::catalogue::{Drug, plain_name};
use crate::scenario::catalogue::Catalogue;
use crate::scenario::context::Context;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Severity, SourceText};
use crate::scenario::keys::ROOT;
use crate::scenario::model::Locus;
use crate::scenario::shown::shown;
use crate::scenario::text_file::{TextError, load_text};

/// The scenario's own drugs, those of `files` first; `None` if one of them could not be read. Selectors may name loci of the scenario and of the catalogue.
pub(crate) fn read(root: &Reader<'_>, loci: Option<&[Locus]>, base_dir: &Path) -> Option<Vec<Drug>> {
    let Some(reader) = root.table("catalogue") else {
        return if root.has("catalogue") { None } else { Some(Vec::new()) };
    };
    let loci = known_loci(loci);
    root.cx.set_drug_loci(loci.clone());
    let files: Vec<At<String>> = reader.value::<Plain, _>("files")?;
    let mut parts: Vec<_> = files.iter().map(|name| file(&reader, name, &loci, base_dir)).collect();
    parts.push(drugs(&reader));
    let found: Vec<Found> = all(parts.into_iter())?.into_iter().flatten().collect();
    judge_names(root.cx, &found);
    Some(found.into_iter().map(|f| f.drug).collect())
}

/// Reads a file of drugs without a scenario: the drugs, if all could be read, and what was found.
pub(crate) fn alone(text: &str) -> (Option<Vec<Drug>>, Vec<Diagnostic>) {
    let source = Arc::new(SourceText { name: String::new(), text: text.to_owned() });
    let cx = Context::of_file(&source).in_format(ROOT);
    let found = parsed(&cx, known_loci(None));
    if let Some(found) = &found {
        judge_names(&cx, found);
    }
    let here = cx.finish().into_iter().map(|d| Diagnostic { file: None, ..d }).collect();
    (found.map(|all| all.into_iter().map(|f| f.drug).collect()), here)
}

/// The drugs of a file that the scenario names.
fn file(reader: &Reader<'_>, name: &At<String>, loci: &[Locus], base_dir: &Path) -> Option<Vec<Found>> {
    let wrong = |why: TextError| {
        Diagnostic::error(
            name.span.clone(),
            format!("cannot read the drugs in {}: {why}", shown(&name.value)),
        )
        .label("expected a file with drugs")
        .note("the path is relative to the scenario file")
        .help("correct the path, or write the drugs into the scenario as [[catalogue.drug]]")
        .report(reader.cx);
    };
    let text = match load_text(&base_dir.join(&name.value)) {
        Ok(text) => text,
        Err(why) => {
            wrong(why);
            return None;
        }
    };
    let source = Arc::new(SourceText { name: reader.cx.beside(&name.value), text });
    let cx = Context::of_file(&source).in_format(ROOT);
    let found = parsed(&cx, loci.to_vec());
    reader.cx.absorb(cx.finish());
    found
}

/// Names must be apart; a drug that takes the place of one of the program is noted if it is another.
pub(super) fn judge_names(cx: &Context<'_>, found: &[Found]) {
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
                let error = error.label("expected aliases that are not names of the catalogue");
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

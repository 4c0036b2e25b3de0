//! The catalogue of drugs as a page: every number with its source.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::catalogue::Catalogue;
use super::catalogue_loci;
use super::units::number_text;
use crate::catalogue::{Citation, Drug, NumberEntry};

/// The page of the catalogue of drugs, in Markdown; a test holds the copy in the documentation to it.
pub fn catalogue_markdown() -> String {
    let mut out = String::from(
        "# Catalogue of drugs\n\nThe drugs that are part of the program, with the source of every number. This page is generated from\n\
         `scenarios/catalogue/drugs/`; do not edit it by hand. `evotor drugs NAME` shows the same for one drug, and\n\
         [adding-a-drug.md](adding-a-drug.md) says how to add one. What the keys mean stands in the\n\
         [scenario reference](scenario-reference.md).\n\n\
         Confidence: A is a direct human number, B one good study or a re-derivation, C an order of magnitude or a choice of\n\
         the model. *From memory* means that the source was not at hand when the number was written down: check it before\n\
         you rely on it; such a number is C. Any other letter has a source that a reader can open, or was computed from\n\
         numbers that have: their names stand in backquotes, and it is no surer than they. [What was looked up\n\
         where](#what-was-looked-up-where) lists the sources. Spread is the coefficient of variation between patients. Numbers that only say that something is\n\
         not there (a Hill exponent of 1, no pruning) are left out.\n\n\
         | drug | class | usual dose | acts on | numbers |\n|---|---|---|---|---|\n",
    );
    let drugs = Catalogue::embedded().drugs();
    for drug in drugs {
        let cells = [&drug.class, &drug.label.regimen, &drug.acts_on(), &drug.sureness()].map(|c| cell(c));
        let _ = writeln!(out, "| [{}](#{}) | {} |", cell(&drug.name), anchor(&drug.name), cells.join(" | "));
    }
    for drug in drugs {
        write_drug(&mut out, drug);
    }
    write_sources(&mut out, drugs);
    out
}

/// The sources that can be opened, with what rests on each: how many numbers of which drug, which loci.
fn write_sources(out: &mut String, drugs: &[Drug]) {
    let mut all: BTreeMap<Citation, Cited<'_>> = BTreeMap::new();
    for drug in drugs {
        for citation in Citation::looked_up(&drug.label.source) {
            all.entry(citation).or_default().doses.insert(&drug.name);
        }
        for entry in drug.numbers().into_iter().filter(|e| !e.number.is_default()) {
            for citation in Citation::looked_up(&entry.number.source) {
                *all.entry(citation).or_default().numbers.entry(&drug.name).or_default() += 1;
            }
        }
    }
    for locus in catalogue_loci() {
        for citation in locus.numbers().flat_map(|(source, _)| Citation::looked_up(source)) {
            *all.entry(citation).or_default().numbers.entry(&locus.name).or_default() += 1;
        }
    }
    out.push_str(
        "\n## What was looked up where\n\nNumbers of drugs, rules for their doses, and numbers of loci, by the source that they name; what is *from memory* is not\n\
         among them.\n\n\
         | source | what rests on it |\n|---|---|\n",
    );
    for (citation, cited) in &all {
        let text = cell(&citation.text);
        let source = citation.address.as_ref().map_or_else(|| text.clone(), |to| format!("[{text}]({to})"));
        let _ = writeln!(out, "| {source} | {} |", cell(&cited.in_words()));
    }
}

/// What rests on a source.
#[derive(Default)]
struct Cited<'a> {
    /// How many numbers of which drug or locus.
    numbers: BTreeMap<&'a str, usize>,
    /// Drugs whose doses and steps are from it.
    doses: BTreeSet<&'a str>,
}

impl Cited<'_> {
    fn in_words(&self) -> String {
        let numbers = self.numbers.iter().map(|(name, count)| format!("{name} ({count})"));
        numbers.chain(self.doses.iter().map(|name| format!("{name} (doses)"))).collect::<Vec<_>>().join(", ")
    }
}

/// Text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn write_drug(out: &mut String, drug: &Drug) {
    let _ = writeln!(out, "\n## {}\n\n{}", drug.name, drug.description);
    if !drug.aliases.is_empty() {
        let _ = writeln!(out, "\nAlso {}.", drug.aliases.join(", "));
    }
    if !drug.notes.is_empty() {
        out.push('\n');
        drug.notes.iter().for_each(|note| {
            let _ = writeln!(out, "- {note}");
        });
    }
    if !drug.label.regimen.is_empty() {
        let reductions = drug.label.reductions.iter().map(|r| format!(", then {r}")).collect::<String>();
        let _ = writeln!(out, "\nDoses: {}{reductions}. Source: {}.", drug.label.regimen, drug.label.source);
    }
    out.push_str("\n| number | value | spread | confidence | source |\n|---|---|---|---|---|\n");
    let mut before = String::new();
    for entry in drug.numbers().into_iter().filter(|e| !e.number.is_default()) {
        let _ = writeln!(out, "{}", row(&entry, &before));
        before = entry.place;
    }
}

/// A row; what it belongs to is named when it changes.
fn row(entry: &NumberEntry<'_>, before: &str) -> String {
    let number = entry.number;
    let place = if entry.place == before { String::new() } else { format!("**{}** ", cell(&entry.place)) };
    let place = if entry.place.is_empty() { String::new() } else { place };
    let value = format!("{} {}", rounded(number.value), entry.unit);
    let spread = if number.cv == 0.0 { String::new() } else { rounded(number.cv) };
    format!(
        "| {place}{} | {} | {spread} | {} | {} |",
        entry.name.replace('_', " "),
        value.trim_end(),
        number.confidence.word(),
        cell(&number.source)
    )
}

/// A number with at most five significant digits.
fn rounded(value: f64) -> String {
    format!("{value:.4e}").parse().map_or_else(|_| number_text(value), number_text)
}

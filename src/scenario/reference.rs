//! The file format as a reference page, from the table of keys and the catalogue.

use std::fmt::Write as _;

use crate::catalogue::{Inducer, LevelEffect, Number};

use super::keys::ROOT;
use super::limits::FORMAT;
use super::model::{Change, ChangeKind, Locus};
use super::read::LocusCatalogue;
use super::table::{Fallback, Key, Kind, Measure, Section};
use super::units::{Dimension, UNITS, number_text};

/// The reference page of the file format, in Markdown.
///
/// It is made from the same table as the reader, so that it cannot lag behind; a test holds the
/// copy in the documentation to it.
pub fn reference_markdown() -> String {
    let mut out = format!("# Scenario files, format version {FORMAT}\n\n");
    out.push_str(
        "A scenario is a [TOML](https://toml.io) file. This page is generated from the declarations that the program reads\n\
         by (`#[derive(Section)]`); do not edit it by hand. What the numbers mean in the model stands in the model\n\
         description ([model.md](model.md)); the numbered files in `scenarios/` are examples, in the order in which to read them.\n\n",
    );
    units(&mut out);
    selectors(&mut out);
    out.push_str("## Sections and keys\n");
    let sections = ROOT.walk();
    for (number, section) in sections.iter().enumerate() {
        let same = |other: &&&Section| std::ptr::eq(other.keys, section.keys);
        write_section(&mut out, section, sections[..number].iter().find(same).copied());
    }
    loci(&mut out);
    out
}

fn units(out: &mut String) {
    out.push_str(
        "## Quantities\n\nA quantity is a number and a unit in quotes: `\"0.025 /d\"`. A plain number is refused where a unit is\n\
         needed, and so are negative and infinite ones. Every time must be a whole number of steps. Words and other common units are\n\
         read too: `\"28 days\"`, `\"0.1 per month\"`, `\"200 mCi\"`, `\"5 nmol/L\"`.\n\n\
         | quantity | unit | meaning |\n|---|---|---|\n",
    );
    for dimension in Dimension::ALL.iter().copied() {
        for unit in UNITS.iter().filter(|u| u.dimension == dimension) {
            let _ = writeln!(out, "| {} | `{}` | {} |", dimension.name(), unit.symbol, unit.meaning);
        }
    }
    out.push('\n');
}

fn selectors(out: &mut String) {
    out.push_str(
        "## Selectors\n\nA selector names a set of states by conditions on loci; a comma means *and*. Levels are numbers or names.\n\n\
         | selector | selects |\n|---|---|\n\
         | `any` | every state |\n\
         | `sensitive` | the state with all loci at level 0 |\n\
         | `rtk=1`, `rtk=up` | states with that level |\n\
         | `rtk=1\\|2`, `rtk!=0` | states with one of these levels; with any other |\n\
         | `rtk>=1`, `rtk<=1` | states from, or up to, that level |\n\
         | `rtk>=1, tsc=lost` | states for which both hold |\n\n",
    );
}

/// A section with its keys, or with the name of the section that has the same ones.
fn write_section(out: &mut String, section: &Section, same: Option<&Section>) {
    let heading =
        if section.path.is_empty() { "Top level".to_owned() } else { format!("`{}`", section.heading) };
    let _ = writeln!(out, "\n### {heading}\n");
    if section.path.contains('.') && section.heading.contains('{') {
        let above = section.path.rsplit_once('.').map_or("", |(above, _)| above);
        let brackets = if above.contains('.') { ("[[", "]]") } else { ("[", "]") };
        let _ = writeln!(out, "In `{}{above}{}`.", brackets.0, brackets.1);
    }
    if let Some(same) = same {
        let _ = writeln!(out, "{} Its keys are those of `{}`.", section.doc, same.heading);
        return;
    }
    let _ = writeln!(out, "{}\n\n| key | value | default | meaning |\n|---|---|---|---|", section.doc);
    for key in section.keys {
        let _ = writeln!(out, "| `{}` | {} | {} | {} |", key.name, value(key), default(key), meaning(key));
    }
}

fn value(key: &Key) -> String {
    let text = match &key.kind {
        Kind::Regimens(section) => format!("regimens: text or `{}`", section.heading),
        Kind::Table(section) | Kind::Tables(section) => format!("`{}`", section.heading),
        Kind::Quantity(d) | Kind::Within(d, _) => format!("{}, `{}`", d.name(), key.example),
        Kind::QuantityOr(d, word) => format!("{}, `{}`, or `{word:?}`", d.name(), key.example),
        Kind::Choice(words) => words.iter().map(|w| format!("`{w:?}`")).collect::<Vec<_>>().join(", "),
        Kind::Sourced(Measure::Quantity { dimension, .. }) => {
            format!("{}, `{}`", dimension.name(), key.example)
        }
        Kind::Sourced(measure) => measure.expected(),
        Kind::Dose => format!("a dose, `{}`", key.example),
        Kind::Integer { .. } | Kind::Number(_) | Kind::NumberOr(..) | Kind::Flag => key.kind.expected(),
        other => format!("{}, `{}`", other.expected(), key.example),
    };
    text.replace('|', "\\|")
}

fn default(key: &Key) -> String {
    match key.default {
        Fallback::Required => "**required**".to_owned(),
        Fallback::RequiredThere => "required there".to_owned(),
        Fallback::RequiredIn(situation) => format!("required with `{situation}`"),
        Fallback::RequiredUnless(situation) => format!("**required** unless {situation}"),
        Fallback::Value("{}") => "all defaults".to_owned(),
        Fallback::Value(text) if text.starts_with("{ value") => sourced_default(text),
        Fallback::Value(text) => format!("`{text}`"),
        Fallback::Derived(words) | Fallback::Absent(words) => words.to_owned(),
    }
}

/// The value of a default that carries its source.
fn sourced_default(text: &str) -> String {
    let table: toml::Table = format!("default = {text}").parse().unwrap_or_default();
    let value = table.get("default").and_then(|d| d.get("value"));
    value.map_or(String::new(), |v| format!("`{v}`"))
}

fn meaning(key: &Key) -> String {
    let mut text = key.doc.replace('|', "\\|");
    if let Some(only) = key.only {
        let values: Vec<String> = only.values.iter().map(|v| format!("`{v:?}`")).collect();
        let _ = write!(text, " Only with `{}` = {}.", only.key, values.join(" or "));
    }
    text
}

fn loci(out: &mut String) {
    let catalogue = LocusCatalogue::embedded();
    out.push_str(
        "\n## Catalogue of loci\n\nLoci that a scenario names in `loci`. Mutations are per completed division, switching per day; confidence\n\
         A is a direct human number, B one good study, C an order of magnitude or a choice of the model.\n",
    );
    for locus in &catalogue.loci {
        let on = match &locus.name {
            name if catalogue.on_by_default.contains(name) => ", on by default",
            name if catalogue.on_with_vessels.contains(name) => ", on by default where vessels live",
            _ => "",
        };
        let _ = writeln!(out, "\n### `{}`{on}\n", locus.name);
        let _ = writeln!(out, "{}.\n", locus.description);
        let _ = writeln!(out, "Levels: {}.\n", levels(locus));
        if !locus.network.is_empty() {
            out.push_str("| level | in the network | value | confidence | source |\n|---|---|---|---|---|\n");
            for effect in &locus.network {
                let _ = writeln!(out, "{}", effect_row(locus, effect));
            }
            out.push('\n');
        }
        out.push_str("| change | rate | confidence | source |\n|---|---|---|---|\n");
        for change in &locus.changes {
            let _ = writeln!(out, "{}", change_row(locus, change));
            drug_rows(out, change);
        }
    }
}

fn levels(locus: &Locus) -> String {
    let one = |(level, (name, factor)): (usize, (&String, &f64))| {
        let growth =
            if *factor == 1.0 { String::new() } else { format!(" (birth x {})", number_text(*factor)) };
        format!("{level} `{name}`{growth}")
    };
    locus.levels.iter().zip(&locus.birth_factor).enumerate().map(one).collect::<Vec<_>>().join(", ")
}

fn effect_row(locus: &Locus, effect: &LevelEffect) -> String {
    let Number { value, source, confidence, .. } = &effect.value;
    let level = locus.levels.get(usize::from(effect.level)).map_or("", String::as_str);
    let context = effect.tsc_context.map_or(String::new(), |c| format!(" (TSC context {})", c.word()));
    let imposed = match effect.input {
        input if input.is_imposed() => " (imposed)",
        input if input.is_of_tissue() => " (in the tissue)",
        _ => "",
    };
    let (input, meaning, value) = (effect.input.word(), effect.input.meaning(), number_text(*value));
    format!("| `{level}`{context} | `{input}`: {meaning}{imposed} | {value} | {confidence:?} | {source} |")
}

/// What drugs do to a change, below its row.
fn drug_rows(out: &mut String, change: &Change) {
    let unit = if change.kind == ChangeKind::Mutation { "/division" } else { "/d" };
    let mut row = |what: String, by: Inducer, number: &Number| {
        let Number { source, confidence, .. } = number;
        let _ = writeln!(out, "| | {what} x `{}` | {confidence:?} | {source} |", by.word());
    };
    if let Some(induced) = &change.induced {
        row(format!("+ {} {unit}", number_text(induced.rate.value)), induced.by, &induced.rate);
    }
    if let Some(suppressed) = &change.suppressed {
        row(format!("x 1 - {}", number_text(suppressed.share.value)), suppressed.by, &suppressed.share);
    }
}

fn change_row(locus: &Locus, change: &Change) -> String {
    let unit = if change.kind == ChangeKind::Mutation { "/division" } else { "/d" };
    let name = |level: u8| locus.levels.get(usize::from(level)).map_or("", String::as_str);
    format!(
        "| `{}` to `{}` | {} {unit} | {:?} | {} |",
        name(change.from),
        name(change.to),
        number_text(change.rate),
        change.confidence,
        change.source
    )
}

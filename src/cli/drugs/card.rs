//! Everything about one drug.

use std::fmt::Write as _;

use super::super::table::aligned;
use crate::catalogue::{Drug, NumberEntry};
use crate::scenario::units::number_text;

/// Widest line of running text.
const WIDTH: usize = 100;

/// The card of a drug.
pub fn text(drug: &Drug) -> String {
    let mut out = String::new();
    heading(&mut out, drug);
    if !drug.notes.is_empty() {
        out.push_str("\nnotes\n");
        for note in &drug.notes {
            wrapped(&mut out, note, "  - ", "    ");
        }
    }
    label(&mut out, drug);
    numbers(&mut out, drug);
    let _ = writeln!(
        out,
        "\nnumbers: {}; A measured in people, B one good study, C order of magnitude or choice",
        drug.sureness()
    );
    out
}

fn heading(out: &mut String, drug: &Drug) {
    let _ = writeln!(out, "{}", drug.name);
    if !drug.aliases.is_empty() {
        wrapped(out, &format!("also {}", drug.aliases.join(", ")), "", "  ");
    }
    let routes: Vec<&str> = drug.routes.iter().map(|r| r.word()).filter(|w| *w != "none").collect();
    let routes = if routes.is_empty() { String::new() } else { format!(", {}", routes.join(" or ")) };
    let _ = writeln!(out, "{}, {}{routes}\n", drug.class, drug.kind.word());
    wrapped(out, &drug.description, "", "");
}

/// Text in lines of at most [`WIDTH`], the first after `first`, the others after `rest`.
fn wrapped(out: &mut String, text: &str, first: &str, rest: &str) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{line}");
            line = rest.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{line}");
}

fn label(out: &mut String, drug: &Drug) {
    let label = &drug.label;
    if label.regimen.is_empty() {
        return;
    }
    let mut rows = vec![("usual", label.regimen.clone())];
    if !label.reductions.is_empty() {
        rows.push(("reduced", label.reductions.join("; then ")));
    }
    if let Some(maximum) = &label.maximum {
        rows.push(("largest dose", maximum.to_string()));
    }
    if label.stop_after > 0 {
        let ordinal = match label.stop_after {
            1 => "first".to_owned(),
            2 => "second".to_owned(),
            3 => "third".to_owned(),
            n => format!("{n}th"),
        };
        rows.push(("stopped", format!("at the {ordinal} grade-3 event of one organ class")));
    }
    rows.push(("source", label.source.clone()));
    let rows: Vec<_> = rows.into_iter().map(|(what, is)| vec![format!("  {what}"), is]).collect();
    let _ = writeln!(out, "\ndoses\n{}", aligned(&rows, &[]).join("\n"));
}

/// All numbers under the headings of their places; defaults of the file format are left out.
fn numbers(out: &mut String, drug: &Drug) {
    let entries: Vec<NumberEntry<'_>> =
        drug.numbers().into_iter().filter(|e| !e.number.is_default()).collect();
    let mut rest = entries.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|e| e.place == first.place).count();
        let rows: Vec<_> = rest[..length].iter().map(row).collect();
        let title = if first.place.is_empty() { "drug" } else { &first.place };
        let _ = writeln!(out, "\n{title}\n{}", aligned(&rows, &[]).join("\n"));
        rest = &rest[length..];
    }
}

fn row(entry: &NumberEntry<'_>) -> Vec<String> {
    let number = entry.number;
    let unit = if entry.unit.is_empty() { String::new() } else { format!(" {}", entry.unit) };
    let cv = if number.cv == 0.0 { String::new() } else { format!("CV {} %", short(number.cv * 100.0)) };
    let value = format!("{}{unit}", short(number.value));
    vec![
        format!("  {}", entry.name.replace('_', " ")),
        value,
        cv,
        number.confidence.word().to_owned(),
        number.source.clone(),
    ]
}

/// A number with at most five significant digits.
fn short(value: f64) -> String {
    format!("{value:.4e}").parse().map_or_else(|_| number_text(value), number_text)
}

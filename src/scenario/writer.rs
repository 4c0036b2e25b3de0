//! Text of an effective file: sections, keys with their notes, values as TOML wants them.

use std::fmt::Write as _;

use super::table::{Fallback, Kind, Only, Section};
use super::units::{hours_text, number_text};
use crate::catalogue::Number;
use crate::sink::is_hidden;

/// A value as the effective file has it.
pub(crate) struct TomlText {
    /// TOML text.
    pub text: String,
    /// A comment; may be empty.
    pub note: String,
}

impl From<String> for TomlText {
    fn from(text: String) -> TomlText {
        TomlText { text, note: String::new() }
    }
}

/// Text with quotes, escaped as TOML wants it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_hidden(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Texts as a list.
pub(crate) fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A number with its spread and source, in this unit.
pub(crate) fn sourced(number: &Number, unit: &str) -> String {
    let value = if unit.is_empty() {
        plain(number.value)
    } else {
        quoted(&format!("{} {unit}", number_text(number.value)))
    };
    let cv = if number.cv == 0.0 { String::new() } else { format!(", cv = {}", plain(number.cv)) };
    let (source, confidence) = (quoted(&number.source), number.confidence.word());
    format!("{{ value = {value}{cv}, source = {source}, confidence = \"{confidence}\" }}")
}

/// A plain number that reads back as the same float, recognisable as not an integer.
pub(crate) fn plain(value: f64) -> String {
    format!("{value:?}")
}

/// A number for a comment: six significant digits.
fn rounded(value: f64) -> String {
    format!("{value:.5e}").parse().map_or_else(|_| plain(value), number_text)
}

pub(crate) struct Writer {
    pub out: String,
    /// Length of a step.
    pub step_hours: u32,
    /// Factor on mutation rates.
    pub amplification: f64,
    /// Keys of a section that stands in one line, with comments; none elsewhere.
    pub inline: Option<(Vec<String>, Vec<String>)>,
    /// A table of the section, which follows its keys.
    pub after: String,
    pub section: &'static Section,
    /// Keys of the section that were written, with their values; without a value where nothing is to be said of a key.
    pub written: Vec<(&'static str, String)>,
}

impl Writer {
    /// Nothing is to be said of these keys if they are not written.
    pub fn unsaid(&mut self, names: impl IntoIterator<Item = &'static str>) {
        self.written.extend(names.into_iter().map(|name| (name, String::new())));
    }

    /// A mutation rate, with what it is amplified to.
    pub fn mutation_text(&self, rate: f64) -> TomlText {
        let note = match self.amplification {
            1.0 => String::new(),
            amplification => format!("{} with amplification", rounded(rate * amplification)),
        };
        TomlText { text: quoted(&format!("{} /division", number_text(rate))), note }
    }

    /// A rate, with its value per step.
    pub fn rate_text(&self, rate: f64) -> TomlText {
        let note = match rate {
            0.0 => String::new(),
            _ => format!("{} per step", rounded(rate * f64::from(self.step_hours) / 24.0)),
        };
        TomlText { text: format!("\"{} /d\"", number_text(rate)), note }
    }

    pub fn comment(&mut self, text: &str) {
        let _ = writeln!(self.out, "# {text}");
    }

    pub fn section(&mut self, section: &'static Section) {
        self.finish();
        let _ = writeln!(self.out, "\n{}", section.heading);
        self.section = section;
    }

    /// Says of the optional keys that were not written what their absence means.
    pub fn finish(&mut self) {
        for key in self.section.keys {
            let below = matches!(key.kind, Kind::Tables(_) | Kind::Shares);
            let applies = |only: Only| {
                let value = self.written.iter().find(|(name, _)| *name == only.key).map(|(_, value)| value);
                value.is_none_or(|value| only.values.iter().any(|word| *value == quoted(word)))
            };
            if let Fallback::Absent(meaning) = key.default
                && !below
                && key.only.is_none_or(applies)
                && self.written.iter().all(|(name, _)| *name != key.name)
            {
                let _ = writeln!(self.out, "# {}: {meaning}", key.name);
            }
        }
        self.written.clear();
        self.out.push_str(&std::mem::take(&mut self.after));
    }

    pub fn noted(&mut self, name: &'static str, value: &str, comment: &str) {
        debug_assert!(self.section.find(name).is_some(), "`{name}` is not a key of {}", self.section.heading);
        self.written.push((name, value.to_owned()));
        let line = format!("{name} = {value}");
        if let Some((keys, notes)) = &mut self.inline {
            keys.push(line);
            notes.extend((!comment.is_empty()).then(|| format!("{name} {comment}")));
            return;
        }
        let _ = if comment.is_empty() {
            writeln!(self.out, "{line}")
        } else {
            writeln!(self.out, "{line:<40} # {comment}")
        };
    }

    pub fn time_text(&self, steps: u32) -> String {
        format!("\"{}\"", hours_text(f64::from(steps) * f64::from(self.step_hours)))
    }
}

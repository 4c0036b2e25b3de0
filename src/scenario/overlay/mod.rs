//! Keys of a file that are given elsewhere: on the command line, or in a row of a design.
//!
//! An [`Overlay`] is a list of dotted keys with their values, and a text that shows them. It is laid over the document of a file before
//! that is judged, so that what it says is checked like the file and with the file's errors. Its keys and values have places in its own
//! text, which stands behind the file's while both are read; [`Overlay::placed`] moves findings back to where they belong.

mod insert;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::{Diagnostic, SourceText, Span};
use super::render::position;
use super::table::Section;
use insert::insert;

/// A key of a file and its value, as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// The key with its sections: `patient.growth`, `arm.everolimus.therapy.regimen`, `cohort.change.0.fixed`.
    pub key: String,
    /// The value as TOML; what is not TOML is a text.
    pub value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut quote = None;
        let is_outside = |(_, c): &(usize, char)| {
            match (quote, *c) {
                (None, '"' | '\'') => quote = Some(*c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
            quote.is_none() && *c == '='
        };
        match text.char_indices().find(is_outside) {
            Some((at, _)) if !text[..at].trim().is_empty() => {
                Ok(Self { key: text[..at].trim().to_owned(), value: text[at + 1..].trim().to_owned() })
            }
            _ => Err("expected KEY=VALUE, such as `seed=7` or `patient.growth=\"0.006 /d\"`".to_owned()),
        }
    }
}

/// A setting in the text of its overlay.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SettingLine {
    key: Range<usize>,
    value: Range<usize>,
    /// Whether the value is a text without being TOML.
    is_bare: bool,
}

/// Keys of a file with the values that they have in place of the file's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overlay {
    /// Where they are given, as messages show it.
    name: String,
    text: String,
    lines: Vec<SettingLine>,
}

impl Overlay {
    /// Settings that are given at a place, each shown behind a word that stands before it there.
    pub fn new(name: &str, before: &str, settings: &[Setting]) -> Self {
        let mut overlay = Self { name: name.to_owned(), ..Self::default() };
        settings.iter().for_each(|setting| overlay.add(before, setting));
        overlay
    }

    /// Settings of the command line.
    pub fn of_command_line(settings: &[Setting]) -> Self {
        Self::new("command line", "--set ", settings)
    }

    fn add(&mut self, before: &str, setting: &Setting) {
        let start = self.text.len() + before.len();
        let key = start..start + setting.key.len();
        let is_bare = DeValue::parse(&setting.value).is_err();
        let quote = if is_bare { "\"" } else { "" };
        let value = key.end + 1 + quote.len();
        let value = value..value + setting.value.len();
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{before}{}={quote}{}{quote}", setting.key, setting.value);
        self.lines.push(SettingLine { key, value, is_bare });
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text of a file with that of the overlay behind it.
    pub(super) fn behind<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n{}", self.text)) }
    }

    /// Documents of each key and of each value, in which these have their places in the text that [`Overlay::behind`] makes.
    pub(super) fn parts(&self, file: &str) -> Vec<[String; 2]> {
        let base = file.len() + 1;
        let at = |before: &str, part: &Range<usize>| {
            " ".repeat(base + part.start - before.len()) + before + &self.text[part.clone()]
        };
        self.lines.iter().map(|line| [at("", &line.key) + KEY, at(VALUE, &line.value)]).collect()
    }

    /// Lays the settings over a document; what cannot be laid.
    pub(super) fn lay<'a>(
        &self,
        parts: &'a [[String; 2]],
        document: &mut DeTable<'a>,
        root: &'static Section,
    ) -> Vec<Diagnostic> {
        let lay = |(line, [key, value]): (&SettingLine, &'a [String; 2])| {
            let path = path(key)?;
            let parsed = if line.is_bare { None } else { value_of(value) };
            insert(document, Some(root), &path, parsed.unwrap_or_else(|| bare(value)))
        };
        self.lines.iter().zip(parts).map(lay).filter_map(Result::err).map(|found| *found).collect()
    }

    /// Findings about a file with the overlay, each where it belongs: those about a setting at its place.
    pub(super) fn placed(&self, file: &str, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if self.is_empty() {
            return found;
        }
        let source = Arc::new(SourceText { name: self.name.clone(), text: self.text.clone() });
        found.into_iter().map(|one| self.place(one, file, &source)).collect()
    }

    fn place(&self, mut found: Diagnostic, file: &str, source: &Arc<SourceText>) -> Diagnostic {
        let base = file.len() + 1;
        if found.file.is_some() {
            return found;
        }
        let own = |span: &Span| span.start >= base;
        let here = own(&found.span);
        if let Some((span, label)) = found.related.take() {
            match own(&span) {
                there if there == here => found.related = Some((moved(span, base, here), label)),
                true => found.notes.push(format!("{label}: `{}`", self.line(span.start - base))),
                false => {
                    found.notes.push(format!("{label}: line {} of the file", position(file, span.start).0))
                }
            }
        }
        if here {
            found.span = moved(found.span, base, true);
            found.file = Some(Arc::clone(source));
        }
        found
    }

    /// The line of the text at a place.
    fn line(&self, at: usize) -> &str {
        self.text.lines().nth(self.text[..at.min(self.text.len())].matches('\n').count()).unwrap_or("")
    }
}

fn moved(span: Span, base: usize, by_base: bool) -> Span {
    if by_base { span.start - base..span.end.max(base) - base } else { span }
}

/// What follows a key in its document.
const KEY: &str = " = 0";
/// What a value follows in its document.
const VALUE: &str = "v=";

/// The value of its document.
fn value_of(document: &str) -> Option<Spanned<DeValue<'_>>> {
    let mut entries = DeTable::parse(document).ok()?.into_inner().into_iter();
    entries.next().map(|(_, value)| value)
}

/// What is not TOML, as a text with its place.
fn bare(document: &str) -> Spanned<DeValue<'_>> {
    let start = document.len() - document.trim_start().len() + VALUE.len();
    Spanned::new(start..document.len(), DeValue::String(document[start..].into()))
}

/// The parts of a dotted key with their places.
fn path(text: &str) -> Result<Vec<Spanned<DeString<'_>>>, Box<Diagnostic>> {
    let start = text.len() - text.trim_start().len();
    let span = start..text.len() - KEY.len();
    let refused = || {
        let found = Diagnostic::error(span.clone(), format!("{} is not a key", super::shown(&text[span.clone()])))
            .label("expected a key with its sections, separated by dots")
            .help("write for example `patient.growth`; a part with other characters than letters, digits, `_` and `-` in quotes: `arm.\"10 mg\".name`");
        Box::new(found)
    };
    let document = DeTable::parse(text).map_err(|_| refused())?;
    let (mut table, mut parts) = (document.into_inner(), Vec::new());
    loop {
        let mut entries = table.into_iter();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else { return Err(refused()) };
        parts.push(key);
        match value.into_inner() {
            DeValue::Table(below) => table = below,
            _ => return Ok(parts),
        }
    }
}

#[cfg(test)]
mod tests;

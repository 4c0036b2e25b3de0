//! A value as its key asks for it.

use toml::de::DeValue;

use super::context::Context;
use super::error::{Diagnostic, Span};
use super::nearest::nearest;
use super::shown::shown;
use super::table::Key;

/// The key whose value is read.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub cx: &'a Context<'a>,
    pub key: &'static Key,
}

impl Asked<'_> {
    pub fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(span, message).label(format!("expected {}", self.key.kind.expected()))
    }

    /// Items of a list, until so much was found that reading on would help nobody.
    pub fn while_read<I: IntoIterator>(&self, items: I) -> impl Iterator<Item = I::Item> {
        items.into_iter().take_while(|_| !self.cx.is_full())
    }

    /// Reports a value of another type than the key's.
    pub fn mismatch(&self, found: &DeValue<'_>, span: Span) {
        let name = self.key.name;
        let help = self
            .word_meant(found)
            .unwrap_or_else(|| format!("write for example `{name} = {}`", self.key.example));
        self.cx.report(self.error(span, format!("`{name}` cannot be {}", describe(found))).help(help));
    }

    /// The way out where a text is given and the key takes a word.
    pub fn word_meant(&self, found: &DeValue<'_>) -> Option<String> {
        let (DeValue::String(text), Some(word)) = (found, self.key.kind.word()) else {
            return None;
        };
        if text.trim().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            return None;
        }
        let near = nearest(text.trim(), [word]).is_some();
        Some(if near {
            format!("did you mean {word:?}?")
        } else {
            format!("write {word:?}, or for example {}", self.key.example)
        })
    }
}

/// What a value is, in words.
pub(crate) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(s) => format!("the text {}", shown(&format!("{s:?}"))),
        DeValue::Integer(i) => format!("the number {}", shown(&i.to_string())),
        DeValue::Float(f) => format!("the number {}", shown(f.as_str())),
        DeValue::Boolean(b) => format!("`{b}`"),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

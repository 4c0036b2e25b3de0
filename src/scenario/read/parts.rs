//! What sections of a drug and of a locus are read with.

use crate::scenario::error::Diagnostic;
use crate::scenario::reader::{At, Reader};

/// All of them, each read and judged, or `None` if one is wrong.
pub(super) fn all<T>(read: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = read.collect();
    read.into_iter().collect()
}

/// Reports a key that is given together with another one.
pub(super) fn clash(reader: &Reader<'_>, one: &str, other: &str, help: &str) {
    if let (Some((span, _)), Some((related, _))) = (reader.given(one), reader.given(other)) {
        reader.cx.report(
            Diagnostic::error(span, format!("`{one}` together with `{other}`"))
                .label("expected only one of them")
                .related(related, "the other one")
                .help(help),
        );
    }
}

/// A finding at the heading of a section, to which the way out is added.
pub(super) struct AtSection<'r, 'a> {
    reader: &'r Reader<'a>,
    found: Diagnostic,
}

/// A finding at the heading of a section.
pub(super) fn at_section<'r, 'a>(reader: &'r Reader<'a>, found: &str, label: &str) -> AtSection<'r, 'a> {
    AtSection { reader, found: Diagnostic::error(reader.span.clone(), found).label(label) }
}

impl AtSection<'_, '_> {
    /// Reports it with its way out.
    pub fn and_help(self, help: &str) {
        self.reader.cx.report(self.found.help(help));
    }
}

/// A level of a locus with so many levels; reports one that it has not.
pub(super) fn level(reader: &Reader<'_>, level: At<u32>, levels: Option<usize>) -> Option<At<u8>> {
    let levels = levels?;
    if (level.value as usize) < levels {
        return Some(level.map(|l| l as u8));
    }
    reader.cx.report(
        Diagnostic::error(level.span, format!("there is no level {}", level.value))
            .label(format!("expected a level from 0 to {}", levels - 1))
            .help("levels count from 0; add one to `levels` if it is missing"),
    );
    None
}

//! Reads the keys of one section, as the table of keys says, and collects what is wrong.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::amount;
use super::error::{Diagnostic, Severity, Source, Span};
use super::measured;
use super::nearest::{list, nearest};
use super::table::{Fallback, Key, Kind, Only, Section};
use super::value;

/// Findings after which reading stops: nobody mends more of them at once.
const MANY: usize = 1000;

/// A value and its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub value: T,
    /// The value's place, or the section's heading if the value is a default.
    pub span: Span,
}

impl<T> At<T> {
    pub fn new(value: T, span: Span) -> At<T> {
        At { value, span }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), span: self.span }
    }
}

/// What one pass over a file shares: its text, and what was found.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub text: &'a str,
    /// The file, if it is one that the scenario names.
    file: Option<Arc<Source>>,
    /// The scenario's name as messages show it.
    shown: &'a str,
    found: RefCell<Vec<Diagnostic>>,
    /// Sections and keys that were asked for, so that a test can hold them against the table.
    asked: RefCell<BTreeSet<(&'static str, &'static str)>>,
}

impl<'a> Context<'a> {
    pub fn new(text: &'a str) -> Context<'a> {
        Context { text, file: None, shown: "", found: RefCell::default(), asked: RefCell::default() }
    }

    /// A pass over a file that the scenario names.
    pub fn of_file(file: &'a Arc<Source>) -> Context<'a> {
        Context { file: Some(Arc::clone(file)), ..Context::new(&file.text) }
    }

    pub fn report(&self, mut diagnostic: Diagnostic) {
        if let Some(file) = &self.file {
            diagnostic = in_drug_file(diagnostic);
            diagnostic.file = Some(Arc::clone(file));
        }
        self.found.borrow_mut().push(diagnostic);
    }

    /// The same pass, over a scenario that messages show by this name.
    pub fn shown_as(self, file_name: &'a str) -> Context<'a> {
        Context { shown: file_name, ..self }
    }

    /// How messages show a file whose path is relative to the scenario.
    pub fn beside(&self, path: &str) -> String {
        let folder = Path::new(self.shown).parent().unwrap_or(Path::new(""));
        folder.join(path).display().to_string()
    }

    /// The file, if it is one that the scenario names.
    pub fn file(&self) -> Option<Arc<Source>> {
        self.file.clone()
    }

    /// Takes over what a pass over another file found.
    pub fn absorb(&self, found: Vec<Diagnostic>) {
        self.found.borrow_mut().extend(found);
    }

    /// Whether so much was found that reading on would help nobody.
    pub fn is_full(&self) -> bool {
        self.found.borrow().len() >= MANY
    }

    pub fn has_errors(&self) -> bool {
        self.found.borrow().iter().any(|d| d.severity == Severity::Error)
    }

    /// All findings in the order of their places, those of files that the scenario names first: what is wrong in the
    /// scenario may follow from them.
    pub fn finish(self) -> Vec<Diagnostic> {
        let mut all = self.found.into_inner();
        all.sort_by_cached_key(|d| (d.file.is_none(), d.file.clone(), d.span.start, d.severity));
        all.dedup();
        all
    }

    #[cfg(test)]
    pub fn asked(&self) -> BTreeSet<(&'static str, &'static str)> {
        self.asked.borrow().clone()
    }

    /// Place of a part of a string value; the whole value where escapes move its bytes.
    pub fn within(&self, value: &At<String>, part: std::ops::Range<usize>) -> Span {
        let inner = value.span.start + 1..value.span.end.saturating_sub(1);
        let bare = value.span.clone();
        if self.text.get(inner.clone()) == Some(value.value.as_str()) {
            inner.start + part.start..inner.start + part.end
        } else if self.text.get(bare.clone()) == Some(value.value.as_str()) {
            bare.start + part.start..bare.start + part.end
        } else {
            value.span.clone()
        }
    }
}

/// A text, or a table in its place.
#[derive(Debug, Clone)]
pub(crate) enum Entry<'a> {
    Text(At<String>),
    Table(Reader<'a>),
}

/// A section of the file that is being read.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    pub cx: &'a Context<'a>,
    pub section: &'static Section,
    table: Option<&'a DeTable<'a>>,
    /// The section's heading.
    pub span: Span,
}

impl<'a> Reader<'a> {
    /// Starts reading the file without judging its keys yet; see [`Reader::check_keys`].
    pub fn root(cx: &'a Context<'a>, section: &'static Section, table: &'a DeTable<'a>) -> Reader<'a> {
        Reader { cx, section, table: Some(table), span: 0..0 }
    }

    /// Starts reading a table; unknown keys are reported at once.
    pub fn new(
        cx: &'a Context<'a>,
        section: &'static Section,
        table: &'a DeTable<'a>,
        span: Span,
    ) -> Reader<'a> {
        let reader = Reader { cx, section, table: Some(table), span };
        reader.check_keys();
        reader
    }

    /// Reports unknown keys.
    pub fn check_keys(&self) {
        for key in self.table.iter().flat_map(|t| t.keys()) {
            if self.section.find(key.get_ref()).is_none() {
                self.cx.report(unknown_key(self.section, key));
            }
        }
    }

    /// Whether an unknown key is probably this one, misspelt.
    pub fn misspelt(&self, name: &str) -> bool {
        let near = |key: &str| nearest(key, self.section.keys.iter().map(|k| k.name)) == Some(name);
        let mut keys = self.table.iter().flat_map(|t| t.keys());
        keys.any(|key| self.section.find(key.get_ref()).is_none() && near(key.get_ref()))
    }

    /// The table's entry for a key, without judging it.
    pub fn given(&self, name: &str) -> Option<(Span, &'a Spanned<DeValue<'a>>)> {
        let (key, value) = self.table?.get_key_value(name)?;
        Some((key.span(), value))
    }

    /// Whether a key is written.
    pub fn has(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    fn key(&self, name: &'static str) -> &'static Key {
        let key = self.section.find(name);
        let key = key.unwrap_or_else(|| unreachable!("`{name}` is read but not in the table of keys"));
        self.cx.asked.borrow_mut().insert((self.section.path, key.name));
        key
    }

    /// Reads a key's value or its default with `read`.
    fn read<T>(
        &self,
        name: &'static str,
        read: impl Fn(&value::Asked<'_>, &DeValue<'_>, Span) -> Option<T>,
    ) -> Option<At<T>> {
        let key = self.key(name);
        if self.cx.is_full() {
            return None;
        }
        let asked = value::Asked { cx: self.cx, key };
        if let Some((_, entry)) = self.given(name) {
            let span = entry.span();
            return read(&asked, entry.get_ref(), span.clone()).map(|v| At::new(v, span));
        }
        match key.default {
            Fallback::Value(text) => {
                let parsed = DeValue::parse(text).ok()?;
                read(&asked, parsed.get_ref(), self.span.clone()).map(|v| At::new(v, self.span.clone()))
            }
            Fallback::Required
            | Fallback::RequiredThere
            | Fallback::RequiredIn(_)
            | Fallback::RequiredUnless(_) => {
                self.missing(key);
                None
            }
            Fallback::Derived(_) | Fallback::Absent(_) => None,
        }
    }

    fn missing(&self, key: &Key) {
        if self.misspelt(key.name) {
            return;
        }
        let place = if self.section.path.is_empty() {
            String::new()
        } else {
            format!(" in {}", self.section.heading)
        };
        let because = match (key.default, key.only) {
            (Fallback::RequiredIn(situation), _) => format!(", which {situation} needs"),
            (_, Some(Only { key, values })) => {
                let chosen = self.given(key).and_then(|(_, v)| v.get_ref().as_str());
                let chosen = values.iter().find(|v| Some(**v) == chosen).unwrap_or(&values[0]);
                format!(", which {key} = {chosen:?} needs")
            }
            (_, None) => String::new(),
        };
        let help = match &key.kind {
            Kind::Table(section) => {
                let required = |k: &&Key| {
                    matches!(
                        k.default,
                        Fallback::Required | Fallback::RequiredIn(_) | Fallback::RequiredUnless(_)
                    )
                };
                let needed = section.keys.iter().filter(required).count().max(1);
                let keys = section.keys.iter().filter(required).chain(section.keys).take(needed);
                let lines: Vec<String> = keys.map(|k| format!("`{} = {}`", k.name, k.example)).collect();
                format!("add the section {} with {}", section.heading, lines.join(" and "))
            }
            _ => format!("add `{} = {}`", key.name, key.example),
        };
        let what = if matches!(key.kind, Kind::Table(_)) { "section" } else { "key" };
        self.cx.report(
            Diagnostic::error(self.span.clone(), format!("missing {what} `{}`{place}{because}", key.name))
                .label(format!("expected `{}`: {}", key.name, key.kind.expected()))
                .help(help),
        );
    }

    /// Reports keys that do not go with this value of `other`.
    pub fn check_only(&self, other: &'static str, chosen: &At<&'static str>) {
        let fits = |k: &Key| k.only.is_none_or(|o| o.key != other || o.values.contains(&chosen.value));
        for key in self.section.keys.iter().filter(|k| !fits(k)) {
            let Some((span, _)) = self.given(key.name) else {
                continue;
            };
            let goes_with = key.only.map_or(&[][..], |o| o.values);
            let allowed =
                self.section.keys.iter().filter(|k| k.only.is_some_and(|o| o.values.contains(&chosen.value)));
            self.cx.report(
                Diagnostic::error(
                    span,
                    format!("`{}` does not go with {other} = {:?}", key.name, chosen.value),
                )
                .label(format!("expected only with {other} = {}", quoted(goes_with)))
                .related(chosen.span.clone(), if self.has(other) { "chosen here" } else { "by default" })
                .help(format!(
                    "leave `{}` out; keys that belong to {other} = {:?}: {}",
                    key.name,
                    chosen.value,
                    list(allowed.map(|k| k.name))
                )),
            );
        }
    }

    pub fn text(&self, name: &'static str) -> Option<At<String>> {
        self.read(name, value::text)
    }

    pub fn name(&self, name: &'static str) -> Option<At<String>> {
        self.read(name, value::name)
    }

    pub fn names(&self, name: &'static str) -> Option<At<Vec<At<String>>>> {
        self.read(name, value::names)
    }

    pub fn flag(&self, name: &'static str) -> Option<At<bool>> {
        self.read(name, value::flag)
    }

    pub fn integer(&self, name: &'static str) -> Option<At<u64>> {
        self.read(name, value::integer)
    }

    /// A whole number that fits 32 bits, as the bounds in the table of keys ensure.
    pub fn small(&self, name: &'static str) -> Option<At<u32>> {
        let whole = self.integer(name)?;
        let value = u32::try_from(whole.value).unwrap_or(u32::MAX);
        Some(At::new(value, whole.span))
    }

    pub fn number(&self, name: &'static str) -> Option<At<f64>> {
        self.read(name, value::number)
    }

    /// `Some(None)` stands for the word that may take the place of the number.
    pub fn number_or(&self, name: &'static str) -> Option<At<Option<f64>>> {
        self.read(name, value::number_or)
    }

    pub fn numbers(&self, name: &'static str) -> Option<At<Vec<At<f64>>>> {
        self.read(name, value::numbers)
    }

    pub fn size(&self, name: &'static str) -> Option<At<Vec<At<u64>>>> {
        self.read(name, value::size)
    }

    pub fn quantity(&self, name: &'static str) -> Option<At<f64>> {
        self.read(name, value::quantity)
    }

    /// `Some(None)` stands for the word that may take the place of the quantity.
    pub fn quantity_or(&self, name: &'static str) -> Option<At<Option<f64>>> {
        self.read(name, value::quantity_or)
    }

    pub fn times(&self, name: &'static str) -> Option<At<Vec<At<f64>>>> {
        self.read(name, value::times)
    }

    pub fn windows(&self, name: &'static str) -> Option<At<Vec<value::Window>>> {
        self.read(name, value::windows)
    }

    pub fn choice(&self, name: &'static str) -> Option<At<&'static str>> {
        self.read(name, value::choice)
    }

    /// A number of the catalogue with its spread and source.
    pub fn sourced(&self, name: &'static str) -> Option<At<crate::catalogue::Number>> {
        self.read(name, measured::sourced)
    }

    pub fn texts(&self, name: &'static str) -> Option<At<Vec<At<String>>>> {
        self.read(name, value::texts)
    }

    /// A text counts as a list of one.
    pub fn text_or_texts(&self, name: &'static str) -> Option<At<Vec<At<String>>>> {
        self.read(name, value::text_or_texts)
    }

    pub fn choices(&self, name: &'static str) -> Option<At<Vec<At<&'static str>>>> {
        self.read(name, value::choices)
    }

    pub fn dose(&self, name: &'static str) -> Option<At<crate::catalogue::Dose>> {
        self.read(name, measured::dose)
    }

    /// A required key whose value `read` judges, in place of the key's own kind.
    pub fn inner<T>(&self, name: &'static str, read: impl Fn(&DeValue<'_>, Span) -> Option<T>) -> Option<T> {
        self.read(name, |_, found, span| read(found, span)).map(|v| v.value)
    }

    pub fn selector(&self, name: &'static str) -> Option<At<String>> {
        self.read(name, value::selector)
    }

    /// Entries of a table with free keys, in file order.
    pub fn amounts(&self, name: &'static str) -> Option<At<amount::Amounts>> {
        self.read(name, amount::amounts)
    }

    pub fn induced(
        &self,
        name: &'static str,
        dimension: super::units::Dimension,
    ) -> Option<At<value::Entries>> {
        self.read(name, |asked, found, span| value::induced(asked, found, span, dimension))
    }

    /// A rate whose dimension another key decides.
    pub fn either_rate(&self, name: &'static str, dimension: super::units::Dimension) -> Option<At<f64>> {
        self.read(name, |asked, found, span| super::measured::dimensioned(asked, found, span, dimension))
    }

    /// A section below this one; `None` if it is absent or no table.
    pub fn table(&self, name: &'static str) -> Option<Reader<'a>> {
        let key = self.key(name);
        let Kind::Table(section) = &key.kind else {
            return None;
        };
        match self.given(name) {
            Some((_, entry)) => match entry.get_ref() {
                DeValue::Table(table) => Some(Reader::new(self.cx, section, table, entry.span())),
                other => {
                    value::Asked { cx: self.cx, key }.mismatch(other, entry.span());
                    None
                }
            },
            None => match key.default {
                Fallback::Value(_) => {
                    Some(Reader { cx: self.cx, section, table: None, span: self.span.clone() })
                }
                Fallback::Required | Fallback::RequiredIn(_) => {
                    self.missing(key);
                    None
                }
                _ => None,
            },
        }
    }

    /// A section below this one; where it is absent, one that holds the defaults.
    pub fn table_or_defaults(&self, name: &'static str) -> Option<Reader<'a>> {
        match &self.key(name).kind {
            Kind::Table(section) if !self.has(name) => {
                Some(Reader { cx: self.cx, section, table: None, span: self.span.clone() })
            }
            _ => self.table(name),
        }
    }

    /// Regimens, each a text or a table; one alone counts as a list of one. Items that are neither are reported and
    /// left out.
    pub fn regimens(&self, name: &'static str) -> Option<At<Vec<Entry<'a>>>> {
        let key = self.key(name);
        let Kind::Regimens(section) = &key.kind else {
            return None;
        };
        let Some((_, entry)) = self.given(name) else {
            if matches!(key.default, Fallback::Required) {
                self.missing(key);
            }
            return None;
        };
        let asked = value::Asked { cx: self.cx, key };
        let one = |item: &'a Spanned<DeValue<'a>>| match item.get_ref() {
            DeValue::String(text) => Some(Entry::Text(At::new(text.to_string(), item.span()))),
            DeValue::Table(table) => Some(Entry::Table(Reader::new(self.cx, section, table, item.span()))),
            other => {
                asked.mismatch(other, item.span());
                None
            }
        };
        let all = match entry.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(one).collect(),
            _ => one(entry).into_iter().collect(),
        };
        Some(At::new(all, entry.span()))
    }

    /// The tables of a list of sections below this one.
    pub fn tables(&self, name: &'static str) -> Vec<Reader<'a>> {
        let key = self.key(name);
        let Kind::Tables(section) = &key.kind else {
            return Vec::new();
        };
        let Some((_, entry)) = self.given(name) else {
            return Vec::new();
        };
        let asked = value::Asked { cx: self.cx, key };
        match entry.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => Some(Reader::new(self.cx, section, table, item.span())),
                    other => {
                        asked.mismatch(other, item.span());
                        None
                    }
                })
                .collect(),
            DeValue::Table(_) if !section.heading.is_empty() => {
                self.cx.report(
                    Diagnostic::error(entry.span(), format!("`{name}` is a list of sections"))
                        .label(format!("expected {}", section.heading))
                        .help(format!("write {} with double brackets, once for each", section.heading)),
                );
                Vec::new()
            }
            other => {
                asked.mismatch(other, entry.span());
                Vec::new()
            }
        }
    }
}

/// In a file with drugs, their sections stand without `catalogue.`.
fn in_drug_file(mut found: Diagnostic) -> Diagnostic {
    let bare = |text: &str| text.replace("[[catalogue.", "[[").replace("[catalogue.", "[");
    found.message = bare(&found.message);
    found.label = bare(&found.label);
    found.notes = found.notes.iter().map(|n| bare(n)).collect();
    found.help = found.help.as_deref().map(bare);
    found
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|w| format!("{w:?}")).collect::<Vec<_>>().join(" or ")
}

/// Keys that stand elsewhere in a trial than in a scenario, with their sections and where they went.
const MOVED: [(&str, &str, &str); 3] = [
    (
        "arm.therapy",
        "visits",
        "the calendar is the trial's and the same in every arm: write it as [assessment.visits]",
    ),
    (
        "assessment.visits",
        "baseline_diameter",
        "remove it: every patient has a sum of diameters of its own, the quantity `diameter_sum` of [[cohort.change]]",
    ),
    ("cohort", "seed", "write it at the top, before the first section: it is the seed of the patients too"),
];

fn unknown_key(section: &'static Section, key: &Spanned<toml::de::DeString<'_>>) -> Diagnostic {
    let name = key.get_ref();
    let shown = value::shown(name);
    let allowed = list(section.keys.iter().map(|k| k.name));
    let place = if section.path.is_empty() { "at top level" } else { section.heading };
    let found = Diagnostic::error(
        key.span(),
        format!("unknown key {shown} {}{place}", if section.path.is_empty() { "" } else { "in " }),
    )
    .note(format!("keys allowed {}{place}: {allowed}", if section.path.is_empty() { "" } else { "in " }));
    if let Some(near) = nearest(name, section.keys.iter().map(|k| k.name)) {
        return found.label(format!("expected `{near}`?")).help(format!("did you mean `{near}`?"));
    }
    if let Some((_, _, help)) = MOVED.iter().find(|(path, key, _)| *path == section.path && key == name) {
        return found.label("expected no such key here").help(*help);
    }
    let other = |s: &&Section| s.path != section.path && s.find(name).is_some();
    let elsewhere = super::keys::ROOT.walk().into_iter().find(other);
    match elsewhere {
        Some(other) => {
            let other =
                if other.path.is_empty() { "at top level".into() } else { format!("in {}", other.heading) };
            found.label("expected no such key here").help(format!("{shown} is a key {other}; move it there"))
        }
        None => found
            .label("expected one of the keys below")
            .help("remove it, or turn it into a comment with `#`"),
    }
}

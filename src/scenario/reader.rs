//! Reads the keys of one section, as the table of keys says, and collects what is wrong.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::asked::Asked;
use super::context::{At, Context};
use super::error::{Diagnostic, Span};
use super::nearest::{list, nearest};
use super::shown::shown;
use super::table::{Fallback, Key, Kind, Only, Section};

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

    /// Reports unknown keys, and those that have another name now.
    pub fn check_keys(&self) {
        for key in self.table.iter().flat_map(|t| t.keys()) {
            let name: &str = key.get_ref();
            if self.section.find(name).is_some() {
                continue;
            }
            match self.section.keys.iter().find(|k| k.formerly == Some(name)) {
                Some(now) if self.table.is_some_and(|t| t.contains_key(now.name)) => {
                    Diagnostic::error(key.span(), format!("`{name}` together with `{}`", now.name))
                        .label("expected only one of them: the first is what the other was called before")
                        .help(format!("remove `{name}`"))
                        .report(self.cx)
                }
                Some(now) => {
                    Diagnostic::warning(key.span(), format!("`{name}` is called `{}` now", now.name))
                        .label(format!("expected `{}`", now.name))
                        .help("rename it: the next version does not read the old name")
                        .report(self.cx)
                }
                None => self.cx.report(unknown_key(self.cx, self.section, key)),
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
        let table = self.table?;
        let before = || self.section.find(name).and_then(|key| key.formerly);
        let found = table.get_key_value(name).or_else(|| table.get_key_value(before()?));
        found.map(|(key, value)| (key.span(), value))
    }

    /// Whether a key is written.
    pub fn has(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// Whether a key is written by the name that it had before.
    pub fn has_old_name(&self, name: &str) -> bool {
        let old = self.section.find(name).and_then(|key| key.formerly);
        old.zip(self.table).is_some_and(|(old, table)| table.contains_key(old))
    }

    fn key(&self, name: &'static str) -> &'static Key {
        let key = self.section.find(name);
        key.unwrap_or_else(|| unreachable!("`{name}` is read but not in the table of keys"))
    }

    /// Reads a key's value or its default with `read`.
    pub(super) fn read<T>(
        &self,
        name: &'static str,
        read: impl Fn(&Asked<'_>, &DeValue<'_>, Span) -> Option<T>,
    ) -> Option<At<T>> {
        let key = self.key(name);
        if self.cx.is_full() {
            return None;
        }
        let asked = Asked { cx: self.cx, key };
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
        Diagnostic::error(self.span.clone(), format!("missing {what} `{}`{place}{because}", key.name))
            .label(format!("expected `{}`: {}", key.name, key.kind.expected()))
            .help(help)
            .report(self.cx);
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
            Diagnostic::error(span, format!("`{}` does not go with {other} = {:?}", key.name, chosen.value))
                .label(format!("expected only with {other} = {}", quoted(goes_with)))
                .related(chosen.span.clone(), if self.has(other) { "chosen here" } else { "by default" })
                .help(format!(
                    "leave `{}` out; keys that belong to {other} = {:?}: {}",
                    key.name,
                    chosen.value,
                    list(allowed.map(|k| k.name))
                ))
                .report(self.cx);
        }
    }

    /// A required key whose value `read` judges, in place of the key's own kind.
    pub fn inner<T>(&self, name: &'static str, read: impl Fn(&DeValue<'_>, Span) -> Option<T>) -> Option<T> {
        self.read(name, |_, found, span| read(found, span)).map(|v| v.value)
    }

    /// The word that another key has, given or by default.
    fn chosen(&self, other: &str) -> Option<At<&'static str>> {
        let key = self.section.find(other)?;
        let Kind::Choice(words) = key.kind else { return None };
        let find = |word: &str| words.iter().find(|w| **w == word).copied();
        match self.given(other) {
            Some((_, value)) => {
                value.get_ref().as_str().and_then(find).map(|word| At::new(word, value.span()))
            }
            None => match key.default {
                Fallback::Value(text) => {
                    find(text.trim_matches('"')).map(|word| At::new(word, self.span.clone()))
                }
                _ => None,
            },
        }
    }

    /// Whether a key may stand beside what other keys say.
    pub(super) fn applies(&self, key: &Key) -> bool {
        key.only
            .is_none_or(|only| self.chosen(only.key).is_some_and(|word| only.values.contains(&word.value)))
    }

    /// Reports keys that do not go with the words of others.
    pub fn judge_conditions(&self) {
        let mut others: Vec<&'static str> = Vec::new();
        for only in self.section.keys.iter().filter_map(|key| key.only) {
            if !others.contains(&only.key) {
                others.push(only.key);
                if let Some(chosen) = self.chosen(only.key) {
                    self.check_only(only.key, &chosen);
                }
            }
        }
    }

    /// Reports what cannot be meant, at a key's value, or at the heading where the key is not given.
    pub fn refuse(
        &self,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) {
        Diagnostic::error(self.place(key), found).label(expected).help(help).report(self.cx);
    }

    /// The same, as the reason why there is no value.
    pub fn refused<T>(
        &self,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        self.refuse(key, found, expected, help);
        None
    }

    /// Reports a key that is given together with another one.
    pub fn exclusive(&self, one: &str, other: &str, help: &str) {
        if let (Some((span, _)), Some((related, _))) = (self.given(one), self.given(other)) {
            Diagnostic::error(span, format!("`{one}` together with `{other}`"))
                .label("expected only one of them")
                .related(related, "the other one")
                .help(help)
                .report(self.cx);
        }
    }

    /// Place of a key's value, or the section's heading where it is not given.
    pub fn place(&self, name: &str) -> Span {
        self.given(name).map_or(self.span.clone(), |(_, value)| value.span())
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
                    Asked { cx: self.cx, key }.mismatch(other, entry.span());
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

    /// The tables of a list of sections below this one.
    pub fn tables(&self, name: &'static str) -> Vec<Reader<'a>> {
        let key = self.key(name);
        let Kind::Tables(section) = &key.kind else {
            return Vec::new();
        };
        let Some((_, entry)) = self.given(name) else {
            return Vec::new();
        };
        let asked = Asked { cx: self.cx, key };
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
                Diagnostic::error(entry.span(), format!("`{name}` is a list of sections"))
                    .label(format!("expected {}", section.heading))
                    .help(format!("write {} with double brackets, once for each", section.heading))
                    .report(self.cx);
                Vec::new()
            }
            other => {
                asked.mismatch(other, entry.span());
                Vec::new()
            }
        }
    }
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

fn unknown_key(
    cx: &Context<'_>,
    section: &'static Section,
    key: &Spanned<toml::de::DeString<'_>>,
) -> Diagnostic {
    let name = key.get_ref();
    let shown = shown(name);
    let allowed = list(section.keys.iter().map(|k| k.name));
    let place = if section.path.is_empty() { "at top level" } else { section.heading };
    let found = Diagnostic::error(
        key.span(),
        format!("unknown key {shown} {}{place}", if section.path.is_empty() { "" } else { "in " }),
    )
    .note(format!("keys allowed {}{place}: {allowed}", if section.path.is_empty() { "" } else { "in " }));
    let elsewhere = cx.elsewhere(name, section).map(|other| match other.path {
        "" => format!("{shown} is a key at top level"),
        _ => format!("{shown} is a key in {}", other.heading),
    });
    if let Some(near) = nearest(name, section.keys.iter().map(|k| k.name)) {
        let also = elsewhere.map(|elsewhere| format!(" {elsewhere}")).unwrap_or_default();
        return found.label(format!("expected `{near}`?")).help(format!("did you mean `{near}`?{also}"));
    }
    if let Some((_, _, help)) = MOVED.iter().find(|(path, key, _)| *path == section.path && key == name) {
        return found.label("expected no such key here").help(*help);
    }
    match elsewhere {
        Some(elsewhere) => {
            found.label("expected no such key here").help(format!("{elsewhere}; move it there"))
        }
        None => found
            .label("expected one of the keys below")
            .help("remove it, or turn it into a comment with `#`"),
    }
}

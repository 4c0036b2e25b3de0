//! What a reader gives, and a writer takes, by the type that a key has.

use super::context::At;
use super::declare::{Plain, Section, Value};
use super::error::Diagnostic;
use super::reader::Reader;
use super::table::{Fallback, Key, Kind};
use super::writer::{TomlText, Writer};

impl<'a> Reader<'a> {
    /// A key's value; `None` if it is wrong.
    pub fn value<F: Value<T>, T>(&self, name: &'static str) -> Option<T> {
        self.placed::<F, T>(name).map(|at| at.value)
    }

    /// The same with its place.
    pub fn placed<F: Value<T>, T>(&self, name: &'static str) -> Option<At<T>> {
        self.read(name, F::read)
    }

    /// A key's value or its default, without a word about what is wrong with it: for rules, which judge what can be read
    /// even where something else is wrong.
    pub fn peek<F: Value<T>, T>(&self, name: &'static str) -> Option<T> {
        self.cx.quietly(|| self.maybe::<F, T>(name)).flatten()
    }

    /// Sections of a list, each with its keys as far as nothing in it is wrong, without a word about what is.
    pub fn each<S: Section>(&self, name: &'static str) -> Vec<(Reader<'a>, Option<S>)> {
        self.cx.quietly(|| {
            self.tables(name).into_iter().map(|reader| (reader.clone(), S::read(&reader))).collect()
        })
    }

    /// A key's value where it may be absent; `None` if it is wrong.
    pub fn maybe<F: Value<T>, T>(&self, name: &'static str) -> Option<Option<T>> {
        self.maybe_placed::<F, T>(name).map(|value| value.map(|at| at.value))
    }

    /// The same with its place.
    pub fn maybe_placed<F: Value<T>, T>(&self, name: &'static str) -> Option<Option<At<T>>> {
        // A section of the same struct at another place may have fewer keys.
        let Some(key) = self.section.find(name) else { return Some(None) };
        match key.default {
            // What does not go with another key is reported there.
            _ if !self.applies(key) => Some(None),
            Fallback::Derived(_) | Fallback::Absent(_) | Fallback::RequiredUnless(_) if !self.has(name) => {
                Some(None)
            }
            _ => self.placed::<F, T>(name).map(Some),
        }
    }

    /// A section that is always there, if only with its defaults; `None` if it is wrong.
    pub fn section<S: Section>(&self, name: &'static str) -> Option<S> {
        self.table(name).and_then(|reader| S::read(&reader))
    }

    /// A section that may be absent; `None` if it is wrong.
    pub fn maybe_section<S: Section>(&self, name: &'static str) -> Option<Option<S>> {
        match self.table(name) {
            Some(reader) => S::read(&reader).map(Some),
            None => (!self.has(name)).then_some(None),
        }
    }

    /// A list of sections; `None` if one is wrong.
    pub fn sections<S: Section>(&self, name: &'static str) -> Option<Vec<S>> {
        let read: Vec<Option<S>> = self.tables(name).iter().map(S::read).collect();
        read.into_iter().collect()
    }

    /// Reports the higher of two numbers that is not above the lower one.
    pub fn ascending(&self, low: &'static str, high: &'static str, help: &str) {
        let (Some(least), Some(most)) = (self.peek::<Plain, f64>(low), self.peek::<Plain, f64>(high)) else {
            return;
        };
        if least < most {
            return;
        }
        Diagnostic::error(self.place(high), format!("`{high}` ({most}) is not above `{low}` ({least})"))
            .label(format!("expected more than {least}"))
            .related(self.place(low), format!("`{low}`"))
            .help(help)
            .report(self.cx);
    }
}

impl Writer {
    /// Writes the value of a key.
    pub fn value<F: Value<T>, T>(&mut self, name: &'static str, value: &T) {
        let Some(key) = self.section.find(name) else { return };
        let TomlText { text, note } = F::write(value, key, self);
        if matches!(key.kind, Kind::Shares) && text.contains('=') {
            self.unsaid([name]);
            self.after = format!("\n[{}.{name}]\n{text}\n", self.section.path);
            return;
        }
        self.noted(name, &text, &note);
    }

    /// Writes a section that a key of `keys` holds, with its heading; none that stands within a line.
    pub fn nested(&mut self, keys: &'static [Key], name: &'static str, below: &impl Section) {
        let key = keys.iter().find(|key| key.name == name);
        if let Some(section) = key.and_then(|key| key.kind.section())
            && !section.heading.contains('{')
        {
            self.section(section);
            below.write(self);
        }
    }

    /// Writes a section as `name = { … }`; of one with a heading only that it follows.
    pub fn in_line(&mut self, name: &'static str, below: &impl Section) {
        let Some(Kind::Table(section)) = self.section.find(name).map(|key| &key.kind) else { return };
        if !section.heading.contains('{') {
            return self.unsaid([name]);
        }
        let outer = (self.section, std::mem::take(&mut self.written));
        self.inline = Some(Default::default());
        self.section = section;
        below.write(self);
        (self.section, self.written) = outer;
        let (keys, notes) = self.inline.take().unwrap_or_default();
        self.noted(name, &format!("{{ {} }}", keys.join(", ")), &notes.join(", "));
    }
}

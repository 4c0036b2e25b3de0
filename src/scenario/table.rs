//! What a scenario file may contain, as data.
//!
//! The sections and keys of [`keys`](super::keys) are written with these types. Reading, the
//! suggestions for unknown keys, the JSON Schema, the comments of the effective scenario and the
//! reference page all come from that one table.

use std::ops::RangeInclusive;

use super::units::Dimension;
use crate::catalogue::ParameterKind;

/// A table of the file: the top level, `[time]`, each `[[drug]]`, …
#[derive(Debug)]
pub struct Section {
    /// Dotted path from the top; empty for the top level.
    pub path: &'static str,
    /// How it is written: `[time]`, `[[drug]]`, `cycle = { … }`.
    pub heading: &'static str,
    /// What it is about.
    pub doc: &'static str,
    /// Its keys, in the order in which they are documented and written.
    pub keys: &'static [Key],
}

/// One key of a section.
#[derive(Debug)]
pub struct Key {
    /// Name as written.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What holds when it is absent.
    pub default: Fallback,
    /// Set if the key belongs to certain values of another key of the section.
    pub only: Option<Only>,
    /// The name that it had in the version before, which is still read, with a note.
    pub formerly: Option<&'static str>,
    /// Set if its number, or the numbers of its section, differ between patients.
    pub varies: Option<Varies>,
    /// What it means.
    pub doc: &'static str,
    /// A valid value, as TOML text.
    pub example: &'static str,
}

impl Section {
    /// Bounds of a key's number: all numbers if it has none.
    pub fn bounds(&self, name: &str) -> Bounds {
        match self.find(name).map(|key| &key.kind) {
            Some(Kind::Number(bounds) | Kind::Within(_, bounds)) => *bounds,
            _ => Bounds::closed(f64::MIN, f64::MAX),
        }
    }

    /// Whole numbers that a key may have: none if it has others, or is not there.
    pub fn whole_numbers(&self, name: &str) -> RangeInclusive<u64> {
        match self.keys.iter().find(|key| key.name == name).map(|key| &key.kind) {
            Some(Kind::Integer { min, max }) => *min..=*max,
            _ => RangeInclusive::new(1, 0),
        }
    }
}

/// How a number of a drug differs between patients.
#[derive(Debug, Clone, Copy)]
pub struct Varies {
    /// Its slot, or that of the first number of its section, added to the slots of the sections above: frozen, since random
    /// numbers are keyed by it.
    pub slot: u32,
    /// What it is; none of a section.
    pub kind: Option<ParameterKind>,
}

impl Varies {
    /// A number.
    pub const fn of(slot: u32, kind: ParameterKind) -> Varies {
        Varies { slot, kind: Some(kind) }
    }

    /// A section with such numbers.
    pub const fn from(slot: u32) -> Varies {
        Varies { slot, kind: None }
    }
}

impl Key {
    /// Its slot among the numbers that vary; 0 if it has none.
    pub fn slot(&self) -> u32 {
        self.varies.map_or(0, |varies| varies.slot)
    }

    /// Unit in which its number is kept; empty for a plain one.
    pub fn unit(&self) -> &'static str {
        if let Kind::Sourced(measure) = &self.kind { measure.unit() } else { "" }
    }
}

/// The condition under which a key may be given.
#[derive(Debug, Clone, Copy)]
pub struct Only {
    /// Name of the other key.
    pub key: &'static str,
    /// Its values with which this key may be given.
    pub values: &'static [&'static str],
}

/// What holds when a key is absent.
#[derive(Debug, Clone, Copy)]
pub enum Fallback {
    /// The key must be given.
    Required,
    /// The key must be given in the situation that `only` names.
    RequiredThere,
    /// The key must be given in this situation, in the words of the file: `phenotype = "rates"`.
    RequiredIn(&'static str),
    /// The key must be given but for this situation, in words: that `[cohort]` has `agents`.
    RequiredUnless(&'static str),
    /// This TOML text is read in its place.
    Value(&'static str),
    /// Something that is no constant, in words.
    Derived(&'static str),
    /// Nothing: the feature is off. The words say what that means.
    Absent(&'static str),
}

/// The kind of a value.
#[derive(Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// A name that matches [`NamePattern`].
    Name(NamePattern),
    /// A list of names.
    Names(NamePattern),
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds (both included).
    Integer {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// A plain number within bounds.
    Number(Bounds),
    /// A plain number within bounds, or this word.
    NumberOr(Bounds, &'static str),
    /// A list of plain numbers within bounds.
    Numbers(Bounds),
    /// One to three whole numbers.
    Size,
    /// A number with a unit.
    Quantity(Dimension),
    /// A number with a unit, within bounds of its canonical unit.
    Within(Dimension, Bounds),
    /// A number with a unit, or this word.
    QuantityOr(Dimension, &'static str),
    /// A list of times.
    Times,
    /// A list of pairs of times.
    Windows,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A state selector.
    Selector,
    /// A table from starting states to fractions or numbers of cells.
    Shares,
    /// A table from drug names to rates (per day or per division).
    Induced,
    /// A number of the catalogue with its spread and source: an inline table, or the number alone.
    Sourced(Measure),
    /// A list of texts.
    Texts,
    /// A text, or a list of texts.
    TextOrTexts,
    /// A regimen as a text or as a table, or a list of regimens.
    Regimens(&'static Section),
    /// A list of some of these words.
    Choices(&'static [&'static str]),
    /// A dose in any unit of doses.
    Dose,
    /// A rate in the unit of the change that it belongs to: per day or per division.
    EitherRate,
    /// A table.
    Table(&'static Section),
    /// A list of tables.
    Tables(&'static Section),
}

/// What a number of the catalogue measures.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// A number with a unit, kept in `unit`.
    Quantity {
        /// What it measures.
        dimension: Dimension,
        /// Unit in which the program keeps it and writes it out.
        unit: &'static str,
        /// Whether 0 is refused.
        above_zero: bool,
    },
    /// A plain number.
    Plain(Bounds),
}

impl Measure {
    /// A number with a unit, 0 or above.
    pub const fn quantity(dimension: Dimension, unit: &'static str) -> Measure {
        Measure::Quantity { dimension, unit, above_zero: false }
    }

    /// A number with a unit, above 0.
    pub const fn positive(dimension: Dimension, unit: &'static str) -> Measure {
        Measure::Quantity { dimension, unit, above_zero: true }
    }

    /// The unit in which it is kept; empty for a plain number.
    pub fn unit(&self) -> &'static str {
        match self {
            Measure::Quantity { unit, .. } => unit,
            Measure::Plain(_) => "",
        }
    }

    /// What is expected, with its article.
    pub fn expected(&self) -> String {
        match self {
            Measure::Quantity { dimension, above_zero, .. } => {
                let above = if *above_zero { " above 0" } else { "" };
                format!("{}{above} in quotes with its unit ({})", dimension.name(), dimension.unit_list())
            }
            Measure::Plain(bounds) => format!("a plain number {}", bounds.text()),
        }
    }
}

/// Bounds of a plain number.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Smallest.
    pub min: f64,
    /// Whether the smallest itself is left out.
    pub above: bool,
    /// Largest, included.
    pub max: f64,
}

impl Bounds {
    /// From `min` to `max`, both included.
    pub const fn closed(min: f64, max: f64) -> Bounds {
        Bounds { min, above: false, max }
    }

    /// Above `min`, up to and with `max`.
    pub const fn above(min: f64, max: f64) -> Bounds {
        Bounds { min, above: true, max }
    }

    /// Whether a number is within.
    pub fn contain(&self, value: f64) -> bool {
        value <= self.max && (value > self.min || (!self.above && value == self.min))
    }

    /// In words: "from 0 to 1", "above 0, at most 16".
    pub fn text(&self) -> String {
        let number = super::units::number_text;
        let (min, max) = (number(self.min), number(self.max));
        if self.above { format!("above {min}, at most {max}") } else { format!("from {min} to {max}") }
    }
}

/// The letters of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePattern {
    /// Lower-case letters, digits and single hyphens: a file name.
    Slug,
    /// A lower-case letter, then lower-case letters, digits, `_` and `-`: a word in selectors.
    Word,
    /// Letters, digits and single spaces, hyphens, slashes, dots or `_` between them: a drug, `octreotide LAR`.
    Title,
}

impl NamePattern {
    /// Longest name in bytes.
    pub const MAX_BYTES: usize = 64;

    /// As a regular expression.
    pub fn regex(self) -> &'static str {
        match self {
            NamePattern::Slug => "^[a-z0-9]+(-[a-z0-9]+)*$",
            NamePattern::Word => "^[a-z][a-z0-9_-]*$",
            NamePattern::Title => "^[A-Za-z0-9]+([ /._-][A-Za-z0-9]+)*$",
        }
    }

    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            NamePattern::Slug => "lower-case letters, digits and single hyphens between them",
            NamePattern::Word => "a lower-case letter, then lower-case letters, digits, `_` or `-`",
            NamePattern::Title => "letters, digits, and one of space, `-`, `/`, `.`, `_` between them",
        }
    }

    /// Whether a name follows the pattern.
    pub fn accepts(self, name: &str) -> bool {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let bytes = name.as_bytes();
        let letters = match self {
            NamePattern::Slug => {
                bytes.iter().all(|b| plain(*b) || *b == b'-')
                    && !name.starts_with('-')
                    && !name.ends_with('-')
                    && !name.contains("--")
            }
            NamePattern::Word => {
                bytes.first().is_some_and(u8::is_ascii_lowercase)
                    && bytes.iter().all(|b| plain(*b) || matches!(b, b'_' | b'-'))
            }
            NamePattern::Title => name
                .split([' ', '/', '.', '_', '-'])
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric())),
        };
        letters && !name.is_empty() && name.len() <= NamePattern::MAX_BYTES
    }

    /// The name with what does not fit replaced, as a suggestion.
    pub fn repair(self, name: &str) -> String {
        let fill = match self {
            NamePattern::Slug => '-',
            NamePattern::Word => '_',
            NamePattern::Title => ' ',
        };
        let mut out = String::new();
        let title = self == NamePattern::Title;
        let name = if title { name.to_owned() } else { name.to_lowercase() };
        for c in name.chars() {
            let fits = c.is_ascii_lowercase() || c.is_ascii_digit() || (title && c.is_ascii_uppercase());
            if fits {
                out.push(c);
            } else if !out.ends_with(fill) && !out.is_empty() {
                out.push(fill);
            }
        }
        if self == NamePattern::Word {
            out = out.trim_start_matches(|c: char| !c.is_ascii_lowercase()).to_owned();
        }
        out.truncate(NamePattern::MAX_BYTES);
        out.trim_end_matches(fill).to_owned()
    }
}

impl Section {
    /// The key of that name.
    pub fn find(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|k| k.name == name)
    }

    /// This section and all sections below it, in the order of the file.
    ///
    /// The table that stands for a number of the catalogue comes once, after the first section with such a number.
    pub fn walk(&'static self) -> Vec<&'static Section> {
        let mut all = vec![self];
        if self.keys.iter().any(|k| matches!(k.kind, Kind::Sourced(_))) {
            all.push(&NUMBER);
        }
        for key in self.keys {
            if let Kind::Table(below) | Kind::Tables(below) | Kind::Regimens(below) = &key.kind {
                for section in below.walk() {
                    if all.iter().all(|s| s.path != section.path) {
                        all.push(section);
                    }
                }
            }
        }
        all
    }
}

impl Kind {
    /// The section of a table, or of each of several.
    pub fn section(&self) -> Option<&'static Section> {
        match self {
            Kind::Table(section) | Kind::Tables(section) => Some(section),
            _ => None,
        }
    }

    /// The word that may stand in the place of a value.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Kind::NumberOr(_, word) | Kind::QuantityOr(_, word) => Some(word),
            _ => None,
        }
    }

    /// The word as the end of a list of what may be written; empty if there is none.
    pub fn or_word(&self) -> String {
        self.word().map_or(String::new(), |word| format!(", or {word:?}"))
    }

    /// What is expected, with its article: "a time with a unit".
    pub fn expected(&self) -> String {
        match self {
            Kind::Text => "text in quotes".to_owned(),
            Kind::Name(_) => "a name in quotes".to_owned(),
            Kind::Names(_) => "a list of names".to_owned(),
            Kind::Flag => "`true` or `false`".to_owned(),
            Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Kind::Number(bounds) => format!("a plain number {}", bounds.text()),
            Kind::NumberOr(bounds, word) => format!("a plain number {}, or {word:?}", bounds.text()),
            Kind::Numbers(bounds) => format!("a list of plain numbers {}", bounds.text()),
            Kind::Size => "a list of one, two or three whole numbers".to_owned(),
            Kind::Quantity(d) | Kind::Within(d, _) => {
                format!("{} in quotes with its unit ({})", d.name(), d.unit_list())
            }
            Kind::QuantityOr(d, word) => {
                format!("{} in quotes with its unit ({}), or {word:?}", d.name(), d.unit_list())
            }
            Kind::Times => "a list of times, each in quotes with its unit".to_owned(),
            Kind::Windows => "a list of pairs of times".to_owned(),
            Kind::Choice(words) => {
                format!("one of {}", words.iter().map(|w| format!("{w:?}")).collect::<Vec<_>>().join(", "))
            }
            Kind::Selector => "a state selector in quotes".to_owned(),
            Kind::Shares => "a table from states to fractions or numbers of cells".to_owned(),
            Kind::Induced => "a table from drug names to rates".to_owned(),
            Kind::Sourced(measure) => {
                format!("{}, alone or as {{ value = …, source = … }}", measure.expected())
            }
            Kind::Texts => "a list of texts in quotes".to_owned(),
            Kind::TextOrTexts => "a text in quotes, or a list of them".to_owned(),
            Kind::Regimens(section) => {
                format!("a regimen in quotes or as {}, or a list of regimens", section.heading)
            }
            Kind::Choices(words) => {
                format!("a list of {}", words.iter().map(|w| format!("{w:?}")).collect::<Vec<_>>().join(", "))
            }
            Kind::Dose => format!("a dose in quotes with its unit ({})", super::units::dose_units()),
            Kind::EitherRate => "a rate or a probability per division in quotes with its unit".to_owned(),
            Kind::Table(section) => format!("a table, {}", section.heading),
            Kind::Tables(section) => format!("tables, {}", section.heading),
        }
    }
}

/// A key that stands with any other and is the same for all patients.
const fn key(
    name: &'static str,
    kind: Kind,
    default: Fallback,
    doc: &'static str,
    example: &'static str,
) -> Key {
    Key { name, kind, default, only: None, formerly: None, varies: None, doc, example }
}

/// The table that stands for a number: `{ value = …, cv = …, source = …, confidence = … }`.
pub static NUMBER: Section = Section {
    path: "number",
    heading: "{ value = … }",
    doc: "A number of the catalogue is given with its spread and its source: `clearance = { value = \"17.4 L/h\", cv = 0.351, source = \"de Wit 2016\", confidence = \"A\" }`. In a drug of one's own the value may stand alone: `clearance = \"17.4 L/h\"`.",
    keys: &[
        key(
            "value",
            Kind::Text,
            Fallback::Required,
            "The number: with its unit in quotes where it has one, else plain.",
            "\"17.4 L/h\"",
        ),
        key(
            "cv",
            Kind::Number(Bounds::closed(0.0, 10.0)),
            Fallback::Value("0.0"),
            "Coefficient of variation between patients, of a log-normal law; 0: all patients have the value.",
            "0.351",
        ),
        key(
            "source",
            Kind::Text,
            Fallback::Value("\"scenario\""),
            "Where the number comes from.",
            "\"de Wit 2016\"",
        ),
        key(
            "confidence",
            Kind::Choice(&["A", "B", "C"]),
            Fallback::Value("\"C\""),
            "A: direct human number; B: one good study; C: order of magnitude or a choice of the model.",
            "\"A\"",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_and_repaired() {
        assert!(NamePattern::Slug.accepts("01-first-run"));
        for bad in ["", "First", "a--b", "-a", "a b", "a_b"] {
            assert!(!NamePattern::Slug.accepts(bad), "{bad:?}");
            let repaired = NamePattern::Slug.repair(bad);
            assert!(repaired.is_empty() || NamePattern::Slug.accepts(&repaired), "{repaired:?}");
        }
        assert!(NamePattern::Word.accepts("fkbp12_frb"));
        assert!(!NamePattern::Word.accepts("1st"));
        assert_eq!(NamePattern::Word.repair("1st Drug"), "st_drug");
        for good in ["everolimus", "octreotide LAR", "177Lu-DOTATATE", "PTK/ZK", "Ku-0063794"] {
            assert!(NamePattern::Title.accepts(good), "{good:?}");
        }
        for bad in ["", "a  b", " a", "a-", "µ", "a, b"] {
            assert!(!NamePattern::Title.accepts(bad), "{bad:?}");
        }
        assert_eq!(NamePattern::Title.repair("Drug (new)"), "Drug new");
    }

    #[test]
    fn bounds_know_their_ends() {
        assert!(Bounds::closed(0.0, 1.0).contain(0.0));
        assert!(!Bounds::above(0.0, 1.0).contain(0.0));
        assert!(!Bounds::closed(0.0, 1.0).contain(f64::NAN));
    }
}

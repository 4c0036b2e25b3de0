//! One declaration for a key: the struct of a section, with `#[derive(Section)]`.
//!
//! ```ignore
//! /// Vessels that live: …
//! #[derive(Section)]
//! #[section(path = "vessels", rule = balance)]
//! pub struct Vessels {
//!     /// Growth of vessels under saturating VEGF …
//!     #[key(within(Rate, 0.0, 1.0), default = "0.03 /d")]
//!     pub growth: f64,
//! }
//! ```
//!
//! The doc comments are what users read, as one paragraph; what stands below an empty line is for readers of the code.
//! `#[section]` takes the dotted `path`; the `heading` where it is not `[path]`; a `rule` that judges the section that was
//! read, and one that judges what is `given` in the file, even where something could not be read; the `title` of
//! [`Section::title`]; and `keys` where the table of keys is all that is wanted, as `SECTION` of the struct. `#[key]` takes
//!
//! - the kind of the value ([`Kind`], or one of the functions below), where it does not follow from the field's type;
//!   `section` for a section of its own, with another place in brackets if it stands in several;
//! - what holds when the key is absent: `required`, `required_there` (where `only` holds), `required_in = "situation"`,
//!   `required_unless = "situation"`, `default = value`, `derived = "words"`, `absent = "what that means"`;
//! - `by = function`, beside `derived`: what the value is when the key is absent;
//! - an `example`, where it is not the default;
//! - `only(key = "word" | "word")`: the values of another key with which it may stand;
//! - the `name` in the file, where it is not the field's;
//! - the `form` in which the value is kept, where it is not [`Plain`]: [`Days`], …
//! - `formerly = "name"`: what it was called in the version before; a file that still says so is read, with a note;
//! - `last` for a section that is written after the others;
//! - `varies(slot, kind)` for a number that differs between patients, `slot` for a section with such numbers.

pub(crate) use evotor_derive::Section;
use toml::de::DeValue;

use super::amount::{self, Amount, Amounts};
use super::asked::Asked;
pub(crate) use super::context::At;
use super::error::{Span, plural};
use super::model::Selector;
pub(crate) use super::reader::Reader;
pub(crate) use super::table::NamePattern::{self, *};
pub(crate) use super::table::{Bounds, Fallback, Key, Kind, Measure, Only, Section as Table, Varies};
pub(crate) use super::units::Dimension::{self, *};
use super::units::number_text;
use super::value;
pub(crate) use super::writer::{TomlText, Writer};
use super::{measured, selector, sourced};
use crate::catalogue::{Dose, Number};
pub(crate) use crate::words::Word;

/// A section of a file, with everything that follows from its declaration.
pub(crate) trait Section: Sized {
    /// Its keys, in the order in which they are documented and written.
    const KEYS: &'static [Key];
    /// Where it stands and what it is about.
    const SECTION: &'static Table;

    /// Reads it; `None` if something in it is wrong, which is then reported.
    fn read(reader: &Reader<'_>) -> Option<Self>;

    /// Writes it, without its heading.
    fn write(&self, out: &mut Writer);

    /// What it is, in the words of cards and tables; empty for nothing to add.
    fn title(&self) -> String {
        String::new()
    }

    /// Visits all numbers that carry a source, in the order of the keys.
    fn numbers<'n>(&'n self, place: &Place, visit: &mut Visit<'_, 'n>);

    /// The same, to change them.
    fn numbers_mut<'n>(&'n mut self, place: &Place, visit: &mut VisitMut<'_, 'n>);
}

/// Takes a number with its place and its key.
pub(crate) type Visit<'v, 'n> = dyn FnMut(&Place, &'static Key, &'n Number) + 'v;
/// The same, to change it.
pub(crate) type VisitMut<'v, 'n> = dyn FnMut(&Place, &'static Key, &'n mut Number) + 'v;

/// Where a number stands: in the file, in words, and among the numbers that vary.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// Path of the section with a dot at its end, `pk.exchange.`; empty at the top.
    pub path: String,
    /// The section in words: `pharmacokinetics, exchange`.
    pub words: String,
    /// Sum of the slots of the sections above.
    pub slot: u32,
}

impl Place {
    /// A section below.
    pub fn below(&self, key: &Key, section: &impl Section) -> Place {
        self.inner(format!("{}{}.", self.path, key.name), key.slot(), section.title())
    }

    /// A section of a list, by its index.
    pub fn item(&self, key: &Key, index: usize, section: &impl Section) -> Place {
        let path = format!("{}{}[{}].", self.path, key.name, index + 1);
        // A share of a depot has two numbers that vary; no other list has any.
        let title = section.title().replace("{n}", &(index + 1).to_string());
        self.inner(path, key.slot() + 2 * index as u32, title)
    }

    fn inner(&self, path: String, slot: u32, title: String) -> Place {
        let between = if self.words.is_empty() || title.is_empty() { "" } else { ", " };
        Place { path, words: format!("{}{between}{title}", self.words), slot: self.slot + slot }
    }
}

/// A form in which a `T` stands in a file.
pub(crate) trait Value<T> {
    /// Kind of the key, where it follows from the type.
    const KIND: Kind = panic!("a key of this type needs a kind");

    /// Reads it; reports what is wrong.
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<T>;

    /// Writes it.
    fn write(value: &T, key: &Key, out: &Writer) -> TomlText;
}

/// The form that follows from the kind of the key.
pub(crate) struct Plain;

impl Value<f64> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<f64> {
        match &asked.key.kind {
            Kind::Quantity(dimension) => measured::dimensioned(asked, found, span, *dimension),
            Kind::Within(dimension, bounds) => measured::within(asked, found, span, *dimension, bounds),
            _ => value::number(asked, found, span),
        }
    }

    fn write(value: &f64, key: &Key, out: &Writer) -> TomlText {
        match &key.kind {
            Kind::Quantity(Rate) | Kind::Within(Rate, _) => out.rate_text(*value),
            Kind::Quantity(PerDivision) => out.mutation_text(*value),
            Kind::Quantity(dimension) | Kind::Within(dimension, _) => {
                super::writer::quoted(&format!("{} {}", number_text(*value), dimension.canonical())).into()
            }
            _ => super::writer::plain(*value).into(),
        }
    }
}

impl Value<u64> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u64> {
        value::integer(asked, found, span)
    }

    fn write(value: &u64, _: &Key, _: &Writer) -> TomlText {
        value.to_string().into()
    }
}

impl Value<Vec<At<u64>>> for Plain {
    const KIND: Kind = Kind::Size;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<u64>>> {
        value::size(asked, found, span)
    }

    fn write(edges: &Vec<At<u64>>, _: &Key, _: &Writer) -> TomlText {
        let sites: u64 = edges.iter().map(|edge| edge.value).product();
        let edges: Vec<String> = edges.iter().map(|edge| edge.value.to_string()).collect();
        TomlText { text: format!("[{}]", edges.join(", ")), note: format!("{sites} sites") }
    }
}

impl Value<Amounts> for Plain {
    const KIND: Kind = Kind::Shares;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Amounts> {
        amount::amounts(asked, found, span)
    }

    fn write(amounts: &Amounts, _: &Key, _: &Writer) -> TomlText {
        let one = |(state, amount): &(At<String>, At<Amount>)| {
            let amount = match amount.value {
                Amount::Share(fraction) => super::writer::plain(fraction),
                Amount::Cells(cells) => super::writer::quoted(&plural(cells as usize, "cell")),
            };
            format!("{} = {amount}", super::writer::quoted(&state.value))
        };
        let all: Vec<String> = amounts.iter().map(one).collect();
        if all.is_empty() { "{}".to_owned().into() } else { all.join("\n").into() }
    }
}

impl Value<u32> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u32> {
        // The bounds of the key are within 32 bits.
        value::integer(asked, found, span).map(|whole| u32::try_from(whole).unwrap_or(u32::MAX))
    }

    fn write(value: &u32, _: &Key, _: &Writer) -> TomlText {
        value.to_string().into()
    }
}

impl Value<bool> for Plain {
    const KIND: Kind = Kind::Flag;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<bool> {
        value::flag(asked, found, span)
    }

    fn write(value: &bool, _: &Key, _: &Writer) -> TomlText {
        value.to_string().into()
    }
}

impl Value<String> for Plain {
    const KIND: Kind = Kind::Text;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<String> {
        match asked.key.kind {
            Kind::Name(_) => value::name(asked, found, span),
            Kind::Choice(_) => value::choice(asked, found, span).map(str::to_owned),
            _ => value::text(asked, found, span),
        }
    }

    fn write(value: &String, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(value).into()
    }
}

/// A number, or the word that may stand in its place.
impl Value<Option<f64>> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Option<f64>> {
        match asked.key.kind {
            Kind::QuantityOr(..) => value::quantity_or(asked, found, span),
            _ => value::number_or(asked, found, span),
        }
    }

    fn write(value: &Option<f64>, key: &Key, out: &Writer) -> TomlText {
        match (value, &key.kind) {
            (None, kind) => super::writer::quoted(kind.word().unwrap_or_default()).into(),
            (Some(rate), Kind::QuantityOr(Rate, _)) => out.rate_text(*rate),
            (Some(number), _) => super::writer::plain(*number).into(),
        }
    }
}

/// A rate of the unit that another key decides: per day, or per completed division.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ChangeRate {
    pub value: f64,
    /// [`Rate`] or [`PerDivision`].
    pub dimension: Dimension,
}

impl ChangeRate {
    fn text(&self) -> String {
        super::writer::quoted(&format!("{} {}", number_text(self.value), self.dimension.canonical()))
    }
}

impl Value<ChangeRate> for Plain {
    const KIND: Kind = Kind::EitherRate;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<ChangeRate> {
        measured::either_rate(asked, found, span).map(|(value, dimension)| ChangeRate { value, dimension })
    }

    fn write(rate: &ChangeRate, _: &Key, _: &Writer) -> TomlText {
        rate.text().into()
    }
}

/// Such rates by the names of drugs, in file order.
impl Value<Vec<(At<String>, At<ChangeRate>)>> for Plain {
    const KIND: Kind = Kind::Induced;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<(At<String>, At<ChangeRate>)>> {
        let DeValue::Table(table) = found else {
            asked.mismatch(found, span);
            return None;
        };
        value::entries(asked, table, |v| Plain::read(asked, v.get_ref(), v.span()))
    }

    fn write(rates: &Vec<(At<String>, At<ChangeRate>)>, _: &Key, _: &Writer) -> TomlText {
        let all: Vec<String> =
            rates.iter().map(|(d, r)| format!("{} = {}", d.value, r.value.text())).collect();
        format!("{{ {} }}", all.join(", ")).into()
    }
}

/// States by the loci of the scenario.
impl Value<Selector> for Plain {
    const KIND: Kind = Kind::Selector;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Selector> {
        let text = At::new(value::text(asked, found, span.clone())?, span);
        selector::read(asked.cx, asked.cx.loci()?, &text)
    }

    fn write(states: &Selector, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(&states.text).into()
    }
}

impl Value<Vec<At<f64>>> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<f64>>> {
        value::numbers(asked, found, span)
    }

    fn write(numbers: &Vec<At<f64>>, _: &Key, _: &Writer) -> TomlText {
        let all: Vec<String> = numbers.iter().map(|at| super::writer::plain(at.value)).collect();
        format!("[{}]", all.join(", ")).into()
    }
}

impl Value<Vec<At<String>>> for Plain {
    const KIND: Kind = Kind::Texts;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<String>>> {
        match asked.key.kind {
            Kind::Names(_) => value::names(asked, found, span),
            Kind::TextOrTexts => value::text_or_texts(asked, found, span),
            _ => value::texts(asked, found, span),
        }
    }

    fn write(value: &Vec<At<String>>, _: &Key, _: &Writer) -> TomlText {
        super::writer::list(value.iter().map(|at| at.value.as_str())).into()
    }
}

impl Value<Vec<String>> for Plain {
    const KIND: Kind = Kind::Texts;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<String>> {
        let all: Vec<At<String>> = Plain::read(asked, found, span)?;
        Some(all.into_iter().map(|at| at.value).collect())
    }

    fn write(value: &Vec<String>, _: &Key, _: &Writer) -> TomlText {
        super::writer::list(value.iter().map(String::as_str)).into()
    }
}

impl<W: Word> Value<W> for Plain {
    const KIND: Kind = Kind::Choice(W::WORDS);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<W> {
        value::choice(asked, found, span).and_then(W::of)
    }

    fn write(value: &W, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(value.word()).into()
    }
}

impl<W: Word> Value<Vec<W>> for Plain {
    const KIND: Kind = Kind::Choices(W::WORDS);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<W>> {
        let all = value::choices(asked, found, span)?;
        all.into_iter().map(|at| W::of(at.value)).collect()
    }

    fn write(value: &Vec<W>, _: &Key, _: &Writer) -> TomlText {
        super::writer::list(value.iter().map(|w| w.word())).into()
    }
}

impl Value<Number> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Number> {
        sourced::sourced(asked, found, span)
    }

    fn write(number: &Number, key: &Key, _: &Writer) -> TomlText {
        super::writer::sourced(number, key.unit()).into()
    }
}

impl Value<Dose> for Plain {
    const KIND: Kind = Kind::Dose;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Dose> {
        measured::dose(asked, found, span)
    }

    fn write(dose: &Dose, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(&format!("{} {}", number_text(dose.amount), dose.unit.word())).into()
    }
}

/// A selector of states by the loci that drugs may name.
pub(crate) struct DrugStates;

impl Value<String> for DrugStates {
    const KIND: Kind = Kind::Selector;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<String> {
        let text = At::new(value::text(asked, found, span.clone())?, span);
        selector::read(asked.cx, asked.cx.drug_loci()?, &text).map(|_| text.value)
    }

    fn write(states: &String, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(states).into()
    }
}

/// A time in whole days.
pub(crate) struct Days;

impl Value<u32> for Days {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u32> {
        let hours = measured::dimensioned(asked, found, span.clone(), Time)?;
        super::days::whole_days(asked.cx, asked.key.name, At::new(hours, span)).map(|at| at.value)
    }

    fn write(days: &u32, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(&super::days::text(*days)).into()
    }
}

/// A time kept to the nearest whole day: months are none.
pub(crate) struct NearestDays;

impl Value<u32> for NearestDays {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u32> {
        let hours = measured::dimensioned(asked, found, span.clone(), Time)?;
        let days = libm::round(hours / 24.0) * 24.0;
        super::days::whole_days(asked.cx, asked.key.name, At::new(days, span)).map(|at| at.value)
    }

    fn write(days: &u32, key: &Key, out: &Writer) -> TomlText {
        Days::write(days, key, out)
    }
}

/// Times in whole days.
impl Value<Vec<At<u32>>> for Days {
    const KIND: Kind = Kind::Times;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<u32>>> {
        let times = value::times(asked, found, span)?;
        times.into_iter().map(|t| super::days::whole_days(asked.cx, asked.key.name, t)).collect()
    }

    fn write(days: &Vec<At<u32>>, _: &Key, _: &Writer) -> TomlText {
        let all: Vec<String> = days.iter().map(|at| super::days::text(at.value)).collect();
        super::writer::list(all.iter().map(String::as_str)).into()
    }
}

/// A time in whole days, at least one.
pub(crate) struct SomeDays;

impl Value<u32> for SomeDays {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u32> {
        let days = Days::read(asked, found, span.clone())?;
        super::days::positive(asked.cx, asked.key.name, At::new(days, span)).map(|at| at.value)
    }

    fn write(days: &u32, key: &Key, out: &Writer) -> TomlText {
        Days::write(days, key, out)
    }
}

/// A time in whole steps.
pub(crate) struct Steps;

impl Value<u32> for Steps {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u32> {
        let hours = measured::dimensioned(asked, found, span.clone(), Time)?;
        let clock = asked.cx.clock()?;
        clock.steps(asked.cx, asked.key.name, Some(At::new(hours, span))).map(|at| at.value)
    }

    fn write(steps: &u32, _: &Key, out: &Writer) -> TomlText {
        TomlText { text: out.time_text(*steps), note: plural(*steps as usize, "step") }
    }
}

/// Times in whole steps. Those that are wrong are left out, so that the others are judged as well.
impl Value<Vec<At<u32>>> for Steps {
    const KIND: Kind = Kind::Times;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<u32>>> {
        let times = value::times(asked, found, span)?;
        let clock = asked.cx.clock()?;
        Some(times.into_iter().filter_map(|t| clock.steps(asked.cx, asked.key.name, Some(t))).collect())
    }

    fn write(steps: &Vec<At<u32>>, _: &Key, out: &Writer) -> TomlText {
        let note = match &steps[..] {
            [] => "none".to_owned(),
            [first, .., last] => format!("steps {} to {}", first.value, last.value),
            [one] => format!("step {}", one.value),
        };
        let all: Vec<String> = steps.iter().map(|at| out.time_text(at.value)).collect();
        TomlText { text: format!("[{}]", all.join(", ")), note }
    }
}

/// A time in whole steps, at least one.
pub(crate) struct SomeSteps;

impl Value<u32> for SomeSteps {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u32> {
        let hours = measured::dimensioned(asked, found, span.clone(), Time)?;
        let clock = asked.cx.clock()?;
        clock.positive(asked.cx, asked.key.name, Some(At::new(hours, span))).map(|at| at.value)
    }

    fn write(steps: &u32, key: &Key, out: &Writer) -> TomlText {
        Steps::write(steps, key, out)
    }
}

/// A time in hours.
pub(crate) struct Hours;

impl Value<f64> for Hours {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<f64> {
        measured::dimensioned(asked, found, span, Time)
    }

    fn write(hours: &f64, _: &Key, _: &Writer) -> TomlText {
        let note = format!("{} d", number_text(hours / 24.0));
        TomlText { text: format!("\"{} h\"", number_text(*hours)), note }
    }
}

/// A length kept in millimetres, to the last bit.
pub(crate) struct Millimetres;

impl Value<f64> for Millimetres {
    const KIND: Kind = Kind::Quantity(Length);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<f64> {
        measured::dimensioned(asked, found, span, Length)?;
        super::units::parse_in(found.as_str()?, Length, "mm").ok()
    }

    fn write(mm: &f64, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(&format!("{} mm", number_text(*mm))).into()
    }
}

/// A time kept in weeks.
pub(crate) struct Weeks;

/// Hours of a week.
const WEEK: f64 = 168.0;

impl Value<f64> for Weeks {
    const KIND: Kind = Kind::Quantity(Time);

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<f64> {
        measured::dimensioned(asked, found, span, Time).map(|hours| hours / WEEK)
    }

    fn write(weeks: &f64, _: &Key, _: &Writer) -> TomlText {
        super::writer::quoted(&format!("{} wk", number_text(*weeks))).into()
    }
}

/// A whole number, both ends included.
pub(crate) const fn integer(min: u64, max: u64) -> Kind {
    Kind::Integer { min, max }
}

/// A plain number, both ends included.
pub(crate) const fn number(min: f64, max: f64) -> Kind {
    Kind::Number(Bounds::closed(min, max))
}

/// A plain number above `min`, at most `max`.
pub(crate) const fn above(min: f64, max: f64) -> Kind {
    Kind::Number(Bounds::above(min, max))
}

/// A share, 0 to 1.
pub(crate) const FRACTION: Kind = number(0.0, 1.0);
/// A share above 0.
pub(crate) const SHARE: Kind = above(0.0, 1.0);
/// A factor, 0 to 1000.
pub(crate) const FACTOR: Kind = number(0.0, 1000.0);

/// A name of this pattern.
pub(crate) const fn name(pattern: NamePattern) -> Kind {
    Kind::Name(pattern)
}

/// Names of this pattern.
pub(crate) const fn names(pattern: NamePattern) -> Kind {
    Kind::Names(pattern)
}

/// A number with a unit, in its canonical unit.
pub(crate) const fn quantity(dimension: Dimension) -> Kind {
    Kind::Quantity(dimension)
}

/// A number with a unit, both ends included.
pub(crate) const fn within(dimension: Dimension, min: f64, max: f64) -> Kind {
    Kind::Within(dimension, Bounds::closed(min, max))
}

/// A number with a unit above `min`, at most `max`.
pub(crate) const fn within_above(dimension: Dimension, min: f64, max: f64) -> Kind {
    Kind::Within(dimension, Bounds::above(min, max))
}

/// One of these words, of a field that keeps the word.
pub(crate) const fn choice(words: &'static [&'static str]) -> Kind {
    Kind::Choice(words)
}

/// A number of the catalogue with a unit, above 0.
pub(crate) const fn positive(dimension: Dimension, unit: &'static str) -> Kind {
    Kind::Sourced(Measure::positive(dimension, unit))
}

/// A number of the catalogue with a unit, 0 or more.
pub(crate) const fn measure(dimension: Dimension, unit: &'static str) -> Kind {
    Kind::Sourced(Measure::quantity(dimension, unit))
}

/// A plain number of the catalogue, both ends included.
pub(crate) const fn plain(min: f64, max: f64) -> Kind {
    Kind::Sourced(Measure::Plain(Bounds::closed(min, max)))
}

/// A plain number of the catalogue above `min`, at most `max`.
pub(crate) const fn plain_above(min: f64, max: f64) -> Kind {
    Kind::Sourced(Measure::Plain(Bounds::above(min, max)))
}

/// A share of the catalogue, 0 to 1.
pub(crate) const PART: Kind = plain(0.0, 1.0);

/// The section of a struct at another place: path, heading, documentation.
macro_rules! placed {
    ($section:ty, $path:literal $heading:literal $doc:literal) => {
        placed!($section, $path $heading $doc, <$section as Section>::KEYS)
    };
    // Its first keys alone.
    ($section:ty, $path:literal $heading:literal $doc:literal first $keys:literal) => {
        placed!($section, $path $heading $doc, <$section as Section>::KEYS.split_at($keys).0)
    };
    ($section:ty, $path:literal $heading:literal $doc:literal, $keys:expr) => {{
        static PLACED: Table = Table { path: $path, heading: $heading, doc: $doc, keys: $keys };
        &PLACED
    }};
}
pub(crate) use placed;

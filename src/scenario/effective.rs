//! The effective scenario: every default and conversion written out, as a scenario file again.

mod trial;

use std::fmt::Write as _;

use crate::catalogue::Number;
use crate::sink::is_hidden;

use super::declare::{Key, Only, Plain, Section as Declared, TomlText, Value};
use super::keys;
use super::model::{Mode, Rates, Scenario, Time};
use super::read::drugs::DrugKeys;
use super::read::lattice::LatticeKeys;
use super::read::loci::LocusKeys;
use super::read::output::OutputKeys;
use super::read::rates::RatesKeys;
use super::read::start::StartKeys;
use super::read::stop::StopKeys;
use super::read::therapy::TherapyKeys;
use super::read::time::TimeKeys;
use super::table::{Fallback, Kind, Section};
use super::units::{hours_text, number_text};

/// Writes a scenario as a file that [`parse`](super::parse) reads back as the same scenario.
///
/// Units are canonical (days or hours, per day, micrometres), every default is written out, and
/// comments give times in steps and rates per step. Loci are written in full, so that the file
/// does not depend on the catalogue of the program that reads it.
pub fn effective_toml(scenario: &Scenario) -> String {
    let mut out = Writer {
        out: String::new(),
        time: scenario.time.clone(),
        amplification: scenario.mutation_amplification,
        section: &keys::ROOT,
        written: Vec::new(),
        inline: None,
        after: String::new(),
    };
    out.comment("Effective scenario: every default and every conversion is written out.");
    out.comment("A step has the length given in [time]; rates per step are rate times step.");
    out.comment(
        "The probability of an event is its expected number in a step: rate times (exp(r step) - 1)/r, r the net growth.",
    );
    out.comment(in_force(scenario));
    root(&mut out, scenario);
    let keys = keys::ROOT.keys;
    let Time { step_hours, end, check } = scenario.time;
    out.nested(keys, "time", &TimeKeys { step: step_hours.into(), end, check });
    // With `agents` lattices are as large as these need.
    let has_size = scenario.trial.as_ref().is_none_or(|trial| trial.cohort.agents.is_none());
    out.nested(keys, "lattice", &LatticeKeys::of(&scenario.lattice, has_size));
    out.nested(keys, "start", &StartKeys::of(scenario));
    for locus in &scenario.loci {
        out.nested(keys, "locus", &LocusKeys::of(locus));
    }
    if let Some(patient) = scenario.patient.as_ref().filter(|_| scenario.trial.is_none()) {
        out.nested(keys, "patient", patient);
    }
    rates(&mut out, &scenario.rates, scenario.mode);
    for drug in &scenario.drugs {
        out.nested(keys, "drug", &DrugKeys::of(drug));
    }
    if let Some(oxygen) = &scenario.oxygen {
        out.nested(keys, "oxygen", oxygen);
    }
    if let Some(vessels) = &scenario.vessels {
        out.nested(keys, "vessels", vessels);
    }
    if scenario.mode == Mode::Signalling {
        out.nested(keys, "volume", &scenario.volume);
    }
    for drug in &scenario.catalogue {
        out.nested(keys::DRUGS.keys, "drug", drug);
    }
    if let Some(plan) = &scenario.therapy {
        out.nested(keys, "therapy", &TherapyKeys::of(plan));
    }
    if let Some(of) = &scenario.trial {
        trial::write(&mut out, of);
    }
    out.nested(keys, "stop", &StopKeys::of(&scenario.stop));
    if scenario.trial.is_none() {
        out.nested(keys, "output", &OutputKeys::of(&scenario.output, scenario.time.end));
    }
    out.finish();
    out.out
}

/// Whether steps are short enough for the rates.
fn in_force(scenario: &Scenario) -> &'static str {
    match scenario.mode {
        Mode::Signalling => {
            "Where births and deaths come to more than one event a step (strong radiation), they are held to one."
        }
        Mode::Rates if scenario.exceeds_step() => {
            "Here births and deaths of some cells come to more than one event a step and are held to one: growth is slower than r."
        }
        Mode::Rates => {
            "Here births and deaths come to less than one event a step: mean growth is exp(r step), exactly."
        }
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
    out: String,
    time: Time,
    /// Factor on mutation rates.
    amplification: f64,
    /// Keys of a section that stands in one line, with comments; none elsewhere.
    inline: Option<(Vec<String>, Vec<String>)>,
    /// A table of the section, which follows its keys.
    after: String,
    section: &'static Section,
    /// Keys of the section that were written, with their values; without a value where nothing is to be said of a key.
    written: Vec<(&'static str, String)>,
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
    pub fn nested(&mut self, keys: &'static [Key], name: &'static str, below: &impl Declared) {
        let key = keys.iter().find(|key| key.name == name);
        if let Some(Kind::Table(section) | Kind::Tables(section)) = key.map(|key| &key.kind)
            && !section.heading.contains('{')
        {
            self.section(section);
            below.write(self);
        }
    }

    /// Writes a section as `name = { … }`; of one with a heading only that it follows.
    pub fn in_line(&mut self, name: &'static str, below: &impl Declared) {
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
            _ => format!("{} per step", rounded(rate * self.time.step_days())),
        };
        TomlText { text: format!("\"{} /d\"", number_text(rate)), note }
    }

    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.out, "# {text}");
    }

    fn section(&mut self, section: &'static Section) {
        self.finish();
        let _ = writeln!(self.out, "\n{}", section.heading);
        self.section = section;
    }

    /// Says of the optional keys that were not written what their absence means.
    fn finish(&mut self) {
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

    fn noted(&mut self, name: &'static str, value: &str, comment: &str) {
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

    fn key(&mut self, name: &'static str, value: impl Into<String>) {
        self.noted(name, &value.into(), "");
    }

    fn number(&mut self, name: &'static str, value: f64) {
        self.key(name, plain(value));
    }

    fn text(&mut self, name: &'static str, value: &str) {
        self.key(name, quoted(value));
    }

    pub fn time_text(&self, steps: u32) -> String {
        format!("\"{}\"", hours_text(f64::from(steps) * f64::from(self.time.step_hours)))
    }
}

fn root(out: &mut Writer, scenario: &Scenario) {
    out.key("format", keys::FORMAT.to_string());
    out.text("name", &scenario.name);
    out.text("description", &scenario.description);
    out.key("seed", scenario.seed.to_string());
    out.key("replicates", scenario.replicates.to_string());
    out.number("mutation_amplification", scenario.mutation_amplification);
    let signalling = scenario.mode == Mode::Signalling;
    out.text("phenotype", if signalling { "signalling" } else { "rates" });
    let count = super::error::plural(scenario.loci.len(), "locus").replace("locuss", "loci");
    out.noted("loci", "[]", &format!("{count}, written out below"));
    out.unsaid(["oxygen"].into_iter().filter(|_| scenario.oxygen.is_some()));
    out.unsaid(["vessels"].into_iter().filter(|_| !signalling || scenario.vessels.is_some()));
    let planned = scenario.therapy.is_some() || scenario.trial.is_some();
    out.unsaid(["therapy"].into_iter().filter(|_| !signalling || planned));
    out.unsaid(["cohort"]);
    out.unsaid(["catalogue"].into_iter().filter(|_| !scenario.catalogue.is_empty()));
}

/// In mode `signalling` the rest follows from the patient and the network.
fn rates(out: &mut Writer, rates: &Rates, mode: Mode) {
    if mode == Mode::Rates {
        out.nested(keys::ROOT.keys, "rates", &RatesKeys::of(rates));
        return;
    }
    out.section(RatesKeys::SECTION);
    out.value::<Plain, f64>("migration", &rates.base.migration);
    out.value::<Plain, Option<f64>>("clearance", &rates.clearance);
    out.unsaid(["rule", "effect"]);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::catalogue::Confidence;
    use crate::scenario::{Catalogue, Style, effective_toml, parse};

    const PLAIN: &str = "name = 'x'\ntime = { end = '10 d' }\nlattice = { size = [64, 64] }\n\
        start = { shape = 'single' }\nrates = { birth = '0.1 /d', death = '0.1 /d' }\n";

    // The effective scenario is complete by itself: every drug of the catalogue, bit for bit.
    #[test]
    fn every_drug_of_the_catalogue_reads_back() {
        let mut scenario = parse(PLAIN, "x.toml", Path::new("")).unwrap().scenario;
        assert!(!effective_toml(&scenario).contains("[[catalogue"));
        scenario.catalogue = Catalogue::embedded().drugs().to_vec();
        let text = effective_toml(&scenario);
        let again = parse(&text, "effective.toml", Path::new(""));
        let again = again.unwrap_or_else(|e| panic!("{}", e.render(Style::Plain)));
        assert_eq!(again.warnings, []);
        assert_eq!(again.scenario, scenario);
        assert_eq!(effective_toml(&again.scenario), text);
    }

    #[test]
    fn odd_numbers_read_back() {
        let mut scenario = parse(PLAIN, "x.toml", Path::new("")).unwrap().scenario;
        let mut drug = Catalogue::embedded().find("sunitinib").unwrap().clone();
        drug.name = "odd".into();
        drug.aliases.clear();
        let pk = drug.pk.as_mut().unwrap();
        pk.clearance.value = 0.1 + 0.2;
        pk.clearance.source = "a \"quote\" and\na line".into();
        pk.clearance.confidence = Confidence::B;
        pk.absorption.as_mut().unwrap().rate.value = 1.0 / 3.0;
        drug.label.hold_days.value = 1e-7;
        scenario.catalogue = vec![drug];
        let again = parse(&effective_toml(&scenario), "effective.toml", Path::new("")).unwrap();
        assert_eq!(again.scenario, scenario);
    }
}

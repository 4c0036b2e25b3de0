//! Regimens of a plan, as text or as table, with their drugs looked up.

use toml::de::DeValue;

use crate::catalogue::{Dose, Drug, Route};
use crate::scenario::asked::Asked;
use crate::scenario::catalogue::Catalogue;
use crate::scenario::context::Context;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Severity, Span};
use crate::scenario::model::{Phases, Regimen, Rhythm};
use crate::scenario::regimen::{
    Body, DoseProblem, DoseTextError, Finding, MAX_COURSES, Part, fits, parse, parse_days,
    regimen_of_records, sound,
};
use crate::scenario::shown::shown;
use crate::scenario::text_file::load_text;

/// What the regimens of a plan are read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Formulary<'a> {
    pub cx: &'a Context<'a>,
    pub catalogue: &'a Catalogue,
    /// Whether the scenario's own drugs could be read. If not, a name that is not found may be one of them: what is
    /// wrong with them is told, and nothing of what follows from it.
    pub own_known: bool,
    /// Whose doses they are.
    pub body: &'a Body,
}

fn problem(span: Span, problem: &DoseProblem) -> Diagnostic {
    Diagnostic::error(span, problem.to_string()).label(problem.expected()).help(problem.help())
}

/// Reports what is wrong with a dose text, at its place.
pub(super) fn text_problem(cx: &Context<'_>, text: &At<String>, error: &DoseTextError) {
    // Nothing can be marked in an empty text.
    let inside = if error.span.is_empty() { text.span.clone() } else { cx.within(text, error.span.clone()) };
    cx.report(problem(inside, &error.problem));
}

impl<'a> Formulary<'a> {
    /// Reads a list of regimens; those that are wrong are reported and left out.
    pub fn regimens(&self, entries: Vec<RegimenEntry>) -> Vec<At<Regimen>> {
        entries.into_iter().filter_map(|entry| self.regimen(entry)).collect()
    }

    fn regimen(&self, entry: RegimenEntry) -> Option<At<Regimen>> {
        let (regimen, name) = match entry {
            RegimenEntry::Text(text) => {
                let regimen = parse(&text.value).map_err(|e| text_problem(self.cx, &text, &e)).ok()?;
                let name = name_span(self.cx, &text, &regimen.drug);
                (At::new(regimen, text.span), name)
            }
            RegimenEntry::Table(regimen, name) => (regimen, name),
        };
        self.of_drug(regimen, name)
    }

    /// Gives a regimen its drug's name in the catalogue, and judges it against the drug.
    pub(super) fn of_drug(&self, regimen: At<Regimen>, name: Span) -> Option<At<Regimen>> {
        let drug: &Drug = match self.catalogue.find(&regimen.value.drug) {
            Ok(drug) => drug,
            Err(_) if !self.own_known => return None,
            Err(unknown) => {
                let help = match &unknown.nearest {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        "`evotor drugs` lists the catalogue; a drug of your own goes into [[catalogue.drug]]"
                            .to_owned()
                    }
                };
                return Diagnostic::error(
                    name,
                    format!("the catalogue has no drug {}", shown(&unknown.name)),
                )
                .label("expected a name or alias of the catalogue")
                .help(help)
                .fail(self.cx);
            }
        };
        let regimen = regimen.map(|r| Regimen { drug: drug.name.clone(), ..r });
        let forms = self.catalogue.other_forms(drug);
        for finding in fits(&regimen.value, drug, self.body) {
            misfit(self.cx, regimen.span.clone(), finding.with_forms(&regimen.value, &forms, self.body));
        }
        Some(regimen)
    }

    /// Whether a drug acts on vessels, and if so, whether on nothing else.
    pub fn acts_on_vessels(&self, name: &str) -> Option<bool> {
        let drug = self.catalogue.find(name).ok().filter(|d| d.vascular.is_some())?;
        Some(drug.targets.is_empty() && drug.kills.is_empty())
    }

    /// Whether a drug may cause adverse events.
    pub fn is_toxic(&self, name: &str) -> bool {
        self.catalogue.find(name).is_ok_and(Drug::has_adverse_events)
    }
}

/// Reports that a regimen does not fit its drug.
pub(super) fn misfit(cx: &Context<'_>, span: Span, finding: Finding) {
    let found = match finding.severity {
        Severity::Error => Diagnostic::error(span, finding.message),
        Severity::Warning => Diagnostic::warning(span, finding.message),
    };
    cx.report(found.label(finding.expected).help(finding.help));
}

/// Place of a drug's name in a text.
pub(super) fn name_span(cx: &Context<'_>, text: &At<String>, drug: &str) -> Span {
    let start = text.value.len() - text.value.trim_start().len();
    if text.value[start..].starts_with(drug) {
        cx.within(text, start..start + drug.len())
    } else {
        text.span.clone()
    }
}

/// A regimen as a table, in place of a text. Without `dates` it is given every `interval`.
#[derive(Debug, Section)]
#[section(path = "therapy.regimen", heading = "{ drug = … }")]
pub(crate) struct RegimenKeys {
    /// Name or alias of a drug of the catalogue.
    #[key(required, example = "everolimus")]
    pub(crate) drug: String,
    /// One administration.
    #[key(absent = "none: supportive care", example = "10 mg")]
    pub(crate) dose: Option<Dose>,
    /// A file of dosing records, relative to this one, in place of `dose` and all times: a table as NONMEM and mrgsolve read it, with the
    /// columns TIME (in h), AMT, and where they are needed II, ADDL, EVID and ID. SS and RATE are refused.
    #[key(absent = "the keys below", example = "doses.csv")]
    pub(crate) records: Option<At<String>>,
    /// Unit of AMT in `records`.
    #[key(default = "mg", example = "GBq")]
    pub(crate) unit: String,
    /// Time from one day with doses to the next.
    #[key(derived = "a day, unless `dates` is given", example = "28 d", form = Days)]
    pub(crate) interval: Option<At<u32>>,
    /// Administrations on such a day, evenly apart: a number that divides 24.
    #[key(integer(1, 24), default = 1, example = 2)]
    pub(crate) times_per_day: u32,
    /// Days on the drug in each cycle; with `off`.
    #[key(absent = "no cycles", example = "28 d", form = Days)]
    pub(crate) on: Option<At<u32>>,
    /// Days off the drug in each cycle.
    #[key(absent = "no cycles", example = "14 d", form = Days)]
    pub(crate) off: Option<At<u32>>,
    /// Days of a cycle on which the drug is given, counted from 1.
    #[key(absent = "every day of the cycle, or `on` and `off`", example = "1-7 and 15-21 of 28")]
    pub(crate) days: Option<At<String>>,
    /// Number of cycles, or of days with doses if there are no cycles.
    #[key(integer(1, MAX_COURSES as u64), absent = "no limit", example = 4)]
    pub(crate) courses: Option<u32>,
    /// The only days with a dose, counted from 0.
    #[key(absent = "regular doses", example = ["100 d"], form = Days)]
    pub(crate) dates: Option<Vec<At<u32>>>,
    /// Time of the line at which it begins.
    #[key(default = "0 d", example = "84 d", form = Days)]
    pub(crate) start: u32,
    /// Time of the line from which on there are no doses.
    #[key(absent = "never", example = "168 d", form = Days)]
    pub(crate) stop: Option<u32>,
    /// How it is given.
    #[key(Kind::Choice(Route::WORDS.split_at(5).0), derived = "the drug's usual one", example = "oral")]
    pub(crate) route: Option<Route>,
}

/// A regimen as a plan has it.
#[derive(Debug, Clone)]
pub(crate) enum RegimenEntry {
    Text(At<String>),
    /// A table, with the place of the drug's name.
    Table(At<Regimen>, Span),
}

impl RegimenEntry {
    /// Regimens in their canonical texts.
    pub fn of(regimens: &[Regimen]) -> Vec<RegimenEntry> {
        regimens.iter().map(|r| RegimenEntry::Text(At::new(r.to_string(), 0..0))).collect()
    }
}

/// Regimens, each a text or a table; one alone counts as a list of one. Those that are neither are reported and left out.
impl Value<Vec<RegimenEntry>> for Plain {
    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<RegimenEntry>> {
        let one = |found: &DeValue<'_>, span: Span| match found {
            DeValue::String(text) => Some(RegimenEntry::Text(At::new(text.to_string(), span))),
            DeValue::Table(table) => {
                let reader = Reader::new(asked.cx, RegimenKeys::SECTION, table, span.clone());
                Some(RegimenEntry::Table(At::new(table_regimen(&reader)?, span), reader.place("drug")))
            }
            other => {
                asked.mismatch(other, span);
                None
            }
        };
        Some(match found {
            DeValue::Array(items) => items.iter().filter_map(|i| one(i.get_ref(), i.span())).collect(),
            _ => one(found, span).into_iter().collect(),
        })
    }

    fn write(entries: &Vec<RegimenEntry>, _: &Key, _: &Writer) -> TomlText {
        let texts = entries.iter().map(|entry| match entry {
            RegimenEntry::Text(text) => text.value.clone(),
            RegimenEntry::Table(regimen, _) => regimen.value.to_string(),
        });
        let texts: Vec<String> = texts.collect();
        super::super::writer::list(texts.iter().map(String::as_str)).into()
    }
}

/// A regimen as a table.
fn table_regimen(reader: &Reader<'_>) -> Option<Regimen> {
    let keys = RegimenKeys::read(reader)?;
    if let Some(records) = &keys.records {
        return recorded(reader, &keys, records);
    }
    let phases = phases(reader, &keys);
    let rhythm = rhythm(reader, keys.interval, keys.dates);
    let regimen = Regimen {
        drug: keys.drug,
        dose: keys.dose,
        route: keys.route,
        times_per_day: keys.times_per_day,
        rhythm: rhythm?,
        phases: phases?,
        courses: keys.courses,
        start: keys.start,
        stop: keys.stop,
    };
    let Err(unsound) = sound(&regimen) else {
        return Some(regimen);
    };
    let names: &[&str] = match unsound.part {
        Part::Dose => &["dose"],
        Part::Rhythm => &["dates", "interval", "times_per_day"],
        Part::Phases => &["days", "on", "off"],
        Part::Courses => &["courses"],
        Part::Window => &["stop", "start"],
    };
    let given = names.iter().find(|name| reader.has(name)).copied();
    reader.cx.report(problem(reader.place(given.unwrap_or_default()), &unsound.problem));
    None
}

/// The regimen of a file of dosing records.
fn recorded(reader: &Reader<'_>, keys: &RegimenKeys, records: &At<String>) -> Option<Regimen> {
    const OTHERS: [&str; 10] =
        ["dose", "interval", "times_per_day", "on", "off", "days", "courses", "dates", "start", "stop"];
    if let Some(other) = OTHERS.iter().find(|key| reader.has(key)) {
        reader.exclusive("records", other, "remove one of the two");
        return None;
    }
    let wrong = |found: String, help: &str| {
        let found = format!("the records in {} are not a regimen: {found}", shown(&records.value));
        let note = "the path is relative to the scenario file";
        let label = "expected a table of dosing records";
        Diagnostic::error(records.span.clone(), found).label(label).note(note).help(help).report(reader.cx);
    };
    let text = match load_text(&reader.cx.path(&records.value)) {
        Ok(text) => text,
        Err(why) => {
            wrong(why.to_string(), "correct the path");
            return None;
        }
    };
    match regimen_of_records(&text, &keys.drug, &keys.unit) {
        Ok(regimen) => Some(Regimen { route: keys.route, ..regimen }),
        Err(error) => {
            wrong(error.to_string(), error.help);
            None
        }
    }
}

/// `dates`, or `interval`, or daily.
fn rhythm(reader: &Reader<'_>, interval: Option<At<u32>>, dates: Option<Vec<At<u32>>>) -> Option<Rhythm> {
    match (interval, dates) {
        (Some(_), Some(_)) => {
            reader.exclusive("dates", "interval", "remove one of the two");
            None
        }
        (None, Some(dates)) => Some(Rhythm::Dates { days: dates.into_iter().map(|d| d.value).collect() }),
        (interval, None) => Some(Rhythm::Every { days: interval.map_or(1, |d| d.value) }),
    }
}

/// `days`, or `on` and `off`.
fn phases(reader: &Reader<'_>, keys: &RegimenKeys) -> Option<Option<Phases>> {
    let (on, off) = (keys.on.as_ref(), keys.off.as_ref());
    let Some(listed) = &keys.days else {
        let (given, missing) = match (on, off) {
            (None, None) => return Some(None),
            (Some(on), Some(off)) => {
                let period = on.value.saturating_add(off.value);
                return Some(Some(Phases { on: vec![(1, on.value)], period }));
            }
            (Some(_), None) => ("on", "off"),
            (None, Some(_)) => ("off", "on"),
        };
        return reader.refused(
            given,
            format!("`{given}` without `{missing}`"),
            format!("expected `{missing}` beside it"),
            format!("add for example `{missing} = \"14 d\"`"),
        );
    };
    if let Some(other) = on.or(off) {
        let (span, _) = reader.given("days")?;
        return Diagnostic::error(span, "`days` together with `on` or `off`")
            .label("expected only one of them")
            .related(other.span.clone(), "the other one")
            .help("remove one of the two")
            .fail(reader.cx);
    }
    match parse_days(&listed.value) {
        Ok(phases) => Some(Some(phases)),
        Err(error) => {
            text_problem(reader.cx, listed, &error);
            None
        }
    }
}

//! Regimens of a plan, as text or as table, with their drugs looked up.

use super::days::{days, whole_days};
use crate::catalogue::{Drug, DrugKind, Route};
use crate::scenario::catalogue::Catalogue;
use crate::scenario::error::{Diagnostic, Severity, Span};
use crate::scenario::model::{Phases, Regimen, Rhythm};
use crate::scenario::reader::{At, Context, Entry, Reader};
use crate::scenario::regimen::{
    Body, DoseProblem, DoseTextError, Finding, Part, fits, parse, parse_days, sound,
};
use crate::scenario::value::shown;

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
    pub fn regimens(&self, entries: Vec<Entry<'_>>) -> Vec<At<Regimen>> {
        entries.into_iter().filter_map(|entry| self.regimen(entry)).collect()
    }

    fn regimen(&self, entry: Entry<'_>) -> Option<At<Regimen>> {
        let (regimen, name) = match entry {
            Entry::Text(text) => {
                let regimen = parse(&text.value).map_err(|e| text_problem(self.cx, &text, &e)).ok()?;
                let name = name_span(self.cx, &text, &regimen.drug);
                (At::new(regimen, text.span), name)
            }
            Entry::Table(reader) => {
                let regimen = table(&reader)?;
                let name = reader.given("drug").map_or(reader.span.clone(), |(_, v)| v.span());
                (At::new(regimen, reader.span.clone()), name)
            }
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
                self.cx.report(
                    Diagnostic::error(name, format!("the catalogue has no drug {}", shown(&unknown.name)))
                        .label("expected a name or alias of the catalogue")
                        .help(help),
                );
                return None;
            }
        };
        let regimen = regimen.map(|r| Regimen { drug: drug.name.clone(), ..r });
        for finding in fits(&regimen.value, drug, self.body) {
            let (severity, finding) =
                (finding.severity, finding.with_forms(&self.catalogue.other_forms(drug)));
            misfit(self.cx, regimen.span.clone(), finding, severity);
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
        self.catalogue.find(name).is_ok_and(|d| !d.toxicities.is_empty() && d.kind != DrugKind::Supportive)
    }
}

/// Reports that a regimen does not fit its drug.
pub(super) fn misfit(cx: &Context<'_>, span: Span, finding: Finding, severity: Severity) {
    let found = match severity {
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

/// A regimen as a table.
fn table(reader: &Reader<'_>) -> Option<Regimen> {
    let (drug, dose) = (reader.text("drug"), reader.dose("dose"));
    let times_per_day = reader.small("times_per_day");
    let courses = reader.small("courses");
    let route = reader.choice("route");
    let rhythm = rhythm(reader);
    let phases = phases(reader);
    let (start, stop) = (days(reader, "start"), days(reader, "stop"));
    let wrong = |name| reader.has(name);
    if (wrong("dose") && dose.is_none()) || (wrong("route") && route.is_none()) {
        return None;
    }
    let regimen = Regimen {
        drug: drug?.value,
        dose: dose.map(|d| d.value),
        route: route.and_then(|r| Route::of(r.value)),
        times_per_day: times_per_day?.value,
        rhythm: rhythm?,
        phases: phases?,
        courses: courses.map(|c| c.value),
        start: start?.map_or(0, |d| d.value),
        stop: stop?.map(|d| d.value),
    };
    let Err(unsound) = sound(&regimen) else {
        return Some(regimen);
    };
    let place = |names: &[&'static str]| {
        names.iter().find_map(|n| reader.given(n)).map_or(reader.span.clone(), |(_, v)| v.span())
    };
    let span = match unsound.part {
        Part::Dose => place(&["dose"]),
        Part::Rhythm => place(&["dates", "interval", "times_per_day"]),
        Part::Phases => place(&["days", "on", "off"]),
        Part::Courses => place(&["courses"]),
        Part::Window => place(&["stop", "start"]),
    };
    reader.cx.report(problem(span, &unsound.problem));
    None
}

/// `dates`, or `interval`, or daily.
fn rhythm(reader: &Reader<'_>) -> Option<Rhythm> {
    let (interval, dates) = (days(reader, "interval")?, reader.times("dates"));
    let Some((span, _)) = reader.given("dates") else {
        return Some(Rhythm::Every { days: interval.map_or(1, |d| d.value) });
    };
    if let Some(interval) = interval {
        reader.cx.report(
            Diagnostic::error(span, "`dates` together with `interval`")
                .label("expected only one of them")
                .related(interval.span, "the other one")
                .help("remove one of the two"),
        );
        return None;
    }
    let all = dates?.value.into_iter().map(|t| whole_days(reader.cx, "dates", t).map(|d| d.value));
    Some(Rhythm::Dates { days: all.collect::<Option<_>>()? })
}

/// `days`, or `on` and `off`.
fn phases(reader: &Reader<'_>) -> Option<Option<Phases>> {
    let (on, off) = (days(reader, "on")?, days(reader, "off")?);
    let listed = reader.text("days");
    let Some((span, _)) = reader.given("days") else {
        return match (on, off) {
            (None, None) => Some(None),
            (Some(on), Some(off)) => {
                let period = on.value.saturating_add(off.value);
                Some(Some(Phases { on: vec![(1, on.value)], period }))
            }
            (on, off) => {
                let (given, missing) = if on.is_some() { ("on", "off") } else { ("off", "on") };
                let span = on.or(off).map_or(reader.span.clone(), |d| d.span);
                reader.cx.report(
                    Diagnostic::error(span, format!("`{given}` without `{missing}`"))
                        .label(format!("expected `{missing}` beside it"))
                        .help(format!("add for example `{missing} = \"14 d\"`")),
                );
                None
            }
        };
    };
    if let Some(other) = on.or(off) {
        reader.cx.report(
            Diagnostic::error(span, "`days` together with `on` or `off`")
                .label("expected only one of them")
                .related(other.span, "the other one")
                .help("remove one of the two"),
        );
        return None;
    }
    let listed = listed?;
    match parse_days(&listed.value) {
        Ok(phases) => Some(Some(phases)),
        Err(error) => {
            text_problem(reader.cx, &listed, &error);
            None
        }
    }
}

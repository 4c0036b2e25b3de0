//! `[therapy]`: the plan.

use super::calendar;
use super::plan::{self, days, whole_days};
use super::regimens::Formulary;
use super::time::Clock;
use super::vessels;
use crate::catalogue::Drug;
use crate::scenario::catalogue::Catalogue;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{
    AdaptiveDoses, AdverseEvents, AfterLastLine, Line, LineEnd, Mode, Monitor, Regimen, Therapy, Visits,
};
use crate::scenario::nearest::nearest;
use crate::scenario::reader::{At, Reader};
use crate::scenario::table::Kind;
use crate::scenario::units::{Dimension, QuantityError, parse_in, parse_quantity};
use crate::scenario::value::shown;

/// What ends a line, beside a time.
const ENDS: [(&str, LineEnd); 2] = [("progression", LineEnd::Progression), ("toxicity", LineEnd::Toxicity)];

/// A line as far as it could be read, with the places that its checks point at.
#[derive(Debug)]
pub(super) struct LineRead<'a> {
    pub reader: Option<Reader<'a>>,
    pub regimens: Vec<At<Regimen>>,
    pub steps: Vec<At<Regimen>>,
    pub start: Option<At<u32>>,
    pub delay: u32,
    pub until: Vec<At<LineEnd>>,
    pub beyond: Option<At<u32>>,
    pub alternate: Option<At<u32>>,
    pub adaptive: Option<AdaptiveDoses>,
}

/// Whose days a plan looks at the tumour.
#[derive(Debug, Clone, Copy)]
pub(super) enum Calendar<'a> {
    /// Its own `visits`.
    Own,
    /// The trial's; `None` if they are wrong.
    Trial(Option<&'a Visits>),
}

/// What plans are read with, and judged against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Practice<'a> {
    pub root: &'a Reader<'a>,
    pub catalogue: &'a Catalogue,
    /// Whether the scenario's own drugs could be read. If not, every name is doubtful: what is wrong with them is told
    /// first.
    pub own_known: bool,
    pub clock: &'a Clock,
    pub calendar: Calendar<'a>,
}

/// The plan: `None` if it is wrong, `Some(None)` if there is none, as in mode `rates`.
pub(super) fn read(
    root: &Reader<'_>,
    mode: Mode,
    own: Option<&[Drug]>,
    clock: &Clock,
) -> Option<Option<Therapy>> {
    if mode == Mode::Rates {
        return Some(None);
    }
    let Some(reader) = root.table("therapy") else {
        return if root.has("therapy") { None } else { Some(None) };
    };
    let catalogue = Catalogue::merged(Catalogue::embedded(), own.unwrap_or_default().to_vec());
    let own_known = own.is_some();
    let practice = Practice { root, catalogue: &catalogue, own_known, clock, calendar: Calendar::Own };
    practice.plan(&reader).map(Some)
}

impl Practice<'_> {
    /// Reads a plan from its section; `None` if it, or anything before it, is wrong.
    pub fn plan(&self, reader: &Reader<'_>) -> Option<Therapy> {
        let formulary = Formulary { cx: reader.cx, catalogue: self.catalogue };
        let regimens = |name| reader.regimens(name).map(|entries| formulary.regimens(entries.value));
        let shorthand = regimens("regimen");
        let background = regimens("background").unwrap_or_default();
        let lines = lines(reader, &formulary, shorthand)?;
        let after = reader.choice("after_last_line");
        let visits = match self.calendar {
            Calendar::Own => reader.table("visits").and_then(|r| visits(&r)),
            Calendar::Trial(visits) => visits.cloned(),
        };
        let toxicity = reader.table("toxicity").and_then(|r| adverse_events(&r));
        let (after, visits, toxicity) = (after?, visits?, toxicity?);
        if !self.own_known {
            return None;
        }
        let own = matches!(self.calendar, Calendar::Own);
        let judged = plan::Judged {
            formulary: &formulary,
            background: &background,
            lines: &lines,
            after: &after,
            visits: &visits,
            visits_section: if own { "[therapy.visits]" } else { "[assessment.visits]" },
            toxicity: &toxicity,
            clock: self.clock,
            place: &reader.span,
        };
        plan::judge(&judged);
        if own {
            calendar::judge(reader, &visits, &lines, self.clock);
        }
        let given = background.iter().chain(lines.iter().flat_map(|l| &l.regimens));
        vessels::absent(self.root, &formulary, &given.collect::<Vec<_>>());
        if reader.cx.has_errors() {
            return None;
        }
        Some(Therapy {
            background: background.into_iter().map(|r| r.value).collect(),
            lines: lines.into_iter().map(line).collect(),
            after_last_line: if after.value == "continue" {
                AfterLastLine::Continue
            } else {
                AfterLastLine::Stop
            },
            visits,
            toxicity,
        })
    }
}

/// A scenario's drugs: its own, and those that its plans use.
pub(super) fn kept<'a>(own: Vec<Drug>, plans: impl IntoIterator<Item = &'a Therapy>) -> Vec<Drug> {
    let used: Vec<String> =
        plans.into_iter().flat_map(|plan| plan.drugs()).map(|name| name.to_owned()).collect();
    if used.is_empty() {
        return own;
    }
    let merged = Catalogue::merged(Catalogue::embedded(), own.clone());
    merged.kept(&own, &used).unwrap_or(own)
}

fn lines<'a>(
    reader: &Reader<'a>,
    formulary: &Formulary<'_>,
    shorthand: Option<Vec<At<Regimen>>>,
) -> Option<Vec<LineRead<'a>>> {
    let full: Vec<LineRead<'a>> = reader.tables("line").iter().map(|r| read_line(r, formulary)).collect();
    let section = below(reader, "line");
    match (shorthand, reader.given("regimen"), reader.given("line")) {
        (_, Some((regimen, _)), Some((line, _))) => {
            reader.cx.report(
                Diagnostic::error(regimen, format!("`regimen` together with {section}"))
                    .label("expected only one of them")
                    .related(line, "the lines")
                    .help("put the regimen into a line, or into `background` if it is given all the time"),
            );
            None
        }
        (Some(regimens), Some(_), None) => Some(vec![LineRead {
            reader: None,
            regimens,
            steps: Vec::new(),
            start: None,
            delay: 0,
            until: Vec::new(),
            beyond: None,
            alternate: None,
            adaptive: None,
        }]),
        _ if !full.is_empty() => Some(full),
        (_, _, given) => {
            let span = given.map_or(reader.span.clone(), |(span, _)| span);
            reader.cx.report(
                Diagnostic::error(span, "a therapy without a regimen")
                    .label(format!("expected `regimen`, or at least one {section}"))
                    .help("write for example `regimen = \"everolimus 10 mg daily\"`"),
            );
            None
        }
    }
}

/// Heading of a section below this one.
fn below(reader: &Reader<'_>, name: &str) -> &'static str {
    match reader.section.find(name).map(|key| &key.kind) {
        Some(Kind::Table(section) | Kind::Tables(section)) => section.heading,
        _ => "",
    }
}

fn read_line<'a>(reader: &Reader<'a>, formulary: &Formulary<'_>) -> LineRead<'a> {
    let entries = reader.regimens("regimens").map(|r| r.value).unwrap_or_default();
    let regimens = formulary.regimens(entries);
    let texts = reader.texts("steps").map(|t| t.value).unwrap_or_default();
    let steps = if regimens.is_empty() { Vec::new() } else { texts };
    let steps = steps.iter().filter_map(|s| formulary.step(s, &regimens)).collect();
    let until = reader.text_or_texts("until").map(|t| t.value).unwrap_or_default();
    let until = until.iter().filter_map(|text| end(reader, text)).collect();
    let (start, delay) = (days(reader, "start").flatten(), days(reader, "delay").flatten());
    if let (Some((start, _)), Some((delay, _))) = (reader.given("start"), reader.given("delay")) {
        reader.cx.report(
            Diagnostic::error(delay, "`delay` together with `start`")
                .label("expected only one of them")
                .related(start, "the other one")
                .help("remove one: the line begins at a time, or some time after the line before it"),
        );
    }
    LineRead {
        reader: Some(reader.clone()),
        regimens,
        steps,
        start,
        delay: delay.map_or(0, |d| d.value),
        until,
        beyond: days(reader, "beyond_progression").flatten(),
        alternate: plan::positive(reader, "alternate", days(reader, "alternate").flatten()),
        adaptive: reader.table("adaptive").and_then(|r| adaptive(&r)),
    }
}

fn line(read: LineRead<'_>) -> Line {
    Line {
        regimens: read.regimens.into_iter().map(|r| r.value).collect(),
        steps: read.steps.into_iter().map(|r| r.value).collect(),
        start: read.start.map(|s| s.value),
        delay: read.delay,
        until: read.until.into_iter().map(|u| u.value).collect(),
        beyond_progression: read.beyond.map_or(0, |b| b.value),
        alternate: read.alternate.map(|a| a.value),
        adaptive: read.adaptive,
    }
}

/// `progression`, `toxicity` or a time.
fn end(reader: &Reader<'_>, text: &At<String>) -> Option<At<LineEnd>> {
    let word = text.value.trim();
    if let Some((_, end)) = ENDS.iter().find(|(name, _)| *name == word) {
        return Some(At::new(*end, text.span.clone()));
    }
    match parse_quantity(word, Dimension::Time) {
        Ok(hours) => {
            let time = whole_days(reader.cx, "until", At::new(hours, text.span.clone()))?;
            let days = plan::positive(reader, "until", Some(time))?.value;
            Some(At::new(LineEnd::After { days }, text.span.clone()))
        }
        Err(problem) => {
            let near = nearest(word, ENDS.iter().map(|(name, _)| *name));
            let help = match (near, problem) {
                (Some(near), _) => format!("did you mean {near:?}?"),
                (None, QuantityError::NoUnit { number }) => format!("write \"{number} d\" if days are meant"),
                (None, _) => "write for example \"progression\" or \"168 d\"".to_owned(),
            };
            reader.cx.report(
                Diagnostic::error(text.span.clone(), format!("`until` cannot be {}", shown(&text.value)))
                    .label("expected \"progression\", \"toxicity\" or a time with its unit")
                    .help(help),
            );
            None
        }
    }
}

fn adaptive(reader: &Reader<'_>) -> Option<AdaptiveDoses> {
    let (below, above) = (reader.number("off_below"), reader.number("on_above"));
    let monitor = reader.quantity_or("monitor");
    plan::ordered(reader, below.as_ref(), above.as_ref());
    let monitor = match monitor? {
        At { value: None, .. } => Monitor::Visit,
        At { value: Some(hours), span } => {
            let time = whole_days(reader.cx, "monitor", At::new(hours, span))?;
            Monitor::Every { days: plan::positive(reader, "monitor", Some(time))?.value }
        }
    };
    Some(AdaptiveDoses { off_below: below?.value, on_above: above?.value, monitor })
}

fn visits(reader: &Reader<'_>) -> Option<Visits> {
    let length = reader.quantity("baseline_diameter");
    let (at, every) = scans(reader)?;
    let baseline_mm = length.and_then(|_| millimetres(reader, "baseline_diameter")).filter(|mm| *mm > 0.0);
    Some(Visits { at, every, baseline_mm })
}

/// A calendar: days of the first visits, and days between later ones.
pub(super) fn scans(reader: &Reader<'_>) -> Option<(Vec<u32>, u32)> {
    let every = plan::positive(reader, "every", days(reader, "every").flatten());
    let first = plan::positive(reader, "first", days(reader, "first").flatten());
    let at = reader.times("at");
    if let (Some((first, _)), Some((at, _))) = (reader.given("first"), reader.given("at")) {
        reader.cx.report(
            Diagnostic::error(first, "`first` together with `at`")
                .label("expected only one of them")
                .related(at, "the other one")
                .help("remove `first`: the first of `at` is the first visit"),
        );
    }
    let every = every?.value;
    let at = match at {
        Some(at) => plan::ascending(reader.cx, at)?,
        None => vec![first.map_or(every, |f| f.value)],
    };
    Some((at, every))
}

/// A length that was found to be one, in mm to the last bit.
fn millimetres(reader: &Reader<'_>, key: &str) -> Option<f64> {
    let (_, value) = reader.given(key)?;
    parse_in(value.get_ref().as_str()?, Dimension::Length, "mm").ok()
}

fn adverse_events(reader: &Reader<'_>) -> Option<AdverseEvents> {
    let occur = reader.flag("events");
    let number = |name| reader.number(name);
    let (overlap, background) = (number("overlap"), number("background"));
    let (grade_2, grade_4) = (number("grade_2"), number("grade_4"));
    let (blood, intolerable) = (number("grade_4_blood"), number("intolerable"));
    let not_restarted = number("not_restarted");
    let longest = plan::positive(reader, "longest_hold", days(reader, "longest_hold").flatten());
    Some(AdverseEvents {
        occur: occur?.value,
        overlap: overlap?.value,
        background: background?.value,
        grade_2: grade_2?.value,
        grade_4: grade_4?.value,
        grade_4_blood: blood?.value,
        intolerable: intolerable?.value,
        not_restarted: not_restarted?.value,
        longest_hold: longest?.value,
    })
}

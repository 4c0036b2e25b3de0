//! `[therapy]`: the plan.

use super::days::{days, positive};
use super::line::{self, LineRead};
use super::regimens::Formulary;
use super::time::Clock;
use super::{calendar, plan, vessels, visits};
use crate::catalogue::Drug;
use crate::scenario::catalogue::Catalogue;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{AdverseEvents, AfterLastLine, Mode, Regimen, Therapy, Visits};
use crate::scenario::reader::{At, Reader};
use crate::scenario::regimen::Body;
use crate::scenario::table::Kind;

/// Most drugs of a plan: those that are on are a mask of 32 bits.
pub const MOST_PLANNED: usize = 32;

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
    /// Whose doses are planned.
    pub body: Body,
    pub calendar: Calendar<'a>,
}

/// The plan: `None` if it is wrong, `Some(None)` if there is none, as in mode `rates`.
pub(super) fn read(practice: &Practice<'_>, mode: Mode) -> Option<Option<Therapy>> {
    if mode == Mode::Rates {
        return Some(None);
    }
    match practice.root.table("therapy") {
        Some(reader) => practice.plan(&reader).map(Some),
        None if practice.root.has("therapy") => None,
        None => Some(None),
    }
}

impl Practice<'_> {
    /// Reads a plan from its section; `None` if it, or anything before it, is wrong.
    pub fn plan(&self, reader: &Reader<'_>) -> Option<Therapy> {
        let Practice { catalogue, own_known, body, .. } = self;
        let formulary = Formulary { cx: reader.cx, catalogue, own_known: *own_known, body };
        let regimens = |name| reader.regimens(name).map(|entries| formulary.regimens(entries.value));
        let shorthand = regimens("regimen");
        let background = regimens("background").unwrap_or_default();
        let lines = lines(reader, &formulary, shorthand)?;
        let after = reader.choice("after_last_line");
        let visits = match self.calendar {
            Calendar::Own => reader.table("visits").and_then(|r| visits::read(&r)),
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
        let given: Vec<_> = given.collect();
        few_enough(reader, &given);
        vessels::absent(self.root, &formulary, &given);
        if reader.cx.has_errors() {
            return None;
        }
        Some(Therapy {
            background: background.into_iter().map(|r| r.value).collect(),
            lines: lines.into_iter().map(line::line).collect(),
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

/// Reports a plan with more drugs than the tables of a run have bits for.
fn few_enough(reader: &Reader<'_>, given: &[&At<Regimen>]) {
    let mut names: Vec<&str> = Vec::new();
    for regimen in given {
        let name = regimen.value.drug.as_str();
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        if names.len() == MOST_PLANNED + 1 {
            reader.cx.report(
                Diagnostic::error(
                    regimen.span.clone(),
                    format!("a plan with more than {MOST_PLANNED} drugs"),
                )
                .label(format!("expected at most {MOST_PLANNED} in all its lines and the background"))
                .help("remove drugs, or give those of later lines in a scenario of its own"),
            );
        }
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
    let full: Vec<LineRead<'a>> = reader.tables("line").iter().map(|r| line::read(r, formulary)).collect();
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

fn adverse_events(reader: &Reader<'_>) -> Option<AdverseEvents> {
    let occur = reader.flag("events");
    let number = |name| reader.number(name);
    let (overlap, background) = (number("overlap"), number("background"));
    let (grade_2, grade_4) = (number("grade_2"), number("grade_4"));
    let (blood, intolerable) = (number("grade_4_blood"), number("intolerable"));
    let not_restarted = number("not_restarted");
    let longest = positive(reader, "longest_hold", days(reader, "longest_hold").flatten());
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

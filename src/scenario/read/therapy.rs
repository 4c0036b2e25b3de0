//! `[therapy]`: the plan.

use super::line::{self, LineKeys, LineRead};
use super::monitoring::{self, MonitoringKeys};
use super::regimens::{Formulary, RegimenEntry, RegimenKeys};
use super::{calendar, plan, vessels};
use crate::catalogue::Drug;
use crate::scenario::catalogue::Catalogue;
use crate::scenario::context::Clock;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{AdverseEvents, AfterLastLine, Mode, Regimen, Therapy, Visits};
use crate::scenario::regimen::Body;

/// The keys of a plan: of a scenario with its visits, of an arm without.
macro_rules! plan {
    (
        $(#[$about:meta])* $name:ident, line: ($($line:tt)*), toxicity: ($($toxicity:tt)*), monitoring: ($($monitoring:tt)*)
        $(, $(#[$of_visits:meta])* visits: $visits:ty)?
    ) => {
        $(#[$about])*
        pub(crate) struct $name {
            /// One regimen, or a list of regimens given together: a plan of one line without an end.
            #[key(
                Kind::Regimens(RegimenKeys::SECTION), absent = "the lines are given by `line`",
                example = "everolimus 10 mg daily",
            )]
            pub(crate) regimen: Option<Vec<RegimenEntry>>,
            /// Regimens given all the time, whatever the line.
            #[key(
                Kind::Regimens(RegimenKeys::SECTION), absent = "nothing beside the lines",
                example = ["octreotide LAR 30 mg every 28 d"],
            )]
            pub(crate) background: Option<Vec<RegimenEntry>>,
            /// Lines of therapy in order.
            #[key(section($($line)*), last, absent = "one line, with `regimen`")]
            pub(crate) line: Vec<LineKeys>,
            /// What comes when the last line has ended: nothing but the background, or the line goes on
            /// (treatment beyond progression).
            #[key(default = "stop", example = "continue")]
            pub(crate) after_last_line: At<AfterLastLine>,
            $(
                $(#[$of_visits])*
                pub(crate) visits: $visits,
            )?
            /// Adverse events.
            #[key(section($($toxicity)*), default = {}, example = { events = false })]
            pub(crate) toxicity: AdverseEvents,
            /// Drugs whose doses follow their troughs.
            #[key(section($($monitoring)*), last, absent = "no dose follows a trough")]
            pub(crate) monitoring: Vec<MonitoringKeys>,
        }

        impl $name {
            /// The keys of a plan.
            pub fn of(plan: &Therapy) -> $name {
                $name {
                    regimen: None,
                    background: (!plan.background.is_empty()).then(|| RegimenEntry::of(&plan.background)),
                    line: plan.lines.iter().map(LineKeys::of).collect(),
                    after_last_line: At::new(plan.after_last_line, 0..0),
                    $(visits: <$visits>::clone(&plan.visits),)?
                    toxicity: plan.toxicity,
                    monitoring: plan.monitoring.iter().map(MonitoringKeys::of).collect(),
                }
            }
        }
    };
}

plan! {
    /// The plan of a therapy, in whole days, with at most 32 drugs. Either `regimen` alone, for one line
    /// without an end, or one \[\[therapy.line\]\] for each line. A regimen is a line of plain words:
    /// `"everolimus 10 mg daily"`, `"sunitinib 50 mg daily, 4 weeks on 2 weeks off"`, `"octreotide LAR 30 mg
    /// every 28 d"`, `"temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28"`, `"177Lu-DOTATATE 7.4 GBq every
    /// 8 weeks x4"`, `"debulking surgery 80 % on day 100"`, `"best supportive care"`, `"PD98059 10 uM"`; or a
    /// table. Days of a cycle count from 1, days of a line from 0.
    #[derive(Debug, Section)]
    #[section(path = "therapy")]
    TherapyKeys,
    line: ("therapy.line" "[[therapy.line]]"
        "A line of therapy. It begins when the line before it has ended, and ends by the first thing in `until` that comes true."),
    toxicity: ("therapy.toxicity" "[therapy.toxicity]"
        "What the model of adverse events needs beside the incidences of the catalogue. The defaults are of confidence C: choices, or fitted where they say so."),
    monitoring: ("therapy.monitoring" "[[therapy.monitoring]]"
        "Therapeutic drug monitoring: a drug's dose follows its measured trough, wherever the plan gives it. A trough outside the target moves the dose, in proportion, to the level that brings it nearest to the middle of the target (the geometric mean of its bounds, or the lower bound where there is no upper one); levels that reach the target come first. Adverse events go first: what they have held, reduced or stopped no trough undoes."),
    /// When the tumour is measured.
    #[key(section, default = {}, example = { every = "84 d" })]
    visits: Visits
}

plan! {
    /// The plan of an arm: as \[therapy\], but without `visits`, since the calendar is that of \[assessment\].
    #[derive(Debug, Section)]
    #[section(path = "arm.therapy")]
    ArmTherapyKeys,
    line: ("arm.therapy.line" "[[arm.therapy.line]]"
        "A line of an arm's therapy, as [[therapy.line]]."),
    toxicity: ("arm.therapy.toxicity" "[arm.therapy.toxicity]"
        "Adverse events in an arm, as [therapy.toxicity]."),
    monitoring: ("arm.therapy.monitoring" "[[arm.therapy.monitoring]]"
        "Therapeutic drug monitoring in an arm, as [[therapy.monitoring]].")
}

/// Most drugs of a plan: those that are on are a mask of 32 bits.
pub const MAX_PLANNED: usize = 32;

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
        let regimens = |name| {
            let entries = reader.maybe::<Plain, Vec<RegimenEntry>>(name).flatten();
            entries.map(|entries| formulary.regimens(entries))
        };
        let shorthand = regimens("regimen");
        let background = regimens("background").unwrap_or_default();
        let lines = lines(reader, &formulary, shorthand);
        let after = reader.placed::<Plain, AfterLastLine>("after_last_line");
        let visits = match self.calendar {
            Calendar::Own => reader.section::<Visits>("visits"),
            Calendar::Trial(visits) => visits.cloned(),
        };
        let toxicity = reader.section::<AdverseEvents>("toxicity");
        let monitored = reader.tables("monitoring").into_iter();
        let monitored: Vec<_> = monitored.filter_map(|r| Some((MonitoringKeys::read(&r)?, r))).collect();
        let (lines, after, visits, toxicity) = (lines?, after?, visits?, toxicity?);
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
            of_arm: !own,
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
        let monitoring = monitoring::read(&monitored, &formulary, &given);
        vessels::absent(self.root, &formulary, &given);
        if reader.cx.has_errors() {
            return None;
        }
        Some(Therapy {
            background: background.into_iter().map(|r| r.value).collect(),
            lines: lines.into_iter().map(line::line).collect(),
            after_last_line: after.value,
            visits,
            toxicity,
            monitoring,
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
        if names.len() == MAX_PLANNED + 1 {
            Diagnostic::error(regimen.span.clone(), format!("a plan with more than {MAX_PLANNED} drugs"))
                .label(format!("expected at most {MAX_PLANNED} in all its lines and the background"))
                .help("remove drugs, or give those of later lines in a scenario of its own")
                .report(reader.cx);
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
            Diagnostic::error(regimen, format!("`regimen` together with {section}"))
                .label("expected only one of them")
                .related(line, "the lines")
                .help("put the regimen into a line, or into `background` if it is given all the time")
                .fail(reader.cx)
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
            trigger: None,
        }]),
        _ if !full.is_empty() => Some(full),
        (_, _, given) => {
            let span = given.map_or(reader.span.clone(), |(span, _)| span);
            Diagnostic::error(span, "a therapy without a regimen")
                .label(format!("expected `regimen`, or at least one {section}"))
                .help("write for example `regimen = \"everolimus 10 mg daily\"`")
                .fail(reader.cx)
        }
    }
}

/// Heading of a section below this one.
fn below(reader: &Reader<'_>, name: &str) -> &'static str {
    reader.section.find(name).and_then(|key| key.kind.section()).map_or("", |section| section.heading)
}

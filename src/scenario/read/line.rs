//! A line of a plan.

use toml::de::DeValue;

use super::regimens::{Formulary, RegimenEntry, RegimenKeys};
use crate::scenario::asked::Asked;
use crate::scenario::context::Context;
use crate::scenario::days;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{AdaptiveDoses, Line, LineEnd, MarkerAction, MarkerTrigger, Monitor, Regimen};
use crate::scenario::nearest::nearest;
use crate::scenario::shown::shown;
use crate::scenario::units::{QuantityError, parse_quantity};
use crate::scenario::value;
use crate::scenario::writer::{list, quoted};

/// What ends a line, beside a time.
const ENDS: [(&str, LineEnd); 2] = [("progression", LineEnd::Progression), ("toxicity", LineEnd::Toxicity)];

/// A line of therapy. It begins when the line before it has ended, and ends by the first thing in `until` that
/// comes true.
#[derive(Debug, Section)]
#[section(path = "therapy.line", heading = "[[therapy.line]]", given = one_of_each)]
pub(crate) struct LineKeys {
    /// Regimens, given together, or in turns with `alternate`.
    #[key(Kind::Regimens(RegimenKeys::SECTION), required, example = ["everolimus 10 mg daily"])]
    pub(crate) regimens: Vec<RegimenEntry>,
    /// Reduced doses, each below the one before it, taken one by one after severe adverse events. A dose alone
    /// is given like the planned one: "5 mg". With several drugs each begins with its drug's name.
    #[key(derived = "the reductions of each drug's label", example = ["5 mg daily", "5 mg every 2 d"])]
    pub(crate) steps: Option<Vec<At<String>>>,
    /// Time of the therapy at which the line begins, and the line before it ends at the latest.
    #[key(
        derived = "when the line before it has ended; the first line at once",
        example = "168 d", form = Days,
    )]
    pub(crate) start: Option<At<u32>>,
    /// Time between the end of the line before it and its own beginning; not together with `start`.
    #[key(default = "0 d", example = "14 d", form = Days)]
    pub(crate) delay: Option<u32>,
    /// What ends it: "progression" at a visit, "toxicity" (a drug of the line is stopped for adverse events), a
    /// time after its beginning, or a list of these.
    #[key(absent = "nothing ends it", example = ["progression", "toxicity"])]
    pub(crate) until: Option<Vec<At<LineEnd>>>,
    /// Time for which it goes on after progression.
    #[key(default = "0 d", example = "84 d", form = Days)]
    pub(crate) beyond_progression: At<u32>,
    /// Length of a turn: its regimens are given one after the other, over and over.
    #[key(absent = "its regimens are given together", example = "84 d", form = SomeDays)]
    pub(crate) alternate: Option<At<u32>>,
    /// Adaptive therapy: doses pause at a low burden.
    #[key(section, absent = "not adaptive", example = { off_below = 0.5, on_above = 1.0 })]
    pub(crate) adaptive: Option<AdaptiveDoses>,
    /// A marker of the blood that pauses or ends it.
    #[key(section, absent = "no marker changes it", example = { marker = "cga", above = 1.5, action = "end_line" })]
    pub(crate) trigger: Option<MarkerTrigger>,
}

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
    pub trigger: Option<MarkerTrigger>,
}

fn one_of_each(reader: &Reader<'_>) {
    let help = "remove one: the line begins at a time, or some time after the line before it";
    reader.exclusive("delay", "start", help);
    let trigger = reader.cx.quietly(|| reader.table("trigger"));
    let holds = trigger.and_then(|t| t.peek::<Plain, MarkerAction>("action")) == Some(MarkerAction::Hold);
    if holds {
        reader.exclusive(
            "trigger",
            "adaptive",
            "let one of them alone pause the line, or the marker end it: `action = \"end_line\"`",
        );
    }
}

impl LineRead<'_> {
    /// The marker that ends it, if one does.
    pub fn ending_marker(&self) -> Option<&MarkerTrigger> {
        self.trigger.as_ref().filter(|rule| rule.action == MarkerAction::EndLine)
    }
}

/// Reads a line as far as it can be read.
pub(super) fn read<'a>(reader: &Reader<'a>, formulary: &Formulary<'_>) -> LineRead<'a> {
    // All that is wrong is said by this; what is right is judged with the other lines all the same.
    LineKeys::read(reader);
    let days = |name| Some(At::new(reader.peek::<Days, u32>(name)?, reader.place(name)));
    let regimens =
        formulary.regimens(reader.peek::<Plain, Vec<RegimenEntry>>("regimens").unwrap_or_default());
    let texts = reader.peek::<Plain, Vec<At<String>>>("steps").filter(|_| !regimens.is_empty());
    let steps = formulary.steps(&texts.unwrap_or_default(), &regimens);
    LineRead {
        reader: Some(reader.clone()),
        regimens,
        steps,
        start: days("start"),
        delay: days("delay").map_or(0, |d| d.value),
        until: reader.peek::<Plain, Vec<At<LineEnd>>>("until").unwrap_or_default(),
        beyond: days("beyond_progression"),
        alternate: days("alternate"),
        adaptive: reader.table("adaptive").and_then(|r| AdaptiveDoses::read(&r)),
        trigger: reader.cx.quietly(|| reader.table("trigger").and_then(|r| MarkerTrigger::read(&r))),
    }
}

impl LineKeys {
    /// The keys of a line.
    pub fn of(line: &Line) -> LineKeys {
        let at = |days: u32| At::new(days, 0..0);
        let texts = line.steps.iter().map(|r| At::new(r.to_string(), 0..0)).collect();
        LineKeys {
            regimens: RegimenEntry::of(&line.regimens),
            steps: (!line.steps.is_empty()).then_some(texts),
            start: line.start.map(at),
            delay: line.start.is_none().then_some(line.delay),
            until: (!line.until.is_empty())
                .then(|| line.until.iter().map(|end| At::new(*end, 0..0)).collect()),
            beyond_progression: at(line.beyond_progression),
            alternate: line.alternate.map(at),
            adaptive: line.adaptive,
            trigger: line.trigger.clone(),
        }
    }
}

/// What is planned by it.
pub(super) fn line(read: LineRead<'_>) -> Line {
    Line {
        regimens: read.regimens.into_iter().map(|r| r.value).collect(),
        steps: read.steps.into_iter().map(|r| r.value).collect(),
        start: read.start.map(|s| s.value),
        delay: read.delay,
        until: read.until.into_iter().map(|u| u.value).collect(),
        beyond_progression: read.beyond.map_or(0, |b| b.value),
        alternate: read.alternate.map(|a| a.value),
        adaptive: read.adaptive,
        trigger: read.trigger,
    }
}

impl Value<Vec<At<LineEnd>>> for Plain {
    const KIND: Kind = Kind::TextOrTexts;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<LineEnd>>> {
        let texts = value::text_or_texts(asked, found, span)?;
        Some(texts.iter().filter_map(|text| end(asked.cx, text)).collect())
    }

    fn write(ends: &Vec<At<LineEnd>>, _: &Key, _: &Writer) -> TomlText {
        let text = |at: &At<LineEnd>| match at.value {
            LineEnd::After { days } => days::text(days),
            other => ENDS.iter().find(|(_, end)| *end == other).map_or("", |(word, _)| word).to_owned(),
        };
        let all: Vec<String> = ends.iter().map(text).collect();
        list(all.iter().map(String::as_str)).into()
    }
}

/// `progression`, `toxicity` or a time.
fn end(cx: &Context<'_>, text: &At<String>) -> Option<At<LineEnd>> {
    let word = text.value.trim();
    if let Some((_, end)) = ENDS.iter().find(|(name, _)| *name == word) {
        return Some(At::new(*end, text.span.clone()));
    }
    match parse_quantity(word, Dimension::Time) {
        Ok(hours) => {
            let time = days::whole_days(cx, "until", At::new(hours, text.span.clone()))?;
            let days = days::positive(cx, "until", time)?.value;
            Some(At::new(LineEnd::After { days }, text.span.clone()))
        }
        Err(problem) => {
            let near = nearest(word, ENDS.iter().map(|(name, _)| *name));
            let help = match (near, problem) {
                (Some(near), _) => format!("did you mean {near:?}?"),
                (None, QuantityError::NoUnit { number }) => format!("write \"{number} d\" if days are meant"),
                (None, _) => "write for example \"progression\" or \"168 d\"".to_owned(),
            };
            Diagnostic::error(text.span.clone(), format!("`until` cannot be {}", shown(&text.value)))
                .label("expected \"progression\", \"toxicity\" or a time with its unit")
                .help(help)
                .fail(cx)
        }
    }
}

impl Value<Monitor> for Plain {
    const KIND: Kind = Kind::QuantityOr(Time, "visit");

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Monitor> {
        let Some(hours) = value::quantity_or(asked, found, span.clone())? else {
            return Some(Monitor::Visit);
        };
        let time = days::whole_days(asked.cx, asked.key.name, At::new(hours, span))?;
        Some(Monitor::Every { days: days::positive(asked.cx, asked.key.name, time)?.value })
    }

    fn write(monitor: &Monitor, _: &Key, _: &Writer) -> TomlText {
        let text = match monitor {
            Monitor::Visit => "visit".to_owned(),
            Monitor::Every { days } => days::text(*days),
        };
        quoted(&text).into()
    }
}

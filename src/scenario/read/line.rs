//! A line of a plan.

use super::days::{days, positive, whole_days};
use super::parts::clash;
use super::regimens::Formulary;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{AdaptiveDoses, Line, LineEnd, Monitor, Regimen};
use crate::scenario::nearest::nearest;
use crate::scenario::reader::{At, Reader};
use crate::scenario::units::{Dimension, QuantityError, parse_quantity};
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

/// Reads a line.
pub(super) fn read<'a>(reader: &Reader<'a>, formulary: &Formulary<'_>) -> LineRead<'a> {
    let entries = reader.regimens("regimens").map(|r| r.value).unwrap_or_default();
    let regimens = formulary.regimens(entries);
    let texts = reader.texts("steps").map(|t| t.value).unwrap_or_default();
    let steps = if regimens.is_empty() { Vec::new() } else { texts };
    let steps = formulary.steps(&steps, &regimens);
    let until = reader.text_or_texts("until").map(|t| t.value).unwrap_or_default();
    let until = until.iter().filter_map(|text| end(reader, text)).collect();
    let (start, delay) = (days(reader, "start").flatten(), days(reader, "delay").flatten());
    let help = "remove one: the line begins at a time, or some time after the line before it";
    clash(reader, "delay", "start", help);
    LineRead {
        reader: Some(reader.clone()),
        regimens,
        steps,
        start,
        delay: delay.map_or(0, |d| d.value),
        until,
        beyond: days(reader, "beyond_progression").flatten(),
        alternate: positive(reader, "alternate", days(reader, "alternate").flatten()),
        adaptive: reader.table("adaptive").and_then(|r| adaptive(&r)),
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
            let days = positive(reader, "until", Some(time))?.value;
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
    ordered(reader, below.as_ref(), above.as_ref());
    let monitor = match monitor? {
        At { value: None, .. } => Monitor::Visit,
        At { value: Some(hours), span } => {
            let time = whole_days(reader.cx, "monitor", At::new(hours, span))?;
            Monitor::Every { days: positive(reader, "monitor", Some(time))?.value }
        }
    };
    Some(AdaptiveDoses { off_below: below?.value, on_above: above?.value, monitor })
}

/// Reports thresholds of an adaptive rule that are not in order.
fn ordered(reader: &Reader<'_>, below: Option<&At<f64>>, above: Option<&At<f64>>) {
    let (Some(below), Some(above)) = (below, above) else {
        return;
    };
    if below.value < above.value {
        return;
    }
    let found = format!("`on_above` ({}) is not above `off_below` ({})", above.value, below.value);
    reader.cx.report(
        Diagnostic::error(above.span.clone(), found)
            .label(format!("expected more than {}", below.value))
            .related(below.span.clone(), "`off_below`")
            .help("for example `off_below = 0.5, on_above = 1.0`"),
    );
}

//! Calendars of visits and scans.

use super::days::{days, positive, whole_days};
use super::parts::clash;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Visits;
use crate::scenario::reader::{At, Context, Reader};
use crate::scenario::units::{Dimension, parse_in};

/// Visits of a plan.
pub(super) fn read(reader: &Reader<'_>) -> Option<Visits> {
    let length = reader.quantity("baseline_diameter");
    let (at, every) = scans(reader)?;
    let baseline_mm = length.and_then(|_| millimetres(reader, "baseline_diameter")).filter(|mm| *mm > 0.0);
    Some(Visits { at, every, baseline_mm })
}

/// A calendar: days of the first visits, and days between later ones.
pub(super) fn scans(reader: &Reader<'_>) -> Option<(Vec<u32>, u32)> {
    let every = positive(reader, "every", days(reader, "every").flatten());
    let first = positive(reader, "first", days(reader, "first").flatten());
    let at = reader.times("at");
    clash(reader, "first", "at", "remove `first`: the first of `at` is the first visit");
    let every = every?.value;
    let at = match at {
        Some(at) => ascending(reader.cx, at)?,
        None => vec![first.map_or(every, |f| f.value)],
    };
    Some((at, every))
}

/// A length that was found to be one, in mm to the last bit.
fn millimetres(reader: &Reader<'_>, key: &str) -> Option<f64> {
    let (_, value) = reader.given(key)?;
    parse_in(value.get_ref().as_str()?, Dimension::Length, "mm").ok()
}

/// First visits in whole days, ascending and not on day 0.
fn ascending(cx: &Context<'_>, times: At<Vec<At<f64>>>) -> Option<Vec<u32>> {
    let mut all: Vec<u32> = Vec::new();
    for time in times.value {
        let day = whole_days(cx, "at", time)?;
        if day.value <= all.last().copied().unwrap_or(0) {
            cx.report(
                Diagnostic::error(day.span, "visits out of order")
                    .label("expected a time after the visit before it, and after the start")
                    .help("list the visits in the order of time, each once"),
            );
            return None;
        }
        all.push(day.value);
    }
    if all.is_empty() {
        cx.report(
            Diagnostic::error(times.span, "`at` is empty")
                .label("expected at least one time")
                .help("leave `at` out if the visits are regular"),
        );
        return None;
    }
    Some(all)
}

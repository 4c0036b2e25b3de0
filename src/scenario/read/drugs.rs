//! `[[drug]]`: names and schedules.

use super::parts::clash;
use super::time::Clock;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Adaptive, Begin, Cycle, Schedule};
use crate::scenario::reader::{At, Reader};
use crate::scenario::value::Window;

/// Largest number of drugs: there is a table of rates for every combination of them.
const MOST_DRUGS: usize = 8;

/// A drug as far as it could be read.
#[derive(Debug)]
pub(crate) struct DrugRead {
    pub name: At<String>,
    pub schedule: Option<Schedule>,
}

pub(crate) fn read(root: &Reader<'_>, clock: &Clock) -> Vec<DrugRead> {
    let readers = root.tables("drug");
    if let Some(extra) = readers.get(MOST_DRUGS) {
        let found = format!("{} drugs", readers.len());
        root.cx.report(
            Diagnostic::error(extra.span.clone(), found)
                .label(format!("expected at most {MOST_DRUGS}"))
                .help("merge drugs that are given together into one"),
        );
    }
    let mut drugs: Vec<DrugRead> = Vec::new();
    for reader in readers.iter().take(MOST_DRUGS) {
        let name = reader.name("name");
        let schedule = schedule(reader, clock);
        let Some(name) = name else { continue };
        if let Some(first) = drugs.iter().find(|d| d.name.value == name.value) {
            root.cx.report(
                Diagnostic::error(name.span.clone(), format!("a second drug `{}`", name.value))
                    .label("expected another name")
                    .related(first.name.span.clone(), "the first one")
                    .help("rename one of them, or give one drug several `windows`"),
            );
        }
        drugs.push(DrugRead { name, schedule });
    }
    drugs
}

fn schedule(reader: &Reader<'_>, clock: &Clock) -> Option<Schedule> {
    let begin = begin(reader, clock);
    let duration = clock.positive(reader.cx, "duration", reader.quantity("duration"));
    let windows = windows(reader, clock);
    let cycle = reader.table("cycle").map(|r| cycle(&r, clock));
    let adaptive = reader.table("adaptive").map(|r| adaptive(&r, clock));
    exclusive(reader);
    let begin = begin?;
    let windows = windows?;
    within_run(reader, clock, begin, duration.as_ref(), &windows);
    let pairs = windows.iter().map(|w| (w.value.0.value, w.value.1.value)).collect();
    let cycle = match cycle {
        Some(read) => Some(read?),
        None => None,
    };
    let adaptive = match adaptive {
        Some(read) => Some(read?),
        None => None,
    };
    Some(Schedule { begin, duration: duration.map(|d| d.value), windows: pairs, cycle, adaptive })
}

fn begin(reader: &Reader<'_>, clock: &Clock) -> Option<Begin> {
    let burden = reader.small("start_burden");
    let help = "remove one: the schedule begins either at a time or at a burden";
    clash(reader, "start_burden", "start", help);
    if reader.has("start_burden") {
        return burden.map(|b| Begin::Burden { cells: b.value });
    }
    let start = clock.steps(reader.cx, "start", reader.quantity("start"))?;
    let end = clock.end.as_ref();
    if let Some(end) = end.filter(|end| start.value >= end.value) {
        reader.cx.report(
            Diagnostic::error(start.span, "the drug starts after the run ends")
                .label(format!("expected a time before {}", clock.text(end.value)))
                .related(end.span.clone(), "the run ends here")
                .help("start it earlier, or set a later `end` in [time]"),
        );
        return None;
    }
    Some(Begin::Step { step: start.value })
}

type StepWindow = At<(At<u32>, At<u32>)>;

fn windows(reader: &Reader<'_>, clock: &Clock) -> Option<Vec<StepWindow>> {
    let Some(list) = reader.windows("windows") else {
        return if reader.has("windows") { None } else { Some(Vec::new()) };
    };
    let written = reader.given("windows").and_then(|(_, v)| v.get_ref().as_array().map(|a| a.len()));
    if written == Some(0) {
        reader.cx.report(
            Diagnostic::error(list.span, "`windows` is empty")
                .label("expected at least one pair of times")
                .help("leave `windows` out if the drug is on the whole time"),
        );
        return None;
    }
    let windows: Vec<StepWindow> = list.value.into_iter().filter_map(|w| window(reader, clock, w)).collect();
    for pair in windows.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        if after.value.0.value < before.value.1.value {
            let unsorted = after.value.1.value <= before.value.0.value;
            let what = if unsorted {
                "a window that comes before the one above it"
            } else {
                "a window that overlaps the one before it"
            };
            reader.cx.report(
                Diagnostic::error(after.span.clone(), what)
                    .label(format!("expected a beginning at {} or later", clock.text(before.value.1.value)))
                    .related(before.span.clone(), "the window before")
                    .help(if unsorted {
                        "put the windows in the order of time"
                    } else {
                        "merge the two windows, or let the second begin where the first ends"
                    }),
            );
        }
    }
    Some(windows)
}

fn window(reader: &Reader<'_>, clock: &Clock, window: Window) -> Option<StepWindow> {
    let (from, to) = window.value;
    let from = clock.steps(reader.cx, "windows", Some(from));
    let to = clock.steps(reader.cx, "windows", Some(to));
    let (from, to) = (from?, to?);
    if from.value < to.value {
        return Some(At::new((from, to), window.span));
    }
    reader.cx.report(
        Diagnostic::error(
            window.span,
            if from.value == to.value { "an empty window" } else { "a window that ends before it begins" },
        )
        .label("expected `[from, to]` with from before to")
        .help("a window holds the steps from its first time up to, not including, its second"),
    );
    None
}

/// Parts of the schedule that the run never reaches.
fn within_run(
    reader: &Reader<'_>,
    clock: &Clock,
    begin: Begin,
    duration: Option<&At<u32>>,
    windows: &[StepWindow],
) {
    let Some(end) = clock.end.as_ref() else {
        return;
    };
    let start = if let Begin::Step { step } = begin { step } else { 0 };
    let left = end.value.saturating_sub(start);
    for window in windows {
        let from = &window.value.0;
        let (limit, why, place) = match duration {
            Some(d) if d.value <= from.value && d.value <= left => {
                (d.value, "after the drug's `duration`", &d.span)
            }
            _ => (left, "after the run ends", &end.span),
        };
        if from.value >= limit {
            reader.cx.report(
                Diagnostic::error(window.span.clone(), format!("a window that begins {why}"))
                    .label(format!(
                        "expected a beginning before {} after the drug's start",
                        clock.text(limit)
                    ))
                    .related(place.clone(), "the limit")
                    .help("windows count from the drug's start; move or remove this one"),
            );
        }
    }
}

fn cycle(reader: &Reader<'_>, clock: &Clock) -> Option<Cycle> {
    let on = clock.positive(reader.cx, "on", reader.quantity("on"));
    let off = clock.positive(reader.cx, "off", reader.quantity("off"));
    Some(Cycle { on: on?.value, off: off?.value })
}

fn adaptive(reader: &Reader<'_>, clock: &Clock) -> Option<Adaptive> {
    let (below, above) = (reader.number("off_below"), reader.number("on_above"));
    let every = clock.positive(reader.cx, "every", reader.quantity("every"));
    if let (Some(below), Some(above)) = (&below, &above)
        && below.value >= above.value
    {
        reader.cx.report(
            Diagnostic::error(
                above.span.clone(),
                format!("`on_above` ({}) is not above `off_below` ({})", above.value, below.value),
            )
            .label(format!("expected more than {}", below.value))
            .related(below.span.clone(), "`off_below`")
            .help("for example `off_below = 0.5, on_above = 1.0`"),
        );
    }
    if let (Some(every), Some(check)) = (&every, &clock.check)
        && every.value % check.value != 0
    {
        let below = every.value / check.value * check.value;
        let nearest = [below, below + check.value]
            .into_iter()
            .filter(|n| *n > 0)
            .map(|n| format!("\"{}\"", clock.text(n)));
        reader.cx.report(
            Diagnostic::error(every.span.clone(), "`every` is no whole number of checks")
                .label(format!("expected a multiple of `check`, {}", clock.text(check.value)))
                .help(format!("the nearest: {}", nearest.collect::<Vec<_>>().join(" and "))),
        );
    }
    Some(Adaptive { off_below: below?.value, on_above: above?.value, every: every?.value })
}

fn exclusive(reader: &Reader<'_>) {
    let Some((adaptive, _)) = reader.given("adaptive") else {
        return;
    };
    for other in ["cycle", "windows"] {
        if let Some((span, _)) = reader.given(other) {
            reader.cx.report(
                Diagnostic::error(span, format!("`{other}` together with `adaptive`"))
                    .label("expected only one of them")
                    .related(adaptive.clone(), "the adaptive rule")
                    .help("an adaptive drug is switched by its burden alone; remove one of the two"),
            );
        }
    }
}

//! `[[drug]]`: names and schedules.

use toml::de::DeValue;

use crate::scenario::asked::Asked;
use crate::scenario::context::Clock;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::limits::MAX_CELLS;
use crate::scenario::model::{Adaptive, Begin, Cycle, Schedule, ScheduledDrug};
use crate::scenario::value;

/// Largest number of drugs: there is a table of rates for every combination of them.
const MAX_DRUGS: usize = 8;

/// A drug and its schedule; what it does stands in `\[\[rates.effect\]\]`, `\[\[rates.rule\]\]` and `with`.
#[derive(Debug, Section)]
#[section(path = "drug", heading = "[[drug]]", given = exclusive)]
pub(crate) struct DrugKeys {
    /// Name.
    #[key(name(Word), required, example = "rapalog")]
    pub(crate) name: At<String>,
    /// When the schedule begins; not together with `start_burden`.
    #[key(default = "0 d", example = "60 d", form = Steps)]
    pub(crate) start: Option<At<u32>>,
    /// The schedule begins at the first observation with at least this many live cells.
    #[key(integer(1, MAX_CELLS), absent = "the schedule begins at `start`", example = 20000)]
    pub(crate) start_burden: Option<u32>,
    /// Time after the beginning when the schedule ends for good.
    #[key(absent = "for ever", example = "360 d", form = SomeSteps)]
    pub(crate) duration: Option<At<u32>>,
    /// Half-open windows after the beginning during which the drug may be on, in order and apart.
    #[key(absent = "the whole time", example = [["0 d", "28 d"], ["42 d", "70 d"]], form = Windows)]
    pub(crate) windows: Option<At<Vec<Window>>>,
    /// Repeated on and off phases, counted from the beginning.
    #[key(section, absent = "no cycles", example = { on = "28 d", off = "14 d" })]
    pub(crate) cycle: Option<Cycle>,
    /// Adaptive therapy; not together with `cycle` or `windows`.
    #[key(section, absent = "not adaptive", example = { off_below = 0.5, on_above = 1.0, every = "14 d" })]
    pub(crate) adaptive: Option<Adaptive>,
}

/// A pair of steps with its place.
pub(crate) type Window = At<(u32, u32)>;

/// Pairs of times in whole steps, each from and to.
pub(crate) struct Windows;

impl Value<Vec<Window>> for Windows {
    const KIND: Kind = Kind::Windows;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<Window>> {
        let pairs = value::windows(asked, found, span)?;
        let clock = asked.cx.clock()?;
        let steps = |time| clock.steps(asked.cx, asked.key.name, Some(time));
        let pair = |pair: value::Window| {
            let (from, to) = (steps(pair.value.0), steps(pair.value.1));
            Some(At::new((from?.value, to?.value), pair.span))
        };
        Some(pairs.into_iter().filter_map(pair).collect())
    }

    fn write(windows: &Vec<Window>, _: &Key, out: &Writer) -> TomlText {
        let pair = |at: &Window| format!("[{}, {}]", out.time_text(at.value.0), out.time_text(at.value.1));
        format!("[{}]", windows.iter().map(pair).collect::<Vec<_>>().join(", ")).into()
    }
}

/// A drug as far as it could be read.
#[derive(Debug)]
pub(crate) struct DrugRead {
    pub name: At<String>,
    pub schedule: Option<Schedule>,
}

pub(crate) fn read(root: &Reader<'_>, clock: &Clock) -> Vec<DrugRead> {
    let readers = root.tables("drug");
    if let Some(extra) = readers.get(MAX_DRUGS) {
        extra.refuse(
            "",
            format!("{} drugs", readers.len()),
            format!("expected at most {MAX_DRUGS}"),
            "merge drugs that are given together into one",
        );
    }
    let mut drugs: Vec<DrugRead> = Vec::new();
    for reader in readers.iter().take(MAX_DRUGS) {
        let keys = DrugKeys::read(reader);
        let Some(name) = reader.peek::<Plain, String>("name") else { continue };
        let name = At::new(name, reader.place("name"));
        if let Some(first) = drugs.iter().find(|d| d.name.value == name.value) {
            Diagnostic::error(name.span.clone(), format!("a second drug `{}`", name.value))
                .label("expected another name")
                .related(first.name.span.clone(), "the first one")
                .help("rename one of them, or give one drug several `windows`")
                .report(root.cx);
        }
        drugs.push(DrugRead { name, schedule: keys.and_then(|keys| keys.schedule(reader, clock)) });
    }
    drugs
}

impl DrugKeys {
    /// The keys of a scenario's drug.
    pub fn of(drug: &ScheduledDrug) -> DrugKeys {
        let ScheduledDrug { name, schedule } = drug;
        let (start, start_burden) = match schedule.begin {
            Begin::Step { step } => (Some(At::new(step, 0..0)), None),
            Begin::Burden { cells } => (None, Some(cells)),
        };
        let windows: Vec<Window> = schedule.windows.iter().map(|w| At::new(*w, 0..0)).collect();
        DrugKeys {
            name: At::new(name.clone(), 0..0),
            start,
            start_burden,
            duration: schedule.duration.map(|d| At::new(d, 0..0)),
            windows: (!windows.is_empty()).then(|| At::new(windows, 0..0)),
            cycle: schedule.cycle,
            adaptive: schedule.adaptive,
        }
    }

    fn schedule(self, reader: &Reader<'_>, clock: &Clock) -> Option<Schedule> {
        let begin = match self.start_burden {
            Some(cells) => Begin::Burden { cells },
            None => Begin::Step { step: before_the_end(reader, clock, self.start.as_ref()?)? },
        };
        let windows = match self.windows {
            Some(windows) => in_order(reader, clock, windows)?,
            None => Vec::new(),
        };
        within_run(reader, clock, begin, self.duration.as_ref(), &windows);
        let windows = windows.into_iter().map(|w| w.value).collect();
        let duration = self.duration.map(|d| d.value);
        Some(Schedule { begin, duration, windows, cycle: self.cycle, adaptive: self.adaptive })
    }
}

/// The step at which a schedule begins.
fn before_the_end(reader: &Reader<'_>, clock: &Clock, start: &At<u32>) -> Option<u32> {
    let end = clock.end.as_ref();
    if let Some(end) = end.filter(|end| start.value >= end.value) {
        return Diagnostic::error(start.span.clone(), "the drug starts after the run ends")
            .label(format!("expected a time before {}", clock.text(end.value)))
            .related(end.span.clone(), "the run ends here")
            .help("start it earlier, or set a later `end` in [time]")
            .fail(reader.cx);
    }
    Some(start.value)
}

/// Windows that are not empty, follow each other and do not overlap.
fn in_order(reader: &Reader<'_>, clock: &Clock, list: At<Vec<Window>>) -> Option<Vec<Window>> {
    let written = reader.given("windows").and_then(|(_, v)| v.get_ref().as_array().map(|a| a.len()));
    if written == Some(0) {
        return reader.refused(
            "windows",
            "`windows` is empty",
            "expected at least one pair of times",
            "leave `windows` out if the drug is on the whole time",
        );
    }
    let lasts = |window: &Window| {
        let (from, to) = window.value;
        if from < to {
            return true;
        }
        let found = if from == to { "an empty window" } else { "a window that ends before it begins" };
        Diagnostic::error(window.span.clone(), found)
            .label("expected `[from, to]` with from before to")
            .help("a window holds the steps from its first time up to, not including, its second")
            .report(reader.cx);
        false
    };
    let windows: Vec<Window> = list.value.into_iter().filter(lasts).collect();
    for pair in windows.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        if after.value.0 >= before.value.1 {
            continue;
        }
        let unsorted = after.value.1 <= before.value.0;
        let (found, help) = if unsorted {
            ("a window that comes before the one above it", "put the windows in the order of time")
        } else {
            (
                "a window that overlaps the one before it",
                "merge the two windows, or let the second begin where the first ends",
            )
        };
        Diagnostic::error(after.span.clone(), found)
            .label(format!("expected a beginning at {} or later", clock.text(before.value.1)))
            .related(before.span.clone(), "the window before")
            .help(help)
            .report(reader.cx);
    }
    Some(windows)
}

/// Parts of the schedule that the run never reaches.
fn within_run(
    reader: &Reader<'_>,
    clock: &Clock,
    begin: Begin,
    duration: Option<&At<u32>>,
    windows: &[Window],
) {
    let Some(end) = clock.end.as_ref() else {
        return;
    };
    let start = if let Begin::Step { step } = begin { step } else { 0 };
    let left = end.value.saturating_sub(start);
    for window in windows {
        let from = window.value.0;
        let (limit, why, place) = match duration {
            Some(d) if d.value <= from && d.value <= left => {
                (d.value, "after the drug's `duration`", &d.span)
            }
            _ => (left, "after the run ends", &end.span),
        };
        if from >= limit {
            Diagnostic::error(window.span.clone(), format!("a window that begins {why}"))
                .label(format!("expected a beginning before {} after the drug's start", clock.text(limit)))
                .related(place.clone(), "the limit")
                .help("windows count from the drug's start; move or remove this one")
                .report(reader.cx);
        }
    }
}

fn exclusive(reader: &Reader<'_>) {
    let help = "remove one: the schedule begins either at a time or at a burden";
    reader.exclusive("start_burden", "start", help);
    let Some((adaptive, _)) = reader.given("adaptive") else {
        return;
    };
    for other in ["cycle", "windows"] {
        if let Some((span, _)) = reader.given(other) {
            Diagnostic::error(span, format!("`{other}` together with `adaptive`"))
                .label("expected only one of them")
                .related(adaptive.clone(), "the adaptive rule")
                .help("an adaptive drug is switched by its burden alone; remove one of the two")
                .report(reader.cx);
        }
    }
}

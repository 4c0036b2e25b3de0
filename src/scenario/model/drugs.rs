//! Drugs of mode `rates`: names and schedules.

use serde::Serialize;

use crate::scenario::declare::*;

/// When a drug's schedule begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Begin {
    /// At a step.
    Step {
        /// The step.
        step: u32,
    },
    /// At the first check at which the live burden is at least `cells`.
    Burden {
        /// Number of live cells.
        cells: u32,
    },
}

/// Repeated on and off phases, counted from the beginning of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Section)]
#[section(path = "drug.cycle", heading = "cycle = { … }")]
pub struct Cycle {
    /// Length of the on phase, which comes first.
    #[key(form = SomeSteps, required, example = "28 d")]
    pub on: u32,
    /// Length of the off phase.
    #[key(form = SomeSteps, required, example = "14 d")]
    pub off: u32,
}

/// Adaptive therapy, judged against the live burden at the beginning of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "drug.adaptive", heading = "adaptive = { … }", given = judge_adaptive)]
pub struct Adaptive {
    /// The drug goes off when the burden falls below this fraction.
    #[key(above(0.0, 1.0), required, example = 0.5)]
    pub off_below: f64,
    /// It goes on again when the burden reaches this fraction; above `off_below`.
    #[key(above(0.0, 16.0), required, example = 1.0)]
    pub on_above: f64,
    /// Time between two monitorings; a whole number of observations.
    #[key(form = SomeSteps, required, example = "14 d")]
    pub every: u32,
}

/// A drug's schedule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schedule {
    /// When it begins.
    pub begin: Begin,
    /// Steps after the beginning when it ends for good; `None` means never.
    pub duration: Option<u32>,
    /// Half-open windows `[from, to)` in steps after the beginning during which the drug may be
    /// on, in order and not overlapping; empty means the whole time.
    pub windows: Vec<(u32, u32)>,
    /// On and off phases.
    pub cycle: Option<Cycle>,
    /// Adaptive rule (not together with `cycle` or `windows`).
    pub adaptive: Option<Adaptive>,
}

/// A drug of mode `rates`: a name and a schedule (its effect stands in the effects and rules of
/// [`Rates`](super::Rates)).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduledDrug {
    /// Name.
    pub name: String,
    /// When it is on.
    pub schedule: Schedule,
}

fn judge_adaptive(reader: &Reader<'_>) {
    reader.ascending("off_below", "on_above", "for example `off_below = 0.5, on_above = 1.0`");
    let clock = reader.cx.clock();
    let check = clock.and_then(|clock| clock.check.as_ref()).map(|check| check.value);
    let (Some(clock), Some(check)) = (clock, check) else { return };
    let Some(every) = reader.peek::<SomeSteps, u32>("every") else { return };
    if !every.is_multiple_of(check) {
        let below = every / check * check;
        let nearest = [below, below + check].into_iter().filter(|n| *n > 0);
        let nearest: Vec<String> = nearest.map(|n| format!("\"{}\"", clock.text(n))).collect();
        reader.refuse(
            "every",
            "`every` is not a whole number of observations",
            format!("expected a multiple of `every` in [time], {}", clock.text(check)),
            format!("the nearest: {}", nearest.join(" and ")),
        );
    }
}

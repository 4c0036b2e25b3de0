//! `[time]`, and the conversion of every time into steps.

use crate::scenario::context::{At, Clock, Context};
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, plural};
use crate::scenario::limits::MAX_STEPS;
use crate::scenario::model::Time;
use crate::scenario::reader::Reader;
use crate::scenario::units::{hours_text, number_text};

/// Step lengths in hours: those that divide a day, without the odd ones.
const STEP_HOURS: [u32; 8] = [1, 2, 3, 4, 6, 8, 12, 24];

/// The time axis. Every time in the file must be a whole number of steps.
#[derive(Debug, Section)]
#[section(path = "time")]
pub(crate) struct TimeKeys {
    /// Length of a step: 1, 2, 3, 4, 6, 8, 12 or 24 h.
    #[key(form = Hours, default = "12 h")]
    pub(crate) step: f64,
    /// When the run ends; a whole number of observations. In a trial the follow-up of every patient.
    #[key(form = Steps, required, example = "720 d")]
    pub(crate) end: u32,
    /// Time between two observations: census, stop rules, progression, adaptive therapy. With \[therapy\] whole days,
    /// and such that every visit falls on an observation. In a trial a day.
    #[key(name = "every", formerly = "check", form = Steps, default = "1 d")]
    pub(crate) check: u32,
}

pub(crate) fn read(root: &Reader<'_>) -> Clock {
    let Some(reader) = root.table("time") else {
        return Clock::default();
    };
    let step = reader.placed::<Hours, f64>("step").and_then(|step| step_hours(reader.cx, &step));
    let (end, check) = (reader.placed::<Plain, f64>("end"), reader.placed::<Plain, f64>("every"));
    let mut clock = Clock { step_hours: step, end: None, check: None };
    clock.end = clock.positive(reader.cx, "end", end);
    clock.check = clock.positive(reader.cx, "every", check);
    clock.end_is_a_check(reader.cx);
    clock
}

fn step_hours(cx: &Context<'_>, step: &At<f64>) -> Option<u32> {
    if let Some(hours) = STEP_HOURS.iter().find(|h| f64::from(**h) == step.value) {
        return Some(*hours);
    }
    let near = STEP_HOURS.iter().min_by(|a, b| {
        let gap = |h: &u32| (f64::from(*h) - step.value).abs();
        gap(a).total_cmp(&gap(b))
    });
    Diagnostic::error(step.span.clone(), format!("a step of {} h is not supported", number_text(step.value)))
        .label("expected 1, 2, 3, 4, 6, 8, 12 or 24 h")
        .help(format!("the nearest is \"{} h\"", near.unwrap_or(&12)))
        .fail(cx)
}

impl Clock {
    /// The time axis, if all of it could be read.
    pub fn time(&self) -> Option<Time> {
        let (end, check) = (self.end.as_ref()?.value, self.check.as_ref()?.value);
        Some(Time { step_hours: self.step_hours?, end, check })
    }

    /// A time in hours as whole steps; reports one that is between two steps or too long.
    pub fn steps(&self, cx: &Context<'_>, key: &str, hours: Option<At<f64>>) -> Option<At<u32>> {
        let hours = hours?;
        let step = f64::from(self.step_hours?);
        let steps = hours.value / step;
        let whole = steps.round();
        if whole > f64::from(MAX_STEPS) {
            return Diagnostic::error(hours.span, format!("`{key}` is {} steps", number_text(whole)))
                .label(format!("expected at most {MAX_STEPS} steps"))
                .help("use a longer step, or a shorter time")
                .fail(cx);
        }
        if (steps - whole).abs() <= 1e-6 {
            return Some(At::new(whole as u32, hours.span));
        }
        let offer = |n: f64| format!("\"{}\" ({})", hours_text(n * step), plural(n as usize, "step"));
        Diagnostic::error(
            hours.span,
            format!("`{key}` is not a whole number of steps: {} h", number_text(hours.value)),
        )
        .label(format!("expected a multiple of the step, {} h", number_text(step)))
        .help(format!(
            "the nearest are {} and {}; or choose another step",
            offer(steps.floor()),
            offer(steps.ceil())
        ))
        .fail(cx)
    }

    /// As [`Clock::steps`], for a time that must not be zero.
    pub fn positive(&self, cx: &Context<'_>, key: &str, hours: Option<At<f64>>) -> Option<At<u32>> {
        let steps = self.steps(cx, key, hours)?;
        if steps.value > 0 {
            return Some(steps);
        }
        Diagnostic::error(steps.span, format!("`{key}` must not be zero"))
            .label("expected at least one step")
            .help(format!("the shortest is \"{}\"", self.text(1)))
            .fail(cx)
    }

    /// A number of steps as a time that a scenario may contain.
    pub fn text(&self, steps: u32) -> String {
        hours_text(f64::from(steps) * f64::from(self.step_hours.unwrap_or(24)))
    }

    fn end_is_a_check(&self, cx: &Context<'_>) {
        let (Some(end), Some(check)) = (&self.end, &self.check) else {
            return;
        };
        if end.value % check.value == 0 {
            return;
        }
        let below = end.value / check.value * check.value;
        let offer = |n: u32| format!("\"{}\"", self.text(n));
        let nearest = if below == 0 {
            offer(check.value)
        } else {
            format!("{} and {}", offer(below), offer(below + check.value))
        };
        Diagnostic::error(end.span.clone(), "`end` is not a whole number of observations")
            .label(format!("expected a multiple of `every`, {}", self.text(check.value)))
            .related(check.span.clone(), "time between two observations")
            .help(format!("the nearest for `end`: {nearest}; or change `every`"))
            .report(cx);
    }
}

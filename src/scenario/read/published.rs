//! `[[published]]`: figures of a trial as published.

use super::arms::ArmsRead;
use super::time::Clock;
use crate::scenario::error::{Diagnostic, plural};
use crate::scenario::model::{Arm, Endpoint, Figure, Published, Role};
use crate::scenario::reader::{At, Reader};
use crate::scenario::table::Bounds;
use crate::scenario::units::number_text;

/// Days of a mean month.
const MONTH: f64 = 30.4375;

/// Medians, in months.
const MONTHS: Bounds = Bounds::above(0.0, 600.0);
/// Shares, in percent.
const PERCENT: Bounds = Bounds::closed(0.0, 100.0);
/// Ratios of hazards.
const RATIO: Bounds = Bounds::above(0.0, 100.0);

/// Reads the figures; `None` if one of them is wrong.
pub(super) fn read(root: &Reader<'_>, arms: &ArmsRead, clock: &Clock) -> Option<Vec<Published>> {
    let read: Vec<_> = root.tables("published").iter().map(|r| published(r, arms, clock)).collect();
    read.into_iter().collect()
}

fn published(reader: &Reader<'_>, arms: &ArmsRead, clock: &Clock) -> Option<Published> {
    let (arm, against) = (reader.text("arm"), reader.text("against"));
    let endpoint = reader.choice("endpoint");
    let (at, value) = (reader.number("at"), reader.number("value"));
    let interval = reader.numbers("interval");
    let (role, source) = (reader.choice("role"), reader.text("source"));
    let arm = arm.and_then(|name| Some((arms.find(reader.cx, &name)?, name)));
    let other = against.as_ref().map(|name| arms.find(reader.cx, name));
    let wrong = |name| reader.has(name);
    let endpoint = endpoint.and_then(|word| Some(At::new(Endpoint::of(word.value)?, word.span)))?;
    pairing(reader, &endpoint);
    timing(reader, &endpoint, at.as_ref(), clock);
    if let (Some((arm, _)), Some(Some(other)), Some(place)) = (&arm, other, &against) {
        arms.differ(reader.cx, (*arm, other), place);
    }
    if let Some((arm, name)) = &arm {
        second_line(reader, &endpoint, arms.arms.as_ref().and_then(|all| all.get(*arm)), name);
    }
    if let Some(value) = &value {
        within(reader, &endpoint, value);
    }
    let interval = match interval {
        Some(ends) => Some(ends_of(reader, &endpoint, &ends, value.as_ref())?),
        None if wrong("interval") => return None,
        None => None,
    };
    if (wrong("at") && at.is_none()) || (wrong("against") && other.flatten().is_none()) {
        return None;
    }
    Some(Published {
        arm: arm?.0,
        against: other.flatten(),
        endpoint: endpoint.value,
        at_months: at.map(|at| at.value),
        value: value?.value,
        interval,
        role: match role?.value {
            "calibrated" => Role::Calibrated,
            "informed" => Role::Informed,
            _ => Role::Predicted,
        },
        source: source?.value,
    })
}

/// Reports a ratio without a second arm, and a second arm of what is no ratio.
fn pairing(reader: &Reader<'_>, endpoint: &At<Endpoint>) {
    let name = endpoint.value.name();
    match (endpoint.value.figure() == Figure::Ratio, reader.given("against")) {
        (true, None) => reader.cx.report(
            Diagnostic::error(endpoint.span.clone(), format!("`{name}` without `against`"))
                .label("expected `against` beside it: a ratio is of one arm to another")
                .help("add for example `against = \"placebo\"`"),
        ),
        (false, Some((span, _))) => reader.cx.report(
            Diagnostic::error(span, format!("`against` with `{name}`, a figure of one arm"))
                .label("expected only with a hazard ratio")
                .related(endpoint.span.clone(), "the end point")
                .help("remove `against`, or write one [[published]] for each arm"),
        ),
        _ => {}
    }
}

/// Reports a time that is missing, means nothing, or is never reached.
fn timing(reader: &Reader<'_>, endpoint: &At<Endpoint>, at: Option<&At<f64>>, clock: &Clock) {
    let name = endpoint.value.name();
    match (endpoint.value.has_time(), reader.given("at")) {
        (true, None) => reader.cx.report(
            Diagnostic::error(endpoint.span.clone(), format!("`{name}` without `at`"))
                .label("expected `at` beside it: the time in months")
                .help("add for example `at = 18`"),
        ),
        (false, Some((span, _))) => reader.cx.report(
            Diagnostic::error(span, format!("`at` with `{name}`, which is of no time"))
                .label("expected only with `pfs_rate`, `os_rate` or `dose_limiting`")
                .related(endpoint.span.clone(), "the end point")
                .help("remove `at`"),
        ),
        _ => {}
    }
    let (Some(at), Some(end), Some(hours)) = (at, &clock.end, clock.step_hours) else { return };
    let months = f64::from(end.value) * f64::from(hours) / 24.0 / MONTH;
    if endpoint.value.has_time() && at.value > months {
        reader.cx.report(
            Diagnostic::error(
                at.span.clone(),
                format!("a rate at {} months, when the follow-up is over", number_text(at.value)),
            )
            .label(format!("expected at most {} months", number_text((months * 10.0).floor() / 10.0)))
            .related(end.span.clone(), "the follow-up ends here")
            .help("set a later `end` in [time], or leave the figure out"),
        );
    }
}

/// Reports a figure of the second line of an arm that has none.
fn second_line(reader: &Reader<'_>, endpoint: &At<Endpoint>, arm: Option<&Arm>, name: &At<String>) {
    if endpoint.value != Endpoint::SecondLinePfsMedian || arm.is_none_or(|arm| arm.therapy.lines.len() > 1) {
        return;
    }
    reader.cx.report(
        Diagnostic::error(endpoint.span.clone(), "a figure of the second line of an arm with one line")
            .label("expected an arm with two lines")
            .related(name.span.clone(), "the arm")
            .help("add the line to the arm, or leave the figure out"),
    );
}

fn bounds(endpoint: Endpoint) -> (&'static str, &'static Bounds) {
    match endpoint.figure() {
        Figure::Months => ("months", &MONTHS),
        Figure::Percent => ("percent", &PERCENT),
        Figure::Ratio => ("as a ratio", &RATIO),
    }
}

/// Reports a figure that the end point cannot have.
fn within(reader: &Reader<'_>, endpoint: &At<Endpoint>, value: &At<f64>) -> bool {
    let (unit, bounds) = bounds(endpoint.value);
    if bounds.contain(value.value) {
        return true;
    }
    let (name, figure) = (endpoint.value.name(), number_text(value.value));
    reader.cx.report(
        Diagnostic::error(value.span.clone(), format!("`{name}` cannot be {figure} {unit}"))
            .label(format!("expected a number {}", bounds.text()))
            .related(endpoint.span.clone(), "the end point")
            .help("medians are in months, shares in percent, ratios as they are"),
    );
    false
}

/// The two ends of an interval; `None` if they are wrong.
fn ends_of(
    reader: &Reader<'_>,
    endpoint: &At<Endpoint>,
    ends: &At<Vec<At<f64>>>,
    value: Option<&At<f64>>,
) -> Option<(f64, f64)> {
    let [low, high] = &ends.value[..] else {
        reader.cx.report(
            Diagnostic::error(
                ends.span.clone(),
                format!("an interval of {}", plural(ends.value.len(), "number")),
            )
            .label("expected two: the lower end and the upper end")
            .help("write for example `interval = [8.4, 13.9]`, or leave it out if an end is not known"),
        );
        return None;
    };
    if !within(reader, endpoint, low) | !within(reader, endpoint, high) {
        return None;
    }
    let text = |at: &At<f64>| number_text(at.value);
    if low.value >= high.value {
        reader.cx.report(
            Diagnostic::error(ends.span.clone(), "an interval whose ends are in the wrong order")
                .label("expected the lower end first")
                .help(format!("write `interval = [{}, {}]`", text(high), text(low))),
        );
        return None;
    }
    if let Some(value) = value.filter(|v| v.value < low.value || v.value > high.value) {
        reader.cx.report(
            Diagnostic::warning(value.span.clone(), format!("{} is not within its interval", text(value)))
                .label(format!("expected a number from {} to {}", text(low), text(high)))
                .related(ends.span.clone(), "the interval")
                .help("correct the figure or its interval"),
        );
    }
    Some((low.value, high.value))
}

//! `[output]`.

use super::time::Clock;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Output;
use crate::scenario::reader::{At, Reader};

/// Most pictures or clone counts in a run.
const MOST_TIMES: usize = 100_000;

/// Number of clone counts where the scenario gives no times.
const CLONE_COUNTS: u64 = 20;

/// `has` says whether there is oxygen, and whether vessels live.
pub(crate) fn read(
    reader: &Reader<'_>,
    clock: &Clock,
    replicates: Option<&At<u32>>,
    has: (bool, bool),
) -> Option<Output> {
    let series = reader.flag("series");
    let snapshots = times(reader, clock, "snapshots", "snapshots_every");
    let frames = reader.flag("frames");
    let clones = if reader.has("clones") || reader.has("clones_every") {
        times(reader, clock, "clones", "clones_every")
    } else {
        times(reader, clock, "clones", "clones_every").and_then(|_| evenly(clock))
    };
    let environment = environment(reader, clock, has);
    let minimum = reader.small("clone_minimum");
    let detailed = reader.small("detailed_replicates");
    if let (Some(detailed), Some(replicates)) = (&detailed, replicates)
        && detailed.value > replicates.value
    {
        reader.cx.report(
            Diagnostic::error(
                detailed.span.clone(),
                format!("{} detailed replicates of {}", detailed.value, replicates.value),
            )
            .label(format!("expected at most {}", replicates.value))
            .related(replicates.span.clone(), "the number of replicates")
            .help("lower it, or raise `replicates`"),
        );
    }
    Some(Output {
        series: series?.value,
        snapshots: snapshots?,
        frames: frames?.value,
        clones: clones?,
        environment: environment?,
        clone_minimum: minimum?.value,
        detailed_replicates: detailed?.value,
    })
}

fn environment(reader: &Reader<'_>, clock: &Clock, (oxygen, vessels): (bool, bool)) -> Option<Vec<u32>> {
    let keys = ["environment", "environment_every"];
    let given = keys.iter().find_map(|k| reader.given(k));
    let asked = times(reader, clock, keys[0], keys[1])?;
    if !asked.is_empty() && !oxygen {
        let span = given.map_or(reader.span.clone(), |(_, value)| value.span());
        reader.cx.report(
            Diagnostic::error(span, "there is no environment to average")
                .label("needs [oxygen]")
                .help("add the section [oxygen], or remove this key"),
        );
        return None;
    }
    if given.is_some() || !vessels {
        return Some(asked);
    }
    let (end, check) = (clock.end.as_ref()?.value as usize, clock.check.as_ref()?.value as usize);
    // At every check, or where these are more than can be asked for, at every second, third, … one.
    let checks = (end / check).div_ceil(MOST_TIMES).max(1);
    Some((0..=end).step_by(checks * check).map(|step| step as u32).collect())
}

/// The union of a list of times and of regular ones, in steps, ascending.
fn times(reader: &Reader<'_>, clock: &Clock, listed: &'static str, every: &'static str) -> Option<Vec<u32>> {
    let list = reader.times(listed);
    let interval = clock.positive(reader.cx, every, reader.quantity(every));
    if (reader.has(listed) && list.is_none()) || (reader.has(every) && interval.is_none()) {
        return None;
    }
    let list = list.map_or(Vec::new(), |l| l.value);
    let steps = list.into_iter().filter_map(|t| clock.steps(reader.cx, listed, Some(t)));
    let end = clock.end.as_ref()?;
    let mut all = Vec::new();
    for step in steps {
        if step.value > end.value {
            reader.cx.report(
                Diagnostic::error(step.span, format!("a time of `{listed}` after the run ends"))
                    .label(format!("expected at most {}", clock.text(end.value)))
                    .related(end.span.clone(), "the run ends here")
                    .help("remove it, or set a later `end` in [time]"),
            );
        } else {
            all.push(step.value);
        }
    }
    if let Some(interval) = interval {
        let count = end.value as usize / interval.value as usize;
        if count > MOST_TIMES {
            reader.cx.report(
                Diagnostic::error(interval.span, format!("`{every}` gives {count} times"))
                    .label(format!("expected at most {MOST_TIMES}"))
                    .help("use a longer interval"),
            );
            return None;
        }
        all.extend((0..=end.value).step_by(interval.value as usize));
    }
    all.sort_unstable();
    all.dedup();
    if all.len() > MOST_TIMES + 1 {
        let span = reader.given(listed).map_or(reader.span.clone(), |(_, value)| value.span());
        reader.cx.report(
            Diagnostic::error(span, format!("`{listed}` has {} times", all.len()))
                .label(format!("expected at most {}", MOST_TIMES + 1))
                .help("leave some of them out"),
        );
        return None;
    }
    Some(all)
}

/// Twenty evenly spaced checks with the start and the end.
fn evenly(clock: &Clock) -> Option<Vec<u32>> {
    let (end, check) = (clock.end.as_ref()?.value, clock.check.as_ref()?.value);
    let checks = u64::from(end / check);
    let gaps = CLONE_COUNTS - 1;
    let mut steps: Vec<u32> = (0..=gaps).map(|i| ((i * checks + gaps / 2) / gaps) as u32 * check).collect();
    steps.dedup();
    Some(steps)
}

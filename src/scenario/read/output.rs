//! `[output]`.

use crate::scenario::context::Clock;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::MAX_CELLS;
use crate::scenario::model::Output;

/// Most pictures or clone counts in a run.
const MAX_TIMES: usize = 100_000;

/// Number of clone counts where the scenario gives no times.
const CLONE_COUNTS: u64 = 20;

/// Optional outputs.
#[derive(Debug, Section)]
#[section(path = "output")]
pub(crate) struct OutputKeys {
    /// Whether the census of every observation is written (`series.csv`, `states.csv`). Without it, runs of very many
    /// replicates write `replicates.csv` alone; the digest and what halts them are the same.
    #[key(default = true, example = false)]
    pub(crate) series: bool,
    /// When pictures of the lattice are written.
    #[key(absent = "none", example = ["0 d", "90 d"], form = Steps)]
    pub(crate) snapshots: Option<Vec<At<u32>>>,
    /// Pictures at the start and after each such time, beside those of `snapshots`.
    #[key(absent = "none", example = "90 d", form = SomeSteps)]
    pub(crate) snapshots_every: Option<At<u32>>,
    /// Whether the lattice itself is recorded at the times of snapshots (`frames/`), so that `evotor render`,
    /// `evotor animate` and `evotor export` can draw it later in any view.
    #[key(default = true, example = false)]
    pub(crate) frames: bool,
    /// When clone sizes are counted.
    #[key(
        Kind::Times,
        derived = "20 evenly spaced observations with the start and the end, unless `clones_every` is given",
        example = ["0 d", "360 d"], form = Steps,
    )]
    pub(crate) clones: Option<Vec<At<u32>>>,
    /// Clone sizes at the start and after each such time, beside those of `clones`.
    #[key(absent = "see `clones`", example = "30 d", form = SomeSteps)]
    pub(crate) clones_every: Option<At<u32>>,
    /// When vessels, perfusion, oxygen and VEGF are averaged over the live cells. With \[oxygen\].
    #[key(
        derived = "with [vessels] every observation, unless `environment_every` is given; else never",
        example = ["0 d", "14 d"], form = Steps,
    )]
    pub(crate) environment: Option<Vec<At<u32>>>,
    /// The same at the start and after each such time, beside `environment`.
    #[key(absent = "see `environment`", example = "7 d", form = SomeSteps)]
    pub(crate) environment_every: Option<At<u32>>,
    /// Clones smaller than this at every count are left out of the clone tables, unless they are founders or
    /// ancestors of others; their cells count as those of the nearest ancestor that is there.
    #[key(integer(1, MAX_CELLS), default = 1, example = 10)]
    pub(crate) clone_minimum: u32,
    /// How many replicates (the first ones) get snapshots, frames, clone tables, and rows of the environment
    /// and of daily exposure.
    #[key(integer(0, 1_000_000), default = 1)]
    pub(crate) detailed_replicates: At<u32>,
}

/// Times at which something is written: those that are listed, and regular ones.
type Asked = (Option<Vec<At<u32>>>, Option<At<u32>>);

/// `has` says whether there is oxygen, and whether vessels live.
pub(crate) fn read(
    reader: &Reader<'_>,
    clock: &Clock,
    replicates: Option<&At<u32>>,
    has: (bool, bool),
) -> Option<Output> {
    let keys = OutputKeys::read(reader);
    let snapshots = times(reader, clock, ["snapshots", "snapshots_every"]);
    let clones = if reader.has("clones") || reader.has("clones_every") {
        times(reader, clock, ["clones", "clones_every"])
    } else {
        evenly(clock)
    };
    let environment = environment(reader, clock, has);
    let detailed = reader.peek::<Plain, u32>("detailed_replicates")?;
    let detailed = At::new(detailed, reader.place("detailed_replicates"));
    if let Some(replicates) = replicates.filter(|r| detailed.value > r.value) {
        Diagnostic::error(
            detailed.span,
            format!("{} detailed replicates of {}", detailed.value, replicates.value),
        )
        .label(format!("expected at most {}", replicates.value))
        .related(replicates.span.clone(), "the number of replicates")
        .help("lower it, or raise `replicates`")
        .report(reader.cx);
    }
    let keys = keys?;
    Some(Output {
        series: keys.series,
        snapshots: snapshots?,
        frames: keys.frames,
        clones: clones?,
        environment: environment?,
        clone_minimum: keys.clone_minimum,
        detailed_replicates: detailed.value,
    })
}

impl OutputKeys {
    /// The keys of a scenario's outputs.
    pub fn of(output: &Output, end: u32) -> OutputKeys {
        let [snapshots, clones, environment] =
            [&output.snapshots, &output.clones, &output.environment].map(|steps| asked(steps, end));
        OutputKeys {
            series: output.series,
            snapshots: snapshots.0,
            snapshots_every: snapshots.1,
            frames: output.frames,
            clones: clones.0,
            clones_every: clones.1,
            environment: environment.0,
            environment_every: environment.1,
            clone_minimum: output.clone_minimum,
            detailed_replicates: At::new(output.detailed_replicates, 0..0),
        }
    }
}

/// Steps as a regular interval where they are one, else as a list.
fn asked(steps: &[u32], end: u32) -> Asked {
    if let [0, interval, _, ..] = *steps
        && steps.iter().copied().eq((0..=end).step_by(interval.max(1) as usize))
    {
        return (None, Some(At::new(interval, 0..0)));
    }
    (Some(steps.iter().map(|step| At::new(*step, 0..0)).collect()), None)
}

fn environment(reader: &Reader<'_>, clock: &Clock, (oxygen, vessels): (bool, bool)) -> Option<Vec<u32>> {
    let keys = ["environment", "environment_every"];
    let given = keys.into_iter().find(|key| reader.has(key));
    let asked = times(reader, clock, keys)?;
    if !asked.is_empty() && !oxygen {
        return reader.refused(
            given.unwrap_or_default(),
            "there is no environment to average",
            "needs [oxygen]",
            "add the section [oxygen], or remove this key",
        );
    }
    if given.is_some() || !vessels {
        return Some(asked);
    }
    let (end, check) = (clock.end.as_ref()?.value as usize, clock.check.as_ref()?.value as usize);
    // At every observation, or where these are more than can be asked for, at every second, third, … one.
    let checks = (end / check).div_ceil(MAX_TIMES).max(1);
    Some((0..=end).step_by(checks * check).map(|step| step as u32).collect())
}

/// The union of a list of times and of regular ones, in steps, ascending.
fn times(reader: &Reader<'_>, clock: &Clock, [listed, every]: [&'static str; 2]) -> Option<Vec<u32>> {
    let end = clock.end.as_ref()?;
    let asked = (reader.peek::<Steps, Vec<At<u32>>>(listed), reader.peek::<SomeSteps, u32>(every));
    let mut all = Vec::new();
    for step in asked.0.into_iter().flatten() {
        if step.value > end.value {
            Diagnostic::error(step.span, format!("a time of `{listed}` after the run ends"))
                .label(format!("expected at most {}", clock.text(end.value)))
                .related(end.span.clone(), "the run ends here")
                .help("remove it, or set a later `end` in [time]")
                .report(reader.cx);
        } else {
            all.push(step.value);
        }
    }
    if let Some(interval) = asked.1 {
        let count = end.value as usize / interval as usize;
        if count > MAX_TIMES {
            let expected = format!("expected at most {MAX_TIMES}");
            return reader.refused(
                every,
                format!("`{every}` gives {count} times"),
                expected,
                "use a longer interval",
            );
        }
        all.extend((0..=end.value).step_by(interval as usize));
    }
    all.sort_unstable();
    all.dedup();
    if all.len() > MAX_TIMES + 1 {
        let expected = format!("expected at most {}", MAX_TIMES + 1);
        return reader.refused(
            listed,
            format!("`{listed}` has {} times", all.len()),
            expected,
            "leave some of them out",
        );
    }
    Some(all)
}

/// Twenty evenly spaced observations with the start and the end.
fn evenly(clock: &Clock) -> Option<Vec<u32>> {
    let (end, check) = (clock.end.as_ref()?.value, clock.check.as_ref()?.value);
    let checks = u64::from(end / check);
    let gaps = CLONE_COUNTS - 1;
    let mut steps: Vec<u32> = (0..=gaps).map(|i| ((i * checks + gaps / 2) / gaps) as u32 * check).collect();
    steps.dedup();
    Some(steps)
}

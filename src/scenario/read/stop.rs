//! `[stop]`.

use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::MOST_CELLS;
use crate::scenario::model::{Progression, Reach, Selector, StateTarget, Stop};

/// Most targets: each has a bit of the engine's status.
const MAX_TARGETS: usize = 8;

/// Names that tables have already: of columns that end in `_day`, and of outcomes.
const TAKEN: [&str; 8] =
    ["birth", "burden", "end", "ended", "extinct", "extinction", "progressed", "progression"];

/// Rules judged at every observation, for each replicate by itself.
#[derive(Debug, Section)]
#[section(path = "stop")]
pub(crate) struct StopKeys {
    /// Halt when no live cell is left. In a trial it is `false`: nothing halts, the dead that are left are measured
    /// and cleared.
    #[key(default = true)]
    pub(crate) extinction: bool,
    /// Halt when there are at least this many live cells.
    #[key(integer(1, MOST_CELLS), absent = "no limit", example = 50000)]
    pub(crate) burden: Option<u32>,
    /// What counts as progression.
    #[key(section, absent = "progression is not judged", example = { factor = 1.73, observations = 2 })]
    pub(crate) progression: Option<Progression>,
    /// What states are to reach; at most 8.
    #[key(section, absent = "no state is watched")]
    pub(crate) state: Vec<TargetKeys>,
}

/// What the live cells of some states are to reach: a first cell, a number, a share, fixation. Give `cells` or
/// `share`. The first observation at which it holds is the replicate's first-passage time, the column `NAME_day` of
/// `replicates.csv`; with `every` as long as the step it is exact to the step.
#[derive(Debug, Section)]
#[section(path = "stop.state", heading = "[[stop.state]]", given = one_reach)]
pub(crate) struct TargetKeys {
    /// Name, in the column and as the outcome of a replicate that halts there.
    #[key(name(Word), required, example = "resistant")]
    pub(crate) name: String,
    /// Which states count, all together.
    #[key(required, example = "rtk>=1")]
    pub(crate) states: Selector,
    /// Live cells of these states that it takes; 1 for the first one.
    #[key(integer(1, MOST_CELLS), absent = "judged by `share`", example = 1)]
    pub(crate) cells: Option<u32>,
    /// Share of all live cells that it takes; 1.0 for fixation. Compared exactly, to a billionth.
    #[key(SHARE, absent = "judged by `cells`", example = 1.0)]
    pub(crate) share: Option<f64>,
    /// Whether a replicate halts there; if not, its time is noted and it goes on.
    #[key(default = true)]
    pub(crate) halt: bool,
}

impl StopKeys {
    /// The keys of a scenario's rules.
    pub fn of(stop: &Stop) -> StopKeys {
        let state = |target: &StateTarget| TargetKeys {
            name: target.name.clone(),
            states: target.states.clone(),
            cells: if let Reach::Cells { cells } = target.reach { Some(cells) } else { None },
            share: if let Reach::Share { share } = target.reach { Some(share) } else { None },
            halt: target.halt,
        };
        StopKeys {
            extinction: stop.extinction,
            burden: stop.burden,
            progression: stop.progression,
            state: stop.targets.iter().map(state).collect(),
        }
    }
}

pub(crate) fn read(reader: &Reader<'_>) -> Option<Stop> {
    let targets = reader.tables("state");
    if let Some(extra) = targets.get(MAX_TARGETS) {
        return extra.refused(
            "",
            format!("{} sections [[stop.state]]", targets.len()),
            format!("expected at most {MAX_TARGETS}"),
            "remove those that are not needed; `series.csv` has the cells of every state at every observation",
        );
    }
    let mut names: Vec<At<String>> = Vec::new();
    let mut fine = true;
    for target in &targets {
        if let Some(name) = target.peek::<Plain, String>("name") {
            fine &= is_free(reader, &At::new(name, target.place("name")), &mut names);
        }
    }
    let StopKeys { extinction, burden, progression, state } = StopKeys::read(reader)?;
    let read = state.into_iter().map(|target| {
        let reach = match (target.cells, target.share) {
            (Some(cells), _) => Reach::Cells { cells },
            (None, share) => Reach::Share { share: share? },
        };
        Some(StateTarget { name: target.name, states: target.states, reach, halt: target.halt })
    });
    let targets = read.collect::<Option<_>>()?;
    fine.then_some(Stop { extinction, burden, progression, targets })
}

/// A target is either a number of cells or a share.
fn one_reach(reader: &Reader<'_>) {
    reader.exclusive("cells", "share", "remove one: a target is either a number of cells or a share");
    if !reader.has("cells") && !reader.has("share") {
        reader.refuse(
            "",
            "a target without a number",
            "expected `cells` or `share`",
            "write `cells = 1` for the first cell of these states, `share = 1.0` for fixation",
        );
    }
}

/// Whether no other column or outcome has the name; reports it if one has.
fn is_free(reader: &Reader<'_>, name: &At<String>, names: &mut Vec<At<String>>) -> bool {
    let found = if TAKEN.contains(&name.value.as_str()) {
        Diagnostic::error(
            name.span.clone(),
            format!("`{}` is the name of something else in the tables", name.value),
        )
    } else if let Some(first) = names.iter().find(|n| n.value == name.value) {
        Diagnostic::error(name.span.clone(), format!("a second `{}`", name.value))
            .related(first.span.clone(), "the first one")
    } else {
        names.push(name.clone());
        return true;
    };
    reader.cx.report(
        found.label("expected another name").help("rename it, for example after the state: `resistant`"),
    );
    false
}

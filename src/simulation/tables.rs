//! The rows of the output tables.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::LogEntry;
use crate::table::exact;
use crate::tissue::{Counters, LesionState};

use super::folder::{Folder, RunTable};
use super::job::Job;
use super::naming::{day, drugs_text, state_name};
use super::progression::progression;
use super::record::Tally;

/// One for each replicate and observation, in the order of blocks of replicates, then steps, then replicates. After these columns:
/// the cumulative counts of events below, and live cells of every state (a column each, named by the state), unless these are in
/// `states.csv`. Not with `series = false` in `[output]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct SeriesRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Step.
    pub step: u32,
    /// Day of the step.
    #[serde(serialize_with = "exact")]
    pub day: f64,
    /// Live cells.
    pub live: u64,
    /// Dead cells that have not been cleared.
    pub dead: u64,
    /// Drugs that were on in the step before, joined by `+`. In mode `signalling`: of the day before, days with a dose or within
    /// the interval after one, but not off-days of a cycle, holds and pauses.
    pub drugs: String,
    /// `running`, `ended` (the scenario's end), `extinct`, `burden`, `progressed`, the name of a `[[stop.state]]` that halted the
    /// replicate, or several of these joined by `+`.
    pub status: String,
}

/// Cumulative counts of events since step 0.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    Deserialize,
    Documented,
    DocumentedFields,
    JsonSchema,
)]
pub struct Events {
    /// Completed divisions.
    pub births: u64,
    /// Deaths by the death rate: turnover, nutrient deprivation, and drugs that raise it.
    pub deaths: u64,
    /// Drug-induced deaths at a division attempt.
    pub drug_induced_deaths: u64,
    /// Divisions for which no empty site was found.
    pub blocked_divisions: u64,
    /// Divisions whose empty site another cell won.
    pub contested_divisions: u64,
    /// Changes of state without a division.
    pub switches: u64,
    /// Clones founded.
    pub new_clones: u64,
    /// Completed migrations.
    pub moves: u64,
    /// Dead cells that were cleared.
    pub cleared_dead_cells: u64,
}

impl Events {
    /// All attempts to divide that were not fatal.
    pub fn attempts(&self) -> u64 {
        self.births + self.blocked_divisions + self.contested_divisions
    }
}

impl From<Counters> for Events {
    fn from(c: Counters) -> Self {
        Self {
            births: c.births,
            deaths: c.deaths,
            drug_induced_deaths: c.kills,
            blocked_divisions: c.blocked,
            contested_divisions: c.lost,
            switches: c.switches,
            new_clones: c.founders,
            moves: c.moves,
            cleared_dead_cells: c.cleared,
        }
    }
}

/// One for each replicate, observation and state with live cells; only where a scenario has more than 64 states, which then have no
/// columns elsewhere (a note says so), and not with `series = false` in `[output]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct StateRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Step.
    pub step: u32,
    /// Day of the step.
    #[serde(serialize_with = "exact")]
    pub day: f64,
    /// Name of the state.
    pub state: String,
    /// Its live cells.
    pub live: u32,
}

/// One for each detailed replicate, count and clone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct CloneSizeRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Step of the count.
    pub step: u32,
    /// Day of the step.
    #[serde(serialize_with = "exact")]
    pub day: f64,
    /// Number of the clone.
    pub clone: u32,
    /// Live cells of the clone itself.
    pub exclusive: u64,
    /// Live cells with those of all its descendants.
    pub inclusive: u64,
}

/// One for each clone of `clone_sizes.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct CloneRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Number of the clone.
    pub clone: u32,
    /// Number of its parent; a root is its own.
    pub parent: u32,
    /// Step in which it was founded.
    pub birth_step: u32,
    /// Day of that step.
    #[serde(serialize_with = "exact")]
    pub birth_day: f64,
    /// Site of its first cell.
    pub x: u32,
    /// Likewise.
    pub y: u32,
    /// Likewise; 0 in two dimensions.
    pub z: u32,
    /// State in which it was founded.
    pub state: String,
}

/// One for each replicate, written when its block is done. After these columns: the cumulative counts of events below, `NAME_day` for
/// each `[[stop.state]]`, and live cells of every state as in `series.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct ReplicateRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// How it ended, as in `series.csv`.
    pub status: String,
    /// Its last step.
    pub end_step: u32,
    /// Day of that step.
    #[serde(serialize_with = "exact")]
    pub end_day: f64,
    /// First day on which it had progressed; empty if it never had.
    #[serde(serialize_with = "exact")]
    pub progression_day: Option<f64>,
    /// Day on which that was confirmed.
    #[serde(serialize_with = "exact")]
    pub progression_confirmed_day: Option<f64>,
    /// Day of the first observation without a live cell; empty if there was none.
    #[serde(serialize_with = "exact")]
    pub extinction_day: Option<f64>,
    /// Live cells at step 0.
    pub start_live: u64,
    /// Live cells at the end.
    pub live: u64,
    /// Dead cells at the end.
    pub dead: u64,
}

/// Writes the heads of the tables.
pub fn heads(folder: &mut Folder, job: &Job) {
    let states: &[String] = if job.has_long_states() { &[] } else { &job.names };
    let passages = job.scenario.stop.targets.iter().map(|t| format!("{}_day", t.name));
    folder.rows(RunTable::Series).head::<SeriesRow>().head::<Events>().cells(states).end();
    folder.rows(RunTable::States).head::<StateRow>().end();
    folder.rows(RunTable::CloneSizes).head::<CloneSizeRow>().end();
    folder.rows(RunTable::Clones).head::<CloneRow>().end();
    folder
        .rows(RunTable::Replicates)
        .head::<ReplicateRow>()
        .head::<Events>()
        .cells(passages)
        .cells(states)
        .end();
}

/// Writes an observation.
/// `on` says which drugs were on until then.
pub fn check(folder: &mut Folder, job: &Job, replicate: u32, entry: &LogEntry, on: u32) {
    if !job.scenario.output.series {
        return;
    }
    let (step, day) = (entry.step, day(entry.step, job.scenario.time.step_hours));
    let row = SeriesRow {
        replicate,
        step,
        day,
        live: entry.live.into(),
        dead: entry.dead.into(),
        drugs: drugs_text(on, &job.drug_names()),
        status: job.status_text(entry.status),
    };
    let short: &[u32] = if job.has_long_states() { &[] } else { &entry.live_by_row };
    folder.rows(RunTable::Series).row(&row).row(&Events::from(entry.counters)).cells(short).end();
    if job.has_long_states() {
        let rows = folder.rows(RunTable::States);
        for (state, &live) in job.names.iter().zip(&entry.live_by_row).filter(|(_, cells)| **cells > 0) {
            rows.add(&StateRow { replicate, step, day, state: state.clone(), live });
        }
    }
}

/// Sizes of all clones by id: live cells of the clone itself, and with its descendants.
pub fn clone_sizes(state: &LesionState) -> (Vec<u32>, Vec<u32>) {
    let exclusive = state.clone_sizes();
    let mut inclusive = exclusive.clone();
    hand_up(state, &mut inclusive, |_| true);
    (exclusive, inclusive)
}

/// Adds what some clones have to their parents, children before parents.
fn hand_up(state: &LesionState, sizes: &mut [u32], which: impl Fn(usize) -> bool) {
    for (id, clone) in state.table.0.iter().enumerate().rev() {
        if clone.parent as usize != id && which(id) {
            sizes[clone.parent as usize] += sizes[id];
        }
    }
}

/// Writes the sizes of clones with live cells, descendants included: the founders, and those that have reached the scenario's
/// minimum now or at an earlier count. Cells of clones that are left out count as their nearest ancestor's that is listed, so that
/// exclusive sizes add up to the live cells. Where no cell is left, a row of clone 0 says so.
///
/// A clone is never larger than its ancestors with theirs included, so these are written too.
pub fn sizes(folder: &mut Folder, job: &Job, tally: &mut Tally, state: &LesionState) {
    let (mut exclusive, inclusive) = clone_sizes(state);
    let minimum = job.scenario.output.clone_minimum;
    let extinct = inclusive.iter().all(|all| *all == 0);
    let is_founder = |clone: usize| state.table.0[clone].parent as usize == clone;
    let mut listed = vec![false; inclusive.len()];
    for (clone, all) in inclusive.iter().enumerate() {
        let is_there = *all > 0 || extinct && clone == 0;
        if is_there && (*all >= minimum || is_founder(clone)) {
            tally.mark_written(clone as u32);
        }
        listed[clone] = is_there && tally.is_written(clone as u32);
    }
    hand_up(state, &mut exclusive, |clone| !listed[clone]);
    let (replicate, step) = (state.id.patient(), state.step);
    let day = day(step, job.scenario.time.step_hours);
    let rows = folder.rows(RunTable::CloneSizes);
    for clone in (0..listed.len()).filter(|c| listed[*c]) {
        let (exclusive, inclusive) = (exclusive[clone].into(), inclusive[clone].into());
        rows.add(&CloneSizeRow { replicate, step, day, clone: clone as u32, exclusive, inclusive });
    }
}

/// Writes who the clones are whose sizes were written.
pub fn clones(folder: &mut Folder, job: &Job, tally: &Tally, state: &LesionState) {
    let rows = folder.rows(RunTable::Clones);
    for (id, clone) in (0..).zip(&state.table.0).filter(|(id, _)| tally.is_written(*id)) {
        let [x, y, z] = state.shape.position(clone.site);
        rows.add(&CloneRow {
            replicate: state.id.patient(),
            clone: id,
            parent: clone.parent,
            birth_step: clone.step,
            birth_day: day(clone.step, job.scenario.time.step_hours),
            x,
            y,
            z,
            state: state_name(&job.space, &job.scenario.loci, clone.code),
        });
    }
}

/// Writes how a replicate ended.
pub fn replicate(folder: &mut Folder, job: &Job, tally: &Tally) {
    let Some(entry) = &tally.last else {
        return;
    };
    let day = |step: u32| day(step, job.scenario.time.step_hours);
    let progressed = progression(job, tally);
    let row = ReplicateRow {
        replicate: tally.id.patient(),
        status: job.status_text(entry.status),
        end_step: entry.step,
        end_day: day(entry.step),
        progression_day: progressed.map(|p| day(p.first)),
        progression_confirmed_day: progressed.map(|p| day(p.confirmed)),
        extinction_day: tally.extinct.map(day),
        start_live: tally.start_live.into(),
        live: entry.live.into(),
        dead: entry.dead.into(),
    };
    let passages =
        (0..job.scenario.stop.targets.len()).map(|t| tally.reached(t).map(|step| day(step).to_string()));
    let short: &[u32] = if job.has_long_states() { &[] } else { &entry.live_by_row };
    let rows = folder.rows(RunTable::Replicates);
    rows.row(&row).row(&Events::from(entry.counters)).cells(passages).cells(short).end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::{Founding, LesionId, Shape, word};

    #[test]
    fn inclusive_sizes_hold_all_descendants() {
        let mut state = LesionState::empty(LesionId(0), Shape::new(2, [32, 16, 1], false));
        let founding = |parent| Founding { parent, step: 0, site: 0, code: 0 };
        state.table.0 = [0, 0, 1, 1, 0].map(founding).to_vec();
        for (site, clone) in (0..).zip([0, 1, 1, 2, 3, 3, 4, 4, 4, 4]) {
            state.put(site, word::live(0), clone);
        }
        let (exclusive, inclusive) = clone_sizes(&state);
        assert_eq!(exclusive, [1, 2, 1, 2, 4]);
        assert_eq!(inclusive, [10, 5, 1, 2, 4]);
    }
}

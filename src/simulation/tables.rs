//! The rows of the output tables.

use crate::engine::LogEntry;
use crate::tissue::{Counters, LesionState};

use super::folder::{Folder, Table};
use super::job::Job;
use super::naming::{day_text, drugs_text, state_name};
use super::progression::progression;
use super::record::Tally;

/// Up to this many states have a column each; more have a table of their own, `states.csv`.
pub const MAX_STATE_COLUMNS: usize = 64;

/// Writes the heads of all tables.
pub fn heads(folder: &mut Folder, job: &Job) {
    let states: &[String] = if job.has_long_states() { &[] } else { &job.names };
    let with = |first: &[&str], targets: &[String]| -> Vec<String> {
        let counters = Counters::NAMES.iter();
        let fixed = first.iter().chain(counters).map(|s| (*s).to_owned());
        fixed.chain(targets.iter().cloned()).chain(states.iter().cloned()).collect()
    };
    let passages: Vec<String> = job.scenario.stop.targets.iter().map(|t| format!("{}_day", t.name)).collect();
    let series = ["replicate", "step", "day", "live", "dead", "drugs", "status"];
    folder.rows(Table::Series).line(with(&series, &[]));
    folder.rows(Table::States).line(["replicate", "step", "day", "state", "live"]);
    folder.rows(Table::CloneSizes).line(["replicate", "step", "day", "clone", "exclusive", "inclusive"]);
    let clones = ["replicate", "clone", "parent", "birth_step", "birth_day", "x", "y", "z", "state"];
    folder.rows(Table::Clones).line(clones);
    let replicates = [
        "replicate",
        "status",
        "end_step",
        "end_day",
        "progression_day",
        "progression_confirmed_day",
        "extinction_day",
        "start_live",
        "live",
        "dead",
    ];
    folder.rows(Table::Replicates).line(with(&replicates, &passages));
}

/// Writes a check.
/// `on` says which drugs were on until then.
pub fn check(folder: &mut Folder, job: &Job, replicate: u32, entry: &LogEntry, on: u32) {
    if !job.scenario.output.series {
        return;
    }
    let day = day_text(entry.step, job.scenario.time.step_hours);
    let row = folder.rows(Table::Series);
    row.number(replicate).number(entry.step).text(&day).number(entry.live).number(entry.dead);
    row.text(&drugs_text(on, &job.drug_names())).text(&job.status_text(entry.status));
    for count in entry.counters.to_array() {
        row.number(count);
    }
    if !job.has_long_states() {
        for cells in &entry.live_by_row {
            row.number(cells);
        }
    }
    row.end();
    if job.has_long_states() {
        let rows = folder.rows(Table::States);
        for (name, cells) in job.names.iter().zip(&entry.live_by_row).filter(|(_, cells)| **cells > 0) {
            rows.number(replicate).number(entry.step).text(&day).text(name).number(cells).end();
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
    let day = day_text(state.step, job.scenario.time.step_hours);
    let rows = folder.rows(Table::CloneSizes);
    for clone in (0..listed.len()).filter(|c| listed[*c]) {
        rows.number(state.id.patient()).number(state.step).text(&day);
        rows.number(clone).number(exclusive[clone]).number(inclusive[clone]).end();
    }
}

/// Writes who the clones are whose sizes were written.
pub fn clones(folder: &mut Folder, job: &Job, tally: &Tally, state: &LesionState) {
    let rows = folder.rows(Table::Clones);
    for (id, clone) in state.table.0.iter().enumerate() {
        if !tally.is_written(id as u32) {
            continue;
        }
        rows.number(state.id.patient()).number(id).number(clone.parent).number(clone.step);
        rows.text(&day_text(clone.step, job.scenario.time.step_hours));
        for coordinate in state.shape.position(clone.site) {
            rows.number(coordinate);
        }
        rows.text(&state_name(&job.space, &job.scenario.loci, clone.code)).end();
    }
}

/// Writes how a replicate ended.
pub fn replicate(folder: &mut Folder, job: &Job, tally: &Tally) {
    let Some(entry) = &tally.last else {
        return;
    };
    let day = |step: u32| day_text(step, job.scenario.time.step_hours);
    let rows = folder.rows(Table::Replicates);
    rows.number(tally.id.patient()).text(&job.status_text(entry.status));
    rows.number(entry.step).text(&day(entry.step));
    let progressed = progression(job, tally);
    rows.maybe(progressed.map(|p| day(p.first))).maybe(progressed.map(|p| day(p.confirmed)));
    rows.maybe(tally.extinct.map(day));
    rows.number(tally.start_live).number(entry.live).number(entry.dead);
    for count in entry.counters.to_array() {
        rows.number(count);
    }
    for target in 0..job.scenario.stop.targets.len() {
        rows.maybe(tally.reached(target).map(day));
    }
    if !job.has_long_states() {
        for cells in &entry.live_by_row {
            rows.number(cells);
        }
    }
    rows.end();
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

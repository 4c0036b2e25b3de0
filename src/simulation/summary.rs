//! The end of a run, for machines (`summary.json`) and for people.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::StateTarget;
use crate::tissue::Counters;
use crate::tissue::lesion::COUNTERS;

use super::care::{TherapySummary, outcome, treated};
use super::checkpoint::PROGRAM;
use super::digest::hex;
use super::ending::Finished;
use super::job::Job;
use super::naming::plural;
use super::progression::progression;
use super::record::Tally;
use super::tables::Events;

/// What a whole run came to. Everything but `seconds` and `backends` is the same on every machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Version of the program.
    pub evotor: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Its description.
    pub description: String,
    /// The seed.
    pub seed: u64,
    /// The digest.
    pub digest: String,
    /// Backends that computed it, with where each began.
    pub backends: Vec<String>,
    /// Wall-clock time.
    pub seconds: f64,
    /// Number of replicates.
    pub replicates: u32,
    /// Sites of one lattice.
    pub sites: u64,
    /// Length of a step in hours.
    pub step_hours: u32,
    /// Steps of the replicate that went furthest.
    pub steps: u32,
    /// By what factor mutation rates were multiplied.
    pub mutation_amplification: f64,
    /// Replicates by outcome, in alphabetical order.
    pub outcomes: BTreeMap<String, u32>,
    /// Days on which replicates that progressed had first done so, ascending: by the burden of `[stop]`, or at a visit of a line.
    pub progression_days: Vec<f64>,
    /// Days on which these progressions were confirmed, ascending: the last of the checks in a row that `[stop]` asks for.
    pub progression_confirmed_days: Vec<f64>,
    /// Days of extinction of the replicates that died out, ascending.
    pub extinction_days: Vec<f64>,
    /// Days of the first check at which each target was met, of the replicates in which it was, ascending; by target.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub first_passage_days: BTreeMap<String, Vec<f64>>,
    /// Live cells at the end, summed over replicates.
    pub live: u64,
    /// Dead cells at the end.
    pub dead: u64,
    /// Live cells by state where there are any, most frequent first.
    pub states: Vec<StateCount>,
    /// Cells in ledgers at the end by state, summed over replicates, most frequent first: cells, not agents. Absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<StateCount>,
    /// Events, summed over replicates.
    pub counters: Events,
    /// What a reader of the results should know.
    pub warnings: Vec<String>,
    /// What the therapy came to, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub therapy: Option<TherapySummary>,
}

/// Live cells of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateCount {
    /// Name of the state.
    pub state: String,
    /// Live cells.
    pub live: u64,
}

/// The summary of a run.
pub fn summary(job: &Job, finished: &Finished) -> Summary {
    let record = &finished.record;
    let scenario = &job.scenario;
    let (live, dead, by_state) = record.totals(job.names.len());
    let last = || record.tallies.iter().filter_map(|t| t.last.as_ref());
    let mut outcomes = BTreeMap::new();
    for entry in last() {
        *outcomes.entry(job.status_text(entry.status)).or_insert(0) += 1;
    }
    let mut sum = [0; COUNTERS];
    for entry in last() {
        sum.iter_mut().zip(entry.counters.to_array()).for_each(|(sum, count)| *sum += count);
    }
    let counters = Events::from(Counters::from_array(sum));
    let days = |mut steps: Vec<u32>| -> Vec<f64> {
        steps.sort_unstable();
        steps.into_iter().map(|s| scenario.time.days(s)).collect()
    };
    let passage = |(t, target): (usize, &StateTarget)| {
        let reached = record.tallies.iter().filter_map(|tally| tally.reached(t)).collect();
        (target.name.clone(), days(reached))
    };
    let first_passage_days = scenario.stop.targets.iter().enumerate().map(passage).collect();
    let therapy = outcome(job, &record.tallies);
    let progressed: Vec<_> = record.tallies.iter().filter_map(|t| progression(job, t)).collect();
    Summary {
        evotor: PROGRAM.to_owned(),
        scenario: scenario.name.clone(),
        description: scenario.description.clone(),
        seed: scenario.seed,
        digest: hex(&finished.digest),
        backends: record.backends.clone(),
        seconds: record.elapsed_ms as f64 / 1000.0,
        replicates: scenario.replicates,
        sites: job.shape().sites(),
        step_hours: scenario.time.step_hours,
        steps: last().map(|e| e.step).max().unwrap_or(0),
        mutation_amplification: scenario.mutation_amplification,
        outcomes,
        progression_days: days(progressed.iter().map(|p| p.first).collect()),
        progression_confirmed_days: days(progressed.iter().map(|p| p.confirmed).collect()),
        extinction_days: days(record.tallies.iter().filter_map(|t| t.extinct).collect()),
        first_passage_days,
        live,
        dead,
        states: state_counts(&job.names, &by_state),
        ledger: state_counts(&job.names, &in_ledgers(job.names.len(), &record.tallies)),
        warnings: empty_starts(&record.tallies)
            .into_iter()
            .chain(warnings(job, &counters, therapy.as_ref()))
            .collect(),
        therapy,
        counters,
    }
}

/// Live cells by state, most frequent first.
fn state_counts(names: &[String], by_state: &[u64]) -> Vec<StateCount> {
    let mut counts: Vec<StateCount> = names
        .iter()
        .zip(by_state)
        .filter(|(_, live)| **live > 0)
        .map(|(name, live)| StateCount { state: name.clone(), live: *live })
        .collect();
    counts.sort_by_key(|c| std::cmp::Reverse(c.live));
    counts
}

/// Cells in ledgers by state.
fn in_ledgers(states: usize, tallies: &[Tally]) -> Vec<u64> {
    let mut all = vec![0u64; states];
    for (row, state) in tallies.iter().filter_map(|t| t.ledger.as_ref()).flat_map(|l| &l.ledger.states) {
        all[*row] = all[*row].saturating_add(state.cells);
    }
    all
}

/// Says how many replicates had nothing to begin with.
fn empty_starts(tallies: &[Tally]) -> Option<String> {
    let empty = tallies.iter().filter(|t| t.last.is_some() && t.start_live == 0).count();
    let of = plural("replicate", tallies.len() == 1);
    (empty > 0).then(|| format!("{empty} of {} {of} began without a live cell", tallies.len()))
}

/// Blocked divisions above this share of attempts mean that space, not rates, decided.
const BLOCKED_SHARE: f64 = 0.01;

fn warnings(job: &Job, counters: &Events, therapy: Option<&TherapySummary>) -> Vec<String> {
    let mut warnings = Vec::new();
    let amplification = job.scenario.mutation_amplification;
    if amplification != 1.0 {
        warnings.push(format!("mutation rates were multiplied by {amplification}"));
    }
    let blocked = counters.blocked_divisions as f64 / counters.attempts().max(1) as f64;
    if blocked > BLOCKED_SHARE {
        let share = 100.0 * blocked;
        warnings.push(format!("{share:.1} % of the divisions found no empty site: space limited the growth"));
    }
    if let Some(protocol) = job.care.as_ref().and_then(|c| c.protocol.as_ref()) {
        warnings.extend(protocol.remarks(&treated(&job.scenario, 0).body));
    }
    if let Some(t) = therapy {
        warnings.push(format!(
            "{} of the {} numbers of these drugs are of confidence C (choices, orders of magnitude, from memory)",
            t.numbers_of_confidence_c, t.numbers
        ));
    }
    warnings
}

/// The summary as a JSON file.
pub fn json(job: &Job, finished: &Finished) -> String {
    crate::table::json(&summary(job, finished))
}

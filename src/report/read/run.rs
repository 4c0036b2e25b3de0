//! The folder of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::table::{field, load, load_maybe, records};
use crate::report::ReportError;
use crate::scenario::Loaded;
use crate::simulation::folder::{SUMMARY, Table};
use crate::tissue::Counters;

/// What a run came to, as `summary.json` has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the file, which docs/outputs.md explains")]
pub struct RunSummary {
    pub evotor: String,
    pub scenario: String,
    pub description: String,
    pub seed: u64,
    pub digest: String,
    pub backends: Vec<String>,
    pub seconds: f64,
    pub replicates: u32,
    pub sites: u64,
    pub step_hours: u32,
    pub steps: u32,
    pub mutation_amplification: f64,
    pub outcomes: BTreeMap<String, u32>,
    pub progression_days: Vec<f64>,
    #[serde(default)]
    pub progression_confirmed_days: Vec<f64>,
    pub extinction_days: Vec<f64>,
    pub live: u64,
    pub dead: u64,
    pub states: Vec<StateLive>,
    pub counters: BTreeMap<String, u64>,
    pub warnings: Vec<String>,
    pub therapy: Option<serde_json::Value>,
}

/// Live cells of a state at the end.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct StateLive {
    /// Name of the state.
    pub state: String,
    /// Live cells.
    pub live: u64,
}

/// A check: a row of `series.csv`, with live cells by state.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Replicate.
    pub replicate: u32,
    /// Step.
    pub step: u32,
    /// Day.
    pub day: f64,
    /// Live cells.
    pub live: u64,
    /// Dead cells.
    pub dead: u64,
    /// Drugs that were on.
    pub drugs: Vec<String>,
    /// Counters, in the order of [`Counters::NAMES`].
    pub counters: Vec<u64>,
    /// Live cells by state, in the order of [`RunFolder::states`].
    pub by_state: Vec<u64>,
}

/// A row of `clone_sizes.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct Size {
    pub replicate: u32,
    pub step: u32,
    pub day: f64,
    pub clone: u32,
    pub exclusive: u64,
    pub inclusive: u64,
}

/// A row of `clones.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct CellClone {
    pub replicate: u32,
    pub clone: u32,
    pub parent: u32,
    pub birth_step: u32,
    pub birth_day: f64,
    pub state: String,
}

/// A row of `exposure.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct Exposure {
    pub replicate: u32,
    pub day: f64,
    pub drug: String,
    pub given: f64,
    pub dose_step: u32,
    pub status: String,
    pub average_ng_ml: Option<f64>,
    pub trough_ng_ml: Option<f64>,
    pub peak_ng_ml: Option<f64>,
    pub site_nm: Option<f64>,
}

/// A row of `therapy.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct TherapyAction {
    pub replicate: u32,
    pub day: f64,
    pub line: u32,
    pub action: String,
    pub drug: String,
    pub detail: String,
}

/// A row of `adverse_events.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct AdverseEvent {
    pub replicate: u32,
    pub day: f64,
    pub event: String,
    pub organ: String,
    pub grade: u8,
    pub drug: String,
    pub recovered_day: Option<f64>,
}

/// A row of `visits.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct Visit {
    pub replicate: u32,
    pub day: f64,
    pub line: Option<u32>,
    pub volume: f64,
    pub diameter_change: Option<f64>,
    pub category: String,
    pub progression: u8,
}

/// A row of `environment.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct Environment {
    pub replicate: u32,
    pub day: f64,
    pub vessels: f64,
    pub perfusion: f64,
    pub blood_volume: Option<f64>,
    pub oxygen_mmhg: f64,
    pub hypoxic_share: f64,
    pub vegf: f64,
}

/// A folder that `evotor run` wrote.
#[derive(Debug)]
pub struct RunFolder {
    /// The folder.
    pub dir: PathBuf,
    /// Its effective scenario.
    pub loaded: Loaded,
    /// Its summary.
    pub summary: RunSummary,
    /// Names of the states.
    pub states: Vec<String>,
    /// All checks, in the order of the table; without a series the start and the end of each replicate.
    pub checks: Vec<Check>,
    /// Whether the census of every check was written.
    pub has_series: bool,
    /// Sizes of clones.
    pub sizes: Vec<Size>,
    /// Clones.
    pub clones: Vec<CellClone>,
    /// Days of drugs; empty without a therapy.
    pub exposure: Vec<Exposure>,
    /// What was done.
    pub therapy: Vec<TherapyAction>,
    /// Adverse events.
    pub adverse_events: Vec<AdverseEvent>,
    /// Visits.
    pub visits: Vec<Visit>,
    /// The environment.
    pub environment: Vec<Environment>,
}

impl RunFolder {
    /// Reads a folder whose effective scenario is known.
    ///
    /// # Errors
    ///
    /// [`ReportError::Unfinished`] for a run that has not ended, else as for [`load`].
    pub fn read(dir: &Path, loaded: Loaded) -> Result<Self, ReportError> {
        let path = dir.join(SUMMARY);
        if !path.exists() {
            return Err(ReportError::Unfinished(dir.to_owned()));
        }
        let summary = super::trial::json(&path)?;
        let has_series = loaded.scenario.output.series;
        let (states, checks) = if has_series { series(dir)? } else { (Vec::new(), ends(dir)?) };
        Ok(Self {
            has_series,
            summary,
            states,
            checks,
            sizes: load(&dir.join(Table::CloneSizes.file_name()))?,
            clones: load(&dir.join(Table::Clones.file_name()))?,
            exposure: load_maybe(&dir.join(Table::Exposure.file_name()))?,
            therapy: load_maybe(&dir.join(Table::Therapy.file_name()))?,
            adverse_events: load_maybe(&dir.join(Table::AdverseEvents.file_name()))?,
            visits: load_maybe(&dir.join(Table::Visits.file_name()))?,
            environment: load_maybe(&dir.join(Table::Environment.file_name()))?,
            dir: dir.to_owned(),
            loaded,
        })
    }

    /// Numbers of the replicates, rising.
    pub fn replicates(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.checks.iter().map(|c| c.replicate).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Last day of any replicate.
    pub fn last_day(&self) -> f64 {
        self.checks.iter().map(|c| c.day).fold(0.0, f64::max)
    }

    /// Checks of a replicate in order of time.
    pub fn checks_of(&self, replicate: u32) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |c| c.replicate == replicate)
    }
}

/// `series.csv`, joined with `states.csv` where that stands beside it.
fn series(dir: &Path) -> Result<(Vec<String>, Vec<Check>), ReportError> {
    let path = dir.join(Table::Series.file_name());
    let (head, rows) = records(&path)?;
    let fixed = 7 + Counters::NAMES.len();
    if head.len() < fixed {
        let why = "its head is not that of a time series".to_owned();
        return Err(ReportError::Table { path, line: Some(1), why });
    }
    let mut states: Vec<String> = head.iter().skip(fixed).map(str::to_owned).collect();
    let mut checks = Vec::with_capacity(rows.len());
    for row in &rows {
        let count = |column| field::<u64>(&path, &head, row, column);
        let drugs =
            row.get(5).unwrap_or("").split('+').filter(|d| !d.is_empty()).map(str::to_owned).collect();
        checks.push(Check {
            replicate: field(&path, &head, row, 0)?,
            step: field(&path, &head, row, 1)?,
            day: field(&path, &head, row, 2)?,
            live: count(3)?,
            dead: count(4)?,
            drugs,
            counters: (7..fixed).map(count).collect::<Result<_, _>>()?,
            by_state: (fixed..head.len()).map(count).collect::<Result<_, _>>()?,
        });
    }
    let long = dir.join(Table::States.file_name());
    if states.is_empty() && long.exists() {
        states = join_states(&long, &mut checks)?;
    }
    Ok((states, checks))
}

#[derive(Deserialize)]
struct EndRow {
    replicate: u32,
    end_step: u32,
    end_day: f64,
    start_live: u64,
    live: u64,
    dead: u64,
}

/// Start and end of each replicate, where there is no series.
fn ends(dir: &Path) -> Result<Vec<Check>, ReportError> {
    let rows: Vec<EndRow> = load(&dir.join(Table::Replicates.file_name()))?;
    let check = |replicate, (step, day), live, dead| Check {
        replicate,
        step,
        day,
        live,
        dead,
        drugs: Vec::new(),
        counters: vec![0; Counters::NAMES.len()],
        by_state: Vec::new(),
    };
    let both = |r: EndRow| {
        let start = check(r.replicate, (0, 0.0), r.start_live, 0);
        let end = check(r.replicate, (r.end_step, r.end_day), r.live, r.dead);
        [Some(start), (r.end_step > 0).then_some(end)]
    };
    Ok(rows.into_iter().flat_map(both).flatten().collect())
}

#[derive(Deserialize)]
struct StateRow {
    replicate: u32,
    step: u32,
    state: String,
    live: u64,
}

/// Adds the states of a table of their own, in the order in which they first appear.
fn join_states(path: &Path, checks: &mut [Check]) -> Result<Vec<String>, ReportError> {
    let rows: Vec<StateRow> = load(path)?;
    let mut names: Vec<String> = Vec::new();
    let mut numbers = BTreeMap::new();
    let places: BTreeMap<(u32, u32), usize> =
        checks.iter().enumerate().map(|(i, c)| ((c.replicate, c.step), i)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let number = *numbers.entry(row.state.clone()).or_insert_with(|| {
            names.push(row.state.clone());
            names.len() - 1
        });
        found.push((places.get(&(row.replicate, row.step)).copied(), number, row.live));
    }
    checks.iter_mut().for_each(|c| c.by_state = vec![0; names.len()]);
    for (place, state, live) in found {
        if let Some(place) = place {
            checks[place].by_state[state] = live;
        }
    }
    Ok(names)
}

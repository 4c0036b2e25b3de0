//! The folder of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::series::Series;
use super::table::{MOST_ROWS, OfReplicate, load_most};
use crate::report::ReportError;
use crate::report::lineage::Lineage;
use crate::scenario::Loaded;
use crate::simulation::folder::{SUMMARY, Table};

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

macro_rules! of_replicate {
    ($($row:ty),*) => {$(
        impl OfReplicate for $row {
            fn replicate(&self) -> u32 {
                self.replicate
            }
            fn day(&self) -> f64 {
                self.day
            }
        }
    )*};
}

of_replicate!(Exposure, TherapyAction, AdverseEvent, Visit, Environment);

/// A folder that `evotor run` wrote.
#[derive(Debug)]
pub struct RunFolder {
    /// The folder.
    pub dir: PathBuf,
    /// Its effective scenario.
    pub loaded: Loaded,
    /// Its summary.
    pub summary: RunSummary,
    /// Checks; without a series the start and the end of each replicate.
    pub series: Series,
    /// Whether the census of every check was written.
    pub has_series: bool,
    /// Trees of the clones of all replicates that were counted.
    pub lineages: Vec<Lineage>,
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
    /// What tables hold beyond what is shown, in sentences.
    pub left_out: Vec<String>,
}

impl RunFolder {
    /// Reads a folder whose effective scenario is known.
    ///
    /// # Errors
    ///
    /// [`ReportError::Unfinished`] for a run that has not ended, else as for [`super::each`].
    pub fn read(dir: &Path, loaded: Loaded) -> Result<Self, ReportError> {
        let path = dir.join(SUMMARY);
        if !path.exists() {
            return Err(ReportError::Unfinished(dir.to_owned()));
        }
        let mut left_out = Vec::new();
        let has_series = loaded.scenario.output.series;
        Ok(Self {
            summary: super::trial::json(&path)?,
            series: if has_series { Series::read(dir)? } else { Series::ends(dir)? },
            has_series,
            lineages: Lineage::read_all(dir)?,
            exposure: most(dir, Table::Exposure, &mut left_out)?,
            therapy: most(dir, Table::Therapy, &mut left_out)?,
            adverse_events: most(dir, Table::AdverseEvents, &mut left_out)?,
            visits: most(dir, Table::Visits, &mut left_out)?,
            environment: most(dir, Table::Environment, &mut left_out)?,
            dir: dir.to_owned(),
            loaded,
            left_out,
        })
    }

    /// Numbers of the replicates, rising.
    pub fn replicates(&self) -> Vec<u32> {
        self.series.checks.keys().copied().collect()
    }

    /// Last day of any replicate.
    pub fn last_day(&self) -> f64 {
        self.series.last_day()
    }
}

/// What is kept of a table.
fn most<T: DeserializeOwned + OfReplicate>(
    dir: &Path,
    table: Table,
    left_out: &mut Vec<String>,
) -> Result<Vec<T>, ReportError> {
    let kept = load_most(&dir.join(table.file_name()), MOST_ROWS)?;
    left_out.extend(Some(kept.left_out).filter(|words| !words.is_empty()));
    Ok(kept.rows)
}

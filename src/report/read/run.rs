//! The folder of a run.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::series::Series;
use super::table::{MAX_ROWS, OfReplicate, load_most};
use crate::report::ReportError;
use crate::report::lineage::Lineage;
use crate::scenario::Loaded;
use crate::simulation::folder::{MANIFEST, RunTable, SUMMARY};
use crate::simulation::{AdverseEventRow, EnvironmentRow, ExposureRow, Summary, TherapyRow, VisitRow};

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

of_replicate!(ExposureRow, TherapyRow, AdverseEventRow, VisitRow, EnvironmentRow);

/// A folder that `evotor run` wrote.
#[derive(Debug)]
pub struct RunFolder {
    /// The folder.
    pub dir: PathBuf,
    /// Its effective scenario.
    pub loaded: Loaded,
    /// Its summary.
    pub summary: Summary,
    /// Checks; without a series the start and the end of each replicate.
    pub series: Series,
    /// Whether the census of every check was written.
    pub has_series: bool,
    /// Trees of the clones of all replicates that were counted.
    pub lineages: Vec<Lineage>,
    /// Days of drugs; empty without a therapy.
    pub exposure: Vec<ExposureRow>,
    /// What was done.
    pub therapy: Vec<TherapyRow>,
    /// Adverse events.
    pub adverse_events: Vec<AdverseEventRow>,
    /// Visits.
    pub visits: Vec<VisitRow>,
    /// The environment.
    pub environment: Vec<EnvironmentRow>,
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
            return Err(match dir.join(MANIFEST).exists() {
                true => ReportError::PartOfRun(dir.to_owned()),
                false => ReportError::Unfinished(dir.to_owned()),
            });
        }
        let mut left_out = Vec::new();
        let has_series = loaded.scenario.output.series;
        Ok(Self {
            summary: super::trial::json(&path)?,
            series: if has_series { Series::read(dir)? } else { Series::ends(dir)? },
            has_series,
            lineages: Lineage::read_all(dir)?,
            exposure: most(dir, RunTable::Exposure, &mut left_out)?,
            therapy: most(dir, RunTable::Therapy, &mut left_out)?,
            adverse_events: most(dir, RunTable::AdverseEvents, &mut left_out)?,
            visits: most(dir, RunTable::Visits, &mut left_out)?,
            environment: most(dir, RunTable::Environment, &mut left_out)?,
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
    table: RunTable,
    left_out: &mut Vec<String>,
) -> Result<Vec<T>, ReportError> {
    let kept = load_most(&dir.join(table.file_name()), MAX_ROWS)?;
    left_out.extend(Some(kept.left_out).filter(|words| !words.is_empty()));
    Ok(kept.rows)
}

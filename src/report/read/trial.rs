//! The folder of a trial.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use documented::DocumentedFields;
use serde::de::DeserializeOwned;

use super::table::{each_record, field, load, load_maybe, load_where, row};
use crate::report::ReportError;
use crate::report::overlay::{self, OwnCurve};
use crate::scenario::{Loaded, Trial};
use crate::simulation::disk;
use crate::simulation::folder::SUMMARY;
use crate::simulation::naming::median_text;
use crate::table::rounded;
use crate::trial::output::rows::{
    ArmRow, ContrastRow, EventRow, IncidenceRow, MeasureUnit, PatientRow, PriceRow, PublishedRow,
    ResistanceRow, ScanRow, SurvivalRow,
};
use crate::trial::output::{self, TrialSummary};
use crate::trial::results::Endpoint;
use crate::trial::shard::MANIFEST;

/// What a scan that shows progression is called.
pub const PROGRESSION: &str = "PD";

/// At most so many patients of an arm are drawn one by one: more could not be told apart, and would make a page of megabytes.
pub const MAX_DRAWN: usize = 500;

/// At most so many of some things, evenly spread over their order, the first and the last among them.
pub fn evenly<T: Clone>(all: &[T], most: usize) -> Vec<T> {
    match all.len() {
        n if n > most && most > 1 => (0..most).map(|i| all[i * (n - 1) / (most - 1)].clone()).collect(),
        _ => all.to_vec(),
    }
}

/// A folder that `evotor compare` or `evotor trial` wrote.
#[derive(Debug)]
pub struct ReadTrial {
    /// The folder.
    pub dir: PathBuf,
    /// Its effective scenario.
    pub loaded: Loaded,
    /// Its summary.
    pub summary: TrialSummary,
    /// Names of the arms that have patients, in the order of the file.
    pub arms: Vec<String>,
    /// A row per patient and arm.
    pub patients: Vec<PatientRow>,
    /// Scans of the first line, of at most [`MAX_DRAWN`] patients.
    pub scans: Vec<ScanRow>,
    /// Scans of any line that show progression.
    pub progressions: Vec<ScanRow>,
    /// What was done, in the order of patients.
    pub actions: Vec<EventRow>,
    /// Survival curves.
    pub curves: Vec<SurvivalRow>,
    /// Curves of a user's own data, which are laid over them.
    pub own: Vec<OwnCurve>,
    /// Cumulative incidences.
    pub incidences: Vec<IncidenceRow>,
    /// What arms came to.
    pub measures: Vec<ArmRow>,
    /// Differences between arms.
    pub contrasts: Vec<ContrastRow>,
    /// What they cost.
    pub prices: Vec<PriceRow>,
    /// The same by the surrogate with the growth of populations, which are named.
    pub repeats: Vec<(String, Vec<ContrastRow>)>,
    /// Loci of the tables.
    pub loci: Vec<String>,
    /// Composition over time, with the mean fraction of cells with each locus changed, in the order of `loci`.
    pub resistance: Vec<(ResistanceRow, Vec<f64>)>,
    /// Published figures beside simulated ones, fractions in percent.
    pub published: Vec<PublishedRow>,
}

impl ReadTrial {
    /// A measure of an arm.
    pub fn measure<'a>(&'a self, arm: &'a str, measure: &'a str) -> impl Iterator<Item = &'a ArmRow> {
        self.measures.iter().filter(move |row| row.arm == arm && row.measure == measure)
    }

    /// Times that any arm measures, that by which strategies are compared first. Where it is the PFS, as with one line in every arm, it has
    /// that name.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let one_line = self.has_one_line();
        let mut all: Vec<Endpoint> =
            Endpoint::ALL.into_iter().filter(|of| !self.shares(*of).is_empty()).collect();
        if one_line {
            all.retain(|of| *of != Endpoint::Pfs);
            all.iter_mut().filter(|of| **of == Endpoint::Tfs).for_each(|of| *of = Endpoint::Pfs);
        }
        all
    }

    /// The curves of all arms.
    fn shares(&self, of: Endpoint) -> Vec<(&str, f64, f64)> {
        let rows = self.curves.iter().filter(|r| r.endpoint == of);
        rows.map(|r| (r.arm.as_str(), r.time_months, r.survival)).collect()
    }

    /// Whether the PFS stands for the time to failure of strategy too.
    pub fn has_one_line(&self) -> bool {
        self.shares(Endpoint::Tfs) == self.shares(Endpoint::Pfs)
    }

    /// The horizon of all restricted means, months.
    pub fn horizon_months(&self) -> Option<f64> {
        self.measures.iter().find(|row| row.measure == "severe_days")?.at_months
    }

    /// The median of an arm in months, and with its interval in words.
    pub fn median(&self, arm: &str, endpoint: Endpoint) -> (Option<f64>, String) {
        let [median, low, high] = self
            .measure(arm, &endpoint.word())
            .next()
            .map_or([None; 3], |row| [row.value, row.low, row.high]);
        (median, median_text([median, low, high], "–"))
    }

    /// Reads a folder whose effective scenario is known.
    ///
    /// # Errors
    ///
    /// [`ReportError::BrokenOff`] for a trial that has not ended, else as for [`load`].
    pub fn read(dir: &Path, loaded: Loaded) -> Result<Self, ReportError> {
        for file in [SUMMARY, "patients.csv"] {
            if !dir.join(file).exists() {
                let way_out = if output::TrialFolder::can_go_on(dir) {
                    format!("go on with `evotor resume {}`", dir.display())
                } else if dir.join(MANIFEST).exists() {
                    "it is a shard: merge it with the others by `evotor merge`".to_owned()
                } else {
                    "begin again with --force".to_owned()
                };
                return Err(ReportError::BrokenOff { dir: dir.to_owned(), file, way_out });
            }
        }
        let patients: Vec<PatientRow> = load(&dir.join("patients.csv"))?;
        let named = loaded.scenario.trial.iter().flat_map(|t| &t.arms).map(|a| a.name.clone());
        let arms = named.filter(|name| patients.iter().any(|p| p.arm == *name)).collect();
        let mut numbers: Vec<u32> = patients.iter().map(|p| p.patient).collect();
        numbers.dedup();
        let drawn = evenly(&numbers, MAX_DRAWN);
        let is_drawn = |scan: &ScanRow| scan.line == 1 && drawn.binary_search(&scan.patient).is_ok();
        let is_progression = |scan: &ScanRow| scan.category == PROGRESSION;
        let mut scans: Vec<ScanRow> =
            load_where(&dir.join("visits.csv"), |scan| is_drawn(scan) || is_progression(scan))?;
        let progressions = scans.iter().filter(|scan| is_progression(scan)).cloned().collect();
        scans.retain(is_drawn);
        let mut actions = load_where(&dir.join("events.csv"), |e: &EventRow| e.kind != "adverse_event")?;
        actions.sort_by_key(|action| action.patient);
        let (loci, resistance) = resistance(&dir.join("resistance.csv"))?;
        Ok(Self {
            summary: json(&dir.join(SUMMARY))?,
            scans,
            progressions,
            actions,
            curves: load(&dir.join("survival.csv"))?,
            own: overlay::kept(dir)?,
            incidences: load(&dir.join("incidence.csv"))?,
            measures: load(&dir.join("arms.csv"))?,
            contrasts: load(&dir.join("contrasts.csv"))?,
            prices: load(&dir.join("prices.csv"))?,
            repeats: repeats(dir, &loaded)?,
            published: published(dir)?,
            dir: dir.to_owned(),
            patients,
            arms,
            loci,
            resistance,
            loaded,
        })
    }

    /// What the file says of the trial.
    pub fn trial(&self) -> Option<&Trial> {
        self.loaded.scenario.trial.as_ref()
    }

    /// Rows of an arm.
    pub fn patients_of<'a>(&'a self, arm: &'a str) -> impl Iterator<Item = &'a PatientRow> {
        self.patients.iter().filter(move |p| p.arm == arm)
    }

    /// The curve of an arm.
    pub fn curve<'a>(&'a self, arm: &'a str, endpoint: Endpoint) -> impl Iterator<Item = &'a SurvivalRow> {
        self.curves.iter().filter(move |row| row.arm == arm && row.endpoint == endpoint)
    }

    /// What a patient was given in an arm, and when it changed.
    pub fn actions_of<'a>(&'a self, arm: &'a str, patient: u32) -> impl Iterator<Item = &'a EventRow> {
        let from = self.actions.partition_point(|action| action.patient < patient);
        let own = self.actions[from..].iter().take_while(move |action| action.patient == patient);
        own.filter(move |action| action.arm == arm)
    }

    /// Patients of the largest arm.
    pub fn cohort(&self) -> usize {
        self.arms.iter().map(|arm| self.patients_of(arm).count()).max().unwrap_or(0)
    }
}

/// Differences between arms of the repetitions that there are.
fn repeats(dir: &Path, loaded: &Loaded) -> Result<Vec<(String, Vec<ContrastRow>)>, ReportError> {
    let cohort = loaded.scenario.trial.as_ref().map(|t| &t.cohort);
    let names = cohort.into_iter().flat_map(|c| std::iter::once(&c.population).chain(&c.repeat));
    let read = |name: &String| Ok((name.clone(), load_maybe(&dir.join(format!("{name}-contrasts.csv")))?));
    let all: Vec<(String, Vec<ContrastRow>)> = names.map(read).collect::<Result<_, ReportError>>()?;
    Ok(all.into_iter().filter(|(_, rows)| !rows.is_empty()).collect())
}

/// Published figures, with fractions in percent as readers of trials know them.
fn published(dir: &Path) -> Result<Vec<PublishedRow>, ReportError> {
    let mut rows: Vec<PublishedRow> = load_maybe(&dir.join("published.csv"))?;
    for row in rows.iter_mut().filter(|row| row.unit == MeasureUnit::Fraction) {
        row.published = rounded(100.0 * row.published);
        let others = [
            &mut row.published_low,
            &mut row.published_high,
            &mut row.simulated,
            &mut row.simulated_low,
            &mut row.simulated_high,
        ];
        others.into_iter().flatten().for_each(|x| *x = rounded(100.0 * *x));
    }
    Ok(rows)
}

/// More bytes than this of a JSON file are not read.
const LARGEST_JSON: u64 = 1 << 28;

/// Data of a JSON file.
///
/// # Errors
///
/// [`ReportError::Read`] and [`ReportError::Table`].
pub fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ReportError> {
    let file = disk::open(path).map_err(ReportError::read(path))?;
    serde_json::from_reader(std::io::BufReader::new(file.take(LARGEST_JSON))).map_err(|error| {
        ReportError::Table { path: path.to_owned(), line: Some(error.line() as u64), why: error.to_string() }
    })
}

/// A composition over time: its loci, and rows with a fraction for each.
type CompositionRows = (Vec<String>, Vec<(ResistanceRow, Vec<f64>)>);

/// Reads `resistance.csv`.
fn resistance(path: &Path) -> Result<CompositionRows, ReportError> {
    const FIXED: usize = ResistanceRow::FIELD_NAMES.len();
    let (mut loci, mut rows) = (Vec::new(), Vec::new());
    each_record(path, |head, record| {
        if loci.is_empty() {
            loci = head.iter().skip(FIXED).map(|c| c.trim_end_matches("_fraction").to_owned()).collect();
        }
        let changed = (FIXED..head.len()).map(|c| field(path, head, record, c)).collect::<Result<_, _>>()?;
        rows.push((row(path, head, record)?, changed));
        Ok(())
    })?;
    Ok((loci, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_evenly_spread_with_both_ends() {
        assert_eq!(evenly(&[1, 2, 3], 3), [1, 2, 3]);
        assert_eq!(evenly(&(0..=100).collect::<Vec<_>>(), 5), [0, 25, 50, 75, 100]);
        let chosen = evenly(&(0..1234).collect::<Vec<_>>(), MAX_DRAWN);
        assert!(
            chosen.len() == MAX_DRAWN && chosen.is_sorted_by(|a, b| a < b) && chosen.last() == Some(&1233)
        );
    }
}

//! The folder of a trial.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::table::{each_record, field, load, load_maybe};
use crate::report::ReportError;
use crate::scenario::{Loaded, Trial};
use crate::simulation::folder::SUMMARY;
use crate::simulation::naming::median_text;
use crate::trial::output::{self, Course};

/// A time to an event, by its word in files and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Its word in files.
    pub word: &'static str,
    /// Its name on an axis.
    pub name: &'static str,
    /// Its short name.
    pub short: &'static str,
}

impl Which {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self { word: "pfs", name: "Progression-free survival", short: "PFS" },
        Self { word: "second_line_pfs", name: "Progression-free survival on line 2", short: "PFS, line 2" },
        Self { word: "total_pfs", name: "Total progression-free survival", short: "Total PFS" },
        Self { word: "pfs2", name: "Time to second progression", short: "PFS2" },
        Self { word: "os", name: "Overall survival", short: "OS" },
    ];

    /// Its short name by its word.
    pub fn short_of(word: &str) -> &str {
        Self::ALL.iter().find(|w| w.word == word).map_or(word, |w| w.short)
    }
}

/// A row of `patients.csv`, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct PatientRow {
    pub patient: u32,
    pub arm: String,
    pub pfs_days: f64,
    pub pfs_ended: String,
    pub total_pfs_days: f64,
    pub os_days: f64,
    pub os_ended: String,
    pub second_line_day: Option<f64>,
    pub best_response: String,
    pub best_change: Option<f64>,
    pub days_on_treatment: f64,
    pub blocked: f64,
    pub dominant: String,
}

/// A row of `visits.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct Scan {
    pub patient: u32,
    pub arm: String,
    pub day: f64,
    pub line: u32,
    pub sum_mm: f64,
    pub change: Option<f64>,
    pub category: String,
    #[serde(deserialize_with = "truth")]
    pub new_lesion: bool,
}

/// A row of `events.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct ArmEvent {
    pub patient: u32,
    pub arm: String,
    pub day: f64,
    pub kind: String,
    pub drug: String,
    pub grade: Option<u8>,
    pub detail: String,
}

/// A row of `survival.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct CurveRow {
    pub arm: String,
    pub time: String,
    pub months: f64,
    pub at_risk: u32,
    pub events: u32,
    pub censored: u32,
    pub share: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// A row of `contrasts.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct ContrastRow {
    pub arm: String,
    pub against: String,
    pub time: String,
    pub pairs: u32,
    pub hazard_ratio: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub paired_difference_months: Option<f64>,
    pub paired_low: Option<f64>,
    pub paired_high: Option<f64>,
    pub horizon_months: Option<f64>,
}

/// A row of `published.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the table, which docs/outputs.md explains")]
pub struct BesideRow {
    pub arm: String,
    pub endpoint: String,
    pub at_months: Option<f64>,
    pub published: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub role: String,
    pub simulated: Option<f64>,
    pub simulated_low: Option<f64>,
    pub simulated_high: Option<f64>,
    pub agrees: Option<bool>,
    pub within_published: Option<bool>,
}

/// A row of `arms.csv`, as text by column.
pub type ArmRow = BTreeMap<String, String>;

/// A row of `resistance.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct ResistanceRow {
    /// Arm.
    pub arm: String,
    /// Day.
    pub day: f64,
    /// Patients still followed.
    pub patients: u32,
    /// Mean volume, relative.
    pub volume: f64,
    /// Mean share of cells without any changed locus, percent.
    pub sensitive: f64,
    /// Mean share of cells with each locus changed, percent, in the order of [`TrialFolder::loci`].
    pub changed: Vec<f64>,
}

/// `summary.json`, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TrialSummary {
    /// Name.
    pub name: String,
    /// Seed.
    pub seed: u64,
    /// By what factor mutation rates were multiplied.
    pub mutation_amplification: f64,
    /// Version of the program.
    pub evotor: String,
    /// How it was computed.
    pub course: Course,
}

/// A folder that `evotor compare` or `evotor trial` wrote.
#[derive(Debug)]
pub struct TrialFolder {
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
    /// Scans.
    pub scans: Vec<Scan>,
    /// Actions and adverse events.
    pub events: Vec<ArmEvent>,
    /// Survival curves.
    pub curves: Vec<CurveRow>,
    /// Arms.
    pub arm_rows: Vec<ArmRow>,
    /// Differences between arms.
    pub contrasts: Vec<ContrastRow>,
    /// The same by the surrogate with the growth of populations, which are named.
    pub repeats: Vec<(String, Vec<ContrastRow>)>,
    /// Loci of the tables.
    pub loci: Vec<String>,
    /// Composition over time.
    pub resistance: Vec<ResistanceRow>,
    /// Published figures beside simulated ones.
    pub published: Vec<BesideRow>,
}

impl TrialFolder {
    /// The median of an arm in months, and with its interval in words, as `arms.csv` has them.
    pub fn median(&self, arm: &str, which: Which) -> (Option<f64>, String) {
        let row = self.arm_rows.iter().find(|r| r.get("arm").is_some_and(|a| a == arm));
        let value =
            |part: &str| row.and_then(|r| r.get(&format!("{}_{part}", which.word))?.parse::<f64>().ok());
        let median = value("median_months");
        (median, median_text([median, value("low"), value("high")], "–"))
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
                } else {
                    "begin again with --force".to_owned()
                };
                return Err(ReportError::BrokenOff { dir: dir.to_owned(), file, way_out });
            }
        }
        let patients: Vec<PatientRow> = load(&dir.join("patients.csv"))?;
        let named = loaded.scenario.trial.iter().flat_map(|t| &t.arms).map(|a| a.name.clone());
        let arms = named.filter(|name| patients.iter().any(|p| p.arm == *name)).collect();
        let (loci, resistance) = resistance(&dir.join("resistance.csv"))?;
        Ok(Self {
            summary: json(&dir.join(SUMMARY))?,
            scans: load(&dir.join("visits.csv"))?,
            events: load(&dir.join("events.csv"))?,
            curves: load(&dir.join("survival.csv"))?,
            arm_rows: load(&dir.join("arms.csv"))?,
            contrasts: load(&dir.join("contrasts.csv"))?,
            repeats: repeats(dir, &loaded)?,
            published: load_maybe(&dir.join("published.csv"))?,
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
    pub fn curve<'a>(&'a self, arm: &'a str, which: Which) -> impl Iterator<Item = &'a CurveRow> {
        self.curves.iter().filter(move |row| row.arm == arm && row.time == which.word)
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

fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(matches!(text.as_str(), "true" | "1"))
}

/// More bytes than this of a JSON file are not read.
const LARGEST_JSON: u64 = 1 << 28;

/// Data of a JSON file.
///
/// # Errors
///
/// [`ReportError::Read`] and [`ReportError::Table`].
pub fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ReportError> {
    let file = std::fs::File::open(path).map_err(ReportError::read(path))?;
    serde_json::from_reader(std::io::BufReader::new(file.take(LARGEST_JSON))).map_err(|error| {
        ReportError::Table { path: path.to_owned(), line: Some(error.line() as u64), why: error.to_string() }
    })
}

/// Loci and rows of `resistance.csv`.
fn resistance(path: &Path) -> Result<(Vec<String>, Vec<ResistanceRow>), ReportError> {
    let (mut loci, mut rows) = (Vec::new(), Vec::new());
    each_record(path, |head, row| {
        if loci.is_empty() {
            loci = head.iter().skip(5).map(|c| c.trim_end_matches("_percent").to_owned()).collect();
        }
        rows.push(ResistanceRow {
            arm: row.get(0).unwrap_or("").to_owned(),
            day: field(path, head, row, 1)?,
            patients: field(path, head, row, 2)?,
            volume: field(path, head, row, 3)?,
            sensitive: field(path, head, row, 4)?,
            changed: (5..head.len()).map(|c| field(path, head, row, c)).collect::<Result<_, _>>()?,
        });
        Ok(())
    })?;
    Ok((loci, rows))
}

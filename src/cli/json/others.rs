//! What documents hold of the commands that draw, write, show and measure.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::document::{RepetitionResult, path_text};
use crate::engine::gpu::AdapterReport;
use crate::simulation::Summary;
use crate::trial::assurance::PlannedTrial;
use crate::trial::batch::{BatchSummary, QuantileRow};
use crate::trial::calibrate::FitRow;
use crate::trial::condition::ConditionedPatient;
use crate::trial::discriminate::FoundDifference;
use crate::trial::library::{LibraryManifest, ReweightedRow};
use crate::trial::optimise::FoundFront;
use crate::trial::output::WholeTrial;
use crate::trial::output::rows::{NeededGrowthRow, PredictionRow};

/// Commands that write files for people or for other programs: `render`, `animate`, `export`, `report`, `plots`, `tables`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct WrittenResult {
    /// Paths of the files that were written, in order.
    pub files: Vec<String>,
}

impl WrittenResult {
    /// These files.
    pub fn of(files: &[PathBuf]) -> Self {
        Self { files: files.iter().map(|path| path_text(path)).collect() }
    }
}

/// What came out of a run or of a trial, as in its `summary.json`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is a schema alone: what is printed was read from a file")]
enum AnySummary {
    /// Of a run.
    Run(Box<Summary>),
    /// Of a trial.
    Trial(Box<WholeTrial>),
}

/// Commands that go on with what is in a folder, or put it together: `resume`, `merge`. What is there depends on what the folder holds.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct FolderResult {
    /// Folder of the results.
    pub folder: Option<String>,
    /// What a run or a trial came to, as in its `summary.json`.
    #[schemars(with = "Option<AnySummary>")]
    pub summary: Option<Value>,
    /// What part of a trial is through, as in `shard.json`.
    pub shard: Option<Value>,
    /// The comparison of a trial with other growth.
    pub repetitions: Option<Vec<RepetitionResult>>,
    /// The rows of `predictions.csv`.
    pub predictions: Option<Vec<PredictionRow>>,
    /// The rows of `needed_growth.csv`.
    pub needed_growth: Option<Vec<NeededGrowthRow>>,
    /// Of all trials of the review what each came to, by its name, as in its `summary.json`.
    #[schemars(with = "Option<BTreeMap<String, WholeTrial>>")]
    pub trials: Option<BTreeMap<String, Value>>,
    /// Of a batch how many rows have figures, and which have none.
    pub batch: Option<BatchRows>,
    /// The rows of `quantiles.csv`, of a batch over seeds.
    pub quantiles: Option<Vec<QuantileRow>>,
    /// Of a calibration what was fitted.
    pub parameters: Option<Vec<FittedParameter>>,
    /// Of a calibration the rows of `fit.csv`.
    pub fits: Option<Vec<FitRow>>,
    /// Of falsifiers what was found, as in `falsify.json`.
    pub falsifiers: Option<Value>,
    /// Which patients or rows are in no shard, or in several: nothing was merged.
    pub coverage: Option<Value>,
}

/// Rows of a batch.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct BatchRows {
    /// Rows of the design.
    pub rows: u32,
    /// Rows at fault, by number from 0.
    pub refused: Vec<u32>,
    /// Rows that could not be computed.
    pub failed: Vec<u32>,
    /// BLAKE3 of the digests of all rows.
    pub digest: String,
}

/// `evotor batch`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct BatchResult {
    /// Folder of the results; absent where nothing was written.
    pub folder: Option<String>,
    /// How many rows have figures, and which have none.
    pub batch: Option<BatchRows>,
    /// The rows of `quantiles.csv`, where the seed is all that rows differ by.
    pub quantiles: Option<Vec<QuantileRow>>,
}

impl BatchResult {
    /// That of a folder.
    pub fn new(summary: &BatchSummary, dir: &Path) -> Self {
        let BatchSummary { question, refused, failed, digest, quantiles, .. } = summary.clone();
        Self {
            folder: Some(path_text(dir)),
            batch: Some(BatchRows { rows: question.rows, refused, failed, digest }),
            quantiles: (!quantiles.is_empty()).then_some(quantiles),
        }
    }
}

/// `evotor design`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct DesignResult {
    /// Folder of the results.
    pub folder: Option<String>,
    /// What the planned trial comes to; absent if it could not be planned.
    pub planned: Option<PlannedTrial>,
}

/// `evotor optimise`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct OptimiseResult {
    /// Folder of the results.
    pub folder: Option<String>,
    /// What the search found; absent if it could not be done.
    pub found: Option<FoundFront>,
}

/// `evotor discriminate`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct DiscriminateResult {
    /// Folder of the results.
    pub folder: Option<String>,
    /// What was found about the rivals; absent if they could not be compared.
    pub found: Option<FoundDifference>,
}

/// `evotor condition`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ConditionResult {
    /// Folder of the results.
    pub folder: Option<String>,
    /// What is foreseen of the patient; absent if nothing could be computed.
    pub conditioned: Option<ConditionedPatient>,
}

/// `evotor library`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct LibraryResult {
    /// Folder of the library; of one in shards the first.
    pub folder: Option<String>,
    /// What it is of; absent if it could not be made or opened.
    pub library: Option<LibraryManifest>,
    /// With `--from` what a trial of the weighted patients would have shown.
    pub reweighted: Option<Vec<ReweightedRow>>,
}

/// `evotor plan`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct PlanResult {
    /// How the trial is cut; absent if it could not be measured.
    pub plan: Option<CutPlan>,
}

/// How a trial is cut for a cluster.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct CutPlan {
    /// Patients of the cohort.
    pub patients: u32,
    /// Patients who were measured.
    pub measured: u32,
    /// Core-seconds of a patient through all arms: the mean, and the least and the most of those who were measured.
    pub core_seconds: [f64; 3],
    /// Shards.
    pub shards: u32,
    /// Hours that a shard takes.
    pub hours: f64,
    /// Memory of a shard, MiB.
    pub memory_mib: u64,
    /// Bytes of all shards on the disk.
    pub disk_bytes: u64,
    /// The commands that start the shards and put them together.
    pub commands: Vec<String>,
}

/// `evotor calibrate`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct CalibrateResult {
    /// Folder of the results; absent where nothing was written.
    pub folder: Option<String>,
    /// What was fitted.
    pub parameters: Option<Vec<FittedParameter>>,
    /// The rows of `fit.csv`.
    pub fits: Option<Vec<FitRow>>,
}

/// A number that was fitted.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct FittedParameter {
    /// Name.
    pub parameter: String,
    /// Lower end of the prior.
    pub prior_low: f64,
    /// Upper end of the prior.
    pub prior_high: f64,
    /// Mean of the posterior.
    pub mean: f64,
    /// The value below which 2.5 % of the posterior lie.
    pub low: f64,
    /// The value above which 2.5 % of the posterior lie.
    pub high: f64,
    /// The value of the draw that agents judged best; absent where they judged none.
    pub fitted: Option<f64>,
}

/// `evotor falsify`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct FalsifyResult {
    /// Folder of the results; absent where nothing was written.
    pub folder: Option<String>,
    /// What was found, as in `falsify.json`; with `--list` the falsifiers themselves.
    pub falsifiers: Option<Value>,
}

/// `evotor adapters`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct AdaptersResult {
    /// All adapters, in the order of their numbers.
    pub adapters: Vec<Adapter>,
    /// Number of the one that `evotor run` takes; absent where it computes on the CPU.
    pub taken: Option<usize>,
    /// Threads of the CPU.
    pub threads: usize,
}

/// A GPU as a driver offers it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Adapter {
    /// Its number.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// `discrete`, `integrated`, `virtual`, `cpu` or `other`.
    pub kind: String,
    /// Graphics interface.
    pub interface: String,
    /// Driver and its version; may be empty.
    pub driver: String,
    /// Address on the PCI bus; empty where it is not known.
    pub pci: String,
    /// Why it cannot be used; absent: it can.
    pub refused: Option<String>,
}

impl From<&AdapterReport> for Adapter {
    fn from(report: &AdapterReport) -> Self {
        Self {
            number: report.index,
            name: report.name.clone(),
            kind: report.kind.to_owned(),
            interface: report.backend.clone(),
            driver: report.driver.clone(),
            pci: report.pci.clone(),
            refused: report.refused.as_ref().map(ToString::to_string),
        }
    }
}

/// `evotor selftest`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct SelftestResult {
    /// Each comparison.
    pub comparisons: Vec<SelftestComparison>,
}

/// A scenario on something that computes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SelftestComparison {
    /// The scenario.
    pub scenario: String,
    /// The digest of one CPU thread.
    pub digest: String,
    /// What was compared with it.
    pub on: String,
    /// Whether its digest is the same.
    pub same: bool,
}

/// `evotor bench`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct BenchResult {
    /// Each measurement, as cells of the table by their heads.
    pub rows: Vec<BTreeMap<String, String>>,
}

/// `evotor loci`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct LociResult {
    /// The loci, or the one that was named, each as a file of the catalogue has it.
    pub loci: Vec<BTreeMap<String, Value>>,
}

/// `evotor drugs`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct DrugsResult {
    /// The drugs, or the one that was named, each as a file of the catalogue has it.
    pub drugs: Vec<BTreeMap<String, Value>>,
}

/// `evotor signalling`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct SignallingResult {
    /// The state of the cells; absent with `--list`, or if nothing was computed.
    pub state: Option<String>,
    /// These cells with the drugs.
    pub treated: Option<CellFate>,
    /// The same state without drugs.
    pub untreated: Option<CellFate>,
    /// Sensitive cells without drugs, with oxygen.
    pub sensitive: Option<CellFate>,
}

/// What the network says of a cell, in the typical patient.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CellFate {
    /// Nodes of the network, by name.
    pub network: BTreeMap<String, f64>,
    /// Division attempts per day.
    pub division_per_day: f64,
    /// Fraction of attempts that replace the mother in place.
    pub replace: f64,
    /// Deaths per day.
    pub death_per_day: f64,
    /// Net growth per day.
    pub net_per_day: f64,
}

/// `evotor pk`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct PkResult {
    /// The drug and its doses as they were asked for.
    pub drug: Option<String>,
    /// Its active metabolite, if it has one.
    pub metabolite: Option<String>,
    /// Body weight.
    pub weight_kg: Option<f64>,
    /// Patients of a population.
    pub patients: Option<u32>,
    /// Seed of a population.
    pub seed: Option<u64>,
    /// Units of what is in `days`.
    pub units: Option<BTreeMap<String, String>>,
    /// Shares of the population below which the values of each day lie.
    pub shares: Option<Vec<f64>>,
    /// A day each: exposure of one patient, or quantiles of a population.
    pub days: Option<Vec<BTreeMap<String, Value>>>,
}

//! What documents hold, command by command. `evotor schema` makes the schemas of them from these types.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::scenario::{Diagnostic, Report, ScenarioError, Severity};
use crate::simulation::Summary;
use crate::trial::batch::QuantileRow;
use crate::trial::output::WholeTrial;
use crate::trial::output::rows::{ArmRow, ContrastRow, NeededGrowthRow, PredictionRow};
use crate::trial::session::{ExtraResults, Repetition};

/// What a command says in JSON.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document<R> {
    /// Version of the program.
    pub evotor: String,
    /// The command.
    pub command: String,
    /// The lines that it would have written to standard output.
    pub said: Vec<String>,
    /// Why it failed or was stopped; null: neither.
    pub error: Option<CommandError>,
    /// What it found.
    #[serde(flatten)]
    pub results: R,
}

/// Why a command failed or was stopped.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CommandError {
    /// The exit code.
    pub code: u8,
    /// The message as standard error shows it, without colours.
    pub message: String,
    /// What is wrong with a file, each with its place.
    pub findings: Vec<FileFinding>,
}

impl CommandError {
    /// One without a place in a file.
    pub fn new(code: u8, message: &str) -> Self {
        Self { code, message: message.trim_end().to_owned(), findings: Vec::new() }
    }

    /// Several as one: those of patients, or of files.
    pub(super) fn all(errors: &[Self]) -> Option<Self> {
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        let findings = errors.iter().flat_map(|error| error.findings.clone()).collect();
        let code = errors.iter().map(|error| error.code).max()?;
        Some(Self { code, message: messages.join("\n"), findings })
    }
}

/// Something that is wrong with a file, or probably not as it was meant.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FileFinding {
    /// `error` or `warning`.
    pub severity: String,
    /// File, line and column, both from 1: `file:line:column`.
    pub place: String,
    /// What was found.
    pub message: String,
    /// What is expected there; may be empty.
    pub expected: String,
    /// More about it.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
}

impl FileFinding {
    /// All that was found in a file.
    pub fn all(file: &str, text: &str, found: &[Diagnostic]) -> Vec<Self> {
        let report =
            Report { file: file.to_owned(), text: text.into(), diagnostics: found.to_vec(), left_out: 0 };
        Self::of_report(&report)
    }

    fn of_report(report: &Report) -> Vec<Self> {
        let one = |found: &Diagnostic| Self {
            severity: match found.severity {
                Severity::Error => "error".to_owned(),
                Severity::Warning => "warning".to_owned(),
            },
            place: report.place(found),
            message: found.message.clone(),
            expected: found.label.clone(),
            notes: found.notes.clone(),
            help: found.help.clone(),
        };
        report.diagnostics.iter().map(one).collect()
    }

    /// All of an error.
    pub fn of(error: &ScenarioError) -> Vec<Self> {
        match error {
            ScenarioError::Invalid(report) => Self::of_report(report),
            ScenarioError::Read { .. } => Vec::new(),
        }
    }
}

/// A folder as documents name it.
pub(super) fn path_text(dir: &Path) -> String {
    dir.display().to_string()
}

/// `evotor run`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct RunResult {
    /// Folder of the results; absent with `--no-out`, or where nothing was written.
    pub folder: Option<String>,
    /// What the run came to, as in `summary.json`; absent unless it came to its end.
    pub summary: Option<Summary>,
    /// With `--shard`: what part of the replicates is through, as in `shard.json`; it has no results of its own.
    pub shard: Option<Value>,
    /// `--seeds`: the rows of `quantiles.csv`.
    pub quantiles: Option<Vec<QuantileRow>>,
}

impl RunResult {
    /// What is known of a run before its end.
    pub fn in_folder(dir: Option<&Path>) -> Self {
        Self { folder: dir.map(path_text), ..Self::default() }
    }
}

/// `evotor compare`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct TrialResult {
    /// Folder of the results; absent with `--no-out`, or where nothing was written.
    pub folder: Option<String>,
    /// What the trial came to, as in `summary.json`.
    #[schemars(with = "Option<WholeTrial>")]
    pub summary: Option<Value>,
    /// With `--shard`: what part of the trial is through, as in `shard.json`; it has no results of its own.
    pub shard: Option<Value>,
    /// The comparison with other growth, by the mean-field surrogate (`repeat` of `[cohort]`).
    pub repetitions: Option<Vec<RepetitionResult>>,
    /// `--predict`: the rows of `predictions.csv`.
    pub predictions: Option<Vec<PredictionRow>>,
    /// `--needed-growth`: the rows of `needed_growth.csv`.
    pub needed_growth: Option<Vec<NeededGrowthRow>>,
}

impl TrialResult {
    /// What was made beside the tables.
    pub fn of_extras(made: &ExtraResults) -> Self {
        let repetitions: Vec<_> = made.repetitions.iter().map(RepetitionResult::from).collect();
        Self {
            repetitions: (!repetitions.is_empty()).then_some(repetitions),
            predictions: made.prediction_rows.clone(),
            needed_growth: (!made.needed.is_empty()).then(|| made.needed.clone()),
            ..Self::default()
        }
    }

    /// The same with the folder of the results.
    pub fn in_folder(self, dir: Option<&Path>) -> Self {
        Self { folder: dir.map(path_text), ..self }
    }
}

/// A comparison repeated with the growth of a population.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RepetitionResult {
    /// Name of the population.
    pub population: String,
    /// Whether it is the trial's own, which tells what the surrogate changes from what growth does.
    pub is_own: bool,
    /// Its arms, as in `arms.csv`.
    pub arms: Vec<ArmRow>,
    /// What sets them apart, as in `contrasts.csv`.
    pub contrasts: Vec<ContrastRow>,
}

impl From<&Repetition> for RepetitionResult {
    fn from(again: &Repetition) -> Self {
        Self {
            population: again.population.clone(),
            is_own: again.is_own,
            arms: again.arms.iter().flat_map(|arm| arm.rows.clone()).collect(),
            contrasts: again.contrasts.clone(),
        }
    }
}

/// `evotor trial`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct TrialCommandResult {
    /// Of one trial, as by `evotor compare`.
    #[serde(flatten)]
    pub one: TrialResult,
    /// `--list`: the trials of the review.
    pub listed: Option<Vec<ListedTrial>>,
    /// `--all`: what each trial came to, by its name, as in its `summary.json`.
    #[schemars(with = "Option<BTreeMap<String, WholeTrial>>")]
    pub trials: Option<BTreeMap<String, Value>>,
}

/// A trial of the review.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedTrial {
    /// Number in the review.
    pub trial: String,
    /// Name by which `evotor trial` knows it.
    pub name: String,
    /// Title.
    pub title: String,
    /// Names of its arms.
    pub arms: Vec<String>,
}

/// `evotor validate`.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ValidateResult {
    /// The files, in the order in which they were named.
    pub files: Vec<CheckedFile>,
}

/// A file that was checked.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct CheckedFile {
    /// Its path as it was named.
    pub file: String,
    /// Whether it can be used.
    pub ok: bool,
    /// What it is, in words; absent if it cannot be used.
    pub about: Option<String>,
    /// What is probably not as it was meant.
    pub warnings: Vec<FileFinding>,
    /// What else the reader should know.
    pub notes: Vec<String>,
    /// Why it cannot be used.
    pub error: Option<CommandError>,
}

impl CheckedFile {
    /// One of which nothing is known yet.
    pub fn new(path: &Path) -> Self {
        Self { file: path_text(path), ..Self::default() }
    }
}

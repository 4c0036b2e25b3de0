//! What was found, as tables.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::figures::FigurePart;
use super::lab::Lab;
use super::table::Falsifier;
use super::verdict::Verdict;
use crate::trial::error::TrialError;
use crate::trial::stats::infinity;

/// Files of a report: every part as a row, and everything as data.
pub const TABLES: [&str; 2] = ["falsify.csv", "falsify.json"];

/// What was found of a falsifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalsifierFinding {
    /// Its number.
    pub id: &'static str,
    /// What is observed.
    pub observed: &'static str,
    /// What it must be.
    pub bound: &'static str,
    /// What is wrong if it fails.
    pub wrong: &'static str,
    /// How the figures were computed.
    pub how: &'static str,
    /// What follows.
    pub verdict: Verdict,
    /// Its figures.
    pub parts: Vec<FigurePart>,
}

impl FalsifierFinding {
    /// Looks at a falsifier.
    ///
    /// # Errors
    ///
    /// [`TrialError`].
    pub fn examine(falsifier: &Falsifier, lab: &mut Lab<'_>) -> Result<Self, TrialError> {
        let parts = (falsifier.check)(lab)?;
        Ok(Self {
            id: falsifier.id,
            observed: falsifier.observed,
            bound: falsifier.bound,
            wrong: falsifier.wrong,
            how: falsifier.how,
            verdict: Verdict::of_all(parts.iter().map(|p| p.verdict)),
            parts,
        })
    }
}

/// Everything that was found, and with what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalsifyReport {
    /// Version of the program.
    pub version: &'static str,
    /// Patients of each trial.
    pub patients: u32,
    /// Seed.
    pub seed: u64,
    /// Whether all that was asked for was looked at.
    pub complete: bool,
    /// What was found, in order.
    pub findings: Vec<FalsifierFinding>,
}

impl FalsifyReport {
    /// Number of falsifiers with a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|f| f.verdict == verdict).count()
    }
}

/// One for each part of a falsifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct FalsifierRow {
    /// Number of the falsifier.
    pub id: String,
    /// What is observed.
    pub observed: String,
    /// What is measured.
    pub part: String,
    /// `fraction`, `months` or `ratio`.
    pub unit: String,
    /// Least that it must be; empty where there is no such bound.
    pub bound_low: Option<f64>,
    /// Most that it must be.
    pub bound_high: Option<f64>,
    /// What it is; `inf` for a median that is not reached, empty where there is no figure.
    #[serde(serialize_with = "infinity::maybe")]
    pub figure: Option<f64>,
    /// Lower end of its 95 % interval; empty where too little is known of the sampling error.
    #[serde(serialize_with = "infinity::maybe")]
    pub figure_low: Option<f64>,
    /// Upper end.
    #[serde(serialize_with = "infinity::maybe")]
    pub figure_high: Option<f64>,
    /// Patients or tumours that it is made of.
    pub of: Option<usize>,
    /// Whether the figure itself is within the bounds.
    pub inside: Option<bool>,
    /// What follows.
    pub verdict: String,
    /// What follows for the whole falsifier.
    pub falsifier_verdict: String,
    /// Why there is no figure, or what else must be known.
    pub note: String,
}

/// The parts as rows.
pub fn table(report: &FalsifyReport) -> Vec<FalsifierRow> {
    let row = |finding: &FalsifierFinding, part: &FigurePart| {
        let (unit, scale) = match part.unit {
            "%" => ("fraction", 0.01),
            "" => ("ratio", 1.0),
            other => (other, 1.0),
        };
        let scaled = |x: Option<f64>| x.map(|x| scale * x);
        let interval = part.figure.and_then(|f| f.interval);
        FalsifierRow {
            id: finding.id.to_owned(),
            observed: finding.observed.to_owned(),
            part: part.what.clone(),
            unit: unit.to_owned(),
            bound_low: scaled(part.bound.low),
            bound_high: scaled(part.bound.high),
            figure: scaled(part.figure.map(|f| f.value)),
            figure_low: scaled(interval.map(|i| i.low)),
            figure_high: scaled(interval.map(|i| i.high)),
            of: part.figure.map(|f| f.of),
            inside: part.figure.map(|f| part.bound.allows(f.value)),
            verdict: part.verdict.word().to_owned(),
            falsifier_verdict: finding.verdict.word().to_owned(),
            note: part.note.clone(),
        }
    };
    report.findings.iter().flat_map(|f| f.parts.iter().map(move |part| row(f, part))).collect()
}

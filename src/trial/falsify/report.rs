//! What was found, as tables.

use serde::Serialize;

use super::figures::FigurePart;
use super::lab::{Lab, LabError};
use super::table::Falsifier;
use super::verdict::Verdict;
use crate::simulation::rows::Rows;

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
    /// [`LabError`].
    pub fn examine(falsifier: &Falsifier, lab: &mut Lab<'_>) -> Result<Self, LabError> {
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

/// The parts as a table. Numbers that are not there are empty fields, a median that is not reached is `inf`.
pub fn table_csv(report: &FalsifyReport) -> String {
    let mut rows = Rows::default();
    rows.line([
        "id",
        "observed",
        "part",
        "unit",
        "bound",
        "bound_low",
        "bound_high",
        "figure",
        "low",
        "high",
        "of",
        "inside",
        "verdict",
        "falsifier_verdict",
        "note",
    ]);
    for finding in &report.findings {
        for part in &finding.parts {
            let interval = part.figure.and_then(|f| f.interval);
            rows.text(finding.id).text(finding.observed).text(&part.what).text(part.unit);
            rows.text(&part.bound.to_string()).maybe(part.bound.low).maybe(part.bound.high);
            rows.maybe(part.figure.map(|f| rounded(f.value)));
            rows.maybe(interval.map(|i| rounded(i.low))).maybe(interval.map(|i| rounded(i.high)));
            rows.maybe(part.figure.map(|f| f.of)).maybe(part.figure.map(|f| part.bound.allows(f.value)));
            rows.text(part.verdict.word()).text(finding.verdict.word()).text(&part.note).end();
        }
    }
    String::from_utf8_lossy(rows.bytes()).into_owned()
}

/// Six significant digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

//! Rows of what tells rivals apart.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::measurement::AssayKind;

/// One for each measurement, true rival and number of patients (`evotor discriminate`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct NamingRow {
    /// Measurement.
    pub measurement: String,
    /// Patients in whom it is measured.
    pub patients: u32,
    /// The rival that is true.
    pub truth: String,
    /// Probability that it is named: that its likelihood is the largest.
    pub right_fraction: f64,
    /// Lower end of its exact 95 % interval: what the number of draws leaves open.
    pub right_low_fraction: f64,
    /// Upper end.
    pub right_high_fraction: f64,
    /// Natural logarithm of the Bayes factor of the true rival against the best other one, mean over draws.
    pub log_bayes_factor: f64,
    /// The rival that is named most often in its place; empty where none is.
    pub mistaken_for: String,
}

/// One for each measurement and rival (`evotor discriminate`): what is found in patients, noise included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct MeasuredRow {
    /// Measurement.
    pub measurement: String,
    /// Rival.
    pub rival: String,
    /// Patients of the rival who were simulated.
    pub patients: u32,
    /// Share of them who are still followed at the time, and can be measured.
    pub measured_fraction: f64,
    /// What is measured, with its unit.
    pub quantity: String,
    /// Median of what is found.
    pub median: f64,
    /// Its 10 % quantile.
    pub low: f64,
    /// Its 90 % quantile.
    pub high: f64,
}

/// How many patients a measurement needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NeededPatients {
    /// Measurement.
    pub measurement: String,
    /// What it is.
    pub kind: AssayKind,
    /// Day from the start of therapy.
    pub day: u32,
    /// Smallest number from which on the right rival is named as often as was asked for, whichever is true; absent where it is not reached.
    pub patients: Option<u32>,
    /// Pairs of rivals between which it does not differ in any patient.
    pub alike: Vec<[String; 2]>,
}

/// What was found about rivals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundDifference {
    /// Rivals, in the order of the file.
    pub rivals: Vec<String>,
    /// Patients of each who were simulated.
    pub patients: u32,
    /// Largest number of patients in whom something is measured.
    pub most: u32,
    /// Probability with which the right rival is to be named.
    pub power: f64,
    /// By measurement.
    pub needed: Vec<NeededPatients>,
    /// By measurement, truth and number of patients.
    pub naming: Vec<NamingRow>,
    /// By measurement and rival.
    pub measured: Vec<MeasuredRow>,
}

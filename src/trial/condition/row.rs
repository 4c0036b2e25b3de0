//! What is foreseen of a patient, by option and day.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One for each option and day (`evotor condition`); none where the data do not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct FanRow {
    /// The option.
    pub arm: String,
    /// Day since the start of the therapy.
    pub day: u32,
    /// Sum of diameters without error of reading, mm: 5 % quantile among those alive; empty where nobody is.
    pub sum_q05_mm: Option<f64>,
    /// 25 % quantile.
    pub sum_q25_mm: Option<f64>,
    /// Median.
    pub sum_q50_mm: Option<f64>,
    /// 75 % quantile.
    pub sum_q75_mm: Option<f64>,
    /// 95 % quantile.
    pub sum_q95_mm: Option<f64>,
    /// Probability of progression on the option, at a scan as the trial would make it, or of death, by that day.
    pub progressed_fraction: f64,
    /// Its standard error: what the number of simulated patients leaves open.
    pub standard_error_fraction: f64,
    /// Probability of death by that day.
    pub died_fraction: f64,
}

impl FanRow {
    /// The quantiles of the sum, in order; `None` where nobody is alive.
    pub fn quantiles_mm(&self) -> Option<[f64; 5]> {
        Some([self.sum_q05_mm?, self.sum_q25_mm?, self.sum_q50_mm?, self.sum_q75_mm?, self.sum_q95_mm?])
    }
}

/// A scan of the patient beside simulated ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanFit {
    /// Day.
    pub day: u32,
    /// Sum of diameters as measured, mm.
    pub measured_mm: f64,
    /// Median of the weighted patients, mm; absent where the data do not say.
    pub median_mm: Option<f64>,
    /// That of the nearest one, mm.
    pub nearest_mm: f64,
}

/// Quantiles of a number of the patient before and after what is known was looked at: 5, 50 and 95 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Learnt {
    /// In the population.
    pub before: [f64; 3],
    /// In the weighted patients; absent where the data do not say.
    pub after: Option<[f64; 3]>,
}

/// What is foreseen of a patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConditionedPatient {
    /// Day of the question.
    pub today: u32,
    /// Simulated patients.
    pub patients: u32,
    /// Of them, those of equal weight that the weighted ones are worth.
    pub effective_patients: f64,
    /// Shape of the tail of the weights: from 0.7 on what is foreseen is unreliable; absent where there is no tail.
    pub k_hat: Option<f64>,
    /// Whether so few of them fit that the data do not say: then nothing is foreseen.
    pub is_open: bool,
    /// Number of the patient who fits best.
    pub nearest: u32,
    /// The scans.
    pub scans: Vec<ScanFit>,
    /// Untreated net growth, per day.
    pub growth: Learnt,
    /// Names of the options.
    pub arms: Vec<String>,
    /// What is foreseen: empty where the data do not say.
    pub fan: Vec<FanRow>,
}

impl ConditionedPatient {
    /// The rows of an option.
    pub fn of_arm<'a>(&'a self, arm: &'a str) -> impl Iterator<Item = &'a FanRow> {
        self.fan.iter().filter(move |row| row.arm == arm)
    }
}

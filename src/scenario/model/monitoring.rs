//! Therapeutic drug monitoring: a dose that follows measured troughs.

use serde::Serialize;

use super::Regimen;
use crate::words::named;

named! {
    /// What of a drug is measured.
    pub enum TroughAnalyte {
        /// The drug itself.
        Parent = "parent",
        /// The drug and its active metabolite together.
        Total = "total",
    }
}

/// Therapeutic drug monitoring of a drug, wherever a plan gives it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrugMonitoring {
    /// Name of the drug as the catalogue has it.
    pub drug: String,
    /// Lower end of the target, ng/mL of the measured matrix.
    pub lower: f64,
    /// Upper end; `None`: no trough is too high.
    pub upper: Option<f64>,
    /// What is measured.
    pub analyte: TroughAnalyte,
    /// Doses to choose from; empty: the planned one and its reduced doses.
    pub levels: Vec<Regimen>,
    /// Days of unchanged doses before a sample.
    pub after: u32,
    /// Days from one sample to the next while the dose stays; `None`: there is no next one.
    pub every: Option<u32>,
    /// Days from a sample to the dose that follows from it.
    pub turnaround: u32,
    /// Coefficient of variation of a measurement; `None`: that of the catalogue.
    pub cv: Option<f64>,
    /// Whether a dose that was reduced for adverse events may be raised again.
    pub raise_after_toxicity: bool,
}

impl DrugMonitoring {
    /// The trough that is aimed at, ng/mL: the geometric mean of the bounds, or the lower one alone.
    pub fn target(&self) -> f64 {
        self.upper.map_or(self.lower, |upper| libm::sqrt(self.lower * upper))
    }

    /// Whether a trough is within the bounds.
    pub fn contains(&self, trough: f64) -> bool {
        trough >= self.lower && self.upper.is_none_or(|upper| trough <= upper)
    }
}

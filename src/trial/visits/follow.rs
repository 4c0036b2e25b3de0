//! Whom a chart is about, and how the trial follows its patients.

use std::sync::Arc;

use super::draws::Draw;
use crate::scenario::Assessment;
use crate::tissue::random::StreamKey;

/// What is known of a patient before the start.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// Whose numbers.
    pub key: StreamKey,
    /// How the trial follows its patients.
    pub assessment: Arc<Assessment>,
    /// Diameters of the lesions at baseline, mm.
    pub diameters_mm: Vec<f64>,
    /// Last day of follow-up.
    pub end: u32,
    /// Untreated net growth, per day.
    pub growth: f64,
    /// Chromogranin A per cell, relative to the typical patient.
    pub cga_per_cell: f64,
    /// Loci by which the composition is recorded: for each state (row) whether it has them changed.
    pub marks: Arc<Vec<Vec<bool>>>,
}

impl FollowUp {
    /// Sum of diameters at baseline, mm, without error.
    pub fn baseline_mm(&self) -> f64 {
        self.diameters_mm.iter().sum()
    }

    /// The same as measured: what later sums are held against, in proportion and in millimetres.
    pub fn measured_baseline_mm(&self) -> f64 {
        self.baseline_mm() * self.error(0)
    }

    /// Factor of the measurement error of a scan by its number; 0 is the baseline.
    pub(super) fn error(&self, number: u32) -> f64 {
        self.factor(Draw::Noise, number)
    }

    /// The same of a look that is not a scan, by its day.
    pub(super) fn error_on(&self, day: u32) -> f64 {
        self.factor(Draw::Monitor, day)
    }

    fn factor(&self, draw: Draw, index: u32) -> f64 {
        (1.0 + self.assessment.noise * draw.normal(self.key, index)).max(0.01)
    }
}

//! What a measurement finds in a patient.
//!
//! | kind | what is true in the patient | what is found | on which scale |
//! |---|---|---|---|
//! | biopsy | share p of live cells in which a locus is changed | cells counted, binomial, p' = p + e − 2pe with an error e of each | logit |
//! | ctDNA | the same, of a mutation | molecules with the variant, binomial, p' likewise of p/2: one of two alleles | logit |
//! | scan | volume relative to the start, V | ln V / 3 and a reader's errors of this scan and of the baseline | ln of the sum of diameters |
//! | CgA | as the trial measures it | relative to day 0, with its variation within a person | ln |
//!
//! Counts are taken as logit((k + ½)/(n + 1)). A biopsy is of the whole tumour: that a needle finds one place of it is not in the model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::Assessment;
use crate::tissue::host_random::{HostPurpose, HostRandom};
use crate::tissue::random::{RandomBlock, box_muller};
use crate::trial::visits::{Chart, GROSS, ReadingError};

/// Marks the counters of noise.
const NOISE: u32 = 0x7276_0001;

/// What could be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssayKind {
    /// Cells of a biopsy, by whether a locus is changed.
    Biopsy,
    /// Circulating DNA: share of molecules with a mutation.
    Ctdna,
    /// Sum of diameters relative to the baseline.
    Scan,
    /// Chromogranin A relative to the start.
    Cga,
}

impl AssayKind {
    /// What it is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Biopsy => "biopsy",
            Self::Ctdna => "ctDNA test",
            Self::Scan => "scan",
            Self::Cga => "CgA test",
        }
    }

    /// Whether it counts cells or molecules.
    pub fn counts_cells(self) -> bool {
        matches!(self, Self::Biopsy | Self::Ctdna)
    }

    /// Cells or molecules, and the share of wrong ones, unless they are given (C: a stained section with a hundred tumour cells and an
    /// error in a hundred; DNA of 5 mL of plasma with a few hundred copies of the tumour and error-corrected reads).
    pub(super) fn usual(self) -> (u32, f64) {
        match self {
            Self::Ctdna => (300, 2e-4),
            _ => (100, 0.01),
        }
    }

    /// What is read off an axis: the natural quantity of a value on its scale.
    pub fn shown(self, value: f64) -> f64 {
        match self {
            Self::Biopsy | Self::Ctdna => 100.0 / (1.0 + libm::exp(-value)),
            Self::Scan | Self::Cga => 100.0 * libm::expm1(value),
        }
    }

    /// What the natural quantity is.
    pub fn quantity(self) -> &'static str {
        match self {
            Self::Biopsy => "cells with the change, %",
            Self::Ctdna => "molecules with the variant, %",
            Self::Scan => "sum of diameters, change in %",
            Self::Cga => "chromogranin A, change in %",
        }
    }
}

/// How a measurement is made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Instrument {
    pub kind: AssayKind,
    pub day: u32,
    /// Number of the locus, of what counts cells.
    pub locus: usize,
    pub count: u32,
    pub error: f64,
    /// How patients are followed: readers of scans, and how often blood is taken.
    pub assessment: Assessment,
    pub seed: u64,
    /// Its number, by which its noise differs from that of others.
    pub number: u32,
}

impl Instrument {
    /// What is true in a patient at the time; `None` for one who is not followed then.
    pub fn truth(&self, chart: &Chart) -> Option<f64> {
        let near = |day: u32| 2 * day.abs_diff(self.day) <= self.assessment.laboratory;
        if self.kind == AssayKind::Cga {
            let then = chart
                .laboratory
                .iter()
                .filter(|lab| near(lab.day))
                .min_by_key(|lab| lab.day.abs_diff(self.day))?;
            let start = chart.laboratory.first()?;
            return (then.cga > 0.0 && start.cga > 0.0).then(|| libm::log(then.cga / start.cga));
        }
        let compositions = chart.compositions.iter().filter(|one| near(one.day));
        let then = compositions.min_by_key(|one| one.day.abs_diff(self.day))?;
        match self.kind {
            AssayKind::Scan => Some(libm::log(then.volume.max(1e-9)) / 3.0),
            _ => then.changed.get(self.locus).copied(),
        }
    }

    /// What is found of it, in a try by its number.
    pub fn found(&self, truth: f64, patient: u32, attempt: u32) -> f64 {
        let block = |of: u32| RandomBlock::of(self.seed, [patient, attempt, 64 * self.number + of, NOISE]);
        match self.kind {
            AssayKind::Cga => truth,
            AssayKind::Scan => truth + self.misread(block(0), block(2)) - self.misread(block(1), block(3)),
            AssayKind::Biopsy | AssayKind::Ctdna => {
                let share = if self.kind == AssayKind::Ctdna { truth / 2.0 } else { truth };
                let seen = share + self.error - 2.0 * share * self.error;
                let key = [self.number, attempt];
                let mut random = HostRandom::keyed(self.seed, patient, HostPurpose::Measurement, key);
                let k = random.binomial(self.count.into(), seen.clamp(0.0, 1.0));
                let part = (k as f64 + 0.5) / (f64::from(self.count) + 1.0);
                libm::log(part / (1.0 - part))
            }
        }
    }

    /// A reader's error at one scan; what a reader reads otherwise at every scan cancels.
    fn misread(&self, scatter: RandomBlock, gross: RandomBlock) -> f64 {
        let [chance, other] = gross.open();
        let large = if chance < self.assessment.gross_error {
            GROSS * box_muller([other, chance / self.assessment.gross_error])
        } else {
            0.0
        };
        ReadingError::of(&self.assessment).sd * box_muller(scatter.open()) + large
    }
}

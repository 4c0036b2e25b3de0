//! Random numbers of a cohort: a uniform number as a function of (seed, patient, slot, index).

use crate::tissue::random::StreamKey;

/// Marks the counters of cohorts. Part of the frozen counter.
const COHORT: u32 = 0x636f_0001;

/// What is drawn beside the quantities, whose slots are below 256. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum CohortDraw {
    /// Number of organs with target lesions.
    Organs = 0x100,
    /// Whether an organ has a second target lesion; index: the organ.
    Second = 0x101,
    /// Relative size of a lesion; index: twice the organ, and 1 for its second lesion.
    Size = 0x102,
    /// Where the tumour began.
    Origin = 0x103,
    /// What covariates do in a draw of the posterior, whose number stands for the patient; index: which of them.
    Covariate = 0x104,
}

impl CohortDraw {
    /// Uniform in (0, 1).
    pub fn uniform(self, key: StreamKey, index: u32) -> f64 {
        of_slot(key, self as u32, index)
    }
}

/// The same for a quantity by its slot.
pub(super) fn of_slot(key: StreamKey, slot: u32, index: u32) -> f64 {
    key.block([slot, index, COHORT]).uniform()
}

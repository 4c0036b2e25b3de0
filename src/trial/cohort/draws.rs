//! Random numbers of a cohort: a uniform number as a function of (seed, patient, slot, index).

use crate::tissue::random::philox;

/// Marks the counters of cohorts. Part of the frozen counter.
const COHORT: u32 = 0x636f_0001;

/// What is drawn beside the quantities, whose slots are below 256. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Draw {
    /// Number of organs with target lesions.
    Organs = 0x100,
    /// Whether an organ has a second target lesion; index: the organ.
    Second = 0x101,
    /// Relative size of a lesion; index: twice the organ, and 1 for its second lesion.
    Size = 0x102,
}

/// Whose numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keyed {
    pub seed: u64,
    pub patient: u32,
}

impl Keyed {
    /// Uniform in (0, 1): an odd multiple of 2^-53.
    pub fn uniform(&self, slot: u32, index: u32) -> f64 {
        let key = [self.seed as u32, (self.seed >> 32) as u32];
        let [high, low, ..] = philox([self.patient, slot, index, COHORT], key);
        let bits = (u64::from(high) << 32 | u64::from(low)) >> 12;
        (bits as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    /// The same for what is no quantity.
    pub fn of(&self, draw: Draw, index: u32) -> f64 {
        self.uniform(draw as u32, index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_key_matters() {
        let keyed = Keyed { seed: 1, patient: 2 };
        let base = keyed.uniform(3, 4);
        assert_eq!(base, keyed.uniform(3, 4));
        let others = [
            keyed.uniform(4, 4),
            keyed.uniform(3, 5),
            Keyed { patient: 3, ..keyed }.uniform(3, 4),
            Keyed { seed: 2, ..keyed }.uniform(3, 4),
            Keyed { seed: 1 | 1 << 32, ..keyed }.uniform(3, 4),
        ];
        assert!(others.iter().all(|u| *u != base), "{base} {others:?}");
    }
}

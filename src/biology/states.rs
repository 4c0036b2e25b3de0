//! State codes: how the levels of a scenario's loci are packed, and which states it can reach.

use crate::scenario::{Locus, Scenario};

/// The packing of levels into state codes, and the codes that a scenario can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSpace {
    /// Position of each locus in the code.
    shifts: Vec<u32>,
    /// Bits of each locus in the code.
    widths: Vec<u32>,
    /// Reachable codes, ascending; the sensitive state, code 0, is always among them.
    pub codes: Vec<u32>,
}

/// Bits that a locus with this many levels takes.
pub fn bits(levels: usize) -> u32 {
    usize::BITS - (levels - 1).leading_zeros()
}

impl StateSpace {
    /// The states that a scenario can reach, see [`Scenario::reachable_states`].
    pub fn new(scenario: &Scenario) -> Self {
        let widths: Vec<u32> = scenario.loci.iter().map(|l| bits(l.levels.len())).collect();
        let shifts = widths
            .iter()
            .scan(0, |at, width| {
                *at += width;
                Some(*at - width)
            })
            .collect();
        let mut space = Self { shifts, widths, codes: Vec::new() };
        let reachable = scenario.reachable_states();
        space.codes = reachable.iter().map(|levels| space.code(levels)).collect();
        space.codes.sort_unstable();
        space
    }

    /// Bits of a code.
    pub fn code_bits(&self) -> u32 {
        self.widths.iter().sum()
    }

    /// The code of a state given by its levels.
    pub fn code(&self, levels: &[u8]) -> u32 {
        levels.iter().zip(&self.shifts).map(|(level, shift)| u32::from(*level) << shift).sum()
    }

    /// Level of a locus in a code.
    pub fn level(&self, code: u32, locus: usize) -> u8 {
        ((code >> self.shifts[locus]) & ((1 << self.widths[locus]) - 1)) as u8
    }

    /// All levels of a code.
    pub fn levels(&self, code: u32) -> Vec<u8> {
        (0..self.shifts.len()).map(|l| self.level(code, l)).collect()
    }

    /// For each of so many loci, the states that have it changed.
    pub fn marks(&self, loci: usize) -> Vec<Vec<bool>> {
        let mark = |locus: usize| self.codes.iter().map(|c| self.level(*c, locus) > 0).collect();
        (0..loci).map(mark).collect()
    }

    /// The code with one level changed.
    pub fn with_level(&self, code: u32, locus: usize, level: u8) -> u32 {
        let mask = ((1 << self.widths[locus]) - 1) << self.shifts[locus];
        (code & !mask) | (u32::from(level) << self.shifts[locus])
    }

    /// A state's name: `sensitive`, or its levels above 0 as in `rtk=1,gsk3=1`.
    pub fn name(&self, code: u32, loci: &[Locus]) -> String {
        let parts: Vec<String> = loci
            .iter()
            .enumerate()
            .filter(|(l, _)| self.level(code, *l) != 0)
            .map(|(l, locus)| format!("{}={}", locus.name, self.level(code, l)))
            .collect();
        if parts.is_empty() { "sensitive".to_owned() } else { parts.join(",") }
    }
}

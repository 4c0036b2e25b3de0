//! The host's own random numbers, for what is drawn before the first step: PCG XSL RR 128/64 from
//! `rand_pcg`, seeded per (seed, patient, purpose), so that a patient keeps its numbers when the
//! cohort grows. Only raw words are taken from the library; what is made of them is written here
//! and so does not change with its version.

use rand::Rng;
use rand_pcg::Pcg64;

use super::random::philox;

/// What a stream of the host is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum HostPurpose {
    /// Where the cells of the starting tumour are.
    StartPlaces = 1,
    /// Which state each of them is in.
    StartStates = 2,
    /// Which of them are dead.
    StartDead = 3,
    /// Which of them are those of exact numbers.
    StartNumbers = 4,
    /// Cells of a state that are in the ledger at the start.
    LedgerStart = 5,
    /// What becomes of cells of a state in the ledger, by day.
    Ledger = 6,
    /// Cells of a state that come into the ledger from outside, by day.
    LedgerArrivals = 7,
    /// Where cells that leave the ledger are placed, by state and day.
    LedgerPlaces = 8,
    /// Which agents of a state go into the ledger, by day.
    LedgerReturns = 9,
    /// What a count of cells or molecules of a patient finds, by measurement and try.
    Measurement = 10,
}

/// A stream of random numbers on the host.
#[derive(Debug, Clone)]
pub struct HostRandom(Pcg64);

impl HostRandom {
    /// The stream of a lesion (or patient) for a purpose.
    pub fn new(seed: u64, lesion: u32, purpose: HostPurpose) -> Self {
        Self::keyed(seed, lesion, purpose, [0, 0])
    }

    /// The stream for a state (by its row, below 2^24) on a day (below 2^31). That of row 0 and day 0 is the one without either.
    pub fn keyed(seed: u64, lesion: u32, purpose: HostPurpose, [row, day]: [u32; 2]) -> Self {
        let key = [seed as u32, (seed >> 32) as u32];
        let wide = |n: u32| {
            let [a, b, c, d] = philox([lesion, purpose as u32 | row << 8, n | day << 1, 0x686f_7374], key);
            u128::from(a) | u128::from(b) << 32 | u128::from(c) << 64 | u128::from(d) << 96
        };
        Self(Pcg64::new(wide(0), wide(1)))
    }

    /// 64 uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Uniform among `0..n` (bias at most `n / 2^64`).
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Frozen: starting tumours are built on these.
    #[test]
    fn streams_are_stable_and_apart() {
        let first = |seed, lesion, purpose| HostRandom::new(seed, lesion, purpose).bits();
        let base = first(1, 0, HostPurpose::StartPlaces);
        assert_eq!(base, first(1, 0, HostPurpose::StartPlaces));
        assert_ne!(base, first(2, 0, HostPurpose::StartPlaces));
        assert_ne!(base, first(1, 1, HostPurpose::StartPlaces));
        assert_ne!(base, first(1, 0, HostPurpose::StartStates));
        let keyed = |row, day| HostRandom::keyed(1, 0, HostPurpose::StartPlaces, [row, day]).bits();
        assert_eq!(base, keyed(0, 0));
        let all: std::collections::BTreeSet<u64> =
            (0..40).flat_map(|row| (0..40).map(move |day| keyed(row, day))).collect();
        assert_eq!(all.len(), 1600);
        let mut stream = HostRandom::new(1, 0, HostPurpose::StartPlaces);
        let mean = (0..10_000).map(|_| stream.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.015, "{mean}");
    }
}

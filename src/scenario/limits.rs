//! Numbers and words that several sections share.

/// The format version that this program writes and reads.
pub const FORMAT: u64 = 1;

/// Where rates are given.
pub(crate) const RATES_MODE: &str = "phenotype = \"rates\"";

/// Largest number of steps in a run.
pub const MAX_STEPS: u32 = 10_000_000;

/// Largest number of cells or sites that a scenario may name: site numbers have 31 bits.
pub const MAX_CELLS: u64 = (1 << 31) - 1;

/// Most patients: a lesion's number has 24 bits for its patient.
pub const MAX_PATIENTS: u64 = 1 << 24;

/// Most agents of a patient.
pub const MAX_AGENTS: u64 = 100_000_000;

/// Most target lesions of a patient (RECIST 1.1).
pub const MAX_LESIONS: u64 = 5;

//! One patient's parameters for one drug.

use crate::catalogue::Pk;

use super::PkError;

/// One patient's parameters for one drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Individual {}

impl Individual {
    /// The typical patient of a weight in kg: no variability.
    pub fn typical(pk: &Pk, weight_kg: f64) -> Result<Self, PkError> {
        let _ = (pk, weight_kg);
        Ok(Self {})
    }

    /// A patient drawn from the population; a pure function of its arguments.
    pub fn sampled(pk: &Pk, weight_kg: f64, seed: u64, patient: u32, drug_key: u32) -> Result<Self, PkError> {
        let _ = (pk, weight_kg, seed, patient, drug_key);
        Ok(Self {})
    }

    /// A compound in a bath: the amount given on a day, in nM unbound, is its concentration all that day.
    pub fn bath() -> Self {
        Self {}
    }

    /// With the parent's molar mass in g/mol ([`Drug::molar_mass`](crate::catalogue::Drug)); without one,
    /// concentrations in nM are 0.
    pub fn with_molar_mass(self, grams_per_mole: Option<f64>) -> Result<Self, PkError> {
        let _ = grams_per_mole;
        Ok(self)
    }
}

/// The key of a drug's random numbers, from its name (case does not matter).
pub fn drug_key(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    })
}

//! What a cohort is to be, as plain data.

use serde::Serialize;

use crate::biology::patient::{Distribution, PROGNOSTIC_FACTOR};

use crate::scenario::{Origin, OriginShares, Pharmacokinetics};

use super::covariates::CovariateEffects;
use super::lesions::LesionDistribution;
use super::population::POPULATIONS;

/// What a cohort is to be. [`CohortSpec::new`] has the defaults of everything; patients then differ as
/// [`PatientParameter`](crate::biology::patient::PatientParameter) says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortSpec {
    /// Number of patients, 1 to 2^24.
    pub patients: u32,
    /// Seed; the same as that of the runs, so that everything about a patient has one.
    pub seed: u64,
    /// Name of the growth population, see [`POPULATIONS`].
    pub population: String,
    /// Changes of the distributions between patients that come first: what was fitted to trials.
    pub fitted: Vec<QuantityChange>,
    /// Changes of the distributions between patients, in the order in which they are made; later ones win.
    pub changes: Vec<QuantityChange>,
    /// Factor on growth where MEN1 and DAXX/ATRX are both mutated, relative to the others. The median of the growth
    /// population holds for the usual mixture of both kinds.
    pub prognostic_factor: f64,
    /// Number and sizes of target lesions.
    pub lesions: LesionDistribution,
    /// Shares of patients by where their tumours began.
    pub origins: OriginShares,
    /// How growth follows covariates; only the population `covariates` does so.
    pub effects: CovariateEffects,
    /// Whether FGFR4 R388 and PHLPP2 S1016 act.
    pub germline_effects: bool,
    /// Whether all patients have the pharmacokinetics of the typical one.
    pub pharmacokinetics: Pharmacokinetics,
}

/// A change of the distribution of one quantity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuantityChange {
    /// Name of the quantity.
    pub quantity: String,
    /// What changes.
    pub change: ParameterChange,
}

/// What changes of a distribution. Values are in the quantity's unit; what is present or absent has the values 1 and 0, and so
/// have `tsc_context` (1: R) and `male`. For `pten`, `pik3ca` and `kras` a value is the share of starting cells; for
/// `ki67` it is the index at median growth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterChange {
    /// Another typical value (median; mean of a beta distribution; value of those who have not the rarer one).
    Typical(f64),
    /// Another spread: log-SD of a log-normal distribution, SD of a beta distribution, probability of the rarer value.
    Spread(f64),
    /// The same value for all.
    Fixed(f64),
    /// Another distribution.
    Distribution {
        /// Typical value; not used by a uniform distribution.
        typical: f64,
        /// The distribution.
        distribution: Distribution,
    },
}

impl CohortSpec {
    /// A cohort of this size by the sources of all numbers: growth of RADIANT-3, pharmacokinetics that differ.
    pub fn new(patients: u32, seed: u64) -> Self {
        Self {
            patients,
            seed,
            population: POPULATIONS[0].name.to_owned(),
            fitted: Vec::new(),
            changes: Vec::new(),
            prognostic_factor: PROGNOSTIC_FACTOR,
            lesions: LesionDistribution::default(),
            origins: OriginShares::all(Origin::Pancreas),
            effects: CovariateEffects::typical(),
            germline_effects: false,
            pharmacokinetics: Pharmacokinetics::Virtual,
        }
    }

    /// The same with one more change.
    pub fn with(mut self, quantity: &str, change: ParameterChange) -> Self {
        self.changes.push(QuantityChange { quantity: quantity.to_owned(), change });
        self
    }
}

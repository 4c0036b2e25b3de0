//! Pharmacokinetics of one patient and one drug: the exact solution of a linear compartment model under any sequence
//! of doses.
//!
//! ```text
//! catalogue::Pk ─ weight, differences between patients ─► PkIndividual ─► DrugCourse: doses in, a DayExposure per day out
//! ```
//!
//! A drug's compartments are linear, so a step of any length is a matrix exponential; areas under the curve are extra
//! compartments of the same system, so that the daily average is exact too. Nothing is integrated numerically and no
//! step length enters a result. Everything is a pure function of (drug, weight, seed, patient, doses so far).

mod bands;
mod course;
mod draws;
mod error;
mod individual;
mod matrix;
mod parameters;
mod propagator;
pub mod radiation;
mod system;
mod variability;

#[cfg(test)]
pub(crate) mod checks;

pub use bands::{PopulationBand, SHARES, bands};
pub use course::{ConcentrationLevel, Concentrations, DayExposure, DrugCourse, Way};
pub use draws::drug_key;
pub use error::PkError;
pub use individual::PkIndividual;

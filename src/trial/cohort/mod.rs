//! Virtual cohorts: how many patients, how they differ, and each of them as a function of seed and number.
//!
//! ```text
//! CohortSpec (population, changes) ─► Cohort (checked distributions) ─► VirtualPatient by number ─► rows of cohort.csv
//! ```
//!
//! Every number of a patient is keyed by (seed, patient, quantity) and made from one uniform number by inversion. So a
//! patient stays the same when the cohort grows and in whatever arm it is treated, a quantity stays the same when the
//! distribution of another one changes, and a wider distribution spreads the patients without changing their order.
//!
//! What depends on several quantities says so: birth and death follow growth and coupled loss, the Ki-67 index follows
//! birth, growth follows covariates where the population is `covariates`, it is slower where MEN1 and DAXX/ATRX are both mutated, and there are no more lesions than the sum of
//! diameters has room for.

mod clones;
mod covariates;
mod distribution;
mod draws;
mod error;
mod lesions;
mod patient;
mod population;
mod quantile;
mod report;
mod sampler;

mod spec;
mod table;
#[cfg(test)]
mod tests;
mod weight;

pub use clones::StartingState;
pub use covariates::CovariateEffects;
pub use distribution::ParameterDistribution;
pub use error::CohortError;
pub use lesions::{Lesion, LesionCount, LesionDistribution, MAX_PATIENT_LESIONS, MEASURABLE_MM};
pub use patient::{Cohort, VirtualPatient};
pub use population::{POPULATIONS, Population};
pub use quantile::{beta_quantile, normal_quantile};
pub use report::CohortReport;
pub use spec::{CohortSpec, ParameterChange, QuantityChange};
pub use table::{CohortRow, LesionRow, StartingStateRow};
pub use weight::UnlikeCohorts;

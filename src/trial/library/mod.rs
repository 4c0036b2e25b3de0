//! A library of tumours: patients from wide laws through the arms of a trial, kept week by week, made once, and weighted to be the
//! patients of any narrower law.
//!
//! ```text
//! trial with wide laws ─► patients × arms (mean field) ─► blocks on the disk, with the hash of model and data
//! laws of a population ─► importance weights over the patients: density there / density here, tail smoothed, k̂ and effective size said
//! calendar, reader, new lesions, cut-off ─► drawn afterwards from the volumes that are kept
//! ```
//!
//! `weights.rs` knows draws and no patients, `trajectory.rs` one patient in one arm; [`Cohort::log_weight`](super::cohort::Cohort::log_weight)
//! says what a patient weighs.

#[cfg_attr(not(feature = "parquet"), path = "no_blocks.rs")]
mod blocks;
mod make;
mod manifest;
mod open;
mod trajectory;
mod weights;

pub use make::LibraryQuestion;
pub use manifest::{LibraryManifest, is_library};
pub use open::{Library, ReweightedRow};
pub use trajectory::{FollowedTumour, KeptTumour, TumourState, follow_tumour, volumes_between};
pub use weights::{GeneralisedPareto, ImportanceWeights, UNRELIABLE};

/// Days between states that are kept.
pub const EVERY: u32 = 7;
/// Patients in a block: what a process that was stopped loses at most.
pub const BLOCK: u32 = 32;

#[cfg(test)]
mod tests;

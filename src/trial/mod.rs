//! Trials: who is treated, and what is learned from many patients.

pub mod cohort;
pub mod file;
pub mod stats;

//! Trials: what is learned from many patients.

pub mod stats;

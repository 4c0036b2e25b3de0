//! Trials: who is treated, and what is learned from many patients.

pub mod cohort;
pub mod falsify;
pub mod file;
pub mod outcome;
pub mod output;
pub mod results;
pub mod run;
pub mod stats;
pub mod visits;

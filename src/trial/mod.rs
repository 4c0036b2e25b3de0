//! Trials: who is treated in which arms, how they are followed, and what is learned from many patients.

pub mod calibrate;
pub mod cohort;
pub mod control;
pub mod error;
pub mod exact;
pub mod falsify;
pub mod file;
pub mod fitted;
pub mod needed;
pub mod outcome;
pub mod output;
pub mod predict;
pub mod results;
pub mod review;
pub mod run;
pub mod session;
pub mod stats;
pub mod surrogate;
pub mod visits;

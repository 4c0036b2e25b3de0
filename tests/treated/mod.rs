//! Treated tumours: rates from bins of exposure, vessels and perfusion against publications, the untreated equilibrium,
//! the length of a step, and the course of one patient's disease.
//!
//! Checks that do not hold are *expected failures*: they alarm when they start to hold. That a run is the same on any
//! backend, in any grouping and after any stop is tested where the other modes are: `tests/resume.rs`,
//! `tests/run_backends.rs`, `tests/checkpoint_fuzz.rs`.

mod binning;
mod environment;
mod equilibrium;
mod steps;
mod story;
mod trial;

//! evotor: evolution of neuroendocrine tumours under mTOR inhibition.
//!
//! The rooms and what each may know are described in `ARCHITECTURE.md`, the model in `docs/model.md`.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod biology;
pub mod catalogue;
pub mod cli;
pub mod engine;
pub mod numbers;
pub mod plot;
pub mod render;
pub mod report;
pub mod scenario;
pub mod simulation;
pub mod sink;
pub mod table;
pub mod therapy;
pub mod tissue;
pub mod trial;
pub mod words;

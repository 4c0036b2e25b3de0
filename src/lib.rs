//! evotor: evolution of neuroendocrine tumours under mTOR inhibition.

pub mod biology;
pub mod cli;
pub mod engine;
pub mod render;
pub mod scenario;
pub mod simulation;
pub mod tissue;

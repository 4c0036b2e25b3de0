//! Why a trial comes to no result.

use super::run::PlanError;
use crate::scenario::ScenarioError;
use crate::simulation::RunError;

/// Why a trial, or what is computed from trials, comes to no result.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// What was asked for cannot be: the whole message.
    #[error("{0}")]
    Input(String),
    /// A file that cannot be used.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
    /// The trial cannot be run.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A run failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A signal stopped it: its number.
    #[error("finish: signal {0} came")]
    Stopped(usize),
}

//! Why a trial comes to no result.

use super::run::PlanError;
use crate::scenario::ScenarioError;
use crate::simulation::RunError;
use crate::therapy::ProtocolError;
use crate::therapy::pk::PkError;

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
    /// A plan of therapy cannot be followed.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// Pharmacokinetics that cannot be used.
    #[error(transparent)]
    Pharmacokinetics(#[from] PkError),
    /// A part of the program's own files that is not there.
    #[error("find {0} among the files of `evotor falsify`")]
    Missing(String),
    /// A signal stopped it: its number.
    #[error("finish: signal {0} came")]
    Stopped(usize),
}

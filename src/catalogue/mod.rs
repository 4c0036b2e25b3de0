//! What a drug and a locus are, as plain data: every number with its source and how sure it is.
//!
//! The files of `scenarios/catalogue/` and a scenario's own definitions are read into these types
//! by [`scenario`](crate::scenario); [`biology`](crate::biology) and the therapy compute with them. Nothing here computes.

mod action;
mod drug;
mod network;
mod number;
mod numbers;
mod parameters;
mod pk;
mod toxicity;
mod words;

pub use action::{Analyte, CellKill, KillKind, Node, Shift, Target, TscContext, Vascular};
pub use drug::{Dose, DoseUnit, Drug, DrugKind, Label, Route, plain_name};

pub use network::{Combination, Inducer, Induction, LevelEffect, NetworkInput, Suppression};
pub use number::{Confidence, Number};
pub use numbers::Entry;
pub use parameters::{Parameter, ParameterKind, parameters, varying};
pub use pk::{
    Absorption, Allometry, Correlation, Exchange, MAX_INFUSION_H, Metabolite, Pk, Recirculation, Release,
};
pub use toxicity::{OnsetKind, OnsetModel, Organ, Toxicity};
pub(crate) use words::words;

//! What a drug and a locus are, as plain data: every number with its source and how sure it is.
//!
//! The files of `scenarios/catalogue/` and a scenario's own definitions are read into these types
//! by [`scenario`](crate::scenario); [`biology`](crate::biology) and the therapy compute with them. Nothing here computes.

mod action;
mod citation;
mod dose;
mod drug;
mod network;
mod number;
mod numbers;
mod pk;
mod toxicity;
mod words;

pub use action::{Analyte, CellKill, Hormone, HormoneEffect, KillKind, Node, Shift, Target, Vascular};
pub use citation::{Citation, computed_from};
pub use dose::{Dose, DoseUnit, DrugKind, Route};
pub use drug::{Drug, Label, plain_name};

pub use network::{
    Combination, Inducer, Induction, LevelEffect, MAX_VEGF_FACTOR, NetworkInput, Suppression, TscContext,
};
pub use number::{Confidence, Number, ParameterKind};
pub use numbers::NumberEntry;
pub use pk::{
    Absorption, Allometry, Correlation, Exchange, MAX_INFUSION_H, Metabolite, Parameter, Pk, Recirculation,
    Release, parameters,
};
pub use toxicity::{OnsetKind, OnsetModel, Organ, Toxicity};

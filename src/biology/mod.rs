//! Biology: loci, states, and phenotypes turned into the engine's integer rate tables.

pub mod oxygen;
pub mod patient;
pub mod phenotype;
pub mod potency;
pub mod rates;
pub mod reference_drugs;
pub mod signalling;
pub mod states;

pub use states::StateSpace;

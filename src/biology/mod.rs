//! Biology: loci, states, and phenotypes turned into the engine's integer rate tables.

pub mod oxygen;
pub mod patient;
pub mod rates;
pub mod signalling;
pub mod states;

pub use states::StateSpace;

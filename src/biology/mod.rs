//! Biology: loci, states, signalling, patients, and phenotypes turned into the engine's integer rate tables.

pub mod exposure;
pub mod normal;
pub mod nutrients;
pub mod oxygen;
pub mod patient;
pub mod phenotype;
pub mod potency;
pub mod rates;
mod reference;
pub mod signalling;
pub mod states;
pub mod tissue_tables;
pub mod vessels;

pub use reference::signalling_markdown;
pub use states::StateSpace;

//! Biology: loci, states, signalling, patients, and phenotypes turned into the engine's integer rate tables.
//!
//! | in this room | what |
//! |---|---|
//! | `signalling/` | the network: inputs of a cell, inhibition of nodes, the loop solved by bracketing, growth, death, secretion |
//! | `potency.rs` | drugs on nodes by state: EC50, shifts, kills |
//! | `patient.rs`, `patient/` | the patient, turnover of the sensitive cell, how patients differ |
//! | `phenotype.rs` | rates and changes of loci of a cell from all of these |
//! | `exposure.rs`, `exposure/` | levels on a grid of eight an octave; delivery as a shift on it; the nodes about an exposure |
//! | `tissue_tables.rs`, `tissue_tables/` | blocks and tables by exposure; the network interpolated (`answers`), lists of changes, putting tables together for a backend |
//! | `irradiation.rs` | a lesion under radionuclides: dose by cell, cells that are hit and not yet dead |
//! | `vessels.rs`, `nutrients.rs`, `oxygen.rs` | the environment's rules and what perfusion does |
//! | `volume.rs` | what a lesion measures: cells by their size, stroma, blood |
//! | `normal.rs` | quantiles of the normal law, for vessels and for cohorts |

pub mod exposure;
pub mod irradiation;
pub mod marker;
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
pub mod volume;

pub use reference::signalling_markdown;
pub use states::StateSpace;

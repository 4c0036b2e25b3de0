//! Checkpoints: everything that a run needs to go on, on either backend, with the same bits.
//!
//! A file is sealed (`simulation/sealed.rs`) with the magic `evotorCP`. Its payload: program version, effective scenario,
//! shard, position, lengths and hashes of the tables, hash of the saved start, backends, tallies, lesions.
//!
//! Lesions are stored by brick, only those that hold a cell, compressed in chunks ([`lesion`]). A file is checked whole before a number of it is believed; beyond
//! that, reading survives any bytes: it neither panics nor takes memory that the file's size or the scenario's
//! lattice does not account for.

pub(super) mod codec;
mod file;
mod ledger;
pub mod lesion;

pub use super::error::CheckpointError;
pub use file::{Checkpoint, Header, WriteError, read, write};

/// Version of the format; a file of another one is refused.
pub const FORMAT: u32 = 6;

/// Version of the program as checkpoints and summaries carry it.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

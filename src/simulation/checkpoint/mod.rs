//! Checkpoints: everything that a run needs to go on, on either backend, with the same bits.
//!
//! ```text
//!  0   8  magic "evotorCP"
//!  8   4  format version
//! 12   8  length of the payload
//! 20   n  payload: program version, effective scenario, position, tallies, backends, table lengths, lesions
//!  …  32  BLAKE3 of (BLAKE3 of the payload, then the 20 bytes of the head)
//! ```
//!
//! Lesions are stored by brick, only those that hold a cell, compressed in chunks ([`lesion`]). A file is checked whole before a number of it is believed; beyond
//! that, reading survives any bytes: it neither panics nor takes memory that the file's size or the scenario's
//! lattice does not account for.

pub(super) mod codec;
mod file;
pub mod lesion;

pub use file::{Checkpoint, Header, WriteError, read, write};

/// Version of the format; a file of another one is refused.
pub const FORMAT: u32 = 2;

/// Version of the program as checkpoints and summaries carry it.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Why a checkpoint cannot be used. Messages read well after "failed to ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// There is none.
    #[error("find a checkpoint: there is no `{0}`; name the folder of a run or of a trial")]
    Missing(String),
    /// It is some other file.
    #[error("read the checkpoint: this is no checkpoint of evotor; name the folder of a run or of a trial")]
    Foreign,
    /// It has another format.
    #[error(
        "read the checkpoint: it has format {found}, this program reads format {FORMAT}; go on with the version \
         of evotor that wrote it, or start over with --force"
    )]
    Format {
        /// The file's format.
        found: u32,
    },
    /// Another version of the program wrote it, which may compute other bits.
    #[error(
        "resume: evotor {found} wrote this checkpoint, this is {PROGRAM}; go on with version {found}, or start \
         over with --force"
    )]
    Program {
        /// The version that wrote it.
        found: String,
    },
    /// Its end is missing.
    #[error(
        "read the checkpoint: it is truncated ({found} of {expected} bytes); restore the file from a copy, or \
         start over with --force"
    )]
    Truncated {
        /// Bytes found.
        found: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// Its checksum does not match.
    #[error(
        "read the checkpoint: it is damaged (its checksum does not match); restore the file from a copy, or start \
         over with --force"
    )]
    Damaged,
    /// It says something impossible.
    #[error("read the checkpoint: {0}; start over with --force")]
    Malformed(&'static str),
    /// It does not belong to the scenario beside it.
    #[error(
        "resume: the checkpoint belongs to another scenario than `effective.toml` beside it; put the two files of \
         one run together, or start over with --force"
    )]
    OtherScenario,
    /// Its lattice is not the scenario's.
    #[error("use the checkpoint: its lattice is {found}, the scenario's is {expected}; {way_out}")]
    Lattice {
        /// The checkpoint's lattice.
        found: String,
        /// The scenario's lattice.
        expected: String,
        /// What the user can do.
        way_out: &'static str,
    },
}

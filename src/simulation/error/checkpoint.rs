//! Why a checkpoint cannot be used.

/// Why a checkpoint cannot be used. Messages read well after "failed to ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// There is none.
    #[error("find a checkpoint: there is no `{0}`; name the folder of a run or of a trial")]
    Missing(String),
    /// It is some other file.
    #[error(
        "read the checkpoint: this is not a checkpoint of evotor; name the folder of a run or of a trial"
    )]
    Foreign,
    /// It has another format.
    #[error(
        "read the checkpoint: it has format {found}, this program reads format {expected}; go on with the version \
         of evotor that wrote it, or start over with --force"
    )]
    Format {
        /// The file's format.
        found: u32,
        /// The format that is read.
        expected: u32,
    },
    /// Another version of the program wrote it, which may compute other bits.
    #[error(
        "resume: evotor {found} wrote this checkpoint, this is {}; go on with version {found}, or start \
         over with --force",
        env!("CARGO_PKG_VERSION")
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

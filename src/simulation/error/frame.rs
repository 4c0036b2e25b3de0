//! Why a recorded lattice cannot be used.

/// Why a frame cannot be used. Messages read well after "failed to ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It is some other file.
    #[error("read the frame `{0}`: this is not a frame of evotor")]
    Foreign(String),
    /// It has another format.
    #[error(
        "read the frame `{file}`: it has format {found}, this program reads format {expected}; use the version of evotor \
         that wrote it, or run the scenario again"
    )]
    Format {
        /// The file.
        file: String,
        /// Its format.
        found: u32,
        /// The format that is read.
        expected: u32,
    },
    /// Its end is missing, its checksum does not match, or it says something impossible.
    #[error("read the frame `{file}`: {what}; restore it from a copy, or run the scenario again")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// It does not belong to the scenario beside it.
    #[error(
        "use the frame `{0}`: it belongs to another scenario than `effective.toml` in its folder; put the files of one run \
         together, or run the scenario again"
    )]
    OtherScenario(String),
}

//! How a run ends.

use super::digest::Hash;
use super::record::RunRecord;

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// At its end.
    Done(Finished),
    /// Before its end, with a checkpoint.
    Stopped {
        /// The signal that stopped it.
        signal: usize,
        /// Step of the block.
        step: u32,
    },
}

/// What a whole run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The digest.
    pub digest: Hash,
    /// What is remembered of its lesions.
    pub record: RunRecord,
}

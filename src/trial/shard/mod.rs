//! A cohort in parts, each computed by a process of its own, and the whole that they are merged to.
//!
//! ```text
//! compare TRIAL --shard 0/4 ─► folder: tables of its patients, outcomes.jsonl, shard.json ─┐
//! compare TRIAL --shard 1/4 ─► …                                                         ─┼─► merge ─► the folder of one process
//! ```
//!
//! A patient is a function of trial, seed and number, so a shard's tables are a part of the whole's. What is made of all patients is
//! made anew from their outcomes, but for compositions, which are sums of integers. It is the same with a run and its replicates, whose
//! shards end with a checkpoint in place of outcomes.
//!
//! `manifest.rs` and `parts.rs` are of both, `merge.rs` is of trials, `replicates.rs` and `rows.rs` are of runs.

mod coverage;
mod manifest;
mod merge;
mod parts;
mod replicates;
mod rows;

pub use coverage::{Coverage, Overlap};
pub(in crate::trial) use manifest::{COMMIT, effective_hash};
pub use manifest::{ShardManifest, Sharded, TableSeal, TrialShard};
pub use merge::Merge;
pub use replicates::{ReplicateMerge, RunShard, is_run};

pub use crate::simulation::folder::MANIFEST;
pub use crate::simulation::{PatientRange, Shard};

#[cfg(test)]
mod tests;

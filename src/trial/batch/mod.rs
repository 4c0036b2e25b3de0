//! Many sets of keys of one file: each row of a design is laid over the file, run or simulated, and becomes a row of one table.
//!
//! ```text
//! scenario or trial + Design ─► ParameterSweep ─► every row: overlay, checks, run ─► rows.jsonl ─► results.csv
//!                                        shards by rows ─► BatchMerge ─► the folder of one process
//! ```
//!
//! A row's figures are a function of the file and the row, so that it does not matter which process computes it, and when.

mod design;
mod figures;
mod folder;
mod merge;
mod quantiles;
mod question;
mod row;
mod sweep;

pub use design::{Design, DesignRow};
pub use folder::{BatchSummary, DoneBatch, is_batch};
pub use merge::BatchMerge;
pub use quantiles::QuantileRow;
pub use question::BatchQuestion;
pub use row::{RowFault, RowResult, RowStatus};
pub use sweep::{BatchAsk, ParameterSweep};

//! What would falsify the model: eighteen observations, each with its bound, and a laboratory that looks.
//!
//! ```text
//! FALSIFIERS (what, bound, what is wrong otherwise) ─► Lab: trials, tumours and courses of therapy, each run once
//!                                                   ─► FigureParts: figure, interval, verdict ─► FalsifierFinding
//! ```
//!
//! A bound is that of the project's table of sources, as it stood before anything was run. A figure comes with a 95 % interval of
//! its sampling error; [`Bound::judge`] holds the one against the other:
//!
//! | verdict | when |
//! |---|---|
//! | holds | every value of the interval is allowed |
//! | fails | no value of the interval is allowed |
//! | undecided | some are and some are not, or there is no figure |
//! | not tested | what the test needs is not here |
//!
//! Where a figure is a share of patients its note says which true shares so many of them would show to be outside.
//!
//! A falsifier with several parts holds if all of them hold and fails if one of them fails. Nothing is corrected for the number of
//! parts: of the intervals one in twenty misses its true value.

mod checks;
mod figures;
mod files;
pub mod folder;
mod lab;
mod report;
mod table;
mod verdict;

#[cfg(test)]
mod tests;

pub use figures::{Estimate, FigurePart};
pub use files::{FILES, File, find_file};
pub use lab::{KeepTrial, KeptTrial, Lab, Need, Ran, Setup};
pub use report::{FalsifierFinding, FalsifierRow, FalsifyReport, TABLES, table};
pub use table::{FALSIFIERS, Falsifier, find};
pub use verdict::{Bound, Verdict};

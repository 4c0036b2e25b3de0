//! Which measurement tells rival models apart, and in how many patients.
//!
//! ```text
//! rivals file ─► each rival's patients by the mean field ─► what a measurement finds in each, with its noise
//!                                                          ├─► densities of one half of the patients, by rival
//!                                                          └─► patients of the other half, drawn anew: which rival do they name?
//! ```
//!
//! | file | what |
//! |---|---|
//! | `file.rs` | what is asked, as a file |
//! | `measurement.rs` | what a measurement finds in a patient |
//! | `density.rs` | kernel densities of what was found |
//! | `naming.rs` | how often the right rival is named, by the number of patients |
//! | `plan.rs` | all of it |
//! | `row.rs` | rows of the tables |
//! | `folder.rs` | the folder |

mod density;
mod file;
mod folder;
mod measurement;
mod naming;
mod plan;
mod row;

pub use file::RivalQuestion;
pub use folder::{RIVALS_FOLDER, RivalSummary};
pub use measurement::AssayKind;
pub use plan::RivalPlan;
pub use row::{FoundDifference, MeasuredRow, NamingRow, NeededPatients};

#[cfg(test)]
mod tests;

//! A search for strategies: which doses, schedules and orders buy how much time at which price.
//!
//! ```text
//! search file ─► candidates (arms of one trial) ─► rounds of more and more patients ─► the front, by the mean field ─► agents, if asked
//!                 a strategy with each value        the hopeless leave                 benefit against price
//! ```
//!
//! | file | what |
//! |---|---|
//! | `file.rs` | what is asked, as a file |
//! | `space.rs` | candidates: strategies with values put in, as arms of a trial |
//! | `measures.rs` | what a candidate came to in each patient |
//! | `race.rs` | who goes on to the next round, and who is on the front |
//! | `joint.rs` | the bootstrap over patients for all candidates at once |
//! | `row.rs` | a row of `front.csv` |
//! | `folder.rs` | the folder |
//!
//! All candidates treat the same virtual patients, so that every comparison is paired. A candidate is an arm of an ordinary trial; there is
//! no other grammar of doses.

mod file;
mod folder;
mod joint;
mod measures;
mod race;
mod row;
mod search;
mod space;

pub use file::{Benefit, StrategySearch};
pub use folder::{SEARCH_FOLDER, SearchSummary};
pub use row::{BoundVerdict, FoundFront, FrontRow, FrontStatus};
pub use search::SearchPlan;

#[cfg(test)]
mod tests;

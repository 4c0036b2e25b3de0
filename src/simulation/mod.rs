//! The run: a scenario becomes a model and lesions, which a backend advances from check to check; what they do is
//! recorded, digested, and kept so that the run can be stopped and resumed at any moment.

pub mod assemble;
pub mod backends;
mod batch;
pub mod care;
pub mod checkpoint;
pub mod cost;
pub mod digest;
pub(crate) mod disk;
mod environment;
mod equilibrium;
mod error;
pub mod folder;
pub mod frame;
mod glimpse;
mod growing;
mod hooks;
mod job;
pub mod memory;
pub mod naming;
mod pace;
mod record;
mod resume;
pub(crate) mod rows;
mod run;
mod saved;
mod sealed;
mod summary;
mod surroundings;
mod tables;
mod timeline;
pub mod ward;

pub use backends::{BackendOptions, Choice};
pub use environment::Averages;
pub use error::{CheckpointError, FrameError, RunError, SavedError};
pub use frame::Frame;
pub use glimpse::{Glimpse, glimpses};
pub use hooks::{Hooks, Paint, Picture, Progress, Unwatched, Watch};
pub use job::Job;
pub use record::{Record, Tally};
pub use resume::Resumable;
pub use run::{Ending, Finished, Settings, run, run_in_memory};
pub use saved::Saved;
pub use summary::{StateCount, Summary, summary};
pub use surroundings::{Chances, Surroundings};
pub use timeline::{Event, Timeline};

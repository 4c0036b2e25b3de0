//! Tissue: lattice layout, site words, random numbers, clones, and the canonical lesion state.
//!
//! This room knows sites and integers only. Everything in it is a pure function or plain data
//! shared by both backends.

pub mod bricks;
pub mod clones;
pub mod counts;
pub mod exchange;
pub mod fixed;
pub mod host_random;
pub mod key;
pub mod layout;
pub mod ledger;
pub mod lesion;
pub mod matching;
pub mod random;
pub mod shape;
pub mod start;
pub mod thin;
pub mod word;

pub use bricks::{Brick, Bricks};
pub use clones::{CloneTable, Founding};
pub use ledger::CellLedger;
pub use lesion::{Counters, LesionId, LesionState};
pub use shape::Shape;

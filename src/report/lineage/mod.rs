//! Clone histories: who descends from whom, how large each clone was when, and what other programs read of it.

pub mod bands;
mod history;
pub mod newick;
pub mod tables;
mod tree;

pub use bands::{Band, Form, bands};
pub use history::{History, Shown};
pub use tree::{CloneNode, Lineage};

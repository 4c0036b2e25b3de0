//! The GPU backend.

pub mod packing;
pub mod source;

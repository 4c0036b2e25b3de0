//! The file format: parsing, units, spans, the catalogue, validation.

mod model;

pub use model::*;

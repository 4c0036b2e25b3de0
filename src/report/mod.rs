//! Plots, clone histories and the page that tells of a run or of a trial, made from the files of its folder.

pub mod colours;
mod error;
pub mod lineage;
pub mod plot;
pub mod read;

pub use error::ReportError;

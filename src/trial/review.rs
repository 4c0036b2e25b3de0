//! The trials of the review, which are part of the program.

use std::path::Path;

use super::file;
use crate::scenario::{Loaded, ScenarioError};

/// A trial's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewFile {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(ReviewFile { name: $name, text: include_str!(concat!("../../scenarios/trials/", $name, ".toml")) }),*]
    };
}

/// All of them, in the order of the review.
pub static ALL: &[ReviewFile] = files![];

/// The trial of this name.
pub fn find(name: &str) -> Option<&'static ReviewFile> {
    ALL.iter().find(|f| f.name.eq_ignore_ascii_case(name))
}

/// Reads a trial.
///
/// # Errors
///
/// As [`file::parse`]; none for those of the program.
pub fn parse(file: &ReviewFile) -> Result<Loaded, ScenarioError> {
    file::parse(file.text, file.name, Path::new(""))
}

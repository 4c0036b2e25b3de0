//! The trials of the review, which are part of the program.

use std::path::Path;

use super::file;
use crate::scenario::{Loaded, Overlay, ScenarioError};

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
pub static ALL: &[ReviewFile] = files![
    "duran",
    "hobday",
    "tabernero",
    "radiant-3",
    "radiant-4",
    "verheijen",
    "yao",
    "radiant-1",
    "radiant-2",
    "itmo",
    "cooperate-1",
    "cooperate-2",
    "kim",
    "chan-sorafenib",
    "molina",
    "record-3",
    "angelousi",
    "calgb-80701",
    "everolimus-temozolomide",
    "nettle",
    "cc-223",
    "dactolisib",
    "sapanisertib-pdx",
    "sun-1111",
    "clarinet",
    "netter-1",
    "promid",
];

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
    parse_with(file, &Overlay::default())
}

/// The same with other values of some keys.
///
/// # Errors
///
/// As [`file::parse`], for those values.
pub fn parse_with(file: &ReviewFile, overlay: &Overlay) -> Result<Loaded, ScenarioError> {
    file::parse_with(file.text, file.name, Path::new(""), overlay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_here_and_reads() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/trials");
        let mut files: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut names: Vec<&str> = ALL.iter().map(|f| f.name).collect();
        names.sort_unstable();
        assert_eq!(names, files);
        assert!(ALL.iter().all(|f| parse(f).is_ok_and(|l| l.scenario.trial.is_some())));
        assert_eq!(find("RADIANT-3").map(|f| f.name), Some("radiant-3"));
    }
}

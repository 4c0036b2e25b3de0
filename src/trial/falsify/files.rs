//! The trials and tumours of the falsifiers, which are part of the program.

use std::path::Path;

use crate::scenario::{Loaded, ScenarioError, parse};

/// A file of `scenarios/falsify/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its name without the ending.
    pub name: &'static str,
    /// What is in it.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(File { name: $name, text: include_str!(concat!("../../../scenarios/falsify/", $name, ".toml")) }),*]
    };
}

/// All of them.
pub static FILES: [File; 11] = files![
    "radiant-3",
    "radiant-4",
    "sun-1111",
    "tsc-h",
    "tsc-r",
    "kinase",
    "frb",
    "tolerance",
    "vessels",
    "persistence-rtk",
    "persistence-gsk3",
];

/// The file of this name.
pub fn find_file(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

/// The step that all trials are written with, hours.
pub const STEP: u32 = 12;

impl File {
    /// The scenario, at another step if it is written with one of 12 h, and with these regimens given from the start without adverse
    /// events if there are any.
    ///
    /// # Errors
    ///
    /// As [`parse`].
    pub fn load(&self, step_hours: u32, regimens: &[&str]) -> Result<Loaded, ScenarioError> {
        let mut text =
            self.text.replace(&format!("step = \"{STEP} h\""), &format!("step = \"{step_hours} h\""));
        if !regimens.is_empty() {
            let quoted: Vec<String> = regimens.iter().map(|r| format!("{r:?}")).collect();
            text.push_str(&format!(
                "\n[therapy]\nregimen = [{}]\n\n[therapy.toxicity]\nevents = false\n",
                quoted.join(", ")
            ));
        }
        parse(&text, &format!("scenarios/falsify/{}.toml", self.name), Path::new(""))
    }
}

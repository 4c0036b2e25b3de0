//! Files that ask something of a trial: what a search for strategies and a comparison of rival models have in common.
//!
//! Such a file names the trial that it asks about and keys of it with other values, as `--set` of the command line takes them. Whatever is
//! wrong with it is told as of a scenario: with its place, and a way out.

mod armless;
mod folder;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeTable;

use super::error::TrialError;
use super::file::{load_with, parse_with};
use super::review;
use super::unfiled::trial_of;
use crate::scenario::{
    Diagnostic, Loaded, Overlay, Report, ScenarioError, Setting, Span, nearest_name, read_file,
};

pub use armless::ArmlessTrial;
pub use folder::{AnswerFolder, AnswerKind};

/// Text of a file that asks something of a trial.
#[derive(Debug, Clone)]
pub struct QuestionText {
    /// Its name, as messages show it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The folder to which its paths are relative.
    dir: PathBuf,
}

impl QuestionText {
    /// A text that stands in a folder.
    pub fn new(file: &str, text: &str, dir: &Path) -> Self {
        Self { file: file.to_owned(), text: text.to_owned(), dir: dir.to_owned() }
    }

    /// That of a file.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Read`].
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let text = read_file(path)?;
        Ok(Self::new(&path.display().to_string(), &text, path.parent().unwrap_or(Path::new(""))))
    }

    /// Whether it has a key at its top level, whatever else is right or wrong with it.
    pub fn has(&self, key: &str) -> bool {
        DeTable::parse_recoverable(&self.text).0.get_ref().contains_key(key)
    }

    /// What it says; `what` it should be, in a word or two.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Invalid`] at the place of what is wrong.
    pub fn read<T: DeserializeOwned>(&self, what: &str) -> Result<T, ScenarioError> {
        toml::from_str(&self.text).map_err(|error| {
            let message = error.message().trim().replace('\n', "; ");
            let found = Diagnostic::error(error.span().unwrap_or(0..0), message);
            self.refused(vec![
                found.label(format!("expected what {what} has")).help(format!(
                    "docs/questions.md tells every key of {what}, and has one that can be run"
                )),
            ])
        })
    }

    /// The file refused, for what was found at places of it.
    pub fn refused(&self, diagnostics: Vec<Diagnostic>) -> ScenarioError {
        ScenarioError::Invalid(Box::new(Report {
            file: self.file.clone(),
            text: self.text.as_str().into(),
            diagnostics,
            left_out: 0,
        }))
    }

    /// The trial that is asked about: a file beside this one, or a trial of the review by its name; without one the usual cohort. Settings
    /// are laid over it.
    ///
    /// # Errors
    ///
    /// As of a trial that is read; [`ScenarioError::Invalid`] at `base` or at a setting.
    pub fn base(
        &self,
        base: Option<&Spanned<String>>,
        settings: &[Spanned<String>],
    ) -> Result<Loaded, TrialError> {
        let overlay = self.overlay(settings)?;
        let Some(base) = base else {
            let usual = trial_of(&["best supportive care".to_owned()]);
            return Ok(parse_with(&usual, "the usual cohort", Path::new(""), &overlay)?);
        };
        let (name, path) = (base.get_ref(), self.dir.join(base.get_ref()));
        let loaded = match review::find(name) {
            _ if path.exists() => load_with(&path, &overlay)?,
            Some(file) => review::parse_with(file, &overlay)?,
            None => return Err(self.no_base(base).into()),
        };
        if loaded.scenario.trial.is_none() {
            let found = Diagnostic::error(base.span(), format!("`{name}` is not a trial"))
                .label("expected a file with [cohort]")
                .help("add an empty [cohort] and an [[arm]] to that file, or leave `base` out for the usual cohort");
            return Err(self.refused(vec![found]).into());
        }
        Ok(loaded)
    }

    /// The same question about another file, in which its settings have been made.
    pub fn about(&self, base: &str) -> String {
        let mut table: toml::Table = self.text.parse().unwrap_or_default();
        table.remove("set");
        table.insert("base".to_owned(), base.into());
        table.to_string()
    }

    fn no_base(&self, base: &Spanned<String>) -> ScenarioError {
        let name = base.get_ref();
        let near = nearest_name(name, review::ALL.iter().map(|file| file.name));
        let help = near.map_or_else(
            || {
                "paths are relative to this file; `evotor trial --list` shows the trials of the review"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        );
        let found = Diagnostic::error(
            base.span(),
            format!("there is no file and no trial of the review called `{name}`"),
        );
        self.refused(vec![found.label("expected a trial's file or name").help(help)])
    }

    /// Settings of this file.
    fn overlay(&self, settings: &[Spanned<String>]) -> Result<Overlay, ScenarioError> {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for one in settings {
            match one.get_ref().parse::<Setting>() {
                Ok(setting) => good.push(setting),
                Err(why) => {
                    let help = "write it as after --set of `evotor compare`, in quotes";
                    bad.push(finding(one.span(), "this is not a setting", why, help));
                }
            }
        }
        if !bad.is_empty() {
            return Err(self.refused(bad));
        }
        Ok(Overlay::new(&format!("{}, set", self.file), "", &good))
    }
}

/// A finding at a place, with what is expected there and the way out.
pub fn finding(
    span: Span,
    message: impl Into<String>,
    expected: impl Into<String>,
    help: impl Into<String>,
) -> Diagnostic {
    Diagnostic::error(span, message).label(expected).help(help)
}

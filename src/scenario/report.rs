//! Everything that is wrong with a file, and the error of this room.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::error::{Diagnostic, MessageStyle, Severity, plural};
use super::render;
use super::text_file::TextError;
use crate::sink::terminal;

/// The findings in one file, in the order of their places.
#[derive(Debug, Clone)]
pub struct Report {
    /// Name of the file, as shown in messages.
    pub file: String,
    /// The file's text.
    pub text: Arc<str>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more errors there were beyond those kept.
    pub left_out: usize,
}

impl Report {
    /// Number of errors, those left out included.
    pub fn errors(&self) -> usize {
        let kept = self.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        kept + self.left_out
    }

    /// Line and column (both from 1, the column in characters) of a byte offset in the scenario.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        render::position(&self.text, offset)
    }

    /// Place of a finding: `file:line:column`.
    pub fn place(&self, found: &Diagnostic) -> String {
        let (file, text) = match &found.file {
            Some(file) => (file.name.as_str(), file.text.as_str()),
            None => (self.file.as_str(), &*self.text),
        };
        let (line, column) = render::position(text, found.span.start);
        format!("{file}:{line}:{column}")
    }

    /// The report as text in the manner of a compiler: place, marked line, way out.
    pub fn render(&self, style: MessageStyle) -> String {
        let mut text = render::diagnostics(&self.file, &self.text, &self.diagnostics, style);
        if self.left_out > 0 {
            text.push_str(&format!("\nand {}\n", plural(self.left_out, "more error")));
        }
        text
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(MessageStyle::Plain))
    }
}

/// Why a scenario could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file could not be read as text.
    #[error("read scenario `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: TextError,
    },
    /// The file's content is refused; the report says why and what to do.
    #[error("read scenario `{}`: {}", .0.file, plural(.0.errors(), "error"))]
    Invalid(Box<Report>),
}

impl ScenarioError {
    /// The whole story: the report of an invalid file, or one line with its cause.
    pub fn render(&self, style: MessageStyle) -> String {
        match self {
            ScenarioError::Invalid(report) => report.render(style),
            ScenarioError::Read { path, source } => {
                let hint = source.hint(path).unwrap_or_default();
                terminal(&format!("error: failed to {self}: {source}{hint}\n")).into()
            }
        }
    }
}

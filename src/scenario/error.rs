//! What can be wrong with a scenario: diagnostics with a place, and the room's error type.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::render;
use super::text_file::TextError;
use crate::sink::terminal;

/// Byte range in a scenario's text.
pub type Span = Range<usize>;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario is refused.
    Error,
    /// The scenario runs, but is probably not what was meant.
    Warning,
}

/// A file that a scenario names.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Its name, as shown in messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// One finding in a scenario file, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// What was found, as a lower-case fragment.
    pub message: String,
    /// What is expected, written under the marked text.
    pub label: String,
    /// The file, if it is not the scenario itself: one that the scenario names.
    pub file: Option<Arc<Source>>,
    /// Marked bytes of the file.
    pub span: Span,
    /// A second place that belongs to it, with its own label.
    pub related: Option<(Span, String)>,
    /// More about it.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, span, message.into())
    }

    /// A warning at a place.
    pub fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, span, message.into())
    }

    fn new(severity: Severity, span: Span, message: String) -> Diagnostic {
        let label = String::new();
        Diagnostic {
            severity,
            message,
            label,
            file: None,
            span,
            related: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Adds what is expected at the place.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Adds a second place.
    ///
    /// An empty span, as a default at top level has, is no place and is left out.
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        if !span.is_empty() {
            self.related = Some((span, label.into()));
        }
        self
    }

    /// Adds a remark.
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// Adds the way out.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }
}

/// Whether a rendering uses terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// With ANSI colours.
    Coloured,
}

impl Style {
    /// Colours if standard error is a terminal that shows them and `NO_COLOR` is not set.
    pub fn for_stderr() -> Style {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        if terminal && !dumb && !set("NO_COLOR") { Style::Coloured } else { Style::Plain }
    }
}

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
    pub fn render(&self, style: Style) -> String {
        let mut text = render::diagnostics(&self.file, &self.text, &self.diagnostics, style);
        if self.left_out > 0 {
            text.push_str(&format!("\nand {}\n", plural(self.left_out, "more error")));
        }
        text
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
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
    pub fn render(&self, style: Style) -> String {
        match self {
            ScenarioError::Invalid(report) => report.render(style),
            ScenarioError::Read { path, source } => {
                let hint = source.hint(path).unwrap_or_default();
                terminal(&format!("error: failed to {self}: {source}{hint}\n")).into()
            }
        }
    }
}

/// A number with its noun: "1 error", "2 errors".
pub(crate) fn plural(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

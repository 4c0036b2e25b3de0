//! What can be wrong with a scenario: diagnostics with a place, and the room's error type.

use std::ops::Range;
use std::sync::Arc;

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
pub struct SourceText {
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
    pub file: Option<Arc<SourceText>>,
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
pub enum MessageStyle {
    /// Plain text.
    Plain,
    /// With ANSI colours.
    Coloured,
}

impl MessageStyle {
    /// Colours if standard error is a terminal that shows them and `NO_COLOR` is not set.
    pub fn for_stderr() -> MessageStyle {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        if terminal && !dumb && !set("NO_COLOR") { MessageStyle::Coloured } else { MessageStyle::Plain }
    }
}

/// A number with its noun: "1 error", "2 errors".
pub(crate) fn plural(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

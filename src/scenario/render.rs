//! Diagnostics as text: the place, the marked line, the way out.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::error::{Diagnostic, MessageStyle, Severity, Span};
use crate::sink::terminal;

/// Renders the diagnostics of one file, separated by blank lines.
pub(crate) fn diagnostics(file: &str, text: &str, all: &[Diagnostic], style: MessageStyle) -> String {
    let renderer = match style {
        MessageStyle::Plain => Renderer::plain(),
        MessageStyle::Coloured => Renderer::styled(),
    };
    let mut out = String::new();
    for diagnostic in all {
        if !out.is_empty() {
            out.push('\n');
        }
        let (file, text) = match &diagnostic.file {
            Some(other) => (other.name.as_str(), other.text.as_str()),
            None => (file, text),
        };
        out.push_str(&one(file, text, diagnostic, &renderer));
        out.push('\n');
    }
    out
}

fn one(file: &str, text: &str, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // Places in the text stay what they are, line ends of Windows too.
    let shown = text.split('\r').map(terminal).collect::<Vec<_>>().join("\r");
    let span = inside(&shown, &diagnostic.span);
    let mut snippet = Snippet::source(shown.as_str())
        .path(terminal(file))
        .annotation(AnnotationKind::Primary.span(span).label(terminal(&diagnostic.label)));
    if let Some((related, label)) = &diagnostic.related {
        let related = inside(&shown, related);
        snippet = snippet.annotation(AnnotationKind::Context.span(related).label(terminal(label)));
    }
    let mut group = level.primary_title(terminal(&diagnostic.message)).element(snippet);
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(terminal(note)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(terminal(help)));
    }
    renderer.render(&[group])
}

/// The span moved into the text, at character boundaries and on one line.
fn inside(text: &str, span: &Span) -> Span {
    let start = floor_boundary(text, span.start.min(text.len()));
    let end = floor_boundary(text, span.end.clamp(start, text.len())).max(start);
    let line = text[start..end].find(['\n', '\r']).map_or(end, |at| start + at);
    start..line
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Line and column, both from 1, the column in characters.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..floor_boundary(text, offset.min(text.len()))];
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        assert_eq!(position("ab\nµm x", 3 + 4), (2, 4));
        assert_eq!(position("", 10), (1, 1));
    }

    #[test]
    fn spans_beyond_the_text_are_moved_into_it() {
        for (start, end) in [(0, 9), (9, 99), (2, 3), (3, 2)] {
            let d = Diagnostic::error(Span { start, end }, "odd").label("here").help("do that");
            assert!(diagnostics("f.toml", "µµ\n\tx", &[d], MessageStyle::Plain).contains("f.toml:"));
        }
        let d = Diagnostic::error(0..0, "odd");
        assert!(diagnostics("f.toml", "", &[d], MessageStyle::Plain).contains("f.toml:1:1"));
    }
}

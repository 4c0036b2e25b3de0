//! Words of a dose text with their places, and a cursor over them.

use std::ops::Range;

/// A word of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    pub start: usize,
}

impl Word<'_> {
    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub fn lower(&self) -> String {
        self.text.to_lowercase()
    }
}

/// Splits a text into words.
///
/// Blanks, semicolons and brackets part words, and so do commas that are not within a number or a list of numbers.
/// `on/2` and `once-daily` are two words each.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut all = Vec::new();
    let mut begin = None;
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for (at, c) in text.char_indices() {
        let within = c == ',' && at > 0 && digit(at - 1) && digit(at + 1);
        let parts = c.is_whitespace() || matches!(c, ';' | '(' | ')') || (c == ',' && !within);
        match (parts, begin) {
            (true, Some(start)) => {
                push(&mut all, text, start..at);
                begin = None;
            }
            (false, None) => begin = Some(at),
            _ => {}
        }
    }
    if let Some(start) = begin {
        push(&mut all, text, start..text.len());
    }
    all
}

fn push<'a>(all: &mut Vec<Word<'a>>, text: &'a str, span: Range<usize>) {
    let whole = &text[span.clone()];
    let lower = whole.to_ascii_lowercase();
    let joint = ["once-", "twice-", "thrice-", "on/", "off/"].iter().find(|j| lower.starts_with(**j));
    match joint {
        Some(joint) if joint.len() < whole.len() => {
            all.push(Word { text: &whole[..joint.len() - 1], start: span.start });
            push(all, text, span.start + joint.len()..span.end);
        }
        _ => all.push(Word { text: whole, start: span.start }),
    }
}

/// A place in the list of words.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    words: Vec<Word<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(words: Vec<Word<'a>>, at: usize) -> Cursor<'a> {
        Cursor { words, at }
    }

    /// The word that is `ahead` words from here.
    pub fn peek(&self, ahead: usize) -> Option<Word<'a>> {
        self.words.get(self.at + ahead).copied()
    }

    /// The same in lower case; empty beyond the end.
    pub fn lower(&self, ahead: usize) -> String {
        self.peek(ahead).map(|w| w.lower()).unwrap_or_default()
    }

    pub fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Moves on if the next word is one of these.
    pub fn take(&mut self, any: &[&str]) -> bool {
        let found = any.contains(&self.lower(0).as_str());
        self.at += usize::from(found);
        found
    }

    pub fn place(&self) -> usize {
        self.at
    }

    /// Bytes from the word at `from` to the last one that was read.
    pub fn since(&self, from: usize) -> Range<usize> {
        let last = self.at.max(from + 1).min(self.words.len()).saturating_sub(1);
        let start = self.words.get(from).or(self.words.last()).map_or(0, |w| w.start);
        let end = self.words.get(last).map_or(start, |w| w.span().end);
        start..end.max(start)
    }
}

//! Words of a dose text with their places, and a cursor over them.

use std::ops::Range;

/// A word of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextWord<'a> {
    pub text: &'a str,
    pub start: usize,
}

impl TextWord<'_> {
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
pub(super) fn words(text: &str) -> Vec<TextWord<'_>> {
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

/// Beginnings that are words of their own.
const JOINTS: [&str; 5] = ["once-", "twice-", "thrice-", "on/", "off/"];

fn push<'a>(all: &mut Vec<TextWord<'a>>, text: &'a str, mut span: Range<usize>) {
    while let Some(length) = joint(&text[span.clone()]) {
        all.push(TextWord { text: &text[span.start..span.start + length - 1], start: span.start });
        span.start += length;
    }
    all.push(TextWord { text: &text[span.clone()], start: span.start });
}

/// Length of the joint that a word begins with, if more follows.
fn joint(word: &str) -> Option<usize> {
    let begins = |joint: &&&str| word.get(..joint.len()).is_some_and(|w| w.eq_ignore_ascii_case(joint));
    JOINTS.iter().find(begins).map(|joint| joint.len()).filter(|length| *length < word.len())
}

/// A place in the list of words.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    words: Vec<TextWord<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(words: Vec<TextWord<'a>>, at: usize) -> Cursor<'a> {
        Cursor { words, at }
    }

    /// The word that is `ahead` words from here.
    pub fn peek(&self, ahead: usize) -> Option<TextWord<'a>> {
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

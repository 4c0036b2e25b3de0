//! Words of a file in messages.

/// Most characters of a word of the file in a message.
const MAX_SHOWN: usize = 60;

/// A word of the file as shown in a message: in backquotes, control characters escaped, cut short.
pub(crate) fn shown(word: &str) -> String {
    format!("`{}`", cut(word))
}

/// The same without the quotes.
pub(crate) fn cut(word: &str) -> String {
    let mut text: String = word.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    text = text.replace("\\\"", "\"").replace("\\'", "'");
    if word.chars().nth(MAX_SHOWN).is_some() {
        text.push('…');
    }
    text
}

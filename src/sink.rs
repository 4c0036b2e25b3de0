//! What becomes of text from files on its way out: one function for each place to which it goes.
//!
//! Names, descriptions and regimens are a user's, or those of whoever wrote the file. They may hold anything, and must not become
//! formulas in a spreadsheet, commands to a terminal, markup of a page, or files that no reader takes. Names of files are made
//! by [`crate::simulation::naming::slug`], TOML by the effective scenario's writer, JSON by its library; clones are numbers.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// With these a spreadsheet begins a formula, or looks for one behind them.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a character is never seen as itself: it commands a terminal, turns the direction of text, or is none at all.
pub fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    let bidi = matches!(code, 0x061c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069);
    let empty = matches!(code, 0x00ad | 0x200b | 0x2060..=0x2065 | 0x206a..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f);
    let none = matches!(code, 0xfdd0..=0xfdef) || code & 0xfffe == 0xfffe;
    c.is_control() || bidi || empty || none
}

/// A cell of a CSV table before it is quoted: what a spreadsheet would take for a formula has an apostrophe in front. Numbers are
/// numbers, whatever their sign.
pub fn csv(cell: &str) -> Cow<'_, str> {
    let begins = cell.starts_with(FORMULA) || cell.starts_with('\'');
    if begins && !cell.parse::<f64>().is_ok_and(f64::is_finite) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// A cell as it was before [`csv()`].
pub fn from_csv(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) || rest.starts_with('\'') => rest,
        _ => cell,
    }
}

/// Text on a terminal: a question mark for every byte of a hidden character, so that places in it stay what they are.
pub fn terminal(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) { out.extend(std::iter::repeat_n('?', c.len_utf8())) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// JSON for whoever reads standard output, which may be a terminal: the same data, with hidden characters as escapes.
pub fn json(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && c != '\n';
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Text within SVG, HTML or another kind of XML, or within an attribute in double quotes there; hidden characters become the sign for them.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A string takes whatever is written to it.
    let _ = write_xml(&mut out, text);
    out
}

fn write_xml(out: &mut impl Write, text: &str) -> fmt::Result {
    for c in text.chars() {
        match c {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\n' | '\t' => out.write_char(c)?,
            c if is_hidden(c) => out.write_char('\u{fffd}')?,
            c => out.write_char(c)?,
        }
    }
    Ok(())
}

/// [`xml`] for the template of pages.
#[derive(Debug, Clone, Copy)]
pub struct PageEscaper;

impl askama::filters::Escaper for PageEscaper {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        write_xml(&mut dest, string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_come_back_and_numbers_stay() {
        for cell in ["=1+1", "+A1", "-A1", "@sum", "\t=1", "\r=1", "-", "'=1", "'", "''x", "＝1", "-1 %"] {
            let out = csv(cell);
            assert!(out.starts_with('\'') && from_csv(&out) == cell, "{cell:?}: {out:?}");
        }
        for cell in ["-1", "-0.5", "+3", "-1e-5", "plain", "a=b", "", "rtk=up", "don't"] {
            assert_eq!((csv(cell).as_ref(), from_csv(cell)), (cell, cell));
        }
        assert!(csv("-inf").starts_with('\''), "what is not a finite number is text");
    }

    #[test]
    fn a_terminal_gets_nothing_that_it_would_obey() {
        let odd = "a\u{1b}[31mb\u{9b}31m\u{202e}c\u{7}\u{fffe}\u{10ffff}\r\u{feff}";
        let shown = terminal(odd);
        assert_eq!(shown.len(), odd.len());
        assert!(!shown.contains(is_hidden), "{shown:?}");
        assert_eq!(terminal("lines\n\tand µm ü 中"), "lines\n\tand µm ü 中");
    }

    #[test]
    fn json_means_the_same_and_has_nothing_that_a_terminal_obeys() {
        let odd = serde_json::json!({ "a\u{202e}": ["\u{9b}31m\u{7}", "µ 中", "\u{10ffff}\u{fffe}"] });
        let plain = serde_json::to_string_pretty(&odd).unwrap();
        let out = json(&plain);
        assert!(!out.contains(|c| is_hidden(c) && c != '\n') && out.contains("µ 中"), "{out:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap(), odd);
    }

    #[test]
    fn xml_has_no_character_that_xml_forbids() {
        let out = xml("<a href='\"'>&\u{0}\u{b}\u{fffe}\u{85}\u{202e}\n");
        assert_eq!(out, "&lt;a href='&quot;'&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n");
    }
}

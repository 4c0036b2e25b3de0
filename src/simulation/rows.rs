//! Rows of CSV text (RFC 4180, line feeds), gathered in memory so that files get whole lines only.

use std::fmt::Display;
use std::io::Write as _;

use crate::sink;

/// Lines that are not yet in their file.
#[derive(Debug, Default)]
pub struct Rows {
    bytes: Vec<u8>,
    begun: bool,
}

impl Rows {
    fn separate(&mut self) {
        if self.begun {
            self.bytes.push(b',');
        }
        self.begun = true;
    }

    /// Adds a field of text, quoted where it must be, with an apostrophe before what a spreadsheet would take for a formula.
    pub fn text(&mut self, field: &str) -> &mut Self {
        self.separate();
        let field = sink::csv(field);
        if field.contains([',', '"', '\n', '\r']) {
            let quoted = field.replace('"', "\"\"");
            self.bytes.extend_from_slice(format!("\"{quoted}\"").as_bytes());
        } else {
            self.bytes.extend_from_slice(field.as_bytes());
        }
        self
    }

    /// Adds a number.
    pub fn number(&mut self, field: impl Display) -> &mut Self {
        self.separate();
        write!(self.bytes, "{field}").expect("memory takes what is written");
        self
    }

    /// Adds a number, or an empty field.
    pub fn maybe(&mut self, field: Option<impl Display>) -> &mut Self {
        match field {
            Some(field) => self.number(field),
            None => self.text(""),
        }
    }

    /// Ends the line.
    pub fn end(&mut self) {
        self.bytes.push(b'\n');
        self.begun = false;
    }

    /// Adds a whole line of text fields.
    pub fn line<T: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = T>) {
        for field in fields {
            self.text(field.as_ref());
        }
        self.end();
    }

    /// Adds a whole line that is CSV already.
    pub fn raw(&mut self, line: &str) {
        self.bytes.extend_from_slice(line.as_bytes());
        self.end();
    }

    /// The lines so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets the lines.
    pub fn clear(&mut self) {
        debug_assert!(!self.begun, "a line was left open");
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let mut rows = Rows::default();
        rows.text("plain").text("a,b").text("say \"so\"").number(7).maybe(None::<u32>).end();
        rows.line(["x", ""]);
        assert_eq!(std::str::from_utf8(rows.bytes()).unwrap(), "plain,\"a,b\",\"say \"\"so\"\"\",7,\nx,\n");
    }
}

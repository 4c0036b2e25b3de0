//! A user's own measurements from a CSV file whose head names columns and their units.
//!
//! All that is wrong with a file is said at once, with the line.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::scenario::{load_text, nearest_name};

/// At most so many faults of a file are listed.
const MAX_FAULTS: usize = 12;

/// What is wrong with a file of own measurements. It reads well after "failed to ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDataError {
    path: PathBuf,
    faults: Vec<(Option<u64>, String)>,
}

impl fmt::Display for OwnDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read `{}`", self.path.display())?;
        if let [(None, only)] = &self.faults[..] {
            return write!(f, ": {only}");
        }
        for (line, what) in self.faults.iter().take(MAX_FAULTS) {
            let line = line.map_or_else(String::new, |line| format!("line {line}: "));
            write!(f, "\n  {line}{what}")?;
        }
        match self.faults.len().saturating_sub(MAX_FAULTS) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl std::error::Error for OwnDataError {}

/// A column by the names that it may have, each with the factor from its unit to the program's.
pub struct ColumnNames {
    /// What it holds, in a word or two.
    pub what: &'static str,
    /// Names with factors; the first ones are those that messages give.
    pub names: &'static [(&'static str, f64)],
    /// A name that lacks its unit.
    pub without_unit: &'static [&'static str],
}

/// A file that was read: heads, and cells with the line of each row.
#[derive(Debug)]
pub struct OwnTable {
    path: PathBuf,
    heads: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
    faults: Vec<(Option<u64>, String)>,
}

/// A column that was found.
#[derive(Debug, Clone, Copy)]
pub struct OwnColumn {
    at: usize,
    factor: f64,
}

/// A head as it is compared: `Time (months)` is `time_months`.
fn plain(head: &str) -> String {
    let words = head.trim_start_matches('\u{feff}').split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

impl OwnTable {
    /// Reads a file; columns are parted by commas, semicolons or tabs, and lines that begin with `#` are remarks.
    ///
    /// # Errors
    ///
    /// [`OwnDataError`] for one that is not text, or has no head.
    pub fn read(path: &Path) -> Result<Self, OwnDataError> {
        let fault = |what: String| OwnDataError { path: path.to_owned(), faults: vec![(None, what)] };
        let text = load_text(path).map_err(|e| fault(e.to_string()))?;
        let first = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty());
        let first = first.ok_or_else(|| fault("it is empty".to_owned()))?;
        let delimiter =
            [b';', b'\t'].into_iter().find(|d| !first.contains(',') && first.contains(char::from(*d)));
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(delimiter.unwrap_or(b',')).comment(Some(b'#')).flexible(true).trim(csv::Trim::All);
        let mut reader = builder.from_reader(text.as_bytes());
        let heads = reader.headers().map_err(|e| fault(e.to_string()))?.iter().map(plain).collect();
        let mut out = Self { path: path.to_owned(), heads, rows: Vec::new(), faults: Vec::new() };
        for record in reader.records() {
            let record = record.map_err(|e| fault(e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            match (record.len(), out.heads.len()) {
                (found, expected) if found == expected => {
                    out.rows.push((line, record.iter().map(str::to_owned).collect()));
                }
                (found, expected) => {
                    out.fault(Some(line), format!("{found} cells where the head has {expected}"));
                }
            }
        }
        if out.rows.is_empty() && out.faults.is_empty() {
            out.fault(None, "there is no row below its head".to_owned());
        }
        Ok(out)
    }

    /// Notes something that is wrong.
    pub fn fault(&mut self, line: Option<u64>, what: String) {
        self.faults.push((line, what));
    }

    /// A column, if the file has it.
    pub fn find(&self, column: &ColumnNames) -> Option<OwnColumn> {
        let named = |(name, factor): &(&str, f64)| {
            Some(OwnColumn { at: self.heads.iter().position(|head| head == name)?, factor: *factor })
        };
        column.names.iter().find_map(named)
    }

    /// A column that the file must have; what is missing is noted.
    pub fn need(&mut self, column: &ColumnNames) -> Option<OwnColumn> {
        let found = self.find(column);
        if found.is_none() {
            self.fault(Some(1), self.missing(column));
        }
        found
    }

    fn missing(&self, column: &ColumnNames) -> String {
        let names: Vec<String> = column.names.iter().take(2).map(|(name, _)| format!("`{name}`")).collect();
        let names = names.join(" or ");
        if let Some(bare) = self.heads.iter().find(|head| column.without_unit.contains(&head.as_str())) {
            return format!("`{bare}` does not say its unit; call it {names}");
        }
        let heads = || self.heads.iter().map(String::as_str);
        let near = column.names.iter().find_map(|(name, _)| nearest_name(name, heads()));
        let hint = match near {
            Some(near) => format!("is `{near}` meant?"),
            None => format!("there are `{}`", self.heads.join("`, `")),
        };
        format!("there is no column of {}; call it {names} ({hint})", column.what)
    }

    /// Reads each row by a function that notes what is wrong with it; the rows, or all faults of the file.
    ///
    /// # Errors
    ///
    /// [`OwnDataError`].
    pub fn rows<T>(
        mut self,
        mut read: impl FnMut(&mut RowReader<'_>) -> Option<T>,
    ) -> Result<Vec<T>, OwnDataError> {
        let rows = std::mem::take(&mut self.rows);
        let mut out = Vec::new();
        for (line, cells) in &rows {
            let mut row = RowReader { line: *line, cells, heads: &self.heads, faults: &mut self.faults };
            out.extend(read(&mut row));
        }
        if self.faults.is_empty() {
            return Ok(out);
        }
        self.faults.sort_by_key(|(line, _)| *line);
        Err(OwnDataError { path: self.path, faults: self.faults })
    }
}

/// A row while it is read.
pub struct RowReader<'a> {
    line: u64,
    cells: &'a [String],
    heads: &'a [String],
    faults: &'a mut Vec<(Option<u64>, String)>,
}

impl RowReader<'_> {
    /// Notes something that is wrong with a cell.
    pub fn fault(&mut self, column: OwnColumn, what: &str) {
        let (head, cell) = (&self.heads[column.at], &self.cells[column.at]);
        let cell = if cell.is_empty() { "an empty cell".to_owned() } else { format!("`{cell}`") };
        self.faults.push((Some(self.line), format!("{cell} for `{head}` {what}")));
    }

    /// A cell as text.
    pub fn text(&self, column: OwnColumn) -> &str {
        &self.cells[column.at]
    }

    /// A number of 0 or more, in the program's unit.
    pub fn amount(&mut self, column: OwnColumn) -> Option<f64> {
        let cell = &self.cells[column.at];
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => return Some(number * column.factor),
            Ok(number) if number < 0.0 => self.fault(column, "is below 0"),
            Err(_) if cell.contains(',') && cell.replacen(',', ".", 1).parse::<f64>().is_ok() => {
                let what = format!("has a comma; write {}", cell.replacen(',', ".", 1));
                self.fault(column, &what);
            }
            _ => self.fault(column, "is not a number"),
        }
        None
    }
}

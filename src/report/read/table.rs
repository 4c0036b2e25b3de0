//! Rows of CSV files as types.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::report::ReportError;

/// All rows of a table.
///
/// # Errors
///
/// [`ReportError::Read`] if it cannot be read, [`ReportError::Table`] with the line that is not as it was written.
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReportError> {
    let (head, records) = records(path)?;
    let row =
        |record: csv::StringRecord| record.deserialize(Some(&head)).map_err(|e| fault(path, &e, &record));
    records.into_iter().map(row).collect()
}

/// As [`load`]; no rows where there is no such file.
///
/// # Errors
///
/// As for [`load`].
pub fn load_maybe<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReportError> {
    if path.exists() { load(path) } else { Ok(Vec::new()) }
}

/// Head and rows as text.
///
/// # Errors
///
/// As for [`load`].
pub fn records(path: &Path) -> Result<(csv::StringRecord, Vec<csv::StringRecord>), ReportError> {
    let text = std::fs::read_to_string(path).map_err(ReportError::read(path))?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let none = csv::StringRecord::new();
    let head = reader.headers().map_err(|e| fault(path, &e, &none))?.clone();
    let rows = reader.records().map(|r| r.map_err(|e| fault(path, &e, &none))).collect::<Result<_, _>>()?;
    Ok((head, rows))
}

/// A fault of a table with its line.
fn fault(path: &Path, error: &csv::Error, record: &csv::StringRecord) -> ReportError {
    let position = error.position().or_else(|| record.position());
    let why = match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the head has {expected_len}; the table is cut short, or was changed")
        }
        _ => error.to_string(),
    };
    ReportError::Table { path: path.to_owned(), line: position.map(csv::Position::line), why }
}

/// A field of a row as a number.
///
/// # Errors
///
/// [`ReportError::Table`].
pub fn field<T: std::str::FromStr>(
    path: &Path,
    head: &csv::StringRecord,
    record: &csv::StringRecord,
    column: usize,
) -> Result<T, ReportError> {
    let text = record.get(column).unwrap_or("");
    text.parse().map_err(|_| ReportError::Table {
        path: path.to_owned(),
        line: record.position().map(csv::Position::line),
        why: format!("`{text}` is no number for `{}`", head.get(column).unwrap_or("?")),
    })
}

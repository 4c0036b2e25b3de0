//! Rows of CSV files as types. Files are read row by row, so that their length costs time alone.

use std::fs::File;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::report::ReportError;
use crate::simulation::disk;
use crate::sink::from_csv;
use crate::table::REMARK;

/// More rows of a table than this are not kept; those of its last replicates are left out first.
pub const MAX_ROWS: usize = 100_000;

/// Hands over the rows of a table, one after the other.
///
/// # Errors
///
/// [`ReportError::Read`] if it cannot be read, [`ReportError::Table`] with the line that is not as it was written, and what `take`
/// says.
pub fn each<T: DeserializeOwned>(
    path: &Path,
    mut take: impl FnMut(T) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    each_record(path, |head, record| take(row(path, head, record)?))
}

/// The fields of a row that a type has.
///
/// # Errors
///
/// [`ReportError::Table`].
pub fn row<T: DeserializeOwned>(
    path: &Path,
    head: &csv::StringRecord,
    record: &csv::StringRecord,
) -> Result<T, ReportError> {
    record.deserialize(Some(head)).map_err(|e| fault(path, &e, record))
}

/// As [`each`], of the fields of rows as text beside the head of the table.
///
/// # Errors
///
/// As for [`each`].
pub fn each_record(
    path: &Path,
    mut take: impl FnMut(&csv::StringRecord, &csv::StringRecord) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let (mut reader, head) = open(path)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| fault(path, &e, &csv::StringRecord::new()))? {
        if record.iter().any(|cell| cell.starts_with('\'')) {
            record = plain(&record);
        }
        take(&head, &record)?;
    }
    Ok(())
}

fn open(path: &Path) -> Result<(csv::Reader<File>, csv::StringRecord), ReportError> {
    let file = disk::open(path).map_err(ReportError::read(path))?;
    let mut reader = csv::ReaderBuilder::new().comment(Some(REMARK)).from_reader(file);
    let head = reader.headers().map_err(|e| fault(path, &e, &csv::StringRecord::new()))?;
    let head = plain(head);
    Ok((reader, head))
}

/// Cells as they were before they were made safe for spreadsheets.
fn plain(record: &csv::StringRecord) -> csv::StringRecord {
    let mut out: csv::StringRecord = record.iter().map(from_csv).collect();
    out.set_position(record.position().cloned());
    out
}

/// The names of the columns of a table.
///
/// # Errors
///
/// As for [`each`].
#[cfg(feature = "parquet")]
pub fn head(path: &Path) -> Result<csv::StringRecord, ReportError> {
    open(path).map(|(_, head)| head)
}

/// All rows of a table that is as long as there are arms, patients or figures.
///
/// # Errors
///
/// As for [`each`].
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReportError> {
    load_where(path, |_| true)
}

/// As [`load`], of the rows that are wanted.
///
/// # Errors
///
/// As for [`each`].
pub fn load_where<T: DeserializeOwned>(
    path: &Path,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<Vec<T>, ReportError> {
    let mut rows = Vec::new();
    each(path, |row| {
        rows.extend(Some(row).filter(&is_wanted));
        Ok(())
    })?;
    Ok(rows)
}

/// As [`load`]; no rows where there is no such file.
///
/// # Errors
///
/// As for [`load`].
pub fn load_maybe<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReportError> {
    if path.exists() { load(path) } else { Ok(Vec::new()) }
}

/// A row of a table that has one for each replicate and time.
pub trait OfReplicate {
    /// The replicate.
    fn replicate(&self) -> u32;
    /// The day.
    fn day(&self) -> f64;
}

/// Rows that were kept of a table, and in words what was not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kept<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What is not among them; empty for nothing.
    pub left_out: String,
}

/// Up to so many rows of a table, whole replicates as far as there is room; none where there is no such file.
///
/// # Errors
///
/// As for [`each`].
pub fn load_most<T: DeserializeOwned + OfReplicate>(
    path: &Path,
    most: usize,
) -> Result<Kept<T>, ReportError> {
    let (mut rows, mut below, mut before) = (Vec::<T>::new(), u32::MAX, f64::INFINITY);
    if !path.exists() {
        return Ok(Kept { rows, left_out: String::new() });
    }
    each(path, |row: T| {
        if row.replicate() >= below || row.day() >= before {
            return Ok(());
        }
        rows.push(row);
        if rows.len() > most {
            let last = rows.iter().map(T::replicate).max().unwrap_or(0);
            if rows.iter().any(|r| r.replicate() < last) {
                below = last;
                rows.retain(|r| r.replicate() < below);
            } else {
                before = rows.last().map_or(0.0, T::day);
                rows.retain(|r| r.day() < before);
            }
        }
        Ok(())
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let left_out = match (below, before) {
        (u32::MAX, f64::INFINITY) => String::new(),
        (n, f64::INFINITY) => format!("{name} is long: its first {n} replicates are shown."),
        (_, day) => format!("{name} is long: one replicate is shown, up to day {day}."),
    };
    Ok(Kept { rows, left_out })
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
        why: format!("`{text}` is not a number for `{}`", head.get(column).unwrap_or("?")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Row {
        replicate: u32,
        day: f64,
    }

    impl OfReplicate for Row {
        fn replicate(&self) -> u32 {
            self.replicate
        }
        fn day(&self) -> f64 {
            self.day
        }
    }

    // Memory of a report grew with the length of every table.
    #[test]
    fn of_a_long_table_whole_replicates_are_kept_and_what_is_not_is_said() {
        let temp = tempfile::tempdir().unwrap();
        let kept = |replicates: u32, days: u32, most| {
            let path = temp.path().join("visits.csv");
            let rows: String =
                (0..days).flat_map(|d| (0..replicates).map(move |r| format!("{r},{d}\n"))).collect();
            std::fs::write(&path, format!("replicate,day\n{rows}")).unwrap();
            load_most::<Row>(&path, most).unwrap()
        };
        let all = kept(3, 4, 12);
        assert_eq!((all.rows.len(), all.left_out.as_str()), (12, ""));
        let few = kept(3, 4, 11);
        assert_eq!((few.rows.len(), few.rows.iter().map(|r| r.replicate).max()), (8, Some(1)));
        assert!(few.left_out.contains("first 2 replicates"), "{}", few.left_out);
        let short = kept(2, 9, 5);
        assert_eq!((short.rows.len(), short.rows.iter().all(|r| r.replicate == 0)), (5, true));
        assert!(short.left_out.contains("up to day 5"), "{}", short.left_out);
        assert_eq!(load_most::<Row>(&temp.path().join("none.csv"), 1).unwrap().rows, []);
    }
}

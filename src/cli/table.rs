//! Aligned tables on standard output.

use super::outcome::say;

/// A table whose columns are as wide as their widest cell; the last one is never padded.
#[derive(Debug)]
pub struct TextTable {
    numeric: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these headings; one that begins with `#` is of a column of numbers.
    pub fn new(heads: &[&str]) -> Self {
        let names = heads.iter().map(|head| head.trim_start_matches('#').to_owned()).collect();
        Self { numeric: heads.iter().map(|head| head.starts_with('#')).collect(), rows: vec![names] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines; none without a row, as in a search that was stopped before it found anything.
    pub fn lines(&self) -> Vec<String> {
        if self.rows.len() == 1 { Vec::new() } else { aligned(&self.rows, &self.numeric) }
    }

    /// Prints it.
    pub fn print(&self) {
        for line in self.lines() {
            say(format_args!("{line}"));
        }
    }
}

/// Rows as lines, two blanks between columns that are as wide as their widest cell; numbers stand at the right.
pub fn aligned(rows: &[Vec<String>], numeric: &[bool]) -> Vec<String> {
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..).map_while(width).collect();
    let line = |row: &Vec<String>| {
        let cells =
            row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match numeric.get(column) {
                Some(true) => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A cell, or a dash for what is not known.
pub fn or_dash<T>(known: Option<T>, cell: impl FnOnce(T) -> String) -> String {
    known.map_or_else(|| "-".to_owned(), cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = TextTable::new(&["name", "#value"]);
        assert!(table.lines().is_empty(), "a head says nothing");
        table.row(["µ".into(), "1.5".into()]);
        table.row(["longer".into(), "12345.6".into()]);
        assert_eq!(table.lines(), ["name      value", "µ           1.5", "longer  12345.6"]);
    }
}

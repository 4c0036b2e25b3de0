//! Aligned tables on standard output.

use super::outcome::say;

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table whose columns are as wide as their widest cell; the last one is never padded.
#[derive(Debug)]
pub struct TextTable {
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these headings.
    pub fn new(columns: &[(&str, Align)]) -> Self {
        let (names, align) = columns.iter().map(|(name, align)| ((*name).to_owned(), *align)).unzip();
        Self { align, rows: vec![names] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines; none without a row, as in a search that was stopped before it found anything.
    pub fn lines(&self) -> Vec<String> {
        if self.rows.len() == 1 {
            return Vec::new();
        }
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.align.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).zip(&self.align).map(|((cell, width), align)| match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }

    /// Prints it.
    pub fn print(&self) {
        for line in self.lines() {
            say(format_args!("{line}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = TextTable::new(&[("name", Align::Left), ("value", Align::Right)]);
        assert!(table.lines().is_empty(), "a head says nothing");
        table.row(["µ".into(), "1.5".into()]);
        table.row(["longer".into(), "12345.6".into()]);
        assert_eq!(table.lines(), ["name      value", "µ           1.5", "longer  12345.6"]);
    }
}

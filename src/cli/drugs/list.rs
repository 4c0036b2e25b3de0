//! The catalogue as a table.

use crate::catalogue::Drug;

/// One line for each drug, under a heading.
pub fn text(drugs: &[&Drug]) -> String {
    let mut rows = vec![["drug", "class", "usual dose", "acts on", "numbers"].map(str::to_owned)];
    rows.extend(drugs.iter().map(|d| {
        let dose = if d.label.regimen.is_empty() { "-" } else { &d.label.regimen };
        [d.name.clone(), d.class.clone(), dose.to_owned(), d.acts_on(), d.sureness()]
    }));
    aligned(&rows)
}

/// Columns as wide as their widest entry, two blanks between them.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

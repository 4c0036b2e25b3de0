//! Tables of results. A row is a type: its fields are the columns in their order, and their documentation is that of the columns.
//!
//! What holds for every cell is decided here alone. Numbers have six significant digits, which is more than any of them is worth,
//! unless their column says that they are [`exact`]; what is not known is an empty cell; text is safe for spreadsheets
//! ([`crate::sink::csv()`]).

use documented::{Documented, DocumentedFields};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::sink;

/// A row of a table: what one stands for, and its columns.
pub trait Row: Serialize + DeserializeOwned + Documented + DocumentedFields {}

impl<T: Serialize + DeserializeOwned + Documented + DocumentedFields> Row for T {}

/// Plain data as the text of a JSON file.
pub fn json(data: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(data);
    text.map_or_else(|e| unreachable!("plain data becomes text: {e}"), |text| text + "\n")
}

/// What a line begins with that is no row: a remark on the table. Cells that begin so are quoted.
pub const REMARK: u8 = b'#';

/// Lines of CSV text (RFC 4180, line feeds), gathered in memory so that files get whole lines only.
#[derive(Debug, Default)]
pub struct Rows {
    bytes: Vec<u8>,
    line: csv::StringRecord,
}

impl Rows {
    /// Adds the cells of a row to the line that has begun.
    pub fn row<R: Row>(&mut self, row: &R) -> &mut Self {
        let Ok(Value::Object(cells)) = serde_json::to_value(row) else { unreachable!("rows are plain data") };
        for name in R::FIELD_NAMES {
            self.line.push_field(&cell(cells.get(*name).unwrap_or(&Value::Null)));
        }
        self
    }

    /// Adds cells whose number depends on what was asked for.
    pub fn cells<T: Serialize>(&mut self, cells: impl IntoIterator<Item = T>) -> &mut Self {
        for value in cells {
            self.line.push_field(&cell(&serde_json::to_value(value).unwrap_or_default()));
        }
        self
    }

    /// Adds the names of a row's columns to the line that has begun.
    pub fn head<R: Row>(&mut self) -> &mut Self {
        self.cells(R::FIELD_NAMES)
    }

    /// Ends the line.
    pub fn end(&mut self) {
        // The writer has a buffer of its own, and is there for a line: memory takes what is written.
        let mut builder = csv::WriterBuilder::new();
        let mut line = builder.buffer_capacity(512).comment(Some(REMARK)).from_writer(&mut self.bytes);
        let written = line.write_record(&self.line).and_then(|()| line.flush().map_err(csv::Error::from));
        written.unwrap_or_else(|e| unreachable!("memory takes what is written: {e}"));
        drop(line);
        self.line.clear();
    }

    /// Adds a whole line.
    pub fn add(&mut self, row: &impl Row) {
        self.row(row).end();
    }

    /// Adds lines that are whole already, with their line feeds.
    pub fn lines(&mut self, lines: &[u8]) {
        self.bytes.extend_from_slice(lines);
    }

    /// The lines so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets the lines.
    pub fn clear(&mut self) {
        debug_assert!(self.line.is_empty(), "a line was left open");
        self.bytes.clear();
    }
}

/// A whole table.
pub fn csv<R: Row>(rows: impl IntoIterator<Item = R>) -> Vec<u8> {
    let mut out = Rows::default();
    out.head::<R>().end();
    rows.into_iter().for_each(|row| out.add(&row));
    out.bytes
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => sink::csv(text).into_owned(),
        Value::Number(n) if n.is_f64() => n.as_f64().map_or_else(String::new, |x| text(rounded(x))),
        other => other.to_string(),
    }
}

/// The shortest text that reads back; zero has no sign.
fn text(x: f64) -> String {
    let (x, size) = (x + 0.0, x.abs());
    if size != 0.0 && !(1e-4..1e15).contains(&size) { format!("{x:e}") } else { x.to_string() }
}

/// Six significant digits.
pub fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

/// Writes a number of a column, if there is one, as it is; for `serde(serialize_with)`. One that is infinite is `inf`.
///
/// # Errors
///
/// Those of the serializer.
pub fn exact<S: Serializer>(x: &(impl Copy + Into<Option<f64>>), serializer: S) -> Result<S::Ok, S::Error> {
    match (*x).into().filter(|x| !x.is_nan()) {
        Some(x) => serializer.collect_str(&text(x)),
        None => serializer.serialize_none(),
    }
}

/// The word of a plain choice in tables and files.
pub fn word(choice: &impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Ends of columns' names with the units that they say, longer ones before those that they end with.
const UNITS: [(&str, &str); 21] = [
    ("_ng_per_ml", "ng/mL"),
    ("_nmol_per_l", "nmol/L"),
    ("_per_month", "1/month"),
    ("_per_day", "1/d"),
    ("_per_mm2", "1/mm2"),
    ("_months", "months"),
    ("_percent", "%"),
    ("_fraction", "1"),
    ("_fraction_at_progression", "1"),
    ("_years", "years"),
    ("_days", "d"),
    ("_mmhg", "mmHg"),
    ("_day", "d"),
    ("_mm", "mm"),
    ("_kg", "kg"),
    ("_m2", "m2"),
    ("_hours", "h"),
    ("_incidence", "1"),
    ("days", "d"),
    ("day", "d"),
    ("hour", "h"),
];

/// The unit that a column's name ends with, if it has one; `1` is a fraction.
pub fn unit(column: &str) -> Option<&'static str> {
    let says = |end: &str| if end.starts_with('_') { column.ends_with(end) } else { column == end };
    UNITS.iter().find(|(end, _)| says(end)).map(|(_, unit)| *unit)
}

/// What a row of a table stands for, and its columns, each with its meaning and its unit.
#[derive(Debug, Serialize)]
pub struct TableMeaning {
    /// What a row stands for.
    pub row: String,
    columns: Vec<ColumnMeaning>,
}

/// What a column holds.
#[derive(Debug, Serialize)]
struct ColumnMeaning {
    name: &'static str,
    meaning: String,
    unit: Option<&'static str>,
}

/// What a table holds, as data.
pub fn meaning<R: Row>() -> TableMeaning {
    let line = |text: &str| text.replace('\n', " ");
    let columns = R::FIELD_NAMES.iter().zip(R::FIELD_DOCS);
    let columns = columns.map(|(name, docs)| ColumnMeaning { name, meaning: line(docs), unit: unit(name) });
    TableMeaning { row: line(R::DOCS), columns: columns.collect() }
}

/// A table as Markdown: its title, what a row stands for, and its columns.
pub fn markdown<R: Row>(title: &str) -> String {
    let line = |text: &str| text.replace('\n', " ");
    let columns = R::FIELD_NAMES
        .iter()
        .zip(R::FIELD_DOCS)
        .map(|(name, docs)| format!("| `{name}` | {} |\n", line(docs)));
    let columns: String = columns.collect();
    format!("### {title}\n\n{}\n\n| column | meaning |\n|---|---|\n{columns}", line(R::DOCS))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// One per test.
    #[derive(Debug, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
    struct Sample {
        /// A name.
        name: String,
        /// A count.
        count: u64,
        /// A number.
        number: Option<f64>,
        /// One that is exact.
        #[serde(serialize_with = "exact")]
        exactly: Option<f64>,
        /// Whether it is so.
        so: bool,
    }

    fn sample(name: &str, number: Option<f64>) -> Sample {
        Sample { name: name.to_owned(), count: 7, number, exactly: number, so: true }
    }

    #[test]
    fn cells_are_safe_short_and_quoted_where_they_must_be() {
        let rows = [
            sample("plain", None),
            sample("a,b", Some(0.1 + 0.2)),
            sample("say \"so\"", Some(60.0)),
            sample("=1+1", Some(1.234_567e-12)),
            sample("-1", Some(f64::INFINITY)),
            sample("#1", None),
            sample("two\nlines", Some(f64::NAN)),
        ];
        assert_eq!(
            String::from_utf8(csv(rows)).unwrap(),
            "name,count,number,exactly,so\nplain,7,,,true\n\"a,b\",7,0.3,0.30000000000000004,true\n\
             \"say \"\"so\"\"\",7,60,60,true\n'=1+1,7,1.23457e-12,1.234567e-12,true\n-1,7,,inf,true\n\
             \"#1\",7,,,true\n\"two\nlines\",7,,,true\n"
        );
    }

    #[test]
    fn a_name_ends_with_its_unit_or_has_none() {
        let units =
            ["pfs_days", "day", "second_line_day", "growth_per_day", "surface_m2", "frequency", "lesions"];
        assert_eq!(units.map(unit), [Some("d"), Some("d"), Some("d"), Some("1/d"), Some("m2"), None, None]);
        let table = serde_json::to_value(meaning::<Sample>()).unwrap();
        assert_eq!(table["row"], "One per test.");
        assert_eq!(
            table["columns"][1],
            serde_json::json!({ "name": "count", "meaning": "A count.", "unit": null })
        );
    }

    #[test]
    fn columns_are_named_and_told_once() {
        let page = markdown::<Sample>("`sample.csv`");
        assert!(page.starts_with("### `sample.csv`\n\nOne per test.\n\n| column | meaning |\n"), "{page}");
        assert!(page.ends_with("| `so` | Whether it is so. |\n"), "{page}");
    }
}

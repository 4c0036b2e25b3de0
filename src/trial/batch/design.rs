//! A design: sets of keys of a file with their values, one a row, as CSV or as lines of JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::scenario::{Setting, load_text};
use crate::trial::error::TrialError;

/// The key by which runs of one scenario differ by chance alone.
pub(super) const SEED: &str = "seed";

/// What stands for a number that is missing, in any case, beside an empty cell.
const MISSING: [&str; 6] = ["nan", "-nan", "na", "n/a", "null", "none"];

/// A column of a design.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DesignColumn {
    /// As it is headed.
    head: String,
    /// The key of the file.
    key: String,
    /// The unit of its numbers, where the head has one: `patient.growth [/d]`.
    unit: Option<String>,
}

/// A row of a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// What stands in each column, as in the file; `None`: nothing, or nothing that is a value.
    pub cells: Vec<Option<String>>,
    /// Keys and values, or what is wrong with the row.
    pub settings: Result<Vec<Setting>, String>,
}

/// Sets of keys of a file with their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Design {
    /// Heads of the columns.
    pub heads: Vec<String>,
    /// The rows, in the order of the file.
    pub rows: Vec<DesignRow>,
}

impl Design {
    /// Reads a design: lines of JSON if the file's name ends in `.jsonl` or `.ndjson`, else CSV.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a file that cannot be read, or is no design, or an empty one. What is wrong with a row is kept with it.
    pub fn load(path: &Path) -> Result<Self, TrialError> {
        let wrong =
            |why: String| TrialError::Input(format!("failed to read the design `{}`: {why}", path.display()));
        let text = load_text(path).map_err(|e| wrong(e.to_string()))?;
        let is_json = path.extension().is_some_and(|end| end == "jsonl" || end == "ndjson");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let design = if is_json { of_json(text) } else { of_csv(text) }.map_err(wrong)?;
        if design.rows.is_empty() {
            return Err(wrong("it has no rows: write a set of values into each, below the keys".to_owned()));
        }
        Ok(design)
    }

    /// A row for each seed, and nothing else that differs.
    pub fn of_seeds(seeds: &[u64]) -> Self {
        let columns = [DesignColumn { head: SEED.to_owned(), key: SEED.to_owned(), unit: None }];
        let rows = (1..).zip(seeds).map(|(line, seed)| row(line, &columns, vec![Some(seed.to_string())]));
        design(&columns, rows.collect())
    }

    /// For each row that is as an earlier one, the first of those.
    pub fn repeated(&self) -> BTreeMap<u32, u32> {
        let mut first = BTreeMap::new();
        let mut again = BTreeMap::new();
        for (number, row) in (0_u32..).zip(&self.rows) {
            let Ok(settings) = &row.settings else { continue };
            match first.get(settings) {
                Some(earlier) => drop(again.insert(number, *earlier)),
                None => drop(first.insert(settings, number)),
            }
        }
        again
    }
}

/// A head of a column: its key, and the unit behind it.
fn column(head: &str) -> DesignColumn {
    let unit = head.strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["));
    let (key, unit) = unit.map_or((head, None), |(key, unit)| (key, Some(unit.trim().to_owned())));
    DesignColumn { head: head.to_owned(), key: key.trim().to_owned(), unit }
}

/// Columns by their heads, each of which names another key.
fn columns<'a>(heads: impl IntoIterator<Item = &'a str>) -> Result<Vec<DesignColumn>, String> {
    let columns: Vec<DesignColumn> = heads.into_iter().map(column).collect();
    for (number, column) in columns.iter().enumerate() {
        if column.key.is_empty() {
            return Err(format!(
                "column {} has no name: name the key of the file that it gives; numbers of rows are left out by \
                 `index=False` in pandas and `row.names = FALSE` in R",
                number + 1
            ));
        }
        if columns[..number].iter().any(|other| other.key == column.key) {
            return Err(format!("two columns are called `{}`: leave one of them out", column.key));
        }
    }
    if columns.is_empty() {
        Err("it is empty: begin with a line of keys of the file".to_owned())
    } else {
        Ok(columns)
    }
}

fn row(line: u64, columns: &[DesignColumn], cells: Vec<Option<String>>) -> DesignRow {
    let setting = |(column, cell): (&DesignColumn, &Option<String>)| match cell {
        None => Err(format!("column `{}`: the value is missing", column.head)),
        Some(value) => {
            let value = match &column.unit {
                Some(unit) => format!("{value} {unit}"),
                None => value.clone(),
            };
            Ok(Setting { key: column.key.clone(), value })
        }
    };
    let settings = columns.iter().zip(&cells).map(setting).collect();
    DesignRow { line, cells, settings }
}

fn design(columns: &[DesignColumn], rows: Vec<DesignRow>) -> Design {
    Design { heads: columns.iter().map(|column| column.head.clone()).collect(), rows }
}

fn of_csv(text: &str) -> Result<Design, String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|e| e.to_string())?.clone();
    if heads.len() == 1 && heads.iter().any(|head| head.contains([';', '\t'])) {
        return Err(
            "its columns are not separated by commas: write `a,b`, with a point in numbers".to_owned()
        );
    }
    let columns = columns(heads.iter())?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, |at| line(text, at));
        let is_missing =
            |cell: &str| cell.is_empty() || MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word));
        let mut cells: Vec<_> =
            record.iter().map(|cell| (!is_missing(cell)).then(|| cell.to_owned())).collect();
        cells.resize(columns.len(), None);
        let mut row = row(line, &columns, cells);
        if record.len() != columns.len() {
            row.settings =
                Err(format!("it has {} cells, and the first line has {}", record.len(), columns.len()));
        }
        rows.push(row);
    }
    Ok(design(&columns, rows))
}

/// Line of a record: that of its reader is where the last one ended, before remarks and empty lines.
fn line(text: &str, at: &csv::Position) -> u64 {
    let after = text.get(at.byte() as usize..).unwrap_or_default();
    let skipped = after.split('\n').take_while(|line| line.trim().is_empty() || line.starts_with('#'));
    at.line() + skipped.count() as u64
}

/// Keys and values of a line of JSON, or what is wrong with it.
type JsonLine = Result<BTreeMap<String, Value>, String>;

fn of_json(text: &str) -> Result<Design, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let parsed: Vec<(u64, JsonLine)> = lines.map(|(number, line)| (number, object(line))).collect();
    // A key that is misspelt in one line must not be missing in all others.
    let first = parsed.iter().filter_map(|(_, row)| row.as_ref().ok()).find(|keys| !keys.is_empty());
    let heads: Vec<&str> = first.into_iter().flat_map(BTreeMap::keys).map(String::as_str).collect();
    if heads.is_empty() && !parsed.is_empty() {
        let why =
            parsed.iter().find_map(|(_, row)| row.as_ref().err()).map_or("no line has a key", String::as_str);
        return Err(format!("no line is a set of keys: {why}"));
    }
    if parsed.is_empty() {
        return Err("it is empty: write an object of keys and values into each line".to_owned());
    }
    let columns = columns(heads)?;
    let of = |(line, parsed): (u64, JsonLine)| match parsed {
        Err(why) => DesignRow { line, cells: vec![None; columns.len()], settings: Err(why) },
        Ok(keys) => json_row(line, &columns, &keys),
    };
    let rows = parsed.into_iter().map(of).collect();
    Ok(design(&columns, rows))
}

/// A row of JSON, whose texts are texts and whose numbers are numbers.
fn json_row(line: u64, columns: &[DesignColumn], keys: &BTreeMap<String, Value>) -> DesignRow {
    let shown = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let cells: Vec<_> = columns.iter().map(|column| keys.get(&column.head).and_then(shown)).collect();
    let mut row = row(line, columns, cells);
    if let Some(other) = keys.keys().find(|key| columns.iter().all(|column| column.head != **key)) {
        row.settings = Err(format!(
            "it has the key `{other}`, which the first line does not have; all lines have the same keys"
        ));
    }
    if let Ok(settings) = &mut row.settings {
        for (setting, column) in settings.iter_mut().zip(columns).filter(|(_, column)| column.unit.is_none())
        {
            let value = keys.get(&column.head).and_then(|value| toml::Value::try_from(value).ok());
            setting.value = value.map_or_else(|| setting.value.clone(), |value| value.to_string());
        }
    }
    row
}

/// A line of JSON with its keys, those of objects in it behind theirs.
fn object(line: &str) -> JsonLine {
    let value: Value = serde_json::from_str(line)
        .map_err(|e| format!("it is not JSON: {e}; a number that is missing cannot be NaN"))?;
    let Value::Object(object) = value else {
        return Err("it is not an object of keys and values".to_owned());
    };
    let mut flat = BTreeMap::new();
    flatten("", object, &mut flat);
    Ok(flat)
}

fn flatten(before: &str, object: serde_json::Map<String, Value>, flat: &mut BTreeMap<String, Value>) {
    for (key, value) in object {
        match value {
            Value::Object(below) => flatten(&format!("{before}{key}."), below, flat),
            value => drop(flat.insert(format!("{before}{key}"), value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(name: &str, text: &str) -> Result<Design, String> {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(name);
        std::fs::write(&path, text).unwrap();
        Design::load(&path).map_err(|e| e.to_string())
    }

    fn settings(row: &DesignRow) -> Vec<(String, String)> {
        row.settings.clone().unwrap().into_iter().map(|s| (s.key, s.value)).collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn rows_of_csv_are_keys_with_values() {
        let text = "\u{feff}patient.growth [/d],seed, time.end\n# a remark\n0.004,1,90 d\n1e-3,2,\"90 d\"\n";
        let design = load("d.csv", text).unwrap();
        assert_eq!(design.heads, ["patient.growth [/d]", "seed", "time.end"]);
        assert_eq!(design.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 4]);
        let expected = [pair("patient.growth", "0.004 /d"), pair("seed", "1"), pair("time.end", "90 d")];
        assert_eq!(settings(&design.rows[0]), expected);
        assert_eq!(design.rows[1].cells, [Some("1e-3".into()), Some("2".into()), Some("90 d".into())]);
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_of_that_row() {
        let design = load("d.csv", "seed,patient.growth\n1,NaN\n2,\n3\n4,a,b\n5,0.004 /d\n6,NA\n").unwrap();
        let wrong: Vec<_> =
            design.rows.iter().map(|row| row.settings.clone().err().unwrap_or_default()).collect();
        for missing in [0, 1, 5] {
            assert_eq!(wrong[missing], "column `patient.growth`: the value is missing");
        }
        assert_eq!(wrong[2], "it has 1 cells, and the first line has 2");
        assert!(wrong[3].contains("3 cells") && wrong[4].is_empty());
    }

    #[test]
    fn lines_of_json_keep_the_kind_of_a_value() {
        let text = "{\"seed\": 1, \"patient\": {\"growth\": \"0.004 /d\"}}\n\n{\"seed\": null, \"lattice.size\": [32, 32]}\n{\"seed\": NaN}\n[1]\n";
        let design = load("d.jsonl", text).unwrap();
        assert_eq!(design.heads, ["patient.growth", "seed"]);
        let wrong = |row: usize| design.rows[row].settings.clone().unwrap_err();
        // A key of one line alone was once a cell that all others lacked.
        assert_eq!(settings(&design.rows[0]), [pair("patient.growth", "\"0.004 /d\""), pair("seed", "1")]);
        assert!(wrong(1).contains("the key `lattice.size`, which the first line does not have"));
        assert!(wrong(2).contains("not JSON") && wrong(3).contains("not an object"));
        let whole =
            load("d.jsonl", "{\"name\": \"7\", \"lattice.size\": [32, 48], \"a [/d]\": 0.5, \"b\": true}")
                .unwrap();
        let expected =
            [pair("a", "0.5 /d"), pair("b", "true"), pair("lattice.size", "[32, 48]"), pair("name", "\"7\"")];
        assert_eq!(settings(&whole.rows[0]), expected);
    }

    #[test]
    fn files_that_are_no_design_are_refused_with_a_way_out() {
        for (name, text, expected) in [
            ("d.csv", "", "it is empty"),
            ("d.csv", "seed,patient.growth\n", "it has no rows"),
            ("d.jsonl", "\n", "it is empty"),
            ("d.jsonl", "seed\n", "not JSON"),
            ("d.csv", ",seed\n0,1\n", "index=False"),
            ("d.csv", "seed,seed\n0,1\n", "two columns are called `seed`"),
            ("d.csv", "seed;patient.growth\n0;1\n", "not separated by commas"),
        ] {
            let found = load(name, text).unwrap_err();
            assert!(found.contains(expected), "{text}: {found}");
        }
        assert!(Design::load(Path::new("no/such.csv")).unwrap_err().to_string().contains("no such file"));
    }

    #[test]
    fn rows_that_repeat_an_earlier_one_are_known() {
        let design = load("d.csv", "seed\n1\n2\n1\nNaN\nNaN\n1\n").unwrap();
        assert_eq!(design.repeated(), BTreeMap::from([(2, 0), (5, 0)]));
    }
}

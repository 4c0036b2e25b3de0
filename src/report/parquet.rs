//! The tables of a folder as Parquet files.
//!
//! A column is of whole numbers, of numbers or of truth values if all of its fields are, else of text; an empty field is
//! null. Nothing is compressed beyond dictionaries, so that any reader takes the files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::ReportError;
use super::read::{self, each_record, kind};

/// What all fields of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Whole,
    Number,
    Truth,
    Text,
}

/// What the fields of a column that are not empty have all been so far.
#[derive(Debug, Clone, Copy)]
struct Seen {
    any: bool,
    whole: bool,
    number: bool,
    truth: bool,
}

impl Seen {
    const NOTHING: Self = Self { any: false, whole: true, number: true, truth: true };

    fn add(&mut self, field: &str) {
        if !field.is_empty() {
            self.any = true;
            self.whole &= field.parse::<i64>().is_ok();
            self.number &= field.parse::<f64>().is_ok_and(f64::is_finite);
            self.truth &= matches!(field, "true" | "false");
        }
    }

    fn kind(self) -> ColumnKind {
        match self {
            Self { any: false, .. } => ColumnKind::Text,
            Self { whole: true, .. } => ColumnKind::Whole,
            Self { number: true, .. } => ColumnKind::Number,
            Self { truth: true, .. } => ColumnKind::Truth,
            _ => ColumnKind::Text,
        }
    }
}

impl ColumnKind {
    fn field(self, name: &str) -> Result<Type, ParquetError> {
        let (physical, converted) = match self {
            Self::Whole => (Physical::INT64, ConvertedType::NONE),
            Self::Number => (Physical::DOUBLE, ConvertedType::NONE),
            Self::Truth => (Physical::BOOLEAN, ConvertedType::NONE),
            Self::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        };
        let field = Type::primitive_type_builder(name, physical);
        field.with_repetition(Repetition::OPTIONAL).with_converted_type(converted).build()
    }
}

/// Writes every CSV table of a run's or trial's folder into another folder; the paths that were written.
///
/// # Errors
///
/// [`ReportError`], for a folder that cannot be read or written.
pub fn tables(dir: &Path, out: &Path) -> Result<Vec<PathBuf>, ReportError> {
    kind(dir)?;
    fs::create_dir_all(out).map_err(ReportError::write(out))?;
    let entries = fs::read_dir(dir).map_err(ReportError::read(dir))?;
    let mut all: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "csv")).collect();
    all.sort();
    all.iter().map(|path| table(path, out)).collect()
}

/// Rows that are in memory at a time.
const GROUP: usize = 1 << 16;

fn table(path: &Path, out: &Path) -> Result<PathBuf, ReportError> {
    let head = read::head(path)?;
    let mut seen = vec![Seen::NOTHING; head.len()];
    each_record(path, |_, row| {
        seen.iter_mut().zip(row).for_each(|(seen, field)| seen.add(field));
        Ok(())
    })?;
    let kinds: Vec<ColumnKind> = seen.into_iter().map(Seen::kind).collect();
    let to = out.join(path.file_name().unwrap_or_default()).with_extension("parquet");
    let failed =
        |error: ParquetError| ReportError::Write { path: to.clone(), source: std::io::Error::other(error) };
    let file = File::create(&to).map_err(ReportError::write(&to))?;
    let mut writer = open(file, &head, &kinds).map_err(failed)?;
    let mut rows = Vec::new();
    each_record(path, |_, row| {
        rows.push(row.clone());
        if rows.len() == GROUP {
            group(&mut writer, &kinds, &rows).map_err(failed)?;
            rows.clear();
        }
        Ok(())
    })?;
    group(&mut writer, &kinds, &rows).and_then(|()| writer.close().map(|_| ())).map_err(failed)?;
    Ok(to)
}

fn open(
    file: File,
    head: &csv::StringRecord,
    kinds: &[ColumnKind],
) -> Result<SerializedFileWriter<File>, ParquetError> {
    let fields = head.iter().zip(kinds).map(|(name, kind)| kind.field(name).map(Arc::new));
    let schema = Type::group_type_builder("table").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    SerializedFileWriter::new(file, Arc::new(schema), Arc::new(WriterProperties::builder().build()))
}

/// Writes some rows.
fn group(
    writer: &mut SerializedFileWriter<File>,
    kinds: &[ColumnKind],
    rows: &[csv::StringRecord],
) -> Result<(), ParquetError> {
    let column = |c: usize| rows.iter().map(move |row| row.get(c).unwrap_or(""));
    let mut group = writer.next_row_group()?;
    for (c, kind) in kinds.iter().enumerate() {
        match kind {
            ColumnKind::Whole => fill::<Int64Type>(&mut group, column(c), |f| f.parse().ok())?,
            ColumnKind::Number => fill::<DoubleType>(&mut group, column(c), |f| f.parse().ok())?,
            ColumnKind::Truth => fill::<BoolType>(&mut group, column(c), |f| f.parse().ok())?,
            ColumnKind::Text => fill::<ByteArrayType>(&mut group, column(c), |f| Some(ByteArray::from(f)))?,
        }
    }
    group.close().map(|_| ())
}

/// Writes a column; empty fields are null.
fn fill<'a, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    fields: impl Iterator<Item = &'a str> + Clone,
    parse: impl Fn(&'a str) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let there: Vec<i16> = fields.clone().map(|f| i16::from(!f.is_empty())).collect();
    let values: Vec<T::T> = fields.filter(|f| !f.is_empty()).filter_map(parse).collect();
    column.typed::<T>().write_batch(&values, Some(&there), None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    use super::*;

    #[test]
    fn columns_have_the_type_of_all_their_fields() {
        let temp = tempfile::tempdir().unwrap();
        let from = temp.path().join("t.csv");
        fs::write(&from, "n,x,yes,words,none\n1,0.5,true,\"a,b\",\n,2,false,7,\n3,1e3,true,,\n").unwrap();
        let path = table(&from, temp.path()).unwrap();
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0].get_long(0).unwrap(), rows[2].get_double(1).unwrap()), (1, 1000.0));
        assert!(rows[1].get_long(0).is_err(), "an empty field is null");
        assert_eq!((rows[0].get_bool(2).unwrap(), rows[0].get_string(3).unwrap().as_str()), (true, "a,b"));
        assert_eq!(rows[1].get_string(3).unwrap(), "7");
    }
}

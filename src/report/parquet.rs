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
use super::read::{kind, records};

/// What all fields of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Number,
    Truth,
    Text,
}

impl Kind {
    fn of<'a>(fields: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut given = fields.filter(|f| !f.is_empty());
        let all = |is: fn(&str) -> bool| given.clone().all(is);
        if given.clone().next().is_none() {
            Self::Text
        } else if all(|f| f.parse::<i64>().is_ok()) {
            Self::Whole
        } else if all(|f| f.parse::<f64>().is_ok_and(f64::is_finite)) {
            Self::Number
        } else if given.all(|f| matches!(f, "true" | "false")) {
            Self::Truth
        } else {
            Self::Text
        }
    }

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

fn table(path: &Path, out: &Path) -> Result<PathBuf, ReportError> {
    let (head, rows) = records(path)?;
    let to = out.join(path.file_name().unwrap_or_default()).with_extension("parquet");
    let file = File::create(&to).map_err(ReportError::write(&to))?;
    let failed =
        |error: ParquetError| ReportError::Write { path: to.clone(), source: std::io::Error::other(error) };
    write(file, &head, &rows).map_err(failed)?;
    Ok(to)
}

fn write(file: File, head: &csv::StringRecord, rows: &[csv::StringRecord]) -> Result<(), ParquetError> {
    let column = |c: usize| rows.iter().map(move |row| row.get(c).unwrap_or(""));
    let kinds: Vec<Kind> = (0..head.len()).map(|c| Kind::of(column(c))).collect();
    let fields = head.iter().zip(&kinds).map(|(name, kind)| kind.field(name).map(Arc::new));
    let schema = Type::group_type_builder("table").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), properties)?;
    let mut group = writer.next_row_group()?;
    for (c, kind) in kinds.into_iter().enumerate() {
        match kind {
            Kind::Whole => fill::<Int64Type>(&mut group, column(c), |f| f.parse().ok())?,
            Kind::Number => fill::<DoubleType>(&mut group, column(c), |f| f.parse().ok())?,
            Kind::Truth => fill::<BoolType>(&mut group, column(c), |f| f.parse().ok())?,
            Kind::Text => fill::<ByteArrayType>(&mut group, column(c), |f| Some(ByteArray::from(f)))?,
        }
    }
    group.close()?;
    writer.close().map(|_| ())
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

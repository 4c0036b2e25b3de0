//! Blocks of a library on the disk, as Parquet: a row for each patient, arm and day. Numbers have 32 bits.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::{FloatType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::{Row, RowAccessor};
use parquet::schema::types::Type;

use super::manifest::BlockShape;
use super::trajectory::{KeptTumour, TumourState};
use crate::trial::cohort::MAX_PATIENT_LESIONS;

/// A row as it is written.
type KeptRow<'a> = (&'a KeptTumour, &'a TumourState);

/// How a field is taken from a row.
type Taken<T> = Box<dyn Fn(&KeptRow<'_>) -> Option<T>>;

/// A column: its name, and how it is taken from a row.
enum KeptColumn {
    Whole(String, Taken<i32>),
    Number(String, Taken<f32>),
}

/// Columns of whole numbers that come first: patient, arm, day, line, died.
const FIRST: usize = 5;

fn whole(name: impl Into<String>, of: impl Fn(&KeptRow<'_>) -> Option<u32> + 'static) -> KeptColumn {
    KeptColumn::Whole(name.into(), Box::new(move |row| of(row).and_then(|x| i32::try_from(x).ok())))
}

fn number(name: impl Into<String>, of: impl Fn(&TumourState) -> Option<f64> + 'static) -> KeptColumn {
    KeptColumn::Number(name.into(), Box::new(move |(_, state)| of(state).map(|x| x as f32)))
}

/// Smallest volume whose logarithm is kept.
const GONE: f64 = 1e-9;

fn columns(shape: &BlockShape) -> Vec<KeptColumn> {
    let mut all = vec![
        whole("patient", |(kept, _)| Some(kept.patient)),
        whole("arm", |(kept, _)| Some(kept.arm as u32)),
        whole("day", |(_, state)| Some(state.day)),
        whole("line", |(_, state)| state.line.map(|line| line as u32)),
        whole("died", |(kept, _)| kept.died),
    ];
    for lesion in 0..MAX_PATIENT_LESIONS as usize {
        let of = move |state: &TumourState| state.volumes.get(lesion).map(|v| libm::log(v.max(GONE)));
        all.push(number(format!("ln_volume_{}", lesion + 1), of));
    }
    all.push(number("live", |state| Some(state.live)));
    all.push(number("cga_secretion", |state| Some(state.secretion)));
    let names = std::iter::once("sensitive").chain(shape.loci.iter().map(String::as_str));
    for (at, name) in names.enumerate() {
        all.push(number(format!("share_{name}"), move |state| state.shares.get(at).copied()));
    }
    for drug in 0..shape.drugs {
        all.push(number(format!("trough_{}", drug + 1), move |state| state.troughs.get(drug).copied()));
        let step = move |(_, state): &KeptRow<'_>| state.steps.get(drug).copied().flatten();
        all.push(whole(format!("dose_step_{}", drug + 1), move |row| step(row).map(|step| step as u32)));
    }
    all
}

/// Writes a block.
///
/// # Errors
///
/// As files fail.
pub fn write(file: &mut File, shape: &BlockShape, tumours: &[KeptTumour]) -> io::Result<()> {
    let rows: Vec<KeptRow<'_>> =
        tumours.iter().flat_map(|kept| kept.states.iter().map(move |state| (kept, state))).collect();
    let columns = columns(shape);
    let field = |column: &KeptColumn| {
        let (name, physical) = match column {
            KeptColumn::Whole(name, _) => (name, Physical::INT32),
            KeptColumn::Number(name, _) => (name, Physical::FLOAT),
        };
        let field = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        field.build().map(Arc::new)
    };
    let mut fill = || -> Result<(), ParquetError> {
        let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("library").with_fields(fields).build()?;
        let properties = Arc::new(WriterProperties::builder().build());
        let mut writer = SerializedFileWriter::new(&mut *file, Arc::new(schema), properties)?;
        let mut group = writer.next_row_group()?;
        columns.iter().try_for_each(|column| put(&mut group, column, &rows))?;
        group.close()?;
        writer.close().map(|_| ())
    };
    fill().map_err(io::Error::other)
}

fn put(
    group: &mut SerializedRowGroupWriter<'_, &mut File>,
    column: &KeptColumn,
    rows: &[KeptRow<'_>],
) -> Result<(), ParquetError> {
    let Some(mut writer) = group.next_column()? else { return Ok(()) };
    match column {
        KeptColumn::Whole(_, of) => {
            let all: Vec<Option<i32>> = rows.iter().map(of).collect();
            let there: Vec<i16> = all.iter().map(|x| i16::from(x.is_some())).collect();
            let values: Vec<i32> = all.into_iter().flatten().collect();
            writer.typed::<Int32Type>().write_batch(&values, Some(&there), None)?;
        }
        KeptColumn::Number(_, of) => {
            let all: Vec<Option<f32>> = rows.iter().map(of).collect();
            let there: Vec<i16> = all.iter().map(|x| i16::from(x.is_some())).collect();
            let values: Vec<f32> = all.into_iter().flatten().collect();
            writer.typed::<FloatType>().write_batch(&values, Some(&there), None)?;
        }
    }
    writer.close()
}

/// Reads a block.
///
/// # Errors
///
/// As files fail; [`io::ErrorKind::InvalidData`] for what is no block of this shape.
pub fn read(path: &Path, shape: &BlockShape) -> io::Result<Vec<KeptTumour>> {
    let wrong = |e: ParquetError| io::Error::new(io::ErrorKind::InvalidData, e);
    let reader = SerializedFileReader::new(File::open(path)?).map_err(wrong)?;
    let fields = reader.metadata().file_metadata().schema_descr().num_columns();
    if fields != columns(shape).len() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it has other columns"));
    }
    let mut all: Vec<KeptTumour> = Vec::new();
    for row in reader.get_row_iter(None).map_err(wrong)? {
        let row = row.map_err(wrong)?;
        let whole = |at: usize| row.get_int(at).map(|x| x as u32);
        let (patient, arm) = (whole(0).map_err(wrong)?, whole(1).map_err(wrong)? as usize);
        let state = state(&row, shape).map_err(wrong)?;
        match all.last_mut().filter(|last| (last.patient, last.arm) == (patient, arm)) {
            Some(last) => last.states.push(state),
            None => all.push(KeptTumour { patient, arm, died: whole(4).ok(), states: vec![state] }),
        }
    }
    Ok(all)
}

fn state(row: &Row, shape: &BlockShape) -> Result<TumourState, ParquetError> {
    let lesions = MAX_PATIENT_LESIONS as usize;
    let number = |at: usize| row.get_float(at).map(f64::from);
    let there = |range: std::ops::Range<usize>| range.filter_map(|at| number(at).ok());
    let shares = FIRST + lesions + 2;
    let drugs = shares + 1 + shape.loci.len();
    let of_drugs = || (0..shape.drugs).map(|drug| drugs + 2 * drug).filter(|at| number(*at).is_ok());
    let step = |at: usize| row.get_int(at + 1).ok().map(|step| step as usize);
    Ok(TumourState {
        day: row.get_int(2)? as u32,
        line: row.get_int(3).ok().map(|line| line as usize),
        volumes: there(FIRST..FIRST + lesions).map(libm::exp).collect(),
        live: number(FIRST + lesions)?,
        secretion: number(FIRST + lesions + 1)?,
        shares: there(shares..drugs).collect(),
        troughs: of_drugs().filter_map(|at| number(at).ok()).collect(),
        steps: of_drugs().map(step).collect(),
    })
}

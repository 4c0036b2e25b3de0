//! `evotor tables`: the tables of a run or trial in another format.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::report::nonmem;
use crate::simulation::folder::{ADAM, NONMEM};
use crate::simulation::naming::counted;

use super::json::{self, WrittenResult};
use super::outcome::{Failure, say};

/// Write the tables of a run or trial in another format
///
/// `parquet`: every CSV table of the folder becomes a Parquet file, whose columns have types: whole numbers, numbers, truth values, text; an
/// empty field is null. A program that was built with `--no-default-features` does not have it.
///
/// `adam`: of a trial, the tables ADSL, ADTTE, ADRS, ADAE and ADEX as CSV, shaped as the Analysis Data Model of CDISC has them, and not
/// conformant: there are no dates and no controlled terms. A virtual patient is a subject of its own in every arm; `PAIRID` is the patient.
///
/// `nonmem`: of a run, the doses that were given after holds and reductions, a file for each drug with the columns ID, TIME (h), AMT, II, ADDL,
/// EVID and CMT, as NONMEM, mrgsolve and rxode2 read them. A scenario reads them as well (`records` of a regimen).
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor tables results/first-run --format parquet\n  \
    evotor tables results/everolimus-sunitinib --format adam\n  \
    evotor tables results/everolimus --format nonmem\n\n\
    Exit codes:\n  0  done\n  1  a table could not be written\n  2  the folder is at fault, or the format is not part of this program")]
pub struct Args {
    /// The folder of the run or trial
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Format of the tables
    #[arg(long, value_enum, default_value_t = TableFormat::Parquet)]
    format: TableFormat,

    /// Folder for the tables [default: DIR/parquet, DIR/adam or DIR/nonmem]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TableFormat {
    /// Apache Parquet
    Parquet,
    /// Shaped as the Analysis Data Model of CDISC, as CSV
    Adam,
    /// Dosing records for NONMEM, mrgsolve and rxode2, as CSV
    Nonmem,
}

/// Runs the command.
pub fn tables(args: &Args) -> Result<ExitCode, Failure> {
    match args.format {
        TableFormat::Parquet => write(args),
        TableFormat::Adam => adam(args),
        TableFormat::Nonmem => records(args),
    }
}

fn adam(args: &Args) -> Result<ExitCode, Failure> {
    let out = args.out.clone().unwrap_or_else(|| args.dir.join(ADAM));
    let written = crate::report::adam::tables(&args.dir, &out)?;
    json::add(|| WrittenResult::of(&written));
    say(format_args!("{} ADaM-shaped tables in {}; they are not conformant", written.len(), out.display()));
    Ok(ExitCode::SUCCESS)
}

fn records(args: &Args) -> Result<ExitCode, Failure> {
    let out = args.out.clone().unwrap_or_else(|| args.dir.join(NONMEM));
    let written = nonmem::records(&args.dir, &out)?;
    json::add(|| WrittenResult::of(&written.iter().map(|file| file.path.clone()).collect::<Vec<_>>()));
    for written in written {
        let nonmem::DrugRecords { path, drug, unit, persons, doses } = written;
        let (doses, persons) = (counted(doses, "dose"), counted(persons, "replicate"));
        say(format_args!("{}: {drug}, {doses} of {persons}, AMT in {unit}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "parquet")]
fn write(args: &Args) -> Result<ExitCode, Failure> {
    let out = args.out.clone().unwrap_or_else(|| args.dir.join("parquet"));
    let written = crate::report::parquet::tables(&args.dir, &out)?;
    json::add(|| WrittenResult::of(&written));
    say(format_args!("{} tables in {}", written.len(), out.display()));
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "parquet"))]
fn write(args: &Args) -> Result<ExitCode, Failure> {
    let to = args.out.as_ref().map_or_else(String::new, |out| format!(" into {}", out.display()));
    let text = format!(
        "failed to write the tables of `{}`{to}: this program was built without Parquet; build it without \
         --no-default-features, or choose `--format adam` (of a trial) or `--format nonmem` (of a run), which need no other build",
        args.dir.display()
    );
    Err(Failure::Input(text))
}

//! `evotor tables`: the tables of a run or trial in another format.

use std::path::PathBuf;
use std::process::ExitCode;

use super::outcome::Failure;

/// Write the tables of a run or trial in another format
///
/// Every CSV table of the folder becomes a Parquet file, whose columns have types: whole numbers, numbers, truth values, text; an empty
/// field is null. It needs a program that was built with `--features parquet`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor tables results/first-run --format parquet\n\n\
    Exit codes:\n  0  done\n  1  a table could not be written\n  2  the folder is at fault, or the format is not part of this program")]
pub struct Args {
    /// The folder of the run or trial
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Format of the tables
    #[arg(long, value_enum, default_value_t = TableFormat::Parquet)]
    format: TableFormat,

    /// Folder for the tables [default: DIR/parquet]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TableFormat {
    /// Apache Parquet
    Parquet,
}

/// Runs the command.
pub fn tables(args: &Args) -> Result<ExitCode, Failure> {
    let TableFormat::Parquet = args.format;
    write(args)
}

#[cfg(feature = "parquet")]
fn write(args: &Args) -> Result<ExitCode, Failure> {
    let out = args.out.clone().unwrap_or_else(|| args.dir.join("parquet"));
    let written = crate::report::parquet::tables(&args.dir, &out)?;
    super::outcome::say(format_args!("{} tables in {}", written.len(), out.display()));
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "parquet"))]
fn write(args: &Args) -> Result<ExitCode, Failure> {
    let to = args.out.as_ref().map_or_else(String::new, |out| format!(" into {}", out.display()));
    let text = format!(
        "failed to write the tables of `{}`{to}: this program was built without Parquet; build it with `cargo build --release --features \
         parquet`",
        args.dir.display()
    );
    Err(Failure::Input(text))
}

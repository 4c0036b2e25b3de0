//! `evotor merge`: shards of a trial put together.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::trial::shard::{Coverage, Merge};

use super::codes::{INCOMPLETE, later_codes};
use super::compare::{Manner, conclude, with_bar};
use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::report::ReportArgs;

/// Merge the shards of a trial
///
/// Reads the folders that `evotor compare` or `evotor trial` wrote with --shard, in any order, and writes the folder that one process would
/// have written: every table, picture and page the same bytes, and the same digest. Shards of another version, scenario, seed, set of
/// arms or way of computing are refused, and files that were changed since.
///
/// If patients are missing, or are in several shards, standard output names them as one line of JSON, with the numbers of the shards to
/// run (`missing_shards`), and nothing is written.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor merge parts/* --out whole\n  \
    evotor merge parts/* --out whole --allow-missing\n\n\
    Exit codes:\n  0  done\n  1  a patient had failed in its shard, or the whole could not be written\n  2  the input is at fault\n  \
    3  patients are missing, or in several shards\n  ", later_codes!()))]
pub struct Args {
    /// The folders of the shards
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,

    /// Folder for the whole
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,

    /// Merge what is there although patients are missing; the results say so
    #[arg(long)]
    allow_missing: bool,

    /// Replace the results of another trial in the same folder
    #[arg(long)]
    force: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    report: ReportArgs,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn merge(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let merge = Merge::open(&args.dirs)?;
    let is_allowed = args.allow_missing && merge.coverage.overlaps.is_empty();
    if !merge.coverage.is_whole() && !is_allowed {
        return Ok(incomplete(&merge.coverage));
    }
    let (session, run) = with_bar(args.quiet, |hooks| {
        Ok(merge.write(&args.out, args.force, args.backend.options(), hooks)?)
    })?;
    conclude(&session, run, Manner { report: args.report, quiet: args.quiet, is_kept: true })
}

/// Names who is missing, or there more than once.
fn incomplete(coverage: &Coverage) -> ExitCode {
    say(format_args!("{}", coverage.json()));
    let list = |all: Vec<String>| all.join(", ");
    if !coverage.gaps.is_empty() {
        let gaps = list(coverage.gaps.iter().map(ToString::to_string).collect());
        let which = match (coverage.of, coverage.missing_shards.is_empty()) {
            (Some(of), false) => {
                let missing = list(coverage.missing_shards.iter().map(ToString::to_string).collect());
                format!("; run shards {missing} of {of}, or")
            }
            _ => "; run them, or".to_owned(),
        };
        complain(format_args!(
            "error: patients {gaps} of {} are in no shard{which} give --allow-missing",
            coverage.patients
        ));
    }
    for dir in &coverage.unfinished {
        complain(format_args!("  not done: {dir}; go on with: evotor resume {dir}"));
    }
    for overlap in &coverage.overlaps {
        let [one, other] = &overlap.dirs;
        complain(format_args!(
            "error: patients {} are in `{one}` and in `{other}`; leave one of them out",
            overlap.range
        ));
    }
    ExitCode::from(INCOMPLETE)
}

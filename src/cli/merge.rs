//! `evotor merge`: shards of a trial, a run or a batch put together.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::simulation::Ending;
use crate::trial::batch::{BatchMerge, is_batch};
use crate::trial::shard::{Coverage, Merge, ReplicateMerge, is_run};

use super::codes::{INCOMPLETE, later_codes};
use super::compare::{Manner, conclude, with_bar};
use super::json::{self, FolderResult};
use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::report::ReportArgs;
use super::{batch, run};

/// Merge the shards of a trial, a run or a batch
///
/// Reads the folders that `evotor compare`, `evotor trial`, `evotor run` or `evotor batch` wrote with --shard, in any order, and writes the folder that
/// one process would have written: every table, picture and page the same bytes, and the same digest. Shards of another version, scenario,
/// seed, set of arms, design or way of computing are refused, and files that were changed since.
///
/// If patients, replicates or rows are missing or in several shards, standard output names them as one line of JSON, with the numbers of
/// the shards to run (`missing_shards`), and nothing is written.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor merge parts/* --out whole\n  \
    evotor merge parts/* --out whole --allow-missing\n\n\
    Exit codes:\n  0  done\n  1  a patient had failed in its shard, or the whole could not be written\n  2  the input is at fault\n  \
    3  patients, replicates or rows are missing, or in several shards\n  ", later_codes!()))]
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
    if args.dirs.iter().any(|dir| is_batch(dir)) {
        return rows(args);
    }
    if args.dirs.iter().any(|dir| is_run(dir)) {
        return replicates(args);
    }
    let merge = Merge::open(&args.dirs)?;
    if !args.takes(merge.coverage()) {
        return Ok(incomplete(merge.coverage(), &PATIENTS));
    }
    let (session, run) = with_bar(args.quiet, |hooks| {
        Ok(merge.write(&args.out, args.force, args.backend.options(), hooks)?)
    })?;
    conclude(&session, run, Manner { report: args.report, quiet: args.quiet, is_kept: true })
}

impl Args {
    /// Whether so much is enough.
    fn takes(&self, coverage: &Coverage) -> bool {
        coverage.is_whole() || self.allow_missing && coverage.overlaps.is_empty()
    }
}

/// Merges shards of a batch.
fn rows(args: &Args) -> Result<ExitCode, Failure> {
    let merge = BatchMerge::open(&args.dirs)?;
    if !args.takes(&merge.coverage) {
        return Ok(incomplete(&merge.coverage, &ROWS));
    }
    let summary = merge.write(&args.out, args.force)?;
    Ok(batch::tell_all(&summary, &args.out))
}

/// Merges shards of a run.
fn replicates(args: &Args) -> Result<ExitCode, Failure> {
    let merge = ReplicateMerge::open(&args.dirs)?;
    if !merge.coverage().is_whole() {
        return Ok(incomplete(merge.coverage(), &REPLICATES));
    }
    let (job, finished) = with_bar(args.quiet, |hooks| Ok(merge.write(&args.out, args.force, hooks)?))?;
    run::conclude(&job, &Ending::Done(finished), Some(&args.out), args.report, args.quiet)
}

/// What shards are made of, and how one of them is gone on with.
struct Parts {
    name: &'static str,
    go_on: fn(&str) -> String,
    /// What to do beside running what is missing.
    way_out: &'static str,
}

const PARTIAL: &str = ", or give --allow-missing";
const PATIENTS: Parts =
    Parts { name: "patients", go_on: |dir| format!("evotor resume {dir}"), way_out: PARTIAL };
const ROWS: Parts =
    Parts { name: "rows", go_on: |_| "the same command and --continue".to_owned(), way_out: PARTIAL };
const REPLICATES: Parts = Parts {
    name: "replicates",
    way_out: "; a run is merged whole (a scenario with fewer replicates has the first of them)",
    ..PATIENTS
};

/// Names who is missing, or there more than once.
fn incomplete(coverage: &Coverage, parts: &Parts) -> ExitCode {
    let name = parts.name;
    let found = coverage.json(name);
    json::add(|| FolderResult { coverage: serde_json::from_str(&found).ok(), ..FolderResult::default() });
    say(format_args!("{found}"));
    let list = |all: Vec<String>| all.join(", ");
    if !coverage.gaps.is_empty() {
        let gaps = list(coverage.gaps.iter().map(ToString::to_string).collect());
        let which = match (coverage.of, coverage.missing_shards.is_empty()) {
            (Some(of), false) => {
                let missing = list(coverage.missing_shards.iter().map(ToString::to_string).collect());
                format!("; run shards {missing} of {of}")
            }
            _ => "; run them".to_owned(),
        };
        complain(format_args!(
            "error: {name} {gaps} of {} are in no shard{which}{}",
            coverage.patients, parts.way_out
        ));
    }
    for dir in &coverage.unfinished {
        complain(format_args!("  not done: {dir}; go on with: {}", (parts.go_on)(dir)));
    }
    for overlap in &coverage.overlaps {
        let [one, other] = &overlap.dirs;
        complain(format_args!(
            "error: {name} {} are in `{one}` and in `{other}`; leave one of them out",
            overlap.range
        ));
    }
    ExitCode::from(INCOMPLETE)
}

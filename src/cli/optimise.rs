//! `evotor optimise`: which doses, schedules and orders buy how much time at which price.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::simulation::naming::counted;
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::optimise::{SEARCH_FOLDER, SearchPlan, SearchSummary};
use crate::trial::question::QuestionText;

use super::codes::later_codes;
use super::ending::abandoned;
use super::json::{self, OptimiseResult};
use super::options::{self, BackendArgs};
use super::outcome::{Failure, say};
use super::progress::TrialBar;
use super::report::ReportArgs;
use super::table::TextTable;
use super::{range, signals};

/// Patients whom agents treat unless that is said.
const USUAL: &str = "10";

/// Search doses, schedules and orders of drugs for the front of benefit against price
///
/// SEARCH is a file with strategies (arms of a trial in which names in braces stand for values), the values, and what toxicity is allowed;
/// docs/questions.md tells its keys. Every candidate treats the same virtual patients, by the mean field, in rounds of a quarter, half and
/// all of them; candidates that others surely push out, that surely break the bound, or that are far behind leave after a round, and are
/// reported as that. The front is who nobody is ahead of in both benefit and price. Nothing is ranked that intervals do not separate.
/// Where no candidate keeps the bound, that is the answer, and no error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor optimise scenarios/questions/optimise.toml\n  \
    evotor optimise scenarios/questions/optimise.toml --dry-run\n  \
    evotor optimise my-search.toml --confirm 20\n  \
    evotor optimise my-search.toml --json --out results/search\n\n\
    Files: front.csv (a row for each candidate), search.json (what was asked, and what came out), effective.toml (the trial of all\n  \
    candidates, for evotor compare), search.toml and base.toml (the question again), report.html, plots/\n\n\
    Exit codes:\n  0  done, also where no candidate keeps the bound\n  1  the machine failed\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The search's file
    #[arg(value_name = "SEARCH")]
    search: PathBuf,

    /// Take the candidates of the front through agents, cell by cell, in the first N patients, and say where they differ from the
    /// mean field
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = USUAL,
          value_parser = range::count::<u32>(5..=10_000))]
    confirm: Option<u32>,

    /// Folder for the results [default: results/<search's name>]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace another search in the same folder
    #[arg(long)]
    force: bool,

    /// Check the file and count the candidates; simulate nobody
    #[arg(long)]
    dry_run: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    report: ReportArgs,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn optimise(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(args.backend.threads);
    args.backend.check().map_err(Failure::Input)?;
    let text = QuestionText::load(&args.search)?;
    let plan = SearchPlan::new(&text)?;
    if args.dry_run {
        say(format_args!("{}", plan.words()));
        return Ok(ExitCode::SUCCESS);
    }
    let own = || PathBuf::from("results").join(&plan.search.name);
    let dir = args.out.clone().unwrap_or_else(own);
    let folder = SEARCH_FOLDER.take(&dir, args.force)?;
    let mut bar = TrialBar::new("{bar:32} {pos} of {len} {msg}  {elapsed}", args.quiet);
    let mut hooks = TrialHooks { listener: &mut bar, stop: &*signals::watch()? };
    let found = plan.run(&args.backend.options(), args.confirm, &mut hooks);
    bar.finish();
    let found = match found {
        Err(TrialError::Stopped(signal)) => return Ok(abandoned(signal)),
        found => found?,
    };
    let summary = SearchSummary::new(&plan, args.confirm, found);
    summary.write(folder, &dir, &plan, &text)?;
    tell(&summary);
    let found = Some(summary.found.clone());
    json::add(|| OptimiseResult { folder: Some(dir.display().to_string()), found });
    say(format_args!("\nresults: {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(ExitCode::SUCCESS)
}

/// Rows that the terminal shows.
const SHOWN: usize = 30;

fn tell(summary: &SearchSummary) {
    say(format_args!("{}\n", summary.conclusion()));
    let rows = &summary.found.candidates;
    let mut table = TextTable::new(&summary.heads());
    for row in rows.iter().take(SHOWN) {
        table.row(summary.cells(row));
    }
    table.print();
    if rows.len() > SHOWN {
        say(format_args!("and {} more in front.csv", counted((rows.len() - SHOWN) as u64, "candidate")));
    }
    say(format_args!(""));
    for remark in summary.remarks() {
        say(format_args!("{remark}"));
    }
}

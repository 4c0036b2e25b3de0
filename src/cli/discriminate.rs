//! `evotor discriminate`: which measurement tells rival models apart, and in how many patients.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::simulation::BackendOptions;
use crate::trial::discriminate::{RIVALS_FOLDER, RivalPlan, RivalSummary};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::question::QuestionText;

use super::codes::later_codes;
use super::ending::abandoned;
use super::json::{self, DiscriminateResult};
use super::options;
use super::outcome::{Failure, say};
use super::progress::TrialBar;
use super::report::ReportArgs;
use super::table::TextTable;
use super::{range, signals};

/// Find which measurement tells rival models apart, and in how many patients
///
/// RIVALS is a file with two or more rival models (a trial, each with some keys of its own) and measurements: a biopsy, circulating DNA, a
/// scan, chromogranin A, each at a time; docs/questions.md tells its keys. The same virtual patients are simulated under each rival, by the
/// mean field; what is measured has the noise of its method. For each measurement and number of patients it says how often the right
/// rival would be named, the mean logarithm of the Bayes factor, and how many patients it takes. Rivals that do not differ in anything
/// that is measured are an error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor discriminate scenarios/questions/discriminate.toml\n  \
    evotor discriminate my-rivals.toml --json --out results/rivals\n\n\
    Files: naming.csv (a row for each measurement, true rival and number of patients), measured.csv (what is found under each rival),\n  \
    rivals.json (what was asked, and what came out), effective.toml, rival-2.toml, ... (the trials), report.html, plots/\n\n\
    Exit codes:\n  0  done, also where no measurement is enough\n  1  the machine failed\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The file of the rivals
    #[arg(value_name = "RIVALS")]
    rivals: PathBuf,

    /// Folder for the results [default: results/<the file's name>]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace another comparison of rivals in the same folder
    #[arg(long)]
    force: bool,

    /// Number of CPU threads [default: as many as the process was given]
    #[arg(long, value_name = "N", value_parser = range::count::<u16>(1..=1024))]
    threads: Option<u16>,

    /// No progress
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    report: ReportArgs,
}

/// Runs the command.
pub fn discriminate(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(args.threads);
    let text = QuestionText::load(&args.rivals)?;
    let plan = RivalPlan::new(&text)?;
    let own = || PathBuf::from("results").join(&plan.question.name);
    let dir = args.out.clone().unwrap_or_else(own);
    let folder = RIVALS_FOLDER.take(&dir, args.force)?;
    let backend = BackendOptions::cpu(args.threads.map_or(0, usize::from));
    let mut bar = TrialBar::new("{bar:32} {pos} of {len} {msg}  {elapsed}", args.quiet);
    let mut hooks = TrialHooks { listener: &mut bar, stop: &*signals::watch()? };
    let found = plan.run(&text, &backend, &mut hooks);
    bar.finish();
    let found = match found {
        Err(TrialError::Stopped(signal)) => return Ok(abandoned(signal)),
        found => found?,
    };
    let summary = RivalSummary::new(&plan, &text.text, found);
    summary.write(folder, &dir, &plan)?;
    tell(&summary);
    let found = Some(summary.found.clone());
    json::add(|| DiscriminateResult { folder: Some(dir.display().to_string()), found });
    say(format_args!("\nresults: {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(ExitCode::SUCCESS)
}

fn tell(summary: &RivalSummary) {
    say(format_args!("{}\n", summary.conclusion()));
    let heads = summary.heads();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = TextTable::new(&heads);
    summary.cells().into_iter().for_each(|row| table.row(row));
    table.print();
    say(format_args!(""));
    for remark in summary.remarks() {
        say(format_args!("{remark}"));
    }
}

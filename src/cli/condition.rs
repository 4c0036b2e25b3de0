//! `evotor condition`: what is foreseen of one patient.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::report::page::{OPTION_HEADS, SCAN_HEADS};
use crate::simulation::BackendOptions;
use crate::trial::condition::{CONDITION_FOLDER, ConditionQuestion, ConditionSummary, ConditionedPatient};
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;

use super::codes::later_codes;
use super::ending::abandoned;
use super::json::{self, ConditionResult};
use super::options::{self, SetArgs};
use super::outcome::{Failure, say};
use super::progress::TrialBar;
use super::report::ReportArgs;
use super::table::TextTable;
use super::{range, signals};

/// Foresee what becomes of one patient under each option, from scans, troughs and markers
///
/// PATIENT is a trial's file with a `[record]`: scans, concentrations of drugs and markers by day. Its cohort is the population that the patient is
/// taken to be of, and its arms are what was given so far, the same in all of them, with an option behind. Patients of the population are simulated
/// through both by the mean field and weighted by how well they fit what is known; the fan is their weighted quantiles. Where too few fit, nothing is
/// foreseen, and the command says so.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor condition scenarios/questions/patient.toml\n  \
    evotor condition patient.toml --patients 10000\n  \
    evotor condition patient.toml --set cohort.population=sun-1111 --out other\n\n\
    Files: condition.csv (a row for each option and day), condition.json (what was asked, and what came out), report.html, plots/\n\n\
    Exit codes:\n  0  done, also where the data do not say\n  1  the machine failed\n  2  the input is at fault, or contradicts itself\n  ", later_codes!()))]
pub struct Args {
    /// The patient's file
    #[arg(value_name = "PATIENT")]
    patient: PathBuf,

    #[command(flatten)]
    set: SetArgs,

    /// Simulated patients
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = range::count::<u32>(10..=1_000_000))]
    patients: u32,

    /// Folder for the results [default: results/<file's name>-condition]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace another answer in the same folder
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
pub fn condition(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(args.threads);
    let loaded = file::load_with(&args.patient, &args.set.overlay())?;
    let question = ConditionQuestion { patients: args.patients };
    question.check(&loaded.scenario)?;
    let own = || PathBuf::from("results").join(format!("{}-condition", loaded.scenario.name));
    let dir = args.out.clone().unwrap_or_else(own);
    let folder = CONDITION_FOLDER.take(&dir, args.force)?;
    let threads = BackendOptions::cpu(args.threads.map_or(0, usize::from)).cpu_threads();
    let mut bar = TrialBar::new("{bar:32} {pos} of {len} patients  {elapsed}", args.quiet);
    let found =
        question.answer(&loaded, threads, &mut TrialHooks { listener: &mut bar, stop: &*signals::watch()? });
    bar.finish();
    let found = match found {
        Err(TrialError::Stopped(signal)) => return Ok(abandoned(signal)),
        found => found?,
    };
    let summary = ConditionSummary::new(&loaded.scenario, question, found);
    summary.write(folder, &dir, &loaded.scenario)?;
    tell(&summary.conditioned);
    let conditioned = Some(summary.conditioned.clone());
    json::add(|| ConditionResult { folder: Some(dir.display().to_string()), conditioned });
    say(format_args!("\nresults: {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(ExitCode::SUCCESS)
}

fn tell(of: &ConditionedPatient) {
    say(format_args!("{}\n", of.conclusion()));
    let mut table = TextTable::new(&SCAN_HEADS);
    for row in of.scan_cells() {
        table.row(row);
    }
    table.print();
    say(format_args!(""));
    if !of.is_open {
        let mut table = TextTable::new(&OPTION_HEADS);
        for row in of.option_cells() {
            table.row(row);
        }
        table.print();
        say(format_args!(""));
    }
    for remark in of.remarks() {
        say(format_args!("{remark}"));
    }
}

//! `evotor compare`, and what `evotor trial` and `evotor resume` share with it: a cohort through its arms.

mod desk;
mod ready;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::simulation::folder::write_aside;
use crate::trial::output::tables;
use crate::trial::results::{ArmSummary, Which, simulate};
use crate::trial::run::{Choices, Finished, Plan};

use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::report::ReportArgs;
use super::signals;

pub use ready::{Ready, Stopped};
pub use words::show;
use words::{differences, times};

/// Compare arms of therapy over the same virtual patients
///
/// Reads a trial: a scenario with a cohort and an arm for each therapy. Every patient goes through every arm with the same
/// body, the same tumour and the same luck, so that arms differ by therapy alone. Prints a table of the arms and the differences
/// between them, and writes a folder with a row per patient and arm (patients.csv), the arms (arms.csv), the differences
/// (contrasts.csv), survival curves (survival.csv), the composition of the tumours (resistance.csv), scans, events, and more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml --patients 400 --out results/large\n  \
    evotor compare my-trial.toml --only 17 --arm everolimus\n\n\
    Exit codes:\n  0  done\n  1  a patient failed, or the whole trial (disk full)\n  2  the input is at fault\n  \
    130, 143  stopped by Ctrl-C or SIGTERM; the patients who are done are written, `evotor resume` goes on from them")]
pub struct Args {
    /// The trial's file
    #[arg(value_name = "TRIAL")]
    pub trial: PathBuf,

    #[command(flatten)]
    pub who: Who,

    /// Folder for the results [default: results/<trial's name>]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Replace the results of another trial in the same folder
    #[arg(long)]
    pub force: bool,

    /// No progress
    #[arg(long, short)]
    pub quiet: bool,

    #[command(flatten)]
    pub report: ReportArgs,

    #[command(flatten)]
    pub backend: BackendArgs,
}

/// Who goes through which arms.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Who")]
pub struct Who {
    /// Number of patients [default: as the file says]
    ///
    /// Patients keep their numbers: those of a smaller cohort are the first of a larger one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1 << 24))]
    pub patients: Option<u32>,

    /// This patient alone, by its number from 0; may be repeated
    #[arg(long, value_name = "PATIENT")]
    pub only: Vec<u32>,

    /// This arm alone, by its name; may be repeated
    #[arg(long, value_name = "ARM")]
    pub arm: Vec<String>,

    /// Replace the trial's seed
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Live agents of a patient at the start, at least, in place of the file's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=100_000_000))]
    pub agents: Option<u32>,

    /// Compute the tumours as a mean field, not cell by cell: an approximation, some thirty times faster
    ///
    /// It spreads blood evenly, so that drugs against vessels kill less than by agents: not for comparing them, together with others,
    /// with a sequence.
    #[arg(long)]
    pub surrogate: bool,
}

/// Runs the command.
pub fn compare(args: &Args) -> Result<ExitCode, Failure> {
    let ready = Ready::load(&args.trial, &args.who, &args.backend, args.quiet)?;
    let name = &ready.plan.scenario.name;
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(name));
    let (results, finished) = ready.run(&dir, args.force, args.quiet)?;
    show(&ready, &results);
    conclude(&ready, &finished, &dir, args.report, args.quiet)
}

/// What a comparison ends with, after its tables: repetitions, the report, and patients who failed.
pub fn conclude(
    ready: &Ready,
    finished: &Finished,
    dir: &Path,
    report: ReportArgs,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    if matches!(finished, Finished::Done(_)) {
        repeats(ready, dir)?;
    }
    say(format_args!("\nresults in {}", dir.display()));
    report.write(dir, quiet);
    Ok(ready.end(finished, dir))
}

/// Repeats a comparison with the growth of other populations, by the surrogate: with its own growth first, so that what growth changes
/// can be told from what the surrogate does.
fn repeats(ready: &Ready, dir: &Path) -> Result<(), Failure> {
    let patients = Some(ready.plan.cohort.spec().patients);
    let stop = signals::watch()?;
    let cohort = &ready.plan.trial.cohort;
    let own = Some(&cohort.population).filter(|_| !cohort.repeat.is_empty() && !ready.choices.surrogate);
    for name in own.into_iter().chain(&cohort.repeat) {
        let mut scenario = ready.plan.scenario.clone();
        if let Some(trial) = &mut scenario.trial {
            trial.cohort.population.clone_from(name);
            trial.cohort.repeat.clear();
        }
        let choices = Choices { surrogate: true, ..ready.choices.clone() };
        let again = Ready { plan: Plan::new(&scenario, patients)?, choices };
        let Ok(results) = simulate(&again.plan, &again.choices, &stop)? else {
            complain(format_args!("stopped before the repetition with the growth of {name}"));
            return Ok(());
        };
        let (which, why) = if *name == cohort.population {
            ("", ", to tell what it changes from what growth does")
        } else {
            (" other", "")
        };
        say(format_args!("\nThe same with the{which} growth of {name}, by the mean-field surrogate{why}:\n"));
        let arms: Vec<ArmSummary> = again.arms().iter().map(|arm| results.arm(&again.plan, *arm)).collect();
        times(&arms);
        let contrasts = again.contrasts(&results, &[Which::TotalPfs]);
        if !contrasts.is_empty() {
            say(format_args!(""));
            differences(&contrasts);
        }
        for (table, text) in tables(&again.plan, &results) {
            if ["arms.csv", "contrasts.csv"].contains(&table) {
                let path = dir.join(format!("{name}-{table}"));
                write_aside(&path, |file| file.write_all(text.as_bytes()))?;
            }
        }
    }
    Ok(())
}

//! `evotor library`: tumours of many patients, made once and weighted to be those of others.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::scenario::{Scenario, keys};
use crate::simulation::naming::{counted, fixed, shell_word};
use crate::simulation::{BackendOptions, Shard};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::library::{Library, LibraryQuestion, ReweightedRow, UNRELIABLE};
use crate::trial::run::Plan;

use super::codes::{later_codes, of_signal};
use super::json::{self, CommandError, LibraryResult};
use super::options::{self, SetArgs};
use super::outcome::{Failure, complain, say};
use super::progress::TrialBar;
use super::table::TextTable;
use super::trial::load;
use super::{range, signals};

/// Make a library of tumours once, and weight its patients to be those of other laws
///
/// TRIAL is a trial's file with wide laws between patients, or the name of a trial of the review. Every patient goes through every arm by the mean field to the
/// end of `[time]`, and each week is kept: volumes of the lesions, live cells and their composition, secretion, concentrations, dose steps, the line, death.
/// Interrupted, the same command goes on. With --from nothing is simulated: the patients of a library are weighted to be those of TRIAL's cohort, and scans, readers
/// and new lesions are drawn as its file says. A library of another model or other data is refused.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor library wide.toml --patients 20000 --out lib\n  \
    evotor library wide.toml --patients 20000 --shard 3/16 --out lib-3\n  \
    evotor library wide.toml --from lib --set cohort.change.growth.typical=0.006\n  \
    evotor library radiant-3.toml --from lib-0 --from lib-1\n\n\
    Files: block-NNNNNN.parquet (a row for each patient, arm and week), library.json (what it is of), effective.toml\n\n\
    Exit codes:\n  0  done\n  1  the machine failed\n  2  the input is at fault, or the library is stale or not whole\n  ", later_codes!()))]
pub struct Args {
    /// A trial's file, or the name of a trial of the review
    #[arg(value_name = "TRIAL")]
    trial: String,

    #[command(flatten)]
    set: SetArgs,

    /// Patients of the library [default: those of the file's cohort]
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "patients"), conflicts_with = "from")]
    patients: Option<u32>,

    /// Make this part of it alone, in a folder of its own: its number from 0 and how many there are
    #[arg(long, value_name = "I/N", conflicts_with = "from")]
    shard: Option<Shard>,

    /// Weight the patients of the library in DIR; of one in shards give each
    #[arg(long, value_name = "DIR")]
    from: Vec<PathBuf>,

    /// Folder for the library [default: results/<trial's name>-library]
    #[arg(long, short, value_name = "DIR", conflicts_with = "from")]
    out: Option<PathBuf>,

    /// Replace another library in the same folder
    #[arg(long, conflicts_with = "from")]
    force: bool,

    /// Number of CPU threads [default: as many as the process was given]
    #[arg(long, value_name = "N", value_parser = range::count::<u16>(1..=1024))]
    threads: Option<u16>,

    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the command.
pub fn library(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(args.threads);
    let scenario = load(&args.trial, &args.set.overlay())?.scenario;
    if scenario.trial.is_none() {
        let name = &args.trial;
        return Err(Failure::Input(format!("`{name}` is not a trial: it has no [cohort] and no [[arm]]")));
    }
    match args.from.is_empty() {
        true => make(args, &scenario),
        false => weigh(args, &scenario),
    }
}

fn make(args: &Args, scenario: &Scenario) -> Result<ExitCode, Failure> {
    let own = || PathBuf::from("results").join(format!("{}-library", scenario.name));
    let dir = args.out.clone().unwrap_or_else(own);
    let threads = BackendOptions::cpu(args.threads.map_or(0, usize::from)).cpu_threads();
    let question = LibraryQuestion { patients: args.patients, shard: args.shard, threads };
    let mut bar = TrialBar::new("{bar:32} {pos} of {len} blocks  {elapsed}", args.quiet);
    let mut hooks = TrialHooks { listener: &mut bar, stop: &*signals::watch()? };
    let made = question.make(&dir, scenario, args.force, &mut hooks);
    bar.finish();
    let manifest = match made {
        Err(TrialError::Stopped(signal)) => {
            let words = format!("stopped by {}; the same command goes on from here", signals::name(signal));
            complain(format_args!("{words}"));
            json::fail(CommandError::new(of_signal(signal), &words));
            return Ok(ExitCode::from(of_signal(signal)));
        }
        made => made?,
    };
    say(format_args!(
        "{} through {}, every {} days",
        counted(manifest.patients.into(), "patient"),
        counted(manifest.arms.len() as u64, "arm"),
        manifest.every
    ));
    say(format_args!("library: {}", dir.display()));
    let from = shell_word(&dir.display().to_string());
    say(format_args!("weighted to be others: evotor library TRIAL --from {from}"));
    let folder = Some(dir.display().to_string());
    json::add(|| LibraryResult { folder, library: Some(manifest), reweighted: None });
    Ok(ExitCode::SUCCESS)
}

fn weigh(args: &Args, scenario: &Scenario) -> Result<ExitCode, Failure> {
    let library = Library::open(&args.from)?;
    let target = Plan::new(scenario, None)?;
    let rows = library.reweighted(&target)?;
    tell(&library, &rows);
    let (folder, manifest) = (args.from.first().map(|dir| dir.display().to_string()), library.manifest);
    json::add(|| LibraryResult { folder, library: Some(manifest), reweighted: Some(rows) });
    Ok(ExitCode::SUCCESS)
}

fn tell(library: &Library, rows: &[ReweightedRow]) {
    let Some(first) = rows.first() else {
        say(format_args!("nothing to tell: the library is of less than a month"));
        return;
    };
    let k_hat = first.k_hat.map_or_else(|| "none: all weigh alike".to_owned(), |k| fixed(k, 2));
    say(format_args!(
        "{} of the library are worth {} of these laws; k̂ {k_hat}\n",
        counted(library.manifest.patients.into(), "patient"),
        fixed(first.effective_patients, 0)
    ));
    let mut table =
        TextTable::new(&["arm", "#months", "#alive without progression, %", "#standard error, %"]);
    for row in rows.iter().filter(|row| row.month % 3 == 0 || rows.len() < 12) {
        table.row([
            row.arm.clone(),
            row.month.to_string(),
            fixed(100.0 * row.progression_free_fraction, 1),
            fixed(100.0 * row.standard_error_fraction, 1),
        ]);
    }
    table.print();
    if first.k_hat.is_some_and(|k| k >= UNRELIABLE) {
        say(format_args!(
            "\nThe weights have a heavy tail: these figures are unreliable. Make a library of laws that are nearer, or wider."
        ));
    }
}

//! `evotor design`: how many patients a trial needs.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::scenario::{Scenario, keys, nearest_name};
use crate::simulation::BackendOptions;
use crate::simulation::naming::counted;
use crate::trial::assurance::{DESIGN_FOLDER, DesignQuestion, DesignSummary, MIN};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::results::Endpoint;

use super::codes::later_codes;
use super::ending::abandoned;
use super::json::{self, DesignResult};
use super::options::{self, SetArgs};
use super::outcome::{Failure, say};
use super::progress::TrialBar;
use super::report::ReportArgs;
use super::table::TextTable;
use super::trial::load;
use super::{range, signals};

/// Sizes for which a trial is planned, unless they are given.
const SIZES: u32 = 8;

/// Find how many patients a trial of two arms needs: power, and assurance under the posterior of the fit
///
/// TRIAL is a file with accrual, data cut-off and withdrawal in `[trial]`, or the name of a trial of the review. Power is the share of trials that show the arm
/// to be better by a log-rank test, if the fitted values hold; assurance is the same over draws of the posterior and of how trials differ in
/// growth. Patients of the two arms are different people, as in a trial. Accrual takes the time that the file says, whatever the size.
/// The mean field computes the tumours.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor design radiant-4 --power 0.9\n  \
    evotor design my-trial.toml --arm \"both at once\" --against sequence --endpoint tfs --patients 800\n  \
    evotor design my-trial.toml --sizes 100,150,200 --ratio 2 --draws 100\n  \
    evotor design my-trial.toml --set trial.cutoff=\"48 mo\" --between-trials 0\n\n\
    Files: design.csv (a row for each size), design.json (what was asked, and what came out), report.html, plots/\n\n\
    Exit codes:\n  0  done\n  1  the machine failed\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// A trial's file, or the name of a trial of the review
    #[arg(value_name = "TRIAL")]
    trial: String,

    #[command(flatten)]
    set: SetArgs,

    /// The arm that is to be shown to be better [default: the last one]
    #[arg(long, value_name = "ARM")]
    arm: Option<String>,

    /// The arm that it is held against [default: the first one]
    #[arg(long, value_name = "ARM")]
    against: Option<String>,

    /// By which time: `pfs`, `os`, `tfs`, `time_to_growth`, `pfs2`
    #[arg(long, value_name = "TIME", default_value = "pfs", value_parser = endpoint)]
    endpoint: Endpoint,

    /// Share of trials that are to succeed
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = share)]
    power: f64,

    /// Two-sided level of the test
    #[arg(long, value_name = "LEVEL", default_value_t = 0.05, value_parser = share)]
    alpha: f64,

    /// Largest trial that is planned, patients of both arms: eighths of it are tried [default: the patients of the file's cohort]
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "patients"), conflicts_with = "sizes")]
    patients: Option<u32>,

    /// Patients of both arms together, instead: `100,150,200`
    #[arg(long, value_name = "N,N", value_delimiter = ',', value_parser = range::of::<u32>(keys::COHORT, "patients"))]
    sizes: Vec<u32>,

    /// Patients of the arm for each one of the other
    #[arg(long, value_name = "RATIO", default_value_t = 1.0, value_parser = ratio)]
    ratio: f64,

    /// Draws of the posterior, and as many of trials at the fitted values
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = range::count::<u32>(2..=10_000))]
    draws: u32,

    /// SD between trials of the logarithm of growth [default: drawn anew in each draw from a half-normal law of SD 0.3]
    ///
    /// Where growth follows covariates, how trials differ is in the draws already, and what is given here comes to it.
    #[arg(long, value_name = "SD", value_parser = between)]
    between_trials: Option<f64>,

    /// Folder for the results [default: results/<trial's name>-design]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace another planned trial in the same folder
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

fn endpoint(text: &str) -> Result<Endpoint, String> {
    let all = [Endpoint::Pfs, Endpoint::Os, Endpoint::Tfs, Endpoint::TimeToGrowth, Endpoint::Pfs2];
    let words = || all.iter().map(|one| one.word()).collect::<Vec<_>>().join("`, `");
    all.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("expected one of `{}`", words()))
}

/// Takes a number between two others.
fn number(text: &str, low: f64, high: f64, what: &str) -> Result<f64, String> {
    let found = text.parse().ok().filter(|x| (low..=high).contains(x));
    found.ok_or_else(|| format!("expected {what} from {low} to {high}"))
}

fn share(text: &str) -> Result<f64, String> {
    number(text, 0.001, 0.999, "a share")
}

fn ratio(text: &str) -> Result<f64, String> {
    number(text, 0.1, 10.0, "a ratio")
}

fn between(text: &str) -> Result<f64, String> {
    number(text, 0.0, 2.0, "an SD")
}

/// Runs the command.
pub fn design(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(args.threads);
    let scenario = load(&args.trial, &args.set.overlay())?.scenario;
    let question = question(args, &scenario)?;
    question.check(&scenario)?;
    let own = || PathBuf::from("results").join(format!("{}-design", scenario.name));
    let dir = args.out.clone().unwrap_or_else(own);
    let folder = DESIGN_FOLDER.take(&dir, args.force)?;
    let threads = BackendOptions::cpu(args.threads.map_or(0, usize::from)).cpu_threads();
    let mut bar = TrialBar::new("{bar:32} {pos} of {len} draws  {elapsed}", args.quiet);
    let planned =
        question.plan(&scenario, threads, &mut TrialHooks { listener: &mut bar, stop: &*signals::watch()? });
    bar.finish();
    let planned = match planned {
        Err(TrialError::Stopped(signal)) => return Ok(abandoned(signal)),
        planned => planned?,
    };
    let summary = DesignSummary::new(&scenario, question, planned);
    summary.write(folder, &dir, &scenario)?;
    tell(&summary, &scenario);
    let planned = Some(summary.planned.clone());
    json::add(|| DesignResult { folder: Some(dir.display().to_string()), planned });
    say(format_args!("\nresults: {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(ExitCode::SUCCESS)
}

fn question(args: &Args, scenario: &Scenario) -> Result<DesignQuestion, Failure> {
    let Some(trial) = &scenario.trial else {
        return Err(Failure::Input(format!(
            "`{}` is not a trial: it has no [cohort] and no [[arm]]",
            args.trial
        )));
    };
    let names: Vec<&str> = trial.arms.iter().map(|arm| arm.name.as_str()).collect();
    let find = |asked: &Option<String>, usual: usize| match asked {
        None => Ok(usual),
        Some(name) => names.iter().position(|known| known == name).ok_or_else(|| {
            let near = nearest_name(name, names.iter().copied());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Failure::Input(format!("there is no arm `{name}`{hint}\n  the arms are `{}`", names.join("`, `")))
        }),
    };
    let most = args.patients.unwrap_or(trial.cohort.patients);
    let least = 2 * MIN;
    let mut sizes = match args.sizes.is_empty() {
        false => args.sizes.clone(),
        true => (1..=SIZES)
            .map(|part| (most * part).div_ceil(SIZES).next_multiple_of(2))
            .filter(|n| *n >= 2 * least)
            .collect(),
    };
    sizes.sort_unstable();
    sizes.dedup();
    if sizes.is_empty() {
        return Err(Failure::Input(format!(
            "{} are too few to plan for: give more by --patients, or the sizes themselves by --sizes",
            counted(most.into(), "patient")
        )));
    }
    Ok(DesignQuestion {
        arm: find(&args.arm, names.len().saturating_sub(1))?,
        against: find(&args.against, 0)?,
        endpoint: args.endpoint,
        alpha: args.alpha,
        power: args.power,
        sizes,
        ratio: args.ratio,
        draws: args.draws,
        between: args.between_trials,
    })
}

fn tell(summary: &DesignSummary, scenario: &Scenario) {
    say(format_args!("{}\n", summary.conclusion(scenario)));
    let mut table = TextTable::new(&[
        "#patients",
        "#in the arm",
        "#events",
        "#power, %",
        "#assurance, %",
        "#hazard ratio of such trials",
    ]);
    for row in &summary.planned.sizes {
        table.row(row.cells());
    }
    table.print();
    say(format_args!(""));
    for remark in summary.remarks() {
        say(format_args!("{remark}"));
    }
}

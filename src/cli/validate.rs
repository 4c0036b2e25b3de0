//! `evotor validate`: checks scenarios.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::{self, Loaded, LoadedDrugs, MessageStyle, Overlay, cost_of_step};
use crate::simulation::naming::{bytes_text, counted};
use crate::simulation::placed::{at_start, does_not_fit, states_note};
use crate::simulation::{Job, memory};
use crate::therapy::try_out;
use crate::tissue::LesionId;
use crate::trial;
use crate::trial::calibrate::{Calibration, question};
use crate::trial::discriminate::{RivalPlan, RivalQuestion};
use crate::trial::error::TrialError;
use crate::trial::optimise::{SearchPlan, StrategySearch};
use crate::trial::question::QuestionText;
use crate::trial::run::Plan;

use super::ending;
use super::json::{self, CheckedFile, CommandError, FileFinding, ValidateResult};
use super::options::SetArgs;
use super::outcome::{Failure, INPUT, complain, say, show};
use super::own::CatalogueArgs;

/// Largest lattice of which the starting tumour is tried out.
const TRIED_SITES: u64 = 1 << 24;

/// Most sites of the further replicates whose starting tumours are tried out.
const TRIED_TOGETHER: u64 = 1 << 22;

/// Check scenarios without running them
///
/// Reads each file as `evotor run` would and shows everything that is wrong with it: the place, what is expected, and a
/// way out. For a file without errors one line says `ok`, with the memory that a run takes. The starting tumour
/// is tried out too, unless it is very large, and that of as many further replicates as take a moment. Of a trial the cohort and the plan of each arm are told. The lesions of its first
/// patients, at most 200, are placed as well. A file of drugs, and one of a calibration, are checked as such.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor validate scenarios/*.toml\n  \
    evotor validate scenarios/trials/radiant-3.toml\n  \
    evotor validate my-scenario.toml --set patient.growth=\"0.006 /d\"\n  \
    evotor validate my-drugs.toml\n  \
    evotor validate --json my-trial.toml\n\n\
    Exit codes:\n  0  all files are fine\n  2  at least one has errors")]
pub struct Args {
    /// Scenario files; or files of drugs, or of a calibration
    #[arg(value_name = "SCENARIO", required_unless_present = "catalogue")]
    scenarios: Vec<PathBuf>,

    #[command(flatten)]
    set: SetArgs,

    #[command(flatten)]
    own: CatalogueArgs,

    /// Show errors only
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the command.
pub fn validate(args: &Args) -> Result<ExitCode, Failure> {
    let mut failed = false;
    let overlay = args.set.overlay();
    let mut files = Vec::new();
    for path in args.own.catalogue.iter().chain(&args.scenarios) {
        let mut found = CheckedFile::new(path);
        match check(path, &overlay, args.quiet, &mut found) {
            Ok(line) => {
                if !args.quiet {
                    say(format_args!("ok  {}: {line}", path.display()));
                }
                found.about = Some(line);
                found.ok = true;
            }
            Err(failure) => {
                failed = true;
                failure.tell();
                json::fail_by(|| CommandError::from(&failure));
                found.error = Some(CommandError::from(&failure));
            }
        }
        files.push(found);
    }
    json::add(|| ValidateResult { files });
    Ok(if failed { ExitCode::from(INPUT) } else { ExitCode::SUCCESS })
}

fn check(path: &Path, overlay: &Overlay, quiet: bool, found: &mut CheckedFile) -> Result<String, Failure> {
    let text = scenario::read_file(path)?;
    let name = path.display().to_string();
    let drugs_alone = scenario::parse_drugs(&text, &name);
    let is_calibration = Calibration::is_one(&text);
    if !overlay.is_empty() && (drugs_alone.is_some() || is_calibration) {
        let what = if is_calibration { "a calibration" } else { "a file of drugs" };
        return Err(Failure::Input(format!(
            "`{name}` is {what}: --set is for scenarios and trials; leave it out"
        )));
    }
    if let Some(read) = drugs_alone {
        return drugs(&read?, quiet, found);
    }
    if is_calibration {
        return calibration(path);
    }
    let question = QuestionText::new(&name, &text, path.parent().unwrap_or(Path::new("")));
    if let Some(words) = asked(&question) {
        return Ok(words?);
    }
    let base = path.parent().unwrap_or(Path::new(""));
    let loaded = trial::file::parse_with(&text, &name, base, overlay)?;
    warn(&loaded.render_warnings(MessageStyle::for_stderr()), quiet);
    found.warnings = FileFinding::all(&loaded.file, &loaded.text, &loaded.warnings);
    match &loaded.scenario.trial {
        Some(of) => {
            let plan = Plan::new(&loaded.scenario, None)?;
            plan.check()?;
            Ok(format!(
                "{}\n    {}",
                trial::described::described(&loaded.scenario, of),
                patients(&plan, &name)?
            ))
        }
        None => run(&loaded, base, quiet, found),
    }
}

fn warn(warnings: &str, quiet: bool) {
    if !warnings.is_empty() && !quiet {
        show(warnings.trim_end());
    }
}

fn run(loaded: &Loaded, base: &Path, quiet: bool, found: &mut CheckedFile) -> Result<String, Failure> {
    let estimate = memory::estimate_scenario(&loaded.scenario);
    // What others need just now is not a fault of the file.
    estimate.check(memory::available().at_best()).map_err(|e| does_not_fit(loaded, e))?;
    let job = Job::new(&loaded.scenario, base)?;
    let sites = job.shape().sites();
    if sites <= TRIED_SITES {
        job.starting_lesion(0, 0).map_err(|e| at_start(loaded, e))?;
    }
    let others = u64::from(loaded.scenario.replicates).min(TRIED_TOGETHER / sites);
    for replicate in 1..others as u32 {
        job.placed(LesionId::new(replicate, 0)).map_err(|e| at_start(loaded, e))?;
    }
    let notes = states_note(loaded, &job).into_iter().chain(cost_of_step(&loaded.scenario));
    found.notes.extend(notes);
    for note in found.notes.iter().filter(|_| !quiet) {
        complain(format_args!("note: {note}"));
    }
    Ok(format!("{}, about {}", ending::extent(&job), bytes_text(estimate.host)))
}

/// Tries out how the patients of a trial begin; of how many that was done.
fn patients(plan: &Plan, name: &str) -> Result<String, Failure> {
    let tried = trial::run::try_out(plan).map_err(|(patient, why)| {
        let seed = plan.scenario.seed;
        Failure::Input(format!("`{name}`: patient {patient} (seed {seed}) would fail to {why}"))
    })?;
    Ok(match (tried, plan.cohort.spec().patients) {
        (tried, all) if tried == all => {
            format!("tried out: the lesions of {}", counted(all.into(), "patient"))
        }
        (0, _) => "not tried out: the lesions, which are very large".to_owned(),
        (tried, all) => format!("tried out: the lesions of the first {tried} of {all} patients"),
    })
}

/// Tries out each drug of a file of drugs in the typical patient; their names.
fn drugs(loaded: &LoadedDrugs, quiet: bool, found: &mut CheckedFile) -> Result<String, Failure> {
    warn(&loaded.render_warnings(MessageStyle::for_stderr()), quiet);
    found.warnings = FileFinding::all(&loaded.file, &loaded.text, &loaded.warnings);
    for drug in &loaded.drugs {
        try_out(drug).map_err(|e| Failure::Input(format!("`{}`: failed to {e}", drug.name)))?;
    }
    let names: Vec<&str> = loaded.drugs.iter().map(|d| d.name.as_str()).collect();
    Ok(format!("{}: {}", counted(names.len() as u64, "drug"), names.join(", ")))
}

/// What a search or a comparison of rivals asks, if a file is one.
fn asked(text: &QuestionText) -> Option<Result<String, TrialError>> {
    if StrategySearch::is_one(text) {
        return Some(SearchPlan::new(text).map(|plan| plan.words()));
    }
    RivalQuestion::is_one(text).then(|| RivalPlan::new(text).map(|plan| plan.words()))
}

/// Tries out a calibration's trials at the ends of its priors.
fn calibration(path: &Path) -> Result<String, Failure> {
    let question = question(path)?;
    let (read, trials) = (&question.calibration, question.calibration.trials(&question.own)?);
    Ok(format!(
        "calibration of {} by {}",
        counted(read.parameters.len() as u64, "parameter"),
        counted(trials.len() as u64, "trial")
    ))
}

//! `evotor validate`: checks scenarios.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use toml::de::DeTable;

use crate::scenario::{
    self, Diagnostic, Loaded, LoadedDrugs, Report, ScenarioError, Style, cost_of_step, default_loci,
};
use crate::simulation::naming::{bytes_text, counted};
use crate::simulation::{Job, RunError, memory};
use crate::therapy::try_out;
use crate::tissue::start::StartError;
use crate::trial;
use crate::trial::calibrate::Calibration;
use crate::trial::run::Plan;

use super::outcome::{Failure, INPUT, complain, say, show};
use super::{arms, ending};

/// Largest lattice of which the starting tumour is tried out.
const TRIED_SITES: u64 = 1 << 24;

/// Check scenarios without running them
///
/// Reads each file as `evotor run` would and shows everything that is wrong with it: the place, what is expected, and a
/// way out. For a file without errors one line says `ok`, with the memory that a run takes. The starting tumour
/// is tried out too, unless it is very large. Of a trial the cohort and the plan of each arm are told. A file of drugs,
/// and one of a calibration, are checked as such.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor validate scenarios/*.toml\n  \
    evotor validate scenarios/trials/radiant-3.toml\n  \
    evotor validate my-drugs.toml\n\n\
    Exit codes:\n  0  all files are fine\n  2  at least one has errors")]
pub struct Args {
    /// Scenario files; or files of drugs, or of a calibration
    #[arg(value_name = "SCENARIO", required = true)]
    scenarios: Vec<PathBuf>,

    /// Show errors only
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the command.
pub fn validate(args: &Args) -> Result<ExitCode, Failure> {
    let mut failed = false;
    for path in &args.scenarios {
        match check(path, args.quiet) {
            Ok(line) if args.quiet => drop(line),
            Ok(line) => say(format_args!("ok  {}: {line}", path.display())),
            Err(failure) => {
                failed = true;
                failure.tell();
            }
        }
    }
    Ok(if failed { ExitCode::from(INPUT) } else { ExitCode::SUCCESS })
}

fn check(path: &Path, quiet: bool) -> Result<String, Failure> {
    let text = scenario::read_file(path)?;
    let name = path.display().to_string();
    if let Some(read) = scenario::parse_drugs(&text, &name) {
        return drugs(&read?, quiet);
    }
    if Calibration::is_one(&text) {
        return calibration(&text);
    }
    let base = path.parent().unwrap_or(Path::new(""));
    let loaded = trial::file::parse(&text, &name, base)?;
    warn(&loaded.render_warnings(Style::for_stderr()), quiet);
    match &loaded.scenario.trial {
        Some(of) => {
            Plan::new(&loaded.scenario, None)?.check()?;
            Ok(arms::described(&loaded.scenario, of))
        }
        None => run(&loaded, base, quiet),
    }
}

fn warn(warnings: &str, quiet: bool) {
    if !warnings.is_empty() && !quiet {
        show(warnings.trim_end());
    }
}

fn run(loaded: &Loaded, base: &Path, quiet: bool) -> Result<String, Failure> {
    let estimate = memory::estimate_scenario(&loaded.scenario);
    estimate.check(memory::available()).map_err(|e| does_not_fit(loaded, &e))?;
    let job = Job::new(&loaded.scenario, base)?;
    if job.shape().sites() <= TRIED_SITES {
        job.starting_lesion(0, 0).map_err(|e| at_start(loaded, e))?;
    }
    let notes = states_note(loaded, &job).into_iter().chain(cost_of_step(&loaded.scenario));
    for note in notes.filter(|_| !quiet) {
        complain(format_args!("note: {note}"));
    }
    Ok(format!("{}, about {}", ending::extent(&job), bytes_text(estimate.host)))
}

/// Tries out each drug of a file of drugs in the typical patient; their names.
fn drugs(loaded: &LoadedDrugs, quiet: bool) -> Result<String, Failure> {
    warn(&loaded.render_warnings(Style::for_stderr()), quiet);
    for drug in &loaded.drugs {
        try_out(drug).map_err(|e| Failure::Input(format!("`{}`: failed to {e}", drug.name)))?;
    }
    let names: Vec<&str> = loaded.drugs.iter().map(|d| d.name.as_str()).collect();
    Ok(format!("{}: {}", counted(names.len() as u64, "drug"), names.join(", ")))
}

/// Tries out a calibration's trials at the ends of its priors.
fn calibration(text: &str) -> Result<String, Failure> {
    let read = Calibration::parse(text)?;
    let trials = read.trials()?;
    Ok(format!(
        "calibration of {} by {}",
        counted(read.parameters.len() as u64, "parameter"),
        counted(trials.len() as u64, "trial")
    ))
}

/// A scenario that does not fit in memory, at the place in its file.
pub fn does_not_fit(loaded: &Loaded, error: &RunError) -> Failure {
    match error {
        RunError::Memory { needed, available, way_out } => {
            let message = format!("this lattice takes {needed} of memory, {available} is available");
            at_key(loaded, &["lattice", "size"], &message, "expected a smaller lattice", way_out)
        }
        other => Failure::Input(format!("failed to {other}")),
    }
}

/// A start that cannot be made, at its place in the file.
pub fn at_start(loaded: &Loaded, error: RunError) -> Failure {
    match error {
        RunError::Start(e) => {
            let key: &[&str] =
                if matches!(e, StartError::TooFew { .. }) { &["start", "composition"] } else { &["start"] };
            at_key(loaded, key, &format!("failed to {e}"), "expected a start that fits", "")
        }
        other => other.into(),
    }
}

/// What to know where states are too many for columns of their own.
pub fn states_note(loaded: &Loaded, job: &Job) -> Option<String> {
    if !job.has_long_states() {
        return None;
    }
    let place = if job.scenario.output.series {
        "they are in states.csv"
    } else {
        "`series = false` writes no others"
    };
    let by_default = span_of(&loaded.text, &["loci"]).is_none();
    let loci = match default_loci().len() {
        number if by_default => {
            format!(
                "; {number} loci of the catalogue are in since the file has no `loci` (`loci = []` for none)"
            )
        }
        _ => String::new(),
    };
    Some(format!(
        "{} states are too many for columns in series.csv and replicates.csv: {place}{loci}",
        job.names.len()
    ))
}

/// A finding at a key of the file.
pub fn at_key(loaded: &Loaded, key: &[&str], message: &str, label: &str, help: &str) -> Failure {
    let span = span_of(&loaded.text, key).unwrap_or(0..0);
    let mut found = Diagnostic::error(span, message).label(label);
    if !help.is_empty() {
        found = found.help(help);
    }
    Failure::Scenario(ScenarioError::Invalid(Box::new(Report {
        file: loaded.file.clone(),
        text: loaded.text.as_str().into(),
        diagnostics: vec![found],
        left_out: 0,
    })))
}

/// Where a key's value stands in a file.
fn span_of(text: &str, path: &[&str]) -> Option<std::ops::Range<usize>> {
    let (last, tables) = path.split_last()?;
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    for name in tables {
        table = table.get(*name)?.get_ref().as_table()?;
    }
    table.get(*last).map(|value| value.span())
}

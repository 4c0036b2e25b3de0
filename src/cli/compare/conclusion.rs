//! What a trial ends with when its patients are through: tables on the terminal, the report, and whoever failed.

use std::path::Path;
use std::process::ExitCode;

use crate::simulation::digest::hex;
use crate::simulation::folder::{EFFECTIVE, SUMMARY};
use crate::simulation::naming::shell_word;
use crate::trial::hooks::TrialHooks;
use crate::trial::output::{RunInfo, TrialSummary};
use crate::trial::results::{Endpoint, headline, simulated};
use crate::trial::run::{PatientFailure, TrialEnding};
use crate::trial::session::{DoneTrial, ExtraResults, Repetition, Session, SessionRun};
use crate::trial::shard::{MANIFEST, Shard};

use super::super::ending::stopped;
use super::super::json::{self, CommandError, TrialResult};
use super::super::outcome::{FAILED, Failure, complain, say};
use super::super::predictions::{needed_cells, needed_head};
use super::super::progress::{COUNTED, TrialBar};
use super::super::report::{ReportArgs, describe};
use super::super::signals;
use super::super::trial::figures::{published, title};
use super::words::{differences, show, strategies};

/// Runs something of a trial with a bar on the terminal.
pub fn with_bar<T>(
    quiet: bool,
    work: impl FnOnce(&mut TrialHooks<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut bar = TrialBar::new(COUNTED, quiet).of("patients");
    let done = work(&mut TrialHooks { listener: &mut bar, stop: &*signals::watch()? });
    bar.finish();
    done
}

/// How a trial is concluded.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Whether there is a report.
    pub report: ReportArgs,
    /// Whether there is no progress.
    pub quiet: bool,
    /// Whether its folder is there afterwards.
    pub is_kept: bool,
}

/// What a trial ends with: its tables on the terminal, what is made beside them, the report; and the checkpoint is removed.
pub fn conclude(session: &Session, run: SessionRun, manner: Manner) -> Result<ExitCode, Failure> {
    let Manner { report, quiet, is_kept } = manner;
    if let Some(shard) = run.course.shard {
        return end_shard(session, run, shard);
    }
    let contrasts = session.contrasts(&run.results, &Endpoint::CONTRASTED);
    let first = headline(&contrasts, &session.prices(&run.results));
    if !first.is_empty() {
        say(format_args!("{}\n", first.join("\n")));
    }
    title(&session.plan.trial.about);
    show(session, &run.results, &contrasts);
    let beside = simulated(&session.plan, &run.results);
    let made = with_bar(quiet, |hooks| Ok(ExtraResults::make(session, &run, &beside, hooks)?))?;
    made.repetitions.iter().for_each(repeated);
    if !run.extras.repeat {
        published(&beside, run.extras.predict.is_some(), |j| made.predicted(j));
    }
    if !made.needed.is_empty() {
        say(format_args!(""));
        let mut table = needed_head(&[]);
        made.needed.iter().for_each(|n| table.row(needed_cells(n)));
        table.print();
    }
    let dir = run.folder.dir().to_owned();
    if is_kept {
        say(format_args!("\nresults in {}", dir.display()));
    }
    let summary = json::read(&dir.join(SUMMARY))?;
    json::add(|| TrialResult {
        summary,
        ..TrialResult::of_extras(&made).in_folder(is_kept.then_some(&*dir))
    });
    match run.course.tables {
        _ if !is_kept => {}
        None => report.write_own(&dir, quiet),
        Some(_) => {
            say(format_args!("no report: it needs all tables"));
            describe(&dir);
        }
    }
    match (made.signal, &run.finished) {
        (Some(signal), _) if !is_kept => Err(Failure::Stopped(signal)),
        (None, TrialEnding::Stopped(signal)) if !is_kept => Err(Failure::Stopped(*signal)),
        (Some(signal), _) => Ok(stopped(signal, "; all patients are through", &dir)),
        (None, TrialEnding::Stopped(signal)) => Ok(stopped_early(*signal, &dir)),
        (None, TrialEnding::Done(_)) => done(session, run, is_kept),
    }
}

/// What a part of a cohort ends with: nothing is made of its patients before all are there.
fn end_shard(session: &Session, run: SessionRun, shard: Shard) -> Result<ExitCode, Failure> {
    let dir = run.folder.dir().to_owned();
    if let TrialEnding::Stopped(signal) = run.finished {
        json::add(|| TrialResult::default().in_folder(Some(&dir)));
        return Ok(stopped_early(signal, &dir));
    }
    let part = json::read(&dir.join(MANIFEST))?;
    json::add(|| TrialResult { shard: part, ..TrialResult::default().in_folder(Some(&dir)) });
    let (patients, all) = (shard.range(run.course.patients), run.course.patients);
    describe(&dir);
    say(format_args!("shard {shard}: patients {patients} of {all} are through, in {}", dir.display()));
    done(session, run, true)
}

fn stopped_early(signal: usize, dir: &Path) -> ExitCode {
    stopped(signal, &format!("; the patients who were done are in {}", dir.display()), dir)
}

/// The last words of a trial: who failed, who is missing, and the digest.
fn done(session: &Session, run: SessionRun, is_kept: bool) -> Result<ExitCode, Failure> {
    let dir = run.folder.dir().to_owned();
    run.folder.finish()?;
    let failures = match &run.finished {
        TrialEnding::Done(failures) => &failures[..],
        TrialEnding::Stopped(_) => &[],
    };
    tell(session, failures, is_kept.then_some(&*dir));
    last_line(&run.course, &hex(&run.results.digest()));
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Says that nothing is left to do in a folder, and its digest again; the exit code is that of the command that did it.
///
/// # Errors
///
/// What was found there can no longer be read.
pub fn already(done: &DoneTrial) -> Result<ExitCode, Failure> {
    let TrialSummary { course, digest, .. } = &done.summary;
    say(format_args!("the trial in {} is done", done.dir().display()));
    last_line(course, digest);
    let dir = done.dir();
    let of = if course.shard.is_some() { MANIFEST } else { SUMMARY };
    let found = json::read(&dir.join(of))?;
    let (summary, shard) = if course.shard.is_some() { (None, found) } else { (found, None) };
    json::add(|| TrialResult { summary, shard, ..TrialResult::default().in_folder(Some(dir)) });
    if course.failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let who = course.failed.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    json::fail(CommandError::new(FAILED, &format!("patients who failed: {who}")));
    Ok(ExitCode::from(FAILED))
}

fn last_line(course: &RunInfo, digest: &str) {
    let missing = course.missing_words();
    if !missing.is_empty() {
        say(format_args!("{missing}"));
    }
    say(format_args!("digest: {digest}"));
}

fn repeated(again: &Repetition) {
    let (which, why) = match again.is_own {
        true => ("", ", to tell what it changes from what growth does"),
        false => (" other", ""),
    };
    let name = &again.population;
    say(format_args!("\nThe same with the{which} growth of {name}, by the mean-field surrogate{why}:\n"));
    strategies(&again.arms);
    if !again.contrasts.is_empty() {
        say(format_args!(""));
        differences(&again.contrasts.iter().collect::<Vec<_>>());
    }
}

/// Tells of patients who failed, and how to repeat each of them from the folder, if there is one.
pub fn tell(session: &Session, failures: &[PatientFailure], dir: Option<&Path>) {
    for failure in failures {
        let arm = failure.arm.map(|arm| format!(" in arm `{}`", session.plan.arms()[arm].name));
        let again = dir.map(|dir| format!("\n  to repeat it alone: {}", alone(session, failure, dir)));
        let words = format!(
            "error: patient {} (seed {}){} failed to {}{}",
            failure.patient,
            session.plan.scenario.seed,
            arm.unwrap_or_default(),
            failure.message,
            again.unwrap_or_default()
        );
        complain(format_args!("{words}"));
        json::fail(CommandError::new(FAILED, &words));
    }
}

/// The command that repeats a patient who failed, from the folder of the trial.
fn alone(session: &Session, failure: &PatientFailure, dir: &Path) -> String {
    let (number, cohort) = (failure.patient, session.plan.cohort.spec().patients);
    let arm = failure.arm.map(|arm| shell_word(&session.plan.arms()[arm].name));
    let arm = arm.map(|arm| format!(" --arm {arm}")).unwrap_or_default();
    let surrogate = if session.choices.surrogate { " --surrogate" } else { "" };
    let [file, out] = [EFFECTIVE.to_owned(), format!("patient-{number}")]
        .map(|name| shell_word(&dir.join(name).display().to_string()));
    format!("evotor compare {file} --patients {cohort} --only {number}{arm}{surrogate} --out {out}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::BackendOptions;
    use crate::trial::file;
    use crate::trial::session::Selection;

    // The command once named a trial of the review as a file, forgot a larger cohort, and led into the folder that was taken.
    #[test]
    fn a_patient_who_failed_is_repeated_from_the_folder() {
        let text = include_str!("../../../tests/data/small-trial.toml");
        let loaded = file::parse(text, "small-trial", Path::new("")).unwrap();
        let selection = Selection { patients: Some(400), surrogate: true, ..Selection::default() };
        let session = Session::new(loaded.scenario, &selection, BackendOptions::cpu(1)).unwrap();
        let failure = PatientFailure { patient: 300, arm: Some(1), message: String::new() };
        let words = alone(&session, &failure, Path::new("my results"));
        let expected = "evotor compare 'my results/effective.toml' --patients 400 --only 300 --arm 'supportive care' \
                        --surrogate --out 'my results/patient-300'";
        assert_eq!(words, expected);
    }
}

//! Rivals and instruments made ready.

use super::super::file::{PlannedMeasurement, RivalModel, RivalQuestion};
use super::super::measurement::{AssayKind, Instrument};
use super::{ARM, PlannedRival};
use crate::scenario::{ChangeKind, Diagnostic, Scenario, ScenarioError, nearest_name};
use crate::trial::error::TrialError;
use crate::trial::question::{ArmlessTrial, QuestionText, finding};
use crate::trial::run::Plan;
use crate::trial::surrogate::refusal;

/// A rival's trial: that of the file or its own, with both their settings, and one arm.
pub(super) fn planned(
    question: &RivalQuestion,
    text: &QuestionText,
    rival: &RivalModel,
) -> Result<PlannedRival, TrialError> {
    let base = rival.base.as_ref().or(question.base.as_ref());
    let settings = [question.set.as_slice(), rival.set.as_slice()].concat();
    let loaded = text.base(base, &settings)?;
    if let Some(why) = refusal(&loaded.scenario) {
        return Err(TrialError::Input(format!(
            "the mean field computes the tumours, and `{}` {why}",
            rival.name.get_ref()
        )));
    }
    let scenario = match &question.therapy {
        None => first_arm(&loaded.scenario),
        Some(therapy) => {
            let armless = ArmlessTrial::new(&loaded.scenario)?;
            let read = armless.with_arms(std::iter::once((ARM, therapy.get_ref())));
            read.map_err(|error| moved(error, text, therapy.span()))?
        }
    };
    let plan = Plan::new(&scenario, Some(*question.patients.get_ref()))?;
    plan.check()?;
    Ok(PlannedRival { name: rival.name.get_ref().clone(), scenario, plan })
}

/// A trial with its first arm alone, whose patients are followed to the end.
fn first_arm(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    if let Some(trial) = &mut scenario.trial {
        trial.arms.truncate(1);
        trial.comparisons.clear();
        trial.published.clear();
        (trial.conduct.accrual, trial.conduct.cutoff, trial.conduct.withdrawal) = (0, None, 0.0);
        trial.cohort.repeat.clear();
    }
    scenario
}

/// What is wrong with a plan, at its place in the file.
fn moved(error: ScenarioError, text: &QuestionText, span: crate::scenario::Span) -> ScenarioError {
    let ScenarioError::Invalid(report) = error else { return error };
    let place = |found: &Diagnostic| {
        let marked = report.text.get(found.span.clone()).unwrap_or_default();
        // What is marked is looked for from the plan on: the place of a section is its head alone.
        let rest = text.text.get(span.start..).filter(|_| !marked.is_empty());
        let at = rest.and_then(|rest| rest.find(marked)).map(|at| span.start + at);
        let span = at.map_or(span.clone(), |at| at..at + marked.len());
        Diagnostic { span, related: None, file: None, ..found.clone() }
    };
    text.refused(report.diagnostics.iter().map(place).collect())
}

/// Refuses two rivals that are one model.
pub(super) fn differ(
    question: &RivalQuestion,
    text: &QuestionText,
    rivals: &[PlannedRival],
) -> Result<(), ScenarioError> {
    for (at, rival) in rivals.iter().enumerate() {
        let Some(other) = rivals[..at].iter().find(|other| other.scenario == rival.scenario) else {
            continue;
        };
        let message = format!("`{}` and `{}` are the same model", other.name, rival.name);
        let help = "give one of them a `set` with a key that differs; a later setting of a key wins";
        let found = finding(question.rivals[at].name.span(), message, "expected a model of its own", help);
        return Err(text.refused(vec![found]));
    }
    Ok(())
}

pub(super) fn instruments(
    question: &RivalQuestion,
    text: &QuestionText,
    rivals: &[PlannedRival],
) -> Result<Vec<Instrument>, ScenarioError> {
    let (mut all, mut found) = (Vec::new(), Vec::new());
    for (number, measurement) in question.measurements.iter().enumerate() {
        match instrument(number as u32, measurement, rivals) {
            Ok(one) => all.push(one),
            Err(wrong) => found.push(*wrong),
        }
    }
    if found.is_empty() { Ok(all) } else { Err(text.refused(found)) }
}

fn instrument(
    number: u32,
    measurement: &PlannedMeasurement,
    rivals: &[PlannedRival],
) -> Result<Instrument, Box<Diagnostic>> {
    let first = &rivals[0];
    let (day, end) = (measurement.day().unwrap_or(0), first.plan.end());
    if day > end {
        let message = format!("nobody is followed beyond day {end}");
        return Err(Box::new(finding(
            measurement.at.span(),
            message,
            "expected an earlier time",
            "measure earlier, or set a later time.end",
        )));
    }
    let (count, error) = measurement.kind.usual();
    Ok(Instrument {
        kind: measurement.kind,
        day,
        locus: locus(measurement, rivals)?,
        count: measurement.count.as_ref().map_or(count, |n| *n.get_ref()),
        error: measurement.error.as_ref().map_or(error, |x| *x.get_ref()),
        assessment: first.plan.trial.assessment.clone(),
        seed: first.scenario.seed,
        number,
    })
}

/// Number of the locus that is measured, the same in every rival.
fn locus(measurement: &PlannedMeasurement, rivals: &[PlannedRival]) -> Result<usize, Box<Diagnostic>> {
    let Some(asked) = &measurement.locus else { return Ok(0) };
    let loci = &rivals[0].scenario.loci;
    let name = asked.get_ref();
    let names = || loci.iter().map(|locus| locus.name.as_str());
    let Some(at) = names().position(|known| known == name) else {
        let near = nearest_name(name, names());
        let help = near.map_or_else(
            || format!("the loci are {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Box::new(finding(
            asked.span(),
            format!("there is no locus `{name}`"),
            "expected a locus of the trial",
            help,
        )));
    };
    if let Some(other) =
        rivals.iter().find(|rival| rival.scenario.loci.get(at).is_none_or(|locus| locus.name != *name))
    {
        let message = format!("`{}` has other loci than `{}`", other.name, rivals[0].name);
        return Err(Box::new(finding(
            asked.span(),
            message,
            "expected the same loci in every rival",
            "give all rivals the same `loci`",
        )));
    }
    let mutates = loci[at].changes.iter().any(|change| change.kind == ChangeKind::Mutation);
    if measurement.kind == AssayKind::Ctdna && !mutates {
        let message =
            format!("circulating DNA does not show `{name}`, which is a state of cells and not a mutation");
        return Err(Box::new(finding(
            asked.span(),
            message,
            "expected a locus that mutates",
            "take a biopsy, or another locus",
        )));
    }
    Ok(at)
}

//! Falsifiers of adverse events and of exposure. Patients go through courses of therapy without a tumour, so that there can be
//! many: adverse events of drugs depend on doses and concentrations alone.

use std::sync::Arc;

use super::names::{E_SUNITINIB, E5, E10, RADIANT_3};
use super::{Bound, FigurePart, FigureParts, Lab};
use crate::therapy::course::TreatmentCourse;
use crate::therapy::{Protocol, TreatmentRecord};
use crate::trial::error::TrialError;
use crate::trial::falsify::figures::{hazard_per_unit, odds_per_unit, resampled, share};
use crate::trial::falsify::lab::{PATIENTS, arm_of, both};
use crate::trial::outcome::dose_limiting;
use crate::trial::run::Plan;
use crate::trial::stats::Subject;

/// Courses for each patient of a trial: 1000 at the usual number.
const COURSES: u32 = 1000;
/// Days of the first cycle: one of four weeks, and that of the phase I trial, four weeks of sunitinib and two without.
const CYCLES: [u32; 2] = [28, 42];
/// Percent with a dose-limiting event from which on a design of three and three refuses a dose.
const REFUSED: f64 = 100.0 / 3.0;
/// Days for which stomatitis is looked for.
const YEAR: u32 = 365;
/// Days over which troughs are averaged, at the full dose.
const STEADY: std::ops::Range<u32> = 14..28;

/// Patients who go through courses.
fn patients(lab: &Lab<'_>) -> u32 {
    (u64::from(lab.setup().patients) * u64::from(COURSES)).div_ceil(u64::from(PATIENTS)) as u32
}

fn plan(lab: &Lab<'_>) -> Result<Plan, TrialError> {
    lab.plan("tolerance", super::super::files::STEP, patients(lab))
}

/// The protocol of an arm, with or without adverse events.
fn protocol(plan: &Plan, arm: &str, events: bool) -> Result<Arc<Protocol>, TrialError> {
    let mut therapy = plan.arms()[arm_of(plan, arm)?].therapy.clone();
    therapy.toxicity.occur &= events;
    Ok(Arc::new(Protocol::new(&therapy, &plan.scenario.catalogue)?))
}

/// A patient after some days of a protocol.
fn course(
    plan: &Plan,
    protocol: &Arc<Protocol>,
    patient: u32,
    days: u32,
) -> Result<TreatmentRecord, TrialError> {
    let mut course = TreatmentCourse::new(Arc::clone(protocol), plan.treated(&plan.cohort.patient(patient)))?;
    for _ in 0..days {
        course.advance_day()?;
    }
    Ok(course.record().clone())
}

/// Mean trough of the only drug of a protocol in a patient at its full dose, ng/mL.
fn trough(plan: &Plan, protocol: &Arc<Protocol>, patient: u32) -> Result<f64, TrialError> {
    let mut course = TreatmentCourse::new(Arc::clone(protocol), plan.treated(&plan.cohort.patient(patient)))?;
    let mut sum = 0.0;
    for day in 0..STEADY.end {
        let report = course.advance_day()?;
        let level = report.drugs.first().map_or(0.0, |d| d.exposure.parent.trough);
        sum += if STEADY.contains(&day) { level } else { 0.0 };
    }
    Ok(sum / f64::from(STEADY.end - STEADY.start))
}

/// Everolimus and sunitinib together at full doses are not tolerated.
pub fn f12(lab: &mut Lab<'_>) -> FigureParts {
    let plan = plan(lab)?;
    let protocol = protocol(&plan, E_SUNITINIB, true)?;
    let all = patients(lab);
    lab.listener().begins("courses of everolimus and sunitinib", all.into());
    let mut first = Vec::new();
    for patient in 0..all {
        lab.go_on()?;
        first.extend(dose_limiting(&course(&plan, &protocol, patient, CYCLES[1])?));
        lab.listener().progress((patient + 1).into(), all.into());
    }
    let within = |days: u32| {
        let found = share(first.iter().filter(|day| **day < days).count(), all as usize);
        FigurePart::of_share(
            format!("dose-limiting event within {days} days"),
            Bound::at_least(REFUSED),
            found,
        )
    };
    Ok(CYCLES.map(within).into())
}

/// Twice the trough shrinks more tumours, and hurts more mouths.
pub fn f13(lab: &mut Lab<'_>) -> FigureParts {
    Ok(vec![
        FigurePart::judged("odds ratio of any shrinkage", "", Bound::between(1.2, 1.6), shrinkage(lab)?),
        FigurePart::judged(
            "hazard ratio of stomatitis of grade 3 or 4",
            "",
            Bound::between(1.05, 2.1),
            stomatitis(lab)?,
        ),
    ])
}

/// Logistic regression of shrinkage on the logarithm of the trough, over both doses.
fn shrinkage(lab: &mut Lab<'_>) -> Result<Reckoned, TrialError> {
    let ran = lab.trial(RADIANT_3)?;
    let protocols = [protocol(&ran.plan, E10, false)?, protocol(&ran.plan, E5, false)?];
    let mut rows = Vec::new();
    for (full, half) in both(ran.arm(E10)?, ran.arm(E5)?) {
        let level = |p: &Arc<Protocol>| Ok::<_, TrialError>(libm::log2(trough(&ran.plan, p, full.patient)?));
        rows.push([(level(&protocols[0])?, full.shrank()), (level(&protocols[1])?, half.shrank())]);
    }
    Ok(resampled(rows.len(), lab.seed(), |sample| {
        let of_sample: Vec<(f64, bool)> = sample.iter().flat_map(|i| rows[*i]).collect();
        odds_per_unit(&of_sample)
    }))
}

/// Times to the first stomatitis of grade 3 or 4 on the logarithm of the trough: every other patient has half the dose.
fn stomatitis(lab: &mut Lab<'_>) -> Result<Reckoned, TrialError> {
    let plan = plan(lab)?;
    let doses = [E10, E5];
    let with = doses.map(|arm| protocol(&plan, arm, true));
    let without = doses.map(|arm| protocol(&plan, arm, false));
    let all = patients(lab);
    lab.listener().begins("courses of everolimus", all.into());
    let mut times = Vec::new();
    for patient in 0..all {
        lab.go_on()?;
        let dose = patient as usize % doses.len();
        let [Ok(with), Ok(without)] = [&with[dose], &without[dose]] else {
            return Err(TrialError::Missing(format!("the arm `{}`", doses[dose])));
        };
        let record = course(&plan, with, patient, YEAR)?;
        let severe = record.events.iter().find(|e| e.event == "stomatitis" && e.grade >= 3);
        let time = severe.map_or(Subject::censored(f64::from(YEAR)), |e| Subject::event(f64::from(e.day)));
        times.push((time, libm::log2(trough(&plan, without, patient)?)));
        lab.listener().progress((patient + 1).into(), all.into());
    }
    Ok(hazard_per_unit(&times))
}

type Reckoned = Result<crate::trial::falsify::Estimate, crate::trial::stats::Undefined>;

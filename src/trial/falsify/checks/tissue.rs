//! Falsifiers that look at single tumours: vessels, and what is left after weeks without a drug.

use super::{Bound, FigurePart, FigureParts, Lab};
use crate::biology::phenotype::{OxygenEffects, Phenotype, Regime};
use crate::biology::potency::Exposure;
use crate::biology::signalling::Parameters;
use crate::simulation::care::{exposures, treated};
use crate::simulation::{Job, LesionSnapshot};
use crate::therapy::course::TreatmentCourse;
use crate::trial::error::TrialError;
use crate::trial::falsify::figures::mean;

/// Everolimus as in patients.
const EVEROLIMUS: &str = "everolimus 10 mg daily";

/// Perfusion of the typical patient's tumour on some days, relative to the one before therapy, by day and tumour.
pub fn perfusion(lab: &mut Lab<'_>, regimen: &str, days: &[u32]) -> Result<Vec<Vec<f64>>, TrialError> {
    let looks: Vec<u32> = std::iter::once(0).chain(days.iter().copied()).collect();
    let (_, seen) = lab.tumours("vessels", &[regimen], &looks)?;
    let of = |g: &LesionSnapshot| g.environment.map_or(0.0, |e| e.perfusion);
    let relative = |now: &Vec<LesionSnapshot>| {
        now.iter().zip(&seen[0]).map(|(now, start)| of(now) / of(start)).collect()
    };
    Ok(seen[1..].iter().map(relative).collect())
}

/// Days of perfusion CT.
const SCANS: [u32; 3] = [2, 7, 21];

/// Anti-VEGF lowers perfusion, everolimus does not.
pub fn f10(lab: &mut Lab<'_>) -> FigureParts {
    let drugs = [
        ("bevacizumab", "bevacizumab 15 mg/kg every 21 d", Bound::between(-50.0, -30.0)),
        ("everolimus", EVEROLIMUS, Bound::between(-15.0, 15.0)),
    ];
    let mut parts = Vec::new();
    for (name, regimen, bound) in drugs {
        for (day, tumours) in SCANS.iter().zip(perfusion(lab, regimen, &SCANS)?) {
            let changes: Vec<f64> = tumours.iter().map(|p| 100.0 * (p - 1.0)).collect();
            let what = format!("perfusion on {name}, day {day}");
            parts.push(FigurePart::judged(what, "%", bound, mean(&changes)));
        }
    }
    Ok(parts)
}

/// Days without a drug: 12 weeks.
const HOLIDAY: u32 = 84;

/// Upregulated receptors calm down without the drug, overactive GSK3 stays.
pub fn f8(lab: &mut Lab<'_>) -> FigureParts {
    let usual = sensitivity(lab, "vessels", &[0])?;
    let usual = usual[0].iter().sum::<f64>() / usual[0].len() as f64;
    let mut restored = |file| -> Result<Vec<f64>, TrialError> {
        let found = sensitivity(lab, file, &[0, HOLIDAY])?;
        let part = |(before, after): (&f64, &f64)| 100.0 * (after - before) / (usual - before);
        Ok(found[0].iter().zip(&found[1]).map(part).collect())
    };
    let [rtk, gsk3] = [restored("persistence-rtk")?, restored("persistence-gsk3")?];
    let name = |what| format!("lost sensitivity that came back, {what}");
    Ok(vec![
        FigurePart::judged(name("receptors upregulated"), "%", Bound::at_least(80.0), mean(&rtk)),
        FigurePart::judged(name("GSK3 overactive"), "%", Bound::below(80.0), mean(&gsk3)),
    ])
}

/// By how much everolimus would lower the net growth of a tumour's cells, per day, on some days without it, by day and tumour.
fn sensitivity(lab: &mut Lab<'_>, file: &str, days: &[u32]) -> Result<Vec<Vec<f64>>, TrialError> {
    let (job, seen) = lab.tumours(file, &[], days)?;
    let scenario = lab.scenario(file, super::super::files::STEP, &[EVEROLIMUS])?;
    let losses = losses(&Job::new(&scenario, std::path::Path::new(""))?)?;
    debug_assert_eq!(losses.len(), job.space.codes.len());
    let of = |snapshot: &LesionSnapshot| {
        let cells: f64 = snapshot.live_by_row.iter().map(|n| f64::from(*n)).sum();
        let sum: f64 = snapshot.live_by_row.iter().zip(&losses).map(|(n, loss)| f64::from(*n) * loss).sum();
        sum / cells
    };
    Ok(seen.iter().map(|day| day.iter().map(of).collect()).collect())
}

/// What the drugs of a job take from the net growth of each of its states, per day, at the concentrations of the fourth week and with
/// enough oxygen.
fn losses(job: &Job) -> Result<Vec<f64>, TrialError> {
    let missing = || TrialError::Missing(format!("the therapy of `{}`", job.scenario.name));
    let care = job.care.as_ref().ok_or_else(missing)?;
    let protocol = care.protocol.clone().ok_or_else(missing)?;
    let mut course = TreatmentCourse::new(protocol.clone(), treated(&job.scenario, 0))?;
    let mut last = course.advance_day()?;
    for _ in 1..28 {
        last = course.advance_day()?;
    }
    let exposures = exposures(&last);
    let oxygen = job.scenario.oxygen.as_ref().map_or_else(OxygenEffects::default, OxygenEffects::from);
    let phenotype =
        Phenotype::new(&care.patient, Parameters::default(), &job.scenario.loci, protocol.drugs(), oxygen)
            .map_err(|e| crate::simulation::RunError::Signalling(e.to_string()))?;
    let loss = |code: &u32| {
        let state = phenotype.state(&job.space.levels(*code));
        let net = |exposures: &[Exposure]| state.fate(exposures, Regime::Normoxic).net();
        net(&[]) - net(&exposures)
    };
    Ok(job.space.codes.iter().map(loss).collect())
}

//! What the therapy of a run came to, over its patients.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Confidence;
use crate::simulation::job::Job;
use crate::simulation::record::Tally;
use crate::therapy::course::TreatmentCourse;
use crate::therapy::{EndReason, Protocol, StopReason, TreatmentRecord};

use super::patient_course::treated;

/// A therapy over all patients of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TherapySummary {
    /// Drugs, in the order of the plan.
    pub drugs: Vec<DrugSummary>,
    /// Lines of therapy, in order.
    pub lines: Vec<LineSummary>,
    /// Number of adverse events of each grade, 1 to 4.
    pub adverse_events: [u32; 4],
    /// Patients with an event of grade 3 or 4.
    pub patients_with_grade_3_or_4: u32,
    /// Patients of whom a drug was stopped for good because of adverse events.
    pub patients_who_stopped_a_drug: u32,
    /// Numbers of these drugs, and how many of them are of confidence C: choices, orders of magnitude, from memory.
    pub numbers: u32,
    /// See `numbers`.
    pub numbers_of_confidence_c: u32,
}

/// A drug over all patients of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DrugSummary {
    /// Name.
    pub drug: String,
    /// Patients who had it.
    pub patients: u32,
    /// Amount given over amount planned, mean over these patients; absent where nothing is dosed.
    pub relative_dose_intensity: Option<f64>,
    /// Holds because of adverse events, in all.
    pub holds: u32,
    /// Reductions, in all.
    pub reductions: u32,
    /// Patients who stopped it for good, by reason.
    pub stopped: BTreeMap<StopReason, u32>,
}

/// A line of therapy over all patients of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineSummary {
    /// Its number, from 1.
    pub line: usize,
    /// Days on which it began, ascending.
    pub began: Vec<u32>,
    /// Days from its beginning to its first progression, ascending.
    pub progressed_after: Vec<u32>,
    /// Patients in whom it ended, by reason.
    pub ended: BTreeMap<EndReason, u32>,
}

/// What the therapy came to; `None` for a run without one.
pub fn outcome(job: &Job, tallies: &[Tally]) -> Option<TherapySummary> {
    let protocol = job.care.as_ref()?.protocol.as_ref()?;
    let records: Vec<TreatmentRecord> = tallies.iter().filter_map(|tally| record(job, tally)).collect();
    let mut grades = [0; 4];
    for event in records.iter().flat_map(|r| &r.events) {
        grades[usize::from(event.grade.clamp(1, 4)) - 1] += 1;
    }
    let severe = |r: &&TreatmentRecord| r.events.iter().any(|e| e.grade >= 3);
    let numbers: Vec<Confidence> =
        protocol.drugs().iter().flat_map(|d| d.numbers()).map(|e| e.number.confidence).collect();
    Some(TherapySummary {
        drugs: (0..protocol.drugs().len()).map(|d| drug(protocol, &records, d)).collect(),
        lines: (0..protocol.plan().lines.len()).map(|l| line(&records, l)).collect(),
        adverse_events: grades,
        patients_with_grade_3_or_4: records.iter().filter(severe).count() as u32,
        patients_who_stopped_a_drug: records.iter().filter(|r| r.discontinued()).count() as u32,
        numbers: numbers.len() as u32,
        numbers_of_confidence_c: numbers.iter().filter(|c| **c == Confidence::C).count() as u32,
    })
}

/// The record of a patient, made again from what the course was told; `None` where there is none.
pub fn record(job: &Job, tally: &Tally) -> Option<TreatmentRecord> {
    let protocol = job.care.as_ref()?.protocol.as_ref()?;
    let step = tally.last.as_ref()?.step;
    let day = step.div_ceil(24 / job.scenario.time.step_hours);
    let patient = treated(&job.scenario, tally.id.patient());
    // It was computed before, so it can be computed again.
    TreatmentCourse::replay(protocol.clone(), patient, &tally.told, day)
        .ok()
        .map(|course| course.record().clone())
}

fn drug(protocol: &Protocol, records: &[TreatmentRecord], number: usize) -> DrugSummary {
    let of = || records.iter().filter_map(|r| r.drugs.get(number));
    let intensities: Vec<f64> = of().filter_map(|d| d.relative_dose_intensity(u32::MAX)).collect();
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let mut stopped = BTreeMap::new();
    for (_, reason) in of().filter_map(|d| d.stopped) {
        *stopped.entry(reason).or_insert(0) += 1;
    }
    DrugSummary {
        drug: protocol.drugs()[number].name.clone(),
        patients: of().filter(|d| d.doses.is_some()).count() as u32,
        relative_dose_intensity: (!intensities.is_empty()).then(|| mean(&intensities)),
        holds: of().map(|d| d.holds).sum(),
        reductions: of().map(|d| d.reductions).sum(),
        stopped,
    }
}

fn line(records: &[TreatmentRecord], number: usize) -> LineSummary {
    let of = || records.iter().flat_map(|r| r.lines.iter().filter(|l| l.line == number));
    let mut began: Vec<u32> = of().map(|l| l.began).collect();
    let mut progressed: Vec<u32> = of().filter_map(|l| Some(l.progression? - l.began)).collect();
    began.sort_unstable();
    progressed.sort_unstable();
    let mut ended = BTreeMap::new();
    for (_, reason) in of().filter_map(|l| l.ended) {
        *ended.entry(reason).or_insert(0) += 1;
    }
    LineSummary { line: number + 1, began, progressed_after: progressed, ended }
}

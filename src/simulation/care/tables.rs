//! The rows of the output tables that tell of therapy.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::simulation::folder::{Folder, RunTable};
use crate::simulation::job::Job;
use crate::table::word;
use crate::therapy::Action;
use crate::therapy::course::Status;

use super::patient_course::DayRecord;

/// One for each detailed replicate, day and drug, but for drugs that are not on, not given and not there. A drug that is `on` without
/// having been given on a day is between two doses. There are no columns for the dose of radiation and for concentrations after
/// delivery: these are `effect_site_nmol_per_l` times perfusion to the power of the drug's delivery exponent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct ExposureRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Day; it begins at `day` · 24 h.
    pub day: f64,
    /// Drug.
    pub drug: String,
    /// Amount of the day.
    pub given: f64,
    /// Unit of the amount: `mg`, or the dose's own where it has no mass: `GBq`, `MU`, `nM`, `%`.
    pub given_unit: String,
    /// Doses in which it was given, as far apart as their number says.
    #[serde(default)]
    pub doses: usize,
    /// Dose step; 0 for the full dose.
    pub dose_step: usize,
    /// `off`, `on`, `paused` by an adaptive rule or a marker, `held`, `stopped`.
    pub status: String,
    /// Average of the drug in the matrix in which it is measured, ng/mL.
    pub average_ng_per_ml: f64,
    /// Concentration at the end of the day (C24), ng/mL; the trough where a dose comes next.
    pub c24_ng_per_ml: f64,
    /// Peak of the day, ng/mL.
    pub peak_ng_per_ml: f64,
    /// Average of the active metabolite, ng/mL; empty without one.
    pub metabolite_average_ng_per_ml: Option<f64>,
    /// Unbound drug at the site of action before delivery, average of the day, nmol/L.
    pub effect_site_nmol_per_l: f64,
    /// The same of the metabolite.
    pub metabolite_effect_site_nmol_per_l: f64,
}

/// One for each action.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct TherapyRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Day.
    pub day: f64,
    /// Line, from 1; empty between lines and after the last one.
    pub line: Option<usize>,
    /// `line_begins`, `line_ends`, `turn_begins`, `hold`, `resume`, `stop`, `pause` and `continue` (by an adaptive rule or a marker),
    /// `trough` (a sample is taken), `adjust` (its result is acted on), `marker` (a sample is taken).
    pub action: String,
    /// Drug; empty where it is of the line.
    pub drug: String,
    /// `resume`: dose step; 0 for the full dose.
    pub dose_step: Option<u64>,
    /// `hold`: first day on which the drug may be given again; `trough`, `marker`: day on which its result is acted on.
    pub until_day: Option<u64>,
    /// Why a line ends: `progression`, `toxicity`, `duration` (its time was over), `next_line` (the next one began on its date),
    /// `marker` (it had risen); why
    /// a drug is stopped for good: `grade4`, `recurrent` (grade 3 again), `not_restarted` (after grade 3), `no_recovery` (in time),
    /// `below_last_step` (there is no lower dose); `reduced` where a drug resumes at a lower dose than before; `continued` where a
    /// line ends whose drugs go on, after the reason and joined by `+`; what follows from a trough: `in_range`, `raised`, `lowered`,
    /// `no_better_level`, `held_down` (adverse events have reduced the dose), `not_given`.
    pub reason: String,
    /// `trough`: what is measured, ng/mL. `marker`: what the assay reports: of `ctdna` the variant allele fraction; of `cga` in a trial
    /// ng/mL, and in a run what it is relative to that of as many untreated sensitive cells as the start had in all.
    #[serde(default)]
    pub measured: Option<f64>,
    /// `adjust`: dose from then on, relative to the planned one; 0 where the drug is not given.
    #[serde(default)]
    pub relative_dose: Option<f64>,
}

/// One for each adverse event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct AdverseEventRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Day on which it begins.
    pub day: f64,
    /// Event.
    pub event: String,
    /// Organ class; empty for a disease-related event.
    pub organ: String,
    /// Grade, 1 to 4.
    pub grade: u8,
    /// Drug that caused it; `disease` for a disease-related event, which changes no dose.
    pub drug: String,
    /// Drugs that share the organ class and were there with at least half of their reference exposure, joined by `+`.
    pub together_with: String,
    /// First day on which it is of grade 1 or less again.
    pub recovered_day: f64,
}

/// One for each visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct VisitRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Day.
    pub day: f64,
    /// Line that is judged, from 1; empty before the first and between lines.
    pub line: Option<usize>,
    /// Volume relative to that at step 0.
    pub relative_volume: f64,
    /// Change of the diameter (cube root of the volume) since the beginning of the line that is judged, a fraction; empty where
    /// nothing was there.
    pub diameter_change: Option<f64>,
    /// The same from its smallest before.
    pub change_from_nadir: Option<f64>,
    /// Response: `CR`, `PR`, `SD`, `PD`; empty where no line is judged.
    pub category: String,
    /// Whether it is the first progression of a line.
    pub progression: bool,
}

/// Writes the heads of the tables.
pub fn heads(folder: &mut Folder) {
    folder.rows(RunTable::Exposure).head::<ExposureRow>().end();
    folder.rows(RunTable::Therapy).head::<TherapyRow>().end();
    folder.rows(RunTable::AdverseEvents).head::<AdverseEventRow>().end();
    folder.rows(RunTable::Visits).head::<VisitRow>().end();
}

/// Writes a day of a patient's therapy.
pub fn day(folder: &mut Folder, job: &Job, replicate: u32, record: &DayRecord) {
    let Some(protocol) = job.care.as_ref().and_then(|c| c.protocol.as_ref()) else {
        return;
    };
    let report = &record.report;
    let day = f64::from(report.day);
    let name = |drug: usize| protocol.drugs().get(drug).map_or("", |d| d.name.as_str());
    if let Some(visit) = &record.visit {
        let judgement = visit.decision.judgement;
        folder.rows(RunTable::Visits).add(&VisitRow {
            replicate,
            day,
            line: visit.line.map(|l| l + 1),
            relative_volume: visit.volume,
            diameter_change: judgement.and_then(|j| j.change),
            change_from_nadir: judgement.and_then(|j| j.from_nadir),
            category: judgement.map_or("", |j| j.category.code()).to_owned(),
            progression: visit.decision.progression,
        });
    }
    let decided = record.visit.iter().flat_map(|v| &v.decision.actions);
    for action in decided.chain(&record.monitored).chain(&report.actions) {
        let done = done(action, name);
        let line = done.line.or(report.line.map(|l| l + 1));
        folder.rows(RunTable::Therapy).add(&TherapyRow { replicate, day, line, ..done });
    }
    for event in &report.events {
        let partners: Vec<&str> = event.partners.iter().map(|d| name(*d)).collect();
        folder.rows(RunTable::AdverseEvents).add(&AdverseEventRow {
            replicate,
            day,
            event: event.event.clone(),
            organ: event.organ.map_or("", |o| o.word()).to_owned(),
            grade: event.grade,
            drug: event.drug.map_or("disease", name).to_owned(),
            together_with: partners.join("+"),
            recovered_day: event.recovered.into(),
        });
    }
    for (drug, today) in report.drugs.iter().enumerate().filter(|_| job.is_detailed(replicate)) {
        let given: f64 = today.given.iter().map(|(_, amount)| amount).sum();
        let e = &today.exposure;
        if given == 0.0 && e.parent.peak == 0.0 && today.status == Status::Off {
            continue;
        }
        folder.rows(RunTable::Exposure).add(&ExposureRow {
            replicate,
            day,
            drug: name(drug).to_owned(),
            given,
            given_unit: protocol.unit(drug).to_owned(),
            doses: today.given.len(),
            dose_step: today.step,
            status: word(&today.status),
            average_ng_per_ml: e.parent.average,
            c24_ng_per_ml: e.parent.trough,
            peak_ng_per_ml: e.parent.peak,
            metabolite_average_ng_per_ml: e.metabolite.map(|m| m.average),
            effect_site_nmol_per_l: e.site_parent_nm,
            metabolite_effect_site_nmol_per_l: e.site_metabolite_nm,
        });
    }
}

/// What was done, with the line only where the action is of one.
pub fn done<'a>(action: &Action, name: impl Fn(usize) -> &'a str) -> TherapyRow {
    let parts = serde_json::to_value(action).unwrap_or_default();
    let number = |part: &str| parts[part].as_u64();
    let is = |part: &str| parts[part] == Value::Bool(true);
    let reasons = parts["reason"].as_str().into_iter().chain(is("reduced").then_some("reduced"));
    TherapyRow {
        line: number("line").map(|l| l as usize + 1),
        action: parts["kind"].as_str().unwrap_or_default().to_owned(),
        drug: number("drug").map_or("", |d| name(d as usize)).to_owned(),
        dose_step: number("step"),
        until_day: number("until"),
        measured: parts["measured"].as_f64(),
        relative_dose: parts["relative_dose"].as_f64(),
        reason: reasons.chain(is("goes_on").then_some("continued")).collect::<Vec<_>>().join("+"),
        ..TherapyRow::default()
    }
}

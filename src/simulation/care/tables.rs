//! The rows of the output tables that tell of therapy.

use crate::catalogue::Drug;
use crate::simulation::folder::{Folder, Table};
use crate::simulation::job::Job;
use crate::therapy::course::{DayReport, DrugDay, Status};
use crate::therapy::response::Category;
use crate::therapy::toxicity::AdverseEvent;
use crate::therapy::{Action, EndReason, StopReason};

use super::observer::Measured;
use super::patient_course::DayRecord;

/// Writes the heads of the tables.
pub fn heads(folder: &mut Folder) {
    folder.rows(Table::Exposure).line([
        "replicate",
        "day",
        "drug",
        "given",
        "dose_step",
        "status",
        "average_ng_ml",
        "trough_ng_ml",
        "peak_ng_ml",
        "metabolite_average_ng_ml",
        "site_nm",
        "metabolite_site_nm",
    ]);
    folder.rows(Table::Therapy).line(["replicate", "day", "line", "action", "drug", "detail"]);
    folder.rows(Table::AdverseEvents).line([
        "replicate",
        "day",
        "event",
        "organ",
        "grade",
        "drug",
        "together_with",
        "recovered_day",
    ]);
    folder.rows(Table::Visits).line([
        "replicate",
        "day",
        "line",
        "volume",
        "diameter_change",
        "from_nadir",
        "category",
        "progression",
    ]);
}

/// Writes a day of a patient's therapy.
pub fn day(folder: &mut Folder, job: &Job, replicate: u32, record: &DayRecord) {
    let Some(protocol) = job.care.as_ref().and_then(|c| c.protocol.as_ref()) else {
        return;
    };
    let drugs = protocol.drugs();
    let report = &record.report;
    if let Some(visit) = &record.visit {
        measured(folder, replicate, report, visit);
        for action in &visit.decision.actions {
            act(folder, replicate, report, drugs, action);
        }
    }
    for action in record.monitored.iter().chain(&report.actions) {
        act(folder, replicate, report, drugs, action);
    }
    for event in &report.events {
        adverse(folder, replicate, report.day, drugs, event);
    }
    if job.is_detailed(replicate) {
        for (drug, today) in drugs.iter().zip(&report.drugs) {
            exposure(folder, replicate, report.day, drug, today);
        }
    }
}

fn exposure(folder: &mut Folder, replicate: u32, day: u32, drug: &Drug, today: &DrugDay) {
    // From 0.0, since an empty sum of floats is −0.
    let given = today.given.iter().fold(0.0, |sum, (_, amount)| sum + amount);
    let e = &today.exposure;
    if given == 0.0 && e.parent.peak == 0.0 && today.status == Status::Off {
        return;
    }
    let rows = folder.rows(Table::Exposure);
    rows.number(replicate).number(day).text(&drug.name).number(given);
    rows.number(today.step).text(status_text(today.status));
    for level in [e.parent.average, e.parent.trough, e.parent.peak] {
        rows.number(rounded(level));
    }
    rows.maybe(e.metabolite.map(|m| rounded(m.average)));
    rows.number(rounded(e.site_parent_nm)).number(rounded(e.site_metabolite_nm)).end();
}

fn status_text(status: Status) -> &'static str {
    match status {
        Status::Off => "off",
        Status::On => "on",
        Status::Paused => "paused",
        Status::Held => "held",
        Status::Stopped => "stopped",
    }
}

/// Six significant digits: more than any of these numbers is worth.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

fn act(folder: &mut Folder, replicate: u32, report: &DayReport, drugs: &[Drug], action: &Action) {
    let name = |drug: usize| drugs.get(drug).map_or("", |d| d.name.as_str());
    let (word, drug, detail) = match *action {
        Action::LineBegins { line } => ("line begins", "", (line + 1).to_string()),
        Action::LineEnds { reason, goes_on, .. } => {
            let on = if goes_on { ", its drugs go on" } else { "" };
            ("line ends", "", format!("{}{on}", end_text(reason)))
        }
        Action::TurnBegins { drug } => ("turn begins", name(drug), String::new()),
        Action::Hold { drug, until } => ("hold", name(drug), format!("until day {until} or later")),
        Action::Resume { drug, step, reduced } => {
            let how = if reduced { "reduced" } else { "as before" };
            ("resume", name(drug), format!("dose step {step}, {how}"))
        }
        Action::Stop { drug, reason } => ("stop", name(drug), stop_text(reason).to_owned()),
        Action::Pause => ("pause", "", "adaptive".to_owned()),
        Action::Continue => ("continue", "", "adaptive".to_owned()),
    };
    let line = match action {
        Action::LineBegins { line } | Action::LineEnds { line, .. } => Some(line + 1),
        _ => report.line.map(|l| l + 1),
    };
    let rows = folder.rows(Table::Therapy);
    rows.number(replicate).number(report.day).maybe(line).text(word).text(drug).text(&detail).end();
}

/// Why a line ended, in words.
pub fn end_text(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Progression => "progression",
        EndReason::Toxicity => "toxicity",
        EndReason::Duration => "its time was over",
        EndReason::NextLine => "the next line began on its date",
    }
}

/// Why a drug is stopped for good, in words.
pub fn stop_text(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Grade4 => "grade 4",
        StopReason::Recurrent => "grade 3 again",
        StopReason::NotRestarted => "not restarted after grade 3",
        StopReason::NoRecovery => "no recovery in time",
        StopReason::BelowLastStep => "no lower dose",
    }
}

fn adverse(folder: &mut Folder, replicate: u32, day: u32, drugs: &[Drug], event: &AdverseEvent) {
    let name = |drug: &usize| drugs.get(*drug).map_or("", |d| d.name.as_str());
    let partners: Vec<&str> = event.partners.iter().map(name).collect();
    let rows = folder.rows(Table::AdverseEvents);
    rows.number(replicate).number(day).text(&event.event);
    rows.text(event.organ.map_or("", |o| o.word())).number(event.grade);
    rows.text(event.drug.as_ref().map_or("disease", name)).text(&partners.join("+"));
    rows.number(event.recovered).end();
}

fn measured(folder: &mut Folder, replicate: u32, report: &DayReport, visit: &Measured) {
    let decision = &visit.decision;
    let rows = folder.rows(Table::Visits);
    rows.number(replicate).number(report.day).maybe(visit.line.map(|l| l + 1));
    rows.number(rounded(visit.volume));
    rows.maybe(decision.judgement.and_then(|j| j.change).map(rounded));
    rows.maybe(decision.judgement.and_then(|j| j.from_nadir).map(rounded));
    rows.text(decision.judgement.map_or("", |j| category_text(j.category)));
    rows.number(u8::from(decision.progression)).end();
}

fn category_text(category: Category) -> &'static str {
    match category {
        Category::CompleteResponse => "CR",
        Category::PartialResponse => "PR",
        Category::StableDisease => "SD",
        Category::Progression => "PD",
    }
}

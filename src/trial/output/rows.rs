//! Rows that are added with every patient.

use crate::simulation::care::{end_text, stop_text};
use crate::simulation::rows::Rows;
use crate::therapy::Action;
use crate::therapy::response::Category;
use crate::trial::cohort::{VirtualPatient, patients_csv};
use crate::trial::outcome::{Ended, Outcome, Span};
use crate::trial::run::{PatientTrajectory, Plan};

/// Heads of `patients.csv`, `visits.csv`, `laboratory.csv` and `events.csv`.
pub fn heads(plan: &Plan, [patients, visits, laboratory, events]: [&mut Rows; 4]) {
    patients.text("patient").text("arm");
    for time in ["pfs", "second_line_pfs", "total_pfs", "pfs2", "os"] {
        patients.text(&format!("{time}_days")).text(&format!("{time}_ended"));
    }
    let columns = [
        "second_line_day",
        "best_response",
        "best_change",
        "progressed_at_first_scan",
        "new_lesion",
        "growth_percent_month",
        "days_on_treatment",
        "grade_3_or_4",
        "first_dose_limiting_day",
        "discontinued",
        "dose_changed",
        "dose_intensity",
        "dominant",
        "volume_at_progression",
        "sensitive_at_progression",
    ];
    for column in columns {
        patients.text(column);
    }
    for locus in plan.loci() {
        patients.text(&format!("{locus}_at_progression"));
    }
    for column in ["cga_ng_ml", "cga_change", "nse_change", "thinned", "blocked", "digest"] {
        patients.text(column);
    }
    patients.end();
    visits.line(["patient", "arm", "day", "line", "sum_mm", "change", "category", "new_lesion"]);
    laboratory.line(["patient", "arm", "day", "cga_ng_ml", "nse_relative"]);
    events.line(["patient", "arm", "day", "kind", "drug", "grade", "detail"]);
}

/// A row of `cohort.csv`, with the head before the first one.
pub fn cohort(rows: &mut Rows, patient: &VirtualPatient, first: bool) {
    let text = patients_csv([patient]);
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().skip(usize::from(!first));
    lines.for_each(|line| rows.raw(line));
}

/// Six significant digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

pub(super) fn ended_text(ended: Ended) -> &'static str {
    match ended {
        Ended::Progression => "progression",
        Ended::Death => "death",
        Ended::Censored => "censored",
    }
}

fn span(rows: &mut Rows, span: Option<Span>) {
    rows.maybe(span.map(|s| s.days)).text(span.map_or("", |s| ended_text(s.ended)));
}

/// A row of `patients.csv`.
pub fn patient(rows: &mut Rows, plan: &Plan, arm: usize, o: &Outcome) {
    rows.number(o.patient).text(&plan.arms()[arm].name);
    for time in [Some(o.pfs), o.second_pfs, Some(o.total_pfs), o.pfs2, Some(o.os)] {
        span(rows, time);
    }
    rows.maybe(o.second_line).text(o.best.map_or("", category_text));
    rows.maybe(o.best_change.map(rounded)).number(o.progressed_at_first_scan).number(o.new_lesion);
    rows.maybe(o.growth_percent_month.map(rounded)).number(o.on_treatment).number(o.severe);
    rows.maybe(o.dose_limiting).number(o.discontinued).number(o.dose_changed);
    let drugs = plan.arms()[arm].therapy.drugs();
    let intensity = |(drug, share): (&&str, &Option<f64>)| Some(format!("{drug}={}", rounded((*share)?)));
    rows.text(&drugs.iter().zip(&o.intensities).filter_map(intensity).collect::<Vec<_>>().join(";"));
    let loci = plan.loci();
    rows.text(match (&o.at_progression, o.dominant) {
        (None, _) => "",
        (Some(_), None) => "none",
        (Some(_), Some(locus)) => loci[locus],
    });
    rows.maybe(o.at_progression.as_ref().map(|c| rounded(c.volume)));
    rows.maybe(o.at_progression.as_ref().map(|c| rounded(c.sensitive)));
    for locus in 0..loci.len() {
        rows.maybe(o.at_progression.as_ref().map(|c| rounded(c.changed[locus])));
    }
    rows.number(rounded(o.cga)).maybe(o.cga_change.map(rounded)).maybe(o.nse_change.map(rounded));
    rows.number(o.thinned).number(rounded(o.blocked)).text(&o.digest).end();
}

fn category_text(category: Category) -> &'static str {
    match category {
        Category::CompleteResponse => "CR",
        Category::PartialResponse => "PR",
        Category::StableDisease => "SD",
        Category::Progression => "PD",
    }
}

/// Rows of `visits.csv`.
pub fn visits(rows: &mut Rows, plan: &Plan, arm: usize, patient: u32, chronicle: &PatientTrajectory) {
    for scan in &chronicle.chart.scans {
        rows.number(patient).text(&plan.arms()[arm].name).number(scan.day).number(scan.line + 1);
        rows.number(rounded(scan.sum_mm)).maybe(scan.change.map(rounded));
        rows.text(category_text(scan.category)).number(scan.new_lesion).end();
    }
}

/// Rows of `laboratory.csv`.
pub fn laboratory(rows: &mut Rows, plan: &Plan, arm: usize, patient: u32, chronicle: &PatientTrajectory) {
    for values in &chronicle.chart.laboratory {
        rows.number(patient).text(&plan.arms()[arm].name).number(values.day);
        rows.number(rounded(values.cga)).number(rounded(values.nse)).end();
    }
}

/// Rows of `events.csv`: actions, then adverse events.
pub fn events(rows: &mut Rows, plan: &Plan, arm: usize, patient: u32, chronicle: &PatientTrajectory) {
    let drugs = plan.arms()[arm].therapy.drugs();
    let name = |drug: usize| drugs.get(drug).copied().unwrap_or("");
    let arm = &plan.arms()[arm].name;
    for (day, action) in &chronicle.record.actions {
        let (kind, drug, detail) = match *action {
            Action::LineBegins { line } => ("line begins", "", (line + 1).to_string()),
            Action::LineEnds { line, reason, .. } => {
                ("line ends", "", format!("{}: {}", line + 1, end_text(reason)))
            }
            Action::TurnBegins { drug } => ("turn begins", name(drug), String::new()),
            Action::Hold { drug, until } => ("hold", name(drug), format!("until day {until} or later")),
            Action::Resume { drug, step, .. } => ("resume", name(drug), format!("dose step {step}")),
            Action::Stop { drug, reason } => ("stop", name(drug), stop_text(reason).to_owned()),
            Action::Pause => ("pause", "", String::new()),
            Action::Continue => ("continue", "", String::new()),
        };
        rows.number(patient).text(arm).number(day).text(kind).text(drug).text("").text(&detail).end();
    }
    for event in &chronicle.record.events {
        let drug = event.drug.map_or("disease", name);
        rows.number(patient).text(arm).number(event.day).text("adverse event").text(drug);
        rows.number(event.grade).text(&event.event).end();
    }
}

//! Rows of ADaM-shaped tables from rows of a trial.

use super::rows::{AdaeRow, AdexRow, AdrsRow, AdslRow, AdtteRow};
use crate::table::word;
use crate::trial::cohort::CohortRow;
use crate::trial::outcome::Ended;
use crate::trial::output::rows::{DoseIntensityRow, EventRow, PatientRow};

/// A patient in an arm.
pub(super) struct StudySubject {
    /// Study.
    pub study: String,
    /// Subject in all studies.
    pub id: String,
    /// Subject within the study.
    pub short: String,
    /// Virtual patient.
    pub patient: u32,
    /// Arm.
    pub arm: String,
    /// Its number, from 1.
    pub number: usize,
}

fn flag(is_so: bool) -> String {
    if is_so { "Y" } else { "N" }.to_owned()
}

/// Who a subject is.
pub(super) fn adsl(subject: StudySubject, row: &PatientRow, body: &CohortRow) -> AdslRow {
    AdslRow {
        STUDYID: subject.study,
        USUBJID: subject.id,
        SUBJID: subject.short,
        PAIRID: subject.patient,
        ARM: subject.arm.clone(),
        TRT01P: subject.arm.clone(),
        TRT01PN: subject.number,
        TRT01A: subject.arm,
        TRT01AN: subject.number,
        AGE: body.age_years,
        AGEU: "YEARS".to_owned(),
        SEX: if body.sex == "female" { "F" } else { "M" }.to_owned(),
        ITTFL: flag(true),
        SAFFL: flag(true),
        WEIGHTBL: body.weight_kg,
        BSABL: body.surface_m2,
        KI67BL: body.ki67_percent,
        SUMDIABL: body.diameter_sum_mm,
        TARGLBL: body.lesions as u32,
        PRIMSITE: body.origin.clone(),
        ENTRYDY: row.entry_day + 1.0,
        EOSDY: row.last_day + 1.0,
        DTHFL: flag(row.os_ended == Ended::Death),
    }
}

/// The times of a patient in an arm; those that this patient has.
pub(super) fn adtte(subject: &StudySubject, row: &PatientRow) -> Vec<AdtteRow> {
    let second = row.second_line_day.unwrap_or(0.0);
    let whole = |days: f64, ended: Ended| Some((0.0, days, ended));
    let all = [
        ("TFS", "Time to Failure of Strategy", "tfs_days", whole(row.tfs_days, row.tfs_ended)),
        (
            "TTG",
            "Time to Growth",
            "time_to_growth_days",
            whole(row.time_to_growth_days, row.time_to_growth_ended),
        ),
        ("PFS", "Progression-Free Survival", "pfs_days", whole(row.pfs_days, row.pfs_ended)),
        (
            "PFSL2",
            "Progression-Free Survival of the Second Line",
            "second_line_pfs_days",
            row.second_line_pfs_days
                .zip(row.second_line_pfs_ended)
                .map(|(days, ended)| (second, days, ended)),
        ),
        (
            "PFS2",
            "Progression-Free Survival 2",
            "pfs2_days",
            row.pfs2_days.zip(row.pfs2_ended).and_then(|(days, ended)| whole(days, ended)),
        ),
        ("OS", "Overall Survival", "os_days", whole(row.os_days, row.os_ended)),
    ];
    let one = |(code, name, column, time): (&str, &str, &str, Option<(f64, f64, Ended)>)| {
        let (start, days, ended) = time?;
        Some(AdtteRow {
            STUDYID: subject.study.clone(),
            USUBJID: subject.id.clone(),
            PAIRID: subject.patient,
            TRTP: subject.arm.clone(),
            TRTPN: subject.number,
            PARAMCD: code.to_owned(),
            PARAM: format!("{name} (days)"),
            STARTDY: start + 1.0,
            ADY: start + days + 1.0,
            AVAL: days,
            CNSR: u8::from(ended == Ended::Censored),
            EVNTDESC: word(&ended).to_uppercase(),
            SRCDOM: "patients.csv".to_owned(),
            SRCVAR: column.to_owned(),
        })
    };
    all.into_iter().filter_map(one).collect()
}

/// A response.
pub(super) struct JudgedResponse<'a> {
    /// Line, from 1.
    pub line: usize,
    /// Number and day.
    pub scan: Option<(usize, f64)>,
    /// Its word.
    pub category: &'a str,
}

impl JudgedResponse<'_> {
    /// Its row.
    pub(super) fn row(&self, subject: StudySubject) -> AdrsRow {
        let (code, name) = match self.scan {
            Some(_) => ("OVRLRESP", "Overall Response by Investigator"),
            None => ("BOR", "Best Overall Response"),
        };
        AdrsRow {
            STUDYID: subject.study,
            USUBJID: subject.id,
            PAIRID: subject.patient,
            TRTP: subject.arm,
            TRTPN: subject.number,
            PARAMCD: code.to_owned(),
            PARAM: name.to_owned(),
            LINE: self.line,
            AVISITN: self.scan.map(|(number, _)| number),
            ADY: self.scan.map(|(_, day)| day + 1.0),
            AVALC: self.category.to_owned(),
            AVAL: ["CR", "PR", "SD", "PD"]
                .iter()
                .position(|own| *own == self.category)
                .map_or(5, |p| p as u8 + 1),
        }
    }
}

/// An adverse event, by its number.
pub(super) fn adae(subject: StudySubject, row: EventRow, number: u32) -> AdaeRow {
    let is_of_drug = row.drug != "disease";
    let grade = row.grade.unwrap_or(0);
    AdaeRow {
        STUDYID: subject.study,
        USUBJID: subject.id,
        PAIRID: subject.patient,
        TRTA: subject.arm,
        TRTAN: subject.number,
        AESEQ: number,
        AETERM: row.event,
        AETOXGR: grade.to_string(),
        ATOXGRN: grade,
        ASTDY: row.day + 1.0,
        TRTEMFL: flag(true),
        AREL: flag(is_of_drug),
        AEDRUG: if is_of_drug { row.drug } else { String::new() },
    }
}

/// What of a drug was given, with numbers of holds, reductions and stops.
pub(super) fn adex(
    subject: &StudySubject,
    row: &DoseIntensityRow,
    [holds, reductions, stops]: [u32; 3],
) -> Vec<AdexRow> {
    let of = |code, name: &str, value| subject.exposure(&row.drug, code, name, value);
    vec![
        of("RDI", "Relative Dose Intensity (fraction)", row.relative_dose_intensity),
        of("RDIPROG", "Relative Dose Intensity to Progression (fraction)", row.to_progression),
        of("NHOLD", "Holds for Adverse Events", holds.into()),
        of("NREDUCE", "Dose Reductions for Adverse Events", reductions.into()),
        of("NSTOP", "Stops for Good for Adverse Events", stops.into()),
    ]
}

impl StudySubject {
    /// A summary of exposure.
    pub(super) fn exposure(&self, drug: &str, code: &str, name: &str, value: f64) -> AdexRow {
        AdexRow {
            STUDYID: self.study.clone(),
            USUBJID: self.id.clone(),
            PAIRID: self.patient,
            TRTA: self.arm.clone(),
            TRTAN: self.number,
            EXTRT: drug.to_owned(),
            PARAMCD: code.to_owned(),
            PARAM: name.to_owned(),
            AVAL: value,
        }
    }
}

//! The rows of ADaM-shaped tables. The names of columns are those of the standard where it has one.

#![expect(non_snake_case, reason = "the names of the standard are upper case")]

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

/// One for each subject: a virtual patient in an arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct AdslRow {
    /// Study: name of the trial.
    pub STUDYID: String,
    /// Subject, once in all studies: `STUDYID`, arm and patient.
    pub USUBJID: String,
    /// Subject within the study.
    pub SUBJID: String,
    /// Virtual patient, from 0; the same one is a subject of every arm. No variable of ADaM.
    pub PAIRID: u32,
    /// Planned arm.
    pub ARM: String,
    /// Planned treatment: the arm.
    pub TRT01P: String,
    /// The same as a number, from 1 in the order of the trial's file.
    pub TRT01PN: usize,
    /// Actual treatment: the planned one, since nobody is given another.
    pub TRT01A: String,
    /// The same as a number.
    pub TRT01AN: usize,
    /// Age at the start, years.
    pub AGE: f64,
    /// `YEARS`.
    pub AGEU: String,
    /// `F` or `M`.
    pub SEX: String,
    /// Intention to treat: `Y`.
    pub ITTFL: String,
    /// Safety: `Y`.
    pub SAFFL: String,
    /// Body weight at baseline, kg.
    pub WEIGHTBL: f64,
    /// Body surface at baseline, m².
    pub BSABL: f64,
    /// Ki-67 index as measured, percent. No variable of ADaM.
    pub KI67BL: f64,
    /// Sum of the diameters of target lesions at baseline, mm. No variable of ADaM.
    pub SUMDIABL: f64,
    /// Number of target lesions. No variable of ADaM.
    pub TARGLBL: u32,
    /// Where the tumour began. No variable of ADaM.
    pub PRIMSITE: String,
    /// Day of entry, from that of the first patient, day 1. No variable of ADaM.
    pub ENTRYDY: f64,
    /// Last day on study, from the first one, day 1. No variable of ADaM.
    pub EOSDY: f64,
    /// Whether the subject died on study: `Y` or `N`.
    pub DTHFL: String,
}

/// One for each subject and time to an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct AdtteRow {
    /// Study.
    pub STUDYID: String,
    /// Subject.
    pub USUBJID: String,
    /// Virtual patient. No variable of ADaM.
    pub PAIRID: u32,
    /// Planned treatment: the arm.
    pub TRTP: String,
    /// The same as a number.
    pub TRTPN: usize,
    /// `TFS` (time to failure of strategy), `TTG` (time to growth), `PFS`, `PFSL2` (of the second line), `PFS2`, `OS`.
    pub PARAMCD: String,
    /// The same in words, with its unit.
    pub PARAM: String,
    /// Day on which the time begins, from the first day, day 1.
    pub STARTDY: f64,
    /// Day of the event, or of censoring.
    pub ADY: f64,
    /// Time, days.
    pub AVAL: f64,
    /// 0: the event was seen; 1: it was not.
    pub CNSR: u8,
    /// What ended the time.
    pub EVNTDESC: String,
    /// The table that it is from.
    pub SRCDOM: String,
    /// The column there.
    pub SRCVAR: String,
}

/// One for each subject and scan (`OVRLRESP`), and one for each subject (`BOR`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct AdrsRow {
    /// Study.
    pub STUDYID: String,
    /// Subject.
    pub USUBJID: String,
    /// Virtual patient. No variable of ADaM.
    pub PAIRID: u32,
    /// Planned treatment: the arm.
    pub TRTP: String,
    /// The same as a number.
    pub TRTPN: usize,
    /// `OVRLRESP`: overall response at a scan, as the investigator judged it of the line that was given; `BOR`: best overall response of
    /// the first line, by the trial's reader.
    pub PARAMCD: String,
    /// The same in words.
    pub PARAM: String,
    /// Line that is judged, from 1. No variable of ADaM.
    pub LINE: usize,
    /// Number of the scan, from 1; empty for `BOR`.
    pub AVISITN: Option<usize>,
    /// Day of the scan, from the first day, day 1; empty for `BOR`.
    pub ADY: Option<f64>,
    /// `CR`, `PR`, `SD`, `PD`, and for `BOR` also `NE`: no scan.
    pub AVALC: String,
    /// The same as a number: 1, 2, 3, 4, and 5 for `NE`.
    pub AVAL: u8,
}

/// One for each adverse event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct AdaeRow {
    /// Study.
    pub STUDYID: String,
    /// Subject.
    pub USUBJID: String,
    /// Virtual patient. No variable of ADaM.
    pub PAIRID: u32,
    /// Actual treatment: the arm.
    pub TRTA: String,
    /// The same as a number.
    pub TRTAN: usize,
    /// Number of the event of this subject, from 1.
    pub AESEQ: u32,
    /// The event; not coded by MedDRA.
    pub AETERM: String,
    /// Grade, 1 to 4.
    pub AETOXGR: String,
    /// The same as a number.
    pub ATOXGRN: u8,
    /// Day on which it begins, from the first day, day 1.
    pub ASTDY: f64,
    /// Whether it began on treatment: `Y`.
    pub TRTEMFL: String,
    /// Whether a drug caused it: `Y` or `N`.
    pub AREL: String,
    /// The drug that caused it; empty for the disease. No variable of ADaM.
    pub AEDRUG: String,
}

/// One for each subject and summary of exposure, for each drug where it is of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct AdexRow {
    /// Study.
    pub STUDYID: String,
    /// Subject.
    pub USUBJID: String,
    /// Virtual patient. No variable of ADaM.
    pub PAIRID: u32,
    /// Actual treatment: the arm.
    pub TRTA: String,
    /// The same as a number.
    pub TRTAN: usize,
    /// Drug; empty where it is of all.
    pub EXTRT: String,
    /// `TRTDUR`: days from the start to the last dose of the first line; `RDI`: relative dose intensity until the drug is stopped; `RDIPROG`:
    /// until progression; `NHOLD`, `NREDUCE`: holds and reductions for adverse events; `NSTOP`: whether it was stopped for good.
    pub PARAMCD: String,
    /// The same in words, with its unit.
    pub PARAM: String,
    /// The value.
    pub AVAL: f64,
}

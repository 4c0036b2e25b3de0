//! Who follows a patient, what is seen of it on a morning, and what is decided.

use serde::Serialize;

use crate::therapy::course::{DayReport, Decision, TreatmentCourse};

/// A visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// The line that is judged, from 0; `None` between lines.
    pub line: Option<usize>,
    /// Live and dead sites relative to those at the start.
    pub volume: f64,
    /// What follows.
    pub decision: Decision,
}

/// What an observer sees of a patient on a morning.
#[derive(Debug)]
pub struct PatientView<'a> {
    /// The day that begins.
    pub day: u32,
    /// Live and dead cells of each lesion, relative to those at the start.
    pub volumes: &'a [f64],
    /// Live cells by state, of all lesions together, each lesion weighted by the cells that an agent stands for.
    pub live_by_row: &'a [f64],
    /// Secretion of VEGF by a live cell, relative to the untreated sensitive one: what mTORC1 and hypoxia-inducible factor come to.
    pub vegf: f64,
    /// Secretion of chromogranin A by a live cell, relative to the untreated sensitive one.
    pub cga: f64,
    /// Number of times that its lesions were thinned, in all.
    pub thinned: u32,
    /// Division attempts without a free site, and completed divisions, of all lesions.
    pub blocked: (u64, u64),
    /// The therapy so far.
    pub course: &'a TreatmentCourse,
}

/// What an observer decides on a morning.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VisitDecision {
    /// The tumour as measured, relative to the baseline, if there is a visit today.
    pub measured: Option<f64>,
    /// Whether a lesion is seen that was not there before.
    pub new_lesion: bool,
    /// What an adaptive line with a calendar of its own sees of the tumour, relative to the baseline, if it looks today.
    pub monitored: Option<f64>,
    /// True levels of the markers of all lines, as [`TreatmentCourse::markers`] has them.
    pub markers: Vec<f64>,
    /// The patient is followed no further: no more days are simulated.
    pub leaves: bool,
}

/// Who follows a patient: visits, what is measured, how long. Without one a patient is followed by the calendar of its plan, and
/// measured exactly.
pub trait Observer: std::fmt::Debug + Send {
    /// A morning.
    fn morning(&mut self, seen: &PatientView<'_>) -> VisitDecision;

    /// What followed from a visit of this morning, and whether the patient leaves now.
    fn decided(&mut self, decision: &Decision, course: &TreatmentCourse) -> bool;

    /// The end of a day.
    fn evening(&mut self, report: &DayReport);
}

/// Who follows a patient outside a trial: nobody, since no value of this type exists.
#[derive(Debug)]
pub enum Nobody {}

impl Observer for Nobody {
    fn morning(&mut self, _: &PatientView<'_>) -> VisitDecision {
        match *self {}
    }

    fn decided(&mut self, _: &Decision, _: &TreatmentCourse) -> bool {
        match *self {}
    }

    fn evening(&mut self, _: &DayReport) {
        match *self {}
    }
}

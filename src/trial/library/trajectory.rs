//! A patient's tumour through an arm, kept as a function of time, whatever trials see of it.

use std::sync::Arc;

use crate::biology::StateSpace;
use crate::simulation::RunError;
use crate::therapy::Protocol;
use crate::therapy::TreatmentRecord;
use crate::therapy::course::{DayReport, TreatmentCourse};
use crate::trial::cohort::VirtualPatient;
use crate::trial::run::Plan;
use crate::trial::surrogate::{Lesions, Tumour, walk};
use crate::trial::visits::{Chart, FollowUp, Scan};

/// A tumour and its drugs on a morning.
#[derive(Debug, Clone, PartialEq)]
pub struct TumourState {
    /// The day.
    pub day: u32,
    /// Line of the day, from 0; `None` between lines and after the last one.
    pub line: Option<usize>,
    /// Volume of each lesion relative to the start.
    pub volumes: Vec<f64>,
    /// Live cells relative to the start.
    pub live: f64,
    /// Secretion of chromogranin A by a live cell, relative to the untreated sensitive one.
    pub secretion: f64,
    /// Share of live cells with no locus changed, and then with each locus changed.
    pub shares: Vec<f64>,
    /// Concentration of each drug of the arm at the end of the day, ng/mL of the measured matrix; with its active metabolite.
    pub troughs: Vec<f64>,
    /// Dose step of each drug of the arm, from 0; `None` where none is covered by a dose.
    pub steps: Vec<Option<usize>>,
}

/// A tumour through an arm.
#[derive(Debug, Clone)]
pub struct FollowedTumour {
    /// On the days that were asked for, in order, up to death.
    pub states: Vec<TumourState>,
    /// Day of death.
    pub died: Option<u32>,
    /// Scans as the trial would make them, on all days.
    pub scans: Vec<Scan>,
    /// What was given, and what came of it.
    pub record: TreatmentRecord,
}

/// A tumour of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptTumour {
    /// Number of the patient.
    pub patient: u32,
    /// Number of the arm.
    pub arm: usize,
    /// Its states, week by week up to death.
    pub states: Vec<TumourState>,
    /// Day of death.
    pub died: Option<u32>,
}

/// Lesions of which states are kept on some days.
struct Recorded<'a> {
    lesions: Lesions,
    follow: &'a FollowUp,
    wanted: &'a dyn Fn(u32) -> bool,
    live_at_start: f64,
    states: Vec<TumourState>,
}

/// Follows a patient through an arm by the mean field to the end of the plan, or to death; progression ends nobody's follow-up.
///
/// # Errors
///
/// [`RunError::Signalling`] for a patient, a drug or a plan that cannot be used.
pub fn follow_tumour(
    plan: &Plan,
    space: &StateSpace,
    (patient, arm): (&VirtualPatient, usize),
    wanted: &dyn Fn(u32) -> bool,
) -> Result<FollowedTumour, RunError> {
    let unusable = |e: &dyn std::fmt::Display| RunError::Signalling(e.to_string());
    let own = plan.scenario_of(patient);
    let biology = patient.biology().map_err(|e| unusable(&e))?;
    let therapy = plan.therapy_in(arm, patient);
    let protocol = Protocol::new(&therapy, &own.catalogue).map_err(|e| unusable(&e))?;
    let treated = plan.treated(patient);
    let lesions = Lesions::new(&own, space, &biology, protocol.drugs(), (&treated, &plan.lesions(patient)))
        .map_err(|e| unusable(&e))?;
    let mut follow = plan.follow(patient, arm);
    // What is kept is kept in the evening: the last day has one.
    follow.end += 1;
    let mut recorded = Recorded {
        live_at_start: lesions.live_by_row().iter().sum(),
        follow: &follow.clone(),
        states: Vec::new(),
        lesions,
        wanted,
    };
    // As many lines as there are, and one more that never comes: no progression is the last end point.
    let chart = Chart::new(follow, therapy.lines.len() + 1);
    let (chart, course) = walk(TreatmentCourse::new(Arc::new(protocol), treated)?, chart, &mut recorded)?;
    let states = recorded.states;
    Ok(FollowedTumour { states, died: chart.died, scans: chart.scans, record: course.record().clone() })
}

impl Recorded<'_> {
    fn state(&self, report: &DayReport) -> TumourState {
        let rows = self.lesions.live_by_row();
        let live: f64 = rows.iter().sum();
        let marks = &self.follow.marks;
        let is_marked = |mark: &[bool], row: usize| mark.get(row).is_some_and(|is| *is);
        let share = |has: &dyn Fn(usize) -> bool| match live > 0.0 {
            true => rows.iter().enumerate().filter(|(row, _)| has(*row)).map(|(_, n)| n).sum::<f64>() / live,
            false => 0.0,
        };
        let sensitive = share(&|row| marks.iter().all(|mark| !is_marked(mark, row)));
        let changed = marks.iter().map(|mark| share(&|row| is_marked(mark, row)));
        let total = |drug: &crate::therapy::course::DrugDay| {
            let exposure = drug.exposure;
            exposure.parent.trough + exposure.metabolite.map_or(0.0, |metabolite| metabolite.trough)
        };
        TumourState {
            day: report.day,
            line: report.line,
            volumes: self.lesions.volumes(),
            live: if self.live_at_start > 0.0 { live / self.live_at_start } else { 0.0 },
            secretion: self.lesions.secretion().1,
            shares: std::iter::once(sensitive).chain(changed).collect(),
            troughs: report.drugs.iter().map(total).collect(),
            steps: report.drugs.iter().map(|drug| drug.covered.then_some(drug.step)).collect(),
        }
    }
}

impl Tumour for Recorded<'_> {
    fn volumes(&self) -> Vec<f64> {
        self.lesions.volumes()
    }

    fn live_by_row(&self) -> Vec<f64> {
        self.lesions.live_by_row()
    }

    fn secretion(&self) -> (f64, f64) {
        self.lesions.secretion()
    }

    fn pass(&mut self, report: &DayReport) {
        if (self.wanted)(report.day) {
            let state = self.state(report);
            self.states.push(state);
        }
        self.lesions.pass(report);
    }
}

/// Volumes of the lesions between states that are kept, by a straight line in their logarithms; before the first and after the last
/// one as they are there.
pub fn volumes_between(states: &[TumourState], day: u32) -> Vec<f64> {
    let after = states.partition_point(|state| state.day <= day);
    let (Some(last), next) = (after.checked_sub(1).map(|at| &states[at]), states.get(after)) else {
        return states.first().map(|state| state.volumes.clone()).unwrap_or_default();
    };
    let Some(next) = next else { return last.volumes.clone() };
    let share = f64::from(day - last.day) / f64::from(next.day - last.day);
    let between = |(from, to): (&f64, &f64)| match *from > 0.0 && *to > 0.0 {
        true => from * libm::pow(to / from, share),
        // What goes or comes in between is as it was.
        false => *from,
    };
    last.volumes.iter().zip(&next.volumes).map(between).collect()
}

//! The course of one patient's therapy, day by day.
//!
//! A day of a caller that simulates a tumour:
//!
//! ```text
//! if course.visit_due()   { course.visit(volume) }      the tumour as measured on the morning of the day
//! if course.monitor_due() { course.monitor(volume) }    adaptive therapy with its own calendar
//! if let Some((_, rule)) = course.marker_due() { course.marker(level) }   a marker of the blood
//! let report = course.advance_day()?;                   the whole day, ahead of the tumour's own
//! report.cuts                                           what surgery takes from the tumour before the day
//! report.drugs[d].local                                 what the tumour is exposed to during the day
//! if report.line_begins   { course.baseline(volume) }   only where the volume is known better than from the last visit
//! ```
//!
//! Volumes are relative to that on day 0. A course is a function of protocol, patient and these volumes:
//! [`TreatmentCourse::replay`] repeats it from [`TreatmentCourse::inputs`].

mod active;
mod body;
mod lines;
mod report;
mod triggers;
mod troughs;

use std::sync::Arc;

use serde::Serialize;

use super::local::Cut;
use super::pk::PkError;
use super::protocol::Protocol;
use super::record::{Action, DrugRecord, TreatmentRecord};
use super::regimen::Body;
use super::toxicity::{AdverseEvent, AdverseEventMonitor};
use crate::catalogue::{Drug, DrugKind};
use crate::tissue::random::StreamKey;
use active::Active;
use body::DrugState;
use lines::LineProgress;

pub use body::try_out;
pub use report::{DayReport, Decision, DrugDay, Measurement, MeasurementKind, Status};

/// Who is treated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Patient {
    /// Number in the cohort.
    pub id: u32,
    /// Seed of the run.
    pub seed: u64,
    /// Weight and surface.
    pub body: Body,
    /// Whether the drugs' parameters are the typical ones, without differences between patients.
    pub typical: bool,
    /// The patient's own factors on what the catalogue calls typical; `None`: drawn from the catalogue's spread, or 1
    /// in a typical patient.
    pub factors: Option<Factors>,
}

/// A patient's own factors on typical values of the catalogue; 1 is typical.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Factors {
    /// On the absorbed dose of the tumour by radionuclides.
    pub radiation_dose: f64,
    /// On the EC50 of effects on vessels, for those drugs in which the catalogue lets it vary.
    pub vessel_ec50: f64,
}

/// The course of one patient's therapy.
#[derive(Debug, Clone)]
pub struct TreatmentCourse {
    protocol: Arc<Protocol>,
    patient: Patient,
    day: u32,
    drugs: Vec<DrugState>,
    watch: AdverseEventMonitor,
    progress: LineProgress,
    active: Vec<Active>,
    /// Last volume that is known, relative to day 0.
    volume: f64,
    record: TreatmentRecord,
    inputs: Vec<Measurement>,
}

impl TreatmentCourse {
    /// A course that is about to begin with day 0, where the tumour's volume is 1.
    ///
    /// # Errors
    ///
    /// Pharmacokinetic parameters that cannot be used.
    pub fn new(protocol: Arc<Protocol>, patient: Patient) -> Result<TreatmentCourse, PkError> {
        let count = protocol.drugs().len();
        let drugs = (0..count).map(|d| DrugState::new(&protocol, d, &patient)).collect::<Result<_, _>>()?;
        let key = StreamKey { seed: patient.seed, patient: patient.id };
        let watch = AdverseEventMonitor::new(key, protocol.plan().toxicity, protocol.drugs());
        let empty = |name: &str| DrugRecord {
            name: name.to_owned(),
            totals: Vec::new(),
            doses: None,
            holds: 0,
            reductions: 0,
            stopped: None,
        };
        let record = TreatmentRecord {
            drugs: protocol.drugs().iter().map(|d| empty(&d.name)).collect(),
            ..TreatmentRecord::default()
        };
        let active = protocol.background.iter().map(|s| Active::new(s, None, 0, (0, None))).collect();
        Ok(TreatmentCourse {
            progress: LineProgress::new(&protocol.plan().lines[0]),
            day: 0,
            volume: 1.0,
            inputs: Vec::new(),
            protocol,
            patient,
            drugs,
            watch,
            active,
            record,
        })
    }

    /// Repeats a course from what it was told, up to the morning of a day.
    ///
    /// # Errors
    ///
    /// As [`TreatmentCourse::new`] and [`TreatmentCourse::advance_day`].
    pub fn replay(
        protocol: Arc<Protocol>,
        patient: Patient,
        inputs: &[Measurement],
        day: u32,
    ) -> Result<TreatmentCourse, PkError> {
        let mut course = TreatmentCourse::new(protocol, patient)?;
        let mut next = inputs.iter().peekable();
        loop {
            while let Some(input) = next.next_if(|i| i.day == course.day) {
                course.replay_input(input);
            }
            if course.day >= day {
                return Ok(course);
            }
            course.advance_day()?;
        }
    }

    /// Is told again what it was told before, on the same day.
    pub fn replay_input(&mut self, input: &Measurement) {
        match input.told {
            MeasurementKind::Visit => drop(self.visit(input.volume)),
            MeasurementKind::NewLesion => drop(self.visit_with_new_lesion(input.volume)),
            MeasurementKind::Monitor => drop(self.monitor(input.volume)),
            MeasurementKind::Baseline => self.baseline(input.volume),
            MeasurementKind::Marker => self.marker(input.volume),
        }
    }

    /// The protocol.
    pub fn protocol(&self) -> &Arc<Protocol> {
        &self.protocol
    }

    /// The patient.
    pub fn patient(&self) -> &Patient {
        &self.patient
    }

    /// The day that is about to begin.
    pub fn today(&self) -> u32 {
        self.day
    }

    /// What happened so far.
    pub fn record(&self) -> &TreatmentRecord {
        &self.record
    }

    /// What the course was told so far: all that [`TreatmentCourse::replay`] needs.
    pub fn inputs(&self) -> &[Measurement] {
        &self.inputs
    }

    /// The line, from 0; `None` before, between and after lines.
    pub fn line(&self) -> Option<usize> {
        self.progress.current
    }

    /// Whether the plan has a visit today.
    pub fn visit_due(&self) -> bool {
        self.protocol.plan().visits.on(self.day)
    }

    /// Ends the day: doses are given, concentrations and adverse events follow.
    ///
    /// # Errors
    ///
    /// A dose that the pharmacokinetics refuse.
    pub fn advance_day(&mut self) -> Result<DayReport, PkError> {
        let mut actions: Vec<Action> = self.samples_taken().collect();
        actions.extend(self.read_markers());
        actions.extend(self.turn_lines());
        let line_begins = actions.iter().any(|a| matches!(a, Action::LineBegins { .. }));
        actions.extend(self.morning());
        actions.extend(self.follow_troughs());
        let mut drugs = self.give()?;
        self.watch_doses(&drugs);
        self.advance_drugs(&mut drugs);
        let exposures: Vec<_> = self.drugs.iter().map(|d| d.exposed(self.day)).collect();
        let events = self.watch.day(self.day, self.protocol.drugs(), &exposures);
        for event in &events {
            actions.extend(self.react(event));
        }
        self.record.events.extend(events.iter().cloned());
        self.record.actions.extend(actions.iter().map(|a| (self.day, *a)));
        let (cuts, on_treatment) = (self.cuts(&drugs), self.on_treatment(&drugs));
        let (day, line) = (self.day, self.progress.current);
        self.day += 1;
        Ok(DayReport { day, line, line_begins, drugs, cuts, on_treatment, events, actions })
    }

    fn advance_drugs(&mut self, drugs: &mut [DrugDay]) {
        let entries = self.protocol.drugs();
        for ((state, day), entry) in self.drugs.iter_mut().zip(drugs).zip(entries) {
            (day.exposure, day.local) = state.advance(self.day, entry.vascular.as_ref());
            day.step = state.dosing.step;
        }
    }

    fn cuts(&self, drugs: &[DrugDay]) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for (number, (entry, day)) in self.protocol.drugs().iter().zip(drugs).enumerate() {
            if entry.kind == DrugKind::Procedure {
                cuts.extend(day.given.iter().flat_map(|(_, percent)| Cut::of(number, entry, *percent)));
            }
        }
        cuts
    }

    fn on_treatment(&self, drugs: &[DrugDay]) -> bool {
        let treats = |entry: &Drug| entry.kind != DrugKind::Supportive;
        self.protocol.drugs().iter().zip(drugs).any(|(e, d)| treats(e) && d.status == Status::On)
    }

    /// Holds that are over.
    fn morning(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        for drug in 0..self.drugs.len() {
            let lower = self.protocol.lower_step(drug, self.drugs[drug].dosing.dose());
            let rules = self.protocol.rules(drug);
            let state = &mut self.drugs[drug];
            let Some(action) = state.dosing.morning(self.day, lower, &rules) else { continue };
            match action {
                // Its line has ended meanwhile: only the dose step is kept.
                Action::Resume { .. } if self.active.iter().all(|a| a.drug != drug) => continue,
                Action::Resume { reduced, .. } => {
                    let dose = state.dosing.dose();
                    self.record.drugs[drug].reductions += u32::from(reduced);
                    for active in self.active.iter_mut().filter(|a| a.drug == drug) {
                        active.resume(self.day, dose);
                    }
                }
                Action::Stop { .. } => self.stopped(drug),
                _ => {}
            }
            actions.push(action);
        }
        actions
    }

    /// What an event does to the doses of all drugs of the line and of the background.
    fn react(&mut self, event: &AdverseEvent) -> Vec<Action> {
        let mut actions = Vec::new();
        for drug in self.involved() {
            let rules = self.protocol.rules(drug);
            let dosing = &mut self.drugs[drug].dosing;
            let running = dosing.allowed();
            let Some(action) = dosing.react(event, &rules) else { continue };
            match action {
                Action::Hold { .. } => self.record.drugs[drug].holds += u32::from(running),
                Action::Stop { .. } => self.stopped(drug),
                _ => {}
            }
            actions.push(action);
        }
        actions
    }

    /// Medicines and radionuclides of the current line and of the background, each once.
    fn involved(&self) -> Vec<usize> {
        let line = self.progress.current.map_or(&[][..], |l| &self.protocol.lines[l]);
        let mut drugs: Vec<usize> = self.protocol.background.iter().chain(line).map(|s| s.drug).collect();
        let kind = |d: usize| self.protocol.drugs()[d].kind;
        drugs.retain(|d| matches!(kind(*d), DrugKind::Medicine | DrugKind::Radionuclide));
        drugs.sort_unstable();
        drugs.dedup();
        drugs
    }

    fn stopped(&mut self, drug: usize) {
        self.record.drugs[drug].stopped = self.drugs[drug].dosing.stopped;
        let line = self.progress.current.map_or(&[][..], |l| &self.protocol.lines[l]);
        self.progress.toxic |= line.iter().any(|s| s.drug == drug);
    }
}

#[cfg(test)]
mod tests;

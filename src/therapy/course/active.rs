//! Regimens that are being given.

use super::{Course, DrugDay};
use crate::therapy::pk::PkError;
use crate::therapy::protocol::Slot;
use crate::therapy::regimen::Regimen;

/// Days for which a dose without pharmacokinetics and without an interval counts as exposure.
const LASTING: u32 = 28;

/// A regimen that is being given.
#[derive(Debug, Clone)]
pub(super) struct Active {
    pub drug: usize,
    pub slot: Slot,
    /// Line; `None` for the background.
    pub line: Option<usize>,
    /// Day on which it was taken up.
    begun: u32,
    /// Regimen at the current dose step, and the day from which it counts.
    regimen: Regimen,
    origin: u32,
    /// Days on which it was given.
    days_given: u32,
    /// Whether a dose was withheld since the last one.
    missed: bool,
}

impl Active {
    pub fn new(slot: &Slot, line: Option<usize>, day: u32, step: usize) -> Active {
        Active {
            drug: slot.drug,
            line,
            begun: day,
            regimen: slot.at(step).clone(),
            origin: day,
            days_given: 0,
            missed: false,
            slot: slot.clone(),
        }
    }

    /// Goes on at a dose step. A missed dose of a regimen with an interval is given at once, and the interval counts
    /// from there; cycles and daily doses keep their calendar.
    pub fn resume(&mut self, day: u32, step: usize) {
        let next = self.slot.at(step).clone();
        let interval = next.phases.is_none() && next.interval() > 1;
        let changed = next.rhythm != self.regimen.rhythm;
        if interval && (self.missed || changed) {
            let passed = day - self.begun;
            self.origin = day;
            self.regimen = Regimen {
                start: next.start.saturating_sub(passed),
                stop: next.stop.map(|stop| stop.saturating_sub(passed)),
                courses: next.courses.map(|n| n.saturating_sub(self.days_given)),
                ..next
            };
        } else if changed || self.origin == self.begun {
            self.origin = self.begun;
            self.regimen = next;
        } else {
            // The calendar was moved before, and stays where it is.
            self.regimen = Regimen {
                start: self.regimen.start,
                stop: self.regimen.stop,
                courses: self.regimen.courses,
                ..next
            };
        }
        self.missed = false;
    }
}

impl Course {
    /// Gives today's doses.
    pub(super) fn give(&mut self) -> Result<Vec<DrugDay>, PkError> {
        let mut days = vec![DrugDay::default(); self.drugs.len()];
        let day = self.day;
        for active in &mut self.active {
            let drug = active.drug;
            let state = &mut self.drugs[drug];
            let paused = active.line.is_some() && self.progress.paused;
            if paused || state.dosing.stopped.is_some() {
                active.missed = true;
                continue;
            }
            let entry = &self.protocol.drugs()[drug];
            let per_mg = entry.units_per_mg.as_ref().map(|n| n.value);
            let scale = |regimen: &Regimen, amount: f64| {
                regimen.dose.map_or(0.0, |d| {
                    self.patient.body.amount(&crate::catalogue::Dose { amount, ..d }, per_mg)
                })
            };
            let record = &mut self.record.drugs[drug];
            let planned = &active.slot.planned;
            let due = planned.doses_on(day - active.begun).map(|(_, a)| scale(planned, a));
            record.planned += due.sum::<f64>();
            let doses: Vec<(f64, f64)> = active.regimen.doses_on(day - active.origin).collect();
            if doses.is_empty() {
                continue;
            }
            if !state.dosing.allowed() {
                active.missed = true;
                continue;
            }
            let lasts = match active.regimen.interval() {
                0 => LASTING,
                interval => interval,
            };
            for (hour, amount) in doses {
                let amount = scale(&active.regimen, amount);
                state.give(day, hour, amount, lasts)?;
                days[drug].given.push((hour, amount));
                record.given += amount;
            }
            active.days_given += 1;
            active.missed = false;
            record.doses = Some((record.doses.map_or(day, |(first, _)| first), day));
            if let Some(line) = active.line
                && let Some(line) = self.record.lines.iter_mut().find(|l| l.line == line)
            {
                line.last_dose = Some(day);
            }
        }
        Ok(days)
    }
}

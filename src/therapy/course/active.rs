//! Regimens that are being given.

use super::{DrugDay, Status, TreatmentCourse};
use crate::catalogue::{Dose, Drug};
use crate::therapy::dosing::Dosing;
use crate::therapy::pk::{PkError, Way};
use crate::therapy::protocol::Slot;
use crate::therapy::regimen::{Regimen, by_vein};

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
    /// Last day on which it was given.
    last_given: Option<u32>,
}

/// Doses of a day of a regimen, as hour and dose.
fn doses(regimen: &Regimen, day: u32) -> impl Iterator<Item = (f64, Dose)> + use<> {
    let dose = regimen.dose;
    regimen.doses_on(day).filter_map(move |(hour, amount)| Some((hour, Dose { amount, ..dose? })))
}

impl Active {
    pub fn new(slot: &Slot, line: Option<usize>, day: u32, dose: (usize, Option<usize>)) -> Active {
        Active {
            drug: slot.drug,
            line,
            begun: day,
            regimen: slot.at(dose).clone(),
            origin: day,
            days_given: 0,
            missed: false,
            last_given: None,
            slot: slot.clone(),
        }
    }

    /// Where it stands on a day.
    pub fn status(&self, day: u32, dosing: &Dosing, paused: bool) -> Status {
        if dosing.stopped.is_some() {
            Status::Stopped
        } else if !self.regimen.runs_on(day - self.origin) {
            Status::Off
        } else if self.line.is_some() && paused {
            Status::Paused
        } else if !dosing.allowed() {
            Status::Held
        } else {
            Status::On
        }
    }

    /// Whether a day lies in the interval after the last dose.
    fn covers(&self, day: u32) -> bool {
        self.last_given.is_some_and(|last| day - last < self.regimen.interval().max(1))
    }

    /// Doses of a day at the current step.
    pub fn due(&self, day: u32) -> impl Iterator<Item = (f64, Dose)> + use<> {
        doses(&self.regimen, day - self.origin)
    }

    /// Doses of a day by the full plan.
    fn planned(&self, day: u32) -> impl Iterator<Item = (f64, Dose)> + use<> {
        doses(&self.slot.planned, day - self.begun)
    }

    /// Which way the doses go into the body.
    fn way(&self, drug: &Drug) -> Way {
        if by_vein(&self.regimen, drug) { Way::Vein } else { Way::Usual }
    }

    /// Days for which a dose without pharmacokinetics counts as exposure.
    fn lasts(&self) -> u32 {
        match self.regimen.interval() {
            0 => LASTING,
            interval => interval,
        }
    }

    /// Goes on at a dose: a step, or the level in its place. A missed dose of a regimen with an interval is given at once, and the interval counts
    /// from there; cycles and daily doses keep their calendar.
    pub fn resume(&mut self, day: u32, dose: (usize, Option<usize>)) {
        let next = self.slot.at(dose).clone();
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

impl TreatmentCourse {
    /// Gives today's doses.
    pub(super) fn give(&mut self) -> Result<Vec<DrugDay>, PkError> {
        let mut days = vec![DrugDay::default(); self.drugs.len()];
        let day = self.day;
        for active in &mut self.active {
            let state = &mut self.drugs[active.drug];
            let record = &mut self.record.drugs[active.drug];
            let status = active.status(day, &state.dosing, self.progress.paused);
            let drug = &self.protocol.drugs()[active.drug];
            let per_mg = drug.units_per_mg.as_ref().map(|n| n.value);
            let body = self.patient.body;
            let amount = |d: (f64, Dose)| (d.0, body.amount(&d.1, per_mg));
            if !matches!(status, Status::Paused | Status::Stopped) {
                let planned = active.planned(day).map(|d| amount(d).1).sum::<f64>();
                if planned > 0.0 {
                    record.add(day, 0.0, planned);
                }
            }
            days[active.drug].status = status;
            days[active.drug].covered |= status == Status::On && active.covers(day);
            let doses: Vec<(f64, f64)> = active.due(day).map(amount).collect();
            if doses.is_empty() {
                continue;
            }
            if !matches!(status, Status::On) {
                active.missed = true;
                continue;
            }
            for (hour, amount) in &doses {
                state.give(active.way(drug), day, *hour, *amount, active.lasts())?;
                record.add(day, *amount, 0.0);
            }
            days[active.drug].given = doses;
            days[active.drug].covered = true;
            active.last_given = Some(day);
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

//! The clinic: the patients of a block, day by day, beside the backend that computes their lesions.

use std::sync::Arc;

use crate::biology::tissue_tables::{Assembly, TissueTables, Wanted};
use crate::engine::{Backend, EngineError, Inputs, LogEntry};

use super::Care;
use super::case::{Case, DayRecord};
use crate::simulation::error::RunError;
use crate::simulation::job::Job;
use crate::simulation::record::Tally;

/// The patients of a block.
pub struct Clinic<'a> {
    job: &'a Job,
    /// Tables of each distinct patient; all lesions of a scenario have the same one.
    tissues: Vec<TissueTables>,
    cases: Vec<Case>,
    steps_per_day: u32,
    /// First day that has not been prepared.
    next_day: u32,
    /// Tables on the backend, in their order.
    placed: Vec<Wanted>,
    /// How they were put together.
    assembly: Assembly,
    /// Inputs of each lesion on the backend.
    set: Vec<Option<Inputs>>,
    /// Days that were prepared and not yet taken.
    records: Vec<DayRecord>,
}

impl<'a> Clinic<'a> {
    /// The patients of lesions at the start of a step, from what is remembered of them.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a drug whose pharmacokinetics cannot be used.
    pub fn open(job: &'a Job, care: &Care, tallies: &[Tally], step: u32) -> Result<Self, RunError> {
        let steps_per_day = 24 / job.scenario.time.step_hours;
        let next_day = step.div_ceil(steps_per_day);
        let mut clinic = Self {
            job,
            tissues: vec![care.tissue.clone()],
            cases: Vec::new(),
            steps_per_day,
            next_day,
            placed: Vec::new(),
            assembly: Assembly::default(),
            set: vec![None; tallies.len()],
            records: Vec::new(),
        };
        for (lesion, tally) in tallies.iter().enumerate() {
            let mut case = Case::new(care, &job.scenario, lesion, tally)?;
            let days = job.scenario.time.step_days();
            if let Some(halted) = tally.halted() {
                case.rest(&tally.told, halted.div_ceil(steps_per_day), days)?;
            } else {
                let report = case.replay(&tally.told, next_day)?;
                let begun = next_day.saturating_sub(1) * steps_per_day;
                case.plan((0, &mut clinic.tissues[0]), report.as_ref(), begun, days);
            }
            clinic.cases.push(case);
        }
        Ok(clinic)
    }

    /// Takes checks that the backend has made; lesions are numbered by block.
    pub fn observe(&mut self, entries: &[LogEntry]) {
        for entry in entries {
            let case = &mut self.cases[entry.lesion];
            case.observe(entry);
            case.secrete(&self.tissues[0]);
        }
    }

    /// Prepares the day that begins at a step, if one does that is not prepared yet.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a dose that the pharmacokinetics refuse.
    pub fn begin(&mut self, step: u32) -> Result<(), RunError> {
        if step == self.next_day * self.steps_per_day {
            self.prepare(step)?;
        }
        Ok(())
    }

    /// The step up to which nothing changes for any lesion, and nobody looks at one: at most `target`. Days until then are
    /// prepared.
    ///
    /// # Errors
    ///
    /// As [`Clinic::begin`].
    pub fn reach(&mut self, step: u32, target: u32) -> Result<u32, RunError> {
        let check = self.job.scenario.time.check;
        let mut stop = self.boundary(step);
        while stop < target && !stop.is_multiple_of(check) {
            let a_day = stop == self.next_day * self.steps_per_day;
            if !a_day || self.prepare(stop)? {
                break;
            }
            stop = self.boundary(stop);
        }
        Ok(stop.min(target))
    }

    /// Next step after this one at which a day begins or a table changes.
    fn boundary(&self, step: u32) -> u32 {
        let day = (step / self.steps_per_day + 1) * self.steps_per_day;
        self.running().map(|c| c.next_segment(step)).fold(day, u32::min)
    }

    fn running(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|c| !c.halted)
    }

    /// Whether anything changes for a lesion with the day that begins at a step.
    fn prepare(&mut self, step: u32) -> Result<bool, RunError> {
        let days = self.job.scenario.time.step_days();
        if self.tissues[0].is_full() {
            self.tissues[0].forget();
            self.placed.clear();
        }
        let mut changed = self.placed.is_empty();
        for case in self.cases.iter_mut().filter(|c| !c.halted) {
            let before = (case.table(step), case.inputs);
            let record = case.day()?;
            let report = record.as_ref().map(|r| &r.report);
            case.plan((0, &mut self.tissues[0]), report, step, days);
            changed |= before != (case.table(step), case.inputs);
            self.records.extend(record);
        }
        self.next_day += 1;
        Ok(changed)
    }

    /// Puts what is wanted from a step on into force; `position` gives a lesion's place on the backend.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn apply(
        &mut self,
        step: u32,
        backend: &mut dyn Backend,
        position: impl Fn(usize) -> Option<usize>,
    ) -> Result<(), EngineError> {
        let wanted: Vec<Wanted> = self.running().map(|c| c.table(step)).collect();
        if wanted.iter().any(|w| !self.placed.contains(w)) {
            self.place(&wanted, backend)?;
        }
        for case in &self.cases {
            // One that has halted needs none, but its number must be one of those that are there.
            let wanted = self.placed.iter().position(|w| *w == case.table(step));
            let table = wanted.filter(|_| !case.halted).unwrap_or(0) as u32;
            let inputs = Inputs { table, ..case.inputs };
            if let (Some(at), true) = (position(case.lesion), self.set[case.lesion] != Some(inputs)) {
                backend.set_inputs(at, inputs);
                self.set[case.lesion] = Some(inputs);
            }
        }
        Ok(())
    }

    /// Puts tables on the backend. Those that are there stay while they are few: then only what is new is put together.
    fn place(&mut self, wanted: &[Wanted], backend: &mut dyn Backend) -> Result<(), EngineError> {
        let many = self.placed.len() > 2 * self.cases.len();
        let mut tables = if self.placed.is_empty() || many {
            self.placed.clear();
            let (assembly, tables) = Assembly::begin(&self.job.scenario, &self.job.space);
            self.assembly = assembly;
            tables
        } else {
            Arc::unwrap_or_clone(backend.take_tables())
        };
        assert_eq!(tables.heads.len(), self.placed.len(), "the tables that were put there");
        for w in wanted {
            if !self.placed.contains(w) {
                self.assembly.add(&mut tables, &self.tissues, w);
                self.placed.push(*w);
            }
        }
        backend.set_tables(Arc::new(tables))
    }

    /// Perfusion per vessel of a lesion relative to no drugs, 0.32 fixed point.
    pub fn flow(&self, lesion: usize) -> u32 {
        self.cases[lesion].inputs.flow
    }

    /// The days that were prepared since the last call, in the order of days.
    pub fn take_records(&mut self) -> Vec<DayRecord> {
        std::mem::take(&mut self.records)
    }
}

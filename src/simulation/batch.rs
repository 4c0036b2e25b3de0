//! The lesions of a block: those that run, on a backend, and those that have halted, at rest.

use crate::biology::potency::Exposure;
use crate::engine::{Backend, BackendInfo, EngineError, LogEntry};
use crate::tissue::LesionState;

use super::backends::{self, BackendOptions};
use super::care::{Clinic, DayRecord, LedgerRecord};
use super::error::RunError;
use super::job::Job;
use super::record::Tally;

enum BatchSlot {
    /// Position on the backend.
    Runs(usize),
    /// A lesion that had halted when the batch was made.
    Halted(Box<LesionState>),
}

/// The lesions of a block.
pub struct Batch<'a> {
    /// Step that all running lesions have reached.
    step: u32,
    clinic: Option<Clinic<'a>>,
    backend: Option<Box<dyn Backend>>,
    slots: Vec<BatchSlot>,
    /// Lesion of each position on the backend.
    lesions: Vec<usize>,
}

/// A batch, and what the user should know about the choice of its backend.
pub struct OpenedBatch<'a> {
    /// The batch.
    pub batch: Batch<'a>,
    /// See [`backends::Opened::note`].
    pub note: Option<String>,
}

/// What happened while a batch advanced.
#[derive(Debug, Default)]
pub struct Advanced {
    /// Checks in the order of (step, lesion), with the position of the lesion in the block.
    pub entries: Vec<LogEntry>,
    /// Days of therapy, in the order of days.
    pub days: Vec<DayRecord>,
}

impl<'a> Batch<'a> {
    /// Opens a backend for the lesions that run, at a step. Lesions that have halted stay here, so that no backend ever
    /// judges them again.
    ///
    /// # Errors
    ///
    /// [`RunError::Engine`], and [`RunError::Signalling`] where a therapy cannot go on.
    pub fn open(
        job: &'a Job,
        options: &BackendOptions,
        states: Vec<LesionState>,
        tallies: &[Tally],
        step: u32,
    ) -> Result<OpenedBatch<'a>, RunError> {
        let care = job.care.as_ref();
        let clinic = care.map(|care| Clinic::open(job, care, tallies, step)).transpose()?;
        let (mut slots, mut lesions, mut running) = (Vec::new(), Vec::new(), Vec::new());
        for (lesion, state) in states.into_iter().enumerate() {
            if state.control.status == 0 {
                slots.push(BatchSlot::Runs(running.len()));
                lesions.push(lesion);
                running.push(state);
            } else {
                slots.push(BatchSlot::Halted(Box::new(state)));
            }
        }
        let (mut backend, mut note) = (None, None);
        if !running.is_empty() {
            let opened = backends::open(options, &job.model, &running, job.pool_options())?;
            (backend, note) = (Some(opened.backend), opened.note);
        }
        Ok(OpenedBatch { batch: Self { step, clinic, backend, slots, lesions }, note })
    }

    /// Where steps are computed; `None` if all lesions have halted.
    pub fn info(&self) -> Option<&BackendInfo> {
        self.backend.as_ref().map(|b| b.info())
    }

    /// Perfusion per vessel of a lesion under its drugs, relative to none, 0.32 fixed point.
    pub fn flow(&self, lesion: usize) -> u32 {
        self.clinic.as_ref().map_or(u32::MAX, |c| c.flow(lesion))
    }

    /// What each drug of the plan brings to the cells of a lesion; empty without a plan.
    pub fn exposures(&self, lesion: usize) -> &[Exposure] {
        self.clinic.as_ref().map_or(&[], |c| c.exposures(lesion))
    }

    /// What is remembered of the ledger of a lesion, where it has one.
    pub fn ledger(&self, lesion: usize) -> Option<&LedgerRecord> {
        self.clinic.as_ref().and_then(|c| c.ledger(lesion))
    }

    /// Number of lesions.
    pub fn lesions(&self) -> usize {
        self.slots.len()
    }

    /// Whether any lesion has not halted.
    pub fn is_running(&self) -> bool {
        self.backend.as_ref().is_some_and(|b| b.is_running())
    }

    /// Advances all lesions to a step, and their patients with them.
    ///
    /// # Errors
    ///
    /// As the backend says; [`RunError::Signalling`] where a therapy cannot go on.
    pub fn advance(&mut self, until: u32) -> Result<Advanced, RunError> {
        let mut advanced = Advanced::default();
        if until == self.step {
            self.compute(until, &mut advanced)?;
        }
        while self.step < until && self.is_running() {
            let stop = self.day(until)?;
            self.compute(stop, &mut advanced)?;
            self.step = stop;
        }
        if let Some(clinic) = &mut self.clinic {
            advanced.days = clinic.take_records();
        }
        self.step = until;
        Ok(advanced)
    }

    /// Does what patients need at this step; the step up to which nothing changes.
    fn day(&mut self, until: u32) -> Result<u32, RunError> {
        let (Some(clinic), Some(backend)) = (&mut self.clinic, &mut self.backend) else {
            return Ok(until);
        };
        clinic.begin(self.step)?;
        let position = |lesion: usize| match self.slots[lesion] {
            BatchSlot::Runs(at) => Some(at),
            BatchSlot::Halted(_) => None,
        };
        clinic.exchange(self.step, backend.as_mut(), position)?;
        clinic.apply(self.step, backend.as_mut(), position)?;
        clinic.reach(self.step, until)
    }

    fn compute(&mut self, until: u32, advanced: &mut Advanced) -> Result<(), EngineError> {
        let Some(backend) = &mut self.backend else {
            return Ok(());
        };
        let mut entries = backend.advance(until)?;
        for entry in &mut entries {
            entry.lesion = self.lesions[entry.lesion];
        }
        entries.sort_by_key(|e| (e.step, e.lesion));
        if let Some(clinic) = &mut self.clinic {
            clinic.observe(&entries);
        }
        advanced.entries.extend(entries);
        Ok(())
    }

    /// The state of a lesion.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        match (&self.slots[lesion], &mut self.backend) {
            (BatchSlot::Halted(state), _) => Ok((**state).clone()),
            (BatchSlot::Runs(at), Some(backend)) => backend.state(*at),
            (BatchSlot::Runs(_), None) => unreachable!("a lesion runs on a backend"),
        }
    }
}

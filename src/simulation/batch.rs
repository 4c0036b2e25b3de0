//! The lesions of a block: those that run, on a backend, and those that have halted, at rest.

use crate::engine::{Backend, BackendInfo, EngineError, LogEntry};
use crate::tissue::LesionState;

use super::backends::{self, BackendOptions};
use super::error::RunError;
use super::job::Job;

enum Slot {
    /// Position on the backend.
    Runs(usize),
    /// A lesion that had halted when the batch was made.
    Halted(Box<LesionState>),
}

/// The lesions of a block.
pub struct Batch {
    backend: Option<Box<dyn Backend>>,
    slots: Vec<Slot>,
    /// Lesion of each position on the backend.
    lesions: Vec<usize>,
}

/// A batch, and what the user should know about the choice of its backend.
pub struct OpenedBatch {
    /// The batch.
    pub batch: Batch,
    /// See [`backends::Opened::note`].
    pub note: Option<String>,
}

impl Batch {
    /// Opens a backend for the lesions that run. Lesions that have halted stay here, so that no backend ever
    /// judges them again.
    ///
    /// # Errors
    ///
    /// [`RunError::Engine`].
    pub fn open(job: &Job, options: &BackendOptions, states: Vec<LesionState>) -> Result<OpenedBatch, RunError> {
        let (mut slots, mut lesions, mut running) = (Vec::new(), Vec::new(), Vec::new());
        for (lesion, state) in states.into_iter().enumerate() {
            if state.control.status == 0 {
                slots.push(Slot::Runs(running.len()));
                lesions.push(lesion);
                running.push(state);
            } else {
                slots.push(Slot::Halted(Box::new(state)));
            }
        }
        let (mut backend, mut note) = (None, None);
        if !running.is_empty() {
            let opened = backends::open(options, &job.model, &running, job.pool_options())?;
            (backend, note) = (Some(opened.backend), opened.note);
        }
        Ok(OpenedBatch { batch: Self { backend, slots, lesions }, note })
    }

    /// Where steps are computed; `None` if all lesions have halted.
    pub fn info(&self) -> Option<&BackendInfo> {
        self.backend.as_ref().map(|b| b.info())
    }

    /// Number of lesions.
    pub fn lesions(&self) -> usize {
        self.slots.len()
    }

    /// Whether any lesion has not halted.
    pub fn is_running(&self) -> bool {
        self.backend.as_ref().is_some_and(|b| b.is_running())
    }

    /// Advances all lesions to a step; the checks on the way in order of (step, lesion), with the position of the
    /// lesion in the block.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError> {
        let Some(backend) = &mut self.backend else {
            return Ok(Vec::new());
        };
        let mut entries = backend.advance(until)?;
        for entry in &mut entries {
            entry.lesion = self.lesions[entry.lesion];
        }
        entries.sort_by_key(|e| (e.step, e.lesion));
        Ok(entries)
    }

    /// The state of a lesion.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        match (&self.slots[lesion], &mut self.backend) {
            (Slot::Halted(state), _) => Ok((**state).clone()),
            (Slot::Runs(at), Some(backend)) => backend.state(*at),
            (Slot::Runs(_), None) => unreachable!("a lesion runs on a backend"),
        }
    }
}

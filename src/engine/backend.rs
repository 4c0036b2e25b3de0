//! What a backend is: something that advances a batch of lesions, and gives their states back.

use std::sync::Arc;

use crate::tissue::LesionState;

use super::cpu;
use super::model::Model;
use super::pool::{Inputs, LogEntry, Pool, PoolOptions};
use super::tables::RateTables;

/// Where steps are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendInfo {
    /// `cpu` or `gpu`.
    pub kind: &'static str,
    /// The adapter's name, or the number of threads.
    pub device: String,
    /// Driver and its version; empty on the CPU.
    pub driver: String,
}

/// Why the engine could not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// No adapter fits the request.
    #[error("find a GPU: {0}")]
    NoAdapter(String),
    /// The job was given one of several adapters, and does not say which.
    #[error("choose a GPU: {0}")]
    Ambiguous(String),
    /// The batch does not fit the adapter.
    #[error(
        "fit the batch on `{adapter}`: {what} takes {needed} bytes, the adapter offers {offered}; {way_out}"
    )]
    TooLarge {
        /// The adapter.
        adapter: String,
        /// What does not fit.
        what: String,
        /// Bytes needed.
        needed: u64,
        /// Bytes offered.
        offered: u64,
        /// What the user can do.
        way_out: String,
    },
    /// The device has no room for a buffer.
    #[error(
        "get {needed} bytes for the {what} on `{adapter}`: {why}; use --backend cpu, or fewer replicates"
    )]
    DeviceMemory {
        /// The adapter.
        adapter: String,
        /// What there is no room for.
        what: String,
        /// Bytes needed.
        needed: u64,
        /// What the driver says.
        why: String,
    },
    /// The device was lost: reset, unplugged, out of memory.
    #[error("keep the GPU: {0}")]
    DeviceLost(String),
    /// A GPU call failed: a fault of the program or the driver.
    #[error("run a GPU command: {0}")]
    Gpu(String),
    /// Threads could not be started.
    #[error("start threads: {0}")]
    Threads(String),
}

impl EngineError {
    /// Whether a device is at fault, so that the CPU can go on.
    pub fn is_of_device(&self) -> bool {
        !matches!(self, Self::Threads(_) | Self::Ambiguous(_))
    }

    /// Whether there may be room for fewer lesions.
    pub fn is_of_room(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::DeviceMemory { .. })
    }

    /// Whether the same may go well when it is tried again, as what has no room now may have later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::DeviceLost(_) | Self::DeviceMemory { .. } | Self::Threads(_))
    }
}

/// Advances a batch of lesions.
///
/// Results never depend on which backend it is, nor on how steps are grouped into calls.
pub trait Backend {
    /// Where steps are computed.
    fn info(&self) -> &BackendInfo;

    /// Number of lesions in the batch.
    fn lesions(&self) -> usize;

    /// Whether any lesion has not halted.
    fn is_running(&self) -> bool;

    /// Advances every lesion that has not halted to step `until`, and returns the log entries written on
    /// the way: per lesion in order of steps, the entry of step 0 with the first call.
    ///
    /// # Errors
    ///
    /// An error [of the device](EngineError::is_of_device); the batch is then of no further use.
    fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError>;

    /// Changes the rate tables of all lesions where they stand, from the next step on. States, and the tables of sets of
    /// drugs, must stay the same; the number of tables and of blocks may differ.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLarge`] where they do not fit the adapter; else as for [`Backend::advance`].
    fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError>;

    /// Adds rate tables to those that are there, which stay as they are.
    ///
    /// # Errors
    ///
    /// As for [`Backend::change_tables`].
    fn add_tables(&mut self, add: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.change_tables(add)
    }

    /// Sets a lesion's inputs from the next step on. Inputs are not a part of a lesion's state: a new backend begins with
    /// [`Inputs::default`], and who resumes a run sets them again.
    fn set_inputs(&mut self, lesion: usize, inputs: Inputs);

    /// The canonical state of a lesion.
    ///
    /// # Errors
    ///
    /// As for [`Backend::advance`].
    fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError>;

    /// Puts another state in the place of that of a lesion: of the same lattice, with no more clones. Its inputs stay.
    ///
    /// # Errors
    ///
    /// As for [`Backend::advance`].
    fn replace(&mut self, lesion: usize, state: &LesionState) -> Result<(), EngineError>;

    /// Advances a lesion no further: nobody will ask for its state, or for what the log says of it.
    fn halt(&mut self, lesion: usize);

    /// Takes other lesions in place of those it has, as a new backend of that model would: with the model's tables and default inputs.
    ///
    /// # Errors
    ///
    /// As for a new one.
    fn load(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
    ) -> Result<(), EngineError>;
}

/// The CPU backend.
pub struct CpuBackend {
    stages: cpu::Stages,
    pool: Pool,
    info: BackendInfo,
}

impl CpuBackend {
    /// A batch on the CPU with this many threads (0: as many as there are cores).
    ///
    /// # Errors
    ///
    /// [`EngineError::Threads`].
    pub fn new(
        model: Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
        threads: usize,
    ) -> Result<Self, EngineError> {
        let stages = cpu::Stages::new(threads).map_err(|e| EngineError::Threads(e.to_string()))?;
        let mut pool = Pool::new(model, states, options);
        cpu::control::begin(&mut pool);
        let device = match stages.threads() {
            1 => "1 thread".to_owned(),
            n => format!("{n} threads"),
        };
        let info = BackendInfo { kind: "cpu", device, driver: String::new() };
        Ok(Self { stages, pool, info })
    }
}

impl Backend for CpuBackend {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    fn lesions(&self) -> usize {
        self.pool.lesions.len()
    }

    fn is_running(&self) -> bool {
        self.pool.is_running()
    }

    fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError> {
        let mut entries = self.pool.take_log();
        self.pool.set_until(until);
        let (stages, pool) = (&self.stages, &mut self.pool);
        stages.among(|| {
            while pool.lesions.iter().any(|l| l.runs()) {
                stages.step(pool);
                if pool.is_log_full() {
                    entries.extend(pool.take_log());
                }
            }
        });
        entries.extend(self.pool.take_log());
        entries.sort_by_key(|e| (e.lesion, e.step));
        Ok(entries)
    }

    fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.pool.change_tables(change);
        Ok(())
    }

    fn set_inputs(&mut self, lesion: usize, inputs: Inputs) {
        self.pool.lesions[lesion].inputs = inputs;
    }

    fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        Ok(self.pool.state(lesion))
    }

    fn replace(&mut self, lesion: usize, state: &LesionState) -> Result<(), EngineError> {
        self.pool.replace(lesion, state);
        Ok(())
    }

    fn halt(&mut self, lesion: usize) {
        self.pool.halt(lesion);
    }

    fn load(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
    ) -> Result<(), EngineError> {
        // What was there before gives its memory back first.
        self.pool.release();
        self.pool = Pool::new(Arc::clone(model), states, options);
        cpu::control::begin(&mut self.pool);
        Ok(())
    }
}

//! A scenario made ready to run: its states, its model, its text, and where its lesions come from.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::biology::StateSpace;
use crate::biology::patient::Turnover;
use crate::engine::{EngineError, Model, PoolOptions};
use crate::scenario::{self, Scenario, StartShape, effective_toml};
use crate::tissue::{LesionId, LesionState, Shape};

use super::assemble;
use super::backends::{BackendOptions, Seat};
use super::care::TreatmentSetup;
use super::checkpoint::Checkpoint;
use super::digest::Hash;
use super::equilibrium;
use super::error::RunError;
use super::folder::{Extra, SAVED_START};
use super::memory::pool_options;
use super::naming::{state_names, status_text};
use super::saved::Saved;
use super::shard::Shard;
use super::timeline::Timeline;

/// Up to this many states have a column each; more have a table of their own, `states.csv`.
pub const MAX_STATE_COLUMNS: usize = 64;

/// A scenario made ready to run.
#[derive(Debug, Clone)]
pub struct Job {
    /// The scenario.
    pub scenario: Scenario,
    /// Its states.
    pub space: StateSpace,
    /// Names of the states, in the order of [`StateSpace::codes`].
    pub names: Vec<String>,
    /// What the engine runs.
    pub model: Arc<Model>,
    /// The scenario with every default and conversion, as a file.
    pub text: String,
    /// When the host has something to do.
    pub timeline: Timeline,
    /// Patient and therapy, in mode `signalling`.
    pub care: Option<TreatmentSetup>,
    /// Which part of the replicates is computed; `None`: all.
    pub shard: Option<Shard>,
    saved: Option<Arc<Saved>>,
}

impl Job {
    /// Makes a scenario ready. A saved start's path is relative to `base_dir`.
    ///
    /// # Errors
    ///
    /// [`RunError::Trial`] for a trial; [`RunError::Saved`], [`RunError::Checkpoint`] and [`RunError::Read`] where a saved start cannot be used.
    pub fn new(scenario: &Scenario, base_dir: &Path) -> Result<Self, RunError> {
        if scenario.trial.is_some() {
            return Err(RunError::Trial(scenario.name.clone()));
        }
        let mut scenario = scenario.clone();
        let saved = match &scenario.start.shape {
            StartShape::Saved { path } => Some(Arc::new(Saved::load(&base_dir.join(path), &scenario)?)),
            _ => None,
        };
        if saved.is_some() {
            // The output folder holds a copy of the saved state, so that it can be used without the original.
            scenario.start.shape = StartShape::Saved { path: SAVED_START.to_owned() };
        }
        let space = match &saved {
            Some(saved) => saved.space(&scenario),
            None => StateSpace::new(&scenario),
        };
        let care = TreatmentSetup::new(&scenario, scenario.therapy.as_ref(), &space)?;
        care.as_ref().map_or(Ok(()), |care| care.try_out(&scenario))?;
        Ok(Self {
            names: state_names(&space, &scenario.loci),
            model: Arc::new(assemble::model(&scenario, &space, care.as_ref())),
            care,
            text: effective_toml(&scenario),
            timeline: Timeline::new(&scenario),
            space,
            scenario,
            shard: None,
            saved,
        })
    }

    /// The same with this part of its replicates.
    pub fn of_shard(self, shard: Option<Shard>) -> Self {
        Self { shard, ..self }
    }

    /// Makes the scenario of a checkpoint ready, in the folder where it lies.
    ///
    /// # Errors
    ///
    /// [`RunError::Scenario`], and as for [`Job::new`].
    pub fn of_checkpoint(checkpoint: &Checkpoint, dir: &Path) -> Result<Self, RunError> {
        let text = &checkpoint.header.text;
        let loaded = scenario::parse(text, "the checkpoint's scenario", dir)?;
        let job = Self::new(&loaded.scenario, dir)?;
        Ok(Self { text: text.clone(), shard: checkpoint.header.shard, ..job })
    }

    /// Whether states have a table of their own, since they are too many for columns.
    pub fn has_long_states(&self) -> bool {
        self.names.len() > MAX_STATE_COLUMNS
    }

    /// Tables that this run has beside the usual ones.
    pub(super) fn extra_tables(&self) -> Extra {
        let therapy = self.care.as_ref().is_some_and(|c| c.protocol.is_some());
        let environment = !self.scenario.output.environment.is_empty();
        let series = self.scenario.output.series;
        Extra { series, long_states: self.has_long_states(), therapy, environment }
    }

    /// The lattice.
    pub fn shape(&self) -> Shape {
        assemble::shape(&self.scenario)
    }

    /// Names of the drugs that the bits of a mask mean: schedules in mode `rates`, drugs of the plan in mode
    /// `signalling` (the first 32).
    pub fn drug_names(&self) -> Vec<&str> {
        match self.care.as_ref().and_then(|c| c.protocol.as_ref()) {
            Some(protocol) => protocol.drugs().iter().take(32).map(|d| d.name.as_str()).collect(),
            None => self.scenario.drugs.iter().map(|d| d.name.as_str()).collect(),
        }
    }

    /// How [`status`](crate::tissue::lesion::status) bits are written.
    pub fn status_text(&self, bits: u32) -> String {
        status_text(bits, &self.scenario.stop.targets)
    }

    /// Number of lesions.
    pub fn lesions(&self) -> u32 {
        self.scenario.replicates
    }

    /// Those that are computed.
    pub fn own_lesions(&self) -> Range<u32> {
        match self.shard.filter(|shard| shard.is_part_of(self.lesions())) {
            Some(shard) => {
                let range = shard.range(self.lesions());
                range.first..range.last + 1
            }
            None => 0..self.lesions(),
        }
    }

    /// Whether a lesion gets pictures and clone tables.
    pub fn is_detailed(&self, lesion: u32) -> bool {
        lesion < self.scenario.output.detailed_replicates
    }

    /// How the pool is laid out.
    pub fn pool_options(&self) -> PoolOptions {
        pool_options(&self.model, &self.shape())
    }

    /// What each field of the environment holds in tissue without cells.
    pub fn free_fields(&self) -> Vec<u32> {
        assemble::free_fields(self.model.oxygen.as_ref())
    }

    /// A replicate at step 0; as [`Job::starting_lesions`].
    ///
    /// # Errors
    ///
    /// As [`Job::starting_lesions`].
    pub fn starting_lesion(&self, replicate: u32, threads: usize) -> Result<LesionState, RunError> {
        let mut placed = [self.placed(LesionId::new(replicate, 0))?];
        self.settle(&mut placed, &self.model, &mut Seat::new(BackendOptions::cpu(threads)))?;
        let [state] = placed;
        Ok(state)
    }

    /// Replicates at step 0, made by this many threads (0: as many as there are cores).
    ///
    /// # Errors
    ///
    /// [`RunError::Start`] where the tumour does not fit its lattice; [`RunError::Checkpoint`] where the
    /// saved one is malformed.
    pub fn starting_lesions(
        &self,
        replicates: Range<u32>,
        threads: usize,
    ) -> Result<Vec<LesionState>, RunError> {
        let placed = replicates.map(|replicate| self.placed(LesionId::new(replicate, 0)));
        let mut states = placed.collect::<Result<Vec<_>, _>>()?;
        self.settle(&mut states, &self.model, &mut Seat::new(BackendOptions::cpu(threads)))?;
        Ok(states)
    }

    /// Lets lesions settle that were [placed](Self::placed), of this patient or of others whose models were made one with this one's.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn settle(
        &self,
        states: &mut [LesionState],
        model: &Model,
        seat: &mut Seat,
    ) -> Result<(), EngineError> {
        if self.saved.is_some() || self.care.is_none() {
            return Ok(());
        }
        equilibrium::settle(states, &self.scenario, model, seat)
    }

    /// A lesion at step 0 whose tissue has not settled yet: its cells are where they will be.
    ///
    /// # Errors
    ///
    /// As [`Job::starting_lesions`].
    pub fn placed(&self, id: LesionId) -> Result<LesionState, RunError> {
        match &self.saved {
            Some(saved) => saved.lesion(&self.scenario, id),
            None => {
                let dead = equilibrium::dead_share(self.turnover(), &self.scenario);
                Ok(assemble::start_of(&self.scenario, &self.space, id, dead)?)
            }
        }
    }

    /// BLAKE3 of the saved start, or of nothing.
    pub(super) fn start_hash(&self) -> Hash {
        *blake3::hash(self.saved_bytes().unwrap_or_default()).as_bytes()
    }

    fn turnover(&self) -> Option<&Turnover> {
        self.care.as_ref().map(|care| &care.patient.turnover)
    }

    /// The bytes of the saved start, if there is one.
    pub fn saved_bytes(&self) -> Option<&[u8]> {
        self.saved.as_ref().map(|s| s.bytes())
    }
}

//! Going on from a checkpoint.

use std::path::{Path, PathBuf};

use crate::tissue::{LesionId, LesionState};

use super::checkpoint::{self, Checkpoint, CheckpointError};
use super::error::RunError;
use super::folder::{CHECKPOINT, EFFECTIVE, is_unbegun};
use super::hooks::Hooks;
use super::job::Job;
use super::run::{Ending, Run, Settings};

/// A run that can go on, read from its folder and checked; nothing has been changed yet.
#[derive(Debug)]
pub struct Resumable {
    /// Its scenario.
    pub job: Job,
    dir: PathBuf,
    checkpoint: Checkpoint,
}

impl Resumable {
    /// Reads the checkpoint of a folder.
    ///
    /// # Errors
    ///
    /// [`RunError::Checkpoint`] where it is missing, damaged, of another version, or of another scenario than
    /// the one beside it; [`RunError::Read`] and [`RunError::Scenario`].
    pub fn open(dir: &Path) -> Result<Self, RunError> {
        let checkpoint = checkpoint::read(&dir.join(CHECKPOINT))?;
        checkpoint.header.check_program()?;
        check_scenario(&checkpoint, dir)?;
        let job = Job::of_checkpoint(&checkpoint, dir)?;
        check_position(&checkpoint, &job)?;
        Ok(Self { job, dir: dir.to_owned(), checkpoint })
    }

    /// Step up to which the block was computed.
    pub fn step(&self) -> u32 {
        self.checkpoint.header.step
    }

    /// Lesions in a block.
    pub fn block(&self) -> u32 {
        self.checkpoint.header.block
    }

    /// Whether the run was done already.
    pub fn is_finished(&self) -> bool {
        self.checkpoint.header.finished
    }

    /// Goes on to the end. A run that was done already writes its summary again and gives its digest.
    ///
    /// # Errors
    ///
    /// As for [`run`](super::run::run).
    pub fn go<'a>(&'a self, settings: &Settings, hooks: Hooks<'a>) -> Result<Ending, RunError> {
        Run::resume(&self.job, settings, &self.dir, &self.checkpoint, hooks)
    }
}

/// The scenario beside the checkpoint must be its own.
fn check_scenario(checkpoint: &Checkpoint, dir: &Path) -> Result<(), RunError> {
    let path = dir.join(EFFECTIVE);
    if is_unbegun(&checkpoint.header.tables) {
        // It is written after the first checkpoint; what is there may be that of another run.
        return Ok(());
    }
    match std::fs::read_to_string(&path) {
        Ok(text) if text.ends_with(&checkpoint.header.text) => Ok(()),
        Ok(_) => Err(CheckpointError::OtherScenario.into()),
        Err(e) => Err(RunError::read(&path)(e)),
    }
}

/// Whether a checkpoint can be one of this job, before memory is taken for it.
pub(super) fn check_position(checkpoint: &Checkpoint, job: &Job) -> Result<(), CheckpointError> {
    let header = &checkpoint.header;
    let malformed = |what| Err(CheckpointError::Malformed(what));
    if header.start != job.start_hash() {
        return malformed("`start.evotor` beside it is not the one that the run began with");
    }
    let lesions = job.lesions();
    if header.block == 0 || header.first >= lesions || header.step > job.timeline.end() {
        return malformed("its position is not one of this scenario");
    }
    let end = header.first.saturating_add(header.block).min(lesions);
    let ids = |range: std::ops::Range<u32>| range.map(|l| LesionId::new(l, 0));
    if !header.record.tallies.iter().map(|t| t.id).eq(ids(0..end)) {
        return malformed("its record is not one of this scenario");
    }
    let stored = if header.step == 0 && !header.finished { 0..0 } else { header.first..end };
    if !checkpoint.lesions.iter().map(|l| l.id).eq(ids(stored)) {
        return malformed("its lesions are not those of this scenario");
    }
    let shape = job.shape();
    if checkpoint.lesions.iter().any(|l| l.shape != shape || l.step > header.step) {
        return malformed("its lattice or its steps are not those of this scenario");
    }
    let states = job.names.len();
    let mut entries = header.record.tallies.iter().filter_map(|t| t.last.as_ref());
    if entries.any(|e| e.live_by_row.len() != states) {
        return malformed("its states are not those of this scenario");
    }
    Ok(())
}

/// The states of a checkpoint's lesions.
pub(super) fn unpack_lesions(
    checkpoint: &Checkpoint,
    job: &Job,
) -> Result<Vec<LesionState>, CheckpointError> {
    let unpack = |i| {
        let state = checkpoint.unpack(i, &job.free_fields())?;
        checkpoint::lesion::check_against(&state, &job.model)?;
        Ok(state)
    };
    (0..checkpoint.lesions.len()).map(unpack).collect()
}

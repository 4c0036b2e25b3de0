//! Going on from a checkpoint.

use std::path::{Path, PathBuf};

use super::checkpoint::{self, Checkpoint, CheckpointError};
use super::disk;
use super::ending::Ending;
use super::error::RunError;
use super::folder::{CHECKPOINT, EFFECTIVE, is_unbegun};
use super::hooks::Hooks;
use super::job::Job;
use super::position::check_position;
use super::run::{Run, Settings};

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

    /// What was read.
    pub(crate) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// What sets it apart from a run that is asked for, in words; `None` for the same.
    pub fn differs(&self, asked: &Job) -> Option<&'static str> {
        let differences = [
            (self.job.text != asked.text, "another scenario or seed"),
            (self.checkpoint.header.start != asked.start_hash(), "another saved start"),
            (self.job.shard != asked.shard, "another shard"),
        ];
        differences.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what)
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
    match disk::read_text(&path) {
        Ok(text) if text.ends_with(&checkpoint.header.text) => Ok(()),
        Ok(_) => Err(CheckpointError::OtherScenario.into()),
        Err(e) => Err(RunError::read(&path)(e)),
    }
}

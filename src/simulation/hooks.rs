//! How a run speaks with the world around it: progress, pictures, a wish to stop.

use std::sync::atomic::AtomicUsize;

use crate::biology::potency::Exposure;
use crate::tissue::LesionState;

use super::job::Job;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunProgress {
    /// Steps done, summed over blocks.
    pub done: u64,
    /// Steps in all, if no lesion halts early.
    pub total: u64,
    /// Step of the block.
    pub step: u32,
    /// Live cells of the block at its latest check.
    pub live: u64,
}

/// Somebody who watches a run.
pub trait Watch {
    /// The run has come this far.
    fn progress(&mut self, _progress: &RunProgress) {}

    /// Something that the user should know, in one line.
    fn note(&mut self, _text: &str) {}
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// What a picture shows.
#[derive(Debug, Clone, Copy)]
pub struct LatticePicture<'a> {
    /// The scenario.
    pub job: &'a Job,
    /// The lesion.
    pub state: &'a LesionState,
    /// Digest of that state, in hexadecimal digits.
    pub digest: &'a str,
    /// Checks from which on the set of drugs differed, and that set.
    pub therapy: &'a [(u32, u32)],
    /// Perfusion per vessel under drugs, relative to none, 0.32 fixed point.
    pub flow: u32,
    /// What each drug of a plan brings to cells at mean perfusion, on the day before; empty without a plan.
    pub exposures: &'a [Exposure],
}

/// Somebody who makes pictures.
pub trait CellPaint {
    /// The picture as a PNG file.
    fn paint(&self, picture: &LatticePicture<'_>) -> Vec<u8>;
}

/// All of them.
pub struct Hooks<'a> {
    /// Who watches.
    pub watch: &'a mut dyn Watch,
    /// Who makes pictures; without a painter there are none.
    pub painter: Option<&'a dyn CellPaint>,
    /// Not zero once the run is to stop: the number of the signal.
    pub stop: &'a AtomicUsize,
}

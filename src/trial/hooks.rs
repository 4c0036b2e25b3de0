//! How long work speaks with whoever asked for it.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::TrialError;

/// Who is told how far work has come.
pub trait Listener: Send {
    /// Something of so many parts begins.
    fn begins(&mut self, _what: &str, _parts: u64) {}

    /// So many of its parts are done.
    fn progress(&mut self, _done: u64, _parts: u64) {}

    /// Something that the user should know, in one line.
    fn note(&mut self, _text: &str) {}
}

/// Nobody.
impl Listener for () {}

/// Who is told, and what stops the work.
pub struct TrialHooks<'a> {
    /// Who is told.
    pub listener: &'a mut dyn Listener,
    /// Not zero once the work is to stop: the number of the signal.
    pub stop: &'a AtomicUsize,
}

impl TrialHooks<'_> {
    /// Whether a signal came.
    ///
    /// # Errors
    ///
    /// [`TrialError::Stopped`].
    pub fn go_on(&self) -> Result<(), TrialError> {
        match self.stop.load(Ordering::Relaxed) {
            0 => Ok(()),
            signal => Err(TrialError::Stopped(signal)),
        }
    }
}

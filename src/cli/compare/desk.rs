//! Takes patients into tables and results, and says how far they have come.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::simulation::RunError;
use crate::trial::output::{Progress, RunInfo, TrialFolder};
use crate::trial::run::{Failure, Finished, PatientRun, Plan, Watch};

use super::super::outcome::complain;
use super::super::progress::bar;
use super::made::Through;

const BAR: &str = "{bar:32} {percent:>3} %  {pos} of {len} patients  {eta} left";

/// Takes patients into tables and results.
pub struct Desk<'a> {
    plan: &'a Plan,
    folder: TrialFolder,
    progress: Progress,
    /// Patients who were through before.
    begun: u32,
    bar: ProgressBar,
    saved: Instant,
    every: Duration,
}

impl<'a> Desk<'a> {
    /// A desk that goes on from some progress.
    pub fn new(
        plan: &'a Plan,
        folder: TrialFolder,
        progress: Progress,
        quiet: bool,
        every: Duration,
    ) -> Self {
        let begun = progress.through;
        Self { plan, folder, progress, begun, bar: bar(1, BAR, quiet), saved: Instant::now(), every }
    }

    /// Writes how far the trial has come, and then what is made of the patients who are through.
    pub fn close(mut self, finished: Result<Finished, RunError>) -> Result<Through, RunError> {
        self.bar.finish_and_clear();
        let finished = match finished? {
            Finished::Done(_) => Finished::Done(self.progress.failures.clone()),
            stopped => stopped,
        };
        self.folder.save(&mut self.progress)?;
        let failed: BTreeSet<u32> = self.progress.failures.iter().map(|f| f.patient).collect();
        let course = RunInfo {
            stopped: matches!(finished, Finished::Stopped(_)),
            failed: failed.into_iter().collect(),
            ..self.progress.course.clone()
        };
        let Progress { results, extras, .. } = self.progress;
        self.folder.conclude(self.plan, &results, &course)?;
        Ok(Through { results, finished, extras, folder: self.folder })
    }
}

impl Watch for Desk<'_> {
    fn progress(&mut self, done: u32, all: u32) {
        self.bar.set_length(u64::from(self.begun + all));
        self.bar.set_position(u64::from(self.begun + done));
    }

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.folder.add(self.plan, &run)?;
        self.progress.results.add(&run);
        self.progress.through += 1;
        if self.saved.elapsed() >= self.every {
            self.folder.save(&mut self.progress)?;
            self.saved = Instant::now();
        }
        Ok(())
    }

    fn note(&mut self, text: &str) {
        self.bar.suspend(|| complain(format_args!("note: {text}")));
    }

    fn lost(&mut self, failure: &Failure) {
        self.progress.through += u32::from(failure.arm.is_none());
        self.progress.failures.push(failure.clone());
    }
}

//! Takes patients into tables and results.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::simulation::RunError;
use crate::trial::hooks::Listener;
use crate::trial::output::{Extras, RunInfo, TrialFolder, TrialProgress};
use crate::trial::results::{PatientOutcomes, Results};
use crate::trial::run::{PatientFailure, PatientRun, PatientSink, Plan, TrialEnding};
use crate::trial::shard::{MANIFEST, TrialShard};

/// A trial whose patients are through, or that was stopped, and the folder that is still its own.
#[derive(Debug)]
pub struct SessionRun {
    /// What came out.
    pub results: Results,
    /// How it ended.
    pub finished: TrialEnding,
    /// How it was computed, and how far it came.
    pub course: RunInfo,
    /// What is asked for beside the tables.
    pub extras: Extras,
    /// Its folder.
    pub folder: TrialFolder,
}

/// Takes patients into tables and results, and keeps how far they have come.
pub(super) struct ResultWriter<'a> {
    plan: &'a Plan,
    folder: TrialFolder,
    progress: TrialProgress,
    /// Patients who were through before.
    begun: u32,
    listener: &'a mut dyn Listener,
    saved: Instant,
    every: Duration,
}

impl<'a> ResultWriter<'a> {
    /// Goes on from some progress.
    pub fn new(
        plan: &'a Plan,
        folder: TrialFolder,
        progress: TrialProgress,
        every: Duration,
        listener: &'a mut dyn Listener,
    ) -> Self {
        let begun = progress.through;
        Self { plan, folder, progress, begun, listener, saved: Instant::now(), every }
    }

    /// Writes how far the trial has come, and then what is made of the patients who are through.
    pub fn close(mut self, finished: Result<TrialEnding, RunError>) -> Result<SessionRun, RunError> {
        let finished = match finished? {
            TrialEnding::Done(_) => TrialEnding::Done(self.progress.failures.clone()),
            stopped => stopped,
        };
        self.folder.save(&mut self.progress)?;
        let failed: BTreeSet<u32> = self.progress.failures.iter().map(|f| f.patient).collect();
        let course = RunInfo {
            stopped: matches!(finished, TrialEnding::Stopped(_)),
            failed: failed.into_iter().collect(),
            ..self.progress.course.clone()
        };
        match course.shard {
            None => self.folder.conclude(self.plan, &self.progress.results, &course)?,
            // What is made of all patients waits for them.
            Some(_) if course.stopped => {}
            Some(shard) => {
                let manifest = TrialShard::manifest(self.plan, &self.progress, &course, shard);
                self.folder.write(MANIFEST, manifest.json().as_bytes())?;
            }
        }
        let TrialProgress { results, extras, .. } = self.progress;
        Ok(SessionRun { results, finished, course, extras, folder: self.folder })
    }
}

impl PatientSink for ResultWriter<'_> {
    fn progress(&mut self, done: u32, all: u32) {
        self.listener.progress(u64::from(self.begun + done), u64::from(self.begun + all));
    }

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        let own = PatientOutcomes::new(&run, &self.progress.results);
        self.folder.add(self.plan, &run, &own)?;
        self.progress.results.compose(&run);
        self.progress.results.take(own);
        self.progress.through += 1;
        if self.saved.elapsed() >= self.every {
            self.folder.save(&mut self.progress)?;
            self.saved = Instant::now();
        }
        Ok(())
    }

    fn note(&mut self, text: &str) {
        self.listener.note(text);
    }

    fn lost(&mut self, failure: &PatientFailure) {
        self.progress.through += u32::from(failure.arm.is_none());
        self.progress.failures.push(failure.clone());
    }
}

//! Going on in a folder where a trial was begun before.

use std::path::Path;

use super::{DoneTrial, Session, SessionRun};
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::{BackendOptions, CheckpointError, RunError};
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::output::kept::CHECKPOINT;
use crate::trial::output::{Extras, TrialFolder, TrialProgress};

/// A trial that was stopped, ready to go on.
#[derive(Debug)]
pub struct StoppedSession {
    /// The trial.
    pub session: Session,
    progress: TrialProgress,
}

/// What a trial that may have been begun before comes to.
#[derive(Debug)]
pub enum Continued {
    /// It was run, or gone on with.
    Ran(Box<SessionRun>),
    /// There was nothing left to do.
    Done(Box<DoneTrial>),
}

impl Continued {
    fn ran(run: SessionRun) -> Self {
        Self::Ran(Box::new(run))
    }
}

impl StoppedSession {
    /// Reads how far the trial of a folder has come.
    ///
    /// # Errors
    ///
    /// [`RunError::Checkpoint`] where there is none, or it cannot be used.
    pub fn load(dir: &Path, backend: BackendOptions) -> Result<Self, TrialError> {
        let missing = || CheckpointError::Missing(dir.join(CHECKPOINT).display().to_string());
        let progress = TrialProgress::read(dir)?.ok_or_else(|| RunError::from(missing()))?;
        let loaded = file::parse(&progress.scenario, &dir.join(EFFECTIVE).display().to_string(), dir)?;
        let session = Session::of(&loaded.scenario, progress.course.clone(), backend)?;
        Ok(Self { session, progress })
    }

    /// Goes on with it.
    ///
    /// # Errors
    ///
    /// As [`Session::run`], and as [`TrialFolder::reopen`].
    pub fn go_on(
        mut self,
        dir: &Path,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(Session, SessionRun), TrialError> {
        self.session.check_backend()?;
        let folder = TrialFolder::reopen(dir, &self.session.plan, &mut self.progress)?;
        let run = self.session.go(folder, self.progress, hooks)?;
        Ok((self.session, run))
    }
}

impl Session {
    /// Runs it into a folder, or goes on with it there, unless it is done.
    ///
    /// # Errors
    ///
    /// As [`Session::run`], and [`TrialError::Input`] where the folder holds another trial.
    pub fn continue_in(
        &self,
        dir: &Path,
        extras: Extras,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<Continued, TrialError> {
        let asked = self.nobody(extras);
        let other = |what| {
            TrialError::Input(format!(
                "`{}` holds another trial than this one: it has {what}; choose another folder with --out, or replace it \
                 by --force without --continue",
                dir.display()
            ))
        };
        if let Some(mut progress) = TrialProgress::read(dir)? {
            if let Some(what) = progress.differs(&asked) {
                return Err(other(what));
            }
            self.check_backend()?;
            let folder = TrialFolder::reopen(dir, &self.plan, &mut progress)?;
            return self.go(folder, progress, hooks).map(Continued::ran);
        }
        let Some(done) = DoneTrial::read(dir)? else {
            return self.run(dir, false, asked.extras, hooks).map(Continued::ran);
        };
        match done.differs(&asked) {
            None => Ok(Continued::Done(Box::new(done))),
            Some(what) => Err(other(what)),
        }
    }
}

//! Shards put together: tables one after another, and what is made of all patients anew.

use std::path::{Path, PathBuf};

use super::manifest::{TrialShard, changed};
use super::parts::{DoneShard, ShardSet};
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::{BackendOptions, RunError};
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::output::outcomes::{self, OUTCOMES};
use crate::trial::output::{GROWING, RunInfo, TrialFolder, TrialProgress, kept};
use crate::trial::results::Results;
use crate::trial::session::{Session, SessionRun};

use super::Coverage;

/// Shards of one trial, ready to be merged.
#[derive(Debug)]
pub struct Merge {
    parts: ShardSet<TrialShard>,
    /// The trial as all of them have it.
    scenario: String,
}

impl Merge {
    /// Reads what shards there are, and makes sure that they are of one trial and as they were written.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder that is no shard, belongs to another trial, or was changed.
    pub fn open(dirs: &[PathBuf]) -> Result<Self, TrialError> {
        let parts = ShardSet::open(dirs, |dir| Ok(kept::kind(dir)?.is_some()))?;
        let scenario = parts.shards[0].effective()?;
        Ok(Self { parts, scenario })
    }

    /// Which patients they hold.
    pub fn coverage(&self) -> &Coverage {
        &self.parts.coverage
    }

    /// What is asked of the whole.
    fn course(&self) -> RunInfo {
        let course = self.parts.shards[0].manifest.part.summary.course.clone();
        RunInfo { shard: None, missing: self.parts.coverage.gaps.clone(), failed: Vec::new(), ..course }
    }

    /// Writes the whole; patients may be missing, who are then named in it. Tables are read once, and held against their hashes as they are
    /// copied; of a merge that fails nothing is left, and what it was to replace stays as it is.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for files that are not what they were, and as [`Session::run`].
    pub fn write(
        self,
        out: &Path,
        force: bool,
        backend: BackendOptions,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(Session, SessionRun), TrialError> {
        self.parts.refuse_own(out)?;
        let course = self.course();
        let name = self.parts.shards[0].dir.join(EFFECTIVE).display().to_string();
        let loaded = file::parse(&self.scenario, &name, &self.parts.shards[0].dir)?;
        let session = Session::of(&loaded.scenario, course.clone(), backend)?;
        self.parts.shards.iter().try_for_each(|shard| shard.check(&session))?;
        let (scenario, extras) =
            (course.remark() + &self.scenario, self.parts.shards[0].manifest.part.extras.clone());
        let mut progress = TrialProgress::new(scenario, course, extras, Results::new(&session.plan));
        let mut folder = TrialFolder::assemble(out, force, &progress)?;
        if let Err(error) = self.take(&session, &mut folder, &mut progress, hooks) {
            folder.discard()?;
            return Err(error);
        }
        folder.exchange()?;
        let run = session.assembled(folder, progress, hooks)?;
        Ok((session, run))
    }

    /// Takes what came out of everybody, and their tables.
    fn take(
        &self,
        session: &Session,
        folder: &mut TrialFolder,
        progress: &mut TrialProgress,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        let remark = session.course.remark();
        let tables = GROWING.iter().enumerate().filter(|(_, name)| session.course.wants(name));
        tables
            .clone()
            .filter(|(_, name)| **name != OUTCOMES)
            .try_for_each(|(table, _)| folder.append(table, remark.as_bytes()))?;
        let all = self.parts.shards.len() as u64;
        hooks.listener.begins("shards merged", all);
        for (number, shard) in self.parts.shards.iter().enumerate() {
            for (table, name) in tables.clone() {
                hooks.go_on()?;
                let to = &mut |line: &[u8]| folder.append(table, line);
                match *name {
                    OUTCOMES => shard.take_outcomes(session, &mut progress.results, to)?,
                    name => shard.copy(name, number > 0, to)?,
                }
            }
            progress.results.take_composition(&shard.manifest.part.composition);
            progress.failures.extend(shard.manifest.part.failures.iter().cloned());
            hooks.listener.progress(number as u64 + 1, all);
        }
        progress.through = progress.course.asked().len() as u32;
        Ok(())
    }
}

impl DoneShard<TrialShard> {
    /// Makes sure that it is one of the trial, and as far as can be seen without reading its tables, what it was.
    fn check(&self, session: &Session) -> Result<(), TrialError> {
        let names = GROWING.iter().filter(|name| session.course.wants(name));
        let has_all = names.clone().all(|name| self.manifest.tables.contains_key(*name));
        if !has_all || !self.manifest.part.fits(&session.plan, self.manifest.range) {
            return Err(self.foreign());
        }
        self.manifest.check_lengths(&self.dir)
    }

    /// Passes on the lines of a table, without its head if there is one already; they must be those that it had.
    fn copy(
        &self,
        name: &str,
        without_head: bool,
        to: &mut dyn FnMut(&[u8]) -> Result<(), RunError>,
    ) -> Result<(), TrialError> {
        let mut is_left_out = without_head;
        self.lines(name, &mut |lines| match std::mem::take(&mut is_left_out) {
            true => Ok(()),
            false => Ok(to(lines)?),
        })
    }

    /// Takes up what came out of its patients, and passes it on.
    fn take_outcomes(
        &self,
        session: &Session,
        into: &mut Results,
        to: &mut dyn FnMut(&[u8]) -> Result<(), RunError>,
    ) -> Result<(), TrialError> {
        let patients: Vec<u32> = self.manifest.range.numbers().collect();
        let mut reader = outcomes::OutcomeReader::new(&session.plan, &patients);
        self.lines(OUTCOMES, &mut |line| match reader.take(line, into) {
            true => Ok(to(line)?),
            false => Err(changed(&self.dir.join(OUTCOMES))),
        })
    }
}

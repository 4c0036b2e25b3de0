//! Shards put together: tables one after another, and what is made of all patients anew.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::manifest::{TableSeal, changed, effective_hash};
use super::{Coverage, ShardManifest};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::{BackendOptions, RunError, disk};
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::output::outcomes::{self, OUTCOMES};
use crate::trial::output::{GROWING, RunInfo, TrialFolder, TrialProgress, kept};
use crate::trial::results::Results;
use crate::trial::session::{Session, SessionRun};

/// Bytes of a table that are read at once.
const CHUNK: usize = 1 << 18;

/// A shard that is done.
#[derive(Debug)]
struct DoneShard {
    dir: PathBuf,
    manifest: ShardManifest,
}

/// Shards of one trial, ready to be merged.
#[derive(Debug)]
pub struct Merge {
    /// In the order of their patients.
    shards: Vec<DoneShard>,
    /// The trial as all of them have it.
    scenario: String,
    /// Which patients they hold.
    pub coverage: Coverage,
}

impl Merge {
    /// Reads what shards there are, and makes sure that they are of one trial and as they were written.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder that is no shard, belongs to another trial, or was changed.
    pub fn open(dirs: &[PathBuf]) -> Result<Self, TrialError> {
        let (mut shards, mut unfinished) = (Vec::new(), Vec::new());
        for dir in dirs {
            match ShardManifest::read(dir)? {
                Some(manifest) => shards.push(DoneShard { dir: dir.clone(), manifest }),
                None if kept::kind(dir)?.is_some() => unfinished.push(dir.display().to_string()),
                None => return Err(none(dir)),
            }
        }
        let Some(first) = shards.first() else {
            return Err(TrialError::Input(format!(
                "none of the shards is done: {}; go on with each by `evotor resume`",
                unfinished.join(", ")
            )));
        };
        shards.iter().try_for_each(|shard| same(first, shard))?;
        shards.sort_by_key(|shard| shard.manifest.range);
        let of =
            |shard: &DoneShard| Some((shard.manifest.summary.course.shard?, shard.dir.display().to_string()));
        let found: Vec<_> = shards.iter().filter_map(of).collect();
        let patients = shards[0].manifest.summary.course.patients;
        let scenario = effective(&shards[0])?;
        Ok(Self { coverage: Coverage::new(patients, &found, unfinished), shards, scenario })
    }

    /// What is asked of the whole.
    fn course(&self) -> RunInfo {
        let course = self.shards[0].manifest.summary.course.clone();
        RunInfo { shard: None, missing: self.coverage.gaps.clone(), failed: Vec::new(), ..course }
    }

    /// Writes the whole; patients may be missing, who are then named in it. Tables are read once, and held against their hashes as they are
    /// copied; of a merge that fails nothing is left.
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
        self.refuse_own(out)?;
        let course = self.course();
        let name = self.shards[0].dir.join(EFFECTIVE).display().to_string();
        let loaded = file::parse(&self.scenario, &name, &self.shards[0].dir)?;
        let session = Session::of(&loaded.scenario, course.clone(), backend)?;
        self.shards.iter().try_for_each(|shard| shard.check(&session))?;
        let (scenario, extras) = (course.remark() + &self.scenario, self.shards[0].manifest.extras.clone());
        let mut progress = TrialProgress::new(scenario, course, extras, Results::new(&session.plan));
        let mut folder = TrialFolder::assemble(out, force, &progress)?;
        if let Err(error) = self.take(&session, &mut folder, &mut progress, hooks) {
            folder.discard()?;
            return Err(error);
        }
        let run = session.assembled(folder, progress, hooks)?;
        Ok((session, run))
    }

    /// Refuses to write over a shard.
    fn refuse_own(&self, out: &Path) -> Result<(), TrialError> {
        match self.shards.iter().find(|shard| disk::is_same(&shard.dir, out)) {
            None => Ok(()),
            Some(shard) => Err(TrialError::Input(format!(
                "`{}` is one of the shards; choose another folder with --out",
                shard.dir.display()
            ))),
        }
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
        let all = self.shards.len() as u64;
        hooks.listener.begins("shards merged", all);
        for (number, shard) in self.shards.iter().enumerate() {
            for (table, name) in tables.clone() {
                hooks.go_on()?;
                let to = &mut |line: &[u8]| folder.append(table, line);
                match *name {
                    OUTCOMES => shard.take_outcomes(session, &mut progress.results, to)?,
                    name => shard.copy(name, number > 0, to)?,
                }
            }
            progress.results.take_composition(&shard.manifest.composition);
            progress.failures.extend(shard.manifest.failures.iter().cloned());
            hooks.listener.progress(number as u64 + 1, all);
        }
        progress.through = progress.course.asked().len() as u32;
        Ok(())
    }
}

impl DoneShard {
    /// Makes sure that it is one of the trial, and as far as can be seen without reading its tables, what it was.
    fn check(&self, session: &Session) -> Result<(), TrialError> {
        let names = GROWING.iter().filter(|name| session.course.wants(name));
        let has_all = names.clone().all(|name| self.manifest.tables.contains_key(*name));
        if !has_all || !self.manifest.fits(&session.plan) {
            return Err(TrialError::Input(format!(
                "`{}` does not tell of a shard of its trial; run the shard again with --force",
                self.dir.join(super::MANIFEST).display()
            )));
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

    /// Reads a table line by line, once; it must be what it was.
    fn lines(
        &self,
        name: &str,
        each: &mut dyn FnMut(&[u8]) -> Result<(), TrialError>,
    ) -> Result<(), TrialError> {
        let path = self.dir.join(name);
        let mut file = BufReader::with_capacity(CHUNK, disk::open(&path).map_err(RunError::read(&path))?);
        let (mut hasher, mut line) = (blake3::Hasher::new(), Vec::new());
        while file.read_until(b'\n', &mut line).map_err(RunError::read(&path))? > 0 {
            hasher.update(&line);
            each(&line)?;
            line.clear();
        }
        let found = TableSeal::of(&hasher);
        if self.manifest.tables.get(name) == Some(&found) { Ok(()) } else { Err(changed(&path)) }
    }
}

fn none(dir: &Path) -> TrialError {
    let what = match TrialFolder::found_in(dir) {
        Some(_) => "holds a trial and no shard of one; shards are written by `--shard I/N`",
        None => "is not the folder of a shard; name the folders that `evotor compare --shard I/N` wrote",
    };
    TrialError::Input(format!("`{}` {what}", dir.display()))
}

/// Refuses a shard of another trial.
fn same(first: &DoneShard, other: &DoneShard) -> Result<(), TrialError> {
    let found = &other.manifest.summary.evotor;
    if found != PROGRAM {
        return Err(TrialError::Input(format!(
            "evotor {found} wrote the shard in `{}`, this is {PROGRAM}; merge with version {found}, or run the shard again",
            other.dir.display()
        )));
    }
    match first.manifest.differs(&other.manifest) {
        None => effective(other).map(|_| ()),
        Some((what, one, two)) => Err(TrialError::Input(format!(
            "the shards are not of one trial: their {what} is not the same\n  {}: {one}\n  {}: {two}",
            first.dir.display(),
            other.dir.display()
        ))),
    }
}

/// The file of a shard's trial, as it was.
fn effective(shard: &DoneShard) -> Result<String, TrialError> {
    let path = shard.dir.join(EFFECTIVE);
    let text = disk::read_text(&path).map_err(RunError::read(&path))?;
    if effective_hash(text.as_bytes()) != shard.manifest.effective {
        return Err(changed(&path));
    }
    Ok(text)
}

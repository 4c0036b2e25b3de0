//! ShardSet of a run's replicates, and the run that they are merged to: its tables row by row, and what is made of all replicates anew from
//! the checkpoints in which shards end.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::{ShardManifest, Sharded, TableSeal, changed, effective_hash};
use super::parts::{DoneShard, ShardSet};
use super::rows::{RowOrder, merge_rows};
use super::{Coverage, MANIFEST, Shard};
use crate::simulation::checkpoint::{self, Checkpoint, CheckpointError, Header, PROGRAM};
use crate::simulation::digest::hex;
use crate::simulation::folder::{
    CHECKPOINT, DIGEST, EFFECTIVE, FRAMES, Folder, Growing, Marks, RunTable, SAVED_START, SNAPSHOTS, SUMMARY,
    lock, timed,
};
use crate::simulation::staging::Staging;
use crate::simulation::{Finished, Job, Resumable, RunError, RunRecord, described, disk, summary};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;

/// A part of a run's replicates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunShard {
    /// Version of the program.
    pub evotor: String,
    /// Name of the scenario.
    pub name: String,
    /// Seed.
    pub seed: u64,
    /// One hash of all that these replicates came to.
    pub digest: String,
    /// Replicates of the whole.
    pub replicates: u32,
    /// Which part of them this is.
    pub shard: Shard,
    /// Replicates in a block, by which tables are ordered.
    pub block: u32,
    /// BLAKE3 of the scenario with every default.
    pub scenario: String,
}

impl Sharded for RunShard {
    const WHOLE: &'static str = "run";
    const COMMAND: &'static str = "run";

    fn program(&self) -> &str {
        &self.evotor
    }

    fn shard(&self) -> Option<Shard> {
        Some(self.shard)
    }

    fn all(&self) -> u32 {
        self.replicates
    }

    // The head of `effective.toml` says what computed it, which may differ.
    fn facts(&self, _effective: &str) -> Vec<(&'static str, String)> {
        vec![
            ("scenario", self.name.clone()),
            ("seed", self.seed.to_string()),
            ("number of replicates", self.replicates.to_string()),
            ("size of blocks", self.block.to_string()),
            ("scenario (BLAKE3 of it with every default)", self.scenario.clone()),
        ]
    }
}

impl RunShard {
    /// Writes the manifest of a shard whose replicates are through, unless it is there.
    ///
    /// # Errors
    ///
    /// [`RunError`] for a folder that cannot be read or written.
    pub fn seal(job: &Job, shard: Shard, dir: &Path) -> Result<ShardManifest<Self>, TrialError> {
        if let Some(manifest) = ShardManifest::read(dir)? {
            return Ok(manifest);
        }
        let lock = lock(dir)?;
        let header = checkpoint::read(&dir.join(CHECKPOINT))?.header;
        let unfinished = CheckpointError::Malformed("it counts as finished, but a lesion is not");
        let part = Self {
            evotor: PROGRAM.to_owned(),
            name: job.scenario.name.clone(),
            seed: job.scenario.seed,
            digest: hex(&header.record.digest().ok_or(unfinished).map_err(RunError::from)?),
            replicates: job.lesions(),
            shard,
            block: header.block,
            scenario: effective_hash(job.text.as_bytes()),
        };
        let mut tables: BTreeMap<String, TableSeal> = RunTable::ALL
            .iter()
            .zip(&header.tables)
            .filter(|(table, _)| dir.join(table.file_name()).exists())
            .map(|(table, mark)| (table.file_name().to_owned(), mark.into()))
            .collect();
        for picture in pictures(dir) {
            tables.insert(picture.clone(), copy(&dir.join(&picture), &mut std::io::sink())?);
        }
        let effective = dir.join(EFFECTIVE);
        let text = disk::read(&effective).map_err(RunError::read(&effective))?;
        let manifest = ShardManifest::new(part, effective_hash(&text), shard.range(job.lesions()), tables);
        lock.write(MANIFEST, |file| file.write_all(manifest.json().as_bytes()))?;
        Ok(manifest)
    }
}

/// Names of the pictures and recorded lattices of a folder.
fn pictures(dir: &Path) -> Vec<String> {
    let of = |(folder, end)| timed(dir, folder, end);
    let all = [(SNAPSHOTS, ".png"), (FRAMES, ".frame")].into_iter().flat_map(of);
    all.map(|name| name.to_string_lossy().replace('\\', "/")).collect()
}

/// Copies a file; what it holds.
fn copy(path: &Path, to: &mut dyn Write) -> Result<TableSeal, TrialError> {
    /// Hashes what it passes on.
    struct Hashed<'a>(blake3::Hasher, &'a mut dyn Write);
    impl Write for Hashed<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.update(bytes);
            self.1.write_all(bytes).map(|()| bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            self.1.flush()
        }
    }
    let mut file = disk::open(path).map_err(RunError::read(path))?;
    let mut hashed = Hashed(blake3::Hasher::new(), to);
    std::io::copy(&mut file, &mut hashed).map_err(RunError::write(path))?;
    Ok(TableSeal::of(&hashed.0))
}

/// Shards of one run, ready to be merged.
#[derive(Debug)]
pub struct ReplicateMerge {
    parts: ShardSet<RunShard>,
}

/// Whether a folder is that of a run, done or not, whole or not.
pub fn is_run(dir: &Path) -> bool {
    dir.join(CHECKPOINT).exists()
}

impl ReplicateMerge {
    /// Reads what shards there are, and makes sure that they are of one run and as they were written.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder that is no shard of a run, belongs to another one, or was changed.
    pub fn open(dirs: &[PathBuf]) -> Result<Self, TrialError> {
        if let Some(other) = dirs.iter().find(|dir| !is_run(dir)) {
            return Err(TrialError::Input(format!(
                "`{}` is no run, and others are; merge runs and trials each by themselves",
                other.display()
            )));
        }
        let is_begun = |dir: &Path| Ok(checkpoint::read(&dir.join(CHECKPOINT))?.header.shard.is_some());
        Ok(Self { parts: ShardSet::open(dirs, is_begun)? })
    }

    /// Which replicates they hold.
    pub fn coverage(&self) -> &Coverage {
        &self.parts.coverage
    }

    /// Writes the whole, which must be there. Tables are read once, and held against their hashes as they are copied; of a merge that
    /// fails nothing is left, and what it was to replace stays as it is.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for files that are not what they were, and what writing meets.
    pub fn write(
        &self,
        out: &Path,
        force: bool,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(Job, Finished), TrialError> {
        self.parts.refuse_own(out)?;
        let (job, header) = self.whole()?;
        self.parts.shards.iter().try_for_each(|shard| shard.manifest.check_lengths(&shard.dir))?;
        let folder = Folder::claim(out, force)?;
        let staging = Staging::new(out)?;
        match self.assemble(&job, header, &staging.dir(), hooks) {
            Ok(finished) => {
                folder.make_way()?;
                staging.settle()?;
                Ok((job, finished))
            }
            Err(error) => {
                staging.abandon(folder.into_lock())?;
                Err(error)
            }
        }
    }

    /// The run, and where all of its replicates have come to.
    fn whole(&self) -> Result<(Job, Header), TrialError> {
        let mut whole: Option<(Job, Header)> = None;
        for shard in &self.parts.shards {
            let found = Resumable::open(&shard.dir)?;
            let part = &shard.manifest.part;
            let header = &found.checkpoint().header;
            let is_own = found.is_finished()
                && found.job.shard == Some(part.shard)
                && (found.job.lesions(), header.block) == (part.replicates, part.block)
                && effective_hash(found.job.text.as_bytes()) == part.scenario;
            if !is_own {
                return Err(shard.foreign());
            }
            match &mut whole {
                None => whole = Some((found.job.clone().of_shard(None), header.clone())),
                Some((_, all)) => {
                    add(&mut all.record, &header.record, shard.manifest.range.first);
                    all.step = all.step.max(header.step);
                }
            }
        }
        let (job, header) = whole.unwrap_or_else(|| unreachable!("one of the shards is done"));
        // Where its last block begins.
        let first = (job.lesions() - 1) / header.block * header.block;
        Ok((job, Header { shard: None, first, ..header }))
    }

    /// Puts all files of the whole together.
    fn assemble(
        &self,
        job: &Job,
        mut header: Header,
        to: &Path,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<Finished, TrialError> {
        let wanted = self.parts.shards[0].manifest.tables.clone();
        let wanted: Vec<RunTable> =
            RunTable::ALL.into_iter().filter(|table| wanted.contains_key(table.file_name())).collect();
        header.tables = Marks::default();
        hooks.listener.begins("tables merged", wanted.len() as u64);
        for (number, table) in wanted.iter().enumerate() {
            hooks.go_on()?;
            let order = RowOrder { job, block: header.block, table: *table };
            let mut growing = Growing::create(&to.join(table.file_name()))?;
            merge_rows(&self.parts.shards, &order, &mut |row| {
                growing.rows().lines(row);
                Ok(growing.settle()?)
            })?;
            header.tables[*table as usize] = growing.sync()?;
            hooks.listener.progress(number as u64 + 1, wanted.len() as u64);
        }
        for shard in &self.parts.shards {
            hooks.go_on()?;
            shard.copy_pictures(to)?;
        }
        let digest = header.record.digest().unwrap_or_else(|| unreachable!("all shards are done"));
        let finished = Finished { digest, record: header.record.clone() };
        let put = |name: &str, bytes: &[u8]| disk::write_aside(&to.join(name), |file| file.write_all(bytes));
        if let Some(start) = job.saved_bytes() {
            put(SAVED_START, start)?;
        }
        put(EFFECTIVE, described(job, &finished.record.backends).as_bytes())?;
        put(DIGEST, format!("{}\n", hex(&digest)).as_bytes())?;
        put(SUMMARY, crate::table::json(&summary(job, &finished)).as_bytes())?;
        self.write_checkpoint(job, &header, &to.join(CHECKPOINT))?;
        Ok(finished)
    }

    /// Writes the checkpoint in which one process would have ended: it has the lesions of the last block.
    fn write_checkpoint(&self, job: &Job, header: &Header, to: &Path) -> Result<(), TrialError> {
        let mut open: Option<(usize, Checkpoint)> = None;
        let mut failed = None;
        let state = |at: usize| {
            let lesion = header.first + at as u32;
            let holds = |shard: &DoneShard<RunShard>| shard.manifest.range.numbers().contains(&lesion);
            let number = self.parts.shards.iter().position(holds).unwrap_or_default();
            if open.as_ref().is_none_or(|(of, _)| *of != number) {
                open = Some((number, checkpoint::read(&self.parts.shards[number].dir.join(CHECKPOINT))?));
            }
            let lacks = CheckpointError::Malformed("it lacks a lesion");
            let (_, of) = open.as_ref().ok_or(lacks.clone())?;
            let place = of.lesions.iter().position(|packed| packed.id.patient() == lesion).ok_or(lacks)?;
            Ok::<_, RunError>(of.unpack(place, &job.free_fields())?)
        };
        let lesions = (job.lesions() - header.first) as usize;
        let written = disk::write_aside(to, |file| {
            checkpoint::write(file, header, lesions, state).map_err(|error| match error {
                checkpoint::WriteError::Io(error) => error,
                checkpoint::WriteError::State(error) => {
                    failed = Some(error);
                    std::io::Error::other("a lesion's state is missing")
                }
            })
        });
        Ok(failed.map_or(written, Err)?)
    }
}

impl DoneShard<RunShard> {
    /// Copies pictures and recorded lattices, which must be what they were.
    fn copy_pictures(&self, to: &Path) -> Result<(), TrialError> {
        for folder in [SNAPSHOTS, FRAMES].map(|name| to.join(name)) {
            disk::make_folder(&folder).map_err(RunError::write(&folder))?;
        }
        for (name, seal) in self.manifest.tables.iter().filter(|(name, _)| name.contains('/')) {
            let (from, place) = (self.dir.join(name), to.join(name));
            let mut file = disk::create(&place).map_err(RunError::write(&place))?;
            if copy(&from, &mut file)? != *seal {
                return Err(changed(&from));
            }
        }
        Ok(())
    }
}

/// Adds the replicates of a shard that begins with this one.
fn add(all: &mut RunRecord, more: &RunRecord, first: u32) {
    all.tallies.extend(more.tallies.iter().cloned());
    all.elapsed_ms += more.elapsed_ms;
    for backend in &more.backends {
        let stem = |of: &str| of.split(" from ").next().unwrap_or_default().to_owned();
        let is_same = all.backends.last().is_some_and(|last| stem(last) == stem(backend));
        match (is_same, backend.contains(" from ")) {
            (true, _) => {}
            (false, true) => all.backends.push(backend.clone()),
            (false, false) => all.backends.push(format!("{backend} from replicate {first}, step 0 on")),
        }
    }
}

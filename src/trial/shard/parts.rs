//! The shards of one whole, whatever is cut: read, held against each other, and read line by line.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::manifest::{ShardManifest, Sharded, TableSeal, changed, effective_hash};
use super::{Coverage, MANIFEST};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::{RunError, disk};
use crate::trial::error::TrialError;

/// Bytes of a table that are read at once.
const CHUNK: usize = 1 << 18;

/// A shard that is done.
#[derive(Debug)]
pub(super) struct DoneShard<P> {
    /// Its folder.
    pub dir: PathBuf,
    /// What it is.
    pub manifest: ShardManifest<P>,
}

/// The shards of one whole.
#[derive(Debug)]
pub(super) struct ShardSet<P> {
    /// In the order of their numbers.
    pub shards: Vec<DoneShard<P>>,
    /// Which patients or replicates they hold.
    pub coverage: Coverage,
}

impl<P: Sharded> ShardSet<P> {
    /// Reads what shards there are, and makes sure that they are of one whole and as they were written. `is_begun` says whether a folder
    /// holds one that is not done.
    pub fn open(
        dirs: &[PathBuf],
        is_begun: impl Fn(&Path) -> Result<bool, TrialError>,
    ) -> Result<Self, TrialError> {
        let (mut shards, mut unfinished) = (Vec::new(), Vec::new());
        for dir in dirs {
            match ShardManifest::<P>::read(dir)? {
                Some(manifest) => shards.push(DoneShard { dir: dir.clone(), manifest }),
                None if is_begun(dir)? => unfinished.push(dir.display().to_string()),
                None => return Err(none::<P>(dir)),
            }
        }
        let Some(first) = shards.first() else {
            return Err(TrialError::Input(format!(
                "none of the shards is done: {}; go on with each by `evotor resume`",
                unfinished.join(", ")
            )));
        };
        let all = first.manifest.part.all();
        shards.iter().try_for_each(|shard| same(first, shard))?;
        shards.sort_by_key(|shard| shard.manifest.range);
        let of = |shard: &DoneShard<P>| Some((shard.manifest.part.shard()?, shard.dir.display().to_string()));
        let found: Vec<_> = shards.iter().filter_map(of).collect();
        Ok(Self { coverage: Coverage::new(all, &found, unfinished), shards })
    }

    /// Refuses to write over a shard.
    pub fn refuse_own(&self, out: &Path) -> Result<(), TrialError> {
        match self.shards.iter().find(|shard| disk::is_same(&shard.dir, out)) {
            None => Ok(()),
            Some(shard) => Err(TrialError::Input(format!(
                "`{}` is one of the shards; choose another folder with --out",
                shard.dir.display()
            ))),
        }
    }
}

impl<P: Sharded> DoneShard<P> {
    /// Reads a table line by line, once; it must be what it was.
    pub fn lines(
        &self,
        name: &str,
        each: &mut dyn FnMut(&[u8]) -> Result<(), TrialError>,
    ) -> Result<(), TrialError> {
        let mut table = self.table(name)?;
        while let Some(line) = table.line()? {
            each(line)?;
        }
        table.end()
    }

    /// Opens a table.
    pub fn table(&self, name: &str) -> Result<SealedTable<'_>, TrialError> {
        let path = self.dir.join(name);
        let seal = self.manifest.tables.get(name).ok_or_else(|| changed(&path))?;
        let file = BufReader::with_capacity(CHUNK, disk::open(&path).map_err(RunError::read(&path))?);
        Ok(SealedTable { path, seal, file, hasher: blake3::Hasher::new(), line: Vec::new() })
    }

    /// The file of what it is a part of, as it was.
    pub fn effective(&self) -> Result<String, TrialError> {
        let path = self.dir.join(EFFECTIVE);
        let text = fs::read_to_string(&path).map_err(RunError::read(&path))?;
        if effective_hash(text.as_bytes()) != self.manifest.effective {
            return Err(changed(&path));
        }
        Ok(text)
    }

    /// It is a shard of something, and does not fit it.
    pub fn foreign(&self) -> TrialError {
        TrialError::Input(format!(
            "`{}` does not tell of a shard of its {}; run the shard again with --force",
            self.dir.join(MANIFEST).display(),
            P::WHOLE
        ))
    }
}

/// A table of a shard, hashed while it is read.
pub(super) struct SealedTable<'a> {
    path: PathBuf,
    seal: &'a TableSeal,
    file: BufReader<File>,
    hasher: blake3::Hasher,
    line: Vec<u8>,
}

impl SealedTable<'_> {
    /// The next line, with what ends it.
    pub fn line(&mut self) -> Result<Option<&[u8]>, TrialError> {
        self.read(|_| true)
    }

    /// The next row, with what ends it: cells may hold line feeds between quotes.
    pub fn row(&mut self) -> Result<Option<&[u8]>, TrialError> {
        self.read(|line| line.iter().filter(|byte| **byte == b'"').count() % 2 == 0)
    }

    fn read(&mut self, is_whole: impl Fn(&[u8]) -> bool) -> Result<Option<&[u8]>, TrialError> {
        self.line.clear();
        while self.file.read_until(b'\n', &mut self.line).map_err(RunError::read(&self.path))? > 0
            && !is_whole(&self.line)
        {}
        self.hasher.update(&self.line);
        Ok((!self.line.is_empty()).then_some(&self.line))
    }

    /// It must have been what it was, to its end.
    pub fn end(self) -> Result<(), TrialError> {
        if TableSeal::of(&self.hasher) == *self.seal { Ok(()) } else { Err(changed(&self.path)) }
    }

    /// It is not what was written.
    pub fn changed(&self) -> TrialError {
        changed(&self.path)
    }
}

fn none<P: Sharded>(dir: &Path) -> TrialError {
    let what = match dir.join(EFFECTIVE).exists() {
        true => format!("holds a {} and no shard of one; shards are written by `--shard I/N`", P::WHOLE),
        false => format!(
            "is not the folder of a shard; name the folders that `evotor {} --shard I/N` wrote",
            P::COMMAND
        ),
    };
    TrialError::Input(format!("`{}` {what}", dir.display()))
}

/// Refuses a shard of another whole.
fn same<P: Sharded>(first: &DoneShard<P>, other: &DoneShard<P>) -> Result<(), TrialError> {
    let found = other.manifest.part.program();
    if found != PROGRAM {
        return Err(TrialError::Input(format!(
            "evotor {found} wrote the shard in `{}`, this is {PROGRAM}; merge with version {found}, or run the shard again",
            other.dir.display()
        )));
    }
    match first.manifest.differs(&other.manifest) {
        None => other.effective().map(|_| ()),
        Some((what, one, two)) => Err(TrialError::Input(format!(
            "the shards are not of one {}: their {what} is not the same\n  {}: {one}\n  {}: {two}",
            P::WHOLE,
            first.dir.display(),
            other.dir.display()
        ))),
    }
}

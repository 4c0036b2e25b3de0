//! Shards of a batch put together.

use std::path::{Path, PathBuf};

use super::folder::{BatchFolder, BatchSummary, DoneBatch};
use super::question::BatchQuestion;
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::{RunError, disk};
use crate::trial::error::TrialError;
use crate::trial::shard::{Coverage, effective_hash};

/// Shards of one batch, ready to be merged.
pub struct BatchMerge {
    /// In the order of their rows.
    shards: Vec<DoneBatch>,
    /// The file without a row, as all of them have it.
    effective: String,
    /// Which rows they hold.
    pub coverage: Coverage,
}

impl BatchMerge {
    /// Reads what shards there are, and makes sure that they are of one batch and as they were written.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder that is no shard of a batch, or belongs to another one; [`RunError::Changed`].
    pub fn open(dirs: &[PathBuf]) -> Result<Self, TrialError> {
        let (mut shards, mut unfinished) = (Vec::new(), Vec::new());
        for dir in dirs {
            let wrong = |what: &str| TrialError::Input(format!("`{}` {what}", dir.display()));
            match DoneBatch::read(dir)? {
                None => {
                    return Err(wrong(
                        "is no batch, and others are; merge batches and trials each by themselves",
                    ));
                }
                Some(found) if found.summary.question.shard.is_none() => {
                    return Err(wrong(
                        "holds a batch and no shard of one; shards are written by `--shard I/N`",
                    ));
                }
                Some(found) if found.is_done() => shards.push(found),
                Some(_) => unfinished.push(dir.display().to_string()),
            }
        }
        shards.sort_by_key(|shard| shard.summary.question.range());
        let Some(first) = shards.first() else {
            return Err(TrialError::Input(format!(
                "none of the shards is done: {}; go on with each by the same command with --continue",
                unfinished.join(", ")
            )));
        };
        for other in &shards {
            if let Some((what, one, two)) = first.summary.question.differs(&other.summary.question) {
                return Err(TrialError::Input(format!(
                    "the shards are not of one batch: their {what} is not the same\n  {}: {one}\n  {}: {two}",
                    first.dir.display(),
                    other.dir.display()
                )));
            }
        }
        let path = first.dir.join(EFFECTIVE);
        let effective = disk::read_text(&path).map_err(RunError::read(&path))?;
        if effective_hash(effective.as_bytes()) != first.summary.question.effective {
            return Err(RunError::Changed(path).into());
        }
        let of = |shard: &DoneBatch| Some((shard.summary.question.shard?, shard.dir.display().to_string()));
        let found: Vec<_> = shards.iter().filter_map(of).collect();
        let coverage = Coverage::new(first.summary.question.rows, &found, unfinished);
        Ok(Self { coverage, effective, shards })
    }

    /// Writes the whole; rows may be missing, which are then named in it.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder that holds something else, and what writing meets.
    pub fn write(self, out: &Path, force: bool) -> Result<BatchSummary, TrialError> {
        if let Some(shard) = self.shards.iter().find(|shard| disk::is_same(&shard.dir, out)) {
            return Err(TrialError::Input(format!(
                "`{}` is one of the shards; choose another folder with --out",
                shard.dir.display()
            )));
        }
        if !force && out.join(EFFECTIVE).exists() {
            return Err(TrialError::Input(format!(
                "`{}` holds results already; replace a batch by --force, or choose another folder with --out",
                out.display()
            )));
        }
        if !super::is_batch(out) && out.join(EFFECTIVE).exists() {
            return Err(TrialError::Input(format!(
                "`{}` holds the results of another command; choose another folder with --out",
                out.display()
            )));
        }
        let question = BatchQuestion { shard: None, ..self.shards[0].summary.question.clone() };
        let mut folder = BatchFolder::take(out, false, &question, &self.effective)?;
        for row in self.shards.into_iter().flat_map(|shard| shard.rows) {
            folder.keep(row.row, Some(row), None)?;
        }
        folder.finish(&question, &self.coverage.gaps)
    }
}

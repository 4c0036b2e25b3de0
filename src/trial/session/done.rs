//! A folder in which nothing is left to do.

use std::path::{Path, PathBuf};

use crate::simulation::folder::{EFFECTIVE, SUMMARY};
use crate::simulation::{RunError, disk};
use crate::trial::error::TrialError;
use crate::trial::output::{NEEDED_GROWTH, PREDICTIONS, TrialFolder, TrialProgress, TrialSummary};
use crate::trial::shard::{ShardManifest, TrialShard};

/// A trial, or a part of one, that is done.
#[derive(Debug)]
pub struct DoneTrial {
    dir: PathBuf,
    /// The trial with every default.
    scenario: String,
    /// What it came to.
    pub summary: TrialSummary,
}

impl DoneTrial {
    /// That of a folder; `None` where nothing is done.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], and [`TrialError::Input`] where its files were changed.
    pub fn read(dir: &Path) -> Result<Option<Self>, TrialError> {
        if !TrialFolder::is_done(dir) {
            return Ok(None);
        }
        let effective = dir.join(EFFECTIVE);
        let summary = match ShardManifest::<TrialShard>::read(dir)? {
            Some(manifest) => manifest.part.summary,
            None => whole(&dir.join(SUMMARY))?,
        };
        let scenario = disk::read_text(&effective).map_err(RunError::read(&effective))?;
        Ok(Some(Self { dir: dir.to_owned(), scenario, summary }))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What sets it apart from a trial that is asked for, in words; `None` for the same.
    pub(super) fn differs(&self, asked: &TrialProgress) -> Option<&'static str> {
        let lacks = |wanted: bool, name: &str| wanted && !self.dir.join(name).exists();
        let whole = asked.course.shard.is_none();
        let extras = lacks(whole && asked.extras.predict.is_some(), PREDICTIONS)
            || lacks(whole && asked.extras.needed_growth, NEEDED_GROWTH);
        let extras = extras.then_some("no such predictions");
        asked.is_another(&self.scenario, &self.summary.course).or(extras)
    }
}

/// The summary of a trial that is no shard.
fn whole(path: &Path) -> Result<TrialSummary, TrialError> {
    let text = disk::read(path).map_err(RunError::read(path))?;
    serde_json::from_slice(&text).map_err(|error| {
        TrialError::Input(format!(
            "`{}` is damaged ({error}); restore it from a copy, or start over with --force",
            path.display()
        ))
    })
}

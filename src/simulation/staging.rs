//! Results that are put together beside those that they replace: these stay as they are until the new ones are whole.

use std::fs;
use std::path::{Path, PathBuf};

use super::disk;
use super::error::RunError;
use super::folder::{LOCK, Lock};

/// The folder, within that of the results, where they are put together.
const STAGING: &str = ".merge";

/// A folder in which results are put together.
#[derive(Debug)]
pub(crate) struct Staging {
    out: PathBuf,
}

impl Staging {
    /// In a folder of results; what a process that was killed has left there is removed.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn new(out: &Path) -> Result<Self, RunError> {
        let staging = Self { out: out.to_owned() };
        staging.remove()?;
        let dir = staging.dir();
        disk::make_folder(&dir).map_err(RunError::write(&dir))?;
        Ok(staging)
    }

    /// Where files are put.
    pub fn dir(&self) -> PathBuf {
        self.out.join(STAGING)
    }

    /// Gives a file of the folder the name by which its lock writes it.
    pub fn name(&self, file: &str) -> String {
        format!("{STAGING}/{file}")
    }

    fn remove(&self) -> Result<(), RunError> {
        let dir = self.dir();
        disk::remove_folder(&dir).map_err(RunError::write(&dir))
    }

    /// Puts the files in their place. What was there must be gone.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn settle(self) -> Result<(), RunError> {
        move_files(&self.dir(), &self.out)?;
        self.remove()
    }

    /// Removes what was put together so far, and the folder of the results if nothing was in it.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn abandon(self, lock: Lock) -> Result<(), RunError> {
        self.remove()?;
        drop(lock);
        let entries = fs::read_dir(&self.out).into_iter().flatten().flatten();
        if entries.map(|entry| entry.file_name()).any(|name| name != LOCK) {
            return Ok(());
        }
        disk::remove_folder(&self.out).map_err(RunError::write(&self.out))
    }
}

/// Moves the files of a folder, and of those in it, into another one.
fn move_files(from: &Path, to: &Path) -> Result<(), RunError> {
    disk::make_folder(to).map_err(RunError::write(to))?;
    for entry in fs::read_dir(from).map_err(RunError::read(from))? {
        let path = entry.map_err(RunError::read(from))?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() {
            true => move_files(&path, &place)?,
            false => disk::rename(&path, &place).map_err(RunError::write(&place))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::folder::lock;

    #[test]
    fn what_was_there_stays_until_the_new_files_take_their_place() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        fs::create_dir(&out).unwrap();
        let held = lock(&out).unwrap();
        fs::write(out.join("arms.csv"), "old").unwrap();
        let staging = Staging::new(&out).unwrap();
        fs::write(staging.dir().join("half.csv"), "half").unwrap();
        staging.abandon(held).unwrap();
        assert_eq!(fs::read_to_string(out.join("arms.csv")).unwrap(), "old");
        assert!(!out.join(STAGING).exists());

        // One that was killed leaves files that no other merge takes for its own.
        let killed = Staging::new(&out).unwrap();
        fs::write(killed.dir().join("half.csv"), "half").unwrap();
        let staging = Staging::new(&out).unwrap();
        fs::create_dir(staging.dir().join("frames")).unwrap();
        for name in ["arms.csv", "frames/0.frame"] {
            fs::write(staging.dir().join(name), "new").unwrap();
        }
        staging.settle().unwrap();
        assert_eq!(fs::read_to_string(out.join("arms.csv")).unwrap(), "new");
        assert!(out.join("frames/0.frame").exists() && !out.join("half.csv").exists());
        assert!(!out.join(STAGING).exists());
    }

    #[test]
    fn of_a_new_folder_nothing_is_left() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        fs::create_dir(&out).unwrap();
        let held = lock(&out).unwrap();
        Staging::new(&out).unwrap().abandon(held).unwrap();
        assert!(!out.exists());
    }
}

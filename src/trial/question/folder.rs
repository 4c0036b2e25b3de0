//! Folders of answers: a table, the trial with every default, and a summary in JSON that says what the folder is.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::scenario::{Scenario, effective_toml};
use crate::simulation::folder::{EFFECTIVE, Lock, METADATA, REPORT, lock};
use crate::simulation::{RunError, disk};
use crate::table::json;
use crate::trial::error::TrialError;

/// What a folder answers.
#[derive(Debug, Clone, Copy)]
pub struct AnswerKind {
    /// Name of its summary, which sets it apart from other folders.
    pub summary: &'static str,
    /// What it holds, with its article.
    pub what: &'static str,
    /// How it is made again.
    pub again: &'static str,
}

impl AnswerKind {
    /// Whether a folder is one.
    pub fn is(&self, dir: &Path) -> bool {
        dir.join(self.summary).exists()
    }

    /// The summary of a folder.
    ///
    /// # Errors
    ///
    /// [`TrialError`] for a file that cannot be read, or is damaged.
    pub fn read<S: DeserializeOwned>(&self, dir: &Path) -> Result<S, TrialError> {
        let path = dir.join(self.summary);
        let text = disk::read(&path).map_err(RunError::read(&path))?;
        serde_json::from_slice(&text).map_err(|why| {
            let path = path.display();
            TrialError::Input(format!("`{path}` is damaged ({why}); {} again with --force", self.again))
        })
    }

    /// Takes a folder: a new one, or with `force` that of another answer of this kind.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for a folder with something else; as folders fail.
    pub fn take(&self, dir: &Path, force: bool) -> Result<AnswerFolder, TrialError> {
        let refuse = |what: String| Err(TrialError::Input(format!("`{}` {what}", dir.display())));
        match (self.is(dir), dir.join(EFFECTIVE).exists()) {
            (true, _) if !force => {
                return refuse(format!(
                    "holds {} already; replace it by --force, or choose another folder with --out",
                    self.what
                ));
            }
            (false, true) => {
                return refuse(
                    "holds the results of another command; choose another folder with --out".to_owned(),
                );
            }
            _ => {}
        }
        disk::make_folder(dir).map_err(RunError::write(dir))?;
        Ok(AnswerFolder { lock: lock(dir)?, kind: *self })
    }
}

/// A folder for an answer, before it is found.
#[derive(Debug)]
pub struct AnswerFolder {
    lock: Lock,
    kind: AnswerKind,
}

impl AnswerFolder {
    /// Writes what came out; what says that there is an answer comes last.
    ///
    /// # Errors
    ///
    /// As folders fail.
    pub fn finish(
        self,
        dir: &Path,
        scenario: &Scenario,
        files: &[(&str, &[u8])],
        summary: &impl Serialize,
    ) -> Result<(), TrialError> {
        for path in [self.kind.summary, REPORT, METADATA].map(|name| dir.join(name)) {
            disk::remove(&path).map_err(RunError::write(&path))?;
        }
        let write = |name: &str, bytes: &[u8]| self.lock.write(name, |file| file.write_all(bytes));
        write(EFFECTIVE, effective_toml(scenario).as_bytes())?;
        for (name, bytes) in files {
            write(name, bytes)?;
        }
        write(self.kind.summary, json(summary).as_bytes())?;
        Ok(())
    }
}

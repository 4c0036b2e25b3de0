//! Tables that grow by whole lines, and what a checkpoint says of them.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk;
use super::error::RunError;
use crate::table::Rows;

/// Lines are written to their file when this many bytes are waiting.
const FLUSH_BYTES: usize = 1 << 16;

/// What a table held when a checkpoint was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Bytes.
    pub length: u64,
    /// BLAKE3 of them.
    pub hash: [u8; 32],
}

impl Default for Mark {
    fn default() -> Self {
        Self { length: 0, hash: *blake3::hash(&[]).as_bytes() }
    }
}

/// A table that gets whole lines only. It is hashed while it is written, so that a mark costs the same however long it is.
#[derive(Debug)]
pub(crate) struct Growing {
    path: PathBuf,
    /// `None` for a table that this run does not have.
    file: Option<File>,
    length: u64,
    hasher: blake3::Hasher,
    waiting: Rows,
}

impl Growing {
    fn new(path: &Path, file: Option<File>) -> Self {
        Self {
            path: path.to_owned(),
            file,
            length: 0,
            hasher: blake3::Hasher::new(),
            waiting: Rows::default(),
        }
    }

    /// An empty file.
    pub fn create(path: &Path) -> Result<Self, RunError> {
        Ok(Self::new(path, Some(disk::create(path).map_err(RunError::write(path))?)))
    }

    /// None, for a table that is not wanted.
    pub fn none(path: &Path) -> Self {
        Self::new(path, None)
    }

    /// A file that is gone on with, which must begin as its mark says. It is not changed until [`Growing::cut_off`]. One that
    /// was never made is none.
    ///
    /// # Errors
    ///
    /// [`RunError::Shortened`] and [`RunError::Changed`].
    pub fn reopen(path: &Path, mark: &Mark) -> Result<Self, RunError> {
        let open = || {
            disk::open(path).map_err(RunError::read(path))?;
            OpenOptions::new().read(true).write(true).open(path).map_err(RunError::write(path))
        };
        let file = match path.exists() {
            true => Some(open()?),
            false if mark.length == 0 => None,
            false => {
                return Err(RunError::Shortened { path: path.to_owned(), found: 0, expected: mark.length });
            }
        };
        let mut table = Self::new(path, file);
        table.go_back(mark)?;
        Ok(table)
    }

    /// It was moved to another folder.
    pub fn moved(&mut self, dir: &Path) {
        self.path = dir.join(self.path.file_name().unwrap_or_default());
    }

    /// Where rows are added.
    pub fn rows(&mut self) -> &mut Rows {
        &mut self.waiting
    }

    /// Writes waiting lines to the file.
    pub fn flush(&mut self) -> Result<(), RunError> {
        let Some(file) = &mut self.file else {
            self.waiting.clear();
            return Ok(());
        };
        if self.waiting.bytes().is_empty() {
            return Ok(());
        }
        if let Err(error) = disk::write(file, self.waiting.bytes()) {
            // Part of a line may have been written: take it back as far as the disk lets us.
            let _ = disk::set_len(file, self.length);
            return Err(RunError::write(&self.path)(error));
        }
        self.length += self.waiting.bytes().len() as u64;
        self.hasher.update(self.waiting.bytes());
        self.waiting.clear();
        Ok(())
    }

    /// Writes waiting lines to the file where there are many.
    pub fn settle(&mut self) -> Result<(), RunError> {
        if self.waiting.bytes().len() < FLUSH_BYTES { Ok(()) } else { self.flush() }
    }

    /// Writes waiting lines through to the disk; what it holds then.
    pub fn sync(&mut self) -> Result<Mark, RunError> {
        self.flush()?;
        if let Some(file) = &self.file {
            file.sync_data().map_err(RunError::write(&self.path))?;
        }
        Ok(Mark { length: self.length, hash: *self.hasher.finalize().as_bytes() })
    }

    /// Goes back to a mark, which the file must hold as it was; what is behind it stays until [`Growing::cut_off`].
    ///
    /// # Errors
    ///
    /// As [`Growing::reopen`].
    pub fn go_back(&mut self, mark: &Mark) -> Result<(), RunError> {
        self.waiting.clear();
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let (length, hasher) = begin(file, mark.length).map_err(RunError::read(&self.path))?;
        if length < mark.length {
            let path = self.path.clone();
            return Err(RunError::Shortened { path, found: length, expected: mark.length });
        }
        if *hasher.finalize().as_bytes() != mark.hash {
            return Err(RunError::Changed(self.path.clone()));
        }
        (self.length, self.hasher) = (length, hasher);
        Ok(())
    }

    /// Cuts off what is behind the place to which it went back.
    pub fn cut_off(&mut self) -> Result<(), RunError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        disk::set_len(file, self.length).map_err(RunError::write(&self.path))?;
        file.seek(SeekFrom::Start(self.length)).map_err(RunError::write(&self.path))?;
        Ok(())
    }
}

/// Reads the beginning of a file up to a length; how long it is, and its hash.
fn begin(file: &mut File, length: u64) -> std::io::Result<(u64, blake3::Hasher)> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file.take(length))?;
    Ok((hasher.count(), hasher))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(dir: &Path) -> (PathBuf, Mark) {
        let path = dir.join("t.csv");
        let mut table = Growing::create(&path).unwrap();
        for i in 0..2000 {
            table.rows().cells([i.to_string(), "x".repeat(i % 90)]).end();
            if i % 7 == 0 {
                table.flush().unwrap();
            }
        }
        let mark = table.sync().unwrap();
        (path, mark)
    }

    #[test]
    fn the_hash_kept_while_writing_is_that_of_the_file() {
        let temp = tempfile::tempdir().unwrap();
        let (path, mark) = table(temp.path());
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(mark, Mark { length: bytes.len() as u64, hash: *blake3::hash(&bytes).as_bytes() });
        let mut again = Growing::reopen(&path, &mark).unwrap();
        assert_eq!(again.sync().unwrap(), mark);
    }

    // Tables were once held against their length alone: one whose line ends were converted was gone on with, and cut in the
    // midst of a line.
    #[test]
    fn a_table_that_was_changed_in_any_way_is_refused_and_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        let (path, mark) = table(temp.path());
        let bytes = std::fs::read(&path).unwrap();
        let crlf = String::from_utf8(bytes.clone()).unwrap().replace('\n', "\r\n").into_bytes();
        let mut flipped = bytes.clone();
        flipped[77] ^= 1;
        let swapped = [&bytes[4..8], &bytes[..4], &bytes[8..]].concat();
        for changed in [crlf, flipped, swapped, [b" ", &bytes[..]].concat()] {
            std::fs::write(&path, &changed).unwrap();
            let error = Growing::reopen(&path, &mark).unwrap_err();
            assert!(matches!(error, RunError::Changed(_)) && error.is_input(), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), changed);
        }
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(matches!(Growing::reopen(&path, &mark), Err(RunError::Shortened { .. })));
    }
}

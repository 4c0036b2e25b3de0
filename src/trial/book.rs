//! Lines of JSON that a long command keeps, so that it can be gone on with: `attempts.jsonl` of a calibration, `rows.jsonl` of a batch.
//!
//! Each line ends with a check: BLAKE3 of the check of the line before and of the line itself; the first one follows the text of what
//! is asked. So a line that was changed, left out or moved is noticed. The last line may have been cut off when the program was
//! killed; it is made again.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::simulation::{RunError, disk};

/// A file of such lines, each of the same kind.
#[derive(Debug)]
pub struct Book<T> {
    path: PathBuf,
    file: File,
    check: LineCheck,
    lines: PhantomData<T>,
}

/// The check of the last line.
#[derive(Debug, Clone, Copy)]
struct LineCheck(blake3::Hash);

impl LineCheck {
    fn of(question: &str) -> Self {
        Self(blake3::hash(question.as_bytes()))
    }

    fn next(self, json: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.0.as_bytes());
        hasher.update(json.as_bytes());
        Self(hasher.finalize())
    }

    /// A line with its check, which is then the last one.
    fn seal(&mut self, line: &impl Serialize) -> String {
        let json = serde_json::to_string(line);
        let json = json.unwrap_or_else(|e| unreachable!("plain data becomes text: {e}"));
        *self = self.next(&json);
        let open = json.strip_suffix('}').unwrap_or(&json);
        format!("{open},\"check\":\"{}\"}}\n", &self.0.to_hex()[..32])
    }

    /// What a line says that follows; `None` if it does not.
    fn open<T: Serialize + DeserializeOwned>(&mut self, line: &str) -> Option<T> {
        let (json, _) = line.rsplit_once(",\"check\":\"")?;
        let found: T = serde_json::from_str(&format!("{json}}}")).ok()?;
        (self.seal(&found) == format!("{line}\n")).then_some(found)
    }
}

/// What is in a file, the bytes of its whole lines, and the check of the last of them.
struct WholeLines<T> {
    lines: Vec<T>,
    whole: usize,
    check: LineCheck,
}

fn whole_lines<T: Serialize + DeserializeOwned>(
    path: &Path,
    question: &str,
    can_be: impl Fn(&[T]) -> bool,
) -> Result<WholeLines<T>, RunError> {
    let bytes = match disk::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => read.map_err(RunError::read(path))?,
    };
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    let changed = || RunError::Changed(path.to_owned());
    let text = std::str::from_utf8(&bytes[..whole]).map_err(|_| changed())?;
    let mut check = LineCheck::of(question);
    let read = text.split_terminator('\n').map(|line| check.open(line));
    let lines = read.collect::<Option<Vec<T>>>().ok_or_else(changed)?;
    if !can_be(&lines) {
        return Err(changed());
    }
    Ok(WholeLines { lines, whole, check })
}

/// What the lines of a file say that followed what was asked, and nothing else; the file is left alone.
///
/// # Errors
///
/// [`RunError::Changed`], [`RunError::Read`].
pub fn read<T: Serialize + DeserializeOwned>(
    path: &Path,
    question: &str,
    can_be: impl Fn(&[T]) -> bool,
) -> Result<Vec<T>, RunError> {
    whole_lines(path, question, can_be).map(|found| found.lines)
}

impl<T: Serialize + DeserializeOwned> Book<T> {
    /// Opens the lines that followed what was asked, if they can be; what is in them. A file that is not whole is left alone.
    ///
    /// # Errors
    ///
    /// [`RunError::Changed`], [`RunError::Read`], [`RunError::Write`].
    pub fn open(
        path: &Path,
        question: &str,
        can_be: impl Fn(&[T]) -> bool,
    ) -> Result<(Self, Vec<T>), RunError> {
        let WholeLines { lines, whole, check } = whole_lines(path, question, can_be)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(RunError::write(path))?;
        disk::set_len(&file, whole as u64).map_err(RunError::write(path))?;
        file.seek(SeekFrom::End(0)).map_err(RunError::write(path))?;
        Ok((Self { path: path.to_owned(), file, check, lines: PhantomData }, lines))
    }

    /// Adds a line, through to the disk.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn note(&mut self, line: &T) -> Result<(), RunError> {
        let line = self.check.seal(line);
        let written = disk::write(&mut self.file, line.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(RunError::write(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::calibrate::{Attempt, Calibration};

    const QUESTION: &str = "name = \"c\"\nseed = 1\npatients = 20\nparticles = 8\ngenerations = 1\njudged = 2\nagents = 2000\n\
        [[target]]\ntrial = \"radiant-3\"\narm = \"everolimus\"\nendpoints = [\"pfs_median\"]\n[[parameter]]\n\
        name = \"g\"\nquantity = \"growth\"\npart = \"typical\"\nlow = 0.002\nhigh = 0.005\nscale = \"log\"\n";

    fn open(path: &Path, question: &str) -> Result<(Book<Attempt>, Vec<Attempt>), RunError> {
        let calibration = Calibration::parse(question).unwrap();
        Book::open(path, question, |attempts| calibration.can_have(attempts))
    }

    fn attempts() -> Vec<Attempt> {
        let distance = |number| if number == 1 { f64::INFINITY } else { 0.1 + f64::from(number) / 3.0 };
        let attempt = |number: u32| Attempt {
            generation: number / 4,
            number: number % 4,
            places: vec![0.1],
            distance: distance(number),
        };
        (0..6).map(attempt).collect()
    }

    fn written(dir: &Path) -> PathBuf {
        let path = dir.join("attempts.jsonl");
        let (mut book, found) = open(&path, QUESTION).unwrap();
        assert_eq!(found, []);
        attempts().iter().for_each(|attempt| book.note(attempt).unwrap());
        path
    }

    // A distance that is not finite was written as `null`: it was not read back, and tried and written again each time.
    #[test]
    fn attempts_read_back_and_go_on_to_the_same_file() {
        let temp = tempfile::tempdir().unwrap();
        let path = written(temp.path());
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (mut book, found) = open(&path, QUESTION).unwrap();
            assert_eq!(found, attempts()[..found.len()]);
            attempts()[found.len()..].iter().for_each(|attempt| book.note(attempt).unwrap());
            assert_eq!(std::fs::read(&path).unwrap(), whole, "cut to {cut} bytes");
        }
    }

    // Lines that were damaged were once passed over, so that the search came to other results.
    #[test]
    fn every_damaged_missing_or_moved_line_is_refused_and_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        let path = written(temp.path());
        let whole = std::fs::read_to_string(&path).unwrap();
        let refused = |text: &[u8], what: &str| {
            std::fs::write(&path, text).unwrap();
            let error = open(&path, QUESTION).expect_err(what);
            assert!(matches!(error, RunError::Changed(_)), "{what}: {error}");
            assert_eq!(std::fs::read(&path).unwrap(), text, "{what}");
        };
        // A flip of the last byte cuts off the last line.
        for at in 0..whole.len() - 1 {
            for bit in 0..8 {
                let mut flipped = whole.clone().into_bytes();
                flipped[at] ^= 1 << bit;
                refused(&flipped, &format!("bit {bit} of byte {at}"));
            }
        }
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        refused([&lines[..2], &lines[3..]].concat().concat().as_bytes(), "a line is missing");
        refused([lines[1], lines[0], lines[2]].concat().as_bytes(), "lines are swapped");
        refused([lines[0], lines[0]].concat().as_bytes(), "a line twice");
        refused(whole.replace('\n', "\r\n").as_bytes(), "other line ends");
        refused(format!("\n{whole}").as_bytes(), "an empty line");
        std::fs::write(&path, &whole).unwrap();
        assert!(open(&path, &QUESTION.replace("seed = 1", "seed = 2")).is_err(), "another question");
    }

    // With its check made right again, a line is still held against the calibration.
    #[test]
    fn attempts_that_a_calibration_cannot_have_are_refused() {
        let odd = |change: fn(&mut Attempt)| {
            let temp = tempfile::tempdir().unwrap();
            let path = written(temp.path());
            let (mut book, _) = open(&path, QUESTION).unwrap();
            let mut attempt = Attempt { generation: 1, number: 9, places: vec![0.5], distance: 1.0 };
            change(&mut attempt);
            book.note(&attempt).unwrap();
            open(&path, QUESTION).map(|(_, all)| all.len()).map_err(|e| e.is_input())
        };
        assert_eq!(odd(|_| ()), Ok(7));
        assert_eq!(odd(|a| a.generation = 2), Err(true));
        assert_eq!(odd(|a| a.number = 1), Err(true));
        assert_eq!(odd(|a| a.number = u32::MAX), Err(true));
        assert_eq!(odd(|a| a.places.push(0.1)), Err(true));
        assert_eq!(odd(|a| a.places[0] = 1.1), Err(true));
        assert_eq!(odd(|a| a.distance = f64::NAN), Err(true));
    }
}

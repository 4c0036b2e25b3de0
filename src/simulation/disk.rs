//! Every change of an output folder: commands make, fill, rename and remove files here and nowhere else, so that tests can
//! end the program at any of these moments.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::RunError;

/// Whether two paths name the same thing that is there.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let found = [one, other].map(fs::canonicalize);
    matches!(found, [Ok(one), Ok(other)] if one == other)
}

/// A file of a results folder, to be read. What stands there in its place, a pipe or a device, may never end, and is refused.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    if found.is_file() {
        return File::open(path);
    }
    Err(if found.is_dir() {
        io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")
    } else {
        io::Error::new(io::ErrorKind::InvalidInput, "it is not a file but a pipe or a device")
    })
}

/// The bytes of a file of a results folder.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file of a results folder.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// An empty file that can be read and written.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    moment();
    OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
}

/// Adds bytes to a file.
pub(crate) fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    torn(file, bytes);
    file.write_all(bytes)
}

/// Gives a file a length.
pub(crate) fn set_len(file: &File, length: u64) -> io::Result<()> {
    moment();
    file.set_len(length)
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(dir: &Path) -> io::Result<()> {
    moment();
    fs::create_dir_all(dir)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    moment();
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove_folder(dir: &Path) -> io::Result<()> {
    moment();
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Moves a file.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    moment();
    fs::rename(from, to)
}

/// Writes a file under another name, through to the disk, and renames it.
pub(crate) fn write_aside(
    path: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), RunError> {
    let filled = |file: &mut File| {
        fill(file)?;
        file.sync_all()
    };
    replace(path, filled).map_err(RunError::write(path))
}

/// Writes a file under another name and renames it, without waiting for the disk: one that can be made again.
pub(crate) fn write_again(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, |file| file.write_all(bytes))
}

/// Fills a file under another name and renames it; what goes wrong leaves nothing behind.
pub(crate) fn replace(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let aside = aside(path);
    let renamed = create(&aside).and_then(|mut file| fill(&mut file)).and_then(|()| settle(path));
    if renamed.is_err() {
        // The message is about the failure itself; what is left aside does no harm.
        let _ = fs::remove_file(&aside);
    }
    renamed
}

/// Gives a file that was written under another name its own.
pub(crate) fn settle(path: &Path) -> io::Result<()> {
    moment();
    fs::rename(aside(path), path)
}

/// The name under which a file is written before it is whole.
pub(crate) fn aside(path: &Path) -> PathBuf {
    let mut aside = path.as_os_str().to_owned();
    aside.push(PART);
    PathBuf::from(aside)
}

/// How the names of files end that are not whole yet.
const PART: &str = ".part";

/// Removes what a process that was killed has left half written: files of a folder that would have had one of its own names.
pub(crate) fn sweep(dir: &Path, is_own: impl Fn(&str) -> bool) -> Result<(), RunError> {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().and_then(|name| name.strip_suffix(PART)).is_some_and(&is_own) {
            remove(&entry.path()).map_err(RunError::write(entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(not(debug_assertions))]
fn moment() {}

#[cfg(not(debug_assertions))]
fn torn(_file: &mut File, _bytes: &[u8]) {}

#[cfg(debug_assertions)]
use fault::{moment, torn};

/// Ends the program in the midst of its work, for tests: `EVOTOR_FAULT = "kill 17"` as a power cut does before the 17th
/// change of a file, half of what it would write written; `"term 17"` asks it to stop there. Releases do not have it.
#[cfg(debug_assertions)]
mod fault {
    use std::fs::File;
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Whether this is the moment, and by what the program ends.
    fn is_now() -> Option<&'static str> {
        static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static PASSED: AtomicU64 = AtomicU64::new(0);
        let read = || {
            let text = std::env::var("EVOTOR_FAULT").ok()?;
            let (by, at) = text.split_once(' ')?;
            Some((by.to_owned(), at.parse().ok()?))
        };
        let (by, at) = ASKED.get_or_init(read).as_ref()?;
        (PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *at).then_some(by)
    }

    fn end(by: &str) {
        if by == "kill" {
            std::process::abort();
        }
        // A signal that cannot be raised is none.
        let _ = signal_hook::low_level::raise(signal_hook::consts::signal::SIGTERM);
    }

    /// A change of a file is about to be made.
    pub fn moment() {
        if let Some(by) = is_now() {
            end(by);
        }
    }

    /// Bytes are about to be written.
    pub fn torn(file: &mut File, bytes: &[u8]) {
        if let Some(by) = is_now() {
            if by == "kill" {
                let _ = file.write_all(&bytes[..bytes.len() / 2]);
            }
            end(by);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    // A pipe that nobody writes to, or a device without an end, in place of a table was waited for.
    #[test]
    fn what_is_no_file_is_not_read() {
        let temp = tempfile::tempdir().unwrap();
        let link = temp.path().join("series.csv");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        let said = |path: &Path| read(path).unwrap_err().to_string();
        assert_eq!(said(&link), "it is not a file but a pipe or a device");
        assert_eq!(said(temp.path()), "it is a folder");
        assert_eq!(read_text(&temp.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::write(temp.path().join("there"), "a,b\n").unwrap();
        assert_eq!(read_text(&temp.path().join("there")).unwrap(), "a,b\n");
    }
}

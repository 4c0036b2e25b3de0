//! Files that a user names, read as text. What they name may be anything: a device that never ends, a folder, a picture.

use std::io::Read as _;
use std::path::Path;

use super::{nearest, render};

/// Largest file of text that is read, in bytes.
pub const LARGEST: u64 = 4 << 20;

/// Why a file cannot be read as text.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The system does not let it be read.
    #[error("{}", said(.0))]
    Read(#[from] std::io::Error),
    /// It is not UTF-8.
    #[error("not UTF-8 text from line {line}, column {column} on")]
    NotText {
        /// Line of the first byte that is not text, from 1.
        line: usize,
        /// Column of that byte in characters, from 1.
        column: usize,
    },
    /// It is larger than any such file needs to be.
    #[error("more than {LARGEST} bytes, which is the most that is read")]
    TooLarge,
}

impl TextError {
    /// What may have been meant in place of a file that cannot be read: one beside it of nearly its name, one within it.
    pub fn hint(&self, path: &Path) -> Option<String> {
        let Self::Read(error) = self else { return None };
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let name = path.file_name()?.to_string_lossy();
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                let beside = names(parent.unwrap_or(Path::new(".")));
                let near = nearest(&name, beside.iter().map(String::as_str))?;
                let near = parent.map_or_else(|| near.into(), |parent| parent.join(near));
                Some(format!("; did you mean `{}`?", near.display()))
            }
            std::io::ErrorKind::IsADirectory => {
                let first = names(path).into_iter().find(|name| name.ends_with(".toml"))?;
                Some(format!("; name a file in it, such as `{}`", path.join(first).display()))
            }
            _ => None,
        }
    }
}

/// Names of what is in a folder, in order; none of one that cannot be read.
fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What the system says, in the words of messages.
fn said(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads a file of text.
///
/// # Errors
///
/// [`TextError`].
pub fn load_text(path: &Path) -> Result<String, TextError> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(TextError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|e| {
        let valid = e.utf8_error().valid_up_to();
        let start = String::from_utf8_lossy(&e.as_bytes()[..valid]);
        let (line, column) = render::position(&start, valid);
        TextError::NotText { line, column }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // A device that never ends has no length that could be asked for beforehand.
    #[cfg(unix)]
    #[test]
    fn what_never_ends_is_refused() {
        assert!(matches!(load_text(Path::new("/dev/zero")), Err(TextError::TooLarge)));
    }

    #[test]
    fn each_reason_has_its_words() {
        let temp = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = temp.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let said = |path: &Path| load_text(path).unwrap_err().to_string();
        assert_eq!(said(&temp.path().join("none")), "there is no such file");
        assert_eq!(said(temp.path()), "it is a folder");
        assert_eq!(said(&write("latin", b"a\nb\xe9")), "not UTF-8 text from line 2, column 2 on");
        assert!(
            said(&write("large", &vec![b' '; LARGEST as usize + 1])).starts_with("more than 4194304 bytes")
        );
        assert_eq!(load_text(&write("good", "µ".as_bytes())).unwrap(), "µ");
    }

    // "There is no such file" leaves one to look for the letter that is wrong.
    #[test]
    fn what_may_have_been_meant_is_said() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(temp.path().join("01-first-run.toml"), "").unwrap();
        let hint = |path: &Path| load_text(path).unwrap_err().hint(path);
        let meant = temp.path().join("01-first-run.toml");
        let expected = format!("; did you mean `{}`?", meant.display());
        assert_eq!(hint(&temp.path().join("01-frist-run.toml")), Some(expected));
        assert_eq!(hint(&temp.path().join("quite another.toml")), None);
        let expected = format!("; name a file in it, such as `{}`", meant.display());
        assert_eq!(hint(temp.path()), Some(expected));
        assert_eq!(hint(&temp.path().join("no folder/at all.toml")), None);
    }
}

//! Files that a user names, read as text. What they name may be anything: a device that never ends, a folder, a picture.

use std::io::Read as _;
use std::path::Path;

use super::render;

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
}

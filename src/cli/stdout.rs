//! Standard output.

use std::io::{self, Write as _};
use std::sync::OnceLock;

/// Why something could not be written to standard output, the first time that it happened.
static UNWRITTEN: OnceLock<io::Error> = OnceLock::new();

/// The same.
pub fn unwritten() -> Option<&'static io::Error> {
    UNWRITTEN.get()
}

/// Writes to standard output, through to whoever reads it. A reader who has gone away is not an error: results are in files. Any
/// other failure is told when the command [ends](super::outcome::end).
pub fn print(write: impl FnOnce(&mut io::StdoutLock<'_>) -> io::Result<()>) {
    let mut out = io::stdout().lock();
    let written = write(&mut out).and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // What follows the first failure is its consequence.
        let _ = UNWRITTEN.set(error);
    }
}

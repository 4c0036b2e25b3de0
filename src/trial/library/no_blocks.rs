//! Blocks of a library in a program without Parquet: there are none.

use std::fs::File;
use std::io;
use std::path::Path;

use super::manifest::BlockShape;
use super::trajectory::KeptTumour;

/// Why there are none, and the way out.
fn none() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "this evotor was built without Parquet: build it with its default features, `cargo install --path .`",
    )
}

/// Writes no block.
///
/// # Errors
///
/// Always.
pub fn write(_file: &mut File, _shape: &BlockShape, _tumours: &[KeptTumour]) -> io::Result<()> {
    Err(none())
}

/// Reads no block.
///
/// # Errors
///
/// Always.
pub fn read(_path: &Path, _shape: &BlockShape) -> io::Result<Vec<KeptTumour>> {
    Err(none())
}

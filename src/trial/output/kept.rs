//! What a command keeps so that it can be gone on with: `checkpoint.json`, two lines of JSON.
//!
//! ```text
//! {"evotor":"0.1.0","kind":"trial","blake3":"…"}     version, what goes on, BLAKE3 of kind and second line
//! {…}                                                how far it has come
//! ```
//!
//! It is written aside and renamed, so that it is whole however the command is stopped, and removed as the last thing that the
//! command does: a folder without one is done.

use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::simulation::RunError;
use crate::simulation::checkpoint::{CheckpointError, PROGRAM};
use crate::simulation::disk;
use crate::simulation::folder::Lock;

/// Name of the file.
pub const CHECKPOINT: &str = "checkpoint.json";

/// What goes on from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptKind {
    /// A trial.
    Trial,
    /// All trials of the review.
    Trials,
    /// The falsifiers.
    Falsifiers,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptHead {
    evotor: String,
    kind: KeptKind,
    blake3: String,
}

/// The whole file.
fn sealed(kind: KeptKind, payload: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[kind as u8]);
    hasher.update(payload.as_bytes());
    let head = KeptHead { evotor: PROGRAM.to_owned(), kind, blake3: hasher.finalize().to_hex().to_string() };
    format!("{}\n{payload}\n", json(&head))
}

/// The kind and the second line of a whole and undamaged file.
fn opened(bytes: &[u8]) -> Result<(KeptKind, &str), CheckpointError> {
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    /// What every version writes.
    #[derive(Deserialize)]
    struct Version {
        evotor: String,
    }
    let version: Version = serde_json::from_slice(&bytes[..end]).map_err(|_| CheckpointError::Foreign)?;
    if version.evotor != PROGRAM {
        return Err(CheckpointError::Program { found: version.evotor });
    }
    let head: KeptHead = serde_json::from_slice(&bytes[..end]).map_err(|_| CheckpointError::Damaged)?;
    let rest = bytes.get(end + 1..).and_then(|rest| rest.strip_suffix(b"\n"));
    let payload = rest.and_then(|rest| std::str::from_utf8(rest).ok()).ok_or(CheckpointError::Damaged)?;
    if sealed(head.kind, payload).as_bytes() != bytes {
        return Err(CheckpointError::Damaged);
    }
    Ok((head.kind, payload))
}

fn json(data: &impl Serialize) -> String {
    let text = serde_json::to_string(data);
    text.unwrap_or_else(|e| unreachable!("plain data becomes text: {e}"))
}

/// The bytes in a folder, if there are any.
fn bytes(dir: &Path) -> Result<Option<Vec<u8>>, RunError> {
    let path = dir.join(CHECKPOINT);
    match disk::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(RunError::read(&path)(error)),
    }
}

/// What can be gone on with in a folder.
///
/// # Errors
///
/// [`RunError::Read`], and [`RunError::Checkpoint`] for a file that is damaged or of another version.
pub fn kind(dir: &Path) -> Result<Option<KeptKind>, RunError> {
    let Some(bytes) = bytes(dir)? else { return Ok(None) };
    Ok(Some(opened(&bytes)?.0))
}

/// How far something of a kind has come in a folder; `None` where nothing was stopped there.
///
/// # Errors
///
/// As [`kind`], also for a file of another kind.
pub fn read<T: DeserializeOwned>(dir: &Path, kind: KeptKind) -> Result<Option<T>, RunError> {
    let Some(bytes) = bytes(dir)? else { return Ok(None) };
    let (found, payload) = opened(&bytes)?;
    if found != kind {
        return Err(CheckpointError::Malformed("it belongs to another command").into());
    }
    let read = serde_json::from_str(payload);
    Ok(Some(read.map_err(|_| CheckpointError::Malformed("a part of it is missing or changed"))?))
}

/// Writes how far something of a kind has come.
///
/// # Errors
///
/// [`RunError::Write`].
pub fn write(folder: &Lock, kind: KeptKind, progress: &impl Serialize) -> Result<(), RunError> {
    let text = sealed(kind, &json(progress));
    folder.write(CHECKPOINT, |file| file.write_all(text.as_bytes()))
}

/// Removes it: all is done.
///
/// # Errors
///
/// [`RunError::Write`].
pub fn remove(dir: &Path) -> Result<(), RunError> {
    let path = dir.join(CHECKPOINT);
    disk::remove(&path).map_err(RunError::write(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    // A trial's checkpoint once had no checksum: flipped bits and edited numbers were gone on with, to other results.
    #[test]
    fn every_flip_cut_and_edit_is_refused() {
        let whole = sealed(KeptKind::Trial, "{\"through\":12,\"name\":\"größer\"}");
        assert_eq!(opened(whole.as_bytes()), Ok((KeptKind::Trial, "{\"through\":12,\"name\":\"größer\"}")));
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut flipped = whole.clone().into_bytes();
                flipped[at] ^= 1 << bit;
                assert!(opened(&flipped).is_err(), "bit {bit} of byte {at}");
            }
            assert!(opened(&whole.as_bytes()[..at]).is_err(), "{at} bytes");
        }
        let edits = [("12", "13"), ("trial", "trials"), ("\n", "\r\n"), ("\"kind\"", " \"kind\"")];
        for (from, to) in edits {
            assert!(opened(whole.replace(from, to).as_bytes()).is_err(), "{from}");
        }
        assert_eq!(opened(b""), Err(CheckpointError::Foreign));
        assert_eq!(opened(whole.replace("12", "13").as_bytes()), Err(CheckpointError::Damaged));
        let other = whole.replace(PROGRAM, "0.0.1");
        assert_eq!(opened(other.as_bytes()), Err(CheckpointError::Program { found: "0.0.1".to_owned() }));
    }
}

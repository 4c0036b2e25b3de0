//! Bytes that tell whether they are whole: a head, a payload, and a checksum of both.
//!
//! ```text
//!  0   8  magic
//!  8   4  format version
//! 12   8  length of the payload
//! 20   n  payload
//!  …  32  BLAKE3 of (BLAKE3 of the payload, then the 20 bytes of the head)
//! ```

/// Bytes before the payload.
pub(super) const HEAD: usize = 20;
/// Bytes after it.
pub(super) const CHECKSUM: usize = 32;

/// A kind of file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seal {
    /// Its first bytes.
    pub magic: [u8; 8],
    /// Version of its format; a file of another one is refused.
    pub format: u32,
}

/// Why bytes are not a whole file of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// They are some other file.
    Foreign,
    /// They have another format.
    Format(u32),
    /// Their end is missing.
    Truncated {
        /// Bytes found.
        found: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// Their checksum does not match.
    Damaged,
}

impl Seal {
    /// The head of a payload of this length.
    pub fn head(&self, length: u64) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(&self.magic);
        head[8..12].copy_from_slice(&self.format.to_le_bytes());
        head[12..].copy_from_slice(&length.to_le_bytes());
        head
    }

    /// A whole file.
    pub fn close(&self, payload: &[u8]) -> Vec<u8> {
        let head = self.head(payload.len() as u64);
        let sum = checksum(&blake3::hash(payload), &head);
        [&head, payload, &sum].concat()
    }

    /// The payload of a whole and undamaged file.
    pub fn open<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], Broken> {
        let found = bytes.len() as u64;
        let magic = &bytes[..bytes.len().min(self.magic.len())];
        if magic.is_empty() || *magic != self.magic[..magic.len()] {
            return Err(Broken::Foreign);
        }
        let least = (HEAD + CHECKSUM) as u64;
        let Some(format) = bytes.get(8..12).and_then(|b| b.first_chunk()) else {
            return Err(Broken::Truncated { found, expected: least });
        };
        let format = u32::from_le_bytes(*format);
        if format != self.format {
            return Err(Broken::Format(format));
        }
        let Some(length) = bytes.get(12..HEAD).and_then(|b| b.first_chunk()) else {
            return Err(Broken::Truncated { found, expected: least });
        };
        let expected = u64::from_le_bytes(*length).saturating_add(least);
        if found < expected {
            return Err(Broken::Truncated { found, expected });
        }
        let (head, rest) = bytes.split_at(HEAD);
        let (payload, sum) = rest.split_at(rest.len() - CHECKSUM);
        if found > expected || *sum != checksum(&blake3::hash(payload), head) {
            return Err(Broken::Damaged);
        }
        Ok(payload)
    }
}

/// The checksum of a payload with this hash under a head.
pub(super) fn checksum(payload: &blake3::Hash, head: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(payload.as_bytes());
    hasher.update(head);
    *hasher.finalize().as_bytes()
}

//! Numbers and texts as bytes, little-endian. Reading never panics and never takes more memory than the
//! bytes at hand can account for.

use std::io::{self, Write};

use super::CheckpointError;

/// Writes values and hashes what it writes.
pub struct Encoder<W: Write> {
    inner: W,
    hasher: blake3::Hasher,
    written: u64,
}

impl<W: Write> Encoder<W> {
    /// Nothing written yet.
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: blake3::Hasher::new(), written: 0 }
    }

    /// Writes bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        self.inner.write_all(bytes)
    }

    /// Writes a byte.
    pub fn u8(&mut self, value: u8) -> io::Result<()> {
        self.raw(&[value])
    }

    /// Writes a 32-bit number.
    pub fn u32(&mut self, value: u32) -> io::Result<()> {
        self.raw(&value.to_le_bytes())
    }

    /// Writes a 64-bit number.
    pub fn u64(&mut self, value: u64) -> io::Result<()> {
        self.raw(&value.to_le_bytes())
    }

    /// Writes 32-bit numbers without their count.
    pub fn u32s(&mut self, values: &[u32]) -> io::Result<()> {
        self.raw(&words_to_bytes(values))
    }

    /// Writes bytes after their count.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.u32(u32::try_from(bytes.len()).map_err(|_| io::Error::other("more than 4 GiB in one piece"))?)?;
        self.raw(bytes)
    }

    /// The hash and the number of the bytes written, and what they were written to.
    pub fn finish(self) -> (blake3::Hash, u64, W) {
        (self.hasher.finalize(), self.written, self.inner)
    }
}

/// Words in little-endian order.
pub fn words_to_bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

/// Words from little-endian order; a rest shorter than a word is left out.
pub fn bytes_to_words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// Reads values from bytes.
#[derive(Debug, Clone, Copy)]
pub struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// Reads from the first of these bytes on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Takes a number of bytes.
    pub fn raw(&mut self, count: usize) -> Result<&'a [u8], CheckpointError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(CheckpointError::Malformed("its parts are cut short"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CheckpointError> {
        let mut array = [0; N];
        array.copy_from_slice(self.raw(N)?);
        Ok(array)
    }

    /// Takes a byte.
    pub fn u8(&mut self) -> Result<u8, CheckpointError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Takes a yes or no.
    pub fn flag(&mut self) -> Result<bool, CheckpointError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CheckpointError::Malformed("a flag is neither 0 nor 1")),
        }
    }

    /// Takes a 32-bit number.
    pub fn u32(&mut self) -> Result<u32, CheckpointError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Takes a 64-bit number.
    pub fn u64(&mut self) -> Result<u64, CheckpointError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Takes a count of things that take at least `least` bytes each.
    pub fn count(&mut self, least: usize) -> Result<usize, CheckpointError> {
        let count = self.u32()? as usize;
        if count > self.left() / least.max(1) {
            return Err(CheckpointError::Malformed("a count is larger than the file"));
        }
        Ok(count)
    }

    /// Takes 32-bit numbers after their count.
    pub fn counted_u32s(&mut self) -> Result<Vec<u32>, CheckpointError> {
        let count = self.count(4)?;
        Ok(bytes_to_words(self.raw(4 * count)?).collect())
    }

    /// Takes bytes after their count.
    pub fn bytes(&mut self) -> Result<&'a [u8], CheckpointError> {
        let count = self.count(1)?;
        self.raw(count)
    }

    /// Takes text after its count.
    pub fn text(&mut self) -> Result<String, CheckpointError> {
        let bytes = self.bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| CheckpointError::Malformed("a text is not UTF-8"))
    }

    /// Makes sure that nothing is left.
    pub fn end(self) -> Result<(), CheckpointError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(CheckpointError::Malformed("it goes on after its end"))
        }
    }
}

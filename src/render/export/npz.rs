//! NumPy's archive of arrays: a zip file of `.npy` files (format 1.0, numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;

use super::{Lattice, Values};

/// The head of an array fills a multiple of this.
const ALIGNED: usize = 64;

/// Writes the arrays of a lattice. Their times of day are left out, so that the same lattice has the same bytes.
pub fn write<W: Write + Seek>(lattice: &Lattice, file: &mut W) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
        .large_file(false);
    let mut file = Once { file, error: None };
    let written = archive(lattice, &mut file, options);
    file.error.map_or(written, Err)
}

fn archive<W: Write + Seek>(
    lattice: &Lattice,
    file: &mut Once<W>,
    options: SimpleFileOptions,
) -> io::Result<()> {
    let mut archive = zip::ZipWriter::new(file);
    let [x, y, z] = lattice.size;
    for array in &lattice.arrays {
        archive.start_file(format!("{}.npy", array.name), options)?;
        let (kind, bytes) = bytes(&array.values);
        archive.write_all(&head(kind, [z, y, x]))?;
        archive.write_all(&bytes)?;
    }
    archive.finish()?;
    Ok(())
}

/// A file that keeps its first error to itself, and takes what follows for written: the zip library prints what it meets while an
/// archive is given up.
struct Once<W> {
    file: W,
    error: Option<io::Error>,
}

impl<W: Write> Write for Once<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.error.is_none() {
            match self.file.write(bytes) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => self.error = Some(error),
                answer => return answer,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.error.is_none() { self.file.flush() } else { Ok(()) }
    }
}

impl<W: Seek> Seek for Once<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Type as NumPy writes it, and bytes, little-endian.
fn bytes(values: &Values) -> (&'static str, Vec<u8>) {
    match values {
        Values::U8(v) => ("|u1", v.clone()),
        Values::I32(v) => ("<i4", v.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Values::F32(v) => ("<f4", v.iter().flat_map(|v| v.to_le_bytes()).collect()),
    }
}

fn head(kind: &str, [z, y, x]: [u32; 3]) -> Vec<u8> {
    let mut text =
        format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({z}, {y}, {x}), }}").into_bytes();
    let filled = (10 + text.len() + 1).next_multiple_of(ALIGNED);
    text.resize(filled - 11, b' ');
    text.push(b'\n');
    let mut head = b"\x93NUMPY\x01\x00".to_vec();
    head.extend((text.len() as u16).to_le_bytes());
    head.extend(text);
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_aligned() {
        let head = head("<f4", [1, 20, 30]);
        assert_eq!(head.len() % ALIGNED, 0);
        assert!(head.starts_with(b"\x93NUMPY") && head.ends_with(b"\n"));
        assert_eq!(usize::from(u16::from_le_bytes([head[8], head[9]])) + 10, head.len());
    }
}

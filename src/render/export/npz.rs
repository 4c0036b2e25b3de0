//! NumPy's archive of arrays: a zip file of `.npy` files (format 1.0, numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;

use super::{ExportedLattice, Values};

/// The head of an array fills a multiple of this.
const ALIGNED: usize = 64;

/// Writes the arrays of a lattice. Their times of day are left out, so that the same lattice has the same bytes.
pub fn write<W: Write + Seek>(lattice: &ExportedLattice, file: &mut W) -> io::Result<()> {
    let mut file = Once { file, error: None, at: 0, end: 0 };
    let written = archive(lattice, &mut file);
    file.error.map_or(written, Err)
}

fn archive<W: Write + Seek>(lattice: &ExportedLattice, file: &mut Once<W>) -> io::Result<()> {
    let mut archive = zip::ZipWriter::new(file);
    let [x, y, z] = lattice.size;
    for array in &lattice.arrays {
        let (kind, length) = kind(&array.values);
        let head = head(kind, [z, y, x]);
        archive.start_file(format!("{}.npy", array.name), options(head.len() as u64 + length))?;
        archive.write_all(&head)?;
        write_values(&array.values, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

/// A file that keeps its first error to itself, and takes what follows for written: the zip library prints what it meets while an
/// archive is given up.
struct Once<W> {
    file: W,
    error: Option<io::Error>,
    /// Where the next byte goes, and where the last one went.
    at: u64,
    end: u64,
}

impl<W: Write> Write for Once<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut taken = bytes.len();
        if self.error.is_none() {
            match self.file.write(bytes) {
                Ok(written) => taken = written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => self.error = Some(error),
            }
        }
        self.at += taken as u64;
        self.end = self.end.max(self.at);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A file that collects what is written meets its errors here, and where it is moved in.
        if self.error.is_none() {
            self.error = self.file.flush().err();
        }
        Ok(())
    }
}

impl<W: Seek> Seek for Once<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        if self.error.is_none() {
            match self.file.seek(to) {
                Ok(at) => {
                    self.at = at;
                    return Ok(at);
                }
                Err(error) => self.error = Some(error),
            }
        }
        self.at = match to {
            io::SeekFrom::Start(at) => at,
            io::SeekFrom::End(by) => self.end.saturating_add_signed(by),
            io::SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// How a file of so many bytes is packed. From 4 GiB on its lengths need more room than a zip file has at first.
fn options(length: u64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
        // What cannot be packed gets a little longer.
        .large_file(length + length / 1024 + 1024 > u64::from(u32::MAX))
}

/// Type as NumPy writes it, and length in bytes.
fn kind(values: &Values) -> (&'static str, u64) {
    match values {
        Values::U8(v) => ("|u1", v.len() as u64),
        Values::I32(v) => ("<i4", 4 * v.len() as u64),
        Values::F32(v) => ("<f4", 4 * v.len() as u64),
    }
}

/// Writes values, little-endian.
fn write_values<W: Write>(values: &Values, out: &mut W) -> io::Result<()> {
    const CHUNK: usize = 1 << 16;
    match values {
        Values::U8(v) => out.write_all(v),
        Values::I32(v) => v.chunks(CHUNK).try_for_each(|part| {
            out.write_all(&part.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
        }),
        Values::F32(v) => v.chunks(CHUNK).try_for_each(|part| {
            out.write_all(&part.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
        }),
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

    // Arrays of 4 GiB, which lattices of 2^30 sites have, could not be written.
    #[test]
    fn files_of_four_gibibytes_have_room_for_their_lengths_and_small_ones_stay_plain() {
        let version = |length: u64| {
            let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            archive.start_file("a.npy", options(length)).unwrap();
            archive.write_all(b"x").unwrap();
            let bytes = archive.finish().unwrap().into_inner();
            u16::from_le_bytes([bytes[4], bytes[5]])
        };
        // 4.5 is the version of the format that has them.
        assert_eq!((version(4 << 30), version(u64::from(u32::MAX))), (45, 45));
        assert!(version(1 << 30) < 45);
    }
}

//! The file as a whole.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use crate::biology::volume::TissueParts;
use crate::engine::LogEntry;
use crate::simulation::digest::Hash;
use crate::simulation::disk;
use crate::simulation::error::RunError;
use crate::simulation::folder::{Mark, Marks};
use crate::simulation::record::{RunRecord, Tally};
use crate::simulation::sealed::{Broken, CHECKSUM, HEAD, Seal, checksum};
use crate::simulation::shard::Shard;
use crate::therapy::course::{Measurement, MeasurementKind};
use crate::tissue::lesion::COUNTERS;
use crate::tissue::{Counters, LesionId, LesionState};

use super::codec::{Decoder, Encoder};
use super::ledger;
use super::lesion::{self, Packed};
use super::{CheckpointError, FORMAT, PROGRAM};

/// What marks the file.
const SEAL: Seal = Seal { magic: *b"evotorCP", format: FORMAT };

/// What a checkpoint says beside the lesions' states.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Version of the program that wrote it.
    pub program: String,
    /// The effective scenario, with the seed.
    pub text: String,
    /// Which part of the replicates it is of; `None`: all.
    pub shard: Option<Shard>,
    /// First lesion of the block that was being computed.
    pub first: u32,
    /// Lesions in a block.
    pub block: u32,
    /// Step up to which the block was computed; 0: it had not begun, and no state is stored.
    pub step: u32,
    /// Whether the whole run is done.
    pub finished: bool,
    /// What the run remembers.
    pub record: RunRecord,
    /// What the tables held.
    pub tables: Marks,
    /// BLAKE3 of the saved start, or of nothing.
    pub start: Hash,
}

/// A checkpoint that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// What it says beside the states.
    pub header: Header,
    /// The lesions of the block, still packed.
    pub lesions: Vec<Packed>,
    bytes: Vec<u8>,
}

/// Writes a checkpoint. `state` gives the state of each of `lesions` lesions.
///
/// # Errors
///
/// What the file says, and whatever `state` says.
pub fn write<E>(
    file: &mut File,
    header: &Header,
    lesions: usize,
    mut state: impl FnMut(usize) -> Result<LesionState, E>,
) -> Result<(), WriteError<E>> {
    file.write_all(&[0; HEAD])?;
    let mut out = Encoder::new(BufWriter::with_capacity(1 << 20, &mut *file));
    encode_header(&mut out, header)?;
    out.u32(lesions as u32)?;
    for i in 0..lesions {
        let state = state(i).map_err(WriteError::State)?;
        lesion::encode(&mut out, &state)?;
    }
    let (hash, length, mut buffered) = out.finish();
    buffered.flush()?;
    drop(buffered);
    let head = SEAL.head(length);
    file.write_all(&checksum(&hash, &head))?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&head)?;
    Ok(())
}

/// Why a checkpoint was not written.
#[derive(Debug)]
pub enum WriteError<E> {
    /// The file.
    Io(io::Error),
    /// A lesion's state could not be had.
    State(E),
}

impl<E> From<io::Error> for WriteError<E> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads and checks a checkpoint file.
///
/// # Errors
///
/// [`CheckpointError`] in [`RunError::Checkpoint`]; [`RunError::Read`] if the system does not let it be read.
pub fn read(path: &Path) -> Result<Checkpoint, RunError> {
    // Anything else, a device say, may never end.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Err(CheckpointError::Foreign.into());
    }
    match disk::read(path) {
        Ok(bytes) => Ok(Checkpoint::from_bytes(bytes)?),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            Err(CheckpointError::Missing(path.display().to_string()).into())
        }
        Err(e) => Err(RunError::read(path)(e)),
    }
}

impl Checkpoint {
    /// Reads a checkpoint from the bytes of a file.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] for whatever is not a whole, undamaged checkpoint of this format.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, CheckpointError> {
        let payload = SEAL.open(&bytes)?;
        let mut input = Decoder::new(payload);
        let header = decode_header(&mut input)?;
        let count = input.count(1)?;
        let mut lesions = Vec::new();
        for _ in 0..count {
            lesions.push(Packed::decode(&mut input, payload.len())?);
        }
        input.end()?;
        Ok(Self { header, lesions, bytes })
    }

    /// Unpacks the state of a lesion; see [`Packed::unpack`].
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Malformed`].
    pub fn unpack(&self, lesion: usize, free: &[u32]) -> Result<LesionState, CheckpointError> {
        let packed = self.lesions.get(lesion).ok_or(CheckpointError::Malformed("it lacks a lesion"))?;
        packed.unpack(&self.bytes[HEAD..self.bytes.len() - CHECKSUM], free)
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the bytes of a payload the head and the checksum of a whole file, so that tests can see how
    /// wrong payloads are met.
    pub fn seal(payload: &[u8]) -> Vec<u8> {
        SEAL.close(payload)
    }
}

impl From<Broken> for CheckpointError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Foreign => Self::Foreign,
            Broken::Format(found) => Self::Format { found, expected: FORMAT },
            Broken::Truncated { found, expected } => Self::Truncated { found, expected },
            Broken::Damaged => Self::Damaged,
        }
    }
}

fn encode_header<W: Write>(out: &mut Encoder<W>, header: &Header) -> io::Result<()> {
    out.bytes(header.program.as_bytes())?;
    out.bytes(header.text.as_bytes())?;
    let Shard { index, of } = header.shard.unwrap_or(Shard { index: 0, of: 0 });
    out.u32s(&[index, of])?;
    out.u32(header.first)?;
    out.u32(header.block)?;
    out.u32(header.step)?;
    out.u8(u8::from(header.finished))?;
    for table in header.tables {
        out.u64(table.length)?;
        out.raw(&table.hash)?;
    }
    out.raw(&header.start)?;
    out.u64(header.record.elapsed_ms)?;
    out.u32(header.record.backends.len() as u32)?;
    for backend in &header.record.backends {
        out.bytes(backend.as_bytes())?;
    }
    out.u32(header.record.tallies.len() as u32)?;
    header.record.tallies.iter().try_for_each(|tally| encode_tally(out, tally))
}

fn decode_header(input: &mut Decoder<'_>) -> Result<Header, CheckpointError> {
    let program = input.text()?;
    let text = input.text()?;
    let shard = match (input.u32()?, input.u32()?) {
        (0, 0) => None,
        (index, of) => Some(Shard { index, of }),
    };
    let (first, block, step) = (input.u32()?, input.u32()?, input.u32()?);
    let finished = input.flag()?;
    let mut tables = Marks::default();
    for table in &mut tables {
        *table = Mark { length: input.u64()?, hash: input.array()? };
    }
    let start = input.array()?;
    let mut record = RunRecord { elapsed_ms: input.u64()?, ..RunRecord::default() };
    for _ in 0..input.count(4)? {
        record.backends.push(input.text()?);
    }
    for _ in 0..input.count(4)? {
        record.tallies.push(decode_tally(input)?);
    }
    if !record.tallies.is_sorted_by_key(|t| t.id) {
        return Err(CheckpointError::Malformed("its lesions are out of order"));
    }
    Ok(Header { program, text, shard, first, block, step, finished, record, tables, start })
}

fn encode_tally<W: Write>(out: &mut Encoder<W>, tally: &Tally) -> io::Result<()> {
    out.u32(tally.id.0)?;
    out.raw(&tally.chain)?;
    out.u8(u8::from(tally.digest.is_some()))?;
    out.raw(&tally.digest.unwrap_or_default())?;
    out.u32(tally.start_live)?;
    out.u8(u8::from(tally.extinct.is_some()))?;
    out.u32(tally.extinct.unwrap_or_default())?;
    out.u32(tally.written.len() as u32)?;
    for word in &tally.written {
        out.u64(*word)?;
    }
    out.u32(tally.therapy.len() as u32)?;
    for (step, drugs) in &tally.therapy {
        out.u32s(&[*step, *drugs])?;
    }
    out.u32s(&[tally.on, tally.start_dead])?;
    out.u32s(&tally.reached)?;
    out.raw(&tally.care)?;
    for part in parts(&tally.parts) {
        out.u64(part.to_bits())?;
    }
    out.u32(tally.told.len() as u32)?;
    for input in &tally.told {
        out.u32(input.day)?;
        out.u8(input.told.code())?;
        out.u64(input.volume.to_bits())?;
    }
    out.u8(u8::from(tally.ledger.is_some()))?;
    if let Some(record) = &tally.ledger {
        ledger::encode(out, record)?;
    }
    out.u8(u8::from(tally.last.is_some()))?;
    tally.last.as_ref().map_or(Ok(()), |entry| encode_entry(out, entry))
}

fn decode_tally(input: &mut Decoder<'_>) -> Result<Tally, CheckpointError> {
    let mut tally = Tally::new(LesionId(input.u32()?));
    tally.chain = input.array()?;
    let (has_digest, digest) = (input.flag()?, input.array()?);
    tally.digest = has_digest.then_some(digest);
    tally.start_live = input.u32()?;
    let (is_extinct, step) = (input.flag()?, input.u32()?);
    tally.extinct = is_extinct.then_some(step);
    for _ in 0..input.count(8)? {
        tally.written.push(input.u64()?);
    }
    for _ in 0..input.count(8)? {
        tally.therapy.push((input.u32()?, input.u32()?));
    }
    (tally.on, tally.start_dead) = (input.u32()?, input.u32()?);
    for reached in &mut tally.reached {
        *reached = input.u32()?;
    }
    tally.care = input.array()?;
    tally.parts = decode_parts(input)?;
    for _ in 0..input.count(13)? {
        let (day, told, volume) = (input.u32()?, input.u8()?, f64::from_bits(input.u64()?));
        let told =
            MeasurementKind::of_code(told).ok_or(CheckpointError::Malformed("its therapy is not one"))?;
        if !(volume.is_finite() && volume >= 0.0) {
            return Err(CheckpointError::Malformed("its therapy was told what is not a volume"));
        }
        tally.told.push(Measurement { day, told, volume });
    }
    if !tally.told.is_sorted_by_key(|i| i.day) {
        return Err(CheckpointError::Malformed("its therapy is out of order"));
    }
    if input.flag()? {
        tally.ledger = Some(ledger::decode(input)?);
    }
    if input.flag()? {
        tally.last = Some(decode_entry(input)?);
    }
    Ok(tally)
}

fn parts(of: &TissueParts) -> [f64; 3] {
    [of.cell_size, of.stroma, of.vessels]
}

fn decode_parts(input: &mut Decoder<'_>) -> Result<TissueParts, CheckpointError> {
    let mut part = || -> Result<f64, CheckpointError> {
        let part = f64::from_bits(input.u64()?);
        let can_be = part.is_finite() && part >= 0.0;
        if can_be {
            Ok(part)
        } else {
            Err(CheckpointError::Malformed("a part of its tissue is not a number"))
        }
    };
    Ok(TissueParts { cell_size: part()?, stroma: part()?, vessels: part()? })
}

fn encode_entry<W: Write>(out: &mut Encoder<W>, e: &LogEntry) -> io::Result<()> {
    out.u32s(&[e.step, e.drugs_on, e.table, e.status, e.progressed, e.live, e.dead, e.targets])?;
    for count in e.counters.to_array() {
        out.u64(count)?;
    }
    out.u32(e.live_by_row.len() as u32)?;
    out.u32s(&e.live_by_row)
}

fn decode_entry(input: &mut Decoder<'_>) -> Result<LogEntry, CheckpointError> {
    let mut entry = LogEntry {
        lesion: 0,
        step: input.u32()?,
        drugs_on: input.u32()?,
        table: input.u32()?,
        status: input.u32()?,
        progressed: input.u32()?,
        live: input.u32()?,
        dead: input.u32()?,
        targets: input.u32()?,
        counters: Counters::default(),
        live_by_row: Vec::new(),
    };
    let mut counters = [0; COUNTERS];
    for count in &mut counters {
        *count = input.u64()?;
    }
    entry.counters = Counters::from_array(counters);
    entry.live_by_row = input.counted_u32s()?;
    Ok(entry)
}

impl Header {
    /// Makes sure that this very program wrote the checkpoint.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Program`].
    pub fn check_program(&self) -> Result<(), CheckpointError> {
        if self.program == PROGRAM {
            Ok(())
        } else {
            Err(CheckpointError::Program { found: self.program.clone() })
        }
    }
}

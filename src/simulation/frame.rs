//! Frames: the lattice at a time, recorded so that it can be drawn later in any view.
//!
//! A file is sealed (`simulation/sealed.rs`) with the magic `evotorFR`. Its payload: program version, digests of scenario and
//! state, flow, exposures, therapy so far, the lesion.
//!
//! The lesion is stored whole and compressed, as in a checkpoint ([`lesion`]): 0.3 to 1.3 bytes a site in the shipped scenarios,
//! at most 8.2 bytes a site of bricks with cells and 16 a clone. What day-to-day therapy meant for cells and vessels is beside it: a frame and the scenario give every rate
//! back. No frame enters the digest.

use std::io::{self, Write};
use std::path::Path;

use crate::biology::potency::Exposure;
use crate::tissue::shape::{BRICK, BRICK_VOXELS};
use crate::tissue::{LesionState, Shape};

use super::checkpoint::PROGRAM;
use super::checkpoint::codec::{Decoder, Encoder};
use super::checkpoint::lesion::{self, Packed, check_against};
use super::digest::{Hash, hex};
use super::disk;
use super::error::{FrameError, RunError};
use super::hooks::LatticePicture;
use super::job::Job;
use super::sealed::{Broken, Seal};

/// Version of the format; a frame of another one is refused.
pub const FORMAT: u32 = 2;

/// What marks the file.
const SEAL: Seal = Seal { magic: *b"evotorFR", format: FORMAT };

/// A recorded time of one replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Version of the program that recorded it.
    pub program: String,
    /// The lesion.
    pub state: LesionState,
    /// Digest of that state, in hexadecimal digits.
    pub digest: String,
    /// Perfusion per vessel under drugs, relative to none, 0.32 fixed point.
    pub flow: u32,
    /// What each drug of a plan brings to cells at mean perfusion; empty without a plan.
    pub exposures: Vec<Exposure>,
    /// Steps from which on the set of drugs differed, and that set, as in [`LatticePicture`].
    pub therapy: Vec<(u32, u32)>,
}

impl Frame {
    /// What can be drawn of it.
    pub fn picture<'a>(&'a self, job: &'a Job) -> LatticePicture<'a> {
        LatticePicture {
            job,
            state: &self.state,
            digest: &self.digest,
            therapy: &self.therapy,
            flow: self.flow,
            exposures: &self.exposures,
        }
    }

    /// Reads a frame of a run.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], and [`FrameError`] for what is not a whole frame of this scenario.
    pub fn read(path: &Path, job: &Job) -> Result<Self, RunError> {
        let bytes = disk::read(path).map_err(RunError::read(path))?;
        Ok(Self::from_bytes(&bytes, &path.display().to_string(), job)?)
    }

    /// Reads a frame from the bytes of a file of this name.
    ///
    /// # Errors
    ///
    /// [`FrameError`].
    pub fn from_bytes(bytes: &[u8], file: &str, job: &Job) -> Result<Self, FrameError> {
        let damaged = |what: &dyn std::fmt::Display| FrameError::Damaged {
            file: file.to_owned(),
            what: what.to_string(),
        };
        let payload = SEAL.open(bytes).map_err(|broken| refused(broken, file))?;
        let malformed = |_| damaged(&"its parts contradict each other");
        let mut input = Decoder::new(payload);
        let program = input.text().map_err(malformed)?;
        let scenario: Hash = input.array().map_err(malformed)?;
        if scenario != scenario_digest(&job.text) {
            return Err(FrameError::OtherScenario(file.to_owned()));
        }
        let digest = hex(&input.array().map_err(malformed)?);
        let flow = input.u32().map_err(malformed)?;
        let mut exposures = Vec::new();
        for _ in 0..input.count(40).map_err(malformed)? {
            exposures.push(decode_exposure(&mut input).map_err(malformed)?);
        }
        let mut therapy = Vec::new();
        for _ in 0..input.count(8).map_err(malformed)? {
            therapy.push((input.u32().map_err(malformed)?, input.u32().map_err(malformed)?));
        }
        let packed = Packed::decode(&mut input, payload.len()).map_err(malformed)?;
        input.end().map_err(malformed)?;
        if packed.shape != job.shape() {
            return Err(damaged(&"its lattice is not that of the scenario"));
        }
        let state = packed.unpack(payload, &job.free_fields()).map_err(malformed)?;
        check_against(&state, &job.model).map_err(malformed)?;
        Ok(Self { program, state, digest, flow, exposures, therapy })
    }
}

/// Writes what can be drawn.
///
/// # Errors
///
/// What the file says.
pub fn write<W: Write>(file: &mut W, picture: &LatticePicture<'_>) -> io::Result<()> {
    let mut out = Encoder::new(Vec::new());
    out.bytes(PROGRAM.as_bytes())?;
    out.raw(&scenario_digest(&picture.job.text))?;
    out.raw(&bytes_of(picture.digest))?;
    out.u32(picture.flow)?;
    out.u32(picture.exposures.len() as u32)?;
    for e in picture.exposures {
        for level in [e.parent_nm, e.metabolite_nm, e.average, e.radiation, e.systemic] {
            out.u64(level.to_bits())?;
        }
    }
    out.u32(picture.therapy.len() as u32)?;
    for (step, drugs) in picture.therapy {
        out.u32s(&[*step, *drugs])?;
    }
    lesion::encode(&mut out, picture.state)?;
    file.write_all(&SEAL.close(&out.finish().2))
}

/// Most bytes that a lattice with this many fields of the environment takes, without its clones: sites and clones, fields of
/// voxels, numbers of bricks, and a 250th for what does not compress.
pub fn most_bytes(shape: &Shape, fields: u32) -> u64 {
    let brick = 4 * (1 + 2 * u64::from(BRICK) + u64::from(fields * BRICK_VOXELS));
    let all = u64::from(shape.brick_count()) * brick;
    all + all / 250 + 4096
}

/// Digest of an effective scenario.
fn scenario_digest(text: &str) -> Hash {
    *blake3::hash(text.as_bytes()).as_bytes()
}

/// A digest from its hexadecimal digits; zeros for what is none.
fn bytes_of(digits: &str) -> Hash {
    blake3::Hash::from_hex(digits).map_or([0; 32], |hash| *hash.as_bytes())
}

fn decode_exposure(input: &mut Decoder<'_>) -> Result<Exposure, super::checkpoint::CheckpointError> {
    let mut levels = [0.0; 5];
    for level in &mut levels {
        *level = f64::from_bits(input.u64()?);
    }
    let [parent_nm, metabolite_nm, average, radiation, systemic] = levels;
    // Nothing that is drawn follows the want of VEGF.
    Ok(Exposure { parent_nm, metabolite_nm, average, radiation, systemic, vegf_blockade: 0.0 })
}

/// What is told of a file that is not a whole frame.
fn refused(broken: Broken, file: &str) -> FrameError {
    let damaged = |what: String| FrameError::Damaged { file: file.to_owned(), what };
    match broken {
        Broken::Foreign => FrameError::Foreign(file.to_owned()),
        Broken::Format(found) => FrameError::Format { file: file.to_owned(), found, expected: FORMAT },
        Broken::Truncated { found, expected } => {
            damaged(format!("it is truncated ({found} of {expected} bytes)"))
        }
        Broken::Damaged => damaged("it is damaged (its checksum does not match)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::digest::state_digest;

    const TEXT: &str = "name = \"t\"\nphenotype = \"signalling\"\n[time]\nend = \"14 d\"\n[lattice]\nsize = [24, 20, 9]\n\
        placement = \"radius\"\n[start]\ncomposition = { \"rtk=up\" = 0.5 }\n[oxygen]\n[vessels]\n[therapy]\n\
        regimen = \"sunitinib 37.5 mg daily\"\n";

    fn job(text: &str) -> Job {
        Job::new(&crate::scenario::parse(text, "t.toml", Path::new("")).unwrap().scenario, Path::new(""))
            .unwrap()
    }

    fn bytes(job: &Job, state: &LesionState) -> Vec<u8> {
        let exposures = [Exposure {
            parent_nm: 6.5,
            metabolite_nm: 2.0,
            average: 60.0,
            systemic: 70.0,
            ..Exposure::default()
        }];
        let digest = hex(&state_digest(state));
        let therapy = [(0, 1)];
        let picture = LatticePicture {
            job,
            state,
            digest: &digest,
            therapy: &therapy,
            flow: 1 << 31,
            exposures: &exposures,
        };
        let mut file = Vec::new();
        write(&mut file, &picture).unwrap();
        file
    }

    #[test]
    fn a_frame_gives_everything_back() {
        let job = job(TEXT);
        let state = job.starting_lesion(0, 1).unwrap();
        let file = bytes(&job, &state);
        let frame = Frame::from_bytes(&file, "f", &job).unwrap();
        assert_eq!(frame.state, state);
        assert_eq!(frame.digest, hex(&state_digest(&state)));
        assert_eq!((frame.flow, frame.therapy.as_slice()), (1 << 31, &[(0, 1)][..]));
        assert_eq!(frame.exposures[0].metabolite_nm, 2.0);
        let padded = state.shape.padded_sites() as usize;
        assert!(file.len() < 2 * padded, "{} bytes for {padded} sites", file.len());
        assert!((file.len() as u64) < most_bytes(&state.shape, 3));
    }

    #[test]
    fn no_other_bytes_are_taken_for_a_frame() {
        let job = job(TEXT);
        let file = bytes(&job, &job.starting_lesion(0, 1).unwrap());
        let read = |bytes: &[u8]| Frame::from_bytes(bytes, "f", &job);
        for cut in [0, 5, 19, 60, file.len() - 1] {
            assert!(read(&file[..cut]).is_err(), "{cut}");
        }
        for at in [0, 9, 30, file.len() / 2, file.len() - 1] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(read(&changed).is_err(), "{at}");
        }
        let other = self::job(&TEXT.replace("0.5", "0.4"));
        assert_eq!(Frame::from_bytes(&file, "f", &other), Err(FrameError::OtherScenario("f".into())));
    }
}

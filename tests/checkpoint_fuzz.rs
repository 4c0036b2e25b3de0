//! The checkpoint reader meets any bytes without a panic and without taking memory that they do not account for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::runs::{finished, job, resume_until, run_until, run_whole, settings};
use crate::support::treated::TREATED;
use crate::support::{self, SMALL, assert_same_results};
use evotor::simulation::checkpoint::{Checkpoint, CheckpointError};
use evotor::simulation::{Resumable, RunError};
use proptest::prelude::*;

/// Bytes before the payload and after it.
const HEAD: usize = 20;
const CHECKSUM: usize = 32;

/// The folder of a run that was stopped on its way.
fn stopped() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    run_until(&job(SMALL), &settings(), temp.path(), 14).0.unwrap();
    temp
}

fn checkpoint_of(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("checkpoint.evotor")).unwrap()
}

/// Reads a checkpoint and all its lesions, as far as their lattice is the expected one.
fn read_all(bytes: Vec<u8>) -> Result<(), CheckpointError> {
    let shape = job(SMALL).shape();
    let checkpoint = Checkpoint::from_bytes(bytes)?;
    for (i, lesion) in checkpoint.lesions.iter().enumerate() {
        if lesion.shape == shape {
            checkpoint.unpack(i, &[7])?;
        }
    }
    Ok(())
}

#[test]
fn whole_files_are_read() {
    read_all(checkpoint_of(stopped().path())).unwrap();
    let temp = tempfile::tempdir().unwrap();
    run_whole(&job(SMALL), &settings(), temp.path());
    read_all(checkpoint_of(temp.path())).unwrap();
}

#[test]
fn every_truncation_is_noticed() {
    let bytes = checkpoint_of(stopped().path());
    for length in 0..bytes.len() {
        let error = read_all(bytes[..length].to_vec()).unwrap_err();
        let expected = match length {
            0 => matches!(error, CheckpointError::Foreign),
            _ => matches!(error, CheckpointError::Truncated { .. }),
        };
        assert!(expected, "{length} bytes: {error}");
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let bytes = checkpoint_of(stopped().path());
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let error = read_all(flipped).unwrap_err();
        if at >= HEAD {
            assert_eq!(error, CheckpointError::Damaged, "byte {at}");
        }
    }
}

// With the checksum made right again the reader is on its own.
#[test]
fn flipped_bytes_under_a_right_checksum_do_no_harm() {
    let bytes = checkpoint_of(stopped().path());
    let payload = &bytes[HEAD..bytes.len() - CHECKSUM];
    for at in 0..payload.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut flipped = payload.to_vec();
            flipped[at] ^= flip;
            let _ = read_all(Checkpoint::seal(&flipped));
        }
    }
    for length in 0..payload.len() {
        assert!(read_all(Checkpoint::seal(&payload[..length])).is_err(), "{length} bytes");
    }
}

// The same through the whole of resuming: what is taken for a state of this scenario can be run to its end.
#[test]
fn flipped_bytes_under_a_right_checksum_do_not_stop_a_run_badly() {
    let temp = stopped();
    let bytes = checkpoint_of(temp.path());
    let payload = &bytes[HEAD..bytes.len() - CHECKSUM];
    let tables = support::results(temp.path());
    for at in (0..payload.len()).step_by(payload.len() / 400 + 1) {
        let mut flipped = payload.to_vec();
        flipped[at] ^= 0x04;
        fs::write(temp.path().join("checkpoint.evotor"), Checkpoint::seal(&flipped)).unwrap();
        if let Err(error) = resume_until(&settings(), temp.path(), u64::MAX) {
            assert!(error.is_input(), "byte {at}: {error}");
        }
        for (name, bytes) in tables.iter().filter(|t| t.0.ends_with(".csv")) {
            fs::write(temp.path().join(name), bytes).unwrap();
        }
    }
}

// The same in a therapy, where a checkpoint holds what each course was told. Whatever that was changed to, the patient is
// treated to the end, or the file is refused.
#[test]
fn flipped_bytes_in_a_therapy_do_not_stop_a_run_badly() {
    let temp = tempfile::tempdir().unwrap();
    let text =
        TREATED.replace("replicates = 3", "replicates = 1").replace("size = [48, 40]", "size = [24, 24]");
    run_until(&job(&text), &settings(), temp.path(), 160).0.unwrap();
    let path = temp.path().join("checkpoint.evotor");
    let bytes = fs::read(&path).unwrap();
    let payload = &bytes[HEAD..bytes.len() - CHECKSUM];
    let tables = support::results(temp.path());
    // Behind the text of the scenario, where the tallies are, and the states after them.
    let text_end = payload.windows(8).rposition(|w| w == b"[output]").expect("the scenario's text");
    let (mut refused, mut done) = (0, 0);
    for at in (text_end..payload.len()).step_by((payload.len() - text_end) / 70 + 1) {
        for flip in [0x01, 0x80] {
            let mut flipped = payload.to_vec();
            flipped[at] ^= flip;
            fs::write(&path, Checkpoint::seal(&flipped)).unwrap();
            match resume_until(&settings(), temp.path(), u64::MAX) {
                Err(error) => {
                    assert!(error.is_input(), "byte {at}: {error}");
                    refused += 1;
                }
                Ok(_) => done += 1,
            }
            for (name, bytes) in tables.iter().filter(|t| t.0.ends_with(".csv")) {
                fs::write(temp.path().join(name), bytes).unwrap();
            }
        }
    }
    assert!(refused > 10 && done > 10, "{refused} refused, {done} done");
}

#[test]
fn a_refused_checkpoint_leaves_its_folder_usable() {
    let (temp, whole) = (stopped(), tempfile::tempdir().unwrap());
    let path = temp.path().join("checkpoint.evotor");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(Resumable::open(temp.path()).unwrap_err().is_input());
    fs::write(&path, bytes).unwrap();
    finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
    run_whole(&job(SMALL), &settings(), whole.path());
    assert_same_results(temp.path(), whole.path(), "the checkpoint was put right");
}

proptest! {
    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read_all(bytes.clone()).is_err());
        prop_assert!(read_all(Checkpoint::seal(&bytes)).is_err());
    }

    #[test]
    fn several_changes_under_a_right_checksum_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        static WHOLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let bytes = WHOLE.get_or_init(|| checkpoint_of(stopped().path()));
        let mut payload = bytes[HEAD..bytes.len() - CHECKSUM].to_vec();
        for (at, value) in changes {
            let at = at.index(payload.len());
            payload[at] = value;
        }
        let _ = read_all(Checkpoint::seal(&payload));
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoint")
}

// The corpus: each file with the message that it deserves beside it.
#[test]
fn the_corpus_is_met_with_its_messages() {
    let mut files = 0;
    for entry in fs::read_dir(corpus()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "evotor") {
            let expected = fs::read_to_string(path.with_extension("txt")).unwrap();
            let found = match Checkpoint::from_bytes(fs::read(&path).unwrap()) {
                Ok(checkpoint) => {
                    format!("read: evotor {}, step {}", checkpoint.header.program, checkpoint.header.step)
                }
                Err(error) => format!("failed to {error}"),
            };
            assert_eq!(found, expected.trim_end(), "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 8, "{files}");
}

#[test]
#[ignore = "writes the corpus anew, after a change of the format"]
fn write_the_corpus() {
    let whole = checkpoint_of(stopped().path());
    let payload = &whole[HEAD..whole.len() - CHECKSUM];
    let with = |at: usize, value: u8| {
        let mut bytes = whole.clone();
        bytes[at] = value;
        bytes
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("whole", whole.clone()),
        ("empty", Vec::new()),
        ("foreign", b"\x89PNG\r\n\x1a\n and so on".to_vec()),
        ("magic-only", b"evotorCP".to_vec()),
        ("other-format", with(8, 9)),
        ("truncated", whole[..whole.len() / 2].to_vec()),
        ("longer", [&whole[..], b"x"].concat()),
        ("flipped", with(whole.len() / 2, whole[whole.len() / 2] ^ 4)),
        ("huge-length", with(18, 0xff)),
        ("no-payload", Checkpoint::seal(b"")),
        ("huge-count", Checkpoint::seal(&[0xff; 64])),
        ("half-payload", Checkpoint::seal(&payload[..payload.len() / 2])),
    ];
    fs::create_dir_all(corpus()).unwrap();
    for (name, bytes) in cases {
        let path = corpus().join(name).with_extension("evotor");
        let message = match Checkpoint::from_bytes(bytes.clone()) {
            Ok(checkpoint) => {
                format!("read: evotor {}, step {}", checkpoint.header.program, checkpoint.header.step)
            }
            Err(error) => format!("failed to {error}"),
        };
        fs::write(&path, bytes).unwrap();
        fs::write(path.with_extension("txt"), message + "\n").unwrap();
    }
}

#[test]
fn a_checkpoint_of_another_scenario_is_refused() {
    let (a, b) = (stopped(), tempfile::tempdir().unwrap());
    run_until(&job(&SMALL.replace("seed = 13", "seed = 77")), &settings(), b.path(), 14).0.unwrap();
    fs::copy(b.path().join("checkpoint.evotor"), a.path().join("checkpoint.evotor")).unwrap();
    let error = Resumable::open(a.path()).unwrap_err();
    assert!(matches!(error, RunError::Checkpoint(CheckpointError::OtherScenario)), "{error}");
    assert!(error.is_input());
}

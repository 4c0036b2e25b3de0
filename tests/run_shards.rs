//! Shards of a run's replicates: whatever cut, blocks and stops, merging them gives the files of one process; and what is not a whole is
//! refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::AtomicUsize;

use crate::support::runs::{finished, job, resume_until, run_until, run_whole, settings};
use crate::support::treated::TREATED;
use crate::support::{SMALL, assert_same_results};
use evotor::simulation::checkpoint::{Checkpoint, read};
use evotor::simulation::{Settings, Shard};
use evotor::trial::hooks::TrialHooks;
use evotor::trial::shard::{ReplicateMerge, RunShard};

/// Runs a shard, which is stopped after so many steps and goes on.
fn shard(text: &str, settings: &Settings, shard: Shard, dir: &Path, stop: u64) {
    let part = job(text).of_shard(Some(shard));
    if let evotor::simulation::Ending::Stopped { .. } = run_until(&part, settings, dir, stop).0.unwrap() {
        finished(resume_until(settings, dir, u64::MAX).unwrap());
    }
    let sealed = RunShard::seal(&part, shard, dir).unwrap();
    assert_eq!(sealed.range, shard.range(part.lesions()));
    assert!(!dir.join("summary.json").exists() && !dir.join("digest.txt").exists());
}

fn merge(parts: &[PathBuf], out: &Path) -> String {
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    let merge = ReplicateMerge::open(parts).unwrap();
    assert!(merge.coverage().is_whole(), "{:?}", merge.coverage());
    let (_, done) = merge.write(out, false, &mut hooks).unwrap();
    evotor::simulation::digest::hex(&done.digest)
}

/// What a checkpoint holds, times apart.
fn kept(dir: &Path, free: &[u32]) -> (Checkpoint, Vec<evotor::tissue::LesionState>) {
    let mut found = read(&dir.join("checkpoint.evotor")).unwrap();
    found.header.record.elapsed_ms = 0;
    let states = (0..found.lesions.len()).map(|lesion| found.unpack(lesion, free).unwrap()).collect();
    (found, states)
}

/// Cuts a scenario in several ways, and merges what comes out.
fn cut(text: &str, blocks: &[Option<u32>], cuts: &[&[(u32, u32)]]) {
    let free = job(text).free_fields();
    for block in blocks {
        let settings = Settings { block: *block, ..settings() };
        let temp = tempfile::tempdir().unwrap();
        let whole = temp.path().join("whole");
        let digest = evotor::simulation::digest::hex(&run_whole(&job(text), &settings, &whole).digest);
        for (number, cut) in cuts.iter().enumerate() {
            let place = |index: u32, of: u32| temp.path().join(format!("{number}-{index}-{of}"));
            for (index, of) in *cut {
                let stop = if *index == 0 { 37 } else { u64::MAX };
                shard(text, &settings, Shard { index: *index, of: *of }, &place(*index, *of), stop);
            }
            let parts: Vec<_> = cut.iter().rev().map(|(index, of)| place(*index, *of)).collect();
            let merged = temp.path().join(format!("merged-{number}"));
            let what = format!("blocks of {block:?}, cut {cut:?}");
            assert_eq!(merge(&parts, &merged), digest, "{what}");
            assert_same_results(&merged, &whole, &what);
            let text = |dir: &Path| fs::read_to_string(dir.join("effective.toml")).unwrap();
            assert_eq!(text(&merged), text(&whole));
            let ((one, states), (other, expected)) = (kept(&merged, &free), kept(&whole, &free));
            assert_eq!(one.header.record, other.header.record, "{what}");
            assert_eq!(one.header.tables, other.header.tables, "{what}");
            assert!(states == expected && one.header.first == other.header.first, "{what}");
            // It is a run that is done, and nothing else.
            let again = finished(resume_until(&settings, &merged, u64::MAX).unwrap());
            assert_eq!(evotor::simulation::digest::hex(&again.digest), digest);
        }
    }
}

#[test]
fn shards_of_any_cut_give_every_file_of_one_process() {
    cut(
        SMALL,
        &[None, Some(3), Some(1)],
        &[&[(0, 2), (1, 2)], &[(0, 4), (1, 4), (1, 2)], &[(0, 3), (1, 3), (2, 3)]],
    );
}

#[test]
fn so_do_those_of_a_therapy() {
    cut(TREATED, &[None, Some(2)], &[&[(0, 2), (1, 2)], &[(0, 3), (1, 3), (2, 3)]]);
}

fn evotor(args: &str, dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args.split_whitespace()).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

/// A command that must end with a code, and with these words on standard error; what it said.
fn ends(args: &str, dir: &Path, code: i32, words: &[&str]) -> String {
    let run = evotor(args, dir);
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert_eq!(run.status.code(), Some(code), "{args}: {out}{err}");
    assert!(words.iter().all(|word| err.contains(word)), "{args}: {err}");
    out.into_owned()
}

fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("s.toml"), SMALL).unwrap();
    temp
}

fn last_line(said: &str) -> &str {
    let last = said.trim_end().lines().last().unwrap();
    assert!(last.starts_with("digest: ") && last.len() == 8 + 64, "{said}");
    last
}

const OPTIONS: &str = "--backend cpu --threads 1 --quiet";

#[test]
fn one_command_begins_goes_on_and_is_done() {
    let temp = folder();
    let dir = temp.path();
    let whole = ends(&format!("run s.toml --out whole {OPTIONS}"), dir, 0, &[]);
    let part = |index: u32| format!("run s.toml --shard {index}/2 --out parts/{index} --continue {OPTIONS}");
    let first = ends(&part(0), dir, 0, &[]);
    assert!(first.contains("shard 0/2: replicates 0 to 1 of 4 are through"), "{first}");
    assert_ne!(last_line(&first), last_line(&whole));
    assert_eq!(ends(&part(0), dir, 0, &[]), first);
    assert_eq!(last_line(&ends("resume parts/0", dir, 0, &[])), last_line(&first));
    let other = |option: &str| format!("{} {option}", part(0));
    ends(&other("--seed 3"), dir, 2, &["`parts/0` holds another run", "another scenario or seed"]);
    ends(&part(0).replace("0/2", "1/2"), dir, 2, &["another shard"]);
    ends("run s.toml --shard 0/5", dir, 2, &["a run of 4 replicates cannot be cut into 5 shards"]);
    ends("run s.toml --shard 4/4", dir, 2, &["numbered from 0 to 3"]);
    ends("report parts/0", dir, 2, &["evotor merge"]);

    ends("merge parts/0 --out merged", dir, 3, &["replicates 2 to 3 of 4", "run shards 1 of 2"]);
    let said = ends("merge parts/0 --out merged --allow-missing", dir, 3, &["is merged whole"]);
    assert!(said.starts_with("{\"replicates\":4,\"gaps\":[{\"first\":2,\"last\":3}]"), "{said}");
    ends(&part(1), dir, 0, &[]);
    let merged = ends("merge parts/1 parts/0 --out merged --quiet", dir, 0, &[]);
    assert_eq!(last_line(&merged), last_line(&whole));
    assert_same_results(&dir.join("merged"), &dir.join("whole"), "merged");
    assert!(dir.join("merged/report.html").exists());
    // The same command does nothing with a run that is done, whole or merged.
    for place in ["whole", "merged"] {
        let again = ends(&format!("run s.toml --out {place} --continue {OPTIONS}"), dir, 0, &[]);
        assert_eq!(last_line(&again), last_line(&whole));
    }
    ends("merge parts/0 parts/1 --out merged", dir, 2, &["--force"]);
    ends("merge whole --out other", dir, 2, &["holds a run and no shard of one"]);
    ends("merge parts/0 parts --out other", dir, 2, &["`parts` is no run"]);
    assert!(!dir.join("other").exists());
}

// A merge once removed what it was to replace before it knew whether it would come to its end.
#[test]
fn what_is_to_be_replaced_stays_until_the_merge_is_whole() {
    let temp = folder();
    let dir = temp.path();
    for index in 0..2 {
        ends(&format!("run s.toml --shard {index}/2 --out parts/{index} {OPTIONS}"), dir, 0, &[]);
    }
    ends("merge parts/0 parts/1 --out whole --quiet --no-report", dir, 0, &[]);
    let before = crate::support::results(&dir.join("whole"));
    for (name, from, to) in [("series.csv", '1', "2"), ("replicates.csv", '\n', "\r\n")] {
        let path = dir.join("parts/1").join(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen(from, to, 3)).unwrap();
        ends("merge parts/0 parts/1 --out whole --force", dir, 2, &[name, "changed or removed"]);
        assert!(crate::support::results(&dir.join("whole")) == before && !dir.join("whole/.merge").exists());
        ends("merge parts/0 parts/1 --out other", dir, 2, &[name]);
        assert!(!dir.join("other").exists());
        fs::write(&path, text).unwrap();
    }
    let picture =
        crate::support::results(&dir.join("parts/1")).into_iter().find(|(name, _)| name.ends_with(".png"));
    let path = dir.join("parts/1/snapshots").join(picture.unwrap().0);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    ends("merge parts/0 parts/1 --out whole --force", dir, 2, &[".png", "changed or removed"]);
    assert!(crate::support::results(&dir.join("whole")) == before);
}

//! A run that was stopped and resumed equals one that was not: same digest, same bytes in every table and picture.

mod support;

use std::fs;

use evotor::simulation::{BackendOptions, Choice, Ending, Settings, run_in_memory};
use support::{SMALL, assert_same_results, finished, job, resume_until, run_until, run_whole, settings};

#[test]
fn the_small_scenario_reaches_what_it_should() {
    let temp = tempfile::tempdir().unwrap();
    let done = run_whole(&job(SMALL), &settings(), temp.path());
    let outcomes: Vec<u32> = done.record.tallies.iter().map(|t| t.last.as_ref().unwrap().status).collect();
    assert!(outcomes.contains(&1), "none came to the end: {outcomes:?}");
    assert!(outcomes.iter().any(|s| s & 2 != 0), "none died out: {outcomes:?}");
    assert!(outcomes.iter().any(|s| s & 8 != 0), "none progressed: {outcomes:?}");
    let tables = support::results(temp.path());
    let rows = |name: &str| {
        let table = &tables.iter().find(|t| t.0 == name).unwrap().1;
        String::from_utf8_lossy(table).lines().count() - 1
    };
    assert_eq!(rows("replicates.csv"), 4);
    assert!(rows("clones.csv") > 10 && rows("clone_sizes.csv") > 20 && rows("series.csv") > 30);
}

// Every step of every block, so also steps between checks, at checks, at events and beyond the end of lesions that
// have halted.
#[test]
fn stopping_at_any_step_changes_nothing() {
    let job = job(SMALL);
    let settings = Settings { block: Some(2), chunk: Some(1), ..settings() };
    let whole = tempfile::tempdir().unwrap();
    let expected = run_whole(&job, &settings, whole.path());
    for done in 0..120 {
        let temp = tempfile::tempdir().unwrap();
        match run_until(&job, &settings, temp.path(), done).0.unwrap() {
            Ending::Stopped { signal, .. } => assert_eq!(signal, 15),
            Ending::Done(_) => continue,
        }
        assert!(!temp.path().join("digest.txt").exists());
        let found = finished(resume_until(&settings, temp.path(), u64::MAX).unwrap());
        assert_eq!(found.digest, expected.digest, "stopped after {done} steps");
        assert_eq!(found.record.tallies, expected.record.tallies, "stopped after {done} steps");
        assert_same_results(temp.path(), whole.path(), &format!("stopped after {done} steps"));
    }
}

#[test]
fn stopping_many_times_changes_nothing() {
    let job = job(SMALL);
    let whole = tempfile::tempdir().unwrap();
    run_whole(&job, &settings(), whole.path());
    let temp = tempfile::tempdir().unwrap();
    let hasty = Settings { chunk: Some(3), ..settings() };
    let mut ending = run_until(&job, &hasty, temp.path(), 5).0.unwrap();
    let mut stops = 0;
    while let Ending::Stopped { step, .. } = ending {
        stops += 1;
        ending = resume_until(&hasty, temp.path(), u64::from(step) + 7).unwrap();
    }
    assert!(stops > 3, "{stops}");
    assert_same_results(temp.path(), whole.path(), "stopped many times");
}

// What a kill leaves: tables that have grown beyond the checkpoint, half a line at their end.
#[test]
fn rows_beyond_the_checkpoint_are_cut_off() {
    let job = job(SMALL);
    let whole = tempfile::tempdir().unwrap();
    run_whole(&job, &settings(), whole.path());
    let temp = tempfile::tempdir().unwrap();
    run_until(&job, &settings(), temp.path(), 20).0.unwrap();
    for table in ["series.csv", "clone_sizes.csv", "replicates.csv", "clones.csv"] {
        let path = temp.path().join(table);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(b"0,99,line that the checkpoint does not know\n0,100,ha");
        fs::write(&path, bytes).unwrap();
    }
    finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
    assert_same_results(temp.path(), whole.path(), "killed");
}

#[test]
fn blocks_chunks_and_threads_change_no_digest() {
    let job = job(SMALL);
    let digest = |settings: &Settings| run_in_memory(&job, settings).unwrap().digest;
    let expected = digest(&settings());
    for block in [1, 2, 3] {
        assert_eq!(digest(&Settings { block: Some(block), ..settings() }), expected, "blocks of {block}");
    }
    for chunk in [1, 4, 7] {
        assert_eq!(digest(&Settings { chunk: Some(chunk), ..settings() }), expected, "chunks of {chunk}");
    }
    assert_eq!(digest(&Settings { backend: BackendOptions::cpu(3), ..settings() }), expected, "three threads");
}

#[test]
fn optional_outputs_do_not_enter_the_digest() {
    let plain = SMALL.split("[output]").next().unwrap();
    let digest = |text: &str| run_in_memory(&job(text), &settings()).unwrap().digest;
    assert_eq!(digest(plain), digest(SMALL));
    let temp = tempfile::tempdir().unwrap();
    assert_eq!(run_whole(&job(SMALL), &settings(), temp.path()).digest, digest(SMALL));
}

#[test]
fn a_lost_device_is_replaced_by_the_cpu() {
    let job = job(SMALL);
    let whole = tempfile::tempdir().unwrap();
    let settings = Settings { block: Some(2), chunk: Some(1), ..settings() };
    run_whole(&job, &settings, whole.path());
    for lose_at in [0, 1, 8, 23] {
        let temp = tempfile::tempdir().unwrap();
        let backend = BackendOptions { lose_at: Some(lose_at), ..BackendOptions::cpu(1) };
        let fragile = Settings {
            backend,
            checkpoint_every: std::time::Duration::ZERO,
            ..settings.clone()
        };
        let (ending, notes) = run_until(&job, &fragile, temp.path(), u64::MAX);
        finished(ending.unwrap());
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("failed to keep the GPU") && notes[0].contains("on the CPU"), "{notes:?}");
        assert_same_results(temp.path(), whole.path(), &format!("lost at step {lose_at}"));
    }
}

#[test]
fn without_a_gpu_asking_for_one_is_an_error_that_touches_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    let backend = BackendOptions { choice: Choice::Gpu, adapter: Some("no such adapter".into()), ..Default::default() };
    let error = run_until(&job(SMALL), &Settings { backend, ..settings() }, &dir, u64::MAX).0.unwrap_err();
    assert!(!error.is_input() && error.to_string().contains("--backend cpu"), "{error}");
    assert!(!dir.exists());
}

#[test]
fn a_finished_run_is_left_as_it_is() {
    let temp = tempfile::tempdir().unwrap();
    let expected = run_whole(&job(SMALL), &settings(), temp.path());
    let before = support::results(temp.path());
    let again = finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
    assert_eq!(again.digest, expected.digest);
    assert_eq!(support::results(temp.path()), before);
}

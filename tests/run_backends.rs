//! Whole runs on a GPU equal whole runs on the CPU, also when they change places on the way.
//!
//! Reported as ignored where there is no adapter, unless `EVOTOR_REQUIRE_GPU` is set. `EVOTOR_TEST_ADAPTER`
//! names the adapter.

#[path = "support/trials.rs"]
mod trials;

use crate::support::runs::{finished, job, resume_until, run_until, run_whole, settings};
use crate::support::treated::{TREATED, with_ledger};
use crate::support::{SMALL, assert_same_results, folders};
use evotor::engine::gpu;
use evotor::simulation::{BackendOptions, Choice, Ending, Settings, run_in_memory};
use evotor::trial::results::Results;
use libtest_mimic::{Failed, Trial};

/// The adapter to test.
fn adapter() -> Option<String> {
    std::env::var("EVOTOR_TEST_ADAPTER").ok().or_else(|| gpu::adapters().first().map(|a| a.name.clone()))
}

fn on_gpu(adapter: &str) -> Settings {
    let backend =
        BackendOptions { choice: Choice::Gpu, adapter: Some(adapter.to_owned()), ..Default::default() };
    Settings { backend, chunk: Some(7), ..settings() }
}

fn whole_runs(gpu: &Settings) -> Result<(), Failed> {
    let job = job(SMALL);
    let (a, b) = (tempfile::tempdir()?, tempfile::tempdir()?);
    assert_eq!(run_whole(&job, gpu, a.path()).digest, run_whole(&job, &settings(), b.path()).digest);
    assert_same_results(a.path(), b.path(), "gpu");
    for workgroup in [32, 128] {
        let backend = BackendOptions { workgroup, steps_per_submit: Some(3), ..gpu.backend.clone() };
        let digest = run_in_memory(&job, &Settings { backend, block: Some(3), ..gpu.clone() })?.digest;
        assert_eq!(digest, run_in_memory(&job, &settings())?.digest, "workgroups of {workgroup}");
    }
    Ok(())
}

/// Starts on one backend and finishes on the other.
fn changes_place(first: &Settings, second: &Settings) -> Result<(), Failed> {
    let job = job(SMALL);
    let whole = tempfile::tempdir()?;
    run_whole(&job, &settings(), whole.path());
    for done in [1, 9, 30, 48] {
        let temp = tempfile::tempdir()?;
        let stopped = run_until(&job, first, temp.path(), done).0?;
        assert!(matches!(stopped, Ending::Stopped { .. }));
        let found = finished(resume_until(second, temp.path(), u64::MAX)?);
        assert_eq!(found.record.backends.len(), 2, "{:?}", found.record.backends);
        assert_same_results(temp.path(), whole.path(), &format!("after {done} steps"));
    }
    Ok(())
}

/// A therapy, on the way from one backend to the other: mid-day, on the day of a visit, after one of the lesions has halted,
/// and around the surgery.
fn therapy(gpu: &Settings) -> Result<(), Failed> {
    let job = job(TREATED);
    let whole = tempfile::tempdir()?;
    let expected = run_whole(&job, &settings(), whole.path());
    let temp = tempfile::tempdir()?;
    let found = run_whole(&job, gpu, temp.path());
    assert_eq!(found.record.tallies, expected.record.tallies);
    assert_same_results(temp.path(), whole.path(), "therapy on the gpu");
    let backend = BackendOptions { workgroup: 128, steps_per_submit: Some(3), ..gpu.backend.clone() };
    let found = run_in_memory(&job, &Settings { backend, chunk: Some(5), ..gpu.clone() })?;
    assert_eq!(found.digest, expected.digest);
    for (first, second, done) in [
        (gpu, &settings(), 69),
        (&Settings { chunk: Some(7), ..settings() }, gpu, 137),
        (gpu, &settings(), 173),
        (&Settings { chunk: Some(1), ..settings() }, gpu, 201),
    ] {
        let temp = tempfile::tempdir()?;
        let stopped = run_until(&job, first, temp.path(), done).0?;
        assert!(matches!(stopped, Ending::Stopped { .. }));
        finished(resume_until(second, temp.path(), u64::MAX)?);
        assert_same_results(temp.path(), whole.path(), &format!("therapy, after {done} steps"));
    }
    Ok(())
}

/// A ledger gives and takes the same cells, whoever computes the lattice beside it.
fn ledgers(gpu: &Settings) -> Result<(), Failed> {
    let job = job(&with_ledger());
    let expected = run_in_memory(&job, &settings())?;
    let found = run_in_memory(&job, gpu)?;
    assert_eq!(found.record.tallies, expected.record.tallies);
    assert_eq!(found.digest, expected.digest);
    Ok(())
}

/// A trial gives the same tables, with all patients and arms on the GPU at once.
fn trial(gpu: &Settings) -> Result<(), Failed> {
    let expected = same_trial(&gpu.backend, "")?;
    let thinned = expected.arms.iter().flatten().filter(|o| o.thinned > 0).count();
    assert!(thinned > 0 && expected.arms[0].iter().any(|o| o.second_line.is_some()), "{thinned}");
    Ok(())
}

/// The same where a batch has no room for all patients, or not even for one in all arms, or for the lesions of one.
fn trial_with_little_room(gpu: &Settings) -> Result<(), Failed> {
    // The lesions of the largest patient take so many sites, twice that in two arms.
    const SITES: u32 = 27_648;
    let slabs = gpu::bindings::most_slabs(gpu::chosen(&gpu.backend.gpu())?.storage_buffers);
    let of_slabs = |sites| BackendOptions { slab_sites: Some(sites), ..gpu.backend.clone() };
    same_trial(&of_slabs(SITES.div_ceil(slabs).next_power_of_two()), "")?;
    let too_few = 1 << ((SITES - 1) / slabs).ilog2();
    same_trial(&of_slabs(too_few), "on the CPU, with the same results")?;
    Ok(())
}

fn trial_lost_on_the_way(gpu: &Settings) -> Result<(), Failed> {
    for lose_at in [100, 200, 300] {
        let backend = BackendOptions { lose_at: Some(lose_at), ..gpu.backend.clone() };
        same_trial(&backend, "on the CPU, with the same results")?;
    }
    Ok(())
}

/// Runs the trial on a backend to the tables that it has on the CPU; whether something like this was noted, and nothing else.
fn same_trial(backend: &BackendOptions, noted: &str) -> Result<Results, Failed> {
    let (a, b) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (expected, nothing) = trials::run_into(trials::TRIAL, &BackendOptions::cpu(2), a.path());
    let (found, notes) = trials::run_into(trials::TRIAL, backend, b.path());
    assert_eq!(expected, found);
    assert!(nothing.is_empty() && notes.iter().all(|n| !noted.is_empty() && n.contains(noted)), "{notes:?}");
    assert_eq!(notes.len(), usize::from(!noted.is_empty()), "{notes:?}");
    folders::assert_same(b.path(), a.path());
    Ok(expected)
}

/// A batch of patients is stopped when the first of them is through; the trial goes on where it is told to, to the same tables.
fn trial_stopped_on_the_way(gpu: &Settings) -> Result<(), Failed> {
    let whole = tempfile::tempdir()?;
    let cpu = BackendOptions::cpu(1);
    let (expected, _) = trials::run_into(trials::TRIAL, &cpu, whole.path());
    for backends in [[&gpu.backend, &cpu], [&cpu, &gpu.backend]] {
        let temp = tempfile::tempdir()?;
        assert_eq!(trials::stopped_and_gone_on_with(trials::TRIAL, backends, temp.path()), expected);
        folders::assert_same(temp.path(), whole.path());
    }
    Ok(())
}

fn lost_on_the_way(gpu: &Settings) -> Result<(), Failed> {
    let job = job(SMALL);
    let (whole, temp) = (tempfile::tempdir()?, tempfile::tempdir()?);
    run_whole(&job, &settings(), whole.path());
    let backend = BackendOptions { lose_at: Some(25), ..gpu.backend.clone() };
    let fragile = Settings { backend, checkpoint_every: std::time::Duration::ZERO, ..gpu.clone() };
    let (ending, notes) = run_until(&job, &fragile, temp.path(), u64::MAX);
    let found = finished(ending?);
    assert!(notes.len() == 1 && notes[0].contains("checkpoint at step 22"), "{notes:?}");
    assert!(found.record.backends[1].contains("cpu"), "{:?}", found.record.backends);
    assert_same_results(temp.path(), whole.path(), "lost");
    Ok(())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let adapter = adapter();
    let ignored = adapter.is_none() && std::env::var_os("EVOTOR_REQUIRE_GPU").is_none();
    let gpu = move || on_gpu(adapter.as_deref().unwrap_or("none"));
    let (a, b, c, d, e, f) = (gpu.clone(), gpu.clone(), gpu.clone(), gpu.clone(), gpu.clone(), gpu.clone());
    let (g, h, i, j) = (gpu.clone(), gpu.clone(), gpu.clone(), gpu);
    let trials = vec![
        Trial::test("run_backends::a_run_on_the_gpu_leaves_the_same_files", move || whole_runs(&a())),
        Trial::test("run_backends::started_on_the_gpu_finished_on_the_cpu", move || {
            changes_place(&b(), &settings())
        }),
        Trial::test("run_backends::started_on_the_cpu_finished_on_the_gpu", move || {
            changes_place(&Settings { chunk: Some(7), ..settings() }, &c())
        }),
        Trial::test("run_backends::a_lost_gpu_is_replaced_by_the_cpu", move || lost_on_the_way(&d())),
        Trial::test("run_backends::a_therapy_is_the_same_on_the_gpu_and_between_both", move || therapy(&e())),
        Trial::test("run_backends::a_trial_gives_the_same_tables_on_the_gpu", move || trial(&f())),
        Trial::test("run_backends::a_trial_gives_the_same_tables_where_there_is_little_room", move || {
            trial_with_little_room(&g())
        }),
        Trial::test("run_backends::a_trial_gives_the_same_tables_where_the_gpu_is_lost", move || {
            trial_lost_on_the_way(&h())
        }),
        Trial::test("run_backends::a_trial_that_is_stopped_gives_the_same_tables", move || {
            trial_stopped_on_the_way(&i())
        }),
        Trial::test("run_backends::a_ledger_is_the_same_beside_the_gpu", move || ledgers(&j())),
    ];
    trials.into_iter().map(|t| t.with_ignored_flag(ignored)).collect()
}

//! One process opens one device, however many runs it computes, one after another.
//!
//! Reported as ignored where there is no adapter, unless `EVOTOR_REQUIRE_GPU` is set. `EVOTOR_TEST_ADAPTER` names the adapter.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicUsize;

use crate::alone::alone;
use evotor::engine::gpu::{adapters, close_devices, devices_opened};
use evotor::scenario;
use evotor::simulation::{BackendOptions, Choice, Job, Settings, run_in_memory};
use evotor::trial::batch::{BatchAsk, Design, ParameterSweep};
use evotor::trial::hooks::TrialHooks;
use libtest_mimic::{Failed, Trial};

const SCENARIO: &str = include_str!("../docs/examples/sweep/tumour.toml");

fn rows_of_a_batch_share_a_device(adapter: &str) -> Result<(), Failed> {
    let backend =
        BackendOptions { choice: Choice::Gpu, adapter: Some(adapter.to_owned()), ..Default::default() };
    let temp = tempfile::tempdir()?;
    let [scenario, design] = ["s.toml", "design.csv"].map(|name| temp.path().join(name));
    fs::write(&scenario, SCENARIO)?;
    fs::write(&design, "seed\n1\n2\n3\n4\n")?;
    let ask = BatchAsk {
        scenario,
        settings: Vec::new(),
        patients: None,
        surrogate: false,
        shard: None,
        backend: backend.clone(),
    };
    let sweep = ParameterSweep::new(ask, Design::load(&design)?)?;
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    assert_eq!(devices_opened(), 0);
    sweep.run(&temp.path().join("out"), false, false, &mut hooks)?;
    assert_eq!(devices_opened(), 1, "for four rows");
    let scenario = scenario::parse(SCENARIO, "tumour.toml", Path::new(""))?.scenario;
    let job = Job::new(&scenario, Path::new(""))?;
    let on = |backend| Settings { backend, ..Settings::default() };
    let expected = run_in_memory(&job, &on(BackendOptions::cpu(1)))?.digest;
    let gpu = on(backend);
    assert_eq!(run_in_memory(&job, &gpu)?.digest, expected);
    assert_eq!(devices_opened(), 1, "for a run after them");
    // One that is closed is opened again.
    close_devices();
    assert_eq!(run_in_memory(&job, &gpu)?.digest, expected);
    assert_eq!(devices_opened(), 2);
    close_devices();
    Ok(())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let named = std::env::var("EVOTOR_TEST_ADAPTER").ok();
    let adapter = named.or_else(|| adapters().first().map(|a| a.name.clone()));
    let ignored = adapter.is_none() && std::env::var_os("EVOTOR_REQUIRE_GPU").is_none();
    let adapter = adapter.unwrap_or_else(|| "none".to_owned());
    // Devices are counted for the process: other tests open some.
    let rows = alone("warm_device::rows_of_a_batch_share_a_device", move || {
        rows_of_a_batch_share_a_device(&adapter)
    });
    vec![rows.with_kind("gpu").with_ignored_flag(ignored)]
}

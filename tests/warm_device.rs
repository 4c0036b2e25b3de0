//! One process opens one device, however many runs it computes, one after another, and however many patients.
//!
//! Reported as ignored where there is no adapter, unless `EVOTOR_REQUIRE_GPU` is set. `EVOTOR_TEST_ADAPTER` names the adapter.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicUsize;

use crate::alone::alone;
use crate::support::folders;
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

/// Many patients with one small lesion each, in two arms, for a short time.
const TRIAL: &str = r#"
name = "sixty"
phenotype = "signalling"
seed = 9
[time]
end = "14 d"
[lattice]
placement = "radius"
radius = 4
candidates = 16
[start]
[oxygen]
[vessels]
[cohort]
patients = 60
agents = 100
lesions = 1
[assessment]
jitter = "2 d"
[assessment.visits]
every = "7 d"
[[arm]]
name = "everolimus"
[arm.therapy]
regimen = "everolimus 10 mg daily"
[[arm]]
name = "supportive care"
[arm.therapy]
regimen = "best supportive care"
"#;

/// A trial in a folder; what its progress says last.
fn compare(dir: &Path, out: &str, backend: &[&str]) -> Result<serde_json::Value, Failed> {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(["--progress", "json", "compare", "sixty.toml", "--no-report", "--out", out]).args(backend);
    let done = command.current_dir(dir).stdin(Stdio::null()).output()?;
    let text = String::from_utf8(done.stderr)?;
    assert!(done.status.success() && !text.contains("note:"), "{text}");
    let last = text.lines().rfind(|line| line.starts_with('{')).ok_or("no progress")?;
    Ok(serde_json::from_str(last)?)
}

// Sixty patients share one device, and their tables are those of the CPU to the byte.
fn patients_of_a_trial_share_a_device(adapter: &str) -> Result<(), Failed> {
    let temp = tempfile::tempdir()?;
    fs::write(temp.path().join("sixty.toml"), TRIAL)?;
    let told = compare(temp.path(), "gpu", &["--adapter", adapter])?;
    assert_eq!((&told["done"], &told["of"]), (&60.into(), &60.into()), "{told}");
    assert_eq!(told["devices"], 1, "{told}");
    let told = compare(temp.path(), "cpu", &["--backend", "cpu", "--threads", "2"])?;
    assert_eq!(told["devices"], 0, "{told}");
    folders::assert_same(&temp.path().join("gpu"), &temp.path().join("cpu"));
    Ok(())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let named = std::env::var("EVOTOR_TEST_ADAPTER").ok();
    let adapter = named.or_else(|| adapters().first().map(|a| a.name.clone()));
    let ignored = adapter.is_none() && std::env::var_os("EVOTOR_REQUIRE_GPU").is_none();
    let adapter = adapter.unwrap_or_else(|| "none".to_owned());
    let other = adapter.clone();
    // Devices are counted for the process: other tests open some.
    let rows = alone("warm_device::rows_of_a_batch_share_a_device", move || {
        rows_of_a_batch_share_a_device(&adapter)
    });
    let patients = Trial::test("warm_device::patients_of_a_trial_share_a_device", move || {
        patients_of_a_trial_share_a_device(&other)
    });
    [rows, patients].into_iter().map(|trial| trial.with_kind("gpu").with_ignored_flag(ignored)).collect()
}

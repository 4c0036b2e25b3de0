//! The shaders in a browser: Chromium compiles them with Tint, makes the pipelines of every stage under the default limits of WebGPU,
//! and steps random cases to the words that the CPU has.
//!
//! Reported as ignored where there is no Chromium, unless `EVOTOR_REQUIRE_WITNESSES` is set. `EVOTOR_TEST_BROWSER` names another one.

mod server;

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use crate::chromium;
use crate::common::{Case, cases};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evotor::engine::gpu::bindings::{self, Access, DeviceBuffer, Slabs};
use evotor::engine::gpu::kernels::{self, Extent, LIST_BLOCK, MAX_GROUPS, Sizes};
use evotor::engine::gpu::packing;
use evotor::engine::gpu::source::{self, Variant};
use evotor::engine::model::PlacementRule;
use evotor::engine::pool::PoolArray;
use evotor::engine::{Pool, PoolOptions, Stage, cpu};
use libtest_mimic::{Failed, Trial};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// No browser has integers of 64 bits in shaders, and default limits leave room for one slab.
const VARIANT: Variant = Variant { int64: false, slabs: Slabs { count: 1, shift: 28 } };
const SIZES: Sizes = Sizes { workgroup: 64, max_groups: MAX_GROUPS };

fn plain(words: &[AtomicU32]) -> Vec<u32> {
    words.iter().map(|word| word.load(Relaxed)).collect()
}

/// The words of every buffer, by binding.
fn words(pool: &Pool) -> Vec<Vec<u32>> {
    let (config, tables) = packing::pack(pool);
    let mut all = vec![Vec::new(); DeviceBuffer::Clones as usize + 1];
    all[DeviceBuffer::Config as usize] = bytemuck::cast_slice(&[config]).to_vec();
    all[DeviceBuffer::Tables as usize] = tables;
    all[DeviceBuffer::Lesions as usize] = bytemuck::cast_slice(&pool.lesions).to_vec();
    all[DeviceBuffer::Journal as usize].clone_from(&pool.log);
    all[DeviceBuffer::Dispatch as usize] = vec![0; 8];
    all[DeviceBuffer::Sites as usize] = plain(&pool.sites);
    all[DeviceBuffer::Clones as usize] = plain(&pool.clones);
    // The list is made in the first step.
    all[DeviceBuffer::Atomics as usize] = vec![0, 1];
    for array in PoolArray::WHOLE {
        let (bound, first) = array.place(&config);
        let (buffer, words) = (&mut all[bound as usize], array.of(pool).to_vec());
        let end = (first as usize + words.len()).max(buffer.len());
        buffer.resize(end, 0);
        buffer[first as usize..][..words.len()].copy_from_slice(&words);
    }
    all.iter_mut().filter(|words| words.is_empty()).for_each(|words| words.push(0));
    all
}

fn text(words: &[u32]) -> String {
    BASE64_STANDARD.encode(bytemuck::cast_slice::<u32, u8>(words))
}

fn stage(stage: Stage, pool: &Pool) -> Value {
    let mixed = pool.model.placement == PlacementRule::Mixed;
    let groups = |extent| match extent {
        Extent::Blocks => Some(pool.brick_total().div_ceil(LIST_BLOCK)),
        Extent::Lesions => Some(pool.lesions.len() as u32),
        Extent::Listed(_) => None,
    };
    let kernel = |kernel: &kernels::Kernel| {
        let constants: serde_json::Map<String, Value> =
            kernel.constants.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let groups = groups(kernel.extent).map(|groups| kernels::folded(groups, MAX_GROUPS));
        let indirect = if let Extent::Listed(word) = kernel.extent { 4 * word } else { 0 };
        json!({ "entry": kernel.entry, "constants": constants, "groups": groups, "indirect": indirect })
    };
    let binding = |binding: &bindings::StageBinding| {
        let kind = match binding.access {
            Access::Uniform => "uniform",
            Access::Read => "read-only-storage",
            Access::ReadWrite => "storage",
        };
        json!({ "binding": binding.number, "type": kind })
    };
    let sweeps = pool.model.oxygen.as_ref().map_or(0, |rule| rule.sweeps);
    json!({
        "name": stage.name(),
        "code": source::stage(stage, VARIANT),
        "applies": stage.applies(mixed, pool.model.oxygen.is_some()),
        "kernels": kernels::of_stage(stage, SIZES).iter().map(kernel).collect::<Vec<_>>(),
        "sequence": kernels::sequence(stage, sweeps),
        "bindings": bindings::of_stage(stage, VARIANT.slabs).iter().map(binding).collect::<Vec<_>>(),
    })
}

fn begun(case: &Case) -> Pool {
    let mut pool = Pool::new(case.model(), &case.states(), PoolOptions::default());
    cpu::control::begin(&mut pool);
    pool.take_log();
    pool.set_until(case.end());
    pool
}

fn question(case: &Case) -> Value {
    let pool = begun(case);
    let buffer = |(bound, words): (usize, &Vec<u32>)| json!({ "content": text(words), "uniform": bound == DeviceBuffer::Config as usize });
    json!({
        "steps": case.end(),
        "dispatch": DeviceBuffer::Dispatch as u32,
        "stages": Stage::ALL.map(|s| stage(s, &pool)),
        "buffers": words(&pool).iter().enumerate().map(buffer).collect::<Vec<_>>(),
    })
}

/// The words of every buffer on the CPU in the end.
fn expected(case: &Case) -> Vec<Vec<u32>> {
    let mut pool = begun(case);
    let stages = cpu::Stages::new(1).expect("a thread").publishing();
    for _ in 0..case.end() {
        stages.step(&mut pool);
    }
    words(&pool)
}

/// Random cases with and without an environment, and with each placement.
fn chosen() -> Vec<Case> {
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut draw = || cases().new_tree(&mut runner).expect("a case").current();
    let wanted: [fn(&Case) -> bool; 4] = [
        |case| case.has_vessels() && case.placement == 0,
        |case| case.has_oxygen() && !case.has_vessels() && case.placement == 1,
        |case| case.placement == 2 && case.dimension == 3,
        |case| case.placement == 0 && !case.has_oxygen() && case.periodic,
    ];
    wanted
        .iter()
        .map(|is_wanted| std::iter::repeat_with(&mut draw).find(is_wanted).expect("there is one"))
        .collect()
}

/// Where the browser's words differ from those of the CPU; the list of bricks and its mark are no part of a state.
fn compare(case: &Case, found: &Value) -> Result<(), String> {
    let config = packing::pack(&begun(case)).0;
    for (bound, words) in expected(case).iter().enumerate() {
        if bound == DeviceBuffer::Dispatch as usize {
            continue;
        }
        let bytes =
            BASE64_STANDARD.decode(found[bound].as_str().unwrap_or_default()).map_err(|e| e.to_string())?;
        let there: Vec<u32> = bytemuck::pod_collect_to_vec(&bytes);
        let from = if bound == DeviceBuffer::Atomics as usize { config.at_bricks as usize } else { 0 };
        if words.len() != there.len() {
            return Err(format!("binding {bound}: {} words, expected {}", there.len(), words.len()));
        }
        if let Some(at) = (from..words.len()).find(|at| words[*at] != there[*at]) {
            return Err(format!(
                "binding {bound}, word {at}: {:#010x}, expected {:#010x}",
                there[at], words[at]
            ));
        }
    }
    Ok(())
}

fn steps_as_the_cpu(browser: &str) -> Result<(), Failed> {
    let cases = chosen();
    let questions: Vec<Value> = cases.iter().map(question).collect();
    let answer = server::ask(browser, include_str!("page.html"), &Value::from(questions).to_string())?;
    let answer: Value = serde_json::from_str(&answer)?;
    if let Some(error) = answer["error"].as_str() {
        return Err(error.into());
    }
    eprintln!("WebGPU on `{}`", answer["adapter"].as_str().unwrap_or_default());
    assert_eq!(answer["buffers"], bindings::storage_buffers(1), "the default limits");
    for (number, case) in cases.iter().enumerate() {
        compare(case, &answer["found"][number]).map_err(|why| format!("case {number}: {why}"))?;
    }
    // What is compared is told apart from another case.
    assert!(compare(&cases[0], &answer["found"][1]).is_err(), "nobody noticed another case");
    Ok(())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let browser = chromium::browser();
    let missing = browser.is_none();
    let trial = Trial::test("webgpu::chromium_steps_as_the_cpu", move || match &browser {
        Some(browser) => steps_as_the_cpu(browser),
        None => Err("there is no Chromium".into()),
    });
    vec![trial.with_kind("browser").with_ignored_flag(missing && !chromium::is_required())]
}

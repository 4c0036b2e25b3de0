//! The contract: the same bits on one thread, on several, on the GPU with any workgroup size, batched or
//! alone, with one or many steps a submission, in one slab or several, and stopped and resumed.
//!
//! GPU trials are reported as ignored where there is no adapter, unless `EVOTOR_REQUIRE_GPU` is set, under
//! which a missing adapter is a failure. `EVOTOR_PARITY_CASES` sets the number of random cases.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::chromium;
use crate::common::{Case, Outcomes, cases, wide_cases};
use evotor::engine::gpu::{self, GpuBackend, GpuOptions};
use evotor::engine::pool::Inputs;
use evotor::engine::tables::RateRow;
use evotor::engine::{
    Backend, BackendInfo, CpuBackend, EngineError, LogEntry, Model, Pool, PoolOptions, RateTables, Stage, cpu,
};
use evotor::tissue::shape::BRICK_SHIFT;
use evotor::tissue::{Counters, LesionState, word};
use libtest_mimic::{Failed, Trial};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

fn software() -> GpuOptions {
    GpuOptions {
        allow_software: true,
        adapter: std::env::var("EVOTOR_TEST_ADAPTER").ok(),
        ..GpuOptions::default()
    }
}

fn roomy() -> PoolOptions {
    PoolOptions::default()
}

/// So little room for clones and log entries that both run out; and event counts that are added up every third step.
fn narrow() -> PoolOptions {
    PoolOptions { spare_clones: 1, log_entries: 1, fold_steps: 3 }
}

/// Advances a batch that stands at step `from` to each of the stops. What the host sets is in place from its step on,
/// wherever the run stops; a run that is taken up again begins with what was set last.
fn run(case: &Case, backend: &mut dyn Backend, from: u32, stops: &[u32]) -> Outcomes {
    let mut log = Vec::new();
    let changes = case.changes();
    let (past, mut future): (Vec<_>, Vec<_>) = changes.iter().partition(|c| c.step < from);
    past.last().inspect(|c| c.apply(backend));
    for stop in stops {
        while future.first().is_some_and(|c| c.step < *stop) {
            let change = future.remove(0);
            log.extend(backend.advance(change.step).unwrap());
            change.apply(backend);
        }
        log.extend(backend.advance(*stop).unwrap());
    }
    log.sort_by_key(|e| (e.lesion, e.step));
    let states = (0..backend.lesions()).map(|l| backend.state(l).unwrap()).collect();
    (states, log)
}

fn on_cpu(case: &Case, threads: usize, options: PoolOptions, stops: &[u32]) -> Outcomes {
    let mut backend = CpuBackend::new(case.model(), &case.states(), options, threads).unwrap();
    run(case, &mut backend, 0, stops)
}

fn on_gpu(case: &Case, pool: PoolOptions, options: &GpuOptions, stops: &[u32]) -> Outcomes {
    let mut backend = GpuBackend::new(case.model(), &case.states(), pool, options).unwrap();
    run(case, &mut backend, 0, stops)
}

fn reference(case: &Case) -> Outcomes {
    on_cpu(case, 1, roomy(), &[case.end()])
}

/// Where a run of the case is interrupted.
fn pause(case: &Case) -> u32 {
    case.end() * u32::from(case.pause) / 256
}

fn same(what: &str, expected: &Outcomes, found: &Outcomes) -> Result<(), TestCaseError> {
    for (e, f) in expected.0.iter().zip(&found.0) {
        for (site, (a, b)) in e.words().iter().zip(&f.words()).enumerate() {
            if a != b {
                return Err(TestCaseError::fail(format!("{what}: site {site}: {a:#010x} is not {b:#010x}")));
            }
        }
        let fields = (0..e.field_count()).flat_map(|f| (0..e.voxel_count()).map(move |voxel| (f, voxel)));
        for (field, voxel) in fields {
            let (a, b) = (e.bricks.field(field, voxel), f.bricks.field(field, voxel));
            if a != b {
                return Err(TestCaseError::fail(format!(
                    "{what}: field {field}, voxel {voxel}: {a:#010x} is not {b:#010x}"
                )));
            }
        }
        let parts = [
            ("clones", e.cells().eq(f.cells())),
            ("bricks", e.bricks == f.bricks),
            ("clone table", e.table == f.table),
            ("control", e.control == f.control),
            ("counters", e.counters == f.counters),
            ("all", e == f),
        ];
        if let Some((part, _)) = parts.iter().find(|(_, equal)| !equal) {
            return Err(TestCaseError::fail(format!(
                "{what}: {part} differ: {:?} {:?}",
                e.counters, f.counters
            )));
        }
    }
    if expected.0.len() != found.0.len() || expected.1 != found.1 {
        return Err(TestCaseError::fail(format!("{what}: the logs differ")));
    }
    Ok(())
}

/// Threads, batches, pauses and room on the CPU.
fn cpu_variants(case: &Case) -> Result<(), TestCaseError> {
    let expected = reference(case);
    for ((start, state), replaced) in case.states().iter().zip(&expected.0).zip(replacements(case)) {
        state.check().map_err(TestCaseError::fail)?;
        conserved(case, start, state, replaced)?;
    }
    same("three threads", &expected, &on_cpu(case, 3, roomy(), &[case.end()]))?;
    same("narrow", &expected, &on_cpu(case, 1, narrow(), &[case.end()]))?;
    let every: Vec<u32> = (0..=case.end()).collect();
    same("a call a step", &expected, &on_cpu(case, 2, roomy(), &every))?;
    same(
        "resumed",
        &expected,
        &resumed(case, |model, states| Box::new(CpuBackend::new(model, states, roomy(), 1).unwrap())),
    )?;
    let again = CpuBackend::new(case.model(), &case.states(), roomy(), 1).unwrap();
    same("reloaded", &expected, &reloaded(case, Box::new(again)))?;
    replaced(case, Box::new(CpuBackend::new(case.model(), &case.states(), narrow(), 2).unwrap()))?;
    for (lesion, state) in case.states().iter().enumerate() {
        let alone = CpuBackend::new(case.model(), std::slice::from_ref(state), roomy(), 1).unwrap();
        let mut found = run(case, &mut Alone { inner: alone, lesion }, 0, &[case.end()]);
        found.1.iter_mut().for_each(|e| e.lesion = lesion);
        let log = expected.1.iter().filter(|e| e.lesion == lesion).cloned().collect();
        same("alone", &(vec![expected.0[lesion].clone()], log), &found)?;
    }
    Ok(())
}

/// A lesion of a case in a batch of its own: what the host sets for the others does not concern it.
struct Alone {
    inner: CpuBackend,
    lesion: usize,
}

impl Backend for Alone {
    fn info(&self) -> &BackendInfo {
        self.inner.info()
    }

    fn lesions(&self) -> usize {
        1
    }

    fn is_running(&self) -> bool {
        self.inner.is_running()
    }

    fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError> {
        self.inner.advance(until)
    }

    fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.inner.change_tables(change)
    }

    fn set_inputs(&mut self, lesion: usize, inputs: Inputs) {
        if lesion == self.lesion {
            self.inner.set_inputs(0, inputs);
        }
    }

    fn state(&mut self, _: usize) -> Result<LesionState, EngineError> {
        self.inner.state(0)
    }

    fn replace(&mut self, _: usize, state: &LesionState) -> Result<(), EngineError> {
        self.inner.replace(0, state)
    }

    fn halt(&mut self, _: usize) {
        self.inner.halt(0);
    }

    fn load(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
    ) -> Result<(), EngineError> {
        self.inner.load(model, states, options)
    }
}

type Open<'a> = dyn Fn(Arc<Model>, &[LesionState]) -> Box<dyn Backend> + 'a;

/// Stops at the case's pause, takes the states out, and goes on from them in a new backend.
fn resumed(case: &Case, open: impl Fn(Arc<Model>, &[LesionState]) -> Box<dyn Backend>) -> Outcomes {
    let open: &Open = &open;
    let mut first = open(case.model(), &case.states());
    let (states, mut log) = run(case, &mut *first, 0, &[pause(case)]);
    let mut second = open(case.model(), &states);
    let (states, rest) = run(case, &mut *second, pause(case), &[case.end()]);
    log.extend(rest);
    log.sort_by_key(|e| (e.lesion, e.step));
    (states, log)
}

/// The same in one backend, which was somewhere else meanwhile with fewer lesions.
fn reloaded(case: &Case, mut backend: Box<dyn Backend>) -> Outcomes {
    let (states, mut log) = run(case, &mut *backend, 0, &[pause(case)]);
    let model = case.model();
    backend.load(&model, &case.states()[..1], narrow()).unwrap();
    backend.advance(case.end()).unwrap();
    backend.load(&model, &states, roomy()).unwrap();
    let (states, rest) = run(case, &mut *backend, pause(case), &[case.end()]);
    log.extend(rest);
    log.sort_by_key(|e| (e.lesion, e.step));
    (states, log)
}

/// The same in one backend, in which each lesion gives way to its own state on the way, tables are added to those that are there, and the
/// first lesion halts in the end.
fn replaced(case: &Case, backend: Box<dyn Backend>) -> Result<(), TestCaseError> {
    let mut backend = Adding { inner: backend, first: 0 };
    let (_, mut log) = run(case, &mut backend, 0, &[pause(case)]);
    for lesion in 0..backend.lesions() {
        let state = backend.state(lesion).unwrap();
        backend.replace(lesion, &state).unwrap();
    }
    let near = pause(case).midpoint(case.end());
    let (_, until) = run(case, &mut backend, pause(case), &[near]);
    backend.halt(0);
    let (mut states, rest) = run(case, &mut backend, near, &[case.end()]);
    log.extend(until.into_iter().chain(rest));
    log.retain(|e| e.lesion > 0);
    log.sort_by_key(|e| (e.lesion, e.step));
    let mut expected = reference(case);
    expected.1.retain(|e| e.lesion > 0);
    states.remove(0);
    expected.0.remove(0);
    same("replaced", &expected, &(states, log))
}

/// A backend that adds tables where others are to take the place of those that are there.
struct Adding {
    inner: Box<dyn Backend>,
    /// First of the tables in force.
    first: u32,
}

impl Backend for Adding {
    fn info(&self) -> &BackendInfo {
        self.inner.info()
    }

    fn lesions(&self) -> usize {
        self.inner.lesions()
    }

    fn is_running(&self) -> bool {
        self.inner.is_running()
    }

    fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError> {
        self.inner.advance(until)
    }

    fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        let first = &mut self.first;
        self.inner.add_tables(&mut |tables| {
            let mut more = tables.clone();
            change(&mut more);
            *first = tables.heads.len() as u32;
            let (rows, outcomes) = (tables.rows.len() as u32 / tables.states(), tables.outcomes.len() as u32);
            tables.heads.extend(more.heads);
            tables.maps.extend(more.maps.iter().map(|block| block + rows));
            tables.rows.extend(more.rows.iter().map(|row| RateRow {
                switches: (row.switches.0 + outcomes, row.switches.1),
                mutations: (row.mutations.0 + outcomes, row.mutations.1),
                ..*row
            }));
            tables.outcomes.extend(more.outcomes);
        })
    }

    fn set_inputs(&mut self, lesion: usize, inputs: Inputs) {
        self.inner.set_inputs(lesion, Inputs { table: self.first + inputs.table, ..inputs });
    }

    fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        self.inner.state(lesion)
    }

    fn replace(&mut self, lesion: usize, state: &LesionState) -> Result<(), EngineError> {
        self.inner.replace(lesion, state)
    }

    fn halt(&mut self, lesion: usize) {
        self.inner.halt(lesion);
    }

    fn load(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
    ) -> Result<(), EngineError> {
        self.inner.load(model, states, options)
    }
}

/// Replacements in place of each lesion: births that add no cell, which no counter tells apart.
fn replacements(case: &Case) -> Vec<u64> {
    let mut pool = Pool::new(case.model(), &case.states(), roomy());
    let stages = cpu::Stages::new(1).unwrap().publishing();
    cpu::control::begin(&mut pool);
    pool.set_until(case.end());
    let (mut changes, mut found) = (case.changes(), vec![0; case.lesions.len()]);
    for step in 0..case.end() {
        while changes.first().is_some_and(|c| c.step == step) {
            let change = changes.remove(0);
            pool.change_tables(&mut |tables| tables.clone_from(&change.tables));
            pool.lesions.iter_mut().zip(change.inputs).for_each(|(lesion, inputs)| lesion.inputs = inputs);
        }
        stages.step_with(&mut pool, &mut |stage, pool| {
            for (address, word) in pool.sites.iter().enumerate().filter(|_| stage == Stage::Decide) {
                let word = word.load(Relaxed);
                if word::is_live(word) && word::action(word) == word::REPLACE {
                    found[pool.lesion_of(address as u32 >> BRICK_SHIFT) as usize] += 1;
                }
            }
        });
    }
    found
}

/// Cells are born, die and are cleared, and nothing else makes or unmakes them.
fn conserved(
    case: &Case,
    start: &LesionState,
    state: &LesionState,
    replaced: u64,
) -> Result<(), TestCaseError> {
    let (live0, _) = start.burden();
    let (live, dead) = state.burden();
    let (before, now) = (start.counters.to_array(), state.counters.to_array());
    let c = Counters::from_array(std::array::from_fn(|i| now[i] - before[i]));
    let expected = live0 + c.births - replaced - c.deaths - c.kills;
    if live != expected {
        return Err(TestCaseError::fail(format!("{live} live cells, {expected} expected")));
    }
    let buried = if case.immediate { 0 } else { c.deaths + c.kills - c.cleared };
    if dead != buried {
        return Err(TestCaseError::fail(format!("{dead} dead cells, {buried} expected")));
    }
    if state.table.len() as u64 != start.table.len() as u64 + c.founders {
        return Err(TestCaseError::fail("clone table and founders disagree"));
    }
    Ok(())
}

/// Workgroups, submissions, slabs, room and pauses on the GPU.
fn gpu_variants(case: &Case) -> Result<(), TestCaseError> {
    let expected = reference(case);
    let end = [case.end()];
    for workgroup in [32, 64, 256] {
        let options = GpuOptions { workgroup, ..software() };
        same(&format!("workgroup {workgroup}"), &expected, &on_gpu(case, roomy(), &options, &end))?;
    }
    let folded = GpuOptions { workgroup: 32, max_groups: 3, ..software() };
    same("three workgroups in a row", &expected, &on_gpu(case, roomy(), &folded, &end))?;
    let single = GpuOptions { steps_per_submit: Some(1), split_steps: true, ..software() };
    same("one kernel a submission", &expected, &on_gpu(case, narrow(), &single, &end))?;
    let bricks: u32 = case.states().iter().map(|s| s.shape.brick_count()).sum();
    // As many slabs as the adapter binds, nine at most.
    let offered = gpu::chosen(&software()).unwrap().storage_buffers;
    let slab = (bricks * 512 / gpu::bindings::most_slabs(offered).min(9)).next_power_of_two().max(512);
    let slabs = GpuOptions { slab_sites: Some(slab), steps_per_submit: Some(5), ..software() };
    same("slabs", &expected, &on_gpu(case, narrow(), &slabs, &end))?;
    same(
        "resumed",
        &expected,
        &resumed(case, |model, states| {
            Box::new(GpuBackend::new(model, states, roomy(), &software()).unwrap())
        }),
    )?;
    let again = GpuBackend::new(case.model(), &case.states(), roomy(), &slabs).unwrap();
    same("reloaded", &expected, &reloaded(case, Box::new(again)))?;
    replaced(case, Box::new(GpuBackend::new(case.model(), &case.states(), narrow(), &slabs).unwrap()))
}

/// Lattices with more than one group and block of bricks, in slabs and in few workgroups.
fn wide_lattices(case: &Case) -> Result<(), TestCaseError> {
    let (expected, end) = (reference(case), [case.end()]);
    same("three threads", &expected, &on_cpu(case, 3, roomy(), &end))?;
    same("wide", &expected, &on_gpu(case, roomy(), &software(), &end))?;
    let offered = gpu::chosen(&software()).unwrap().storage_buffers;
    let slab = (case.states()[0].shape.brick_count() * 512).next_power_of_two() / 2;
    let slab_sites = (gpu::bindings::most_slabs(offered) > 1).then_some(slab);
    let options = GpuOptions { slab_sites, max_groups: 7, workgroup: 32, ..software() };
    same("wide, in slabs", &expected, &on_gpu(case, narrow(), &options, &end))
}

/// A lattice that is larger than a storage binding of the adapter, or else than a slab of as many sites as lavapipe's.
fn slabs_by_size() -> Result<(), Failed> {
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut draw =
        || Ok::<Case, Failed>(wide_cases().new_tree(&mut runner).map_err(|e| e.to_string())?.current());
    let mut case = draw()?;
    while case.dimension != 3 || case.placement == 2 || case.oxygen.is_some() {
        case = draw()?;
    }
    // One row of bricks more than 2^25 sites.
    case.lesions[0].1 = [512, 512, 136];
    (case.form, case.density) = (2, 2e-5);
    let options = GpuOptions { slab_sites: Some(1 << 25), ..software() };
    same("slabs by size", &reference(&case), &on_gpu(&case, roomy(), &options, &[case.end()]))?;
    Ok(())
}

/// Starts on the GPU and finishes on the CPU, and the other way round.
fn crossing(case: &Case) -> Result<(), TestCaseError> {
    let expected = reference(case);
    for gpu_first in [true, false] {
        let calls = std::cell::Cell::new(0);
        let found = resumed(case, |model, states| {
            calls.set(calls.get() + 1);
            if (calls.get() == 1) == gpu_first {
                Box::new(GpuBackend::new(model, states, roomy(), &software()).unwrap())
            } else {
                Box::new(CpuBackend::new(model, states, roomy(), 2).unwrap())
            }
        });
        same(if gpu_first { "GPU to CPU" } else { "CPU to GPU" }, &expected, &found)?;
    }
    Ok(())
}

/// Every stage alone agrees with its twin.
fn stage_by_stage(case: &Case) -> Result<(), TestCaseError> {
    let from = Stage::ALL[case.seed as usize % Stage::ALL.len()];
    let mut model = case.model();
    let mut inputs = Vec::new();
    // Every other case as the host has it in the end.
    if let Some(last) = case.changes().pop().filter(|_| case.seed.is_multiple_of(2)) {
        Arc::make_mut(&mut model).tables = (*last.tables).clone();
        inputs = last.inputs;
    }
    let report = gpu::lockstep(model, &case.states(), &inputs, &software(), from, 8).unwrap();
    match report.mismatch {
        None => Ok(()),
        Some(mismatch) => Err(TestCaseError::fail(format!("from {from:?}: {mismatch:?}"))),
    }
}

fn number_of_cases(default: u32) -> u32 {
    std::env::var("EVOTOR_PARITY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// Runs a check over random cases, always the same ones.
fn over_cases(
    cases: impl Strategy<Value = Case>,
    number: u32,
    check: fn(&Case) -> Result<(), TestCaseError>,
) -> Result<(), Failed> {
    let config =
        Config { cases: number, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&cases, |case| check(&case)).map_err(|e| Failed::from(e.to_string()))
}

/// Shader texts that must be noticed, each with what it breaks.
const SABOTAGE: &[(&str, &str, &str)] = &[
    (
        "a race for empty sites",
        "atomicMax(&sites_0[address], claim);",
        "atomicStore(&sites_0[address], claim);",
    ),
    ("a claim without salt", "x = (x ^ (x >> 14u) ^ salt.y) & KEY_MASK;", "x = (x ^ (x >> 14u)) & KEY_MASK;"),
    ("a round of Philox left out", "return philox_round(c, key + 9u * weyl);", "return c;"),
    ("the daughter does not mutate", "if placed && draw.z <= last {", "if false {"),
    ("clones in order of arrival", "(*context).rank + (*context).founded", "(*context).founded"),
    (
        "the dead are never cleared",
        "case CLEAR: {\n                clear((*context).stripe, address);",
        "case CLEAR: {\n                settle(address, 0u);",
    ),
    ("a schedule off by one", "&& since < tables[window + 1u]", "&& since <= tables[window + 1u]"),
    (
        "a census that forgets a switch",
        "tally_state(stripe, code, 1u);\n    }\n    return code;",
        "}\n    return code;",
    ),
    (
        "VEGF that does not spread",
        "min(secretion(lesion, normal, oxygen) + spread, MAX_VEGF)",
        "min(secretion(lesion, normal, oxygen), MAX_VEGF)",
    ),
    ("vessels that never wither", " - mul_round(vessels, pruning)", ""),
    ("cells that all secrete as the mean of the lesion", "config.has_factors == 0u || cells == 0u", "true"),
    (
        "voxels without cells that secrete nothing",
        "config.has_factors == 0u || cells == 0u",
        "config.has_factors == 0u",
    ),
    ("cells that keep no vessels", "vegf, independent(voxel, live))", "vegf, 0u)"),
    ("vessels that are kept and do not grow", "driven + mul_round(missing, independent)", "driven"),
    ("vessels that grow and are not kept", "set_pruning - mul_round(added, independent)", "set_pruning"),
    ("a share of vessels of half a voxel", "leaf < 2u * voxel + 2u", "leaf < 2u * voxel + 1u"),
    ("vessels that grow in every sweep", "if SWEEP_LAST != 0u {", "if true {"),
    (
        "perfusion without the drug's effect on flow",
        "<< 2u, lesions[lesion].inputs.flow)",
        "<< 2u, 0xffffffffu)",
    ),
    (
        "rates that ignore perfusion",
        "perfusion(lesion_of(address >> BRICK_SHIFT), voxel) >> PERFUSION_SHIFT",
        "0u",
    ),
    ("targets that ask for no share", "tables[rule + TARGET_SHARE]", "0u"),
    (
        "births that take empty sites in order",
        "permute(births.matching, birth, max(lesions[births.lesion].births, empties))",
        "birth",
    ),
    ("a round of the matching left out", "return shuffle_twice(z, matching.d, mask, shift);", "return z;"),
    ("event counts without a carry beyond 32 bits", "+= select(0u, 1u, low < more);", "+= 0u;"),
    (
        "event counts that are dropped between checks",
        "if now >= FOLD {\n            collect",
        "if now == CHECK {\n            collect",
    ),
    ("tables that ignore the host's inputs", "lesions[lesion].inputs.table + ", ""),
    (
        "every event ranked as a birth",
        "word_action(site_load(address)) == DIVIDE);\n    }\n    let empty",
        "true);\n    }\n    let empty",
    ),
    (
        "an empty site in 32 that is not ranked",
        "let empty = ~full(leaf);",
        "let empty = ~full(leaf) & 0x7fffffffu;",
    ),
    // Counts that do not add up end in a wrong site, and not in a loop without end.
    ("ranks that are lost", "return counts >> BRICK_EMPTIES;", "return 0u;"),
    ("empty sites of leaves that are lost", "return counts >> LEAF_EMPTIES;", "return 0u;"),
    (
        "candidates that are all the first one",
        "choose(words[c & 3u], config.offsets)",
        "choose(words[0], config.offsets)",
    ),
    ("no kill at division", "let killed = is_below(kill, draw.z, draw.w);", "let killed = false;"),
    (
        "a kill that is a replacement",
        "return Act(select(REPLACE, KILLED, killed), 0u);",
        "return Act(REPLACE, 0u);",
    ),
    ("a cell that moves and stays", "arrive(there);\n    leave(address);", "arrive(there);"),
    (
        "a periodic edge that leads to the first site",
        "return part_of(lesion, axis, moved - size);",
        "return part_of(lesion, axis, 0u);",
    ),
    (
        "a closed edge that is open",
        "if config.periodic == 0u {\n        return NO_SITE;\n    }\n    if biased",
        "if biased",
    ),
    (
        "an adaptive rule that never holds",
        "if live < scale_count(reference, rule + DRUG_OFF_BELOW) {",
        "if false {",
    ),
    (
        "a progression that is forgotten",
        "lesions[lesion].control.progressed = step + 1u;",
        "lesions[lesion].control.progressed = 0u;",
    ),
    ("extinction that is not seen", "config.extinction != 0u && live == 0u", "false"),
    ("emptied bricks that remember", "        forget(brick);\n", ""),
    (
        "hypoxia that is the first patient's",
        "config.at_hypoxia + lesions[lesion].hypoxia + bin",
        "config.at_hypoxia + bin",
    ),
    ("a supply that is the first patient's", "    column += lesions[lesion].supply;\n", ""),
];

/// The same where event counts are folded and clone tables grow all the time.
const SABOTAGE_NARROW: &[(&str, &str, &str)] =
    &[("a step that is repeated with its sweeps", "if lesions[lesion].redo != 0u {", "if false {")];

/// The same for lattices of several slabs, groups and blocks of bricks.
const SABOTAGE_WIDE: &[(&str, &str, &str)] = &[
    (
        "sums over groups that begin anew",
        "for (var i = 0u; i < lane; i += 1u) {\n        before += sums[i];",
        "for (var i = 0u; i < 0u; i += 1u) {\n        before += sums[i];",
    ),
    ("groups that do not count those before", "var before = group_sum(channel, group);", "var before = 0u;"),
    ("a list that begins anew in every block", "var at = atomicLoad(&visited_before);", "var at = 0u;"),
    ("a fold that leaves workgroups out", "select((needed + x - 1u) / max(x, 1u), 1u, x == 0u)", "1u"),
    ("a slab that is the first one", "return atomicLoad(&sites_1[", "return atomicLoad(&sites_0["),
];

/// What a negative control runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Plain,
    Narrow,
    Wide,
}

/// A broken shader must be noticed by some case; if none notices, the parity test is blind.
fn negative_control(ground: Ground, what: &str, original: &str, broken: &str) -> Result<(), Failed> {
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for _ in 0..60 {
        let strategy = if ground == Ground::Wide { wide_cases().boxed() } else { cases().boxed() };
        let case = strategy.new_tree(&mut runner).map_err(|e| Failed::from(e.to_string()))?.current();
        let expected = reference(&case);
        let (pool, options) = match ground {
            Ground::Plain => (PoolOptions { fold_steps: 3, ..roomy() }, software()),
            Ground::Narrow => (narrow(), software()),
            Ground::Wide => {
                let slab = (case.states()[0].shape.brick_count() * 512).next_power_of_two() / 2;
                (roomy(), GpuOptions { slab_sites: Some(slab), max_groups: 7, ..software() })
            }
        };
        let sabotage = Some((original, broken));
        let mut backend =
            GpuBackend::with_sabotage(case.model(), &case.states(), pool, &options, sabotage).unwrap();
        let found = run(&case, &mut backend, 0, &[case.end()]);
        if same(what, &expected, &found).is_err() {
            return Ok(());
        }
    }
    Err(Failed::from(format!("nobody noticed {what}")))
}

/// Every text that is to be broken is in some shader: else nothing would be broken.
fn sabotage_is_found() -> Result<(), Failed> {
    let slabs = gpu::bindings::Slabs { count: 2, shift: 9 };
    let variant = gpu::source::Variant { int64: false, slabs };
    let one = gpu::source::Variant { slabs: gpu::bindings::Slabs { count: 1, shift: 28 }, ..variant };
    let texts: Vec<String> =
        Stage::ALL.iter().flat_map(|s| [variant, one].map(|v| gpu::source::stage(*s, v))).collect();
    for (what, original, _) in [SABOTAGE, SABOTAGE_NARROW, SABOTAGE_WIDE].concat() {
        if !texts.iter().any(|text| text.contains(original)) {
            return Err(format!("{what}: `{original}` is in no shader").into());
        }
    }
    Ok(())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let adapter =
        gpu::adapters().into_iter().find(|a| a.storage_buffers >= gpu::bindings::storage_buffers(1));
    let required = std::env::var_os("EVOTOR_REQUIRE_GPU").is_some();
    let missing = adapter.is_none();
    match &adapter {
        Some(a) => eprintln!("GPU trials run on `{}` ({}, {})", a.name, a.kind, a.driver),
        None => eprintln!(
            "there is no GPU adapter; its trials are {}",
            if required { "failures" } else { "ignored" }
        ),
    }
    let on_gpu = |trial: Trial| trial.with_kind("gpu").with_ignored_flag(missing && !required);
    let mut trials = vec![
        Trial::test("parity::cpu_variants", || over_cases(cases(), number_of_cases(48), cpu_variants))
            .with_kind("cpu"),
        on_gpu(Trial::test("parity::gpu_variants", || {
            over_cases(cases(), number_of_cases(16), gpu_variants)
        })),
        on_gpu(Trial::test("parity::crossing", || over_cases(cases(), number_of_cases(12), crossing))),
        on_gpu(Trial::test("parity::wide_lattices", || {
            over_cases(wide_cases(), number_of_cases(4), wide_lattices)
        })),
        on_gpu(Trial::test("parity::slabs_by_size", slabs_by_size)),
        on_gpu(Trial::test("parity::stage_by_stage", || {
            over_cases(cases(), number_of_cases(300), stage_by_stage)
        })),
    ];
    let grounds =
        [(Ground::Plain, SABOTAGE), (Ground::Narrow, SABOTAGE_NARROW), (Ground::Wide, SABOTAGE_WIDE)];
    for (ground, lines) in grounds {
        for (what, original, broken) in lines {
            let name = format!("parity::negative_control: {what}");
            trials.push(on_gpu(Trial::test(name, move || negative_control(ground, what, original, broken))));
        }
    }
    trials.push(Trial::test("parity::what_is_broken_is_there", sabotage_is_found).with_kind("cpu"));
    trials.extend(chromium::swiftshader(&[
        ("parity::crossing", 12),
        ("parity::wide_lattices", 2),
        ("parity::stage_by_stage", 300),
    ]));
    trials
}

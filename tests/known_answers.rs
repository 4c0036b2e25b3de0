//! Known answers: the arithmetic on which every result rests, on the device and in Rust.
//!
//! Random numbers are held to the published vectors, and everything else to the Rust twin, over many words with all
//! the edges, in each variant of the shaders that the device can run. Thresholds are met exactly: the step of a
//! whole lesion is worked out here by hand, with thresholds equal to the draws of chosen cells, one below and one
//! above. Each check is shown to fail when it is broken on purpose.
//!
//! GPU trials are reported as ignored where there is no adapter, unless `EVOTOR_REQUIRE_GPU` is set, under which a
//! missing adapter is a failure.

use std::sync::Arc;

use crate::chromium;
use evotor::engine::gpu::bindings::{self, DeviceBuffer, Slabs};
use evotor::engine::gpu::source::{self, Variant};
use evotor::engine::gpu::{self, AdapterReport, GpuBackend, GpuOptions};
use evotor::engine::model::{AdaptiveRule, DrugRule, NEVER, PlacementRule, StopRule, Targets};
use evotor::engine::tables::{RateRow, RateTables, TableHead, Transition};
use evotor::engine::{Backend, CpuBackend, Model, PoolOptions};
use evotor::tissue::fixed::{Decimal, Threshold, mul_round, scale_count};
use evotor::tissue::matching::Matching;
use evotor::tissue::random::{Draws, Purpose, choose, mul_wide, philox};
use evotor::tissue::{Founding, LesionId, LesionState, Shape, key, word};
use libtest_mimic::{Failed, Trial};

/// What a check returns: nothing, or what is wrong.
type Verdict = Result<(), String>;

/// Words of a question to the device: counter and key.
const QUESTION: usize = 6;
/// Words of its answer.
const ANSWER: usize = 14;
const NAMES: [&str; ANSWER] = [
    "philox",
    "philox",
    "philox",
    "philox",
    "key_mix",
    "key_claim",
    "mul_wide high",
    "mul_wide low",
    "mul_round",
    "scale_count",
    "is_below",
    "nth_bit of choose",
    "permute among many",
    "permute among few",
];

/// The vectors of `tests/data/philox.txt`: counter, key, block.
fn vectors() -> Vec<[u32; 10]> {
    let parse = |line: &str| {
        let words: Vec<u32> = line
            .split_whitespace()
            .map(|w| u32::from_str_radix(w, 16).expect("a hexadecimal word"))
            .collect();
        <[u32; 10]>::try_from(words).expect("ten words a line")
    };
    include_str!("data/philox.txt")
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(parse)
        .collect()
}

/// Words at which carries, signs and halves go wrong.
const EDGES: [u32; 20] = [
    0,
    1,
    2,
    3,
    0x7fff,
    0x8000,
    0x8001,
    0xffff,
    0x1_0000,
    0x1_0001,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xd251_1f53,
    0xcd9e_8d57,
    0xffff_0000,
    0xffff_0001,
    0xffff_7fff,
    0xffff_fffe,
    0xffff_ffff,
];

/// Questions: the published vectors, every pair of edges, and random words, 2^17 in all.
fn questions() -> Vec<[u32; QUESTION]> {
    let mut all: Vec<[u32; QUESTION]> =
        vectors().iter().map(|v| [v[0], v[1], v[2], v[3], v[4], v[5]]).collect();
    for (i, a) in EDGES.iter().enumerate() {
        for b in EDGES {
            // The threshold (x, y) against the draw of the key: equal high words, low words around each other.
            all.push([*a, *a, b, EDGES[(i * 7) % EDGES.len()], b, *a]);
            all.push([*a, b, *a, b, *a, b.wrapping_sub(1)]);
            all.push([b, *a, b, *a, b, a.wrapping_add(1)]);
            all.push([u32::MAX, u32::MAX, b, *a, u32::MAX, *a]);
        }
    }
    let mut at = 0;
    while all.len() < 1 << 17 {
        let [a, b, c, d] = philox([at, 1, 2, 3], [4, 5]);
        let [e, f, ..] = philox([at, 1, 2, 4], [4, 5]);
        // Every other question has small numbers among its words.
        let shift = if at % 2 == 0 { 0 } else { f & 31 };
        all.push([a, b >> shift, c, d, if at % 4 == 1 { a } else { e }, f]);
        at += 1;
    }
    all
}

/// Position of the n-th set bit, the plain way.
fn nth_bit(mask: u32, n: u32) -> u32 {
    let mut set = (0..32).filter(|b| mask >> b & 1 == 1);
    set.nth(n as usize).expect("that many bits")
}

/// The answers in Rust.
fn answer(q: &[u32; QUESTION]) -> [u32; ANSWER] {
    let block = philox([q[0], q[1], q[2], q[3]], [q[4], q[5]]);
    let site = q[0] & 0x7fff_ffff;
    let (high, low) = mul_wide(q[1], q[2]);
    let threshold = Threshold { hi: q[0], lo: q[1] };
    let mask = q[0] | 1;
    let matching = Matching::of([block, q[..4].try_into().expect("four words"), block, block.map(|w| !w)]);
    let many = (q[1] >> 1) + 1;
    let few = q[2] % 300 + 1;
    let [a, b, c, d] = block;
    [
        a,
        b,
        c,
        d,
        key::mix(site, block),
        key::claim(site, block),
        high,
        low,
        mul_round(q[1], q[2]),
        scale_count(q[0], &Decimal([q[1], q[2], q[3], q[4], q[5]])),
        u32::from(threshold.is_below(q[4], q[5])),
        nth_bit(mask, choose(q[3], mask.count_ones())),
        matching.permute(q[0] % many, many),
        matching.permute(q[0] % few, few),
    ]
}

/// A device opened for one plain shader.
struct Device {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl Device {
    fn open(report: &AdapterReport) -> Self {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        let mut adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
        let adapter = adapters.swap_remove(report.index);
        let int64 = if report.int64 { wgpu::Features::SHADER_INT64 } else { wgpu::Features::empty() };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("known answers"),
            required_features: int64,
            required_limits: wgpu::Limits {
                max_storage_buffers_per_shader_stage: adapter.limits().max_storage_buffers_per_shader_stage,
                max_bindings_per_bind_group: adapter.limits().max_bindings_per_bind_group,
                ..wgpu::Limits::downlevel_defaults()
            },
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).expect("a device");
        Self { device, queue }
    }

    /// What the shader makes of the questions.
    fn ask(&self, text: String, questions: &[[u32; QUESTION]]) -> Vec<[u32; ANSWER]> {
        let bytes = (questions.len() * ANSWER * 4) as u64;
        let buffer = |label, size, usage| {
            let descriptor =
                wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false };
            self.device.create_buffer(&descriptor)
        };
        let input = buffer(
            "questions",
            size_of_val(questions) as u64,
            wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
        );
        self.queue.write_buffer(&input, 0, bytemuck::cast_slice(questions));
        let output = buffer("answers", bytes, wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
        let staging = buffer("staging", bytes, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("known answers"),
            source: wgpu::ShaderSource::Wgsl(text.into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("known answers"),
            layout: None,
            module: &module,
            entry_point: Some("known_answers"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let bind = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("known answers"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: DeviceBuffer::Tables as u32,
                    resource: input.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: DeviceBuffer::Journal as u32,
                    resource: output.as_entire_binding(),
                },
            ],
        });
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &bind, &[]);
            pass.dispatch_workgroups(questions.len().div_ceil(64) as u32, 1, 1);
        }
        encoder.copy_buffer_to_buffer(&output, 0, &staging, 0, bytes);
        self.queue.submit([encoder.finish()]);
        staging.map_async(wgpu::MapMode::Read, .., |mapped| mapped.expect("the answers can be read"));
        let patience = Some(std::time::Duration::from_secs(120));
        let wait = wgpu::PollType::Wait { submission_index: None, timeout: patience };
        self.device.poll(wait).expect("the device answers");
        let view = staging.get_mapped_range(..).expect("the answers are mapped");
        bytemuck::cast_slice::<u8, [u32; ANSWER]>(&view).to_vec()
    }
}

fn compare(what: &str, questions: &[[u32; QUESTION]], found: &[[u32; ANSWER]]) -> Verdict {
    for (vector, found) in vectors().iter().zip(found) {
        if vector[6..] != found[..4] {
            return Err(format!("{what}: the published vector {vector:08x?} gives {:08x?}", &found[..4]));
        }
    }
    for (question, found) in questions.iter().zip(found) {
        let expected = answer(question);
        if let Some(i) = (0..ANSWER).find(|i| expected[*i] != found[*i]) {
            return Err(format!(
                "{what}: {} of {question:08x?} is {:08x}, expected {:08x}",
                NAMES[i], found[i], expected[i]
            ));
        }
    }
    Ok(())
}

/// The variants that a device can run: products of 16-bit halves, and of 64-bit integers where it has them.
fn variants(report: &AdapterReport) -> Vec<Variant> {
    let slabs = Slabs { count: 1, shift: 28 };
    let all = [false, true].map(|int64| Variant { int64, slabs });
    all.into_iter().filter(|v| report.int64 || !v.int64).collect()
}

fn answers_on_the_device(report: &AdapterReport) -> Result<(), Failed> {
    let (device, questions) = (Device::open(report), questions());
    for variant in variants(report) {
        let found = device.ask(source::known_answers(variant), &questions);
        compare(&format!("64-bit integers {}", variant.int64), &questions, &found)?;
    }
    Ok(())
}

/// Pieces of shader text that are broken, each of which must be noticed.
const BROKEN: [(&str, &str); 13] = [
    ("philox_round(c, key + 9u * weyl)", "c"),
    ("x = (x ^ (x >> 15u) ^ salt.z) & KEY_MASK;", "x = (x ^ (x >> 15u)) & KEY_MASK;"),
    ("return ~key_mix(site, salt) & KEY_MASK;", "return key_mix(site, salt);"),
    ("(middle >> 16u) + (other >> 16u)", "(middle >> 16u)"),
    ("product.x + (product.y >> 31u)", "product.x"),
    ("carry = product.x + select(0u, 1u, sum < carry);", "carry = product.x;"),
    ("whole + select(0u, 1u, below != 0u)", "whole"),
    ("product.x != 0u || whole < carry || least < whole", "product.x != 0u || least < whole"),
    ("product.x != 0u || whole < carry || least < whole", "product.x != 0u || whole < carry"),
    ("(lo < threshold.y || certain)", "(lo <= threshold.y || certain)"),
    ("i < min(n, 31u); i += 1u", "i + 1u < min(n, 31u); i += 1u"),
    ("shuffle_twice(y, matching.c, mask, shift)", "y"),
    ("return x ^ (x >> (shift & 31u));", "return x;"),
];

fn broken_answers_are_noticed(report: &AdapterReport) -> Result<(), Failed> {
    let (device, questions) = (Device::open(report), questions());
    let variant = Variant { int64: false, slabs: Slabs { count: 1, shift: 28 } };
    let text = source::known_answers(variant);
    for (original, broken) in BROKEN {
        if !text.contains(original) {
            return Err(format!("`{original}` is not in the shader").into());
        }
        let found = device.ask(text.replace(original, broken), &questions);
        if compare("broken", &questions, &found).is_ok() {
            return Err(format!("nobody noticed `{broken}` for `{original}`").into());
        }
    }
    Ok(())
}

// One step of a lesion, worked out by hand. What a cell does is in its state; `PRODUCT` cells do nothing.
const DIES: u32 = 0;
const DIVIDES: u32 = 1;
const KILLED: u32 = 2;
const REPLACED: u32 = 3;
const SWITCHES: u32 = 4;
const MUTATES: u32 = 5;
const BEARS: u32 = 6;
const IDLE: u32 = 7;
const PRODUCT: u32 = 8;
/// Not a state: dead cells, which are cleared.
const CLEARED: u32 = 9;

const SEED: u64 = 0x0123_4567_89ab_cdef;
const STEP: u32 = 5;

fn lesion() -> LesionState {
    let shape = Shape::new(2, [32, 32, 1], false);
    let mut state = LesionState::empty(LesionId::new(3, 1), shape);
    state.step = STEP;
    state.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    for site in 0..700 {
        let kind = site % 10;
        let w = match kind {
            PRODUCT => word::EMPTY,
            CLEARED => word::dead(IDLE),
            code => word::live(code),
        };
        state.put(site, w, 0);
    }
    state
}

/// The 64-bit draw of a site that decides what its kind is about.
fn draw(kind: u32, site: u32) -> u64 {
    let draws = Draws::new(SEED, LesionId::new(3, 1).0, STEP);
    let low = |purpose| draws.block(site, purpose, 0)[0];
    let (hi, lo) = match kind {
        DIES | DIVIDES | CLEARED => (draws.shared_word(site, Purpose::Fate), low(Purpose::FateLow)),
        SWITCHES => (draws.shared_word(site, Purpose::Switch), low(Purpose::SwitchLow)),
        KILLED => {
            let block = draws.block(site, Purpose::Division, 0);
            (block[2], block[3])
        }
        REPLACED => {
            let block = draws.block(site, Purpose::Division, 0);
            (block[0], block[1])
        }
        MUTATES => {
            let block = draws.block(site, Purpose::Mutation, 0);
            (block[0], block[1])
        }
        _ => {
            let block = draws.block(site, Purpose::Mutation, 0);
            (block[2], block[3])
        }
    };
    u64::from(hi) << 32 | u64::from(lo)
}

/// The threshold of each kind: the draw of one of its cells, changed.
type Thresholds = [u64; 10];

fn thresholds(change: fn(u64) -> u64, only_rare: bool) -> Thresholds {
    std::array::from_fn(|kind| {
        let kind = kind as u32;
        let mut of_kind = (0..700).filter(|site| site % 10 == kind);
        // With rare events alone, the smallest draw of the kind: no other cell is anywhere near.
        let chosen = if only_rare { of_kind.min_by_key(|s| draw(kind, *s)) } else { of_kind.nth(17) };
        change(draw(kind, chosen.expect("a cell of each kind")))
    })
}

fn model(at: &Thresholds) -> Model {
    let below = |kind: u32| Threshold::from_bits(at[kind as usize]);
    let certain = Threshold::CERTAIN;
    let divides = RateRow { divide: certain, migrate: certain, ..RateRow::default() };
    let mut rows = vec![RateRow::default(); 9];
    rows[DIES as usize] =
        RateRow { die: below(DIES), divide: below(DIES), migrate: below(DIES), ..RateRow::default() };
    rows[DIVIDES as usize] =
        RateRow { divide: below(DIVIDES), migrate: below(DIVIDES), kill: certain, ..RateRow::default() };
    rows[KILLED as usize] = RateRow { replace: certain, kill: below(KILLED), ..divides };
    rows[REPLACED as usize] = RateRow { replace: below(REPLACED), ..divides };
    rows[SWITCHES as usize].switches = (0, 1);
    rows[MUTATES as usize] = RateRow { replace: certain, mutations: (1, 1), ..divides };
    rows[BEARS as usize] = RateRow { mutations: (2, 1), ..divides };
    let outcomes = [SWITCHES, MUTATES, BEARS].map(|kind| {
        let Threshold { hi, lo } = below(kind);
        Transition { hi, lo, code: PRODUCT }
    });
    let mut tables = RateTables {
        codes: (0..9).collect(),
        row_of: (0..16).map(|code| if code < 9 { code } else { u32::MAX }).collect(),
        block_of: vec![0],
        blocks: 1,
        heads: vec![TableHead { clear: below(CLEARED), ..TableHead::default() }],
        rows,
        outcomes: outcomes.to_vec(),
        table_of_drugs: vec![0],
        ..RateTables::default()
    };
    tables.seal();
    let stop = StopRule {
        check: 1,
        end: STEP + 1,
        extinction: false,
        burden: NEVER,
        factor: None,
        checks: 1,
        halt: false,
    };
    Model {
        seed: SEED,
        dimension: 2,
        periodic: false,
        offsets: Vec::new(),
        placement: PlacementRule::Mixed,
        tables,
        drugs: Vec::new(),
        stop,
        targets: Targets::default(),
        oxygen: None,
    }
}

/// As [`model`], with the states left out that divide for certain, so that the fate words of most cells are
/// passed by without a look.
fn rare(at: &Thresholds) -> Model {
    let mut model = model(at);
    for kind in [KILLED, REPLACED, MUTATES, BEARS] {
        model.tables.rows[kind as usize] = RateRow::default();
    }
    model.tables.seal();
    model
}

/// The lesion's words after the step, by hand; `happens(draw, threshold)` is the rule of comparison.
fn by_hand(model: &Model, at: &Thresholds, happens: fn(u64, u64) -> bool) -> Vec<u32> {
    let start = lesion();
    let mut end = start.words();
    let mut births = Vec::new();
    for site in 0..700u32 {
        let kind = site % 10;
        let w = &mut end[site as usize];
        let is = |kind: u32| happens(draw(kind, site), at[kind as usize]);
        let idle = kind < 9 && model.tables.rows[kind as usize] == RateRow::default();
        match kind {
            DIES | DIVIDES | KILLED if !idle && is(kind) => *w = word::dead(kind),
            SWITCHES | MUTATES if !idle && is(kind) => *w = word::live(PRODUCT),
            REPLACED if !idle && !is(REPLACED) => births.push(word::live(REPLACED)),
            BEARS if !idle => {
                births.push(word::live(if is(BEARS) { PRODUCT } else { BEARS }));
                let block = Draws::new(SEED, start.id.0, STEP).block(site, Purpose::Mutation, 0);
                if happens(u64::from(block[0]) << 32 | u64::from(block[1]), at[BEARS as usize]) {
                    *w = word::live(PRODUCT);
                }
            }
            CLEARED if is(CLEARED) => *w = word::EMPTY,
            _ => {}
        }
    }
    let words = start.words().into_iter().enumerate();
    let empties: Vec<usize> = words.filter(|(_, w)| *w == word::EMPTY).map(|(site, _)| site).collect();
    let matching = Matching::new(&Draws::new(SEED, start.id.0, STEP));
    let size = births.len().max(empties.len()) as u32;
    for (birth, born) in (0..).zip(births) {
        if let Some(site) = empties.get(matching.permute(birth, size) as usize) {
            end[*site] = born;
        }
    }
    end
}

type Engine<'a> = &'a dyn Fn(&Model) -> Vec<u32>;

fn advance(backend: &mut dyn Backend) -> Vec<u32> {
    backend.advance(STEP + 1).expect("the run goes to its end");
    backend.state(0).expect("a state").words()
}

fn on_cpu(model: &Model) -> Vec<u32> {
    let states = [lesion()];
    advance(
        &mut CpuBackend::new(Arc::new(model.clone()), &states, PoolOptions::default(), 1).expect("a backend"),
    )
}

fn on_gpu(model: &Model, report: &AdapterReport, sabotage: Option<(&str, &str)>) -> Vec<u32> {
    let options = GpuOptions { adapter: Some(report.index.to_string()), ..GpuOptions::default() };
    let (model, states) = (Arc::new(model.clone()), [lesion()]);
    let backend = GpuBackend::with_sabotage(model, &states, PoolOptions::default(), &options, sabotage);
    advance(&mut backend.expect("a backend"))
}

/// How a threshold differs from the draw of the chosen cell, in words and as a function.
type Change = (&'static str, fn(u64) -> u64);

const CHANGES: [Change; 5] = [
    ("equal", |draw| draw),
    ("one above", |draw| draw + 1),
    ("one below", |draw| draw - 1),
    ("low word 0", |draw| draw & !0xffff_ffff),
    ("next high word", |draw| (draw | 0xffff_ffff) + 1),
];

/// A cell's event happens if and only if its 64-bit draw is below the threshold: in every cell of the lesion and
/// for every kind of event, with thresholds that equal the draw of one cell, or are one above or below it. The whole
/// state after the step is compared; no chance is involved.
fn check_thresholds(engine: Engine, happens: fn(u64, u64) -> bool) -> Verdict {
    for (name, change) in CHANGES {
        for only_rare in [false, true] {
            let at = thresholds(change, only_rare);
            let model = if only_rare { rare(&at) } else { model(&at) };
            let (found, expected) = (engine(&model), by_hand(&model, &at, happens));
            if let Some(site) = (0..found.len()).find(|s| found[*s] != expected[*s]) {
                return Err(format!(
                    "threshold {name}, rare events alone {only_rare}: site {site} (kind {}) is {:#010x}, expected {:#010x}",
                    site % 10,
                    found[site],
                    expected[site]
                ));
            }
        }
    }
    Ok(())
}

/// How counts are compared with a multiple of a reference, in tenths.
type Comparison = fn(count: u32, tenths: u32, reference: u32) -> std::cmp::Ordering;

fn exactly(count: u32, tenths: u32, reference: u32) -> std::cmp::Ordering {
    (10 * count).cmp(&(tenths * reference))
}

/// As if the multiple were rounded down to a whole count.
fn rounded_down(count: u32, tenths: u32, reference: u32) -> std::cmp::Ordering {
    count.cmp(&(tenths * reference / 10))
}

/// A lesion of so many cells that do nothing, whose rules remember a reference; its only drug may be held.
fn remembering(reference: u32, live: u32, held: bool) -> LesionState {
    let mut state = LesionState::empty(LesionId::new(3, 1), Shape::new(2, [16, 16, 1], false));
    state.step = STEP;
    state.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    (0..live).for_each(|site| state.put(site, word::live(IDLE), 0));
    let control = &mut state.control;
    (control.started, control.start_burden, control.drugs_begun) = (1, reference, 1);
    (control.reference[0], control.drugs_held) = (reference, u32::from(held));
    state
}

/// A rule of progression from `on` tenths, and an adaptive drug that is off below `off` tenths and on from `on`.
fn ruled(off: u32, on: u32) -> Model {
    let tenths = |n: u32| Decimal::of(f64::from(n) / 10.0);
    let mut model = model(&[0; 10]);
    model.tables.rows.fill(RateRow::default());
    model.tables.table_of_drugs = vec![0, 0];
    model.tables.seal();
    model.stop.factor = Some(tenths(on));
    model.drugs = vec![DrugRule {
        begin_burden: None,
        begin_step: 0,
        duration: NEVER,
        windows: Vec::new(),
        cycle: (0, 0),
        adaptive: Some(AdaptiveRule { off_below: tenths(off), on_above: tenths(on), every: 1 }),
    }];
    model
}

/// Backends by their rules alone: states one step on.
type Judge<'a> = &'a dyn Fn(Model, &[LesionState]) -> Vec<LesionState>;

fn judged(mut backend: impl Backend, states: &[LesionState]) -> Vec<LesionState> {
    backend.advance(STEP + 1).expect("the run goes to its end");
    (0..states.len()).map(|at| backend.state(at).expect("a state")).collect()
}

fn judged_on_cpu(model: Model, states: &[LesionState]) -> Vec<LesionState> {
    let backend = CpuBackend::new(Arc::new(model), states, PoolOptions::default(), 1).expect("a backend");
    judged(backend, states)
}

fn judged_on_gpu(report: &AdapterReport, model: Model, states: &[LesionState]) -> Vec<LesionState> {
    let options = GpuOptions { adapter: Some(report.index.to_string()), ..GpuOptions::default() };
    let backend = GpuBackend::new(Arc::new(model), states, PoolOptions::default(), &options);
    judged(backend.expect("a backend"), states)
}

/// Progression and adaptive therapy compare counts with decimal multiples of a reference exactly, at every count about
/// the multiple; a product that is rounded down lets 5 cells of 5 progress at a factor of 1.1. With no cell at all nothing
/// progresses.
fn check_rules(judge: Judge, compare: Comparison) -> Verdict {
    for (off, on) in [(3, 11), (7, 12), (9, 13), (5, 14), (6, 23)] {
        let about = |reference: u32| {
            let near =
                |tenths: u32| (tenths * reference / 10).saturating_sub(1)..=tenths * reference / 10 + 1;
            near(off).chain(near(on)).map(move |live| (reference, live))
        };
        let cases: Vec<(u32, u32, bool)> =
            (0..=60).flat_map(about).flat_map(|(r, l)| [(r, l, false), (r, l, true)]).collect();
        let states: Vec<_> = cases.iter().map(|(r, l, held)| remembering(*r, *l, *held)).collect();
        for ((reference, live, held), state) in cases.iter().zip(judge(ruled(off, on), &states)) {
            let below = compare(*live, off, *reference).is_lt();
            let reached = compare(*live, on, *reference).is_ge();
            let expected = (reached && *live > 0, below || (*held && !reached));
            let found = (state.control.progressed != 0, state.control.drugs_held == 1);
            if found != expected {
                return Err(format!(
                    "{live} of {reference}, off below {off}/10, on from {on}/10, held {held}: \
                     (progressed, held) is {found:?}, expected {expected:?}"
                ));
            }
        }
    }
    Ok(())
}

fn is_below(draw: u64, threshold: u64) -> bool {
    draw < threshold
}

fn is_at_most(draw: u64, threshold: u64) -> bool {
    draw <= threshold
}

fn must_fail(what: &str, verdict: Verdict) -> Result<(), Failed> {
    match verdict {
        Ok(()) => Err(format!("nobody noticed {what}").into()),
        Err(_) => Ok(()),
    }
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let wanted = std::env::var("EVOTOR_TEST_ADAPTER").map(|name| name.to_lowercase()).ok();
    let adapter = gpu::adapters().into_iter().find(|a| {
        let named = wanted.as_ref().is_none_or(|name| a.name.to_lowercase().contains(name));
        named && a.storage_buffers >= bindings::storage_buffers(1)
    });
    let required = std::env::var_os("EVOTOR_REQUIRE_GPU").is_some();
    match &adapter {
        Some(a) => eprintln!(
            "GPU trials run on `{}` ({}, {}), 64-bit integers: {}",
            a.name, a.kind, a.driver, a.int64
        ),
        None => eprintln!(
            "there is no GPU adapter; its trials are {}",
            if required { "failures" } else { "ignored" }
        ),
    }
    let gpu_trial = |name: &str, run: fn(&AdapterReport) -> Result<(), Failed>| {
        let (adapter, missing) = (adapter.clone(), adapter.is_none());
        let trial = Trial::test(format!("known_answers::{name}"), move || match &adapter {
            Some(report) => run(report),
            None => Err("there is no GPU adapter".into()),
        });
        trial.with_kind("gpu").with_ignored_flag(missing && !required)
    };
    let mut trials = vec![
        Trial::test("known_answers::thresholds_are_met_exactly", || Ok(check_thresholds(&on_cpu, is_below)?))
            .with_kind("cpu"),
        Trial::test("known_answers::negative_control: equality counts as below", || {
            must_fail("equality taken as below", check_thresholds(&on_cpu, is_at_most))
        })
        .with_kind("cpu"),
        Trial::test("known_answers::counts_are_compared_with_multiples_exactly", || {
            Ok(check_rules(&judged_on_cpu, exactly)?)
        })
        .with_kind("cpu"),
        Trial::test("known_answers::negative_control: multiples rounded down", || {
            must_fail("a multiple that was rounded down", check_rules(&judged_on_cpu, rounded_down))
        })
        .with_kind("cpu"),
        gpu_trial("counts_are_compared_with_multiples_exactly_on_the_device", |report| {
            Ok(check_rules(&|model, states| judged_on_gpu(report, model, states), exactly)?)
        }),
        gpu_trial("answers_on_the_device", answers_on_the_device),
        gpu_trial("negative_control: broken answers", broken_answers_are_noticed),
        gpu_trial("thresholds_are_met_exactly_on_the_device", |report| {
            Ok(check_thresholds(&|model| on_gpu(model, report, None), is_below)?)
        }),
        gpu_trial("negative_control: equality counts as below on the device", |report| {
            let broken = Some(("(lo < threshold.y || certain)", "(lo <= threshold.y || certain)"));
            must_fail(
                "a broken comparison",
                check_thresholds(&|model| on_gpu(model, report, broken), is_below),
            )
        }),
    ];
    // The others open many devices, on each of which it compiles for seconds.
    trials.extend(chromium::swiftshader(&[("known_answers::answers_on_the_device", 0)]));
    trials
}

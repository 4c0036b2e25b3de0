//! Every shader, in every variant, passes naga without a GPU; struct layouts are those of the Rust twins;
//! and our own rules on the intermediate form hold: no float on the step path, no unmasked dynamic shift.

use evotor::engine::Stage;
use evotor::engine::gpu::packing::Config;
use evotor::engine::gpu::source::{self, Slabs, Variant};
use evotor::engine::pool::{Inputs, LesionRecord};
use evotor::tissue::lesion::Control;
use naga::{BinaryOperator, Expression, Literal, Module, ScalarKind, TypeInner};

fn variants() -> Vec<Variant> {
    let mut all = Vec::new();
    for int64 in [false, true] {
        for slabs in [Slabs { count: 1, shift: 28 }, Slabs { count: 3, shift: 12 }] {
            all.push(Variant { int64, slabs });
        }
    }
    all
}

fn texts(variant: Variant) -> Vec<(String, String)> {
    let mut texts: Vec<_> =
        Stage::ALL.iter().map(|s| (s.name().to_owned(), source::stage(*s, variant))).collect();
    texts.push(("known-answers".to_owned(), source::known_answers(variant)));
    texts.push(("measure".to_owned(), source::measure(variant)));
    texts
}

fn parse(name: &str, text: &str) -> Module {
    naga::front::wgsl::parse_str(text)
        .unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(text, name)))
}

fn validate(name: &str, text: &str, variant: Variant) -> (Module, naga::valid::ModuleInfo) {
    let module = parse(name, text);
    let capabilities = if variant.int64 {
        naga::valid::Capabilities::SHADER_INT64
    } else {
        naga::valid::Capabilities::empty()
    };
    let info = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities)
        .validate(&module)
        .unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(text, name)));
    (module, info)
}

#[test]
fn every_shader_is_valid_and_translates() {
    for variant in variants() {
        for (name, text) in texts(variant) {
            let (module, info) = validate(&name, &text, variant);
            let constants = naga::back::PipelineConstants::default();
            let (module, info) =
                naga::back::pipeline_constants::process_overrides(&module, &info, None, &constants)
                    .unwrap_or_else(|e| panic!("{name}: {e}"));
            let options = naga::back::spv::Options::default();
            naga::back::spv::write_vec(&module, &info, &options, None)
                .unwrap_or_else(|e| panic!("{name} to SPIR-V: {e}"));
            let options = naga::back::msl::Options {
                lang_version: (2, 4),
                fake_missing_bindings: true,
                ..Default::default()
            };
            naga::back::msl::write_string(&module, &info, &options, &Default::default())
                .unwrap_or_else(|e| panic!("{name} to MSL: {e}"));
            let options = naga::back::hlsl::Options {
                shader_model: naga::back::hlsl::ShaderModel::V6_0,
                fake_missing_bindings: true,
                ..Default::default()
            };
            let mut hlsl = String::new();
            naga::back::hlsl::Writer::new(&mut hlsl, &options, &Default::default())
                .write(&module, &info, None)
                .unwrap_or_else(|e| panic!("{name} to HLSL: {e}"));
        }
    }
}

/// Names and offsets of a struct's members as naga lays them out.
fn members(module: &Module, name: &str) -> Option<(Vec<(String, u32)>, u32)> {
    let (_, found) = module.types.iter().find(|(_, t)| t.name.as_deref() == Some(name))?;
    let TypeInner::Struct { members, span } = &found.inner else {
        return None;
    };
    Some((members.iter().map(|m| (m.name.clone().unwrap_or_default(), m.offset)).collect(), *span))
}

macro_rules! offsets {
    ($struct:ty: $($field:ident),* $(,)?) => {
        (vec![$((stringify!($field).to_owned(), std::mem::offset_of!($struct, $field) as u32)),*],
         size_of::<$struct>() as u32)
    };
}

#[test]
fn structs_have_the_layout_of_their_twins() {
    let text = source::stage(Stage::Control, variants()[0]);
    let module = parse("control", &text);
    let control = offsets!(Control: status, drugs_on, drugs_begun, drugs_held, table, started, start_burden, streak,
        progressed, begun_at, reference);
    assert_eq!(members(&module, "Control"), Some(control));
    let record = offsets!(LesionRecord: id, brick_base, brick_count, group_base, group_count, size_x, size_y,
        size_z, bricks_x, bricks_y, voxels_x, voxels_y, voxels_z, step, until, overflow, redo, clone_base,
        clone_capacity, clone_count, founders, births, empties, stripe_mask, census_base, log_base,
        log_capacity, log_length, fold, inputs, salt, control, counters);
    assert_eq!(members(&module, "LesionRecord"), Some(record));
    let inputs = offsets!(Inputs: table, flow, pruning, free_vegf, formation, secretion);
    assert_eq!(members(&module, "Inputs"), Some(inputs));
    let config = offsets!(Config: seed_low, seed_high, dimension, periodic, placement, candidates, offsets,
        drugs, check, end, extinction, burden, progression, checks, halt, targets, immediate_clearance, states, blocks,
        bin_shift, has_oxygen, census_stride, log_stride, lesions, bricks, groups, voxels, at_offsets,
        at_row_of, at_block_of, at_heads, at_rows, at_outcomes, at_table_of_drugs, at_drugs, at_windows,
        at_weight, at_source, at_maps, at_hypoxia, at_targets, at_target_rows, at_factor, oxygen_free, environments, perfusion_bins, fields,
        has_vessels, vegf_spread, vegf_gain, vegf_half, vessel_growth, vessel_ceiling);
    assert_eq!(members(&module, "Config"), Some(config));
}

/// The value of a constant of a module.
fn constant(module: &Module, name: &str) -> Option<u32> {
    let (_, found) = module.constants.iter().find(|(_, c)| c.name.as_deref() == Some(name))?;
    match module.global_expressions[found.init] {
        Expression::Literal(Literal::U32(value)) => Some(value),
        _ => None,
    }
}

#[test]
fn constants_are_those_of_their_twins() {
    use evotor::engine::cpu::environment;
    use evotor::engine::model;
    use evotor::engine::pool::{self, count, rank};
    use evotor::tissue::random::Purpose;
    use evotor::tissue::{fixed, lesion::status, shape, word};
    let texts =
        [Stage::Write, Stage::Decide, Stage::Environment].map(|stage| source::stage(stage, variants()[0]));
    let modules = texts.each_ref().map(|text| parse("constants", text));
    let expected = [
        ("BRICK_WORDS", pool::BRICK_WORDS),
        ("LEAF_WORDS", pool::LEAF_WORDS),
        ("CLONE_WORDS", pool::CLONE_WORDS),
        ("CENSUS_HEAD", pool::CENSUS_HEAD),
        ("CENSUS_DEAD", pool::CENSUS_DEAD),
        ("LOG_HEAD", pool::LOG_HEAD),
        ("COUNT_BIRTHS", count::BIRTHS),
        ("COUNT_DEATHS", count::DEATHS),
        ("COUNT_KILLS", count::KILLS),
        ("COUNT_BLOCKED", count::BLOCKED),
        ("COUNT_LOST", count::LOST),
        ("COUNT_SWITCHES", count::SWITCHES),
        ("COUNT_FOUNDERS", count::FOUNDERS),
        ("COUNT_MOVES", count::MOVES),
        ("COUNT_CLEARED", count::CLEARED),
        ("LEAF_BIRTHS", rank::LEAF_BIRTHS),
        ("LEAF_EMPTIES", rank::LEAF_EMPTIES),
        ("BRICK_BIRTHS", rank::BRICK_BIRTHS),
        ("BRICK_EMPTIES", rank::BRICK_EMPTIES),
        ("CHANNELS", rank::CHANNELS),
        ("RANK_FOUNDERS", rank::FOUNDERS),
        ("RANK_BIRTHS", rank::BIRTHS),
        ("RANK_EMPTIES", rank::EMPTIES),
        ("STATUS_ENDED", status::ENDED),
        ("STATUS_EXTINCT", status::EXTINCT),
        ("STATUS_BURDEN", status::BURDEN),
        ("STATUS_PROGRESSED", status::PROGRESSED),
        ("STATUS_TARGET", status::TARGET),
        ("MAX_TARGETS", model::MAX_TARGETS as u32),
        ("SHARE_PARTS", model::SHARE_PARTS),
        ("DECIMAL_WORDS", fixed::DECIMAL_WORDS as u32),
        ("FATE", Purpose::Fate as u32),
        ("FATE_LOW", Purpose::FateLow as u32),
        ("SWITCH", Purpose::Switch as u32),
        ("SWITCH_LOW", Purpose::SwitchLow as u32),
        ("PLACE", Purpose::Place as u32),
        ("DIVISION", Purpose::Division as u32),
        ("MUTATION", Purpose::Mutation as u32),
        ("KEY", Purpose::Key as u32),
        ("VESSELS", Purpose::Vessels as u32),
        ("MATCHING", Purpose::Matching as u32),
        ("BRICK_SHIFT", shape::BRICK_SHIFT),
        ("VOXEL_SHIFT", shape::VOXEL_SHIFT),
        ("BRICK_VOXELS", shape::BRICK_VOXELS),
        ("LEAF", shape::LEAF),
        ("LEAF_SHIFT", shape::LEAF_SHIFT),
        ("BRICK_LEAVES", shape::BRICK_LEAVES),
        ("GROUP_SHIFT", shape::GROUP_SHIFT),
        ("EMPTY", word::EMPTY),
        ("OCCUPIED", word::OCCUPIED),
        ("CODE_MASK", word::CODE_MASK),
        ("KIND_SHIFT", word::KIND_SHIFT),
        ("KIND_MASK", word::KIND_MASK),
        ("CHOICE_SHIFT", word::CHOICE_SHIFT),
        ("CHOICE_MASK", word::CHOICE_MASK),
        ("ACTION_SHIFT", word::ACTION_SHIFT),
        ("ACTION_MASK", word::ACTION_MASK),
        ("MOVE_SHIFT", word::MOVE_SHIFT),
        ("MOVE_MASK", word::MOVE_MASK),
        ("INTENT_MASK", word::INTENT_MASK),
        ("DEAD", word::DEAD),
        ("REST", word::REST),
        ("DIE", word::DIE),
        ("DIVIDE", word::DIVIDE),
        ("MIGRATE", word::MIGRATE),
        ("KILLED", word::KILLED),
        ("REPLACE", word::REPLACE),
        ("BLOCKED", word::BLOCKED),
        ("CLEAR", word::CLEAR),
        ("FIELD_OXYGEN", environment::plane::OXYGEN),
        ("FIELD_VEGF", environment::plane::VEGF),
        ("FIELD_VESSELS", environment::plane::VESSELS),
        ("FIELD_BASE", environment::plane::BASE),
        ("ONE", model::ONE),
        ("SUPPLY_BINS", model::SUPPLY_BINS),
        ("SUPPLY_SHIFT", model::SUPPLY_SHIFT),
        ("PERFUSION_SHIFT", model::PERFUSION_SHIFT),
        ("MAX_VEGF", model::MAX_VEGF),
        ("MAX_SECRETION", model::MAX_SECRETION),
    ];
    for (name, value) in expected {
        let declared = format!("const {name}:");
        assert!(texts.iter().any(|text| text.contains(&declared)), "{name} is not in the shaders");
        assert_eq!(modules.iter().find_map(|module| constant(module, name)), Some(value), "{name}");
    }
}

/// Whether any type of the module holds floats or signed integers.
fn foreign_scalar(module: &Module) -> Option<String> {
    module.types.iter().find_map(|(_, t)| {
        let scalar = match t.inner {
            TypeInner::Scalar(s) | TypeInner::Atomic(s) | TypeInner::Vector { scalar: s, .. } => s,
            TypeInner::Matrix { scalar, .. } => scalar,
            _ => return None,
        };
        matches!(scalar.kind, ScalarKind::Float | ScalarKind::AbstractFloat | ScalarKind::Sint)
            .then(|| format!("{:?}", t.inner))
    })
}

/// Shifts whose amount is neither a literal, a constant, nor masked with 31.
fn unmasked_shifts(module: &Module) -> usize {
    let functions =
        module.functions.iter().map(|(_, f)| f).chain(module.entry_points.iter().map(|e| &e.function));
    let mut found = 0;
    for function in functions {
        for (_, expression) in function.expressions.iter() {
            let Expression::Binary { op, right, .. } = expression else {
                continue;
            };
            if !matches!(op, BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight) {
                continue;
            }
            found += usize::from(!is_masked(function, *right));
        }
    }
    found
}

fn is_masked(function: &naga::Function, amount: naga::Handle<Expression>) -> bool {
    match &function.expressions[amount] {
        Expression::Literal(_) | Expression::Constant(_) => true,
        Expression::Splat { value, .. } => is_masked(function, *value),
        Expression::Binary { op: BinaryOperator::And, right, .. } => {
            matches!(function.expressions[*right], Expression::Literal(Literal::U32(31)))
        }
        // Bounded by construction: a loop counter below 4 or 8, times or plus small literals, is written
        // with an explicit mask in the shaders, so nothing else is allowed here.
        _ => false,
    }
}

#[test]
fn no_float_and_no_unmasked_shift_on_the_step_path() {
    for variant in variants() {
        for (name, text) in texts(variant) {
            let module = parse(&name, &text);
            assert_eq!(foreign_scalar(&module), None, "{name}");
            assert_eq!(unmasked_shifts(&module), 0, "{name} has unmasked dynamic shifts");
        }
    }
}

// The lints themselves must be able to fail.
#[test]
fn the_lints_see_what_they_look_for() {
    let float = parse("float", "@compute @workgroup_size(1) fn m() { var x: f32 = 1.0; x = x * 2.0; }");
    assert!(foreign_scalar(&float).is_some());
    let shift = "@group(0) @binding(0) var<storage, read_write> a: array<u32>;
        @compute @workgroup_size(1) fn m() { a[0] = 1u << a[1]; }";
    assert_eq!(unmasked_shifts(&parse("shift", shift)), 1);
    let masked = shift.replace("a[1]", "(a[1] & 31u)");
    assert_eq!(unmasked_shifts(&parse("masked", &masked)), 0);
}

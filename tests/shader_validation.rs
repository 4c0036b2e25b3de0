//! Every shader, in every variant, passes naga without a GPU; every stage binds what it uses and no more;
//! and our own rules on the intermediate form hold: no float on the step path, no unmasked dynamic shift.

use std::collections::BTreeSet;

use evotor::engine::Stage;
use evotor::engine::gpu::bindings::{self, Slabs};
use evotor::engine::gpu::source::{self, Variant};
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

/// Numbers of the bindings that the entry points reach.
fn used(module: &Module, info: &naga::valid::ModuleInfo) -> BTreeSet<u32> {
    let reaches = |handle: naga::Handle<naga::GlobalVariable>| {
        let mut entries = (0..module.entry_points.len()).map(|entry| info.get_entry_point(entry));
        entries.any(|entry| !entry[handle].is_empty())
    };
    let bound = module.global_variables.iter().filter(|(handle, _)| reaches(*handle));
    bound.filter_map(|(_, variable)| Some(variable.binding.as_ref()?.binding)).collect()
}

#[test]
fn every_stage_binds_what_it_uses() {
    for variant in variants() {
        for stage in Stage::ALL {
            let (module, info) = validate(stage.name(), &source::stage(stage, variant), variant);
            let bound: BTreeSet<u32> =
                bindings::of_stage(stage, variant.slabs).iter().map(|binding| binding.number).collect();
            assert_eq!(used(&module, &info), bound, "{} with {:?}", stage.name(), variant.slabs);
        }
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

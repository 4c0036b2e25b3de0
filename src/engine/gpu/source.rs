//! Shader sources: the files of `shaders/`, with their imports put in place.
//!
//! A stage's file is complete WGSL but for `#import shared/…` lines. `shared/declared` is what Rust declares for both (see
//! `declared.rs`). Two imports depend on the device: `shared/mul_wide` (64-bit integers or 16-bit halves; the same bits) and
//! `shared/slabs`, which is written here, since WGSL cannot index bindings.

use std::fmt::Write as _;

use super::bindings::Slabs;
use super::{bindings, declared};
use crate::engine::stage::Stage;

/// What a shader's text depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// Whether the device has 64-bit integers in shaders.
    pub int64: bool,
    /// Storage slabs.
    pub slabs: Slabs,
}

/// The shared files by name.
const SHARED: [(&str, &str); 12] = [
    ("fixed", include_str!("../../../shaders/shared/fixed.wgsl")),
    ("random", include_str!("../../../shaders/shared/random.wgsl")),
    ("key", include_str!("../../../shaders/shared/key.wgsl")),
    ("word", include_str!("../../../shaders/shared/word.wgsl")),
    ("shape", include_str!("../../../shaders/shared/shape.wgsl")),
    ("pool", include_str!("../../../shaders/shared/pool.wgsl")),
    ("fields", include_str!("../../../shaders/shared/fields.wgsl")),
    ("rates", include_str!("../../../shaders/shared/rates.wgsl")),
    ("placement", include_str!("../../../shaders/shared/placement.wgsl")),
    ("matching", include_str!("../../../shaders/shared/matching.wgsl")),
    ("births", include_str!("../../../shaders/shared/births.wgsl")),
    ("known_answers", include_str!("../../../shaders/shared/known_answers.wgsl")),
];

const MUL_WIDE_NATIVE: &str = include_str!("../../../shaders/shared/mul_wide_native.wgsl");
const MUL_WIDE_EMULATED: &str = include_str!("../../../shaders/shared/mul_wide_emulated.wgsl");

/// The file of a stage.
const fn file(stage: Stage) -> &'static str {
    match stage {
        Stage::List => include_str!("../../../shaders/list.wgsl"),
        Stage::Environment => include_str!("../../../shaders/environment.wgsl"),
        Stage::Decide => include_str!("../../../shaders/decide.wgsl"),
        Stage::Rank => include_str!("../../../shaders/rank.wgsl"),
        Stage::ScanBirths | Stage::ScanFounders => include_str!("../../../shaders/scan.wgsl"),
        Stage::Resolve => include_str!("../../../shaders/resolve.wgsl"),
        Stage::Write => include_str!("../../../shaders/write.wgsl"),
        Stage::Control => include_str!("../../../shaders/control.wgsl"),
    }
}

/// The complete WGSL of a stage.
pub fn stage(stage: Stage, variant: Variant) -> String {
    expand(file(stage), variant)
}

/// The shader with which tests read known answers on the device.
pub fn known_answers(variant: Variant) -> String {
    let imports = "#import shared/mul_wide\n#import shared/fixed\n#import shared/random\n\
        #import shared/key\n#import shared/matching\n#import shared/shape\n#import shared/declared\n#import shared/pool\n#import shared/known_answers\n";
    expand(imports, variant)
}

/// The shader with which benchmarks measure the device's random numbers.
pub fn measure(variant: Variant) -> String {
    expand(include_str!("../../../shaders/measure.wgsl"), variant)
}

/// Replaces every import line by the text that it names.
fn expand(text: &str, variant: Variant) -> String {
    let mut out = String::with_capacity(text.len() * 4);
    for line in text.lines() {
        match line.strip_prefix("#import shared/") {
            None => out.push_str(line),
            Some("mul_wide") if variant.int64 => out.push_str(MUL_WIDE_NATIVE),
            Some("mul_wide") => out.push_str(MUL_WIDE_EMULATED),
            Some("declared") => out.push_str(&declared::text(variant.slabs)),
            Some("slabs") => out.push_str(&slabs(variant.slabs)),
            Some(name) => {
                let found = SHARED.iter().find(|(known, _)| *known == name.trim());
                out.push_str(found.map_or("#unknown import", |(_, text)| text));
            }
        }
        out.push('\n');
    }
    out
}

/// Access to sites and clones by address, whichever slab they lie in.
fn slabs(slabs: Slabs) -> String {
    let mut out = bindings::declarations(slabs, true);
    let mask = (1u64 << slabs.shift) - 1;
    let at = |slab: u32, plane: &str| match slabs.count {
        1 => format!("{plane}_0[address]"),
        _ => format!("{plane}_{slab}[address & {mask}u]"),
    };
    let mut accessor = |head: &str, body: &dyn Fn(u32) -> String| {
        let _ = writeln!(out, "{head} {{");
        if slabs.count == 1 {
            let _ = writeln!(out, "    {}", body(0));
        } else {
            let _ = writeln!(out, "    switch address >> {}u {{", slabs.shift);
            for slab in 0..slabs.count - 1 {
                let _ = writeln!(out, "        case {slab}u: {{ {} }}", body(slab));
            }
            let _ = writeln!(out, "        default: {{ {} }}\n    }}", body(slabs.count - 1));
        }
        let _ = writeln!(out, "}}");
    };
    accessor("fn site_load(address: u32) -> u32", &|s| format!("return atomicLoad(&{});", at(s, "sites")));
    accessor("fn site_store(address: u32, word: u32)", &|s| {
        format!("atomicStore(&{}, word);", at(s, "sites"))
    });
    accessor("fn site_claim(address: u32, claim: u32)", &|s| {
        format!("atomicMax(&{}, claim);", at(s, "sites"))
    });
    accessor("fn clone_load(address: u32) -> u32", &|s| format!("return {};", at(s, "clones")));
    accessor("fn clone_store(address: u32, id: u32)", &|s| format!("{} = id;", at(s, "clones")));
    out
}

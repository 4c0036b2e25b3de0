//! Twins can be read side by side: a function of a shader has a function of its name in the Rust file beside it, or is listed here with
//! the reason why not.

use std::collections::BTreeSet;
use std::path::Path;

/// Shaders with their twins in `src/`.
const TWINS: [(&str, &[&str]); 19] = [
    ("decide", &["engine/cpu/decide.rs", "engine/cpu/filter.rs"]),
    ("environment", &["engine/cpu/environment.rs", "tissue/shape.rs"]),
    ("list", &["engine/cpu/list.rs"]),
    ("rank", &["engine/cpu/rank.rs"]),
    ("resolve", &["engine/cpu/resolve.rs"]),
    ("scan", &["engine/cpu/scan.rs"]),
    ("write", &["engine/cpu/write.rs"]),
    ("control", &["engine/cpu/control.rs"]),
    ("shared/births", &["engine/cpu/births.rs"]),
    ("shared/fields", &["engine/cpu/environment.rs", "engine/pool/fields.rs", "engine/model.rs"]),
    ("shared/fixed", &["tissue/fixed.rs"]),
    ("shared/key", &["tissue/key.rs"]),
    ("shared/matching", &["tissue/matching.rs"]),
    ("shared/placement", &["engine/cpu/placement.rs", "engine/pool.rs"]),
    ("shared/pool", &["engine/pool.rs", "engine/pool/record.rs"]),
    ("shared/random", &["tissue/random.rs"]),
    ("shared/rates", &["engine/tables.rs", "engine/cpu/decide.rs"]),
    ("shared/shape", &["tissue/shape.rs"]),
    ("shared/word", &["tissue/word.rs"]),
];

/// Functions of shaders that have no function of their name in Rust, by the reason.
const DIFFERENT: [(&str, &[&str]); 7] = [
    (
        "WGSL has no methods and one namespace: the name of the Rust method, with what it is a method of",
        &[
            "births_of",
            "draw_block",
            "neighbour_site",
            "part_of",
            "position_of",
            "row_at",
            "salt_of",
            "site_at",
            "set_field",
            "stripe_of",
            "table_of",
            "leaf_empties",
            "leaf_events",
            "leaf_winners",
            "outcome_below",
        ],
    ),
    (
        "a place in a buffer, where Rust has a slice, a field or an index",
        &[
            "address_of",
            "at_brick",
            "at_group_count",
            "at_group_sum",
            "at_occupancy",
            "at_stripe",
            "entry_of",
            "head_of",
            "mark_dirty",
            "outcome_code",
            "pair_at",
            "row_of_code",
            "site_of",
        ],
    ),
    (
        "what an invocation works on, where Rust loops",
        &["blocks", "folded", "is_dirty", "listed_brick", "listed_leaf"],
    ),
    ("kernels and dispatches, of which the CPU has none", &["count", "fold_into"]),
    (
        "the CPU goes brick by brick with vectors, in steps of its own",
        &["decide_leaf", "environment", "is_empty_site", "neighbours"],
    ),
    (
        "the CPU hands the events of a run of bricks on from stage to stage, with the sites that they claim",
        &["chosen", "resolve_leaf", "wins", "won", "write_leaf"],
    ),
    (
        "an expression of Rust: a filter, an `Option`, a loop over rounds, one pass over what invocations share",
        &["gather_events", "is_visited", "philox_round", "shuffle_twice", "sum_parts"],
    ),
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Names of the functions that a text declares, outside its tests.
fn functions(text: &str) -> BTreeSet<String> {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    let declared = code.lines().filter_map(|line| {
        let at = line.find("fn ").filter(|at| *at == 0 || line[..*at].ends_with(' '))?;
        let name = line[at + 3..].split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
        (!line.trim_start().starts_with("//") && !name.is_empty()).then(|| name.to_owned())
    });
    declared.collect()
}

/// Functions of a shader without a namesake among those of its twins. WGSL has one namespace, so that a name may begin with its file's.
fn unpaired(stem: &str, shader: &str, twins: &BTreeSet<String>) -> BTreeSet<String> {
    let prefix = format!("{}_", stem.rsplit('/').next().unwrap());
    let is_paired =
        |name: &String| twins.contains(name) || name.strip_prefix(&prefix).is_some_and(|n| twins.contains(n));
    functions(shader).into_iter().filter(|name| !is_paired(name)).collect()
}

#[test]
fn functions_of_twins_have_the_same_names() {
    let mut found = BTreeSet::new();
    for (stem, files) in TWINS {
        let twins = files.iter().flat_map(|file| functions(&read(&format!("src/{file}")))).collect();
        found.extend(unpaired(stem, &read(&format!("shaders/{stem}.wgsl")), &twins));
    }
    let explained: BTreeSet<String> =
        DIFFERENT.iter().flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned())).collect();
    let new: Vec<_> = found.difference(&explained).collect();
    assert!(new.is_empty(), "give these the name of their twin, or say why not: {new:?}");
    let gone: Vec<_> = explained.difference(&found).collect();
    assert!(gone.is_empty(), "these have a twin now, remove them from the list: {gone:?}");
}

#[test]
fn every_shader_has_a_twin() {
    let paired: BTreeSet<String> = TWINS.iter().map(|(stem, _)| format!("{stem}.wgsl")).collect();
    // Two ways of one product, and what serves tests and benchmarks alone.
    let alone = ["measure", "shared/known_answers", "shared/mul_wide_emulated", "shared/mul_wide_native"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    let names = |folder: &str| {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let entries = std::fs::read_dir(root.join(folder)).unwrap().map(|e| e.unwrap().file_name());
        entries.map(|name| prefix.clone() + name.to_str().unwrap()).collect::<Vec<_>>()
    };
    for name in names("").into_iter().chain(names("shared")).filter(|name| name.ends_with(".wgsl")) {
        let is_alone = alone.iter().any(|stem| format!("{stem}.wgsl") == name);
        assert!(is_alone || paired.contains(&name), "{name} has no twin");
    }
}

#[test]
fn a_name_without_a_twin_is_seen() {
    let twins =
        functions("impl A {\n    pub const fn live(word: u32) -> u32 {\n    fn b() {}\n// fn c() {}\n");
    let shader = "fn word_live(a: u32) {}\nfn b() {}\nfn c() {}\n";
    assert_eq!(unpaired("shared/word", shader, &twins), BTreeSet::from(["c".to_owned()]));
}

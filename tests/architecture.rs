//! The rooms: what each may know, and names that mean one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each room may import beside itself; see `ARCHITECTURE.md`.
const MAY_KNOW: [(&str, &[&str]); 12] = [
    // Its types declare their keys by the derive of the file format.
    ("catalogue", &["scenario"]),
    ("tissue", &[]),
    ("scenario", &["catalogue", "sink"]),
    ("engine", &["tissue"]),
    ("therapy", &["scenario", "catalogue", "tissue"]),
    ("biology", &["engine", "scenario", "catalogue", "tissue"]),
    ("simulation", &["biology", "therapy", "engine", "scenario", "catalogue", "tissue", "sink"]),
    ("trial", &["simulation", "biology", "therapy", "engine", "scenario", "catalogue", "tissue"]),
    ("plot", &["scenario", "sink"]),
    ("render", &["plot", "simulation", "scenario", "catalogue", "tissue", "sink"]),
    ("report", &["plot", "trial", "simulation", "biology", "catalogue", "scenario", "tissue", "sink"]),
    (
        "cli",
        &[
            "report",
            "render",
            "plot",
            "trial",
            "simulation",
            "biology",
            "therapy",
            "engine",
            "scenario",
            "catalogue",
            "tissue",
            "sink",
        ],
    ),
];

/// Type names that two rooms have for two things, by the reason why they still have them. None is to be added: give a new type the
/// field's term.
const HOMONYMS: [(&str, &[&str]); 6] = [
    (
        "a part of a picture or a page beside what it shows, until there is one stack of drawing",
        &[
            "About", "Block", "Entry", "Figure", "Head", "Key", "Kind", "Label", "Lattice", "Mark",
            "Measure", "Paint", "Picture", "Row", "Section", "Source", "Span", "Style", "Table", "Unit",
        ],
    ),
    ("random numbers by purpose, until there is one source of keyed draws", &["Draw"]),
    (
        "of the folder of a run and of that of a trial, until there is one kind of folder",
        &["Marks", "Progress"],
    ),
    (
        "a part of the file format beside what is made of it, until a key is declared once",
        &["Change", "Composition", "Drug", "Endpoint", "Length", "Node", "Output", "Place"],
    ),
    ("of a module that hands it to nobody", &["Shape"]),
    (
        "the report's own row of what the other room writes, until a table has one type of row",
        &["Dose", "TrialFolder"],
    ),
];

/// Source files with their rooms, without what is tested in them.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut all = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = |name: &str| ["tests", "tests.rs", "checks"].contains(&name);
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let names: Vec<&str> = inside.iter().map(|name| name.to_str().unwrap()).collect();
                let is_tested = names.iter().any(|name| is_test(name)) && !names.contains(&"falsify");
                if names.len() > 1 && !is_tested {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap().to_owned();
                    all.push((names[0].to_owned(), path.clone(), code));
                }
            }
        }
    }
    assert!(all.len() > 300, "the sources are found");
    all
}

/// Lines without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap())
}

#[test]
fn rooms_know_what_they_may_and_no_more() {
    let rooms: BTreeMap<&str, &[&str]> = MAY_KNOW.into_iter().collect();
    for (room, path, text) in sources() {
        let may = rooms[room.as_str()];
        for line in code(&text) {
            for import in line.split("crate::").skip(1) {
                let known: String = import.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let is_room = rooms.contains_key(known.as_str()) || known == "sink";
                let allowed = known == room || may.contains(&known.as_str());
                assert!(!is_room || allowed, "{}: `{room}` must not know `{known}`", path.display());
            }
        }
    }
}

/// Name of the type that a line at the level of its module declares.
fn declared(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub").map_or(line, |rest| {
        rest.strip_prefix('(').and_then(|r| r.split_once(')')).map_or(rest, |(_, r)| r).trim_start()
    });
    let rest = ["struct ", "enum ", "trait ", "type "].iter().find_map(|word| rest.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric()).next().filter(|name| !name.is_empty())
}

#[test]
fn a_type_name_means_one_thing() {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (room, _, text) in sources() {
        for name in text.lines().filter_map(declared) {
            rooms.entry(name.to_owned()).or_default().insert(room.clone());
        }
    }
    let found: BTreeMap<&str, &BTreeSet<String>> =
        rooms.iter().filter(|(_, of)| of.len() > 1).map(|(name, of)| (name.as_str(), of)).collect();
    let allowed: BTreeSet<&str> = HOMONYMS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let new: Vec<_> = found.iter().filter(|(name, _)| !allowed.contains(*name)).collect();
    assert!(new.is_empty(), "two rooms have one name for two things: {new:?}");
    let gone: Vec<_> = allowed.iter().filter(|name| !found.contains_key(*name)).collect();
    assert!(gone.is_empty(), "no longer in two rooms, remove from the list: {gone:?}");
}

#[test]
fn declarations_are_recognised() {
    let found = [
        "pub struct A<T> {",
        "pub(super) enum B {",
        "trait C: D {",
        "type E = F;",
        "struct G;",
        "pub fn h() {}",
    ];
    assert_eq!(found.map(declared), [Some("A"), Some("B"), Some("C"), Some("E"), Some("G"), None]);
}

// Cargo does not look for tests by itself here: a file that no binary names would never run.
#[test]
fn every_file_of_tests_is_in_a_binary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let binaries = ["it", "needs"];
    let read = |name: &str| std::fs::read_to_string(folder.join(name).with_extension("rs")).unwrap();
    let named = binaries.map(read).concat();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let is_rust = path.extension().is_some_and(|e| e == "rs") || path.join("mod.rs").exists();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_named = binaries.contains(&name) || named.lines().any(|line| line == format!("mod {name};"));
        assert!(is_named || !is_rust, "{} is in no binary", path.display());
    }
}

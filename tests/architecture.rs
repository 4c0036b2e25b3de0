//! The rooms: what each may know, and names that mean one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{UseTree, Visibility};

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

/// Those beside the rooms, each a room of its own.
fn roots() -> impl Iterator<Item = (String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap().to_owned();
        (path.file_name().unwrap().to_string_lossy().into_owned(), path, code)
    })
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

/// Name of the type that a line declares for others than one function: at the level of its module, or open to others in a macro.
fn declared(line: &str) -> Option<&str> {
    let inside = line.trim_start();
    let line = if inside.len() == line.len() || inside.starts_with("pub") { inside } else { return None };
    let rest = line.strip_prefix("pub").map_or(line, |rest| {
        rest.strip_prefix('(').and_then(|r| r.split_once(')')).map_or(rest, |(_, r)| r).trim_start()
    });
    let rest = ["struct ", "enum ", "trait ", "type "].iter().find_map(|word| rest.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric()).next().filter(|name| !name.is_empty())
}

#[test]
fn a_type_name_means_one_thing() {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (room, _, text) in sources().into_iter().chain(roots()) {
        for name in text.lines().filter_map(declared) {
            rooms.entry(name.to_owned()).or_default().insert(room.clone());
        }
    }
    let found: Vec<_> = rooms.iter().filter(|(_, of)| of.len() > 1).collect();
    assert!(found.is_empty(), "two rooms have one name for two things, give one the field's term: {found:?}");
}

/// What a file names of others: full paths as they are written, and names that it hands on.
#[derive(Default)]
struct Names {
    used: Vec<Vec<String>>,
    handed_on: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let into =
            if matches!(item.vis, Visibility::Inherited) { &mut self.used } else { &mut self.handed_on };
        leaves(&item.tree, &mut Vec::new(), into);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if ["crate", "super", "self"].contains(&names[0].as_str()) {
            self.used.push(names);
        }
        visit::visit_path(self, path);
    }
}

fn leaves(tree: &UseTree, above: &mut Vec<String>, into: &mut Vec<Vec<String>>) {
    match tree {
        UseTree::Path(path) => {
            above.push(path.ident.to_string());
            leaves(&path.tree, above, into);
            above.pop();
        }
        UseTree::Name(name) if name.ident == "self" => into.push(above.clone()),
        UseTree::Name(name) => into.push([above.as_slice(), &[name.ident.to_string()]].concat()),
        UseTree::Rename(name) => into.push([above.as_slice(), &[name.ident.to_string()]].concat()),
        UseTree::Glob(_) => into.push(above.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, above, into)),
    }
}

/// All files by their modules.
struct Files(BTreeMap<Vec<String>, Names>);

impl Files {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let of = |path: &Path| {
            let inside = path.strip_prefix(&root).unwrap().with_extension("");
            let names = inside.iter().map(|name| name.to_str().unwrap().to_owned());
            names.filter(|name| name != "mod").collect()
        };
        let read = |text: &str| {
            let mut names = Names::default();
            names.visit_file(&syn::parse_file(text).unwrap());
            names
        };
        Self(sources().iter().map(|(_, path, text)| (of(path), read(text))).collect())
    }

    /// The file in which what is named so is written down, through those that hand it on.
    fn of(&self, from: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let above = path.iter().take_while(|name| *name == "super").count();
        let (mut at, rest) = match path[0].as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (from.to_vec(), &path[1..]),
            "super" => (from[..from.len() - above.min(from.len())].to_vec(), &path[above..]),
            _ => (from.to_vec(), path),
        };
        let mut rest = rest.iter().peekable();
        while let Some(name) =
            rest.next_if(|name| self.0.contains_key(&[at.as_slice(), &[(*name).clone()]].concat()))
        {
            at.push(name.clone());
        }
        let handing = self.0.get(&at)?;
        let named = rest.peek().and_then(|name| handing.handed_on.iter().find(|to| to.last() == Some(*name)));
        let further = named.filter(|_| depth < 6).and_then(|to| self.of(&at, to, depth + 1));
        further.or(Some(at))
    }

    /// What each file knows of others; a module and what is below it are one thing.
    fn graph(&self) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
        let known = |(file, names): (&Vec<String>, &Names)| {
            let known = names.used.iter().filter_map(|path| self.of(file, path, 0));
            let other = |of: &Vec<String>| !of.starts_with(file) && !file.starts_with(of);
            (file.clone(), known.filter(other).collect())
        };
        self.0.iter().map(known).collect()
    }
}

/// Files that a circle runs through: what is left when those that know none of the others, and those that none of them knows,
/// are taken away.
fn circles<T: Ord + Clone>(mut graph: BTreeMap<T, BTreeSet<T>>) -> BTreeMap<T, BTreeSet<T>> {
    loop {
        let before = graph.len();
        let known: BTreeSet<T> = graph.values().flatten().cloned().collect();
        let files: BTreeSet<T> = graph.keys().filter(|file| known.contains(file)).cloned().collect();
        graph.retain(|file, _| files.contains(file));
        graph.values_mut().for_each(|of| of.retain(|file| files.contains(file)));
        graph.retain(|_, of| !of.is_empty());
        if graph.len() == before {
            return graph;
        }
    }
}

// Two files that need each other are one that is hard to read: nothing in them can be understood first.
#[test]
fn files_know_each_other_in_one_direction() {
    let graph = Files::read().graph();
    assert!(graph.values().map(BTreeSet::len).sum::<usize>() > 1000, "imports are found");
    let left = circles(graph);
    let lines = left.iter().map(|(file, of)| {
        let of: Vec<String> = of.iter().map(|of| of.join("/")).collect();
        format!("{} knows {}", file.join("/"), of.join(", "))
    });
    assert!(left.is_empty(), "files in circles:\n{}", lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn circles_are_found() {
    let graph = |edges: &[(i32, i32)]| {
        let mut graph: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry(*from).or_default().insert(*to);
            graph.entry(*to).or_default();
        }
        graph
    };
    assert!(circles(graph(&[(1, 2), (2, 3), (1, 3)])).is_empty());
    assert_eq!(circles(graph(&[(1, 2), (2, 3), (3, 2), (3, 4)])).into_keys().collect::<Vec<_>>(), [2, 3]);
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

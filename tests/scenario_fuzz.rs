//! No input makes the scenario reader panic: random text, mutated scenarios, and a small corpus.
//!
//! Whatever is refused must also be shown without a panic, and whatever is accepted must survive
//! being written out and read again.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use evotor::scenario::{self, ScenarioError, Style};
use proptest::prelude::*;

fn folder(path: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
    files.sort();
    files
}

/// A scenario with drugs of every shape in its text.
fn with_drugs() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/01-first-run.toml");
    let mut scenario = scenario::load(&path).unwrap().scenario;
    let find = |name| scenario::Catalogue::embedded().find(name).unwrap().clone();
    scenario.catalogue = ["sunitinib", "octreotide LAR", "sorafenib", "177Lu-DOTATATE"].map(find).to_vec();
    scenario::effective_toml(&scenario)
}

/// Texts of the shipped scenarios, and of others.
static SHIPPED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = folder("scenarios").into_iter().filter(|p| p.extension().is_some_and(|e| e == "toml"));
    let good = folder("tests/data/scenario/good");
    files.chain(good).map(|p| std::fs::read_to_string(p).unwrap()).chain([with_drugs()]).collect()
});

fn pick(index: &prop::sample::Index) -> &'static String {
    index.get(&SHIPPED)
}

/// Reads a text; shows what is wrong with it, or checks the round trip.
fn try_out(text: &str) {
    match scenario::parse(text, "fuzz.toml", Path::new("/nowhere")) {
        Ok(loaded) => {
            let _ = loaded.render_warnings(Style::Coloured);
            let again =
                scenario::parse(&scenario::effective_toml(&loaded.scenario), "e.toml", Path::new("/nowhere"));
            let again = again.unwrap_or_else(|e| panic!("{}\n{text}", e.render(Style::Plain)));
            assert_eq!(again.scenario, loaded.scenario);
        }
        Err(error) => {
            let shown = error.render(Style::Plain);
            assert!(shown.contains("error"), "{shown}");
            assert!(shown.contains("fuzz.toml:"), "a place: {shown}");
            let _ = error.render(Style::Coloured);
            let ScenarioError::Invalid(report) = error else { panic!("{error}") };
            assert!(report.errors() > 0);
            for found in &report.diagnostics {
                assert!(!found.label.is_empty() && found.help.is_some(), "{found:?}");
            }
        }
    }
}

#[test]
fn the_corpus_is_read_without_a_panic() {
    let files = folder("tests/data/scenario/corpus");
    assert!(!files.is_empty());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        try_out(&String::from_utf8_lossy(&bytes));
        if let Err(error) = scenario::load(&path) {
            assert!(error.render(Style::Plain).contains("error"), "{}", path.display());
        }
    }
}

/// Bits of scenarios that go where they do not belong.
const PIECES: [&str; 28] = [
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    "#",
    "\n",
    "\0",
    "µ",
    "-",
    "nan",
    "inf",
    "1e999",
    "0",
    "-1",
    "99999999999999999999",
    "\"1 d\"",
    "\"0 /d\"",
    "\"1e308 /d\"",
    "true",
    "1979-05-27",
    "\\u0000",
    "any",
];

/// A change of a text: where (as a share of its length), how many bytes go, what comes.
fn edits() -> impl Strategy<Value = Vec<(f64, usize, usize)>> {
    prop::collection::vec((0.0..1.0, 0..12_usize, 0..PIECES.len() + 4), 1..6)
}

fn edited(text: &str, edits: &[(f64, usize, usize)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (place, removed, piece) in edits {
        let at = (place * bytes.len() as f64) as usize;
        let end = (at + removed).min(bytes.len());
        let piece = PIECES.get(*piece).copied().unwrap_or("");
        bytes.splice(at..end, piece.bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A scenario with one line doubled, removed, or moved.
fn shuffled(text: &str, from: usize, to: usize, keep: bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let (from, to) = (from % lines.len(), to % lines.len());
    let line = if keep { lines[from] } else { lines.remove(from) };
    lines.insert(to.min(lines.len()), line);
    lines.join("\n")
}

/// A scenario with one of its values replaced.
fn revalued(text: &str, line: usize, piece: usize) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let with_value: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].contains(" = ")).collect();
    let line = with_value[line % with_value.len()];
    let key = lines[line].split(" = ").next().unwrap().to_owned();
    lines[line] = format!("{key} = {}", PIECES[piece % PIECES.len()]);
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in any::<String>()) {
        try_out(&text);
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        try_out(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn random_pieces(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: Vec<&str> = pieces.iter().map(|p| PIECES[*p]).collect();
        try_out(&text.join(" "));
    }

    #[test]
    fn edited_scenarios(file in any::<prop::sample::Index>(), edits in edits()) {
        try_out(&edited(pick(&file), &edits));
    }

    #[test]
    fn shuffled_scenarios(file in any::<prop::sample::Index>(), from in 0..500_usize, to in 0..500_usize, keep: bool) {
        try_out(&shuffled(pick(&file), from, to, keep));
    }

    #[test]
    fn revalued_scenarios(file in any::<prop::sample::Index>(), line in 0..500_usize, piece in 0..100_usize) {
        try_out(&revalued(pick(&file), line, piece));
    }
}

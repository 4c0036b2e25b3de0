//! Golden digests: every shipped scenario but trials, and every scenario of the self-test, ends with the digest in
//! `tests/golden/digests.txt`. A digest that changes breaks reproducibility: say so in the changelog, and write the
//! file anew with `UPDATE_GOLDEN=1 cargo test --test it golden::`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use evotor::scenario::{self, Loaded, MessageStyle};
use evotor::simulation::digest::hex;
use evotor::simulation::{BackendOptions, Job, Settings, run_in_memory};

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = ["scenarios", "src/simulation/selftest"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml") && !path.ends_with("calibration.toml"))
        .filter(|path| loaded(path).scenario.trial.is_none())
        .collect();
    found.sort();
    found
}

fn loaded(path: &Path) -> Loaded {
    scenario::load(path).unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)))
}

/// The digest of its end, from one, two and five threads.
fn digest(path: &Path) -> String {
    let loaded = loaded(path);
    let job = Job::new(&loaded.scenario, path.parent().unwrap()).unwrap();
    let by = |threads| {
        let settings = Settings {
            backend: BackendOptions::cpu(threads),
            checkpoint_every: std::time::Duration::from_secs(3600),
            block: None,
            chunk: None,
        };
        hex(&run_in_memory(&job, &settings).unwrap().digest)
    };
    let [one, two, five] = [1, 2, 5].map(by);
    assert!(one == two && one == five, "{}: {one} {two} {five}", path.display());
    one
}

#[test]
fn every_scenario_ends_with_its_golden_digest() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/digests.txt");
    let found: BTreeMap<String, String> = scenarios()
        .iter()
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), digest(path)))
        .collect();
    let text: String = found.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(golden, text, "set UPDATE_GOLDEN=1 if reproducibility is broken on purpose");
}

// The README shows the digest of the first run: a newcomer compares it.
#[test]
fn the_readme_shows_the_digest_of_the_first_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = std::fs::read_to_string(root.join("tests/golden/digests.txt")).unwrap();
    let line = golden.lines().find(|l| l.ends_with("01-first-run")).unwrap();
    let digest = line.split_whitespace().next().unwrap();
    assert!(std::fs::read_to_string(root.join("README.md")).unwrap().contains(digest));
}

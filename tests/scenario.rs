//! Scenario files: the shipped ones load, and what is written out reads back as the same scenario.

use std::path::{Path, PathBuf};

use evotor::scenario::{self, Loaded, Style};

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn loaded(path: &Path) -> Loaded {
    scenario::load(path).unwrap_or_else(|e| panic!("{}", e.render(Style::Plain)))
}

#[test]
fn shipped_scenarios_load_without_warnings() {
    for path in shipped() {
        let loaded = loaded(&path);
        assert_eq!(loaded.render_warnings(Style::Plain), "", "{}", path.display());
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(stem.split_once('-').unwrap().1, loaded.scenario.name, "file and scenario have one name");
    }
}

#[test]
fn the_effective_scenario_reads_back_as_the_same() {
    for path in shipped() {
        let first = loaded(&path).scenario;
        let text = scenario::effective_toml(&first);
        let again = scenario::parse(&text, "effective.toml", path.parent().unwrap());
        let again = again.unwrap_or_else(|e| panic!("{}", e.render(Style::Plain)));
        assert_eq!(again.scenario, first, "{}", path.display());
        assert_eq!(scenario::effective_toml(&again.scenario), text);
        assert!(again.warnings.is_empty());
    }
}

#[test]
fn the_reference_names_every_section_unit_and_locus() {
    let page = scenario::reference_markdown();
    for section in scenario::keys::ROOT.walk() {
        assert!(page.contains(section.heading) || section.path.is_empty(), "{}", section.heading);
        for key in section.keys {
            assert!(page.contains(&format!("| `{}` |", key.name)), "{} {}", section.heading, key.name);
        }
    }
    for unit in scenario::units::UNITS {
        assert!(page.contains(&format!("| `{}` |", unit.symbol)), "{}", unit.symbol);
    }
    assert!(page.contains("### `fkbp12_frb`, on by default"));
    assert!(page.lines().all(|l| !l.starts_with('|') || l.ends_with('|')), "rows of tables are whole");
}

//! Scenario files: the shipped ones load, and what is written out reads back as the same scenario.

use std::path::{Path, PathBuf};

use evotor::scenario::{self, DeadStart, Loaded, MessageStyle, Mode, Scenario};

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    // The staircase is numbered; what a calibration fits is not a scenario.
    let numbered =
        |p: &Path| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(char::is_numeric));
    let mut files: Vec<PathBuf> =
        entries.filter(|p| numbered(p) && p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn loaded(path: &Path) -> Loaded {
    scenario::load(path).unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)))
}

#[test]
fn shipped_scenarios_load_without_warnings() {
    for path in shipped() {
        let loaded = loaded(&path);
        assert_eq!(loaded.render_warnings(MessageStyle::Plain), "", "{}", path.display());
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
        let again = again.unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)));
        assert_eq!(again.scenario, first, "{}", path.display());
        assert_eq!(scenario::effective_toml(&again.scenario), text);
        assert!(again.warnings.is_empty());
    }
}

/// Scenarios of the tests that are as they should be.
fn good() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenario/good");
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect()
}

#[test]
fn good_files_load_without_warnings_and_read_back() {
    for path in good() {
        let loaded = loaded(&path);
        assert_eq!(loaded.render_warnings(MessageStyle::Plain), "", "{}", path.display());
        let text = scenario::effective_toml(&loaded.scenario);
        assert_eq!(read(&text), loaded.scenario, "{text}");
    }
}

fn read(text: &str) -> Scenario {
    let read = scenario::parse(text, "x.toml", Path::new(env!("CARGO_MANIFEST_DIR")));
    read.unwrap_or_else(|e| panic!("{}\n{text}", e.render(MessageStyle::Plain))).scenario
}

/// The smallest scenario with a patient, with more at the top, in `[start]` and at the end.
fn of_patient(top: &str, start: &str, end: &str) -> Scenario {
    let time = "[time]\nend = \"28 d\"\n[lattice]\nsize = [64, 64]\n";
    let text = format!("name = \"x\"\nphenotype = \"signalling\"\n{top}\n{time}[start]\n{start}\n{end}\n");
    let scenario = read(&text);
    assert_eq!(read(&scenario::effective_toml(&scenario)), scenario, "{text}");
    scenario
}

#[test]
fn a_scenario_with_a_patient_needs_nothing_else() {
    let scenario = of_patient("", "", "");
    let patient = scenario.patient.as_ref().unwrap();
    assert_eq!((scenario.mode, patient.growth, patient.weight_kg), (Mode::Signalling, 0.0035, 70.0));
    assert_eq!((scenario.vessels, scenario.therapy), (None, None));
    let base = scenario.rates.base;
    assert_eq!([base.birth, base.death, base.migration, base.kill_at_division], [0.0; 4]);
    assert_eq!((scenario.rates.clearance, scenario.start.dead), (Some(0.1), DeadStart::Equilibrium));
}

// The order of the states is that of the loci's table, their levels are in the order of the scenario's loci.
#[test]
fn the_tumour_starts_with_the_states_of_its_patient() {
    let shares = |top, start, end| -> Vec<(Vec<u8>, f64)> {
        let shares = of_patient(top, start, end).start.composition;
        shares.into_iter().map(|s| (s.levels, s.fraction)).collect()
    };
    let default = shares("", "", "");
    let fractions: Vec<f64> = default.iter().map(|(_, f)| *f).collect();
    assert_eq!(fractions, [0.02, 0.002, 1e-6, 3e-6, 1.2e-6]);
    let some = "loci = [\"tsc\", \"pten\", \"rtk\"]";
    assert_eq!(shares(some, "", ""), [(vec![0, 0, 1], 0.02), (vec![2, 0, 0], 1e-6)]);
    let own = "[patient]\ntsc_fraction = 0\nrtk_fraction = 0.1";
    assert_eq!(shares(some, "", own), [(vec![0, 0, 1], 0.1)]);
    assert_eq!(shares(some, "composition = { \"pten=1\" = 0.5 }", own), [(vec![0, 1, 0], 0.5)]);
    for none in ["composition = {}", "composition = { sensitive = 1.0 }"] {
        assert_eq!(shares(some, none, own), []);
    }
    assert_eq!(shares("loci = []", "", own), []);
    // A locus of one's own with the name, but without the level.
    let two = "[[locus]]\nname = \"tsc\"\nlevels = [\"intact\", \"lost\"]";
    assert_eq!(shares("loci = [\"tsc\"]", "", two), []);
}

// Visits, and monitoring from the beginning of its line on, whatever may have ended the line before it.
#[test]
fn checks_must_fall_on_the_days_that_a_therapy_looks_at() {
    let accepted = |check: &str, first: &str, second: &str| {
        let adaptive = "adaptive = { off_below = 0.5, on_above = 1.0, monitor = \"12 d\" }";
        let text = format!(
            "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"360 d\"\ncheck = \"{check}\"\n[lattice]\n\
             size = [64, 64]\n[start]\n[oxygen]\n[vessels]\n[[therapy.line]]\n\
             regimens = \"everolimus 10 mg daily\"\n{first}\n[[therapy.line]]\n\
             regimens = \"sunitinib 37.5 mg daily\"\n{second}\n{adaptive}\n"
        );
        scenario::parse(&text, "x.toml", Path::new("")).is_ok()
    };
    let progression = "until = \"progression\"";
    for (check, first, second, expected) in [
        ("1 d", progression, "", true),
        ("12 d", progression, "", true),
        ("24 d", progression, "", false),
        ("36 d", progression, "", false),
        ("6 d", progression, "delay = \"18 d\"", true),
        ("6 d", progression, "delay = \"20 d\"", false),
        ("6 d", progression, "start = \"90 d\"", true),
        ("6 d", progression, "start = \"91 d\"", false),
        ("6 d", "until = [\"progression\", \"60 d\"]", "", true),
        ("6 d", "until = [\"progression\", \"62 d\"]", "", false),
        ("6 d", "until = \"progression\"\nbeyond_progression = \"28 d\"", "", false),
        ("6 d", "until = \"toxicity\"", "", false),
        ("1 d", "until = \"toxicity\"", "", true),
        ("12 h", progression, "", false),
    ] {
        assert_eq!(accepted(check, first, second), expected, "{check}, {first}, {second}");
    }
}

#[test]
fn a_saved_tumour_has_its_own_states_and_dead_cells() {
    let start = of_patient("", "shape = \"saved\"\npath = \"Cargo.toml\"", "").start;
    assert_eq!((start.composition, start.dead), (vec![], DeadStart::Fraction { fraction: 0.0 }));
}

// States are reached by what drugs induce, and by what the patient holds at equilibrium, if there is a patient.
#[test]
fn states_are_reached_through_the_network() {
    let locus = "[[locus]]\nname = \"NAME\"\nlevels = [\"a\", \"b\"]\n[[locus.change]]\nfrom = 0\nto = 1\nswitching = \"0 /d\"\n";
    let induced = "induced = { rate = \"1e-5 /d\", by = \"rapalog\" }";
    let reached = |name: &str, more: &str, end: &str| {
        let end = format!("{}{more}\n{end}", locus.replace("NAME", name));
        of_patient("loci = []", "composition = {}", &end).reachable_states().len()
    };
    assert_eq!(reached("x", "", ""), 1);
    assert_eq!(reached("x", induced, ""), 2);
    // Without a spread between patients (`cv`) the rate does not follow the patient's factor.
    assert_eq!(reached("x", induced, "[patient]\ninduction_factor = 0"), 2);
    let spread = induced.replace("by", "cv = 0.5, by");
    assert_eq!(reached("x", &spread, "[patient]\ninduction_factor = 0"), 1);
    assert_eq!(reached("rtk", "", ""), 2);
    assert_eq!(reached("rtk", "", "[patient]\nrtk_fraction = 0"), 1);
    let text = format!(
        "name = \"x\"\nloci = []\n[time]\nend = \"28 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
         [rates]\nbirth = \"0.1 /d\"\ndeath = \"0.1 /d\"\n{}{induced}\n",
        locus.replace("NAME", "rtk")
    );
    let given = read(&text);
    assert_eq!((given.mode, given.reachable_states().len()), (Mode::Rates, 1));
    assert_eq!((given.patient, given.start.dead), (None, DeadStart::Fraction { fraction: 0.0 }));
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

// What the page of outputs shows as a scenario is read as it stands, without a warning.
#[test]
fn scenarios_of_the_page_of_outputs_are_read() {
    let page = include_str!("../docs/outputs.md");
    let blocks = page.split("```toml\n").skip(1).filter_map(|block| block.split("```").next());
    let scenarios: Vec<&str> = blocks.filter(|block| block.starts_with("name = ")).collect();
    assert!(!scenarios.is_empty());
    for text in scenarios {
        let read = scenario::parse(text, "page", Path::new(""))
            .unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)));
        assert!(read.warnings.is_empty(), "{}", read.render_warnings(MessageStyle::Plain));
    }
}

//! Whatever is accepted is accepted again: the effective scenario of any run or trial, and its checkpoint, are read by the program that wrote
//! them, as the same scenario, and lead to the same digest.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::runs::{finished, resume_until, run_until, settings};
use evotor::scenario::{MessageStyle, effective_toml};
use evotor::simulation::{Ending, Job, run_in_memory};
use evotor::trial::file;
use proptest::prelude::*;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Scenarios and trials to start from: those that are shipped, and others.
fn texts() -> &'static [String] {
    static ALL: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| {
        let folders = ["scenarios", "scenarios/questions", "scenarios/falsify", "tests/data/scenario/good", "tests/data/scenario/odd"];
        let files = folders.iter().flat_map(|f| fs::read_dir(home().join(f)).unwrap().map(|e| e.unwrap().path()));
        let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
        files.sort();
        let least = "name = 'least'\n[time]\nend = '20 d'\n[lattice]\nsize = [64, 64]\nsite = '20 um'\n[start]\n[rates]\n\
            birth = '0.1 /d'\ndeath = '0.05 /d'\n[output]\nclones_every = '5 d'\n";
        let files = files.iter().map(|p| fs::read_to_string(p).unwrap());
        files.chain([least.to_owned(), include_str!("data/small-trial.toml").to_owned()]).collect()
    })
}

/// Whether a text is accepted; then its effective scenario must be, as the same one.
fn accepted(text: &str) -> bool {
    let Ok(loaded) = file::parse(text, "x.toml", home()) else { return false };
    let effective = effective_toml(&loaded.scenario);
    let again = file::parse(&effective, "effective.toml", home());
    let again = again.unwrap_or_else(|e| panic!("{}\nof\n{text}", e.render(MessageStyle::Plain)));
    assert!(again.scenario == loaded.scenario, "another scenario:\n{effective}\nof\n{text}");
    assert_eq!(effective_toml(&again.scenario), effective);
    true
}

#[test]
fn effective_scenarios_of_all_texts_are_accepted() {
    assert!(texts().iter().filter(|text| accepted(text)).count() > 20);
}

/// A change of a line: left out, so that a default holds, or with its numbers multiplied.
fn changed(text: &str, changes: &[(usize, usize)]) -> String {
    const FACTORS: [f64; 11] = [0.0, 1e-3, 0.05, 0.1, 0.25, 0.5, 2.0, 4.0, 10.0, 100.0, 1e4];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (at, what) in changes {
        let with_value: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].contains('=')).collect();
        let Some(line) = with_value.get(at % with_value.len().max(1)) else { continue };
        match FACTORS.get(*what) {
            Some(factor) => lines[*line] = multiplied(&lines[*line], *factor),
            None => drop(lines.remove(*line)),
        }
    }
    lines.join("\n")
}

/// A line whose numbers behind the key are multiplied.
fn multiplied(line: &str, factor: f64) -> String {
    let (key, value) = line.split_once('=').unwrap();
    let mut out = format!("{key}=");
    let mut number = String::new();
    for c in value.chars().chain(['\n']) {
        if c.is_ascii_digit() || (c == '.' && !number.is_empty()) {
            number.push(c);
            continue;
        }
        match number.parse::<f64>() {
            Ok(x) if number.contains('.') => out.push_str(&format!("{:?}", x * factor)),
            Ok(x) => out.push_str(&format!("{}", (x * factor).round())),
            Err(_) => out.push_str(&number),
        }
        number.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    // Defaults that depend on other keys were once written without asking whether these allow them: nests of 80 µm on a
    // smaller lattice, more times than may be given.
    #[test]
    fn effective_scenarios_of_changed_texts_are_accepted(
        file in 0..1000_usize,
        changes in prop::collection::vec((0..400_usize, 0..16_usize), 1..5),
    ) {
        accepted(&changed(&texts()[file % texts().len()], &changes));
    }
}

/// A small scenario on a lattice, with sites of a size.
fn small(size: &str, site: &str, more: &str) -> String {
    format!(
        "name = 'small'\n[time]\nend = '10 d'\ncheck = '1 d'\n[lattice]\nsize = {size}\nsite = '{site}'\n[start]\n{more}\n[rates]\nbirth = '0.1 /d'\n\
         death = '0.05 /d'\n"
    )
}

// `radius = "80 um"` was written into effective scenarios and checkpoints of lattices that are smaller, or whose sites are
// larger, and refused by `run` and `resume`.
#[test]
fn a_default_that_its_lattice_does_not_hold_is_made_to_fit() {
    let found = |size: &str, site: &str| {
        let text = small(size, site, "");
        assert!(accepted(&text), "{text}");
        effective_toml(&file::parse(&text, "x.toml", home()).unwrap().scenario)
    };
    assert!(found("[64, 64]", "2 um").contains("radius = \"64 um\""));
    assert!(found("[64, 8]", "10 um").contains("radius = \"40 um\""));
    assert!(found("[8, 8, 8]", "4 um").contains("radius = \"16 um\""));
    assert!(found("[32, 32]", "400 um").contains("radius = \"200 um\""));
    assert!(found("[64, 64]", "20 um").contains("radius = \"80 um\""));
}

// More times than may be given were once made of a default, or listed, and written as an interval that is refused.
#[test]
fn more_times_than_may_be_given_are_neither_made_nor_taken() {
    let long = "name = 'long'\nphenotype = 'signalling'\n[time]\nstep = '12 h'\nend = '300000 d'\ncheck = '1 d'\n[lattice]\n\
        size = [16, 16]\nplacement = 'radius'\n[start]\n[oxygen]\n[vessels]\n";
    assert!(accepted(long));
    let scenario = file::parse(long, "x.toml", home()).unwrap().scenario;
    assert_eq!(scenario.output.environment.len(), 100_001);
    let times: Vec<String> = (0..=100_001).map(|day| format!("'{day} d'")).collect();
    let listed = |count: usize| {
        format!("{long}[output]\nenvironment = []\nsnapshots = [{}]\n", times[..count].join(","))
    };
    assert!(accepted(&listed(100_001)));
    assert!(!accepted(&listed(100_002)));
}

/// Small scenarios, each with something that is resolved late.
fn scenarios() -> Vec<String> {
    let treated = "name = 'treated'\nphenotype = 'signalling'\nloci = ['rtk']\n[time]\nend = '12 d'\ncheck = '2 d'\n[lattice]\n\
        size = [24, 24]\nsite = '5 um'\nplacement = 'radius'\n[start]\n[patient]\nrtk_fraction = 0.1\nweight = '51 kg'\n\
        pharmacokinetics = 'virtual'\n[oxygen]\n[vessels]\n[therapy]\nregimen = 'everolimus 10 mg daily'\n";
    let drugs = small("[30, 20]", "3 um", "dead = 0.1")
        + "clearance = '0.1 /d'\n[[rates.effect]]\ndrug = 'one'\nbirth_factor = 0.5\n\
        [[drug]]\nname = 'one'\nstart_burden = 20\nadaptive = { off_below = 0.5, on_above = 1.5, every = '1 d' }\n";
    vec![
        small("[40, 40]", "2 um", ""),
        small("[16, 16, 16]", "3 um", ""),
        small("[40, 40]", "20 um", "shape = 'disc'\nradius = '0.2 mm'"),
        drugs,
        treated.to_owned(),
    ]
}

#[test]
fn effective_scenarios_and_checkpoints_lead_to_the_same_digest() {
    for text in scenarios() {
        let loaded = file::parse(&text, "x.toml", home());
        let loaded = loaded.unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)));
        let job = Job::new(&loaded.scenario, home()).unwrap();
        let expected = run_in_memory(&job, &settings()).unwrap().digest;
        let temp = tempfile::tempdir().unwrap();
        let ending = run_until(&job, &settings(), temp.path(), 3).0.unwrap();
        assert!(matches!(ending, Ending::Stopped { .. }), "{text}");
        let effective = file::load(&temp.path().join("effective.toml"));
        let effective = effective.unwrap_or_else(|e| panic!("{}\nof\n{text}", e.render(MessageStyle::Plain)));
        let again = Job::new(&effective.scenario, temp.path()).unwrap();
        assert_eq!(run_in_memory(&again, &settings()).unwrap().digest, expected, "{text}");
        let resumed = finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
        assert_eq!(resumed.digest, expected, "{text}");
        // A saved start, whose path is resolved late, from the run that is done.
        let saved = text.replace("[start]\n", "[start]\nshape = 'saved'\npath = 'checkpoint.evotor'\n");
        let saved = saved.replace("dead = 0.1", "").replace("shape = 'disc'\nradius = '0.2 mm'", "");
        let loaded = file::parse(&saved, "x.toml", temp.path());
        let loaded = loaded.unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)));
        let job = Job::new(&loaded.scenario, temp.path()).unwrap();
        let expected = run_in_memory(&job, &settings()).unwrap().digest;
        let second = tempfile::tempdir().unwrap();
        run_until(&job, &settings(), second.path(), 3).0.unwrap();
        let resumed = finished(resume_until(&settings(), second.path(), u64::MAX).unwrap());
        assert_eq!(resumed.digest, expected, "{saved}");
    }
}

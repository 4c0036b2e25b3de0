//! The worked example of `docs/adding-a-drug.md` works.

use std::path::Path;

use evotor::catalogue::{Confidence, Node};
use evotor::scenario::{Loaded, Style, effective_toml, load, parse};

const SCENARIO: &str = "name = \"own-drug\"\ntime = { end = \"60 d\" }\nlattice = { size = [64, 64] }\n\
    start = { shape = \"single\" }\nrates = { birth = \"0.1 /d\", death = \"0.1 /d\" }\n";

/// The example as the page prints it.
fn example() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adding-a-drug.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("<!-- example: my-drugs.toml -->\n```toml\n").unwrap();
    rest.split_once("```\n").unwrap().0.to_owned()
}

/// A scenario beside a file with drugs.
fn with_file(drugs: &str) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my-drugs.toml"), drugs).unwrap();
    let scenario = folder.path().join("scenario.toml");
    std::fs::write(&scenario, format!("{SCENARIO}catalogue = {{ files = [\"my-drugs.toml\"] }}\n")).unwrap();
    load(&scenario)
        .map_err(|e| e.render(Style::Plain).replace(&folder.path().display().to_string(), "FOLDER"))
}

#[test]
fn the_example_is_read_from_its_file() {
    let loaded = with_file(&example()).unwrap();
    assert_eq!(loaded.warnings, []);
    let [drug] = &loaded.scenario.catalogue[..] else { panic!("one drug") };
    assert_eq!(drug.name, "examplisib");
    assert!(drug.is_called("ex 101"));
    let pk = drug.pk.as_ref().unwrap();
    assert_eq!((pk.clearance.value, pk.clearance.cv, pk.clearance.confidence), (12.0, 0.4, Confidence::B));
    assert_eq!(pk.absorption.as_ref().unwrap().rate.source, "scenario");
    assert_eq!((drug.targets[0].node, drug.targets[0].shifts[0].ec50.value), (Node::MtorKinase, 10.0));
    // The reference is the average at the usual dose, as the comment says.
    let average = 40.0 / 24.0 / pk.clearance.value * 1000.0;
    assert!((drug.toxicities[0].reference.value / average - 1.0).abs() < 0.01);
}

// A run that is resumed or repeated elsewhere needs no file.
#[test]
fn the_effective_scenario_has_the_drug_in_full() {
    let loaded = with_file(&example()).unwrap();
    let text = effective_toml(&loaded.scenario);
    let again = parse(&text, "effective.toml", Path::new("/nowhere")).unwrap();
    assert_eq!(again.scenario, loaded.scenario);
    assert_eq!(again.warnings, []);
}

#[test]
fn the_example_may_stand_in_the_scenario_itself() {
    let inline = example().replace("[[drug", "[[catalogue.drug").replace("[drug", "[catalogue.drug");
    let inline = parse(&format!("{SCENARIO}{inline}"), "x.toml", Path::new("")).unwrap();
    assert_eq!(inline.scenario.catalogue, with_file(&example()).unwrap().scenario.catalogue);
}

#[test]
fn an_error_is_shown_at_its_place_in_the_drugs_file() {
    let wrong = example().replace("clearance = { value = \"12 L/h\"", "clearance = { value = \"12 L\"");
    let line = wrong.lines().position(|l| l.contains("\"12 L\"")).unwrap() + 1;
    let text = with_file(&wrong).unwrap_err();
    assert!(text.contains(&format!("--> FOLDER/my-drugs.toml:{line}:23")), "{text}");
    assert!(text.contains("`clearance` must be a clearance, but `L` is a volume"), "{text}");
}

//! The worked example of `docs/adding-a-drug.md` works.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use evotor::catalogue::{Confidence, Node};
use evotor::scenario::{Loaded, MessageStyle, effective_toml, load, parse};
use evotor::simulation::{Hooks, Job, Settings, Unwatched, run};

const SCENARIO: &str = "name = \"own-drug\"\ntime = { end = \"60 d\" }\nlattice = { size = [64, 64] }\n\
    start = { shape = \"single\" }\nrates = { birth = \"0.1 /d\", death = \"0.1 /d\" }\n";

/// An example as the page prints it.
fn printed(file: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adding-a-drug.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once(&format!("<!-- example: {file} -->\n```toml\n")).unwrap();
    rest.split_once("```\n").unwrap().0.to_owned()
}

/// The drug of the page.
fn example() -> String {
    printed("my-drugs.toml")
}

/// A scenario beside a file with drugs.
fn with_file(drugs: &str) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my-drugs.toml"), drugs).unwrap();
    let scenario = folder.path().join("scenario.toml");
    std::fs::write(&scenario, format!("{SCENARIO}catalogue = {{ files = [\"my-drugs.toml\"] }}\n")).unwrap();
    load(&scenario)
        .map_err(|e| e.render(MessageStyle::Plain).replace(&folder.path().display().to_string(), "FOLDER"))
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
    assert!((drug.toxicities[0].reference_exposure() / average - 1.0).abs() < 0.01);
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

// The page says what to look at: the average and the unbound concentration at the usual dose.
#[test]
fn the_example_runs_in_a_therapy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my-drugs.toml"), example()).unwrap();
    let path = folder.path().join("my-scenario.toml");
    std::fs::write(&path, printed("my-scenario.toml")).unwrap();
    let loaded = load(&path).map_err(|e| e.render(MessageStyle::Plain)).unwrap();
    assert_eq!(loaded.warnings, []);
    let job = Job::new(&loaded.scenario, folder.path()).unwrap();
    let (out, stop) = (folder.path().join("out"), AtomicUsize::new(0));
    let hooks = Hooks { watch: &mut Unwatched, painter: None, stop: &stop };
    run(&job, &Settings::default(), &out, false, hooks).unwrap();
    let table = std::fs::read_to_string(out.join("exposure.csv")).unwrap();
    let day = table.lines().find(|l| l.starts_with("0,10,examplisib,40,mg,1,0,on,")).unwrap();
    let columns: Vec<f64> = day.split(',').map(|c| c.parse().unwrap_or(f64::NAN)).collect();
    assert!((columns[8] / 139.0 - 1.0).abs() < 0.05 && (columns[12] / 32.3 - 1.0).abs() < 0.05, "{day}");
    assert!(std::fs::read_to_string(out.join("visits.csv")).unwrap().lines().count() > 2);
}

// The commands of the page that show the drug before any run, and what happens with other files.
#[test]
fn a_drug_of_ones_own_is_shown_before_any_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my-drugs.toml"), example()).unwrap();
    std::fs::write(folder.path().join("scenario.toml"), SCENARIO).unwrap();
    let evotor = |words: &str, file: &str| {
        let regimen =
            ["--drug", "examplisib 40 mg daily"].into_iter().filter(|_| !words.starts_with("drugs"));
        let ran = assert_cmd::Command::cargo_bin("evotor")
            .unwrap()
            .current_dir(folder.path())
            .args(words.split(' '))
            .args(regimen)
            .args(["--catalogue", file])
            .output()
            .unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap())
    };
    // 40 mg a day over 12 L/h.
    let (code, shown) = evotor("pk --days 28 --csv", "my-drugs.toml");
    let average: f64 = shown.lines().last().unwrap().split(',').nth(1).unwrap().parse().unwrap();
    assert!(code == Some(0) && (average / 138.9 - 1.0).abs() < 0.02, "{average}");
    for (words, part) in
        [("drugs examplisib", "12 L/h"), ("drugs", "examplisib"), ("signalling", "examplisib 32.3 nM")]
    {
        let (code, shown) = evotor(words, "my-drugs.toml");
        assert!(code == Some(0) && shown.contains(part), "{words}: {shown}");
    }
    for (file, part) in [("scenario.toml", "is not a file of drugs"), ("none.toml", "none.toml")] {
        let (code, shown) = evotor("pk", file);
        assert!(code == Some(2) && shown.contains(part), "{file}: {shown}");
    }
}

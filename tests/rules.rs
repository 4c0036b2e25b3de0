//! Rules of therapy, progression and stopping in whole runs of the real binary: what its tables, its summary, its report and its last
//! words say of one and the same thing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A patient whose drug kills fast, with two lines.
const PATIENT: &str = r#"
phenotype = "signalling"
seed = 1
[time]
end = "224 d"
every = "1 d"
[lattice]
size = [32, 32]
[start]
[patient]
growth = "0.02 /d"
[therapy.toxicity]
events = false
[therapy.visits]
every = "28 d"
[[catalogue.drug]]
name = "killer"
routes = ["intravenous"]
molar_mass = "500 g/mol"
[catalogue.drug.pk]
clearance = "10 L/h"
volume = "100 L"
unbound = 0.1
[[catalogue.drug.kill]]
kind = "death"
rate = "0.05 /d"
ec50 = "1 ng/mL"
"#;

/// Growth without a patient.
const GROWTH: &str = r#"
seed = 1
loci = []
[time]
end = "30 d"
every = "1 d"
step = "12 h"
[lattice]
size = [32, 32]
[rates]
birth = "0.3 /d"
death = "0.01 /d"
"#;

struct Run {
    dir: PathBuf,
    said: String,
    _temp: tempfile::TempDir,
}

impl Run {
    fn of(scenario: &str) -> Self {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("x.toml"), scenario).unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
        let output = command
            .args(["run", "x.toml", "--threads", "1", "--out", "out"])
            .current_dir(temp.path())
            .output()
            .unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}");
        Self { dir: temp.path().join("out"), said, _temp: temp }
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.dir.join(file)).unwrap()
    }

    /// The fields of some columns of a table, row by row.
    fn columns<const N: usize>(&self, file: &str, names: [&str; N]) -> Vec<[String; N]> {
        let text = self.text(file);
        let mut lines = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
        let head = lines.next().unwrap();
        let at = names
            .map(|name| head.iter().position(|h| *h == name).unwrap_or_else(|| panic!("{name} in {head:?}")));
        lines.map(|row| at.map(|column| row[column].to_owned())).collect()
    }

    fn summary(&self) -> serde_json::Value {
        serde_json::from_str(&self.text("summary.json")).unwrap()
    }
}

fn patient(name: &str, lines: &str) -> Run {
    Run::of(&format!("name = \"{name}\"\n{PATIENT}{lines}"))
}

// A line that looks by its own calendar paused and resumed without a row in `therapy.csv`, which had them for visits.
#[test]
fn every_pause_is_in_the_table_of_therapy_whatever_the_calendar() {
    let switches = |monitor: &str| {
        let run = patient(
            "pauses",
            &format!(
                "[[therapy.line]]\nregimens = {{ drug = \"killer\", dose = \"50 mg\" }}\n\
                 adaptive = {{ off_below = 0.5, on_above = 1.0, monitor = \"{monitor}\" }}\n"
            ),
        );
        let rows = run.columns("therapy.csv", ["day", "line", "action", "drug"]);
        let switches: Vec<_> = rows.into_iter().filter(|r| r[2] == "pause" || r[2] == "continue").collect();
        let paused = run.columns("exposure.csv", ["day", "drug", "status"]);
        let paused: Vec<u32> =
            paused.into_iter().filter(|r| r[2] == "paused").map(|r| r[0].parse().unwrap()).collect();
        // Each stretch of paused days begins with a pause and is ended by going on.
        let begun: Vec<u32> = paused.iter().copied().filter(|day| !paused.contains(&(day - 1))).collect();
        let told: Vec<u32> =
            switches.iter().filter(|r| r[2] == "pause").map(|r| r[0].parse().unwrap()).collect();
        assert!(!begun.is_empty());
        assert_eq!(told, begun, "{monitor}: {switches:?}");
        assert!(switches.iter().all(|r| r[1] == "1" && r[3].is_empty()), "{switches:?}");
        switches
    };
    // On the same days the same is seen.
    assert_eq!(switches("28 d"), switches("visit"));
    switches("7 d");
}

// What is measured and what follows from it stands in one table. 50 mg a day of a drug with a half-life of 6.9 h have a trough of 50 ng/mL;
// half of it is in the middle of 20 to 30.
#[test]
fn samples_and_what_follows_from_them_are_in_the_table_of_therapy() {
    let run = patient(
        "followed",
        "[[therapy.line]]\nregimens = \"killer 50 mg daily until day 56\"\n\
         trigger = { marker = \"cga\", above = 1.5, samples = 1, cv = 0, action = \"end_line\" }\n\
         [[therapy.line]]\nregimens = \"everolimus 10 mg daily\"\n\
         [[therapy.monitoring]]\ndrug = \"killer\"\nlower = \"20 ng/mL\"\nupper = \"30 ng/mL\"\nlevels = [\"10 mg\", \"25 mg\"]\ncv = 0\n",
    );
    let names = ["day", "action", "drug", "until_day", "measured", "relative_dose", "reason"];
    let rows = run.columns("therapy.csv", names);
    let of = |action: &str| rows.iter().filter(|row| row[1] == action).cloned().collect::<Vec<_>>();
    let [first, second] = &of("trough")[..] else { panic!("{rows:?}") };
    assert_eq!((&first[0][..], &first[2][..], &first[3][..]), ("14", "killer", "21"));
    let measured = |row: &[String; 7]| row[4].parse::<f64>().unwrap();
    assert!((measured(first) - 49.9).abs() < 0.1 && (measured(second) - 24.95).abs() < 0.05, "{rows:?}");
    let adjusted: Vec<_> =
        of("adjust").into_iter().map(|row| (row[0].clone(), row[5].clone(), row[6].clone())).collect();
    let expected = [("21", "0.5", "lowered"), ("42", "0.5", "in_range")];
    assert_eq!(adjusted, expected.map(|(day, dose, why)| (day.to_owned(), dose.to_owned(), why.to_owned())));
    // The marker ends the line a week after a sample above 1.5 times the smallest before.
    let ended = of("line_ends").remove(0);
    assert_eq!(&ended[6], "marker");
    let samples = of("marker");
    let (last, before) = samples.split_last().unwrap();
    assert_eq!(last[3], ended[0], "{rows:?}");
    let nadir = before.iter().map(measured).fold(f64::INFINITY, f64::min);
    assert!(measured(last) > 1.5 * nadir, "{rows:?}");
    assert_eq!(run.summary()["therapy"]["lines"][0]["ended"]["marker"], 1);
}

// Progression at a visit was in `visits.csv` and in the last words, but `replicates.csv`, `summary.json` and the report's first
// sentences said that there was none.
#[test]
fn progression_at_a_visit_is_said_alike_everywhere() {
    let run = patient(
        "progression",
        "[[therapy.line]]\nregimens = \"octreotide LAR 30 mg every 28 d\"\nuntil = \"progression\"\n",
    );
    let visits = run.columns("visits.csv", ["day", "progression"]);
    let day = visits.iter().find(|v| v[1] == "true").map(|v| v[0].clone()).expect("it progresses");
    let replicates = run.columns("replicates.csv", ["progression_day", "progression_confirmed_day"]);
    assert_eq!(replicates, [[day.clone(), day.clone()]]);
    let number: f64 = day.parse().unwrap();
    assert_eq!(run.summary()["progression_days"], serde_json::json!([number]));
    assert_eq!(run.summary()["progression_confirmed_days"], serde_json::json!([number]));
    assert!(run.said.contains(&format!("progression: day {day}\n")), "{}", run.said);
    let report = run.text("report.html");
    assert!(report.contains(&format!("It progressed on day {day}.")));
}

// Progression by burden was dated by the check that confirmed it alone.
#[test]
fn progression_has_the_day_of_its_first_check_and_of_the_one_that_confirmed_it() {
    let run = Run::of(&format!(
        "name = \"burden\"\n{GROWTH}[start]\nshape = \"count\"\ncells = 10\n[stop]\nprogression = {{ factor = 1.9, observations = 3 }}\n"
    ));
    let series = run.columns("series.csv", ["day", "live"]);
    let series: Vec<(String, u32)> =
        series.into_iter().map(|[day, live]| (day, live.parse().unwrap())).collect();
    let above = |check: &&[(String, u32)]| check.iter().all(|(_, live)| *live * 10 >= 190);
    let row = series.windows(3).find(above).expect("it grows");
    let expected = [row[0].0.clone(), row[2].0.clone()];
    assert_eq!(
        run.columns("replicates.csv", ["progression_day", "progression_confirmed_day"]),
        std::slice::from_ref(&expected)
    );
    let words = format!("progression: day {}, confirmed on day {}\n", expected[0], expected[1]);
    assert!(run.said.contains(&words), "{}", run.said);
    let sentence = format!("It progressed on day {}, confirmed on day {}.", expected[0], expected[1]);
    assert!(run.text("report.html").contains(&sentence));
}

// 0 cells were as many as 1.5 times 0, at once: empty replicates progressed on day 0 and halted.
#[test]
fn without_a_cell_nothing_progresses_and_the_summary_says_so() {
    for extinction in [true, false] {
        let run = Run::of(&format!(
            "name = \"empty\"\nreplicates = 8\n{GROWTH}[start]\nshape = \"random\"\ndensity = 0.001\n\
             [stop]\nextinction = {extinction}\nprogression = {{ factor = 1.5, halt = true }}\n"
        ));
        let rows = run.columns("replicates.csv", ["start_live", "progression_day", "status"]);
        let empty: Vec<_> = rows.iter().filter(|r| r[0] == "0").collect();
        assert!(!empty.is_empty() && empty.len() < 8, "{rows:?}");
        assert!(empty.iter().all(|r| r[1].is_empty() && !r[2].contains("progressed")), "{rows:?}");
        let note = format!("note: {} of 8 replicates began without a live cell", empty.len());
        assert!(run.said.contains(&note), "{}", run.said);
    }
}

// A line that begins without a tumour had NaN for its changes, and a tumour without a cell the volume 1.
#[test]
fn a_line_that_begins_without_a_tumour_has_no_changes_and_no_volume() {
    let run = patient(
        "gone",
        "[[therapy.line]]\nregimens = \"surgery 100 % on day 10\"\nuntil = \"30 d\"\n\
         [[therapy.line]]\nregimens = \"everolimus 10 mg daily\"\n\
         adaptive = { off_below = 0.5, on_above = 1.0, monitor = \"7 d\" }\n[stop]\nextinction = false\n",
    );
    let visits = run.columns(
        "visits.csv",
        ["line", "relative_volume", "diameter_change", "change_from_nadir", "category"],
    );
    let second: Vec<_> = visits.iter().filter(|v| v[0] == "2").collect();
    assert!(second.len() > 3, "{visits:?}");
    for visit in second {
        assert_eq!(visit[1..], ["0", "", "", "CR"].map(str::to_owned), "{visits:?}");
    }
    for file in ["visits.csv", "summary.json"] {
        assert!(!run.text(file).contains("NaN"), "{file}");
    }
}

/// Whether a file is accepted, and what is said of it.
fn validated(scenario: &str) -> (bool, String) {
    let temp = tempfile::tempdir().unwrap();
    let path: &Path = temp.path();
    fs::write(path.join("x.toml"), scenario).unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    let output = command.args(["validate", "x.toml"]).current_dir(path).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// What stands between two texts, on one line.
fn between(said: &str, before: &str, after: &str) -> String {
    let found = said.lines().find_map(|line| line.split_once(before)?.1.split_once(after));
    found.unwrap_or_else(|| panic!("`{before}` and `{after}` in {said}")).0.to_owned()
}

// Tumours of no cell were run without a word, in both modes; the number that a message asks for is then accepted.
#[test]
fn a_start_without_a_cell_is_refused_at_its_place_and_what_is_asked_for_accepted() {
    let heads = [
        "name = \"x\"\nloci = []\n[rates]\nbirth = \"0.3 /d\"\ndeath = \"0.01 /d\"\n",
        "name = \"x\"\nphenotype = \"signalling\"\n",
    ];
    let starts = [
        ("shape = \"random\"\ndensity = ", "[30, 34]"),
        ("fraction = ", "[30, 34]"),
        ("fraction = ", "[16, 24, 40]"),
    ];
    for head in heads {
        for (key, size) in starts {
            let file = |number: &str| {
                format!(
                    "{head}[time]\nend = \"14 d\"\ncheck = \"1 d\"\n[lattice]\nsize = {size}\n[start]\n{key}{number}\n"
                )
            };
            let (accepted, said) = validated(&file("1e-9"));
            assert!(!accepted && said.contains("not one cell"), "{said}");
            let least = between(&said, "expected at least ", ": one cell");
            let (accepted, said) = validated(&file(&least));
            assert!(accepted, "{least}: {said}");
        }
        let ball = |radius: &str| {
            format!(
                "{head}[time]\nend = \"14 d\"\ncheck = \"1 d\"\n[lattice]\nsize = [32, 32]\n[start]\nshape = \"disc\"\nradius = \"{radius} um\"\n"
            )
        };
        let (accepted, said) = validated(&ball("12"));
        assert!(!accepted, "{said}");
        let least = between(&said, "expected ", " um to ");
        let (accepted, said) = validated(&ball(&least));
        assert!(accepted, "{least}: {said}");
    }
}

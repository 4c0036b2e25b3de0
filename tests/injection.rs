//! What names and texts of a file can do to those who read results: nothing. One list of payloads goes through the real commands, and
//! every place to which text goes is looked at: cells of tables, messages, pages, plots, files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use evotor::sink::{from_csv, is_hidden};

/// What is tried: formulas, markup, commands to terminals, characters that turn text round or are none, ends of cells and lines.
const PAYLOADS: [&str; 24] = [
    "=1+1",
    "=HYPERLINK(\"http://example.org\")",
    "+1+1",
    "-2+3",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "\u{ff1d}1",
    "a\",\"=1",
    "a\n=1",
    "<script>alert(1)</script>",
    "</title><b>&amp;",
    "\" onload=\"x",
    "\u{1b}[31mred",
    "\u{9b}31mred",
    "\u{7}\u{8}",
    "\u{202e}evil\u{2066}",
    "\u{2028}line",
    "\u{feff}\u{200b}",
    "odd\u{fffe}\u{ffff}\u{10ffff}",
    "\u{fdd0}",
    "nul\u{0}",
];

const RUN: &str = "
name = \"run\"
seed = 1
loci = []
description = DESCRIPTION
time = { end = \"20 d\", every = \"5 d\" }
lattice = { size = [32, 32] }
start = { shape = \"count\", cells = 40 }
[rates]
birth = \"0.1 /d\"
death = \"0.05 /d\"
[output]
snapshots = [\"0 d\", \"20 d\"]
";

fn evotor(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

/// A text as TOML, every character of it escaped.
fn toml(text: &str) -> String {
    format!("\"{}\"", text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect::<String>())
}

/// Nothing that a terminal obeys.
fn check_messages(output: &Output, what: &str) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(stream.clone()).unwrap();
        let found: Vec<char> = text.chars().filter(|c| is_hidden(*c) && !matches!(c, '\n' | '\t')).collect();
        assert!(found.is_empty(), "{what}: {found:?} in {text}");
    }
    assert!(matches!(output.status.code(), Some(0 | 2)), "{what}: {:?}", output.status);
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    paths.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

/// What a folder of results holds.
fn check_folder(dir: &Path, payload: &str) {
    for path in files(dir) {
        let what = format!("{payload:?}: {}", path.display());
        match path.extension().and_then(|e| e.to_str()).unwrap_or("") {
            "csv" => check_table(&path, &what),
            "html" => check_markup(&fs::read_to_string(&path).unwrap(), payload, &what),
            "svg" => {
                let text = fs::read_to_string(&path).unwrap();
                check_markup(&text, payload, &what);
                assert!(path.with_extension("png").exists(), "{what} could not be drawn");
            }
            "toml" => {
                let text = fs::read_to_string(&path).unwrap();
                assert!(!text.contains(|c| is_hidden(c) && c != '\n'), "{what}");
            }
            _ => {}
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.contains(is_hidden) && !name.starts_with(['=', '-', '@']), "{what}");
    }
}

fn check_table(path: &Path, what: &str) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    for record in reader.records() {
        for cell in &record.unwrap() {
            let is_number = cell.parse::<f64>().is_ok();
            let begins = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}'];
            assert!(is_number || !cell.starts_with(begins), "{what}: {cell:?} is a formula");
            assert!(!from_csv(cell).is_empty() || cell.is_empty(), "{what}");
        }
    }
}

fn check_markup(text: &str, payload: &str, what: &str) {
    let hidden = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
    assert!(!text.contains(hidden), "{what}: {:?}", text.chars().find(|c| hidden(*c)));
    if payload.contains('<') {
        assert!(!text.contains(payload), "{what} has the markup itself");
    }
    assert!(!text.contains("\" onload=\"x"), "{what}");
}

#[test]
fn no_description_does_anything_to_those_who_read_a_run() {
    let temp = tempfile::tempdir().unwrap();
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let (file, out) = (format!("{number}.toml"), format!("out{number}"));
        fs::write(temp.path().join(&file), RUN.replace("DESCRIPTION", &toml(payload))).unwrap();
        check_messages(&evotor(&["validate", &file], temp.path()), payload);
        let args = ["run", &file, "--out", &out, "--backend", "cpu", "--threads", "1"];
        let run = evotor(&args, temp.path());
        check_messages(&run, payload);
        if run.status.success() {
            assert!(!String::from_utf8_lossy(&run.stderr).contains("warning: failed"), "{payload:?}");
            check_folder(&temp.path().join(&out), payload);
            check_messages(&evotor(&["report", &out], temp.path()), payload);
        }
    }
    assert!(
        temp.path().join("out0/report.html").exists() && temp.path().join("out21/plots/burden.png").exists()
    );
}

// Formulas in names of arms came through to published.csv, resistance.csv and events.csv; U+FFFE left a trial without plots.
#[test]
fn no_name_of_an_arm_does_anything_to_those_who_read_a_trial() {
    let temp = tempfile::tempdir().unwrap();
    let trial = include_str!("data/small-trial.toml").replace("patients = 3", "patients = 2");
    let mut told = 0;
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let (file, out) = (format!("{number}.toml"), format!("out{number}"));
        let text = trial.replace("name = \"supportive care\"", &format!("name = {}", toml(payload)));
        let published = format!(
            "\n[[published]]\narm = {}\nendpoint = \"pfs_median\"\nvalue = 5.0\ninterval = [4.0, 6.0]\nrole = \"predicted\"\nsource = {}\n",
            toml(payload),
            toml(payload)
        );
        fs::write(temp.path().join(&file), text + &published).unwrap();
        check_messages(&evotor(&["validate", &file], temp.path()), payload);
        let compared =
            evotor(&["compare", &file, "--surrogate", "--threads", "1", "--out", &out], temp.path());
        check_messages(&compared, payload);
        if compared.status.success() {
            assert!(!String::from_utf8_lossy(&compared.stderr).contains("warning: failed"), "{payload:?}");
            check_folder(&temp.path().join(&out), payload);
            let arms = fs::read_to_string(temp.path().join(&out).join("arms.csv")).unwrap();
            let names: Vec<String> = csv::Reader::from_reader(arms.as_bytes())
                .records()
                .map(|r| from_csv(&r.unwrap()[0]).to_owned())
                .collect();
            assert!(names.contains(&payload.trim().to_owned()), "{payload:?} does not come back: {names:?}");
            told += 1;
        }
    }
    assert!(told >= 8, "{told} names were taken");
}

// Characters that command a terminal went from a line that is shown, and from a name in a message, to it.
#[test]
fn what_stands_in_a_wrong_file_does_nothing_to_a_terminal() {
    let temp = tempfile::tempdir().unwrap();
    for payload in PAYLOADS {
        let wrong = [
            format!("name = \"run\" # {payload}\nseed = -1 # {payload}\n"),
            format!("name = {}\n", toml(payload)),
            format!("\"{payload}\" = 1\n"),
            format!("{} = 1\n", toml(payload)),
            format!("[rates]\nbirth = {}\n", toml(payload)),
            format!("[therapy]\nregimen = {}\n", toml(payload)),
            format!("[[catalogue.drug]]\nname = {}\naliases = [{}]\n", toml(payload), toml(payload)),
        ];
        for text in wrong {
            fs::write(temp.path().join("wrong.toml"), &text).unwrap();
            for command in ["validate", "run", "compare"] {
                let told = evotor(&[command, "wrong.toml"], temp.path());
                check_messages(&told, &format!("{command} of {text:?}"));
                assert_eq!(told.status.code(), Some(2), "{text:?}");
            }
        }
    }
    // Names of files are shown too.
    let odd = "odd\u{9b}31m\u{202e}.toml";
    fs::write(temp.path().join(odd), "seed = -1\n").unwrap();
    for args in [
        ["validate", odd],
        ["validate", "none\u{202e}.toml"],
        ["report", "none\u{9b}"],
        ["resume", "none\u{1b}[1m"],
    ] {
        check_messages(&evotor(&args, temp.path()), &format!("{args:?}"));
    }
}

// Whatever reads the command line repeats what was typed, and so does JSON, as data.
#[test]
fn what_is_typed_does_nothing_to_a_terminal() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("run.toml"), RUN.replace("DESCRIPTION", &toml("a\u{202e}b"))).unwrap();
    let typed = "odd\u{9b}31m\u{202e}\u{fffe}\u{7}";
    let flag = format!("--{typed}");
    let calls: [&[&str]; 9] = [
        &[typed],
        &["run", &flag],
        &["compare", "x.toml", "--patients", typed],
        &["compare", "x.toml", "--shard", typed],
        &["init", typed],
        &["schema", typed],
        &["validate", "run.toml", "--set", typed],
        &["validate", "--json", "run.toml", "--set", typed],
        &["validate", "--json", "run.toml", "--set", "name=\"odd\u{202e}\""],
    ];
    for args in calls {
        let told = evotor(args, temp.path());
        check_messages(&told, &format!("{args:?}"));
        assert_eq!(told.status.code(), Some(2), "{args:?}");
    }
}

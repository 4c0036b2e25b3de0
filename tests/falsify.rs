//! `evotor falsify`: the real binary, with few patients.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn falsify(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.arg("falsify").args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_small_run_prints_and_writes_what_it_found() {
    let temp = tempfile::tempdir().unwrap();
    // In another order, and one of them twice: they come in their own.
    let args = [
        "--patients",
        "2",
        "--only",
        "f10",
        "--only",
        "F5",
        "--only",
        "F12",
        "--only",
        "F5",
        "--backend",
        "cpu",
    ];
    let run = falsify(&args, temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!(text(&run.stderr), "");
    let out = text(&run.stdout);
    let rows: Vec<&str> = out.lines().skip(1).take(6).map(|l| l.split_whitespace().next().unwrap()).collect();
    assert_eq!(rows, ["F5", "F10", "perfusion", "perfusion", "perfusion", "perfusion"], "{out}");
    // Two patients prove nothing.
    let f5 = out.lines().find(|l| l.starts_with("F5 ")).unwrap();
    assert!(f5.contains("0.35 to 0.67") && f5.contains("undecided"), "{f5}");
    assert!(
        out.contains("2 patients a trial, seed 1") && out.contains("results in results/falsify"),
        "{out}"
    );

    let dir = temp.path().join("results/falsify");
    let csv = fs::read_to_string(dir.join("falsify.csv")).unwrap();
    let ids: Vec<&str> = csv.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    assert_eq!(ids, ["F5", "F10", "F10", "F10", "F10", "F10", "F10", "F12", "F12"]);
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.join("falsify.json")).unwrap()).unwrap();
    assert_eq!((json["patients"].as_u64(), json["complete"].as_bool()), (Some(2), Some(true)));
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 3);
    for finding in findings {
        for part in finding["parts"].as_array().unwrap() {
            let verdict = part["verdict"].as_str().unwrap().replace('_', " ");
            assert!(["holds", "fails", "undecided", "not tested"].contains(&verdict.as_str()), "{part}");
            assert!(csv.contains(part["what"].as_str().unwrap()), "{part}");
        }
    }

    // The folder is taken now, which is found before anything is computed.
    let again = falsify(&args, temp.path());
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    // The same again: not a bit differs. Another seed has other patients.
    let force = falsify(&[&args[..], &["--force"]].concat(), temp.path());
    assert_eq!(text(&force.stdout), out);
    let other =
        falsify(&["--patients", "2", "--only", "F12", "--seed", "7", "--out", "other", "-q"], temp.path());
    let other_csv = fs::read_to_string(temp.path().join("other/falsify.csv")).unwrap();
    assert_eq!(other.status.code(), Some(0));
    assert!(!csv.contains(other_csv.lines().nth(1).unwrap()), "{other_csv}");
}

#[test]
fn without_a_gpu_the_backends_are_not_compared() {
    let temp = tempfile::tempdir().unwrap();
    let run = falsify(&["--patients", "2", "--only", "F19", "--backend", "cpu"], temp.path());
    let out = text(&run.stdout);
    assert_eq!(run.status.code(), Some(0));
    assert!(out.contains("not tested") && out.contains("--backend cpu asks for none"), "{out}");
}

#[test]
fn the_list_shows_all_and_computes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let list = falsify(&["--list"], temp.path());
    let out = text(&list.stdout);
    assert_eq!((list.status.code(), out.lines().count()), (Some(0), 3 * 18));
    // A terminal of usual width, or little wider.
    assert!(out.lines().all(|line| line.chars().count() <= 160), "{out}");
    for f in &evotor::trial::falsify::FALSIFIERS {
        assert!(out.contains(f.observed) && out.contains(f.bound) && out.contains(f.wrong), "{}", f.id);
    }
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

/// Bad input and its transcript; `UPDATE_TRANSCRIPTS=1` writes them anew.
const BAD: [(&str, &[&str]); 5] = [
    ("unknown", &["--only", "F66"]),
    ("word", &["--only", "F6", "--only", "perfusion"]),
    ("patients", &["--patients", "1"]),
    ("backend", &["--backend", "cpu", "--adapter", "llvmpipe"]),
    ("seed", &["--seed", "x"]),
];

#[test]
fn bad_input_is_refused_as_transcribed() {
    let temp = tempfile::tempdir().unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/falsify");
    for (name, args) in BAD {
        let run = falsify(args, temp.path());
        assert_eq!((run.status.code(), run.stdout.len()), (Some(2), 0), "{name}");
        let file = stored.join(name).with_extension("stderr");
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::write(&file, &run.stderr).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(text(&run.stderr), expected, "{name}: set UPDATE_TRANSCRIPTS=1 if this is right");
    }
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0, "nothing is written");
}

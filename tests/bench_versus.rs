//! `evotor bench --vs`: two builds of the program in turns.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A script that stands for an older program.
fn program(folder: &Path, body: &str) -> PathBuf {
    let path = folder.join("old");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// What a comparison prints on standard output and standard error, and whether it went well.
fn compare(old: &Path, further: &[&str]) -> (String, String, bool) {
    let output = Command::new(assert_cmd::cargo::cargo_bin!("evotor"))
        .args(["bench", "--csv", "--threads", "1", "--edge", "32", "--steps", "2", "--rounds", "2", "--vs"])
        .arg(old)
        .args(further)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.success())
}

fn cells(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect()
}

#[test]
fn the_program_against_itself_has_a_ratio_within_its_spread() {
    let (table, _, well) =
        compare(assert_cmd::cargo::cargo_bin!("evotor"), &["--workload", "scattered,dense"]);
    assert!(well);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    for (line, name) in lines[1..].iter().zip(["scattered", "dense"]) {
        let cells = cells(line);
        assert_eq!((cells[0].as_str(), cells[1].as_str()), (name, "cpu, 1 thread"));
        let numbers: Vec<f64> = cells[2..].iter().map(|cell| cell.parse().unwrap()).collect();
        let [old, new, ratio, lowest, highest] = numbers[..] else { panic!("{line}") };
        assert!(old > 0.0 && new > 0.0 && lowest <= ratio && ratio <= highest, "{line}");
    }
}

#[test]
fn a_workload_that_the_old_program_lacks_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let old =
        program(folder.path(), "echo 'error: there is no workload `dense`; there are nests' >&2; exit 2");
    let (table, said, well) = compare(&old, &["--workload", "dense"]);
    assert!(well, "{said}");
    assert_eq!(table.lines().count(), 1, "{table}");
    assert!(said.contains("has no workload `dense`"), "{said}");
}

#[test]
fn the_old_program_is_asked_for_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let old = program(
        folder.path(),
        "echo \"$@\" >> \"$0.asked\"\nprintf '\"live\",\"ms/step\"\\n\"1e3\",\"1.000\"\\n'",
    );
    let (table, said, well) = compare(&old, &["--workload", "scattered"]);
    assert!(well, "{said}");
    assert_eq!(cells(table.lines().nth(1).unwrap())[2], "1.00e6");
    let asked = std::fs::read_to_string(folder.path().join("old.asked")).unwrap();
    let expected = "bench --backend cpu --csv --workload scattered --threads 1 --edge 32 --steps 2\n";
    assert_eq!(asked, expected.repeat(2));
}

#[test]
fn a_program_that_is_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (_, said, well) = compare(&folder.path().join("nowhere"), &["--workload", "dense"]);
    assert!(!well && said.contains("failed to run") && said.contains("nowhere"), "{said}");
    let broken = program(folder.path(), "echo oh dear >&2; exit 3");
    let (_, said, well) = compare(&broken, &["--workload", "dense"]);
    assert!(!well && said.contains("measured nothing: oh dear"), "{said}");
    let mute = program(folder.path(), "echo hello");
    let (_, said, well) = compare(&mute, &["--workload", "dense"]);
    assert!(!well && said.contains("no table"), "{said}");
}

//! Whatever moment a command is ended at, going on with it leads to the same files: it is killed before every change that it makes
//! in its output folder, and asked to stop there.
//!
//! Builds with debug assertions end themselves at the n-th such change (`EVOTOR_FAULT`). `EVOTOR_FAULTS=all` tries every moment of the
//! long commands too, which takes many minutes.
#![cfg(all(unix, debug_assertions))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support;

const CALIBRATION: &str = "name = \"c\"\nseed = 3\npatients = 4\nparticles = 4\ngenerations = 1\njudged = 1\nagents = 400\n\
    [[target]]\ntrial = \"radiant-3\"\narm = \"placebo\"\nendpoints = [\"pfs_median\", \"any_shrinkage\"]\n\
    [[parameter]]\nname = \"growth\"\nquantity = \"growth\"\npart = \"typical\"\nlow = 0.002\nhigh = 0.006\nscale = \"log\"\n";

/// A command that takes a while.
struct Task {
    args: &'static [&'static str],
    /// Options with which it is gone on with.
    resume: &'static [&'static str],
    /// Every how many moments it is ended where time is short; the first one.
    every: u64,
}

/// Two patients in two arms, by the surrogate.
const COMPARE: Task = Task {
    args: &["compare", "trial.toml", "--surrogate", "--patients", "2", "-q", "--no-report"],
    resume: &["-q", "--no-report"],
    every: 1,
};

/// A shard of such a trial.
const SHARD: Task = Task {
    args: &[
        "compare",
        "trial.toml",
        "--shard",
        "1/2",
        "--surrogate",
        "--patients",
        "4",
        "--tables",
        "patients,visits,arms",
        "-q",
    ],
    resume: &["-q"],
    every: 1,
};

/// The same with a repetition in another population, and the report.
const REPORT: Task = Task {
    args: &["compare", "repeat.toml", "--surrogate", "--patients", "2", "-q"],
    resume: &["-q"],
    every: 67,
};

/// A trial with a published figure, which is predicted.
const PREDICT: Task = Task {
    args: &["trial", "published.toml", "--surrogate", "--predict", "2", "-q", "--no-report"],
    resume: &["-q", "--no-report"],
    every: 5,
};

/// A short one, with the growth that it would need: 300 patients at a dozen growths, each time.
const NEEDED: Task = Task {
    args: &["trial", "needed.toml", "--surrogate", "--needed-growth", "-q", "--no-report"],
    resume: &["-q", "--no-report"],
    every: 14,
};

const ALL: Task = Task {
    args: &["trial", "--all", "--surrogate", "--patients", "2", "--agents", "2000", "-q", "--no-report"],
    resume: &["-q", "--no-report"],
    every: 500,
};

const CALIBRATE: Task = Task {
    args: &["calibrate", "c.toml", "-q", "--threads", "2"],
    resume: &["-q", "--threads", "1"],
    every: 6,
};

const FALSIFY: Task = Task {
    args: &["falsify", "--patients", "2", "--only", "F5", "-q", "--backend", "cpu"],
    resume: &["-q", "--backend", "cpu"],
    every: 4,
};

/// A run with pictures, frames and clone tables, and a checkpoint after every chunk.
const RUN: Task = Task {
    args: &[
        "run",
        "run.toml",
        "-q",
        "--no-report",
        "--backend",
        "cpu",
        "--threads",
        "1",
        "--checkpoint-every",
        "0",
    ],
    resume: &["-q", "--no-report", "--backend", "cpu", "--threads", "1", "--checkpoint-every", "0"],
    every: 1,
};

/// The report of a run.
const RUN_REPORT: Task = Task {
    args: &["run", "run.toml", "-q", "--backend", "cpu", "--threads", "1"],
    resume: &["-q", "--backend", "cpu", "--threads", "1"],
    every: 53,
};

/// Calls evotor, perhaps to be ended at a moment.
fn evotor(dir: &Path, args: &[&str], fault: Option<(&str, u64)>) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    if let Some((by, at)) = fault {
        command.env("EVOTOR_FAULT", format!("{by} {at}"));
    }
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with what the commands read.
fn place() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    let trial = include_str!("data/small-trial.toml");
    let repeat = trial.replace("[cohort]\n", "[cohort]\nrepeat = [\"clarinet\"]\n");
    assert_ne!(repeat, trial);
    let published = trial.replace("name = \"sequence\"\n", "name = \"sequence\"\nenrolled = 4\n")
        + "[[published]]\narm = \"sequence\"\nendpoint = \"pfs_median\"\nvalue = 8\nrole = \"predicted\"\nsource = \"a journal\"\n";
    let needed = trial.replace("end = \"420 d\"", "end = \"112 d\"")
        + "[[published]]\narm = \"supportive care\"\nendpoint = \"pfs_median\"\nvalue = 2.5\nrole = \"predicted\"\nsource = \"a journal\"\n";
    let all = [
        ("trial.toml", trial),
        ("needed.toml", &needed),
        ("repeat.toml", &repeat),
        ("published.toml", &published),
        ("c.toml", CALIBRATION),
        ("run.toml", support::SMALL),
    ];
    for (name, text) in all {
        fs::write(temp.path().join(name), text).unwrap();
    }
    temp
}

/// All files of a folder, by name. Left out is what is not a result: the lock, and the checkpoint of a run, which holds the time taken; of
/// other files the time taken (named at the head of docs/outputs.md).
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut left = vec![dir.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(dir).unwrap().display().to_string();
            match name.rsplit('/').next().unwrap() {
                _ if path.is_dir() => left.push(path),
                "run.lock" | "checkpoint.evotor" => {}
                own => drop(all.insert(name.clone(), without_time(own, fs::read(&path).unwrap()))),
            }
        }
    }
    all
}

fn without_time(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let said = match name {
        "summary.json" => "\"seconds\": ",
        "report.html" => "time taken</th><td>",
        _ => return bytes,
    };
    let text = String::from_utf8(bytes).unwrap();
    let Some((before, after)) = text.split_once(said) else { return text.into_bytes() };
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    format!("{before}{said}{rest}").into_bytes()
}

/// Goes on with what was ended: by `resume`, or by the command itself where it had not begun.
fn go_on(dir: &Path, task: &Task, what: &str) {
    let resumed = evotor(dir, &[&["resume", "out"], task.resume].concat(), None);
    let unbegun = resumed.status.code() == Some(2) && err(&resumed).contains("find a checkpoint");
    let done = match unbegun {
        true => evotor(dir, &[task.args, &["--out", "out"]].concat(), None),
        false => resumed,
    };
    assert_eq!(done.status.code(), Some(0), "{what}: {}", err(&done));
}

fn assert_same(found: &BTreeMap<String, Vec<u8>>, whole: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(whole), "{what}");
    let differs: Vec<&String> = whole.keys().filter(|name| found[*name] != whole[*name]).collect();
    assert!(differs.is_empty(), "{what}: {differs:?} differ");
}

/// Ends a command at its moments, one after another, and goes on each time; how many there were.
fn sweep(task: &Task, by: &str) -> u64 {
    let temp = place();
    let start = [task.args, &["--out", "out"]].concat();
    let whole = evotor(temp.path(), &[task.args, &["--out", "whole"]].concat(), None);
    assert_eq!(whole.status.code(), Some(0), "{}", err(&whole));
    let whole = files(&temp.path().join("whole"));
    let every = if std::env::var("EVOTOR_FAULTS").is_ok_and(|v| v == "all") { 1 } else { task.every };
    let (mut at, mut ended) = (1 + every / 2, 0);
    loop {
        let what = format!("{} at {at}: {}", by, task.args[..2].join(" "));
        let out = evotor(temp.path(), &start, Some((by, at)));
        let stopped = match (by, out.status.code()) {
            // Before it watches for signals, one ends it as it ends any program.
            (_, None) | ("term", Some(143)) => true,
            (_, Some(0)) => false,
            (_, code) => panic!("{what}: {code:?}, {}", err(&out)),
        };
        if stopped {
            ended += 1;
            go_on(temp.path(), task, &what);
        }
        assert_same(&files(&temp.path().join("out")), &whole, &what);
        fs::remove_dir_all(temp.path().join("out")).unwrap();
        // A command that is asked to stop when there is nothing left to stop ends well.
        if !stopped && (by == "kill" || at > 4 * ended + 200) {
            return ended;
        }
        at += every;
    }
}

fn is_killed_anywhere(task: &Task, least: u64) {
    let ended = sweep(task, "kill");
    println!("{}: killed {ended} times", task.args[..2].join(" "));
    assert!(ended >= least, "{ended}");
}

#[test]
fn a_comparison_killed_anywhere_goes_on_to_the_same_files() {
    is_killed_anywhere(&COMPARE, 35);
}

#[test]
fn a_comparison_stopped_anywhere_goes_on_to_the_same_files() {
    assert!(sweep(&Task { every: 3, ..COMPARE }, "term") >= 2);
}

#[test]
fn a_shard_killed_anywhere_goes_on_to_the_same_files() {
    is_killed_anywhere(&SHARD, 15);
}

// There is nothing to go on with before all tables are there: what is left is no result, and is replaced.
#[test]
fn a_merge_killed_anywhere_is_made_again() {
    let temp = place();
    for shard in ["0/2", "1/2"] {
        let out = format!("part-{}", &shard[..1]);
        let args = [
            "compare",
            "trial.toml",
            "--shard",
            shard,
            "--surrogate",
            "--patients",
            "4",
            "-q",
            "--out",
            &out,
        ];
        assert_eq!(evotor(temp.path(), &args, None).status.code(), Some(0));
    }
    let merge = ["merge", "part-1", "part-0", "-q", "--no-report", "--out"];
    let whole = evotor(temp.path(), &[&merge[..], &["whole"]].concat(), None);
    assert_eq!(whole.status.code(), Some(0), "{}", err(&whole));
    let whole = files(&temp.path().join("whole"));
    let mut killed = 0;
    for at in 1.. {
        let run = evotor(temp.path(), &[&merge[..], &["out"]].concat(), Some(("kill", at)));
        if run.status.code() == Some(0) {
            break;
        }
        killed += 1;
        let again = evotor(temp.path(), &[&merge[..], &["out", "--force"]].concat(), None);
        assert_eq!(again.status.code(), Some(0), "killed at {at}: {}", err(&again));
        assert_same(&files(&temp.path().join("out")), &whole, &format!("killed at {at}"));
        fs::remove_dir_all(temp.path().join("out")).unwrap();
    }
    assert!(killed >= 30, "{killed}");
}

// What is made last was once lost: a second `resume` said that the trial was done, and never made repetitions, plots and report.
#[test]
fn repetitions_and_reports_killed_anywhere_are_made_by_going_on() {
    is_killed_anywhere(&REPORT, 2);
}

#[test]
fn predictions_killed_anywhere_are_made_by_going_on() {
    is_killed_anywhere(&PREDICT, 3);
}

#[test]
fn growth_that_was_needed_killed_here_and_there_is_made_by_going_on() {
    is_killed_anywhere(&NEEDED, 2);
}

#[test]
fn all_trials_killed_anywhere_go_on_with_the_rest() {
    is_killed_anywhere(&ALL, 1);
}

#[test]
fn a_calibration_killed_anywhere_goes_on_to_the_same_files() {
    is_killed_anywhere(&CALIBRATE, 3);
}

#[test]
fn falsifiers_killed_anywhere_go_on_to_the_same_files() {
    is_killed_anywhere(&FALSIFY, 3);
}

#[test]
fn a_run_killed_anywhere_goes_on_to_the_same_files() {
    is_killed_anywhere(&RUN, 35);
}

#[test]
fn the_report_of_a_run_killed_anywhere_is_made_by_going_on() {
    is_killed_anywhere(&RUN_REPORT, 2);
}

// Going on is a command like any other: it may be killed too, and again.
#[test]
fn going_on_may_be_killed_again_and_again() {
    let temp = place();
    let whole = evotor(temp.path(), &[COMPARE.args, &["--out", "whole"]].concat(), None);
    assert_eq!(whole.status.code(), Some(0), "{}", err(&whole));
    let resume = [&["resume", "out"], COMPARE.resume].concat();
    evotor(temp.path(), &[COMPARE.args, &["--out", "out"]].concat(), Some(("kill", 16)));
    for at in (1..40).step_by(2) {
        let out = evotor(temp.path(), &resume, Some(("kill", at)));
        if out.status.code() == Some(0) {
            break;
        }
        assert_eq!(out.status.code(), None, "{at}: {}", err(&out));
    }
    go_on(temp.path(), &COMPARE, "killed many times");
    assert_same(&files(&temp.path().join("out")), &files(&temp.path().join("whole")), "killed many times");
}

// Killed before its old results are gone, a forced command goes on with the new ones alone.
#[test]
fn a_forced_command_killed_anywhere_goes_on_to_the_new_files() {
    let temp = place();
    let other = ["--seed", "77", "--out"];
    let whole = evotor(temp.path(), &[COMPARE.args, &other, &["whole"]].concat(), None);
    assert_eq!(whole.status.code(), Some(0), "{}", err(&whole));
    let force = [COMPARE.args, &other, &["out", "--force"]].concat();
    for at in (1..60).step_by(5) {
        let old = evotor(temp.path(), &[COMPARE.args, &["--out", "out", "--force"]].concat(), None);
        assert_eq!(old.status.code(), Some(0), "{}", err(&old));
        let killed = evotor(temp.path(), &force, Some(("kill", at)));
        if killed.status.code().is_none() && !temp.path().join("out/checkpoint.json").exists() {
            // The old results are whole, or the new ones are.
            continue;
        }
        go_on(temp.path(), &COMPARE, &format!("forced, killed at {at}"));
        assert_same(
            &files(&temp.path().join("out")),
            &files(&temp.path().join("whole")),
            &format!("forced, killed at {at}"),
        );
    }
}

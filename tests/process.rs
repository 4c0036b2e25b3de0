//! The program as a process: what it does when the machine, the shell or a batch system sets it limits.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{SMALL, assert_same_results, signals};

/// A flat tumour that takes some seconds.
const SLOW: &str = r#"
name = "slow"
seed = 11

[time]
step = "12 h"
end = "1500 d"
every = "10 d"

[lattice]
size = [300, 300]
placement = "radius"
radius = 3
candidates = 8

[start]
shape = "random"
density = 0.3

[rates]
birth = "0.10 /d"
death = "0.06 /d"
clearance = "0.1 /d"
"#;

/// A tumour that takes some gigabytes.
const LARGE: &str = r#"
name = "large"
[time]
end = "2 d"
[lattice]
size = [800, 800, 800]
[start]
[rates]
birth = "0.10 /d"
death = "0.06 /d"
clearance = "0.1 /d"
"#;

fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    for (name, text) in [("small.toml", SMALL), ("slow.toml", SLOW), ("large.toml", LARGE)] {
        fs::write(temp.path().join(name), text).unwrap();
    }
    temp
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_evotor")
}

fn evotor(args: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(program());
    command.args(args).current_dir(dir).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program after some commands of the shell, in its place.
fn after(shell: &str, args: &[&str], dir: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{shell}; exec \"$@\""), "sh", program()]).args(args).current_dir(dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn whole(dir: &Path) -> tempfile::TempDir {
    let temp = folder();
    let args = ["run", "small.toml", "--backend", "cpu", "--no-report", "--quiet", "--out"];
    let done = evotor(&args, temp.path()).arg(dir).output().unwrap();
    assert!(done.status.success(), "{:?}", told(&done));
    temp
}

/// Waits until a file is there; what is run must go on until then.
fn wait_for(path: &Path, child: &mut Child) {
    let begun = Instant::now();
    while !path.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before {} was there", path.display());
        assert!(begun.elapsed() < Duration::from_secs(120), "{} is not there", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn kill(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

// Results on standard output that nobody got ended with 0, and half of a table was left on a full disk.
#[test]
fn standard_output_on_a_full_disk_is_a_failure_of_every_command() {
    let temp = folder();
    for args in [
        &["--help"][..],
        &["--version"],
        &["run", "--help"],
        &["schema"],
        &["drugs"],
        &["drugs", "everolimus"],
        &["loci"],
        &["adapters"],
        &["completions", "bash"],
        &["pk", "--drug", "everolimus 10 mg daily", "--csv"],
        &["signalling"],
        &["validate", "small.toml"],
        &["run", "small.toml", "--dry-run"],
        &["run", "small.toml", "--backend", "cpu", "--no-report", "--quiet"],
        &["resume", "results/small"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (code, text) = told(&evotor(args, temp.path()).stdout(full).output().unwrap());
        assert_eq!(code, Some(75), "{args:?}: {text}");
        assert!(
            text.contains("error: failed to write to standard output: No space left"),
            "{args:?}: {text}"
        );
    }
}

// A reader that has seen enough, as `head`, is not a failure.
#[test]
fn a_closed_pipe_is_no_failure() {
    let temp = folder();
    for args in [&["schema"][..], &["drugs"], &["completions", "zsh"], &["--help"]] {
        let mut child = evotor(args, temp.path()).spawn().unwrap();
        drop(child.stdout.take());
        let (code, text) = told(&child.wait_with_output().unwrap());
        assert_eq!((code, text.as_str()), (Some(0), ""), "{args:?}");
    }
}

// The signal of that limit ended the process without a word.
#[test]
fn a_limit_on_the_size_of_files_is_an_error_of_writing_and_the_run_can_go_on() {
    let temp = folder();
    let expected = tempfile::tempdir().unwrap();
    whole(expected.path());
    let args = ["run", "small.toml", "--backend", "cpu", "--no-report", "--quiet", "--out", "out"];
    let every = ["--checkpoint-every", "0"];
    let limited = after("ulimit -f 18", &[&args[..], &every].concat(), temp.path()).output().unwrap();
    let (code, text) = told(&limited);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.starts_with("error: failed to write `out/") && text.contains("File too large"), "{text}");
    assert!(temp.path().join("out/checkpoint.evotor").exists());
    let resumed = evotor(&["resume", "out", "--no-report"], temp.path()).output().unwrap();
    assert_eq!(told(&resumed).0, Some(0), "{}", told(&resumed).1);
    assert_same_results(&temp.path().join("out"), expected.path(), "after the limit");
}

#[test]
fn an_archive_that_does_not_fit_is_told_of_in_one_message() {
    let temp = folder();
    whole(&temp.path().join("out"));
    let (code, text) =
        told(&after("ulimit -f 1", &["export", "out", "--format", "npy"], temp.path()).output().unwrap());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.starts_with("error: failed to write") && !text.contains("ZipWriter"), "{text}");
}

/// A slow run that has written its first checkpoint.
fn slow(shell: &str, dir: &Path) -> Child {
    let args = [
        "run",
        "slow.toml",
        "--backend",
        "cpu",
        "--threads",
        "1",
        "--out",
        "out",
        "--checkpoint-every",
        "0.05",
    ];
    let mut child = after(shell, &args, dir).spawn().unwrap();
    wait_for(&dir.join("out/checkpoint.evotor"), &mut child);
    child
}

// `nohup evotor run …`, and `evotor run … &` in a script, were stopped by what they were started to ignore.
#[test]
fn signals_that_are_ignored_when_it_starts_do_not_stop_a_run() {
    let temp = folder();
    let mut child = slow("trap '' HUP INT USR1", temp.path());
    for signal in ["HUP", "INT", "USR1", "HUP"] {
        kill(signal, &child);
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it was stopped");
    kill("TERM", &child);
    let (code, text) = told(&child.wait_with_output().unwrap());
    assert_eq!(code, Some(143), "{text}");
    assert!(text.contains("stopped by SIGTERM"), "{text}");
}

// Batch systems send these some time before they end a job.
#[test]
fn signals_of_batch_systems_stop_a_run_with_a_checkpoint() {
    signals::hear();
    for (signal, number) in [("HUP", 1), ("USR1", 10), ("USR2", 12), ("XCPU", 24)] {
        let temp = folder();
        let child = slow(":", temp.path());
        kill(signal, &child);
        let (code, text) = told(&child.wait_with_output().unwrap());
        assert_eq!(code, Some(128 + number), "{signal}: {text}");
        assert!(
            text.contains(&format!("stopped by SIG{signal}")) && text.contains("evotor resume out"),
            "{text}"
        );
    }
}

/// A tumour whose start takes a while, in which a run does not look for signals.
const SLOW_START: &str = r#"
name = "slow-start"
[time]
end = "30 d"
[lattice]
size = [256, 256, 128]
[start]
shape = "random"
density = 0.3
[rates]
birth = "0.10 /d"
death = "0.06 /d"
clearance = "0.1 /d"
"#;

/// A run of it that is sent a signal so often as soon as it watches for them, shortly one after the other. (The system makes one of those
/// that come before the process is given time.)
fn signalled(signal: &str, times: usize) -> (Option<i32>, String) {
    signals::hear();
    let temp = folder();
    fs::write(temp.path().join("start.toml"), SLOW_START).unwrap();
    let args = ["run", "start.toml", "--backend", "cpu", "--threads", "1", "--no-report", "--out", "out"];
    let mut child = evotor(&args, temp.path()).spawn().unwrap();
    let tasks = format!("/proc/{}/task", child.id());
    let watches = || {
        let names = fs::read_dir(&tasks).into_iter().flatten().flatten();
        names
            .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
            .any(|n| n.trim() == "signals")
    };
    while !watches() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it watched for signals");
        std::thread::sleep(Duration::from_millis(1));
    }
    for _ in 0..times {
        if child.try_wait().unwrap().is_none() {
            kill(signal, &child);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    told(&child.wait_with_output().unwrap())
}

// Slurm signals all processes of a job, and the script passes it on: the second one left the run without its last checkpoint.
#[test]
fn the_same_signal_twice_in_two_seconds_is_one() {
    for (signal, number) in [("TERM", 15), ("USR1", 10)] {
        let (code, text) = signalled(signal, 2);
        assert_eq!(code, Some(128 + number), "{text}");
        assert!(
            text.contains(&format!("stopped by SIG{signal}")) && text.contains("evotor resume out"),
            "{text}"
        );
    }
}

#[test]
fn a_second_ctrl_c_ends_a_run_at_once() {
    let (code, text) = signalled("INT", 20);
    assert_eq!(code, Some(130), "{text}");
    assert!(!text.contains("stopped by"), "{text}");
}

// A cluster that does not hold a job to its CPUs still says how many it gave.
#[test]
fn threads_are_those_that_slurm_gave_unless_some_are_asked_for() {
    let temp = folder();
    let backend = |args: &[&str]| {
        let mut command = evotor(&[&["run", "small.toml", "--backend", "cpu"], args].concat(), temp.path());
        let output = command.env("SLURM_CPUS_PER_TASK", "1").output().unwrap();
        assert!(output.status.success(), "{:?}", told(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find(|l| l.starts_with("backend: ") || l.starts_with("computed by: "));
        line.unwrap().split_once(':').unwrap().1.trim().to_owned()
    };
    assert_eq!(backend(&["--dry-run"]), "cpu, 1 thread");
    assert_eq!(backend(&["--dry-run", "--threads", "2"]), "cpu, 2 threads");
    assert_eq!(backend(&["--no-report", "--out", "given"]), "cpu, 1 thread");
    assert_eq!(backend(&["--no-report", "--out", "asked", "--threads", "2"]), "cpu, 2 threads");
}

/// The lines of JSON that a command writes to standard error, and how long it took.
fn progress(args: &[&str], dir: &Path) -> (Vec<serde_json::Value>, Duration) {
    let begun = Instant::now();
    let output = evotor(args, dir).output().unwrap();
    let (code, text) = told(&output);
    assert_eq!(code, Some(0), "{text}");
    let lines = text.lines().filter(|line| line.starts_with('{'));
    (lines.map(|line| serde_json::from_str(line).unwrap()).collect(), begun.elapsed())
}

#[test]
fn progress_is_a_line_of_json_a_second_for_programs() {
    let temp = folder();
    let run = ["run", "slow.toml", "--backend", "cpu", "--threads", "1", "--no-report", "--progress", "json"];
    let (lines, took) = progress(&run, temp.path());
    let last = lines.last().unwrap();
    assert_eq!((last["done"].as_u64(), last["of"].as_u64()), (Some(3000), Some(3000)), "{last}");
    assert!(last["what"].as_str().unwrap().starts_with("day 1500, "), "{last}");
    assert!(last["seconds"].as_f64().unwrap() <= took.as_secs_f64() + 0.1, "{last}");
    // One a second, and one at the end.
    assert!(lines.len() as u64 <= took.as_secs() + 2, "{} lines in {took:?}", lines.len());
    assert!(
        lines.len() as u64 + 3 >= last["seconds"].as_f64().unwrap() as u64,
        "{} lines in {took:?}",
        lines.len()
    );
    assert!(lines.is_sorted_by_key(|line| line["done"].as_u64()), "{lines:?}");

    fs::write(temp.path().join("trial.toml"), include_str!("data/small-trial.toml")).unwrap();
    let trial =
        ["--progress", "json", "compare", "trial.toml", "--surrogate", "--patients", "3", "--no-report"];
    let (lines, _) = progress(&trial, temp.path());
    let line = &lines[0];
    assert_eq!((&line["of"], &line["what"]), (&3.into(), &"patients".into()), "{line}");
}

#[test]
fn quiet_is_without_progress_of_any_kind() {
    let temp = folder();
    let args = ["run", "small.toml", "--backend", "cpu", "--no-report", "--quiet", "--progress", "json"];
    let output = evotor(&args, temp.path()).output().unwrap();
    assert_eq!(told(&output), (Some(0), String::new()));
}

// Containers often have the libraries of a driver and not the file that names them.
#[test]
fn adapters_says_what_is_missing_of_vulkan() {
    let temp = folder();
    let mut command = evotor(&["adapters"], temp.path());
    command.env_remove("VK_ADD_DRIVER_FILES").env("VK_DRIVER_FILES", "/nowhere/driver.json");
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let advice = ["libvulkan.so.1, is missing", "VK_DRIVER_FILES names no driver file"];
    assert_eq!(advice.iter().filter(|advice| text.contains(**advice)).count(), 1, "{text}");
}

#[test]
fn an_address_on_the_bus_that_is_none_is_told() {
    let temp = folder();
    let (code, text) =
        told(&evotor(&["run", "small.toml", "--adapter", "pci:41:00"], temp.path()).output().unwrap());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("`pci:41:00` is not an address") && text.contains("pci:0000:41:00.0"), "{text}");
}

#[test]
fn more_threads_than_the_machine_can_use_change_nothing() {
    let (temp, expected) = (folder(), tempfile::tempdir().unwrap());
    whole(expected.path());
    let args = [
        "run",
        "small.toml",
        "--backend",
        "cpu",
        "--threads",
        "1000",
        "--no-report",
        "--quiet",
        "--out",
        "out",
    ];
    let done = evotor(&args, temp.path()).output().unwrap();
    assert_eq!(told(&done).0, Some(0), "{}", told(&done).1);
    assert_same_results(&temp.path().join("out"), expected.path(), "a thousand threads");
}

// The stack of the shell's limit was too small for the command line alone.
#[test]
fn a_small_stack_is_enough() {
    let temp = folder();
    for args in [
        &["--help"][..],
        &["validate", "small.toml"],
        &["run", "small.toml", "--backend", "cpu", "--threads", "2", "--quiet", "--out", "out"],
        &["report", "out"],
    ] {
        let (code, text) = told(&after("ulimit -s 64", args, temp.path()).output().unwrap());
        assert_eq!(code, Some(0), "{args:?}: {text}");
    }
}

// It asked the machine alone, and was then ended by what the shell allows.
#[test]
fn a_limit_on_memory_is_told_of_before_anything_is_taken() {
    let temp = folder();
    for args in [&["run", "large.toml", "--backend", "cpu"][..], &["validate", "large.toml"]] {
        let (code, text) = told(&after("ulimit -v 2000000", args, temp.path()).output().unwrap());
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("available") && text.contains("lattice"), "{text}");
        assert!(!text.contains("panicked") && !text.contains("allocation"), "{text}");
    }
    assert!(!temp.path().join("results").exists());
}

// Trials asked nobody how much memory there was: workers that found none ended the process.
#[test]
fn a_limit_on_memory_is_told_of_before_a_trial_begins() {
    let temp = folder();
    let trial = evotor(&["init", "trial"], temp.path()).output().unwrap();
    fs::write(temp.path().join("trial.toml"), trial.stdout).unwrap();
    let compare =
        ["compare", "trial.toml", "--patients", "4", "--threads", "4", "--backend", "cpu", "--no-out"];
    let by_surrogate = [&compare[..], &["--surrogate"]].concat();
    let large = [&compare[..], &["--agents", "100000000"]].concat();
    for (limit, args) in [("300000", &compare[..]), ("300000", &by_surrogate), ("4000000", &large)] {
        let (code, text) = told(&after(&format!("ulimit -v {limit}"), args, temp.path()).output().unwrap());
        assert!(matches!(code, Some(2 | 75)), "{code:?} {text}");
        assert!(text.contains("failed to fit") && text.contains("--threads"), "{text}");
        assert!(!text.contains("panicked") && !text.contains("allocation"), "{text}");
    }
    let (code, text) = told(&after("ulimit -v 2000000", &by_surrogate, temp.path()).output().unwrap());
    assert_eq!(code, Some(0), "{text}");
}

// What came after was written into a new folder of the same name, which then held part of a run.
// While a checkpoint was written, the error was that of its file.
#[test]
fn a_folder_that_is_replaced_while_a_run_writes_there_ends_the_run() {
    let temp = folder();
    let child = slow(":", temp.path());
    fs::rename(temp.path().join("out"), temp.path().join("elsewhere")).unwrap();
    fs::create_dir(temp.path().join("out")).unwrap();
    let (code, text) = told(&child.wait_with_output().unwrap());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("the folder was removed or replaced"), "{text}");
    let left: Vec<_> = fs::read_dir(temp.path().join("out")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
}

#[test]
fn paths_of_another_kind_are_faults_of_the_input() {
    let temp = folder();
    fs::create_dir(temp.path().join("saved")).unwrap();
    let text = SMALL.replace("shape = \"count\"\ncells = 3", "shape = \"saved\"\npath = \"saved\"");
    assert_ne!(text, SMALL);
    fs::write(temp.path().join("from.toml"), text).unwrap();
    for args in [&["resume", "small.toml"][..], &["run", "from.toml"]] {
        let (code, text) = told(&evotor(args, temp.path()).output().unwrap());
        assert_eq!(code, Some(2), "{args:?}: {text}");
        assert!(text.starts_with("error: "), "{text}");
    }
}

#[test]
fn results_at_a_link_that_leads_nowhere_are_refused_in_words() {
    let temp = folder();
    std::os::unix::fs::symlink("nowhere", temp.path().join("out")).unwrap();
    let (code, text) = told(&evotor(&["run", "small.toml", "--out", "out"], temp.path()).output().unwrap());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("`out`: it is a link to something that is not there"), "{text}");
}

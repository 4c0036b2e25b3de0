//! The real binary: what it writes, what it says, how it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

#[cfg(unix)]
use crate::support::signals;
use crate::support::{SMALL, assert_same_results, results};

/// A flat tumour that takes some seconds.
const SLOW: &str = r#"
name = "slow"
seed = 11
loci = ["rtk"]

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

[output]
snapshots = ["0 d", "400 d"]
"#;

fn evotor(args: &[&str], dir: &Path) -> Output {
    command(args, dir).output().unwrap()
}

fn command(args: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args).current_dir(dir).stdin(Stdio::null());
    command
}

/// A folder with scenario files.
fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("small.toml"), SMALL).unwrap();
    fs::write(temp.path().join("slow.toml"), SLOW).unwrap();
    temp
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn digest(output: &Output) -> String {
    assert_eq!(code(output), 0, "{}", err(output));
    let last = out(output).lines().last().unwrap().to_owned();
    let digest = last.strip_prefix("digest: ").unwrap_or_else(|| panic!("{last}")).to_owned();
    assert!(digest.len() == 64 && digest.chars().all(|c| c.is_ascii_hexdigit()), "{digest}");
    digest
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_run_leaves_its_folder_and_prints_its_digest_last() {
    let temp = folder();
    let run = evotor(&["run", "small.toml", "--backend", "cpu"], temp.path());
    let digest = digest(&run);
    let dir = temp.path().join("results/small");
    let expected = [
        "checkpoint.evotor",
        "clone_sizes.csv",
        "clones.csv",
        "digest.txt",
        "effective.toml",
        "frames",
        "lineage",
        "plots",
        "replicates.csv",
        "report.html",
        "ro-crate-metadata.json",
        "run.lock",
        "series.csv",
        "snapshots",
        "summary.json",
    ];
    assert_eq!(names(&dir), expected);
    assert_eq!(fs::read_to_string(dir.join("digest.txt")).unwrap(), format!("{digest}\n"));
    let pictures = names(&dir.join("snapshots"));
    assert!(
        pictures.contains(&"0-day00.png".into()) && pictures.contains(&"1-day07h12.png".into()),
        "{pictures:?}"
    );
    let summary: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["digest"], digest.as_str());
    assert_eq!(summary["mutation_amplification"], 2.0);
    assert_eq!(summary["replicates"], 4);
    let text = out(&run);
    for part in
        ["small: 4 replicates of 70 x 40 sites", "computed by: cpu", "live cells at the end", "results: "]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Off a terminal there is no progress bar.
    assert!(!err(&run).contains('%') || err(&run).contains("warning"), "{}", err(&run));
}

#[test]
fn the_effective_scenario_gives_the_same_run() {
    let temp = folder();
    let first = digest(&evotor(&["run", "small.toml", "--backend", "cpu"], temp.path()));
    let again =
        evotor(&["run", "results/small/effective.toml", "--backend", "cpu", "--out", "again"], temp.path());
    assert_eq!(digest(&again), first);
    assert_same_results(&temp.path().join("again"), &temp.path().join("results/small"), "effective");
}

#[test]
fn quiet_prints_the_digest_only_and_the_seed_changes_it() {
    let temp = folder();
    let run = |seed: &str, out: &str| {
        evotor(
            &["run", "small.toml", "--quiet", "--backend", "cpu", "--seed", seed, "--out", out],
            temp.path(),
        )
    };
    let (a, b, c) = (run("1", "a"), run("2", "b"), run("1", "c"));
    assert_eq!(out(&a).lines().count(), 1);
    assert_eq!(err(&a), "");
    assert_ne!(digest(&a), digest(&b));
    assert_eq!(digest(&a), digest(&c));
    let effective = fs::read_to_string(temp.path().join("b/effective.toml")).unwrap();
    assert!(
        effective.starts_with("# evotor ") && effective.contains("seed 2\n# computed by: cpu"),
        "{effective}"
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let temp = folder();
    let before = names(temp.path());
    let run = evotor(&["run", "small.toml", "--dry-run", "--backend", "cpu"], temp.path());
    assert_eq!(code(&run), 0, "{}", err(&run));
    for part in ["memory:", "backend:   cpu", "results:   results/small", "4 replicates"] {
        assert!(out(&run).contains(part), "{part}: {}", out(&run));
    }
    assert_eq!(names(temp.path()), before);
}

#[test]
fn a_folder_with_another_run_is_refused_unless_forced() {
    let temp = folder();
    let run = |seed: &str, force: bool| {
        let mut args = vec!["run", "small.toml", "--backend", "cpu", "--seed", seed];
        args.extend(force.then_some("--force"));
        evotor(&args, temp.path())
    };
    let first = digest(&run("1", false));
    let dir = temp.path().join("results/small");
    let before = results(&dir);
    let refused = run("2", false);
    assert_eq!(code(&refused), 2);
    assert!(
        err(&refused).contains("it holds a run that is done") && err(&refused).contains("--force"),
        "{}",
        err(&refused)
    );
    assert_eq!(results(&dir), before);
    assert_ne!(digest(&run("2", true)), first);
}

#[test]
fn a_folder_that_cannot_be_written_is_found_before_the_run() {
    let temp = folder();
    fs::write(temp.path().join("file"), "").unwrap();
    for out in ["file", "file/below"] {
        let run = evotor(&["run", "slow.toml", "--backend", "cpu", "--out", out], temp.path());
        assert_eq!(code(&run), 1, "{}", err(&run));
        assert!(err(&run).contains("failed to write `file"), "{}", err(&run));
    }
}

#[test]
fn a_lattice_that_does_not_fit_is_refused_at_its_place() {
    let temp = folder();
    let huge = SMALL.replace("size = [70, 40]", "size = [1280, 1280, 1280]");
    let huge = huge.replace("replicates = 4", "replicates = 1").replace("detailed_replicates = 3", "");
    fs::write(temp.path().join("huge.toml"), huge).unwrap();
    for args in [&["run", "huge.toml", "--dry-run"][..], &["validate", "huge.toml"]] {
        let run = evotor(args, temp.path());
        if code(&run) == 0 {
            // A machine that has the memory has nothing to refuse.
            continue;
        }
        assert_eq!(code(&run), 2);
        assert!(err(&run).contains("huge.toml:14:8") && err(&run).contains("is available"), "{}", err(&run));
    }
    assert!(!temp.path().join("results").exists());
}

#[test]
fn a_full_disk_is_an_error_that_leaves_the_checkpoint_whole() {
    let temp = folder();
    let script =
        "trap '' XFSZ; ulimit -f 24; exec \"$0\" run slow.toml --backend cpu --checkpoint-every 0.05";
    let run = Command::new("sh")
        .args(["-c", script])
        .arg(assert_cmd::cargo::cargo_bin!("evotor"))
        .current_dir(temp.path())
        .output()
        .unwrap();
    assert_eq!(code(&run), 1, "{}{}", out(&run), err(&run));
    assert!(err(&run).contains("failed to write `results/slow/"), "{}", err(&run));
    let whole = digest(&evotor(&["run", "slow.toml", "--backend", "cpu", "--out", "whole"], temp.path()));
    let resumed = evotor(&["resume", "results/slow", "--backend", "cpu"], temp.path());
    assert_eq!(digest(&resumed), whole);
    assert_same_results(&temp.path().join("results/slow"), &temp.path().join("whole"), "full disk");
}

/// Starts the slow run and waits until it has written a checkpoint with tissue.
fn started(dir: &Path, out: &str) -> Child {
    signals::hear();
    let args = ["run", "slow.toml", "--backend", "cpu", "--checkpoint-every", "0.05", "--out", out];
    let child = command(&args, dir).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let size = || fs::metadata(dir.join(out).join("checkpoint.evotor")).map_or(0, |m| m.len());
    while size() < 20_000 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no checkpoint was written");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
#[cfg(unix)]
fn a_run_that_is_stopped_or_killed_goes_on_with_the_same_results() {
    let temp = folder();
    let whole = digest(&evotor(&["run", "slow.toml", "--backend", "cpu", "--out", "whole"], temp.path()));
    for (name, expected) in [("-TERM", Some(143)), ("-INT", Some(130)), ("-KILL", None)] {
        let out_dir = format!("run{name}");
        let child = started(temp.path(), &out_dir);
        signal(&child, name);
        let stopped = child.wait_with_output().unwrap();
        assert_eq!(stopped.status.code(), expected, "{name}: {}", err(&stopped));
        if expected.is_some() {
            assert!(
                err(&stopped).contains(&format!("go on with: evotor resume {out_dir}")),
                "{}",
                err(&stopped)
            );
            assert!(!out(&stopped).contains("digest"));
        }
        let resumed = evotor(&["resume", &out_dir, "--backend", "cpu", "--threads", "1"], temp.path());
        assert_eq!(digest(&resumed), whole, "{name}");
        assert_same_results(&temp.path().join(&out_dir), &temp.path().join("whole"), name);
    }
}

#[test]
#[cfg(unix)]
fn two_runs_do_not_share_a_folder() {
    let temp = folder();
    let mut child = started(temp.path(), "shared");
    let second = evotor(&["resume", "shared", "--backend", "cpu"], temp.path());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(code(&second), 75, "{}", err(&second));
    assert!(err(&second).contains("another evotor is writing there"), "{}", err(&second));
}

#[test]
fn a_lost_device_is_said_in_one_line() {
    let temp = folder();
    let plain = evotor(&["run", "small.toml", "--backend", "cpu", "--out", "plain"], temp.path());
    let args = ["run", "small.toml", "--backend", "cpu", "--lose-device-at", "20", "--quiet"];
    let lost = evotor(&args, temp.path());
    assert_eq!(digest(&lost), digest(&plain));
    assert_eq!(err(&lost).lines().count(), 1, "{}", err(&lost));
    assert!(err(&lost).contains("on the CPU, with the same digest"), "{}", err(&lost));
}

/// The folder of the small run with a changed checkpoint.
fn with_checkpoint(change: impl FnOnce(&mut Vec<u8>)) -> (tempfile::TempDir, PathBuf) {
    let temp = folder();
    digest(&evotor(&["run", "small.toml", "--backend", "cpu"], temp.path()));
    let path = temp.path().join("results/small/checkpoint.evotor");
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    (temp, path)
}

fn assert_refused(temp: &Path, message: &str) {
    let before = results(&temp.join("results/small"));
    let resumed = evotor(&["resume", "results/small"], temp);
    assert_eq!(code(&resumed), 2, "{}", err(&resumed));
    let text = err(&resumed);
    assert!(text.starts_with("error: failed to ") && text.contains(message), "{text}");
    assert_eq!(results(&temp.join("results/small")), before);
}

#[test]
fn bad_checkpoints_are_refused_with_a_way_out() {
    assert_refused(with_checkpoint(|b| b.truncate(b.len() / 2)).0.path(), "it is truncated");
    assert_refused(with_checkpoint(|b| b[3000] ^= 1).0.path(), "it is damaged (its checksum does not match)");
    assert_refused(
        with_checkpoint(|b| b[8] = 200).0.path(),
        "it has format 200, this program reads format 6",
    );
    assert_refused(with_checkpoint(|b| *b = b"PNG".to_vec()).0.path(), "this is not a checkpoint of evotor");
    let (temp, path) = with_checkpoint(|_| ());
    fs::remove_file(path).unwrap();
    assert_refused(temp.path(), "there is no `results/small/checkpoint.evotor`");
}

#[test]
fn a_checkpoint_of_another_scenario_is_refused() {
    let (temp, path) = with_checkpoint(|_| ());
    digest(&evotor(&["run", "small.toml", "--backend", "cpu", "--seed", "8", "--out", "other"], temp.path()));
    fs::copy(temp.path().join("other/checkpoint.evotor"), path).unwrap();
    assert_refused(temp.path(), "belongs to another scenario");
}

#[test]
fn a_finished_run_gives_its_digest_again() {
    let temp = folder();
    let first = evotor(&["run", "small.toml", "--backend", "cpu"], temp.path());
    let again = evotor(&["resume", "results/small"], temp.path());
    assert_eq!(digest(&again), digest(&first));
}

#[test]
fn validate_shows_all_problems_of_all_files() {
    let temp = folder();
    fs::write(
        temp.path().join("bad.toml"),
        SMALL.replace("\"2 d\"\n\n[lattice]", "\"2 parsecs\"\n\n[lattice]"),
    )
    .unwrap();
    fs::write(temp.path().join("worse.toml"), "name = 3\n").unwrap();
    let good = evotor(&["validate", "small.toml", "slow.toml"], temp.path());
    assert_eq!(code(&good), 0, "{}", err(&good));
    assert_eq!(out(&good).lines().filter(|l| l.starts_with("ok  ")).count(), 2);
    let bad = evotor(&["validate", "bad.toml", "small.toml", "worse.toml", "none.toml"], temp.path());
    assert_eq!(code(&bad), 2);
    for part in ["bad.toml:", "parsecs", "worse.toml:1:", "failed to read scenario `none.toml`"] {
        assert!(err(&bad).contains(part), "{part}: {}", err(&bad));
    }
    assert_eq!(out(&bad).lines().count(), 1, "{}", out(&bad));
}

/// A trial; its population is to be filled in.
const TRIAL: &str = "name = \"trial\"\nphenotype = \"signalling\"\n[time]\nend = \"360 d\"\n[lattice]\n[start]\n\
    [cohort]\npatients = 7\nagents = 2000\npopulation = \"POPULATION\"\n[[arm]]\nname = \"care\"\n[arm.therapy]\n\
    regimen = \"best supportive care\"\n[[arm]]\nname = \"temozolomide\"\n[arm.therapy]\n\
    regimen = \"temozolomide 150 mg/m2 daily, days 1-7 of 28\"\n";

#[test]
fn a_trial_is_validated_but_not_run_as_a_lesion() {
    let temp = folder();
    fs::write(temp.path().join("trial.toml"), TRIAL.replace("POPULATION", "clarinet")).unwrap();
    fs::write(temp.path().join("wrong.toml"), TRIAL.replace("POPULATION", "clarinett")).unwrap();
    let good = evotor(&["validate", "trial.toml"], temp.path());
    assert_eq!(code(&good), 0, "{}", err(&good));
    let lines = out(&good);
    for part in
        ["ok  trial.toml: 2 arms of 7 patients", "growth of clarinet", "arm `temozolomide`: temozolomide 150"]
    {
        assert!(lines.contains(part), "{part}: {lines}");
    }
    assert_eq!(out(&evotor(&["validate", "trial.toml", "--quiet"], temp.path())), "");
    let wrong = evotor(&["validate", "wrong.toml"], temp.path());
    assert_eq!(code(&wrong), 2);
    for part in ["no growth population is called `clarinett`", "wrong.toml:10:14", "did you mean `clarinet`?"]
    {
        assert!(err(&wrong).contains(part), "{part}: {}", err(&wrong));
    }
    let run = evotor(&["run", "trial.toml"], temp.path());
    assert_eq!(code(&run), 2);
    for part in ["this file is a trial", "use `evotor compare trial.toml`"] {
        assert!(err(&run).contains(part), "{part}: {}", err(&run));
    }
    assert_eq!(names(temp.path()), ["slow.toml", "small.toml", "trial.toml", "wrong.toml"]);
}

/// A scenario in mode `signalling` that gives a drug of a file beside it.
const GIVES_A_DRUG: &str = "name = \"own\"\nphenotype = \"signalling\"\nseed = 1\n[catalogue]\nfiles = [\"my-drugs.toml\"]\n\
    [time]\nend = \"14 d\"\ncheck = \"7 d\"\n[lattice]\nsize = [32, 32]\n[start]\n[therapy.visits]\nevery = \"7 d\"\n\
    [[therapy.line]]\nregimens = \"examplisib 40 mg daily\"\n";

/// The file with a drug that it names; `EXTRA` is part of its pharmacokinetics.
const DRUG_FILE: &str = "[[drug]]\nname = \"examplisib\"\nroutes = [\"oral\"]\nmolar_mass = \"430 g/mol\"\n[drug.pk]\n\
    clearance = { value = \"12 L/h\", cv = 0.4 }\nvolume = { value = \"90 L\", cv = 0.3 }\nunbound = 0.1\nabsorption = { rate = \"1.2 /h\" }\n\
    EXTRA\n[drug.label]\nregimen = \"40 mg daily\"\nreductions = [\"30 mg\", \"20 mg\"]\n";

fn with_drug(extra: &str) -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("my-drugs.toml"), DRUG_FILE.replace("EXTRA", extra)).unwrap();
    fs::write(temp.path().join("own.toml"), GIVES_A_DRUG).unwrap();
    temp
}

// Whoever writes a drug checks it before a scenario gives it.
#[test]
fn a_file_of_drugs_is_validated_as_one() {
    let temp = with_drug("");
    let good = evotor(&["validate", "my-drugs.toml", "own.toml"], temp.path());
    assert_eq!(code(&good), 0, "{}", err(&good));
    assert!(out(&good).contains("ok  my-drugs.toml: 1 drug: examplisib"), "{}", out(&good));
    let run = evotor(&["run", "my-drugs.toml"], temp.path());
    assert_eq!(code(&run), 2);
    for part in ["this is a file of drugs, and not a scenario", "files = [\"my-drugs.toml\"]"] {
        assert!(err(&run).contains(part), "{}", err(&run));
    }
    assert_eq!(err(&run).matches("error:").count(), 1, "{}", err(&run));
}

#[test]
fn a_mistake_in_a_file_of_drugs_is_told_alone() {
    for (mistake, said) in [
        ("effect_half_life = 72", "`effect_half_life` needs a unit"),
        ("matrix = \"blod\"", "`matrix` cannot be"),
        ("colour = \"red\"", "unknown key `colour`"),
    ] {
        let temp = with_drug(mistake);
        for args in [["validate", "my-drugs.toml"], ["validate", "own.toml"], ["run", "own.toml"]] {
            let bad = evotor(&args, temp.path());
            assert_eq!(code(&bad), 2, "{args:?}");
            let said_first = err(&bad).lines().next().unwrap_or_default().contains(said);
            assert!(said_first && err(&bad).matches("error:").count() == 1, "{args:?}: {}", err(&bad));
        }
    }
    let temp = with_drug("");
    fs::remove_file(temp.path().join("my-drugs.toml")).unwrap();
    let bad = evotor(&["validate", "own.toml"], temp.path());
    assert!(err(&bad).contains("there is no such file"), "{}", err(&bad));
    assert_eq!(err(&bad).matches("error:").count(), 1, "{}", err(&bad));
}

/// Correlations of which any two can be, and all three cannot.
const CONTRADICTION: &str = "effect_half_life = { value = \"72 h\", cv = 0.3 }\n\
    correlation = [{ first = \"effect_half_life\", second = \"clearance\", value = 0.9 }, \
    { first = \"effect_half_life\", second = \"volume\", value = 0.9 }, \
    { first = \"clearance\", second = \"volume\", value = -0.9 }]";

// Correlations name what varies between patients by its key in the file, and what passes `validate` runs.
#[test]
fn what_is_validated_of_a_drug_is_what_runs() {
    let pair = |first: &str, value: f64| {
        format!("correlation = [{{ first = \"{first}\", second = \"clearance\", value = {value} }}]")
    };
    let effect_half_life = "effect_half_life = { value = \"72 h\", cv = 0.3 }";
    for (extra, fine) in [
        (pair("volume", 0.5), true),
        (format!("{effect_half_life}\n{}", pair("effect_half_life", 0.5)), true),
        (format!("{effect_half_life}\n{}", pair("effect_half_life_h", 0.5)), false),
        (format!("iov_cv = 0.2\n{}", pair("iov_cv", 0.5)), false),
        (pair("unbound", 0.5), false),
        (CONTRADICTION.to_owned(), false),
    ] {
        let temp = with_drug(&extra);
        let expected = if fine { 0 } else { 2 };
        for args in [
            &["validate", "my-drugs.toml"][..],
            &["validate", "own.toml"],
            &["run", "own.toml", "--no-report"],
        ] {
            let done = evotor(args, temp.path());
            assert_eq!(code(&done), expected, "{extra}\n{args:?}: {}", err(&done));
        }
    }
}

// What a trial of arms refuses when it runs is refused before anybody is simulated.
#[test]
fn what_is_validated_of_a_trial_or_a_calibration_is_what_runs() {
    let temp = with_drug(CONTRADICTION);
    let trial = TRIAL
        .replace("POPULATION", "clarinet")
        .replace("[time]", "[catalogue]\nfiles = [\"my-drugs.toml\"]\n[time]");
    let trial = trial.replace("temozolomide 150 mg/m2 daily, days 1-7 of 28", "examplisib 40 mg daily");
    fs::write(temp.path().join("trial.toml"), trial).unwrap();
    for command in ["validate", "compare"] {
        assert_eq!(code(&evotor(&[command, "trial.toml"], temp.path())), 2, "{command}");
    }
    let calibration = fs::read_to_string("scenarios/calibration.toml").unwrap();
    fs::write(temp.path().join("good.toml"), &calibration).unwrap();
    fs::write(temp.path().join("bad.toml"), calibration.replacen("quantity = \"", "quantity = \"x", 1))
        .unwrap();
    let good = evotor(&["validate", "good.toml"], temp.path());
    assert_eq!(code(&good), 0, "{}", err(&good));
    assert!(out(&good).contains("ok  good.toml: calibration of "), "{}", out(&good));
    for command in ["validate", "calibrate"] {
        let bad = evotor(&[command, "bad.toml"], temp.path());
        assert_eq!(code(&bad), 2, "{command}: {}", err(&bad));
    }
}

// Long after the last dose there is nothing, and a steady state of nothing is not what is asked for.
#[test]
fn a_steady_state_is_that_of_doses_that_go_on() {
    let temp = tempfile::tempdir().unwrap();
    let steady = |drug: &str| evotor(&["signalling", "--drug", drug], temp.path());
    let usual = out(&steady("everolimus 10 mg daily"));
    assert!(usual.contains("everolimus 1.3"), "{usual}");
    // When it began does not matter.
    assert_eq!(out(&steady("everolimus 10 mg daily from day 3000")), usual);
    for ends in [
        "everolimus 10 mg daily x3",
        "everolimus 10 mg daily until day 28",
        "everolimus 10 mg daily for 4 weeks",
        "everolimus 10 mg on days 3 and 9",
        "octreotide LAR 30 mg every 28 d x6",
    ] {
        let refused = steady(ends);
        assert_eq!(code(&refused), 2, "{ends}: {}", out(&refused));
        assert!(err(&refused).contains("has no steady state"), "{}", err(&refused));
    }
    // Half of the doses, half of the average: a cycle longer than a year is averaged whole.
    let nm = |drug: &str| -> f64 {
        let text = out(&steady(drug));
        text.split(": everolimus ").nth(1).and_then(|t| t.split(' ').next()).unwrap().parse().unwrap()
    };
    let (often, seldom) = (nm("everolimus 10 mg every 350 d"), nm("everolimus 10 mg every 700 d"));
    assert!((often / seldom - 2.0).abs() < 0.01, "{often} {seldom}");
}

#[test]
fn concentrations_of_doses_that_never_come_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let pk = |drug: &str, days: &str| evotor(&["pk", "--drug", drug, "--days", days], temp.path());
    for drug in ["everolimus 10 mg on day 100", "everolimus 10 mg daily from day 100"] {
        let refused = pk(drug, "28");
        assert_eq!(code(&refused), 2);
        assert!(err(&refused).contains("--days 101"), "{}", err(&refused));
        assert_eq!(code(&pk(drug, "101")), 0);
    }
    // In the wash-out columns stay apart.
    let text = out(&pk("everolimus 10 mg daily until day 28", "60"));
    assert!(text.lines().skip(2).all(|line| line.split_whitespace().count() == 5), "{text}");
    // Short-acting octreotide three times a day peaks in the hour, and a dose into a vein at once.
    let peak = |drug: &str| -> f64 {
        let text = out(&pk(drug, "1"));
        text.lines().last().unwrap().split_whitespace().nth(2).unwrap().parse().unwrap()
    };
    let (skin, vein) =
        (peak("octreotide 0.1 mg sc three times daily"), peak("octreotide 0.1 mg iv three times daily"));
    assert!(skin > 2.0 && skin < vein && (vein - 3.6).abs() < 0.3, "{skin} {vein}");
}

#[test]
fn a_bad_scenario_touches_nothing() {
    let temp = folder();
    fs::write(temp.path().join("bad.toml"), SMALL.replace("[rates]", "[rats]")).unwrap();
    let run = evotor(&["run", "bad.toml"], temp.path());
    assert_eq!(code(&run), 2);
    assert!(err(&run).contains("bad.toml:") && err(&run).contains("rates"), "{}", err(&run));
    let nests = "[start]\nshape = \"nests\"\nfraction = 0.42\npacking = 0.95\nradius = \"60 um\"";
    let crowded = SMALL
        .replace("size = [70, 40]", "size = [400, 400]")
        .replace("[start]\nshape = \"count\"\ncells = 3", nests);
    fs::write(temp.path().join("crowded.toml"), crowded).unwrap();
    for command in ["run", "validate"] {
        let run = evotor(&[command, "crowded.toml"], temp.path());
        assert_eq!(code(&run), 2, "{}", err(&run));
        assert!(err(&run).contains("lower the fraction"), "{}", err(&run));
    }
    assert!(!temp.path().join("results").exists());
}

#[test]
fn a_gpu_that_is_not_there_is_an_error_with_a_way_out() {
    let temp = folder();
    let run = evotor(&["run", "small.toml", "--backend", "gpu", "--adapter", "no such adapter"], temp.path());
    assert_eq!(code(&run), 1);
    assert!(
        err(&run).contains("failed to find a GPU") && err(&run).contains("--backend cpu"),
        "{}",
        err(&run)
    );
    assert!(!temp.path().join("results").exists());
    let both = evotor(&["run", "small.toml", "--backend", "cpu", "--adapter", "x"], temp.path());
    assert_eq!(code(&both), 2);
}

#[test]
fn schema_completions_and_help_are_printed() {
    let temp = folder();
    let schema: serde_json::Value = serde_json::from_slice(&evotor(&["schema"], temp.path()).stdout).unwrap();
    assert!(schema["properties"]["lattice"].is_object());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(out(&evotor(&["completions", shell], temp.path())).contains("evotor"), "{shell}");
    }
    for name in ["run", "resume", "validate", "adapters", "selftest", "drugs", "schema", "completions"] {
        let help = evotor(&[name, "--help"], temp.path());
        assert_eq!(code(&help), 0);
        for part in ["Usage: evotor ", "Examples:", "Exit codes:"] {
            assert!(out(&help).contains(part), "{name}: {}", out(&help));
        }
    }
    assert_eq!(code(&evotor(&["run"], temp.path())), 2);
    assert_eq!(code(&evotor(&["adapters"], temp.path())), 0);
}

#[test]
fn drugs_lists_the_catalogue() {
    let temp = folder();
    let all = evotor(&["drugs"], temp.path());
    assert_eq!(code(&all), 0, "{}", err(&all));
    let text = out(&all);
    let mut lines = text.lines();
    let heading = lines.next().unwrap();
    for column in ["drug", "class", "usual dose", "acts on", "numbers"] {
        assert!(heading.contains(column), "{heading}");
    }
    // Columns are aligned: the class begins in one column.
    let column = heading.find("class").unwrap();
    let everolimus = lines.next().unwrap();
    assert_eq!(everolimus[column..].split_whitespace().next(), Some("rapalog"), "{everolimus}");
    assert!(everolimus.contains("10 mg daily") && everolimus.contains("mtor_allosteric"), "{everolimus}");
    let class = out(&evotor(&["drugs", "--class", "Rapalog"], temp.path()));
    assert_eq!(class.lines().count(), 5, "{class}");
    let json = evotor(&["drugs", "--json"], temp.path());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["drugs"].as_array().unwrap().len(), text.lines().count() - 1);
}

#[test]
fn drugs_shows_one_drug_by_any_of_its_names() {
    let temp = folder();
    let card = evotor(&["drugs", "rad 001"], temp.path());
    assert_eq!(code(&card), 0, "{}", err(&card));
    let text = out(&card);
    for part in [
        "everolimus\n",
        "rapalog, medicine, oral",
        "  reduced       5 mg daily; then 5 mg every 2 d",
        "pharmacokinetics (whole blood)\n",
        "17.4 L/h",
        "CV 35.1 %",
        "factors in mtor_kinase=active",
        "adverse event stomatitis (mucosa), 89 % of a year's within 8 wk",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let clearance = text.lines().find(|l| l.trim_start().starts_with("clearance")).unwrap();
    let words: Vec<&str> = clearance.split_whitespace().collect();
    assert_eq!(words[..8], ["clearance", "17.4", "L/h", "CV", "35.1", "%", "A", "de"], "{clearance}");
    let json = evotor(&["drugs", "everolimus", "--json"], temp.path());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["drugs"][0]["pk"]["clearance"]["value"], 17.4);
    assert_eq!(json["drugs"][0]["pk"]["clearance"]["confidence"], "A");
}

#[test]
fn unknown_drugs_and_classes_are_told_with_the_nearest() {
    let temp = folder();
    for (args, message) in [
        (
            &["drugs", "evrolimus"][..],
            "there is no drug `evrolimus` in the catalogue; did you mean `everolimus`?",
        ),
        (&["drugs", "zzzzzz"], "there is no drug `zzzzzz` in the catalogue; `evotor drugs` lists all"),
        (&["drugs", "--class", "rapalogs"], "is of the class `rapalogs`; did you mean `rapalog`?"),
        (&["drugs", "--class", "zzzzzz"], "classes: rapalog, torki,"),
        (&["drugs", "everolimus", "--class", "rapalog"], "cannot be used with"),
    ] {
        let unknown = evotor(args, temp.path());
        assert_eq!(code(&unknown), 2, "{args:?}");
        assert_eq!(out(&unknown), "");
        assert!(err(&unknown).contains(message), "{args:?}: {}", err(&unknown));
    }
}

#[test]
fn a_run_keeps_its_own_drugs() {
    let temp = folder();
    fs::write(
        temp.path().join("drugs.toml"),
        "[[drug]]\nname = \"bath salt\"\nroutes = [\"bath\"]\n[[drug.target]]\nnode = \"mek\"\nec50 = \"5 nM\"\n",
    )
    .unwrap();
    let plain = digest(&evotor(&["run", "small.toml", "--backend", "cpu", "--out", "plain"], temp.path()));
    fs::write(temp.path().join("own.toml"), format!("{SMALL}\n[catalogue]\nfiles = [\"drugs.toml\"]\n"))
        .unwrap();
    let own = evotor(&["run", "own.toml", "--backend", "cpu", "--out", "own"], temp.path());
    // A drug that mode `rates` does not know changes nothing.
    assert_eq!(digest(&own), plain);
    let effective = fs::read_to_string(temp.path().join("own/effective.toml")).unwrap();
    assert!(effective.contains("name = \"bath salt\"") && !effective.contains("drugs.toml"), "{effective}");
    fs::remove_file(temp.path().join("drugs.toml")).unwrap();
    let resumed = evotor(&["resume", "own", "--backend", "cpu"], temp.path());
    assert_eq!(digest(&resumed), plain);
}

#[test]
fn selftest_compares_at_least_the_cpu_with_itself() {
    let temp = folder();
    let test = evotor(&["selftest", "--steps", "10"], temp.path());
    assert_eq!(code(&test), 0, "{}{}", out(&test), err(&test));
    assert!(out(&test).ends_with("ok: all digests are equal\n"), "{}", out(&test));
    assert_eq!(code(&evotor(&["selftest", "--adapter", "no such adapter"], temp.path())), 1);
    let page = evotor(&["selftest", "--all", "--steps", "2"], temp.path());
    assert_eq!(code(&page), 0, "{}{}", out(&page), err(&page));
    assert!(out(&page).starts_with(concat!("evotor ", env!("CARGO_PKG_VERSION"), " on ")), "{}", out(&page));
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let temp = folder();
    for args in [&["schema"][..], &["completions", "bash"], &["run", "small.toml", "--backend", "cpu"]] {
        let mut child =
            command(args, temp.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success() && !err(&ended).contains("panicked"), "{args:?}: {}", err(&ended));
    }
}

#[test]
fn loci_are_shown_with_their_sources() {
    let dir = folder();
    let all = out(&evotor(&["loci"], dir.path()));
    assert!(all.lines().count() > 10 && all.contains("fkbp12_frb"), "{all}");
    let one = out(&evotor(&["loci", "rtk"], dir.path()));
    for part in ["on by default", "3 highest", "1.6", "+ 0.0004 /d x fall of S6K", "PMC4800296"] {
        assert!(one.contains(part), "{part}: {one}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&out(&evotor(&["loci", "--json"], dir.path()))).unwrap();
    assert_eq!(json["loci"][0]["name"], "tsc");
    assert_eq!(json["loci"][0]["network"][0]["value"]["confidence"], "B");
    let unknown = evotor(&["loci", "gsk"], dir.path());
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean `gsk3`?"));
}

#[test]
fn the_network_of_a_cell_is_shown() {
    let dir = folder();
    let args = [
        "signalling",
        "--state",
        "rtk=2",
        "--state",
        "tsc=lost",
        "-c",
        "everolimus=1.3 nM",
        "--oxygen",
        "3mmHg",
    ];
    let shown = out(&evotor(&args, dir.path()));
    assert!(shown.starts_with("tsc=lost, rtk=high: everolimus 1.3 nM, hypoxia"), "{shown}");
    assert!(shown.contains("pAKT-S473") && shown.contains("net growth /d"), "{shown}");
    let args = ["signalling", "--concentration", "everolimus=2 nM", "--json"];
    let json: serde_json::Value = serde_json::from_str(&out(&evotor(&args, dir.path()))).unwrap();
    let growth = json["treated"]["network"]["growth"].as_f64().unwrap();
    assert!((growth - 0.645).abs() < 0.005 && json["untreated"]["network"]["growth"] == 1.0);
    let unknown = evotor(&["signalling", "-c", "everlimus=1 nM"], dir.path());
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean `everolimus`?"));
}

/// A patient whose lesion has to settle before the first step.
const SETTLES: &str = r#"
name = "settles"
phenotype = "signalling"
replicates = 3
time = { end = "14 d" }
lattice = { size = [48, 48, 48], placement = "radius" }
start = { shape = "random", density = 0.3 }
oxygen = {}
vessels = {}
therapy = { regimen = "everolimus 10 mg daily", visits = { every = "7 d" } }
"#;

/// The largest number of threads that a process has had, looked at until it ends.
#[cfg(target_os = "linux")]
fn most_threads(mut child: Child) -> usize {
    let tasks = format!("/proc/{}/task", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(fs::read_dir(&tasks).map_or(0, Iterator::count));
        std::thread::sleep(Duration::from_millis(1));
    }
    most
}

// Lesions settled on all cores whatever `--threads` said, and plots were drawn by as many. Where nobody asks, the
// variable gives every pool 24 threads, so that one that is not held shows.
#[cfg(target_os = "linux")]
#[test]
fn threads_are_held_wherever_there_are_any() {
    let temp = folder();
    fs::write(temp.path().join("settles.toml"), SETTLES).unwrap();
    let count = |args: &[&str]| {
        let mut command = command(args, temp.path());
        command.env("RAYON_NUM_THREADS", "24").stdout(Stdio::null()).stderr(Stdio::null());
        most_threads(command.spawn().unwrap())
    };
    let free = count(&["run", "settles.toml", "--backend", "cpu", "--out", "free"]);
    assert!(free >= 24, "{free}");
    let held = count(&["run", "settles.toml", "--backend", "cpu", "--threads", "1", "--out", "held"]);
    assert!(held < 8, "{held}");
    assert_same_results(&temp.path().join("held"), &temp.path().join("free"), "threads");
}

/// A full row of two colours, to fixation or loss.
const ROW: &str = r#"
name = "row"
replicates = 30
loci = []
time = { step = "2 h", end = "2000 d", every = "1 d" }
lattice = { size = [12] }
start = { shape = "random", density = 1, composition = { "colour=blue" = "4 cells" } }
rates = { birth = "2 /d", death = "0.3 /d", clearance = "at once" }
output = { series = false, clones = [] }
[[locus]]
name = "colour"
levels = ["yellow", "blue"]
[[stop.state]]
name = "fixed"
states = "colour=blue"
share = 1.0
[[stop.state]]
name = "lost"
states = "colour=yellow"
share = 1.0
"#;

// A daughter that was placed across the edge of a row came out of the lattice.
#[test]
fn a_periodic_row_is_filled_within_a_radius() {
    let temp = folder();
    for (number, size) in ["[20]", "[1, 20]", "[20, 1, 1]", "[1, 1, 20]"].into_iter().enumerate() {
        let row = ROW
            .replace(
                "size = [12]",
                &format!("size = {size}, placement = \"radius\", boundary = \"periodic\""),
            )
            .replace("density = 1", "density = 0.5")
            .replace("replicates = 30", "replicates = 3")
            .replace("\"4 cells\"", "\"1 cells\"");
        fs::write(temp.path().join("row.toml"), row).unwrap();
        let out = number.to_string();
        digest(&evotor(&["run", "row.toml", "--backend", "cpu", "--out", &out, "--no-report"], temp.path()));
    }
}

// The nests of a later replicate may have no room where those of the first one have.
#[test]
fn validate_tries_out_the_starts_of_all_replicates() {
    let temp = folder();
    let text = "name = \"r\"\nseed = 1\nreplicates = 60\nloci = []\ntime = { end = \"4 d\" }\nlattice = { size = [12, 12] }\n\
        start = { shape = \"nests\", fraction = 0.2, radius = \"40 um\" }\nrates = { birth = \"0.1 /d\", death = \"0.05 /d\" }\n";
    fs::write(temp.path().join("one.toml"), text.replace("replicates = 60\n", "")).unwrap();
    fs::write(temp.path().join("many.toml"), text).unwrap();
    for file in ["one.toml", "many.toml"] {
        let [told, ran] = [
            &["validate", file][..],
            &["run", file, "--out", "out", "--force", "--no-report", "--backend", "cpu"],
        ]
        .map(|args| evotor(args, temp.path()).status.code());
        assert_eq!(
            (told, ran),
            if file == "one.toml" { (Some(0), Some(0)) } else { (Some(2), Some(2)) },
            "{file}"
        );
    }
}

#[test]
fn a_row_of_sites_runs_to_fixation_without_a_series_and_has_a_report() {
    let temp = folder();
    fs::write(temp.path().join("row.toml"), ROW).unwrap();
    let run = evotor(&["run", "row.toml", "--backend", "cpu"], temp.path());
    digest(&run);
    assert!(out(&run).contains("fixed: ") && out(&run).contains("colour=yellow"), "{}", out(&run));
    let dir = temp.path().join("results/row");
    let table = fs::read_to_string(dir.join("replicates.csv")).unwrap();
    assert!(
        table
            .lines()
            .next()
            .unwrap()
            .ends_with("cleared_dead_cells,fixed_day,lost_day,colour=yellow,colour=blue"),
        "{table}"
    );
    assert!(table.lines().skip(1).all(|row| row.contains(",fixed,") != row.contains(",lost,")), "{table}");
    assert!(!dir.join("series.csv").exists() && dir.join("report.html").exists());
    let report = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(report.contains("Together they began with 360 live cells"), "{report}");
    let resumed = evotor(&["resume", "results/row"], temp.path());
    assert_eq!(digest(&resumed), digest(&run));
}

// The first states of catalogue loci came in without a word, and the columns of states went.
#[test]
fn a_run_says_where_its_states_are_when_they_have_no_columns() {
    let temp = folder();
    let text = "name = \"many\"\ntime = { end = \"1 d\" }\nlattice = { size = [16, 16] }\nstart = { shape = \"single\" }\n\
        rates = { birth = \"0.1 /d\", death = \"0.05 /d\" }\n";
    fs::write(temp.path().join("many.toml"), text).unwrap();
    fs::write(temp.path().join("few.toml"), text.replacen('\n', "\nloci = []\n", 1)).unwrap();
    for command in ["validate", "run"] {
        let said = err(&evotor(&[command, "many.toml"], temp.path()));
        let note =
            said.lines().find(|l| l.starts_with("note: ") && l.contains("states.csv")).unwrap_or_default();
        assert!(note.contains("5 loci of the catalogue") && note.contains("`loci = []`"), "{said}");
        assert!(!err(&evotor(&[command, "few.toml", "--quiet"], temp.path())).contains("states.csv"));
    }
}

// A start that has too few cells for its exact numbers is told at its place by every command that makes it.
#[test]
fn a_start_with_too_few_cells_is_told_at_its_place() {
    let temp = folder();
    let text =
        ROW.replace("density = 1", "density = 0.01").replace("[12]", "[100]").replace("4 cells", "99 cells");
    fs::write(temp.path().join("row.toml"), text).unwrap();
    for args in [["validate", "row.toml"], ["run", "row.toml"]] {
        let found = evotor(&args, temp.path());
        assert_eq!(code(&found), 2, "{}", err(&found));
        assert!(
            err(&found).contains("row.toml:7:") && err(&found).contains("put 99 cells"),
            "{}",
            err(&found)
        );
    }
}

// `drugs: 0` stood in the scenario of a therapy.
#[test]
fn a_dry_run_counts_the_drugs_of_a_plan() {
    let temp = folder();
    fs::write(temp.path().join("settles.toml"), SETTLES).unwrap();
    let dry = evotor(&["run", "settles.toml", "--dry-run"], temp.path());
    assert!(out(&dry).contains("drugs: 1;"), "{}", out(&dry));
}

// A step that makes growth percents slower was taken without a word.
#[test]
fn validate_says_what_a_coarse_step_costs_on_a_crowded_lattice() {
    let temp = folder();
    let text = "name = \"step\"\nloci = []\ntime = { step = \"12 h\", end = \"30 d\" }\nlattice = { size = [64, 64] }\n\
        start = {}\nrates = { birth = \"0.1 /d\", death = \"0.04 /d\" }\n";
    let said = |text: &str, args: &[&str]| {
        fs::write(temp.path().join("step.toml"), text).unwrap();
        let found = evotor(&[&["validate", "step.toml"], args].concat(), temp.path());
        assert_eq!(code(&found), 0, "{}", err(&found));
        err(&found)
    };
    assert!(said(text, &[]).contains("about 3 % slower with steps of 12 h"), "{}", said(text, &[]));
    assert!(said(&text.replace("12 h", "6 h"), &[]).contains("about 1.5 % slower"));
    let quiet = [text.replace("12 h", "1 h"), text.replace("[64, 64]", "[64, 64], placement = \"mixed\"")];
    assert!(quiet.iter().all(|text| said(text, &[]).is_empty()));
    assert_eq!(said(text, &["--quiet"]), "");
}

// One reader for both: what `validate` accepts `run` accepts, and what it refuses `run` refuses with the same words.
#[test]
fn validate_and_run_agree_on_every_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "scenarios",
        "tests/data/scenario/good",
        "tests/data/scenario/odd",
        "tests/data/scenario/bad",
        "tests/data/scenario/corpus",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path());
    let temp = folder();
    let (mut accepted, mut refused) = (0, 0);
    for file in files.filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        // Files of another kind are for other commands.
        if ["[arm", "\narm", "cohort", "[[drug]]", "[[target]]"].iter().any(|other| text.contains(other)) {
            continue;
        }
        let name = file.display().to_string();
        let checked = evotor(&["validate", &name], temp.path());
        let run = evotor(&["run", &name, "--dry-run"], temp.path());
        assert_eq!(checked.status.code(), run.status.code(), "{name}");
        match checked.status.code() {
            Some(0) => accepted += 1,
            _ => {
                refused += 1;
                assert_eq!(
                    String::from_utf8_lossy(&checked.stderr),
                    String::from_utf8_lossy(&run.stderr),
                    "{name}"
                );
            }
        }
    }
    assert!(accepted > 15 && refused > 60, "{accepted} {refused}");
}

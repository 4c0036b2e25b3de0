//! Trials on the command line: what `compare`, `trial` and `calibrate` write, say, and refuse.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

#[cfg(unix)]
use crate::support::signals;
#[cfg(unix)]
use evotor::simulation::folder::lock;
use evotor::trial::output::kept::{self, KeptKind};

/// A small trial in which lesions are thinned, lines switch, and patients leave at different times.
const TRIAL: &str = include_str!("data/small-trial.toml");

fn evotor(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("trial.toml"), TRIAL).unwrap();
    temp
}

fn rows(dir: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn compare_writes_its_folder_and_prints_arms_and_differences() {
    let temp = folder();
    let run = evotor(&["compare", "trial.toml", "--backend", "cpu", "--out", "r"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    for part in [
        "sequence",
        "supportive care",
        "Time to failure of strategy (TFS: progression on the last planned line, or death), restricted mean to month",
        "too few patients to compare arms",
        "TFS, median (95 %)",
        "hazard ratio (95 %)",
        "3 virtual patients",
        "not validated",
    ] {
        assert!(out(&run).contains(part), "{part}: {}", out(&run));
    }
    let dir = temp.path().join("r");
    assert_eq!(rows(&dir, "patients.csv").len(), 1 + 3 * 2);
    assert_eq!(rows(&dir, "cohort.csv").len(), 1 + 3);
    for arm in ["sequence,", "supportive care,"] {
        assert!(rows(&dir, "arms.csv").iter().filter(|row| row.starts_with(arm)).count() > 15, "{arm}");
    }
    assert!(rows(&dir, "lesions.csv").len() > 3 && rows(&dir, "starting_states.csv").len() > 3);
    assert!(rows(&dir, "dose_intensity.csv").len() > 2);
    assert_eq!((rows(&dir, "contrasts.csv").len(), rows(&dir, "prices.csv").len()), (1 + 4, 1 + 2));
    for name in
        ["visits.csv", "laboratory.csv", "events.csv", "survival.csv", "incidence.csv", "resistance.csv"]
    {
        let rows = rows(&dir, name);
        let columns = rows[0].split(',').count();
        assert!(rows.len() > 3 && columns > 4, "{name}: {} rows", rows.len());
    }
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(dir.join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["arms"][0]["patients"], 3);
    // The effective trial is one that gives the same patients.
    let again = evotor(
        &["compare", "r/effective.toml", "--backend", "cpu", "--threads", "1", "--out", "s"],
        temp.path(),
    );
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    assert_eq!(rows(&dir, "patients.csv"), rows(&temp.path().join("s"), "patients.csv"));
}

// The command that is offered for a patient who failed: the same patient, alone.
#[test]
fn one_patient_in_one_arm_is_the_same_alone() {
    let temp = folder();
    let all = evotor(&["compare", "trial.toml", "--backend", "cpu", "--out", "all", "--quiet"], temp.path());
    assert_eq!(all.status.code(), Some(0), "{}", err(&all));
    let arguments =
        ["compare", "trial.toml", "--only", "1", "--arm", "sequence", "--backend", "cpu", "--out", "one"];
    let one = evotor(&arguments, temp.path());
    assert_eq!(one.status.code(), Some(0), "{}", err(&one));
    let found = rows(&temp.path().join("one"), "patients.csv");
    let expected = rows(&temp.path().join("all"), "patients.csv");
    assert_eq!(found.len(), 2);
    assert!(expected.contains(&found[1]) && found[1].starts_with("1,sequence,"), "{found:?}");
}

// A patient who was named twice once counted twice, and patients out of order lost their pairs.
#[test]
fn patients_who_are_named_come_once_and_in_order() {
    let temp = folder();
    let run = |only: &[&str], out: &str| {
        let named: Vec<&str> = only.iter().flat_map(|n| ["--only", n]).collect();
        let args = ["compare", "trial.toml", "--surrogate", "--no-report", "--quiet", "--out", out];
        assert_eq!(evotor(&[&args[..], &named].concat(), temp.path()).status.code(), Some(0));
        ["patients.csv", "contrasts.csv"].map(|name| rows(&temp.path().join(out), name))
    };
    let expected = run(&["0", "2"], "r");
    assert_eq!((expected[0].len(), run(&["2", "0", "2"], "s")), (1 + 2 * 2, expected));
}

#[test]
fn the_surrogate_says_what_it_is() {
    let temp = folder();
    let run =
        evotor(&["compare", "trial.toml", "--surrogate", "--patients", "20", "--out", "r"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    assert!(out(&run).contains("mean-field surrogate") && out(&run).contains("20 virtual patients"));
}

// A trial by the surrogate, or of some patients and arms, once gave a page that spoke of a lattice and named a command with which
// nobody would get the same tables.
#[test]
fn a_report_tells_how_it_was_computed_and_how_to_repeat_it() {
    let temp = folder();
    let args = [
        "compare",
        "trial.toml",
        "--surrogate",
        "--only",
        "2",
        "--arm",
        "supportive care",
        "--out",
        "r",
        "--quiet",
    ];
    assert_eq!(evotor(&args, temp.path()).status.code(), Some(0));
    let dir = temp.path().join("r");
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(page.contains("Computed by the mean-field surrogate"));
    assert!(!page.contains("division attempts"));
    assert!(rows(&dir, "effective.toml")[1].contains("mean-field surrogate"));
    let command =
        "evotor compare effective.toml --patients 3 --only 2 --arm 'supportive care' --surrogate --out again";
    assert!(page.contains(command), "{page}");
    let again: Vec<String> = command.split_once(' ').unwrap().1.split('\'').enumerate().fold(
        Vec::new(),
        |mut words, (at, part)| {
            if at % 2 == 1 {
                words.push(part.to_owned())
            } else {
                words.extend(part.split_whitespace().map(str::to_owned))
            }
            words
        },
    );
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    assert_eq!(evotor(&again, &dir).status.code(), Some(0));
    assert_eq!(rows(&dir, "patients.csv"), rows(&dir.join("again"), "patients.csv"));
}

// `--force` once left the report, plots and predictions of the trial before beside the new tables.
#[test]
fn nothing_of_another_trial_stays() {
    let temp = folder();
    let run = |more: &[&str]| {
        let args = [&["compare", "trial.toml", "--surrogate", "--out", "r", "--quiet"], more].concat();
        assert_eq!(evotor(&args, temp.path()).status.code(), Some(0));
    };
    run(&[]);
    let dir = temp.path().join("r");
    for name in ["predictions.csv", "sun-1111-arms.csv", "plots/mine.txt"] {
        fs::write(dir.join(name), "").unwrap();
    }
    assert!(dir.join("report.html").exists() && dir.join("plots/waterfall.svg").exists());
    run(&["--force", "--no-report"]);
    for name in ["report.html", "plots/waterfall.svg", "predictions.csv", "sun-1111-arms.csv"] {
        assert!(!dir.join(name).exists(), "{name}");
    }
    assert!(dir.join("plots/mine.txt").exists(), "what is not ours is left");
}

#[test]
fn mistakes_are_told_with_a_way_out() {
    let temp = folder();
    fs::write(temp.path().join("lesion.toml"), "name = \"x\"\n[time]\nend = \"9 d\"\n").unwrap();
    let said = |args: &[&str], parts: &[&str]| {
        let run = evotor(args, temp.path());
        assert_eq!(run.status.code(), Some(2), "{args:?}: {}", err(&run));
        assert!(parts.iter().all(|p| err(&run).contains(p)), "{args:?}: {}", err(&run));
    };
    said(&["compare", "nowhere.toml"], &["nowhere.toml"]);
    said(
        &["compare", "trial.toml", "--arm", "sequenc"],
        &["there is no arm `sequenc`", "did you mean `sequence`?"],
    );
    said(&["compare", "trial.toml", "--patients", "0"], &["--patients"]);
    said(&["compare", "trial.toml", "--only", "3"], &["there is no patient 3", "3 patients", "--patients"]);
    said(&["trial", "radiant-33"], &["radiant-33", "did you mean", "--list"]);
    said(&["trial"], &["TRIAL"]);
    said(&["calibrate", "trial.toml"], &["this is a trial", "evotor compare"]);
    fs::create_dir(temp.path().join("r")).unwrap();
    fs::write(temp.path().join("r/patients.csv"), "mine\n").unwrap();
    said(&["compare", "trial.toml", "--out", "r"], &["patients.csv", "--force"]);
    assert_eq!(rows(&temp.path().join("r"), "patients.csv"), ["mine"]);
}

#[test]
fn the_trials_of_the_review_are_listed_and_shown_beside_their_figures() {
    let temp = folder();
    let list = evotor(&["trial", "--list"], temp.path());
    assert_eq!(list.status.code(), Some(0));
    for id in 1..=23 {
        assert!(out(&list).contains(&format!("T{id:02}")), "T{id:02}");
    }
    let run = evotor(&["trial", "radiant-3", "--surrogate", "--patients", "30", "--out", "r"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    for part in ["T04", "published", "calibrated", "predicted", "PFS hazard ratio", "not represented"] {
        assert!(out(&run).contains(part), "{part}: {}", out(&run));
    }
    assert!(rows(&temp.path().join("r"), "published.csv").len() > 10);
}

// Figures of one reader stand beside what the same reader sees, at the cut-off at which each was read.
#[test]
fn figures_are_shown_by_reader_and_cut_off() {
    let temp = folder();
    let shown = |out: &str, more: &[&str]| {
        let start = ["trial", "radiant-3", "--surrogate", "--patients", "40", "-q", "--out", out];
        let run = evotor(&[&start[..], more].concat(), temp.path());
        assert_eq!(run.status.code(), Some(0), "{}", err(&run));
        let mut table = csv::Reader::from_path(temp.path().join(out).join("published.csv")).unwrap();
        let rows: Vec<std::collections::BTreeMap<String, String>> =
            table.deserialize().map(Result::unwrap).collect();
        (rows, run)
    };
    let (all, _) = shown("all", &[]);
    let (central, said) = shown("central", &["--reader", "central"]);
    let of = |rows: &[std::collections::BTreeMap<String, String>], reader: &str, arm: &str| {
        let row =
            rows.iter().find(|r| r["endpoint"] == "pfs_median" && r["reader"] == reader && r["arm"] == arm);
        row.cloned().unwrap_or_else(|| panic!("{reader} {arm}"))
    };
    assert!(central.iter().all(|r| r["reader"].is_empty() || r["reader"] == "central"));
    assert!(central.len() < all.len() && out(&said).contains("13.7 (11.2-18.8)"), "{}", out(&said));
    for arm in ["placebo", "everolimus"] {
        assert_eq!(of(&all, "central", arm), of(&central, "central", arm), "whatever tables show");
        assert_eq!(of(&all, "central", arm)["cutoff_months"], "30.3901");
    }
    let differ = |name: &str| {
        ["placebo", "everolimus"]
            .iter()
            .any(|arm| of(&all, "central", arm)[name] != of(&all, "investigator", arm)[name])
    };
    assert!(differ("published") && differ("simulated"));
    let survival =
        all.iter().filter(|r| r["endpoint"] == "os_hazard_ratio").map(|r| r["cutoff_months"].as_str());
    assert_eq!(survival.collect::<Vec<_>>(), ["78.5873", "30.3901"]);
    // Tables of patients and arms show the reader that was asked for.
    let arms = |out: &str| fs::read_to_string(temp.path().join(out).join("arms.csv")).unwrap();
    assert_ne!(arms("all"), arms("central"));
    let effective = fs::read_to_string(temp.path().join("central/effective.toml")).unwrap();
    assert!(effective.contains("reader = \"central\"") && !effective.contains("value = 11\n"), "{effective}");
}

// An estimand is asked for on the command line as in the file: both give the same tables.
#[test]
fn an_estimand_can_be_asked_for() {
    let temp = folder();
    let tables = |file: &str, more: &[&str], out: &str| {
        let start = ["compare", file, "--surrogate", "--patients", "40", "-q", "--no-report", "--out", out];
        let run = evotor(&[&start[..], more].concat(), temp.path());
        assert_eq!(run.status.code(), Some(0), "{}", err(&run));
        ["patients.csv", "arms.csv"].map(|name| fs::read_to_string(temp.path().join(out).join(name)).unwrap())
    };
    let policy = tables("trial.toml", &[], "policy");
    let mut seen = vec![policy.clone()];
    for estimand in ["while-on-treatment", "composite", "hypothetical"] {
        let text = TRIAL.replace("[cohort]\n", &format!("[trial]\nestimand = \"{estimand}\"\n[cohort]\n"));
        fs::write(temp.path().join("own.toml"), text).unwrap();
        let [by_file, by_option] = [
            tables("own.toml", &[], "file"),
            tables("trial.toml", &["--estimand", estimand, "--force"], "option"),
        ];
        assert_eq!(by_file, by_option, "{estimand}");
        assert!(!seen.contains(&by_file), "{estimand} is not another one");
        seen.push(by_file);
        fs::remove_dir_all(temp.path().join("file")).unwrap();
    }
    assert!(seen[2][0].contains(",toxicity,") && !seen[0][0].contains(",toxicity,"));
    assert_eq!(tables("trial.toml", &["--estimand", "treatment-policy", "--force"], "option"), policy);
}

#[test]
fn readers_and_estimands_that_cannot_be_are_told_with_a_way_out() {
    let temp = folder();
    let refused = |args: &[&str], parts: &[&str]| {
        let run = evotor(&[args, &["--surrogate", "--out", "r"]].concat(), temp.path());
        assert_eq!(run.status.code(), Some(2), "{}", err(&run));
        for part in parts {
            assert!(err(&run).contains(part), "{part}: {}", err(&run));
        }
        assert!(!temp.path().join("r").exists());
    };
    refused(
        &["trial", "sun-1111", "--reader", "adjudicated"],
        &["`adjudicated`", "by investigator and central", "leave it out"],
    );
    refused(&["trial", "radiant-3", "--reader", "radiologist"], &["investigator, central, adjudicated"]);
    refused(&["compare", "trial.toml", "--estimand", "itt"], &["treatment-policy, while-on-treatment"]);
    refused(&["trial", "--all", "--reader", "central"], &["--all", "--reader"]);
    let care = "name = \"care\"\nphenotype = \"signalling\"\n[time]\nend = \"400 d\"\n[lattice]\n[start]\n[oxygen]\n[vessels]\n\
        [cohort]\nagents = 900\n[[arm]]\nname = \"care\"\n[arm.therapy]\nregimen = \"best supportive care\"\n";
    fs::write(temp.path().join("care.toml"), care).unwrap();
    refused(
        &["compare", "care.toml", "--estimand", "composite"],
        &["without a drug that could be stopped", "--estimand"],
    );
}

// The page of all trials once named each of them in a command of its own, because some have no published figures and are not on it.
#[test]
fn all_trials_of_the_review_are_repeated_by_one_command() {
    let temp = folder();
    let all =
        ["trial", "--all", "--surrogate", "--patients", "6", "--agents", "3000", "--out", "all", "--quiet"];
    let run = evotor(&all, temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    let page = fs::read_to_string(temp.path().join("all/report.html")).unwrap();
    assert!(page.contains("evotor trial --all --patients 6 --agents 3000 --surrogate"));
    assert!(!page.contains("evotor trial radiant-4"));
    // One of them by itself, and without a choice that its file does not make.
    fs::create_dir(temp.path().join("some")).unwrap();
    fs::rename(temp.path().join("all/radiant-4"), temp.path().join("some/radiant-4")).unwrap();
    let again = ["trial", "duran", "--surrogate", "--out", "some/duran", "--quiet", "--no-report"];
    assert_eq!(evotor(&again, temp.path()).status.code(), Some(0));
    assert_eq!(evotor(&["report", "some"], temp.path()).status.code(), Some(0));
    let page = fs::read_to_string(temp.path().join("some/report.html")).unwrap();
    for line in
        ["evotor trial duran --surrogate\n", "evotor trial radiant-4 --patients 6 --agents 3000 --surrogate"]
    {
        assert!(page.contains(line), "{line}");
    }
}

#[test]
fn a_calibration_goes_on_where_it_was() {
    let temp = folder();
    let text = "name = \"c\"\nseed = 3\npatients = 8\nparticles = 4\ngenerations = 1\njudged = 1\nagents = 400\n\
        [[target]]\ntrial = \"radiant-3\"\narm = \"placebo\"\nendpoints = [\"pfs_median\", \"any_shrinkage\"]\n\
        [[parameter]]\nname = \"growth\"\nquantity = \"growth\"\npart = \"typical\"\nlow = 0.002\nhigh = 0.006\nscale = \"log\"\n";
    fs::write(temp.path().join("c.toml"), text).unwrap();
    let whole = evotor(&["calibrate", "c.toml", "--out", "whole", "--threads", "2"], temp.path());
    assert_eq!(whole.status.code(), Some(0), "{}", err(&whole));
    for part in ["growth", "posterior", "fitted", "judged by agents"] {
        assert!(out(&whole).contains(part), "{part}: {}", out(&whole));
    }
    let posterior = rows(&temp.path().join("whole"), "posterior.csv");
    assert_eq!(posterior.len(), 5);
    // Half of its draws are lost: they are made again, and nothing else.
    let attempts = rows(&temp.path().join("whole"), "attempts.jsonl");
    fs::create_dir(temp.path().join("half")).unwrap();
    let half = attempts[..attempts.len() / 2].join("\n") + "\n{\"generation\":";
    fs::write(temp.path().join("half/attempts.jsonl"), half).unwrap();
    let again = evotor(&["calibrate", "c.toml", "--out", "half", "--threads", "1"], temp.path());
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    // All files, also that of the attempts, however many threads made them.
    for name in ["attempts.jsonl", "posterior.csv", "fit.csv", "fitted.toml", "calibration.toml"] {
        let text = |of: &str| fs::read_to_string(temp.path().join(of).join(name)).unwrap();
        assert!(text("half") == text("whole"), "{name} differs");
    }
    // Another question in the same folder is refused.
    fs::write(temp.path().join("c.toml"), text.replace("0.006", "0.005")).unwrap();
    let other = evotor(&["calibrate", "c.toml", "--out", "half"], temp.path());
    assert_eq!(other.status.code(), Some(2));
    assert!(err(&other).contains("--force"), "{}", err(&other));
}

/// Waits until a file of a running trial has so many rows.
#[cfg(unix)]
fn wait_for(path: &Path, least: usize) {
    let long = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while fs::read_to_string(path).map_or(0, |text| text.lines().count()) < least {
        assert!(std::time::Instant::now() < long, "{} has no {least} rows", path.display());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_whole_patients_and_their_tables() {
    let temp = folder();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args([
        "compare",
        "trial.toml",
        "--backend",
        "cpu",
        "--patients",
        "2000",
        "--out",
        "r",
        "--quiet",
    ]);
    signals::hear();
    let running = command.current_dir(temp.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let running = running.stderr(Stdio::piped()).spawn().unwrap();
    let dir = temp.path().join("r");
    wait_for(&dir.join("patients.csv"), 5);
    let kill = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let ended = running.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{}", err(&ended));
    assert!(err(&ended).contains("stopped by Ctrl-C"), "{}", err(&ended));
    // Both arms of every patient, as a shorter trial has them.
    let found = rows(&dir, "patients.csv");
    let patients = (found.len() - 1) / 2;
    assert!(found.len() % 2 == 1 && (2..2000).contains(&patients), "{} rows", found.len());
    let arms = rows(&dir, "arms.csv");
    assert!(arms.len() > 30 && arms[1].contains(&format!(",{patients},")), "{arms:?}");
    assert!(dir.join("survival.csv").exists() && dir.join("summary.json").exists());
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(page.contains(&format!("{patients} of 2000 patients are in it")));
}

/// Starts evotor on the small trial and ends it by a signal once `patients.csv` has so many rows.
#[cfg(unix)]
fn stopped(dir: &Path, args: &[&str], signal: &str, rows: usize) -> Output {
    signals::hear();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    let running = command.args(args).current_dir(dir).stdin(Stdio::null()).stdout(Stdio::piped());
    let running = running.stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&dir.join("r/patients.csv"), rows);
    let kill = Command::new("kill").args([signal, &running.id().to_string()]).status().unwrap();
    assert!(kill.success());
    running.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_stopped_trial_goes_on_to_the_same_tables() {
    let temp = folder();
    // Views of published figures go on too.
    let text = TRIAL.replace(
        "[cohort]\n",
        "[trial]\naccrual = \"100 d\"\ncutoff = \"400 d\"\nwithdrawal = \"0.2 /y\"\n[cohort]\n",
    );
    let figure = "[[published]]\narm = \"sequence\"\nendpoint = \"pfs_median\"\nvalue = 5\nreader = \"central\"\n\
        follow_up = \"250 d\"\nrole = \"predicted\"\nsource = \"none\"\n";
    fs::write(temp.path().join("trial.toml"), format!("{text}{figure}")).unwrap();
    let more = ["--backend", "cpu", "--patients", "36", "--quiet", "--no-report"];
    let start = |out| [&["compare", "trial.toml", "--out", out][..], &more].concat();
    assert_eq!(evotor(&start("whole"), temp.path()).status.code(), Some(0));
    let dir = temp.path().join("r");

    // Killed before its first checkpoint but the empty one, then while it writes one after every patient, then by Ctrl-C.
    stopped(temp.path(), &start("r"), "-KILL", 5);
    let refused = evotor(&start("r"), temp.path());
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        err(&refused).contains("evotor resume") && err(&refused).contains("--force"),
        "{}",
        err(&refused)
    );
    let report = evotor(&["report", "r"], temp.path());
    assert_eq!(report.status.code(), Some(2));
    assert!(err(&report).contains("go on with `evotor resume r`"), "{}", err(&report));
    let resume = ["resume", "r", "--backend", "cpu", "--quiet", "--no-report", "--checkpoint-every", "0"];
    stopped(temp.path(), &resume, "-KILL", 15);
    let ended = stopped(temp.path(), &resume, "-INT", 25);
    assert_eq!(ended.status.code(), Some(130), "{}", err(&ended));
    assert!(err(&ended).contains("go on with: evotor resume r"), "{}", err(&ended));
    let through = (rows(&dir, "patients.csv").len() - 1) / 2;
    let last = rows(&dir, "patients.csv").pop();

    let done = evotor(&[&resume[..], &["--threads", "1"]].concat(), temp.path());
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).contains("36 virtual patients"), "{}", out(&done));
    assert!(
        (12..36).contains(&through) && rows(&dir, "patients.csv")[2 * through..].first().cloned() == last
    );
    let mut names: Vec<_> =
        fs::read_dir(temp.path().join("whole")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let text = |of: &str| fs::read_to_string(temp.path().join(of).join(&name)).unwrap();
        assert!(text("r") == text("whole"), "{} differs", name.display());
    }
    assert!(!dir.join("checkpoint.json").exists());
    let again = evotor(&resume, temp.path());
    assert_eq!((again.status.code(), out(&again).contains("is done")), (Some(0), true), "{}", err(&again));
}

/// Changes a file of a stopped trial, which is then refused with nothing touched; and puts it right again.
#[cfg(unix)]
fn refused_when_changed(dir: &Path, name: &str, change: fn(&str) -> String, part: &str) {
    let all = || -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(dir.join("r")).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    };
    let path = dir.join("r").join(name);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, change(&text)).unwrap();
    let before = all();
    let run = evotor(&["resume", "r", "--backend", "cpu"], dir);
    assert_eq!(run.status.code(), Some(2), "{name}: {}", err(&run));
    assert!(err(&run).contains(part) && err(&run).contains("--force"), "{name}: {}", err(&run));
    assert!(all() == before, "{name}");
    fs::write(&path, text).unwrap();
}

#[cfg(unix)]
#[test]
fn a_checkpoint_of_a_trial_that_cannot_be_used_is_refused() {
    let temp = folder();
    let start = ["compare", "trial.toml", "--out", "r", "--backend", "cpu", "--patients", "500", "--quiet"];
    stopped(temp.path(), &[&start[..], &["--no-report"]].concat(), "-INT", 5);
    let path = temp.path().join("r/checkpoint.json");
    let whole = fs::read_to_string(&path).unwrap();
    let patients = fs::read_to_string(temp.path().join("r/patients.csv")).unwrap();
    let said = |text: &str, parts: &[&str]| {
        fs::write(&path, text).unwrap();
        let run = evotor(&["resume", "r", "--backend", "cpu"], temp.path());
        assert_eq!(run.status.code(), Some(2), "{}", err(&run));
        assert!(parts.iter().all(|p| err(&run).contains(p)), "{}", err(&run));
        assert_eq!(fs::read_to_string(temp.path().join("r/patients.csv")).unwrap(), patients);
    };
    said("", &["not a checkpoint of evotor"]);
    said(&whole[..whole.len() / 2], &["it is damaged", "--force"]);
    said(&whole.replace("\"through\":", "\"thorough\":"), &["it is damaged", "--force"]);
    said(&whole.replace("\"patients\":500", "\"patients\":16777216"), &["it is damaged"]);
    let version = format!("\"evotor\":{:?}", env!("CARGO_PKG_VERSION"));
    assert!(whole.contains(&version));
    said(&whole.replace(&version, "\"evotor\":\"0.0.1\""), &["evotor 0.0.1 wrote this checkpoint"]);
    fs::write(&path, &whole).unwrap();
    refused_when_changed(temp.path(), "patients.csv", |text| text.replace('\n', "\r\n"), "was changed");
    refused_when_changed(temp.path(), "visits.csv", |_| String::new(), "has 0 bytes");
    for table in [
        "cohort.csv",
        "lesions.csv",
        "starting_states.csv",
        "visits.csv",
        "laboratory.csv",
        "events.csv",
        "outcomes.jsonl",
    ] {
        refused_when_changed(temp.path(), table, |text| text.replacen(',', ";", 1), "was changed");
    }
    refused_when_changed(
        temp.path(),
        "effective.toml",
        |text| text.replace("seed = 9", "seed = 10"),
        "another scenario",
    );
}

// With its hash made right again, the reader is on its own: every count has its bound.
#[cfg(unix)]
#[test]
fn counts_of_a_checkpoint_that_cannot_be_are_refused_under_a_right_hash() {
    let temp = folder();
    let start = ["compare", "trial.toml", "--out", "r", "--surrogate", "--patients", "5000", "--quiet"];
    stopped(temp.path(), &[&start[..], &["--no-report"]].concat(), "-INT", 5);
    let dir = temp.path().join("r");
    let mut whole: serde_json::Value = kept::read(&dir, KeptKind::Trial).unwrap().unwrap();
    // It is left out where the trial is not a shard.
    whole["course"]["shard"] = serde_json::Value::Null;
    let edits: [(&str, serde_json::Value); 11] = [
        ("/through", 1_000_000_000.into()),
        ("/through", 0.into()),
        ("/course/patients", (1_u32 << 25).into()),
        ("/course/patients", 2.into()),
        ("/course/only", serde_json::json!([3, 2])),
        ("/course/arms", serde_json::json!(["none of them"])),
        ("/course/shard", serde_json::json!({ "index": 3, "of": 2 })),
        ("/composition", serde_json::json!([])),
        ("/composition/0/0/changed", serde_json::json!([])),
        ("/failures", serde_json::json!([{ "patient": 0, "arm": 7, "message": "" }])),
        ("/tables/0/length", (1_u64 << 60).into()),
    ];
    let table = || fs::read(dir.join("patients.csv")).unwrap();
    let before = table();
    for (place, value) in edits {
        let mut edited = whole.clone();
        *edited.pointer_mut(place).unwrap() = value;
        kept::write(&lock(&dir).unwrap(), KeptKind::Trial, &edited).unwrap();
        let run = evotor(&["resume", "r", "--quiet", "--no-report"], temp.path());
        assert_eq!(run.status.code(), Some(2), "{place}: {}", err(&run));
        assert!(table() == before, "{place}");
    }
    // Outcomes too, where the checkpoint has the hash of the changed ones.
    let path = dir.join("outcomes.jsonl");
    let outcomes = fs::read_to_string(&path).unwrap();
    let changes = [
        ("{\"patient\":0,\"arms\"", "{\"patient\":4999,\"arms\""),
        ("{\"patient\":1,\"arms\"", "{\"patient\":0,\"arms\""),
        ("\"dominant\":null", "\"dominant\":99"),
        ("\"arm\":1", "\"arm\":7"),
        ("\"others\":[]", "\"others\":[null]"),
        ("}\n", "\n"),
    ];
    for (from, to) in changes {
        let changed = outcomes.replacen(from, to, 1);
        assert_ne!(changed, outcomes, "{from}");
        fs::write(&path, &changed).unwrap();
        let mut edited = whole.clone();
        let hash: Vec<u8> = blake3::hash(changed.as_bytes()).as_bytes().to_vec();
        edited["tables"][8] = serde_json::json!({ "length": changed.len(), "hash": hash });
        kept::write(&lock(&dir).unwrap(), KeptKind::Trial, &edited).unwrap();
        let run = evotor(&["resume", "r", "--quiet", "--no-report"], temp.path());
        assert_eq!(run.status.code(), Some(2), "{to}: {}", err(&run));
        assert!(err(&run).contains("its patients are not those of its trial"), "{to}: {}", err(&run));
        assert!(table() == before, "{to}");
    }
}

// A limit on the size of files takes the place of a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_ends_the_trial() {
    let temp = folder();
    let evotor = assert_cmd::cargo::cargo_bin!("evotor");
    let line = format!(
        "trap '' XFSZ; ulimit -f 128; exec '{}' compare trial.toml --backend cpu --patients 1000 --out r --quiet",
        evotor.display()
    );
    let run = Command::new("bash").args(["-c", &line]).current_dir(temp.path()).output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", err(&run));
    // Whichever file meets the limit first: a table or the checkpoint.
    assert!(err(&run).starts_with("error: failed to write `r/"), "{}", err(&run));
}

#[test]
fn a_comparison_is_repeated_with_other_growth() {
    let temp = folder();
    let text = TRIAL.replace("[cohort]\n", "[cohort]\nrepeat = [\"clarinet\"]\n");
    assert_ne!(text, TRIAL);
    fs::write(temp.path().join("trial.toml"), text).unwrap();
    let run = evotor(&["compare", "trial.toml", "--backend", "cpu", "--out", "r", "--quiet"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    assert!(out(&run).contains("The same with the other growth of clarinet, by the mean-field surrogate:"));
    // What the surrogate changes is not what growth changes: it once stood beside agents as if it were.
    assert!(
        out(&run).contains("The same with the growth of radiant-3, by the mean-field surrogate, to tell")
    );
    let dir = temp.path().join("r");
    for name in ["radiant-3-arms.csv", "clarinet-arms.csv"] {
        assert!(rows(&dir, name).len() > 2, "{name}");
    }
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    for part in
        ["Whether it depends on growth", "clarinet, surrogate", "radiant-3, surrogate", "radiant-3, agents"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn predictions_and_the_growth_that_was_needed_stand_beside_the_figures() {
    let temp = folder();
    let run = evotor(
        &[
            "trial",
            "sun-1111",
            "--surrogate",
            "--patients",
            "20",
            "--predict",
            "6",
            "--needed-growth",
            "--out",
            "r",
        ],
        temp.path(),
    );
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    assert!(out(&run).contains("95 % of trials") && out(&run).contains("needed for it"), "{}", out(&run));
    let dir = temp.path().join("r");
    let predictions = rows(&dir, "predictions.csv");
    assert_eq!(predictions.len(), rows(&dir, "published.csv").len());
    assert!(predictions[1..].iter().any(|row| row.contains(",6,")), "{predictions:?}");
    assert_eq!(rows(&dir, "needed_growth.csv").len(), 3);
}

// A patient whose cells do not fit a small lattice fails when simulated: `validate` says so beforehand, of every patient and not of
// the first one alone.
#[test]
fn patients_who_cannot_begin_are_found_before_the_trial() {
    let temp = folder();
    let text = out(&evotor(&["init", "trial"], temp.path()));
    let small =
        text.replace("agents = 2000", "").replace("candidates = 16", "candidates = 16\nsize = [4, 4, 4]");
    fs::write(temp.path().join("small.toml"), small).unwrap();
    let told = evotor(&["validate", "small.toml"], temp.path());
    assert_eq!(told.status.code(), Some(2), "{}", out(&told));
    let patient =
        err(&told).split("patient ").nth(1).unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!(patient > 0 && err(&told).contains("would fail to place"), "{}", err(&told));
    let patients = (patient + 1).to_string();
    let ran = evotor(
        &["compare", "small.toml", "--patients", &patients, "--arm", "supportive care", "--no-out", "-q"],
        temp.path(),
    );
    assert_eq!(ran.status.code(), Some(1), "{}", err(&ran));
    assert!(err(&ran).contains(&format!("patient {patient} (seed 1) failed to place")), "{}", err(&ran));
    // Those before that one are fine, to both.
    let fewer = format!("cohort.patients={patient}");
    let told = evotor(&["validate", "small.toml", "--set", &fewer], temp.path());
    assert!(out(&told).contains("tried out: the lesions of"), "{}{}", out(&told), err(&told));
}

// The question asked in one line: no file, arms in words, the same report of what is wrong with them.
#[test]
fn arms_in_words_need_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let evotor = |words: &[&str]| {
        let ran = assert_cmd::Command::cargo_bin("evotor")
            .unwrap()
            .current_dir(folder.path())
            .arg("compare")
            .args(words)
            .output()
            .unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap(), String::from_utf8(ran.stderr).unwrap())
    };
    let arms =
        ["--arm", "everolimus 10 mg daily then sunitinib 37.5 mg daily", "--arm", "best supportive care"];
    let small = ["--patients", "2", "--surrogate", "--quiet", "--no-report", "--set", "time.end=\"364 d\""];
    let (code, out, err) = evotor(&[&arms[..], &small[..]].concat());
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("everolimus 10 mg daily then sunitinib 37.5 mg daily"), "{out}");
    let patients = std::fs::read_to_string(folder.path().join("results/arms/patients.csv")).unwrap();
    assert_eq!(patients.lines().count(), 1 + 2 * 2, "{patients}");
    // What was done is in the folder, and can be done again from it.
    assert!(folder.path().join("results/arms/effective.toml").exists());
    let (code, _, err) = evotor(&["--arm", "everolimus 10 daily"]);
    assert!(code == Some(2) && err.contains("the dose 10 has no unit"), "{err}");
}

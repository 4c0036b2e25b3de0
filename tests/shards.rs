//! Shards of a trial: whatever cut, order and stops, merging them gives the files of one process; and what is not a whole is refused.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::folders::{assert_same, files};
#[cfg(unix)]
use crate::support::signals;

/// A small trial with a figure that is published in another view than that of its tables.
fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    let text = include_str!("data/small-trial.toml").replace(
        "[cohort]\n",
        "[trial]\naccrual = \"100 d\"\ncutoff = \"400 d\"\nwithdrawal = \"0.2 /y\"\n[cohort]\n",
    ) + "[[published]]\narm = \"sequence\"\nendpoint = \"pfs_median\"\nvalue = 8\nreader = \"central\"\n\
          follow_up = \"250 d\"\nrole = \"predicted\"\nsource = \"a journal\"\n";
    fs::write(temp.path().join("trial.toml"), text).unwrap();
    temp
}

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

/// A command that must end well; what it said.
fn done(args: &[&str], dir: &Path) -> String {
    let run = evotor(args, dir);
    assert_eq!(run.status.code(), Some(0), "{args:?}: {}", err(&run));
    out(&run)
}

/// A command that must be refused with a code and these words on standard error.
fn refused(args: &[&str], dir: &Path, code: i32, words: &[&str]) -> String {
    let run = evotor(args, dir);
    assert_eq!(run.status.code(), Some(code), "{args:?}: {}{}", out(&run), err(&run));
    assert!(words.iter().all(|word| err(&run).contains(word)), "{args:?}: {}", err(&run));
    out(&run)
}

fn last_line(said: &str) -> &str {
    let last = said.trim_end().lines().last().unwrap();
    assert!(last.starts_with("digest: ") && last.len() == 8 + 64, "{said}");
    last
}

/// Runs the shards of a cut with these options, each into `parts/<name>`.
fn shards(dir: &Path, options: &[&str], all: &[(&str, &str)]) {
    for (shard, name) in all {
        let place = format!("parts/{name}");
        let said = done(
            &[&["compare", "trial.toml", "--shard", shard, "--out", &place, "--quiet"], options].concat(),
            dir,
        );
        last_line(&said);
        assert!(dir.join(&place).join("shard.json").exists() && !dir.join(&place).join("arms.csv").exists());
    }
}

const FOUR: [(&str, &str); 4] = [("0/4", "0"), ("1/4", "1"), ("2/4", "2"), ("3/4", "3")];

#[test]
fn shards_in_any_order_give_every_file_of_one_process() {
    let temp = folder();
    let dir = temp.path();
    let options = ["--surrogate", "--patients", "11"];
    let whole = done(&[&["compare", "trial.toml", "--out", "whole", "--quiet"], &options[..]].concat(), dir);
    assert!(dir.join("whole/report.html").exists() && dir.join("whole/published.csv").exists());
    let summary = fs::read_to_string(dir.join("whole/summary.json")).unwrap();
    assert!(summary.contains(&last_line(&whole)["digest: ".len()..]));
    shards(dir, &options, &FOUR);
    shards(dir, &options, &[("0/2", "half")]);
    for (number, order) in
        [["0", "1", "2", "3"], ["3", "1", "0", "2"], ["2", "3", "1", "0"]].into_iter().enumerate()
    {
        let parts: Vec<String> = order.iter().map(|name| format!("parts/{name}")).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let place = format!("merged-{number}");
        let said = done(&[&["merge"][..], &parts, &["--out", &place, "--quiet"]].concat(), dir);
        assert_eq!(said.replace(&place, "whole"), whole);
        assert_same(&dir.join(&place), &dir.join("whole"));
    }
    // Eleven patients in halves: 0 to 4 and 5 to 10; the second half of four shards begins there too.
    done(&["merge", "parts/3", "parts/half", "parts/2", "--out", "mixed", "--quiet"], dir);
    assert_same(&dir.join("mixed"), &dir.join("whole"));
    // Without the outcomes of one patient it would not be the same.
    let digest =
        done(&["compare", "trial.toml", "--surrogate", "--patients", "10", "--out", "ten", "--quiet"], dir);
    assert_ne!(last_line(&digest), last_line(&whole));
}

#[test]
fn shards_by_agents_give_every_file_of_one_process() {
    let temp = folder();
    let dir = temp.path();
    let options = ["--backend", "cpu", "--patients", "4"];
    let whole = done(
        &[&["compare", "trial.toml", "--out", "whole", "--threads", "2", "--quiet"], &options[..]].concat(),
        dir,
    );
    shards(dir, &[&options[..], &["--threads", "1"]].concat(), &FOUR);
    let said =
        done(&["merge", "parts/2", "parts/0", "parts/3", "parts/1", "--out", "merged", "--quiet"], dir);
    assert_eq!(last_line(&said), last_line(&whole));
    assert_same(&dir.join("merged"), &dir.join("whole"));
}

#[test]
fn what_is_made_of_all_patients_waits_for_the_merge() {
    let temp = folder();
    let dir = temp.path();
    let text = fs::read_to_string(dir.join("trial.toml")).unwrap();
    fs::write(dir.join("trial.toml"), text.replace("[cohort]\n", "[cohort]\nrepeat = [\"clarinet\"]\n"))
        .unwrap();
    let options = ["--surrogate", "--patients", "4", "--no-report", "--quiet"];
    done(&[&["compare", "trial.toml", "--out", "whole"], &options[..]].concat(), dir);
    shards(dir, &["--surrogate", "--patients", "4"], &[("0/2", "0"), ("1/2", "1")]);
    assert!(!dir.join("parts/0/clarinet-arms.csv").exists());
    done(&["merge", "parts/0", "parts/1", "--out", "merged", "--no-report", "--quiet"], dir);
    assert!(dir.join("merged/clarinet-arms.csv").exists());
    assert_same(&dir.join("merged"), &dir.join("whole"));
    done(&["merge", "parts/1", "--out", "partial", "--no-report", "--quiet", "--allow-missing"], dir);
    let repeated = fs::read_to_string(dir.join("partial/clarinet-arms.csv")).unwrap();
    assert!(repeated.starts_with("# partial: patients 0 to 1 of 4 are missing\n"), "{repeated}");
}

#[test]
fn gaps_and_overlaps_are_named_as_json() {
    let temp = folder();
    let dir = temp.path();
    let options = ["--surrogate", "--patients", "8"];
    shards(dir, &options, &[("0/4", "0"), ("2/4", "2"), ("1/2", "late")]);
    let read = |said: String| serde_json::from_str::<serde_json::Value>(&said).unwrap();
    let merge = ["merge", "parts/2", "parts/0", "--out", "m"];
    let gaps = read(refused(
        &merge,
        dir,
        3,
        &["patients 2 to 3, 6 to 7 of 8", "run shards 1, 3 of 4", "--allow-missing"],
    ));
    let expected = serde_json::json!({
        "patients": 8, "of": 4, "missing_shards": [1, 3], "overlaps": [], "unfinished": [],
        "gaps": [{ "first": 2, "last": 3 }, { "first": 6, "last": 7 }],
    });
    assert_eq!(gaps, expected);
    let twice = ["merge", "parts/2", "parts/late", "parts/0", "--out", "m", "--allow-missing"];
    let overlaps = read(refused(&twice, dir, 3, &["patients 4 to 5 are in `parts/2` and in `parts/late`"]));
    assert_eq!(overlaps["overlaps"][0]["first"], 4);
    assert!(!dir.join("m").exists());

    let said = done(&[&merge[..], &["--allow-missing"]].concat(), dir);
    let words = "partial: patients 2 to 3, 6 to 7 of 8 are missing";
    assert!(said.contains(words), "{said}");
    last_line(&said);
    let whole = files(&dir.join("m"));
    for (name, bytes) in &whole {
        let text = String::from_utf8_lossy(bytes);
        let name = name.display().to_string();
        if name.ends_with(".csv") {
            assert!(text.starts_with(&format!("# {words}\n")), "{name}");
        }
        if name.ends_with(".svg") {
            assert!(text.contains("partial: 4 of 8 patients are missing"), "{name}");
        }
        if ["effective.toml", "report.html"].contains(&name.as_str()) {
            assert!(text.contains(words), "{name}");
        }
    }
    assert!(whole.contains_key(Path::new("plots/survival-tfs.svg")));
    let summary: serde_json::Value = serde_json::from_slice(&whole[Path::new("summary.json")]).unwrap();
    assert_eq!(summary["course"]["missing"], expected["gaps"]);
    // The page of many trials marks it too.
    fs::create_dir(dir.join("all")).unwrap();
    fs::rename(dir.join("m"), dir.join("all/m")).unwrap();
    done(&["report", "all"], dir);
    let page = fs::read_to_string(dir.join("all/report.html")).unwrap();
    assert!(page.contains("small-trial (partial): partial: 4 of 8 patients are missing."), "{page}");
}

#[test]
fn shards_that_do_not_belong_together_are_refused() {
    let temp = folder();
    let dir = temp.path();
    let options = ["--surrogate", "--patients", "4"];
    shards(dir, &options, &[("0/2", "0"), ("1/2", "1")]);
    shards(dir, &["--surrogate", "--patients", "4", "--seed", "77"], &[("1/2", "seed")]);
    shards(dir, &["--surrogate", "--patients", "4", "--arm", "sequence"], &[("1/2", "arm")]);
    shards(dir, &["--surrogate", "--patients", "6"], &[("1/2", "size")]);
    shards(dir, &["--surrogate", "--patients", "4", "--tables", "patients,arms"], &[("1/2", "tables")]);
    shards(dir, &["--backend", "cpu", "--patients", "4", "--agents", "300"], &[("1/2", "agents")]);
    let text = fs::read_to_string(dir.join("trial.toml")).unwrap();
    fs::write(dir.join("trial.toml"), text.replace("spread = 0.4", "spread = 0.5")).unwrap();
    shards(dir, &options, &[("1/2", "scenario")]);
    let with = |other: &str, words: &[&str]| {
        let other = format!("parts/{other}");
        refused(&["merge", "parts/0", &other, "--out", "m"], dir, 2, &[words, &["parts/0"]].concat());
        assert!(!dir.join("m").exists());
    };
    with("seed", &["their seed", "parts/seed: 77"]);
    with("arm", &["their arms"]);
    with("size", &["their size of the cohort", "parts/size: 6"]);
    with("tables", &["their tables", "patients, arms"]);
    with("agents", &["their way of computing", "by agents"]);
    with("scenario", &["their scenario"]);
    let version = |text: &str| {
        text.replace(&format!("\"evotor\": {:?}", env!("CARGO_PKG_VERSION")), "\"evotor\": \"0.0.1\"")
    };
    changed(dir, "shard.json", version, &["evotor 0.0.1 wrote the shard in `parts/1`"]);
    changed(
        dir,
        "shard.json",
        |text| text[..text.len() / 2].to_owned(),
        &["`parts/1/shard.json` is damaged", "--force"],
    );
    changed(dir, "shard.json", |_| String::new(), &["`parts/1/shard.json` is damaged"]);
    changed(
        dir,
        "shard.json",
        |text| text.replace("\"first\": 2", "\"first\": 1"),
        &["is damaged", "its patients"],
    );
    let edited = |text: &str| text.replacen("\"cleared\": 0", "\"cleared\": 1", 1);
    changed(dir, "shard.json", edited, &["is damaged", "its checksum"]);
    changed(
        dir,
        "patients.csv",
        |text| text.replace('\n', "\r\n"),
        &["`parts/1/patients.csv` is not what the shard wrote"],
    );
    changed(dir, "outcomes.jsonl", |text| text.replacen("false", "true ", 1), &["outcomes.jsonl"]);
    changed(dir, "visits.csv", |text| text.replacen('1', "2", 1), &["visits.csv", "changed or removed"]);
    changed(dir, "visits.csv", |text| text.replacen('1', "22", 1), &["visits.csv", "changed or removed"]);
    changed(dir, "effective.toml", |text| text.replace("seed = 9", "seed = 8"), &["effective.toml"]);
    refused(&["merge", "parts/0", "parts", "--out", "m"], dir, 2, &["`parts` is not the folder of a shard"]);
    refused(
        &["merge", "parts/0", "parts/1", "--out", "parts/1", "--force"],
        dir,
        2,
        &["is one of the shards"],
    );
    done(&["merge", "parts/0", "parts/1", "--out", "m", "--quiet", "--no-report"], dir);
    refused(&["merge", "parts/0", "parts/1", "--out", "m"], dir, 2, &["--force"]);
    refused(&["merge", "m", "--out", "n"], dir, 2, &["holds a trial and no shard"]);
}

/// Changes a file of the second shard, with which it is not merged any more; and puts it right again.
fn changed(dir: &Path, name: &str, change: impl Fn(&str) -> String, words: &[&str]) {
    let path = dir.join("parts/1").join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert_ne!(change(&text), text, "{name}");
    fs::write(&path, change(&text)).unwrap();
    refused(&["merge", "parts/0", "parts/1", "--out", "m"], dir, 2, words);
    assert!(!dir.join("m").exists());
    fs::write(&path, text).unwrap();
}

// A merge once removed what it was to replace before it knew whether it would come to its end.
#[test]
fn what_is_to_be_replaced_stays_until_the_merge_is_whole() {
    let temp = folder();
    let dir = temp.path();
    shards(dir, &["--surrogate", "--patients", "4"], &[("0/2", "0"), ("1/2", "1")]);
    let merge = ["merge", "parts/0", "parts/1", "--out", "m", "--quiet"];
    done(&merge, dir);
    fs::write(dir.join("m/notes.txt"), "mine").unwrap();
    let before = files(&dir.join("m"));
    let path = dir.join("parts/1/visits.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('1', "2", 1)).unwrap();
    let again = [&merge[..], &["--force"]].concat();
    refused(&again, dir, 2, &["visits.csv", "changed or removed"]);
    assert_eq!(files(&dir.join("m")).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert!(files(&dir.join("m")) == before);
    fs::write(&path, text).unwrap();
    done(&again, dir);
    assert!(files(&dir.join("m")) == before);
}

#[test]
fn shards_that_cannot_be_are_refused() {
    let temp = folder();
    let start = ["compare", "trial.toml", "--out", "r", "--surrogate", "--shard"];
    for (shard, words) in [
        ("4/4", "numbered from 0 to 3"),
        ("3-4", "such as 3/16"),
        ("0/0", "such as 3/16"),
        ("1/4", "cannot be cut into 4 shards"),
    ] {
        refused(&[&start[..], &[shard]].concat(), temp.path(), 2, &[words]);
    }
    refused(&[&start[..], &["0/2", "--only", "1"]].concat(), temp.path(), 2, &["cannot be used with"]);
    refused(&["trial", "--all", "--shard", "0/2"], temp.path(), 2, &["cannot be used with"]);
    refused(&["trial", "--all", "--continue"], temp.path(), 2, &["cannot be used with"]);
    assert!(!temp.path().join("r").exists());
}

#[test]
fn one_command_begins_goes_on_and_is_done() {
    let temp = folder();
    let dir = temp.path();
    let start =
        ["compare", "trial.toml", "--shard", "1/2", "--out", "p", "--surrogate", "--continue", "--quiet"];
    let first = done(&start, dir);
    let before = files(&dir.join("p"));
    let again = done(&start, dir);
    assert!(again.contains("is done") && last_line(&again) == last_line(&first), "{again}");
    assert_eq!(last_line(&done(&["resume", "p"], dir)), last_line(&first));
    assert!(files(&dir.join("p")) == before);
    let manifest = fs::read_to_string(dir.join("p/shard.json")).unwrap();
    let read: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(read["commit"], serde_json::json!(option_env!("EVOTOR_COMMIT")));
    for (text, why) in [
        (manifest[..manifest.len() / 3].to_owned(), "`p/shard.json` is damaged"),
        (manifest.replacen("\"cleared\": 0", "\"cleared\": 1", 1), "its checksum does not match"),
    ] {
        fs::write(dir.join("p/shard.json"), text).unwrap();
        refused(&start, dir, 2, &[why, "--force"]);
    }
    fs::write(dir.join("p/shard.json"), manifest).unwrap();
    for (other, words) in [
        (["--shard", "0/2"], "another shard"),
        (["--seed", "4"], "another scenario or seed"),
        (["--patients", "4"], "a cohort of another size"),
        (["--arm", "sequence"], "other arms"),
        (["--tables", "patients"], "other tables"),
    ] {
        let own: Vec<&str> = start
            .iter()
            .copied()
            .filter(|a| other[0] != "--shard" || !["--shard", "1/2"].contains(a))
            .collect();
        refused(&[&own[..], &other].concat(), dir, 2, &["`p` holds another trial", words]);
    }
    let agents: Vec<&str> = start.iter().copied().filter(|a| *a != "--surrogate").collect();
    refused(&[&agents[..], &["--backend", "cpu"]].concat(), dir, 2, &["`p` holds another trial"]);
    let whole =
        ["compare", "trial.toml", "--out", "w", "--surrogate", "--continue", "--quiet", "--no-report"];
    let first = done(&whole, dir);
    assert_eq!(last_line(&done(&whole, dir)), last_line(&first));
    refused(&[&whole[..], &["--force"]].concat(), dir, 2, &["cannot be used with"]);
}

// A shard that a batch system ends is put into the queue again, and knows nothing of that.
#[cfg(unix)]
#[test]
fn shards_stopped_and_killed_go_on_to_the_same_whole() {
    let temp = folder();
    let dir = temp.path();
    let options = ["--surrogate", "--patients", "160", "--quiet", "--no-report"];
    let whole = done(&[&["compare", "trial.toml", "--out", "whole"], &options[..]].concat(), dir);
    for (shard, place, signal) in [("0/2", "a", "-TERM"), ("1/2", "b", "-KILL")] {
        let own = ["compare", "trial.toml", "--shard", shard, "--out", place, "--continue"];
        let command = [&own[..], &options].concat();
        signals::hear();
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("evotor"))
            .args(&command)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let table = dir.join(place).join("patients.csv");
        let rows = || fs::read_to_string(&table).map_or(0, |text| text.lines().count());
        while rows() < 8 && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert_ne!(child.wait().unwrap().code(), Some(0), "it was done before it was stopped");
        assert!(
            dir.join(place).join("checkpoint.json").exists() && !dir.join(place).join("shard.json").exists()
        );
        if place == "a" {
            // A spreadsheet that saves what it shows may leave the length as it was. (What came after the last checkpoint is made anew.)
            let visits = dir.join(place).join("visits.csv");
            let text = fs::read_to_string(&visits).unwrap();
            fs::write(&visits, text.replacen("supportive care", "Supportive Care", 1)).unwrap();
            refused(&command, dir, 2, &["visits.csv", "changed"]);
            fs::write(&visits, text).unwrap();
            let merge = ["merge", "a", "--out", "m"];
            refused(&merge, dir, 2, &["none of the shards is done"]);
        }
        let anew: Vec<&str> = command.iter().copied().filter(|word| *word != "--continue").collect();
        refused(&anew, dir, 2, &["evotor resume"]);
        done(&command, dir);
    }
    let said = done(&["merge", "b", "a", "--out", "merged", "--quiet", "--no-report"], dir);
    assert_eq!(last_line(&said), last_line(&whole));
    assert_same(&dir.join("merged"), &dir.join("whole"));
}

#[test]
fn tables_that_are_not_asked_for_are_left_out() {
    let temp = folder();
    let dir = temp.path();
    let options = ["--surrogate", "--patients", "4", "--tables", "patients,arms", "--quiet"];
    let said = done(&[&["compare", "trial.toml", "--out", "whole"], &options[..]].concat(), dir);
    assert!(said.contains("no report"), "{said}");
    let names: Vec<String> =
        files(&dir.join("whole")).keys().map(|name| name.display().to_string()).collect();
    let expected = [
        "arms.csv",
        "effective.toml",
        "outcomes.jsonl",
        "patients.csv",
        "ro-crate-metadata.json",
        "run.lock",
        "summary.json",
    ];
    assert_eq!(names, expected);
    shards(dir, &options[..5], &[("0/2", "0"), ("1/2", "1")]);
    done(&["merge", "parts/0", "parts/1", "--out", "merged", "--quiet"], dir);
    assert_same(&dir.join("merged"), &dir.join("whole"));
    let near = ["compare", "trial.toml", "--out", "r", "--tables", "patient"];
    refused(&near, dir, 2, &["no table `patient`", "did you mean `patients`", "laboratory"]);
}

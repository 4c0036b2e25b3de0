//! What commands print with `--json` is what its schema says, whatever happens.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::SMALL;

/// A search over the small trial.
const SEARCH: &str = "name = \"s\"\nbase = \"trial.toml\"\npatients = 20\n[space]\ndose = [\"5 mg\", \"10 mg\"]\n[[strategy]]\nname = \"one\"\n\
    [strategy.therapy]\nregimen = \"everolimus {dose} daily\"\n";
/// Rivals over the same.
const RIVALS: &str = "name = \"r\"\nbase = \"trial.toml\"\npatients = 70\nmost = 10\n[therapy]\nregimen = \"everolimus 10 mg daily\"\n\
    [[rival]]\nname = \"few\"\n[[rival]]\nname = \"many\"\nset = [\"cohort.change.rtk_fraction.fixed=0.3\"]\n\
    [[measurement]]\nname = \"biopsy\"\nkind = \"biopsy\"\nat = \"28 d\"\nlocus = \"rtk\"\n";

const TRIAL: &str = include_str!("../data/small-trial.toml");

fn evotor(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn schema(command: &str) -> Value {
    // The word of the tables themselves is taken.
    let word = if command == "tables" { "tables-command" } else { command };
    let printed = evotor(&["schema", word], Path::new("."));
    assert!(printed.status.success());
    serde_json::from_slice(&printed.stdout).unwrap()
}

/// The one document on standard output, which its command's schema holds of, and the exit code.
fn document(args: &[&str], dir: &Path) -> (Value, i32) {
    checked(args, evotor(&[args, &["--json"]].concat(), dir))
}

fn checked(args: &[&str], out: Output) -> (Value, i32) {
    let text = String::from_utf8(out.stdout).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    let schema = schema(args[0]);
    jsonschema::meta::validate(&schema).expect("the schema is a valid schema");
    let schema = jsonschema::validator_for(&schema).expect("the schema compiles");
    let errors: Vec<String> =
        schema.iter_errors(&found).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, [""; 0], "{args:?}\n{text}");
    assert_eq!(found["command"], args[0]);
    (found, out.status.code().unwrap())
}

fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("small.toml"), SMALL).unwrap();
    fs::write(temp.path().join("trial.toml"), TRIAL).unwrap();
    fs::write(temp.path().join("typo.toml"), SMALL.replace("replicates", "replicats")).unwrap();
    temp
}

/// Names of what is in a folder.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn file(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn without(mut summary: Value, keys: &[&str]) -> Value {
    keys.iter().for_each(|key| drop(summary.as_object_mut().unwrap().remove(*key)));
    summary
}

#[test]
fn a_run_says_what_its_summary_says_with_a_folder_and_without() {
    let temp = folder();
    let before = names(temp.path());
    let (alone, code) = document(&["run", "small.toml", "--backend", "cpu", "--no-out"], temp.path());
    assert_eq!((code, &alone["error"], &alone["folder"]), (0, &Value::Null, &Value::Null));
    assert_eq!(names(temp.path()), before, "nothing was written");
    let (kept, code) = document(&["run", "small.toml", "--backend", "cpu", "--out", "r"], temp.path());
    assert_eq!((code, &kept["folder"]), (0, &Value::from("r")));
    assert_eq!(kept["summary"], file(&temp.path().join("r/summary.json")));
    let times = ["seconds"];
    assert_eq!(without(kept["summary"].clone(), &times), without(alone["summary"].clone(), &times));
    let said = kept["said"].as_array().unwrap();
    let digest = format!("digest: {}", kept["summary"]["digest"].as_str().unwrap());
    assert_eq!(said.last().unwrap(), &Value::from(digest));
    assert!(said.iter().any(|line| line == "results: r"));
}

#[test]
fn a_trial_says_what_its_summary_says_with_a_folder_and_without() {
    let temp = folder();
    let before = names(temp.path());
    let args = ["trial.toml", "--surrogate", "--patients", "3"];
    let ask = |command: &str, more: &[&str]| document(&[&[command], &args[..], more].concat(), temp.path());
    let (alone, code) = ask("compare", &["--no-out"]);
    assert_eq!((code, &alone["error"], &alone["folder"]), (0, &Value::Null, &Value::Null));
    assert_eq!(names(temp.path()), before, "nothing was written");
    let (kept, _) = ask("compare", &["--out", "c"]);
    assert_eq!(kept["summary"], file(&temp.path().join("c/summary.json")));
    assert_eq!(kept["summary"], alone["summary"]);
    let (again, _) = ask("compare", &["--out", "c", "--continue"]);
    assert_eq!((&again["summary"], &again["folder"]), (&kept["summary"], &kept["folder"]));
    let (part, _) = ask("compare", &["--shard", "1/3", "--out", "p"]);
    assert_eq!(part["shard"], file(&temp.path().join("p/shard.json")));
    let (one, _) = ask("trial", &["--no-out"]);
    assert_eq!(one["summary"]["digest"], kept["summary"]["digest"]);
}

#[test]
fn what_is_made_beside_a_published_trial_is_data_too() {
    let temp = folder();
    let args = ["trial", "radiant-4", "--surrogate", "--patients", "4", "--no-out", "--predict", "2"];
    let (found, code) = document(&args, temp.path());
    assert_eq!(code, 0, "{}", found["error"]);
    assert_eq!(
        found["predictions"].as_array().unwrap().len(),
        found["summary"]["published"].as_array().unwrap().len()
    );
    let (found, _) = document(&["trial", "--list"], temp.path());
    assert!(found["listed"].as_array().unwrap().iter().any(|trial| trial["name"] == "radiant-4"));
}

#[test]
fn files_are_checked_one_by_one() {
    let temp = folder();
    let (found, code) = document(&["validate", "small.toml", "typo.toml", "nowhere.toml"], temp.path());
    assert_eq!((code, &found["error"]["code"]), (2, &Value::from(2)));
    let files = found["files"].as_array().unwrap();
    assert_eq!(files.iter().map(|f| f["ok"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false, false]);
    let finding = &files[1]["error"]["findings"][0];
    assert_eq!(finding["place"], "typo.toml:4:1");
    assert!(finding["help"].as_str().unwrap().contains("replicates"), "{finding}");
    assert!(files[2]["error"]["message"].as_str().unwrap().contains("nowhere.toml"));
}

/// Commands that print a file for another program, and have no results.
const FILES: [&str; 3] = ["init", "schema", "completions"];

// Every command, once as it goes well and once as it does not. A command that is new is missing here until it speaks JSON.
#[test]
fn every_command_prints_what_its_schema_says() {
    let temp = folder();
    let dir = temp.path();
    fs::write(dir.join("seeds.csv"), "seed\n1\n2\n").unwrap();
    fs::write(dir.join("search.toml"), SEARCH).unwrap();
    fs::write(dir.join("rivals.toml"), RIVALS).unwrap();
    let own = format!(
        "{TRIAL}\n[[published]]\narm = \"sequence\"\nendpoint = \"pfs_median\"\nvalue = 8\nreader = \"central\"\n\
         follow_up = \"250 d\"\nrole = \"calibrated\"\nsource = \"a journal\"\n"
    );
    fs::write(dir.join("own.toml"), own).unwrap();
    let fit = "name = \"own\"\nseed = 1\npatients = 3\nparticles = 4\ngenerations = 1\njudged = 0\nagents = 500\n[[target]]\ntrial = \"own.toml\"\n\
        arm = \"sequence\"\nendpoints = [\"pfs_median\"]\n[[parameter]]\nname = \"g\"\nquantity = \"growth\"\npart = \"typical\"\nlow = 0.002\n\
        high = 0.005\nscale = \"log\"\n";
    fs::write(dir.join("fit.toml"), fit).unwrap();
    let mut spoken: Vec<String> = Vec::new();
    let mut well = |words: &str, key: &str| -> Value {
        let args: Vec<&str> = words.split('|').collect();
        let (found, code) = document(&args, dir);
        assert_eq!((code, &found["error"]), (0, &Value::Null), "{words}: {found}");
        assert!(!found[key].is_null() && found[key] != Value::Array(Vec::new()), "{words}: {key}: {found}");
        spoken.push(args[0].to_owned());
        found
    };
    let on_cpu = "--backend|cpu";
    well(&format!("run|small.toml|{on_cpu}|--out|r|--no-report"), "summary");
    let seeds = well(&format!("run|small.toml|{on_cpu}|--out|s|--no-report|--seeds|1-2"), "quantiles");
    assert_eq!(seeds["quantiles"][0]["seeds"], 2);
    well("run|small.toml|--dry-run", "said");
    well("resume|r|--no-report", "summary");
    for (command, more) in [
        ("render", ""),
        ("animate", ""),
        ("export", "|--format|npz"),
        ("report", ""),
        ("plots", "|--svg-only"),
    ] {
        let found = well(&format!("{command}|r{more}"), "files");
        for file in found["files"].as_array().unwrap() {
            assert!(dir.join(file.as_str().unwrap()).is_file(), "{command}: {file}");
        }
    }
    well("compare|trial.toml|--surrogate|--patients|3|--out|c|--no-report", "summary");
    well("tables|c|--format|adam", "files");
    well("resume|c|--no-report", "summary");
    well("trial|radiant-4|--surrogate|--patients|3|--no-out", "summary");
    well("trial|radiant-4|--surrogate|--patients|3|--dry-run", "said");
    for part in ["0/2", "1/2"] {
        let words =
            format!("batch|seeds.csv|--scenario|small.toml|{on_cpu}|--shard|{part}|--out|p{}", &part[..1]);
        assert_eq!(well(&words, "batch")["batch"]["rows"], 2);
    }
    assert!(well("merge|p0|p1|--out|m", "quantiles")["batch"]["digest"].is_string());
    for part in ["0/2", "1/2"] {
        let words =
            format!("compare|trial.toml|--surrogate|--patients|4|--shard|{part}|--out|t{}", &part[..1]);
        well(&words, "shard");
    }
    well("merge|t0|t1|--out|w|--no-report", "summary");
    let planned =
        well("design|trial.toml|--sizes|10,12|--draws|2|--set|trial.cutoff=\"300 d\"|--out|n", "planned");
    assert_eq!(planned["planned"]["sizes"].as_array().map(Vec::len), Some(2));
    well("report|n", "files");
    let search = well("optimise|search.toml|--out|o", "found");
    assert_eq!(search["found"]["candidates"].as_array().map(Vec::len), Some(2));
    well("report|o", "files");
    let rivals = well("discriminate|rivals.toml|--out|d", "found");
    assert_eq!(rivals["found"]["rivals"].as_array().map(Vec::len), Some(2));
    well("report|d", "files");
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/questions/patient.toml"),
        dir.join("patient.toml"),
    )
    .unwrap();
    let short = "--set|time.end=\"240 d\"|--set|cohort.agents=900";
    let foreseen = well(&format!("condition|patient.toml|--patients|12|{short}|--out|k"), "conditioned");
    assert_eq!(foreseen["conditioned"]["is_open"], Value::Bool(true), "{foreseen}");
    well("report|k", "files");
    well("library|trial.toml|--patients|2|--set|time.end=\"84 d\"|--out|l", "library");
    let weighed = well("library|trial.toml|--set|time.end=\"84 d\"|--from|l", "reweighted");
    assert_eq!(weighed["reweighted"][0]["month"], 1);
    let plan = well("plan|trial.toml|--surrogate|--patients|2", "plan");
    assert_eq!(plan["plan"]["commands"].as_array().map(Vec::len), Some(2));
    well("calibrate|fit.toml|--dry-run", "said");
    assert_eq!(well("calibrate|fit.toml|--out|f|--threads|2", "fits")["parameters"][0]["parameter"], "g");
    well("resume|f", "said");
    well("falsify|--list", "falsifiers");
    well("validate|small.toml", "files");
    assert!(well("adapters", "said")["threads"].as_u64() > Some(0));
    well("loci", "loci");
    assert_eq!(well("loci|rtk", "loci")["loci"].as_array().map(Vec::len), Some(1));
    well("signalling|--drug|everolimus 10 mg daily", "treated");
    well("selftest|--steps|2", "comparisons");
    well("bench|--backend|cpu|--edge|32|--steps|1|--workload|nests|--threads|1", "rows");
    well("drugs", "drugs");
    well("drugs|everolimus", "drugs");
    well("pk|--drug|everolimus 10 mg daily|--days|2", "days");
    well("pk|--drug|everolimus 10 mg daily|--days|2|--population|5", "shares");
    let of_program = evotor::cli::command();
    let all: Vec<&str> = of_program.get_subcommands().map(|command| command.get_name()).collect();
    for command in all.into_iter().filter(|name| !FILES.contains(name)) {
        assert!(spoken.iter().any(|own| own == command), "`evotor {command}` has no document");
        let (found, code) = document(&[command, "--no-such-option"], dir);
        assert_eq!((code, &found["error"]["code"]), (2, &Value::from(2)), "{command}");
    }
}

// Shards of which one is missing: nothing is merged, and what is missing is data.
#[test]
fn what_is_missing_of_a_merge_is_data() {
    let temp = folder();
    let args = ["compare", "trial.toml", "--surrogate", "--patients", "4", "--shard", "1/2", "--out", "t1"];
    assert_eq!(document(&args, temp.path()).1, 0);
    let (found, code) = document(&["merge", "t1", "--out", "w"], temp.path());
    assert_eq!((code, &found["coverage"]["missing_shards"]), (3, &Value::from(vec![0])), "{found}");
}

// A program that asked for JSON must not have to read anything else to learn what is wrong.
#[test]
fn failures_are_documents_too() {
    let temp = folder();
    for args in [
        &["run", "typo.toml"][..],
        &["run", "nowhere.toml"],
        &["run", "trial.toml"],
        &["run", "small.toml", "--no-such-option"],
        &["run", "small.toml", "--no-out", "--out", "r"],
        &["compare", "trial.toml", "--arm", "no such arm"],
        &["compare", "trial.toml", "--no-out", "--shard", "0/2"],
        &["trial", "no-such-trial"],
        &["validate"],
        &["render", "nowhere"],
        &["report", "nowhere"],
        &["tables", "nowhere", "--format", "adam"],
        &["resume", "nowhere"],
        &["batch", "nowhere.csv", "--scenario", "small.toml", "--out", "b"],
        &["plan", "small.toml"],
        &["design", "small.toml"],
        &["design", "trial.toml"],
        &["design", "radiant-4", "--arm", "placbo"],
        &["design", "radiant-4", "--against", "everolimus"],
        &["condition", "trial.toml"],
        &["condition", "nowhere.toml"],
        &["library", "small.toml"],
        &["library", "trial.toml", "--from", "nowhere"],
        &["calibrate", "small.toml"],
        &["drugs", "no such drug"],
        &["pk", "--drug", "no such drug"],
        &["run", "small.toml", "--seeds", "3-1"],
    ] {
        let (found, code) = document(args, temp.path());
        assert_eq!((code, &found["error"]["code"]), (2, &Value::from(2)), "{args:?}");
        assert!(!found["error"]["message"].as_str().unwrap().contains('\u{1b}'), "no colours");
    }
}

#[cfg(unix)]
#[test]
fn what_is_stopped_says_so_and_how_to_go_on() {
    let temp = folder();
    // Without a rule that stops it, however fast the machine is.
    let long = "name = \"long\"\n[time]\nend = \"30000 d\"\nevery = \"10 d\"\n[lattice]\nsize = [700, 400]\n[start]\nshape = \"count\"\n\
        cells = 3000\n[rates]\nbirth = \"0.2 /d\"\ndeath = \"0.1 /d\"\nclearance = \"0.2 /d\"\n";
    fs::write(temp.path().join("long.toml"), long).unwrap();
    for (more, folder) in [(&["--out", "r"][..], Value::from("r")), (&["--no-out"], Value::Null)] {
        let args = [&["run", "long.toml", "--backend", "cpu", "--progress", "json", "--json"], more].concat();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
        command.args(&args).current_dir(temp.path()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut running = command.stderr(Stdio::piped()).spawn().unwrap();
        // Signals are watched for once there is progress.
        let mut said = BufReader::new(running.stderr.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().starts_with('{')), "it went on");
        let id = running.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        said.for_each(drop);
        let (found, code) = checked(&args, running.wait_with_output().unwrap());
        assert_eq!((code, &found["error"]["code"]), (143, &Value::from(143)));
        assert_eq!((&found["folder"], &found["summary"]), (&folder, &Value::Null));
        let goes_on = found["error"]["message"].as_str().unwrap().contains("evotor resume r");
        assert_eq!(goes_on, !folder.is_null(), "{found}");
    }
}

// A schema that holds of anything would let all of this pass.
#[test]
fn a_schema_refuses_what_a_command_does_not_print() {
    let temp = folder();
    let (found, _) = document(&["validate", "small.toml"], temp.path());
    let schema = jsonschema::validator_for(&schema("validate")).unwrap();
    assert!(schema.is_valid(&found));
    for (key, value) in [("more", Value::from(1)), ("said", Value::from("a line")), ("files", Value::Null)] {
        let mut other = found.clone();
        other[key] = value;
        assert!(!schema.is_valid(&other), "{key}");
    }
    assert!(!schema.is_valid(&without(found, &["files"])));
}

// A template that does not run teaches the wrong thing first.
#[test]
fn every_template_runs_as_it_is() {
    let temp = tempfile::tempdir().unwrap();
    let begin = |what: &str| {
        let printed = evotor(&["init", what], temp.path());
        assert!(printed.status.success());
        let name = format!("{what}.toml");
        fs::write(temp.path().join(&name), printed.stdout).unwrap();
        let (found, code) = document(&["validate", &name], temp.path());
        let warnings = &found["files"][0]["warnings"];
        assert_eq!((code, warnings), (0, &Value::Array(Vec::new())), "{what}: {found}");
        name
    };
    for what in ["run", "therapy"] {
        let (found, code) = document(&["run", &begin(what), "--backend", "cpu", "--no-out"], temp.path());
        assert_eq!(code, 0, "{found}");
        assert!(found["summary"]["counters"]["births"].as_u64().unwrap() > 100, "{what}: {found}");
    }
    let args = ["compare", &begin("trial"), "--surrogate", "--patients", "4", "--no-out"];
    let (found, code) = document(&args, temp.path());
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["summary"]["headline"].as_array().map(Vec::is_empty), Some(false));
    begin("drug");
    let scenario = fs::read_to_string(temp.path().join("therapy.toml")).unwrap();
    let scenario = scenario.replace("everolimus 10 mg", "examplisib 40 mg");
    let scenario = scenario.replace("[time]", "[catalogue]\nfiles = [\"drug.toml\"]\n[time]");
    fs::write(temp.path().join("own.toml"), scenario).unwrap();
    let (found, code) = document(&["run", "own.toml", "--backend", "cpu", "--no-out"], temp.path());
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["summary"]["therapy"]["drugs"][0]["drug"], "examplisib");
}

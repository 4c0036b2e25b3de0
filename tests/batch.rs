//! `--set`, `evotor batch` and `evotor plan` as a user meets them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const TUMOUR: &str = include_str!("../docs/examples/sweep/tumour.toml");
const TRIAL: &str = include_str!("data/small-trial.toml");

fn folder() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("tumour.toml"), TUMOUR).unwrap();
    fs::write(temp.path().join("trial.toml"), TRIAL).unwrap();
    temp
}

fn evotor(args: &str, dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    // What stands in single quotes is one argument.
    let parts = args.split('\'').enumerate();
    let words =
        parts.flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() });
    command.args(words).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// A command that must end with a code; what it said on both channels.
fn ends(args: &str, dir: &Path, code: i32) -> (String, String) {
    let run = evotor(args, dir);
    let (out, err) = said(&run);
    assert_eq!(run.status.code(), Some(code), "{args}: {out}{err}");
    (out, err)
}

fn digest(out: &str) -> String {
    out.lines().last().unwrap().strip_prefix("digest: ").unwrap_or_else(|| panic!("{out}")).to_owned()
}

/// The table of a batch: each row by its columns.
fn results(dir: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_path(dir.join("results.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn files_of(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    all.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect()
}

/// A design of growth rates, with two rows that are the same and two at fault.
fn design(dir: &Path) {
    let text = "rates.birth [/d],seed\n0.04,1\n0.05,2\nnan,3\n0.05,2\n0.06,-4\n0.07,5\n0.045,6\n0.055,7\n";
    fs::write(dir.join("design.csv"), text).unwrap();
}

#[test]
fn a_key_that_is_set_is_what_the_file_would_say() {
    let temp = folder();
    let dir = temp.path();
    fs::write(dir.join("edited.toml"), TUMOUR.replace("0.05 /d", "0.06 /d").replace("seed = 1", "seed = 9"))
        .unwrap();
    let (edited, _) = ends("run edited.toml --backend cpu --quiet --no-report --out a", dir, 0);
    let set =
        "run tumour.toml --set 'rates.birth=0.06 /d' --set seed=9 --backend cpu --quiet --no-report --out b";
    let (set, _) = ends(set, dir, 0);
    assert_eq!(set, edited);
    let effective = |folder: &str| fs::read_to_string(dir.join(folder).join("effective.toml")).unwrap();
    assert_eq!(effective("a"), effective("b"));
    assert!(effective("b").contains("birth = \"0.06 /d\""));
    // The same for trials, in every command that reads one.
    let arm = "--set 'arm.sequence.therapy.line.1.regimens=everolimus 5 mg daily'";
    ends(&format!("validate trial.toml {arm}"), dir, 0);
    let trial =
        "trial.toml --surrogate --patients 3 --set 'cohort.change.growth.typical=0.004' --no-report --quiet";
    let (one, _) = ends(&format!("compare {trial} --out c"), dir, 0);
    let (two, _) = ends(&format!("trial {trial} --out d"), dir, 0);
    assert_eq!(digest(&one), digest(&two));
    assert!(effective("c").contains("typical = 0.004"));
}

#[test]
fn a_key_that_cannot_be_set_is_shown_as_it_was_given() {
    let temp = folder();
    let dir = temp.path();
    for (args, expected) in [
        (
            "run tumour.toml --set rates.brith=1",
            &["command line:1:13", "--set rates.brith=1", "did you mean `birth`?"][..],
        ),
        ("run tumour.toml --set rates.birth=0.1 --dry-run", &["needs a unit", "--set rates.birth=0.1"]),
        (
            "validate trial.toml --set 'cohort.change.grwth.fixed=1'",
            &["no quantity `grwth`", "command line:1:"],
        ),
        ("compare trial.toml --set arm.nobody.name=x", &["no [[arm]] is called `nobody`"]),
        ("run tumour.toml --set seed", &["KEY=VALUE"]),
        ("trial --all --set seed=1", &["cannot be used with"]),
    ] {
        let (_, err) = ends(args, dir, 2);
        assert!(expected.iter().all(|part| err.contains(part)), "{args}: {err}");
    }
    fs::write(dir.join("c.toml"), "[[target]]\n").unwrap();
    assert!(ends("validate c.toml --set seed=1", dir, 2).1.contains("--set is for scenarios"));
}

#[test]
fn a_batch_is_one_row_for_each_set_and_each_is_the_run_alone() {
    let temp = folder();
    let dir = temp.path();
    design(dir);
    let (out, err) = ends("batch design.csv --scenario tumour.toml --out sweep --backend cpu", dir, 2);
    assert!(out.contains("6 rows of 8 with figures (2 refused, 0 failed"), "{out}");
    assert!(
        err.contains("row 2 (line 4 of design.csv): column `rates.birth [/d]`: the value is missing"),
        "{err}"
    );
    assert!(err.contains("row 4 (line 6 of design.csv)") && err.contains("row 4 of the design:2:6"), "{err}");
    assert!(err.contains("row 3 (line 5 of design.csv) is the same as row 1"), "{err}");
    let rows = results(&dir.join("sweep"));
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("row"), ["0", "1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(column("status"), ["done", "done", "refused", "done", "refused", "done", "done", "done"]);
    assert_eq!(column("rates.birth [/d]")[..2], ["0.04", "0.05"]);
    assert!(rows[4]["error"].contains("`seed` is -4, out of range"), "{}", rows[4]["error"]);
    assert_eq!((&rows[1]["live"], &rows[1]["digest"]), (&rows[3]["live"], &rows[3]["digest"]));
    let number = |row: usize, name: &str| rows[row][name].parse::<f64>().unwrap();
    assert!(number(5, "relative_live") > number(0, "relative_live"));
    assert_eq!((number(0, "progression_share"), number(0, "extinction_restricted_mean_day")), (0.0, 40.0));
    let alone = "run tumour.toml --set 'rates.birth=0.04 /d' --set seed=1 --backend cpu --quiet --no-report --out alone";
    assert_eq!(digest(&ends(alone, dir, 0).0), rows[0]["digest"]);
    let summary = fs::read_to_string(dir.join("alone/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["live"].as_f64(), Some(number(0, "live")));
}

#[test]
fn shards_merge_to_the_bytes_of_one_process_whatever_the_threads() {
    let temp = folder();
    let dir = temp.path();
    design(dir);
    let batch = "batch design.csv --scenario tumour.toml --backend cpu --quiet";
    let (whole, _) = ends(&format!("{batch} --threads 1 --out whole"), dir, 2);
    for (part, code) in [(2, 0), (0, 0), (1, 2)] {
        ends(&format!("{batch} --threads 2 --shard {part}/3 --out p{part} --continue"), dir, code);
    }
    let (out, err) = ends("merge p2 p0 --out merged", dir, 3);
    assert!(
        out.starts_with("{\"rows\":8,\"gaps\":[{\"first\":2,\"last\":4}]")
            && out.contains("\"missing_shards\":[1]"),
        "{out}"
    );
    assert!(err.contains("rows 2 to 4 of 8 are in no shard"), "{err}");
    assert!(!dir.join("merged").exists());
    let (merged, _) = ends("merge p2 p0 p1 --out merged", dir, 2);
    assert_eq!(digest(&merged), digest(&whole));
    assert_eq!(files_of(&dir.join("merged")), files_of(&dir.join("whole")));
    ends("merge p2 p0 --out partly --allow-missing", dir, 0);
    let partly = fs::read_to_string(dir.join("partly/results.csv")).unwrap();
    assert!(partly.starts_with("# partial: rows 2 to 4 of 8 are missing\nrow,"), "{partly}");
    // What belongs to another batch, or was changed.
    ends(&format!("{batch} --set 'time.end=30 d' --shard 1/3 --out other"), dir, 2);
    assert!(ends("merge p0 other p2 --out no", dir, 2).1.contains("scenario's file"));
    let path = dir.join("p1/rows.jsonl");
    fs::write(&path, fs::read_to_string(&path).unwrap().replacen("\"figures\":[", "\"figures\":[1", 1))
        .unwrap();
    assert!(ends("merge p0 p1 p2 --out no", dir, 2).1.contains("rows.jsonl"));
    assert!(ends("merge p0 whole --out no", dir, 2).1.contains("no shard of one"));
}

#[test]
fn a_batch_goes_on_where_it_was() {
    let temp = folder();
    let dir = temp.path();
    design(dir);
    let batch = "batch design.csv --scenario tumour.toml --backend cpu --quiet --out sweep";
    let (whole, _) = ends(batch, dir, 2);
    let done = files_of(&dir.join("sweep"));
    assert!(ends(batch, dir, 2).1.contains("--continue"));
    let (again, _) = ends(&format!("{batch} --continue"), dir, 2);
    assert!(again.contains("is done") && digest(&again) == digest(&whole), "{again}");
    assert!(ends("resume sweep", dir, 2).1.contains("goes on with --continue"));
    // As a kill in the third row leaves it: the last line is torn, nothing is said to be done.
    let rows = String::from_utf8(done["rows.jsonl"].clone()).unwrap();
    let lines: Vec<&str> = rows.split_inclusive('\n').collect();
    fs::write(dir.join("sweep/rows.jsonl"), lines[..2].concat() + &lines[2][..20]).unwrap();
    let mut begun: serde_json::Value = serde_json::from_slice(&done["batch.json"]).unwrap();
    begun["digest"] = "".into();
    begun["refused"] = serde_json::json!([]);
    fs::write(dir.join("sweep/batch.json"), begun.to_string()).unwrap();
    fs::remove_file(dir.join("sweep/results.csv")).unwrap();
    let (resumed, _) = ends(&format!("{batch} --continue"), dir, 2);
    assert_eq!(digest(&resumed), digest(&whole));
    assert_eq!(files_of(&dir.join("sweep")), done);
    // Another question.
    let (_, err) = ends(&format!("{batch} --continue --set seed=4"), dir, 2);
    assert!(err.contains("holds another batch") && err.contains("--force without --continue"), "{err}");
    assert!(ends(&format!("{batch} --continue --shard 0/2"), dir, 2).1.contains("its shard is not the same"));
    ends(&format!("{batch} --force --shard 0/2"), dir, 2);
    ends("run tumour.toml --backend cpu --quiet --no-report --out taken", dir, 0);
    let taken = "batch design.csv --scenario tumour.toml --backend cpu --quiet --out taken --force";
    assert!(ends(taken, dir, 2).1.contains("another command"));
}

#[cfg(unix)]
#[test]
fn a_batch_that_is_stopped_says_so_and_goes_on() {
    let temp = folder();
    let dir = temp.path();
    let rows: String = (1..=40).map(|seed| format!("{seed}\n")).collect();
    fs::write(dir.join("many.csv"), format!("seed\n{rows}")).unwrap();
    let args = "batch many.csv --scenario tumour.toml --backend cpu --threads 1 --quiet --continue --out sweep --set lattice.size=[512,512]";
    let words: Vec<&str> = args.split_whitespace().collect();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    let mut child =
        command.args(words).current_dir(dir).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = || fs::read_to_string(dir.join("sweep/rows.jsonl")).map_or(0, |text| text.lines().count());
    let begun = std::time::Instant::now();
    while lines() == 0 && begun.elapsed() < std::time::Duration::from_secs(60) {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let stopped = child.wait().unwrap();
    assert_eq!(stopped.code(), Some(143));
    let through = lines();
    assert!((1..40).contains(&through), "{through}");
}

#[test]
fn trials_have_figures_by_arm() {
    let temp = folder();
    let dir = temp.path();
    let text = "{\"cohort\": {\"change\": {\"growth\": {\"typical\": 0.002}}}}\n{\"cohort.change.growth.typical\": 0.008}\n";
    fs::write(dir.join("design.jsonl"), text).unwrap();
    ends("batch design.jsonl --scenario trial.toml --surrogate --patients 6 --quiet --out sweep", dir, 0);
    let rows = results(&dir.join("sweep"));
    let names: Vec<&String> =
        rows[0].keys().filter(|name| name.ends_with(".pfs_restricted_mean_months")).collect();
    assert!(names.len() >= 2, "{:?}", rows[0]);
    let number = |row: usize| rows[row][names[0]].parse::<f64>().unwrap();
    assert!(number(0) > number(1), "slower growth, later progression");
    let arms = "compare trial.toml --surrogate --patients 6 --set cohort.change.growth.typical=0.002 --quiet --no-report --out alone";
    assert_eq!(digest(&ends(arms, dir, 0).0), rows[0]["digest"]);
    let table = fs::read_to_string(dir.join("alone/arms.csv")).unwrap();
    let (arm, _) = names[0].split_once('.').unwrap();
    assert!(
        table.contains(&format!("{arm},pfs_restricted_mean,,months,")) && table.contains(&rows[0][names[0]]),
        "{table}"
    );
}

#[test]
fn designs_that_no_row_of_which_can_be_used_write_nothing() {
    let temp = folder();
    let dir = temp.path();
    for (name, text, expected) in [
        (
            "a.csv",
            "rates.brith\n1\n2\n",
            &["unknown key `rates.brith`", "did you mean `birth`?", "no row of `a.csv`"][..],
        ),
        ("b.csv", "seed\n", &["has no rows"]),
        ("c.csv", "rates.birth\n0.05\n", &["needs a unit"]),
        ("d.csv", "loci\nx y\n", &["no row of"]),
    ] {
        fs::write(dir.join(name), text).unwrap();
        let (_, err) = ends(&format!("batch {name} --scenario tumour.toml --out sweep"), dir, 2);
        let found = expected.iter().all(|part| err.contains(&part.replace("rates.brith`", "brith`")));
        assert!(found && !dir.join("sweep").exists(), "{name}: {err}");
    }
    fs::write(dir.join("e.csv"), "seed\n1\n2\n").unwrap();
    assert!(ends("batch e.csv --scenario tumour.toml --out s --shard 2/3", dir, 2).1.contains("3 shards"));
    assert!(
        ends("batch e.csv --scenario tumour.toml --out s --surrogate", dir, 2).1.contains("are for trials")
    );
    assert!(ends("batch none.csv --scenario tumour.toml --out s", dir, 2).1.contains("no such file"));
}

#[test]
fn a_trial_is_cut_for_a_cluster_without_large_tumours() {
    let temp = folder();
    let dir = temp.path();
    let plan =
        "plan trial.toml --surrogate --patients 100000 --shard-hours 0.1 --cpus 2 --quiet --set name=big";
    let (out, _) = ends(plan, dir, 0);
    for part in [
        "patients through 2 arms, by the surrogate",
        "shards:",
        "memory:",
        "disk:",
        "sbatch --array=0-",
        "--cpus-per-task=2",
        "--set name=big",
        "evotor merge",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(
        out.contains(
            "evotor compare trial.toml --set name=big --patients 100000 --surrogate --backend cpu --shard"
        ),
        "{out}"
    );
    let (_, err) = ends("plan tumour.toml", dir, 2);
    assert!(err.contains("is not a trial") && err.contains("--dry-run"), "{err}");
    // A trial of the review is found, and misspelt, as by `evotor trial`.
    assert!(ends("plan radiant3", dir, 2).1.contains("did you mean `radiant-3`?"));
    assert!(ends("plan trial.toml --shard-hours 0", dir, 2).1.contains("0.01 to 1000"));
}

#[test]
fn a_calibration_says_what_it_cannot_be() {
    let temp = folder();
    let dir = temp.path();
    assert!(ends("calibrate tumour.toml", dir, 2).1.contains("scenario and not a calibration"));
    assert!(ends("calibrate trial.toml", dir, 2).1.contains("`evotor compare` runs it"));
    let (_, err) = ends("calibrate c.toml --shard 0/4", dir, 2);
    assert!(err.contains("a calibration has no shards") && err.contains("--threads"), "{err}");
    let own = format!(
        "{TRIAL}\n[[published]]\narm = \"sequence\"\nendpoint = \"pfs_median\"\nvalue = 8\nreader = \"central\"\n\
         follow_up = \"250 d\"\nrole = \"calibrated\"\nsource = \"a journal\"\n"
    );
    fs::create_dir(dir.join("mine")).unwrap();
    fs::write(dir.join("mine/own.toml"), own).unwrap();
    let calibration = "name = \"own\"\nseed = 1\npatients = 3\nparticles = 4\ngenerations = 1\njudged = 0\nagents = 500\n\
        [[target]]\ntrial = \"own.toml\"\narm = \"sequence\"\nendpoints = [\"pfs_median\"]\n[[parameter]]\nname = \"g\"\n\
        quantity = \"growth\"\npart = \"typical\"\nlow = 0.002\nhigh = 0.005\nscale = \"log\"\n";
    fs::write(dir.join("mine/c.toml"), calibration).unwrap();
    ends("validate mine/c.toml", dir, 0);
    let wrong = calibration.replace("pfs_median", "os_median");
    fs::write(dir.join("mine/w.toml"), wrong).unwrap();
    assert!(ends("validate mine/w.toml", dir, 2).1.contains("there is pfs_median"));
    let (out, _) = ends("calibrate mine/c.toml --out fit --threads 2 --quiet", dir, 0);
    assert!(out.contains("own.toml"), "{out}");
    // What it is fitted to is kept with it.
    fs::remove_file(dir.join("mine/own.toml")).unwrap();
    assert!(ends("resume fit", dir, 0).0.contains("is done"));
}

#[test]
fn a_scenario_over_seeds_is_a_run_for_each_with_quantiles_of_all() {
    let temp = folder();
    let dir = temp.path();
    let run = "run tumour.toml --backend cpu --seeds 3-9";
    let (out, _) = ends(&format!("{run} --out s"), dir, 0);
    assert!(out.contains("figure") && out.contains("95 %") && out.contains("relative_live"), "{out}");
    let rows = results(&dir.join("s"));
    assert_eq!(
        rows.iter().map(|row| row["seed"].as_str()).collect::<Vec<_>>(),
        ["3", "4", "5", "6", "7", "8", "9"]
    );
    let (alone, _) = ends("run tumour.toml --seed 5 --backend cpu --quiet --no-report --out alone", dir, 0);
    assert_eq!(digest(&alone), rows[2]["digest"]);
    // The quantiles are those of the rows.
    let mut live: Vec<f64> = rows.iter().map(|row| row["live"].parse().unwrap()).collect();
    live.sort_by(f64::total_cmp);
    let mut table = csv::Reader::from_path(dir.join("s/quantiles.csv")).unwrap();
    let table: Vec<BTreeMap<String, String>> = table.deserialize().map(Result::unwrap).collect();
    let of = |figure: &str| table.iter().find(|row| row["figure"] == figure).unwrap();
    let number = |figure: &str, name: &str| of(figure)[name].parse::<f64>().unwrap();
    assert_eq!(
        [number("live", "minimum"), number("live", "median"), number("live", "maximum")],
        [live[0], live[3], live[6]]
    );
    assert_eq!((number("live", "seeds"), of("progression_median_day")["median"].as_str()), (7.0, ""));
    let page = fs::read_to_string(dir.join("s/report.html")).unwrap();
    assert!(page.contains("Report of a scenario over seeds") && page.contains("--seeds 3-9 --out again"));
    assert!(dir.join("s/ro-crate-metadata.json").exists());
    // A design of seeds is the same thing, and so are shards that are merged.
    fs::write(dir.join("seeds.csv"), "seed\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
    let (batch, _) = ends("batch seeds.csv --scenario tumour.toml --backend cpu --out b", dir, 0);
    assert_eq!(digest(&batch), digest(&out));
    for part in 0..2 {
        ends(&format!("{run} --shard {part}/2 --out p{part} --quiet"), dir, 0);
        assert!(!dir.join(format!("p{part}/quantiles.csv")).exists(), "of a part there are none");
    }
    ends("merge p0 p1 --out m", dir, 0);
    let without_page = |folder: &str| {
        let mut files = files_of(&dir.join(folder));
        files.retain(|name, _| !["report.html", "ro-crate-metadata.json"].contains(&name.as_str()));
        files
    };
    assert_eq!(without_page("b"), without_page("s"));
    assert_eq!(without_page("m"), without_page("s"));
    // What is there already, and what was stopped.
    assert!(ends(&format!("{run} --out s"), dir, 2).1.contains("--continue"));
    let (again, _) = ends(&format!("{run} --out s --continue --quiet"), dir, 0);
    assert_eq!(again, format!("digest: {}\n", digest(&out)));
    let before = without_page("s");
    let lines: Vec<String> =
        fs::read_to_string(dir.join("s/rows.jsonl")).unwrap().lines().map(str::to_owned).collect();
    fs::write(dir.join("s/rows.jsonl"), lines[..3].join("\n") + "\n").unwrap();
    let mut begun: serde_json::Value = serde_json::from_slice(&before["batch.json"]).unwrap();
    begun["digest"] = "".into();
    begun.as_object_mut().unwrap().remove("quantiles");
    fs::write(dir.join("s/batch.json"), begun.to_string()).unwrap();
    assert!(
        ends("report s", dir, 2)
            .1
            .contains("has not come to its end; go on with the same command and --continue")
    );
    ends(&format!("{run} --out s --continue"), dir, 0);
    assert_eq!(without_page("s"), before);
    assert!(
        ends("run tumour.toml --backend cpu --seeds 3-8 --out s --continue", dir, 2)
            .1
            .contains("another batch")
    );
}

#[test]
fn seeds_that_cannot_be_meant_are_refused_before_anything_is_written() {
    let temp = folder();
    let dir = temp.path();
    for (args, expected) in [
        ("--seeds 9-3", "the range 9-3 runs backwards: write 3-9"),
        ("--seeds 1-5,4", "seed 4 is there twice"),
        ("--seeds 1-1e9", "10000 at most"),
        ("--seeds -4", "`-4` is not a seed"),
        ("--seeds 1-5 --seed 3", "cannot be used with"),
        ("--seeds 1-5 --no-out", "cannot be used with"),
        ("--seeds 1-5 --set rates.brith=1", "did you mean `birth`?"),
        ("--seeds 1-3 --shard 0/9", "9 shards"),
    ] {
        let (_, err) = ends(&format!("run tumour.toml {args}"), dir, 2);
        assert!(err.contains(expected), "{args}: {err}");
    }
    assert!(ends("run trial.toml --seeds 1-3", dir, 2).1.contains("`evotor compare trial.toml`"));
    assert!(!dir.join("results").exists());
}

// Time, memory and disk are told without a tumour: a hundred million agents a patient would not fit.
#[test]
fn a_dry_run_of_everything_makes_no_tumour_and_writes_nothing() {
    let temp = folder();
    let dir = temp.path();
    fs::write(dir.join("d.csv"), "seed\n1\n2\n").unwrap();
    let before = files_of(dir).len();
    let begun = std::time::Instant::now();
    for (args, expected) in [
        ("run tumour.toml --seeds 1-500 --dry-run", "500 seeds"),
        ("compare trial.toml --patients 5000 --agents 100000000 --dry-run", "5,000 patients through 2 arms"),
        ("compare trial.toml --surrogate --patients 100000 --dry-run", "by the mean-field surrogate"),
        ("trial radiant-3 --surrogate --dry-run", "through 2 arms"),
        ("batch d.csv --scenario tumour.toml --out sweep --dry-run", "2 rows"),
        ("batch d.csv --scenario trial.toml --surrogate --out sweep --dry-run", "2 rows"),
    ] {
        let (out, _) = ends(args, dir, 0);
        for part in [expected, "memory:", "time:", "disk:", "results:"] {
            assert!(out.contains(part), "{args}: {part}: {out}");
        }
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(240));
    assert_eq!(files_of(dir).len(), before);
}

const TREATED: &str = "name = \"treated\"\nphenotype = \"signalling\"\nloci = []\n[time]\nend = \"56 d\"\nevery = \"7 d\"\n\
    [lattice]\nsize = [32, 32]\n[start]\nshape = \"random\"\ndensity = 0.3\n[oxygen]\n[vessels]\n[therapy.toxicity]\nevents = false\n\
    [[therapy.line]]\n";

#[test]
fn doses_that_were_given_go_out_as_records_and_come_back_as_the_same_run() {
    let temp = folder();
    let dir = temp.path();
    let regimens = [
        "everolimus 5 mg twice daily",
        "octreotide LAR 30 mg every 28 d",
        "sunitinib 37.5 mg daily, 2 weeks on 1 week off",
    ];
    fs::write(dir.join("given.toml"), format!("{TREATED}regimens = {regimens:?}\n")).unwrap();
    let run = |file: &str, to: &str| {
        digest(&ends(&format!("run {file} --backend cpu --quiet --no-report --out {to}"), dir, 0).0)
    };
    let given = run("given.toml", "given");
    let (out, _) = ends("tables given --format nonmem", dir, 0);
    assert!(out.contains("everolimus_mg.csv: everolimus, 112 doses of 1 replicate, AMT in mg"), "{out}");
    let read = |name: &str| fs::read_to_string(dir.join("given/nonmem").join(name)).unwrap();
    assert_eq!(read("everolimus_mg.csv"), "ID,TIME,AMT,II,ADDL,EVID,CMT\n1,0,5,12,111,1,1\n");
    assert_eq!(read("octreotide-LAR_mg.csv"), "ID,TIME,AMT,II,ADDL,EVID,CMT\n1,0,30,672,1,1,1\n");
    assert_eq!(read("sunitinib_mg.csv").lines().nth(2), Some("1,504,37.5,24,13,1,1"));
    let records =
        |drug: &str, file: &str| format!("{{ drug = \"{drug}\", records = \"given/nonmem/{file}\" }}");
    let all = [
        ("everolimus", "everolimus_mg.csv"),
        ("octreotide LAR", "octreotide-LAR_mg.csv"),
        ("sunitinib", "sunitinib_mg.csv"),
    ];
    let back = all.map(|(drug, file)| records(drug, file)).join(", ");
    fs::write(dir.join("back.toml"), format!("{TREATED}regimens = [{back}]\n")).unwrap();
    assert_eq!(run("back.toml", "back"), given);
    // Reduced doses are two amounts, which no regimen has: that is said, with the way out.
    fs::write(dir.join("given/nonmem/everolimus_mg.csv"), "ID,TIME,AMT,II,ADDL\n1,0,10,24,6\n1,336,5,24,6\n")
        .unwrap();
    let (_, err) = ends("validate back.toml", dir, 2);
    assert!(
        err.contains("AMT is 5, and 10 on line 2")
            && err.contains("write a file, and a regimen, for each amount"),
        "{err}"
    );
    // What has no doses day by day.
    assert!(ends("tables sweep --format nonmem", dir, 2).1.contains("there is no such folder"));
    ends("run tumour.toml --backend cpu --quiet --no-report --out plain", dir, 0);
    assert!(ends("tables plain --format nonmem", dir, 2).1.contains("in mode signalling"));
    ends("compare trial.toml --surrogate --patients 2 --quiet --no-report --out c", dir, 0);
    assert!(
        ends("tables c --format nonmem", dir, 2).1.contains("a trial and a batch keep no doses day by day")
    );
}

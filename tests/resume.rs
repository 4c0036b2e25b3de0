//! A run that was stopped and resumed equals one that was not: same digest, same bytes in every table and picture.

use std::fs;

use crate::support::runs::{finished, job, resume_until, run_until, run_whole, settings};
use crate::support::treated::{TREATED, with_ledger};
use crate::support::{self, SMALL, assert_same_results};
use evotor::simulation::{BackendOptions, Choice, Ending, Settings, run_in_memory};

#[test]
fn the_small_scenario_reaches_what_it_should() {
    let temp = tempfile::tempdir().unwrap();
    let done = run_whole(&job(SMALL), &settings(), temp.path());
    let outcomes: Vec<u32> = done.record.tallies.iter().map(|t| t.last.as_ref().unwrap().status).collect();
    assert!(outcomes.contains(&1), "none came to the end: {outcomes:?}");
    assert!(outcomes.iter().any(|s| s & 2 != 0), "none died out: {outcomes:?}");
    assert!(outcomes.iter().any(|s| s & 8 != 0), "none progressed: {outcomes:?}");
    let tables = support::results(temp.path());
    let rows = |name: &str| {
        let table = &tables.iter().find(|t| t.0 == name).unwrap().1;
        String::from_utf8_lossy(table).lines().count() - 1
    };
    assert_eq!(rows("replicates.csv"), 4);
    assert!(rows("clones.csv") > 10 && rows("clone_sizes.csv") > 20 && rows("series.csv") > 30);
}

// Every step of every block, so also steps between checks, at checks, at events and beyond the end of lesions that
// have halted.
#[test]
fn stopping_at_any_step_changes_nothing() {
    let job = job(SMALL);
    let settings = Settings { block: Some(2), chunk: Some(1), ..settings() };
    let whole = tempfile::tempdir().unwrap();
    let expected = run_whole(&job, &settings, whole.path());
    for done in 0..120 {
        let temp = tempfile::tempdir().unwrap();
        match run_until(&job, &settings, temp.path(), done).0.unwrap() {
            Ending::Stopped { signal, .. } => assert_eq!(signal, 15),
            Ending::Done(_) => continue,
        }
        assert!(!temp.path().join("digest.txt").exists());
        let found = finished(resume_until(&settings, temp.path(), u64::MAX).unwrap());
        assert_eq!(found.digest, expected.digest, "stopped after {done} steps");
        assert_eq!(found.record.tallies, expected.record.tallies, "stopped after {done} steps");
        assert_same_results(temp.path(), whole.path(), &format!("stopped after {done} steps"));
    }
}

/// Runs a scenario in stretches of some steps, and compares what is left; how often it was stopped.
fn stopped_every(steps: u64, scenario: &str) -> u32 {
    let job = job(scenario);
    let whole = tempfile::tempdir().unwrap();
    run_whole(&job, &settings(), whole.path());
    let temp = tempfile::tempdir().unwrap();
    let hasty = Settings { chunk: Some(3), ..settings() };
    let mut ending = run_until(&job, &hasty, temp.path(), 5).0.unwrap();
    let mut stops = 0;
    while let Ending::Stopped { step, .. } = ending {
        stops += 1;
        ending = resume_until(&hasty, temp.path(), u64::from(step) + steps).unwrap();
    }
    assert_same_results(temp.path(), whole.path(), "stopped many times");
    stops
}

#[test]
fn stopping_many_times_changes_nothing() {
    let stops = stopped_every(7, SMALL);
    assert!(stops > 3, "{stops}");
}

// What a kill leaves: tables that have grown beyond the checkpoint, half a line at their end.
#[test]
fn rows_beyond_the_checkpoint_are_cut_off() {
    let job = job(SMALL);
    let whole = tempfile::tempdir().unwrap();
    run_whole(&job, &settings(), whole.path());
    let temp = tempfile::tempdir().unwrap();
    run_until(&job, &settings(), temp.path(), 20).0.unwrap();
    for table in ["series.csv", "clone_sizes.csv", "replicates.csv", "clones.csv"] {
        let path = temp.path().join(table);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(b"0,99,line that the checkpoint does not know\n0,100,ha");
        fs::write(&path, bytes).unwrap();
    }
    finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
    assert_same_results(temp.path(), whole.path(), "killed");
}

// Tables were once held against their length alone: lines with other ends, from an editor or a copy through another system, were cut in
// their midst, and the run went on with rc 0.
#[test]
fn a_table_that_was_changed_is_refused_before_anything_is_touched() {
    let temp = tempfile::tempdir().unwrap();
    run_until(&job(SMALL), &settings(), temp.path(), 20).0.unwrap();
    let all = || {
        let mut files: Vec<_> = fs::read_dir(temp.path()).unwrap().map(|e| e.unwrap().path()).collect();
        files.retain(|path| path.is_file());
        files.sort();
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect::<Vec<_>>()
    };
    for table in ["series.csv", "clone_sizes.csv", "replicates.csv", "clones.csv"] {
        let path = temp.path().join(table);
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        for changed in [text.replace('\n', "\r\n"), text.replacen(',', ";", 1), format!(" {text}")] {
            fs::write(&path, changed).unwrap();
            let before = all();
            let error = resume_until(&settings(), temp.path(), u64::MAX).unwrap_err();
            assert!(error.is_input(), "{error}");
            assert!(error.to_string().contains(table) && error.to_string().contains("--force"), "{error}");
            assert!(all() == before, "{table}");
        }
        fs::write(&path, bytes).unwrap();
    }
    finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
}

#[test]
fn blocks_chunks_and_threads_change_no_digest() {
    let job = job(SMALL);
    let digest = |settings: &Settings| run_in_memory(&job, settings).unwrap().digest;
    let expected = digest(&settings());
    for block in [1, 2, 3] {
        assert_eq!(digest(&Settings { block: Some(block), ..settings() }), expected, "blocks of {block}");
    }
    for chunk in [1, 4, 7] {
        assert_eq!(digest(&Settings { chunk: Some(chunk), ..settings() }), expected, "chunks of {chunk}");
    }
    assert_eq!(
        digest(&Settings { backend: BackendOptions::cpu(3), ..settings() }),
        expected,
        "three threads"
    );
}

#[test]
fn optional_outputs_do_not_enter_the_digest() {
    let plain = SMALL.split("[output]").next().unwrap();
    let digest = |text: &str| run_in_memory(&job(text), &settings()).unwrap().digest;
    assert_eq!(digest(plain), digest(SMALL));
    let temp = tempfile::tempdir().unwrap();
    assert_eq!(run_whole(&job(SMALL), &settings(), temp.path()).digest, digest(SMALL));
}

// Very many replicates write a series that nobody reads; without it everything else is as it was, stopped or not.
#[test]
fn a_run_without_a_series_stops_and_resumes() {
    let text = SMALL.replace("[output]", "[output]\nseries = false");
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let expected = run_whole(&job(SMALL), &settings(), with.path());
    assert_eq!(run_whole(&job(&text), &settings(), without.path()).digest, expected.digest);
    assert!(!without.path().join("series.csv").exists());
    let table = |dir: &std::path::Path| fs::read(dir.join("replicates.csv")).unwrap();
    assert_eq!(table(without.path()), table(with.path()));
    assert!(stopped_every(7, &text) > 3);
}

/// A table as its head and rows.
fn csv(dir: &std::path::Path, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = fs::read_to_string(dir.join(name)).unwrap();
    let mut rows = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
    (rows.next().unwrap(), rows.collect())
}

// What the device judged is what the census says: the first check with a cell of a state, and with a share of them.
#[test]
fn first_passage_times_are_those_of_the_series() {
    let temp = tempfile::tempdir().unwrap();
    let job = job(&SMALL.replace("share = 0.6\nhalt = false", "share = 0.6"));
    let done = run_whole(&job, &settings(), temp.path());
    let (head, series) = csv(temp.path(), "series.csv");
    let column = |head: &[String], name: &str| head.iter().position(|c| c == name).unwrap();
    let (ends, replicates) = csv(temp.path(), "replicates.csv");
    let (live, day) = (column(&head, "live"), column(&head, "day"));
    let tough: Vec<usize> = (0..head.len()).filter(|c| head[*c].contains("tough=yes")).collect();
    let number = |row: &[String], column: usize| row[column].parse::<u64>().unwrap();
    let first = |replicate: &str, holds: &dyn Fn(u64, u64) -> bool| {
        let cells = |row: &[String]| tough.iter().map(|c| number(row, *c)).sum::<u64>();
        let mut rows = series.iter().filter(|row| row[0] == *replicate);
        rows.find(|row| holds(cells(row), number(row, live))).map_or(String::new(), |row| row[day].clone())
    };
    let (mut seen, mut halted) = (0, 0);
    for row in &replicates {
        let any = first(&row[0], &|cells, _| cells > 0);
        let most = first(&row[0], &|cells, live| cells > 0 && 10 * cells >= 6 * live);
        assert_eq!(row[column(&ends, "first-tough_day")], any, "{row:?}");
        assert_eq!(row[column(&ends, "mostly-tough_day")], most, "{row:?}");
        let named = row[1].split('+').any(|word| word == "mostly-tough");
        assert_eq!(named, !most.is_empty(), "{row:?}");
        (seen, halted) = (seen + u32::from(!any.is_empty()), halted + u32::from(named));
        assert!(!named || row[column(&ends, "end_day")] == most, "{row:?}");
    }
    assert!(seen > 1 && halted > 0 && halted < replicates.len() as u32, "{seen} {halted}");
    let summary = evotor::simulation::summary(&job, &done);
    assert_eq!(summary.first_passage_days["first-tough"].len() as u32, seen);
    assert_eq!(
        summary.outcomes.iter().filter(|(o, _)| o.contains("mostly-tough")).map(|o| o.1).sum::<u32>(),
        halted
    );
}

#[test]
fn a_lost_device_is_replaced_by_the_cpu() {
    let job = job(SMALL);
    let whole = tempfile::tempdir().unwrap();
    let settings = Settings { block: Some(2), chunk: Some(1), ..settings() };
    run_whole(&job, &settings, whole.path());
    for lose_at in [0, 1, 8, 23] {
        let temp = tempfile::tempdir().unwrap();
        let backend = BackendOptions { lose_at: Some(lose_at), ..BackendOptions::cpu(1) };
        let fragile = Settings { backend, checkpoint_every: std::time::Duration::ZERO, ..settings.clone() };
        let (ending, notes) = run_until(&job, &fragile, temp.path(), u64::MAX);
        finished(ending.unwrap());
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("failed to keep the GPU") && notes[0].contains("on the CPU"), "{notes:?}");
        assert_same_results(temp.path(), whole.path(), &format!("lost at step {lose_at}"));
    }
}

#[test]
fn without_a_gpu_asking_for_one_is_an_error_that_touches_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    let backend =
        BackendOptions { choice: Choice::Gpu, adapter: Some("no such adapter".into()), ..Default::default() };
    let error = run_until(&job(SMALL), &Settings { backend, ..settings() }, &dir, u64::MAX).0.unwrap_err();
    assert!(!error.is_input() && error.to_string().contains("--backend cpu"), "{error}");
    assert!(!dir.exists());
}

#[test]
fn a_finished_run_is_left_as_it_is() {
    let temp = tempfile::tempdir().unwrap();
    let expected = run_whole(&job(SMALL), &settings(), temp.path());
    let before = support::results(temp.path());
    let again = finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
    assert_eq!(again.digest, expected.digest);
    assert_eq!(support::results(temp.path()), before);
}

#[test]
fn the_treated_scenario_reaches_what_it_should() {
    let temp = tempfile::tempdir().unwrap();
    let done = run_whole(&job(TREATED), &settings(), temp.path());
    let outcomes: Vec<u32> = done.record.tallies.iter().map(|t| t.last.as_ref().unwrap().status).collect();
    assert!(outcomes.contains(&1) && outcomes.iter().any(|s| s & 8 != 0), "{outcomes:?}");
    let text = fs::read_to_string(temp.path().join("therapy.csv")).unwrap();
    for part in
        [",line_ends,,,,progression", ",2,line_begins", ",hold,everolimus", ",resume,everolimus", ",stop,"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    // The surgery: a fifth of the cells is left, and the dead are gone with the others.
    let series = fs::read_to_string(temp.path().join("series.csv")).unwrap();
    let cells = |step: &str| -> Vec<f64> {
        let rows = series.lines().map(|l| l.split(',').collect::<Vec<_>>()).filter(|r| r[1] == step);
        rows.map(|r| r[3].parse::<f64>().unwrap() + r[4].parse::<f64>().unwrap()).collect()
    };
    for (before, after) in cells("200").into_iter().zip(cells("208")) {
        assert!(after > 0.05 * before && after < 0.4 * before, "{before} {after}");
    }
}

/// Steps at which a therapy is interrupted at an awkward moment: around every event of its tables, mid-day, and around
/// the surgery on day 100.
fn awkward(dir: &std::path::Path) -> Vec<u64> {
    let mut days = vec![0, 1, 99, 100, 101];
    for table in ["therapy.csv", "visits.csv", "adverse_events.csv"] {
        let text = fs::read_to_string(dir.join(table)).unwrap();
        days.extend(text.lines().skip(1).map(|l| l.split(',').nth(1).unwrap().parse::<u64>().unwrap()));
    }
    let mut steps: Vec<u64> = days.into_iter().flat_map(|d| [2 * d, 2 * d + 1]).collect();
    steps.retain(|s| *s < 256);
    steps.sort_unstable();
    steps.dedup();
    steps
}

// Mid-day, on the day of a visit, of a hold, of the surgery, between lines, and after a lesion has halted.
#[test]
fn stopping_a_therapy_at_any_moment_changes_nothing() {
    let job = job(TREATED);
    let settings = Settings { chunk: Some(1), ..settings() };
    let whole = tempfile::tempdir().unwrap();
    let expected = run_whole(&job, &settings, whole.path());
    let steps = awkward(whole.path());
    assert!(steps.len() > 30, "{steps:?}");
    // Every second one stops in the second block, so that both orders of blocks are met.
    for (i, done) in steps.into_iter().enumerate() {
        let block = Some(if i % 4 == 3 { 2 } else { 3 });
        let settings = Settings { block, ..settings.clone() };
        let blocks = tempfile::tempdir().unwrap();
        let compare = if block == Some(2) {
            run_whole(&job, &settings, blocks.path());
            blocks.path()
        } else {
            whole.path()
        };
        let temp = tempfile::tempdir().unwrap();
        assert!(matches!(
            run_until(&job, &settings, temp.path(), done).0.unwrap(),
            Ending::Stopped { signal: 15, .. }
        ));
        let found = finished(resume_until(&settings, temp.path(), u64::MAX).unwrap());
        assert_eq!(found.digest, expected.digest, "stopped after {done} steps");
        assert_eq!(found.record.tallies, expected.record.tallies, "stopped after {done} steps");
        assert_same_results(temp.path(), compare, &format!("stopped after {done} steps"));
    }
}

#[test]
fn stopping_a_therapy_many_times_changes_nothing() {
    let stops = stopped_every(13, TREATED);
    assert!(stops > 10, "{stops}");
}

/// The treated scenario with a dose that follows its trough and a marker that ends a line: samples wait for their results most of the time.
fn followed() -> String {
    let trigger = r#"
trigger = { marker = "cga", above = 1.15, samples = 1, every = "8 d", turnaround = "3 d", action = "end_line" }
"#;
    let monitoring = r#"[[therapy.monitoring]]
drug = "everolimus"
lower = "10 ng/mL"
upper = "15 ng/mL"
levels = ["2.5 mg", "5 mg", "7.5 mg", "10 mg", "15 mg"]
after = "7 d"
every = "7 d"
turnaround = "3 d"

[stop]"#;
    let ends = "until = [\"progression\", \"toxicity\"]\n";
    TREATED.replace(ends, &format!("{}{trigger}", ends.trim_end())).replace("[stop]", monitoring)
}

// Between a sample and what follows from it too.
#[test]
fn stopping_between_a_sample_and_its_result_changes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    run_whole(&job(&followed()), &settings(), temp.path());
    let text = fs::read_to_string(temp.path().join("therapy.csv")).unwrap();
    for part in
        [",trough,everolimus,", ",adjust,everolimus,", ",lowered,", ",marker,,", ",line_ends,,,,marker,"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let stops = stopped_every(5, &followed());
    assert!(stops > 30, "{stops}");
}

#[test]
fn blocks_chunks_and_threads_change_no_digest_of_a_therapy() {
    let job = job(TREATED);
    let run = |settings: &Settings| run_in_memory(&job, settings).unwrap();
    let expected = run(&settings());
    let same = |settings: Settings, what: &str| {
        let found = run(&settings);
        assert_eq!(found.digest, expected.digest, "{what}");
        assert_eq!(found.record.tallies, expected.record.tallies, "{what}");
    };
    for block in [1, 2, 3] {
        same(Settings { block: Some(block), ..settings() }, &format!("blocks of {block}"));
    }
    for chunk in [1, 2, 5, 7, 1000] {
        same(Settings { chunk: Some(chunk), ..settings() }, &format!("chunks of {chunk}"));
    }
    for threads in [2, 3, 5] {
        same(Settings { backend: BackendOptions::cpu(threads), ..settings() }, &format!("{threads} threads"));
    }
    // Negative control: another seed is another run.
    assert_ne!(run_in_memory(&job_of_seed(6), &settings()).unwrap().digest, expected.digest);
}

fn job_of_seed(seed: u32) -> evotor::simulation::Job {
    job(&TREATED.replace("seed = 5", &format!("seed = {seed}")))
}

#[test]
fn a_lost_device_is_replaced_by_the_cpu_in_a_therapy() {
    let job = job(TREATED);
    let whole = tempfile::tempdir().unwrap();
    let settings = Settings { chunk: Some(1), ..settings() };
    run_whole(&job, &settings, whole.path());
    for lose_at in [1, 150, 201, 220] {
        let temp = tempfile::tempdir().unwrap();
        let backend = BackendOptions { lose_at: Some(lose_at), ..BackendOptions::cpu(1) };
        let fragile = Settings { backend, checkpoint_every: std::time::Duration::ZERO, ..settings.clone() };
        let (ending, notes) = run_until(&job, &fragile, temp.path(), u64::MAX);
        finished(ending.unwrap());
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_same_results(temp.path(), whole.path(), &format!("lost at step {lose_at}"));
    }
}

// Without a therapy checks may lie within a day. What cells secrete follows the census of the morning: a run that went on
// at noon took that of the check in between.
#[test]
fn stopping_between_checks_within_a_day_changes_nothing() {
    let text = TREATED.split("[therapy]").next().unwrap().to_owned() + "[stop]\nextinction = true\n";
    let text =
        text.replace("every = \"4 d\"", "every = \"6 h\"").replace("step = \"12 h\"", "step = \"3 h\"");
    let job = job(&text.replace("end = \"128 d\"", "end = \"6 d\""));
    let settings = Settings { chunk: Some(1), ..settings() };
    let expected = run_in_memory(&job, &settings).unwrap();
    for done in 1..48 {
        let temp = tempfile::tempdir().unwrap();
        run_until(&job, &settings, temp.path(), done).0.unwrap();
        let found = finished(resume_until(&settings, temp.path(), u64::MAX).unwrap());
        assert_eq!(found.digest, expected.digest, "stopped after {done} steps");
    }
}

// A step of a whole day leaves no room for the clearing of what surgery took in the day of the surgery: it falls into the
// next day, whose plan once overwrote it, so that the dead stayed.
#[test]
fn surgery_with_steps_of_a_day_takes_the_dead_with_it() {
    let text = TREATED.replace("step = \"12 h\"", "step = \"24 h\"").replace("0.0225 /d", "0.003 /d");
    let text = text.split("[output]").next().unwrap().to_owned();
    let text = text.replace("every = \"4 d\"", "every = \"1 d\"");
    let job = job(&text);
    let (temp, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let settings = Settings { chunk: Some(1), ..settings() };
    let done = run_whole(&job, &settings, temp.path());
    let series = fs::read_to_string(temp.path().join("series.csv")).unwrap();
    let row = |day: u32| -> Vec<f64> {
        let rows = series.lines().map(|l| l.split(',').collect::<Vec<_>>());
        let mut rows = rows.filter(|r| r[0] == "1" && r[1] == day.to_string());
        rows.next().unwrap()[3..5].iter().map(|x| x.parse().unwrap()).collect()
    };
    let (before, killed, cleared) = (row(100), row(101), row(102));
    assert!(killed[0] < 0.4 * before[0] && killed[1] > 0.6 * before[0], "{before:?} {killed:?}");
    assert!(cleared[1] < 0.1 * before[0], "{killed:?} {cleared:?}");
    for done_steps in [99, 100, 101, 102] {
        fs::remove_dir_all(again.path()).unwrap();
        run_until(&job, &settings, again.path(), done_steps).0.unwrap();
        let found = finished(resume_until(&settings, again.path(), u64::MAX).unwrap());
        assert_eq!(found.digest, done.digest, "stopped after {done_steps} steps");
    }
}

// Cells in the ledger, what has become of them since the last account, what is due from agents, and a lattice that was exchanged with since its
// last check: each is lost on the way if a checkpoint lacks it.
#[test]
fn a_ledger_is_the_same_wherever_a_run_is_stopped() {
    let text = with_ledger();
    let job = job(&text);
    let whole = tempfile::tempdir().unwrap();
    let expected = run_whole(&job, &settings(), whole.path());
    let tallies = &expected.record.tallies;
    assert!(
        tallies
            .iter()
            .all(|t| t.ledger.as_ref().is_some_and(|l| l.all_per_agent == 50.0 && l.per_agent < 50.0))
    );
    let in_ledgers: usize = tallies.iter().map(|t| t.ledger.as_ref().unwrap().ledger.states.len()).sum();
    let mutant = |t: &evotor::simulation::Tally| {
        let live = &t.last.as_ref().unwrap().live_by_row;
        live.iter().zip(&job.names).filter(|(_, name)| name.contains("gsk3")).map(|(n, _)| *n).sum::<u32>()
    };
    assert!(in_ledgers > 0 && tallies.iter().map(mutant).sum::<u32>() > 0, "{in_ledgers} states in ledgers");
    for done in [1, 3, 14, 28, 29, 57, 84, 98, 111] {
        let temp = tempfile::tempdir().unwrap();
        let hasty = Settings { chunk: Some(1), ..settings() };
        let stopped = run_until(&job, &hasty, temp.path(), done).0.unwrap();
        assert!(matches!(stopped, Ending::Stopped { .. }), "{done}");
        let found = finished(resume_until(&settings(), temp.path(), u64::MAX).unwrap());
        assert_eq!(found.record.tallies, expected.record.tallies, "stopped after {done} steps");
        assert_same_results(temp.path(), whole.path(), &format!("ledger, after {done} steps"));
    }
    let digest = |settings: &Settings| run_in_memory(&job, settings).unwrap().digest;
    for other in [
        Settings { block: Some(1), ..settings() },
        Settings { chunk: Some(5), ..settings() },
        Settings { backend: BackendOptions::cpu(3), ..settings() },
    ] {
        assert_eq!(digest(&other), expected.digest);
    }
}

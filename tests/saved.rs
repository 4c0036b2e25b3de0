//! A run that starts from the tissue of another one.

use std::fs;
use std::path::Path;

use crate::support::runs::{finished, job, resume_until, run_until, run_whole, settings};
use crate::support::{SMALL, assert_same_results};
use evotor::scenario;
use evotor::simulation::{Job, RunError, Settings, naming::state_name, run_in_memory};
use evotor::tissue::word;

/// The small scenario, from a saved state.
fn from_saved() -> String {
    let start = "[start]\nshape = \"count\"\ncells = 3\n";
    assert!(SMALL.contains(start));
    SMALL
        .replace(start, "[start]\nshape = \"saved\"\npath = \"grown/checkpoint.evotor\"\n")
        .replace("seed = 13", "seed = 9")
}

fn job_in(text: &str, dir: &Path) -> Result<Job, RunError> {
    let loaded = scenario::parse(text, "test.toml", dir)
        .unwrap_or_else(|e| panic!("{}", e.render(scenario::MessageStyle::Plain)));
    Job::new(&loaded.scenario, dir)
}

/// A folder with a finished run in `grown`.
fn grown() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    run_whole(&job(SMALL), &settings(), &temp.path().join("grown"));
    temp
}

#[test]
fn the_tissue_is_taken_over_and_time_starts_again() {
    let temp = grown();
    let job = job_in(&from_saved(), temp.path()).unwrap();
    let lesion = job.starting_lesion(2, 1).unwrap();
    lesion.check().unwrap();
    let before = fs::read_to_string(temp.path().join("grown/replicates.csv")).unwrap();
    let row: Vec<&str> = before.lines().nth(3).unwrap().split(',').collect();
    let (live, dead) = lesion.burden();
    assert_eq!([row[8], row[9]], [live.to_string(), dead.to_string()]);
    assert_eq!((lesion.step, lesion.control.status, lesion.counters.births), (0, 0, 0));
    assert!(lesion.table.0.iter().all(|c| c.step == 0));
    assert!(lesion.table.len() > 1, "no clone was taken over");
    let sizes = lesion.clone_sizes();
    let parents: Vec<u32> = lesion.table.0.iter().map(|c| c.parent).collect();
    for id in 1..sizes.len() as u32 {
        let has_dead = lesion.cells().any(|(_, w, c)| word::is_dead(w) && c == id);
        assert!(sizes[id as usize] > 0 || has_dead || parents.contains(&id), "clone {id} is extinct");
    }
}

// What stands behind the names of states must not depend on the order of loci.
#[test]
fn states_are_carried_over_by_name() {
    let temp = grown();
    let text = from_saved()
        .replace(r#"loci = ["tough", "gsk3", "rtk"]"#, r#"loci = ["rtk", "kras", "gsk3", "tough"]"#);
    let (plain, moved) = (job_in(&from_saved(), temp.path()).unwrap(), job_in(&text, temp.path()).unwrap());
    let names = |job: &Job| -> Vec<Vec<String>> {
        let lesion = job.starting_lesion(0, 1).unwrap();
        let live = lesion.live_cells();
        live.map(|(_, w, _)| {
            let name = state_name(&job.space, &job.scenario.loci, word::code(w));
            let mut parts: Vec<String> = name.split('+').map(str::to_owned).collect();
            parts.sort();
            parts
        })
        .collect()
    };
    assert_ne!(plain.scenario.loci[0].name, moved.scenario.loci[0].name);
    assert_eq!(names(&plain), names(&moved));
}

#[test]
fn a_run_from_a_saved_state_can_be_resumed_without_it() {
    let temp = grown();
    let job = job_in(&from_saved(), temp.path()).unwrap();
    let settings = Settings { block: Some(2), chunk: Some(1), ..settings() };
    let whole = temp.path().join("whole");
    let expected = run_whole(&job, &settings, &whole);
    assert_eq!(run_in_memory(&job, &settings).unwrap().digest, expected.digest);
    for done in [3, 33, 70] {
        let dir = temp.path().join(format!("stopped-{done}"));
        run_until(&job, &settings, &dir, done).0.unwrap();
        fs::rename(temp.path().join("grown"), temp.path().join("moved")).unwrap();
        let found = finished(resume_until(&settings, &dir, u64::MAX).unwrap());
        fs::rename(temp.path().join("moved"), temp.path().join("grown")).unwrap();
        assert_eq!(found.digest, expected.digest);
        assert_same_results(&dir, &whole, &format!("stopped after {done} steps"));
    }
}

// A whole and undamaged start, but of another run: later blocks would begin with other cells.
#[test]
fn a_saved_start_that_was_exchanged_is_refused() {
    let temp = grown();
    let dir = temp.path().join("second");
    run_until(&job_in(&from_saved(), temp.path()).unwrap(), &settings(), &dir, 5).0.unwrap();
    let other = tempfile::tempdir().unwrap();
    run_whole(&job(&SMALL.replace("seed = 13", "seed = 5")), &settings(), other.path());
    fs::copy(other.path().join("checkpoint.evotor"), dir.join("start.evotor")).unwrap();
    let error = resume_until(&settings(), &dir, u64::MAX).unwrap_err();
    assert!(error.is_input() && error.to_string().contains("start.evotor"), "{error}");
}

#[test]
fn what_does_not_fit_is_refused_with_a_way_out() {
    let temp = grown();
    let error = |text: String| job_in(&text, temp.path()).map(|_| ()).unwrap_err();
    let other_size = error(from_saved().replace("size = [70, 40]", "size = [64, 40]"));
    assert!(other_size.to_string().contains("70 x 40 x 1"), "{other_size}");
    let renamed = from_saved().replace(r#"levels = ["no", "yes"]"#, r#"levels = ["no", "very"]"#);
    let unknown = error(renamed.replace("tough=yes", "tough=very"));
    assert!(unknown.to_string().contains("tough=yes"), "{unknown}");
    fs::write(temp.path().join("grown/checkpoint.evotor"), b"evotorCP").unwrap();
    let damaged = error(from_saved());
    assert!(damaged.to_string().contains("truncated"), "{damaged}");
    assert!(other_size.is_input() && unknown.is_input() && damaged.is_input());
}

#[test]
fn a_run_that_had_not_begun_is_no_start() {
    let temp = tempfile::tempdir().unwrap();
    run_until(&job(SMALL), &settings(), &temp.path().join("grown"), 0).0.unwrap();
    let error = job_in(&from_saved(), temp.path()).map(|_| ()).unwrap_err();
    assert!(error.is_input() && error.to_string().contains("had not begun"), "{error}");
}

//! A small trial in which lesions are thinned, lines switch, and patients leave at different times.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use evotor::simulation::{BackendOptions, RunError};
use evotor::trial::file;
use evotor::trial::output::{Extras, Progress, RunInfo, TrialFolder};
use evotor::trial::results::Results;
use evotor::trial::run::{Choices, Finished, PatientRun, Plan, Watch, run};

/// The trial.
pub const TRIAL: &str = include_str!("../data/small-trial.toml");

/// A trial's plan.
pub fn plan(text: &str) -> Plan {
    let loaded = file::parse(text, "trial.toml", Path::new("")).expect("a trial");
    Plan::new(&loaded.scenario, None).expect("a plan")
}

struct Desk<'a> {
    plan: &'a Plan,
    folder: TrialFolder,
    results: Results,
}

impl Watch for Desk<'_> {
    fn progress(&mut self, _done: u32, _all: u32) {}

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.folder.add(self.plan, &run)?;
        self.results.add(&run);
        Ok(())
    }
}

/// Runs a trial into a folder.
pub fn run_into(plan: &Plan, backend: &BackendOptions, dir: &Path) -> Results {
    let course = RunInfo {
        surrogate: false,
        patients: plan.cohort.spec().patients,
        only: None,
        arms: None,
        stopped: false,
        failed: Vec::new(),
    };
    let results = Results::new(plan);
    let mut progress = Progress::new(String::new(), course.clone(), Extras::default(), results.clone());
    let folder = TrialFolder::create(dir, true, plan, &mut progress).expect("a folder");
    let mut desk = Desk { plan, folder, results };
    let choices = Choices { backend: backend.clone(), patients: None, arms: None, surrogate: false };
    let finished = run(plan, &choices, &mut desk, &AtomicUsize::new(0)).expect("the trial");
    assert_eq!(finished, Finished::Done(Vec::new()));
    desk.folder.conclude(plan, &desk.results, &course).expect("the tables");
    desk.folder.finish().expect("the end");
    desk.results
}

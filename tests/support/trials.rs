//! A small trial in which lesions are thinned, lines switch, and patients leave at different times.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use evotor::simulation::{BackendOptions, RunError};
use evotor::trial::file;
use evotor::trial::output::TrialFolder;
use evotor::trial::results::Results;
use evotor::trial::run::{Choices, Finished, PatientRun, Plan, Watch, run};

/// The trial.
pub const TRIAL: &str = r#"
name = "small-trial"
phenotype = "signalling"
seed = 9
[time]
end = "420 d"
[lattice]
placement = "radius"
radius = 4
candidates = 16
[start]
[oxygen]
[vessels]
[cohort]
patients = 3
agents = 900
[[cohort.change]]
quantity = "growth"
typical = 0.009
spread = 0.4
[assessment.visits]
every = "56 d"
[[arm]]
name = "sequence"
[[arm.therapy.line]]
regimens = "sunitinib 50 mg daily, 4 weeks on 2 weeks off"
until = ["progression", "toxicity"]
[[arm.therapy.line]]
regimens = "everolimus 10 mg daily"
until = "progression"
[[arm]]
name = "supportive care"
[arm.therapy]
regimen = "best supportive care"
"#;

/// A trial's plan.
pub fn plan(text: &str) -> Plan {
    let loaded = file::parse(text, "trial.toml", Path::new("")).expect("a trial");
    Plan::new(&loaded.scenario, None).expect("a plan")
}

struct Desk<'a> {
    plan: &'a Plan,
    folder: TrialFolder,
    results: Results,
    taken: bool,
}

impl Watch for Desk<'_> {
    fn progress(&mut self, _done: u32, _all: u32) {}

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.folder.add(self.plan, &run, !self.taken)?;
        self.taken = true;
        self.results.add(&run);
        Ok(())
    }
}

/// Runs a trial into a folder.
pub fn run_into(plan: &Plan, backend: &BackendOptions, dir: &Path) -> Results {
    let folder = TrialFolder::create(dir, true, plan, "").expect("a folder");
    let mut desk = Desk { plan, folder, results: Results::new(plan), taken: false };
    let choices = Choices { backend: backend.clone(), patients: None, arms: None, surrogate: false };
    let finished = run(plan, &choices, &mut desk, &AtomicUsize::new(0)).expect("the trial");
    assert_eq!(finished, Finished::Done(Vec::new()));
    desk.folder.finish(plan, &desk.results).expect("the tables");
    desk.results
}

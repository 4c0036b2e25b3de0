//! A small trial in which lesions are thinned, lines switch, and patients leave at different times.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use evotor::simulation::BackendOptions;
use evotor::trial::file;
use evotor::trial::hooks::TrialHooks;
use evotor::trial::output::Extras;
use evotor::trial::results::Results;
use evotor::trial::run::TrialEnding;
use evotor::trial::session::{Selection, Session};

/// The trial.
pub const TRIAL: &str = include_str!("../data/small-trial.toml");

/// Runs a trial into a folder.
pub fn run_into(text: &str, backend: &BackendOptions, dir: &Path) -> Results {
    let loaded = file::parse(text, "trial.toml", Path::new("")).expect("a trial");
    let session = Session::new(loaded.scenario, &Selection::default(), backend.clone()).expect("a plan");
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    let run = session.run(dir, true, Extras::default(), &mut hooks).expect("the trial");
    assert_eq!(run.finished, TrialEnding::Done(Vec::new()));
    run.folder.finish().expect("the end");
    run.results
}

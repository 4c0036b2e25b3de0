//! A small trial in which lesions are thinned, lines switch, and patients leave at different times.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use evotor::simulation::BackendOptions;
use evotor::trial::file;
use evotor::trial::hooks::{Listener, TrialHooks};
use evotor::trial::output::Extras;
use evotor::trial::results::Results;
use evotor::trial::run::TrialEnding;
use evotor::trial::session::{Selection, Session};

/// The trial.
pub const TRIAL: &str = include_str!("../data/small-trial.toml");

/// What is noted on the way.
#[derive(Default)]
struct Notes(Vec<String>);

impl Listener for Notes {
    fn note(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }
}

/// Runs a trial into a folder; what was noted on the way.
pub fn run_into(text: &str, backend: &BackendOptions, dir: &Path) -> (Results, Vec<String>) {
    let loaded = file::parse(text, "trial.toml", Path::new("")).expect("a trial");
    let session = Session::new(loaded.scenario, &Selection::default(), backend.clone()).expect("a plan");
    let mut notes = Notes::default();
    let mut hooks = TrialHooks { listener: &mut notes, stop: &AtomicUsize::new(0) };
    let run = session.run(dir, true, Extras::default(), &mut hooks).expect("the trial");
    assert_eq!(run.finished, TrialEnding::Done(Vec::new()));
    run.folder.finish().expect("the end");
    (run.results, notes.0)
}

/// Stops a trial as soon as somebody is through.
struct Stopper<'a>(&'a AtomicUsize);

impl Listener for Stopper<'_> {
    fn progress(&mut self, _done: u64, _parts: u64) {
        self.0.store(15, Ordering::Relaxed);
    }
}

/// Runs a trial into a folder on one backend until somebody is through, and to the end on another one.
pub fn stopped_and_gone_on_with(text: &str, backends: [&BackendOptions; 2], dir: &Path) -> Results {
    let loaded = file::parse(text, "trial.toml", Path::new("")).expect("a trial");
    let [first, second] = backends.map(|backend| {
        Session::new(loaded.scenario.clone(), &Selection::default(), backend.clone()).expect("a plan")
    });
    let stop = AtomicUsize::new(0);
    let mut hooks = TrialHooks { listener: &mut Stopper(&stop), stop: &stop };
    let run = first.run(dir, true, Extras::default(), &mut hooks).expect("the beginning");
    assert_eq!(run.finished, TrialEnding::Stopped(15));
    drop(run);
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    let run = second.take_up(dir, Extras::default(), &mut hooks).expect("the rest");
    assert_eq!(run.finished, TrialEnding::Done(Vec::new()));
    run.folder.finish().expect("the end");
    run.results
}

//! Runs within the test's own process, stopped and resumed where a test wants it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use evotor::render::Painter;
use evotor::scenario;
use evotor::simulation::{
    BackendOptions, Ending, Finished, Hooks, Job, Resumable, RunError, RunProgress, Settings, Watch, run,
};

/// A scenario from its text.
pub fn job(text: &str) -> Job {
    let loaded = scenario::parse(text, "test.toml", Path::new(""))
        .unwrap_or_else(|e| panic!("{}", e.render(scenario::MessageStyle::Plain)));
    Job::new(&loaded.scenario, Path::new("")).unwrap()
}

/// One thread, checkpoints only where a run is stopped.
pub fn settings() -> Settings {
    Settings {
        backend: BackendOptions::cpu(1),
        checkpoint_every: Duration::from_secs(3600),
        block: None,
        chunk: None,
    }
}

/// Stops a run once it has come so far.
struct StopAt<'a> {
    done: u64,
    stop: &'a AtomicUsize,
    notes: Vec<String>,
}

impl Watch for StopAt<'_> {
    fn progress(&mut self, progress: &RunProgress) {
        if progress.done >= self.done {
            self.stop.store(15, Ordering::Relaxed);
        }
    }

    fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }
}

/// Runs until so many steps are done (0: it stops before the first one); what was noted on the way.
pub fn run_until(
    job: &Job,
    settings: &Settings,
    dir: &Path,
    done: u64,
) -> (Result<Ending, RunError>, Vec<String>) {
    let stop = AtomicUsize::new(if done == 0 { 15 } else { 0 });
    let mut watch = StopAt { done, stop: &stop, notes: Vec::new() };
    let hooks = Hooks { watch: &mut watch, painter: Some(&Painter), stop: &stop };
    let ending = run(job, settings, dir, false, hooks);
    (ending, watch.notes)
}

/// Goes on until so many steps are done.
pub fn resume_until(settings: &Settings, dir: &Path, done: u64) -> Result<Ending, RunError> {
    let resumable = Resumable::open(dir)?;
    let stop = AtomicUsize::new(0);
    let mut watch = StopAt { done, stop: &stop, notes: Vec::new() };
    resumable.go(settings, Hooks { watch: &mut watch, painter: Some(&Painter), stop: &stop })
}

/// Runs to the end.
pub fn run_whole(job: &Job, settings: &Settings, dir: &Path) -> Finished {
    finished(run_until(job, settings, dir, u64::MAX).0.unwrap())
}

/// What a run that is done came to.
pub fn finished(ending: Ending) -> Finished {
    match ending {
        Ending::Done(finished) => finished,
        Ending::Stopped { step, .. } => panic!("stopped at step {step}"),
    }
}

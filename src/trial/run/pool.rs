//! Patients on workers, and their results in order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use crate::engine::EngineError;
use crate::scenario::Scenario;
use crate::simulation::{BackendOptions, RunError, memory};

use super::patient::{PatientRun, Unfinished, by_surrogate, through};
use super::plan::Plan;

/// Stack of a worker, whatever the shell's limit is.
const STACK: usize = 4 << 20;

/// Choices about a trial, none of which changes results, but for who and what is simulated.
#[derive(Debug, Clone)]
pub struct TrialOptions {
    /// Where steps are computed.
    pub backend: BackendOptions,
    /// Patients; `None`: all of the cohort.
    pub patients: Option<Vec<u32>>,
    /// Arms, ascending; `None`: all.
    pub arms: Option<Vec<usize>>,
    /// Mean field in place of agents.
    pub surrogate: bool,
}

/// A patient, or one arm of it, that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientFailure {
    /// The patient.
    pub patient: u32,
    /// The arm; `None`: the patient could not begin in any.
    pub arm: Option<usize>,
    /// Why.
    pub message: String,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialEnding {
    /// All patients are through.
    Done(Vec<PatientFailure>),
    /// A signal stopped it.
    Stopped(usize),
}

/// Who is told, and takes results, patient after patient in the order of their numbers.
pub trait PatientSink: Send {
    /// A patient is done, perhaps out of order: how many are, and how many there are.
    fn progress(&mut self, done: u32, all: u32);

    /// The next patient's results.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on: a full disk.
    fn take(&mut self, run: PatientRun) -> Result<(), RunError>;

    /// Something that the user should know, in one line.
    fn note(&mut self, _text: &str) {}

    /// The next patient, or one of its arms, has failed; arms that failed are told of before the patient is taken.
    fn lost(&mut self, _failure: &PatientFailure) {}
}

/// What workers share.
struct OrderedSink<'a> {
    watch: &'a mut dyn PatientSink,
    waiting: BTreeMap<u32, Result<PatientRun, String>>,
    failures: Vec<PatientFailure>,
    error: Option<RunError>,
    next: usize,
    done: u32,
}

/// Runs a trial.
///
/// # Errors
///
/// Where nobody can be simulated (no backend), and what the watch says. A single patient's failure is none.
pub fn run(
    plan: &Plan,
    choices: &TrialOptions,
    watch: &mut dyn PatientSink,
    stop: &AtomicUsize,
) -> Result<TrialEnding, RunError> {
    let everybody = || (0..plan.cohort.spec().patients).collect();
    let patients: Vec<u32> = choices.patients.clone().unwrap_or_else(everybody);
    let arms = choices.arms.clone().unwrap_or_else(|| (0..plan.arms().len()).collect());
    fits(plan, choices, &patients)?;
    let sink =
        OrderedSink { watch, waiting: BTreeMap::new(), failures: Vec::new(), error: None, next: 0, done: 0 };
    let crew = Crew {
        plan,
        surrogate: choices.surrogate,
        patients: &patients,
        arms: &arms,
        stop,
        next: AtomicUsize::new(0),
        halt: AtomicUsize::new(0),
        signal: AtomicUsize::new(0),
        lost: Mutex::new(None),
        sink: Mutex::new(sink),
    };
    crew.work(choices)?;
    let sink = whole(crew.sink.into_inner());
    match (sink.error, crew.signal.into_inner()) {
        (Some(error), _) => Err(error),
        (None, 0) => Ok(TrialEnding::Done(sink.failures)),
        (None, signal) => Ok(TrialEnding::Stopped(signal)),
    }
}

/// Refuses what does not fit the memory that a job may take: as many patients at once as there are workers.
fn fits(plan: &Plan, choices: &TrialOptions, patients: &[u32]) -> Result<(), RunError> {
    let Some(first) = patients.first() else { return Ok(()) };
    let patient = plan.cohort.patient(*first);
    let lesions = patient.lesions.len().max(1) as u32;
    let own = Scenario { replicates: lesions, ..plan.scenario_of(&patient) };
    let own = Some(&own).filter(|_| !choices.surrogate);
    let workers = workers(choices).1.min(patients.len()) as u32;
    memory::estimate_workers(own, workers, STACK).check(memory::available()).map_err(|error| match error {
        RunError::Memory { needed, available, may_pass, .. } => {
            let way_out = match choices.surrogate {
                true => "give fewer --threads, or more memory",
                false => {
                    "lower `agents` of [cohort] or give smaller lattices, fewer --threads, or more memory"
                }
            };
            RunError::Memory { needed, available, may_pass, way_out: way_out.to_owned() }
        }
        other => other,
    })
}

/// Who takes patients through, and what they share.
struct Crew<'a> {
    plan: &'a Plan,
    surrogate: bool,
    patients: &'a [u32],
    arms: &'a [usize],
    stop: &'a AtomicUsize,
    /// Position of the next patient that nobody has taken.
    next: AtomicUsize,
    /// Not zero once nobody should begin with another patient.
    halt: AtomicUsize,
    signal: AtomicUsize,
    /// Position of the patient at whom the device failed, and how.
    lost: Mutex<Option<(usize, RunError)>>,
    sink: Mutex<OrderedSink<'a>>,
}

/// A worker that failed has told why; what others have is whole.
fn whole<T>(locked: Result<T, std::sync::PoisonError<T>>) -> T {
    locked.unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Crew<'_> {
    /// Everybody by the workers of a trial; by those on the CPU from the patient on at whom the device fails.
    fn work(&self, choices: &TrialOptions) -> Result<(), RunError> {
        let mut choices = choices.clone();
        loop {
            let (options, workers) = workers(&choices);
            self.all(&options, workers)?;
            let Some((at, error)) = whole(self.lost.lock()).take() else { return Ok(()) };
            let patient = self.patients[at];
            whole(self.sink.lock()).watch.note(&format!(
                "failed to {error}; the trial goes on from patient {patient} on the CPU, with the same results"
            ));
            choices.backend = choices.backend.on_cpu();
            self.next.store(at, Ordering::Relaxed);
        }
    }

    fn all(&self, options: &BackendOptions, workers: usize) -> Result<(), RunError> {
        std::thread::scope(|scope| {
            for others in 0..workers.min(self.patients.len()) {
                let worker = std::thread::Builder::new().stack_size(STACK);
                match worker.spawn_scoped(scope, || while self.one(options) {}) {
                    Err(error) if others == 0 => return Err(EngineError::Threads(error.to_string()).into()),
                    // Those who are there do the work.
                    Err(_) => break,
                    Ok(_) => (),
                }
            }
            Ok(())
        })
    }

    /// Takes the next patient through; whether there may be another one.
    fn one(&self, options: &BackendOptions) -> bool {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(id) = self.patients.get(at).filter(|_| self.halt.load(Ordering::Relaxed) == 0) else {
            return false;
        };
        let run = catch_unwind(AssertUnwindSafe(|| match self.stop.load(Ordering::Relaxed) {
            0 if self.surrogate => by_surrogate(self.plan, *id, self.arms),
            0 => through(self.plan, options, *id, self.arms, self.stop),
            signal => Err(Unfinished::Stopped(signal)),
        }));
        let result = match run {
            Ok(Ok(run)) => Ok(run),
            Ok(Err(Unfinished::Failed(message))) => Err(message),
            Ok(Err(Unfinished::Stopped(by))) => {
                self.signal.store(by, Ordering::Relaxed);
                return false;
            }
            Ok(Err(Unfinished::Lost(error))) => {
                whole(self.lost.lock()).get_or_insert((at, error));
                return false;
            }
            Err(_) => Err("a fault of the program (its message stands above)".to_owned()),
        };
        let mut sink = whole(self.sink.lock());
        sink.put(*id, result, self.patients);
        if sink.error.is_some() {
            self.halt.store(1, Ordering::Relaxed);
        }
        true
    }
}

/// Options of each worker, and how many there are: a CPU thread each, or one for the GPU. Unless a GPU is asked for, trials run on
/// the CPU: their lattices are small, and all its cores are busy with a patient each.
fn workers(choices: &TrialOptions) -> (BackendOptions, usize) {
    let options = &choices.backend;
    if options.is_gpu_asked_for() && !choices.surrogate {
        return (options.clone(), 1);
    }
    (BackendOptions { threads: 1, ..options.on_cpu() }, options.cpu_threads())
}

impl OrderedSink<'_> {
    fn put(&mut self, id: u32, result: Result<PatientRun, String>, patients: &[u32]) {
        self.done += 1;
        self.watch.progress(self.done, patients.len() as u32);
        self.waiting.insert(id, result);
        while let Some(next) = patients.get(self.next)
            && let Some(result) = self.waiting.remove(next)
        {
            self.next += 1;
            self.pass_on(*next, result);
        }
    }

    fn pass_on(&mut self, patient: u32, result: Result<PatientRun, String>) {
        let lost: Vec<PatientFailure> = match &result {
            Ok(run) => {
                let failed = run.arms.iter().filter_map(|(arm, result)| Some((arm, result.as_ref().err()?)));
                failed
                    .map(|(arm, why)| PatientFailure { patient, arm: Some(*arm), message: why.clone() })
                    .collect()
            }
            Err(message) => vec![PatientFailure { patient, arm: None, message: message.clone() }],
        };
        lost.iter().for_each(|failure| self.watch.lost(failure));
        self.failures.extend(lost);
        if let Ok(run) = result
            && let Err(error) = self.watch.take(run)
        {
            self.error.get_or_insert(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Taken(Vec<(u32, Option<usize>)>, Vec<u32>);

    impl PatientSink for Taken {
        fn progress(&mut self, _done: u32, _all: u32) {}

        fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
            self.1.push(run.patient.id);
            Ok(())
        }

        fn lost(&mut self, failure: &PatientFailure) {
            self.0.push((failure.patient, failure.arm));
        }
    }

    // A trial that goes on counts who is through: everybody is passed on once, in order, whether simulated or failed.
    #[test]
    fn patients_and_failures_are_passed_on_in_order() {
        let loaded = crate::trial::file::parse(
            include_str!("../../../tests/data/small-trial.toml"),
            "trial.toml",
            std::path::Path::new(""),
        );
        let plan = Plan::new(&loaded.unwrap().scenario, Some(5)).unwrap();
        let partly = |id: u32| {
            let arms = vec![(1, Err("fit".to_owned()))];
            Ok(PatientRun { patient: plan.cohort.patient(id), arms })
        };
        let mut told = Taken::default();
        let mut sink = OrderedSink {
            watch: &mut told,
            waiting: BTreeMap::new(),
            failures: Vec::new(),
            error: None,
            next: 0,
            done: 0,
        };
        let patients = [0, 2, 3, 4];
        for (id, result) in
            [(3, partly(3)), (2, Err("begin".to_owned())), (0, partly(0)), (4, Err("begin".to_owned()))]
        {
            sink.put(id, result, &patients);
        }
        let order: Vec<_> = sink.failures.iter().map(|f| (f.patient, f.arm)).collect();
        assert_eq!((sink.done, order.clone()), (4, vec![(0, Some(1)), (2, None), (3, Some(1)), (4, None)]));
        assert_eq!((told.0, told.1), (order, vec![0, 3]));
    }
}

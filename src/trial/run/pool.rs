//! Patients on workers, and their results in order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use crate::engine::EngineError;
use crate::simulation::backends::Seat;
use crate::simulation::{BackendOptions, RunError};

use super::patient::{PatientRun, by_surrogate};
use super::plan::Plan;
use super::room::{STACK, WorkerShare, fits};
use super::together::{Unfinished, through};

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
    let sink =
        OrderedSink { watch, waiting: BTreeMap::new(), failures: Vec::new(), error: None, next: 0, done: 0 };
    let crew = Crew {
        plan,
        surrogate: choices.surrogate,
        patients: &patients,
        arms: &arms,
        stop,
        left: Mutex::new(patients.iter().copied().collect()),
        halt: AtomicUsize::new(0),
        signal: AtomicUsize::new(0),
        sink: Mutex::new(sink),
    };
    crew.work(workers(choices, patients.len())?, choices)?;
    let sink = whole(crew.sink.into_inner());
    match (sink.error, crew.signal.into_inner()) {
        (Some(error), _) => Err(error),
        (None, 0) => Ok(TrialEnding::Done(sink.failures)),
        (None, signal) => Ok(TrialEnding::Stopped(signal)),
    }
}

/// Who takes patients through, and what they share.
struct Crew<'a> {
    plan: &'a Plan,
    surrogate: bool,
    patients: &'a [u32],
    arms: &'a [usize],
    stop: &'a AtomicUsize,
    /// Patients whom nobody has taken.
    left: Mutex<VecDeque<u32>>,
    /// Not zero once nobody should begin with other patients.
    halt: AtomicUsize,
    signal: AtomicUsize,
    sink: Mutex<OrderedSink<'a>>,
}

/// A worker that failed has told why; what others have is whole.
fn whole<T>(locked: Result<T, std::sync::PoisonError<T>>) -> T {
    locked.unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Crew<'_> {
    /// Everybody by these workers; those whom they fail at, by those on the CPU.
    fn work(&self, mut crew: Vec<BackendOptions>, choices: &TrialOptions) -> Result<(), RunError> {
        let cpu = TrialOptions { backend: choices.backend.on_cpu(), ..choices.clone() };
        loop {
            let share = fits(self.plan, (self.patients, self.arms), &crew, self.surrogate)?;
            self.all(crew, share)?;
            let is_over = whole(self.left.lock()).is_empty() || self.halt.load(Ordering::Relaxed) != 0;
            if is_over || self.signal.load(Ordering::Relaxed) != 0 {
                return Ok(());
            }
            crew = workers(&cpu, self.patients.len())?;
        }
    }

    fn all(&self, workers: Vec<BackendOptions>, share: WorkerShare) -> Result<(), RunError> {
        std::thread::scope(|scope| {
            for (others, options) in workers.into_iter().enumerate() {
                let worker = std::thread::Builder::new().stack_size(STACK);
                let work = move || {
                    let (mut seat, mut share) = (Seat::new(options), share);
                    while self.some(&mut seat, &mut share) {}
                };
                match worker.spawn_scoped(scope, work) {
                    Err(error) if others == 0 => return Err(EngineError::Threads(error.to_string()).into()),
                    // Those who are there do the work.
                    Err(_) => break,
                    Ok(_) => (),
                }
            }
            Ok(())
        })
    }

    /// Takes the next patients through; whether there may be others.
    fn some(&self, seat: &mut Seat, share: &mut WorkerShare) -> bool {
        if self.halt.load(Ordering::Relaxed) != 0 {
            return false;
        }
        let mut left = whole(self.left.lock());
        let ids = share.take(self.plan, &mut left);
        drop(left);
        match self.stop.load(Ordering::Relaxed) {
            _ if ids.is_empty() => false,
            0 => self.take(seat, share, &ids),
            signal => self.is_stopped(signal),
        }
    }

    /// Takes these through; whether this worker can go on.
    fn take(&self, seat: &mut Seat, share: &mut WorkerShare, ids: &[u32]) -> bool {
        let mut left: BTreeSet<u32> = ids.iter().copied().collect();
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let mut finished = |(id, result)| {
                left.remove(&id);
                self.put(id, result);
            };
            if self.surrogate {
                ids.iter().for_each(|id| finished((*id, by_surrogate(self.plan, *id, self.arms))));
                return Ok(());
            }
            let arms = (self.arms, share.arms());
            through(self.plan, seat, ids, arms, self.stop, &mut finished)
        }));
        let left: Vec<u32> = left.into_iter().collect();
        match ended {
            Ok(Ok(())) => true,
            Ok(Err(Unfinished::Stopped(signal))) => self.is_stopped(signal),
            Ok(Err(Unfinished::Failed(error))) => {
                seat.leave();
                self.fail(seat.options(), share, error, &left)
            }
            Err(_) => {
                seat.leave();
                // Of fewer patients it fails at those alone at whom it fails.
                if share.halve(left.len()) {
                    self.give_back(&left);
                } else {
                    self.fail_all(&left, "a fault of the program (its message stands above)");
                }
                true
            }
        }
    }

    /// Patients whom a backend fails: fewer of them at a time, where there may be room for those, or others take them, or nobody can.
    /// Whether this worker can go on.
    fn fail(&self, options: &BackendOptions, share: &mut WorkerShare, error: RunError, left: &[u32]) -> bool {
        let is_of_room = matches!(&error, RunError::Engine(error) if error.is_of_room());
        if is_of_room && share.halve(left.len()) {
            self.give_back(left);
            return true;
        }
        if options.after(&error).is_none() {
            self.fail_all(left, &error.to_string());
            return true;
        }
        self.give_back(left);
        let first = left.first().copied().unwrap_or_default();
        let others = if share.is_alone() { "" } else { "the other devices or " };
        whole(self.sink.lock()).watch.note(&format!(
            "failed to {error}; the trial goes on from patient {first} on {others}the CPU, with the same results"
        ));
        false
    }

    fn fail_all(&self, patients: &[u32], why: &str) {
        patients.iter().for_each(|id| self.put(*id, Err(why.to_owned())));
    }

    /// Leaves patients to whoever takes the next ones.
    fn give_back(&self, patients: &[u32]) {
        let mut left = whole(self.left.lock());
        patients.iter().rev().for_each(|id| left.push_front(*id));
    }

    fn is_stopped(&self, signal: usize) -> bool {
        self.signal.store(signal, Ordering::Relaxed);
        false
    }

    fn put(&self, id: u32, result: Result<PatientRun, String>) {
        let mut sink = whole(self.sink.lock());
        sink.put(id, result, self.patients);
        if sink.error.is_some() {
            self.halt.store(1, Ordering::Relaxed);
        }
    }
}

/// What each worker computes on: a device each, if a GPU is asked for; else the threads of the CPU, one each while there are patients
/// enough. Trials on small lattices are faster on the CPU, so a GPU is not taken unasked.
fn workers(choices: &TrialOptions, patients: usize) -> Result<Vec<BackendOptions>, RunError> {
    let (options, threads) = (&choices.backend, choices.backend.cpu_threads());
    if options.is_gpu_asked_for() && !choices.surrogate {
        let devices = options.devices()?;
        let threads = threads.div_ceil(devices.len().max(1));
        return Ok(devices.into_iter().map(|device| BackendOptions { threads, ..device }).collect());
    }
    let workers = threads.min(patients).max(1);
    Ok(vec![BackendOptions { threads: threads / workers, ..options.on_cpu() }; workers])
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
    use crate::trial::run::tests::{EVEROLIMUS, SUPPORT, plan as small};

    #[derive(Default)]
    struct Taken {
        failures: Vec<(u32, Option<usize>)>,
        runs: Vec<PatientRun>,
        notes: Vec<String>,
    }

    impl PatientSink for Taken {
        fn progress(&mut self, _done: u32, _all: u32) {}

        fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
            self.runs.push(run);
            Ok(())
        }

        fn note(&mut self, text: &str) {
            self.notes.push(text.to_owned());
        }

        fn lost(&mut self, failure: &PatientFailure) {
            self.failures.push((failure.patient, failure.arm));
        }
    }

    fn sink(watch: &mut Taken) -> OrderedSink<'_> {
        OrderedSink { watch, waiting: BTreeMap::new(), failures: Vec::new(), error: None, next: 0, done: 0 }
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
        let mut sink = sink(&mut told);
        let patients = [0, 2, 3, 4];
        for (id, result) in
            [(3, partly(3)), (2, Err("begin".to_owned())), (0, partly(0)), (4, Err("begin".to_owned()))]
        {
            sink.put(id, result, &patients);
        }
        let order: Vec<_> = sink.failures.iter().map(|f| (f.patient, f.arm)).collect();
        assert_eq!((sink.done, order.clone()), (4, vec![(0, Some(1)), (2, None), (3, Some(1)), (4, None)]));
        assert_eq!((told.failures, told.runs.iter().map(|r| r.patient.id).collect()), (order, vec![0, 3]));
    }

    /// Everybody by a crew; what was told, and how many were left by the first ones.
    fn by(crew: Vec<BackendOptions>, plan: &Plan) -> Taken {
        let patients: Vec<u32> = (0..plan.cohort.spec().patients).collect();
        let arms: Vec<usize> = (0..plan.arms().len()).collect();
        let choices =
            TrialOptions { backend: BackendOptions::cpu(2), patients: None, arms: None, surrogate: false };
        let mut taken = Taken::default();
        let shared = Crew {
            plan,
            surrogate: false,
            patients: &patients,
            arms: &arms,
            stop: &AtomicUsize::new(0),
            left: Mutex::new(patients.iter().copied().collect()),
            halt: AtomicUsize::new(0),
            signal: AtomicUsize::new(0),
            sink: Mutex::new(sink(&mut taken)),
        };
        shared.work(crew, &choices).unwrap();
        assert!(whole(shared.left.lock()).is_empty());
        drop(shared);
        taken
    }

    // What a device was on when it was lost goes to the others, or to the CPU; who was through before is not begun again.
    #[test]
    fn whom_a_device_fails_at_others_take() {
        let plan = small(4, 200, &[("everolimus", EVEROLIMUS), ("support", SUPPORT)]);
        let outcomes = |taken: &Taken| -> Vec<_> {
            let of =
                |run: &PatientRun| run.arms.iter().map(|(_, arm)| arm.as_ref().unwrap().0.clone()).collect();
            taken.runs.iter().map(of).collect::<Vec<Vec<_>>>()
        };
        let expected = outcomes(&by(vec![BackendOptions::cpu(1)], &plan));
        assert_eq!(expected.len(), 4);
        // Lesions settle in 160 steps; nobody of a batch of theirs is through by then, and the last one is followed for 400.
        let lost = |step| BackendOptions { lose_at: Some(step), ..BackendOptions::cpu(1) };
        for (crew, place) in [
            (vec![lost(170)], "on the CPU"),
            (vec![lost(260)], "on the CPU"),
            (vec![lost(10)], "on the CPU"),
            (vec![lost(170), BackendOptions::cpu(1)], "on the other devices or the CPU"),
            (vec![lost(170), lost(200)], "on the other devices or the CPU"),
        ] {
            let taken = by(crew.clone(), &plan);
            assert_eq!(outcomes(&taken), expected, "{crew:?}");
            assert!((1..=crew.len()).contains(&taken.notes.len()), "{:?}", taken.notes);
            assert!(taken.notes.iter().all(|note| note.contains(place)), "{:?}", taken.notes);
        }
    }
}

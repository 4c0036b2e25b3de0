//! Many independent lesions of one scenario on the CPU backend.

use std::path::Path;
use std::sync::Arc;

use evotor::biology::StateSpace;
use evotor::engine::{Backend, CpuBackend, LogEntry, Model, PoolOptions};
use evotor::scenario;
use evotor::simulation::assemble;
use evotor::tissue::{Counters, LesionState};

use super::bounds::{Verdict, ensure};

/// Lesions advanced together: what fits the cache; the bits do not depend on it.
const BATCH: usize = 500;

/// A scenario as the engine gets it, to be run many times over.
#[derive(Debug, Clone)]
pub struct Ensemble {
    pub model: Model,
    scenario: scenario::Scenario,
    space: StateSpace,
}

impl Ensemble {
    /// From the text of a scenario; `name` and what stands here is added.
    pub fn new(text: &str) -> Self {
        let text = format!("name = \"theory\"\n{text}");
        let loaded = scenario::parse(&text, "theory.toml", Path::new(""));
        let scenario = loaded.unwrap_or_else(|e| panic!("{e:?}")).scenario;
        let space = StateSpace::new(&scenario);
        Self { model: assemble::model(&scenario, &space, None), scenario, space }
    }

    /// The same with the model changed.
    pub fn with(mut self, change: impl FnOnce(&mut Model)) -> Self {
        change(&mut self.model);
        self.model.tables.seal();
        self
    }

    /// The packing of its states.
    pub const fn space(&self) -> &StateSpace {
        &self.space
    }

    /// The starting state of a replicate.
    pub fn start(&self, replicate: u32) -> LesionState {
        assemble::starting_lesion(&self.scenario, &self.space, replicate).expect("the start fits")
    }

    /// Runs replicates to the end, and looks at each one's log.
    pub fn logs<T>(&self, replicates: u32, look: impl Fn(&[LogEntry]) -> T) -> Vec<T> {
        let starts: Vec<LesionState> = (0..replicates).map(|r| self.start(r)).collect();
        let mut all = Vec::with_capacity(starts.len());
        run(&self.model, &starts, |logs, _| all.extend(logs.iter().map(|l| look(l))));
        all
    }

    /// Live cells of each replicate at the end.
    pub fn final_sizes(&self, replicates: u32) -> Vec<u32> {
        self.logs(replicates, |log| log.last().map_or(0, |e| e.live))
    }

    /// Runs replicates to the end, and looks at each one's last state.
    pub fn states<T>(&self, replicates: u32, look: impl Fn(LesionState) -> T) -> Vec<T> {
        let starts: Vec<LesionState> = (0..replicates).map(|r| self.start(r)).collect();
        states(&self.model, &starts, look)
    }
}

/// Runs lesions to the model's last step, and looks at each one's last state.
pub fn states<T>(model: &Model, starts: &[LesionState], look: impl Fn(LesionState) -> T) -> Vec<T> {
    let mut all = Vec::with_capacity(starts.len());
    run(model, starts, |logs, backend| {
        all.extend((0..logs.len()).map(|l| look(backend.state(l).expect("a state"))));
    });
    all
}

/// Runs lesions batch by batch; `take` gets each batch's logs, one list a lesion, and the backend.
fn run(model: &Model, starts: &[LesionState], mut take: impl FnMut(&[Vec<LogEntry>], &mut CpuBackend)) {
    let model = Arc::new(model.clone());
    let options = PoolOptions { spare_clones: 96, ..PoolOptions::default() };
    for batch in starts.chunks(BATCH) {
        let mut backend = CpuBackend::new(Arc::clone(&model), batch, options, 1).expect("a backend");
        let mut logs = vec![Vec::new(); batch.len()];
        for entry in backend.advance(model.stop.end).expect("the run goes to its end") {
            let lesion = entry.lesion;
            logs[lesion].push(entry);
        }
        for (log, start) in logs.iter().zip(batch) {
            assert_eq!(check_conserved(&model, start, log), Ok(()));
        }
        take(&logs, &mut backend);
    }
}

/// Cells come from births and go by deaths and kills; the dead go by clearing; nothing else makes or unmakes them.
/// A replacement in place is a birth that adds no cell. Every run of these tests is held to this at every check.
fn check_conserved(model: &Model, start: &LesionState, log: &[LogEntry]) -> Verdict {
    let replaces = model.tables.rows.iter().any(|r| r.replace.bits() != 0);
    let (live, dead) = start.burden();
    let since =
        |count: fn(&Counters) -> u64, entry: &LogEntry| count(&entry.counters) - count(&start.counters);
    for entry in log {
        let gone = since(|c| c.deaths + c.kills, entry);
        let most = live + since(|c| c.births, entry) - gone;
        let found = u64::from(entry.live);
        ensure(found == most || (replaces && found <= most), || {
            format!("{found} live cells, {most} expected")
        })?;
        let buried =
            if model.tables.immediate_clearance { 0 } else { dead + gone - since(|c| c.cleared, entry) };
        ensure(u64::from(entry.dead) == buried, || format!("{} dead cells, {buried} expected", entry.dead))?;
        let by_row: u32 = entry.live_by_row.iter().sum();
        ensure(by_row == entry.live, || format!("{by_row} live cells by state, {} in all", entry.live))?;
    }
    Ok(())
}

/// Conservation holds, and a census that forgets a birth, a clearing or a cell breaks it.
#[test]
fn cells_are_conserved() {
    let ensemble = Ensemble::new(
        r#"
        seed = 1
        loci = ["rtk"]
        time = { end = "60 d" }
        lattice = { size = [64, 64] }
        start = { shape = "random", density = 0.3, composition = { "rtk=up" = 0.3 } }
        rates = { birth = "0.4 /d", death = "0.3 /d", migration = "0.2 /d", kill_at_division = 0.1 }
        "#,
    );
    let log = ensemble.logs(1, <[LogEntry]>::to_vec).remove(0);
    let check = |log: &[LogEntry]| check_conserved(&ensemble.model, &ensemble.start(0), log);
    assert_eq!(check(&log), Ok(()));
    let breaks: [fn(&mut LogEntry); 3] =
        [|e| e.counters.births -= 1, |e| e.counters.cleared -= 1, |e| e.live_by_row[0] += 1];
    for broken in breaks {
        let mut log = log.clone();
        broken(&mut log[30]);
        assert!(check(&log).is_err());
    }
}

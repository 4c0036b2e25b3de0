//! The CPU backend: the reference, and what a laptop or a CPU node runs.
//!
//! Each stage has a twin of the same name in `shaders/`. Stages are functions of the pool and a run of bricks, and any number of
//! threads may take runs at once: what lies in a run's bricks is its own, what it has for others waits in the run ([`BrickRun`]), and what is
//! left of the rest (groups, census) is atomic and order-free.

mod births;
pub mod control;
mod decide;
pub mod environment;
mod filter;
mod list;
mod placement;
mod rank;
mod resolve;
mod scan;
mod threads;
mod write;

pub use threads::{cores, granted, threads};

use environment::{Planes, SweepInput, SweepOutput, plane};
use rayon::prelude::*;

use super::model::{OxygenRule, PlacementRule};
use super::pool::{BrickRun, Pool, rank as channel};
use super::stage::Stage;
use crate::tissue::shape::BRICK_VOXELS;

/// Fewest bricks for which threads are worth their start.
const PARALLEL_FROM: usize = 64;
/// Fewest bricks of a run, and most.
const RUN: [usize; 2] = [16, 64];
/// Bricks that a thread sweeps at a time.
const SWEPT: usize = 64;

/// The hot stage over a run of bricks, in a form that is compiled for each width of vectors. (A closure would
/// not do: it is compiled once, for the narrowest.)
struct Decide<'a> {
    pool: &'a Pool,
    bricks: &'a [u32],
    run: &'a mut BrickRun,
}

impl pulp::NullaryFnOnce for Decide<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        decide::decide(self.pool, self.bricks, self.run);
    }
}

/// A sweep of the environment over a run of bricks, likewise.
struct StageSweep<'a> {
    pool: &'a Pool,
    rule: &'a OxygenRule,
    bricks: &'a [u32],
    known: &'a mut Vec<SweepInput>,
    read: Planes<'a>,
    written: SweepOutput<'a>,
    sweep: u32,
}

impl pulp::NullaryFnOnce for StageSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        if self.sweep == 0 {
            self.known.clear();
            for brick in self.bricks {
                self.known.push(SweepInput::new(self.pool, self.rule, *brick, self.read.base, &self.written));
            }
        }
        let is_last = self.sweep + 1 == self.rule.sweeps;
        for (brick, known) in self.bricks.iter().zip(&*self.known) {
            environment::sweep(self.pool, self.rule, *brick, known, self.read, &mut self.written, is_last);
        }
    }
}

/// Runs stages on the CPU.
pub struct Stages {
    threads: rayon::ThreadPool,
    vector: pulp::Arch,
    publishes: bool,
}

/// Stack of a thread, whatever the shell's limit is.
const STACK: usize = 2 << 20;

impl Stages {
    /// With as many threads as [`threads()`] says.
    ///
    /// # Errors
    ///
    /// If the operating system refuses the threads.
    pub fn new(asked: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads(asked)).stack_size(STACK);
        let threads = builder.build()?;
        Ok(Self { threads, vector: pulp::Arch::new(), publishes: false })
    }

    /// The same stages, which leave in every array what shaders do, so that the two can be compared stage by stage.
    #[must_use]
    pub fn publishing(self) -> Self {
        Self { publishes: true, ..self }
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// Does something of many steps among the threads: between two stages none of them has to be woken.
    pub fn among<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        if self.threads() > 1 { self.threads.install(work) } else { work() }
    }

    /// Runs one stage of a step.
    pub fn run(&self, stage: Stage, pool: &mut Pool) {
        match stage {
            Stage::List => list::list(pool),
            Stage::Environment => self.environment(pool),
            Stage::Decide => self.decide(pool),
            Stage::Rank => self.each_brick(pool, rank::rank),
            Stage::ScanBirths => scan::scan(pool, channel::BIRTHS..channel::EMPTIES + 1),
            Stage::Resolve => self.each_run(pool, |pool, _, run| resolve::resolve(pool, run)),
            Stage::ScanFounders => scan::scan(pool, channel::FOUNDERS..channel::FOUNDERS + 1),
            Stage::Write => self.write(pool),
            Stage::Control => control::control(pool),
        }
    }

    /// Runs one step of every lesion that has steps to go; a clone table that is full is grown on the way.
    pub fn step(&self, pool: &mut Pool) {
        self.step_with(pool, &mut |_, _| ());
    }

    /// As [`Stages::step`]; what each stage has left is shown.
    pub fn step_with(&self, pool: &mut Pool, after: &mut dyn FnMut(Stage, &Pool)) {
        let mixed = pool.model.placement == PlacementRule::Mixed;
        for stage in Stage::ALL {
            if stage.applies(mixed, pool.model.oxygen.is_some()) {
                self.run(stage, pool);
                after(stage, pool);
            }
            if stage == Stage::ScanFounders {
                // What scan found stays valid in a larger table, so nothing needs to be repeated here.
                pool.grow_clone_tables();
            }
        }
    }

    fn is_parallel(&self, pool: &Pool) -> bool {
        self.threads() > 1 && pool.active.len() >= PARALLEL_FROM
    }

    /// Cuts the list of bricks into runs.
    fn cut(&self, pool: &mut Pool) {
        let bricks = pool.active.len().div_ceil(4 * self.threads()).clamp(RUN[0], RUN[1]);
        let parallel = self.is_parallel(pool);
        let publishes = self.publishes || pool.model.placement == PlacementRule::Mixed;
        pool.runs.resize_with(pool.active.len().div_ceil(bricks), BrickRun::default);
        for (run, bricks) in pool.runs.iter_mut().zip(pool.active.chunks(bricks)) {
            (run.size, run.publishes) = (bricks.len(), publishes);
            run.own = if parallel { bricks[0]..bricks[bricks.len() - 1] + 1 } else { 0..u32::MAX };
        }
    }

    /// Calls a stage for the runs, by several threads where that pays.
    fn each_run(&self, pool: &mut Pool, stage: impl Fn(&Pool, &[u32], &mut BrickRun) + Sync) {
        let mut runs = std::mem::take(&mut pool.runs);
        let size = runs.first().map_or(1, |run| run.size);
        let bricks = pool.active.chunks(size);
        if self.is_parallel(pool) {
            let all = runs.par_iter_mut().zip(pool.active.par_chunks(size)).with_max_len(1);
            self.threads.install(|| all.for_each(|(run, bricks)| stage(pool, bricks, run)));
        } else {
            runs.iter_mut().zip(bricks).for_each(|(run, bricks)| stage(pool, bricks, run));
        }
        pool.runs = runs;
    }

    fn each_brick(&self, pool: &Pool, stage: impl Fn(&Pool, u32) + Sync) {
        if self.is_parallel(pool) {
            self.threads
                .install(|| pool.active.par_iter().with_min_len(RUN[0]).for_each(|b| stage(pool, *b)));
        } else {
            pool.active.iter().for_each(|b| stage(pool, *b));
        }
    }

    /// The hot stage: compiled for the widest vectors that the machine has.
    fn decide(&self, pool: &mut Pool) {
        self.cut(pool);
        self.each_run(pool, |pool, bricks, run| self.vector.dispatch(Decide { pool, bricks, run }));
        let mut runs = std::mem::take(&mut pool.runs);
        for (address, claim) in runs.iter_mut().flat_map(|run| run.beyond.drain(..)) {
            decide::raise(pool, address, claim);
        }
        pool.runs = runs;
    }

    fn write(&self, pool: &mut Pool) {
        self.each_run(pool, |pool, _, run| write::write(pool, run));
        let mut runs = std::mem::take(&mut pool.runs);
        for (address, _) in runs.iter_mut().flat_map(|run| run.beyond.drain(..)) {
            write::arrive(pool, address);
        }
        pool.runs = runs;
    }

    fn environment(&self, pool: &mut Pool) {
        let mut fields = std::mem::take(&mut pool.fields);
        if let Some(rule) = &pool.model.oxygen {
            let mut known: Vec<Vec<SweepInput>> = Vec::new();
            known.resize_with(pool.active.len().div_ceil(SWEPT), || Vec::with_capacity(SWEPT));
            for sweep in 0..rule.sweeps {
                self.sweep(pool, rule, &mut fields, &mut known, sweep);
            }
        }
        pool.fields = fields;
    }

    /// One sweep: from the fields to their scratch, or back.
    fn sweep(
        &self,
        pool: &Pool,
        rule: &OxygenRule,
        fields: &mut [u32],
        known: &mut [Vec<SweepInput>],
        sweep: u32,
    ) {
        let voxels = pool.voxel_total() as usize;
        let has_vessels = rule.vessels.is_some();
        let mut planes: Vec<&mut [u32]> = fields.chunks_exact_mut(voxels.max(1)).collect();
        let mut take = |plane: u32, wanted| {
            if wanted { std::mem::take(&mut planes[plane as usize]) } else { Default::default() }
        };
        let (from, to) = if sweep.is_multiple_of(2) { (0, rule.fields()) } else { (rule.fields(), 0) };
        let (oxygen, vegf) = (take(from, true), take(from + plane::VEGF, has_vessels));
        let read = Planes { oxygen, vegf, base: take(plane::BASE, has_vessels) };
        let mut written =
            [take(to, true), take(to + plane::VEGF, has_vessels), take(plane::VESSELS, has_vessels)];
        let mut tasks = Vec::with_capacity(known.len());
        let mut passed = 0;
        for (bricks, known) in pool.active.chunks(SWEPT).zip(known) {
            let (first, end) = (bricks[0], bricks[bricks.len() - 1] + 1);
            let [oxygen, vegf, vessels] = written.each_mut().map(|plane| {
                cut_off(plane, first - passed);
                cut_off(plane, end - first)
            });
            passed = end;
            tasks.push(StageSweep {
                pool,
                rule,
                bricks,
                known,
                read,
                written: SweepOutput { first, oxygen, vegf, vessels },
                sweep,
            });
        }
        if self.is_parallel(pool) {
            self.threads.install(|| tasks.into_par_iter().for_each(|task| self.vector.dispatch(task)));
        } else {
            tasks.into_iter().for_each(|task| self.vector.dispatch(task));
        }
    }
}

/// Takes some bricks off the front of a plane; a plane that is not there has none.
fn cut_off<'a>(plane: &mut &'a mut [u32], bricks: u32) -> &'a mut [u32] {
    let whole = std::mem::take(plane);
    let (front, rest) = whole.split_at_mut(((bricks * BRICK_VOXELS) as usize).min(whole.len()));
    *plane = rest;
    front
}

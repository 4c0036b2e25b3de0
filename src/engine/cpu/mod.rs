//! The CPU backend: the reference, and what a laptop or a CPU node runs.
//!
//! Each stage has a twin of the same name in `shaders/`. Stages are functions of the pool that any number
//! of threads may run at once: what two of them touch is atomic and order-free.

mod births;
pub mod control;
mod decide;
pub mod environment;
mod list;
mod placement;
mod rank;
mod resolve;
mod scan;
mod threads;
mod write;

pub use threads::{cores, granted, threads};

use rayon::prelude::*;

use super::model::{OxygenRule, PlacementRule};
use super::pool::{Pool, rank as channel};
use super::stage::Stage;

/// Fewest bricks for which threads are worth their start.
const PARALLEL_FROM: usize = 64;
/// Bricks that a thread takes at a time.
const CHUNK: usize = 16;

/// The hot stage over a run of bricks, in a form that is compiled for each width of vectors. (A closure would
/// not do: it is compiled once, for the narrowest.)
struct Decide<'a> {
    pool: &'a Pool,
    bricks: &'a [u32],
}

impl pulp::NullaryFnOnce for Decide<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        decide::decide(self.pool, self.bricks);
    }
}

/// A sweep of the environment over a run of bricks, likewise.
struct StageSweep<'a> {
    pool: &'a Pool,
    rule: &'a OxygenRule,
    bricks: &'a [u32],
    sweep: u32,
}

impl pulp::NullaryFnOnce for StageSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let is_last = self.sweep + 1 == self.rule.sweeps;
        for brick in self.bricks {
            environment::sweep(self.pool, self.rule, *brick, self.sweep & 1, is_last);
        }
    }
}

/// Runs stages on the CPU.
pub struct Stages {
    threads: rayon::ThreadPool,
    vector: pulp::Arch,
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
        Ok(Self { threads, vector: pulp::Arch::new() })
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// Runs one stage of a step.
    pub fn run(&self, stage: Stage, pool: &mut Pool) {
        match stage {
            Stage::List => list::list(pool),
            Stage::Environment => self.environment(pool),
            Stage::Decide => self.decide(pool),
            Stage::Rank => self.each_brick(pool, rank::rank),
            Stage::ScanBirths => scan::scan(pool, channel::BIRTHS..channel::EMPTIES + 1),
            Stage::Resolve => self.each_brick(pool, resolve::resolve),
            Stage::ScanFounders => scan::scan(pool, channel::FOUNDERS..channel::FOUNDERS + 1),
            Stage::Write => self.each_brick(pool, write::write),
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

    /// Calls a stage for runs of active bricks, by several threads where that pays.
    fn each_run(&self, pool: &Pool, stage: impl Fn(&Pool, &[u32]) + Sync) {
        if self.is_parallel(pool) {
            self.threads.install(|| pool.active.par_chunks(CHUNK).for_each(|bricks| stage(pool, bricks)));
        } else {
            pool.active.chunks(CHUNK).for_each(|bricks| stage(pool, bricks));
        }
    }

    fn each_brick(&self, pool: &Pool, stage: impl Fn(&Pool, u32) + Sync) {
        self.each_run(pool, |pool, bricks| bricks.iter().for_each(|b| stage(pool, *b)));
    }

    /// The hot stage: compiled for the widest vectors that the machine has.
    fn decide(&self, pool: &Pool) {
        self.each_run(pool, |pool, bricks| self.vector.dispatch(Decide { pool, bricks }));
    }

    fn environment(&self, pool: &Pool) {
        let Some(rule) = &pool.model.oxygen else {
            return;
        };
        for sweep in 0..rule.sweeps {
            self.each_run(pool, |pool, bricks| {
                self.vector.dispatch(StageSweep { pool, rule, bricks, sweep })
            });
        }
    }
}

//! How much memory a run takes, estimated before it is allocated, and how replicates are split into blocks.

mod available;

pub use available::{Memory, available};

use crate::biology::StateSpace;
use crate::engine::model::OxygenRule;
use crate::engine::pool::UNTOUCHED_BYTES;
use crate::engine::{Model, Pool, PoolOptions};
use crate::scenario::{Scenario, StartShape};
use crate::tissue::{LesionState, Shape};

use super::assemble;
use super::error::RunError;
use super::growth::most_sites;
use super::naming::bytes_text;

/// Memory that the pool of one block may take where it holds more than one lesion. It belongs to the file
/// format of the tables, whose rows are ordered by block, so it is the same on every machine.
const BLOCK_BYTES: u64 = 1 << 30;
/// Memory of the program itself, with room for buffers.
const PROGRAM_BYTES: u64 = 64 << 20;

/// Addresses that the allocator reserves for a thread; what is not used takes no memory.
const THREAD_ADDRESSES: u64 = 64 << 20;

/// What a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryEstimate {
    /// Lesions that are computed at once.
    pub block: u32,
    /// Number of blocks.
    pub blocks: u32,
    /// Bytes of the pool of a block, on the GPU or the CPU.
    pub pool: u64,
    /// Bytes of all that is held at once on the host, with the pool if it is there too: of the bricks that cells may come to.
    pub host: u64,
}

/// Pool options that suit a lattice: small lesions get small tables, so that many of them fit.
pub fn pool_options(model: &Model, shape: &Shape) -> PoolOptions {
    let checks = model.stop.end / model.stop.check + 1;
    let spare = (shape.sites() / 16).clamp(64, 1 << 16) as u32;
    PoolOptions { spare_clones: spare, log_entries: checks.clamp(2, 64), ..PoolOptions::default() }
}

/// The same for lesions of several sizes.
pub fn batch_options(model: &Model, states: &[LesionState]) -> PoolOptions {
    let largest = states.iter().map(|state| state.shape).max_by_key(Shape::sites);
    largest.map_or_else(PoolOptions::default, |shape| pool_options(model, &shape))
}

/// Bytes of one lesion's state on the host.
pub fn state_bytes(model: &Model, shape: &Shape) -> u64 {
    let fields = u64::from(model.oxygen.as_ref().map_or(0, OxygenRule::fields));
    shape.padded_sites() * 8 + shape.padded_sites() / 64 * 4 * fields
}

/// Estimates what a scenario takes. `block` replaces the number of lesions in a block.
pub fn estimate(scenario: &Scenario, model: &Model, block: Option<u32>) -> MemoryEstimate {
    let shape = assemble::shape(scenario);
    let options = pool_options(model, &shape);
    let one = Pool::bytes(model, &[shape], options);
    let fit = (BLOCK_BYTES / one.max(1)).clamp(1, u64::from(scenario.replicates)) as u32;
    let block = block.unwrap_or(fit).clamp(1, scenario.replicates);
    let pool = Pool::bytes(model, &vec![shape; block as usize], options);
    let bricks = u64::from(shape.brick_count());
    let touched = (libm::ceil(most_sites(scenario, model)) as u64).min(bricks);
    let untouched = u64::from(block) * (bricks - touched) * UNTOUCHED_BYTES;
    let states = u64::from(block) * state_bytes(model, &shape) / bricks * touched;
    // An eighth more: lists of cells while the tumour is made, buffers while it is saved.
    let host = pool - untouched + states + states / 8 + PROGRAM_BYTES;
    MemoryEstimate { block, blocks: scenario.replicates.div_ceil(block), pool, host }
}

/// The same before the job is made; a saved start counts too.
pub fn estimate_scenario(scenario: &Scenario) -> MemoryEstimate {
    let space = StateSpace::new(scenario);
    let model = assemble::model(scenario, &space, None);
    let mut estimate = estimate(scenario, &model, None);
    if matches!(scenario.start.shape, StartShape::Saved { .. }) {
        estimate.host += state_bytes(&model, &assemble::shape(scenario));
    }
    estimate
}

/// What workers take who compute patients beside one another: such a one each, or hardly anything by the surrogate. A
/// thread reserves its stack, and addresses to allocate from.
pub fn estimate_workers(patient: Option<&Scenario>, workers: u32, stack: usize) -> MemoryEstimate {
    let each = patient.map(estimate_scenario);
    let [host, pool] = each.map_or([0, 0], |each| [each.host - PROGRAM_BYTES, each.pool]);
    let all = |bytes: u64| u64::from(workers) * bytes;
    let reserved = all(pool + stack as u64 + THREAD_ADDRESSES);
    MemoryEstimate { block: 1, blocks: 1, pool: reserved, host: all(host) + PROGRAM_BYTES }
}

/// Whether the system lets so much memory be reserved at all; none of it is touched.
fn can_be_reserved(bytes: u64) -> bool {
    usize::try_from(bytes).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok())
}

impl MemoryEstimate {
    /// Refuses what does not fit this memory.
    ///
    /// # Errors
    ///
    /// [`RunError::Memory`] with both numbers and a way out.
    pub fn check(&self, memory: Memory) -> Result<(), RunError> {
        // Bricks without cells take addresses all the same, which a shell or a batch system may limit.
        let fits = |bytes: u64| self.host <= bytes / 100 * 95;
        let addresses = self.pool + self.host;
        if fits(memory.free) && can_be_reserved(addresses) {
            return Ok(());
        }
        let may_pass = !fits(memory.free) && fits(memory.whole);
        let way_out = match may_pass {
            true => "try again when other programs need less, or make `size` in [lattice] smaller",
            false => "make `size` in [lattice] smaller, or use a machine with more memory",
        };
        Err(RunError::Memory {
            needed: bytes_text(if fits(memory.free) { addresses } else { self.host }),
            available: bytes_text(memory.free),
            way_out: way_out.to_owned(),
            may_pass,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_both_numbers() {
        let estimate = MemoryEstimate { block: 1, blocks: 1, pool: 0, host: 20_000_000 };
        let check = |free, whole| estimate.check(Memory { free, whole });
        assert!(check(30_000_000, 30_000_000).is_ok());
        let refused = check(10_000_000, 19_000_000).unwrap_err();
        let message = refused.to_string();
        assert!(message.contains("20 MB") && message.contains("10 MB"), "{message}");
        assert!(refused.is_input() && !refused.may_pass());
        let busy = check(10_000_000, 30_000_000).unwrap_err();
        assert!(busy.may_pass() && !busy.is_input() && busy.to_string().contains("try again"), "{busy}");
    }
}

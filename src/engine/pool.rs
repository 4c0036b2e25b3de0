//! The pool: all lesions of a batch in flat arrays of 32-bit words, laid out the same on both
//! backends.
//!
//! A lesion owns a run of bricks; a pool *address* is `brick << 9 | site within brick`, a *site* is the
//! same number counted from the lesion's first brick. Random numbers and ranks use sites, never addresses.
//!
//! | unit | size | what for |
//! |---|---|---|
//! | site | one word, and one for its clone | a cell, a claim, or nothing |
//! | leaf | 32 sites | the work of one GPU thread; bit masks in one word |
//! | voxel | 64 sites: 4×4×4, or 8×8 | the cell of the environment's fields |
//! | brick | 512 sites: 8×8×8, or 32×16 | what is visited or not; the unit of storage in checkpoints and digest |
//! | group | 64 bricks | the unit over which ranks are summed |
//! | slab | a power of two of sites | one storage binding of a GPU |
//!
//! A site's number is `brick << 9 | voxel << 6 | local`. It depends on the lattice's shape alone and is frozen: random
//! counters, keys, ranks and the digest use it. A pool *address* is the same number counted from the pool's start; nothing
//! that decides uses it, so batches do not matter.
//!
//! | array | words | content |
//! |---|---|---|
//! | `sites`, `clones` | 1 + 1 a site | the word of the site (`src/tissue/word.rs`); the clone of its cell |
//! | `occupancy` | 2 a leaf | which sites hold a live cell; which are not empty |
//! | `leaves` | 4 a leaf | sites where something happens in this step; counts; empty sites (`mixed`); sites whose cells have won |
//! | `bricks` | 4 a brick | lesion; cells; step of its counts; counts |
//! | `groups` | 6 a group | counts of founders, births and empty sites; their sums over the groups before |
//! | `fields` | planes of 1 a voxel | oxygen and its scratch; with vessels oxygen, VEGF, vessels, scratch of the first two, base density of vessels; only with oxygen |
//! | `census` | stripes of a lesion | events and live cells by state |
//! | `log` | entries of a lesion | the census at checks, until the host collects it |
//! | `clone_table` | 4 a clone | parent, step, site, state |
//!
//! That is 8.8 bytes a site for the arrays that grow with sites (8.9 with oxygen, 9.2 with vessels), less than 16 in all.

mod fields;
mod log;
mod plan;
mod record;
mod replaced;
mod state;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::tissue::clones::Founding;
use crate::tissue::key;
use crate::tissue::lesion::{COUNTERS, LesionState, status};
use crate::tissue::random::Draws;
use crate::tissue::shape::{
    BRICK, BRICK_LEAVES, BRICK_SHIFT, BRICK_VOXELS, GROUP_SHIFT, LEAF, LEAF_SHIFT, Shape,
};
use crate::tissue::word;

use super::model::Model;
use super::tables::RateTables;
pub use fields::base_density;
pub use log::{LOG_HEAD, LogEntry, LogHead};
pub use plan::{BrickRun, NO_SITE, SiteEvent, SiteHit};
pub use record::{Inputs, LesionRecord};
pub use replaced::StatePart;
pub use words::{HostWords, PoolArray};

/// Words of a census stripe before the live counts per row: the counters, then the dead.
pub const CENSUS_HEAD: u32 = COUNTERS as u32 + 1;
/// Index of the dead count within a census stripe.
pub const CENSUS_DEAD: u32 = COUNTERS as u32;
/// Words of a brick.
pub const BRICK_WORDS: u32 = 4;
/// Word of a brick: position of its lesion in the batch.
pub const BRICK_LESION: u32 = 0;
/// Word of a brick: its cells, live and dead.
pub const BRICK_CELLS: u32 = 1;
/// Word of a brick: the step of its counts.
pub const BRICK_STAMP: u32 = 2;
/// Word of a brick: its counts, see [`rank`].
pub const BRICK_COUNTS: u32 = 3;
/// Words of a leaf.
pub const LEAF_WORDS: u32 = 4;
/// Word of a leaf: sites where something happens in this step.
pub const LEAF_EVENTS: u32 = 0;
/// Word of a leaf: its counts, see [`rank`].
pub const LEAF_COUNTS: u32 = 1;
/// Word of a leaf: sites that were empty at the start of the step (mixed placement).
pub const LEAF_EMPTY: u32 = 2;
/// Word of a leaf: sites whose cells have won.
pub const LEAF_WINNERS: u32 = 3;
/// Words of a leaf's occupancy.
pub const OCCUPANCY_WORDS: u32 = 2;
/// Word of a leaf's occupancy: live cells.
pub const OCCUPANCY_LIVE: u32 = 0;
/// Word of a leaf's occupancy: sites that are not empty.
pub const OCCUPANCY_FULL: u32 = 1;
/// Words of a clone table entry.
pub const CLONE_WORDS: u32 = (size_of::<Founding>() / 4) as u32;
/// Bytes of a brick that no memory stands behind until cells come there: sites, clones, leaves.
pub const UNTOUCHED_BYTES: u64 = 8 * BRICK as u64 + 24 * BRICK_LEAVES as u64;
/// Stamp of a brick whose rank word is of no step yet.
pub const NO_STEP: u32 = u32::MAX;

/// Indices of the counters within a census stripe.
pub mod count {
    /// Completed divisions.
    pub const BIRTHS: u32 = 0;
    /// Deaths.
    pub const DEATHS: u32 = 1;
    /// Kills at division.
    pub const KILLS: u32 = 2;
    /// Divisions without an empty site.
    pub const BLOCKED: u32 = 3;
    /// Claims lost.
    pub const LOST: u32 = 4;
    /// Switches.
    pub const SWITCHES: u32 = 5;
    /// Clones founded.
    pub const FOUNDERS: u32 = 6;
    /// Migrations.
    pub const MOVES: u32 = 7;
    /// Dead cells cleared.
    pub const CLEARED: u32 = 8;
}

/// Packing of the per-leaf and per-brick counts that ranks are made of.
pub mod rank {
    /// Position of the births in a leaf's word.
    pub const LEAF_BIRTHS: u32 = 8;
    /// Position of the empty sites in a leaf's word.
    pub const LEAF_EMPTIES: u32 = 16;
    /// Position of the births in a brick's word.
    pub const BRICK_BIRTHS: u32 = 11;
    /// Position of the empty sites in a brick's word.
    pub const BRICK_EMPTIES: u32 = 21;
    /// Number of channels.
    pub const CHANNELS: u32 = 3;
    /// Channel of clone founders.
    pub const FOUNDERS: u32 = 0;
    /// Channel of births (mixed placement).
    pub const BIRTHS: u32 = 1;
    /// Channel of empty sites (mixed placement).
    pub const EMPTIES: u32 = 2;
}

/// Choices that never change results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolOptions {
    /// Room for clones beyond those present, per lesion.
    pub spare_clones: u32,
    /// Log entries that fit between two collections, per lesion.
    pub log_entries: u32,
    /// Steps after which event counts of 32 bits are added to those of 64, at most.
    pub fold_steps: u32,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { spare_clones: 4096, log_entries: 64, fold_steps: u32::MAX }
    }
}

/// Steps in which the event counts of a lesion of so many bricks, and their sum over its stripes, stay within 32 bits.
///
/// An event belongs to a site (a founding to that where the clone begins), and a site has one of a kind in a step at most. Lattices
/// have fewer than 2^31 sites.
const fn fold_steps(bricks: u32) -> u32 {
    u32::MAX / (bricks << BRICK_SHIFT)
}

/// All lesions of a batch.
#[derive(Debug)]
pub struct Pool {
    /// What to compute.
    pub model: Arc<Model>,
    /// Rates: those of the model, until the host gives others.
    pub tables: Arc<RateTables>,
    /// One record per lesion, in batch order.
    pub lesions: Vec<LesionRecord>,
    /// Bricks to visit in this step, ascending.
    pub active: Vec<u32>,
    /// Not zero when `active` must be made anew.
    pub dirty: AtomicU32,
    /// Word of each address.
    pub sites: Vec<AtomicU32>,
    /// Clone id of each address.
    pub clones: Vec<AtomicU32>,
    /// Four words a brick: lesion, cells (live and dead), step of its counts, counts (see [`rank`]).
    pub bricks: Vec<AtomicU32>,
    /// Four words a leaf: bit per address where something happens in this step; counts (see [`rank`]);
    /// with mixed placement, bit per address that was empty at the start of the step; bit per address whose
    /// cell has won the site that it wants.
    pub leaves: Vec<AtomicU32>,
    /// Two words a leaf: bit per address that holds a live cell, bit per address that is not empty.
    /// They change in *write* only, so within a step they show its start.
    pub occupancy: Vec<AtomicU32>,
    /// Counts per group of bricks, channel by channel; then sums over the groups before, likewise.
    pub groups: Vec<AtomicU32>,
    /// Planes of voxels: the fields of the state; scratch of oxygen, and with vessels of VEGF; with vessels their
    /// base density.
    pub fields: Vec<u32>,
    /// Census stripes of all lesions.
    pub census: Vec<AtomicU32>,
    /// Log entries of all lesions.
    pub log: Vec<u32>,
    /// Clone tables of all lesions, four words an entry (see [`crate::tissue::Founding`]).
    pub clone_table: Vec<AtomicU32>,
    /// Per brick, on the CPU: bit per leaf whose word of events is not zero.
    pub eventful: Vec<AtomicU32>,
    /// Runs of the active bricks, on the CPU: what *decide* has found for the stages after it.
    pub runs: Vec<BrickRun>,
}

/// Zeroed words; memory that is never touched is never resident.
fn zeroed(length: usize) -> Vec<AtomicU32> {
    bytemuck::zeroed_vec(length)
}

impl Pool {
    /// Words of a census stripe.
    pub fn census_stride(&self) -> u32 {
        CENSUS_HEAD + self.tables.states()
    }

    /// Live cells of a leaf, one bit each.
    #[inline]
    pub fn live(&self, leaf: u32) -> u32 {
        self.occupancy[(OCCUPANCY_WORDS * leaf + OCCUPANCY_LIVE) as usize].load(Relaxed)
    }

    /// Sites of a leaf that are not empty, one bit each.
    #[inline]
    pub fn full(&self, leaf: u32) -> u32 {
        self.occupancy[(OCCUPANCY_WORDS * leaf + OCCUPANCY_FULL) as usize].load(Relaxed)
    }

    /// Both: live cells, and sites that are not empty.
    #[inline]
    pub fn occupied(&self, leaf: u32) -> (u32, u32) {
        let words = &self.occupancy[(OCCUPANCY_WORDS * leaf) as usize..][..OCCUPANCY_WORDS as usize];
        (words[OCCUPANCY_LIVE as usize].load(Relaxed), words[OCCUPANCY_FULL as usize].load(Relaxed))
    }

    /// Sites of a leaf where something happens in this step, one bit each.
    #[inline]
    pub fn events(&self, leaf: u32) -> &AtomicU32 {
        &self.leaves[(leaf * LEAF_WORDS + LEAF_EVENTS) as usize]
    }

    /// Counts of a leaf, see [`rank`].
    #[inline]
    pub fn leaf_counts(&self, leaf: u32) -> &AtomicU32 {
        &self.leaves[(leaf * LEAF_WORDS + LEAF_COUNTS) as usize]
    }

    /// Mixed placement: sites of a leaf that were empty at the start of the step, one bit each.
    #[inline]
    pub fn empties(&self, leaf: u32) -> &AtomicU32 {
        &self.leaves[(leaf * LEAF_WORDS + LEAF_EMPTY) as usize]
    }

    /// Index of the lesion of a brick.
    #[inline]
    pub fn lesion_of(&self, brick: u32) -> u32 {
        self.bricks[(brick * BRICK_WORDS + BRICK_LESION) as usize].load(Relaxed)
    }

    /// Sites of a leaf whose cells have won the site that they want, one bit each.
    #[inline]
    pub fn winners(&self, leaf: u32) -> &AtomicU32 {
        &self.leaves[(leaf * LEAF_WORDS + LEAF_WINNERS) as usize]
    }

    /// The record of the lesion of a brick.
    #[inline]
    pub fn record_of(&self, brick: u32) -> &LesionRecord {
        &self.lesions[self.lesion_of(brick) as usize]
    }

    /// Cells, live and dead, of a brick.
    #[inline]
    pub fn brick_cells(&self, brick: u32) -> &AtomicU32 {
        &self.bricks[(brick * BRICK_WORDS + BRICK_CELLS) as usize]
    }

    /// Step that a brick's counts belong to.
    #[inline]
    pub fn brick_stamp(&self, brick: u32) -> &AtomicU32 {
        &self.bricks[(brick * BRICK_WORDS + BRICK_STAMP) as usize]
    }

    /// Counts of a brick, see [`rank`].
    #[inline]
    pub fn brick_counts(&self, brick: u32) -> &AtomicU32 {
        &self.bricks[(brick * BRICK_WORDS + BRICK_COUNTS) as usize]
    }

    /// Count of a channel in a group.
    #[inline]
    pub fn group_count(&self, channel: u32, group: u32) -> &AtomicU32 {
        &self.groups[(channel * self.group_total() + group) as usize]
    }

    /// Sum of a channel over the groups of the lesion before a group.
    #[inline]
    pub fn group_sum(&self, channel: u32, group: u32) -> &AtomicU32 {
        &self.groups[((rank::CHANNELS + channel) * self.group_total() + group) as usize]
    }

    /// Number of bricks in the pool.
    #[inline]
    pub fn brick_total(&self) -> u32 {
        self.bricks.len() as u32 / BRICK_WORDS
    }

    /// Number of groups of bricks in the pool.
    #[inline]
    pub fn group_total(&self) -> u32 {
        self.groups.len() as u32 / (2 * rank::CHANNELS)
    }

    /// Lays a batch out. Lesions keep their order; their states are copied.
    pub fn new(model: Arc<Model>, states: &[LesionState], options: PoolOptions) -> Self {
        model.assert_valid();
        let bricks: u32 = states.iter().map(|s| s.shape.brick_count()).sum();
        let groups: u32 = states.iter().map(|s| s.shape.brick_count().div_ceil(1 << GROUP_SHIFT)).sum();
        let addresses = bricks as usize * BRICK as usize;
        let leaves = (bricks * BRICK_LEAVES) as usize;
        let voxels = (bricks * BRICK_VOXELS) as usize;
        let planes = model.oxygen.as_ref().map_or(0, |o| o.planes() as usize);
        let mut pool = Self {
            lesions: Vec::with_capacity(states.len()),
            active: Vec::new(),
            dirty: AtomicU32::new(1),
            sites: zeroed(addresses),
            clones: zeroed(addresses),
            bricks: Vec::with_capacity((bricks * BRICK_WORDS) as usize),
            leaves: zeroed(leaves * LEAF_WORDS as usize),
            occupancy: zeroed(2 * leaves),
            groups: zeroed((2 * rank::CHANNELS * groups) as usize),
            fields: bytemuck::zeroed_vec(planes * voxels),
            census: Vec::new(),
            log: Vec::new(),
            clone_table: Vec::new(),
            eventful: zeroed(bricks as usize),
            runs: Vec::new(),
            tables: Arc::new(model.tables.clone()),
            model,
        };
        for state in states {
            pool.append(state, options);
        }
        pool
    }

    fn append(&mut self, state: &LesionState, options: PoolOptions) {
        let shape = state.shape;
        let [bricks_x, bricks_y, _] = shape.bricks();
        let [voxels_x, voxels_y, voxels_z] = shape.voxels();
        let brick_count = shape.brick_count();
        let brick_base = self.brick_total();
        let group_base = self.lesions.last().map_or(0, |l| l.group_base + l.group_count);
        let stripe_mask = (brick_count / 8).clamp(1, 256).next_power_of_two() - 1;
        let stripes = stripe_mask + 1;
        let mut counters = [0; 2 * COUNTERS];
        for (pair, count) in counters.chunks_exact_mut(2).zip(state.counters.to_array()) {
            pair.copy_from_slice(&[count as u32, (count >> 32) as u32]);
        }
        let record = LesionRecord {
            id: state.id.0,
            brick_base,
            brick_count,
            group_base,
            group_count: brick_count.div_ceil(1 << GROUP_SHIFT),
            size_x: shape.size[0],
            size_y: shape.size[1],
            size_z: shape.size[2],
            bricks_x,
            bricks_y,
            voxels_x,
            voxels_y,
            voxels_z,
            step: state.step,
            until: state.step,
            overflow: 0,
            redo: 0,
            clone_base: self.clone_table.len() as u32 / CLONE_WORDS,
            clone_capacity: state.table.len() as u32 + options.spare_clones,
            clone_count: state.table.len() as u32,
            founders: 0,
            births: 0,
            empties: 0,
            stripe_mask,
            census_base: self.census.len() as u32,
            log_base: self.log.len() as u32,
            log_capacity: options.log_entries,
            log_length: 0,
            supply: self.model.oxygen.as_ref().map_or(0, |rule| rule.supply_of(state.id.patient())),
            hypoxia: self.model.oxygen.as_ref().map_or(0, |rule| rule.hypoxia_of(state.id.patient())),
            fold: fold_steps(brick_count).min(options.fold_steps).max(1),
            inputs: Inputs::default(),
            salt: key::salt(&Draws::new(self.model.seed, state.id.0, state.step)),
            control: state.control,
            counters,
        };
        let brick = [self.lesions.len() as u32, 0, NO_STEP, 0];
        for _ in 0..brick_count {
            self.bricks.extend(brick.map(AtomicU32::new));
        }
        let words: &[u32] = bytemuck::cast_slice(&state.table.0);
        self.clone_table.extend(words.iter().copied().map(AtomicU32::new));
        let end = (record.clone_base + record.clone_capacity) * CLONE_WORDS;
        self.clone_table.resize_with(end as usize, || AtomicU32::new(0));
        let census = record.census_base + stripes * self.census_stride();
        self.census.resize_with(census as usize, || AtomicU32::new(0));
        let log = record.log_base + record.log_capacity * self.log_stride();
        self.log.resize(log as usize, 0);
        self.fill(state, &record);
        self.lesions.push(record);
    }

    /// Copies the cells of a state and derives the counts that steps keep up to date.
    fn fill(&mut self, state: &LesionState, record: &LesionRecord) {
        let base = (record.brick_base << BRICK_SHIFT) as usize;
        let stride = self.census_stride();
        self.wall_in(&state.shape, base);
        for (site, w, clone) in state.cells() {
            let address = base + site as usize;
            *self.sites[address].get_mut() = w;
            let (leaf, bit) = (address >> LEAF_SHIFT, 1 << (address as u32 % LEAF));
            *self.occupancy[2 * leaf + 1].get_mut() |= bit;
            *self.clones[address].get_mut() = clone;
            let brick = address >> BRICK_SHIFT;
            *self.bricks[brick * BRICK_WORDS as usize + 1].get_mut() += 1;
            let stripe = record.stripe(brick as u32, stride);
            let census = if word::is_live(w) {
                *self.occupancy[2 * leaf].get_mut() |= bit;
                CENSUS_HEAD + self.tables.row_of[word::code(w) as usize]
            } else {
                CENSUS_DEAD
            };
            *self.census[(stripe + census) as usize].get_mut() += 1;
        }
        self.fill_fields(state, record);
    }

    /// Marks what lies between the lattice's edge and the edge of its last bricks as wall.
    fn wall_in(&mut self, shape: &Shape, base: usize) {
        for brick in (0..shape.brick_count()).filter(|brick| shape.is_cut(*brick)) {
            let sites = brick << BRICK_SHIFT..(brick + 1) << BRICK_SHIFT;
            for site in sites.filter(|site| !shape.contains(shape.position(*site))) {
                let address = base + site as usize;
                *self.sites[address].get_mut() = word::wall();
                *self.occupancy[2 * (address >> LEAF_SHIFT) + 1].get_mut() |= 1 << (address as u32 % LEAF);
            }
        }
    }

    /// Changes the rate tables.
    ///
    /// # Panics
    ///
    /// If they do not fit the model afterwards, see [`Model::assert_tables`].
    pub fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) {
        let tables = Arc::make_mut(&mut self.tables);
        change(tables);
        self.model.assert_tables(tables);
    }

    /// Lets every lesion advance to a step.
    ///
    /// # Panics
    ///
    /// If a lesion's inputs ask for a table that there is not: a programming error, which a device would not notice.
    pub fn set_until(&mut self, until: u32) {
        let most = self.tables.table_of_drugs.iter().max().map_or(0, |t| *t as usize);
        for record in &mut self.lesions {
            assert!(
                record.inputs.table as usize + most < self.tables.heads.len(),
                "a table for every lesion"
            );
            record.until = until;
        }
        self.dirty.store(1, Relaxed);
    }

    /// Advances a lesion no further, whatever it was about to do: nobody looks at it any more.
    pub fn halt(&mut self, lesion: usize) {
        self.lesions[lesion].control.status |= status::ENDED;
    }

    /// Whether any lesion has not halted.
    pub fn is_running(&self) -> bool {
        self.lesions.iter().any(|l| l.control.status == status::RUNNING)
    }

    /// Gives back the memory of the arrays that a device holds; records, census and log stay.
    pub fn release(&mut self) {
        self.sites = Vec::new();
        self.clones = Vec::new();
        self.bricks = Vec::new();
        self.leaves = Vec::new();
        self.occupancy = Vec::new();
        self.groups = Vec::new();
        self.fields = Vec::new();
        self.clone_table = Vec::new();
        self.eventful = Vec::new();
    }

    /// Gives every lesion whose clone table is full a larger one and lets it repeat its step.
    ///
    /// Returns whether there was any.
    pub fn grow_clone_tables(&mut self) -> bool {
        if self.lesions.iter().all(|l| l.overflow == 0) {
            return false;
        }
        let mut old = std::mem::take(&mut self.clone_table).into_iter();
        let mut taken = 0;
        for record in &mut self.lesions {
            let skip = record.clone_base * CLONE_WORDS - taken;
            let entries = record.clone_count * CLONE_WORDS;
            taken += skip + entries;
            let entries = old.by_ref().skip(skip as usize).take(entries as usize);
            if record.overflow != 0 {
                let needed = record.clone_count + record.founders;
                record.clone_capacity = needed + needed / 2 + 1024;
                record.overflow = 0;
                record.redo = 1;
            }
            record.clone_base = self.clone_table.len() as u32 / CLONE_WORDS;
            self.clone_table.extend(entries);
            let end = (record.clone_base + record.clone_capacity) * CLONE_WORDS;
            self.clone_table.resize_with(end as usize, || AtomicU32::new(0));
        }
        self.dirty.store(1, Relaxed);
        true
    }

    /// Bytes that a pool of these shapes takes, on either backend.
    pub fn bytes(model: &Model, shapes: &[Shape], options: PoolOptions) -> u64 {
        let bricks: u64 = shapes.iter().map(|s| u64::from(s.brick_count())).sum();
        let states = u64::from(model.tables.states());
        let planes = model.oxygen.as_ref().map_or(0, |o| u64::from(o.planes()));
        let per_brick = UNTOUCHED_BYTES + 4 * planes * u64::from(BRICK_VOXELS) + 16;
        let per_lesion = |shape: &Shape| {
            let stripes = u64::from((shape.brick_count() / 8).clamp(1, 256).next_power_of_two());
            stripes * 4 * (u64::from(CENSUS_HEAD) + states)
                + u64::from(options.log_entries) * 4 * (u64::from(LOG_HEAD) + states)
                + u64::from(options.spare_clones) * 16
                + size_of::<LesionRecord>() as u64
        };
        let tables = model.tables.rows.len() as u64 * 64
            + model.tables.outcomes.len() as u64 * 12
            + model.tables.maps.len() as u64 * 4;
        bricks * per_brick + shapes.iter().map(per_lesion).sum::<u64>() + tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Between two checks event counts have 32 bits, and a check may come after any number of steps: 640 000 sites with an event each
    // would wrap in 6711.
    #[test]
    fn event_counts_are_added_up_before_they_wrap() {
        for bricks in [1, 7, 1250, 1 << 20, (1 << 22) - 1] {
            let sites = u64::from(bricks) << BRICK_SHIFT;
            let steps = u64::from(fold_steps(bricks));
            assert!(steps >= 1 && steps * sites <= u64::from(u32::MAX), "{bricks}: {steps}");
            assert!((steps + 1) * sites > u64::from(u32::MAX), "{bricks}: {steps}");
        }
        assert_eq!(fold_steps(1250), 6710);
    }
}

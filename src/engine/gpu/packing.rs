//! The model as words for the device: a uniform block of scalars, and one table buffer.
//!
//! Shaders have the same structs and positions, see `declared.rs`.

use bytemuck::{Pod, Zeroable};
use evotor_derive::DeviceWords;

use crate::engine::model::{DrugRule, Model, OxygenRule, PlacementRule, TargetRule};
use crate::engine::pool::{BRICK_WORDS, OCCUPANCY_WORDS, Pool, rank};
use crate::engine::tables::{RateRow, RateTables, TableHead, Transition};
use crate::tissue::fixed::{DECIMAL_WORDS, Threshold};
use crate::tissue::shape::BRICK_LEAVES;

use super::kernels::LIST_BLOCK;

/// Words before the list of bricks: its length, whether it must be made anew, spares.
pub mod queue {
    /// Number of bricks in the list.
    pub const LENGTH: u32 = 0;
    /// Not zero when the list must be made anew.
    pub const DIRTY: u32 = 1;
    /// Workgroups that have listed their bricks, while the list is made.
    pub const LISTED: u32 = 2;
    /// First word of the list.
    pub const HEAD: u32 = 4;
}

/// Scalars of the model and the pool, and where each table begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
#[expect(
    missing_docs,
    reason = "the names are those of the model; `at_…` are positions in the tables and in the atomics"
)]
pub struct Config {
    pub seed_low: u32,
    pub seed_high: u32,
    pub dimension: u32,
    pub periodic: u32,
    pub placement: u32,
    pub candidates: u32,
    pub offsets: u32,
    pub drugs: u32,
    pub check: u32,
    pub end: u32,
    pub extinction: u32,
    pub burden: u32,
    pub progression: u32,
    pub checks: u32,
    pub halt: u32,
    pub targets: u32,
    pub immediate_clearance: u32,
    pub states: u32,
    pub blocks: u32,
    pub bin_shift: u32,
    pub has_oxygen: u32,
    pub census_stride: u32,
    pub log_stride: u32,
    pub lesions: u32,
    pub bricks: u32,
    pub groups: u32,
    pub voxels: u32,
    pub at_offsets: u32,
    pub at_row_of: u32,
    pub at_block_of: u32,
    pub at_heads: u32,
    pub at_rows: u32,
    pub at_outcomes: u32,
    pub at_table_of_drugs: u32,
    pub at_drugs: u32,
    pub at_windows: u32,
    pub at_weight: u32,
    pub at_source: u32,
    pub at_maps: u32,
    pub at_hypoxia: u32,
    pub at_independence: u32,
    pub at_factors: u32,
    pub at_targets: u32,
    pub at_target_rows: u32,
    pub at_factor: u32,
    pub at_blocks: u32,
    pub at_bricks: u32,
    pub at_occupancy: u32,
    pub at_groups: u32,
    pub at_census: u32,
    pub oxygen_free: u32,
    pub environments: u32,
    pub perfusion_bins: u32,
    pub fields: u32,
    pub has_vessels: u32,
    pub vegf_spread: u32,
    pub vegf_gain: u32,
    pub vegf_half: u32,
    pub vessel_growth: u32,
    pub vessel_ceiling: u32,
    pub vessel_saturation: u32,
    pub vessel_loss: u32,
    pub has_independence: u32,
    pub has_factors: u32,
}

/// How a site is found, in [`Config::placement`].
pub mod place {
    /// Among the neighbours.
    pub const NEIGHBOUR: u32 = 0;
    /// Among some candidates.
    pub const CANDIDATES: u32 = 1;
    /// Anywhere.
    pub const MIXED: u32 = 2;
}

/// A threshold of 64 bits: high word, low word.
type Pair = [u32; 2];

/// The head of a rate table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub(super) struct HeadWords {
    clear: Pair,
    fate_reject: u32,
    switch_reject: u32,
    switches: u32,
}

/// A row of a rate table, filled up to 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub(super) struct RowWords {
    die: Pair,
    divide: Pair,
    migrate: Pair,
    replace: Pair,
    kill: Pair,
    /// Lists of outcomes: first, number.
    switches: Pair,
    mutations: Pair,
    spare: Pair,
}

/// A drug's schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub(super) struct DrugWords {
    by_burden: u32,
    begin: u32,
    duration: u32,
    cycle_on: u32,
    cycle_off: u32,
    adaptive: u32,
    every: u32,
    /// First window, and their number.
    windows: u32,
    window_count: u32,
    off_below: [u32; DECIMAL_WORDS],
    on_above: [u32; DECIMAL_WORDS],
}

/// A target of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub(super) struct TargetWords {
    cells: u32,
    share: u32,
    halt: u32,
}

/// How many of what grows there are, or that there is room for: tables, maps, rows, outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableSizes([usize; 4]);

/// Words of each of these.
const TABLE_STRIDES: [usize; 4] =
    [size_of::<HeadWords>() / 4, 1, size_of::<RowWords>() / 4, size_of::<Transition>() / 4];

impl TableSizes {
    /// Those of some tables.
    pub fn of(tables: &RateTables) -> Self {
        Self([tables.heads.len(), tables.maps.len(), tables.rows.len(), tables.outcomes.len()])
    }

    /// The double of each.
    pub fn doubled(self) -> Self {
        Self(self.0.map(|size| 2 * size))
    }

    /// Whether there is room for so many.
    pub fn has_room_for(&self, needed: Self) -> bool {
        needed.0.iter().zip(self.0).all(|(needed, room)| *needed <= room)
    }

    fn words(&self) -> [usize; 4] {
        std::array::from_fn(|part| self.0[part] * TABLE_STRIDES[part])
    }
}

/// Words, and where they stand in the table buffer.
pub type TablePiece = (u32, Vec<u32>);

/// The table buffer: scalars that say what stands where, what never grows at the front, then rate tables, with room for more.
pub struct PackedTables {
    /// The uniform block.
    pub config: Config,
    /// What there is.
    pub pieces: Vec<TablePiece>,
    /// Words of the buffer.
    pub words: usize,
}

/// The uniform block and the table buffer of a pool's model.
pub fn pack(pool: &Pool) -> (Config, Vec<u32>) {
    let PackedTables { config, pieces, words } = pack_with_room(pool, TableSizes::of(&pool.tables));
    let mut all = vec![0; words];
    for (at, piece) in pieces {
        all[at as usize..][..piece.len()].copy_from_slice(&piece);
    }
    (config, all)
}

/// The tables that came after there were so many: where the buffer has room for them, its other words stay as they are.
pub fn pack_more(config: &Config, tables: &RateTables, before: TableSizes) -> Vec<TablePiece> {
    let [heads, maps, rows, outcomes] = before.0;
    let at = [config.at_heads, config.at_maps, config.at_rows, config.at_outcomes];
    let more = [
        tables.heads[heads..].iter().flat_map(|head| plain(&pack_head(head))).collect(),
        tables.maps[maps..].to_vec(),
        tables.rows[rows..].iter().flat_map(|row| plain(&pack_row(row))).collect(),
        bytemuck::cast_slice(&tables.outcomes[outcomes..]).to_vec(),
    ];
    let first = at.iter().zip(before.words()).map(|(at, words)| at + words as u32);
    first.zip(more).filter(|(_, words): &TablePiece| !words.is_empty()).collect()
}

fn plain<T: Pod>(record: &T) -> Vec<u32> {
    bytemuck::cast_slice(std::slice::from_ref(record)).to_vec()
}

/// As [`pack`], with room for so many rate tables.
pub fn pack_with_room(pool: &Pool, room: TableSizes) -> PackedTables {
    let (mut config, front) = pack_front(pool);
    let mut words = front.len();
    let at = room.words().map(|part| {
        words += part;
        (words - part) as u32
    });
    [config.at_heads, config.at_maps, config.at_rows, config.at_outcomes] = at;
    let mut pieces = vec![(0, front)];
    pieces.extend(pack_more(&config, &pool.tables, TableSizes::default()));
    PackedTables { config, pieces, words }
}

/// The scalars, and what never grows.
fn pack_front(pool: &Pool) -> (Config, Vec<u32>) {
    let model = &*pool.model;
    let mut words = Vec::new();
    let mut config = scalars(pool, model);
    let tables = &*pool.tables;
    config.at_offsets = place(&mut words, model.offsets.iter().map(|o| pack_offset(*o)));
    config.at_row_of = place(&mut words, tables.row_of.iter().copied());
    config.at_block_of = place(&mut words, tables.block_of.iter().copied());
    config.at_table_of_drugs = place(&mut words, tables.table_of_drugs.iter().copied());
    let mut windows = 0;
    config.at_drugs = place_records(&mut words, model.drugs.iter().map(|d| pack_drug(d, &mut windows)));
    config.at_windows =
        place(&mut words, model.drugs.iter().flat_map(|d| d.windows.iter().flat_map(|w| [w.0, w.1])));
    let oxygen = model.oxygen.as_ref();
    config.at_weight = place(&mut words, oxygen.iter().flat_map(|o| o.weight.iter().copied()));
    config.at_source = place(&mut words, oxygen.iter().flat_map(|o| o.source.iter().copied()));
    let vessels = oxygen.and_then(|o| o.vessels.as_ref());
    config.at_hypoxia = place(&mut words, oxygen.iter().flat_map(|o| o.hypoxia.iter().copied()));
    config.at_independence = place(&mut words, vessels.iter().flat_map(|v| v.independence.iter().copied()));
    config.at_factors = place(&mut words, vessels.iter().flat_map(|v| v.secretion.iter().copied()));
    let targets = &model.targets;
    config.at_targets = place_records(&mut words, targets.rules.iter().map(pack_target));
    config.at_target_rows = place(&mut words, targets.of_row.iter().copied());
    config.at_factor = place(&mut words, model.stop.factor.unwrap_or_default().0.into_iter());
    words.push(0);
    (config, words)
}

fn place(words: &mut Vec<u32>, values: impl Iterator<Item = u32>) -> u32 {
    let at = words.len() as u32;
    words.extend(values);
    at
}

fn place_records<T: Pod>(words: &mut Vec<u32>, records: impl Iterator<Item = T>) -> u32 {
    let at = words.len() as u32;
    records.for_each(|record| words.extend_from_slice(bytemuck::cast_slice(&[record])));
    at
}

fn scalars(pool: &Pool, model: &Model) -> Config {
    let (placement, candidates) = match model.placement {
        PlacementRule::Neighbour => (place::NEIGHBOUR, 0),
        PlacementRule::Candidates(n) => (place::CANDIDATES, n),
        PlacementRule::Mixed => (place::MIXED, 0),
    };
    let vessels = model.oxygen.as_ref().and_then(|o| o.vessels.as_ref());
    let (bricks, groups) = (pool.brick_total(), pool.group_total());
    let at_blocks = queue::HEAD + bricks;
    let at_bricks = at_blocks + bricks.div_ceil(LIST_BLOCK);
    let at_occupancy = at_bricks + BRICK_WORDS * bricks;
    let at_groups = at_occupancy + OCCUPANCY_WORDS * BRICK_LEAVES * bricks;
    Config {
        seed_low: model.seed as u32,
        seed_high: (model.seed >> 32) as u32,
        dimension: model.dimension,
        periodic: u32::from(model.periodic),
        placement,
        candidates,
        offsets: model.offsets.len() as u32,
        drugs: model.drugs.len() as u32,
        check: model.stop.check,
        end: model.stop.end,
        extinction: u32::from(model.stop.extinction),
        burden: model.stop.burden,
        progression: u32::from(model.stop.factor.is_some()),
        checks: model.stop.checks,
        halt: u32::from(model.stop.halt),
        targets: model.targets.rules.len() as u32,
        immediate_clearance: u32::from(pool.tables.immediate_clearance),
        states: pool.tables.states(),
        blocks: pool.tables.blocks,
        bin_shift: pool.tables.bin_shift,
        has_oxygen: u32::from(model.oxygen.is_some()),
        census_stride: pool.census_stride(),
        log_stride: pool.log_stride(),
        lesions: pool.lesions.len() as u32,
        bricks,
        groups,
        at_blocks,
        at_bricks,
        at_occupancy,
        at_groups,
        at_census: at_groups + 2 * rank::CHANNELS * groups,
        voxels: pool.voxel_total(),
        oxygen_free: model.oxygen.as_ref().map_or(0, |o| o.free),
        environments: pool.tables.environments(),
        perfusion_bins: pool.tables.perfusion_bins.max(1),
        fields: model.oxygen.as_ref().map_or(0, OxygenRule::fields),
        has_vessels: u32::from(vessels.is_some()),
        vegf_spread: vessels.map_or(0, |v| v.spread),
        vegf_gain: vessels.map_or(0, |v| v.gain),
        vegf_half: vessels.map_or(1, |v| v.half),
        vessel_growth: vessels.map_or(0, |v| v.growth),
        vessel_ceiling: vessels.map_or(0, |v| v.ceiling),
        vessel_saturation: vessels.map_or(0, |v| v.saturation),
        vessel_loss: vessels.map_or(0, |v| v.loss),
        has_independence: u32::from(vessels.is_some_and(|v| !v.independence.is_empty())),
        has_factors: u32::from(vessels.is_some_and(|v| !v.secretion.is_empty())),
        ..Config::zeroed()
    }
}

/// A displacement in one word, each coordinate biased by 128.
fn pack_offset(offset: [i32; 3]) -> u32 {
    let biased = offset.map(|c| (c + 128) as u32);
    biased[0] | (biased[1] << 8) | (biased[2] << 16)
}

fn pair(threshold: Threshold) -> Pair {
    [threshold.hi, threshold.lo]
}

fn pack_head(head: &TableHead) -> HeadWords {
    HeadWords {
        clear: pair(head.clear),
        fate_reject: head.fate_reject,
        switch_reject: head.switch_reject,
        switches: u32::from(head.switches),
    }
}

fn pack_row(row: &RateRow) -> RowWords {
    RowWords {
        die: pair(row.die),
        divide: pair(row.divide),
        migrate: pair(row.migrate),
        replace: pair(row.replace),
        kill: pair(row.kill),
        switches: row.switches.into(),
        mutations: row.mutations.into(),
        spare: [0; 2],
    }
}

/// The words of a drug rule; `windows` counts the windows of the drugs before.
fn pack_drug(rule: &DrugRule, windows: &mut u32) -> DrugWords {
    let first = *windows;
    *windows += rule.windows.len() as u32;
    let adaptive = rule.adaptive;
    let [off_below, on_above] = adaptive.map_or_else(Default::default, |a| [a.off_below.0, a.on_above.0]);
    DrugWords {
        by_burden: u32::from(rule.begin_burden.is_some()),
        begin: rule.begin_burden.unwrap_or(rule.begin_step),
        duration: rule.duration,
        cycle_on: rule.cycle.0,
        cycle_off: rule.cycle.1,
        adaptive: u32::from(adaptive.is_some()),
        every: adaptive.map_or(1, |a| a.every),
        windows: first,
        window_count: rule.windows.len() as u32,
        off_below,
        on_above,
    }
}

fn pack_target(rule: &TargetRule) -> TargetWords {
    TargetWords { cells: rule.cells, share: rule.share, halt: u32::from(rule.halt) }
}

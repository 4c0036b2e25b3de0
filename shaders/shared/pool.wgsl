// The pool: all lesions of a batch in flat arrays of 32-bit words.
// Twin: src/engine/pool.rs (a test compares the layouts).

struct Config {
    seed_low: u32,
    seed_high: u32,
    dimension: u32,
    periodic: u32,
    placement: u32,
    candidates: u32,
    offsets: u32,
    drugs: u32,
    check: u32,
    end: u32,
    extinction: u32,
    burden: u32,
    progression: u32,
    checks: u32,
    halt: u32,
    targets: u32,
    immediate_clearance: u32,
    states: u32,
    blocks: u32,
    bin_shift: u32,
    has_oxygen: u32,
    census_stride: u32,
    log_stride: u32,
    lesions: u32,
    bricks: u32,
    groups: u32,
    voxels: u32,
    at_offsets: u32,
    at_row_of: u32,
    at_block_of: u32,
    at_heads: u32,
    at_rows: u32,
    at_outcomes: u32,
    at_table_of_drugs: u32,
    at_drugs: u32,
    at_windows: u32,
    at_weight: u32,
    at_source: u32,
    at_maps: u32,
    at_hypoxia: u32,
    at_targets: u32,
    at_target_rows: u32,
    at_factor: u32,
    oxygen_free: u32,
    environments: u32,
    perfusion_bins: u32,
    fields: u32,
    has_vessels: u32,
    vegf_spread: u32,
    vegf_gain: u32,
    vegf_half: u32,
    vessel_growth: u32,
    vessel_ceiling: u32,
}

struct Control {
    status: u32,
    drugs_on: u32,
    drugs_begun: u32,
    drugs_held: u32,
    table: u32,
    started: u32,
    start_burden: u32,
    streak: u32,
    progressed: u32,
    begun_at: array<u32, 8>,
    reference: array<u32, 8>,
}

struct Inputs {
    table: u32,
    flow: u32,
    pruning: u32,
    free_vegf: u32,
    formation: u32,
    secretion: u32,
}

struct LesionRecord {
    id: u32,
    brick_base: u32,
    brick_count: u32,
    group_base: u32,
    group_count: u32,
    size_x: u32,
    size_y: u32,
    size_z: u32,
    bricks_x: u32,
    bricks_y: u32,
    voxels_x: u32,
    voxels_y: u32,
    voxels_z: u32,
    step: u32,
    until: u32,
    overflow: u32,
    redo: u32,
    clone_base: u32,
    clone_capacity: u32,
    clone_count: u32,
    founders: u32,
    births: u32,
    empties: u32,
    stripe_mask: u32,
    census_base: u32,
    log_base: u32,
    log_capacity: u32,
    log_length: u32,
    fold: u32,
    inputs: Inputs,
    salt: array<u32, 4>,
    control: Control,
    counters: array<u32, 18>,
}

const PLACE_NEIGHBOUR: u32 = 0u;
const PLACE_CANDIDATES: u32 = 1u;
const PLACE_MIXED: u32 = 2u;

const NEVER: u32 = 0xffffffffu;
const NO_STEP: u32 = 0xffffffffu;

// Words of a brick: lesion, cells, stamp, counts.
const BRICK_WORDS: u32 = 4u;
// Words of a leaf: events, counts, empty sites, winners.
const LEAF_WORDS: u32 = 4u;
const CLONE_WORDS: u32 = 4u;
const COUNTERS: u32 = 9u;
const CENSUS_HEAD: u32 = 10u;
const CENSUS_DEAD: u32 = 9u;
const LOG_HEAD: u32 = 26u;

// Words before the list of bricks in `queue`: length, dirty, then spares.
const QUEUE_LENGTH: u32 = 0u;
const QUEUE_DIRTY: u32 = 1u;
const QUEUE_HEAD: u32 = 4u;

const COUNT_BIRTHS: u32 = 0u;
const COUNT_DEATHS: u32 = 1u;
const COUNT_KILLS: u32 = 2u;
const COUNT_BLOCKED: u32 = 3u;
const COUNT_LOST: u32 = 4u;
const COUNT_SWITCHES: u32 = 5u;
const COUNT_FOUNDERS: u32 = 6u;
const COUNT_MOVES: u32 = 7u;
const COUNT_CLEARED: u32 = 8u;

const LEAF_BIRTHS: u32 = 8u;
const LEAF_EMPTIES: u32 = 16u;
const BRICK_BIRTHS: u32 = 11u;
const BRICK_EMPTIES: u32 = 21u;
const CHANNELS: u32 = 3u;
const RANK_FOUNDERS: u32 = 0u;
const RANK_BIRTHS: u32 = 1u;
const RANK_EMPTIES: u32 = 2u;

const STATUS_ENDED: u32 = 1u;
const STATUS_EXTINCT: u32 = 2u;
const STATUS_BURDEN: u32 = 4u;
const STATUS_PROGRESSED: u32 = 8u;
const STATUS_TARGET: u32 = 16u;

const MAX_TARGETS: u32 = 8u;
const SHARE_PARTS: u32 = 1000000000u;

@group(0) @binding(0) var<uniform> config: Config;
@group(0) @binding(1) var<storage, read> tables: array<u32>;
@group(0) @binding(2) var<storage, read_write> lesions: array<LesionRecord>;
@group(0) @binding(3) var<storage, read_write> queue: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> bricks: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> leaves: array<u32>;
@group(0) @binding(6) var<storage, read_write> occupancy: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> groups: array<atomic<u32>>;
@group(0) @binding(8) var<storage, read_write> fields: array<u32>;
@group(0) @binding(9) var<storage, read_write> census: array<atomic<u32>>;
@group(0) @binding(10) var<storage, read_write> journal: array<u32>;
@group(0) @binding(11) var<storage, read_write> clone_table: array<u32>;

// Invocations in a workgroup: any value gives the same bits.
override WORKGROUP: u32 = 64u;

// The index of an invocation in a dispatch that is folded into two dimensions.
fn folded(id: vec3<u32>, counts: vec3<u32>) -> u32 {
    return id.y * counts.x * WORKGROUP + id.x;
}

fn runs(lesion: u32) -> bool {
    return lesions[lesion].control.status == 0u
        && lesions[lesion].overflow == 0u
        && lesions[lesion].step < lesions[lesion].until;
}

// No leaf: past the end of the list.
const NO_LEAF: u32 = 0xffffffffu;

// The leaf of an invocation: the leaves of the listed bricks one after the other.
fn listed_leaf(index: u32) -> u32 {
    if index / BRICK_LEAVES >= atomicLoad(&queue[QUEUE_LENGTH]) {
        return NO_LEAF;
    }
    return atomicLoad(&queue[QUEUE_HEAD + index / BRICK_LEAVES]) * BRICK_LEAVES + index % BRICK_LEAVES;
}

fn lesion_of(brick: u32) -> u32 {
    return atomicLoad(&bricks[brick * BRICK_WORDS]);
}

fn leaf_live(leaf: u32) -> u32 {
    return atomicLoad(&occupancy[2u * leaf]);
}

fn leaf_full(leaf: u32) -> u32 {
    return atomicLoad(&occupancy[2u * leaf + 1u]);
}

fn leaf_events(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS];
}

fn leaf_counts(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + 1u];
}

fn leaf_empties(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + 2u];
}

fn leaf_winners(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + 3u];
}

// Words under which a lesion's claims are keyed in this step.
fn salt_of(lesion: u32) -> vec4<u32> {
    return vec4<u32>(
        lesions[lesion].salt[0],
        lesions[lesion].salt[1],
        lesions[lesion].salt[2],
        lesions[lesion].salt[3],
    );
}

// The site within its lesion of an address.
fn site_of(lesion: u32, address: u32) -> u32 {
    return address - (lesions[lesion].brick_base << BRICK_SHIFT);
}

fn address_of(lesion: u32, site: u32) -> u32 {
    return site + (lesions[lesion].brick_base << BRICK_SHIFT);
}

// First word of the census stripe that a brick counts into.
fn stripe_of(lesion: u32, brick: u32) -> u32 {
    let stripe = (brick - lesions[lesion].brick_base) & lesions[lesion].stripe_mask;
    return lesions[lesion].census_base + stripe * config.census_stride;
}

// The pool: all lesions of a batch in arrays of 32-bit words. Twin: src/engine/pool.rs, which says what each word is.
//
// Structs, constants and bindings are declared in Rust and stand in no file: `shared/declared`.

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
    if index / BRICK_LEAVES >= atomicLoad(&atomics[QUEUE_LENGTH]) {
        return NO_LEAF;
    }
    return listed_brick(index / BRICK_LEAVES) * BRICK_LEAVES + index % BRICK_LEAVES;
}

fn listed_brick(index: u32) -> u32 {
    return atomicLoad(&atomics[QUEUE_HEAD + index]);
}

// The list of bricks must be made anew.
fn mark_dirty() {
    atomicStore(&atomics[QUEUE_DIRTY], 1u);
}

// Position of a word of a brick.
fn at_brick(brick: u32, word: u32) -> u32 {
    return config.at_bricks + brick * BRICK_WORDS + word;
}

// Position of a word of a leaf's occupancy.
fn at_occupancy(leaf: u32, word: u32) -> u32 {
    return config.at_occupancy + leaf * OCCUPANCY_WORDS + word;
}

// Position of a group's count in a channel, and of the sum over the groups before it.
fn at_group_count(channel: u32, group: u32) -> u32 {
    return config.at_groups + channel * config.groups + group;
}

fn at_group_sum(channel: u32, group: u32) -> u32 {
    return at_group_count(CHANNELS + channel, group);
}

fn lesion_of(brick: u32) -> u32 {
    return atomicLoad(&atomics[at_brick(brick, BRICK_LESION)]);
}

fn brick_cells(brick: u32) -> u32 {
    return atomicLoad(&atomics[at_brick(brick, BRICK_CELLS)]);
}

fn brick_stamp(brick: u32) -> u32 {
    return atomicLoad(&atomics[at_brick(brick, BRICK_STAMP)]);
}

fn live(leaf: u32) -> u32 {
    return atomicLoad(&atomics[at_occupancy(leaf, OCCUPANCY_LIVE)]);
}

fn full(leaf: u32) -> u32 {
    return atomicLoad(&atomics[at_occupancy(leaf, OCCUPANCY_FULL)]);
}

fn leaf_events(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + LEAF_EVENTS];
}

fn leaf_counts(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + LEAF_COUNTS];
}

fn leaf_empties(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + LEAF_EMPTY];
}

fn leaf_winners(leaf: u32) -> u32 {
    return leaves[leaf * LEAF_WORDS + LEAF_WINNERS];
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

// Position of the census stripe that a brick counts into.
fn stripe_of(lesion: u32, brick: u32) -> u32 {
    return at_stripe(lesion, (brick - lesions[lesion].brick_base) & lesions[lesion].stripe_mask);
}

fn at_stripe(lesion: u32, stripe: u32) -> u32 {
    return config.at_census + lesions[lesion].census_base + stripe * config.census_stride;
}

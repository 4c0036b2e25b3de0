// Which bricks a step visits. Twin: src/engine/cpu/list.rs.
//
// Two dispatches over blocks of bricks, an invocation each: the first counts the visited bricks of each block, the second adds up the
// counts of the blocks before its own and writes the list, in brick order. Both do nothing unless something has changed.
#import shared/mul_wide
#import shared/fixed
#import shared/shape
#import shared/declared
#import shared/pool
#import shared/fields

// Workgroup size of the stages that go over the list, for the sizes of their dispatches.
override LEAF_WORKGROUP: u32 = 64u;
// Most workgroups in a direction of a dispatch.
override MAX_GROUPS: u32 = 65535u;

var<workgroup> dirty: u32;
var<workgroup> visited_before: atomic<u32>;
// The visited bricks of the block, a bit each.
var<workgroup> visited: array<atomic<u32>, 8>;

fn is_visited(brick: u32) -> bool {
    let filled = config.placement == PLACE_MIXED || brick_cells(brick) != 0u;
    return filled && runs(lesion_of(brick));
}

// A brick that has lost its last cell goes back to the fields of free tissue.
fn forget(brick: u32) {
    let cells = brick_cells(brick);
    let stamp = brick_stamp(brick);
    if config.has_oxygen == 0u || cells != 0u || stamp == NO_STEP {
        return;
    }
    atomicStore(&atomics[at_brick(brick, BRICK_STAMP)], NO_STEP);
    for (var voxel = brick * BRICK_VOXELS; voxel < (brick + 1u) * BRICK_VOXELS; voxel += 1u) {
        for (var plane = 0u; plane < config.fields; plane += 1u) {
            set_field(plane, voxel, free_of(plane));
        }
        for (var plane = 0u; plane < min(config.fields, 2u); plane += 1u) {
            set_field(config.fields + plane, voxel, free_of(plane));
        }
    }
}

// Sizes of the dispatches over leaves and over voxels: x, y, z and a spare each.
fn fold_into(at: u32, invocations: u32) {
    let needed = (invocations + LEAF_WORKGROUP - 1u) / LEAF_WORKGROUP;
    let x = min(needed, MAX_GROUPS);
    dispatch[at] = x;
    dispatch[at + 1u] = select((needed + x - 1u) / max(x, 1u), 1u, x == 0u);
    dispatch[at + 2u] = 1u;
}

fn blocks() -> u32 {
    return (config.bricks + LIST_BLOCK - 1u) / LIST_BLOCK;
}

// Whether the list must be made anew, for all of a workgroup.
fn is_dirty(lane: u32) -> bool {
    if lane == 0u {
        dirty = atomicLoad(&atomics[QUEUE_DIRTY]);
    }
    return workgroupUniformLoad(&dirty) != 0u;
}

@compute @workgroup_size(LIST_BLOCK)
fn count(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) counts: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = id.y * counts.x + id.x;
    if block >= blocks() || !is_dirty(lane) {
        return;
    }
    let brick = block * LIST_BLOCK + lane;
    if brick < config.bricks {
        if is_visited(brick) {
            atomicAdd(&visited_before, 1u);
        }
        forget(brick);
    }
    workgroupBarrier();
    if lane == 0u {
        atomicStore(&atomics[config.at_blocks + block], atomicLoad(&visited_before));
    }
}

@compute @workgroup_size(LIST_BLOCK)
fn list(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) counts: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = id.y * counts.x + id.x;
    if block >= blocks() || !is_dirty(lane) {
        return;
    }
    let brick = block * LIST_BLOCK + lane;
    let is_listed = brick < config.bricks && is_visited(min(brick, config.bricks - 1u));
    for (var before = lane; before < block; before += LIST_BLOCK) {
        atomicAdd(&visited_before, atomicLoad(&atomics[config.at_blocks + before]));
    }
    if is_listed {
        atomicOr(&visited[lane / 32u], 1u << (lane & 31u));
    }
    workgroupBarrier();
    var at = atomicLoad(&visited_before);
    for (var word = 0u; word < lane / 32u; word += 1u) {
        at += countOneBits(atomicLoad(&visited[word]));
    }
    at += countOneBits(atomicLoad(&visited[lane / 32u]) & ((1u << (lane & 31u)) - 1u));
    if is_listed {
        atomicStore(&atomics[QUEUE_HEAD + at], brick);
    }
    if lane == LIST_BLOCK - 1u && block == blocks() - 1u {
        let total = at + select(0u, 1u, is_listed);
        atomicStore(&atomics[QUEUE_LENGTH], total);
        fold_into(0u, total * BRICK_LEAVES);
        fold_into(4u, total * BRICK_VOXELS);
    }
    // Every workgroup has seen the mark once all have come here: the last one takes it away.
    if lane == 0u && atomicAdd(&atomics[QUEUE_LISTED], 1u) == blocks() - 1u {
        atomicStore(&atomics[QUEUE_LISTED], 0u);
        atomicStore(&atomics[QUEUE_DIRTY], 0u);
    }
}

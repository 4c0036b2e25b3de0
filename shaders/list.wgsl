// Which bricks a step visits. Twin: src/engine/cpu/list.rs.
//
// One workgroup; each invocation takes a run of bricks, so that the list is in brick order.
#import shared/mul_wide
#import shared/fixed
#import shared/shape
#import shared/pool
#import shared/fields

// Workgroup size of the stages that go over the list, for the sizes of their dispatches.
override LEAF_WORKGROUP: u32 = 64u;

// Sizes of the dispatches over leaves and over voxels: x, y, z and a spare each.
@group(1) @binding(0) var<storage, read_write> dispatch: array<u32>;

const LIST_WORKGROUP: u32 = 256u;
const MAX_GROUPS: u32 = 65535u;

var<workgroup> made_anew: u32;
var<workgroup> sums: array<u32, 256>;

fn is_visited(brick: u32) -> bool {
    let filled = config.placement == PLACE_MIXED || atomicLoad(&bricks[brick * BRICK_WORDS + 1u]) != 0u;
    return filled && runs(lesion_of(brick));
}

// A brick that has lost its last cell goes back to the fields of free tissue.
fn forget(brick: u32) {
    let cells = atomicLoad(&bricks[brick * BRICK_WORDS + 1u]);
    let stamp = atomicLoad(&bricks[brick * BRICK_WORDS + 2u]);
    if config.has_oxygen == 0u || cells != 0u || stamp == NO_STEP {
        return;
    }
    atomicStore(&bricks[brick * BRICK_WORDS + 2u], NO_STEP);
    for (var voxel = brick * BRICK_VOXELS; voxel < (brick + 1u) * BRICK_VOXELS; voxel += 1u) {
        for (var plane = 0u; plane < config.fields; plane += 1u) {
            set_field(plane, voxel, free_of(plane));
        }
        for (var plane = 0u; plane < min(config.fields, 2u); plane += 1u) {
            set_field(config.fields + plane, voxel, free_of(plane));
        }
    }
}

fn fold_into(at: u32, invocations: u32) {
    let needed = (invocations + LEAF_WORKGROUP - 1u) / LEAF_WORKGROUP;
    let x = min(needed, MAX_GROUPS);
    dispatch[at] = x;
    dispatch[at + 1u] = select((needed + x - 1u) / max(x, 1u), 1u, x == 0u);
    dispatch[at + 2u] = 1u;
}

@compute @workgroup_size(256)
fn list(@builtin(local_invocation_index) lane: u32) {
    if lane == 0u {
        made_anew = atomicExchange(&queue[QUEUE_DIRTY], 0u);
    }
    if workgroupUniformLoad(&made_anew) == 0u {
        return;
    }
    let run = (config.bricks + LIST_WORKGROUP - 1u) / LIST_WORKGROUP;
    let first = min(lane * run, config.bricks);
    let last = min(first + run, config.bricks);
    var count = 0u;
    for (var brick = first; brick < last; brick += 1u) {
        count += select(0u, 1u, is_visited(brick));
    }
    sums[lane] = count;
    workgroupBarrier();
    var at = 0u;
    for (var i = 0u; i < lane; i += 1u) {
        at += sums[i];
    }
    if lane == LIST_WORKGROUP - 1u {
        let total = at + count;
        atomicStore(&queue[QUEUE_LENGTH], total);
        fold_into(0u, total * BRICK_LEAVES);
        fold_into(4u, total * BRICK_VOXELS);
    }
    for (var brick = first; brick < last; brick += 1u) {
        if is_visited(brick) {
            atomicStore(&queue[QUEUE_HEAD + at], brick);
            at += 1u;
        }
        forget(brick);
    }
}

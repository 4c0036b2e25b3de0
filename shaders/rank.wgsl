// Rank (mixed placement only): counts the births and the empty sites of every leaf.
// Twin: src/engine/cpu/rank.rs.
#import shared/word
#import shared/shape
#import shared/declared
#import shared/pool
#import shared/slabs

fn add(channel: u32, group: u32, count: u32) {
    if count > 0u {
        atomicAdd(&atomics[at_group_count(channel, group)], count);
    }
}

@compute @workgroup_size(WORKGROUP)
fn rank(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let leaf = listed_leaf(folded(id, counts));
    if leaf == NO_LEAF {
        return;
    }
    let brick = leaf / BRICK_LEAVES;
    let lesion = lesion_of(brick);
    let group = lesions[lesion].group_base + ((brick - lesions[lesion].brick_base) >> GROUP_SHIFT);
    var events = leaf_events(leaf);
    var births = 0u;
    while events != 0u {
        let address = (leaf << LEAF_SHIFT) + firstTrailingBit(events);
        events &= events - 1u;
        births += select(0u, 1u, word_action(site_load(address)) == DIVIDE);
    }
    let empty = ~full(leaf);
    let empties = countOneBits(empty);
    leaves[leaf * LEAF_WORDS + LEAF_COUNTS] = (births << LEAF_BIRTHS) | (empties << LEAF_EMPTIES);
    leaves[leaf * LEAF_WORDS + LEAF_EMPTY] = empty;
    atomicAdd(&atomics[at_brick(brick, BRICK_COUNTS)], (births << BRICK_BIRTHS) | (empties << BRICK_EMPTIES));
    add(RANK_BIRTHS, group, births);
    add(RANK_EMPTIES, group, empties);
}

// Resolve: who has won, and how many clones each leaf founds. Twin: src/engine/cpu/resolve.rs.
#import shared/mul_wide
#import shared/fixed
#import shared/random
#import shared/key
#import shared/word
#import shared/shape
#import shared/declared
#import shared/pool
#import shared/slabs
#import shared/fields
#import shared/rates
#import shared/placement
#import shared/matching
#import shared/births

// Winners of a leaf as a mask, and the clones that its births found.
struct Resolved {
    winners: u32,
    founders: u32,
}

@compute @workgroup_size(WORKGROUP)
fn resolve(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let leaf = listed_leaf(folded(id, counts));
    if leaf == NO_LEAF {
        return;
    }
    let brick = leaf / BRICK_LEAVES;
    let lesion = lesion_of(brick);
    // What a leaf without events holds is of an earlier step and is not read.
    if leaf_events(leaf) == 0u {
        return;
    }
    let resolved = resolve_leaf(births_of(lesion), leaf);
    let founders = resolved.founders;
    leaves[leaf * LEAF_WORDS + LEAF_WINNERS] = resolved.winners;
    leaves[leaf * LEAF_WORDS + LEAF_COUNTS] = (leaf_counts(leaf) & ~0xffu) | founders;
    if founders > 0u {
        let group = lesions[lesion].group_base + ((brick - lesions[lesion].brick_base) >> GROUP_SHIFT);
        atomicAdd(&atomics[at_brick(brick, BRICK_COUNTS)], founders);
        atomicAdd(&atomics[at_group_count(RANK_FOUNDERS, group)], founders);
    }
}

fn resolve_leaf(births: Births, leaf: u32) -> Resolved {
    var events = leaf_events(leaf);
    var resolved = Resolved(0u, 0u);
    var divisions = 0u;
    while events != 0u {
        let bit = firstTrailingBit(events);
        let address = (leaf << LEAF_SHIFT) + bit;
        events &= events - 1u;
        let now = site_load(address);
        let action = word_action(now);
        var has_won = action == REPLACE;
        if action == DIVIDE || action == MIGRATE {
            has_won = wins(births, address, now, divisions);
        }
        divisions += select(0u, 1u, action == DIVIDE);
        resolved.winners |= select(0u, 1u, has_won) << (bit & 31u);
        if has_won && action != MIGRATE {
            let mutated = mutate(births, address, switched(births, address, now), action == DIVIDE);
            resolved.founders += select(0u, 1u, mutated.mother != NEVER);
            resolved.founders += select(0u, 1u, mutated.daughter != NEVER);
        }
    }
    return resolved;
}

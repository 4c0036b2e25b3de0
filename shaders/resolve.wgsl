// Resolve: who has won, and how many clones each leaf founds. Twin: src/engine/cpu/resolve.rs.
#import shared/mul_wide
#import shared/fixed
#import shared/random
#import shared/key
#import shared/word
#import shared/shape
#import shared/pool
#import shared/slabs
#import shared/rates
#import shared/placement
#import shared/births

@compute @workgroup_size(WORKGROUP)
fn resolve(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let index = folded(id, counts);
    if index / BRICK_LEAVES >= atomicLoad(&queue[QUEUE_LENGTH]) {
        return;
    }
    let brick = atomicLoad(&queue[QUEUE_HEAD + index / BRICK_LEAVES]);
    let leaf = brick * BRICK_LEAVES + (index & 15u);
    let lesion = lesion_of(brick);
    let founders = count_founders(lesion, leaf);
    leaves[leaf * LEAF_WORDS + 1u] = (leaf_counts(leaf) & ~0xffu) | founders;
    if founders > 0u {
        let group = lesions[lesion].group_base + ((brick - lesions[lesion].brick_base) >> GROUP_SHIFT);
        atomicAdd(&bricks[brick * BRICK_WORDS + 3u], founders);
        atomicAdd(&groups[RANK_FOUNDERS * config.groups + group], founders);
    }
}

// Clones that the births of a leaf found.
fn count_founders(lesion: u32, leaf: u32) -> u32 {
    var events = leaf_events(leaf);
    if events == 0u {
        return 0u;
    }
    let births = births_of(lesion);
    var founders = 0u;
    var divisions = 0u;
    while events != 0u {
        let address = (leaf << LEAF_SHIFT) + firstTrailingBit(events);
        events &= events - 1u;
        let now = site_load(address);
        var born = false;
        var placed = false;
        if word_action(now) == REPLACE {
            born = true;
        } else if word_action(now) == DIVIDE {
            born = won(births, address, now, divisions) != NO_SITE;
            placed = true;
            divisions += 1u;
        }
        if born {
            let mutated = mutate(births, address, switched(births, address, now), placed);
            founders += select(0u, 1u, mutated.mother != NEVER) + select(0u, 1u, mutated.daughter != NEVER);
        }
    }
    return founders;
}

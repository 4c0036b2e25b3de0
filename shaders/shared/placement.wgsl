// Where a daughter or a mover goes. Twin: src/engine/cpu/placement.rs.

struct Place {
    found: bool,
    choice: u32,
    site: u32,
}

fn is_empty_site(lesion: u32, site: u32) -> bool {
    let address = address_of(lesion, site);
    return ((full(address >> LEAF_SHIFT) >> (address & 31u)) & 1u) == 0u;
}

fn search(lesion: u32, draws: Draws, site: u32) -> Place {
    if config.placement == PLACE_NEIGHBOUR {
        return search_neighbour(lesion, draws, site);
    }
    if config.placement == PLACE_CANDIDATES {
        for (var c = 0u; c < config.candidates; c += 1u) {
            let target_site = candidate(lesion, draws, site, c);
            if target_site != NO_SITE && is_empty_site(lesion, target_site) {
                return Place(true, c, target_site);
            }
        }
    }
    return Place(false, 0u, NO_SITE);
}

// The parts of a coordinate one back, here and one on.
fn parts_beside(lesion: u32, axis: u32, at: u32) -> vec3<u32> {
    return vec3<u32>(
        part_beside(lesion, axis, at, 127u),
        part_beside(lesion, axis, at, 128u),
        part_beside(lesion, axis, at, 129u),
    );
}

fn search_neighbour(lesion: u32, draws: Draws, site: u32) -> Place {
    let position = position_of(lesion, site);
    let x = parts_beside(lesion, 0u, position.x);
    let y = parts_beside(lesion, 1u, position.y);
    let z = parts_beside(lesion, 2u, position.z);
    var empty = 0u;
    for (var direction = 0u; direction < config.offsets; direction += 1u) {
        let offset = tables[config.at_offsets + direction];
        // Each coordinate of an offset is 127, 128 or 129.
        let near = sum_parts(
            x[(offset & 0xffu) - 127u],
            y[((offset >> 8u) & 0xffu) - 127u],
            z[((offset >> 16u) & 0xffu) - 127u],
        );
        if near != NO_SITE && is_empty_site(lesion, near) {
            empty |= 1u << (direction & 31u);
        }
    }
    if empty == 0u {
        return Place(false, 0u, NO_SITE);
    }
    let word = draw_block(draws, site, PLACE, 0u).x;
    let direction = nth_bit(empty, choose(word, countOneBits(empty)));
    return Place(true, direction, neighbour_site(lesion, position, tables[config.at_offsets + direction]));
}

fn candidate(lesion: u32, draws: Draws, site: u32, c: u32) -> u32 {
    let words = draw_block(draws, site, PLACE, c >> 2u);
    let offset = tables[config.at_offsets + choose(words[c & 3u], config.offsets)];
    return neighbour_site(lesion, position_of(lesion, site), offset);
}

// The site that a stored choice means.
fn chosen(lesion: u32, draws: Draws, site: u32, choice: u32) -> u32 {
    if config.placement == PLACE_NEIGHBOUR {
        return neighbour_site(lesion, position_of(lesion, site), tables[config.at_offsets + choice]);
    }
    return candidate(lesion, draws, site, choice);
}

fn group_sum(channel: u32, group: u32) -> u32 {
    return atomicLoad(&atomics[at_group_sum(channel, group)]);
}

fn brick_rank(lesion: u32, channel: u32, brick: u32) -> u32 {
    if brick_stamp(brick) != lesions[lesion].step {
        return 0u;
    }
    let counts = atomicLoad(&atomics[at_brick(brick, BRICK_COUNTS)]);
    if channel == RANK_FOUNDERS {
        return counts & 0x7ffu;
    }
    if channel == RANK_BIRTHS {
        return (counts >> BRICK_BIRTHS) & 0x3ffu;
    }
    return counts >> BRICK_EMPTIES;
}

fn leaf_rank(channel: u32, leaf: u32) -> u32 {
    let counts = leaf_counts(leaf);
    if channel == RANK_FOUNDERS {
        return select(counts & 0xffu, 0u, leaf_events(leaf) == 0u);
    }
    if channel == RANK_BIRTHS {
        return (counts >> LEAF_BIRTHS) & 0xffu;
    }
    return counts >> LEAF_EMPTIES;
}

// How many of a channel come before a leaf in its lesion, in site order.
fn rank_before(lesion: u32, channel: u32, leaf: u32) -> u32 {
    let brick = leaf / BRICK_LEAVES;
    let local = brick - lesions[lesion].brick_base;
    let group = lesions[lesion].group_base + (local >> GROUP_SHIFT);
    let first = lesions[lesion].brick_base + ((local >> GROUP_SHIFT) << GROUP_SHIFT);
    var before = group_sum(channel, group);
    for (var b = first; b < brick; b += 1u) {
        before += brick_rank(lesion, channel, b);
    }
    for (var l = brick * BRICK_LEAVES; l < leaf; l += 1u) {
        before += leaf_rank(channel, l);
    }
    return before;
}

// The n-th empty site of a lesion at the start of the step, in site order (mixed placement).
fn nth_empty(lesion: u32, n: u32) -> u32 {
    let base = lesions[lesion].group_base;
    var low = 0u;
    var high = lesions[lesion].group_count;
    while high - low > 1u {
        let middle = (low + high) / 2u;
        if group_sum(RANK_EMPTIES, base + middle) <= n {
            low = middle;
        } else {
            high = middle;
        }
    }
    // Counts say where it lies; should they not add up, it is a wrong site, and no loop goes on without end.
    var left = n - group_sum(RANK_EMPTIES, base + low);
    var brick = lesions[lesion].brick_base + (low << GROUP_SHIFT);
    let last_brick = lesions[lesion].brick_base + min((low + 1u) << GROUP_SHIFT, lesions[lesion].brick_count) - 1u;
    while brick < last_brick {
        let here = brick_rank(lesion, RANK_EMPTIES, brick);
        if left < here {
            break;
        }
        left -= here;
        brick += 1u;
    }
    var leaf = brick * BRICK_LEAVES;
    let last_leaf = leaf + BRICK_LEAVES - 1u;
    while leaf < last_leaf {
        let here = leaf_rank(RANK_EMPTIES, leaf);
        if left < here {
            break;
        }
        left -= here;
        leaf += 1u;
    }
    return site_of(lesion, (leaf << LEAF_SHIFT) + nth_bit(leaf_empties(leaf), left));
}

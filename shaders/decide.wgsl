// Decide: what every cell is about to do, on the state at the step's start. Twin: src/engine/cpu/decide.rs.
//
// One invocation a leaf of 32 sites: eight random blocks, drawn only where cells are.
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

// What the sites of one leaf share.
struct Leaf {
    lesion: u32,
    draws: Draws,
    salt: vec4<u32>,
    table: u32,
    clear: vec2<u32>,
}

struct Act {
    action: u32,
    choice: u32,
}

@compute @workgroup_size(WORKGROUP)
fn decide(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let leaf = listed_leaf(folded(id, counts));
    if leaf == NO_LEAF {
        return;
    }
    let brick = leaf / BRICK_LEAVES;
    let lesion = lesion_of(brick);
    if leaf % BRICK_LEAVES == 0u {
        atomicStore(&atomics[at_brick(brick, BRICK_STAMP)], lesions[lesion].step);
        atomicStore(&atomics[at_brick(brick, BRICK_COUNTS)], 0u);
    }
    var events = 0u;
    if full(leaf) != 0u {
        events = decide_leaf(lesion, leaf);
    }
    leaves[leaf * LEAF_WORDS + LEAF_EVENTS] = events;
}

fn decide_leaf(lesion: u32, leaf: u32) -> u32 {
    let draws = Draws(lesions[lesion].id, lesions[lesion].step);
    let table = table_of(lesion);
    let head = head_of(table);
    let context = Leaf(lesion, draws, salt_of(lesion), table, pair_at(head + HEAD_CLEAR));
    let fate_reject = tables[head + HEAD_FATE_REJECT];
    let switch_reject = tables[head + HEAD_SWITCH_REJECT];
    let switches = tables[head + HEAD_SWITCHES] != 0u;
    let cells_alive = live(leaf);
    let cells = full(leaf);
    let first = leaf << LEAF_SHIFT;
    let first_block = site_of(lesion, first) >> 2u;
    var events = 0u;
    for (var b = 0u; b < 8u; b += 1u) {
        let here = (cells >> ((4u * b) & 31u)) & 15u;
        if here == 0u {
            continue;
        }
        let alive = (cells_alive >> ((4u * b) & 31u)) & 15u;
        let fates = draw_block(draws, first_block + b, FATE, 0u);
        var moves = vec4<u32>(NEVER, NEVER, NEVER, NEVER);
        if switches && alive != 0u {
            moves = draw_block(draws, first_block + b, SWITCH, 0u);
        }
        for (var w = 0u; w < 4u; w += 1u) {
            let is_alive = ((alive >> (w & 31u)) & 1u) != 0u;
            let is_here = ((here >> (w & 31u)) & 1u) != 0u;
            let fate_hit = fates[w] <= select(context.clear.x, fate_reject, is_alive);
            let switch_hit = is_alive && switches && moves[w] <= switch_reject;
            if is_here && (fate_hit || switch_hit) {
                let bit = 4u * b + w;
                if decide_site(context, first + bit, fates[w], moves[w]) {
                    events |= 1u << (bit & 31u);
                }
            }
        }
    }
    return events;
}

// One site; returns whether something happens there.
fn decide_site(context: Leaf, address: u32, fate: u32, switch_word: u32) -> bool {
    let site = site_of(context.lesion, address);
    let now = word_settled(site_load(address));
    if is_dead(now) {
        let clears = draw_is_below(context, context.clear, fate, site, FATE_LOW);
        if clears {
            site_store(address, with_intent(now, CLEAR, 0u, 0u));
        }
        return clears;
    }
    if !is_live(now) {
        return false;
    }
    let row = row_at(context.table, address, word_code(now));
    let deed = act(context, row, site, fate);
    var moved = 0u;
    if deed.action != DIE {
        moved = switching(context, row, site, switch_word);
    }
    if deed.action == REST && moved == 0u {
        return false;
    }
    site_store(address, with_intent(now, deed.action, deed.choice, moved));
    return true;
}

// Compares with the high word, and draws the low word only on equality.
fn draw_is_below(context: Leaf, threshold: vec2<u32>, hi: u32, site: u32, purpose: u32) -> bool {
    if hi != threshold.x {
        return hi < threshold.x;
    }
    return is_below(threshold, hi, draw_block(context.draws, site, purpose, 0u).x);
}

// The action that a live cell's fate draw means, with the site chosen for it.
fn act(context: Leaf, row: u32, site: u32, fate: u32) -> Act {
    if draw_is_below(context, pair_at(row + ROW_DIE), fate, site, FATE_LOW) {
        return Act(DIE, 0u);
    }
    if draw_is_below(context, pair_at(row + ROW_DIVIDE), fate, site, FATE_LOW) {
        return divide(context, row, site);
    }
    if draw_is_below(context, pair_at(row + ROW_MIGRATE), fate, site, FATE_LOW) {
        return migrate(context, site);
    }
    return Act(REST, 0u);
}

fn divide(context: Leaf, row: u32, site: u32) -> Act {
    let replace = pair_at(row + ROW_REPLACE);
    let kill = pair_at(row + ROW_KILL);
    var draw = vec4<u32>(NEVER, NEVER, NEVER, NEVER);
    if any((replace | kill) != vec2<u32>(0u, 0u)) {
        draw = draw_block(context.draws, site, DIVISION, 0u);
    }
    let killed = is_below(kill, draw.z, draw.w);
    if is_below(replace, draw.x, draw.y) {
        return Act(select(REPLACE, KILLED, killed), 0u);
    }
    if config.placement == PLACE_MIXED {
        return Act(select(DIVIDE, KILLED, killed), 0u);
    }
    let place = search(context.lesion, context.draws, site);
    if !place.found {
        return Act(BLOCKED, 0u);
    }
    if killed {
        return Act(KILLED, 0u);
    }
    post(context, site, place.site);
    return Act(DIVIDE, place.choice);
}

fn migrate(context: Leaf, site: u32) -> Act {
    let place = search(context.lesion, context.draws, site);
    if !place.found {
        return Act(REST, 0u);
    }
    post(context, site, place.site);
    return Act(MIGRATE, place.choice);
}

// Posts a claim; the smallest key wins.
fn post(context: Leaf, site: u32, target_site: u32) {
    site_claim(address_of(context.lesion, target_site), key_claim(site, context.salt));
}

// The switching move of a live cell: 0 for none, else one more than its index.
fn switching(context: Leaf, row: u32, site: u32, switch_word: u32) -> u32 {
    let list = pair_at(row + ROW_SWITCHES);
    if list.y == 0u || switch_word > outcome_below(list.x + list.y - 1u).x {
        return 0u;
    }
    for (var i = 0u; i < list.y; i += 1u) {
        if draw_is_below(context, outcome_below(list.x + i), switch_word, site, SWITCH_LOW) {
            return i + 1u;
        }
    }
    return 0u;
}

// Write: carries the intents out. A word without intent is not touched. Twin: src/engine/cpu/write.rs.
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

const MINUS_ONE: u32 = 0xffffffffu;

// The events of one leaf, in site order.
struct Leaf {
    births: Births,
    stripe: u32,
    leaf: u32,
    // Sites whose cells have won; whether any birth of the leaf mutates.
    winners: u32,
    mutates: bool,
    // Clones founded, and divisions seen, so far in this leaf.
    founded: u32,
    divisions: u32,
    // Clones founded before this leaf; NEVER until it is asked for.
    rank: u32,
}

@compute @workgroup_size(WORKGROUP)
fn write(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let leaf = listed_leaf(folded(id, counts));
    if leaf == NO_LEAF {
        return;
    }
    let brick = leaf / BRICK_LEAVES;
    let lesion = lesion_of(brick);
    let events = leaf_events(leaf);
    if events == 0u || lesions[lesion].overflow != 0u {
        return;
    }
    let mutates = (leaf_counts(leaf) & 0xffu) != 0u;
    let winners = leaf_winners(leaf);
    var context = Leaf(births_of(lesion), stripe_of(lesion, brick), leaf, winners, mutates, 0u, 0u, NEVER);
    write_leaf(&context, events);
}

fn write_leaf(context: ptr<function, Leaf>, all_events: u32) {
    var events = all_events;
    while events != 0u {
        let address = ((*context).leaf << LEAF_SHIFT) + firstTrailingBit(events);
        events &= events - 1u;
        let now = site_load(address);
        let action = word_action(now);
        switch action {
            case CLEAR: {
                clear((*context).stripe, address);
            }
            case DIE: {
                die((*context).stripe, address, now, COUNT_DEATHS);
            }
            case KILLED: {
                die((*context).stripe, address, now, COUNT_KILLS);
            }
            case REPLACE: {
                replace(context, address, now);
            }
            case DIVIDE: {
                divide(context, address, now);
            }
            case MIGRATE: {
                migrate(context, address, now);
            }
            default: {
                if action == BLOCKED {
                    tally((*context).stripe, COUNT_BLOCKED, 1u);
                }
                settle(address, switch_state((*context).births, (*context).stripe, address, now));
            }
        }
    }
}

// The site that a dividing or migrating cell has won; NO_SITE if it has not.
fn won(context: ptr<function, Leaf>, address: u32, now: u32) -> u32 {
    if (((*context).winners >> (address & 31u)) & 1u) == 0u {
        return NO_SITE;
    }
    return wanted((*context).births, address, now, (*context).divisions);
}

fn mutate_in(context: ptr<function, Leaf>, address: u32, code: u32, placed: bool) -> Mutated {
    if !(*context).mutates {
        return Mutated(NEVER, NEVER);
    }
    return mutate((*context).births, address, code, placed);
}

fn tally(stripe: u32, index: u32, amount: u32) {
    atomicAdd(&atomics[stripe + index], amount);
}

fn tally_state(stripe: u32, code: u32, amount: u32) {
    tally(stripe, CENSUS_HEAD + row_of_code(code), amount);
}

fn settle(address: u32, code: u32) {
    site_store(address, word_live(code));
}

// The state after the switching move, which is counted.
fn switch_state(births: Births, stripe: u32, address: u32, now: u32) -> u32 {
    let code = switched(births, address, now);
    if word_moved(now) != 0u {
        tally(stripe, COUNT_SWITCHES, 1u);
        tally_state(stripe, word_code(now), MINUS_ONE);
        tally_state(stripe, code, 1u);
    }
    return code;
}

// A live cell has come to an address.
fn arrive(address: u32) {
    let leaf = address >> LEAF_SHIFT;
    let bit = 1u << (address & 31u);
    atomicOr(&atomics[at_occupancy(leaf, OCCUPANCY_LIVE)], bit);
    atomicOr(&atomics[at_occupancy(leaf, OCCUPANCY_FULL)], bit);
    if atomicAdd(&atomics[at_brick(address >> BRICK_SHIFT, BRICK_CELLS)], 1u) == 0u {
        mark_dirty();
    }
}

// The cell at an address is gone.
fn leave(address: u32) {
    let leaf = address >> LEAF_SHIFT;
    let bit = 1u << (address & 31u);
    atomicAnd(&atomics[at_occupancy(leaf, OCCUPANCY_LIVE)], ~bit);
    atomicAnd(&atomics[at_occupancy(leaf, OCCUPANCY_FULL)], ~bit);
    site_store(address, EMPTY);
    clone_store(address, 0u);
    if atomicSub(&atomics[at_brick(address >> BRICK_SHIFT, BRICK_CELLS)], 1u) == 1u {
        mark_dirty();
    }
}

fn clear(stripe: u32, address: u32) {
    leave(address);
    tally(stripe, CENSUS_DEAD, MINUS_ONE);
    tally(stripe, COUNT_CLEARED, 1u);
}

fn die(stripe: u32, address: u32, now: u32, reason: u32) {
    tally(stripe, reason, 1u);
    tally_state(stripe, word_code(now), MINUS_ONE);
    if config.immediate_clearance != 0u {
        leave(address);
    } else {
        atomicAnd(&atomics[at_occupancy(address >> LEAF_SHIFT, OCCUPANCY_LIVE)], ~(1u << (address & 31u)));
        site_store(address, word_dead(word_code(now)));
        tally(stripe, CENSUS_DEAD, 1u);
    }
}

fn replace(context: ptr<function, Leaf>, address: u32, now: u32) {
    let code = switch_state((*context).births, (*context).stripe, address, now);
    let mutated = mutate_in(context, address, code, false);
    tally((*context).stripe, COUNT_BIRTHS, 1u);
    settle_mother(context, address, code, mutated);
}

// The mother's site after a birth; returns the clone that she came from.
fn settle_mother(context: ptr<function, Leaf>, address: u32, code: u32, mutated: Mutated) -> u32 {
    let clone = clone_load(address);
    if mutated.mother == NEVER {
        settle(address, code);
        return clone;
    }
    clone_store(address, found(context, clone, address, mutated.mother));
    tally_state((*context).stripe, code, MINUS_ONE);
    tally_state((*context).stripe, mutated.mother, 1u);
    settle(address, mutated.mother);
    return clone;
}

fn divide(context: ptr<function, Leaf>, address: u32, now: u32) {
    let lesion = (*context).births.lesion;
    let target_site = won(context, address, now);
    (*context).divisions += 1u;
    let code = switch_state((*context).births, (*context).stripe, address, now);
    if target_site == NO_SITE {
        let mixed = config.placement == PLACE_MIXED;
        tally((*context).stripe, select(COUNT_LOST, COUNT_BLOCKED, mixed), 1u);
        settle(address, code);
        return;
    }
    let there = address_of(lesion, target_site);
    let mutated = mutate_in(context, address, code, true);
    tally((*context).stripe, COUNT_BIRTHS, 1u);
    var clone = settle_mother(context, address, code, mutated);
    var daughter = code;
    if mutated.daughter != NEVER {
        clone = found(context, clone, there, mutated.daughter);
        daughter = mutated.daughter;
    }
    clone_store(there, clone);
    settle(there, daughter);
    tally_state((*context).stripe, daughter, 1u);
    arrive(there);
}

fn migrate(context: ptr<function, Leaf>, address: u32, now: u32) {
    let lesion = (*context).births.lesion;
    let target_site = won(context, address, now);
    let code = switch_state((*context).births, (*context).stripe, address, now);
    if target_site == NO_SITE {
        tally((*context).stripe, COUNT_LOST, 1u);
        settle(address, code);
        return;
    }
    let there = address_of(lesion, target_site);
    clone_store(there, clone_load(address));
    settle(there, code);
    arrive(there);
    leave(address);
    tally((*context).stripe, COUNT_MOVES, 1u);
}

// Enters a new clone into the table; its id.
fn found(context: ptr<function, Leaf>, parent: u32, address: u32, code: u32) -> u32 {
    let lesion = (*context).births.lesion;
    if (*context).rank == NEVER {
        (*context).rank = rank_before(lesion, RANK_FOUNDERS, (*context).leaf);
    }
    let clone = lesions[lesion].clone_count + (*context).rank + (*context).founded;
    (*context).founded += 1u;
    tally((*context).stripe, COUNT_FOUNDERS, 1u);
    let entry = (lesions[lesion].clone_base + clone) * CLONE_WORDS;
    clone_table[entry + CLONE_PARENT] = parent;
    clone_table[entry + CLONE_STEP] = lesions[lesion].step + 1u;
    clone_table[entry + CLONE_SITE] = site_of(lesion, address);
    clone_table[entry + CLONE_CODE] = code;
    return clone;
}

// What resolve and write both need to know of a birth. Twin: src/engine/cpu/births.rs.

struct Births {
    lesion: u32,
    draws: Draws,
    table: u32,
    // With mixed placement.
    matching: Matching,
}

// State codes after a birth; NEVER where nothing mutated.
struct Mutated {
    mother: u32,
    daughter: u32,
}

fn births_of(lesion: u32) -> Births {
    let draws = Draws(lesions[lesion].id, lesions[lesion].step);
    var births = Births(lesion, draws, table_of(lesion), Matching());
    if config.placement == PLACE_MIXED {
        births.matching = matching_of(draws);
    }
    return births;
}

// The site that a dividing or migrating cell wants; NO_SITE if none of the empty ones is a mixed birth's.
fn wanted(births: Births, address: u32, now: u32, births_before: u32) -> u32 {
    if config.placement == PLACE_MIXED {
        let birth = rank_before(births.lesion, RANK_BIRTHS, address >> LEAF_SHIFT) + births_before;
        let empties = lesions[births.lesion].empties;
        let n = permute(births.matching, birth, max(lesions[births.lesion].births, empties));
        if n < empties {
            return nth_empty(births.lesion, n);
        }
        return NO_SITE;
    }
    return chosen(births.lesion, births.draws, site_of(births.lesion, address), word_choice(now));
}

// Whether a dividing or migrating cell has won the site that it wants.
fn wins(births: Births, address: u32, now: u32, births_before: u32) -> bool {
    let target_site = wanted(births, address, now, births_before);
    if target_site == NO_SITE || config.placement == PLACE_MIXED {
        return target_site != NO_SITE;
    }
    let claim = key_claim(site_of(births.lesion, address), salt_of(births.lesion));
    return site_load(address_of(births.lesion, target_site)) == claim;
}

// The state code of a live cell after its switching move.
fn switched(births: Births, address: u32, now: u32) -> u32 {
    let moved = word_moved(now);
    if moved == 0u {
        return word_code(now);
    }
    let row = row_at(births.table, address, word_code(now));
    return outcome_code(tables[row + ROW_SWITCHES] + moved - 1u);
}

fn mutate(births: Births, address: u32, code: u32, placed: bool) -> Mutated {
    let list = pair_at(row_at(births.table, address, code) + ROW_MUTATIONS);
    var mutated = Mutated(NEVER, NEVER);
    if list.y == 0u {
        return mutated;
    }
    let draw = draw_block(births.draws, site_of(births.lesion, address), MUTATION, 0u);
    let last = outcome_below(list.x + list.y - 1u).x;
    if draw.x <= last {
        mutated.mother = pick(list, draw.x, draw.y);
    }
    if placed && draw.z <= last {
        mutated.daughter = pick(list, draw.z, draw.w);
    }
    return mutated;
}

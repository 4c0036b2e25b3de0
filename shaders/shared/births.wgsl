// What resolve and write both need to know of a birth. Twin: src/engine/cpu/births.rs.

struct Births {
    lesion: u32,
    draws: Draws,
    salt: vec4<u32>,
    table: u32,
}

// State codes after a birth; NEVER where nothing mutated.
struct Mutated {
    mother: u32,
    daughter: u32,
}

fn births_of(lesion: u32) -> Births {
    let draws = Draws(lesions[lesion].id, lesions[lesion].step);
    return Births(lesion, draws, key_salt(draws), table_of(lesion));
}

// The site that a dividing or migrating cell has won; NO_SITE if it has not.
fn won(births: Births, address: u32, now: u32, births_before: u32) -> u32 {
    if config.placement == PLACE_MIXED {
        let n = rank_before(births.lesion, RANK_BIRTHS, address >> LEAF_SHIFT) + births_before;
        if n < lesions[births.lesion].empties {
            return nth_empty(births.lesion, n);
        }
        return NO_SITE;
    }
    let site = site_of(births.lesion, address);
    let target_site = chosen(births.lesion, births.draws, site, word_choice(now));
    if site_load(address_of(births.lesion, target_site)) == key_claim(site, births.salt) {
        return target_site;
    }
    return NO_SITE;
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

// Rate tables. Twin: src/engine/tables.rs and `row` in src/engine/cpu/decide.rs.

fn pair_at(at: u32) -> vec2<u32> {
    return vec2<u32>(tables[at], tables[at + 1u]);
}

fn table_of(lesion: u32) -> u32 {
    return lesions[lesion].inputs.table + lesions[lesion].control.table;
}

fn row_of_code(code: u32) -> u32 {
    return tables[config.at_row_of + code];
}

// First word of the row of a state at an address under a table.
fn row_at(table: u32, address: u32, code: u32) -> u32 {
    var environment = 0u;
    if config.has_oxygen != 0u {
        let voxel = address >> VOXEL_SHIFT;
        let value = field(FIELD_OXYGEN, voxel) >> 16u;
        environment = tables[config.at_block_of + (value >> (config.bin_shift & 31u))] * config.perfusion_bins;
        if config.has_vessels != 0u {
            environment += perfusion(lesion_of(address >> BRICK_SHIFT), voxel) >> PERFUSION_SHIFT;
        }
    }
    let block = tables[config.at_maps + table * config.environments + environment];
    return config.at_rows + (block * config.states + row_of_code(code)) * ROW_WORDS;
}

fn head_of(table: u32) -> u32 {
    return config.at_heads + table * HEAD_WORDS;
}

fn outcome_below(outcome: u32) -> vec2<u32> {
    return pair_at(config.at_outcomes + outcome * OUTCOME_WORDS + OUTCOME_HI);
}

fn outcome_code(outcome: u32) -> u32 {
    return tables[config.at_outcomes + outcome * OUTCOME_WORDS + OUTCOME_CODE];
}

// The state that a 64-bit draw means in a list of outcomes; NEVER if none.
fn pick(list: vec2<u32>, hi: u32, lo: u32) -> u32 {
    for (var i = 0u; i < list.y; i += 1u) {
        if is_below(outcome_below(list.x + i), hi, lo) {
            return outcome_code(list.x + i);
        }
    }
    return NEVER;
}

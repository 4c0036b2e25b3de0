// Control: closes the step of a lesion; at checks it counts, logs, and applies the integer rules.
// Twin: src/engine/cpu/control.rs.
//
// One workgroup a lesion: its invocations sum the census, the first one judges.
#import shared/mul_wide
#import shared/fixed
#import shared/random
#import shared/key
#import shared/shape
#import shared/declared
#import shared/pool

const CONTROL_WORKGROUP: u32 = 64u;

const IDLE: u32 = 0u;
const PLAIN: u32 = 1u;
const FOLD: u32 = 2u;
const CHECK: u32 = 3u;

var<workgroup> phase: u32;
var<workgroup> live_total: atomic<u32>;
var<workgroup> event_counts: array<u32, 16>;
var<workgroup> target_cells: array<atomic<u32>, MAX_TARGETS>;

@compute @workgroup_size(64)
fn control(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) counts: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let lesion = min(id.y * counts.x + id.x, config.lesions - 1u);
    if lane == 0u {
        phase = IDLE;
        if id.y * counts.x + id.x < config.lesions && runs(lesion) {
            phase = close_step(lesion);
        }
        atomicStore(&live_total, 0u);
        for (var i = 0u; i < MAX_TARGETS; i += 1u) {
            atomicStore(&target_cells[i], 0u);
        }
    }
    let now = workgroupUniformLoad(&phase);
    if now == CHECK {
        gather(lesion, lane);
    }
    if now >= FOLD && lane < COUNTERS {
        gather_events(lesion, lane);
    }
    workgroupBarrier();
    if lane == 0u && now != IDLE {
        if now >= FOLD {
            collect(lesion);
        }
        if now == CHECK {
            check(lesion);
        } else {
            schedule(lesion);
        }
        if !runs(lesion) {
            mark_dirty();
        }
    }
}

fn close_step(lesion: u32) -> u32 {
    lesions[lesion].step += 1u;
    let salt = key_salt(Draws(lesions[lesion].id, lesions[lesion].step));
    for (var i = 0u; i < 4u; i += 1u) {
        lesions[lesion].salt[i] = salt[i];
    }
    lesions[lesion].clone_count += lesions[lesion].founders;
    lesions[lesion].founders = 0u;
    lesions[lesion].redo = 0u;
    if lesions[lesion].step % config.check == 0u {
        return CHECK;
    }
    return select(PLAIN, FOLD, lesions[lesion].step % max(lesions[lesion].fold, 1u) == 0u);
}

// Sums a census word over the stripes.
fn sum(lesion: u32, index: u32) -> u32 {
    var total = 0u;
    for (var stripe = 0u; stripe <= lesions[lesion].stripe_mask; stripe += 1u) {
        total += atomicLoad(&atomics[at_stripe(lesion, stripe) + index]);
    }
    return total;
}

// First word of the log entry that is being written.
fn entry_of(lesion: u32) -> u32 {
    return lesions[lesion].log_base + lesions[lesion].log_length * config.log_stride;
}

// Live cells per row into the log entry, and their total.
fn gather(lesion: u32, lane: u32) {
    for (var row = lane; row < config.states; row += CONTROL_WORKGROUP) {
        let cells = sum(lesion, CENSUS_HEAD + row);
        journal[entry_of(lesion) + LOG_WORDS + row] = cells;
        atomicAdd(&live_total, cells);
        for (var i = 0u; i < config.targets; i += 1u) {
            if (tables[config.at_target_rows + row] & (1u << (i & 31u))) != 0u {
                atomicAdd(&target_cells[i], cells);
            }
        }
    }
}

// The event counts of the stripes, which start again from 0: often enough for their sum to have 32 bits.
fn gather_events(lesion: u32, counter: u32) {
    event_counts[counter] = sum(lesion, counter);
    for (var stripe = 0u; stripe <= lesions[lesion].stripe_mask; stripe += 1u) {
        atomicStore(&atomics[at_stripe(lesion, stripe) + counter], 0u);
    }
}

// Moves them into the lesion's 64-bit counters.
fn collect(lesion: u32) {
    for (var counter = 0u; counter < COUNTERS; counter += 1u) {
        let more = event_counts[counter];
        let low = lesions[lesion].counters[2u * counter] + more;
        lesions[lesion].counters[2u * counter + 1u] += select(0u, 1u, low < more);
        lesions[lesion].counters[2u * counter] = low;
    }
}

fn check(lesion: u32) {
    let entry = entry_of(lesion);
    let live = atomicLoad(&live_total);
    let drugs_on = lesions[lesion].control.drugs_on;
    for (var word = 0u; word < 2u * COUNTERS; word += 1u) {
        journal[entry + LOG_COUNTERS + word] = lesions[lesion].counters[word];
    }
    let met = targets_met(live);
    judge(lesion, live, met);
    schedule(lesion);
    journal[entry + LOG_STEP] = lesions[lesion].step;
    journal[entry + LOG_DRUGS_ON] = drugs_on;
    journal[entry + LOG_TABLE] = lesions[lesion].control.table;
    journal[entry + LOG_STATUS] = lesions[lesion].control.status;
    journal[entry + LOG_PROGRESSED] = lesions[lesion].control.progressed;
    journal[entry + LOG_LIVE] = live;
    journal[entry + LOG_DEAD] = sum(lesion, CENSUS_DEAD);
    journal[entry + LOG_TARGETS] = met;
    lesions[lesion].log_length += 1u;
}

// Which targets are met, a bit each.
fn targets_met(live: u32) -> u32 {
    var met = 0u;
    for (var i = 0u; i < config.targets; i += 1u) {
        let rule = config.at_targets + i * TARGET_WORDS;
        met |= select(0u, 1u << (i & 31u), is_met(rule, atomicLoad(&target_cells[i]), live));
    }
    return met;
}

// Whether live cells of a target's states are enough, and enough of all. Exact: products have 64 bits.
fn is_met(rule: u32, cells: u32, live: u32) -> bool {
    let part = mul_wide(cells, SHARE_PARTS);
    let asked = mul_wide(live, tables[rule + TARGET_SHARE]);
    return cells >= tables[rule + TARGET_CELLS]
        && (part.x > asked.x || (part.x == asked.x && part.y >= asked.y));
}

// Begins schedules, applies adaptive rules, progression and stop rules on the live burden and on the targets met.
fn judge(lesion: u32, live: u32, met: u32) {
    let step = lesions[lesion].step;
    for (var drug = 0u; drug < config.drugs; drug += 1u) {
        judge_drug(lesion, drug, step, live);
    }
    var status = 0u;
    if config.progression != 0u {
        let above = live != 0u && live >= scale_count(lesions[lesion].control.start_burden, config.at_factor);
        lesions[lesion].control.streak = select(0u, lesions[lesion].control.streak + 1u, above);
        if lesions[lesion].control.streak >= config.checks && lesions[lesion].control.progressed == 0u {
            lesions[lesion].control.progressed = step + 1u;
            status |= select(0u, STATUS_PROGRESSED, config.halt != 0u);
        }
    }
    status |= select(0u, STATUS_EXTINCT, config.extinction != 0u && live == 0u);
    status |= select(0u, STATUS_BURDEN, live >= config.burden);
    for (var i = 0u; i < config.targets; i += 1u) {
        let bit = 1u << (i & 31u);
        let halts = tables[config.at_targets + i * TARGET_WORDS + TARGET_HALT] != 0u && (met & bit) != 0u;
        status |= select(0u, STATUS_TARGET * bit, halts);
    }
    status |= select(0u, STATUS_ENDED, step >= config.end);
    lesions[lesion].control.status |= status;
}

fn judge_drug(lesion: u32, drug: u32, step: u32, live: u32) {
    let rule = config.at_drugs + drug * DRUG_WORDS;
    let bit = 1u << (drug & 31u);
    let by_burden = tables[rule + DRUG_BY_BURDEN] != 0u;
    let adaptive = tables[rule + DRUG_ADAPTIVE] != 0u;
    if (lesions[lesion].control.drugs_begun & bit) == 0u {
        var begins = adaptive && step >= tables[rule + DRUG_BEGIN];
        if by_burden {
            begins = live >= tables[rule + DRUG_BEGIN];
        }
        if begins {
            lesions[lesion].control.drugs_begun |= bit;
            lesions[lesion].control.begun_at[drug] = step;
            lesions[lesion].control.reference[drug] = live;
        }
        return;
    }
    if !adaptive || (step - lesions[lesion].control.begun_at[drug]) % max(tables[rule + DRUG_EVERY], 1u) != 0u {
        return;
    }
    let reference = lesions[lesion].control.reference[drug];
    if live < scale_count(reference, rule + DRUG_OFF_BELOW) {
        lesions[lesion].control.drugs_held |= bit;
    } else if live >= scale_count(reference, rule + DRUG_ON_ABOVE) {
        lesions[lesion].control.drugs_held &= ~bit;
    }
}

// Which drugs are on in the next step, and so which table is in force.
fn schedule(lesion: u32) {
    let step = lesions[lesion].step;
    var on = 0u;
    for (var drug = 0u; drug < config.drugs; drug += 1u) {
        let rule = config.at_drugs + drug * DRUG_WORDS;
        let bit = 1u << (drug & 31u);
        let by_step = tables[rule + DRUG_BY_BURDEN] == 0u && tables[rule + DRUG_ADAPTIVE] == 0u;
        let begun = (lesions[lesion].control.drugs_begun & bit) != 0u;
        if by_step && !begun && step >= tables[rule + DRUG_BEGIN] {
            lesions[lesion].control.drugs_begun |= bit;
            lesions[lesion].control.begun_at[drug] = step;
        }
        let active_now = (lesions[lesion].control.drugs_begun & ~lesions[lesion].control.drugs_held & bit) != 0u;
        if active_now && is_on(rule, step - lesions[lesion].control.begun_at[drug]) {
            on |= bit;
        }
    }
    lesions[lesion].control.drugs_on = on;
    lesions[lesion].control.table = tables[config.at_table_of_drugs + on];
}

// Whether a schedule that began this many steps ago is in an on phase.
fn is_on(rule: u32, since: u32) -> bool {
    let duration = tables[rule + DRUG_DURATION];
    let cycle_on = tables[rule + DRUG_CYCLE_ON];
    let period = max(cycle_on + tables[rule + DRUG_CYCLE_OFF], 1u);
    let first = tables[rule + DRUG_WINDOWS];
    let number = tables[rule + DRUG_WINDOW_COUNT];
    var in_window = number == 0u;
    for (var i = 0u; i < number; i += 1u) {
        let window = config.at_windows + 2u * (first + i);
        in_window = in_window || (tables[window] <= since && since < tables[window + 1u]);
    }
    let in_cycle = cycle_on == 0u || since % period < cycle_on;
    return (duration == NEVER || since < duration) && in_window && in_cycle;
}

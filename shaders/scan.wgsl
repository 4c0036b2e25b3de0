// Scan: turns the groups' counts of a lesion into sums over the groups before, and its totals. A lesion
// whose new clones do not fit is halted here. Twin: src/engine/cpu/scan.rs.
//
// One workgroup a lesion; each invocation takes a run of groups.
#import shared/shape
#import shared/declared
#import shared/pool

// Channels to scan, both ends included.
override CHANNEL_FIRST: u32 = 0u;
override CHANNEL_LAST: u32 = 0u;

const SCAN_WORKGROUP: u32 = 64u;

var<workgroup> sums: array<u32, 64>;

@compute @workgroup_size(64)
fn scan(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) counts: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let lesion = id.y * counts.x + id.x;
    let inside = lesion < config.lesions && runs(min(lesion, config.lesions - 1u));
    for (var channel = CHANNEL_FIRST; channel <= CHANNEL_LAST; channel += 1u) {
        scan_channel(lesion, inside, channel, lane);
    }
}

fn scan_channel(lesion: u32, inside: bool, channel: u32, lane: u32) {
    var first = 0u;
    var last = 0u;
    if inside {
        let number = lesions[lesion].group_count;
        let run = (number + SCAN_WORKGROUP - 1u) / SCAN_WORKGROUP;
        first = lesions[lesion].group_base + min(lane * run, number);
        last = lesions[lesion].group_base + min(lane * run + run, number);
    }
    var total = 0u;
    for (var group = first; group < last; group += 1u) {
        total += atomicLoad(&atomics[at_group_count(channel, group)]);
    }
    sums[lane] = total;
    workgroupBarrier();
    var before = 0u;
    for (var i = 0u; i < lane; i += 1u) {
        before += sums[i];
    }
    for (var group = first; group < last; group += 1u) {
        atomicStore(&atomics[at_group_sum(channel, group)], before);
        before += atomicExchange(&atomics[at_group_count(channel, group)], 0u);
    }
    if inside && lane == SCAN_WORKGROUP - 1u {
        take_total(lesion, channel, before);
    }
    workgroupBarrier();
}

fn take_total(lesion: u32, channel: u32, total: u32) {
    if channel == RANK_FOUNDERS {
        lesions[lesion].founders = total;
        let room = lesions[lesion].clone_capacity - lesions[lesion].clone_count;
        if total > room {
            lesions[lesion].overflow = 1u;
            // Its bricks leave the list, so that the steps that were submitted already pass it by.
            mark_dirty();
        }
    } else if channel == RANK_BIRTHS {
        lesions[lesion].births = total;
    } else {
        lesions[lesion].empties = total;
    }
}

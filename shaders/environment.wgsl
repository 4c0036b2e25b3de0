// Environment: one relaxation sweep over the voxels of the active bricks. Twin: src/engine/cpu/environment.rs, which
// states the equations and why no sum leaves 32 bits; it goes brick by brick, so its sums over neighbours differ in form.
#import shared/mul_wide
#import shared/fixed
#import shared/shape
#import shared/declared
#import shared/pool
#import shared/slabs
#import shared/fields

// The fields (0) or their scratch (1) are read.
override SWEEP_FROM: u32 = 0u;
// Whether this is the last sweep of a step: 0 or 1.
override SWEEP_LAST: u32 = 0u;

fn voxel_size() -> vec3<u32> {
    return select(vec3<u32>(8u, 8u, 1u), vec3<u32>(4u, 4u, 4u), config.dimension == 3u);
}

// The voxel next to one along an axis; NO_SITE beyond a closed edge.
fn neighbour_voxel(lesion: u32, at: vec3<u32>, grid: vec3<u32>, axis: u32, forward: bool) -> u32 {
    var near = at;
    let here = at[axis];
    let last = grid[axis] - 1u;
    if forward && here < last {
        near[axis] = here + 1u;
    } else if !forward && here > 0u && here <= last {
        near[axis] = here - 1u;
    } else if config.periodic != 0u && forward && here == last {
        near[axis] = 0u;
    } else if config.periodic != 0u && !forward && here == 0u {
        near[axis] = last;
    } else {
        return NO_SITE;
    }
    return (address_of(lesion, site_at(lesion, near * voxel_size()))) >> VOXEL_SHIFT;
}

// The neighbours of a voxel, two along each axis; one beyond a closed edge is the voxel itself.
fn voxels_around(lesion: u32, voxel: u32) -> array<u32, 6> {
    let grid = vec3<u32>(lesions[lesion].voxels_x, lesions[lesion].voxels_y, lesions[lesion].voxels_z);
    let at = position_of(lesion, site_of(lesion, voxel << VOXEL_SHIFT)) / voxel_size();
    var around: array<u32, 6>;
    for (var way = 0u; way < 2u * config.dimension; way += 1u) {
        let near = neighbour_voxel(lesion, at, grid, way / 2u, way % 2u == 1u);
        around[way] = select(near, voxel, near == NO_SITE);
    }
    return around;
}

// Weighted sum of a plane over the neighbours of a voxel.
fn neighbours(around: ptr<function, array<u32, 6>>, plane: u32, weight: u32) -> u32 {
    var sum = 0u;
    for (var way = 0u; way < 2u * config.dimension; way += 1u) {
        sum += mul_round(field(plane, (*around)[way]), weight);
    }
    return sum;
}

// Sum over the live cells of a voxel of a number by row that begins there in the tables.
fn sum_over_cells(voxel: u32, of_row: u32) -> u32 {
    var sum = 0u;
    for (var leaf = 2u * voxel; leaf < 2u * voxel + 2u; leaf += 1u) {
        var alive = live(leaf);
        while alive != 0u {
            let site = (leaf << LEAF_SHIFT) + countTrailingZeros(alive);
            alive &= alive - 1u;
            let code = site_load(site) & CODE_MASK;
            sum += tables[of_row + tables[config.at_row_of + code]];
        }
    }
    return sum;
}

// Share of the vessels of a voxel that live without VEGF and its receptors, 0.32 fixed point.
fn independent(voxel: u32, cells: u32) -> u32 {
    if config.has_independence == 0u {
        return 0u;
    }
    return share_of(sum_over_cells(voxel, config.at_independence), cells);
}

// VEGF that a voxel secretes in a sweep without hypoxia, 4.28 fixed point.
fn normal_secretion(lesion: u32, voxel: u32, cells: u32) -> u32 {
    if config.has_factors == 0u || cells == 0u {
        return mul_round(config.vegf_gain, lesions[lesion].inputs.secretion);
    }
    let plain = mul_round(config.vegf_gain, lesions[lesion].inputs.plain_secretion);
    return raised(plain, sum_over_cells(voxel, config.at_factors), cells);
}

// The same from what it would with the factor 1, and the factors of its cells.
fn raised(plain: u32, factors: u32, cells: u32) -> u32 {
    let mean = ((factors << FACTOR_SHIFT) / cells) << 6u;
    return min(mul_round(plain, mean), MAX_NORMAL) << 4u;
}

// VEGF that a voxel secretes in a sweep, 4.28 fixed point.
fn secretion(lesion: u32, normal: u32, oxygen: u32) -> u32 {
    let bin = (oxygen >> 16u) >> (config.bin_shift & 31u);
    let hypoxia = tables[config.at_hypoxia + lesions[lesion].hypoxia + bin];
    return min(mul_round(normal, hypoxia), MAX_SECRETION) << 2u;
}

// Parts of INDEPENDENT over a number of cells as 0.32 fixed point; all of them come to the largest.
fn share_of(parts: u32, cells: u32) -> u32 {
    let share = (parts << INDEPENDENCE_SHIFT) / max(cells, 1u);
    return (share << 8u) - (share >> 24u);
}

// Relative vessel density after a step, where such a share needs no VEGF.
fn grow(lesion: u32, vessels: u32, vegf: u32, independent: u32) -> u32 {
    let free = mul_round(vegf, lesions[lesion].inputs.free_vegf) >> 16u;
    let driven = ((free << 16u) / (free + config.vegf_half)) << 16u;
    let missing = config.vessel_saturation - min(driven, config.vessel_saturation);
    let saturation = driven + mul_round(missing, independent);
    let room = config.vessel_ceiling - min(vessels, config.vessel_ceiling);
    let growth = mul_round(config.vessel_growth, lesions[lesion].inputs.formation);
    let gained = mul_round(mul_round(growth, saturation), room);
    let set_pruning = lesions[lesion].inputs.pruning;
    let added = set_pruning - min(set_pruning, config.vessel_loss);
    let pruning = set_pruning - mul_round(added, independent);
    return vessels + gained - mul_round(vessels, pruning);
}

@compute @workgroup_size(WORKGROUP)
fn environment(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let index = folded(id, counts);
    if index / BRICK_VOXELS >= atomicLoad(&atomics[QUEUE_LENGTH]) {
        return;
    }
    let brick = listed_brick(index / BRICK_VOXELS);
    let lesion = lesion_of(brick);
    if lesions[lesion].redo != 0u {
        return;
    }
    let voxel = brick * BRICK_VOXELS + index % BRICK_VOXELS;
    var around = voxels_around(lesion, voxel);
    let live = countOneBits(live(2u * voxel)) + countOneBits(live(2u * voxel + 1u));
    var column = live;
    if config.has_vessels != 0u {
        column = column * SUPPLY_BINS + (perfusion(lesion, voxel) >> SUPPLY_SHIFT);
    }
    column += lesions[lesion].supply;
    let from_plane = SWEEP_FROM * config.fields;
    let to_plane = (1u - SWEEP_FROM) * config.fields;
    let settled = neighbours(&around, FIELD_OXYGEN + from_plane, tables[config.at_weight + column]);
    let oxygen = tables[config.at_source + column] + settled;
    set_field(FIELD_OXYGEN + to_plane, voxel, oxygen);
    if config.has_vessels != 0u {
        let spread = neighbours(&around, FIELD_VEGF + from_plane, config.vegf_spread);
        let normal = normal_secretion(lesion, voxel, live);
        let vegf = min(secretion(lesion, normal, oxygen) + spread, MAX_VEGF);
        set_field(FIELD_VEGF + to_plane, voxel, vegf);
        if SWEEP_LAST != 0u {
            let vessels = field(FIELD_VESSELS, voxel);
            set_field(FIELD_VESSELS, voxel, grow(lesion, vessels, vegf, independent(voxel, live)));
        }
    }
}

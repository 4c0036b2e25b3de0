// Oxygen: one relaxation sweep over the voxels of the active bricks. Twin: src/engine/cpu/environment.rs.
#import shared/mul_wide
#import shared/fixed
#import shared/shape
#import shared/pool

// Half of the oxygen words to read from: 0 or 1.
override SWEEP_FROM: u32 = 0u;

fn voxel_edge() -> vec3<u32> {
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
    return (address_of(lesion, site_at(lesion, near * voxel_edge()))) >> VOXEL_SHIFT;
}

@compute @workgroup_size(WORKGROUP)
fn environment(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let index = folded(id, counts);
    if index / BRICK_VOXELS >= atomicLoad(&queue[QUEUE_LENGTH]) {
        return;
    }
    let brick = atomicLoad(&queue[QUEUE_HEAD + index / BRICK_VOXELS]);
    let lesion = lesion_of(brick);
    if lesions[lesion].redo != 0u {
        return;
    }
    let voxel = brick * BRICK_VOXELS + (index & 7u);
    let grid = vec3<u32>(lesions[lesion].voxels_x, lesions[lesion].voxels_y, lesions[lesion].voxels_z);
    let at = position_of(lesion, site_of(lesion, voxel << VOXEL_SHIFT)) / voxel_edge();
    let live = countOneBits(leaf_live(2u * voxel)) + countOneBits(leaf_live(2u * voxel + 1u));
    let weight = tables[config.at_weight + live];
    let from_half = SWEEP_FROM * config.voxels;
    let here = oxygen[from_half + voxel];
    var value = tables[config.at_source + live];
    for (var axis = 0u; axis < config.dimension; axis += 1u) {
        for (var way = 0u; way < 2u; way += 1u) {
            let near = neighbour_voxel(lesion, at, grid, axis, way == 1u);
            var other = here;
            if near != NO_SITE {
                other = oxygen[from_half + near];
            }
            value += mul_round(other, weight);
        }
    }
    oxygen[(1u - SWEEP_FROM) * config.voxels + voxel] = value;
}

// How sites are numbered: brick << 9 | voxel << 6 | local. Twin: src/tissue/shape.rs.

const NO_SITE: u32 = 0xffffffffu;

// What a coordinate contributes to a site's number, which is the sum of three such parts.
fn part_of(lesion: u32, axis: u32, at: u32) -> u32 {
    let nx = lesions[lesion].bricks_x;
    if config.dimension == 3u {
        if axis == 0u {
            return ((at >> 3u) << 9u) | (((at >> 2u) & 1u) << 6u) | (at & 3u);
        }
        if axis == 1u {
            return ((nx * (at >> 3u)) << 9u) | (((at >> 2u) & 1u) << 7u) | ((at & 3u) << 2u);
        }
        let plane = nx * lesions[lesion].bricks_y;
        return ((plane * (at >> 3u)) << 9u) | (((at >> 2u) & 1u) << 8u) | ((at & 3u) << 4u);
    }
    if axis == 0u {
        return ((at >> 5u) << 9u) | (((at >> 3u) & 3u) << 6u) | (at & 7u);
    }
    if axis == 1u {
        return ((nx * (at >> 4u)) << 9u) | (((at >> 3u) & 1u) << 8u) | ((at & 7u) << 3u);
    }
    return 0u;
}

fn site_at(lesion: u32, at: vec3<u32>) -> u32 {
    return part_of(lesion, 0u, at.x) + part_of(lesion, 1u, at.y) + part_of(lesion, 2u, at.z);
}

fn position_of(lesion: u32, site: u32) -> vec3<u32> {
    let nx = lesions[lesion].bricks_x;
    let ny = lesions[lesion].bricks_y;
    let brick = site >> BRICK_SHIFT;
    let voxel = (site >> VOXEL_SHIFT) & 7u;
    let rest = brick / nx;
    let bx = brick - rest * nx;
    let bz = rest / ny;
    let by = rest - bz * ny;
    if config.dimension == 3u {
        return vec3<u32>(
            (bx << 3u) | ((voxel & 1u) << 2u) | (site & 3u),
            (by << 3u) | (((voxel >> 1u) & 1u) << 2u) | ((site >> 2u) & 3u),
            (bz << 3u) | ((voxel >> 2u) << 2u) | ((site >> 4u) & 3u),
        );
    }
    return vec3<u32>(
        (bx << 5u) | ((voxel & 3u) << 3u) | (site & 7u),
        (by << 4u) | ((voxel >> 2u) << 3u) | ((site >> 3u) & 7u),
        bz,
    );
}

// The part of a coordinate moved by an offset (biased by 128); NO_SITE beyond a closed edge.
fn part_beside(lesion: u32, axis: u32, at: u32, biased: u32) -> u32 {
    var size = lesions[lesion].size_x;
    if axis == 1u {
        size = lesions[lesion].size_y;
    } else if axis == 2u {
        size = lesions[lesion].size_z;
    }
    let moved = at + biased - 128u;
    if moved < size {
        return part_of(lesion, axis, moved);
    }
    if config.periodic == 0u {
        return NO_SITE;
    }
    if biased < 128u {
        return part_of(lesion, axis, moved + size);
    }
    return part_of(lesion, axis, moved - size);
}

fn sum_parts(x: u32, y: u32, z: u32) -> u32 {
    if x == NO_SITE || y == NO_SITE || z == NO_SITE {
        return NO_SITE;
    }
    return x + y + z;
}

// The site at an offset (packed x | y << 8 | z << 16, each biased by 128); NO_SITE beyond a closed edge.
fn neighbour_site(lesion: u32, at: vec3<u32>, offset: u32) -> u32 {
    return sum_parts(
        part_beside(lesion, 0u, at.x, offset & 0xffu),
        part_beside(lesion, 1u, at.y, (offset >> 8u) & 0xffu),
        part_beside(lesion, 2u, at.z, (offset >> 16u) & 0xffu),
    );
}

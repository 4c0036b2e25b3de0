// How sites are numbered: brick << 9 | voxel << 6 | local. Twin: src/tissue/shape.rs.

const BRICK_SHIFT: u32 = 9u;
const VOXEL_SHIFT: u32 = 6u;
const BRICK_VOXELS: u32 = 8u;
const LEAF: u32 = 32u;
const LEAF_SHIFT: u32 = 5u;
const BRICK_LEAVES: u32 = 16u;
const GROUP_SHIFT: u32 = 6u;

const NO_SITE: u32 = 0xffffffffu;

fn site_at(lesion: u32, at: vec3<u32>) -> u32 {
    let nx = lesions[lesion].bricks_x;
    let ny = lesions[lesion].bricks_y;
    if config.dimension == 3u {
        let brick = (at.x >> 3u) + nx * ((at.y >> 3u) + ny * (at.z >> 3u));
        let voxel = ((at.x >> 2u) & 1u) | (((at.y >> 2u) & 1u) << 1u) | (((at.z >> 2u) & 1u) << 2u);
        return (brick << BRICK_SHIFT) | (voxel << VOXEL_SHIFT)
            | (at.x & 3u) | ((at.y & 3u) << 2u) | ((at.z & 3u) << 4u);
    }
    let brick = (at.x >> 5u) + nx * (at.y >> 4u);
    let voxel = ((at.x >> 3u) & 3u) | (((at.y >> 3u) & 1u) << 2u);
    return (brick << BRICK_SHIFT) | (voxel << VOXEL_SHIFT) | (at.x & 7u) | ((at.y & 7u) << 3u);
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

// One coordinate moved by an offset (biased by 128); NO_SITE beyond a closed edge.
fn moved_along(at: u32, biased: u32, size: u32) -> u32 {
    let moved = at + biased - 128u;
    if moved < size {
        return moved;
    }
    if config.periodic == 0u {
        return NO_SITE;
    }
    if biased < 128u {
        return moved + size;
    }
    return moved - size;
}

// The site at an offset (packed x | y << 8 | z << 16, each biased by 128); NO_SITE beyond a closed edge.
fn neighbour_site(lesion: u32, at: vec3<u32>, offset: u32) -> u32 {
    let x = moved_along(at.x, offset & 0xffu, lesions[lesion].size_x);
    let y = moved_along(at.y, (offset >> 8u) & 0xffu, lesions[lesion].size_y);
    let z = moved_along(at.z, (offset >> 16u) & 0xffu, lesions[lesion].size_z);
    if x == NO_SITE || y == NO_SITE || z == NO_SITE {
        return NO_SITE;
    }
    return site_at(lesion, vec3<u32>(x, y, z));
}

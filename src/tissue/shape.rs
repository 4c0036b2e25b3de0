//! How sites are numbered.
//!
//! A lattice is cut into *bricks* of 512 sites (8×8×8 in 3D, 32×16 in 2D), a brick into eight
//! *voxels* of 64 sites (4×4×4, 8×8), which are the cells of the environment. Sites are numbered
//! brick by brick, voxel by voxel: `site = brick << 9 | voxel << 6 | local`. The numbering depends on
//! the lattice's shape alone and is frozen: random numbers, keys, ranks and digests use it. A
//! *leaf* is a run of 32 sites, half a voxel, the unit of work of one GPU thread.
//!
//! Twin: `shaders/shared/shape.wgsl`.

/// Sites in a brick.
pub const BRICK: u32 = 512;
/// `log2(BRICK)`.
pub const BRICK_SHIFT: u32 = 9;
/// Sites in a voxel.
pub const VOXEL: u32 = 64;
/// `log2(VOXEL)`.
pub const VOXEL_SHIFT: u32 = 6;
/// Voxels in a brick.
pub const BRICK_VOXELS: u32 = 8;
/// Sites in a leaf.
pub const LEAF: u32 = 32;
/// `log2(LEAF)`.
pub const LEAF_SHIFT: u32 = 5;
/// Leaves in a brick.
pub const BRICK_LEAVES: u32 = 16;
/// `log2` of the number of bricks in a group, the unit of ranking.
pub const GROUP_SHIFT: u32 = 6;
/// Most sites a lesion may have, padding included (exclusive).
pub const MAX_SITES: u64 = 1 << 31;

/// The shape of a lesion's lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// 2 or 3.
    pub dimension: u32,
    /// Sites along x, y, z (z is 1 in 2D).
    pub size: [u32; 3],
    /// Whether opposite edges are joined.
    pub periodic: bool,
    /// Bricks along x and y.
    row: [u32; 2],
}

impl Shape {
    /// A lattice of `size` sites.
    ///
    /// # Panics
    ///
    /// Where [`Shape::checked`] gives `None`; scenarios are checked before they come here.
    pub fn new(dimension: u32, size: [u32; 3], periodic: bool) -> Self {
        let shape = Self::checked(dimension, size, periodic);
        assert!(
            shape.is_some(),
            "a lattice is 2D or 3D, no side is empty, and it holds fewer than 2^31 sites"
        );
        shape.unwrap_or(Self { dimension, size, periodic, row: [1, 1] })
    }

    /// A lattice of `size` sites, or `None` if the dimension is not 2 or 3, a side is zero, a 2D lattice has
    /// depth, or there are 2^31 sites or more with padding.
    pub fn checked(dimension: u32, size: [u32; 3], periodic: bool) -> Option<Self> {
        let possible = match dimension {
            2 => size[2] == 1,
            3 => true,
            _ => false,
        };
        if !possible || size.contains(&0) {
            return None;
        }
        let mut shape = Self { dimension, size, periodic, row: [0, 0] };
        let bricks = shape.bricks();
        shape.row = [bricks[0], bricks[1]];
        let sites = bricks.iter().try_fold(u64::from(BRICK), |n, b| n.checked_mul(u64::from(*b)))?;
        (sites < MAX_SITES).then_some(shape)
    }

    /// The shape of a lattice whose bricks are counted already.
    pub(crate) const fn counted(dimension: u32, size: [u32; 3], periodic: bool, row: [u32; 2]) -> Self {
        Self { dimension, size, periodic, row }
    }

    /// Sites along the edges of a brick.
    pub const fn brick_size(&self) -> [u32; 3] {
        if self.dimension == 3 { [8, 8, 8] } else { [32, 16, 1] }
    }

    /// Sites along the edges of a voxel.
    pub const fn voxel_size(&self) -> [u32; 3] {
        if self.dimension == 3 { [4, 4, 4] } else { [8, 8, 1] }
    }

    /// Bricks along x, y, z.
    pub fn bricks(&self) -> [u32; 3] {
        let edge = self.brick_size();
        [0, 1, 2].map(|a| self.size[a].div_ceil(edge[a]))
    }

    /// Voxels along x, y, z that hold at least one site of the lattice.
    pub fn voxels(&self) -> [u32; 3] {
        let edge = self.voxel_size();
        [0, 1, 2].map(|a| self.size[a].div_ceil(edge[a]))
    }

    /// Number of bricks.
    pub fn brick_count(&self) -> u32 {
        let [x, y, z] = self.bricks();
        x * y * z
    }

    /// Number of site numbers in use, padding included.
    pub fn padded_sites(&self) -> u64 {
        let [x, y, z] = self.bricks().map(u64::from);
        x * y * z * u64::from(BRICK)
    }

    /// Number of sites of the lattice itself.
    pub fn sites(&self) -> u64 {
        self.size.iter().map(|s| u64::from(*s)).product()
    }

    /// What a coordinate contributes to a site's number: the number is the sum of three such parts, since
    /// each axis has its own bits within a brick and bricks are numbered row by row.
    #[inline(always)]
    pub const fn part(&self, axis: usize, at: u32) -> u32 {
        let [nx, ny] = self.row;
        match (self.dimension, axis) {
            (3, 0) => ((at >> 3) << 9) | (((at >> 2) & 1) << 6) | (at & 3),
            (3, 1) => ((nx * (at >> 3)) << 9) | (((at >> 2) & 1) << 7) | ((at & 3) << 2),
            (3, _) => ((nx * ny * (at >> 3)) << 9) | (((at >> 2) & 1) << 8) | ((at & 3) << 4),
            (_, 0) => ((at >> 5) << 9) | (((at >> 3) & 3) << 6) | (at & 7),
            (_, 1) => ((nx * (at >> 4)) << 9) | (((at >> 3) & 1) << 8) | ((at & 7) << 3),
            _ => 0,
        }
    }

    /// The number of the site at a position.
    #[inline]
    pub const fn site(&self, [x, y, z]: [u32; 3]) -> u32 {
        self.part(0, x) + self.part(1, y) + self.part(2, z)
    }

    /// The position of a site; it may lie in the padding, beyond `size`.
    pub const fn position(&self, site: u32) -> [u32; 3] {
        let [nx, ny] = self.row;
        let brick = site >> BRICK_SHIFT;
        let (bx, rest) = (brick % nx, brick / nx);
        let (by, bz) = (rest % ny, rest / ny);
        let ([x, y, z], edge) = (self.position_in_brick(site), self.brick_size());
        [bx * edge[0] + x, by * edge[1] + y, bz * edge[2] + z]
    }

    /// The position of a site within its brick.
    #[inline(always)]
    pub const fn position_in_brick(&self, site: u32) -> [u32; 3] {
        let voxel = (site >> VOXEL_SHIFT) & 7;
        if self.dimension == 3 {
            [
                ((voxel & 1) << 2) | (site & 3),
                (((voxel >> 1) & 1) << 2) | ((site >> 2) & 3),
                ((voxel >> 2) << 2) | ((site >> 4) & 3),
            ]
        } else {
            [((voxel & 3) << 3) | (site & 7), ((voxel >> 2) << 3) | ((site >> 3) & 7), 0]
        }
    }

    /// Whether a brick reaches beyond the lattice.
    pub fn is_cut(&self, brick: u32) -> bool {
        let ([nx, ny, _], edge, bricks) = (self.bricks(), self.brick_size(), self.bricks());
        let at = [brick % nx, brick / nx % ny, brick / nx / ny];
        (0..3).any(|a| at[a] + 1 == bricks[a] && !self.size[a].is_multiple_of(edge[a]))
    }

    /// Whether a position lies on the lattice.
    pub fn contains(&self, position: [u32; 3]) -> bool {
        (0..3).all(|a| position[a] < self.size[a])
    }

    /// The part of a coordinate moved by an offset shorter than the side, or `None` beyond a closed edge.
    #[inline(always)]
    pub const fn part_beside(&self, axis: usize, at: u32, offset: i32) -> Option<u32> {
        let (moved, size) = (at.wrapping_add(offset as u32), self.size[axis]);
        if moved < size {
            Some(self.part(axis, moved))
        } else if !self.periodic {
            None
        } else if offset < 0 {
            Some(self.part(axis, moved.wrapping_add(size)))
        } else {
            Some(self.part(axis, moved - size))
        }
    }

    /// The site at an offset from a position, or `None` beyond a closed edge.
    #[inline]
    pub fn neighbour(&self, [x, y, z]: [u32; 3], [dx, dy, dz]: [i32; 3]) -> Option<u32> {
        let x = self.part_beside(0, x, dx)?;
        let y = self.part_beside(1, y, dy)?;
        Some(x + y + self.part_beside(2, z, dz)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes() -> Vec<Shape> {
        vec![
            Shape::new(2, [64, 48, 1], false),
            Shape::new(2, [33, 17, 1], true),
            Shape::new(3, [16, 24, 8], false),
            Shape::new(3, [9, 10, 11], true),
        ]
    }

    #[test]
    fn numbering_is_one_to_one() {
        for shape in shapes() {
            let mut seen = vec![false; shape.padded_sites() as usize];
            for site in 0..shape.padded_sites() as u32 {
                let position = shape.position(site);
                assert_eq!(shape.site(position), site, "{shape:?}");
                seen[site as usize] = shape.contains(position);
            }
            assert_eq!(seen.iter().filter(|s| **s).count() as u64, shape.sites());
        }
    }

    // Site numbers are frozen: random counters, keys, ranks and digests are built on them.
    #[test]
    fn numbering_is_frozen() {
        let flat = Shape::new(2, [100, 100, 1], false);
        assert_eq!(flat.site([0, 0, 0]), 0);
        assert_eq!(flat.site([9, 10, 0]), (5 << 6) | 1 | (2 << 3));
        assert_eq!(flat.site([40, 33, 0]), (9 << 9) | (1 << 6) | (1 << 3));
        let solid = Shape::new(3, [20, 20, 20], false);
        assert_eq!(solid.site([5, 2, 7]), (5 << 6) | 1 | (2 << 2) | (3 << 4));
        assert_eq!(solid.site([19, 8, 16]), ((2 + 3 + 18) << 9) | 3);
    }

    #[test]
    fn neighbours_wrap_or_end() {
        for shape in shapes() {
            let [x, y, z] = shape.size;
            let corner = [x - 1, 0, z - 1];
            let beyond = shape.neighbour(corner, [1, -1, 0]);
            if shape.periodic {
                assert_eq!(beyond, Some(shape.site([0, y - 1, z - 1])));
            } else {
                assert_eq!(beyond, None);
            }
            assert_eq!(shape.neighbour(corner, [-1, 1, 0]), Some(shape.site([x - 2, 1, z - 1])));
        }
    }
}

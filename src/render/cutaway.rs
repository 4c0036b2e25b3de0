//! A cut-away of a 3D tumour: rays through the lattice in integers, one for each pixel.
//!
//! The eye is above and in front of the corner of largest x, y and z, far away (a parallel projection). The octant of that
//! corner, from the lattice's middle on, is cut away. Where a ray goes into tissue through a cut, or through the lattice's own
//! faces, it shows what is there, flat and in the very colours of the legend: cells, and what is between them. Elsewhere it shows the
//! surface, in light by the slope of the density of cells and in shade where that surrounds it, no further than the colours of the
//! legend stay apart. *Tissue* is where the density, smoothed over some sites, is at least half of what cells have around them
//! on average; a cell on its own is drawn too.
//!
//! Directions are in 16.16 fixed point; nothing is rounded by floats.

use image::{Rgb, RgbImage};
use rayon::prelude::*;

use crate::tissue::Shape;

use super::lattice::{LatticeImage, together};
use super::scheme::{EMPTY, Scheme};
use crate::plot::palette::{Colour, Theme, mix, shaded};

/// 1 in the fixed point of directions.
const ONE: i64 = 1 << 16;
/// Into the scene: 30° downwards, towards the corner of small x and y.
const FORWARD: [i64; 3] = [-45_405, -34_053, -32_768];
/// To the right.
const RIGHT: [i64; 3] = [-39_322, 52_429, 0];
/// Upwards.
const UP: [i64; 3] = [-26_214, -19_661, 56_756];
/// Towards the light: from the upper left, behind the eye's shoulder.
const LIGHT: [i64; 3] = [46_000, 2_000, 46_600];
/// Longest side that is marched through site by site; several sites of a larger lattice go together.
const MAX_SITES: u32 = 192;
/// Rays along the edge of a pixel.
const FINE: u32 = 2;

/// The lattice as rays see it.
struct CutBlock<'a, 'b> {
    scheme: &'a Scheme<'b>,
    size: [i64; 3],
    numbers: Vec<u16>,
    /// Density of cells, 0 to 255, smoothed.
    density: Vec<u8>,
    /// Density from which on there is tissue.
    least: u8,
    /// From here on the corner is cut away.
    cut: [i64; 3],
}

/// Where an edge of the block along an axis leads in the picture: to the right and downwards, in parts of its length.
pub fn edge(axis: usize) -> (f64, f64) {
    (RIGHT[axis] as f64 / ONE as f64, -UP[axis] as f64 / ONE as f64)
}

/// Where a ray ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    colour: Colour,
    /// 0: beside everything; 1 to 3: a flat face across x, y, z; 4: the surface.
    kind: u8,
    /// Site that was hit.
    at: [i64; 3],
    /// Face of the lattice with its cut, seen first: 0 for none, 1 to 3 for its own across x, y, z, 4 to 6 for those of the cut.
    shell: u8,
}

/// The image within a square of so many pixels.
pub fn image(scheme: &Scheme<'_>, shape: &Shape, side: u32, theme: Theme) -> LatticeImage {
    let block = CutBlock::new(scheme, shape);
    // Half of the box as the eye sees it: to the right, and upwards.
    let half = |axes: [i64; 3]| (0..3).map(|a| axes[a].abs() * block.size[a]).sum::<i64>() / 2;
    let (across, upright) = (half(RIGHT), half(UP));
    let margin = 2 * ONE;
    let wide = across.max(upright) + margin;
    // Fixed-point length of a ray's pitch.
    let pitch = (2 * wide / i64::from(side * FINE)).max(1);
    let pixels = |half: i64| ((2 * (half + margin) / pitch) as u32).div_ceil(FINE).clamp(1, side);
    let (columns, rows) = (pixels(across), pixels(upright));
    let width = (columns * FINE) as usize;
    let mut hits =
        vec![Hit { colour: theme.paper(), kind: 0, at: [0; 3], shell: 0 }; width * (rows * FINE) as usize];
    hits.par_chunks_mut(width).enumerate().for_each(|(row, line)| {
        let down = (row as i64 - i64::from(rows * FINE) / 2) * pitch + pitch / 2;
        for (column, hit) in line.iter_mut().enumerate() {
            let right = (column as i64 - i64::from(columns * FINE) / 2) * pitch + pitch / 2;
            *hit = block.trace(right, -down, theme);
        }
    });
    let outlined = outline(&hits, width, theme);
    let pixels = RgbImage::from_fn(columns, rows, |column, row| {
        let mut sum = [0_u32; 3];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let ray = outlined[(row * FINE + dy) as usize * width + (column * FINE + dx) as usize];
            sum.iter_mut().zip(ray).for_each(|(s, c)| *s += u32::from(c));
        }
        Rgb(sum.map(|s| ((s + 2) / 4) as u8))
    });
    let sites_across =
        (i64::from(columns * FINE) * pitch) as f64 / ONE as f64 * f64::from(block.coarse(shape));
    LatticeImage { pixels, sites_across }
}

/// Draws thin edges: those of the lattice with its cut, and about tissue.
fn outline(hits: &[Hit], width: usize, theme: Theme) -> Vec<Colour> {
    let edge = |a: Hit, b: Hit| {
        let is_flat = |h: Hit| (1..=3).contains(&h.kind);
        let far = (0..3).any(|axis| (a.at[axis] - b.at[axis]).abs() > 6);
        a.kind != b.kind && (is_flat(a) && is_flat(b) || a.kind == 0 || b.kind == 0 || far)
            || (a.kind != 0 && b.kind != 0 && far && a.kind == b.kind && is_flat(a))
    };
    let mut colours = Vec::with_capacity(hits.len());
    for (i, hit) in hits.iter().enumerate() {
        let beside = [(i % width > 0).then(|| i - 1), i.checked_sub(width)];
        let any = |of: &dyn Fn(Hit) -> bool| beside.into_iter().flatten().any(|j| of(hits[j]));
        let parts = match () {
            () if any(&|other| edge(*hit, other)) => 110,
            () if any(&|other| other.shell != hit.shell) => 80,
            () => 0,
        };
        colours.push(mix(hit.colour, theme.ink(), parts));
    }
    colours
}

impl<'a, 'b> CutBlock<'a, 'b> {
    fn new(scheme: &'a Scheme<'b>, shape: &Shape) -> Self {
        let longest = shape.size.into_iter().max().unwrap_or(1);
        let reduce = longest.div_ceil(MAX_SITES);
        let size = shape.size.map(|n| n.div_ceil(reduce));
        let mut numbers = vec![EMPTY; size.iter().product::<u32>() as usize];
        let plane = (size[0] * size[1]) as usize;
        numbers.par_chunks_mut(plane).enumerate().for_each(|(z, numbers)| {
            for (i, number) in (0..).zip(numbers) {
                let low = [i % size[0], i / size[0], z as u32].map(|c| c * reduce);
                let range = |axis: usize| low[axis]..(low[axis] + reduce).min(shape.size[axis]);
                let sites = range(2).flat_map(|z| range(1).map(move |y| [y, z]));
                let sites = sites.flat_map(|[y, z]| range(0).map(move |x| shape.site([x, y, z])));
                *number = together(sites.map(|site| scheme.number(site)), scheme);
            }
        });
        let mut block = Self {
            scheme,
            size: size.map(i64::from),
            numbers,
            density: Vec::new(),
            least: 0,
            cut: size.map(|n| i64::from(n / 2)),
        };
        block.smooth();
        block
    }

    /// Sites along the edge of what a ray takes for one.
    fn coarse(&self, shape: &Shape) -> u32 {
        shape.size.into_iter().max().unwrap_or(1).div_ceil(MAX_SITES)
    }

    /// Smooths the density by two means over five sites along each axis, and finds what is tissue.
    fn smooth(&mut self) {
        let full = |n: &u16| if Scheme::is_cell(*n) { 255 } else { 0 };
        let mut density: Vec<u8> = self.numbers.iter().map(full).collect();
        let strides = [1, self.size[0], self.size[0] * self.size[1]];
        for axis in [0, 1, 2, 0, 1, 2] {
            let (stride, length) = (strides[axis], self.size[axis]);
            let before = density.clone();
            density.par_iter_mut().enumerate().for_each(|(i, out)| {
                let at = i as i64 / stride % length;
                // Beyond the lattice it goes on as at its edge.
                let near = |d: i64| i as i64 + ((at + d).clamp(0, length - 1) - at) * stride;
                let sum: u32 = (-2..=2).map(|d| u32::from(before[near(d) as usize])).sum();
                *out = ((sum + 2) / 5) as u8;
            });
        }
        let cells = self.numbers.iter().zip(&density).filter(|(n, _)| Scheme::is_cell(**n));
        let (sum, count) = cells.fold((0_u64, 0_u64), |(s, n), (_, d)| (s + u64::from(*d), n + 1));
        self.least = (sum.checked_div(2 * count).unwrap_or(255) as u8).max(12);
        self.density = density;
    }

    fn index(&self, at: [i64; 3]) -> usize {
        ((at[2] * self.size[1] + at[1]) * self.size[0] + at[0]) as usize
    }

    fn is_inside(&self, at: [i64; 3]) -> bool {
        (0..3).all(|a| (0..self.size[a]).contains(&at[a]))
    }

    fn is_cut(&self, at: [i64; 3]) -> bool {
        (0..3).all(|a| at[a] >= self.cut[a])
    }

    /// Density at a place, as at the edge beyond it; none in the cut.
    fn density_at(&self, at: [i64; 3]) -> i64 {
        let near = [0, 1, 2].map(|a| at[a].clamp(0, self.size[a] - 1));
        i64::from(self.density[self.index(near)])
    }

    /// Follows the ray at an offset to the right and upwards from the middle.
    fn trace(&self, right: i64, up: i64, theme: Theme) -> Hit {
        let mut miss = Hit { colour: theme.paper(), kind: 0, at: [0; 3], shell: 0 };
        // A point of the ray on the plane through the middle, in fixed point.
        let middle = self.size.map(|n| n * ONE / 2);
        let through = [0, 1, 2].map(|a| middle[a] + ((RIGHT[a] * right + UP[a] * up) >> 16));
        // Where it comes in: the face across `axis` that it meets last. All directions are negative.
        let time = |a: usize, place: i64| (place - through[a]) * ONE / FORWARD[a];
        let enter = [0, 1, 2].map(|a| time(a, self.size[a] * ONE));
        let leave = [0, 1, 2].map(|a| time(a, 0));
        let mut axis = if enter[0] >= enter[1] && enter[0] >= enter[2] { 0 } else { 1 };
        axis = if enter[2] > enter[axis] { 2 } else { axis };
        let (start, end) = (enter[axis], leave.into_iter().min().unwrap_or(0));
        if start >= end {
            return miss;
        }
        let place = [0, 1, 2].map(|a| through[a] + ((FORWARD[a] * start) >> 16));
        let mut at = [0, 1, 2].map(|a| (place[a] >> 16).clamp(0, self.size[a] - 1));
        at[axis] = self.size[axis] - 1;
        let mut next = [0, 1, 2].map(|a| time(a, at[a] * ONE));
        let each = FORWARD.map(|f| ONE * ONE / -f);
        let (mut from_outside, mut was_cut) = (true, false);
        while self.is_inside(at) {
            if self.is_cut(at) {
                (from_outside, was_cut) = (true, true);
            } else {
                if miss.shell == 0 {
                    miss.shell = 1 + axis as u8 + if was_cut { 3 } else { 0 };
                }
                let i = self.index(at);
                let number = self.numbers[i];
                if Scheme::is_cell(number) || self.density[i] >= self.least {
                    return Hit { shell: miss.shell, ..self.hit(at, axis, number, from_outside, theme) };
                }
                from_outside = false;
            }
            axis = if next[0] <= next[1] && next[0] <= next[2] { 0 } else { 1 };
            axis = if next[2] < next[axis] { 2 } else { axis };
            at[axis] -= 1;
            next[axis] += each[axis];
        }
        miss
    }

    fn hit(&self, at: [i64; 3], axis: usize, number: u16, flat: bool, theme: Theme) -> Hit {
        if flat {
            return Hit { colour: self.scheme.colour(number), kind: 1 + axis as u8, at, shell: 0 };
        }
        let near = if Scheme::is_cell(number) { Some(number) } else { self.nearest(at) };
        let colour = near.map_or(theme.empty(), |n| self.scheme.colour(n));
        Hit { colour: self.shade(at, axis, colour), kind: 4, at, shell: 0 }
    }

    /// The nearest cell within two sites.
    fn nearest(&self, at: [i64; 3]) -> Option<u16> {
        let mut best = (i64::MAX, None);
        for dz in -2..=2_i64 {
            for dy in -2..=2_i64 {
                for dx in -2..=2_i64 {
                    let there = [at[0] + dx, at[1] + dy, at[2] + dz];
                    let far = dx * dx + dy * dy + dz * dz;
                    if far < best.0 && self.is_inside(there) && !self.is_cut(there) {
                        let number = self.numbers[self.index(there)];
                        if Scheme::is_cell(number) {
                            best = (far, Some(number));
                        }
                    }
                }
            }
        }
        best.1
    }

    /// Light on a surface: from its slope, less what surrounds it.
    fn shade(&self, at: [i64; 3], axis: usize, colour: Colour) -> Colour {
        let mut normal = [0_i64; 3];
        for (a, n) in normal.iter_mut().enumerate() {
            let beside = |d: i64| {
                let mut there = at;
                there[a] += d;
                self.density_at(there)
            };
            *n = 2 * (beside(-1) - beside(1)) + beside(-2) - beside(2);
        }
        let length = normal.iter().map(|n| n * n).sum::<i64>().isqrt();
        let normal = if length < 8 {
            [0, 1, 2].map(|a| if a == axis { ONE } else { 0 })
        } else {
            normal.map(|n| n * ONE / length)
        };
        let dot = |a: [i64; 3], b: [i64; 3]| (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) >> 16;
        let lit = dot(normal, LIGHT).clamp(0, ONE);
        // What stands before the surface, three and seven sites away, takes light from it.
        let before = |far: i64| {
            let there = [0, 1, 2].map(|a| at[a] + ((normal[a] * far + ONE / 2) >> 16));
            self.density_at(there)
        };
        let open = 255 - ((before(3) + before(6)) / 3).clamp(0, 130);
        let light = (132 + ((lit * 146) >> 16)) * open / 255;
        // Midway between the darkest and the brightest place it is the colour itself.
        shaded(colour, (light - 190) / 2)
    }
}

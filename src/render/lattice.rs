//! What a view gives: the lattice alone, and how several sites become one pixel.

use super::scheme::{DEAD, EMPTY, Scheme};
use image::RgbImage;

/// A flat image of a lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct LatticeImage {
    /// Its pixels.
    pub pixels: RgbImage,
    /// Edges of sites that the width shows.
    pub sites_across: f64,
}

/// One number for several sites: of live cells if there is one, else of dead ones, else of what is there; the mean level of a
/// quantity, else the most frequent number, of equally frequent ones the smallest.
pub fn together(numbers: impl Iterator<Item = u16>, scheme: &Scheme<'_>) -> u16 {
    let mut all: Vec<u16> = numbers.collect();
    if let [only] = all[..] {
        return only;
    }
    let rank = |n: &u16| (Scheme::is_live(*n), *n == DEAD);
    let best = all.iter().map(rank).max().unwrap_or_default();
    all.retain(|n| rank(n) == best);
    if scheme.is_quantity() && !best.1 {
        let sum: u64 = all.iter().map(|n| u64::from(*n)).sum();
        return sum.checked_div(all.len() as u64).unwrap_or(0) as u16;
    }
    all.sort_unstable();
    let mut most = (0, EMPTY);
    for run in all.chunk_by(|a, b| a == b) {
        if run.len() > most.0 {
            most = (run.len(), run[0]);
        }
    }
    most.1
}

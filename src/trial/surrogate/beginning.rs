//! What a mean field begins with: agents, the dead beside the live, states, classes of perfusion.

use crate::biology::patient::Turnover;
use crate::biology::vessels;
use crate::scenario::{Change, Lattice, Scenario, StartShape, nest_cells};
use crate::simulation::assemble::offsets;
use crate::simulation::dead_share;
use crate::tissue::Shape;

/// Classes of perfusion.
pub(super) const CLASSES: usize = 8;
/// States with a smaller share of the start are left out, with what can only come from them.
pub(super) const MIN: f64 = 1e-4;

/// Dead cells for each live one, as lattices begin with.
pub(in crate::trial) fn dead(scenario: &Scenario, turnover: &Turnover) -> f64 {
    let share = dead_share(Some(turnover), scenario);
    share / (1.0 - share)
}

/// Live agents with which the lattices of all lesions would begin, in the mean.
pub(in crate::trial) fn agents(scenario: &Scenario, turnover: &Turnover, lesions: usize) -> f64 {
    let sites: u64 = scenario.lattice.size.iter().map(|edge| u64::from(*edge)).product();
    let cells = match scenario.start.shape {
        StartShape::Nests { fraction, .. } => nest_cells(fraction, sites) as f64,
        StartShape::Random { density } => density * sites as f64,
        StartShape::Ball { radius_um } => {
            let radius = radius_um / scenario.lattice.site_um;
            let disc = std::f64::consts::PI * radius * radius;
            if scenario.lattice.dimension == 2 { disc } else { disc * radius * 4.0 / 3.0 }
        }
        StartShape::Count { cells } => f64::from(cells),
        StartShape::Single | StartShape::Saved { .. } => 1.0,
    };
    cells * (1.0 - dead_share(Some(turnover), scenario)) * lesions as f64
}

/// Share of the sites that live cells take at the start, where they are.
pub(super) fn occupied(scenario: &Scenario) -> f64 {
    match scenario.start.shape {
        StartShape::Nests { fraction: share, .. } | StartShape::Random { density: share } => share,
        _ => 1.0,
    }
}

/// Share of daughters that land in another voxel than their mother's, if all sites that placement may choose are as likely.
pub(super) fn leaving(lattice: &Lattice) -> f64 {
    let offsets = offsets(lattice);
    if offsets.is_empty() {
        return 1.0;
    }
    let edge = Shape::new(lattice.dimension, lattice.size, false).voxel_size().map(|edge| edge as i32);
    // Of the mother's places in her voxel, those from which an offset stays in it.
    let stays = |offset: &[i32; 3]| -> i32 { (0..3).map(|a| (edge[a] - offset[a].abs()).max(0)).product() };
    let stay: i32 = offsets.iter().map(stays).sum();
    1.0 - f64::from(stay) / f64::from(edge.iter().product::<i32>()) / offsets.len() as f64
}

/// States of the start and their shares, the sensitive one first.
pub(super) fn shares(scenario: &Scenario) -> Vec<(Vec<u8>, f64)> {
    let mut shares: Vec<(Vec<u8>, f64)> = vec![(vec![0; scenario.loci.len()], 1.0)];
    for share in scenario.start.composition.iter().filter(|s| s.fraction >= MIN) {
        shares[0].1 -= share.fraction;
        match shares.iter_mut().find(|(levels, _)| *levels == share.levels) {
            Some(known) => known.1 += share.fraction,
            None => shares.push((share.levels.clone(), share.fraction)),
        }
    }
    shares
}

/// States that switching can lead to from these.
pub(super) fn reachable(scenario: &Scenario, mut levels: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut at = 0;
    while at < levels.len() {
        for (locus, described) in scenario.loci.iter().enumerate() {
            let level = levels[at][locus];
            let matters = |c: &&Change| c.from == level && (c.induced.is_some() || c.rate > MIN / 10.0);
            for change in described.changes.iter().filter(matters) {
                let mut after = levels[at].clone();
                after[locus] = change.to;
                if !levels.contains(&after) {
                    levels.push(after);
                }
            }
        }
        at += 1;
    }
    levels
}

/// Places of a class, over which nutrients are averaged: want begins at a threshold, which falls within a class.
pub(super) const PLACES: usize = 8;

/// Base densities of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClassDensity {
    /// Their mean.
    pub mean: f64,
    /// Those of its places.
    pub places: [f64; PLACES],
}

impl ClassDensity {
    /// A class of these places.
    fn of(places: [f64; PLACES]) -> Self {
        Self { mean: places.iter().sum::<f64>() / PLACES as f64, places }
    }
}

/// Classes without differences.
pub(super) fn even() -> Vec<ClassDensity> {
    vec![ClassDensity::of([1.0; PLACES]); CLASSES]
}

/// Classes: equal parts of the quantiles of base densities.
pub(super) fn classes(unevenness: f64) -> Vec<ClassDensity> {
    let all = vessels::densities(unevenness);
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let class = |of: &[f64]| {
        let place = of.len() / PLACES;
        ClassDensity::of(std::array::from_fn(|at| mean(&of[at * place..(at + 1) * place])))
    };
    all.chunks(all.len() / CLASSES).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Boundary, Neighbourhood, Placement};

    // Counted by hand for the neighbours in a plane: 8·8·8 pairs of a mother and a neighbour, 4·(8·7) beside and 4·(7·7) across stay.
    #[test]
    fn the_share_that_leaves_a_voxel_is_counted() {
        let lattice = |dimension, neighbourhood, placement| Lattice {
            size: [64, 64, if dimension == 3 { 64 } else { 1 }],
            dimension,
            neighbourhood,
            boundary: Boundary::Closed,
            site_um: 20.0,
            placement,
        };
        let of = |dimension, neighbourhood, placement| leaving(&lattice(dimension, neighbourhood, placement));
        let moore = of(2, Neighbourhood::Moore, Placement::Neighbour);
        assert!((moore - (1.0 - (4.0 * 56.0 + 4.0 * 49.0) / 512.0)).abs() < 1e-12, "{moore}");
        let cross = of(3, Neighbourhood::VonNeumann, Placement::Neighbour);
        assert!((cross - 0.25).abs() < 1e-12, "{cross}");
        let radius = |dimension, radius| {
            of(dimension, Neighbourhood::Moore, Placement::Radius { radius, candidates: 8 })
        };
        for (dimension, r, share) in [(3, 4, 0.7705), (3, 3, 0.653), (2, 4, 0.382), (2, 3, 0.301)] {
            assert!(
                (radius(dimension, r) - share).abs() < 5e-4,
                "{dimension}D, {r}: {}",
                radius(dimension, r)
            );
        }
        assert_eq!(of(3, Neighbourhood::Moore, Placement::Mixed), 1.0);
    }
}

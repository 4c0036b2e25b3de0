//! Classes of perfusion: what stands for the places of a tumour where it is taken in the mean.

use crate::biology::oxygen::MeanOxygen;
use crate::biology::phenotype::Regime;
use crate::biology::tissue_tables::{EnvironmentShare, MeanRates, TableId, TissueTables};
use crate::biology::vessels;
use crate::engine::model::PERFUSION_BINS;
use crate::scenario::{Lattice, Scenario, StartShape};
use crate::tissue::Shape;

use super::extent::offsets;

/// Classes of perfusion.
pub(crate) const CLASSES: usize = 8;

/// Share of the sites that live cells take at the start, where they are.
pub(crate) fn occupied(scenario: &Scenario) -> f64 {
    match scenario.start.shape {
        StartShape::Nests { fraction: share, .. } | StartShape::Random { density: share } => share,
        _ => 1.0,
    }
}

/// Share of daughters that land in another voxel than their mother's, if all sites that placement may choose are as likely.
pub(crate) fn leaving(lattice: &Lattice) -> f64 {
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

/// Places of a class, over which nutrients are averaged: want begins at a threshold, which falls within a class.
pub(crate) const PLACES: usize = 8;

/// Base densities of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ClassDensity {
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
pub(crate) fn even() -> Vec<ClassDensity> {
    vec![ClassDensity::of([1.0; PLACES]); CLASSES]
}

/// Classes: equal parts of the quantiles of base densities.
pub(crate) fn classes(unevenness: f64) -> Vec<ClassDensity> {
    let all = vessels::densities(unevenness);
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let class = |of: &[f64]| {
        let place = of.len() / PLACES;
        ClassDensity::of(std::array::from_fn(|at| mean(&of[at * place..(at + 1) * place])))
    };
    all.chunks(all.len() / CLASSES).map(class).collect()
}

/// The bin of a perfusion, relative to the patient's mean, of so many: bins cover 0 to 4.
pub(crate) fn bin(perfusion: f64, bins: usize) -> usize {
    ((perfusion * f64::from(PERFUSION_BINS) / 4.0) as usize).min(bins - 1)
}

/// Where the cells of a lesion are, in the mean: the shares of classes follow its commonest state from day to day.
#[derive(Debug, Clone)]
pub(crate) struct Milieu {
    base: Vec<ClassDensity>,
    oxygen: MeanOxygen,
    leaving: f64,
}

impl Milieu {
    /// The classes of a scenario's tumours.
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            base: scenario.vessels.as_ref().map_or_else(even, |v| classes(v.unevenness)),
            oxygen: MeanOxygen::new(scenario, occupied(scenario)),
            leaving: leaving(&scenario.lattice),
        }
    }

    /// The environments of each class at a mean perfusion, as shares of the class.
    fn environments(&self, mean: f64, bins: usize) -> Vec<Vec<EnvironmentShare>> {
        let around = self.oxygen.around(mean);
        let of = |class: &ClassDensity| {
            let regime: Regime = self.oxygen.regime(class.mean * mean, around);
            let mut all: Vec<EnvironmentShare> = Vec::new();
            for density in class.places {
                let perfusion = bin(density * mean, bins);
                match all.iter_mut().find(|known| known.perfusion == perfusion) {
                    Some(known) => known.share += 1.0 / PLACES as f64,
                    None => all.push(EnvironmentShare { regime, perfusion, share: 1.0 / PLACES as f64 }),
                }
            }
            all
        };
        self.base.iter().map(of).collect()
    }

    /// Environments of all cells, of which each class has such a share.
    pub fn places(&self, shares: &[f64], mean: f64, bins: usize) -> Vec<EnvironmentShare> {
        let mut all: Vec<EnvironmentShare> = Vec::new();
        for (class, share) in self.environments(mean, bins).into_iter().zip(shares) {
            for place in class {
                let is_same =
                    |p: &&mut EnvironmentShare| (p.regime, p.perfusion) == (place.regime, place.perfusion);
                match all.iter_mut().find(is_same) {
                    Some(known) => known.share += share * place.share,
                    None => all.push(EnvironmentShare { share: share * place.share, ..place }),
                }
            }
        }
        all
    }

    /// Shares of classes a day later, in which cells of a state were born, spread and died.
    pub fn pass(&self, shares: &mut [f64], mean: f64, tissue: &TissueTables, (table, row): (TableId, usize)) {
        let environments = self.environments(mean, tissue.perfusions().len());
        let rates: Vec<MeanRates> =
            environments.iter().map(|class| tissue.mean_rates(table, row, class)).collect();
        let spread: f64 = shares.iter().zip(&rates).map(|(share, r)| share * r.births * self.leaving).sum();
        for (share, r) in shares.iter_mut().zip(&rates) {
            let kept = 1.0 + r.births * (1.0 - self.leaving) - r.deaths;
            *share = (*share * kept).max(0.0) + spread / CLASSES as f64;
        }
        let all: f64 = shares.iter().sum();
        if all > 0.0 {
            shares.iter_mut().for_each(|share| *share /= all);
        }
    }
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

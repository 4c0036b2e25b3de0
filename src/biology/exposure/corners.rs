//! Between which nodes of a coarser grid an exposure lies.

use super::{Bin, DrugBins, STEPS};

/// Levels between nodes beyond which there would be more corners than it takes to solve the network in place.
const MAX_AXES: usize = 3;

impl Bin {
    /// The nodes below and above a level that is at none, and how far on the way from one to the other it is; nodes are this
    /// many bins apart.
    fn between(self, spacing: i32) -> Option<(Self, Self, f64)> {
        let every = spacing * STEPS;
        let off = self.0.rem_euclid(every);
        let below = Self(self.0.wrapping_sub(off));
        (self != Self::ABSENT && off != 0)
            .then(|| (below, Self(below.0 + every), f64::from(off) / f64::from(every)))
    }
}

/// Exposures at the corners about one, each with its weight in multilinear interpolation over the logarithms of levels: of the levels
/// to which the network answers, those of drug and metabolite; that of the blood, by which hormones move, is at a node. What is absent is absent at every corner. Nodes of
/// each drug are some bins apart, see [`super::Grid::spacing`]. An exposure with many levels is its own only corner.
pub fn corners(local: &[DrugBins], spacings: &[i32]) -> Vec<(Vec<DrugBins>, f64)> {
    let seen: Vec<DrugBins> = local
        .iter()
        .map(|b| DrugBins { local: [b.local[0], b.local[1], Bin::ABSENT, Bin::ABSENT], ..b.in_cells() })
        .collect();
    let levels = (0..seen.len()).flat_map(|drug| [(drug, 0), (drug, 1)]);
    let between =
        |(drug, level): (usize, usize)| Some((drug, level, seen[drug].local[level].between(spacings[drug])?));
    let axes: Vec<_> = levels.filter_map(between).collect();
    let mut corners = vec![(seen, 1.0)];
    if axes.len() > MAX_AXES {
        return corners;
    }
    for (drug, level, (below, above, along)) in axes {
        for at in 0..corners.len() {
            let mut far = corners[at].clone();
            far.0[drug].local[level] = above;
            far.1 *= along;
            corners[at].0[drug].local[level] = below;
            corners[at].1 *= 1.0 - along;
            corners.push(far);
        }
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drug(levels: [i32; 4]) -> DrugBins {
        DrugBins { local: levels.map(Bin), ..DrugBins::ABSENT }
    }

    const NONE: i32 = i32::MIN;
    const NODE: i32 = 4 * STEPS;

    #[test]
    fn a_node_is_its_own_corner() {
        let here = [drug([-NODE, NONE, NONE, NONE]), DrugBins::ABSENT];
        assert_eq!(corners(&here, &[4, 4]), vec![(here.to_vec(), 1.0)]);
    }

    #[test]
    fn what_the_network_does_not_see_makes_no_corner() {
        let here = [drug([NONE, NONE, 17, 33])];
        assert_eq!(corners(&here, &[4]), vec![(vec![DrugBins::ABSENT], 1.0)]);
    }

    // Weights sum to 1, and their mean place is the place itself, below 1 nM too.
    #[test]
    fn corners_lie_about_the_place() {
        let here = [drug([3 * NODE + 10, -5, NONE, NONE]), drug([NONE, -7 * NODE - 1, 9, NONE])];
        let found = corners(&here, &[4, 4]);
        assert_eq!(found.len(), 8);
        assert!((found.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
        for (drug, level) in [(0, 0), (0, 1), (1, 1)] {
            let mean: f64 = found.iter().map(|(c, w)| w * f64::from(c[drug].local[level].0)).sum();
            assert!((mean - f64::from(here[drug].local[level].0)).abs() < 1e-9);
            assert!(found.iter().all(|(c, _)| c[drug].local[level].0 % NODE == 0));
        }
        assert!(found.iter().all(|(c, _)| c[1].local[0] == Bin::ABSENT && c[1].local[2] == Bin::ABSENT));
    }

    #[test]
    fn beyond_three_levels_there_is_one_corner() {
        let here = [drug([1, 1, NONE, NONE]), drug([1, 1, NONE, NONE])];
        assert_eq!(corners(&here, &[4, 4]), vec![(here.to_vec(), 1.0)]);
    }
}

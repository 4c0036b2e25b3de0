//! Where a survival curve falls to a level.

use super::super::Undefined;

/// A quantile of a survival curve.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalQuantile {
    /// The time, or why there is none.
    pub estimate: Result<f64, Undefined>,
    /// Lower limit. It may exist where the estimate does not.
    pub low: Result<f64, Undefined>,
    /// Upper limit.
    pub high: Result<f64, Undefined>,
}

/// Shares this close are equal: R's tolerance, the square root of the spacing of numbers at 1.
const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

/// A level that a falling curve is looked at for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    /// The share left.
    pub left: f64,
    /// Last time seen.
    pub last: f64,
}

impl Level {
    /// The middle between the first time at which the curve is at or below the level, and the first at which it is below.
    pub fn crossed_by(&self, curve: impl Iterator<Item = (f64, Option<f64>)>) -> Result<f64, Undefined> {
        let (mut reached, mut lowest) = (None, 1.0);
        for (time, share) in curve.filter_map(|(time, share)| Some((time, share?))) {
            if share <= self.left + TOLERANCE && reached.is_none() {
                reached = Some(time);
            }
            if share < self.left - TOLERANCE {
                return Ok(0.5 * (reached.unwrap_or(time) + time));
            }
            lowest = share;
        }
        match reached {
            Some(time) => Ok(0.5 * (time + self.last)),
            None => Err(Undefined::NotReached { share: self.left, lowest, last: self.last }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossed(left: f64, curve: &[(f64, f64)]) -> Result<f64, Undefined> {
        Level { left, last: 10.0 }.crossed_by(curve.iter().map(|&(time, share)| (time, Some(share))))
    }

    #[test]
    fn flat_stretches_give_their_middle() {
        let curve = [(1.0, 0.75), (2.0, 0.5), (3.0, 0.5), (4.0, 0.25)];
        assert_eq!(crossed(0.5, &curve), Ok(3.0));
        assert_eq!(crossed(0.6, &curve), Ok(2.0));
        assert_eq!(crossed(0.25, &curve), Ok(7.0));
        assert_eq!(crossed(0.2, &curve), Err(Undefined::NotReached { share: 0.2, lowest: 0.25, last: 10.0 }));
        // Rounding does not hide that a stretch is flat.
        assert_eq!(crossed(0.5, &[(2.0, 0.5 + 1e-15), (4.0, 0.0)]), Ok(3.0));
        assert_eq!(crossed(0.5, &[(2.0, 0.5 - 1e-15), (4.0, 0.0)]), Ok(3.0));
    }

    #[test]
    fn a_band_that_is_nowhere_defined_is_not_reached() {
        let nothing = [(1.0, None), (2.0, None)];
        let found = Level { left: 0.5, last: 2.0 }.crossed_by(nothing.into_iter());
        assert_eq!(found, Err(Undefined::NotReached { share: 0.5, lowest: 1.0, last: 2.0 }));
    }
}

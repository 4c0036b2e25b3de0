//! Quantiles of a sample.

use super::Undefined;

/// Quantile of a sample, Hyndman and Fan 1996 type 7 (R's default): linear between the order statistics next to
/// `1 + (n − 1)·p`. Values may be infinite, not NaN.
///
/// # Errors
///
/// [`Undefined::NoSubjects`] without values, [`Undefined::OutOfRange`] unless `0 <= p <= 1`.
pub fn quantile(values: &[f64], p: f64) -> Result<f64, Undefined> {
    if values.is_empty() {
        return Err(Undefined::NoSubjects);
    }
    if !(0.0..=1.0).contains(&p) {
        return Err(Undefined::OutOfRange { what: "the probability", value: p, expected: "0 to 1" });
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(between(&sorted, (sorted.len() - 1) as f64 * p))
}

/// Type 6 of the same, for a sorted sample that is not empty: next to `(n + 1)·p`, at most the ends.
pub(super) fn quantile_type6(sorted: &[f64], p: f64) -> f64 {
    let last = (sorted.len() - 1) as f64;
    between(sorted, ((sorted.len() + 1) as f64 * p - 1.0).clamp(0.0, last))
}

/// The value at a place of a sorted list, linear between two.
fn between(sorted: &[f64], place: f64) -> f64 {
    let below = libm::floor(place);
    let share = place - below;
    let low = sorted[below as usize];
    let high = sorted[(below as usize + 1).min(sorted.len() - 1)];
    // No arithmetic where none is needed: ends may be infinite.
    if share == 0.0 || low == high || low == f64::NEG_INFINITY { low } else { low + share * (high - low) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        // quantile(c(3, 1, 4, 1, 5, 9, 2, 6), c(.1, .25, .5, .975), type = 7)
        let values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
        for (p, expected) in [(0.0, 1.0), (0.1, 1.0), (0.25, 1.75), (0.5, 3.5), (0.975, 8.475), (1.0, 9.0)] {
            assert!((quantile(&values, p).unwrap() - expected).abs() < 1e-14, "{p}");
        }
        // type = 6
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        for (p, expected) in [(0.05, 1.0), (0.25, 1.25), (0.5, 3.5), (0.8, 6.6), (0.975, 9.0)] {
            assert!((quantile_type6(&sorted, p) - expected).abs() < 1e-14, "{p}");
        }
    }

    #[test]
    fn ends_may_be_infinite_and_nothing_is_undefined() {
        assert_eq!(quantile(&[1.0, f64::INFINITY], 0.5), Ok(f64::INFINITY));
        assert_eq!(quantile(&[f64::NEG_INFINITY, f64::INFINITY], 0.5), Ok(f64::NEG_INFINITY));
        assert_eq!(quantile(&[f64::INFINITY; 3], 0.4), Ok(f64::INFINITY));
        assert_eq!(quantile(&[], 0.5), Err(Undefined::NoSubjects));
        assert!(matches!(quantile(&[1.0], f64::NAN), Err(Undefined::OutOfRange { .. })));
    }
}

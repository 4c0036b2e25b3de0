//! Rates of yes or no: one, two, and the odds ratio.

use serde::Serialize;

use super::special::{beta_quantile, beta_upper_quantile};
use super::{Interval, Undefined, Z95};

/// Probability outside an interval, on each side.
const TAIL: f64 = 0.025;

/// A rate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Proportion {
    /// How many did.
    pub count: u64,
    /// Out of how many.
    pub total: u64,
    /// The share.
    pub estimate: f64,
    /// 95 % interval, within 0 to 1.
    pub interval: Interval,
}

/// The difference of two rates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RateDifference {
    /// First rate less second.
    pub estimate: f64,
    /// 95 % interval, within −1 to 1.
    pub interval: Interval,
}

/// The ratio of two odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OddsRatio {
    /// Odds of the first over odds of the second.
    pub estimate: f64,
    /// Standard error of its logarithm.
    pub log_std_error: f64,
    /// 95 % interval.
    pub interval: Interval,
    /// Whether a cell was empty, so that one half was added to all four.
    pub corrected: bool,
}

/// A rate with the exact interval of Clopper and Pearson 1934: the rates at which as few, or as many, have a probability
/// of 0.025 at least. With `count` 0 (or all) the lower (upper) end is 0 (1), and the other still leaves 0.025.
///
/// # Errors
///
/// [`Undefined::NoSubjects`] for `total` 0; [`Undefined::OutOfRange`] for a `count` above `total`.
pub fn proportion(count: u64, total: u64) -> Result<Proportion, Undefined> {
    check(count, total)?;
    let (k, n) = (count as f64, total as f64);
    // All or none: (1 − high)^n = 0.025 needs no beta function.
    let root = libm::log(TAIL) / n;
    let low = match count {
        0 => 0.0,
        all if all == total => libm::exp(root),
        _ => beta_quantile(TAIL, k, n - k + 1.0),
    };
    let high = match count {
        0 => -libm::expm1(root),
        all if all == total => 1.0,
        _ => beta_upper_quantile(TAIL, k + 1.0, n - k),
    };
    Ok(Proportion { count, total, estimate: k / n, interval: Interval { low, high } })
}

/// A rate with the score interval of Wilson 1927, without correction for continuity.
///
/// # Errors
///
/// As [`proportion`].
pub fn wilson(count: u64, total: u64) -> Result<Proportion, Undefined> {
    check(count, total)?;
    let (k, n) = (count as f64, total as f64);
    let square = Z95 * Z95;
    let spread = Z95 * libm::sqrt(square + 4.0 * k * (n - k) / n);
    let end = |sign: f64| (2.0 * k + square + sign * spread) / (2.0 * (n + square));
    // Exactly, not by cancellation.
    let low = if count == 0 { 0.0 } else { end(-1.0) };
    let high = if count == total { 1.0 } else { end(1.0) };
    Ok(Proportion { count, total, estimate: k / n, interval: Interval { low, high } })
}

/// The difference of two independent rates, first less second, with the hybrid score interval of Newcombe 1998 (his
/// method 10, from the intervals of [`wilson`]). Each rate is (count, total).
///
/// # Errors
///
/// As [`proportion`].
pub fn rate_difference(first: (u64, u64), second: (u64, u64)) -> Result<RateDifference, Undefined> {
    let (a, b) = (wilson(first.0, first.1)?, wilson(second.0, second.1)?);
    let estimate = a.estimate - b.estimate;
    let below = distance(a.estimate - a.interval.low, b.interval.high - b.estimate);
    let above = distance(a.interval.high - a.estimate, b.estimate - b.interval.low);
    Ok(RateDifference { estimate, interval: Interval { low: estimate - below, high: estimate + above } })
}

/// The odds of the first group over those of the second, with the interval of Woolf 1955:
/// `exp(ln OR ± z·√(1/a + 1/b + 1/c + 1/d))`. Each group is (count, total). If a cell is 0, one half is added to each of
/// the four (Haldane 1956; Anscombe 1956), in the estimate too, and `corrected` says so.
///
/// # Errors
///
/// [`Undefined::EmptyMargin`] if a group is empty, or if all or none of both groups did; [`Undefined::OutOfRange`] as
/// [`proportion`].
pub fn odds_ratio(first: (u64, u64), second: (u64, u64)) -> Result<OddsRatio, Undefined> {
    for (count, total) in [first, second] {
        check(count, total).map_err(|e| if e.is_fault() { e } else { Undefined::EmptyMargin })?;
    }
    let cells = [first.0, first.1 - first.0, second.0, second.1 - second.0];
    if cells[0] + cells[2] == 0 || cells[1] + cells[3] == 0 {
        return Err(Undefined::EmptyMargin);
    }
    let corrected = cells.contains(&0);
    let [a, b, c, d] = cells.map(|cell| cell as f64 + if corrected { 0.5 } else { 0.0 });
    let estimate = a / b * (d / c);
    let log_std_error = libm::sqrt(1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d);
    let factor = libm::exp(Z95 * log_std_error);
    let interval = Interval { low: estimate / factor, high: estimate * factor };
    Ok(OddsRatio { estimate, log_std_error, interval, corrected })
}

fn check(count: u64, total: u64) -> Result<(), Undefined> {
    if count > total {
        let expected = "at most the total";
        return Err(Undefined::OutOfRange { what: "a count", value: count as f64, expected });
    }
    if total == 0 { Err(Undefined::NoSubjects) } else { Ok(()) }
}

fn distance(a: f64, b: f64) -> f64 {
    libm::sqrt(a * a + b * b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, bound: f64) {
        assert!((found - expected).abs() <= bound * (1.0 + expected.abs()), "{found} is not {expected}");
    }

    /// Probability of at most `k` of `n`, every term in full.
    fn binomial_below(k: u64, n: u64, p: f64) -> f64 {
        let log_choose = |i: u64| (0..i).map(|j| libm::log((n - j) as f64 / (j + 1) as f64)).sum::<f64>();
        let log = |i: u64| log_choose(i) + i as f64 * libm::log(p) + (n - i) as f64 * libm::log1p(-p);
        (0..=k).map(|i| libm::exp(log(i))).sum()
    }

    // The definition itself: each end leaves 0.025.
    #[test]
    fn clopper_and_pearson_leave_their_tails() {
        for n in [1, 2, 5, 16, 51, 113, 207, 400] {
            for k in (0..=n).step_by(1 + n as usize / 17) {
                let Interval { low, high } = proportion(k, n).unwrap().interval;
                if k > 0 {
                    // As many as k at the lower end: as few as n - k that did not.
                    close(binomial_below(n - k, n, 1.0 - low), 0.025, 1e-12);
                }
                if k < n {
                    close(binomial_below(k, n, high), 0.025, 1e-12);
                }
                let other = proportion(n - k, n).unwrap().interval;
                close(other.low, 1.0 - high, 1e-14);
            }
        }
    }

    #[test]
    fn clopper_and_pearson_at_the_ends() {
        let none = proportion(0, 10).unwrap();
        assert_eq!((none.estimate, none.interval.low), (0.0, 0.0));
        close(none.interval.high, 1.0 - libm::pow(0.025, 0.1), 1e-14);
        let all = proportion(10, 10).unwrap();
        assert_eq!((all.estimate, all.interval.high), (1.0, 1.0));
        close(all.interval.low, libm::pow(0.025, 0.1), 1e-14);
        // A tiny rate keeps its digits.
        let rare = proportion(0, 1_000_000_000).unwrap().interval.high;
        assert!((rare / -libm::expm1(libm::log(0.025) / 1e9) - 1.0).abs() < 1e-12, "{rare:e}");
        assert_eq!(proportion(0, 0), Err(Undefined::NoSubjects));
        assert!(proportion(3, 2).is_err_and(|e| e.is_fault()));
    }

    // binom.test of R 4.2.2.
    #[test]
    fn clopper_and_pearson_are_those_of_r() {
        let table = include_str!("../../../tests/data/stats/binomial_intervals.txt");
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let fields: Vec<f64> = line.split_whitespace().map(|f| f.parse().unwrap()).collect();
            let found = proportion(fields[0] as u64, fields[1] as u64).unwrap().interval;
            close(found.low, fields[2], 1e-12);
            close(found.high, fields[3], 1e-12);
        }
    }

    // Newcombe, Statistics in Medicine 1998;17:873, table II, method 10: four decimals are printed.
    #[test]
    fn differences_are_those_newcombe_printed() {
        let cases = [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0000),
            ((10, 10), (0, 10), 0.6075, 1.0000),
        ];
        for (first, second, low, high) in cases {
            let found = rate_difference(first, second).unwrap().interval;
            assert!((found.low - low).abs() < 5.1e-5, "{first:?} {second:?}: {}", found.low);
            assert!((found.high - high).abs() < 5.1e-5, "{first:?} {second:?}: {}", found.high);
            let back = rate_difference(second, first).unwrap().interval;
            close(back.low, -found.high, 1e-15);
        }
        assert_eq!(rate_difference((0, 0), (1, 2)), Err(Undefined::NoSubjects));
    }

    // prop.test(k, n, correct = FALSE) of R is Wilson's interval.
    #[test]
    fn wilson_is_the_root_of_the_score() {
        for (k, n) in [(1, 10), (81, 263), (15, 148), (7, 7), (0, 3)] {
            let rate = wilson(k, n).unwrap();
            let n = n as f64;
            for end in [rate.interval.low, rate.interval.high] {
                let gap = rate.estimate - end;
                close(gap * gap, Z95 * Z95 * end * (1.0 - end) / n, 1e-14);
            }
        }
    }

    // By hand: (10/20)/(5/35) = 3.5, variance of the logarithm 1/10 + 1/20 + 1/5 + 1/35.
    #[test]
    fn odds_ratios() {
        let ratio = odds_ratio((10, 30), (5, 40)).unwrap();
        close(ratio.estimate, 3.5, 1e-15);
        let error = libm::sqrt(0.1 + 0.05 + 0.2 + 1.0 / 35.0);
        close(ratio.log_std_error, error, 1e-15);
        close(libm::log(ratio.interval.low), libm::log(3.5) - Z95 * error, 1e-14);
        close(libm::log(ratio.interval.high), libm::log(3.5) + Z95 * error, 1e-14);
        assert!(!ratio.corrected);
        // With an empty cell: (0.5/10.5)/(3.5/7.5).
        let empty = odds_ratio((0, 10), (3, 10)).unwrap();
        assert!(empty.corrected);
        close(empty.estimate, 0.5 / 10.5 * 7.5 / 3.5, 1e-15);
        for (first, second) in [((0, 5), (0, 9)), ((5, 5), (9, 9)), ((0, 0), (1, 2)), ((1, 2), (0, 0))] {
            assert_eq!(odds_ratio(first, second), Err(Undefined::EmptyMargin));
        }
        assert!(odds_ratio((3, 2), (1, 2)).is_err_and(|e| e.is_fault()));
    }
}

//! Rates of yes or no.

use serde::Serialize;

use super::special::{beta_quantile, beta_upper_quantile};
use super::{Interval, Undefined};

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

/// Probability with which [`told_below`] and [`told_above`] find a bound broken.
pub const POWER: f64 = 0.8;

/// The rate from which down so many subjects show with a probability of [`POWER`], by their whole 95 % interval, that a rate lies below
/// a bound; `None` where so few never do.
pub fn told_below(bound: f64, total: u64) -> Option<f64> {
    let shows = |count: &u64| proportion(*count, total).is_ok_and(|found| found.interval.high < bound);
    let most = (0..total).take_while(shows).last()?;
    let (k, n) = (most as f64, total as f64);
    // P(X <= k) is the upper part of a beta distribution with k + 1 and n - k.
    Some(beta_quantile(1.0 - POWER, k + 1.0, n - k))
}

/// The rate from which up they show in the same way that it lies above.
pub fn told_above(bound: f64, total: u64) -> Option<f64> {
    told_below(1.0 - bound, total).map(|rate| 1.0 - rate)
}

fn check(count: u64, total: u64) -> Result<(), Undefined> {
    if count > total {
        let expected = "at most the total";
        return Err(Undefined::OutOfRange { what: "a count", value: count as f64, expected });
    }
    if total == 0 { Err(Undefined::NoSubjects) } else { Ok(()) }
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
        assert!(matches!(proportion(3, 2), Err(Undefined::OutOfRange { .. })));
    }

    // The definition itself: at that rate the bound is found broken with this probability, and with one count more it is not.
    #[test]
    fn power_is_what_it_says() {
        for (bound, total) in [(0.33, 1000), (0.5, 60), (0.2, 60), (0.8, 119)] {
            let rate = told_below(bound, total).unwrap();
            let most =
                (0..total).filter(|k| proportion(*k, total).unwrap().interval.high < bound).max().unwrap();
            close(binomial_below(most, total, rate), POWER, 1e-9);
            assert!(rate < bound);
            let above = told_above(1.0 - bound, total).unwrap();
            close(above, 1.0 - rate, 1e-12);
        }
        // Of 6 none leaves up to 46 %: nothing below 40 % can be shown.
        assert_eq!(told_below(0.4, 6), None);
        assert!(told_below(0.33, 1000) > told_below(0.33, 60), "more subjects tell finer");
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
}

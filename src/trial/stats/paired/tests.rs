use super::super::{Subject, Z95, data};
use super::*;

const FEW: Resampling = Resampling { seed: 1, replicates: 499 };

// Student's own example (sleep data, Biometrika 1908;6:1): additional hours under two drugs for the same ten patients.
// Expected: t.test(paired = TRUE) of R 4.2.2.
#[test]
fn students_sleep() {
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    let pairs: Vec<(f64, f64)> = first.into_iter().zip(second).collect();
    let found = paired_differences(&pairs).unwrap();
    assert!((found.mean + 1.58).abs() < 1e-12);
    assert!((found.p - 0.002_832_890_197_384_27).abs() < 1e-14, "{}", found.p);
    assert!((found.interval.low + 2.459_885_763_276_982).abs() < 1e-12, "{}", found.interval.low);
    assert!((found.interval.high + 0.700_114_236_723_018).abs() < 1e-12, "{}", found.interval.high);
}

#[test]
fn degenerate_pairs_are_defined() {
    assert_eq!(paired_differences(&[]), Err(Undefined::TooFew { count: 0 }));
    assert_eq!(paired_differences(&[(1.0, 2.0)]), Err(Undefined::TooFew { count: 1 }));
    assert!(paired_differences(&[(f64::NAN, 2.0), (1.0, 1.0)]).is_err_and(|e| e.is_fault()));
    let same = paired_differences(&[(2.0, 2.0); 3]).unwrap();
    assert_eq!((same.p, same.interval), (1.0, Interval { low: 0.0, high: 0.0 }));
    let shifted = paired_differences(&[(3.0, 2.0); 3]).unwrap();
    assert_eq!((shifted.p, shifted.interval), (0.0, Interval { low: 1.0, high: 1.0 }));
}

// The difference of paired rates has the variance ((b + c) - (b - c)^2/n)/n^2, b and c the discordant pairs (McNemar
// 1947). A standard deviation of 4000 normal numbers has a relative error of 1.1 %: six of these.
#[test]
fn rates_of_the_same_patients() {
    let mut pairs = vec![(true, true); 40];
    pairs.extend([(true, false); 35]);
    pairs.extend([(false, true); 15]);
    pairs.extend([(false, false); 110]);
    let found = bootstrap_proportions(&pairs, Resampling { seed: 3, replicates: 4000 }).unwrap();
    assert_eq!(found.estimate, 0.1);
    let error = libm::sqrt((50.0 - 400.0 / 200.0) / 40_000.0);
    assert!((found.std_error.unwrap() / error - 1.0).abs() < 0.067);
    for interval in [found.percentile.unwrap(), found.bca.unwrap()] {
        assert!((interval.low - (0.1 - Z95 * error)).abs() < 0.2 * error + 0.005);
        assert!((interval.high - (0.1 + Z95 * error)).abs() < 0.2 * error + 0.005);
    }
    assert_eq!(bootstrap_proportions(&[], Resampling::default()), Err(Undefined::NoSubjects));
}

/// The Gehan data as they were: 21 pairs of children (treated, control).
fn pairs() -> Vec<(Subject, Subject)> {
    let arm = |group| data::gehan().into_iter().filter(move |r| r.group == group).map(|r| r.subject);
    arm(1).zip(arm(0)).collect()
}

#[test]
fn treated_children_stay_longer_in_remission() {
    let median = bootstrap_survival(&pairs(), Measure::Median, FEW).unwrap();
    assert_eq!(median.estimate, 23.0 - 8.0);
    assert!(median.percentile.is_ok_and(|i| i.low > 0.0));
    let mean = bootstrap_survival(&pairs(), Measure::RestrictedMean { tau: 23.0 }, FEW).unwrap();
    let interval = mean.bca.clone().unwrap();
    assert!(interval.low > 0.0 && interval.high < 23.0);
    assert_eq!(bootstrap_survival(&pairs(), Measure::RestrictedMean { tau: 23.0 }, FEW).unwrap(), mean);
    // The same in both arms: no difference at all, since replicates are paired.
    let same: Vec<(Subject, Subject)> = pairs().iter().map(|p| (p.0, p.0)).collect();
    let none = bootstrap_survival(&same, Measure::SurvivalAt { time: 10.0 }, FEW).unwrap();
    assert_eq!((none.estimate, none.std_error), (0.0, Some(0.0)));
}

#[test]
fn what_is_not_reached_is_infinite_or_undefined() {
    let (event, censored) = (Subject::event(5.0), Subject::censored(9.0));
    let one = bootstrap_survival(&[(censored, event); 6], Measure::Median, FEW).unwrap();
    assert_eq!(one.estimate, f64::INFINITY);
    assert_eq!(one.percentile.unwrap().low, f64::INFINITY);
    let neither = bootstrap_survival(&[(censored, censored); 6], Measure::Median, FEW);
    assert_eq!(neither, Err(Undefined::NeitherReached));
    let beyond = bootstrap_survival(&[(censored, event)], Measure::RestrictedMean { tau: 10.0 }, FEW);
    assert_eq!(beyond, Err(Undefined::BeyondFollowUp { time: 10.0, last: 9.0 }));
    let beyond = bootstrap_survival(&[(censored, event)], Measure::SurvivalAt { time: 9.5 }, FEW);
    assert_eq!(beyond, Err(Undefined::BeyondFollowUp { time: 9.5, last: 9.0 }));
    let negative = bootstrap_survival(&[(censored, event)], Measure::SurvivalAt { time: -1.0 }, FEW);
    assert!(negative.is_err_and(|e| e.is_fault()));
    assert_eq!(bootstrap_survival(&[], Measure::Median, FEW), Err(Undefined::NoSubjects));
    let single = bootstrap_survival(&[(event, Subject::event(3.0))], Measure::Median, FEW).unwrap();
    assert_eq!((single.estimate, single.bca), (2.0, Err(Undefined::TooFew { count: 1 })));
}

//! The same patients under two arms.

use super::bootstrap::{Bootstrapped, Resampling, bootstrap};
use super::kaplan_meier::{KaplanMeier, area};
use super::subject::{order, runs};
use super::{Subject, Undefined};

/// The bootstrap of the difference of restricted means up to `tau` between two arms with the same patients: pairs (first arm, second
/// arm), first less second. In a replicate, a curve that ends before the horizon is carried on at its last value; in the patients
/// themselves it is an error.
///
/// # Errors
///
/// [`Undefined::NoSubjects`]; [`Undefined::BeyondFollowUp`]; [`Undefined::OutOfRange`] for `tau` of 0 or less; faults of the input.
pub fn bootstrap_means(
    pairs: &[(Subject, Subject)],
    tau: f64,
    resampling: Resampling,
) -> Result<Bootstrapped, Undefined> {
    let (first, second): (Vec<Subject>, Vec<Subject>) = pairs.iter().copied().unzip();
    reaches(&first, tau)?;
    reaches(&second, tau)?;
    let (first, second) = (Sorted::new(&first), Sorted::new(&second));
    bootstrap(pairs.len(), resampling, |counts| Ok(first.mean(counts, tau) - second.mean(counts, tau)))
}

/// The bootstrap of the restricted mean of one arm, as that of two is.
///
/// # Errors
///
/// As [`bootstrap_means`].
pub fn bootstrap_mean(
    subjects: &[Subject],
    tau: f64,
    resampling: Resampling,
) -> Result<Bootstrapped, Undefined> {
    reaches(subjects, tau)?;
    let arm = Sorted::new(subjects);
    bootstrap(subjects.len(), resampling, |counts| Ok(arm.mean(counts, tau)))
}

/// The bootstrap of the mean difference of a quantity that every patient has in both arms, first less second.
///
/// # Errors
///
/// [`Undefined::NoSubjects`].
pub fn bootstrap_difference(pairs: &[(f64, f64)], resampling: Resampling) -> Result<Bootstrapped, Undefined> {
    let n = pairs.len() as f64;
    bootstrap(pairs.len(), resampling, |counts| {
        Ok(pairs.iter().zip(counts).map(|((a, b), &count)| (a - b) * f64::from(count)).sum::<f64>() / n)
    })
}

/// Fails unless a curve is known up to a horizon.
fn reaches(subjects: &[Subject], tau: f64) -> Result<(), Undefined> {
    let curve = KaplanMeier::new(subjects)?;
    if !(tau.is_finite() && tau > 0.0) {
        let expected = "a finite number above 0";
        return Err(Undefined::OutOfRange { what: "the horizon", value: tau, expected });
    }
    if tau > curve.reach() {
        return Err(Undefined::BeyondFollowUp { time: tau, last: curve.last() });
    }
    Ok(())
}

/// Patients of one arm in order of time, so that a replicate takes one pass.
struct Sorted {
    /// Distinct times.
    times: Vec<f64>,
    /// End of each time's patients in the list below.
    ends: Vec<usize>,
    /// Patient and event.
    patients: Vec<(usize, bool)>,
}

impl Sorted {
    fn new(subjects: &[Subject]) -> Sorted {
        let mut sorted = Sorted { times: Vec::new(), ends: Vec::new(), patients: Vec::new() };
        for tied in runs(&order(subjects), |&i| subjects[i].time) {
            sorted.times.push(subjects[tied[0]].time);
            sorted.patients.extend(tied.iter().map(|&i| (i, subjects[i].event)));
            sorted.ends.push(sorted.patients.len());
        }
        sorted
    }

    /// Restricted mean of patients that count several times, or not at all.
    fn mean(&self, counts: &[u32], tau: f64) -> f64 {
        area(self.curve(counts), tau)
    }

    /// The curve of patients that count several times, or not at all: (time, share) where anyone counts.
    fn curve<'a>(&'a self, counts: &'a [u32]) -> impl Iterator<Item = (f64, f64)> + 'a {
        let mut at_risk: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        let (mut begin, mut share) = (0, 1.0);
        self.times.iter().zip(&self.ends).filter_map(move |(&time, &end)| {
            let (mut all, mut events) = (0, 0);
            for &(patient, event) in &self.patients[begin..end] {
                let count = u64::from(counts[patient]);
                all += count;
                events += if event { count } else { 0 };
            }
            begin = end;
            if all == 0 {
                return None;
            }
            share *= (at_risk - events) as f64 / at_risk as f64;
            at_risk -= all;
            Some((time, share))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::data;
    use super::*;

    const FEW: Resampling = Resampling { seed: 1, replicates: 499 };

    /// The Gehan data as they were: 21 pairs of children (treated, control).
    fn pairs() -> Vec<(Subject, Subject)> {
        let arm = |group| data::gehan().into_iter().filter(move |r| r.group == group).map(|r| r.subject);
        arm(1).zip(arm(0)).collect()
    }

    #[test]
    fn treated_children_stay_longer_in_remission() {
        let mean = bootstrap_means(&pairs(), 23.0, FEW).unwrap();
        let interval = mean.percentile.clone().unwrap();
        assert!(interval.low > 0.0 && interval.high < 23.0);
        assert_eq!(bootstrap_means(&pairs(), 23.0, FEW).unwrap(), mean);
        let curve = |of: fn(&(Subject, Subject)) -> Subject| {
            KaplanMeier::new(&pairs().iter().map(of).collect::<Vec<_>>()).unwrap().area(23.0)
        };
        assert_eq!(mean.estimate, curve(|p| p.0) - curve(|p| p.1));
        // The same in both arms: no difference at all, since replicates are paired.
        let same: Vec<(Subject, Subject)> = pairs().iter().map(|p| (p.0, p.0)).collect();
        let none = bootstrap_means(&same, 10.0, FEW).unwrap();
        assert_eq!((none.estimate, none.percentile.map(|i| (i.low, i.high))), (0.0, Ok((0.0, 0.0))));
    }

    // The error of a mean difference is that of the differences, however much patients differ; one arm alone has a larger one.
    #[test]
    fn differences_are_those_of_patients() {
        let own = |i: i32| f64::from(i * 37 % 101);
        let pairs: Vec<(f64, f64)> = (0..100).map(|i| (own(i) + f64::from(i % 2), own(i))).collect();
        let found = bootstrap_difference(&pairs, FEW).unwrap();
        let interval = found.percentile.clone().unwrap();
        assert_eq!(found.estimate, 0.5);
        assert!((interval.high - interval.low - 2.0 * 1.96 * 0.05).abs() < 0.03, "{interval:?}");
        let times: Vec<Subject> = pairs.iter().map(|p| Subject::event(p.1)).collect();
        let alone = bootstrap_mean(&times, 200.0, FEW).unwrap();
        assert!((alone.estimate - times.iter().map(|s| s.time).sum::<f64>() / 100.0).abs() < 1e-9);
        let interval = alone.percentile.unwrap();
        assert!(interval.low < alone.estimate && interval.high - interval.low > 5.0);
    }

    #[test]
    fn what_cannot_be_is_told() {
        let pair = (Subject::censored(9.0), Subject::event(5.0));
        let beyond = bootstrap_means(&[pair], 10.0, FEW);
        assert_eq!(beyond, Err(Undefined::BeyondFollowUp { time: 10.0, last: 9.0 }));
        for tau in [0.0, -1.0, f64::INFINITY, f64::NAN] {
            assert!(matches!(bootstrap_means(&[pair], tau, FEW), Err(Undefined::OutOfRange { .. })));
        }
        assert_eq!(bootstrap_means(&[], 1.0, FEW), Err(Undefined::NoSubjects));
    }
}

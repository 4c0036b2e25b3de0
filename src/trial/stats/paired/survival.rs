//! Differences between survival curves of the same patients.

use serde::Serialize;

use super::super::bootstrap::{Bootstrapped, Resampling, bootstrap};
use super::super::kaplan_meier::{KaplanMeier, TOLERANCE};
use super::super::subject::{order, runs};
use super::super::{Subject, Undefined};

/// What of two survival curves is compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The median, infinite where it is not reached.
    Median,
    /// The restricted mean up to `tau > 0`.
    RestrictedMean {
        /// The horizon.
        tau: f64,
    },
    /// The share without an event at a time of 0 or more.
    SurvivalAt {
        /// The time.
        time: f64,
    },
}

/// The bootstrap of the difference of a measure between two arms with the same patients: pairs (first arm, second arm),
/// first less second. The measures are those of [`KaplanMeier`]. In a replicate, a curve that ends before the horizon
/// is carried on at its last value; in the patients themselves it is an error.
///
/// A median that is not reached is infinite, so the difference may be; if neither is reached it has no value.
///
/// # Errors
///
/// [`Undefined::NoSubjects`]; [`Undefined::BeyondFollowUp`]; [`Undefined::NeitherReached`]; faults of the input.
pub fn bootstrap_survival(
    pairs: &[(Subject, Subject)],
    measure: Measure,
    resampling: Resampling,
) -> Result<Bootstrapped, Undefined> {
    let (first, second): (Vec<Subject>, Vec<Subject>) = pairs.iter().copied().unzip();
    for subjects in [&first, &second] {
        check(&KaplanMeier::new(subjects)?, measure)?;
    }
    let (first, second) = (Sorted::new(&first), Sorted::new(&second));
    bootstrap(pairs.len(), resampling, |counts| {
        let (a, b) = (first.measure(counts, measure), second.measure(counts, measure));
        if a == b && a.is_infinite() { Err(Undefined::NeitherReached) } else { Ok(a - b) }
    })
}

/// Fails if a curve does not reach as far as a measure asks.
fn check(curve: &KaplanMeier, measure: Measure) -> Result<(), Undefined> {
    match measure {
        Measure::Median => Ok(()),
        Measure::RestrictedMean { tau } => curve.restricted_mean(tau).map(|_| ()),
        Measure::SurvivalAt { time } if !(time.is_finite() && time >= 0.0) => Err(Undefined::OutOfRange {
            what: "the time",
            value: time,
            expected: "a finite number, 0 or more",
        }),
        Measure::SurvivalAt { time } if curve.at(time).beyond => {
            Err(Undefined::BeyondFollowUp { time, last: curve.last() })
        }
        Measure::SurvivalAt { .. } => Ok(()),
    }
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
        let places = order(subjects, None);
        let mut sorted = Sorted { times: Vec::new(), ends: Vec::new(), patients: Vec::new() };
        for tied in runs(&places, |&i| subjects[i].time) {
            sorted.times.push(subjects[tied[0]].time);
            sorted.patients.extend(tied.iter().map(|&i| (i, subjects[i].event)));
            sorted.ends.push(sorted.patients.len());
        }
        sorted
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

    fn measure(&self, counts: &[u32], measure: Measure) -> f64 {
        match measure {
            Measure::Median => self.median(counts),
            Measure::RestrictedMean { tau } => self.area(counts, tau),
            Measure::SurvivalAt { time } => {
                self.curve(counts).take_while(|&(t, _)| t <= time).last().map_or(1.0, |(_, share)| share)
            }
        }
    }

    /// As [`KaplanMeier::median`]; infinite if not reached.
    fn median(&self, counts: &[u32]) -> f64 {
        let (mut reached, mut last) = (None, 0.0);
        for (time, share) in self.curve(counts) {
            if share <= 0.5 + TOLERANCE && reached.is_none() {
                reached = Some(time);
            }
            if share < 0.5 - TOLERANCE {
                return 0.5 * (reached.unwrap_or(time) + time);
            }
            last = time;
        }
        reached.map_or(f64::INFINITY, |time| 0.5 * (time + last))
    }

    fn area(&self, counts: &[u32], tau: f64) -> f64 {
        let (mut area, mut left, mut height) = (0.0, 0.0, 1.0);
        for (time, share) in self.curve(counts).take_while(|&(time, _)| time < tau) {
            area += height * (time - left);
            (left, height) = (time, share);
        }
        area + height * (tau - left)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::data;
    use super::*;

    // With any counts, measures are those of the curve of the copies.
    #[test]
    fn weighted_measures_are_those_of_copies() {
        let subjects: Vec<Subject> = data::gehan().iter().map(|r| r.subject).collect();
        let sorted = Sorted::new(&subjects);
        for key in 0..200_usize {
            let count = |i: usize| if key == 0 { 1 } else { (key * (i + 3) * 7919 % 11 % 4) as u32 };
            let counts: Vec<u32> = (0..subjects.len()).map(count).collect();
            let copies: Vec<Subject> =
                subjects.iter().zip(&counts).flat_map(|(s, &c)| vec![*s; c as usize]).collect();
            let Ok(curve) = KaplanMeier::new(&copies) else { continue };
            let median = curve.median().estimate.unwrap_or(f64::INFINITY);
            assert_eq!(sorted.measure(&counts, Measure::Median), median);
            let tau = curve.last();
            let found = sorted.measure(&counts, Measure::RestrictedMean { tau });
            assert!((found - curve.restricted_mean(tau).unwrap().mean).abs() < 1e-12);
            for time in [0.0, 6.0, 15.5, 40.0] {
                let found = sorted.measure(&counts, Measure::SurvivalAt { time });
                assert_eq!(found, curve.at(time).survival);
            }
        }
    }
}

//! The log-rank test of any number of groups, stratified if wanted.

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::matrix::{Factored, dot};
use super::subject::{check, check_length, order, runs};
use super::{ChiSquareTest, Subject, Undefined};

/// Most groups that are compared.
const MOST_GROUPS: usize = 256;

/// One group of a log-rank test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct GroupCount {
    /// Subjects in the group.
    pub subjects: usize,
    /// Its events.
    pub observed: usize,
    /// Events that it would have had at the common hazard of its stratum.
    pub expected: f64,
}

/// A log-rank test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogRank {
    /// Groups by number; a number that nobody has is an empty group.
    pub groups: Vec<GroupCount>,
    /// Covariance of observed − expected, groups × groups, row by row.
    pub variance: Vec<f64>,
    /// The test; degrees of freedom are groups that were ever at risk at an event, less one.
    pub test: ChiSquareTest,
}

/// Compares the hazards of groups (Mantel 1966; Peto and Peto 1972; `survdiff` of R with `rho = 0`).
///
/// At every event time and in every stratum, the events are shared out over the groups as a draw without replacement:
/// expectation `d·n_g/n`, covariance `d(n − d)/(n − 1)·n_g/n·(δ_gh − n_h/n)`. `χ² = (O − E)ᵀ V⁻ (O − E)` over all.
///
/// `groups` holds each subject's group, from 0; `strata` any number for each subject. A group that is never at risk at
/// an event counts for nothing.
///
/// # Errors
///
/// [`Undefined::NoSubjects`], [`Undefined::NoEvents`], [`Undefined::NoComparison`] if the variance is 0 (one group, or all have the event
/// at once); faults of the input.
pub fn log_rank(
    subjects: &[Subject],
    groups: &[usize],
    strata: Option<&[usize]>,
) -> Result<LogRank, Undefined> {
    check(subjects)?;
    check_length("the groups", groups.len(), subjects.len())?;
    check_length("the strata", strata.map_or(subjects.len(), <[usize]>::len), subjects.len())?;
    let count = 1 + groups.iter().copied().max().unwrap_or(0);
    if count > MOST_GROUPS {
        let value = (count - 1) as f64;
        return Err(Undefined::OutOfRange { what: "a group's number", value, expected: "0 to 255" });
    }
    if !subjects.iter().any(|s| s.event) {
        return Err(Undefined::NoEvents);
    }
    let mut tally = Tally::new(count);
    for stratum in runs(&order(subjects, strata), |&i| strata.map_or(0, |s| s[i])) {
        tally.add_stratum(subjects, groups, stratum);
    }
    tally.result()
}

/// Sums over strata and times.
struct Tally {
    groups: Vec<GroupCount>,
    variance: Vec<f64>,
}

impl Tally {
    fn new(count: usize) -> Tally {
        Tally { groups: vec![GroupCount::default(); count], variance: vec![0.0; count * count] }
    }

    /// Goes through the times of a stratum, whose places are in order of time.
    fn add_stratum(&mut self, subjects: &[Subject], groups: &[usize], stratum: &[usize]) {
        let mut at_risk = vec![0_usize; self.groups.len()];
        for &i in stratum {
            at_risk[groups[i]] += 1;
            self.groups[groups[i]].subjects += 1;
            self.groups[groups[i]].observed += usize::from(subjects[i].event);
        }
        let mut all = stratum.len();
        for tied in runs(stratum, |&i| subjects[i].time) {
            let events = tied.iter().filter(|&&i| subjects[i].event).count();
            if events > 0 {
                self.add_time(&at_risk, all, events);
            }
            tied.iter().for_each(|&i| at_risk[groups[i]] -= 1);
            all -= tied.len();
        }
    }

    /// Adds the expectation and covariance of the events of one time.
    fn add_time(&mut self, at_risk: &[usize], all: usize, events: usize) {
        let count = at_risk.len();
        let share = |g: usize| at_risk[g] as f64 / all as f64;
        let spread = if all > 1 { events as f64 * (all - events) as f64 / (all - 1) as f64 } else { 0.0 };
        for g in (0..count).filter(|&g| at_risk[g] > 0) {
            self.groups[g].expected += events as f64 * share(g);
            self.variance[g * count + g] += spread * share(g) * ((all - at_risk[g]) as f64 / all as f64);
            for h in (0..count).filter(|&h| h != g) {
                self.variance[g * count + h] -= spread * share(g) * share(h);
            }
        }
    }

    fn result(self) -> Result<LogRank, Undefined> {
        let count = self.groups.len();
        let counted: Vec<usize> = (0..count).filter(|&g| self.groups[g].expected > 0.0).collect();
        let excess: Vec<f64> =
            counted.iter().map(|&g| self.groups[g].observed as f64 - self.groups[g].expected).collect();
        let cell = |g: usize, h: usize| self.variance[g * count + h];
        let matrix: Vec<f64> =
            counted.iter().flat_map(|&g| counted.iter().map(move |&h| cell(g, h))).collect();
        let factored = Factored::new(&matrix, counted.len(), 1e-10);
        if factored.rank() == 0 {
            return Err(Undefined::NoComparison);
        }
        let test = ChiSquareTest::new(dot(&excess, &factored.solve(&excess)), factored.rank() as u32);
        Ok(LogRank { groups: self.groups, variance: self.variance, test })
    }
}

//! Who goes on to the next round, and who is on the front.
//!
//! A candidate is pushed out by another one that surely keeps the bound, is surely better in one of benefit and price, and in the other not
//! worse by more than what nobody would act on; "surely" is by intervals that hold together for all candidates, at the end of a
//! round 5 % / number of rounds (races: Maron and Moore 1997, Artif Intell Rev 11:193). A candidate that surely breaks the bound leaves
//! too. Of the others at least half go on: whole fronts by estimates, those that break the bound last (successive halving: Jamieson and
//! Talwalkar 2016; sorting and bounds: Deb and others 2002, IEEE Trans Evol Comput 6:182). Who is left behind by that alone is
//! set aside, which is no finding about it.

use super::file::{Indifference, PriceBound};
use super::joint::{Joint, Within};
use super::measures::{DAYS, LIMITING};
use super::row::BoundVerdict;

/// How candidates are judged.
#[derive(Debug, Clone)]
pub(super) struct Judge {
    /// Column of the benefit.
    pub benefit: usize,
    pub bound: PriceBound,
    pub indifference: Indifference,
}

/// What is known of some candidates, by their places among them.
pub(super) struct JudgedCandidates<'a> {
    pub judge: &'a Judge,
    pub joint: &'a Joint,
    pub count: usize,
}

impl Judge {
    /// Columns that are compared, and those that are held against a bound.
    pub fn columns(&self) -> ([usize; 2], Vec<usize>) {
        let bounded = self.bounds().map(|(column, _)| column).collect();
        ([self.benefit, DAYS], bounded)
    }

    fn bounds(&self) -> impl Iterator<Item = (usize, f64)> {
        let days = self.bound.severe_days.map(|most| (DAYS, most));
        days.into_iter().chain(self.bound.dose_limiting.map(|most| (LIMITING, most)))
    }
}

impl JudgedCandidates<'_> {
    /// Whether a candidate keeps the bound.
    pub fn bound(&self, candidate: usize) -> BoundVerdict {
        let verdicts = self.judge.bounds().map(|(column, most)| {
            let Within { low, high, .. } = self.joint.together(candidate, column);
            match (low > most, high <= most) {
                (true, _) => BoundVerdict::Broken,
                (_, true) => BoundVerdict::Kept,
                _ => BoundVerdict::Open,
            }
        });
        verdicts.max().unwrap_or(BoundVerdict::Kept)
    }

    /// By how much estimates break the bound, in parts of it; 0 where they keep it.
    fn excess(&self, candidate: usize) -> f64 {
        let over = |(column, most): (usize, f64)| {
            (self.joint.value(candidate, column) - most).max(0.0) / most.max(1e-9)
        };
        self.judge.bounds().map(over).fold(0.0, f64::max)
    }

    /// Whether estimates keep the bound.
    pub fn is_within(&self, candidate: usize) -> bool {
        self.excess(candidate) == 0.0
    }

    fn estimate(&self, candidate: usize) -> (f64, f64) {
        (self.joint.value(candidate, self.judge.benefit), self.joint.value(candidate, DAYS))
    }

    /// Whether by estimates a candidate is nowhere better than another one, and somewhere worse.
    fn is_behind(&self, candidate: usize, other: usize) -> bool {
        let (own, theirs) = (self.excess(candidate), self.excess(other));
        if own > 0.0 || theirs > 0.0 {
            return own > theirs;
        }
        let ((benefit, days), (more, fewer)) = (self.estimate(candidate), self.estimate(other));
        more >= benefit && fewer <= days && (more > benefit || fewer < days)
    }

    /// Whether another candidate surely pushes one out.
    fn is_beaten(&self, candidate: usize, other: usize) -> bool {
        let gain = self.joint.difference(other, candidate, self.judge.benefit);
        let cost = self.joint.difference(other, candidate, DAYS);
        let Indifference { months, days } = self.judge.indifference;
        self.bound(other) == BoundVerdict::Kept
            && (gain.low > 0.0 || cost.high < 0.0)
            && gain.low >= -months
            && cost.high <= days
    }

    /// For each candidate the one that pushes it out, if there is one. Two that push each other out are alike, and both stay.
    pub fn beaten(&self) -> Vec<Option<usize>> {
        let all = 0..self.count;
        let beats: Vec<Vec<bool>> = all
            .clone()
            .map(|one| all.clone().map(|other| one != other && self.is_beaten(one, other)).collect())
            .collect();
        let surely = |one: usize, other: usize| beats[one][other] && !beats[other][one];
        let is_free = |one: usize| all.clone().all(|other| !surely(one, other));
        // Whoever pushes another one out must stay, or it would be gone for the sake of nobody.
        all.clone().map(|one| all.clone().find(|other| surely(one, *other) && is_free(*other))).collect()
    }

    /// Fronts by estimates among some candidates: those that nobody is ahead of, then those that only they are ahead of, and so on.
    pub fn fronts(&self, of: &[usize]) -> Vec<Vec<usize>> {
        let mut left = of.to_vec();
        let mut fronts = Vec::new();
        while !left.is_empty() {
            let (front, rest): (Vec<usize>, Vec<usize>) =
                left.iter().partition(|one| left.iter().all(|other| !self.is_behind(**one, *other)));
            if front.is_empty() {
                break;
            }
            fronts.push(front);
            left = rest;
        }
        fronts
    }

    /// Who of some candidates goes on: whole fronts, until at least half do.
    pub fn go_on(&self, of: &[usize]) -> Vec<usize> {
        let mut on: Vec<usize> = Vec::new();
        for front in self.fronts(of) {
            if 2 * on.len() >= of.len() {
                break;
            }
            on.extend(front);
        }
        on.sort_unstable();
        on
    }
}

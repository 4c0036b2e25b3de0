//! When a falsifier holds: a figure with its interval against a bound.

use std::fmt;

use serde::Serialize;

use crate::trial::stats::Interval;

/// What a figure must be: an interval of which one end may be missing. Ends are allowed values, except where they say so.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bound {
    /// Smallest allowed value.
    pub low: Option<f64>,
    /// Largest allowed value.
    pub high: Option<f64>,
    /// Whether the ends themselves are not allowed.
    pub open: bool,
}

impl Bound {
    /// From `low` to `high`, both allowed.
    pub const fn between(low: f64, high: f64) -> Self {
        Self { low: Some(low), high: Some(high), open: false }
    }

    /// At least this.
    pub const fn at_least(low: f64) -> Self {
        Self { low: Some(low), high: None, open: false }
    }

    /// At most this.
    pub const fn at_most(high: f64) -> Self {
        Self { low: None, high: Some(high), open: false }
    }

    /// More than this.
    pub const fn above(low: f64) -> Self {
        Self { low: Some(low), high: None, open: true }
    }

    /// Less than this.
    pub const fn below(high: f64) -> Self {
        Self { low: None, high: Some(high), open: true }
    }

    /// A ratio that is no further from 1 than this factor, either way.
    pub fn within_factor(factor: f64) -> Self {
        Self::between(1.0 / factor, factor)
    }

    /// Whether a value is allowed.
    pub fn allows(&self, value: f64) -> bool {
        !self.is_below(value) && !self.is_above(value)
    }

    /// Whether a value is too small.
    fn is_below(&self, value: f64) -> bool {
        self.low.is_some_and(|low| value < low || (self.open && value == low))
    }

    /// Whether a value is too large.
    fn is_above(&self, value: f64) -> bool {
        self.high.is_some_and(|high| value > high || (self.open && value == high))
    }

    /// What this says of a figure that lies anywhere within an interval.
    pub fn judge(&self, interval: Interval) -> Verdict {
        // An end that is not a number knows nothing.
        if interval.low.is_nan() || interval.high.is_nan() {
            Verdict::Undecided
        } else if self.is_below(interval.high) || self.is_above(interval.low) {
            Verdict::Fails
        } else if self.allows(interval.low) && self.allows(interval.high) {
            Verdict::Holds
        } else {
            Verdict::Undecided
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low.map(short), self.high.map(short), self.open) {
            (Some(low), Some(high), _) => write!(f, "{low} to {high}"),
            (Some(low), None, false) => write!(f, "at least {low}"),
            (Some(low), None, true) => write!(f, "above {low}"),
            (None, Some(high), false) => write!(f, "at most {high}"),
            (None, Some(high), true) => write!(f, "below {high}"),
            (None, None, _) => write!(f, "anything"),
        }
    }
}

/// A number of a bound: as many decimals as it has, at most three, or one from 10 on.
fn short(x: f64) -> String {
    let text = if x.abs() < 10.0 { format!("{x:.3}") } else { format!("{x:.1}") };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What became of a falsifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval lies within the bound.
    Holds,
    /// The interval has values on both sides of the bound, or there is no figure.
    Undecided,
    /// It could not be tested here.
    NotTested,
    /// The whole interval lies outside the bound.
    Fails,
}

impl Verdict {
    /// Of a falsifier with several parts: one that fails makes it fail, and it holds only if all of them hold.
    pub fn of_all(parts: impl IntoIterator<Item = Verdict>) -> Verdict {
        parts.into_iter().max().unwrap_or(Verdict::NotTested)
    }

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            Verdict::Undecided => "undecided",
            Verdict::NotTested => "not tested",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Fails, Holds, NotTested, Undecided};

    fn judge(bound: Bound, low: f64, high: f64) -> Verdict {
        bound.judge(Interval { low, high })
    }

    #[test]
    fn closed_ends_are_allowed() {
        let bound = Bound::between(0.75, 1.0);
        assert_eq!(judge(bound, 0.75, 1.0), Holds);
        assert_eq!(judge(bound, 0.749, 1.0), Undecided);
        assert_eq!(judge(bound, 0.75, 1.001), Undecided);
        // Touching the bound from outside is not a failure yet.
        assert_eq!(judge(bound, 0.1, 0.75), Undecided);
        assert_eq!(judge(bound, 1.0, 2.0), Undecided);
        assert_eq!(judge(bound, 0.1, 0.749), Fails);
        assert_eq!(judge(bound, 1.001, 2.0), Fails);
        assert_eq!(judge(bound, 0.1, 2.0), Undecided);
    }

    #[test]
    fn open_ends_are_not() {
        assert_eq!(judge(Bound::above(80.0), 80.0, 90.0), Undecided);
        assert_eq!(judge(Bound::above(80.0), 80.1, 90.0), Holds);
        assert_eq!(judge(Bound::above(80.0), 70.0, 80.0), Fails);
        assert_eq!(judge(Bound::below(80.0), 10.0, 80.0), Undecided);
        assert_eq!(judge(Bound::below(80.0), 80.0, 90.0), Fails);
    }

    #[test]
    fn a_missing_end_allows_everything_there() {
        assert_eq!(judge(Bound::at_least(0.75), 0.75, f64::INFINITY), Holds);
        assert_eq!(judge(Bound::at_most(12.0), f64::NEG_INFINITY, 12.0), Holds);
        assert_eq!(judge(Bound::at_most(12.0), 12.1, f64::INFINITY), Fails);
        assert_eq!(judge(Bound::at_least(2.0), 0.0, f64::INFINITY), Undecided);
    }

    #[test]
    fn a_figure_without_interval_is_its_own_interval() {
        assert_eq!(judge(Bound::between(0.98, 1.02), 1.0, 1.0), Holds);
        assert_eq!(judge(Bound::between(0.98, 1.02), 1.03, 1.03), Fails);
        assert_eq!(judge(Bound::at_least(1.0), f64::NAN, 2.0), Undecided);
    }

    #[test]
    fn a_falsifier_is_as_good_as_its_worst_part() {
        assert_eq!(Verdict::of_all([Holds, Holds]), Holds);
        assert_eq!(Verdict::of_all([Holds, Undecided]), Undecided);
        assert_eq!(Verdict::of_all([Fails, Undecided, Holds]), Fails);
        assert_eq!(Verdict::of_all([Holds, Undecided, NotTested]), NotTested);
        assert_eq!(Verdict::of_all([NotTested, NotTested]), NotTested);
        assert_eq!(Verdict::of_all([]), NotTested);
    }

    #[test]
    fn bounds_read_as_sentences() {
        let all = [
            (Bound::between(0.75, 1.0), "0.75 to 1"),
            (Bound::at_least(50.0), "at least 50"),
            (Bound::at_most(12.0), "at most 12"),
            (Bound::above(80.0), "above 80"),
            (Bound::below(80.0), "below 80"),
            (Bound::within_factor(1.2), "0.833 to 1.2"),
            (Bound::between(-50.0, -30.0), "-50 to -30"),
            (Bound::between(38.0 / 1.5, 57.0), "25.3 to 57"),
        ];
        for (bound, text) in all {
            assert_eq!(bound.to_string(), text);
        }
    }
}

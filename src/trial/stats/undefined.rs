//! Why a statistic has no value.

/// Why a statistic has no value. The first group says something of the data, the second of the caller.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Undefined {
    /// There is nobody to count.
    #[error("compute a statistic of nobody: there are no subjects")]
    NoSubjects,
    /// Nobody had an event: nothing is known of hazards.
    #[error("compare hazards: all subjects are censored")]
    NoEvents,
    /// A survival curve, or a limit of its band, stays above a level.
    #[error("find the time at which a share of {share} is left: the curve stays at {lowest} until {last}")]
    NotReached {
        /// The share of subjects without an event that was asked for.
        share: f64,
        /// Lowest value of the curve or limit (1 where the limit is nowhere defined).
        lowest: f64,
        /// Last time at which anyone was seen.
        last: f64,
    },
    /// A time beyond the last subject's, whose curve has not come down to 0.
    #[error("follow the curve to {time}: it ends at {last}; choose an earlier time")]
    BeyondFollowUp {
        /// The time asked for.
        time: f64,
        /// Last time at which anyone was seen.
        last: f64,
    },
    /// A covariate that is the same for all who are at risk, at every event.
    #[error("estimate covariate 0: it is equal for all subjects at risk at every event; leave it out")]
    NoContrast,
    /// The likelihood rises for ever along a combination of covariates.
    #[error(
        "maximise the likelihood: it rises for ever along a combination of covariates; code them otherwise"
    )]
    NoMaximum,
    /// Newton's method did not arrive.
    #[error("maximise the likelihood in {iterations} iterations; allow more")]
    NoConvergence {
        /// Iterations made.
        iterations: u32,
    },
    /// A table of two by two in which a row or a column is empty.
    #[error("compute an odds ratio: a row or a column of the table is empty")]
    EmptyMargin,
    /// Too many bootstrap replicates have no value.
    #[error("make an interval: {undefined} of {replicates} bootstrap replicates have no value")]
    TooManyUndefined {
        /// Replicates without a value.
        undefined: usize,
        /// All replicates.
        replicates: usize,
    },
    /// A difference of two statistics of which none is reached.
    #[error("subtract two statistics: neither is reached")]
    NeitherReached,

    /// A time that is negative or no number.
    #[error("use the time of subject {subject}: expected a finite number, 0 or more")]
    BadTime {
        /// The subject's place in the input.
        subject: usize,
    },
    /// A value outside its range.
    #[error("use {what} = {value}: expected {expected}")]
    OutOfRange {
        /// Which input.
        what: &'static str,
        /// What it was.
        value: f64,
        /// What it may be.
        expected: &'static str,
    },
}

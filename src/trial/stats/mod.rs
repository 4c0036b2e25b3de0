//! Statistics of trials: plain data in, plain data out.
//!
//! Nothing here knows a simulation. All is `f64` with `libm`, sums run in one fixed order, and draws are keyed, so that
//! every platform computes the same bits. A time may be in any unit; results are in the same one.
//!
//! | question | function | method |
//! |---|---|---|
//! | how many are still free of an event? | [`KaplanMeier`] | Kaplan and Meier 1958; Greenwood 1926; complementary log-log interval |
//! | median and other quantiles | [`KaplanMeier::quantile`] | Brookmeyer and Crowley 1982, as in `quantile.survfit` of R |
//! | what is known of the median, also where a limit is open? a share at a time? | [`KaplanMeier::median_within`], [`KaplanMeier::free_at`] | open ends; exact binomial where all or none are free |
//! | restricted mean | [`KaplanMeier::restricted_mean`] | area under the curve (Irwin 1949) |
//! | do arms differ? | [`log_rank`](fn@log_rank) | Mantel 1966; Peto and Peto 1972; stratified |
//! | by how much? | [`cox`](fn@cox) | Cox 1972; ties of Efron 1977 or Breslow 1974; stratified |
//! | a rate, two rates | [`proportion`], [`rate_difference`], [`odds_ratio`] | Clopper and Pearson 1934; Newcombe 1998; Woolf 1955 |
//! | the same patients under two arms | [`paired_differences`], [`bootstrap_survival`], [`bootstrap_proportions`] | Student's t; bootstrap percentile and BCa (Efron 1987) |
//!
//! Conventions:
//!
//! - All intervals are two-sided 95 % ones, all p-values two-sided.
//! - Two times are tied if they are equal as numbers. At a tie events come before censorings: who is censored at `t` was
//!   at risk at `t`. At risk at `t` are all with a time of `t` or later.
//! - A quantile of a survival curve is the midpoint of the flat stretch if the curve rests exactly on it
//!   ([`KaplanMeier::quantile`]). A quantile of a sample is Hyndman and Fan's type 7 ([`quantile()`], R's default). The ends
//!   of bootstrap intervals are their type 6, the order statistic `(B + 1)·p` (Davison and Hinkley 1997, section 5.2.1).
//! - What is not defined is an [`Undefined`] that says why; it is never a NaN.

mod bootstrap;
mod cox;
pub(crate) mod infinity;
mod kaplan_meier;
mod log_rank;
mod matrix;
mod paired;
mod rates;
mod sample;
mod special;
mod subject;
mod undefined;

#[cfg(test)]
mod data;

pub use bootstrap::{Bootstrapped, Resampling, bootstrap};
pub use cox::{Coefficient, CoxData, CoxFit, CoxOptions, Effect, Finite, Infinite, Ties, cox};
pub use kaplan_meier::{At, KaplanMeier, RestrictedMean, Row, SurvivalQuantile};
pub use log_rank::{GroupCount, LogRank, log_rank};
pub use paired::{Measure, PairedDifference, bootstrap_proportions, bootstrap_survival, paired_differences};
pub use rates::{OddsRatio, Proportion, RateDifference, odds_ratio, proportion, rate_difference, wilson};
pub use sample::quantile;
pub use special::{
    beta_quantile, chi_square_tail, normal_cdf, normal_quantile, student_quantile, student_tails,
};
pub use subject::Subject;
pub use undefined::Undefined;

use serde::Serialize;

/// Standard normal quantile of 0.975: half the width of a 95 % interval in standard errors.
pub const Z95: f64 = 1.959_963_984_540_054;

/// An interval of confidence, 95 % throughout.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end; may be infinite where the text says so.
    #[serde(serialize_with = "infinity::number")]
    pub low: f64,
    /// Upper end.
    #[serde(serialize_with = "infinity::number")]
    pub high: f64,
}

/// A test whose statistic follows the law of chi-square if there is no effect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChiSquareTest {
    /// The statistic.
    pub chi_square: f64,
    /// Degrees of freedom.
    pub df: u32,
    /// Probability of a statistic at least as large without an effect.
    pub p: f64,
}

impl ChiSquareTest {
    fn new(chi_square: f64, df: u32) -> ChiSquareTest {
        // Rounding may leave a statistic of zero slightly negative.
        let chi_square = if chi_square < 0.0 { 0.0 } else { chi_square };
        ChiSquareTest { chi_square, df, p: chi_square_tail(chi_square, df) }
    }
}

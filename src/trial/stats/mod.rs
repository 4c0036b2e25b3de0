//! Statistics of trials: plain data in, plain data out.
//!
//! Nothing here knows a simulation. All is `f64` with `libm`, sums run in one fixed order, and draws are keyed, so that
//! every platform computes the same bits. A time may be in any unit; results are in the same one.
//!
//! | question | function | method |
//! |---|---|---|
//! | how many are still free of an event? | [`KaplanMeier`] | Kaplan and Meier 1958; Greenwood 1926; complementary log-log interval |
//! | the median | [`KaplanMeier::median`] | Brookmeyer and Crowley 1982, as in `quantile.survfit` of R |
//! | what is known of the median, also where a limit is open? a share at a time? | [`KaplanMeier::median_within`], [`KaplanMeier::free_at`] | open ends; exact binomial where all or none are free |
//! | restricted mean | [`KaplanMeier::area`] | area under the curve (Irwin 1949) |
//! | how many have an event before another one rules it out? | [`CumulativeIncidence`] | Aalen and Johansen 1978; delta method; complementary log-log interval |
//! | by how much do arms differ? | [`cox`](fn@cox), [`hazard_ratio`] | Cox 1972; ties of Efron 1977 |
//! | do two arms differ? | [`log_rank`](fn@log_rank) | Mantel 1966 |
//! | a rate | [`proportion`] | Clopper and Pearson 1934 |
//! | the same patients under two arms | [`bootstrap_means`], [`bootstrap_difference`], [`bootstrap`](fn@bootstrap) | bootstrap percentile (Efron 1979) |
//! | p of no difference between them | [`Bootstrapped::p`] | the same replicates (Davison and Hinkley 1997, 4.4), never 0 |
//!
//! Conventions:
//!
//! - All intervals are two-sided 95 % ones.
//! - Two times are tied if they are equal as numbers. At a tie events come before censorings: who is censored at `t` was
//!   at risk at `t`. At risk at `t` are all with a time of `t` or later.
//! - A quantile of a survival curve is the midpoint of the flat stretch if the curve rests exactly on it
//!   ([`KaplanMeier::median`]). A quantile of a sample is Hyndman and Fan's type 7 ([`quantile()`], R's default). The ends
//!   of bootstrap intervals are their type 6, the order statistic `(B + 1)·p` (Davison and Hinkley 1997, section 5.2.1).
//! - What is not defined is an [`Undefined`] that says why; it is never a NaN.

mod bootstrap;
mod cox;
mod incidence;
pub(crate) mod infinity;
mod kaplan_meier;
mod log_rank;
mod paired;
mod rates;
mod sample;
mod special;
mod subject;
mod undefined;

#[cfg(test)]
mod data;

pub(super) use bootstrap::draw as draw_patients;
pub use bootstrap::{BootstrapP, Bootstrapped, Resampling, bootstrap};
pub use cox::{HazardRatio, cox, hazard_ratio};
pub use incidence::{CumulativeIncidence, First, IncidenceStep};
pub use kaplan_meier::{At, CurveRow, KaplanMeier, SurvivalQuantile};
pub use log_rank::log_rank;
pub use paired::{bootstrap_difference, bootstrap_mean, bootstrap_means};
pub use rates::{POWER, Proportion, proportion, told_above, told_below};
pub use sample::quantile;
pub use special::{beta_quantile, normal_quantile, student_quantile};
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

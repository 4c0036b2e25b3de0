//! Proportional hazards.

mod infinite;
mod likelihood;
mod newton;
mod prepared;
mod result;
#[cfg(test)]
mod tests;

use serde::Serialize;

use self::infinite::{Direction, direction, profile_bound};
use self::likelihood::evaluate;
use self::newton::{Maximum, maximise};
use self::prepared::Prepared;
use super::matrix::{Factored, dot};
use super::{ChiSquareTest, Subject, Undefined};

pub use self::result::{Coefficient, CoxFit, Effect, Finite, Infinite};

/// How events at the same time are treated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// The approximation of Efron 1977, R's default.
    #[default]
    Efron,
    /// The approximation of Breslow 1974: all of them at risk of each.
    Breslow,
}

/// Settings of a fit. The default is R's, but for 50 iterations instead of 20.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoxOptions {
    /// Treatment of ties.
    pub ties: Ties,
    /// Converged once the log-likelihood changes by less than this share of itself.
    pub tolerance: f64,
    /// Most iterations.
    pub iterations: u32,
}

impl Default for CoxOptions {
    fn default() -> CoxOptions {
        CoxOptions { ties: Ties::Efron, tolerance: 1e-9, iterations: 50 }
    }
}

/// What a fit is made from.
#[derive(Debug, Clone, Copy)]
pub struct CoxData<'a> {
    /// The subjects, in any order.
    pub subjects: &'a [Subject],
    /// Covariates: subjects × columns, row by row. For one comparison of two arms: one column of 0 (control) and 1.
    pub covariates: &'a [f64],
    /// Number of columns, 1 or more.
    pub columns: usize,
    /// Any number for each subject; each stratum has a baseline hazard of its own.
    pub strata: Option<&'a [usize]>,
}

/// A pivot below this share of its diagonal is rounding: R's `toler.chol`.
const SINGULAR: f64 = 1.818_989_403_545_856e-12;

/// Fits Cox's proportional hazards, `hazard = baseline(stratum, t)·exp(β·x)`, by maximum partial likelihood (Cox 1972),
/// with Newton's method and halved steps, as `coxph` of R.
///
/// If the likelihood rises for ever in one covariate (in two arms: no events in one of them while the other is at
/// risk), its coefficient is infinite. It is told as such with a one-sided bound, the log-likelihood is the supremum, and other
/// coefficients are those in that limit.
///
/// # Errors
///
/// [`Undefined::NoSubjects`], [`Undefined::NoEvents`], [`Undefined::NoContrast`], [`Undefined::Collinear`];
/// [`Undefined::NoMaximum`] if the likelihood rises for ever along a combination of covariates but not along one;
/// [`Undefined::NoConvergence`]; faults of the input.
pub fn cox(data: CoxData, options: CoxOptions) -> Result<CoxFit, Undefined> {
    let full = Prepared::new(&data)?;
    let columns = data.columns;
    let null = evaluate(&full, &vec![0.0; columns], options.ties);
    let information = Factored::new(&null.information, columns, SINGULAR);
    // What is equal for all at risk has been found exactly; what is left depends on other covariates.
    let directions = directions(&full)?;
    if let Some(covariate) = information.dependent() {
        return Err(Undefined::Collinear { covariate });
    }
    let score = ChiSquareTest::new(dot(&null.score, &information.solve(&null.score)), columns as u32);
    let limit = directions.iter().enumerate().fold(full.clone(), |data, (j, d)| data.in_limit(j, *d));
    let free: Vec<bool> = directions.iter().map(|d| *d == Direction::Finite).collect();
    let top = maximise(&limit, &vec![0.0; columns], &free, &options)?;
    let bounds = bounds(&full, &directions, &top, &options)?;
    Ok(result::assemble(&full, &directions, &bounds, null.log_likelihood, score, &top))
}

/// Where each coefficient lies.
fn directions(full: &Prepared) -> Result<Vec<Direction>, Undefined> {
    (0..full.columns).map(|j| direction(full, j).ok_or(Undefined::NoContrast { covariate: j })).collect()
}

/// The bound of each infinite coefficient: the others that are infinite are taken to their limits.
fn bounds(
    full: &Prepared,
    directions: &[Direction],
    top: &Maximum,
    options: &CoxOptions,
) -> Result<Vec<f64>, Undefined> {
    let bound = |j: usize| {
        let others = directions.iter().enumerate().filter(|(k, _)| *k != j);
        let data = others.fold(full.clone(), |data, (k, d)| data.in_limit(k, *d));
        let free: Vec<bool> = directions.iter().map(|d| *d == Direction::Finite).collect();
        profile_bound(&data, j, directions[j], top, &free, options)
    };
    (0..full.columns).map(|j| if directions[j] == Direction::Finite { Ok(0.0) } else { bound(j) }).collect()
}

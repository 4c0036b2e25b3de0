//! What a fit tells.

use serde::Serialize;

use super::super::matrix::{Factored, dot};
use super::super::special::normal_tails;
use super::super::{ChiSquareTest, Interval, Z95};
use super::SINGULAR;
use super::infinite::Direction;
use super::newton::Maximum;
use super::prepared::Prepared;

/// A fit of proportional hazards.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoxFit {
    /// One for each covariate, in order.
    pub coefficients: Vec<Coefficient>,
    /// Covariance of the coefficients, row by row; for an infinite one ∞ on the diagonal and 0 beside it.
    pub covariance: Vec<f64>,
    /// Log partial likelihood with all coefficients 0.
    pub null_log_likelihood: f64,
    /// Largest log partial likelihood; its supremum where a coefficient is infinite.
    pub log_likelihood: f64,
    /// Likelihood-ratio test of all coefficients together.
    pub likelihood_ratio: ChiSquareTest,
    /// Score test of the same: without ties and for groups it is the log-rank test.
    pub score: ChiSquareTest,
    /// Wald test of the same; none where a coefficient is infinite.
    pub wald: Option<ChiSquareTest>,
    /// Newton's iterations.
    pub iterations: u32,
    /// Subjects.
    pub subjects: usize,
    /// Events.
    pub events: usize,
}

/// One covariate's coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coefficient {
    /// Hazard ratio of one unit: `exp(β)`, 0 or infinite if the coefficient is infinite.
    pub hazard_ratio: f64,
    /// Its 95 % interval: Wald's for a finite coefficient; for an infinite one from the profile likelihood, with 0 or ∞ as
    /// the end that the data do not bound.
    pub interval: Interval,
    /// What else is known.
    pub effect: Effect,
}

/// Whether a coefficient has a value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It has.
    Finite(Finite),
    /// The likelihood rises for ever.
    Infinite(Infinite),
}

/// A finite coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Finite {
    /// Log hazard ratio of one unit of the covariate.
    pub coefficient: f64,
    /// Its standard error, from the information at the maximum.
    pub std_error: f64,
    /// `coefficient / std_error`.
    pub z: f64,
    /// Wald's p-value.
    pub p: f64,
}

/// An infinite coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Infinite {
    /// Whether it is +∞ (hazard ratio infinite) rather than −∞ (hazard ratio 0).
    pub positive: bool,
    /// The finite end of the interval of the log hazard ratio: it is that far from 0 at least.
    pub bound: f64,
}

impl CoxFit {
    /// The hazard ratio of the only (or first) covariate with its interval.
    pub fn first(&self) -> Coefficient {
        self.coefficients[0]
    }
}

impl Coefficient {
    /// Whether the hazard ratio is 0 or infinite.
    pub fn is_infinite(&self) -> bool {
        matches!(self.effect, Effect::Infinite(_))
    }

    /// The finite part, if there is one.
    pub fn finite(&self) -> Option<Finite> {
        match self.effect {
            Effect::Finite(finite) => Some(finite),
            Effect::Infinite(_) => None,
        }
    }

    fn of_finite(coefficient: f64, variance: f64) -> Coefficient {
        let std_error = libm::sqrt(variance);
        let z = coefficient / std_error;
        let end = |sign: f64| libm::exp(coefficient + sign * Z95 * std_error);
        Coefficient {
            hazard_ratio: libm::exp(coefficient),
            interval: Interval { low: end(-1.0), high: end(1.0) },
            effect: Effect::Finite(Finite { coefficient, std_error, z, p: normal_tails(z) }),
        }
    }

    fn of_infinite(positive: bool, bound: f64) -> Coefficient {
        let end = libm::exp(bound);
        let (hazard_ratio, interval) = if positive {
            (f64::INFINITY, Interval { low: end, high: f64::INFINITY })
        } else {
            (0.0, Interval { low: 0.0, high: end })
        };
        Coefficient { hazard_ratio, interval, effect: Effect::Infinite(Infinite { positive, bound }) }
    }
}

/// Puts a fit of scaled covariates into the units of the caller's.
pub(super) fn assemble(
    data: &Prepared,
    directions: &[Direction],
    bounds: &[f64],
    null_log_likelihood: f64,
    score: ChiSquareTest,
    top: &Maximum,
) -> CoxFit {
    let columns = data.columns;
    let covariance: Vec<f64> = (0..columns * columns)
        .map(|at| unscaled_covariance(data, directions, top, at / columns, at % columns))
        .collect();
    let coefficients = (0..columns).map(|j| match directions[j].sign() {
        None => Coefficient::of_finite(top.beta[j] * data.scale[j], covariance[j * columns + j]),
        Some(sign) => Coefficient::of_infinite(sign > 0.0, bounds[j] * data.scale[j]),
    });
    let df = columns as u32;
    let finite = directions.iter().all(|d| *d == Direction::Finite);
    CoxFit {
        coefficients: coefficients.collect(),
        covariance,
        null_log_likelihood,
        log_likelihood: top.log_likelihood,
        likelihood_ratio: ChiSquareTest::new(2.0 * (top.log_likelihood - null_log_likelihood), df),
        score,
        wald: finite.then(|| wald(top, df)),
        iterations: top.iterations,
        subjects: data.subjects,
        events: data.events,
    }
}

fn unscaled_covariance(data: &Prepared, directions: &[Direction], top: &Maximum, i: usize, j: usize) -> f64 {
    if i == j && directions[i] != Direction::Finite {
        return f64::INFINITY;
    }
    top.covariance[i * data.columns + j] * data.scale[i] * data.scale[j]
}

/// `βᵀ V⁻¹ β`.
fn wald(top: &Maximum, df: u32) -> ChiSquareTest {
    let inverse = Factored::new(&top.covariance, top.beta.len(), SINGULAR);
    ChiSquareTest::new(dot(&top.beta, &inverse.solve(&top.beta)), df)
}

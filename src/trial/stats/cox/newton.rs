//! The maximum of the likelihood.

use super::super::Undefined;
use super::super::matrix::{Factored, dot};
use super::likelihood::{Evaluation, evaluate};
use super::prepared::Prepared;
use super::{CoxOptions, SINGULAR};

/// The maximum over the free coefficients.
#[derive(Debug, Clone)]
pub(super) struct Maximum {
    /// Coefficients of the scaled covariates.
    pub beta: Vec<f64>,
    /// The likelihood there.
    pub log_likelihood: f64,
    /// Its gradient: 0 for the free coefficients, but for rounding.
    pub score: Vec<f64>,
    /// Inverse of the information of the free coefficients; 0 for the others.
    pub covariance: Vec<f64>,
    /// Iterations made.
    pub iterations: u32,
}

/// A step that changes someone's log hazard by this much where the likelihood has come to rest is a way to infinity:
/// there Newton's steps are about 1 for ever, while near a maximum they are of the order of the root of the tolerance.
const RUNAWAY: f64 = 0.01;

/// Newton's method from a start, with the criteria of R's `coxph`: stop once the log-likelihood changes by less than a
/// share `tolerance`; go back towards the last point where it has fallen. One step more is made at the end, since
/// the error then squares once more.
pub(super) fn maximise(
    data: &Prepared,
    start: &[f64],
    free: &[bool],
    options: &CoxOptions,
) -> Result<Maximum, Undefined> {
    let at = |beta: &[f64]| evaluate(data, beta, options.ties);
    let mut beta = start.to_vec();
    let mut now = at(&beta);
    if !free.contains(&true) {
        return known(beta, now, free, 0);
    }
    let mut halvings = 0;
    let mut next = stepped(&beta, &step(&now, free)?.0);
    for iteration in 0..options.iterations {
        let new = at(&next);
        let change = (new.log_likelihood - now.log_likelihood).abs();
        if halvings == 0 && change <= options.tolerance * new.log_likelihood.abs() {
            return polished(data, next, new, free, options, iteration);
        }
        // Also where the new likelihood is not a number.
        if new.log_likelihood >= now.log_likelihood {
            halvings = 0;
            (beta, now) = (next, new);
            next = stepped(&beta, &step(&now, free)?.0);
        } else {
            halvings += 1;
            let weight = f64::from(halvings);
            next = next.iter().zip(&beta).map(|(n, b)| (n + weight * b) / (weight + 1.0)).collect();
        }
    }
    Err(Undefined::NoConvergence { iterations: options.iterations })
}

/// The last step, and what is known of the place it leads to.
fn polished(
    data: &Prepared,
    beta: Vec<f64>,
    found: Evaluation,
    free: &[bool],
    options: &CoxOptions,
    iterations: u32,
) -> Result<Maximum, Undefined> {
    let (last, _) = step(&found, free)?;
    if data.x.chunks(data.columns).any(|x| dot(x, &last).abs() > RUNAWAY) {
        return Err(Undefined::NoMaximum);
    }
    let beta = stepped(&beta, &last);
    let there = evaluate(data, &beta, options.ties);
    known(beta, there, free, iterations)
}

fn known(beta: Vec<f64>, there: Evaluation, free: &[bool], iterations: u32) -> Result<Maximum, Undefined> {
    let (_, factored) = step(&there, free)?;
    let Evaluation { log_likelihood, score, .. } = there;
    Ok(Maximum { beta, log_likelihood, score, covariance: factored.inverse(), iterations })
}

/// Newton's step of the free coefficients, and the information it was made from.
fn step(at: &Evaluation, free: &[bool]) -> Result<(Vec<f64>, Factored), Undefined> {
    let columns = free.len();
    let mut information = at.information.clone();
    let mut score = at.score.clone();
    for j in (0..columns).filter(|&j| !free[j]) {
        score[j] = 0.0;
        for k in 0..columns {
            information[j * columns + k] = 0.0;
            information[k * columns + j] = 0.0;
        }
    }
    let factored = Factored::new(&information, columns, SINGULAR);
    if factored.rank() < free.iter().filter(|&&f| f).count() {
        return Err(Undefined::NoMaximum);
    }
    Ok((factored.solve(&score), factored))
}

fn stepped(beta: &[f64], step: &[f64]) -> Vec<f64> {
    beta.iter().zip(step).map(|(b, s)| b + s).collect()
}

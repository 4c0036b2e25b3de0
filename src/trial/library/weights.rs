//! Importance weights, with their tail smoothed and judged.
//!
//! ```text
//! tail       the M = ⌈min(S/5, 3√S)⌉ largest of S weights, beyond the largest of the others, u
//! fit        generalised Pareto law to what exceeds u (Zhang and Stephens, Technometrics 2009;51:316), its shape drawn to 0.5 by ten draws
//! smoothed   the z-th of the tail becomes u + F⁻¹((z − ½)/M), and none more than the largest was
//! k̂          the shape: below 0.5 the weights have a variance, below 0.7 estimates are reliable, from 1 on not even their mean exists
//! effective  1/Σw² for weights that sum to 1 (Kish 1965)
//! ```
//!
//! Vehtari, Simpson, Gelman, Yao and Gabry, Pareto smoothed importance sampling (arXiv:1507.02646, section 3).

use serde::{Deserialize, Serialize};

/// From this k̂ on estimates are unreliable (the same source, section 3.2.3).
pub const UNRELIABLE: f64 = 0.7;
/// Fewest draws of a tail that a law is fitted to.
const MIN: usize = 5;
/// Draws' worth of the prior on the shape, and the shape that it draws to.
const PRIOR: (f64, f64) = (10.0, 0.5);

/// Weights of draws that sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportanceWeights {
    /// Of each draw, smoothed; all 0 where no draw is possible.
    pub weights: Vec<f64>,
    /// Shape of their tail; `None` where there is no tail to fit: all alike, or fewer than 5 draws in it.
    pub k_hat: Option<f64>,
    /// Draws of equal weight that they are worth.
    pub effective: f64,
}

impl ImportanceWeights {
    /// From logarithms of weights, of any common factor; minus infinity and NaN are weights of 0.
    pub fn of_logs(logs: &[f64]) -> Self {
        let most = logs.iter().copied().filter(|log| !log.is_nan()).fold(f64::NEG_INFINITY, f64::max);
        if !most.is_finite() {
            return Self { weights: vec![0.0; logs.len()], k_hat: None, effective: 0.0 };
        }
        let raw = |log: &f64| if log.is_nan() { 0.0 } else { libm::exp(log - most) };
        let mut weights: Vec<f64> = logs.iter().map(raw).collect();
        let k_hat = smooth(&mut weights);
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        let effective = 1.0 / weights.iter().map(|w| w * w).sum::<f64>();
        Self { weights, k_hat, effective }
    }

    /// Mean of what draws have.
    pub fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        let held = self.weights.iter().enumerate().filter(|(_, w)| **w > 0.0);
        held.map(|(draw, w)| w * of(draw)).sum()
    }

    /// Standard error of such a mean: √Σw²(x − x̄)² (self-normalised importance sampling: Owen, Monte Carlo theory, methods and examples 2013, section 9.2).
    pub fn standard_error(&self, of: impl Fn(usize) -> f64) -> f64 {
        let mean = self.mean(&of);
        let square = |(draw, w): (usize, &f64)| w * w * (of(draw) - mean) * (of(draw) - mean);
        let held = self.weights.iter().enumerate().filter(|(_, w)| **w > 0.0);
        libm::sqrt(held.map(square).sum())
    }

    /// The values below which these shares of the weight of all draws that have a value lie; `None` where none has one.
    pub fn quantiles(&self, shares: &[f64], of: impl Fn(usize) -> Option<f64>) -> Option<Vec<f64>> {
        let held = self.weights.iter().enumerate().filter(|(_, w)| **w > 0.0);
        let mut all: Vec<(f64, f64)> = held.filter_map(|(draw, w)| Some((of(draw)?, *w))).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = all.iter().map(|(_, w)| w).sum();
        let (last, _) = *all.last()?;
        let at = |share: &f64| {
            let mut sum = 0.0;
            let found = all.iter().find(|(_, w)| {
                sum += w;
                sum >= share * total
            });
            found.map_or(last, |(value, _)| *value)
        };
        Some(shares.iter().map(at).collect())
    }

    /// The draw of the largest weight.
    pub fn heaviest(&self) -> Option<usize> {
        let all = self.weights.iter().enumerate().filter(|(_, w)| **w > 0.0);
        all.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).map(|(draw, _)| draw)
    }

    /// Whether their tail is too heavy for estimates to be relied on.
    pub fn is_unreliable(&self) -> bool {
        self.k_hat.is_some_and(|k| k >= UNRELIABLE)
    }
}

/// Smooths the tail of weights of which the largest is 1; its shape.
fn smooth(weights: &mut [f64]) -> Option<f64> {
    let draws = weights.len() as f64;
    let tail = libm::ceil((0.2 * draws).min(3.0 * libm::sqrt(draws))) as usize;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| weights[*a].total_cmp(&weights[*b]).then(a.cmp(b)));
    let first = order.len().checked_sub(tail).filter(|first| *first > 0 && tail >= MIN)?;
    let beyond = weights[order[first - 1]];
    let excess: Vec<f64> = order[first..].iter().map(|draw| weights[*draw] - beyond).collect();
    let law = GeneralisedPareto::fit(&excess)?;
    for (z, draw) in order[first..].iter().enumerate() {
        let place = (z as f64 + 0.5) / tail as f64;
        weights[*draw] = (beyond + law.quantile(place)).min(1.0);
    }
    Some(law.shape)
}

/// A generalised Pareto law of what exceeds a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneralisedPareto {
    /// Shape: above 0 a heavy tail, whose moments below 1/shape exist.
    pub shape: f64,
    /// Scale.
    pub scale: f64,
}

impl GeneralisedPareto {
    /// The law of ascending values above 0, by the mean of a profile likelihood over a grid (Zhang and Stephens 2009); `None` where
    /// they do not differ or are fewer than 5. What is 0 among them counts, but not for the scale of the grid.
    pub fn fit(ascending: &[f64]) -> Option<Self> {
        let (n, most) = (ascending.len(), *ascending.last()?);
        let quartile = ascending.get(libm::floor(n as f64 / 4.0 + 0.5) as usize - usize::from(n > 1))?;
        let quartile = if *quartile > 0.0 { *quartile } else { *ascending.iter().find(|x| **x > 0.0)? };
        let is_flat = (most - ascending[0]).abs() <= 1e-12 * most.abs();
        if n < MIN || is_flat || most <= 0.0 {
            return None;
        }
        let points = 30.0 + libm::floor(libm::sqrt(n as f64));
        let theta = |j: f64| 1.0 / most + (1.0 - libm::sqrt(points / (j - 0.5))) / (3.0 * quartile);
        let shape = |theta: f64| ascending.iter().map(|x| libm::log1p(-theta * x)).sum::<f64>() / n as f64;
        // Logarithm of the likelihood of a θ = −shape/scale, at the shape that goes with it.
        let profile = |theta: f64| {
            let k = shape(theta);
            n as f64 * (libm::log(-theta / k) - k - 1.0)
        };
        let grid: Vec<(f64, f64)> = (1..=points as u32)
            .map(|j| theta(f64::from(j)))
            .map(|theta| (theta, profile(theta)))
            .filter(|(_, log)| log.is_finite())
            .collect();
        let top = grid.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut mean) = (0.0, 0.0);
        for (theta, log) in &grid {
            let weight = libm::exp(log - top);
            (sum, mean) = (sum + weight, mean + weight * theta);
        }
        let theta = mean / sum;
        let own = shape(theta);
        let scale = -own / theta;
        let (draws, usual) = PRIOR;
        let drawn = (own * n as f64 + usual * draws) / (n as f64 + draws);
        (drawn.is_finite() && scale > 0.0).then_some(Self { shape: drawn, scale })
    }

    /// The value below which this share lies.
    pub fn quantile(&self, share: f64) -> f64 {
        let log = libm::log1p(-share);
        match self.shape.abs() < 1e-12 {
            true => -self.scale * log,
            false => self.scale * libm::expm1(-self.shape * log) / self.shape,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of a Pareto law of this shape, evenly spaced: without chance.
    fn pareto(shape: f64, draws: usize) -> Vec<f64> {
        let of = |i: usize| -shape * ((i as f64 + 0.5) / draws as f64).ln();
        (0..draws).map(of).collect()
    }

    // A tail of u^(−k) is generalised Pareto with shape k. The prior draws by 10 of M + 10 to 0.5: with M = 190 by less than 0.04 here;
    // one standard error of the fit itself would be (1 + k)/√M = 0.12 for k = 0.7.
    #[test]
    fn the_shape_of_known_tails_is_found() {
        for shape in [0.2, 0.5, 0.7, 1.0] {
            let found = ImportanceWeights::of_logs(&pareto(shape, 4000)).k_hat.unwrap();
            assert!((found - shape).abs() < 0.08, "{found} and not {shape}");
        }
        // An exponential tail has the shape 0, bounded weights less.
        let exponential: Vec<f64> = (0..4000).map(|i| (-((f64::from(i) + 0.5) / 4000.0).ln()).ln()).collect();
        let found = ImportanceWeights::of_logs(&exponential).k_hat.unwrap();
        assert!(found.abs() < 0.1, "{found}");
        let bounded: Vec<f64> = (0..4000).map(|i| ((f64::from(i) + 0.5) / 4000.0).ln()).collect();
        assert!(ImportanceWeights::of_logs(&bounded).k_hat.unwrap() < -0.5);
    }

    #[test]
    fn alike_draws_are_worth_their_number() {
        let all = ImportanceWeights::of_logs(&[-3.0; 40]);
        assert!((all.effective - 40.0).abs() < 1e-9 && all.k_hat.is_none() && !all.is_unreliable());
        assert!((all.mean(|draw| draw as f64) - 19.5).abs() < 1e-12);
        let one = ImportanceWeights::of_logs(&[f64::NEG_INFINITY, 2.0, f64::NAN]);
        assert_eq!((one.effective, one.heaviest()), (1.0, Some(1)));
        let none = ImportanceWeights::of_logs(&[f64::NEG_INFINITY; 3]);
        assert_eq!(
            (none.effective, none.heaviest(), none.quantiles(&[0.5], |_| Some(1.0))),
            (0.0, None, None)
        );
        assert_eq!(ImportanceWeights::of_logs(&[]).effective, 0.0);
    }

    // Smoothing must not change what it should not: the order of draws, those outside of the tail, and the largest is no larger.
    #[test]
    fn smoothing_keeps_order_and_bounds() {
        let logs = pareto(0.9, 500);
        let all = ImportanceWeights::of_logs(&logs);
        assert!(all.weights.windows(2).all(|w| w[0] >= w[1]), "the logarithms descend");
        let raw_sum: f64 = logs.iter().map(|l| (l - logs[0]).exp()).sum();
        assert!(all.weights[0] <= 1.01 / raw_sum * 1.2, "the largest draw does not gain");
        assert!((all.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // What is not in the tail keeps its proportions.
        let ratio = all.weights[400] / all.weights[450];
        assert!((ratio / (logs[400] - logs[450]).exp() - 1.0).abs() < 1e-12);
    }

    // Draws of N(0, 1) weighted to N(0.5, 1): mean 0.5, effective exp(−0.25) of them; quantile-spaced, so nearly without chance.
    #[test]
    fn a_shifted_normal_law_comes_out() {
        let n = 2000;
        let x: Vec<f64> = (0..n)
            .map(|i| crate::trial::cohort::normal_quantile((f64::from(i) + 0.5) / f64::from(n)))
            .collect();
        let logs: Vec<f64> = x.iter().map(|x| 0.5 * x - 0.125).collect();
        let all = ImportanceWeights::of_logs(&logs);
        assert!((all.mean(|i| x[i]) - 0.5).abs() < 0.01);
        assert!((all.effective / f64::from(n) - (-0.25_f64).exp()).abs() < 0.02, "{}", all.effective);
        let median = all.quantiles(&[0.5], |i| Some(x[i])).unwrap()[0];
        assert!((median - 0.5).abs() < 0.01, "{median}");
        assert!(all.k_hat.unwrap() < 0.5);
        let se = all.standard_error(|i| x[i]);
        assert!((0.015..0.035).contains(&se), "{se}: about √(1.3/2000)");
    }
}

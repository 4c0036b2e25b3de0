//! Binomial probabilities of real arguments, by the saddle-point expansion of Loader ("Fast and accurate
//! computation of binomial probabilities", 2000): large terms that nearly cancel are never formed.

use std::f64::consts::PI;

use crate::tissue::counts::{deviance, stirling_error};

/// `Γ(n + 1)/(Γ(a + 1) Γ(b + 1))·p^a·q^b` for `n = a + b`, `q = 1 − p`, all above 0. `q` is given so that it may be tiny.
pub(super) fn binomial(a: f64, b: f64, p: f64, q: f64) -> f64 {
    let n = a + b;
    let log =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * p) - deviance(b, n * q);
    libm::exp(log) * libm::sqrt(n / (2.0 * PI * a * b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_products() {
        // choose(a + 30, a) 0.3^a 0.7^30
        let mut expected = (0..30).fold(1.0, |p, _| p * 0.7);
        for a in 1..60 {
            expected *= 0.3 * f64::from(30 + a) / f64::from(a);
            let found = binomial(f64::from(a), 30.0, 0.3, 0.7);
            assert!((found / expected - 1.0).abs() < 1e-13, "{a}");
        }
    }
}

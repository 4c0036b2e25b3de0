//! Binomial probabilities of real arguments, by the saddle-point expansion of Loader ("Fast and accurate
//! computation of binomial probabilities", 2000): large terms that nearly cancel are never formed.

use std::f64::consts::PI;

/// `Γ(n + 1)/(Γ(a + 1) Γ(b + 1))·p^a·q^b` for `n = a + b`, `q = 1 − p`, all above 0. `q` is given so that it may be tiny.
pub(super) fn binomial(a: f64, b: f64, p: f64, q: f64) -> f64 {
    let n = a + b;
    let log =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * p) - deviance(b, n * q);
    libm::exp(log) * libm::sqrt(n / (2.0 * PI * a * b))
}

/// What Stirling's formula lacks: `ln Γ(n + 1) − ((n + ½) ln n − n + ½ ln 2π)` (its series: DLMF 5.11.1).
fn stirling_error(n: f64) -> f64 {
    const HALF_LOG_TWO_PI: f64 = 0.918_938_533_204_672_8;
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - HALF_LOG_TWO_PI;
    }
    let square = n * n;
    let terms = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    terms.iter().rev().fold(0.0, |sum, term| sum / square + term) / n
}

/// `x ln(x/mean) + mean − x`, also where `x` and `mean` are close.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * libm::log(x / mean) + mean - x;
    }
    let v = difference / (x + mean);
    let mut sum = difference * v;
    let mut term = 2.0 * x * v;
    for j in 1..1000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
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

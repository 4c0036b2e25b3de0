//! Quantiles: from a uniform number to one of another distribution.

pub use crate::biology::normal::normal_quantile;

/// Halvings of an interval in [`beta_quantile`] before it is as narrow as numbers near 1 are.
const HALVINGS: u32 = 54;
/// Terms of the continued fraction at most; it takes some √(a + b).
const TERMS: u32 = 20_000;

/// Quantile of the beta distribution with exponents `a` and `b` (above 0, up to 10^6) for `0 ≤ p ≤ 1`, within 1e-12 (unless the
/// distribution is so flat that `p` itself leaves more room).
///
/// The interval is halved where Newton's method would leave it.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { 0.0 } else { 1.0 };
    }
    let law = Beta::new(a, b);
    let (mut least, mut most) = (0.0, 1.0);
    let mut x = a / (a + b);
    for _ in 0..2 * HALVINGS {
        let off = law.probability(x) - p;
        if off < 0.0 {
            least = x
        } else {
            most = x
        }
        let newton = x - off / law.density(x);
        let inside = newton > least && newton < most;
        let next = if inside { newton } else { 0.5 * (least + most) };
        if (next - x).abs() <= 1e-16 {
            return next;
        }
        x = next;
    }
    x
}

/// A beta distribution.
struct Beta {
    a: f64,
    b: f64,
    /// Logarithm of the beta function.
    log_beta: f64,
}

impl Beta {
    fn new(a: f64, b: f64) -> Self {
        Self { a, b, log_beta: libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b) }
    }

    /// `x^a (1 − x)^b / B(a, b)`.
    fn bulk(&self, x: f64) -> f64 {
        libm::exp(self.a * libm::log(x) + self.b * libm::log1p(-x) - self.log_beta)
    }

    fn density(&self, x: f64) -> f64 {
        self.bulk(x) / (x * (1.0 - x))
    }

    /// The regularised incomplete beta function `I_x(a, b)`, by the continued fraction of DLMF 8.17.22 on the side of
    /// the mean on which it converges fast.
    fn probability(&self, x: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        if x <= 0.0 || x >= 1.0 {
            return if x <= 0.0 { 0.0 } else { 1.0 };
        }
        if x * (a + b + 2.0) < a + 1.0 {
            self.bulk(x) / (a * fraction(a, b, x))
        } else {
            1.0 - self.bulk(x) / (b * fraction(b, a, 1.0 - x))
        }
    }
}

/// `1 + d1/(1 + d2/(1 + …))` by the modified method of Lentz.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |v: f64| if v.abs() < 1e-290 { 1e-290 } else { v };
    let (mut value, mut up, mut down) = (1.0, 1.0, 0.0);
    for n in 1..=TERMS {
        let m = f64::from(n / 2);
        let at = a + 2.0 * m;
        let term = if n % 2 == 0 {
            m * (b - m) * x / ((at - 1.0) * at)
        } else {
            -(a + m) * (a + b + m) * x / (at * (at + 1.0))
        };
        up = away(1.0 + term / up);
        down = 1.0 / away(1.0 + term * down);
        value *= up * down;
        if (up * down - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    // Mean, SD, p, and the quantile by bisection in arithmetic of 30 digits. The last distribution is U-shaped: its upper
    // quantiles are beyond what p can resolve, so they are left out.
    #[test]
    fn beta_quantiles_are_exact() {
        for (mean, sd, p, x) in [
            (0.72, 0.04, 1e-6, 0.512_300_065_281_716_9),
            (0.72, 0.04, 0.01, 0.622_273_426_012_557_4),
            (0.72, 0.04, 0.3, 0.699_791_028_652_555),
            (0.72, 0.04, 0.5, 0.721_176_528_193_720_1),
            (0.72, 0.04, 0.975, 0.794_878_836_028_221_6),
            (0.72, 0.04, 0.999_999, 0.879_418_008_264_756_4),
            (0.5, 0.2, 1e-6, 0.002_569_013_411_852_579_7),
            (0.5, 0.2, 0.3, 0.381_753_535_419_083_7),
            (0.5, 0.2, 0.975, 0.870_881_225_113_460_1),
            (0.02, 0.01, 1e-6, 0.000_330_998_632_578_954_16),
            (0.02, 0.01, 0.5, 0.018_381_593_287_887_813),
            (0.02, 0.01, 0.999_999, 0.103_964_919_383_322_7),
            (0.9, 0.25, 1e-6, 2.237_054_955_453_718_5e-13),
            (0.9, 0.25, 0.01, 0.002_817_395_413_755_897),
            (0.9, 0.25, 0.3, 0.997_993_713_769_049_4),
        ] {
            let nu = mean * (1.0 - mean) / (sd * sd) - 1.0;
            let found = beta_quantile(p, mean * nu, (1.0 - mean) * nu);
            assert!((found - x).abs() < 1e-12, "{mean} {sd} {p}: {found}");
        }
    }

    // I_x(a, 1) = x^a, I_x(2, 2) = 3x² − 2x³.
    #[test]
    fn beta_quantiles_have_their_closed_forms() {
        for i in 1..200 {
            let p = f64::from(i) / 200.0;
            for a in [0.3, 1.0, 7.0, 400.0] {
                assert!((beta_quantile(p, a, 1.0) - libm::pow(p, 1.0 / a)).abs() < 1e-12, "{p} {a}");
            }
            let x = beta_quantile(p, 2.0, 2.0);
            assert!((x * x * (3.0 - 2.0 * x) - p).abs() < 1e-14, "{p}");
        }
        assert_eq!((beta_quantile(0.0, 2.0, 3.0), beta_quantile(1.0, 2.0, 3.0)), (0.0, 1.0));
    }

    // The narrowest distribution that a cohort accepts.
    #[test]
    fn narrow_beta_laws_are_normal() {
        let nu = 0.25 / 1e-6 - 1.0;
        let x = beta_quantile(0.975, 0.5 * nu, 0.5 * nu);
        assert!(((x - 0.5) / 1e-3 - 1.959_964).abs() < 1e-4, "{x}");
    }
}

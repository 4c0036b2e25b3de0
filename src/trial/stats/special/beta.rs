//! The incomplete beta function: quantiles of beta, Student's t.

use super::bisect_bits;
use super::saddle::binomial;

/// Quantile of the beta law: `x` with `I_x(a, b) = p`, for `0 <= p <= 1`, `a > 0`, `b > 0`.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    match p {
        p if p <= 0.0 => 0.0,
        p if p >= 1.0 => 1.0,
        p => bisect_bits(|x| lower(a, b, x, 1.0 - x) >= p),
    }
}

/// `x` with `1 − I_x(a, b) = p`, accurate for small `p`.
pub(in super::super) fn beta_upper_quantile(p: f64, a: f64, b: f64) -> f64 {
    match p {
        p if p <= 0.0 => 1.0,
        p if p >= 1.0 => 0.0,
        p => bisect_bits(|x| lower(b, a, 1.0 - x, x) <= p),
    }
}

/// `t` with `P(|T| > t) = p` for Student's T with `df > 0` degrees of freedom.
pub fn student_quantile(p: f64, df: f64) -> f64 {
    // df/(df + t²) where it is small, else what is left to 1: neither loses its digits.
    let x = beta_quantile(p, 0.5 * df, 0.5);
    let ratio = if x < 0.5 {
        (1.0 - x) / x
    } else {
        let y = beta_quantile(1.0 - p, 0.5, 0.5 * df);
        y / (1.0 - y)
    };
    libm::sqrt(df * ratio)
}

/// The regularised incomplete beta function `I_x(a, b)`, with `y = 1 − x` given so that it may be tiny.
fn lower(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let front = binomial(a, b, x, y) * (a * b / (a + b));
    // Below the mean the lower tail, else the upper one.
    if b * x < a * y { front * fraction(a, b, x, y) } else { 1.0 - front * fraction(b, a, y, x) }
}

/// The continued fraction of Didonato and Morris (ACM Trans Math Softw 1992;18:360, equation 9), by Lentz's method. It is
/// the even part of DLMF 8.17.22, whose own denominators cancel where `x` is close to 1.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let excess = (a + b) * y - b;
    let denominator = |n: f64| {
        let last = (a + n) * (excess + 1.0 + n * (1.0 + y)) / (a + 2.0 * n + 1.0);
        n + n * (b - n) * x / (a + 2.0 * n - 1.0) + last
    };
    let mut c = kept(a * (excess + 1.0) / (a + 1.0), TINY);
    let mut d = 0.0;
    let mut h = c;
    for n in 1..100_000 {
        let n = f64::from(n);
        let odd = a + 2.0 * n - 1.0;
        let numerator = (a + n - 1.0) / odd * ((a + b + n - 1.0) / odd) * (n * (b - n) * x * x);
        d = 1.0 / kept(denominator(n) + numerator * d, TINY);
        c = kept(denominator(n) + numerator / c, TINY);
        h *= c * d;
        if (c * d - 1.0).abs() < 3e-16 {
            break;
        }
    }
    1.0 / h
}

/// A denominator, kept from 0.
fn kept(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, bound: f64) {
        assert!((found / expected - 1.0).abs() < bound, "{found:e} is not {expected:e}");
    }

    #[test]
    fn beta_has_its_closed_forms() {
        for i in 1..100 {
            let x = f64::from(i) / 100.0;
            close(lower(1.0, 1.0, x, 1.0 - x), x, 1e-14);
            close(lower(3.0, 1.0, x, 1.0 - x), x * x * x, 1e-14);
            let arcsine = 2.0 / std::f64::consts::PI * libm::asin(libm::sqrt(x));
            close(lower(0.5, 0.5, x, 1.0 - x), arcsine, 1e-14);
            close(beta_quantile(x, 3.0, 1.0), libm::cbrt(x), 1e-14);
            close(beta_upper_quantile(x, 1.0, 2.0), 1.0 - libm::sqrt(x), 1e-13);
        }
    }

    // The binomial tail is a beta function: summed here in full (Abramowitz and Stegun 26.5.24).
    #[test]
    fn beta_is_a_sum_of_binomials() {
        for (n, k, p) in [(10, 3, 0.2), (97, 1, 0.003), (207, 70, 0.35), (100, 93, 0.9)] {
            let mut term = libm::pow(1.0 - p, f64::from(n));
            let mut below = 0.0;
            for i in 0..k {
                below += term;
                term *= f64::from(n - i) / f64::from(i + 1) * p / (1.0 - p);
            }
            let found = lower(f64::from(n - k + 1), f64::from(k), 1.0 - p, p);
            close(found, below, 1e-12);
        }
    }

    // Fisher's table of t, with more digits from closed forms: tan for 1, an algebraic one for 2.
    #[test]
    fn student_has_its_closed_forms() {
        let one = |p: f64| libm::tan(std::f64::consts::FRAC_PI_2 * (1.0 - p));
        let two = |p: f64| libm::sqrt(2.0 / (p * (2.0 - p)) - 2.0);
        for p in [0.001, 0.05, 0.5, 0.9] {
            close(student_quantile(p, 1.0), one(p), 1e-12);
            close(student_quantile(p, 2.0), two(p), 1e-12);
        }
        close(student_quantile(0.05, 1e12), super::super::super::Z95, 1e-11);
        close(student_quantile(0.05, 10.0), 2.228_138_851_986_274, 1e-13);
    }

    #[test]
    fn ends_are_defined() {
        assert_eq!(beta_quantile(0.0, 2.0, 3.0), 0.0);
        assert_eq!(beta_quantile(1.0, 2.0, 3.0), 1.0);
        assert_eq!(beta_upper_quantile(1.0, 2.0, 3.0), 0.0);
        assert_eq!(lower(2.0, 3.0, 0.0, 1.0), 0.0);
        assert_eq!(lower(2.0, 3.0, 1.0, 0.0), 1.0);
    }
}

//! The incomplete gamma function, for tails of chi-square.

use super::saddle::poisson;

/// Probability that chi-square with `df` degrees of freedom exceeds `x`; 1 for `x <= 0` and for no degrees of freedom.
///
/// `Q(df/2, x/2)`; relative error below 1e-12 in both tails (down to the smallest normal numbers).
pub fn chi_square_tail(x: f64, df: u32) -> f64 {
    if df == 0 || x <= 0.0 { 1.0 } else { upper(0.5 * f64::from(df), 0.5 * x) }
}

/// `Q(a, x) = Γ(a, x)/Γ(a)` for `a > 0`, `x > 0`: the series (DLMF 8.11.4) below `a + 1`, the continued fraction (DLMF
/// 8.9.2) above.
fn upper(a: f64, x: f64) -> f64 {
    if x.is_infinite() {
        0.0
    } else if x < a + 1.0 {
        1.0 - poisson(a, x) * series(a, x)
    } else {
        poisson(a, x) * a * fraction(a, x)
    }
}

/// `Σ x^n / ((a + 1)…(a + n))`, from `n = 0`.
fn series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, a);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

/// `1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …)))`, by Lentz's method (Thompson and Barnett 1986).
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut d = 1.0 / b;
    let mut c = 1.0 / TINY;
    let mut h = d;
    for n in 1..100_000 {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        d = 1.0 / kept(numerator * d + b, TINY);
        c = kept(b + numerator / c, TINY);
        h *= d * c;
        if (d * c - 1.0).abs() < 3e-16 {
            break;
        }
    }
    h
}

/// A denominator, kept from 0.
pub(super) fn kept(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, bound: f64) {
        assert!((found / expected - 1.0).abs() < bound, "{found:e} is not {expected:e}");
    }

    // Closed forms: erfc for one, exp times a polynomial for an even number of degrees of freedom.
    #[test]
    fn tails_have_their_closed_forms() {
        for i in 1..1400 {
            let x = f64::from(i);
            close(chi_square_tail(x, 1), libm::erfc(libm::sqrt(0.5 * x)), 5e-13);
            close(chi_square_tail(x, 2), libm::exp(-0.5 * x), 5e-13);
            let half = 0.5 * x;
            let six = libm::exp(-half) * (1.0 + half + half * half / 2.0);
            close(chi_square_tail(x, 6), six, 5e-13);
        }
    }

    #[test]
    fn tails_are_those_of_many_digits() {
        let table = include_str!("../../../../tests/data/stats/chi_square_tails.txt");
        let mut cases = 0;
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<f64> = line.split_whitespace().map(|f| f.parse().unwrap()).collect();
            close(chi_square_tail(fields[1], fields[0] as u32), fields[2], 1e-12);
            cases += 1;
        }
        assert!(cases > 100);
    }

    #[test]
    fn ends_are_defined() {
        assert_eq!(chi_square_tail(0.0, 3), 1.0);
        assert_eq!(chi_square_tail(-1.0, 3), 1.0);
        assert_eq!(chi_square_tail(7.0, 0), 1.0);
        assert_eq!(chi_square_tail(f64::INFINITY, 3), 0.0);
        assert_eq!(chi_square_tail(1e6, 3), 0.0);
        close(chi_square_tail(1e-300, 1), 1.0, 1e-15);
    }
}

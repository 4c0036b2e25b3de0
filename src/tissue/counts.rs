//! Exact random counts on the host: Poisson, binomial and negative binomial, of a few events or of 10^12.
//!
//! Small means are searched from 0 upwards. Large ones are drawn by transformed rejection (Hörmann, J Stat Comput Simul 1993;46:101, and
//! Insurance Math Econ 1993;12:39), with probabilities as deviances (Loader 2000), in which large terms that nearly cancel are never
//! formed. Gamma numbers are those of Marsaglia and Tsang (ACM Trans Math Softw 2000;26:363). All of it is basic arithmetic, square roots
//! and `libm`, so that every platform draws the same counts.

use std::f64::consts::PI;

use super::host_random::HostRandom;

/// Mean from which on counts are drawn by rejection.
const LARGE: f64 = 10.0;

/// What Stirling's formula lacks: `ln Γ(n + 1) − ((n + ½) ln n − n + ½ ln 2π)` (its series: DLMF 5.11.1).
pub(crate) fn stirling_error(n: f64) -> f64 {
    const HALF_LOG_TWO_PI: f64 = 0.918_938_533_204_672_8;
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - HALF_LOG_TWO_PI;
    }
    let square = n * n;
    let terms = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    terms.iter().rev().fold(0.0, |sum, term| sum / square + term) / n
}

/// `x ln(x/mean) + mean − x`, also where `x` and `mean` are close.
pub(crate) fn deviance(x: f64, mean: f64) -> f64 {
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

/// Logarithm of the probability of a Poisson count.
fn log_poisson(k: f64, mean: f64) -> f64 {
    if k == 0.0 {
        return -mean;
    }
    -stirling_error(k) - deviance(k, mean) - 0.5 * libm::log(2.0 * PI * k)
}

/// Logarithm of the probability of a binomial count, `p` at most one half.
fn log_binomial(k: f64, n: f64, p: f64) -> f64 {
    if k == 0.0 {
        return n * libm::log1p(-p);
    }
    if k == n {
        return n * libm::log(p);
    }
    let rest = n - k;
    stirling_error(n)
        - stirling_error(k)
        - stirling_error(rest)
        - deviance(k, n * p)
        - deviance(rest, n * (1.0 - p))
        + 0.5 * libm::log(n / (2.0 * PI * k * rest))
}

impl HostRandom {
    /// Uniform in (0, 1), so that it has a logarithm.
    fn open(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.open())
    }

    /// Standard normal.
    fn normal(&mut self) -> f64 {
        super::random::box_muller([self.open(), self.unit()])
    }

    /// Gamma of a shape of at least 1, scale 1.
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            if libm::log(self.open()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// A Poisson count.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        // A mean that is not a number draws nothing.
        if mean <= 0.0 || mean.is_nan() {
            0
        } else if mean < LARGE {
            self.search(libm::exp(-mean), |k| mean / k)
        } else {
            self.reject(mean, mean, f64::INFINITY, |k| log_poisson(k, mean))
        }
    }

    /// How many of `n` happen, each with probability `p`.
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if n == 0 || p <= 0.0 || p.is_nan() {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        let all = n as f64;
        let (mean, odds) = (all * p, p / (1.0 - p));
        if mean < LARGE {
            let first = libm::exp(all * libm::log1p(-p));
            self.search(first, |k| odds * (all - k + 1.0) / k).min(n)
        } else {
            self.reject(mean, mean * (1.0 - p), all, |k| log_binomial(k, all, p))
        }
    }

    /// How many failures come before `n` successes, each of probability `p`.
    pub fn failures(&mut self, n: u64, p: f64) -> u64 {
        if n == 0 || p >= 1.0 {
            return 0;
        }
        let rate = self.gamma(n as f64) * ((1.0 - p) / p);
        self.poisson(rate)
    }

    /// The count at which the sum of probabilities passes a draw: that of 0, and the ratio of each to the one before.
    fn search(&mut self, first: f64, ratio: impl Fn(f64) -> f64) -> u64 {
        let (mut left, mut probability, mut k) = (self.unit(), first, 0.0);
        while left >= probability {
            left -= probability;
            k += 1.0;
            probability *= ratio(k);
            // What is left is rounding.
            if probability <= 0.0 || k > 300.0 {
                break;
            }
        }
        k as u64
    }

    /// A count of a law with this mean and variance, of at most `most`, by rejection from a transformed uniform number.
    fn reject(&mut self, mean: f64, variance: f64, most: f64, log_law: impl Fn(f64) -> f64) -> u64 {
        let spread = libm::sqrt(variance);
        let b = 1.15 + 2.53 * spread;
        let a = -0.0873 + 0.0248 * b + 0.01 * (mean / most.max(mean));
        let alpha = (2.83 + 5.1 / b) * spread;
        // The hat lies above both laws: the table is relative to the law at its mode.
        let mode = libm::floor(mean).min(most);
        let peak = log_law(mode);
        loop {
            let u = self.open() - 0.5;
            let v = self.open() * 1.05;
            let us = 0.5 - u.abs();
            let k = libm::floor((2.0 * a / us + b) * u + mean + 0.5);
            if k < 0.0 || k > most {
                continue;
            }
            if libm::log(v * alpha / (a / (us * us) + b)) <= log_law(k) - peak {
                return k as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::host_random::HostPurpose;

    fn stream(seed: u64) -> HostRandom {
        HostRandom::new(seed, 0, HostPurpose::Ledger)
    }

    /// Chi-square of draws against exact probabilities, cells of fewer than 20 expected put together with the last; degrees of freedom.
    fn chi_square(draws: &[u64], law: impl Fn(u64) -> f64) -> (f64, f64) {
        let n = draws.len() as f64;
        let most = *draws.iter().max().unwrap();
        let mut seen = vec![0.0; most as usize + 2];
        draws.iter().for_each(|k| seen[*k as usize] += 1.0);
        let (mut chi, mut cells, mut here, mut expected, mut told) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (k, seen) in seen.iter().enumerate() {
            let p = law(k as u64);
            (here, expected, told) = (here + seen, expected + n * p, told + p);
            if expected >= 20.0 && n * (1.0 - told) >= 20.0 {
                chi += (here - expected) * (here - expected) / expected;
                (cells, here, expected) = (cells + 1.0, 0.0, 0.0);
            }
        }
        expected += n * (1.0 - told).max(0.0);
        chi += (here - expected) * (here - expected) / expected;
        (chi, cells)
    }

    /// Below this chi-square lies with a probability of more than 1 - 1e-7 (Wilson and Hilferty 1931 at 5.2 deviations).
    fn bound(degrees: f64) -> f64 {
        let f = 2.0 / (9.0 * degrees);
        degrees * (1.0 - f + 5.2 * f.sqrt()).powi(3)
    }

    #[test]
    fn poisson_counts_have_their_probabilities() {
        for (seed, mean) in [0.02, 0.7, 3.0, 9.99, 10.0, 13.7, 40.0, 900.0].into_iter().enumerate() {
            let mut random = stream(seed as u64);
            let draws: Vec<u64> = (0..60_000).map(|_| random.poisson(mean)).collect();
            let (chi, degrees) = chi_square(&draws, |k| log_poisson(k as f64, mean).exp());
            assert!(chi < bound(degrees), "{mean}: {chi} of {degrees}");
            // The check can fail: a mean that is off by a twentieth of its root.
            let other = mean + 0.05 * mean.sqrt();
            let (chi, degrees) = chi_square(&draws, |k| log_poisson(k as f64, other).exp());
            assert!(chi > bound(degrees), "{mean} against {other}: {chi} of {degrees}");
        }
    }

    // The laws themselves against products, so that the test above is not one of the code by itself.
    #[test]
    fn laws_are_products() {
        let mut poisson = (-13.5_f64).exp();
        for k in 1..60 {
            poisson *= 13.5 / f64::from(k);
            assert!((log_poisson(f64::from(k), 13.5).exp() / poisson - 1.0).abs() < 1e-12, "{k}");
        }
        let mut binomial = 0.7_f64.powi(50);
        for k in 1..=50 {
            binomial *= 0.3 / 0.7 * f64::from(51 - k) / f64::from(k);
            assert!((log_binomial(f64::from(k), 50.0, 0.3).exp() / binomial - 1.0).abs() < 1e-12, "{k}");
        }
    }

    #[test]
    fn binomial_counts_have_their_probabilities() {
        let laws = [(1, 0.3), (7, 0.5), (40, 0.2), (40, 0.9), (25, 0.45), (1000, 0.011), (5000, 0.5)];
        for (seed, (n, p)) in laws.into_iter().enumerate() {
            let mut random = stream(100 + seed as u64);
            let draws: Vec<u64> = (0..60_000).map(|_| random.binomial(n, p)).collect();
            let law = |k: u64| match k {
                k if k > n => 0.0,
                k if p > 0.5 => log_binomial((n - k) as f64, n as f64, 1.0 - p).exp(),
                k => log_binomial(k as f64, n as f64, p).exp(),
            };
            let (chi, degrees) = chi_square(&draws, law);
            assert!(chi < bound(degrees.max(1.0)), "{n} {p}: {chi} of {degrees}");
        }
        let mut random = stream(1);
        assert_eq!([random.binomial(9, 0.0), random.binomial(9, 1.0), random.binomial(0, 0.5)], [0, 9, 0]);
    }

    // C(k + n - 1, k) p^n (1 - p)^k, by its ratio.
    #[test]
    fn failures_have_their_probabilities() {
        for (seed, (n, p)) in [(1, 0.3), (3, 0.5), (20, 0.9), (400, 0.8)].into_iter().enumerate() {
            let mut random = stream(200 + seed as u64);
            let draws: Vec<u64> = (0..60_000).map(|_| random.failures(n, p)).collect();
            let mut law = vec![f64::powf(p, n as f64)];
            for k in 1..=draws.iter().max().unwrap() + 2 {
                law.push(law[k as usize - 1] * (1.0 - p) * (k + n - 1) as f64 / k as f64);
            }
            let (chi, degrees) = chi_square(&draws, |k| law[k as usize]);
            assert!(chi < bound(degrees), "{n} {p}: {chi} of {degrees}");
        }
    }

    // Counts of up to 10^12, whose probabilities nobody can tabulate: mean and variance, six standard errors of 4000 draws.
    #[test]
    fn very_large_counts_have_mean_and_variance() {
        let n = 1_000_000_000_000_u64;
        type Draw = fn(&mut HostRandom) -> u64;
        let laws: [(Draw, f64, f64); 4] = [
            (|r| r.poisson(1e12), 1e12, 1e12),
            (|r| r.binomial(1_000_000_000_000, 1e-7), 1e5, 1e5 * (1.0 - 1e-7)),
            (|r| r.binomial(1_000_000_000_000, 0.75), 0.75 * n as f64, 0.1875 * n as f64),
            (|r| r.failures(1_000_000_000_000, 0.8), 0.25 * n as f64, 0.25 / 0.8 * n as f64),
        ];
        for (i, (draw, mean, variance)) in laws.into_iter().enumerate() {
            let mut random = stream(300 + i as u64);
            let z: Vec<f64> =
                (0..4000).map(|_| (draw(&mut random) as f64 - mean) / variance.sqrt()).collect();
            let first = z.iter().sum::<f64>() / 4000.0;
            let second = z.iter().map(|z| z * z).sum::<f64>() / 4000.0;
            assert!(first.abs() < 6.0 / 4000.0_f64.sqrt(), "{i}: {first}");
            assert!((second - 1.0).abs() < 6.0 * (2.0 / 4000.0_f64).sqrt(), "{i}: {second}");
        }
    }

    // Frozen: runs with a ledger are made of these.
    #[test]
    fn counts_are_stable() {
        let mut random = stream(7);
        let seen = [
            random.poisson(3.0),
            random.poisson(3e9),
            random.binomial(1000, 0.4),
            random.binomial(1_000_000_000_000, 0.3),
            random.failures(3, 0.5),
            random.failures(1_000_000, 0.25),
        ];
        assert_eq!(seen, [1, 2_999_978_812, 421, 299_999_023_446, 0, 3_003_442]);
    }
}

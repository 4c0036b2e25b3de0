//! Acceptance intervals with a stated false alarm, and laws of discrete-time branching processes.

use std::ops::{Add, Mul};

/// Largest probability that a named check fails by chance.
pub const ALARM: f64 = 1e-6;

/// What a check returns: nothing, or what is wrong.
pub type Verdict = Result<(), String>;

/// Fails with a message unless a condition holds.
pub fn ensure(holds: bool, message: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(message()) }
}

fn ln_factorial(n: f64) -> f64 {
    libm::lgamma(n + 1.0)
}

/// The shortest interval `[low, high]` of counts with exact binomial tails of at most `alarm / 2` on either
/// side: `P(X < low) + P(X > high) ≤ alarm` for X ~ Binomial(n, p).
pub fn binomial_interval(n: u64, p: f64, alarm: f64) -> (u64, u64) {
    if p <= 0.0 || p >= 1.0 {
        let all = if p >= 1.0 { n } else { 0 };
        return (all, all);
    }
    let nf = n as f64;
    // What lies beyond 14 standard deviations and 60 counts is far below any alarm.
    let reach = 14.0 * (nf * p * (1.0 - p)).sqrt() + 60.0;
    let first = (nf * p - reach).max(0.0).floor();
    let last = (nf * p + reach).min(nf).ceil();
    let ln_first = ln_factorial(nf) - ln_factorial(first) - ln_factorial(nf - first)
        + first * p.ln()
        + (nf - first) * (-p).ln_1p();
    let ratio = |k: f64| ((nf - k) / (k + 1.0) * p / (1.0 - p)).ln();
    let mut ln_mass = Vec::new();
    let (mut k, mut ln) = (first, ln_first);
    while k <= last {
        ln_mass.push(ln);
        ln += ratio(k);
        k += 1.0;
    }
    let tail = |mut masses: Box<dyn Iterator<Item = &f64> + '_>| {
        let mut sum = 0.0;
        masses
            .by_ref()
            .take_while(|ln| {
                sum += ln.exp();
                sum <= alarm / 2.0
            })
            .count() as u64
    };
    let below = tail(Box::new(ln_mass.iter()));
    let above = tail(Box::new(ln_mass.iter().rev()));
    (first as u64 + below, last as u64 - above)
}

/// Checks a count against Binomial(n, p), exact tails.
pub fn binomial(what: &str, found: u64, n: u64, p: f64, alarm: f64) -> Verdict {
    let (low, high) = binomial_interval(n, p, alarm);
    println!(
        "{what}: {found} of {n} = {:.5}, expected {p:.5}, bound [{low}, {high}]",
        found as f64 / n as f64
    );
    ensure((low..=high).contains(&found), || {
        format!("{what}: {found} of {n}, expected a share of {p:.6}, so between {low} and {high}")
    })
}

/// Checks counts of categories against their probabilities: exact binomial tails, the alarm shared out
/// among the categories (Bonferroni).
pub fn categories(what: &str, found: &[u64], law: &[f64], alarm: f64) -> Verdict {
    assert_eq!(found.len(), law.len());
    let n: u64 = found.iter().sum();
    for (k, (found, p)) in found.iter().zip(law).enumerate() {
        let (low, high) = binomial_interval(n, *p, alarm / law.len() as f64);
        ensure((low..=high).contains(found), || {
            format!(
                "{what}, category {k}: {found} of {n}, expected a share of {p:.6}, between {low} and {high}"
            )
        })?;
    }
    let chi2: f64 = found
        .iter()
        .zip(law)
        .filter(|(_, p)| **p > 0.0)
        .map(|(f, p)| (*f as f64 - n as f64 * p).powi(2) / (n as f64 * p))
        .sum();
    println!("{what}: {} categories, {n} draws, chi-square {chi2:.1}", law.len());
    Ok(())
}

/// The interval in which the mean of `n` independent values `g(X)` lies but for `alarm`, by the Chernoff
/// bound: `P(mean ≥ x) ≤ exp(−n·sup_θ(θx − ln E exp(θ g(X))))`, with the law of X given exactly.
pub fn chernoff_interval(law: &[f64], g: impl Fn(usize) -> f64, n: u64, alarm: f64) -> (f64, f64) {
    let points: Vec<(f64, f64)> =
        law.iter().enumerate().filter(|(_, p)| **p > 1e-15).map(|(k, p)| (g(k), *p)).collect();
    let side = |sign: f64| {
        // At a tilt θ: the tilted mean, and the rate θ·mean − ln E exp(θ g).
        let at = |theta: f64| {
            let top = points.iter().map(|(x, _)| theta * x).fold(f64::MIN, f64::max);
            let (mut mass, mut mean) = (0.0, 0.0);
            for (x, p) in &points {
                let w = p * (theta * x - top).exp();
                mass += w;
                mean += w * x;
            }
            (mean / mass, theta * mean / mass - (mass.ln() + top))
        };
        let wanted = (2.0 / alarm).ln() / n as f64;
        let (mut low, mut high) = (0.0, 1e-9);
        while at(sign * high).1 < wanted && high < 1e6 {
            high *= 2.0;
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if at(sign * middle).1 < wanted { low = middle } else { high = middle }
        }
        at(sign * high).0
    };
    (side(-1.0), side(1.0))
}

/// Checks the mean of `g` over samples of a known law, by the Chernoff bound.
pub fn mean(what: &str, samples: &[u32], law: &[f64], g: impl Fn(usize) -> f64, alarm: f64) -> Verdict {
    let (low, high) = chernoff_interval(law, &g, samples.len() as u64, alarm);
    let expected: f64 = law.iter().enumerate().map(|(k, p)| p * g(k)).sum();
    let found = samples.iter().map(|s| g(*s as usize)).sum::<f64>() / samples.len() as f64;
    println!("{what}: {found:.4}, expected {expected:.4}, bound [{low:.4}, {high:.4}], n {}", samples.len());
    ensure((low..=high).contains(&found), || {
        format!("{what}: mean {found:.5}, expected {expected:.5}, between {low:.5} and {high:.5}")
    })
}

/// Checks samples against a law by the Kolmogorov–Smirnov distance, whose bound holds for every law and every
/// n: `P(sup|F_n − F| > ε) ≤ 2 exp(−2nε²)` (Dvoretzky, Kiefer and Wolfowitz 1956; Massart 1990).
pub fn distribution(what: &str, samples: &[u32], law: &[f64], alarm: f64) -> Verdict {
    let n = samples.len() as f64;
    let mut counts = vec![0u64; law.len()];
    for s in samples {
        match counts.get_mut(*s as usize) {
            Some(count) => *count += 1,
            None => return Err(format!("{what}: a value of {s}, beyond the largest that can occur")),
        }
    }
    let (mut found, mut expected, mut distance) = (0.0, 0.0, 0f64);
    for (count, p) in counts.iter().zip(law) {
        found += *count as f64 / n;
        expected += p;
        distance = distance.max((found - expected).abs());
    }
    let bound = ((2.0 / alarm).ln() / (2.0 * n)).sqrt();
    println!("{what}: distance {distance:.5}, bound {bound:.5}, n {n}");
    ensure(distance <= bound, || format!("{what}: distance {distance:.5} from the law, bound {bound:.5}"))
}

/// A complex number, for generating functions on the unit circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complex(pub f64, pub f64);

impl From<f64> for Complex {
    fn from(x: f64) -> Self {
        Self(x, 0.0)
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }
}

impl Mul<Complex> for f64 {
    type Output = Complex;
    fn mul(self, z: Complex) -> Complex {
        Complex(self * z.0, self * z.1)
    }
}

/// The law whose generating function is given: its values at the `size`-th roots of unity, transformed back.
/// What lies at `size` and beyond must be negligible.
pub fn law_of(size: usize, pgf: impl Fn(Complex) -> Complex) -> Vec<f64> {
    let turn = |k: usize| {
        let angle = 2.0 * std::f64::consts::PI * k as f64 / size as f64;
        Complex(angle.cos(), angle.sin())
    };
    let roots: Vec<Complex> = (0..size).map(turn).collect();
    let values: Vec<Complex> = (0..=size / 2).map(|k| pgf(roots[k])).collect();
    let at = |n: usize| {
        // Values at conjugate points are conjugate, so only half of them are summed.
        let term = |k: usize| {
            let root = roots[(k * n) % size];
            values[k].0 * root.0 + values[k].1 * root.1
        };
        let inner: f64 = (1..size / 2).map(|k| 2.0 * term(k)).sum();
        ((term(0) + inner + term(size / 2)) / size as f64).max(0.0)
    };
    (0..size).map(at).collect()
}

/// What becomes of one cell in a step: the probabilities of leaving 0, 1 and 2 cells.
#[derive(Debug, Clone, Copy)]
pub struct Offspring(pub [f64; 3]);

impl Offspring {
    /// Expected numbers of births and deaths per cell in a step of the linear birth–death process (rates per day) as
    /// probabilities: b·φ and d·φ, φ = (exp((b − d)·Δt) − 1)/(b − d).
    pub fn of_step(birth: f64, death: f64, days: f64) -> Self {
        let r = birth - death;
        let mean = if r == 0.0 { days } else { (r * days).exp_m1() / r };
        Self([death * mean, 1.0 - (birth + death) * mean, birth * mean])
    }

    /// Mean number of cells left.
    pub fn growth(&self) -> f64 {
        self.0[1] + 2.0 * self.0[2]
    }

    /// Generating function of the cells that one cell leaves.
    pub fn pgf(&self, s: Complex) -> Complex {
        Complex::from(self.0[0]) + self.0[1] * s + self.0[2] * (s * s)
    }

    /// The same for a real argument.
    pub fn pgf_real(&self, s: f64) -> f64 {
        self.0[0] + self.0[1] * s + self.0[2] * s * s
    }

    /// Law of the number of cells after some steps from one cell: the generating function iterated.
    pub fn law(&self, steps: u32, size: usize) -> Vec<f64> {
        law_of(size, |s| (0..steps).fold(s, |s, _| self.pgf(s)))
    }

    /// Probability that nobody is left after some steps from one cell.
    pub fn extinct(&self, steps: u32) -> f64 {
        (0..steps).fold(0.0, |s, _| self.pgf_real(s))
    }

    /// Probability that a line of one cell dies out in the end: the smallest fixed point of the generating
    /// function, p_death / p_birth where that is below 1.
    pub fn ultimate(&self) -> f64 {
        (self.0[0] / self.0[2]).min(1.0)
    }
}

#[test]
fn intervals_are_what_they_say() {
    // Binomial(10, 1/2): P(X = 0) = 1/1024; at an alarm of 2/1024 both ends are left out, below it neither.
    assert_eq!(binomial_interval(10, 0.5, 2.001 / 1024.0), (1, 9));
    assert_eq!(binomial_interval(10, 0.5, 1.999 / 1024.0), (0, 10));
    // At large n the interval is that of the normal law: 4.8916 standard deviations at 1e-6.
    let (low, high) = binomial_interval(1_000_000, 0.5, 1e-6);
    assert!((low as f64 - (5e5 - 4.8916 * 500.0)).abs() < 6.0, "{low}");
    assert!((high as f64 - (5e5 + 4.8916 * 500.0)).abs() < 6.0, "{high}");
    // Chernoff for a fair coin: relative entropy of x against 1/2 is ln(2/alarm)/n.
    let (low, high) = chernoff_interval(&[0.5, 0.5], |k| k as f64, 1000, 1e-6);
    let entropy = high * (2.0 * high).ln() + (1.0 - high) * (2.0 * (1.0 - high)).ln();
    assert!((entropy * 1000.0 - 2e6f64.ln()).abs() < 1e-6);
    assert!((low + high - 1.0).abs() < 1e-9);
}

#[test]
fn laws_come_out_of_their_generating_functions() {
    let law = Offspring([0.2, 0.5, 0.3]).law(2, 8);
    let once = [0.2, 0.5, 0.3];
    let twice_zero = 0.2 + 0.5 * 0.2 + 0.3 * 0.04;
    let twice_four = 0.3 * once[2] * once[2];
    assert!((law[0] - twice_zero).abs() < 1e-15 && (law[4] - twice_four).abs() < 1e-15);
    assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-14);
}

//! Whether cohorts are what they are said to be.
//!
//! Statistical checks take one large cohort at one seed. A correct program fails one of them with a probability below
//! [`ALARM`] by bounds that hold for any number of patients; there are some 1200, so all together below 1e-6.

use std::sync::OnceLock;

use super::{Cohort, CohortSpec, VirtualPatient};

mod frozen;
mod marginals;
mod scenario;
mod structure;

/// Probability of a false alarm of one check.
const ALARM: f64 = 5e-10;
/// Patients of the large cohort.
const MANY: u32 = 40_000;
const SEED: u64 = 20_200_923;

fn cohort(spec: CohortSpec) -> Cohort {
    Cohort::new(&spec).unwrap()
}

/// The large cohort, with the defaults of everything.
fn many() -> &'static [VirtualPatient] {
    static MANY_PATIENTS: OnceLock<Vec<VirtualPatient>> = OnceLock::new();
    MANY_PATIENTS.get_or_init(|| cohort(CohortSpec::new(MANY, SEED)).patients().collect())
}

fn column(value: impl Fn(&VirtualPatient) -> f64) -> Vec<f64> {
    many().iter().map(value).collect()
}

/// Largest distance between the distribution of a sample and a distribution, over its bound (Dvoretzky, Kiefer, Wolfowitz and
/// Massart 1990: `P(D > d) ≤ 2·exp(−2·n·d²)`).
fn distance(sample: &[f64], law: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let off = |(i, x): (usize, &f64)| {
        let p = law(*x);
        (p - i as f64 / n).abs().max((p - (i as f64 + 1.0) / n).abs())
    };
    let largest = sorted.iter().enumerate().map(off).fold(0.0, f64::max);
    largest / ((2.0 / ALARM).ln() / (2.0 * n)).sqrt()
}

/// How far a mean of numbers of this variance, each at most `most` from its expectation, may be off (Bernstein:
/// `P(|sum| > t) ≤ 2·exp(−t²/2 / (n·variance + most·t/3))`).
fn bound(n: f64, variance: f64, most: f64) -> f64 {
    let l = (2.0 / ALARM).ln();
    let third = l * most / 3.0;
    (third + (third * third + 2.0 * l * n * variance).sqrt()) / n
}

/// Whether a share is that of a probability.
fn assert_share(count: usize, n: usize, probability: f64, what: &str) {
    let n = n as f64;
    let off = count as f64 / n - probability;
    let most = bound(n, probability * (1.0 - probability), 1.0);
    assert!(off.abs() <= most, "{what}: {count} of {n}, expected {probability}");
}

/// Probability that a standard normal number is at most `z`.
fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

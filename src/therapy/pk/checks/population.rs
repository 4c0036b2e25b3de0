//! Everolimus in a population against the troughs of EVEREST.
//!
//! EVEREST (SWOG S0931, PMC6864417; 2a of the table of sources): quartiles of the pre-dose concentration at 10 mg daily
//! in 467 patients: 9.0, 12.9 and 22.8 ng/mL. De Wit's published variability cannot reproduce that spread; what it gives
//! is stated here with its bounds, and what is not met is an expected failure that alarms when it is met.

use super::support::{everolimus, number, off, treat};
use crate::catalogue::Pk;
use crate::therapy::pk::draws::PkDraw;
use crate::therapy::pk::{DrugCourse, PkIndividual, drug_key};

const PATIENTS: u32 = 4000;

/// Quartiles of the trough at 10 mg daily, day 15.
fn quartiles(pk: &Pk, weight: impl Fn(u32) -> f64) -> [f64; 3] {
    quartiles_of(pk, weight, |_, trough| trough)
}

/// Quartiles of what is measured of each patient's trough.
fn quartiles_of(pk: &Pk, weight: impl Fn(u32) -> f64, measured: impl Fn(u32, f64) -> f64) -> [f64; 3] {
    let key = drug_key("everolimus");
    let mut troughs: Vec<f64> = (0..PATIENTS)
        .map(|patient| {
            let individual = PkIndividual::sampled(pk, weight(patient), 2024, patient, key).unwrap();
            let days = treat(&mut DrugCourse::new(individual), 15, |_| vec![(0.0, 10.0)]);
            measured(patient, days[14].parent.trough)
        })
        .collect();
    troughs.sort_by(f64::total_cmp);
    [1, 2, 3].map(|q| troughs[q * troughs.len() / 4])
}

// Bound on the median: five standard errors of a log-normal median at a log-SD of 0.45, 1.2533·0.45/√4000.
#[test]
fn the_median_trough_is_that_of_everest() {
    let [lower, median, upper] = quartiles(&everolimus(), |_| 70.0);
    println!("everolimus 10 mg, 70 kg: quartiles {lower:.2} {median:.2} {upper:.2}");
    assert!(off(median, 12.9) < 0.05, "{median}");
    // What the published variability gives: the lower quartile agrees with EVEREST, the upper one does not reach it.
    assert!(off(lower, 9.0) < 0.10, "{lower}");
    assert!((16.0..19.0).contains(&upper), "{upper}");
}

/// EVEREST's upper quartile, 22.8 ng/mL, is a log-SD of 0.84 above the median; de Wit's variability gives about half.
/// If this fails, the spread is reproduced: make it a check with 22.8 and drop the warning where it is reported.
#[test]
fn expected_failure_the_upper_quartile_of_everest_is_not_reached() {
    let [_, _, upper] = quartiles(&everolimus(), |_| 70.0);
    assert!(upper < 0.9 * 22.8, "the upper quartile {upper:.1} now reaches EVEREST's 22.8");
}

// Nor do weights explain it (Yu 2015's population: 82.3 ± 19.4 kg, 39 to 157). They lower the median: de Wit's
// typical patient of 70 kg agrees with EVEREST's median, a population of a median of 80 kg would not.
#[test]
fn weights_do_not_explain_the_spread() {
    let spread = |z: f64| (80.1 * (0.2325 * z).exp()).clamp(39.0, 157.0);
    // Evenly spaced quantiles of a normal law, in an order that has nothing to do with the patients' draws.
    let weight = |patient: u32| {
        let place = u64::from(patient) * 1_597 % u64::from(PATIENTS);
        spread(inverse_normal((place as f64 + 0.5) / f64::from(PATIENTS)))
    };
    let [lower, median, upper] = quartiles(&everolimus(), weight);
    println!("everolimus 10 mg, weights of Yu 2015: quartiles {lower:.2} {median:.2} {upper:.2}");
    assert!(upper < 0.9 * 22.8, "{upper}");
    assert!((10.5..12.5).contains(&median), "{median}");
}

// Nor does the residual error of what is measured (27.3 %).
#[test]
fn residual_error_does_not_explain_the_spread() {
    let key = drug_key("everolimus");
    let sd = (1.0f64 + 0.273 * 0.273).ln().sqrt();
    let measured = |patient, trough: f64| {
        let keyed = (crate::tissue::random::StreamKey { seed: 2024, patient }, key);
        trough * (sd * PkDraw::Occasion.normal(keyed, 1 << 31)).exp()
    };
    let [lower, median, upper] = quartiles_of(&everolimus(), |_| 70.0, measured);
    println!("everolimus 10 mg, 70 kg, as measured: quartiles {lower:.2} {median:.2} {upper:.2}");
    assert!(upper < 0.95 * 22.8, "{upper}");
    assert!(off(median, 12.9) < 0.06 && off(lower, 9.0) < 0.10, "{lower} {median}");
}

/// By bisection of erfc: only for tests.
fn inverse_normal(u: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let below = 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2);
        if below < u { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

// Without variability between patients all are typical.
#[test]
fn without_variability_everybody_is_typical() {
    let mut pk = everolimus();
    pk.clearance.cv = 0.0;
    pk.volume = number(25.2, 0.0);
    pk.occasion_cv = number(0.0, 0.0);
    let [lower, median, upper] = quartiles(&pk, |_| 70.0);
    assert!(lower == median && median == upper && off(median, 12.9) < 0.004, "{median}");
}

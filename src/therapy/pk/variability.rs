//! Differences between patients: log-normal, with correlations.

use crate::catalogue::{Correlation, Pk};
use crate::tissue::random::log_normal;

use super::PkError;
use super::draws::{Keyed, PkDraw};
use super::parameters::{Kind, Parameter, parameters, require};

/// Pivots of a correlation matrix that are smaller than this count as zero (correlations of ±1 are allowed).
const PIVOT: f64 = 1e-9;

/// Replaces a drug's typical values by those of one patient.
///
/// The standard normal number of a parameter depends on its own slot only; correlated ones are mixed by the Cholesky
/// factor of their correlation matrix, in the order of slots. Shares vary by their odds (`p/(1 − p)` times the
/// log-normal factor), so that they stay below 1; times of a depot by their increments, so that they keep their order.
pub(super) fn vary(pk: &mut Pk, keyed: Keyed) -> Result<(), PkError> {
    to_increments(pk);
    multiply(pk, keyed)?;
    to_times(pk);
    Ok(())
}

/// Divides the shares of a depot by their sum.
pub(super) fn normalise_shares(pk: &mut Pk) {
    let sum: f64 = pk.release.iter().map(|r| r.fraction.value).sum();
    pk.release.iter_mut().for_each(|r| r.fraction.value /= sum);
}

fn to_increments(pk: &mut Pk) {
    let mut before = 0.0;
    for release in &mut pk.release {
        let time = release.mean_time.value;
        release.mean_time.value = time - before;
        before = time;
    }
}

fn to_times(pk: &mut Pk) {
    let mut time = 0.0;
    for release in &mut pk.release {
        time += release.mean_time.value;
        release.mean_time.value = time;
    }
}

/// Refuses correlations that cannot be.
pub(super) fn check_correlations(pk: &mut Pk) -> Result<(), PkError> {
    let correlations = pk.correlations.clone();
    factor(&correlations, &varying(pk)).map(drop)
}

/// The parameters that vary between patients.
fn varying(pk: &mut Pk) -> Vec<Parameter<'_>> {
    let mut list = parameters(pk);
    list.retain(|p| p.number.cv > 0.0);
    list
}

fn multiply(pk: &mut Pk, keyed: Keyed) -> Result<(), PkError> {
    let correlations = pk.correlations.clone();
    let mut list = varying(pk);
    let factor = factor(&correlations, &list)?;
    let n = list.len();
    let normals: Vec<f64> = list.iter().map(|p| PkDraw::Patient.normal(keyed, p.slot)).collect();
    for (i, parameter) in list.iter_mut().enumerate() {
        let mixed: f64 = (0..=i).map(|k| factor[i * n + k] * normals[k]).sum();
        let multiple = libm::exp(parameter.number.log_sd() * mixed);
        let value = parameter.number.value;
        parameter.number.value = match parameter.kind {
            Kind::Share => value * multiple / (1.0 - value + value * multiple),
            _ => value * multiple,
        };
    }
    Ok(())
}

/// The factor that mixes the numbers of these parameters, row by row.
fn factor(correlations: &[Correlation], list: &[Parameter<'_>]) -> Result<Vec<f64>, PkError> {
    let index = |path: &str| {
        let found = list.iter().position(|p| p.path == path);
        found.ok_or_else(|| PkError::Uncorrelated { path: path.to_owned() })
    };
    let n = list.len();
    let mut matrix = vec![0.0; n * n];
    (0..n).for_each(|i| matrix[i * n + i] = 1.0);
    for correlation in correlations {
        let (i, j) = (index(&correlation.first)?, index(&correlation.second)?);
        let path = format!("correlations of {}", correlation.first);
        let fine = i != j && (-1.0..=1.0).contains(&correlation.value);
        require(fine, &path, correlation.value, "-1 to 1, between two different parameters")?;
        matrix[i * n + j] = correlation.value;
        matrix[j * n + i] = correlation.value;
    }
    cholesky(&matrix, list)
}

/// Lower factor of a correlation matrix, row by row.
fn cholesky(matrix: &[f64], list: &[Parameter<'_>]) -> Result<Vec<f64>, PkError> {
    let n = list.len();
    let mut factor = vec![0.0; n * n];
    for j in 0..n {
        let used: f64 = (0..j).map(|k| factor[j * n + k] * factor[j * n + k]).sum();
        let pivot = matrix[j * n + j] - used;
        let contradiction = || PkError::Correlations { path: list[j].path.clone() };
        if pivot < -PIVOT {
            return Err(contradiction());
        }
        let root = if pivot > PIVOT { libm::sqrt(pivot) } else { 0.0 };
        factor[j * n + j] = root;
        for i in j + 1..n {
            let dot: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let rest = matrix[i * n + j] - dot;
            if root > 0.0 {
                factor[i * n + j] = rest / root;
            } else if rest.abs() > 1e-6 {
                return Err(contradiction());
            }
        }
    }
    Ok(factor)
}

/// The factor by which an occasion's bioavailability differs.
pub(super) fn occasion(cv: f64, keyed: Keyed, day: u32) -> f64 {
    log_normal(cv, PkDraw::Occasion.normal(keyed, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Confidence, Correlation, Exchange, Number};
    use crate::therapy::pk::checks::support::{number, one_compartment};

    fn keyed(patient: u32) -> Keyed {
        (crate::tissue::random::StreamKey { seed: 11, patient }, 5)
    }

    fn logs(pk: &Pk, patient: u32) -> (f64, f64) {
        let mut own = pk.clone();
        vary(&mut own, keyed(patient)).unwrap();
        ((own.clearance.value / pk.clearance.value).ln(), (own.volume.value / pk.volume.value).ln())
    }

    fn moments(pk: &Pk, n: u32) -> (f64, f64, f64) {
        let (mut a, mut b, mut ab) = (0.0, 0.0, 0.0);
        for patient in 0..n {
            let (x, y) = logs(pk, patient);
            a += x * x;
            b += y * y;
            ab += x * y;
        }
        let n = f64::from(n);
        ((a / n).sqrt(), (b / n).sqrt(), ab / (a * b).sqrt())
    }

    #[test]
    fn spread_and_correlation_are_as_asked() {
        let mut pk = one_compartment(10.0, 100.0);
        pk.clearance.cv = 0.339;
        pk.volume.cv = 0.687;
        pk.correlations =
            vec![Correlation { first: "clearance".into(), second: "volume".into(), value: 0.778 }];
        let (clearance, volume, r) = moments(&pk, 4000);
        // Five standard errors: sd/sqrt(2n), and (1 − r²)/sqrt(n).
        let expected = |cv: f64| (1.0f64 + cv * cv).ln().sqrt();
        assert!((clearance / expected(0.339) - 1.0).abs() < 5.0 / 8000f64.sqrt(), "{clearance}");
        assert!((volume / expected(0.687) - 1.0).abs() < 5.0 / 8000f64.sqrt(), "{volume}");
        assert!((r - 0.778).abs() < 5.0 * (1.0 - 0.778f64.powi(2)) / 4000f64.sqrt(), "{r}");
    }

    #[test]
    fn a_correlation_of_minus_one_mirrors() {
        let mut pk = one_compartment(10.0, 100.0);
        pk.clearance.cv = 0.3;
        pk.volume.cv = 0.3;
        pk.correlations =
            vec![Correlation { first: "volume".into(), second: "clearance".into(), value: -1.0 }];
        let (x, y) = logs(&pk, 3);
        assert!((x + y).abs() < 1e-12 && x.abs() > 1e-3, "{x} {y}");
    }

    #[test]
    fn impossible_correlations_are_refused() {
        let mut pk = one_compartment(10.0, 100.0);
        pk.exchange = Some(Exchange { clearance: number(1.0, 0.3), volume: number(1.0, 0.3) });
        (pk.clearance.cv, pk.volume.cv) = (0.3, 0.3);
        let pair = |a: &str, b: &str, value| Correlation { first: a.into(), second: b.into(), value };
        pk.correlations = vec![
            pair("clearance", "volume", 0.9),
            pair("volume", "exchange.volume", 0.9),
            pair("clearance", "exchange.volume", -0.9),
        ];
        let error = vary(&mut pk.clone(), keyed(0)).unwrap_err();
        assert_eq!(error, PkError::Correlations { path: "exchange.volume".into() });
        pk.correlations = vec![pair("clearance", "absorption.rate", 0.1)];
        let error = vary(&mut pk.clone(), keyed(0)).unwrap_err();
        assert_eq!(error, PkError::Uncorrelated { path: "absorption.rate".into() });
        pk.correlations = vec![pair("clearance", "volume", 1.2)];
        assert!(matches!(vary(&mut pk, keyed(0)), Err(PkError::Parameter { value: 1.2, .. })));
    }

    // Another parameter that varies must not change the numbers of the others (patients keep theirs when a drug's
    // file gains a coefficient of variation).
    #[test]
    fn a_parameter_keeps_its_number_when_another_one_varies() {
        let mut pk = one_compartment(10.0, 100.0);
        pk.volume.cv = 0.5;
        let before = logs(&pk, 9).1;
        pk.clearance.cv = 0.3;
        pk.unbound = Number { value: 0.3, cv: 0.2, source: String::new(), confidence: Confidence::C };
        assert_eq!(logs(&pk, 9).1, before);
    }

    #[test]
    fn shares_stay_shares() {
        let mut pk = one_compartment(10.0, 100.0);
        pk.unbound = number(0.9, 2.0);
        for patient in 0..500 {
            let mut own = pk.clone();
            vary(&mut own, keyed(patient)).unwrap();
            assert!(own.unbound.value > 0.0 && own.unbound.value < 1.0);
        }
    }
}

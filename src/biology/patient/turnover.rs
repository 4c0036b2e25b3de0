//! Birth and death of the sensitive cell, from the growth that was measured.

use serde::Serialize;

use crate::scenario::{PatientData, keys};

/// Division attempts per day at the growth of the typical patient: Ki-67 5 % over two days (C).
const BIRTH: f64 = 0.025;
/// Exponent with which turnover follows growth (0.8 to 1.0; C).
const BIRTH_EXPONENT: f64 = 0.9;
/// Ki-67 of 0.6 to 24 % over two days.
const BIRTH_RANGE: (f64, f64) = (0.003, 0.12);
/// Days that a cell is Ki-67 positive (1 to 2; C).
const KI67_DAYS: f64 = 2.0;
/// Factor on growth of a patient with MEN1 and DAXX/ATRX mutated; prognosis only, for whoever draws a
/// cohort's growth (C).
pub const PROGNOSTIC_FACTOR: f64 = 0.8;

/// Birth and death of the untreated sensitive cell.
///
/// A division attempt is, with probability κ, a replacement of the mother in place, which adds no cell; the
/// rest seek a site. Partial inhibition of division then gives stasis and not the wholesale regression that
/// partial cytostasis against a fixed death rate would give, which hardly any patient shows. So `net =
/// b·m·(1 − κ) − d0`, with `m` = 1 untreated, and `d0 = b·(1 − κ) − r`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Turnover {
    /// Net growth, r, per day.
    pub growth: f64,
    /// Share of divisions whose gain is lost at once, κ.
    pub coupled_loss: f64,
    /// Division attempts, b, per day.
    pub birth: f64,
    /// Uncoupled deaths, d0, per day.
    pub death: f64,
    /// Whether `b` was raised to `r/(1 − κ)`, below which the tumour could not grow as it does.
    pub floored: bool,
}

/// Growth or loss that no patient of a scenario can have.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("use {value} for `{key}` of a patient: it must be {}", keys::PATIENT.bounds(key).text())]
pub struct TurnoverError {
    /// Key of the patient.
    pub key: &'static str,
    /// Its value.
    pub value: f64,
}

impl Turnover {
    /// Turnover of a tumour that grows at `r` per day with coupled loss κ: `b = 0.025·(r/0.0035)^0.9`
    /// within 0.003 to 0.12, but never below `r/(1 − κ)`, which wins.
    ///
    /// # Errors
    ///
    /// [`TurnoverError`] outside of the bounds of these keys.
    pub fn new(r: f64, coupled_loss: f64) -> Result<Self, TurnoverError> {
        for (key, value) in [("growth", r), ("coupled_loss", coupled_loss)] {
            if !keys::PATIENT.bounds(key).contain(value) {
                return Err(TurnoverError { key, value });
            }
        }
        Ok(Self::of(r, coupled_loss))
    }

    /// The typical patient's.
    pub fn typical() -> Self {
        let PatientData { growth, coupled_loss, .. } = PatientData::typical();
        Self::of(growth, coupled_loss)
    }

    fn of(growth: f64, coupled_loss: f64) -> Self {
        let tied = BIRTH * libm::pow(growth / PatientData::typical().growth, BIRTH_EXPONENT);
        let floor = growth / (1.0 - coupled_loss);
        let birth = tied.clamp(BIRTH_RANGE.0, BIRTH_RANGE.1).max(floor);
        let death = (birth * (1.0 - coupled_loss) - growth).max(0.0);
        Self { growth, coupled_loss, birth, death, floored: birth <= floor }
    }

    /// Ki-67 index that goes with the birth rate, percent.
    pub fn ki67(&self) -> f64 {
        100.0 * KI67_DAYS * self.birth
    }
}

/// Basal switching per day into a reversible state that is held by `fraction` of untreated cells at
/// equilibrium.
///
/// With reversion `reversion` and net growth above that of the other cells by `advantage` (both per day),
/// the fraction f follows `df/dt = u·(1 − f) − k·f + a·f·(1 − f)`, so `u = k·f/(1 − f) − a·f`; at least 0.
pub fn equilibrium_switching(fraction: f64, reversion: f64, advantage: f64) -> f64 {
    if fraction >= 1.0 {
        return f64::INFINITY;
    }
    (reversion * fraction / (1.0 - fraction) - advantage * fraction).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(t: &Turnover, m: f64) -> f64 {
        t.birth * m * (1.0 - t.coupled_loss) - t.death
    }

    #[test]
    fn untreated_growth_is_what_was_asked_for() {
        for kappa in [0.0, 0.5, 0.65, 0.72, 0.9, 0.99] {
            for r in [1e-5, 0.0009, 0.0025, 0.0035, 0.0045, 0.02, 0.1] {
                let t = Turnover::new(r, kappa).unwrap();
                assert!((net(&t, 1.0) - r).abs() <= 1e-15, "{t:?}");
                assert!(t.death >= 0.0 && t.birth >= 0.003, "{t:?}");
                assert_eq!(t.floored, t.birth == r / (1.0 - kappa));
                assert!(t.floored || t.birth <= 0.12);
            }
        }
    }

    // A growth of 0.05 /d with κ 0.72 needs 0.18 divisions a day: the floor wins over the clip at 0.12.
    #[test]
    fn the_floor_wins() {
        let t = Turnover::new(0.05, 0.72).unwrap();
        assert!(t.floored && (t.birth - 0.05 / 0.28).abs() < 1e-15 && t.death < 1e-15);
        let (slow, usual) = (Turnover::new(1e-5, 0.72).unwrap(), Turnover::typical());
        assert_eq!((slow.birth, usual.birth, usual.floored), (0.003, 0.025, false));
        assert!((usual.death - 0.0035).abs() < 1e-15 && (usual.ki67() - 5.0).abs() < 1e-12);
        assert_eq!(Turnover::new(0.0035, 0.72).unwrap(), usual);
    }

    // The published table for b 0.025 and r 0.0035: d0, share E of net growth removed at m 0.65, net growth
    // there with 0.0008 deaths a day more, and at m 0.20.
    #[test]
    fn partial_cytostasis_gives_stasis_as_published() {
        for (kappa, d0, e, with_kill, torki) in [
            (0.80, 0.0015, 0.50, 0.00095, -0.0005),
            (0.75, 0.00275, 0.63, 0.0005, -0.0015),
            (0.72, 0.0035, 0.70, 0.00025, -0.0021),
            (0.65, 0.00525, 0.88, -0.0004, -0.0035),
        ] {
            let t = Turnover::new(0.0035, kappa).unwrap();
            assert!((t.death - d0).abs() < 1e-6, "{t:?}");
            assert!((1.0 - net(&t, 0.65) / 0.0035 - e).abs() < 0.0051, "{t:?}");
            assert!((net(&t, 0.65) - 0.0008 - with_kill).abs() < 6e-5, "{t:?}");
            assert!((net(&t, 0.20) - torki).abs() < 6e-5, "{t:?}");
        }
    }

    // The alternative that the coupling avoids: with no coupled loss the same inhibition shrinks the tumour
    // fast.
    #[test]
    fn without_coupled_loss_nearly_everybody_would_respond() {
        let birth = 0.025;
        let t = Turnover { growth: 0.0035, coupled_loss: 0.0, birth, death: birth - 0.0035, floored: false };
        assert!((net(&t, 0.65) - 0.0008 + 0.006).abs() < 1e-3 && (net(&t, 0.2) + 0.017).abs() < 1e-3);
    }

    #[test]
    fn switching_holds_the_fraction() {
        let (f, k, a) = (0.02, 0.025, 5e-4);
        let u = equilibrium_switching(f, k, a);
        assert!((u * (1.0 - f) - k * f + a * f * (1.0 - f)).abs() < 1e-18);
        assert_eq!(equilibrium_switching(0.02, 0.0, 1e-3), 0.0);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(Turnover::new(0.0, 0.72).is_err() && Turnover::new(f64::NAN, 0.72).is_err());
        assert!(Turnover::new(0.0035, 1.0).unwrap_err().to_string().contains("from 0 to 0.99"));
    }
}

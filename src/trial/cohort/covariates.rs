//! Untreated growth by who the patients are: where the tumour began, its grade, and whether documented progression was asked for.
//!
//! ```text
//! ln r = ln r(RADIANT-3) + Σ b·(x − mean x of RADIANT-3's patients) + u + s·z
//! ```
//!
//! `x` are covariates of the patient, `u` is what else is different in a trial, and `s` what of RADIANT-3's log-SD its mixture of
//! grades does not explain. With RADIANT-3's covariates mean and variance of ln r are those of RADIANT-3. No coefficient is from an
//! arm that is predicted.

use serde::Serialize;

use crate::scenario::{Laws, Origin, OriginShares};
use crate::tissue::random::StreamKey;

use super::draws::CohortDraw;
use super::quantile::{beta_quantile, normal_quantile};

/// Share of RADIANT-3's patients with grade 2: 16 to 17 % were moderately differentiated (from memory; C).
pub const REFERENCE_GRADE_2: f64 = 0.17;
/// Logarithm of the Ki-67 index of grade 2 over that of grade 1: about 7 against 1.5 % (C; middles of 3 to 20 and of 0 to 2 %).
const LOG_KI67: f64 = 1.54;
/// SD of the logarithm of growth between trials with the same covariates (C; prior, half-normal).
const BETWEEN_TRIALS: f64 = 0.3;
/// Marks the draws of coefficients, so that they are not those of any patient.
const PRIOR: u64 = 0x636f_7661_7269_6174;

/// A coefficient as it is known: normal.
struct Prior {
    mean: f64,
    sd: f64,
}

/// Gut against pancreas. Untreated PFS of CLARINET was 21.1 months in midgut and 12.1 in pancreatic NET (N Engl J Med 2014;371:224, from
/// memory; C): ln(12.1/21.1).
const GUT: Prior = Prior { mean: -0.55, sd: 0.5 };
/// Lung against pancreas: nothing is known (C; a choice).
const LUNG: Prior = Prior { mean: 0.0, sd: 0.4 };
/// Documented progression within a year against none asked for: growth before CLARINET, where 96 % were stable, of 2.7 % a month
/// (PMC6332566) against that of RADIANT-3, less origin and grade.
const PROGRESSING: Prior = Prior { mean: 1.2, sd: 0.4 };
/// Per unit of the logarithm of the Ki-67 index: PFS of 89 against 35 months below and from 5 % (PMC4868704) is about 0.56; in the
/// model's own turnover births follow growth with an exponent of 0.9.
const KI67: Prior = Prior { mean: 0.7, sd: 0.3 };
/// Shape of the share of those who progressed on a somatostatin analogue in whom analogues no longer slow growth (C; a choice).
const REFRACTORY: (f64, f64) = (8.0, 2.0);

/// What covariates do, as logarithms of growth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CovariateEffects {
    /// Gut or an unknown primary, most of which are in the gut, against pancreas.
    pub gut: f64,
    /// Lung against pancreas.
    pub lung: f64,
    /// Documented progression against none asked for.
    pub progressing: f64,
    /// Grade 2 against grade 1.
    pub grade_2: f64,
    /// What else is different in this trial.
    pub trial: f64,
    /// Share of those who progressed on a somatostatin analogue in whom analogues no longer slow growth; not a logarithm.
    pub refractory: f64,
}

/// What is drawn of [`CovariateEffects`]. The values are part of the frozen counter.
#[derive(Clone, Copy)]
#[repr(u32)]
enum CovariateDraw {
    Gut,
    Lung,
    Progressing,
    Ki67,
    Trial,
    Refractory,
}

impl CovariateEffects {
    /// Means of what is known.
    pub fn typical() -> Self {
        let (a, b) = REFRACTORY;
        Self {
            gut: GUT.mean,
            lung: LUNG.mean,
            progressing: PROGRESSING.mean,
            grade_2: KI67.mean * LOG_KI67,
            trial: 0.0,
            refractory: a / (a + b),
        }
    }

    /// Those of these laws in a trial by its name. Those of a draw are drawn from what is known: the same in all trials, but for what is
    /// the trial's own.
    pub fn of(laws: Laws, trial: &str) -> Self {
        let Laws::Draw(number) = laws else { return Self::typical() };
        let uniform = |seed: u64, effect: CovariateDraw| {
            CohortDraw::Covariate.uniform(StreamKey { seed, patient: number }, effect as u32)
        };
        let normal = |prior: &Prior, effect| prior.mean + prior.sd * normal_quantile(uniform(PRIOR, effect));
        let [a, b, c, d, e, f, g, h, ..] = *blake3::hash(trial.as_bytes()).as_bytes();
        let own = PRIOR ^ u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        Self {
            gut: normal(&GUT, CovariateDraw::Gut),
            lung: normal(&LUNG, CovariateDraw::Lung),
            progressing: normal(&PROGRESSING, CovariateDraw::Progressing),
            grade_2: LOG_KI67 * normal(&KI67, CovariateDraw::Ki67),
            trial: BETWEEN_TRIALS * normal_quantile(uniform(own, CovariateDraw::Trial)),
            refractory: beta_quantile(uniform(PRIOR, CovariateDraw::Refractory), REFRACTORY.0, REFRACTORY.1),
        }
    }

    /// Logarithm of a patient's growth over that of the average patient of RADIANT-3.
    pub(super) fn shift(&self, origin: Origin, grade_2: bool, progressing: bool) -> f64 {
        let of_origin = match origin {
            Origin::Pancreas => 0.0,
            Origin::Gut | Origin::Unknown => self.gut,
            Origin::Lung => self.lung,
        };
        let number = |is: bool| f64::from(u8::from(is));
        of_origin
            + self.grade_2 * (number(grade_2) - REFERENCE_GRADE_2)
            + self.progressing * (number(progressing) - 1.0)
            + self.trial
    }

    /// What is left of a log-SD when the mixture of grades of RADIANT-3's patients is taken out.
    pub(super) fn residual(&self, log_sd: f64) -> f64 {
        let grades = self.grade_2 * self.grade_2 * REFERENCE_GRADE_2 * (1.0 - REFERENCE_GRADE_2);
        libm::sqrt((log_sd * log_sd - grades).max(0.0))
    }
}

/// The origin at a uniform number.
pub(super) fn origin(shares: &OriginShares, u: f64) -> Origin {
    let mut left = u;
    for (origin, share) in shares.each() {
        left -= share;
        if left < 0.0 {
            return origin;
        }
    }
    Origin::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_of_the_reference_grows_as_the_reference() {
        let of = CovariateEffects::typical();
        let mean = REFERENCE_GRADE_2 * of.shift(Origin::Pancreas, true, true)
            + (1.0 - REFERENCE_GRADE_2) * of.shift(Origin::Pancreas, false, true);
        assert!(mean.abs() < 1e-12);
        // Mixture and residual together have the variance of the reference.
        let spread = REFERENCE_GRADE_2 * of.shift(Origin::Pancreas, true, true).powi(2)
            + (1.0 - REFERENCE_GRADE_2) * of.shift(Origin::Pancreas, false, true).powi(2);
        assert!((spread + of.residual(1.32).powi(2) - 1.32 * 1.32).abs() < 1e-12);
        assert_eq!(of.residual(0.1), 0.0);
    }

    // The anchor of the coefficient of selection: growth before CLARINET was 2.7 % a month by volume, so about 0.0009 /d (PMC6332566), in 44 %
    // pancreatic NET, 30 % of grade 2 (from memory). Within the SD of the coefficient.
    #[test]
    fn growth_before_clarinet_is_within_what_is_known() {
        let of = CovariateEffects::typical();
        let mean = of.gut * 0.56 + of.grade_2 * (0.30 - REFERENCE_GRADE_2) - of.progressing;
        assert!(((0.0009_f64 / 0.0035).ln() - mean).abs() < PROGRESSING.sd, "{mean}");
    }

    #[test]
    fn draws_differ_and_share_what_is_not_the_trials_own() {
        let of = |number, trial| CovariateEffects::of(Laws::Draw(number), trial);
        let (a, b, other) = (of(0, "a"), of(0, "b"), of(1, "a"));
        assert_eq!((a.gut, a.grade_2, a.refractory), (b.gut, b.grade_2, b.refractory));
        assert!(a.trial != b.trial && a.gut != other.gut);
        assert_eq!(CovariateEffects::of(Laws::Fitted, "a"), CovariateEffects::typical());
        let mean = |f: fn(&CovariateEffects) -> f64| (0..2000).map(|n| f(&of(n, "a"))).sum::<f64>() / 2000.0;
        assert!((mean(|e| e.gut) - GUT.mean).abs() < 5.0 * GUT.sd / 2000f64.sqrt());
        assert!(mean(|e| e.trial).abs() < 5.0 * BETWEEN_TRIALS / 2000f64.sqrt());
        // The SD of Beta(8, 2) is 0.12.
        assert!((mean(|e| e.refractory) - 0.8).abs() < 5.0 * 0.12 / 2000f64.sqrt());
    }
}

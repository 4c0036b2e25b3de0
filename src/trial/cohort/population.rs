//! Populations of untreated growth, each fitted to one trial.

use std::sync::LazyLock;

use serde::Serialize;

use crate::biology::patient::PatientParameter;
use crate::catalogue::Confidence;
use crate::scenario::{GROWTH_BY_COVARIATES, nearest_name};

use super::CohortError;

/// Untreated growth of the patients of a trial: log-normal between patients, with the log-SD of `growth`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Population {
    /// Name, as a scenario gives it.
    pub name: &'static str,
    /// Median net growth, per day.
    pub growth: f64,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
}

const fn population(name: &'static str, growth: f64, source: &'static str) -> Population {
    Population { name, growth, source, confidence: Confidence::B }
}

/// The named populations. The first is the default: the typical patient is of it, and its log-SD is that of all (SUN-1111
/// alone would allow 1.1 to 1.5, the other two trials were fitted by their medians alone).
pub static POPULATIONS: LazyLock<[Population; 5]> = LazyLock::new(|| {
    [
        population(
            "radiant-3",
            PatientParameter::Growth.typical(),
            "surrogate fit to the placebo arm of RADIANT-3 (NEJM 2011;364:514), median 0.0027 to 0.0045, log-SD 1.2 to 1.4",
        ),
        population(
            "sun-1111",
            0.0025,
            "surrogate fit to the placebo arm of SUN-1111 (NEJM 2011;364:501), median 0.0013 to 0.003, log-SD 1.1 to 1.5; taken as that of RADIANT-3",
        ),
        population(
            "radiant-4",
            0.0045,
            "surrogate fit to the placebo arm of RADIANT-4 (Lancet 2016;387:968), median 0.0035 to 0.005 on a grid of three; log-SD of RADIANT-3",
        ),
        population(
            "clarinet",
            0.0009,
            "growth before CLARINET of 2.7 % a month by volume (PMC6332566); log-SD of RADIANT-3. With it a placebo arm progresses sooner than observed (surrogate: median 10.9 against 18.0 months)",
        ),
        Population {
            confidence: Confidence::C,
            ..population(
                GROWTH_BY_COVARIATES,
                PatientParameter::Growth.typical(),
                "that of RADIANT-3, moved by where the tumours began, their grade and whether documented progression was asked for",
            )
        },
    ]
});

/// The population of this name.
///
/// # Errors
///
/// [`CohortError::Population`] if there is none.
pub(super) fn find(name: &str) -> Result<&'static Population, CohortError> {
    let named = |p: &&Population| p.name.eq_ignore_ascii_case(name);
    POPULATIONS.iter().find(named).ok_or_else(|| CohortError::Population {
        name: name.to_owned(),
        nearest: nearest_name(name, POPULATIONS.iter().map(|p| p.name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rows 2 and 5a of the project's table of numbers.
    #[test]
    fn medians_are_those_of_the_trials() {
        let median = |name| find(name).unwrap().growth;
        let all = ["radiant-3", "SUN-1111", "radiant-4", "clarinet"].map(median);
        assert_eq!(all, [0.0035, 0.0025, 0.0045, 0.0009]);
        let message = find("radiant3").unwrap_err().to_string();
        assert!(message.contains("did you mean `radiant-3`"), "{message}");
    }
}

//! Trials as files.

use super::cohort::{Change, CohortSpec, LesionCount};
use crate::scenario::Scenario;

/// Loads a trial.
///
/// # Errors
///
/// As [`crate::scenario::load`].
pub fn load(path: &std::path::Path) -> Result<crate::scenario::Loaded, crate::scenario::ScenarioError> {
    crate::scenario::load(path)
}

/// The cohort that a scenario's trial asks for.
pub fn cohort_spec(scenario: &Scenario) -> CohortSpec {
    let Some(trial) = &scenario.trial else { return CohortSpec::new(0, scenario.seed) };
    let cohort = &trial.cohort;
    let mut spec = CohortSpec {
        population: cohort.population.clone(),
        prognostic_factor: cohort.prognostic_factor,
        origin: cohort.origin.clone(),
        germline_effects: cohort.germline_effects,
        typical_pharmacokinetics: cohort.typical_pharmacokinetics,
        ..CohortSpec::new(cohort.patients, scenario.seed)
    };
    if let Some(lesions) = cohort.lesions {
        spec.lesions.count = LesionCount::Fixed { lesions };
    }
    for change in &cohort.changes {
        let own = [
            change.typical.map(Change::Typical),
            change.spread.map(Change::Spread),
            change.fixed.map(Change::Fixed),
        ];
        for change_of in own.into_iter().flatten() {
            spec = spec.with(&change.quantity, change_of);
        }
    }
    spec
}

//! The distribution of each quantity of a cohort, with the changes that were asked for.

use serde::Serialize;

use crate::biology::patient::{Distribution, PatientParameter};
use crate::scenario::{GROWTH_BY_COVARIATES, nearest_name};

use super::error::CohortError;
use super::population::{self, POPULATIONS};
use super::spec::{CohortSpec, ParameterChange};

/// The distribution of one quantity of a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ParameterDistribution {
    /// Name of the quantity.
    pub quantity: &'static str,
    /// Typical value, in the unit of the parameter.
    pub typical: f64,
    /// The distribution.
    pub distribution: Distribution,
    /// Whether it is another one than in the table of parameters.
    pub changed: bool,
}

impl ParameterDistribution {
    /// The distributions of a cohort, in the order of slots.
    pub(super) fn of(spec: &CohortSpec) -> Result<Vec<Self>, CohortError> {
        let mut all = PatientParameter::ALL.map(Self::usual).to_vec();
        let population = population::find(&spec.population)?;
        let growth = PatientParameter::Growth.index();
        if ![POPULATIONS[0].name, GROWTH_BY_COVARIATES].contains(&population.name) {
            all[growth].change(ParameterChange::Typical(population.growth))?;
        }
        for change in spec.fitted.iter().chain(&spec.changes) {
            all[parameter(&change.quantity)?.index()].change(change.change)?;
        }
        if let (true, Distribution::LogNormal { log_sd, .. }) =
            (population.name == GROWTH_BY_COVARIATES, &mut all[growth].distribution)
        {
            *log_sd = spec.effects.residual(*log_sd);
        }
        Ok(all)
    }

    /// The distribution of the table of parameters.
    fn usual(parameter: PatientParameter) -> Self {
        let (quantity, typical, distribution) =
            (parameter.name(), parameter.typical(), parameter.distribution());
        Self { quantity, typical, distribution, changed: false }
    }

    /// Makes a change, without asking whether the result is possible.
    fn change(&mut self, change: ParameterChange) -> Result<(), CohortError> {
        let quantity = self.quantity;
        match change {
            ParameterChange::Typical(_) if matches!(self.distribution, Distribution::Uniform { .. }) => {
                return Err(CohortError::NoTypical { quantity });
            }
            ParameterChange::Typical(value) => self.typical = value,
            ParameterChange::Fixed(value) => (self.typical, self.distribution) = (value, Distribution::Fixed),
            ParameterChange::Distribution { typical, distribution } => {
                (self.typical, self.distribution) = (typical, distribution)
            }
            ParameterChange::Spread(value) => match &mut self.distribution {
                Distribution::LogNormal { log_sd, .. } => *log_sd = value,
                Distribution::Beta { sd } => *sd = value,
                Distribution::Bernoulli { probability, .. } => *probability = value,
                Distribution::Fixed => {
                    return Err(CohortError::NoSpread { quantity, law: "the same value for all" });
                }
                Distribution::Uniform { .. } => {
                    return Err(CohortError::NoSpread { quantity, law: "uniform" });
                }
            },
        }
        self.changed = true;
        Ok(())
    }
}

/// The parameter of this name.
fn parameter(name: &str) -> Result<PatientParameter, CohortError> {
    PatientParameter::find(name).ok_or_else(|| CohortError::Quantity {
        name: name.to_owned(),
        nearest: nearest_name(name, PatientParameter::ALL.map(PatientParameter::name)),
    })
}
